#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# engine.sh - live runs at services on loopback: their number of requests in flight
# changes nothing, they wait as they are told, and end when their time is over.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

EMULATOR=$PAL_BUILD/tests/emulator/emulator
PKI=$SUITE/pki
PID=

ready() { jq -r "$1" "$T/ready"; }
end_services() {
  [ -n "$PID" ] || return 0
  kill -TERM "$PID" 2>/dev/null || :
  wait "$PID" || :
  PID=
}

# start_services OPTION...: and a configuration of its first application in ./d
start_services() {
  [ -x "$EMULATOR" ] || skip "there is no emulator in this build"
  end_services
  mkdir -p "$T/d"
  cd "$T/d"
  [ -d "$PKI" ] || sh "$PAL_SOURCE/tests/emulator/pki.sh" "$PKI" || fail "no keys"
  : >"$T/ready"
  "$EMULATOR" --port 0 --tls "$PKI/server.pem" --tls-key "$PKI/server.key" --secret a-secret-of-the-tests --manners "$T/manners" \
    --registry mpn.json --estate estate.json "$@" >"$T/ready" 2>"$T/emulator.err" &
  PID=$!
  trap end_services EXIT
  local i
  for ((i = 0; i < 200; i++)); do
    [ ! -s "$T/ready" ] || break
    sleep 0.05
  done
  [ -s "$T/ready" ] || fail "the emulator does not start: $(cat "$T/emulator.err")"
  printf a-secret-of-the-tests >app.secret
  chmod 600 app.secret
  jq -n --slurpfile ready "$T/ready" --arg ca "$PKI/ca.pem" '$ready[0] as $r | $r.origins as $o
    | {repository: "snapshots.git", registry: "mpn.json", estate: "estate.json", waivers: "waivers.json",
       cloud: {name: "lab", authority: $o.login, resourceManager: $o.resourceManager, graph: $o.graph, caFile: $ca},
       identities: [{name: "robot", tenants: "all", credential: {type: "client-secret", tenantId: $r.homeTenantId,
         clientId: $r.identities[0].clientId, secretFile: "app.secret"}}]}' >palscan.json
  palscan_ok init .
}
manners() { jq -r "$1" "$T/manners"; }
scan() { palscan --config palscan.json scan --fail-on none "$@"; }
is_complete_or_not() { [ "$status" -eq 0 ] || [ "$status" -eq 4 ] || fail "exit status $status: $(cat "$T/.err")"; }

# Blobs of the facts: verdicts and the run's own date stand elsewhere.
facts() { git_ ls-tree -r HEAD tenants | grep -vE '/(findings|events).json$'; }

test_engine__requests_in_flight_change_nothing() {
  local jobs
  start_services --tenants 25
  for jobs in 1 64; do
    rm -rf snapshots.git "$XDG_STATE_HOME"
    palscan_ok init .
    scan --jobs "$jobs"
    is_complete_or_not
    facts >"$T/facts-$jobs"
  done
  [ "$(wc -l <"$T/facts-1")" -gt 100 ] || fail "hardly any facts"
  cmp "$T/facts-1" "$T/facts-64"
}

test_engine__nobody_is_asked_before_the_time_he_named() {
  start_services --tenants 25 --fault-rate 60 --faults throttle,throttle-date,server-error
  scan
  is_complete_or_not
  end_services
  [ "$(manners .faults.throttle)" -gt 0 ] || fail "nothing was throttled"
  expect_equal "$(manners .beforeRetryAfter)" 0 "before Retry-After"
}

test_engine__time_over_commits_what_there_is() {
  start_services --tenants 40 --latency 200
  scan --jobs 4 --max-time 3s --record "$T/rec"
  expect_equal "$status" 4 "exit status"
  expect_err 'the time of the run was over'
  git_ cat-file --batch --batch-all-objects >"$T/objects"
  grep -qa '"code":"time over"' "$T/objects" || fail "nothing says why"
  facts >"$T/facts"
  grep -q /identities/ "$T/facts" || fail "nothing was read"
  end_services
  palscan --config palscan.json --repository "$T/replayed.git" scan --replay "$T/rec" --dry-run --fail-on none
  expect_equal "$status" 4 "exit status of the replay"
  expect_equal "$(sed -n 's/^dry run.*tree //p' "$T/.err")" "$(tree_of)" "tree of the replay"
}

