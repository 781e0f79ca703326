#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# show.sh - palscan show: an estate, and where a person is.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

test_show__estate_of_the_last_run_lists_every_tenant() {
  two_nights
  palscan_ok show -f json
  expect_equal "$(jq -r '.[].tenant' "$T/.out" | LC_ALL=C sort)" \
    "$(git_ ls-tree -d -r --name-only HEAD tenants/ | grep -E '^tenants/../[^/]*$' | sed 's#.*/##' | LC_ALL=C sort)" tenants
  palscan_ok show
  expect_out 'Fabrikam'
  expect_out '["1000001"]'
}

test_show__earlier_run_shows_that_run() {
  two_nights
  palscan_ok show HEAD~1
  cp "$T/.out" "$T/first"
  palscan_ok show 2026-11-19
  expect_same_file "$T/first" "$T/.out"
  palscan_ok show "$(head_of HEAD~1 | cut -c1-10)"
  expect_same_file "$T/first" "$T/.out"
  palscan_ok show
  ! cmp -s "$T/first" "$T/.out" || fail "both nights look the same"
}

test_show__unknown_revision_says_what_there_is() {
  two_nights
  palscan show HEAD~7
  expect_one_error 2
  expect_err 'there are 2'
  palscan show deadbeef
  expect_one_error 2
  palscan show --help-me
  expect_one_error 2
}

test_show__person_by_name_or_object_all_places_with_dates() {
  two_nights
  palscan_ok show --person Ben
  expect_out 'Accounts and links'
  expect_out 'Access to customers'
  expect_out 'Last cover'
  expect_out '2785ffd1-7867-5e2f-8395-090df86d7d1b'
  # He has left and could not be read in the second night: what is shown is as of the first.
  expect_out '2026-11-19T02:00:00Z'
  palscan_ok show --person Ben -f json
  expect_equal "$(jq -r '.accounts[] | select(.customer == "Fabrikam") | "\(.link) \(.["last verified"])"' "$T/.out")" '2000001 2026-11-19T02:00:00Z' "his link"
  palscan_ok show --person 2785ffd1-7867-5e2f-8395-090df86d7d1b
  expect_out 'Fabrikam'
}

test_show__person_in_machine_formats() {
  two_nights
  palscan_ok show --person Anna -f json
  expect_equal "$(jq -r 'keys | join(" ")' "$T/.out")" 'access accounts lastCover' sections
  expect_equal "$(jq '.accounts | length' "$T/.out")" 4 accounts
  palscan_ok show --person Anna -f csv
  expect_out customer,tenant,object
}

test_show__unknown_person_is_an_error_whatever_the_name_holds() {
  two_nights
  local name
  for name in nobody '' "x' OR '1'='1" "'; DROP TABLE link; --" '%s%n' $'\033[31m' "$(printf 'a%.0s' $(seq 5000))"; do
    palscan show --person "$name"
    [ "$status" -eq 2 ] || fail "exit status $status"
    expect_harmless "$T/.err"
  done
}

run_tests "$@"
