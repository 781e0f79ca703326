#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# remediate_apply.sh - palscan remediate --apply against the emulator: links of a plan are changed, no more than asked for,
# none that somebody touched since, and the next snapshot says what was done.
# shellcheck disable=SC2016 # jq's variables
# shellcheck source=tests/live/lib.sh
. "$(dirname "$0")/../live/lib.sh"

# begin EMULATOR-OPTION...: an estate that app-secret scanned once; STEPS: tenants of link steps that it can do
begin() {
  emulate --tenants 40 "$@"
  live_folder d '.identities |= map(select(.name == "app-secret"))'
  live_scan
  [ "$status" -eq 0 ] || [ "$status" -eq 3 ] || [ "$status" -eq 4 ] || fail 'the scan failed'
  remediate -f json
  expect_status 0
  STEPS=$(jq -r '.steps[] | select((.ways[0].fix | IN("F2", "F3")) and (.identities | index("app-secret")) and .ways[0].complete
    and .decideFirst == null and .after == null) | "\(.tenantId) \(.ways[0].partnerId) \(.ways[0].linkedPartnerId)"' "$T/.out")
  N=$(printf '%s\n' "$STEPS" | wc -l)
  [ "$N" -ge 3 ] || fail "only $N links to change"
  read -r TENANT PARTNER LINKED <<<"$STEPS"
}
remediate() { palscan --config palscan.json remediate "$@"; }
# now TENANT: what the service says is linked
now() {
  palscan --config palscan.json link show --identity app-secret --tenant "$1" -f json
  expect_status 0
  jq -r '.link.partnerId // "null"' "$T/.out"
}
# wrote N: so many writes came, and all of them were expected; ends the emulator
wrote() {
  silence
  expect_equal "$1 0 0 0" "$(jq -r '"\(.linkWrites) \(.writeVerbs) \(.kinds.trap // 0) \(.tokenOfWrongTenant)"' "$T/manners")" \
    'writes, unasked ones, trap, tokens'
}
# records: names of the changes that no snapshot holds yet
records() { find "$(state_dir)"/changes -name '*.json' 2>/dev/null | wc -l; }
changes_of() { git_ cat-file blob "${1:-HEAD}:inputs/changes.json" 2>/dev/null || echo '{"changes":[]}'; }

test_apply__without_yes_the_plan_is_shown_and_nothing_changes() {
  begin
  remediate --apply --max 100
  expect_status 2
  expect_err 'nothing was changed: this is the plan; --yes carries it out'
  expect_out "Tenant    $TENANT"
  expect_out "Then      partner ID $PARTNER"
  expect_out "Planned   $N links"
  expect_equal "$LINKED" "$(now "$TENANT")" 'the link'
  expect_equal 0 "$(records)" records
  wrote 0
}

test_apply__changes_at_most_so_many_and_the_next_snapshot_says_so() {
  begin --link-writes 9
  remediate --apply --max 2 --yes
  expect_status 0
  expect_out 'Changed   2 of 2 links'
  expect_out "Later     $((N - 2)) more, beyond --max 2"
  expect_equal "$PARTNER" "$(now "$TENANT")" 'the link'
  expect_equal 2 "$(records)" records
  live_scan
  expect_equal 0 "$(records)" 'records left'
  expect_equal "2 done app-secret $PARTNER $PARTNER" "$(changes_of | jq -r --arg t "$TENANT" '"\(.changes | length) \(.changes[]
    | select(.tenantId == $t) | "\(.outcome) \(.identity) \(.partnerId) \(.partnerIdAfter)")"')" 'inputs/changes.json'
  expect_equal "$LINKED" "$(changes_of | jq -r --arg t "$TENANT" '.changes[] | select(.tenantId == $t) | .partnerIdBefore // "null"')" before
  expect_equal 1 "$(changes_of | jq --arg t "$TENANT" '[.changes[] | select(.tenantId == $t) | .findings | length > 0] | length')" findings
  palscan --config palscan.json query "SELECT outcome, partner_id_after FROM link_write WHERE tenant_id = '$TENANT'" -f json
  expect_equal "done $PARTNER" "$(jq -r '.[] | "\(.outcome) \(.partner_id_after)"' "$T/.out")" 'the table'
  palscan_ok --config palscan.json verify
  # Once: the snapshot after that is of other changes.
  live_scan
  expect_equal 0 "$(changes_of | jq '.changes | length')" 'told again'
  # What was put right needs no step any more.
  remediate -f json
  expect_equal '' "$(jq -r --arg t "$TENANT" '.steps[] | select(.tenantId == $t and (.ways[0].fix | IN("F2", "F3"))) | .number' "$T/.out")" 'still planned'
  wrote 2
}

test_apply__one_tenant_and_one_identity_can_be_chosen() {
  begin --link-writes 9
  remediate --apply --max 100 --tenant "$TENANT" --identity app-secret --yes
  expect_status 0
  expect_out 'Changed   1 of 1 links'
  remediate --apply --max 100 --identity nobody
  expect_status 2
  expect_err 'names no identity "nobody"'
  wrote 1
}

# What was sent and did not come about is told, too.
test_apply__a_refused_change_is_recorded_as_such() {
  begin
  remediate --apply --max 1 --yes
  expect_status 1
  expect_err '1 of 1 links were left as they are; the first: not done'
  expect_out 'Changed   0 of 1 links'
  live_scan
  expect_equal 'not-done' "$(changes_of | jq -r '.changes[] | .outcome')" outcome
}

# Somebody decided since: what the snapshot says is old.
test_apply__a_link_written_since_the_snapshot_is_left_alone() {
  local other
  begin --link-writes 9
  other=$(jq -r --arg p "$PARTNER" --arg l "$LINKED" 'first(.ids[] | select(.type == "location" and (.status // "active") == "active" and .id != $p and .id != $l) | .id)' mpn.json)
  jq '.expect = [{tenant: "'"$TENANT"'", id: "'"$other"'"}]' mpn.json >other.json
  jq '.registry = "other.json"' palscan.json >other-palscan.json
  if [ "$LINKED" = null ]; then action=create; else action=update; fi
  palscan --config other-palscan.json link "$action" --identity app-secret --tenant "$TENANT" --partner-id "$other" --yes
  expect_status 0
  remediate --apply --max 100 --tenant "$TENANT" --yes
  [ "$status" -ne 0 ] || fail 'it ended well'
  expect_out "the link was changed since the snapshot, from ${LINKED/null/none} to $other: scan first"
  expect_equal "$other" "$(now "$TENANT")" 'the link'
  wrote 1
}

# Put right by somebody else meanwhile: nothing is sent.
test_apply__what_is_so_already_is_left() {
  begin --link-writes 9
  if [ "$LINKED" = null ]; then action=create; else action=update; fi
  palscan --config palscan.json link "$action" --identity app-secret --tenant "$TENANT" --partner-id "$PARTNER" --yes
  expect_status 0
  remediate --apply --max 100 --tenant "$TENANT" --yes
  expect_status 0
  expect_out 'none: it is so already'
  # That of link is told as well, beside no finding.
  live_scan
  expect_equal "done $PARTNER null" "$(changes_of | jq -r '.changes[] | "\(.outcome) \(.partnerIdAfter) \(.findings)"')" 'inputs/changes.json'
  wrote 1
}

# The record is written first: whoever looks at it after a kill knows that something may have happened.
test_apply__a_change_that_cannot_be_recorded_is_not_made() {
  begin
  : >"$(state_dir)/changes"
  remediate --apply --max 1 --yes
  [ "$status" -ne 0 ] || fail 'it ended well'
  expect_equal "$LINKED" "$(now "$TENANT")" 'the link'
  wrote 0
}

# Killed behind the request, and killed between commit and the end of the run: what may have happened is said, and once.
test_apply__a_record_without_an_end_is_told_once() {
  begin
  mkdir -p "$(state_dir)/changes"
  (umask 077 && printf '{"at":"2026-11-20T01:00:00Z","identity":"app-secret","kind":"update","objectId":"%s","outcome":"unknown","partnerId":"%s","tenantId":"%s"}\n' \
    "$TENANT" "$PARTNER" "$TENANT" >"$(state_dir)/changes/a.json")
  cp -p "$(state_dir)/changes/a.json" "$T/kept"
  live_scan
  expect_equal unknown "$(changes_of | jq -r '.changes[].outcome')" outcome
  expect_equal 0 "$(records)" records
  cp -p "$T/kept" "$(state_dir)/changes/a.json"
  live_scan
  expect_equal 0 "$(changes_of | jq '.changes | length')" 'told again'
  expect_equal 0 "$(records)" 'records left'
}

# A record that is none hinders no run; it stays for a person to look at.
test_apply__a_damaged_record_is_told_of_and_left() {
  begin
  mkdir -p "$(state_dir)/changes"
  (umask 077 && echo '{' >"$(state_dir)/changes/x.json")
  live_scan
  expect_err 'a change of a link is not taken into the snapshot'
  expect_equal 1 "$(records)" records
  expect_equal 0 "$(changes_of | jq '.changes | length')" 'taken in'
}

test_apply__wrong_options_are_usage_errors() {
  emulate --tenants 20
  live_folder
  for options in '--apply' '--yes' '--max 3' '--apply --max 0' '--apply --max 3 HEAD' '--apply --max 3 -f json'; do
    # shellcheck disable=SC2086 # several words
    remediate $options
    expect_status 2
  done
}

live_tests "$@"
