#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# remediate.sh - palscan remediate: the plan, who can do what, and that its scripts do no more than was asked.
# shellcheck disable=SC2016 # jq's variables
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

ADATUM=f93c5887-0ed2-50e8-b5db-96e32ca11dc4
ADATUM_OBJECT=14225f67-352d-5168-a561-13bec2ba4ca2
BLUE_YONDER=3be4e790-c275-50d1-8f5e-26dacb8ebb39
GRAPHIC=ff42fcea-dc50-54ad-a52a-bc6d4b952c48
GRAPHIC_ANNA=c9cc5ff9-a32c-5b03-8335-250b3bab1bb1
CITY=8eef8f6a-61cc-50e4-8a50-3afb39cb3397

# steps FILTER: what jq makes of each step
steps() {
  palscan_ok remediate -f json
  jq -r ".steps[] | $1" "$T/.out"
}

# fake_az TENANT OBJECT: an az on the PATH that is signed in so, and writes down what else it is asked for
# guest TENANT OBJECT: … whose account is known as OBJECT in another TENANT: it gets tokens there, and its commands act at home
fake_az() {
  mkdir -p "$T/bin"
  : >asked
  rm -f "$T"/claims.*
  claims "$1" "$2" >"$T/claims"
  cat >"$T/bin/az" <<'AZ'
#!/bin/sh
case "$*" in
'account get-access-token --tenant '*) cat "$CLAIMS.$4" 2>/dev/null || cat "$CLAIMS" ;;
'account get-access-token'*) cat "$CLAIMS" ;;
'extension show'*) ;;
*) echo "$*" >>asked ;;
esac
AZ
  chmod +x "$T/bin/az"
}
claims() { printf 'e30.%s.x\n' "$(printf '%s' "{\"oid\":\"$2\",\"tid\":\"$1\"}" | base64 -w0 | tr '/+' '_-' | tr -d =)"; }
guest() { claims "$1" "$2" >"$T/claims.$1"; }
# play ARGUMENT...: the script, with that az
play() { PATH=$T/bin:$PATH CLAIMS=$T/claims run sh plan.sh "$@"; }

test_remediate__every_open_finding_has_a_step_and_no_other() {
  two_nights
  palscan_ok check -f json --fail-on none
  jq -r '.findings[] | select(.status == "open").fingerprint' "$T/.out" | sort >open
  jq -r '.findings[] | select(.status != "open").fingerprint' "$T/.out" | sort >settled
  [ -s settled ] || fail 'no finding is accepted or folded'
  steps '.findings[].fingerprint' | sort -u >told
  expect_same_file open told
  expect_equal "$(jq .settled "$T/.out")" "$(wc -l <settled)" settled
}

test_remediate__commands_hold_the_ids_of_the_finding() {
  two_nights
  expect_equal "$(steps "select(.tenantId == \"$ADATUM\") | [.actor, .identities[0], .ways[0].objectId, .ways[0].partnerId, .ways[0].az[0], .ways[0].powershell[0]] | join(\"|\")")" \
    "identity|provider-automation|$ADATUM_OBJECT|2000001|az managementpartner update --partner-id 2000001|Update-AzManagementPartner -PartnerId 2000001" Adatum
  # A rule of the registry decides by country.
  expect_equal "$(steps "select(.tenantId == \"$GRAPHIC\" and .ways[0].objectId == \"$GRAPHIC_ANNA\") | .ways[0].az[0]")" \
    'az managementpartner create --partner-id 2000002' Graphic
}

# Of a subscription that nobody linked covers, the role is for who is linked there and lacks it.
test_remediate__a_role_is_asked_for_who_is_linked() {
  two_nights
  expect_equal "$(steps 'select(any(.findings[]; .policy == "PAL051") and .tenantName == "Lucerne Publishing") |
    "\([.findings[].policy] | unique | join(",")) \(.ways[0].fix) \(.ways[0].objectId) \(.ways[0].complete)"')" \
    'PAL030,PAL051 F4 8f28892c-3e54-583c-917f-b6be14db5671 true' Lucerne
}

# Nobody is told to ask for access without being told that it can be ended.
test_remediate__a_request_for_a_role_stands_beside_its_end() {
  two_nights
  [ "$(steps 'select(any(.ways[]; .fix == "F4")) | .number' | wc -l)" -gt 3 ] || fail 'no role is asked for'
  expect_equal '' "$(steps 'select(any(.ways[]; .fix == "F4" and .objectId != null) and (all(.ways[]; .fix != "F7a"))) | .number')" 'without an end'
  expect_equal '' "$(steps 'select(any(.ways[]; .fix == "F4" and .linkedPartnerId != null) and (all(.ways[]; .fix != "F3d"))) | .number')" 'without the link'
  # The right of a provider to own what it sells is never asked for.
  expect_equal '' "$(jq -r '.. | strings | select(test("ForeignGroup|--role Owner|AdminAgents"))' "$T/.out")" AOBO
}

test_remediate__what_was_not_read_is_read_again() {
  two_nights
  expect_equal "$(steps "select(.tenantId == \"$BLUE_YONDER\") | [.actor, .verdict, .ways[0].fix, .ways[0].az[]] | join(\"|\")")" \
    "us|unknown|F0|palscan doctor --tenant $BLUE_YONDER|palscan scan --tenant $BLUE_YONDER" 'Blue Yonder'
  palscan_ok remediate --tenant "$BLUE_YONDER"
  expect_out 'UNKNOWN Find out what is missing'
  expect_no_out 'managementpartner'
}

# Where no rule names an ID, none is made up.
test_remediate__an_undecided_id_is_to_be_decided_first() {
  two_nights
  sed 's#^//.*##' mpn.json | jq '.expect = []' >mpn.new && mv mpn.new mpn.json
  palscan_ok remediate --tenant "$ADATUM" -f json
  expect_equal "$(jq -r '.steps[] | select(.ways[0].fix == "F2") | [.ways[0].partnerId, .ways[0].complete, (.decideFirst != null)] | tostring' "$T/.out")" \
    '[null,false,true]' undecided
  palscan_ok remediate --tenant "$ADATUM" -f az -o plan.sh
  expect_equal '' "$(grep -E '^ +az managementpartner (update|create)' plan.sh)" 'a link without an ID'
}

test_remediate__json_is_of_its_schema() {
  python3 -c 'import jsonschema' 2>/dev/null || skip 'no python3-jsonschema'
  two_nights
  palscan_ok remediate -f json -o plan.json
  python3 - "$PAL_SOURCE/snapshots/outputs/remediate.schema.json" plan.json <<'PY' || fail 'the JSON does not fit its schema'
import json, sys
from jsonschema import Draft202012Validator
schema, plan = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:])
Draft202012Validator.check_schema(schema)
Draft202012Validator(schema).validate(plan)
assert len(plan["steps"]) > 20
plan["steps"][0]["more"] = 1
assert not Draft202012Validator(schema).is_valid(plan)
PY
}

