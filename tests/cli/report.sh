#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# report.sh - palscan report: the formats, and the folder of pages. What a browser makes of the pages: tests/html.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# value NAME: what data/NAME.js hands to JSON.parse. The literal of a script is one of JSON too.
value() {
  sed -n "s/^pal\.take(\"$1\",\(.*\));\$/\1/p" "$T/site/data/$1.js" | jq -r .
}
site() {
  palscan_ok report -q -f html -o "$T/site" "$@"
  expect_out_empty
  expect_err_empty
}

test_report__findings_as_the_run_judged_them() {
  two_nights
  palscan_ok check --as-recorded --fail-on none -f json
  cp "$T/.out" "$T/checked"
  palscan_ok report -f json
  expect_same_file "$T/checked" "$T/.out"
  palscan_ok report HEAD~1 -f csv
  expect_out 2026-11-19T02:00:00Z
  expect_no_out 2026-11-20T02:00:00Z
}

# The same numbers on the screen and on the pages.
test_report__pages_hold_the_numbers_of_the_first_screen() {
  two_nights
  site
  palscan_ok check --as-recorded --fail-on none -f json
  value report >"$T/report"
  expect_equal "$(jq -c '[.completeness.complete, .completeness.expected]' "$T/report")" \
    "$(jq -c '[.coverage.complete, .coverage.tenants]' "$T/.out")" completeness
  expect_equal "$(jq -c '[.findings.open[].n[] | .n] | add' "$T/report")" \
    "$(jq -c '.summary | .critical + .high + .medium + .low + .info' "$T/.out")" open
  expect_equal "$(jq -c '[.findings.unknown, .findings.folded, .findings.accepted]' "$T/report")" \
    "$(jq -c '.summary | [.unknown, .folded, .waived]' "$T/.out")" "the others"
  expect_equal "$(jq -c '.acceptances[] | [.id, .state, .approval, .covers, .note]' "$T/report")" \
    "$(jq -c '.acceptances[] | [.id, .state, .approval, .covers, .note]' "$T/.out")" "risk acceptances"
  expect_equal "$(jq -r .run.commit "$T/report")" "$(head_of)" commit
  palscan_ok check --as-recorded --fail-on none
  expect_out "$(jq -r '"\(.findings.new) new, \(.findings.resolved) resolved"' "$T/report")"
}

# Every finding stands in the list, and whole with its customer.
test_report__pages_hold_every_finding_twice() {
  local name
  two_nights
  site
  palscan_ok check --as-recorded --fail-on none -f json
  jq -r '.findings[] | .fingerprint[0:16]' "$T/.out" | sort >"$T/wanted"
  value findings-0 | jq -r '.[] | .[11]' | sort >"$T/listed"
  expect_same_file "$T/wanted" "$T/listed"
  jq -r '.findings[] | "\(.tenantId) \(.fingerprint) \(.message)"' "$T/.out" | sort >"$T/wanted"
  for name in $(value report | jq -r '.kept.customer[]'); do
    value "customer-$name" | jq -r 'to_entries[] | .key as $t | .value[] | "\($t) \(.fingerprint) \(.message)"'
  done | sort >"$T/whole"
  expect_same_file "$T/wanted" "$T/whole"
}

test_report__pages_know_the_nights_before() {
  two_nights
  site
  value report | jq -c '.nights[] | [.started, .complete, .expected, (.open | add)]' >"$T/nights"
  palscan_ok check --as-recorded --fail-on none -f json HEAD~1
  expect_equal "$(head -n 1 "$T/nights")" \
    "$(jq -c '[.snapshot.started, .coverage.complete, .coverage.tenants, (.summary | .critical + .high + .medium + .low + .info)]' "$T/.out")" "first night"
  expect_equal "$(wc -l <"$T/nights")" 2 nights
  # Of the first night nothing later is told, and it has nothing to be compared with.
  site HEAD~1
  expect_equal "$(value report | jq -c '[(.nights | length), .comparison, .findings.previous]')" '[1,null,null]' "first night alone"
}

