#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# waive.sh - palscan waive: a risk acceptance, bound to the facts it was given for.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

WOODGROVE=14636b7c-8e19-5de8-9d87-048e6429cbdc
AUTOMATION=0388fd9a-8c54-5ae0-88a2-fe6163726fc6
WHO=(--reason 'Joint delivery' --owner 'Sam Brown' --requester 'Sam Brown' --approver 'Priya Nair')
SAID=("${WHO[@]}" --until 2099-12-31)
ONE=(--policy PAL002 --tenant "$WOODGROVE" --subject "$AUTOMATION")

# status_of POLICY TENANT: of the finding, as the last check printed it
status_of() { jq -r ".findings[] | select(.policy == \"$1\" and .tenantId == \"$2\") | .status" "$T/.out"; }

# The recorded nights lie before the day of this test; what is accepted today
# does not count there. Only the date is brought forward.
as_of_the_recording() { sed -i 's/"from":"20[0-9-]*"/"from":"2026-11-01"/' waivers.json; }

test_waive__finding_by_its_parts_is_accepted_and_the_file_kept_as_it_was() {
  two_nights
  cp waivers.json before
  palscan_ok waive "${ONE[@]}" "${SAID[@]}" --ticket RISK-9
  expect_err 'written: W-'
  expect_equal "$(jq -r '[.reason, .approver, .until, .ticket, .pins.partnerId] | join("|")' "$T/.out")" 'Joint delivery|Priya Nair|2099-12-31|RISK-9|9990002'
  # Every line that stood there still does, comments too; one was added.
  diff before waivers.json >"$T/difference" || :
  expect_equal "$(grep -c '^<' "$T/difference")" 1 "lines that were touched"
  expect_equal "$(grep '^<' "$T/difference" | sed 's/^< //; s/ *$//')," "$(grep '^>' "$T/difference" | sed -n '1s/^> //p')" "the line before"
  head -n 1 waivers.json | grep -q '^// waivers.json' || fail "the comment is gone"
  palscan check
  expect_status 3
}

test_waive__accepted_finding_is_waived_in_the_next_judgement() {
  two_nights
  local before
  palscan check -f json
  before=$(jq .summary.waived "$T/.out")
  palscan_ok waive "${ONE[@]}" "${SAID[@]}"
  as_of_the_recording
  palscan check -f json
  expect_equal "$(status_of PAL002 "$WOODGROVE")" waived status
  expect_equal "$(jq .summary.waived "$T/.out")" $((before + 1)) waived
  # The stored night is as it was.
  palscan check -f json --as-recorded
  expect_equal "$(status_of PAL002 "$WOODGROVE")" open "recorded status"
}

test_waive__not_before_the_day_it_was_given() {
  two_nights
  palscan_ok waive "${ONE[@]}" "${SAID[@]}"
  palscan check -f json
  expect_equal "$(status_of PAL002 "$WOODGROVE")" open status
}

test_waive__fact_that_changed_lets_it_lapse() {
  no_night
  echo '{ "waivers": [] }' >waivers.json
  palscan scan --replay "$DEMO/night-1" -q -o /dev/null
  palscan_ok waive "${ONE[@]}" "${SAID[@]}"
  as_of_the_recording
  palscan check -f json
  expect_equal "$(status_of PAL002 "$WOODGROVE")" waived "status of the first night"
  palscan scan --replay "$DEMO/night-2"
  expect_out 'lapsed'
  expect_out 'accepted for partnerId 9990001, now 9990002'
  palscan check -f json
  expect_equal "$(status_of PAL002 "$WOODGROVE")" open "status of the second night"
}

test_waive__by_fingerprint_or_its_beginning() {
  two_nights
  local fingerprint
  palscan check -f json
  fingerprint=$(jq -r "[.findings[] | select(.policy == \"PAL002\" and .tenantId == \"$WOODGROVE\")][0].fingerprint" "$T/.out")
  palscan_ok waive "${fingerprint:0:10}" "${SAID[@]}" --dry-run
  expect_equal "$(jq -r .fingerprint "$T/.out")" "$fingerprint"
  palscan waive "${fingerprint:0:7}" "${SAID[@]}"
  expect_one_error 2
  palscan waive 0000000000 "${SAID[@]}"
  expect_one_error 2
}

