#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# inputs.sh - files people write, and recordings, that are wrong: one clear line
# that names the file and the place, exit 2, and nothing is written.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

WRITTEN=(palscan.json mpn.json estate.json waivers.json)

# refused FILE WANT...: a scan ends with 2 and one line that names FILE and holds each WANT; nothing is written
refused() {
  local file=$1 want
  shift
  remember
  palscan scan --replay "${RECORDING:-$DEMO/night-2}"
  expect_one_error 2
  expect_err "$file"
  for want in "$@"; do expect_err "$want"; done
  [ "$(wc -c <"$T/.err")" -lt 1500 ] || fail "the error is too long to read"
  expect_harmless "$T/.err"
  expect_unchanged
}

# bad FILE TEXT WANT...: the same with TEXT in FILE. A WANT that begins with @ is
# the place, @LINE:COLUMN
bad() {
  local file=$1 text=$2 wants=() want
  shift 2
  for want in "$@"; do
    case $want in @*) wants+=("$file:${want#@}:") ;; *) wants+=("$want") ;; esac
  done
  cp "$file" "$T/.kept"
  printf '%b' "$text" >"$file"
  refused "$file" "${wants[@]}"
  cp "$T/.kept" "$file"
}

# What holds for every JSON that a person writes.
test_inputs__no_json_at_all_says_where() {
  one_night
  local file
  for file in "${WRITTEN[@]}"; do
    bad "$file" '' @1:1
    bad "$file" ' \n' @2:1
    bad "$file" '// only a comment\n' @2:1
    bad "$file" '{' @1:2
    bad "$file" '{ "a": }' @1:8
    bad "$file" '{ "a": tru }' @1:8
    bad "$file" "{ 'a': 1 }" @1:3
    bad "$file" '{ "a": 1, }' @1:11
    bad "$file" '{ "a": "b' @1
    bad "$file" '{ "a": 01 }' @1
    bad "$file" '{} {}' @1:4
    bad "$file" '/* no end' @1
    bad "$file" '{ "a": "tab\there" }' @1
    bad "$file" '{\n  "a": "line\nfeed" }' @2
    bad "$file" '{ "a": "\\\\u12" }' @1
    bad "$file" '{ "a": "\\\\u0000" }' @1
    bad "$file" '{ "a": "\\\\ud800" }' @1
    bad "$file" '{ "a": "\xff" }' @1
    bad "$file" '{ "\033]0;x\007": 1 }' @1
    bad "$file" '\xff\xfe{\x00}\x00' UTF-16
    bad "$file" '[]' @1:1 'object'
    bad "$file" '"text"' @1:1
    bad "$file" 'null' @1:1
    bad "$file" '{ "surprise": 1 }' 'at $' surprise
  done
}

test_inputs__too_deep_or_too_large_is_refused() {
  one_night
  local file
  for file in "${WRITTEN[@]}"; do
    bad "$file" "$(printf '[%.0s' $(seq 1000))" @1
    bad "$file" "{\"a\":$(printf '{"a":%.0s' $(seq 80))1$(printf '}%.0s' $(seq 80))}" @1
    cp "$file" "$T/.kept"
    head -c $((65 << 20)) /dev/zero | tr '\0' ' ' >"$file"
    refused "$file"
    cp "$T/.kept" "$file"
  done
}

test_inputs__missing_is_said() {
  local file
  for file in mpn.json estate.json waivers.json; do
    one_night
    mv "$file" "$T/.kept"
    refused "$file" 'no such file'
    mv "$T/.kept" "$file"
    rm -rf "$T/d" "$T/state"
  done
}

