#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Faults: each kind as a client meets it, and how it ends.
# Functions are handed to knock() by name.
# shellcheck disable=SC2317
# shellcheck source=tests/emulator/lib.sh
. "$PAL_SOURCE/tests/emulator/lib.sh"

# knock FILTER: asks for the links of tenant after tenant until the reply
# matches (a function of $STATUS and $WORK/head); leaves TENANT and TOKEN.
knock() {
  local tenant
  for tenant in $(truth 'select(.kind=="tenant" and .index>0 and (.lastingFault | not)) | .tenantId' | head -n 250); do
    TENANT=$tenant
    token "$tenant"
    [ -n "$TOKEN" ] || continue
    arm '/subscriptions?api-version=2022-12-01'
    "$1" && return
  done
  fail 'no request met the fault'
  return 1
}
# lasting FAULT: TENANT, SUB and TOKEN of the first tenant that has it.
lasting() {
  TENANT=$(jq -nr --arg f "$1" 'first(inputs | select(.lastingFault==$f)) | .tenantId' "$WORK/truth")
  SUB=$(jq -nr --arg f "$1" 'first(inputs | select(.lastingFault==$f)) | .subscriptions[0].subscriptionId' "$WORK/truth")
  [ -n "$TENANT" ] || fail "no tenant has the fault $1"
  token "$TENANT"
}
assignments() { echo "/subscriptions/$SUB/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01"; }
is_429() { [ "$STATUS" = 429 ]; }
is_5xx() { [ "$STATUS" -ge 500 ]; }

test_throttle_in_seconds() {
  start --tenants 300 --fault-rate 120 --faults throttle
  knock is_429 || return
  equal 'Retry-After' 1 "$(head_of Retry-After)"
  sleep 0.2
  arm '/subscriptions?api-version=2022-12-01'
  equal 'it heals' 200 "$STATUS"
  knock is_429 || return
  sleep 1.1
  arm '/subscriptions?api-version=2022-12-01'
  stop
  equal 'one came too early, one did not' 1 "$(manners .beforeRetryAfter)"
  [ "$(manners .faults.throttle)" -ge 2 ] || fail "counted: $(manners .faults)"
}

test_throttle_until_a_date() {
  start --tenants 300 --fault-rate 120 --faults throttle-date
  knock is_429 || return
  local wait
  wait=$(($(date -d "$(head_of Retry-After)" +%s) - $(date +%s)))
  { [ "$wait" -ge 1 ] && [ "$wait" -le 2 ]; } || fail "the date is in $wait s: $(head_of Retry-After)"
}

test_server_errors_heal() {
  start --tenants 300 --fault-rate 120 --faults server-error
  knock is_5xx || return
  arm '/subscriptions?api-version=2022-12-01'
  arm '/subscriptions?api-version=2022-12-01'
  equal 'after two at most' 200 "$STATUS"
}

# Without an answer, or with half of one.
test_resets_and_truncated_bodies() {
  local fault code
  for fault in reset truncated; do
    start --tenants 300 --fault-rate 120 --faults "$fault"
    # curl: 56 and 35 are a reset (in an answer, in TLS), 52 no answer, 18 too few bytes.
    is_broken() {
      code=$(curl -sS --cacert "$WORK/pki/ca.pem" -o /dev/null -H "Authorization: Bearer $TOKEN" "$ARM/tenants?api-version=2022-12-01" 2>/dev/null; echo $?)
      [ "$code" -ne 0 ]
    }
    knock is_broken || return
    case $fault:$code in
    reset:56 | reset:35 | reset:52 | truncated:18 | truncated:56) ;;
    *) fail "$fault: curl ended with $code" ;;
    esac
    arm '/tenants?api-version=2022-12-01'
    equal "$fault: it heals" 200 "$STATUS"
  done
}

test_slow_bodies_come_whole() {
  start --tenants 300 --fault-rate 120 --faults slow
  local seconds
  is_slow() {
    seconds=$(curl -sS --cacert "$WORK/pki/ca.pem" -o "$WORK/body" -w '%{time_total}' -H "Authorization: Bearer $TOKEN" "$ARM/tenants?api-version=2022-12-01")
    [ "${seconds%%.*}" -ge 1 ] || [ "$(printf %s "$seconds" | cut -c3)" -ge 6 ]
  }
  knock is_slow || return
  equal 'the body' "$TENANT" "$(body '.value[].tenantId')"
}

