#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# link.sh - palscan link against the emulator, over TLS with a private CA: what it
# shows, what it refuses, and that one write is sent where one was asked for.
# shellcheck disable=SC2016 # jq's variables
# shellcheck source=tests/live/lib.sh
. "$(dirname "$0")/../live/lib.sh"

# tenant_of FILTER: the first customer whose app-secret (as $i) is there and that the filter takes
tenant_of() {
  jq -nr "first(inputs | select(.kind == \"tenant\" and .index > 0 and .scenario != \"hostile\" and .lastingFault == null)
    | . as \$t | .identities[] | select(.name == \"app-secret\") as \$i | select($1) | \$t.tenantId)" "$T/truth.jsonl"
}
object_of() {
  jq -r --arg t "$1" 'select(.kind == "tenant" and .tenantId == $t) | .identities[] | select(.name == "app-secret").objectId' "$T/truth.jsonl"
}
# right_id TENANT: what a rule of the registry names there, by its country
right_id() {
  local country
  country=$(jq -r --arg t "$1" 'select(.kind == "tenant" and .tenantId == $t).country' "$T/truth.jsonl")
  jq -r --arg c "$country" '.expect[] | select(.country == $c or (.country | type == "array" and index($c))).id' "$T/mpn.json"
}

# other_id ID...: a usable location of the registry that is none of these
other_id() {
  jq -r '[$ARGS.positional[]] as $not | first(.ids[] | select(.type == "location" and (.status // "active") == "active")
    | .id | select(IN($not[]) | not))' "$T/mpn.json" --args "$@"
}
# expect_rule RULE...: adds rules to the registry, JSON objects
expect_rule() {
  jq --argjson rules "[$(IFS=,; echo "$*")]" '.expect += $rules' mpn.json >mpn.new && mv mpn.new mpn.json
}

