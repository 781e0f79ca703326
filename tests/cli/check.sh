#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# check.sh - palscan check: a stored night judged again.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# The findings of a commit as git has them, estate and tenants, one a line.
stored() {
  git_ ls-tree -r --name-only "$1" | grep 'findings\.json$' | while read -r path; do
    git_ show "$1:$path" | jq -c --arg path "$path" '.[] | [$path, .fingerprint, .verdict, .status, .severity, .message, .since]'
  done | sed 's#^\["tenants/../#["#; s#/findings.json"#"#; s#^\["findings.json"#["-"#' | LC_ALL=C sort
}

test_check__as_recorded_equals_the_stored_verdicts() {
  two_nights
  local rev
  for rev in HEAD HEAD~1; do
    palscan_ok check "$rev" --as-recorded --fail-on none -f json
    jq -c '.findings[] | [.tenantId, .fingerprint, .verdict, .status, .severity, .message, .since]' "$T/.out" | LC_ALL=C sort >"$T/again"
    stored "$rev" >"$T/stored"
    [ -s "$T/stored" ] || fail "no stored verdicts"
    expect_same_file "$T/stored" "$T/again"
  done
}

test_check__todays_rules_are_those_of_the_night_here() {
  two_nights
  palscan check -f json
  cp "$T/.out" "$T/today"
  palscan check -f json --as-recorded
  expect_same_file "$T/today" "$T/.out"
}

test_check__findings_exit_3_and_both_counts_stand_on_one_line() {
  two_nights
  palscan check
  expect_status 3
  expect_err "open findings at or above high; $(words_of) tenants read completely"
  expect_equal "$(wc -l <"$T/.err")" 1 lines
  palscan_ok check --fail-on none
  palscan check --fail-on critical
  expect_status 3
}

test_check__new_only_fails_on_new_ones() {
  two_nights
  palscan check --fail-scope new
  expect_status 3
  palscan scan --replay "$DEMO/night-2" -q -o /dev/null
  palscan_ok check --fail-scope new
}

test_check__min_coverage_exits_4_but_findings_outrank_it() {
  two_nights
  palscan check --fail-on none --min-coverage 95%
  expect_status 4
  palscan check --min-coverage 95%
  expect_status 3
  palscan_ok check --fail-on none --min-coverage 50
}

test_check__at_takes_the_last_one_not_after() {
  two_nights
  local at
  for at in 2026-11-19 2026-11-19T02:00:00Z 2026-11-20T01:59:59Z; do
    palscan_ok check --at "$at" --fail-on none -f json
    expect_equal "$(jq -r .snapshot.commit "$T/.out")" "$(head_of HEAD~1)" "at $at"
  done
  palscan_ok check --at 2027-01-01 --fail-on none -f json
  expect_equal "$(jq -r .snapshot.commit "$T/.out")" "$(head_of HEAD)"
  palscan check --at 2026-11-18
  expect_one_error 2
  palscan check --at yesterday
  expect_one_error 2
  palscan check --at 2026-02-30
  expect_one_error 2
}

test_check__changed_registry_is_judged_without_a_scan() {
  two_nights
  sed -i 's/{ "id": "1000001", "type": "global"/{ "id": "1000001", "type": "location"/' mpn.json
  palscan_ok check --fail-on none -f json
  expect_equal "$(jq '[.findings[] | select(.policy == "PAL001" and .verdict == "fail")] | length' "$T/.out")" 0 PAL001
  palscan_ok check --fail-on none -f json --as-recorded
  expect_equal "$(jq '[.findings[] | select(.policy == "PAL001" and .verdict == "fail")] | length' "$T/.out")" 2 PAL001
}

test_check__without_configuration_uses_what_the_night_used() {
  two_nights
  local repository=$PWD/snapshots.git
  cd "$T"
  palscan_ok check --repository "$repository" --fail-on none -f json
  cp .out today
  palscan_ok check --repository "$repository" --as-recorded --fail-on none -f json
  expect_same_file today .out
}