# on_terminal COLUMNS OPTION...: a scan on a terminal of that width; what it showed, line by line, in $T/shown
on_terminal() {
  local columns=$1
  shift
  command -v script >/dev/null || skip "no script here"
  TERM=dumb script -qec "stty cols $columns; $(printf '%q ' "$PALSCAN" --config palscan.json scan --dry-run "$@") >/dev/null" /dev/null \
    </dev/null >"$T/.out" 2>"$T/.err" || :
  tr '\r' '\n' <"$T/.out" >"$T/shown"
}

test_engine__progress_is_one_line_on_a_terminal_and_gone_at_the_end() {
  start_services --tenants 30 --latency 60
  on_terminal 100 --jobs 8 -q
  expect_equal "$(grep -c reading "$T/shown" || :)" 0 "lines in spite of -q"
  on_terminal 100 --jobs 8
  grep -qE '^reading: [0-9]+ of 31 tenants done, [0-9]+ requests/s' "$T/shown" || fail "no progress: $(cat "$T/shown")"
  # Blanks wipe what was shown last, before anything else is said.
  grep -A2 reading "$T/shown" | tail -n 2 | head -n 1 | grep -qE '^ +$' || fail "not wiped: $(tail -n 5 "$T/shown")"
  on_terminal 30 --jobs 8
  grep -qxE 'reading: [0-9]+ of 31 tenants don?' "$T/shown" || fail "not cut: $(cat "$T/shown")"
  expect_equal "$(grep reading "$T/shown" | awk 'length($0) > 29' | wc -l)" 0 "lines too wide"
  scan --dry-run
  expect_no_err reading
}

# begin_scan OPTION...: in the background, SCAN is its process; returns when it has asked something
begin_scan() {
  "$PALSCAN" --config palscan.json scan "$@" >"$T/.out" 2>"$T/.err" </dev/null &
  SCAN=$!
  local i
  for ((i = 0; i < 100; i++)); do
    sleep 0.1
    [ -z "$(find "$XDG_STATE_HOME" -name 'journal*' -size +4k 2>/dev/null)" ] || break
  done
}
end_scan() {
  status=0
  wait "$SCAN" || status=$?
}

test_engine__interrupted_once_it_ends_in_order_twice_at_once() {
  start_services --tenants 60 --latency 150
  begin_scan --jobs 4
  kill -TERM "$SCAN"
  end_scan
  expect_equal "$status" 130 "exit status"
  expect_err 'palscan --config palscan.json scan --resume goes on'
  scan --resume --jobs 64
  is_complete_or_not
  rm -rf snapshots.git "$XDG_STATE_HOME"
  palscan_ok init .
  begin_scan --jobs 4
  # Both wait for it to go on, so that the second comes before the first was noticed.
  kill -STOP "$SCAN"
  kill -TERM "$SCAN"
  kill -INT "$SCAN"
  kill -CONT "$SCAN"
  end_scan
  expect_equal "$status" 130 "exit status"
  expect_equal "$(wc -c <"$T/.err")" 0 "bytes said"
  scan --resume --jobs 64
  is_complete_or_not
}

test_engine__interrupted_before_anything_was_read_it_names_no_resume() {
  start_services --tenants 3 --latency 20000
  "$PALSCAN" --config palscan.json scan >"$T/.out" 2>"$T/.err" </dev/null &
  SCAN=$!
  sleep 1
  kill -TERM "$SCAN"
  end_scan
  expect_equal "$status" 130 "exit status"
  expect_err 'interrupted; nothing was kept that could be resumed'
}

test_engine__jobs_and_times_that_are_none_are_refused() {
  start_services --tenants 1
  local word
  for word in 0 -1 1025 x 3x ''; do
    scan --jobs "$word"
    expect_one_error 2
    expect_err --jobs
  done
  for word in 0s 5 h 1y -1h; do
    scan --max-time "$word"
    expect_one_error 2
    expect_err --max-time
  done
}

run_tests "$@"