# begin EMULATOR-OPTION...: the emulator; LINKED is a tenant with the right link, BARE one without
begin() {
  emulate --tenants 150 "$@"
  live_folder
  LINKED=$(tenant_of '$i.linked and $t.scenario == "ordinary"')
  BARE=$(tenant_of '$i.linked | not')
  if [ -z "$LINKED" ] || [ -z "$BARE" ]; then fail 'the estate lacks a tenant'; fi
  ID=$(right_id "$LINKED")
  BARE_ID=$(right_id "$BARE")
  if [ -z "$ID" ] || [ -z "$BARE_ID" ]; then fail 'the registry lacks a rule'; fi
}
# link ACTION TENANT [ARGUMENT]...
link() {
  local action=$1 tenant=$2
  shift 2
  palscan --config palscan.json link "$action" --identity app-secret --tenant "$tenant" "$@"
}
# now TENANT: what the service says is linked, "none" when nothing is
now() {
  link show "$1" -f json
  expect_status 0
  jq -r '.link.partnerId // "none"' "$T/.out"
}
# wrote N: so many writes came, and all of them were expected; ends the emulator
wrote() {
  silence
  expect_equal "$1 0 0 0" "$(jq -r '"\(.linkWrites) \(.writeVerbs) \(.kinds.trap // 0) \(.tokenOfWrongTenant)"' "$T/manners")" \
    'writes, unasked ones, trap, tokens'
}

# ---- show ----

test_link__show_tells_the_link_and_the_verdict() {
  begin
  link show "$LINKED"
  expect_status 0
  expect_err_empty
  expect_out "$LINKED"
  expect_out "app-secret, object $(object_of "$LINKED")"
  expect_out "partner ID $ID"
  expect_out 'Verdict   right: partner ID'
  link show "$BARE"
  expect_status 0
  expect_out 'Link      no link'
  wrote 0
}

test_link__lines_fit_the_width() {
  begin
  COLUMNS=60 link show "$LINKED"
  expect_status 0
  expect_equal "$(awk 'length($0) > 60' "$T/.out" | wc -l)" 0 'lines too wide'
  COLUMNS=60 link delete "$LINKED"
  expect_status 2
  expect_equal "$(awk 'length($0) > 60' "$T/.out" | wc -l)" 0 'lines too wide'
  expect_out 'Effect    From then on'
  wrote 0
}

test_link__show_in_json_fits_its_schema() {
  local tenant
  begin
  for tenant in "$LINKED" "$BARE"; do
    link show "$tenant" -f json
    expect_status 0
    cp "$T/.out" "$T/$tenant.json"
    jq -e --arg t "$tenant" '.formatVersion == 1 and .tenantId == $t and .identity == "app-secret"' "$T/$tenant.json" >/dev/null ||
      fail 'the JSON is another'
    if python3 -c 'import jsonschema' 2>/dev/null; then
      python3 - "$PAL_SOURCE/snapshots/outputs/link.schema.json" "$T/$tenant.json" <<'PY' || fail 'the JSON does not fit its schema'
import json, sys
from jsonschema import Draft202012Validator
schema, value = (json.load(open(p)) for p in sys.argv[1:])
Draft202012Validator.check_schema(schema)
Draft202012Validator(schema).validate(value)
broken = dict(value, more=1)
sys.exit(0 if list(Draft202012Validator(schema).iter_errors(broken)) else 1)
PY
    fi
  done
  expect_equal right "$(jq -r .verdict.state "$T/$LINKED.json")"
  expect_equal 'null no link' "$(jq -r '"\(.link) \(.verdict.state)"' "$T/$BARE.json")"
}

# What the policies find in a scan is what show says of the same link.
test_link__show_agrees_with_the_policies() {
  local policy state tenant found=0
  begin
  live_scan
  palscan_ok check -f json --fail-on none
  cp "$T/.out" "$T/check.json"
  while read -r policy state; do
    for tenant in $(jq -r --arg p "$policy" '.findings[]
        | select(.policy == $p and .verdict == "fail" and .subject.name == "app-secret") | .tenantId' "$T/check.json"); do
      # What is closed besides differing is told as closed.
      [ "$policy" != PAL004 ] || ! jq -e --arg t "$tenant" 'any(.findings[]; .policy == "PAL003" and .tenantId == $t
        and .subject.name == "app-secret")' "$T/check.json" >/dev/null || continue
      link show "$tenant" -f json
      expect_status 0
      expect_equal "$policy $state" "$policy $(jq -r .verdict.state "$T/.out")" "verdict of $tenant"
      found=$((found + 1))
    done
  done <<'END'
PAL001 global
PAL002 foreign
PAL003 unusable
PAL004 differs
END
  [ "$found" -ge 3 ] || fail "only $found links to compare"
}

# verdict TENANT: state, rule and IDs wanted
verdict() {
  link show "$1" -f json
  expect_status 0
  jq -r '.verdict | "\(.state), \(.rule), \(.expected)"' "$T/.out"
}

test_link__rules_decide_in_their_order() {
  local other country sub home object
  begin
  other=$(other_id "$ID")
  country=$(jq -r --arg t "$LINKED" 'select(.kind == "tenant" and .tenantId == $t).country' "$T/truth.jsonl")
  cp mpn.json written.json
  expect_equal "right, country $country, $ID" "$(verdict "$LINKED")" 'country'
  # A management group may hold the subscriptions or not: its ID is right, and so is the country's.
  expect_rule "{\"managementGroup\": \"mg-emea\", \"id\": \"$other\"}"
  expect_equal "right, management group, $other, $ID" "$(verdict "$LINKED")" 'management group'
  sub=$(jq -r --arg t "$LINKED" 'select(.kind == "tenant" and .tenantId == $t).subscriptions[0].subscriptionId' "$T/truth.jsonl")
  cp written.json mpn.json
  expect_rule "{\"subscription\": \"$sub\", \"id\": \"$other\"}"
  expect_equal "differs, subscription, $other" "$(verdict "$LINKED")" 'subscription'
  expect_rule "{\"tenant\": \"$LINKED\", \"id\": \"$ID\"}"
  expect_equal "right, tenant, $ID" "$(verdict "$LINKED")" 'tenant'
  # Two rules of one rank that name two IDs decide nothing, nor does one for an ID that is not usable.
  expect_rule "{\"tenant\": \"$LINKED\", \"id\": \"$other\"}"
  expect_equal "differs, subscription, $other" "$(verdict "$LINKED")" 'two of one rank'
  jq --arg i "$other" '.expect = [{default: true, id: $i}]' written.json >mpn.json
  expect_equal 'undecided, null, null' "$(verdict "$LINKED")" 'a default is a suggestion'
  jq '.policies = {parameters: {defaultIsDecision: true}}' palscan.json >palscan.new && mv palscan.new palscan.json
  expect_equal "differs, default, $other" "$(verdict "$LINKED")" 'a default that decides'
  # A link in our own tenant serves all customers: the rule is the principal's.
  home=$(ready .homeTenantId)
  object=$(object_of "$home")
  expect_rule "{\"principal\": \"$object\", \"id\": \"$other\"}"
  expect_equal "principal, $other" "$(verdict "$home" | cut -d ' ' -f 2-)" 'principal'
  expect_rule "{\"principal\": \"$object\", \"id\": \"$ID\"}"
  expect_equal 'null, null' "$(verdict "$home" | cut -d ' ' -f 2-)" 'two for one principal'
}

test_link__related_partner_is_right_where_a_rule_names_it() {
  begin --link-writes 9
  jq '.relatedPartners = [{id: "7654321", name: "Our provider"}]' mpn.json >mpn.new && mv mpn.new mpn.json
  link create "$BARE" --partner-id 7654321 --yes
  expect_one_error 2
  expect_err "is a related partner's, and no rule of yours names it here"
  expect_rule "{\"tenant\": \"$BARE\", \"id\": \"7654321\"}"
  link create "$BARE" --partner-id 7654321
  expect_one_error 2
  expect_err '--yes carries it out'
  expect_out "is a related partner's, and what your rule names here"
  wrote 0
}

# ---- plan ----

test_link__without_yes_nothing_is_changed() {
  begin --link-writes 9
  link create "$BARE" --partner-id "$BARE_ID"
  expect_one_error 2
  expect_err 'nothing was changed: this is the plan; --yes carries it out'
  expect_out 'Now       no link'
  expect_out "Then      partner ID $BARE_ID"
  expect_out "Request   PUT $(ready .origins.resourceManager)/providers/Microsoft.ManagementPartner/partners/$BARE_ID, once"
  link delete "$LINKED"
  expect_one_error 2
  expect_out 'Then      no link'
  PALSCAN_YES=1 link delete "$LINKED"
  expect_status 2
  wrote 0
}

test_link__create_update_delete_change_it() {
  local other
  begin --link-writes 3
  link create "$BARE" --partner-id "$BARE_ID" --yes
  expect_status 0
  expect_err_empty
  expect_out "Stands    partner ID $BARE_ID"
  expect_equal "$BARE_ID" "$(now "$BARE")"
  # A rule for the tenant itself stands before the country's.
  other=$(other_id "$BARE_ID")
  expect_rule "{\"tenant\": \"$BARE\", \"id\": \"$other\"}"
  link update "$BARE" --partner-id "$other" --yes
  expect_status 0
  expect_out "Stands    partner ID $other"
  link delete "$BARE" --partner-id "$other" --yes
  expect_status 0
  expect_out 'Stands    no link'
  expect_equal none "$(now "$BARE")"
  wrote 3
}

test_link__what_is_so_already_is_said_and_not_sent() {
  begin --link-writes 9
  link update "$LINKED" --partner-id "$ID" --yes
  expect_status 0
  expect_out 'none: it is so already, and nothing was sent'
  link create "$LINKED" --partner-id "$ID" --yes
  expect_status 0
  link delete "$BARE" --yes
  expect_status 0
  expect_out 'none: it is so already, and nothing was sent'
  wrote 0
}

test_link__of_another_state_is_refused() {
  begin --link-writes 9
  link update "$BARE" --partner-id "$BARE_ID" --yes
  expect_one_error 2
  expect_err 'palscan link create makes one'
  local other
  other=$(other_id "$ID")
  expect_rule "{\"tenant\": \"$LINKED\", \"id\": \"$other\"}"
  link create "$LINKED" --partner-id "$other" --yes
  expect_one_error 2
  expect_err "linked to partner ID $ID already; palscan link update replaces it"
  link delete "$LINKED" --partner-id "$other" --yes
  expect_one_error 2
  expect_err "linked to partner ID $ID, not to $other"
  wrote 0
}

# ---- ids ----

test_link__ids_that_are_not_right_are_refused() {
  local id why
  begin --link-writes 9
  while read -r id why; do
    link create "$BARE" --partner-id "$id" --yes
    expect_one_error 2
    expect_err "refused: partner ID $id"
    expect_err "$why"
    link update "$LINKED" --partner-id "$id" --yes
    expect_one_error 2
    expect_err "refused: partner ID $id"
  done <<END
1000000 is the global (v-org) ID
7654321 is not in the registry
1000091 is closed in the registry
1000092 is superseded in the registry
1000093 is pending in the registry
$(other_id "$ID" "$BARE_ID") differs from your rule (country
END
  wrote 0
}

test_link__ids_that_are_none_are_refused() {
  local id
  begin --link-writes 9
  for id in '' x '1000001 ' '1000001?a=b' '../1000001' '1000001/..' '%31' '١٢٣' 123456789012345678901; do
    link create "$BARE" --partner-id "$id" --yes
    expect_one_error 2
    expect_err 'is no partner ID'
  done
  for id in x "$BARE," "$BARE/.." 'contoso.com'; do
    link show "$id"
    expect_one_error 2
    expect_err 'is no tenant id'
  done
  wrote 0
}

test_link__wrong_command_lines_are_refused() {
  begin
  palscan --config palscan.json link
  expect_status 2
  link change "$BARE"
  expect_one_error 2
  expect_err 'is none of show, create, update, delete'
  link create "$BARE" --yes
  expect_one_error 2
  expect_err '--partner-id N is missing'
  link show "$BARE" --yes
  expect_one_error 2
  link show "$BARE" -f csv
  expect_one_error 2
  link create "$BARE" --partner-id "$BARE_ID" -f json
  expect_status 2
  palscan --config palscan.json link show --identity app-secret
  expect_one_error 2
  expect_err '--tenant ID is missing'
  palscan --config palscan.json link show --tenant "$BARE"
  expect_one_error 2
  expect_err 'say which by --identity NAME'
  palscan --config palscan.json link show --tenant "$BARE" --identity nobody
  expect_one_error 2
  expect_err 'names no identity "nobody"'
  link show 00000000-0000-4000-8000-000000000000
  expect_one_error 2
  expect_err 'does not read tenant'
}

test_link__offline_and_without_registry_nothing_is_sent() {
  begin --link-writes 9
  link create "$BARE" --partner-id "$BARE_ID" --yes --offline
  expect_one_error 2
  expect_err offline
  PALSCAN_OFFLINE=1 link delete "$LINKED" --yes
  expect_one_error 2
  mv mpn.json elsewhere.json
  link create "$BARE" --partner-id "$BARE_ID" --yes
  expect_one_error 2
  expect_err 'mpn.json'
  mv elsewhere.json mpn.json
  # A configuration of the working directory decides nothing here.
  palscan link delete --identity app-secret --tenant "$LINKED" --yes
  expect_status 2
  wrote 0
}

# ---- what may go wrong on the way ----

# trouble WORD ACTION: carries a change out with that trouble
trouble() {
  begin --link-writes 1 --link-trouble "$1"
  case $2 in
  create) link create "$BARE" --partner-id "$BARE_ID" --yes ;;
  delete) link delete "$LINKED" --yes ;;
  esac
}

