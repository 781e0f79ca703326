#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# partial.sh - palscan scan --tenant: outside its scope a run changes nothing,
# and nothing there passes for read that night; later runs know who read what when.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

FABRIKAM=189136cf-9549-546a-8cbf-5491c9c4aa3e
ADATUM=f93c5887-0ed2-50e8-b5db-96e32ca11dc4
NIGHT1=2026-11-19T02:00:00Z
NIGHT2=2026-11-20T02:00:00Z
NIGHT3=2026-11-20T03:00:00Z # the same day: the recording asks for its usage
NIGHT4=2026-11-20T04:00:00Z

folder_of() { printf 'tenants/%.2s/%s' "$1" "$1"; }
file_of() { git_ show "${3:-HEAD}:$(folder_of "$1")/$2"; }
history_of() { git_ show "${1:-HEAD}:inputs/history.json" | jq -c .; }

# night STARTED [TENANT]...: a recording $T/night like the second one, which started then; nobody could sign in to these tenants
night() {
  local started=$1 tenant har
  shift
  rm -rf "$T/night"
  cp -R "$DEMO/night-2" "$T/night"
  sed "s/^\( *\"started\": \)\"[^\"]*\"/\1\"$started\"/; s/^\( *\"finished\": \)\"[^\"]*\"/\1\"$started\"/" \
    "$DEMO/night-2/session.json" >"$T/night/session.json"
  for tenant in "$@"; do
    for har in "$T"/night/*/"$tenant.har"; do
      jq '(.log.entries[] | select(.request.url | contains("/oauth2/")) | .response) |=
        (.status = 401 | .content.text = "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000222: expired\",\"error_codes\":[7000222]}")' \
        "$har" >"$T/har" && mv "$T/har" "$har"
    done
  done
}

# scan ARGUMENT...: of $T/night, whatever is found
scan() {
  palscan scan --replay "$T/night" --fail-on none "$@"
  case $status in 0 | 4 | 5) ;; *) fail "exit status $status" ;; esac
}

# as_of TENANT [REV]: the date the coverage of its role assignments has in SQL, or "fresh"
as_of() {
  palscan_ok query "SELECT DISTINCT COALESCE(as_of, 'fresh') AS as_of FROM coverage WHERE tenant_id = '$1'
    AND area = 'role-assignments' AND state <> 'unread'" "${2:-HEAD}" -f json
  jq -r '.[].as_of' "$T/.out"
}

# verified TENANT FILE: the dates of its failed findings in a check's JSON
verified() { jq -r --arg t "$1" '[.findings[] | select(.tenantId == $t and .verdict == "fail") | .lastVerified] | unique | join(" ")' "$2"; }

test_partial__run_of_one_tenant_leaves_all_else_byte_for_byte() {
  one_night
  night "$NIGHT2"
  scan --tenant "$FABRIKAM"
  expect_out 'part of the estate only'
  expect_out 'the one tenant in scope read completely'
  git_ diff --name-only HEAD~1 HEAD >"$T/changed"
  if grep -v -e "^$(folder_of "$FABRIKAM")/" -e '^inputs/history\.json$' "$T/changed"; then fail "more than the scope changed"; fi
  grep -q "^$(folder_of "$FABRIKAM")/identities/" "$T/changed" || fail "the scope did not change"
  expect_equal "$(git_ log -1 --format=%B | sed -n 's/^Palscan-Scope: //p')" partial
  expect_equal "$(coverage_of)" 1/1
  expect_equal "$(history_of)" "{\"firstRun\":\"$NIGHT1\",\"lastFull\":{\"sequence\":1,\"started\":\"$NIGHT1\"},\"scope\":[\"$FABRIKAM\"]}"
  expect_sound
  palscan_ok verify
}

test_partial__what_was_not_in_scope_does_not_pass_for_read() {
  one_night
  night "$NIGHT2"
  scan --tenant "$FABRIKAM" -f json
  cp "$T/.out" "$T/scan"
  expect_equal "$(verified "$FABRIKAM" "$T/scan")" "$NIGHT2"
  expect_equal "$(verified "$ADATUM" "$T/scan")" "$NIGHT1"
  expect_equal "$(jq -r '[.findings[] | select(.tenantId == "-" and .verdict == "fail") | .lastVerified] | unique | join(" ")' "$T/scan")" "$NIGHT1"
  expect_equal "$(as_of "$FABRIKAM")" fresh
  expect_equal "$(as_of "$ADATUM")" "$NIGHT1"
  palscan check --as-recorded -f json --fail-on none
  expect_same_file <(jq .findings "$T/scan") <(jq .findings "$T/.out")
  palscan check -f json --fail-on none
  expect_equal "$(verified "$ADATUM" "$T/.out")" "$NIGHT1" "dates by today's rules"
  palscan diff HEAD~1 HEAD -f json
  if jq -e --arg t "$FABRIKAM" '[.changes[], .findings.opened[], .findings.changed[], .findings.resolved[]] | map(select(.tenantId != $t)) | .[]' "$T/.out"; then
    fail "something outside the scope changed"
  fi
}

# The tenant of the partial run was last read by it, the other one by the full run before.
test_partial__full_run_after_it_dates_the_unread_by_who_read_them() {
  one_night
  night "$NIGHT2"
  scan --tenant "$FABRIKAM"
  night "$NIGHT3" "$FABRIKAM" "$ADATUM"
  scan -f json
  cp "$T/.out" "$T/scan"
  expect_equal "$(file_of "$FABRIKAM" coverage.json | jq -r '[.["role-assignments"][] | .asOf] | unique | join(" ")')" "$NIGHT2"
  expect_equal "$(file_of "$ADATUM" coverage.json | jq -r '[.["role-assignments"][] | .asOf] | unique | join(" ")')" "$NIGHT1"
  expect_equal "$(verified "$FABRIKAM" "$T/scan")" "$NIGHT2"
  expect_equal "$(verified "$ADATUM" "$T/scan")" "$NIGHT1"
  expect_equal "$(history_of | jq -c .)" "{\"firstRun\":\"$NIGHT1\",\"lastFull\":{\"sequence\":1,\"started\":\"$NIGHT1\"},\"partial\":[{\"sequence\":2,\"started\":\"$NIGHT2\",\"tenants\":[\"$FABRIKAM\"]}]}"
  palscan_ok verify
}

test_partial__each_tenant_stands_in_its_newest_run() {
  one_night
  night "$NIGHT2"
  scan --tenant "$FABRIKAM,$ADATUM"
  night "$NIGHT3" "$ADATUM"
  scan --tenant "$ADATUM"
  expect_status 5
  expect_err '(fewer than in the last full run)'
  expect_equal "$(file_of "$ADATUM" coverage.json | jq -r '[.["role-assignments"][] | .asOf] | unique | join(" ")')" "$NIGHT2"
  expect_equal "$(as_of "$FABRIKAM")" "$NIGHT2"
  night "$NIGHT4"
  scan --tenant "$ADATUM"
  expect_equal "$(history_of | jq -c .partial)" "[{\"sequence\":2,\"started\":\"$NIGHT2\",\"tenants\":[\"$FABRIKAM\"]},{\"sequence\":3,\"started\":\"$NIGHT3\",\"tenants\":[\"$ADATUM\"]}]"
  expect_equal "$(as_of "$FABRIKAM")" "$NIGHT2"
  expect_equal "$(as_of "$ADATUM")" fresh
  scan
  expect_equal "$(history_of | jq -c '.partial | map(.tenants)')" "[[\"$FABRIKAM\"],[\"$ADATUM\"]]"
  scan
  expect_equal "$(history_of | jq -c 'has("partial")')" false
  palscan_ok verify
}

test_partial__same_facts_as_a_full_run_in_the_end() {
  one_night
  night "$NIGHT2"
  scan --tenant "$FABRIKAM"
  scan
  local tree
  tree=$(git_ rev-parse "HEAD:tenants")
  one_night_again
  scan
  expect_equal "$(git_ rev-parse "HEAD:tenants")" "$tree" "files of the tenants"
}
one_night_again() {
  rm -rf "$T/d" "$T/state"
  one_night
}

test_partial__first_run_may_be_partial() {
  no_night
  night "$NIGHT2"
  scan --tenant "$FABRIKAM"
  expect_equal "$(git_ ls-tree -r --name-only HEAD tenants | cut -d/ -f3 | sort -u)" "$FABRIKAM"
  expect_equal "$(history_of)" "{\"scope\":[\"$FABRIKAM\"]}"
  palscan_ok verify
  palscan diff
  expect_one_error 2
  expect_err 'no full run'
  palscan status
  expect_status 4
  expect_out 'no run of the whole estate yet: INCOMPLETE'
}

test_partial__status_and_diff_go_by_full_runs() {
  two_nights
  palscan diff -f json
  cp "$T/.out" "$T/diff"
  night "$NIGHT3"
  scan --tenant "$FABRIKAM"
  palscan diff -f json
  expect_same_file "$T/diff" "$T/.out"
  palscan status
  expect_status 4
  expect_out "Last run      $NIGHT2"
  expect_out "$(words_of HEAD~1) tenants read completely: INCOMPLETE"
  expect_out "1 run of part of the estate, the last $NIGHT3"
  palscan status -f json
  expect_equal "$(jq -r '.[0] | "\(.run) \(.started) \(.partialRuns)"' "$T/.out")" "2 $NIGHT2 1"
  palscan log
  expect_out partial
}

test_partial__order_and_repetition_of_tenants_do_not_matter() {
  one_night
  night "$NIGHT2"
  local first
  scan --dry-run --tenant "$FABRIKAM,$ADATUM"
  first=$(sed -n 's/^dry run, nothing committed; tree //p' "$T/.err")
  scan --dry-run --tenant "$ADATUM" --tenant "${FABRIKAM^^}" --tenant "$ADATUM"
  expect_err "tree $first"
  PALSCAN_TENANT="$ADATUM,$FABRIKAM" palscan scan --replay "$T/night" --fail-on none --dry-run
  expect_err "tree $first"
  scan --tenant "$FABRIKAM,$ADATUM"
  expect_equal "$(tree_of)" "$first" tree
}

test_partial__tenants_that_cannot_be_meant_are_refused() {
  one_night
  night "$NIGHT2"
  remember
  local id
  for id in fabrikam '' ',' ../x 189136cf-9549-546a-8cbf-5491c9c4aa3; do
    palscan scan --replay "$T/night" --tenant "$id"
    expect_one_error 2
    expect_err '--tenant'
  done
  palscan scan --replay "$T/night" --tenant 00000000-0000-4000-8000-00000000dead
  expect_one_error 2
  expect_err 'names this tenant'
  expect_unchanged
}

# An outsider's file is another one than in the parent: no run of that scope wrote this.
test_partial__change_outside_the_scope_does_not_verify() {
  one_night
  night "$NIGHT2"
  scan --tenant "$FABRIKAM"
  local path blob index tree
  path=$(folder_of "$ADATUM")/tenant.json
  blob=$(git_ show "HEAD:$path" | sed 's/Adatum/Adatun/' | git_ hash-object -w --stdin)
  index=$T/index
  GIT_INDEX_FILE=$index git_ read-tree HEAD
  GIT_INDEX_FILE=$index git_ update-index --cacheinfo "100644,$blob,$path"
  tree=$(GIT_INDEX_FILE=$index git_ write-tree)
  git_ update-ref refs/heads/main "$(message_of HEAD | FORGE_DATE=$(git_ log -1 --format=%cI) forge "$tree" -p "$(head_of HEAD~1)")"
  palscan verify
  expect_status 7
  expect_err 'outside its scope'
}

run_tests "$@"