# Not seen is not clean: no count where nobody looked.
test_report__pages_tell_unread_from_none() {
  two_nights
  site
  expect_equal "$(value customers-0 | jq -c '.[] | select(.[0] == "794d4d4a-f6d3-5153-8395-4a168411729d") | [.[7], .[8], .[9], .[10]]')" \
    '[null,null,null,null]' Humongous
  expect_equal "$(value gaps-0 | jq -r '.[].name' | paste -sd,)" 'Blue Yonder Airlines,Coho Winery,Humongous Insurance' gaps
}

# What opens from disk may load nothing from elsewhere, and nothing of a tenant is part of a page.
test_report__pages_forbid_everything_but_their_own_files() {
  local page
  two_nights
  site
  for page in "$T"/site/*.html; do
    grep -A1 '<head>' "$page" | tail -n 1 | grep -qF "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';" ||
      fail "${page##*/} does not open with its policy"
    ! grep -qE 'https?:|<style|style=| on[a-z]+=|<script>|<iframe|<img' "$page" || fail "${page##*/} holds what its policy forbids"
    ! grep -qF 'Fabrikam' "$page" || fail "${page##*/} names a customer"
  done
  for page in "$T"/site/data/*.js; do
    expect_equal "$(wc -l <"$page")" 1 "lines of ${page##*/}"
    grep -qxE 'pal\.take\("[a-z0-9-]+","([^"\\]|\\["\\u])*"\);' "$page" || fail "${page##*/} is not one call with a literal"
    ! LC_ALL=C grep -q '[^ -~]' "$page" || fail "${page##*/} is not plain ASCII"
    ! grep -qE "[<>&'\`]" "$page" || fail "${page##*/} holds what means something to a page"
  done
  ! grep -nE 'innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|new Function|\.style\b|fetch\(|XMLHttpRequest|import\(' "$T"/site/*.js ||
    fail "a script does what it must not"
}

test_report__folder_is_replaced_when_it_is_a_report_and_refused_when_it_is_not() {
  two_nights
  site
  : >"$T/site/data/old-7.js"
  site
  expect_no_file "$T/site/data/old-7.js"
  mkdir "$T/other" && : >"$T/other/thesis.odt"
  palscan report -f html -o "$T/other"
  expect_one_error 2
  expect_err thesis.odt
  expect_file "$T/other/thesis.odt"
  mkdir "$T/pages" && : >"$T/pages/index.html"
  palscan report -f html -o "$T/pages"
  expect_one_error 2
  expect_equal "$(names "$T/pages")" 'index.html ' pages
  : >"$T/file"
  palscan report -f html -o "$T/file"
  expect_one_error 2
  palscan report -f html
  expect_one_error 2
  expect_err '-o DIR'
  for here in . ./. "$T/site/.."; do
    palscan report -f html -o "$here"
    expect_one_error 2
    expect_err 'name the folder itself'
  done
  palscan report -f html -o "$T/no/such/folder"
  expect_one_error 1
  palscan report -f pdf
  expect_one_error 2
  # An empty folder is a place like none.
  mkdir "$T/empty"
  palscan_ok report -q -f html -o "$T/empty/"
  expect_file "$T/empty/index.html"
  # Nothing is left beside them.
  expect_equal "$(names "$T" | tr ' ' '\n' | grep -c '^\(site\|empty\)\.' || :)" 0 leftovers
}

# Of a site that somebody else made nothing is removed, though it has what a report has.
test_report__folder_that_only_looks_like_a_report_is_kept() {
  two_nights
  site
  mkdir -p "$T/mine/data" && echo '<h1>mine</h1>' >"$T/mine/index.html" && : >"$T/mine/data/report.js"
  palscan report -f html -o "$T/mine"
  expect_one_error 2
  expect_err 'no earlier report'
  expect_file "$T/mine/data/report.js"
  expect_file "$T/mine/index.html"
  cp -r "$T/site" "$T/more" && : >"$T/more/data/ledger.sqlite"
  palscan report -f html -o "$T/more"
  expect_one_error 2
  expect_err 'holds "data/ledger.sqlite"'
  expect_file "$T/more/data/ledger.sqlite"
  cp -r "$T/site" "$T/deep" && mkdir "$T/deep/data/old.js"
  palscan report -f html -o "$T/deep"
  expect_one_error 2
  expect_err 'holds "data/old.js"'
}

test_report__same_snapshot_gives_the_same_bytes() {
  two_nights
  site
  mv "$T/site" "$T/first"
  TZ=America/New_York palscan_ok report -q -f html -o "$T/site"
  diff -r "$T/first" "$T/site" >/dev/null || fail "two reports of one snapshot differ"
}

test_report__nothing_is_written_to_the_repository() {
  two_nights
  remember
  site
  expect_unchanged
}

# --- lists ---

# What a reader that is not ours makes of the CSV of the last output: one JSON object a line.
rows() { python3 -c 'import csv,json,sys
for row in csv.DictReader(open(sys.argv[1], newline="", encoding="utf-8-sig")): print(json.dumps(row))' "$T/.out"; }

test_report__access_list_has_every_tenant_and_names_its_snapshot() {
  two_nights
  palscan_ok report --at 2026-11-19 access -f csv
  rows >"$T/rows"
  expect_equal "$(jq -r .snapshot "$T/rows" | sort -u)" "$(head_of HEAD~1)" snapshot
  expect_equal "$(jq -r '[.started, .runKind, .complete, .expected] | join(" ")' "$T/rows" | sort -u)" \
    '2026-11-19T02:00:00Z replay 20 22' about
  expect_equal "$(jq -r .tenantId "$T/rows" | sort -u)" \
    "$(git_ ls-tree -d -r --name-only HEAD~1 tenants/ | grep -E '^tenants/../[^/]*$' | sed 's#.*/##' | sort -u)" tenants
  expect_equal "$(jq -r 'select(.tenantName == "Humongous Insurance") | [.state, .notRead, .accountId] | join(" ")' "$T/rows")" \
    'never read everything ' 'never read'
}