test_a_young_token_expires() {
  start --tenants 300 --fault-rate 120 --faults expire
  is_expired() { [ "$STATUS" = 401 ]; }
  knock is_expired || return
  equal code ExpiredAuthenticationToken "$(body .error.code)"
  arm '/tenants?api-version=2022-12-01'
  equal 'elsewhere too' 401 "$STATUS"
  token "$TENANT"
  arm '/subscriptions?api-version=2022-12-01'
  equal 'a new one is good' 200 "$STATUS"
}

test_a_claims_challenge_is_answered() {
  start --tenants 300 --faults claims
  is_challenged() { [ "$STATUS" = 401 ]; }
  knock is_challenged || return
  local claims
  claims=$(head_of WWW-Authenticate | sed 's/.*claims="\([^"]*\)".*/\1/' | openssl base64 -d -A)
  equal 'what is asked' nbf "$(printf %s "$claims" | jq -r '.access_token | keys[]')"
  web "$LOGIN/$TENANT/oauth2/v2.0/token" --data-urlencode "client_id=$(ready '.identities[0].clientId')" \
    -d scope=https%3A%2F%2Fmanagement.azure.com%2F.default --data-urlencode "client_secret=$SECRET" -d grant_type=client_credentials \
    --data-urlencode "claims=$claims"
  TOKEN=$(body .access_token)
  arm '/subscriptions?api-version=2022-12-01'
  equal 'answered' 200 "$STATUS"
}

test_duplicated_and_empty_pages_lose_nothing() {
  start --tenants 40 --assignments 40 --page-size 7 --faults duplicate,empty-page
  local want
  for scenario in dark wrong-location no-role; do
    SUB=$(of_tenant $scenario '.subscriptions[0].subscriptionId') want=$(of_tenant $scenario '.subscriptions[0].assignments')
    token "$(of_tenant $scenario .tenantId)"
    all "$(assignments)"
    equal "$scenario: ids" "$want" "$(jq -r .id "$WORK/rows" | sort -u | wc -l)"
  done
  stop
  [ "$(manners '.faults.duplicate // 0')" -gt 0 ] || fail 'no page was doubled'
  [ "$(manners '.faults["empty-page"] // 0')" -gt 0 ] || fail 'no page was empty'
}

test_lasting_faults() {
  start --tenants 600 --faults endless,foreign-link,wrong-type,huge,refuse,hostile --page-size 5
  lasting endless
  all "$(assignments)"
  equal 'endless' 100 "$PAGES"
  lasting foreign-link
  arm "$(assignments)"
  case $(body .nextLink) in
  "$TRAP"/*) ;;
  *) fail "the next page is not in the trap: $(body .nextLink)" ;;
  esac
  lasting wrong-type
  arm "$(assignments)"
  equal 'kinds of rows' 'array null number object string' "$(body '[.value[] | type] | unique | sort | join(" ")')"
  lasting huge
  arm "$(assignments)"
  equal 'bytes' 100663296 "$(stat -c %s "$WORK/body")"
  equal 'and it is JSON' array "$(body '.value | type')"
  lasting refuse
  equal 'refused' '400 53003' "$STATUS $(body '.error_codes[0]')"
  lasting hostile
  arm '/subscriptions?api-version=2022-12-01'
  equal 'subscriptions of others' 1 "$(body --arg t "$TENANT" '[.value[] | select(.tenantId and .tenantId != $t)] | length')"
  # Who follows the list asks with the only token it has, and is refused; that is no fault of the client.
  arm "/subscriptions/$(body --arg t "$TENANT" '.value[] | select(.tenantId and .tenantId != $t) | .subscriptionId')/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01"
  equal 'the subscription of others' '401 InvalidAuthenticationTokenTenant' "$STATUS $(body .error.code)"
  arm "$(assignments)"
  equal 'a way out' 1 "$(body '[.value[] | select(.properties.principalId | startswith("../"))] | length')"
  stop
  equal 'wrong tenant' 0 "$(manners .tokenOfWrongTenant)"
}

# The same requests of two runs meet the same faults, and all together heal.
test_choice_is_by_the_seed() {
  local run tenant found=()
  for run in 1 2; do
    start --tenants 30 --seed 5 --fault-rate 60 --faults all
    found[run]=$(for tenant in $(truth 'select(.kind=="tenant" and (.lastingFault | not)) | .tenantId'); do
      token "$tenant"
      printf '%s ' "$STATUS"
      token "$tenant"
      token "$tenant"
      [ -n "$TOKEN" ] && arm '/providers/Microsoft.ManagementPartner/partners?api-version=2018-02-01' && printf '%s ' "$STATUS"
    done)
    stop
  done
  equal 'statuses' "${found[1]}" "${found[2]}"
  case ${found[1]} in
  *429*) ;;
  *) fail "no fault among ${found[1]}" ;;
  esac
}

run_tests "$@"