test_inputs__check_needs_what_the_configuration_names() {
  local file
  two_nights
  palscan_ok check --fail-on none
  tr -s ' \n' '  ' <"$T/.out" | grep -qF "judged again by today's rules with today's registry, today's estate and today's risk acceptances" ||
    fail "the inputs are not said"
  for file in mpn.json estate.json waivers.json; do
    mv "$file" "$T/.kept"
    palscan check
    expect_one_error 2
    expect_out_empty
    expect_err "$file"
    expect_err 'no such file'
    palscan_ok check --as-recorded --fail-on none
    mkdir "$file"
    palscan check
    expect_one_error 2
    rmdir "$file"
    mv "$T/.kept" "$file"
  done
}

test_inputs__check_takes_the_snapshots_own_where_none_is_named() {
  two_nights
  local said
  sed -i '/"estate"/d; /"waivers"/d' palscan.json
  rm estate.json waivers.json
  palscan_ok check --fail-on none
  said=$(tr -s ' \n' '  ' <"$T/.out")
  [[ $said == *"with today's registry, the snapshot's estate and the snapshot's risk acceptances"* ]] || fail "said: $said"
  rm palscan.json mpn.json
  palscan_ok check --fail-on none --repository snapshots.git
  said=$(tr -s ' \n' '  ' <"$T/.out")
  [[ $said == *"with the snapshot's registry, the snapshot's estate and the snapshot's risk acceptances"* ]] || fail "said: $said"
}

test_inputs__what_is_no_file_is_refused_and_never_waited_for() {
  local file
  for file in "${WRITTEN[@]}"; do
    one_night
    rm "$file"
    mkdir "$file"
    refused "$file"
    rmdir "$file"
    mkfifo "$file"
    status=0
    timeout 20 "$PALSCAN" scan --replay "$DEMO/night-2" >"$T/.out" 2>"$T/.err" || status=$?
    expect_one_error 2
    rm "$file"
    ln -s /dev/zero "$file"
    status=0
    timeout 20 "$PALSCAN" scan --replay "$DEMO/night-2" >"$T/.out" 2>"$T/.err" || status=$?
    expect_one_error 2
    rm "$file"
    rm -rf "$T/d" "$T/state"
  done
}

test_inputs__unreadable_is_said() {
  one_night
  nobody_folder
  local file
  for file in "${WRITTEN[@]}"; do
    chmod 000 "$file"
    run as_nobody "$PALSCAN" scan --replay "$DEMO/night-2"
    [ "$status" -ne 126 ] || skip "the recording cannot be reached"
    expect_one_error 2
    expect_err "$file"
    expect_err 'ermission'
    chmod 644 "$file"
  done
}