# Against the stored files, read by others: each assignment of an account of ours is in the list.
test_report__access_list_holds_each_assignment_of_ours() {
  two_nights
  palscan_ok report access -f csv
  rows | jq -r .assignmentId | grep roleassignments | sort -u >"$T/listed"
  palscan_ok query 'SELECT object_id FROM our_object' -f json
  jq -r '.[].object_id' "$T/.out" | sort -u >"$T/ours"
  local path
  for path in $(git_ ls-tree -r --name-only HEAD tenants/ | grep -E '/(role-assignments|inherited)\.json$'); do
    git_ show "HEAD:$path" | jq -r '.[] | "\(.principalId) \(.id)"'
  done | sort | join - "$T/ours" | cut -d' ' -f2 | sort -u >"$T/stored"
  [ "$(wc -l <"$T/stored")" -gt 10 ] || fail 'few assignments'
  expect_equal "$(LC_ALL=C comm -13 <(LC_ALL=C sort "$T/listed") <(LC_ALL=C sort "$T/stored"))" '' 'not listed'
}

test_report__what_was_not_read_is_told_as_was() {
  two_nights
  palscan_ok report access -f csv
  expect_equal "$(rows | jq -r 'select(.tenantName == "Blue Yonder Airlines") | [.state, .reading] | join(" ")')" \
    'was live last read on 2026-11-19' access
  palscan_ok report links -f csv
  expect_equal "$(rows | jq -r 'select(.tenantName == "Blue Yonder Airlines") | [.state, .lastVerified, .notRead] | join(" ")')" \
    'was active 2026-11-19T02:00:00Z links' links
  palscan_ok report population -f csv
  expect_equal "$(rows | jq -r 'select(.tenantName == "Blue Yonder Airlines" and .type == "tenant") | .reading')" \
    'last read on 2026-11-19, in part' population
}

