#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# scan.sh - palscan scan, by replays: what is committed, what is refused, and
# that nothing but the answers, the parent and the inputs decides the tree.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

FABRIKAM=189136cf-9549-546a-8cbf-5491c9c4aa3e

# dry_tree ARGUMENT...: the tree id that a dry run prints
dry_tree() {
  "$PALSCAN" scan --dry-run -o /dev/null --fail-on none "$@" 2>"$T/.dry" || :
  sed -n 's/^dry run, nothing committed; tree \([0-9a-f]\{40\}\)$/\1/p' "$T/.dry"
}

test_scan__replay_into_an_empty_repository_commits_one_snapshot() {
  no_night
  palscan scan --replay "$DEMO/night-1"
  expect_status 3
  expect_out 'tenants read completely'
  expect_err "committed $(head_of)"
  expect_equal "$(git_ rev-list --count HEAD)" 1
  expect_sound
  palscan_ok verify
}

test_scan__every_trailer_stands_once() {
  one_night
  git_ log -1 --format=%B >"$T/message"
  local name
  for name in Repository Run Sequence Kind Scope Started Finished Version Coverage Disclosure; do
    expect_equal "$(grep -c "^Palscan-$name: " "$T/message")" 1 "Palscan-$name"
  done
  expect_equal "$(grep -c '^Palscan-' "$T/message")" 10 trailers
  grep -q '^Palscan-Kind: replay$' "$T/message" || fail "is no replay"
  grep -q '^Palscan-Started: 2026-11-19T02:00:00Z$' "$T/message" || fail "did not start when the recording did"
}

test_scan__second_night_has_the_first_as_parent() {
  one_night
  local first
  first=$(head_of)
  palscan scan --replay "$DEMO/night-2"
  expect_status 3
  expect_equal "$(head_of HEAD~1)" "$first"
  expect_equal "$(git_ log -1 --format=%B | sed -n 's/^Palscan-Sequence: //p')" 2
}

test_scan__same_night_again_changes_no_fact() {
  one_night
  palscan scan --replay "$DEMO/night-1"
  git_ diff --name-only HEAD~1 HEAD >"$T/changed"
  if grep -vE '^inputs/history\.json$|findings\.json$' "$T/changed"; then fail "a fact file changed"; fi
}

test_scan__dry_run_prints_the_tree_id_that_a_run_commits_and_writes_nothing() {
  one_night
  remember
  palscan scan --replay "$DEMO/night-2" --dry-run
  expect_status 3
  expect_err 'dry run, nothing committed; tree '
  local tree
  tree=$(sed -n 's/^dry run.*tree //p' "$T/.err")
  expect_unchanged
  expect_equal "$(names "$T" | tr ' ' '\n' | grep -c '^palscan-' || :)" 0 "leftovers in TMPDIR"
  palscan scan --replay "$DEMO/night-2"
  expect_equal "$(tree_of)" "$tree" tree
}

test_scan__dry_run_without_a_repository_works() {
  no_night
  rm -rf snapshots.git
  palscan scan --replay "$DEMO/night-1" --dry-run
  expect_status 3
  expect_no_file snapshots.git
}

test_scan__dry_run_onto_an_earlier_snapshot_builds_upon_it() {
  two_nights
  local second
  second=$(tree_of)
  expect_equal "$(dry_tree --replay "$DEMO/night-2" --onto HEAD~1)" "$second" tree
  expect_equal "$(dry_tree --replay "$DEMO/night-2" --onto 2026-11-19)" "$second" tree
}

