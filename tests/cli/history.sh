#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# history.sh - palscan history: the life of one thing.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

FABRIKAM=189136cf-9549-546a-8cbf-5491c9c4aa3e
IN_FABRIKAM=f99036d2-b1c3-5ba7-8b95-68c0c3315d00
BLUE_YONDER=3be4e790-c275-50d1-8f5e-26dacb8ebb39
GRAPHIC_DESIGN=ff42fcea-dc50-54ad-a52a-bc6d4b952c48
CITY_POWER=8eef8f6a-61cc-50e4-8a50-3afb39cb3397
CITY_GRID=9d3b84f7-f18a-5091-abbd-c936e0f0ae28
ANNA=c9cc5ff9-a32c-5b03-8335-250b3bab1bb1

# kinds [FILTER]: "kind since until" of the last output, which is JSON
kinds() { jq -r ".[] | select(${1:-true}) | [.kind, .since[0:10], (.until // \"-\")[0:10]] | join(\" \")" "$T/.out"; }

test_history__link_since_when_until_when_and_in_which_snapshot() {
  two_nights
  palscan_ok history "$IN_FABRIKAM" -f json
  expect_equal "$(kinds '.kind | startswith("link.")')" $'link.read 2026-11-19 2026-11-20\nlink.changed 2026-11-20 -' links
  expect_equal "$(jq -r '.[] | select(.kind == "link.changed") | .snapshot' "$T/.out")" "$(head_of)" snapshot
  expect_equal "$(jq -r '.[] | select(.kind == "link.read") | .snapshot' "$T/.out")" "$(head_of HEAD~1)" snapshot
  expect_equal "$(jq -r '[.[].runKind] | unique | join(" ")' "$T/.out")" replay kinds
  palscan_ok history "$IN_FABRIKAM"
  expect_out 'first reading: link of identity'
  expect_out '2000001 (Northwind GmbH) (until 2026-11-20 02:00 UTC)'
  expect_out 'changed from 2000001 (Northwind GmbH) to 1000001 (global ID): wrong type'
}

test_history__tenant_with_its_findings() {
  two_nights
  palscan_ok history "$GRAPHIC_DESIGN" -f json
  expect_equal "$(jq -r '[.[].tenantId] | unique | join(" ")' "$T/.out")" "$GRAPHIC_DESIGN" tenants
  expect_equal "$(kinds '.kind == "tenant.added" or .kind == "link.removed"')" \
    $'tenant.added 2026-11-19 -\nlink.removed 2026-11-20 -' tenant
  expect_equal "$(kinds '.sentence | startswith("finding resolved: PAL013")')" 'finding.resolved 2026-11-20 -' resolved
  expect_equal "$(kinds '.sentence | startswith("finding opened: PAL013")')" 'finding.opened 2026-11-19 2026-11-20' opened
}

test_history__assignment_and_finding_by_their_ids() {
  two_nights
  local id fingerprint
  id=$(git_ show "HEAD~1:tenants/8e/$CITY_POWER/subscriptions/$CITY_GRID/role-assignments.json" |
    jq -r --arg s "/subscriptions/$CITY_GRID" '.[] | select(.scope == $s) | .id')
  [ -n "$id" ] || fail 'no assignment'
  palscan_ok history "$id" -f json
  expect_equal "$(kinds | sed -n 1p)" 'role.read 2026-11-19 2026-11-20' assignment
  expect_equal "$(kinds | sed -n 2p)" 'role.revoked 2026-11-20 -' assignment
  fingerprint=$(git_ show "HEAD:tenants/18/$FABRIKAM/findings.json" | sed -n 's/.*"fingerprint":"\([0-9a-f]*\)".*"policy":"PAL001".*/\1/p')
  palscan_ok history "$fingerprint" -f json
  expect_equal "$(kinds)" 'finding.opened 2026-11-20 -' finding
}

test_history__partner_id_and_rule() {
  two_nights
  palscan_ok history 1000001 -f json
  expect_equal "$(kinds ".tenantId == \"$FABRIKAM\"")" 'link.changed 2026-11-20 -' 'partner ID'
  palscan_ok history PAL016 -f json
  expect_equal "$(jq -r '[.[].kind] | unique | join(" ")' "$T/.out")" finding.opened rule
}

# What was not read has no end: the loss of completeness is told, and that it was regained.
test_history__not_read_is_no_end() {
  two_nights
  palscan_ok history "$BLUE_YONDER" -f json
  expect_equal "$(kinds '.kind == "link.read"')" 'link.read 2026-11-19 -' link
  expect_equal "$(jq -r '[.[] | select(.since > "2026-11-20") | .kind] | unique | join(" ")' "$T/.out")" coverage.lost kinds
  palscan_ok history "$BLUE_YONDER"
  expect_equal "$(grep -c 'no longer read: AADSTS53003' "$T/.out")" 1 'lines about one cause'
}

