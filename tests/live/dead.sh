#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# dead.sh - a night on which nobody answers: the run ends in time, says why, and
# nothing of what was known is gone.
# shellcheck disable=SC2119
# shellcheck source=tests/live/lib.sh
. "$(dirname "$0")/lib.sh"

# expect_lost_night SECONDS: a scan that reads nothing ends within so long, and changes nothing but completeness
expect_lost_night() {
  local began=$SECONDS
  live_scan
  expect_status 5
  [ $((SECONDS - began)) -le "$1" ] || fail "it took $((SECONDS - began)) seconds"
  grep -q "$(ready .origins.login) cannot be reached: " "$T/.err" || fail 'nothing says that nobody answers'
  grep -q "$(ready .origins.login) is out of reach: " "$T/.err" || fail 'nothing says that it was given up'
  [ "$(grep -c 'cannot be reached\|out of reach' "$T/.err")" -le 10 ] || fail 'it is said again and again'
  palscan_ok diff --last -f json
  jq -e '[.changes[] | select(.kind != "coverage.lost")] == []' "$T/.out" >/dev/null || fail 'something else changed'
  palscan_ok check -f json --as-recorded --fail-on none
  jq -e '.coverage.complete == 0 and ([.coverage.units[].stale] | add) > 0' "$T/.out" >/dev/null || fail 'not all is stale'
  palscan_ok verify
}

test_live__nobody_there_ends_in_time() {
  emulate --tenants "${TENANTS:-30}"
  live_folder
  live_scan
  expect_status 3
  silence
  expect_lost_night 110
}

# Its kernel takes the connections; nobody ever speaks on them.
test_live__connection_that_stalls_ends_in_time() {
  emulate --tenants "${TENANTS:-30}"
  live_folder
  live_scan
  expect_status 3
  kill -STOP "$EMULATOR_PID"
  trap 'kill -CONT "$EMULATOR_PID" && silence' EXIT
  expect_lost_night 110
}

live_tests "$@"