# The tree is a pure function: locale, zone, umask, home, concurrency and the
# time of the day do not enter it.
test_scan__other_world_gives_the_same_tree() {
  one_night
  local want got
  want=$(dry_tree --replay "$DEMO/night-2")
  [ -n "$want" ] || fail "no tree id: $(cat "$T/.dry")"
  got=$(TZ='<-1130>11:30' dry_tree --replay "$DEMO/night-2")
  expect_equal "$got" "$want" "tree in another zone"
  got=$(LC_ALL=C.UTF-8 LANG=xx dry_tree --replay "$DEMO/night-2")
  expect_equal "$got" "$want" "tree in another locale"
  got=$(umask 0 && dry_tree --replay "$DEMO/night-2")
  expect_equal "$got" "$want" "tree under another umask"
  got=$(umask 077 && HOME=$T/.err/none COLUMNS=40 TERM=xterm CLICOLOR_FORCE=1 dry_tree --replay "$DEMO/night-2")
  expect_equal "$got" "$want" "tree from another home"
  cp -a "$T/d" "$T/elsewhere"
  got=$(cd / && dry_tree --config "$T/elsewhere/palscan.json" --replay "$DEMO/night-2")
  expect_equal "$got" "$want" "tree from another folder"
  sed -i 's/"usageWindowMonths"/"concurrency": 1, &/' palscan.json
  got=$(dry_tree --replay "$DEMO/night-2")
  expect_equal "$got" "$want" "tree with one request at a time"
  if [ -n "${TEST_LOCPATH:-}" ]; then
    got=$(LOCPATH=$TEST_LOCPATH LC_ALL=tr_TR.UTF-8 dry_tree --replay "$DEMO/night-2")
    expect_equal "$got" "$want" "tree in Turkish"
  fi
}

test_scan__other_order_of_inputs_gives_the_same_facts() {
  no_night
  palscan scan --replay "$DEMO/night-1"
  local want
  want=$(git_ rev-parse HEAD:tenants HEAD:inputs HEAD:findings.json | sha256sum)
  rm -rf snapshots.git
  # The estate's customers and principals the other way round; comments are not kept by jq.
  sed 's#^//.*##' "$DEMO/estate.json" | jq '.customers |= reverse | .principals |= reverse' >estate.json
  palscan_ok init .
  palscan scan --replay "$DEMO/night-1"
  expect_equal "$(git_ rev-parse HEAD:tenants HEAD:inputs HEAD:findings.json | sha256sum)" "$want" "facts and inputs"
}

test_scan__replay_of_the_own_recording_gives_the_same_tree() {
  one_night
  palscan scan --replay "$DEMO/night-2" --record "$T/own" --dry-run
  expect_status 3
  local want
  want=$(sed -n 's/^dry run.*tree //p' "$T/.err")
  expect_file "$T/own/session.json"
  expect_equal "$(dry_tree --replay "$T/own")" "$want" "tree of the recording"
  palscan scan --replay "$T/own" --record "$T/again" --dry-run
  diff -r "$T/own" "$T/again" >"$T/differ" || fail "a recording of a recording differs: $(head -n 5 "$T/differ")"
}

