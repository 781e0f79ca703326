#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# diff.sh - palscan diff: what changed between two nights.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

test_diff__last_two_nights_as_sentences() {
  two_nights
  palscan_ok diff
  expect_out 'link of identity provider-automation (f99036d2-b1c3-5ba7-8b95-68c0c3315d00) changed from 2000001 (Northwind GmbH) to 1000001 (global ID): wrong type'
  cp "$T/.out" "$T/default"
  palscan_ok diff --last
  expect_same_file "$T/default" "$T/.out"
  palscan_ok diff HEAD~1
  expect_same_file "$T/default" "$T/.out"
  palscan_ok diff 2026-11-19 2026-11-20
  expect_same_file "$T/default" "$T/.out"
}

test_diff__snapshot_with_itself_is_quiet() {
  two_nights
  palscan_ok diff HEAD HEAD --exit-code
  expect_out 'Nothing changed'
  palscan_ok diff HEAD HEAD -f json
  expect_equal "$(jq -c '[.changes, .findings.opened, .findings.changed, .findings.resolved]' "$T/.out")" '[[],[],[],[]]'
  palscan_ok diff HEAD HEAD -f csv
  expect_equal "$(wc -l <"$T/.out")" 1 lines
}

test_diff__quiet_night_says_nothing_about_access_or_findings() {
  two_nights
  palscan scan --replay "$DEMO/night-2" -q -o /dev/null
  palscan_ok diff --last --exit-code -f json
  expect_equal "$(jq '.changes | length' "$T/.out")" 0 changes
}

test_diff__exit_code_3_only_when_asked() {
  two_nights
  palscan_ok diff
  palscan diff --exit-code
  expect_status 3
}

# What was not read is never a change: nothing of the unread tenant is gone.
test_diff__what_was_not_read_is_no_removal() {
  two_nights
  palscan_ok diff -f json
  local unread=3be4e790-c275-50d1-8f5e-26dacb8ebb39
  expect_equal "$(jq -r ".changes[] | select(.tenantId == \"$unread\") | .kind" "$T/.out" | sort -u)" coverage.lost kinds
}

test_diff__kinds_are_those_of_the_contract() {
  two_nights
  palscan_ok diff -f json
  local kind
  for kind in $(jq -r '.changes[].kind' "$T/.out" | sort -u); do
    case $kind in
    tenant.added | tenant.removed | tenant.changed | coverage.lost | coverage.regained | identity.added | identity.removed | identity.changed) ;;
    link.added | link.removed | link.changed | role.granted | role.revoked | role.changed | role.activated | role.ended) ;;
    subscription.added | subscription.removed | subscription.changed | usage.started | usage.stopped) ;;
    delegation.added | delegation.removed | delegation.changed | registry.changed | estate.changed | policy.changed) ;;
    waiver.added | waiver.removed | waiver.changed | waiver.ended | waiver.lapsed) ;;
    *) fail "unknown kind $kind" ;;
    esac
  done
}

test_diff__backwards_is_the_other_way_round() {
  two_nights
  palscan_ok diff HEAD HEAD~1 -f json
  expect_equal "$(jq -r '.changes[] | select(.subject.id == "f99036d2-b1c3-5ba7-8b95-68c0c3315d00") | "\(.before.partnerId) \(.after.partnerId)"' "$T/.out")" '1000001 2000001'
}

test_diff__changed_inputs_are_told() {
  one_night
  sed -i 's/"Northwind SARL"/"Northwind Paris"/' mpn.json
  sed -i 's/"Kim Larsen"/"Kim Olsen"/' estate.json
  palscan scan --replay "$DEMO/night-1" -q -o /dev/null
  palscan_ok diff -f json
  expect_equal "$(jq -r '.changes[].kind' "$T/.out" | sort -u | tr '\n' ' ')" 'estate.changed registry.changed '
}

# Nobody repaired anything: an input changed, and the line says which.
test_diff__finding_that_an_input_ended_says_which() {
  one_night
  sed -i 's/{ "id": "1000001", "type": "global"/{ "id": "1000001", "type": "location"/' mpn.json
  palscan scan --replay "$DEMO/night-1" -q -o /dev/null
  palscan_ok diff
  expect_out 'RESOLVED CRITICAL PAL001'
  expect_out 'registry changed, no fact did'
  sed -i 's/"names": "ours"/"names": "ours", "policies": { "disable": ["PAL010"] }/' palscan.json
  palscan scan --replay "$DEMO/night-1" -q -o /dev/null
  palscan_ok diff
  expect_out 'rule disabled'
}