test_remediate__the_script_writes_the_link_of_who_runs_it() {
  two_nights
  palscan_ok remediate -f az -o plan.sh
  sh -n plan.sh || fail 'the script is none'
  fake_az "$ADATUM" "$ADATUM_OBJECT"
  play "$ADATUM" "$ADATUM_OBJECT"
  expect_status 0
  expect_equal 'managementpartner update --partner-id 2000001' "$(cat asked)" 'what was done'
  # Somebody else's token: signing in is tried, and nothing is changed.
  fake_az "$ADATUM" "$GRAPHIC_ANNA"
  play "$ADATUM" "$ADATUM_OBJECT"
  expect_status 1
  expect_err 'signed in as somebody else'
  expect_equal 1 "$(wc -l <asked)" 'what was done by a stranger'
  grep -q '^login ' asked || fail 'a stranger did more than sign in'
  # Of another tenant's steps nothing, of nobody's nothing; and nobody takes that for done.
  fake_az "$CITY" "$ADATUM_OBJECT"
  play "$CITY" "$ADATUM_OBJECT"
  expect_status 1
  expect_err "the plan writes no link of that object in tenant $CITY"
  play "$ADATUM"
  expect_status 1
  expect_err 'Nothing was changed'
  play
  expect_status 2
  expect_equal '' "$(cat asked)" 'what was done elsewhere'
  # Ids as people copy them.
  fake_az "$ADATUM" "$ADATUM_OBJECT"
  play "${ADATUM^^}" "${ADATUM_OBJECT^^}"
  expect_status 0
  expect_equal 'managementpartner update --partner-id 2000001' "$(cat asked)" 'of ids in capitals'
}

