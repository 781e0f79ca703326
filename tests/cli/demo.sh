#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# demo.sh - palscan demo, and what its two nights look like in every format.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# Only the ids of commits change from run to run: they hold random ids.
mask() {
  local first last
  first=$(head_of HEAD~1)
  last=$(head_of)
  sed -e "s/$first/<night-1>/g; s/$last/<night-2>/g; s/${first:0:12}/<night-1>/g; s/${last:0:12}/<night-2>/g" "$1"
}

test_demo__empty_folder_two_nights_and_what_to_type_next() {
  palscan_ok demo d
  expect_out 'Night 1, 2026-11-19: 20 of 22'
  expect_out 'Night 2, 2026-11-20: 19 of 22'
  expect_out 'tenants read completely'
  expect_out 'What to type next:'
  expect_err_empty
  expect_equal "$(git_ rev-list --count HEAD)" 2
  expect_sound
  (cd d && palscan_ok verify)
}

# What the demo itself says; reports keep to the width they are given.
test_demo__own_lines_fit_on_80_columns() {
  COLUMNS=80 palscan_ok demo d
  local longest
  longest=$(LC_ALL=C.UTF-8 wc -L <"$T/.out")
  [ "$longest" -le 80 ] || fail "a line is $longest wide"
}

test_demo__without_argument_uses_palscan_demo() {
  palscan_ok demo
  expect_file palscan-demo/snapshots.git/HEAD
  expect_equal "$(names .)" "palscan-demo state "
}