test_inputs__configuration_says_key_and_nearest() {
  one_night
  local c=palscan.json
  bad "$c" '{ "repositry": "x" }' @1 repository
  bad "$c" '{\n  "repository": "a",\n  "repository": "b" }' @3 repository
  bad "$c" '{ "names": "ours", "Names": "all" }' @1 Names
  bad "$c" '{ "repository": 7 }' @1 'at $.repository' 'string'
  bad "$c" '{ "concurrency": 0 }' 'at $.concurrency' '1 to 1024'
  bad "$c" '{ "concurrency": 1025 }' 'at $.concurrency' '1 to 1024'
  bad "$c" '{ "concurrency": 1.5 }' 'at $.concurrency' 'whole number'
  bad "$c" '{ "concurrency": 1e1 }' 'at $.concurrency' 'whole number'
  bad "$c" '{ "concurrency": 99999999999999999999 }' 'at $.concurrency'
  bad "$c" '{ "concurrency": "4" }' 'at $.concurrency'
  bad "$c" '{ "usageWindowMonths": 13 }' 'at $.usageWindowMonths' '1 to 12'
  bad "$c" '{ "names": "mine" }' 'at $.names' ours
  bad "$c" '{ "cloud": 7 }' cloud
  bad "$c" '{ "cloud": "AzurePublic" }' cloud
  bad "$c" '{ "collect": "links" }' 'at $.collect' 'array'
  bad "$c" '{ "collect": ["link"] }' 'at $.collect' links
  bad "$c" '{ "collect": [7] }' 'at $.collect[0]'
  bad "$c" '{ "identities": {} }' 'at $.identities'
  bad "$c" '{ "identities": [ { "name": "a" } ] }' 'at $.identities[0]' credential
  bad "$c" '{ "identities": [ { "name": "Upper", "credential": { "type": "token-file" } } ] }' 'at $.identities[0].name'
  bad "$c" '{ "identities": [ { "name": "a", "credential": { "type": "pasword" } } ] }' 'at $.identities[0].credential.type' client-secret
  bad "$c" '{ "identities": [ { "name": "a", "credential": { "type": "token-file", "tenantId": "home" } } ] }' 'at $.identities[0].credential.tenantId'
  bad "$c" '{ "identities": [ { "name": "a", "credential": { "type": "client-secret", "secret": "hunter2" } } ] }' 'at $.identities[0].credential.secret' 'unknown key'
  expect_no_err hunter2
  bad "$c" '{ "identities": [ { "name": "a", "credential": { "type": "token-file" } }, { "name": "a", "credential": { "type": "token-file" } } ] }' 'at $.identities'
  bad "$c" '{ "identities": [ { "name": "a", "credential": { "type": "token-file" }, "tenants": "some" } ] }' tenants
  bad "$c" '{ "policies": { "disable": ["PAL01"] } }' PAL01
  bad "$c" '{ "policies": { "severity": { "PAL001": "hi" } } }' PAL001
  bad "$c" '{ "policies": { "severity": [] } }' severity
  bad "$c" '{ "policies": { "parameters": { "recognitionRoles": "all" } } }' recognitionRoles
  bad "$c" '{ "policies": { "parametres": {} } }' parameters
  bad "$c" '{ "sign": { "keys": "x" } }' 'at $.sign' key
}

test_inputs__registry_says_key_and_place() {
  one_night
  local c=mpn.json
  bad "$c" '{}' 'at $' ids
  bad "$c" '{ "ids": [ { "id": 1000001, "type": "global" } ] }' 'at $.ids[0].id' 'quotation marks'
  bad "$c" '{ "ids": [ { "id": "10x", "type": "global" } ] }' 'at $.ids[0].id'
  bad "$c" '{ "ids": [ { "id": "1", "type": "vorg" } ] }' 'at $.ids[0].type' global
  bad "$c" '{ "ids": [ { "id": "1" } ] }' 'at $.ids[0]' type
  bad "$c" '{ "ids": [ { "id": "1", "type": "global", "country": "DEU" } ] }' 'at $.ids[0].country'
  bad "$c" '{ "ids": [ { "id": "1", "type": "global", "validFrom": "2026-02-30" } ] }' 'at $.ids[0].validFrom'
  bad "$c" '{ "ids": [ { "id": "1", "type": "global" }, { "id": "1", "type": "location" } ] }' 'at $.ids'
  bad "$c" '{ "ids": [], "expect": [ { "country": "DE" } ] }' 'at $.expect[0]' id
  bad "$c" '{ "ids": [], "expect": [ { "id": "1", "tennant": "x" } ] }' 'at $.expect[0]' tenant
  bad "$c" '{ "ids": [], "agentGroups": [ { "objectId": "AdminAgents" } ] }' 'at $.agentGroups[0].objectId'
}

