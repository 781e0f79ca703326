#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# doctor.sh - palscan doctor against the emulator: what it says of each identity
# in each tenant is held against what is so, and what it says of a scan against
# the scan.
# shellcheck disable=SC2119
# shellcheck source=tests/live/lib.sh
. "$(dirname "$0")/lib.sh"

# doctor ARGUMENT...: of the folder we are in, as JSON in $T/doctor.json
doctor() {
  palscan --config palscan.json doctor -f json "$@"
  cp "$T/.out" "$T/doctor.json"
}
told() { jq -c "$1" "$T/doctor.json"; }
# files: all there is but what the emulator keeps writing
files() { mkdir -p "$T/state" && find "$T/d" "$T/state" -type f -exec cksum {} + | sort; }

# Seed 3 has tenants that refuse, lists of wrong types, without an end and on other hosts, and names that attack.
test_doctor__tells_of_each_tenant_what_is_so() {
  emulate --tenants "${TENANTS:-40}" --seed 3 --faults wrong-type,endless,foreign-link,refuse,hostile
  live_folder
  files >"$T/before"
  doctor
  expect_status 4
  files >"$T/after"
  expect_same_file "$T/before" "$T/after"
  jq -nr --slurpfile doctor "$T/doctor.json" --slurpfile truth "$T/truth.jsonl" -f "$LIVE/doctor.jq" >"$T/differences" ||
    fail 'the check-up and the truth cannot be compared'
  expect_no_difference 'statement about a tenant'
  # None of these stayed unseen by having no tenant.
  local fault
  for fault in wrong-type endless foreign-link refuse hostile; do
    jq -es --arg f "$fault" 'any(.lastingFault == $f)' "$T/truth.jsonl" >/dev/null || fail "no tenant has $fault"
  done
  expect_manners
  # A token of each pair, and at most one list for each right.
  expect_equal "$(jq '.kinds | has("denyAssignments") or has("roleDefinitions") or has("resourceGraph")' "$T/manners")" false
}

# The first twelve scenarios hide nothing; what a scan then sends is what was said.
test_doctor__says_how_many_requests_a_scan_sends() {
  emulate --tenants 12 --page-size 1000
  live_folder
  doctor
  expect_status 0
  expect_equal "$(told '[.summary.lacking, .clock.aheadSeconds >= -1 and .clock.aheadSeconds <= 1]')" '[0,true]'
  silence
  emulate --tenants 12 --page-size 1000
  live_scan
  expect_status 3
  silence
  expect_equal "$(told .scan.requests)" "$(jq .requests "$T/manners")" 'requests said and sent'
}

test_doctor__no_credential_that_works_exits_5() {
  emulate --tenants 3
  live_folder d '.identities |= map(select(.name == "app-secret"))'
  printf not-the-secret-of-this-application >"$T/secrets/app-secret"
  doctor
  expect_status 5
  expect_equal "$(told '[.checks[] | .signedIn, .missing[0].code] | unique')" '[false,"AADSTS7000215"]'
  expect_equal "$(told '.checks[0].missing[0].commands[1]')" \
    "\"az ad app credential reset --id $(ready '.identities[] | select(.name == "app-secret").clientId') --append\""
}

# A secret file that cannot be used is that identity's own matter, and it takes no scan to find the next one.
test_doctor__secret_that_cannot_be_read_concerns_its_identity_only() {
  emulate --tenants 6
  live_folder
  rm "$T/secrets/person-one"
  chmod 640 "$T/secrets/app-secret"
  doctor
  expect_status 4
  expect_equal "$(told '[.checks[] | select(.missing[0].code == "credential unusable") | .identity] | unique')" \
    '["app-secret","person-one"]'
  expect_equal "$(told '[.checks[] | select(.identity == "person-one" or .identity == "app-secret") | .signedIn] | unique')" '[false]'
  expect_equal "$(told '[.checks[] | select(.identity == "app-certificate") | .signedIn] | unique')" '[true]'
  expect_equal "$(jq -r '[.checks[] | select(.identity == "person-one") | .missing[0].commands[]] | unique[]' "$T/doctor.json")" \
    'palscan --config palscan.json login person-one'
  jq -r '.checks[] | select(.identity == "app-secret") | .missing[0].meaning' "$T/doctor.json" | grep -q 'app-secret: .*mode' ||
    fail 'what is wrong with the file is not said'
  palscan --config palscan.json doctor
  expect_status 4
  expect_out 'person-one: no such file'
  palscan --config palscan.json doctor --identity person-one
  expect_status 5
}

test_doctor__scan_tells_of_all_such_secrets_before_it_asks() {
  emulate --tenants 3
  live_folder
  rm "$T/secrets/person-one"
  : >"$T/requests"
  live_scan
  expect_one_error 2
  expect_err 'secrets/person-one: no such file'
  chmod 640 "$T/secrets/app-secret"
  : >"$T/secrets/app-certificate"
  live_scan
  expect_status 2
  expect_equal "$(wc -l <"$T/.err")" 4 'lines'
  expect_err 'identity person-one: tokenFile'
  expect_err 'identity app-secret: secretFile'
  expect_err 'identity app-certificate: '
  expect_err 'the credentials of 3 identities cannot be used'
  [ ! -s "$T/requests" ] || fail 'something was asked'
}

# The scan would go on without it, night by night.
test_doctor__metrics_that_could_not_be_written_are_missing() {
  emulate --tenants 12 --page-size 1000
  live_folder d '.metricsFile = "no/such/folder/palscan.prom"'
  doctor
  expect_status 4
  expect_equal "$(told .summary.lacking)" 0
  expect_err 'metricsFile: '
  expect_err 'no/such/folder: No such file or directory'
  mkdir folder
  live_config palscan.json '.metricsFile = "folder"'
  doctor
  expect_status 4
  expect_err 'is no file'
  live_config palscan.json '.metricsFile = "palscan.prom"'
  files >"$T/before"
  doctor
  expect_status 0
  expect_err_empty
  files >"$T/after"
  expect_same_file "$T/before" "$T/after"
}

# Of one identity only it is asked for that and by that, and nothing stands in for it.
test_doctor__one_identity_is_checked_by_itself() {
  emulate --tenants 12
  live_folder
  doctor --identity app-certificate
  expect_status 4
  expect_equal "$(told '[.checks[].identity] | unique')" '["app-certificate"]'
  expect_equal "$(told '[.checks[].missing[] | [.areas, .code, .elsewhere]] | unique')" \
    '[[["groups"],"403 Authorization_RequestDenied",false]]'
  silence
  expect_equal "$(jq .kinds.partner "$T/manners")" "$(told '.checks | length')" 'links asked and pairs'
}

test_doctor__time_that_is_over_is_told_as_missing() {
  emulate --tenants 12 --latency 400
  live_folder
  doctor --max-time 1s --jobs 1
  # It did what it did before the time was over: nobody signed in, or not all was read.
  # shellcheck disable=SC2031
  case $status in 4 | 5) ;; *) fail "exit status $status" ;; esac
  expect_equal "$(told '[.checks[].missing[].code] | any(. == "time over")')" true
}

live_tests "$@"