test_waive__dry_run_writes_nothing() {
  two_nights
  remember
  palscan_ok waive "${ONE[@]}" "${SAID[@]}" --dry-run
  expect_err 'not written'
  expect_unchanged
}

test_waive__several_findings_are_refused() {
  two_nights
  remember
  palscan waive --policy PAL001 "${SAID[@]}"
  expect_one_error 2
  expect_err '2 findings match'
  expect_unchanged
}

test_waive__whatever_is_missing_or_wrong_is_refused() {
  two_nights
  remember
  local i
  for i in 0 2 4 6 8; do
    local some=("${SAID[@]}")
    unset "some[$i]" "some[$((i + 1))]"
    palscan waive "${ONE[@]}" "${some[@]}"
    expect_one_error 2
    expect_err "${SAID[i]} is missing"
  done
  palscan waive "${ONE[@]}" --reason r --owner o --requester same --approver same --until 2099-01-01
  expect_one_error 2
  expect_err 'approver'
  palscan waive "${ONE[@]}" --reason r --owner o --requester Sam --approver ' sam ' --until 2099-01-01
  expect_one_error 2
  expect_err 'the approver must not be the requester'
  local date
  for date in 2020-01-01 2099-02-29 tomorrow 2099-1-1 ''; do
    palscan waive "${ONE[@]}" "${WHO[@]}" --until "$date"
    expect_one_error 2
  done
  palscan waive "${SAID[@]}"
  expect_one_error 2
  palscan waive 87596e4818 --policy PAL002 "${SAID[@]}"
  expect_one_error 2
  palscan waive --policy PAL002 --tenant 00000000-0000-0000-0000-000000000000 "${SAID[@]}"
  expect_one_error 2
  PALSCAN_REASON=r palscan waive "${ONE[@]}" --owner o --requester q --approver a --until 2099-01-01
  expect_one_error 2
  expect_unchanged
}

test_waive__text_of_a_person_is_kept_whatever_it_holds() {
  two_nights
  local reason=$'He said "fine"\\ \t = 1+1 // no comment */ \xe2\x80\xae \xf0\x9f\x8d\x95'
  palscan_ok waive "${ONE[@]}" --reason "$reason" --owner o --requester q --approver a --until 2099-01-01
  expect_equal "$(jq -r .reason "$T/.out")" "$reason" reason
  expect_harmless "$T/.out"
  palscan_ok waive "${ONE[@]}" "${SAID[@]}"
  expect_err 'W-'
  palscan check --fail-on none
  expect_status 0
}

test_waive__two_on_one_day_have_two_ids() {
  two_nights
  palscan_ok waive "${ONE[@]}" "${SAID[@]}"
  local first
  first=$(jq -r .id "$T/.out")
  palscan_ok waive --policy PAL010 "${SAID[@]}"
  expect_different "$(jq -r .id "$T/.out")" "$first" id
}

test_waive__file_is_made_when_there_is_none() {
  two_nights
  rm waivers.json
  palscan_ok waive "${ONE[@]}" "${SAID[@]}"
  palscan check --fail-on none
  expect_status 0
  expect_file waivers.json
}

test_waive__every_shape_of_the_file_is_extended() {
  two_nights
  local text
  for text in '{"waivers":[]}' '{ "waivers": [ ] }' $'{\n  // "waivers": []\n  "waivers": [\n    // none yet\n  ]\n}\n' \
    '/* "waivers": [ */ {"waivers":[/* [ */]}'; do
    printf '%s' "$text" >waivers.json
    palscan_ok waive "${ONE[@]}" "${SAID[@]}"
    palscan_ok waive --policy PAL010 "${SAID[@]}"
    as_of_the_recording
    palscan check -f json --fail-on none
    expect_status 0
    expect_equal "$(jq .summary.waived "$T/.out")" 2 "waived with $text"
  done
}

test_waive__no_file_configured_says_so() {
  two_nights
  sed -i '/"waivers"/d' palscan.json
  palscan waive "${ONE[@]}" "${SAID[@]}"
  expect_one_error 2
  expect_err '"waivers"'
}

run_tests "$@"