test_link__refusals_of_the_service_are_explained() {
  local word answer says
  while read -r word answer says; do
    trouble "$word" create
    expect_one_error 1
    expect_err "not done: the link is none. The service answered $answer"
    expect_err "$says"
    expect_out "Then      partner ID $BARE_ID"
    expect_equal none "$(now "$BARE")" "link after $word"
    wrote 1
  done <<'END'
refused 400 only the ID of a location can be linked
forbidden 403 have the account invited
conflict 409 see palscan link show, then palscan link update
precondition 412 see palscan link show
throttled 429 run it again later
failed 503 run it again later
redirected 307 see what the service says
END
}

test_link__link_that_moved_is_not_touched() {
  trouble race delete
  expect_one_error 1
  expect_err 'nothing was changed: the link was written by someone else since the plan was made'
  expect_equal "$ID" "$(now "$LINKED")"
  wrote 0
}

# Read again, never sent again.
test_link__lost_answer_is_read_again() {
  trouble lost create
  expect_status 0
  expect_out "Stands    partner ID $BARE_ID"
  expect_out 'Note      the service answered no answer'
  wrote 1
  trouble late create
  expect_status 0
  expect_out 'Note      the service answered 500 InternalServerError'
  wrote 1
  trouble dropped create
  expect_one_error 1
  expect_err 'not done: the link is none. The service answered no answer'
  wrote 1
  trouble dropped delete
  expect_one_error 1
  expect_err "not done: the link is partner ID $ID"
  wrote 1
}