# az gets tokens for any tenant its account is a guest in, and writes the link in the one it is signed in to.
test_remediate__the_script_writes_no_link_at_home_that_is_meant_for_a_customer() {
  two_nights
  palscan_ok remediate -f az -o plan.sh
  fake_az "$CITY" "$GRAPHIC_ANNA"
  guest "$ADATUM" "$ADATUM_OBJECT"
  play "$ADATUM" "$ADATUM_OBJECT"
  expect_status 1
  expect_err 'signed in as somebody else'
  expect_equal '' "$(grep -v '^login ' asked)" 'what was done at home'
}

# Everything that gives or takes access waits for a person.
test_remediate__scripts_give_and_take_no_access_by_themselves() {
  two_nights
  palscan_ok remediate -f az -o plan.sh
  grep -q '^ *# az role assignment create' plan.sh || fail 'no role is asked for'
  expect_equal '' "$(grep -nE '^ *(az (role|ad|deployment|managedservices)|az managementpartner delete|palscan)' plan.sh)" az
  palscan_ok remediate -f powershell -o plan.ps1
  grep -q '^ *# New-AzRoleAssignment' plan.ps1 || fail 'no role is asked for'
  expect_equal '' "$(grep -nE '^ *(New-AzRole|Remove-Az|New-AzDeploy|palscan)' plan.ps1)" powershell
  grep -q '^    Update-AzManagementPartner -PartnerId 2000001$' plan.ps1 || fail 'no link is written'
}

# Names and messages are the tenants': a script holds ids, digits and our own words.
test_remediate__scripts_hold_no_text_of_tenants() {
  two_nights
  printf '%s\n' '-- id: OWN-1' '-- title: T' '-- class: access' '-- severity: high' '-- subject: identity' '-- reads: links' \
    '-- fix: F2 or F7' '-- rationale: r' '-- remediation: m' \
    "SELECT tenant_id, 'identity' AS subject_type, object_id AS subject_id, 'n' || char(10) || 'touch run1' AS subject_name, 'm' || char(10) || 'touch run2 \`touch run3\`' AS message, '/subscriptions/51111111-1111-4111-8111-111111111111/resourcegroups/a;touch run4' AS scope, 'x' AS roleId FROM link WHERE tenant_id = '$ADATUM';" >OWN-1.sql
  mkdir own && mv OWN-1.sql own/
  sed 's#^//.*##' palscan.json | jq --arg d "$T/d/own" '.policies = {directories: [$d]}' >palscan.new && mv palscan.new palscan.json
  for format in az powershell; do
    palscan_ok remediate --tenant "$ADATUM" -f "$format"
    expect_out 'OWN-1'
    expect_no_out 'run1'
    expect_no_out 'run2'
    expect_no_out 'Adatum'
    expect_equal '' "$(grep -F 'run4' "$T/.out" | grep -vF "'/subscriptions/51111111-1111-4111-8111-111111111111/resourcegroups/a;touch run4'" || :)" "$format: not one word"
  done
  palscan_ok remediate --tenant "$ADATUM" -f markdown
  expect_out '\`touch run3\`'
}

test_remediate__remediations_of_findings_are_filled_in() {
  two_nights
  palscan_ok check -f json --fail-on none
  expect_equal "$(jq -r --arg t "$ADATUM" '.findings[] | select(.policy == "PAL001" and .tenantId == $t).remediation' "$T/.out")" \
    "Signed in as the identity itself, with the location ID 2000001 of your rule for tenant $ADATUM:
az login --tenant $ADATUM && az managementpartner update --partner-id 2000001
Connect-AzAccount -Tenant $ADATUM; Update-AzManagementPartner -PartnerId 2000001" remediation
  # What is removed is what is linked, which is not what should be.
  palscan_ok check -f csv --fail-on none
  expect_out "palscan doctor --tenant $BLUE_YONDER, then palscan scan --tenant $BLUE_YONDER"
}

test_remediate__wrong_options_are_usage_errors() {
  two_nights
  palscan remediate -f csv
  expect_one_error 2
  expect_err 'remediate prints text, markdown, az, powershell or json'
  palscan remediate --tenant x
  expect_status 2
}

run_tests "$@"
