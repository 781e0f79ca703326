#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# log.sh - palscan log: the runs.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

test_log__two_runs_newest_first() {
  two_nights
  palscan_ok log
  expect_equal "$(wc -l <"$T/.out")" 3 lines
  expect_equal "$(sed 1d "$T/.out" | cut -c1-12)" "$(git_ log --format=%h --abbrev=12)" ids
  expect_out replayed
  palscan_ok log -f json
  expect_equal "$(jq -r '.[].complete' "$T/.out" | tr '\n' ' ')" "$(coverage_of) $(coverage_of HEAD~1) " completeness
}

# Nothing that a next command needs is lost on a narrow screen.
test_log__narrow_screen_keeps_ids_and_dates() {
  two_nights
  COLUMNS=80 palscan_ok log
  expect_equal "$(wc -l <"$T/.out")" 3 lines
  local columns id
  for columns in 40 60 80 100; do
    COLUMNS=$columns palscan_ok log
    for id in $(git_ log --format=%h --abbrev=12) 2026-11-19T02:00:00Z 2026-11-20T02:00:00Z 20/22; do
      expect_out "$id"
    done
  done
}

test_log__end_of_a_run_is_told_to_programs_and_its_length_to_people() {
  two_nights
  palscan_ok log
  expect_out '4m 2s'
  palscan_ok log -f json
  expect_equal "$(jq -r '.[0].finished' "$T/.out")" 2026-11-20T02:04:02Z finished
}

test_log__number_limits_and_zero_is_all() {
  two_nights
  palscan_ok log -n 1 -f csv
  expect_equal "$(wc -l <"$T/.out")" 2 lines
  palscan_ok log -n 0 -f csv
  expect_equal "$(wc -l <"$T/.out")" 3 lines
  palscan_ok log --number=2 -f csv
  expect_equal "$(wc -l <"$T/.out")" 3 lines
  PALSCAN_NUMBER=1 palscan_ok log -f csv
  expect_equal "$(wc -l <"$T/.out")" 2 lines
}

test_log__malformed_number_is_refused() {
  two_nights
  local number
  for number in '' x -1 1x 0x1 99999999999; do
    palscan log --number "$number"
    expect_one_error 2
  done
  palscan log -n
  expect_one_error 2
}

test_log__no_run_yet_says_so_and_is_empty_for_programs() {
  no_night
  palscan_ok log
  expect_out 'No run yet'
  palscan_ok log -f json
  expect_equal "$(jq length "$T/.out")" 0 runs
}

test_log__branch_that_is_gone_is_no_new_repository() {
  two_nights
  git_ update-ref -d refs/heads/main
  palscan log
  expect_one_error 7
  expect_err 'main is gone'
  expect_out_empty
}

run_tests "$@"