test_check__changes_nothing() {
  two_nights
  remember
  palscan check
  palscan check --as-recorded HEAD~1
  expect_unchanged
}

test_check__summary_counts_every_finding_once() {
  two_nights
  palscan check -f json
  local want
  want=$(jq '.findings | length' "$T/.out")
  expect_equal "$(jq '.summary | .critical + .high + .medium + .low + .info + .waived + .unknown + .folded' "$T/.out")" "$want" "sum"
}

# What the contract of check -f json holds, key by key, in the output of the last run.
expect_contract() {
  local said
  said=$(jq -c '
    def are($wanted): if keys_unsorted == $wanted then empty else "keys \(keys_unsorted), wanted \($wanted)" end;
    def one($words): if IN($words[]) then empty else "\(.) is none of \($words)" end;
    def bin: if .status == "folded" or .status == "waived" then .status elif .verdict == "unknown" then .verdict else .severity end;
    are(["formatVersion", "snapshot", "rules", "coverage", "summary", "acceptances", "findings"]),
    (.formatVersion | one([1])),
    (.snapshot | are(["commit", "started", "kind"])),
    (.rules | are(["shipped", "changed", "disabled", "lowered", "own"])),
    (.coverage | are(["tenants", "complete", "units"])),
    (.summary | are(["critical", "high", "medium", "low", "info", "waived", "unknown", "folded"])),
    (.findings[] |
      are(["policy", "title", "class", "severity", "verdict", "status", "tenantId", "tenantName", "subject", "message",
        "details", "fingerprint", "since", "lastVerified", "waiver", "lapsed", "remediation"]),
      (.subject | are(["type", "id", "name"])),
      (.class | one(["access", "attribution", "rule", "completeness"])),
      (.severity | one(["critical", "high", "medium", "low", "info"])),
      (.verdict | one(["fail", "unknown"])),
      (.status | one(["open", "waived", "folded"])),
      (.details | type | one(["object"])),
      ([.title, .tenantId, .message, .fingerprint, .since, .lastVerified, .remediation][] | type | one(["string"]))),
    (. as $all | .summary | to_entries[] | . as $entry | [$all.findings[] | select(bin == $entry.key)] | length |
      if . == $entry.value then empty else "summary of \($entry.key): \($entry.value), counted \(.)" end)' "$T/.out")
  [ -z "$said" ] || fail "$1: $said"
}

test_check__json_keeps_its_contract_in_odd_states() {
  one_night
  palscan_ok check --fail-on none -f json
  expect_contract 'the first snapshot'
  jq '{waivers: [.findings[] | {id: "W-\(.fingerprint[:16])", fingerprint, reason: "r", owner: "o", requester: "a",
    approver: "b", until: "2026-12-31"}]}' "$T/.out" >waivers.json
  palscan_ok check -f json
  expect_contract 'all waived'
  expect_equal "$(jq -c '.summary | [.critical, .high, .medium, .low, .info]' "$T/.out")" '[0,0,0,0,0]' 'all waived'
  [ "$(jq .summary.waived "$T/.out")" -gt 0 ] || fail 'nothing is waived'
  # A policy that breaks is one unknown of the estate.
  mkdir mine
  sed '/^-- /!d; s/^-- id: .*/-- id: OWN1/; s/^-- title: .*/-- title: Breaks/' "$PAL_SOURCE/policies/PAL001.sql" >mine/OWN1.sql
  echo 'SELECT wrong FROM link' >>mine/OWN1.sql
  sed -i 's/"names": "ours"/"names": "ours", "policies": { "directories": ["mine"] }/' palscan.json
  palscan_ok check -f json
  expect_contract 'a policy that breaks'
  expect_equal "$(jq -c '.findings[] | select(.policy == "OWN1") | [.verdict, .status, .tenantId, .tenantName, .subject.type]' "$T/.out")" \
    '["unknown","open","-",null,"policy"]' 'a policy that breaks'
  # No policy at all: no finding, and nothing of it as shipped.
  local ids
  ids=$(find "$PAL_SOURCE/policies" -maxdepth 1 -name '*.sql' -printf '"%f",' | sed 's/\.sql"/"/g; s/,$//')
  sed -i "s/{ \"directories\": \[\"mine\"\] }/{ \"disable\": [$ids] }/" palscan.json
  palscan_ok check -f json
  expect_contract 'every policy disabled'
  expect_equal "$(jq -c '[.rules.shipped, (.findings | length)]' "$T/.out")" '[0,0]' 'every policy disabled'
}

