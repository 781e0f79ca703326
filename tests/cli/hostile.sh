#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# hostile.sh - an estate whose names would do harm: terminal escapes, links,
# text that changes direction, formulas, shell commands, forged trailers. It
# goes through every command and format, and nothing of it comes through raw.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# hostile_nights: as two_nights, of the hostile estate
hostile_nights() {
  if [ ! -e "$SUITE/hostile" ]; then
    bash "$PAL_SOURCE/tests/tools/make_hostile.sh" "$DEMO" "$SUITE/estate"
    mkdir -p "$SUITE/hostile.new/d"
    cp "$SUITE/estate"/*.json "$SUITE/hostile.new/d/"
    (
      cd "$SUITE/hostile.new/d"
      export XDG_STATE_HOME=$SUITE/hostile.new/state
      "$PALSCAN" init . >/dev/null
      for night in 1 2; do "$PALSCAN" scan --replay "$SUITE/estate/night-$night" --fail-on none >"../screen-$night" 2>"../said-$night" || [ $? -eq 4 ]; done
    ) || fail "scan: $(cat "$SUITE/hostile.new"/said-*)"
    mv "$SUITE/hostile.new" "$SUITE/hostile"
  fi
  cp -a "$SUITE/hostile/d" "$SUITE/hostile/state" "$T/"
  cd "$T/d"
}

# Statements that print every text column there is.
queries=(
  'SELECT * FROM tenant' 'SELECT * FROM subscription' 'SELECT * FROM link' 'SELECT * FROM role' 'SELECT * FROM delegation'
  'SELECT * FROM customer' 'SELECT * FROM principal' 'SELECT * FROM registry' 'SELECT * FROM waiver' 'SELECT * FROM finding'
  'SELECT * FROM event' 'SELECT * FROM coverage' 'SELECT * FROM deny_assignment' 'SELECT * FROM usage' 'SELECT * FROM accepted_gap'
  'SELECT * FROM previous.subscription'
)

test_hostile__names_really_are_hostile() {
  hostile_nights
  palscan_ok query 'SELECT name FROM subscription' -f json
  jq -e '[.[].name // ""] | any(test("\u001b")) and any(test("\u202e|\u2066")) and any(test("^[=+@-]"))' "$T/.out" >/dev/null || fail "no harm in them"
}

test_hostile__screens_of_the_scans_are_harmless() {
  hostile_nights
  local night
  for night in 1 2; do
    expect_harmless "$SUITE/hostile/screen-$night"
    expect_harmless "$SUITE/hostile/said-$night"
  done
}

test_hostile__every_command_and_format_is_harmless() {
  hostile_nights
  local command format
  for format in text json csv markdown; do
    for command in check 'check --as-recorded' 'check HEAD~1' diff 'diff HEAD HEAD~1' log show 'show HEAD~1' status verify 'policies list' \
      'history provider-automation' 'history provider-automation --at HEAD' 'report access' 'report links' 'report population' 'report findings'; do
      # shellcheck disable=SC2086
      palscan $command -f "$format"
      [ "$status" -le 4 ] || fail "palscan $command ended with $status"
      expect_harmless "$T/.out" "$([ "$format" != csv ] || echo cr)"
      expect_harmless "$T/.err"
      # Every one of these a name may hold, and none of them is palscan's own.
      [ "$format" != markdown ] || ! grep -nP '(?<!\\)(?:\\\\)*[<`\[]' "$T/.out" || fail "palscan $command: Markdown of somebody else"
      [ "$format" != json ] || jq -e . "$T/.out" >/dev/null || fail "palscan $command -f json is no JSON"
    done
  done
}

test_hostile__every_table_in_every_format_is_harmless() {
  hostile_nights
  local sql format
  for sql in "${queries[@]}"; do
    for format in text json csv markdown; do
      palscan_ok query "$sql" -f "$format"
      expect_harmless "$T/.out" "$([ "$format" != csv ] || echo cr)"
      [ "$format" != json ] || jq -e . "$T/.out" >/dev/null || fail "$sql: no JSON"
    done
  done
}

test_hostile__narrow_and_coloured_output_is_harmless_but_for_colour() {
  hostile_nights
  local command columns
  for columns in 40 53 80; do
    for command in check diff show; do
      # shellcheck disable=SC2086
      COLUMNS=$columns CLICOLOR_FORCE=1 palscan $command
      # Colours are palscan's own and nothing else: CSI, digits, m.
      sed "s/$(printf '\033')\[[0-9;]*m//g" "$T/.out" >"$T/plain"
      expect_harmless "$T/plain"
      ! sed 's/\\u{1b}//g' "$T/.out" | grep -q "$(printf '\033')\[5m" || fail "a colour of somebody else"
    done
  done
}

test_hostile__person_by_a_hostile_name() {
  hostile_nights
  local name
  while read -r name; do
    palscan show --person "$(printf '%s' "$name" | jq -r .)"
    [ "$status" -eq 0 ] || [ "$status" -eq 2 ] || fail "exit status $status"
    expect_harmless "$T/.out"
    expect_harmless "$T/.err"
  done < <(jq -c '.principals[].name' estate.json)
}

test_hostile__history_by_a_hostile_name() {
  hostile_nights
  local name at format
  while IFS= read -r name; do
    name=$(jq -r . <<<"$name")
    for at in '' '--at=HEAD'; do
      for format in text markdown csv; do
        palscan history "$name" ${at:+"$at"} -f "$format"
        expect_harmless "$T/.out" "$([ "$format" != csv ] || echo cr)"
        expect_harmless "$T/.err"
      done
    done
  done < <(jq -c '.principals[].name' estate.json)
}

test_hostile__acceptance_of_a_hostile_finding() {
  hostile_nights
  local fingerprint
  fingerprint=$("$PALSCAN" check -f json --fail-on none | jq -r '[.findings[] | select(.verdict == "fail" and .status == "open")][0].fingerprint')
  palscan_ok waive "$fingerprint" --reason "$(printf '\033]0;x\007')" --owner "$(printf '\xe2\x80\xae')" --requester q --approver a --until "$(date -u -d '+300 days' +%F)"
  expect_harmless "$T/.out"
  expect_harmless "$T/.err"
  grep "$fingerprint" waivers.json >"$T/line"
  expect_harmless "$T/line"
}

test_hostile__history_is_harmless_to_stock_git() {
  hostile_nights
  git_ log -p --no-ext-diff --no-textconv >"$T/log"
  expect_harmless "$T/log"
  # No name enters a message; the trailers are palscan's own.
  expect_equal "$(git_ log --format=%B | grep -c '^Palscan-Kind: ')" 2 "kinds"
  git_ log --format=%B >"$T/messages"
  ! LC_ALL=C grep -q '[^ -~]' "$T/messages" || fail "more than plain text in a message"
  expect_sound
}

test_hostile__snapshot_is_whole_and_says_what_it_was_told() {
  hostile_nights
  palscan_ok verify
  # What jq decodes out of git is the very name the service gave.
  local path want
  path=$(git_ ls-tree -r --name-only HEAD | grep '/subscription\.json$' | while read -r p; do
    if git_ show "HEAD:$p" | jq -e '.displayName // "" | test("\u001b")' >/dev/null; then printf '%s\n' "$p"; fi
  done | sed -n 1p)
  [ -n "$path" ] || fail "no subscription with an escape in its name"
  want=$(git_ show "HEAD:$path" | jq '[.subscriptionId, .displayName]' -c)
  palscan_ok query "SELECT id, name FROM subscription WHERE id = '$(printf %s "$path" | cut -d/ -f5)'" -f json
  expect_equal "$(jq -c '.[0] | [.id, .name]' "$T/.out")" "$want" name
}

# Cells that a spreadsheet would take for a formula open with a single quote;
# taking one quote away gives the text back.
test_hostile__csv_is_defused_and_reversible() {
  command -v sqlite3 >/dev/null || skip "no sqlite3 here"
  hostile_nights
  local sql
  for sql in 'SELECT id, name FROM subscription' 'SELECT id, name FROM tenant' 'SELECT tenant_id, name, owner FROM customer' 'SELECT fingerprint, message, subject FROM finding'; do
    palscan_ok query "$sql" -f csv
    cp "$T/.out" "$T/cells.csv"
    rm -f "$T/db"
    sqlite3 -batch "$T/db" -cmd '.mode csv' ".import $T/cells.csv f"
    local columns column n=0
    columns=$(sqlite3 "$T/db" "SELECT name FROM pragma_table_info('f')")
    for column in $columns; do
      n=$((n + $(sqlite3 "$T/db" "SELECT count(*) FROM f WHERE substr(\"$column\", 1, 1) IN ('=', '+', '-', '@', char(9), char(13))")))
    done
    expect_equal "$n" 0 "cells that are formulas"
    # The first two columns, in the order printed, as JSON has them.
    palscan_ok query "$sql" -f json
    jq -r '.[] | [.[keys_unsorted[1]] // ""] | @json' "$T/.out" >"$T/json"
    sqlite3 "$T/db" "SELECT json_array(CASE WHEN substr(x, 1, 1) = '''' THEN substr(x, 2) ELSE x END) FROM (SELECT \"$(printf '%s\n' "$columns" | sed -n 2p)\" AS x FROM f)" >"$T/csv"
    expect_equal "$(wc -l <"$T/csv")" "$(wc -l <"$T/json")" "rows"
    # In CSV hostile characters are spelt out; where there are none the texts are equal.
    paste "$T/json" "$T/csv" | jq -Rc 'split("\t") | map(fromjson[0]) | select(.[1] | contains("\\u{") | not) | select(.[0] != .[1])' >"$T/differ"
    [ ! -s "$T/differ" ] || fail "not reversible: $(head -n 3 "$T/differ")"
  done
}

test_hostile__nothing_was_run_or_written_elsewhere() {
  hostile_nights
  palscan check
  palscan show
  palscan diff
  expect_equal "$(find "$T" "$SUITE/hostile" -name '*pwned*' | wc -l)" 0 "files"
  expect_equal "$(names .)" "estate.json mpn.json palscan.json snapshots.git waivers.json "
}

test_hostile__recording_of_it_is_harmless_and_the_same() {
  hostile_nights
  palscan scan --replay "$SUITE/estate/night-2" --record "$T/own" --dry-run --fail-on none -o /dev/null
  local tree har
  tree=$(sed -n 's/^dry run.*tree //p' "$T/.err")
  [ -n "$tree" ] || fail "no tree"
  for har in "$T/own"/*/*.har "$T/own/session.json"; do expect_harmless "$har"; done
  palscan scan --replay "$T/own" --dry-run --fail-on none -o /dev/null
  expect_equal "$(sed -n 's/^dry run.*tree //p' "$T/.err")" "$tree" tree
}

run_tests "$@"