# What the contract of diff -f json holds, key by key, in the output of the last run.
expect_contract() {
  local said
  said=$(jq -c '
    def are($wanted): if keys_unsorted == $wanted then empty else "keys \(keys_unsorted), wanted \($wanted)" end;
    def is($types): type | if IN($types[]) then empty else "\(.) is none of \($types)" end;
    are(["formatVersion", "from", "to", "changes", "findings"]),
    (.from, .to | are(["commit", "started"])),
    (.changes[] |
      are(["kind", "tenantId", "subject", "before", "after"]),
      (.subject | are(["type", "id", "name"])),
      (.kind, .tenantId, .subject.type, .subject.id | is(["string"])),
      (.before, .after | is(["object", "null"]))),
    (.findings | are(["opened", "changed", "resolved"])),
    (.findings[][] |
      are(["policy", "title", "class", "severity", "verdict", "status", "tenantId", "tenantName", "subject", "message",
        "details", "fingerprint", "since", "lastVerified"]),
      (.subject | are(["type", "id", "name"])),
      (.details | is(["object"])),
      (.title, .message, .since, .lastVerified | is(["string"])))' "$T/.out")
  [ -z "$said" ] || fail "$1: $said"
}

test_diff__json_keeps_its_contract_in_odd_states() {
  two_nights
  palscan_ok diff -f json
  expect_contract 'two nights'
  [ "$(jq '.findings.opened | length' "$T/.out")" -gt 0 ] || fail 'nothing is opened'
  palscan_ok diff HEAD~1 HEAD~1 -f json
  expect_contract 'the first snapshot with itself'
  local ids
  ids=$(find "$PAL_SOURCE/policies" -maxdepth 1 -name '*.sql' -printf '"%f",' | sed 's/\.sql"/"/g; s/,$//')
  sed -i "s/\"names\": \"ours\"/\"names\": \"ours\", \"policies\": { \"disable\": [$ids] }/" palscan.json
  palscan scan --replay "$DEMO/night-2" -q -o /dev/null
  palscan_ok diff -f json
  expect_contract 'every policy disabled'
  expect_equal "$(jq -c '[(.changes | map(.kind) | unique), (.findings | map(length > 0))]' "$T/.out")" \
    '[["policy.changed"],[false,false,true]]' 'every policy disabled'
}

# Of a tenant only the kinds of files that differ are decoded: what the line needs of others is there all the same.
test_diff__usage_alone_differs_and_its_subscription_has_a_name() {
  two_nights
  local path blob tree id name
  path=$(git_ grep -l '"used":"yes"' HEAD -- '*/usage.json' | sed -n 1p)
  path=${path#HEAD:}
  id=$(printf %s "$path" | cut -d/ -f5)
  name=$(git_ show "HEAD:${path%/*}/subscription.json" | jq -r .displayName)
  blob=$(git_ show "HEAD:$path" | sed 's/"used":"yes"/"used":"no"/' | git_ hash-object -w --stdin)
  export GIT_INDEX_FILE=$T/index
  git_ read-tree HEAD
  git_ update-index --cacheinfo "100644,$blob,$path"
  tree=$(git_ write-tree)
  unset GIT_INDEX_FILE
  git_ update-ref refs/heads/main "$(message_of | FORGE_DATE=2026-11-20T02:04:02Z forge "$tree" -p "$(head_of)")"
  palscan_ok diff HEAD~1 HEAD
  expect_out "no metered usage any more in subscription $name ($id)"
  expect_equal "$(sed -n 2p "$T/.out")" 'access and links 1' heaps
}

test_diff__without_a_snapshot_nothing_is_printed() {
  no_night
  local format
  for format in text json csv; do
    palscan diff -f "$format"
    expect_one_error 2
    expect_equal "$(wc -c <"$T/.out")" 0 bytes
  done
}

test_diff__one_snapshot_only_says_so() {
  one_night
  palscan diff
  expect_one_error 2
  expect_err 'only one snapshot'
  palscan diff HEAD nowhere
  expect_one_error 2
  palscan diff HEAD HEAD HEAD
  expect_one_error 2
  palscan diff --last HEAD
  expect_one_error 2
}

run_tests "$@"