test_inputs__estate_says_key_and_place() {
  one_night
  local c=estate.json t=189136cf-9549-546a-8cbf-5491c9c4aa3e
  bad "$c" '{ "customers": [ { "name": "Fabrikam" } ] }' 'at $.customers[0]' tenant
  bad "$c" '{ "customers": [ { "tenant": "fabrikam.example" } ] }' 'at $.customers[0].tenant'
  bad "$c" '{ "customers": [ { "tenant": "'"$t"'", "status": "gone" } ] }' 'at $.customers[0].status' offboarded
  bad "$c" '{ "customers": [ { "tenant": "'"$t"'" }, { "tenant": "'"${t^^}"'" } ] }' 'at $.customers'
  bad "$c" '{ "customers": [ { "tenant": "'"$t"'", "acceptedGaps": [ { "area": "usage" } ] } ] }' 'at $.customers[0].acceptedGaps[0]' reason
  bad "$c" '{ "customers": [ { "tenant": "'"$t"'", "acceptedGaps": [\n { "area": "usge", "reason": "x" } ] } ] }' @2:12 'at $.customers[0].acceptedGaps[0].area' '"usge"' 'did you mean "usage"?'
  bad "$c" '{ "customers": [ { "tenant": "'"$t"'", "acceptedGaps": [ { "area": "anything at all", "reason": "x" } ] } ] }' 'at $.customers[0].acceptedGaps[0].area' 'role-assignments'
  bad "$c" '{ "principals": [ { "name": "Anna", "home": { "tenant": "'"$t"'", "objectId": "'"$t"'" } },\n { "name": "Ben", "objects": [ { "tenant": "'"$t"'", "objectId": "'"${t^^}"'" } ] } ] }' @2 'at $.principals[1].objects[0].objectId' 'in line 1'
  bad "$c" '{ "customers": [ { "tenant": "'"$t"'", "from": "1.1.2026" } ] }' 'at $.customers[0].from'
  bad "$c" '{ "principals": [ { "name": "Anna", "owner": "them" } ] }' 'at $.principals[0].owner' contractor
  bad "$c" '{ "principals": [ { "name": "Anna", "home": { "tenant": "'"$t"'" } } ] }' 'at $.principals[0].home' objectId
  bad "$c" '{ "principals": [ { "name": "Anna", "linkExpected": "yes" } ] }' 'at $.principals[0].linkExpected'
}

test_inputs__acceptances_say_key_and_place() {
  one_night
  local c=waivers.json
  bad "$c" '{}' 'at $' waivers
  bad "$c" '{ "waivers": [ {} ] }' 'at $.waivers[0]' id
  bad "$c" '{ "waivers": [ { "id": "a" }, { "id": "a" } ] }' 'at $.waivers'
  bad "$c" '{ "waivers": [ { "id": "a", "until": "next year" } ] }' 'at $.waivers[0].until'
  bad "$c" '{ "waivers": [ { "id": "a", "reasons": "x" } ] }' 'at $.waivers[0]' reason
  bad "$c" '{ "waivers": [ { "id": "a", "pins": 1.5 } ] }' 'at $.waivers[0].pins'
}

# Comments, order, spelling of ids and a byte order mark are free.
test_inputs__free_spelling_is_accepted() {
  one_night
  { printf '\xef\xbb\xbf/* x */\n' && sed 's#^//.*##; s/189136cf-9549-546a-8cbf-5491c9c4aa3e/189136CF-9549-546A-8CBF-5491C9C4AA3E/' "$DEMO/estate.json"; } >estate.json
  palscan scan --replay "$DEMO/night-2"
  expect_status 3
}

# ---- recordings ----

# spoilt NAME: a copy of the second night to be spoilt, as $RECORDING
spoilt() {
  RECORDING=$T/rec
  rm -rf "$RECORDING"
  cp -r "$DEMO/night-2" "$RECORDING"
}

test_inputs__session_of_a_recording_is_checked() {
  one_night
  local edit
  spoilt
  rm "$RECORDING/session.json"
  refused session.json 'no such file'
  for edit in 'del(.settings)' 'del(.started)' '.started = "yesterday"' '.format = "har"' '.surprise = 1' '.settings.names = "mine"' \
    '.settings.identities[0].name = "Upper"' '.settings.identities[0].type = "password"' '.settings.collect = "links"' '.version = "1"' '[]'; do
    spoilt
    jq "$edit" "$DEMO/night-2/session.json" >"$RECORDING/session.json"
    refused session.json
  done
  spoilt
  jq '.version = 2' "$DEMO/night-2/session.json" >"$RECORDING/session.json"
  refused session.json upgrade
}

