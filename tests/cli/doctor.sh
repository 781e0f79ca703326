#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# doctor.sh - palscan doctor: what could be read and what is missing, without a run. Against the services: tests/live/doctor.sh.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

HOME_TENANT=6315ac55-0290-5361-964e-6cbe1fe5d496
COHO=2a0005de-a77d-51d1-bfa2-446baf39ff7b
HUMONGOUS=794d4d4a-f6d3-5153-8395-4a168411729d
APP=55ff64bf-7b28-59a0-b945-93403244987c

# The demo's files without a repository.
no_repository() {
  mkdir -p "$T/d"
  cp "$DEMO/palscan.json" "$DEMO/mpn.json" "$DEMO/estate.json" "$DEMO/waivers.json" "$T/d/"
  cd "$T/d"
}
# doctor ARGUMENT...: of the second night
doctor() { palscan doctor --replay "$DEMO/night-2" "$@"; }
# check_of IDENTITY TENANT: its object of the JSON
check_of() { jq -c --arg i "$1" --arg t "$2" '.checks[] | select(.identity == $i and .tenantId == $t)' "$T/.out"; }

test_doctor__tells_of_each_identity_and_tenant() {
  no_repository
  doctor
  expect_status 4
  golden doctor.text "$T/.out"
  expect_err_empty
  doctor -f json
  expect_status 4
  # All that were recorded, each once.
  expect_equal "$(jq -r '.checks[] | select(.identity == "provider-automation").tenantId' "$T/.out")" \
    "$(cd "$DEMO/night-2/provider-automation" && printf '%s\n' *.har | sed 's/\.har$//' | sort)" tenants
  expect_equal "$(jq -c .summary "$T/.out")" '{"well":25,"lacking":4,"signedIn":26}'
  expect_equal "$(jq -c .clock "$T/.out")" '{"aheadSeconds":null,"limitSeconds":300}'
}

test_doctor__names_the_right_and_the_command() {
  no_repository
  doctor -f json
  check_of provider-automation "$HUMONGOUS" >"$T/check"
  expect_equal "$(jq -c '[.signedIn, .link.answer, .missing[0].areas, .missing[0].code]' "$T/check")" \
    '[false,"not read",["token"],"AADSTS700016"]'
  expect_equal "$(jq -r '.missing[0].commands[1]' "$T/check")" "az ad sp create --id $APP"
  expect_equal "$(jq -r '.missing[0].portal' "$T/check")" \
    "https://login.microsoftonline.com/$HUMONGOUS/adminconsent?client_id=$APP"
  check_of provider-automation "$COHO" >"$T/check"
  local object
  object=$(jq -r .objectId "$T/check")
  expect_equal "$(jq -r '.missing[] | select(.areas == ["subscriptions"]) | .right, .commands[1]' "$T/check")" \
    "Reader
az role assignment create --assignee-object-id $object --assignee-principal-type ServicePrincipal --role Reader --scope /providers/Microsoft.Management/managementGroups/$COHO"
}

# answer TENANT URL STATUS BODY: of the application in a copy of the recording, $T/night
answer() {
  local har=$T/night/provider-automation/$1.har
  [ -e "$T/night" ] || cp -R "$DEMO/night-2" "$T/night"
  jq --arg url "$2" --argjson status "$3" --arg body "$4" \
    '(.log.entries[] | select(.request.url | contains($url)) | .response) |= (.status = $status | .content.text = $body)' \
    "$har" >"$T/har"
  mv "$T/har" "$har"
}

ADATUM=f93c5887-0ed2-50e8-b5db-96e32ca11dc4
refused() { printf '{"error":{"code":"%s","message":"no"}}' "$1"; }

test_doctor__gives_the_role_each_refusal_is_about() {
  no_repository
  answer "$ADATUM" /roleAssignments? 403 "$(refused AuthorizationFailed)"
  answer "$ADATUM" CostManagement/query 401 "$(refused RBACAccessDenied)"
  palscan doctor --replay "$T/night" --identity provider-automation --tenant "$ADATUM" -f json
  expect_status 4
  expect_equal "$(jq -c '.checks[0].missing | map([.areas, .code, .right])' "$T/.out")" \
    '[[["role-assignments"],"403 AuthorizationFailed","Reader"],[["usage"],"401 RBACAccessDenied","Cost Management Reader"]]'
  local object subscription
  object=$(jq -r '.checks[0].objectId' "$T/.out")
  subscription=$(jq -r '.checks[0].missing[0].units[0]' "$T/.out")
  expect_equal "$(jq -r '.checks[0].missing[].commands[1]' "$T/.out")" \
    "az role assignment create --assignee-object-id $object --assignee-principal-type ServicePrincipal --role Reader --scope /subscriptions/$subscription
az role assignment create --assignee-object-id $object --assignee-principal-type ServicePrincipal --role \"Cost Management Reader\" --scope /subscriptions/$subscription"
}