# The name of the configuration is that of many tenants; whose completeness is told, is that of the account asked for.
test_history__completeness_of_the_account_alone() {
  two_nights
  palscan_ok history "$IN_FABRIKAM" -f json
  expect_equal "$(jq -r '[.[].tenantId] | unique | join(" ")' "$T/.out")" "$FABRIKAM" tenants
  local there
  there=$(git_ ls-tree -r --name-only HEAD "tenants/3b/$BLUE_YONDER/identities/" | sed 's#.*/##; s/\.json$//' | sed -n 1p)
  palscan_ok history "$there" -f json
  expect_equal "$(kinds '.kind | startswith("coverage.")')" 'coverage.lost 2026-11-20 -' completeness
  palscan_ok history provider-automation -f json
  [ "$(jq '[.[].tenantId] | unique | length' "$T/.out")" -gt 5 ] || fail 'the name is known in few tenants'
}

# Who had what: the state of one night, not of today.
test_history__at_a_date_is_what_was_so_then() {
  two_nights
  palscan_ok history "$IN_FABRIKAM" --at 2026-11-19 -f json
  expect_equal "$(jq -r '.snapshot.commit' "$T/.out")" "$(head_of HEAD~1)" snapshot
  expect_equal "$(jq -c '[.coverage.tenants, .coverage.complete]' "$T/.out")" '[22,20]' coverage
  expect_equal "$(jq -c '[.links[] | [.accountId, .partnerId, .state]]' "$T/.out")" "[[\"$IN_FABRIKAM\",\"2000001\",\"active\"]]" links
  expect_equal "$(jq -c '[.access[] | [.role, .state]]' "$T/.out")" '[["Contributor","live"]]' access
  expect_equal "$(jq '.findings | map(select(.policy == "PAL001")) | length' "$T/.out")" 0 findings
  palscan_ok history "$IN_FABRIKAM" --at HEAD -f json
  expect_equal "$(jq -c '[.links[] | .partnerId]' "$T/.out")" '["1000001"]' links
  expect_equal "$(jq '.findings | map(select(.policy == "PAL001")) | length' "$T/.out")" 1 findings
  palscan_ok history "$IN_FABRIKAM" --at 2026-11-19
  expect_out 'snapshot '
  expect_out '20 of 22 tenants were read completely'
  palscan history 11111111-1111-4111-8111-111111111111 --at HEAD
  expect_one_error 2
  palscan history "$IN_FABRIKAM" --at 2020-01-01
  expect_one_error 2
  expect_out_empty
}

# What was not read in that run is told as was, with its date.
test_history__at_a_date_not_read_is_no_present() {
  two_nights
  palscan_ok history "$BLUE_YONDER" --at HEAD -f json
  expect_equal "$(jq -c '[.links[] | [.state, .lastVerified, .reading, .notRead]]' "$T/.out")" \
    '[["was active","2026-11-19T02:00:00Z","last read on 2026-11-19","links"]]' links
  expect_equal "$(jq -c '[.access[] | .state] | unique' "$T/.out")" '["was live"]' access
}

test_history__json_is_what_the_schema_says() {
  python3 -c 'import jsonschema' 2>/dev/null || skip "no python3-jsonschema here"
  two_nights
  palscan_ok history provider-automation -f json
  python3 - "$PAL_SOURCE/snapshots/outputs/history.schema.json" "$T/.out" <<'END' || fail 'the schema refuses it'
import json, sys, jsonschema
schema, output = (json.load(open(name, encoding="utf-8")) for name in sys.argv[1:])
errors = [f"{e.json_path}: {e.message}" for e in jsonschema.Draft202012Validator(schema).iter_errors(output)]
assert not errors and len(output) > 20, "\n".join(errors[:5])
END
}

test_history__upper_case_guid_is_the_same() {
  two_nights
  palscan_ok history "$ANNA" -f csv
  cp "$T/.out" "$T/lower"
  palscan_ok history "${ANNA^^}" -f csv
  expect_same_file "$T/lower" "$T/.out"
}

test_history__narrow_screen_pipe_and_no_colour() {
  two_nights
  local columns
  for columns in 40 60 80; do
    COLUMNS=$columns palscan_ok history "$GRAPHIC_DESIGN"
    [ "$(LC_ALL=C.UTF-8 wc -L <"$T/.out")" -le "$columns" ] || fail "wider than $columns"
  done
  ! grep -q $'\033' "$T/.out" || fail 'coloured'
  palscan_ok history "$GRAPHIC_DESIGN" -f markdown
  expect_out '| since | until |'
}

test_history__unknown_id_says_so_whatever_it_holds() {
  two_nights
  local id
  for id in 11111111-1111-4111-8111-111111111111 "'; DROP TABLE x" '"' $'\033[2J' 'tenantId' /; do
    palscan history "$id"
    expect_one_error 2
    expect_out_empty
    ! grep -q $'\033' "$T/.err" || fail 'a control character'
  done
  palscan history ''
  expect_one_error 2
  palscan history
  expect_one_error 2
}

run_tests "$@"
