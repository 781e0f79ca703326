#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# same.sh - the tree is a function of the answers and the start: the order they
# come in, a recording between, and a death in the middle change nothing.
# shellcheck disable=SC2119
# shellcheck source=tests/live/lib.sh
. "$(dirname "$0")/lib.sh"

test_live__recording_replays_to_the_same_tree() {
  emulate --tenants "${TENANTS:-30}"
  live_folder
  live_scan --record "$T/rec"
  expect_status 3
  silence
  expect_equal "$(replayed_tree "$T/rec" "$(started_of)")" "$(tree_of)" 'trees of the night and of its replay'
}

# Two runs begin at different times; the second is replayed as of the first.
test_live__concurrency_changes_no_tree() {
  local one
  emulate --tenants "${TENANTS:-30}"
  live_folder d '.concurrency = 1'
  live_scan
  expect_status 3
  silence
  # The emulator may not have put away the answer before the next request is there.
  [ "$(jq .mostInFlight "$T/manners")" -le 2 ] || fail 'more than one request was in flight'
  one=$(tree_of) started=$(started_of)
  rm -rf "$T/d" "$T/state"
  # Who waits a little for each answer has many in flight.
  emulate --tenants "${TENANTS:-30}" --latency 10
  live_folder d '.concurrency = 64'
  live_scan --record "$T/rec"
  expect_status 3
  silence
  [ "$(jq .mostInFlight "$T/manners")" -gt 8 ] || fail 'few requests were in flight'
  expect_equal "$(replayed_tree "$T/rec" "$started")" "$one" 'trees of 1 and of 64 in flight'
}

# What an undisturbed run reads gives, begun when the killed one was, the tree of its resumption.
test_live__killed_scan_is_resumed_to_the_same_tree() {
  local pid tries asked kills=0 part resume=()
  emulate --tenants "${TENANTS:-30}"
  live_folder
  live_scan --record "$T/rec"
  expect_status 3
  silence
  asked=$(jq .requests "$T/manners")
  rm -rf "$T/d" "$T/state" "$T/secrets"
  emulate --tenants "${TENANTS:-30}"
  live_folder
  for part in 25 60 90; do
    "$PALSCAN" --config palscan.json scan "${resume[@]}" >"$T/.out" 2>"$T/.err" </dev/null &
    pid=$!
    for ((tries = 0; tries < 2000; tries++)); do
      kill -0 "$pid" 2>/dev/null || break
      [ "$(requests_seen)" -lt $((asked * part / 100)) ] || break
      sleep 0.002
    done
    kill -KILL "$pid" 2>/dev/null && kills=$((kills + 1))
    { wait "$pid" || :; } 2>/dev/null
    expect_no_head
    resume=(--resume)
  done
  [ "$kills" -gt 0 ] || fail 'it was never killed'
  live_scan --resume
  expect_status 3
  silence
  expect_sound
  expect_equal "$(replayed_tree "$T/rec" "$(started_of)")" "$(tree_of)" 'trees of the killed and of the undisturbed run'
}
requests_seen() { wc -l <"$T/requests"; }
expect_no_head() { ! git_ rev-parse -q --verify HEAD >/dev/null || fail 'a killed run has committed'; }

live_tests "$@"