test_demo__any_machine_ends_within_five_seconds() {
  local from=$EPOCHREALTIME
  palscan_ok demo d
  # Microseconds; the decimal mark follows the locale. A sanitizer takes its time.
  local us=$((${EPOCHREALTIME//[.,]/} - ${from//[.,]/})) most=5000000
  grep -qs '^PALSCAN_SANITIZE:.*=..*' "$PAL_BUILD/CMakeCache.txt" && most=60000000
  [ "$us" -lt "$most" ] || fail "took $us us"
}

test_demo__twice_in_one_folder_begins_anew() {
  palscan_ok demo d
  local first tree
  first=$(head_of)
  tree=$(tree_of)
  palscan_ok demo d
  expect_different "$(head_of)" "$first" commit
  expect_equal "$(tree_of)" "$tree" tree
  expect_equal "$(git_ rev-list --count HEAD)" 2
  # The state of the repository that was replaced went with it.
  expect_equal "$(find "$XDG_STATE_HOME/palscan" -mindepth 1 -maxdepth 1 -type d | wc -l)" 1 "state folders"
}

# Installed without what it copies and replays.
test_demo__missing_recording_leaves_no_folder() {
  mkdir -p "$T/p/bin" "$T/p/share/palscan"
  cp "$PALSCAN" "$T/p/bin/palscan"
  cp -R "$PAL_SOURCE/policies" "$T/p/share/palscan/"
  local file
  for file in palscan.json waivers.json night-2/session.json; do
    mkdir -p "$T/p/share/palscan/snapshots"
    rm -rf "$T/p/share/palscan/snapshots/demo"
    cp -R "$DEMO" "$T/p/share/palscan/snapshots/demo"
    rm "$T/p/share/palscan/snapshots/demo/$file"
    run "$T/p/bin/palscan" demo "$T/made"
    expect_one_error 2
    expect_err "$file"
    expect_no_file "$T/made"
  done
}

test_demo__folder_of_somebody_else_is_refused() {
  mkdir d
  echo 'thesis' >d/thesis.tex
  palscan demo d
  expect_one_error 2
  expect_err thesis.tex
  expect_equal "$(names d)" "thesis.tex "
  expect_equal "$(cat d/thesis.tex)" thesis
}

test_demo__folder_with_a_configuration_of_ones_own_is_refused() {
  mkdir d
  (cd d && palscan_ok init .)
  cp d/palscan.json before
  palscan demo d
  expect_one_error 2
  expect_same_file before d/palscan.json
}

# A repository that holds anything but the demonstration's two nights is somebody's work.
test_demo__repository_with_other_runs_is_refused() {
  two_nights
  local live
  live=$(message_of HEAD~1 | sed 's/^replay /scan /; s/^Palscan-Kind: replay$/Palscan-Kind: scan/' | FORGE_DATE=2026-11-19T02:03:41Z forge "$(tree_of HEAD~1)")
  git_ update-ref refs/heads/main "$live"
  cd "$T"
  palscan demo d
  expect_one_error 2
  expect_equal "$(head_of)" "$live" HEAD
  rm d/*.json
  palscan demo d
  expect_one_error 2
  expect_equal "$(head_of)" "$live" HEAD
}

test_demo__file_that_was_edited_since_is_kept() {
  two_nights
  cd "$T"
  sed -i 's/Contoso Nederland/Contoso/' d/estate.json
  cp d/estate.json edited
  palscan demo d
  expect_one_error 2
  expect_err estate.json
  expect_same_file edited d/estate.json
}

test_demo__file_in_place_of_the_folder_is_refused() {
  echo mine >d
  palscan demo d
  [ "$status" -ne 0 ] || fail "ended with 0"
  expect_equal "$(cat d)" mine
}

test_demo__no_network_at_all_works() {
  unshare -n true 2>/dev/null || skip "no right to a network namespace"
  run unshare -n "$PALSCAN" demo d
  expect_status 0
}

test_demo__other_format_or_output_is_refused() {
  palscan demo -f json d
  expect_one_error 2
  palscan demo -o out d
  expect_one_error 2
  expect_no_file d
  PALSCAN_FORMAT=json palscan_ok demo d
}

test_demo__inputs_are_copied_and_nothing_else() {
  palscan_ok demo d
  expect_equal "$(names d)" "estate.json mpn.json palscan.json snapshots.git waivers.json "
  for name in palscan.json mpn.json estate.json waivers.json; do expect_same_file "$DEMO/$name" "d/$name"; done
}

test_demo__committed_tree_has_no_trace_of_the_machine() {
  two_nights
  git_ archive HEAD | tar -x -C "$T" --one-top-level=tree
  if grep -rlF -e "$PAL_SOURCE" -e "$PAL_BUILD" -e "$SUITE" -e "$(hostname)" "$T/tree"; then fail "names of this machine"; fi
}

test_demo__first_screen_and_changes_equal_the_golden_files() {
  two_nights
  local format night
  for format in text json csv markdown; do
    for night in 1 2; do
      palscan check "HEAD~$((2 - night))" --as-recorded --fail-on none --no-color -f "$format"
      mask "$T/.out" >"$T/masked"
      golden "night-$night.$format" "$T/masked"
    done
    palscan_ok diff --last -f "$format"
    mask "$T/.out" >"$T/masked"
    golden "diff.$format" "$T/masked"
  done
}

test_demo__screen_of_the_demo_equals_the_golden_file() {
  palscan_ok demo d
  mask "$T/.out" >masked
  golden demo.text masked
}

# What the README shows is what is printed, line by line.
test_demo__tour_of_the_readme_is_what_is_printed() {
  palscan_ok demo palscan-demo
  {
    mask_ids <.out
    cd palscan-demo
    "$PALSCAN" show --person Ben
    "$PALSCAN" verify
    git -C snapshots.git diff HEAD~1 HEAD -- 'tenants/18/*/identities/*'
  } >"$T/said"
  # \140 is a backtick: what stands between the fences, less the commands.
  sed -n '/^<!-- tour: every/,/^<!-- tour: end/p' "$PAL_SOURCE/README.md" |
    awk '/^\140\140\140console$/ { on = 1; next } /^\140\140\140/ { on = 0 } on && NF && !/^(\$ |…$)/' >"$T/tour"
  [ "$(wc -l <"$T/tour")" -gt 20 ] || fail "hardly any tour"
  while IFS= read -r line; do
    grep -qxF -e "$line" "$T/said" || fail "the README shows a line that is not printed: $line"
  done <"$T/tour"
}
# Snapshot ids are written as an ellipsis.
mask_ids() { sed 's/snapshot [0-9a-f]\{12\}/snapshot …/'; }

test_demo__both_trees_equal_the_golden_ids() {
  two_nights
  { tree_of HEAD~1 && tree_of HEAD; } >"$T/trees"
  golden trees "$T/trees"
}

run_tests "$@"