test_inputs__exchanges_of_a_recording_are_checked() {
  one_night
  local edit har
  for edit in '{}' '[]' '.log = []' 'del(.log.entries)' '.log.entries[3] = 7' '.log.entries[3].request = null' 'del(.log.entries[3].request.url)' \
    '.log.entries[3].request.url = "http://management.azure.com/"' '.log.entries[3].request.method = 7' '.log.entries[3].response.status = "200"' \
    '.log.entries[3].response.status = 99999' '.log.entries[3].response.content.text = {}'; do
    spoilt
    har=$RECORDING/provider-automation/189136cf-9549-546a-8cbf-5491c9c4aa3e.har
    jq "$edit" "$DEMO/night-2/provider-automation/${har##*/}" >"$har"
    remember
    palscan scan --replay "$RECORDING"
    [ "$status" -eq 2 ] || fail "accepted: $edit"
    expect_one_error 2
    expect_unchanged
  done
  spoilt
  head -c 1000 "$DEMO/night-2/provider-automation/${har##*/}" >"$har"
  refused "${har##*/}"
  spoilt
  : >"$har"
  refused "${har##*/}"
}

# A malformed answer within a well-formed recording is a fact about the service:
# its unit is partial or unread, and the run goes on.
test_inputs__malformed_answer_makes_its_unit_incomplete_not_the_run() {
  one_night
  local body har whole
  palscan scan --replay "$DEMO/night-2" --dry-run --fail-on none --min-coverage 100 -o /dev/null
  whole=$(sed -n 's/^palscan: .*; \([0-9]*\) of .*/\1/p' "$T/.err")
  for body in '{' '[]' '{"value":[{"id":7}]}' '{"value":null}' '<html>' '{"value":[]} trailing' '{"value":[],"value":[]}' "$(printf '[%.0s' $(seq 200))"; do
    spoilt
    har=$RECORDING/provider-automation/f93c5887-0ed2-50e8-b5db-96e32ca11dc4.har
    jq --arg body "$body" '(.log.entries[] | select(.request.url | contains("roleAssignments?")) | .response.content.text) = $body' \
      "$DEMO/night-2/provider-automation/${har##*/}" >"$har"
    palscan scan --replay "$RECORDING" --dry-run --fail-on none --min-coverage 100 -o /dev/null
    expect_status 4
    expect_err 'dry run'
    [ "$(sed -n 's/^palscan: .*; \([0-9]*\) of .*/\1/p' "$T/.err")" -lt "$whole" ] || fail "the unit counts as read: $body"
  done
}

# ---- policies of one's own ----

test_inputs__policy_files_are_checked() {
  two_nights
  sed -i 's/"names": "ours"/"names": "ours", "policies": { "directories": ["mine"] }/' palscan.json
  mkdir mine
  local text
  good='-- id: OWN1\n-- title: t\n-- class: rule\n-- severity: low\n-- subject: tenant\n-- reads: tenant\n-- rationale: r\n-- remediation: r\n'
  select="SELECT id AS tenant_id, 'tenant' AS subject_type, id AS subject_id, name AS subject_name, 'm' AS message FROM tenant"
  for text in '' '-- id: OWN1\n' 'SELECT 1' "${good/rule/rules}$select" "${good/low/lowest}$select" "${good/OWN1/own one}$select" \
    "${good/reads: tenant/reads: tenants}$select" "$good$select; $select" "$good" '\xff\xfe' "$good\xff$select"; do
    printf '%b' "$text" >mine/OWN1.sql
    remember
    palscan check
    [ "$status" -eq 2 ] || fail "accepted: $text"
    expect_one_error 2
    expect_err OWN1.sql
    expect_unchanged
  done
  printf '%b' "$good$select" >mine/OWN1.sql
  palscan check --fail-on none
  expect_status 0
  head -c $((300 << 10)) /dev/zero | tr '\0' ' ' >>mine/OWN1.sql
  palscan check
  expect_one_error 2
}

run_tests "$@"