# What a tenant says never becomes part of a command.
test_doctor__hostile_answers_stay_out_of_commands() {
  no_repository
  # shellcheck disable=SC2016
  answer "$ADATUM" /roleAssignments? 403 '{"error":{"code":"AuthorizationFailed; $(reboot) \u001b[2J","message":"`reboot`"}}'
  palscan doctor --replay "$T/night" --identity provider-automation --tenant "$ADATUM"
  expect_status 4
  ! grep -q $'\x1b' "$T/.out" || fail 'an escape character'
  palscan doctor --replay "$T/night" --identity provider-automation --tenant "$ADATUM" -f json
  ! jq -r '.checks[].missing[].commands[], (.checks[].subscriptions.ifNone | strings)' "$T/.out" | grep -q reboot || fail 'in a command'
}

test_doctor__narrows_to_identities_and_tenants() {
  no_repository
  doctor --identity anna -f json
  expect_status 0
  expect_equal "$(jq -r '[.checks[].identity] | unique | join(" ")' "$T/.out")" anna
  doctor --tenant "$HOME_TENANT" --identity provider-automation,anna -f json
  expect_equal "$(jq -c '[.checks[] | [.identity, .tenantId]]' "$T/.out")" \
    "[[\"anna\",\"$HOME_TENANT\"],[\"provider-automation\",\"$HOME_TENANT\"]]"
  doctor --identity ben -f json
  expect_status 5
}

test_doctor__selection_of_nobody_is_refused() {
  no_repository
  doctor --identity provider-automatic
  expect_one_error 2
  expect_err 'no identity "provider-automatic" is configured, did you mean provider-automation?'
  doctor --identity anna --tenant "$HUMONGOUS"
  expect_one_error 2
  expect_err "--tenant $HUMONGOUS: none of these identities signs in to this tenant"
  doctor --tenant nowhere
  expect_one_error 2
  doctor --tenant 00000000-0000-4000-8000-000000000001
  expect_one_error 2
  expect_err 'no identity signs in to this tenant'
}

# files: what there is below $T, with what is in it
files() { mkdir -p "$T/state" && find "$T/d" "$T/state" -type f -exec cksum {} + | sort; }

test_doctor__writes_nothing_and_needs_no_repository() {
  no_repository
  files >"$T/before"
  doctor
  expect_status 4
  files >"$T/after"
  expect_same_file "$T/before" "$T/after"
  two_nights
  files >"$T/before"
  doctor -o "$T/doctor.txt"
  expect_status 4
  expect_out_empty
  files >"$T/after"
  expect_same_file "$T/before" "$T/after"
}

# Its requests are some of those of a scan: what a recording does not hold would be an error.
test_doctor__asks_nothing_a_scan_does_not_ask() {
  no_repository
  local night
  for night in night-1 night-2; do
    palscan doctor --replay "$DEMO/$night"
    expect_status 4
  done
  cp -R "$DEMO/night-2" "$T/night"
  jq '.log.entries |= map(select(.request.url | contains("/partners?") | not))' "$T/night/provider-automation/$ADATUM.har" >"$T/har"
  mv "$T/har" "$T/night/provider-automation/$ADATUM.har"
  palscan doctor --replay "$T/night"
  expect_one_error 2
}

test_doctor__wants_a_configuration_of_the_callers_own() {
  no_repository
  palscan doctor
  expect_one_error 2
  expect_err 'credentials'
}

test_doctor__json_is_what_the_schema_says() {
  python3 -c 'import jsonschema' 2>/dev/null || skip "no python3-jsonschema here"
  no_repository
  doctor -f json
  python3 - "$PAL_SOURCE/snapshots/outputs/doctor.schema.json" "$T/.out" <<'END' || fail 'the schema refuses it'
import json, sys, jsonschema
schema, output = (json.load(open(name, encoding="utf-8")) for name in sys.argv[1:])
validator = jsonschema.Draft202012Validator(schema)
errors = [f"{e.json_path}: {e.message}" for e in validator.iter_errors(output)]
assert not errors, "\n".join(errors)
END
}

run_tests "$@"
