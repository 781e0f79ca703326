#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# notify.sh - whom a run tells that it has ended: the metrics file.
# shellcheck disable=SC2119
# shellcheck source=tests/live/lib.sh
. "$(dirname "$0")/lib.sh"

METRICS='.metricsFile = "palscan.prom"'
metric() { sed -n "s/^palscan_$1 //p" "$T/d/palscan.prom"; }

# judged by a reader that is not ours, where there is one
expect_openmetrics() {
  [ "$(tail -n 1 "$T/d/palscan.prom")" = '# EOF' ] || fail 'the metrics are cut'
  python3 -c 'import prometheus_client' 2>/dev/null || return 0
  python3 -c 'import sys; from prometheus_client.openmetrics.parser import text_string_to_metric_families as read
assert len(list(read(sys.stdin.read()))) > 8' <"$T/d/palscan.prom" || fail 'this is not OpenMetrics'
}

test_live__metrics_say_what_the_run_found() {
  emulate --tenants "${TENANTS:-6}"
  live_folder d "$METRICS"
  live_scan -f json
  expect_status 3
  cp "$T/.out" "$T/report.json"
  expect_openmetrics
  expect_equal "$(metric last_run_exit_status)" 3
  expect_equal "$(metric last_run_timestamp_seconds)" "$(metric last_success_timestamp_seconds)"
  [ $(($(date +%s) - $(metric last_run_timestamp_seconds))) -lt 60 ] || fail 'the time is not now'
  expect_equal "$(metric tenants_complete)/$(metric tenants_expected)" "$(coverage_of)"
  expect_equal "$(metric 'findings_open{.*severity="critical"}' | awk '{ n += $1 } END { print n }')" "$(jq .summary.critical "$T/report.json")"
  expect_equal "$(metric 'verdicts_unknown{.*}' | awk '{ n += $1 } END { print n }')" "$(jq .summary.unknown "$T/report.json")"
  silence
  expect_equal "$(metric requests_total)" "$(jq .requests "$T/manners")" 'requests sent and answered'
  expect_equal "$(stat -c %a "$T/d/palscan.prom")" 644
  grep -qiE '[0-9a-f]{8}-[0-9a-f]{4}' "$T/d/palscan.prom" && fail 'an id stands in the metrics'
  return 0
}

test_live__metrics_are_written_after_a_failed_run_and_keep_what_was_found() {
  emulate --tenants "${TENANTS:-4}"
  live_folder d "$METRICS"
  live_scan
  expect_status 3
  local success
  success=$(metric last_success_timestamp_seconds)
  grep -E '^palscan_(tenants|findings|verdicts)_' palscan.prom >"$T/found"
  echo '{' >estate.json
  live_scan
  expect_status 2
  expect_openmetrics
  expect_equal "$(metric last_run_exit_status)" 2
  expect_equal "$(metric last_success_timestamp_seconds)" "$success"
  expect_equal "$(metric runs_total) $(metric runs_failed_total)" '2 1'
  grep -E '^palscan_(tenants|findings|verdicts)_' palscan.prom >"$T/kept"
  expect_same_file "$T/found" "$T/kept"
  cp "$T/estate.json" .
  # The services are gone: nobody can sign in, all is carried, and that is committed.
  silence
  live_scan
  expect_status 5
  expect_openmetrics
  expect_equal "$(metric last_run_exit_status)" 5
  expect_equal "$(metric last_success_timestamp_seconds)" "$success"
  expect_equal "$(metric tenants_complete)/$(metric tenants_expected)" "$(coverage_of)"
}

test_live__metrics_are_of_nights_only() {
  emulate --tenants "${TENANTS:-4}"
  live_folder d "$METRICS"
  local tenant
  tenant=$(jq -r '.customers[0].tenant' estate.json)
  live_scan --dry-run
  expect_status 3
  expect_no_file palscan.prom
  live_scan --tenant "$tenant"
  expect_no_file palscan.prom
  live_scan --record "$T/rec"
  expect_file palscan.prom
  cp palscan.prom "$T/before"
  live_scan --replay "$T/rec" --dry-run
  expect_same_file palscan.prom "$T/before"
}

test_live__metrics_that_cannot_be_written_change_nothing_else() {
  emulate --tenants "${TENANTS:-4}"
  live_folder d '.metricsFile = "no/such/folder/palscan.prom"'
  live_scan
  expect_status 3
  expect_err 'metricsFile: '
  palscan_ok verify
}

live_tests "$@"
