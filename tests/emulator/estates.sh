#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Estates: the same from the same seed, with every trap in its share, and with
# known changes from one night to the next.
# shellcheck source=tests/emulator/lib.sh
. "$PAL_SOURCE/tests/emulator/lib.sh"

# truth_of NAME OPTION...: the truth file of an estate, into $WORK/NAME.
truth_of() {
  local name=$1
  shift
  start "$@"
  stop
  mv "$WORK/truth" "$WORK/$name"
}

test_same_seed_same_estate() {
  truth_of one --seed 7 --tenants 300
  truth_of two --seed 7 --tenants 300
  truth_of other --seed 8 --tenants 300
  cmp -s "$WORK/one" "$WORK/two" || fail 'two estates of one seed differ'
  ! cmp -s "$WORK/one" "$WORK/other" || fail 'two estates of two seeds are the same'
  # More customers are added behind, the first stay who they are.
  truth_of more --seed 7 --tenants 400
  equal 'the first 300' "$(jq -c 'select(.kind=="tenant" and .index<=300)' "$WORK/one" | md5sum)" \
    "$(jq -c 'select(.kind=="tenant" and .index<=300)' "$WORK/more" | md5sum)"
}

test_shares() {
  truth_of first --seed 3 --tenants 4000
  local wrong
  wrong=$(jq -nr '[inputs] | (.[0].shares) as $shares
    | [.[] | select(.kind=="tenant" and .index>68)] as $t | ($t | length) as $n
    | ($t | group_by(.scenario) | map({key: .[0].scenario, value: length}) | from_entries) as $found
    | $shares | to_entries[] | (.value * $n / 1000) as $want | ($found[.key] // 0) as $have
    | select(($have - $want) | fabs > 4.5 * ($want | sqrt)) | "\(.key): \($have) of \($want)"' "$WORK/first") || fail 'shares cannot be counted'
  equal 'scenarios out of their share' '' "$wrong"
  local policies
  policies=$(jq -r 'select(.kind=="totals") | .violations | keys | join(" ")' "$WORK/first")
  local lasting='PAL001 PAL002 PAL003 PAL004 PAL005 PAL006 PAL007 PAL008 PAL010 PAL011 PAL012 PAL013 PAL014' once
  once='PAL018 PAL030 PAL032 PAL033 PAL034 PAL035 PAL036 PAL039 PAL041 PAL043 PAL046 PAL050 PAL051 PAL052 PAL054 PAL056 PAL060 PAL061 PAL062 PAL063 PAL065 PAL067 PAL068 PAL070 PAL071 PAL073'
  equal 'policies violated on the first night' "$lasting $once" "$policies"
  truth_of second --seed 3 --tenants 4000 --night 2
  policies=$(jq -r 'select(.kind=="totals") | .violations | keys | join(" ")' "$WORK/second")
  equal 'policies violated on the second night' \
    "$(tr ' ' '\n' <<<"$lasting $once PAL015 PAL016 PAL017 PAL020 PAL040 PAL053 PAL066 PAL069" | sort | paste -sd ' ')" "$policies"
}

# Where two nights differ there is a change in the list, and the other way round.
test_two_nights() {
  truth_of one --tenants 600
  truth_of two --tenants 600 --night 2
  local differs
  # A renamed subscription shows in its name only, which the truth does not hold.
  differs=$(jq -nr --slurpfile a "$WORK/one" --slurpfile b "$WORK/two" '
    def facts: {identities, subscriptions, delegated};
    [$a[] | select(.kind=="tenant")] as $one | [$b[] | select(.kind=="tenant")] as $two
    | range($one | length) as $i
    | (($one[$i] | facts) != ($two[$i] | facts)) as $moved
    | ([$one[$i].changes[].what] - ["subscription-name"] | length > 0) as $told
    | select($moved != $told or $one[$i].changes != $two[$i].changes)
    | "\($one[$i].scenario): moved \($moved), told \($told)"') || fail 'nights cannot be compared'
  equal 'nights that differ otherwise than told' '' "$differs"
  equal 'kinds of change' 'assignment-added assignment-removed consent-revoked delegation-changed delegation-removed delegation-renewed link-added link-changed link-removed link-rewritten right-revoked subscription-name subscription-state usage-hidden usage-stopped' \
    "$(jq -r 'select(.kind=="tenant") | .changes[].what' "$WORK/two" | sort -u | tr '\n' ' ' | sed 's/ $//')"
}

# What the truth says is what the services say: links and rights of each identity.
test_services_tell_the_truth() {
  start --tenants 40
  local tenant linked id want
  while read -r tenant linked; do
    token "$tenant"
    arm '/providers/Microsoft.ManagementPartner/partners?api-version=2018-02-01'
    case $linked in
    null) want=404 ;;
    *) want=200 ;;
    esac
    equal "link in $tenant" "$want $linked" "$STATUS $(body '.properties.partnerId // "null"')"
  done < <(truth 'select(.kind=="tenant") | "\(.tenantId) \(.identities[0].partnerId // "null")"')
  for id in no-role unlinked reader-only; do
    equal "$id: rights of the second application" "$([ $id = no-role ] && echo 0 || echo 1)" "$(
      token "$(of_tenant $id .tenantId)"
      all "/subscriptions/$(of_tenant $id '.subscriptions[0].subscriptionId')/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01"
      jq -r --arg o "$(of_tenant $id '.identities[1].objectId')" 'select(.properties.principalId==$o) | .id' "$WORK/rows" | wc -l
    )"
  done
}