test_link__change_that_does_not_stand_is_said() {
  trouble ignored create
  expect_one_error 1
  expect_err 'not done: the link is none. The service accepted the change'
  wrote 1
  trouble blind create
  expect_one_error 1
  expect_err 'the change was sent, and whether it stands is not known (palscan link show tells)'
  wrote 1
}

test_link__credential_that_is_refused_ends_with_5() {
  begin --link-writes 1
  printf wrong-secret-of-the-tests >"$T/secrets/app-secret"
  link delete "$LINKED" --yes
  expect_status 5
  expect_err 'the link was not read: AADSTS7000215'
  wrote 0
}

# The emulator itself: a write that nobody asked for is a fault, whoever sends it.
test_link__unasked_write_is_counted() {
  local token
  begin --link-writes 1
  token=$(curl -sS --cacert "$PKI/ca.pem" "$(ready .origins.login)/$LINKED/oauth2/v2.0/token" \
    -d "client_id=$(ready '.identities[0].clientId')" --data-urlencode "client_secret=$SECRET" \
    --data-urlencode 'scope=https://management.azure.com/.default' -d grant_type=client_credentials | jq -r .access_token)
  unasked() {
    curl -sS --cacert "$PKI/ca.pem" -o /dev/null -w '%{http_code}' -X "$1" -H "Authorization: Bearer $token" \
      "$(ready .origins.resourceManager)/providers/Microsoft.ManagementPartner/partners/$2?api-version=2018-02-01"
  }
  expect_equal 404 "$(unasked DELETE 1)"
  expect_equal 403 "$(unasked DELETE "$ID")"
  expect_equal "$ID" "$(now "$LINKED")"
  silence
  expect_equal '1 1' "$(jq -r '"\(.linkWrites) \(.writeVerbs)"' "$T/manners")"
}

live_tests "$@"