test_scan__recording_holds_no_secret_and_is_private() {
  no_night
  palscan scan --replay "$DEMO/night-1" --record "$T/own" --dry-run
  grep -q 'REDACTED' "$T/own/provider-automation/"*.har || fail "no token exchange in it"
  local secrets
  secrets=$(cat "$T"/own/*/*.har | grep -oE '(client_secret|refresh_token)=[^&"]*' | sort -u)
  expect_equal "$(printf '%s\n' "$secrets" | grep -vc '=REDACTED$' || :)" 0 "secrets"
  expect_equal "$(find "$T/own" -type f ! -perm 600 | wc -l)" 0 "files others may read"
}

test_scan__record_into_a_folder_that_is_not_empty_is_refused() {
  no_night
  mkdir "$T/own"
  echo mine >"$T/own/mine"
  remember
  palscan scan --replay "$DEMO/night-1" --record "$T/own"
  expect_one_error 2
  expect_unchanged
  expect_equal "$(names "$T/own")" "mine "
}

test_scan__missing_exchange_is_named_and_nothing_committed() {
  one_night
  cp -r "$DEMO/night-2" "$T/rec"
  local har=$T/rec/provider-automation/$FABRIKAM.har
  jq 'del(.log.entries[] | select(.request.url | contains("roleAssignments")))' "$har" >"$T/har" && mv "$T/har" "$har"
  remember
  palscan scan --replay "$T/rec"
  expect_one_error 2
  expect_err provider-automation
  expect_err "$FABRIKAM"
  expect_err roleAssignments
  expect_no_file "$T/out"
  expect_unchanged
}

test_scan__missing_har_is_named_and_nothing_committed() {
  one_night
  cp -r "$DEMO/night-2" "$T/rec"
  rm "$T/rec/carla/"*.har
  remember
  palscan scan --replay "$T/rec"
  expect_one_error 2
  expect_err carla
  expect_unchanged
}

test_scan__recording_of_before_the_last_snapshot_is_refused() {
  two_nights
  remember
  palscan scan --replay "$DEMO/night-1"
  expect_one_error 2
  expect_err 2026-11-19T02:00:00Z
  expect_unchanged
}

# contradiction KEY SED: the configuration says something else than the recording
contradiction() {
  sed -i "$2" palscan.json
  palscan scan --replay "$DEMO/night-2"
  expect_one_error 2
  expect_err "at \$.$1:"
  expect_err 'contradicts the recording'
  cp "$DEMO/palscan.json" palscan.json
}
test_scan__contradicting_configuration_is_refused() {
  one_night
  remember
  contradiction cloud 's/AzurePublicCloud/AzureUSGovernment/'
  contradiction names 's/"ours"/"all"/'
  contradiction usageWindowMonths 's/\("usageWindowMonths": \)2/\13/'
  contradiction collect 's/"usage", //'
  contradiction identities 's/"provider-automation"/"provider-automatic"/'
  contradiction identities 's/55ff64bf-7b28-59a0-b945-93403244987c/55ff64bf-7b28-59a0-b945-93403244987d/'
  expect_unchanged
}

test_scan__policy_settings_are_not_the_recordings_business() {
  one_night
  sed -i 's/"names": "ours"/"names": "ours", "policies": { "disable": ["PAL001"] }/' palscan.json
  palscan scan --replay "$DEMO/night-2"
  expect_status 3
  expect_out '1 disabled'
  expect_equal "$(git_ show HEAD:inputs/settings.json | jq -c .disable)" '["PAL001"]'
}

# A repository of live runs cannot be made without a cloud; one is forged out of
# a replay by changing its kind, and its tip accepted.
test_scan__replay_into_a_repository_of_live_runs_is_refused() {
  one_night
  local tree live
  tree=$(tree_of)
  live=$(message_of | sed 's/^replay /scan /; s/^Palscan-Kind: replay$/Palscan-Kind: scan/' | FORGE_DATE=2026-11-19T02:03:41Z forge "$tree")
  git_ update-ref refs/heads/main "$live"
  remember
  palscan scan --replay "$DEMO/night-2" --accept-tip "$live"
  expect_one_error 2
  expect_err 'live runs'
  expect_equal "$(head_of)" "$live" HEAD
  # … but a dry run may look.
  palscan scan --replay "$DEMO/night-2" --dry-run
  expect_status 3
}

test_scan__only_new_findings_decide_unless_asked_otherwise() {
  two_nights
  # The same night again: nothing is new.
  palscan scan --replay "$DEMO/night-2"
  expect_status 4
  expect_err ' 0 new open findings'
  palscan scan --replay "$DEMO/night-2" --fail-scope all
  expect_status 3
  palscan scan --replay "$DEMO/night-2" --fail-scope all --fail-on none
  expect_status 4
}

test_scan__less_complete_than_asked_for_exits_4() {
  one_night
  palscan scan --replay "$DEMO/night-1" --min-coverage 99%
  expect_status 4
  expect_err '(below --min-coverage)'
  palscan scan --replay "$DEMO/night-1" --min-coverage 101
  expect_one_error 2
}

test_scan__quiet_says_nothing_on_stderr() {
  one_night
  palscan scan --replay "$DEMO/night-2" -q
  expect_status 3
  expect_err_empty
}

test_scan__lock_held_exits_6_and_changes_nothing() {
  one_night
  command -v flock >/dev/null || skip "no flock here"
  mkdir -p snapshots.git/palscan
  remember
  exec 9>>snapshots.git/palscan/lock
  flock -n 9
  palscan scan --replay "$DEMO/night-2"
  expect_one_error 6
  exec 9>&-
  expect_unchanged
  palscan scan --replay "$DEMO/night-2"
  expect_status 3
}

test_scan__two_at_once_one_commits_and_the_other_says_so() {
  one_night
  local a b
  "$PALSCAN" scan --replay "$DEMO/night-2" -q -o /dev/null >"$T/a" 2>&1 &
  a=$!
  "$PALSCAN" scan --replay "$DEMO/night-2" -q -o /dev/null >"$T/b" 2>&1 &
  b=$!
  local one=0 other=0
  wait "$a" || one=$?
  wait "$b" || other=$?
  case "$one $other" in
  '3 6' | '6 3') expect_equal "$(git_ rev-list --count HEAD)" 2 ;;
  # One had ended before the other began.
  '3 4' | '4 3') expect_equal "$(git_ rev-list --count HEAD)" 3 ;;
  *) fail "ended with $one and $other: $(cat "$T/a" "$T/b")" ;;
  esac
  expect_sound
  palscan_ok verify
}

test_scan__branch_moved_by_another_program_is_refused_until_accepted() {
  two_nights
  local tip first
  tip=$(head_of)
  first=$(head_of HEAD~1)
  git_ update-ref refs/heads/main "$first"
  palscan scan --replay "$DEMO/night-2"
  expect_one_error 7
  expect_err "$first"
  expect_err "$tip"
  expect_err --accept-tip
  expect_equal "$(head_of)" "$first" HEAD
  palscan scan --replay "$DEMO/night-2" --accept-tip "${first:0:12}"
  expect_one_error 2
  palscan scan --replay "$DEMO/night-2" --accept-tip "$tip"
  expect_one_error 7
  palscan scan --replay "$DEMO/night-2" --accept-tip "$first"
  expect_status 3
  palscan_ok verify
}

test_scan__repository_without_recorded_state_is_refused() {
  one_night
  rm -rf "$XDG_STATE_HOME"
  palscan scan --replay "$DEMO/night-2"
  expect_one_error 7
  expect_err --accept-tip
  palscan scan --replay "$DEMO/night-2" --accept-tip "$(head_of)"
  expect_status 3
}

test_scan__branch_gone_is_refused() {
  one_night
  git_ update-ref -d refs/heads/main
  palscan scan --replay "$DEMO/night-2"
  expect_one_error 7
}

# Another process forges a child commit with stock git: no scan builds upon it.
test_scan__forged_child_commit_is_refused_and_the_branch_stays() {
  one_night
  local forged
  forged=$(message_of | sed 's/^Palscan-Sequence: 1/Palscan-Sequence: 2/; s/^replay 1 /replay 2 /' | FORGE_DATE=2026-11-19T02:03:41Z forge "$(tree_of)" -p HEAD)
  git_ update-ref refs/heads/main "$forged"
  remember
  # It is a commit as palscan makes them; only that this user did not make it is wrong.
  palscan_ok log
  palscan scan --replay "$DEMO/night-2"
  expect_one_error 7
  expect_err 'another program moved it'
  expect_equal "$(head_of)" "$forged" HEAD
  expect_unchanged
}

test_scan__live_without_a_trusted_configuration_is_refused() {
  no_night
  palscan scan
  expect_one_error 2
  expect_err 'working directory'
  chmod 666 palscan.json
  palscan --config palscan.json scan
  expect_one_error 2
  expect_err 'others may write'
}

test_scan__live_and_offline_opens_no_socket() {
  no_night
  printf 'dummy-secret-value' >app.secret
  for name in anna ben carla pp-maker; do printf 'dummy-token-value' >"$name.token"; done
  chmod 600 app.secret ./*.token
  chmod 644 palscan.json
  remember
  palscan --config palscan.json scan --offline
  expect_one_error 2
  expect_no_err dummy
  rm -rf "$XDG_STATE_HOME"
  expect_equal "$(git_ rev-list --all --count)" 0 commits
}

test_scan__secret_file_that_others_may_read_is_refused() {
  no_night
  printf 'dummy-secret-value' >app.secret
  for name in anna ben carla pp-maker; do printf 'dummy-token-value' >"$name.token"; done
  chmod 600 ./*.token
  chmod 644 app.secret palscan.json
  palscan --config palscan.json scan --offline
  expect_one_error 2
  expect_err app.secret
  expect_no_err dummy-secret
}

test_scan__interrupted_exits_130_and_resumes() {
  one_night
  local tree ended=0
  tree=$(dry_tree --replay "$DEMO/night-2")
  # A signal that is pending from the very beginning cannot be sent from a shell;
  # so it is tried until one arrives during the reading.
  local try
  for try in $(seq 60); do
    ended=0
    "$PALSCAN" scan --replay "$DEMO/night-2" -q -o /dev/null 2>"$T/.err" &
    sleep "0.0$((try % 10))$((try / 10))"
    kill -INT $! 2>/dev/null || :
    wait $! || ended=$?
    [ "$ended" -ne 130 ] || break
    if [ "$(git_ rev-list --count HEAD)" -ne 1 ]; then
      rm -rf "$T/d" "$T/state"
      one_night
    fi
  done
  [ "$ended" -eq 130 ] || skip "no signal came in time"
  expect_err 'interrupted'
  expect_equal "$(git_ rev-list --count HEAD)" 1 commits
  if [ -e "$(state_dir)/journal" ]; then
    palscan scan --replay "$DEMO/night-2" --resume
  else
    palscan scan --replay "$DEMO/night-2"
  fi
  expect_status 3
  expect_equal "$(tree_of)" "$tree" tree
}

# A journal left by a killed run: made by a recording that ends in the middle.
leave_journal() {
  cp -r "$DEMO/night-2" "$T/half"
  local har=$T/half/provider-automation/$FABRIKAM.har
  jq 'del(.log.entries[] | select(.request.url | contains("roleAssignments")))' "$har" >"$T/har" && mv "$T/har" "$har"
  palscan scan --replay "$T/half"
  expect_status 2
  expect_file "$(state_dir)/journal"
}

test_scan__resume_goes_on_and_gives_the_same_tree() {
  one_night
  local want
  want=$(dry_tree --replay "$DEMO/night-2")
  leave_journal
  palscan scan --replay "$DEMO/night-2" --resume
  expect_status 3
  expect_equal "$(tree_of)" "$want" tree
  expect_no_file "$(state_dir)/journal"
}

test_scan__resume_with_other_inputs_is_refused() {
  one_night
  leave_journal
  remember
  sed -i 's/"Fabrikam"/"Fabrikam AG"/' estate.json
  palscan scan --replay "$DEMO/night-2" --resume
  expect_one_error 2
  expect_equal "$(git_ rev-list --count HEAD)" 1
}

test_scan__torn_last_frame_is_dropped_at_resume() {
  one_night
  local want size journal
  want=$(dry_tree --replay "$DEMO/night-2")
  leave_journal
  journal=$(state_dir)/journal
  size=$(stat -c %s "$journal")
  truncate -s $((size - 7)) "$journal"
  palscan scan --replay "$DEMO/night-2" --resume
  expect_status 3
  expect_equal "$(tree_of)" "$want" tree
}

test_scan__changed_frame_in_the_journal_is_refused() {
  one_night
  leave_journal
  local journal
  journal=$(state_dir)/journal
  printf X | dd of="$journal" bs=1 seek=400 conv=notrunc 2>/dev/null
  palscan scan --replay "$DEMO/night-2" --resume
  expect_one_error 7
  expect_equal "$(git_ rev-list --count HEAD)" 1
  # Without --resume a new run begins, and the leftover goes.
  palscan scan --replay "$DEMO/night-2"
  expect_status 3
}

test_scan__resume_without_a_journal_says_so() {
  one_night
  palscan scan --replay "$DEMO/night-2" --resume
  expect_one_error 2
  palscan scan --replay "$DEMO/night-2" --resume --dry-run
  expect_one_error 2
}

test_scan__no_output_possible_says_that_the_run_is_committed() {
  one_night
  status=0
  "$PALSCAN" scan --replay "$DEMO/night-2" >/dev/full 2>"$T/.err" || status=$?
  expect_status 1
  expect_err 'the run is committed'
  expect_equal "$(git_ rev-list --count HEAD)" 2
}

test_scan__options_that_exclude_each_other_are_refused() {
  one_night
  palscan scan --onto HEAD
  expect_one_error 2
  palscan scan --replay "$DEMO/night-2" --fail-on severe
  expect_one_error 2
  expect_err 'none, low, medium, high, critical'
  PALSCAN_REPLAY=$DEMO/night-2 palscan scan
  expect_one_error 2
}

run_tests "$@"