test_second_night_refuses_and_hides() {
  start --night 2
  token "$(of_tenant consent-revoked .tenantId)"
  equal 'consent is gone' '400 700016' "$STATUS $(body '.error_codes[0]')"
  token "$(of_tenant right-revoked .tenantId)"
  arm '/subscriptions?api-version=2022-12-01'
  equal 'no subscription in sight' '200 0' "$STATUS $(body '.value | length')"
  arm "/subscriptions/$(of_tenant right-revoked '.subscriptions[0].subscriptionId')/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01"
  equal 'no right' '403 AuthorizationFailed' "$STATUS $(body .error.code)"
}

test_inputs_of_the_partner() {
  start --tenants 50 --registry "$WORK/mpn.json" --estate "$WORK/estate.json"
  equal 'customers' "$(truth 'select(.kind=="tenant" and .index>0) | .tenantId' | sort)" "$(jq -r '.customers[].tenant' "$WORK/estate.json" | sort)"
  local unknown
  unknown=$(truth 'select(.kind=="tenant") | .identities[] | select(.linked) | .partnerId' | sort -u |
    while read -r id; do jq -e --arg i "$id" 'any(.ids[]; .id==$i)' "$WORK/mpn.json" >/dev/null || echo "$id"; done)
  equal 'ids that are not in the registry' '2000000 7654321' "$(paste -sd ' ' <<<"$unknown")"
}

# Many times the tenants cost no memory: a token and a list of each of 60 of them.
test_memory_does_not_grow() {
  local size small
  for size in 600 10000; do
    start --tenants "$size"
    local tenant
    for tenant in $(truth 'select(.kind=="tenant" and .scenario=="ordinary") | .tenantId' | head -n 60); do
      token "$tenant"
      arm '/subscriptions?api-version=2022-12-01'
    done
    local now
    now=$(awk '/^VmHWM/ { print $2 }' "/proc/$PID/status")
    [ "$size" -eq 600 ] && small=$now
    stop
  done
  # Instrumented memory (sanitizers) is no measure.
  [ "$small" -gt 60000 ] || [ "$now" -le $((small * 12 / 10)) ] || fail "$small KB for 600 tenants, $now KB for 10000"
}

run_tests "$@"
