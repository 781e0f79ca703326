#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# query.sh - palscan query: SQL over a snapshot, which can only read.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

test_query__links_in_every_format() {
  two_nights
  local sql='SELECT tenant_id, object_id, partner_id FROM link ORDER BY 1, 2'
  palscan_ok query "$sql"
  expect_out 1000001
  palscan_ok query "$sql" -f csv
  cp "$T/.out" "$T/csv"
  palscan_ok query "$sql" -f json
  expect_equal "$(jq -r '.[] | [.tenant_id, .object_id, .partner_id] | join(",")' "$T/.out")" "$(sed 1d "$T/csv" | tr -d '\r')" rows
}

test_query__earlier_snapshot_and_previous() {
  two_nights
  palscan_ok query "SELECT partner_id FROM link WHERE object_id = 'f99036d2-b1c3-5ba7-8b95-68c0c3315d00'" HEAD~1 -f csv
  expect_out 2000001
  palscan_ok query "SELECT partner_id FROM previous.link WHERE object_id = 'f99036d2-b1c3-5ba7-8b95-68c0c3315d00'" -f csv
  expect_out 2000001
}

test_query__no_rows_says_so_to_people_and_is_empty_for_programs() {
  two_nights
  palscan_ok query 'SELECT 1 WHERE 0'
  expect_out 'No rows.'
  palscan_ok query 'SELECT 1 AS one WHERE 0' -f json
  expect_equal "$(jq -c . "$T/.out")" '[]'
  palscan_ok query 'SELECT 1 AS one WHERE 0' -f csv
  expect_equal "$(tr -d '\r' <"$T/.out")" one
}

test_query__null_and_empty_text_differ_in_json() {
  two_nights
  palscan_ok query "SELECT NULL AS a, '' AS b" -f json
  expect_equal "$(jq -c . "$T/.out")" '[{"a":null,"b":""}]'
}

test_query__json_keeps_the_types_of_sql() {
  two_nights
  palscan_ok query "SELECT 1 AS a, '1' AS b, 0.1 AS c, 1.0 AS d, -9223372036854775808 AS e, NULL AS f, x'00ff' AS g, x'' AS h, 1e300 AS i, 0.1 + 0.2 AS j, 9e999 AS k" -f json
  grep -qF '{"a":1,"b":"1","c":0.1,"d":1.0,"e":-9223372036854775808,"f":null,"g":"00ff","h":"","i":1.0e+300,"j":0.30000000000000004,"k":"Inf"}' \
    <(tr -d ' ' <"$T/.out") || fail "other types"
  jq -e . "$T/.out" >/dev/null || fail "no JSON"
  palscan_ok query "SELECT x'00ff' AS g, 0.1 AS c" -f csv
  expect_equal "$(sed 1d "$T/.out" | tr -d '\r')" '00ff,0.1'
  palscan_ok query "SELECT x'00ff' AS g"
  expect_out 00ff
}

test_query__listings_have_numbers_in_json() {
  two_nights
  palscan status -f json
  expect_equal "$(jq -r '.[0] | [.run, .complete, .expected, .newFindings, .high, .partialRuns, .ageSeconds] | map(type) | unique | join(" ")' "$T/.out")" number
  expect_equal "$(jq -r '.[0] | [.snapshot, .kind, .started, .state] | map(type) | unique | join(" ")' "$T/.out")" string
  # null: never read.
  palscan_ok show -f json
  expect_equal "$(jq -r '[.[] | .identities, .linked, .subscriptions] | map(type) | unique | join(" ")' "$T/.out")" 'null number'
  expect_equal "$(jq -r '[.[] | .findings, .unknown, .["units not read"]] | map(type) | unique | join(" ")' "$T/.out")" number
  palscan_ok log -f json
  expect_equal "$(jq -c '[.[].run]' "$T/.out")" '[2,1]'
  palscan_ok verify -f json
  expect_equal "$(jq -c '.[0] | [.snapshots, .rejudged]' "$T/.out")" '[2,2]'
}

test_query__two_columns_of_one_name_are_refused_in_json() {
  two_nights
  palscan query 'SELECT 1 AS a, 2 AS b, 3 AS a' -f json
  expect_one_error 2
  expect_err '"a"'
  expect_err 'AS'
  expect_out_empty
  palscan_ok query 'SELECT 1 AS a, 2 AS b, 3 AS a' -f csv
  expect_equal "$(tr -d '\r' <"$T/.out" | head -n 1)" a,b,a
}

refused=(
  'DELETE FROM link'
  "INSERT INTO link(partner_id) VALUES ('1')"
  "UPDATE link SET partner_id = '1'"
  'DROP TABLE link'
  'CREATE TABLE mine(a)'
  'CREATE TEMP TABLE mine(a)'
  'CREATE VIEW mine AS SELECT 1'
  "ATTACH 'stolen.db' AS stolen"
  "ATTACH ':memory:' AS mine"
  'DETACH previous'
  'VACUUM'
  "VACUUM INTO 'stolen.db'"
  'PRAGMA writable_schema = 1'
  'PRAGMA user_version'
  'BEGIN'
  'COMMIT'
  'REINDEX'
  'ANALYZE'
  "SELECT load_extension('x')"
  "SELECT readfile('/etc/passwd')"
  "SELECT writefile('x', 'y')"
  'SELECT random()'
  "SELECT randomblob(8)"
  "SELECT fts3_tokenizer('x')"
  'SELECT 1; SELECT 2'
  'SELECT 1; DROP TABLE link'
  'EXPLAIN DELETE FROM link'
  "WITH x AS (SELECT 1) DELETE FROM link"
  ''
  ' -- nothing'
  'SELECT nope FROM link'
  'SELEC 1'
)
test_query__whatever_is_not_reading_is_refused() {
  two_nights
  remember
  local sql
  for sql in "${refused[@]}"; do
    palscan query "$sql"
    [ "$status" -eq 2 ] || fail "not refused: $sql"
    expect_out_empty
  done
  expect_unchanged
  expect_equal "$(names .)" "estate.json mpn.json palscan.json snapshots.git waivers.json "
}

test_query__error_says_where() {
  two_nights
  palscan query $'SELECT tenant_id,\n  nope FROM link'
  expect_one_error 2
  expect_err '2:3'
  expect_err nope
}

test_query__endless_statement_ends() {
  two_nights
  palscan query 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c'
  [ "$status" -ne 0 ] || fail "ended with 0"
  expect_out_empty
}

test_query__huge_value_is_refused() {
  two_nights
  palscan query 'SELECT hex(zeroblob(900000000))'
  [ "$status" -ne 0 ] || fail "ended with 0"
}

# The clock of SQL is the start of the run, the zone UTC.
test_query__now_is_the_start_of_the_run() {
  two_nights
  palscan_ok query "SELECT datetime('now') AS now" -f csv
  expect_out '2026-11-20 02:00:00'
  TZ='<-1130>11:30' palscan query "SELECT datetime('now', 'localtime') AS now" -f csv
  expect_one_error 2
}

test_query__wrong_number_of_arguments_is_refused() {
  two_nights
  palscan query
  expect_one_error 2
  palscan query 'SELECT 1' HEAD HEAD
  expect_one_error 2
}

run_tests "$@"