test_report__links_of_two_dates_differ_as_the_nights_did() {
  two_nights
  palscan_ok report --at 2026-11-19 links -f csv
  rows | jq -r 'select(.state == "active") | "\(.accountId) \(.partnerId)"' | sort >"$T/first"
  palscan_ok report --at 2026-11-20 links -f csv
  rows | jq -r 'select(.state == "active") | "\(.accountId) \(.partnerId)"' | sort >"$T/second"
  expect_equal "$(rows | jq -r 'select(.accountId != "") | "\(.tenantId) \(.accountId)"' | sort | uniq -d)" '' twice
  expect_equal "$(comm -13 "$T/first" "$T/second" | tr '\n' ';')" \
    '0388fd9a-8c54-5ae0-88a2-fe6163726fc6 9990002;f99036d2-b1c3-5ba7-8b95-68c0c3315d00 1000001;' 'links of the second night'
}

test_report__excel_begins_with_its_mark_and_is_the_same_table() {
  two_nights
  palscan_ok report access -f csv
  cp "$T/.out" "$T/plain"
  palscan_ok report access -f csv --excel
  expect_equal "$(head -c 3 "$T/.out" | od -An -tx1 | tr -d ' ')" efbbbf mark
  tail -c +4 "$T/.out" >"$T/rest"
  expect_same_file "$T/plain" "$T/rest"
  ! grep -qv $'\r$' "$T/plain" || fail 'a line does not end in CR LF'
  palscan report access --excel
  expect_one_error 2
  palscan report -f csv --excel
  expect_one_error 2
}

test_report__list_as_json_text_and_markdown() {
  two_nights
  palscan_ok report population -f json
  expect_equal "$(jq -c 'keys_unsorted, .formatVersion, .coverage' "$T/.out" | tr '\n' ' ')" \
    '["formatVersion","snapshot","coverage","population"] 1 {"tenants":22,"complete":19} ' JSON
  expect_equal "$(jq -r '[.population[].type] | unique | join(" ")' "$T/.out")" 'account delegation subscription tenant' types
  palscan_ok report findings -f json
  local verdicts
  verdicts=$(jq '.findings | length' "$T/.out")
  palscan_ok check --as-recorded --fail-on none -f json
  expect_equal "$verdicts" "$(jq '.findings | length' "$T/.out")" findings
  palscan_ok report links
  expect_out '19 of 22 tenants were read completely'
  palscan_ok report links -f markdown
  expect_out '| tenantId | tenantName |'
  COLUMNS=60 palscan_ok report links
  ! LC_ALL=C.UTF-8 grep -q '.\{61\}' "$T/.out" || fail 'wider than 60'
}

test_report__lists_are_what_the_schema_says() {
  python3 -c 'import jsonschema' 2>/dev/null || skip "no python3-jsonschema here"
  two_nights
  local command
  for command in 'report access' 'report links' 'report population' 'report findings' 'history f99036d2-b1c3-5ba7-8b95-68c0c3315d00 --at HEAD'; do
    # shellcheck disable=SC2086
    palscan_ok $command -f json
    python3 - "$PAL_SOURCE/snapshots/outputs/report-list.schema.json" "$T/.out" <<'END' || fail "$command: the schema refuses it"
import json, sys, jsonschema
schema, output = (json.load(open(name, encoding="utf-8")) for name in sys.argv[1:])
errors = [f"{e.json_path}: {e.message}" for e in jsonschema.Draft202012Validator(schema).iter_errors(output)]
assert not errors, "\n".join(errors[:5])
assert all(output[key] for key in output if key not in ("formatVersion",)), "an empty list shows nothing"
END
  done
}

test_report__list_of_nothing_is_refused() {
  two_nights
  palscan report lynx
  expect_one_error 2
  palscan report links -f html -o "$T/site"
  expect_one_error 2
  palscan report HEAD --at HEAD
  expect_one_error 2
  palscan report --at 2020-01-01 links
  expect_one_error 2
  expect_out_empty
}

run_tests "$@"
