#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# status.sh - palscan status: what monitoring asks.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# A night in which all that was expected was read: an estate of two customers.
complete_night() {
  no_night
  sed 's#^//.*##' "$DEMO/estate.json" | jq '.customers |= map(select(.name == "Adatum" or .name == "Litware"))' >estate.json
  palscan scan --replay "$DEMO/night-1"
  expect_status 3
}

test_status__complete_and_young_enough_exits_0() {
  complete_night
  palscan_ok status
  expect_out 'Last run      2026-11-19T02:00:00Z'
  expect_out '5 of 5 tenants read completely'
  expect_out 'replayed: no evidence of a night'
  expect_no_out INCOMPLETE
  palscan_ok status --max-age 100000d
}

test_status__too_old_exits_4() {
  complete_night
  palscan status --max-age 1m
  expect_status 4
  expect_out 'TOO OLD'
}

test_status__one_is_singular() {
  one_night
  local started
  started=$(date -u -d '-90 seconds' +%Y-%m-%dT%H:%M:%SZ)
  git_ update-ref refs/heads/main "$(message_of HEAD | sed "s/^Palscan-Started: .*/Palscan-Started: $started/" | FORGE_DATE=$(git_ log -1 --format=%cI) forge 'HEAD^{tree}')"
  rm -rf "$T/state"
  palscan status
  expect_out "$started, 1 minute ago"
}

test_status__incomplete_exits_4() {
  two_nights
  palscan status
  expect_status 4
  expect_out "$(words_of) tenants read completely: INCOMPLETE"
}

test_status__machine_formats_say_the_same() {
  complete_night
  palscan_ok status -f json
  expect_equal "$(jq -r '.[0].snapshot' "$T/.out")" "$(head_of)" snapshot
  expect_equal "$(jq -r '.[0] | "\(.complete)/\(.expected) \(.state) \(.kind)"' "$T/.out")" '5/5 ok replay'
  palscan status -f csv --max-age 1m
  expect_status 4
  expect_out 'too old'
}

test_status__counts_equal_those_of_the_check() {
  two_nights
  palscan status -f json
  cp "$T/.out" "$T/status"
  palscan check --as-recorded -f json --fail-on none
  local severity
  for severity in critical high medium low info; do
    expect_equal "$(jq -r ".[0].$severity" "$T/status")" "$(jq -r ".summary.$severity" "$T/.out")" "$severity findings"
  done
}

# Opened, reopened or raised in severity; a folded finding is none. Everybody who says a number says the same one.
test_status__new_is_what_the_run_its_check_and_the_diff_say() {
  one_night
  palscan scan --replay "$DEMO/night-2" --fail-on none
  expect_status 4
  local said
  said=$(sed -n 's/^Since last run  \([0-9]*\) new.*/\1/p' "$T/.out")
  expect_equal "$said" 8 "new findings"
  expect_err "palscan: $said new open findings; "
  palscan status
  expect_out "New           $said findings since the run before"
  palscan status -f json
  expect_equal "$(jq -r '.[0].newFindings' "$T/.out")" "$said" newFindings
  palscan check --as-recorded --fail-on none
  expect_out "Since last run  $said new, "
  palscan diff --last
  expect_out "($said new, "
}

test_status__no_run_yet_says_so() {
  no_night
  palscan status
  expect_status 4
  expect_out 'NEVER'
  expect_out 'palscan scan'
  palscan status --max-age 26h -f json
  expect_status 4
  expect_equal "$(jq -c '.[0] | [.state, .snapshot, .ageSeconds, .critical]' "$T/.out")" '["never run",null,null,null]' row
  palscan status -f csv
  expect_status 4
  expect_out 'never run'
}

test_status__no_repository_says_how_to_make_one() {
  palscan status
  expect_one_error 2
  expect_err 'palscan init'
  palscan status --repository "$T/nowhere"
  expect_one_error 2
  expect_err nowhere
}

test_status__malformed_age_is_refused() {
  complete_night
  local age
  for age in '' 0h -1h 1 h 26x '26 h' 99999999999999999999h; do
    palscan status --max-age "$age"
    expect_one_error 2
  done
}

test_status__unknown_tip_is_said() {
  complete_night
  rm -rf "$XDG_STATE_HOME"
  palscan_ok status
  expect_out 'no record of the last snapshot'
}

test_status__branch_that_is_not_the_recorded_one_exits_7() {
  two_nights
  git_ update-ref refs/heads/main HEAD~1
  palscan status
  expect_status 7
  expect_out 'NOT THE ONE THIS HOST RECORDED'
  expect_err 'accept-tip'
  git_ update-ref -d refs/heads/main
  palscan status
  expect_one_error 7
  expect_err 'main is gone'
}

run_tests "$@"
