#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# nights.sh - two nights as a partner has them: init, scan, and again when some
# links, roles and rights have changed. Every verdict and every change is held
# against what is so; palscan has not seen that file, and the emulator's author
# has not seen palscan.
# shellcheck disable=SC2119
# shellcheck source=tests/live/lib.sh
. "$(dirname "$0")/lib.sh"

# two_live_nights TENANTS [OPTION]...: both, each sound, true and with good manners; CONFIGURED changes the configuration
CONFIGURED=.
two_live_nights() {
  emulate --tenants "$@"
  live_folder d "$CONFIGURED"
  live_scan
  expect_status 3
  expect_truth
  expect_manners
  expect_sound
  emulate --tenants "$@" --night 2
  live_scan
  expect_status 3
  expect_truth
  expect_drift
  expect_manners
  expect_sound
  palscan_ok verify
}

test_live__small_estate_is_judged_as_it_is() {
  two_live_nights "${TENANTS:-68}"
  # Nothing went wrong: the least is one of each for each identity in each tenant it lives in.
  local least
  least=$(jq -n '[inputs | select(.kind == "tenant") | .identities | length] | add' "$T/truth.jsonl")
  expect_equal "$(jq '.kinds.partner' "$T/manners")" "$least" 'links asked and identities'
  expect_equal "$(jq '.kinds.subscriptions' "$T/manners")" "$least" 'lists of subscriptions and identities'
  expect_equal "$(jq '.repeatedAfterSuccess' "$T/manners")" 0 'repeated requests'
}

# Whose accounts were deleted only the directory can tell.
test_live__directory_tells_of_deleted_accounts() {
  local CONFIGURED='.collect = ["links", "role-assignments", "usage", "delegations", "directory"]'
  two_live_nights "${TENANTS:-68}"
  jq -e 'any(.findings[]; .policy == "PAL043" and .verdict == "fail") and any(.findings[]; .policy == "PAL071" and .verdict == "fail")' \
    "$T/check.json" >/dev/null || fail 'no deleted account was told'
}

# The identity was taken out of the configuration: each link it had is carried, and told as one that nobody can verify.
test_live__links_of_an_identity_without_credential_can_no_longer_be_verified() {
  emulate --tenants "${TENANTS:-40}"
  live_folder
  live_scan
  jq 'del(.identities[] | select(.name == "app-certificate"))' palscan.json >without && mv without palscan.json
  live_scan
  palscan_ok check -f json --as-recorded --fail-on none
  expect_equal "$(jq -r '.findings[] | select(.policy == "PAL022" and .verdict == "fail") | [.tenantId, .subject.id, .details.partnerId] | join(" ")' "$T/.out" | sort)" \
    "$(jq -r 'select(.kind == "tenant") | .tenantId as $t | .identities[]
      | select(.name == "app-certificate" and .linked and .state == "Active") | [$t, .objectId, .partnerId] | join(" ")' \
      "$T/truth.jsonl" | sort)" 'links that nobody can verify'
  jq -e '[.findings[] | select(.policy == "PAL022")] | length > 3' "$T/.out" >/dev/null || fail 'hardly any link'
  silence
}

test_live__estate_of_two_hundred_is_judged_as_it_is() {
  [ -z "$TENANTS" ] || skip 'the same as the small one, when both have a size given'
  two_live_nights 200
}

# Seed 3 has tenants that refuse, lists of wrong types, without an end and on other hosts, and names that attack.
LASTING=huge,wrong-type,endless,foreign-link,refuse,hostile
PASSING=throttle,throttle-date,server-error,reset,truncated,slow,expire,claims,duplicate,empty-page

test_live__faults_that_last_hide_facts_and_change_none() {
  two_live_nights "${TENANTS:-70}" --seed 3 --faults "$LASTING"
  expect_faults wrong-type endless foreign-link hostile refuse
}

test_live__faults_that_pass_are_not_seen() {
  two_live_nights "${TENANTS:-40}" --seed 3 --faults "$PASSING" --fault-rate 6 --page-size 5
  local names
  IFS=, read -ra names <<<"$PASSING"
  expect_faults "${names[@]}"
}

test_live__all_faults_at_once_are_never_wrong() {
  two_live_nights "${TENANTS:-40}" --seed 3 --faults all --fault-rate 3 --page-size 7
  expect_faults throttle server-error expire claims duplicate wrong-type endless foreign-link hostile refuse
}

# expect_faults NAME...: we have met each of them
expect_faults() {
  local name
  for name in "$@"; do
    jq -e --arg n "$name" '.faults[$n] > 0' "$T/manners" >/dev/null || fail "no $name was met: $(jq -c .faults "$T/manners")"
  done
}

live_tests "$@"