test_check__without_a_snapshot_nothing_is_printed() {
  no_night
  local format
  for format in text json csv; do
    palscan check -f "$format"
    expect_one_error 2
    expect_equal "$(wc -c <"$T/.out")" 0 bytes
  done
}

test_check__first_screen_has_its_order() {
  two_nights
  palscan check --no-color
  local order='As of Completeness Rules Since Open Unknown Self-declared Acceptances Last'
  expect_equal "$(grep -oE '^(As of|Completeness|Rules|Since last run|Open findings|Unknown|Self-declared|Acceptances|Last review)' "$T/.out" |
    sed 's/^Since.*/Since/; s/^Open.*/Open/; s/^Last.*/Last/' | tr '\n' ' ' | sed 's/ $//')" "$order" order
}

test_check__since_counts_what_each_night_would_have_had() {
  two_nights
  palscan_ok check --since 90d --policy PAL016 --policy PAL001 -f json
  expect_equal "$(jq -c '[.[] | [.policy, .night, .fail]]' "$T/.out")" \
    '[["PAL001","2026-11-19T02:00:00Z",1],["PAL001","2026-11-20T02:00:00Z",2],["PAL016","2026-11-19T02:00:00Z",0],["PAL016","2026-11-20T02:00:00Z",2]]' nights
  palscan_ok check --since 1h --policy PAL001 -f json
  expect_equal "$(jq -c '[.[].night]' "$T/.out")" '["2026-11-20T02:00:00Z"]' nights
  # Without names every policy that would have found something, as each night's own verdicts count them.
  palscan_ok check --since 90d -f json
  local rev night
  for rev in HEAD HEAD~1; do
    night=$(git_ show "$rev:run.json" 2>/dev/null | jq -r .started || true)
    [ -n "$night" ] || night=$(git_ log -1 --format='%(trailers:key=Palscan-Started,valueonly)' "$rev" | head -n 1)
    jq --arg night "$night" '[.[] | select(.night == $night) | .fail] | add' "$T/.out" >"$T/sum"
    stored "$rev" | jq -s '[.[] | select(.[2] == "fail" and .[3] == "open")] | length' >"$T/stored"
    expect_same_file "$T/stored" "$T/sum"
  done
}

test_check__since_wants_the_whole_time() {
  two_nights
  palscan check --since 90d HEAD
  expect_one_error 2
  palscan check --since 90d --as-recorded
  expect_one_error 2
  palscan check --policy PAL001
  expect_one_error 2
  palscan check --since 90d --policy PAL999
  expect_one_error 2
  palscan check --since soon
  expect_one_error 2
  palscan check --as-recorded --policies mine
  expect_one_error 2
}

test_check__by_control_counts_access_and_completeness_only() {
  two_nights
  palscan check --by control -f json
  expect_status 3
  expect_equal "$(jq -c '[.[] | select(.policy == "PAL010") | [.control, .fail, .unknown]]' "$T/.out")" \
    '[["A.5.18",1,3],["CC6.2",1,3]]' PAL010
  local attribution
  attribution=$("$PALSCAN" policies list -f json | jq -c '[.[] | select(.class != "access" and .class != "completeness") | .policy]')
  expect_equal "$(jq --argjson no "$attribution" '[.[] | select(.policy as $p | $no | index($p))] | length' "$T/.out")" 0 attribution
  palscan check --by control --since 90d
  expect_one_error 2
  palscan check --by tenant
  expect_one_error 2
}

run_tests "$@"
