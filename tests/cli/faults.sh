#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# faults.sh [KILLS] - a run that is killed, or meets a full disk, at every
# point: the old snapshot stands or the new one, and the next run works.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

KILLS=200
FAULT=$PAL_BUILD/tests/tools/fault.so

sanitized() { grep -qs '^PALSCAN_SANITIZE:.*=..*' "$PAL_BUILD/CMakeCache.txt"; }

# again: the first night as it was, with what a second night makes of it in $want
again() {
  chmod -R u+w "$T/d" "$T/state" 2>/dev/null || :
  rm -rf "$T/d" "$T/state"
  one_night
}
prepare() {
  one_night
  old=$(tree_of)
  palscan scan --replay "$DEMO/night-2" -q -o /dev/null
  expect_status 3
  want=$(tree_of)
  # The same night upon itself: what a run makes of it when the killed one had ended.
  palscan scan --replay "$DEMO/night-2" -q -o /dev/null
  twice=$(tree_of)
}

# old_or_new WHAT: the snapshot that stands is one of the two, whole to stock git; the next run works and leaves no litter
old_or_new() {
  local tree
  tree=$(tree_of) || fail "$1: no snapshot stands"
  [ "$tree" = "$old" ] || [ "$tree" = "$want" ] || fail "$1: neither the old snapshot nor the new one"
  expect_sound
  palscan scan --replay "$DEMO/night-2" -q -o /dev/null
  [ "$status" -eq 3 ] || [ "$status" -eq 4 ] || fail "$1: the next run ends with $status"
  if [ "$tree" = "$old" ]; then expect_equal "$(tree_of)" "$want" "$1: the next tree"; else expect_equal "$(tree_of)" "$twice" "$1: the next tree"; fi
  find snapshots.git -name '*.lock' -o -name '*tmp*' -o -path '*/objects/pack/*' ! -name 'pack-*.pack' ! -name 'pack-*.idx' ! -name 'pack-*.rev' >"$T/litter"
  [ ! -s "$T/litter" ] || fail "$1: litter: $(tr '\n' ' ' <"$T/litter")"
  expect_no_file "$(state_dir)/journal"
  expect_no_file "$(state_dir)/next"
}

test_faults__killed_at_any_time_old_snapshot_or_new() {
  prepare
  local i us from before=0 after=0
  again
  from=${EPOCHREALTIME//[.,]/}
  palscan scan --replay "$DEMO/night-2" -q -o /dev/null
  us=$((${EPOCHREALTIME//[.,]/} - from))
  for ((i = 0; i < KILLS; i++)); do
    again
    "$PALSCAN" scan --replay "$DEMO/night-2" -q -o /dev/null >/dev/null 2>&1 &
    # Evenly spread over a whole run and a little more, and a little by chance.
    local wait=$((us * i * 12 / KILLS / 10 + RANDOM % 3000))
    sleep "$((wait / 1000000)).$(printf %06d $((wait % 1000000)))"
    kill -9 $! 2>/dev/null || :
    wait $! 2>/dev/null || :
    if [ "$(tree_of)" = "$old" ]; then before=$((before + 1)); else after=$((after + 1)); fi
    old_or_new "killed after $wait us"
  done
  palscan_ok verify
  printf '  killed %d times: %d before the branch moved, %d after\n' "$KILLS" "$before" "$after"
  [ "$before" -gt 0 ] || fail "never killed in time"
}

# points WRITES: how many calls of a run change what stands on the disk
points() {
  sanitized && skip "a library cannot be preloaded before a sanitizer"
  [ -e "$FAULT" ] || skip "no $FAULT"
  again
  run env FAULT_COUNT="$T/count" FAULT_WRITES="$1" LD_PRELOAD="$FAULT" "$PALSCAN" scan --replay "$DEMO/night-2" -q -o /dev/null
  expect_status 3
  count=$(cat "$T/count")
  [ "$count" -gt 20 ] || fail "only $count calls are counted"
}

test_faults__killed_before_each_change_of_the_disk_old_snapshot_or_new() {
  prepare
  points 1
  local n
  for ((n = 1; n <= count; n++)); do
    again
    run env FAULT_AT="$n" FAULT_KILL=1 FAULT_WRITES=1 LD_PRELOAD="$FAULT" "$PALSCAN" scan --replay "$DEMO/night-2" -q -o /dev/null
    # The dates of the commit differ: some bytes fewer of a pack may be one write fewer.
    if [ "$status" -eq 3 ] && [ "$n" -ge $((count - 1)) ]; then break; fi
    expect_status 137
    old_or_new "killed at call $n of $count"
  done
  printf '  killed at each of %d calls\n' "$count"
}

test_faults__each_failing_change_of_the_disk_is_an_error_and_the_old_snapshot_stands_or_the_new() {
  prepare
  points 1
  local n errno
  for ((n = 1; n <= count; n++)); do
    again
    # 28 is ENOSPC, 5 is EIO.
    errno=$((n % 2 ? 28 : 5))
    run env FAULT_AT="$n" FAULT_ERRNO="$errno" FAULT_WRITES=1 LD_PRELOAD="$FAULT" "$PALSCAN" scan --replay "$DEMO/night-2" -q -o /dev/null
    case $status in
    1) expect_one_error 1 ;;
    # What only tidies up may fail without harm.
    3 | 4) ;;
    *) fail "call $n of $count failed with errno $errno, the run ended with $status" ;;
    esac
    if [ "$status" -ne 1 ]; then expect_different "$(tree_of)" "$old" "call $n: a run that ended well must have committed: the tree"; fi
    old_or_new "call $n of $count failed with errno $errno"
  done
  printf '  failed at each of %d calls\n' "$count"
}

test_faults__same_faults_while_a_repository_is_made_leave_none_or_a_whole_one() {
  sanitized && skip "a library cannot be preloaded before a sanitizer"
  [ -e "$FAULT" ] || skip "no $FAULT"
  local n count
  run env FAULT_COUNT="$T/count" FAULT_WRITES=1 LD_PRELOAD="$FAULT" "$PALSCAN" init d
  expect_status 0
  count=$(cat "$T/count")
  for ((n = 1; n <= count; n++)); do
    rm -rf "$T/d"
    run env FAULT_AT="$n" FAULT_KILL=1 FAULT_WRITES=1 LD_PRELOAD="$FAULT" "$PALSCAN" init d
    palscan_ok init d
    expect_sound
    (cd d && palscan_ok log)
    rm -rf "$T/d"
    run env FAULT_AT="$n" FAULT_ERRNO=28 FAULT_WRITES=1 LD_PRELOAD="$FAULT" "$PALSCAN" init d
    [ "$status" -le 1 ] || fail "call $n failed, init ended with $status"
    palscan_ok init d
    expect_sound
  done
}

test_faults__acceptance_file_is_whole_whatever_fails() {
  sanitized && skip "a library cannot be preloaded before a sanitizer"
  [ -e "$FAULT" ] || skip "no $FAULT"
  two_nights
  local n count
  local waive=("$PALSCAN" waive --policy PAL010 --reason r --owner o --requester q --approver a --until "$(date -u -d '+300 days' +%F)")
  cp waivers.json "$T/before"
  run env FAULT_COUNT="$T/count" FAULT_WRITES=1 LD_PRELOAD="$FAULT" "${waive[@]}"
  count=$(cat "$T/count")
  cp waivers.json "$T/after"
  for ((n = 1; n <= count; n++)); do
    cp "$T/before" waivers.json
    run env FAULT_AT="$n" FAULT_KILL=1 FAULT_WRITES=1 LD_PRELOAD="$FAULT" "${waive[@]}"
    cmp -s waivers.json "$T/before" || cmp -s waivers.json "$T/after" || fail "call $n: half a file"
    cp "$T/before" waivers.json
    run env FAULT_AT="$n" FAULT_ERRNO=28 FAULT_WRITES=1 LD_PRELOAD="$FAULT" "${waive[@]}"
    cmp -s waivers.json "$T/before" || cmp -s waivers.json "$T/after" || fail "call $n: half a file"
    [ "$status" -eq 1 ] || [ "$status" -eq 0 ] || fail "call $n: exit status $status"
  done
}

test_faults__unwritable_repository_is_an_error_and_stays() {
  one_night
  nobody_folder
  local folder head
  head=$(cat snapshots.git/refs/heads/main)
  for folder in snapshots.git/objects/pack snapshots.git/refs/heads snapshots.git "$NOBODY/state/palscan"/*; do
    chmod a-w "$folder"
    run as_nobody "$PALSCAN" scan --replay "$DEMO/night-2" -q -o /dev/null
    [ "$status" -ne 126 ] || skip "the recording cannot be reached"
    chmod u+w "$folder"
    case $status in
    3 | 4) head=$(cat snapshots.git/refs/heads/main) ;; # not needed for writing
    *)
      expect_one_error 1
      expect_equal "$(cat snapshots.git/refs/heads/main)" "$head" "the branch"
      ;;
    esac
  done
  run as_nobody "$PALSCAN" scan --replay "$DEMO/night-2" -q -o /dev/null
  [ "$status" -eq 3 ] || [ "$status" -eq 4 ] || fail "the next run ends with $status"
}

test_faults__readers_need_no_right_to_write() {
  two_nights
  nobody_folder
  chmod -R a-w snapshots.git "$NOBODY/state"
  local command
  for command in check log show status diff verify 'query SELECT(1)'; do
    # shellcheck disable=SC2086
    run as_nobody "$PALSCAN" $command
    case $status in
    0 | 3 | 4) ;;
    *) fail "palscan $command ends with $status" ;;
    esac
  done
}

test_faults__full_disk_is_an_error_and_the_old_snapshot_stands() {
  prepare
  local disk=$T/disk size
  mkdir "$disk"
  if [ "$(id -u)" -ne 0 ] || ! mount -t tmpfs -o size=4m none "$disk" 2>/dev/null; then skip "no right to mount a small disk"; fi
  # shellcheck disable=SC2064
  trap "umount '$disk'" EXIT
  for size in 0 8 40 80 120 160; do
    again
    rm -rf "${disk:?}"/*
    cp -a "$T/d" "$T/state" "$disk/"
    rm -rf "$T/d" "$T/state"
    ln -s "$disk/d" "$T/d"
    cd "$disk/d"
    export XDG_STATE_HOME=$disk/state
    # All but so many KiB are taken.
    dd if=/dev/zero of="$disk/ballast" bs=1k 2>/dev/null || :
    truncate -s "-${size}k" "$disk/ballast"
    palscan scan --replay "$DEMO/night-2" -q -o /dev/null
    if [ "$status" -eq 1 ]; then
      expect_one_error 1
      expect_equal "$(tree_of)" "$old" "tree with $size KiB left"
    else
      expect_status 3
    fi
    expect_sound
    rm "$disk/ballast"
    palscan scan --replay "$DEMO/night-2" -q -o /dev/null
    [ "$status" -eq 3 ] || [ "$status" -eq 4 ] || fail "the next run ends with $status"
    rm "$T/d"
    export XDG_STATE_HOME=$T/state
    cd "$T"
  done
  umount "$disk"
  trap - EXIT
}

test_faults__limit_on_file_sizes_is_an_error_and_the_old_snapshot_stands() {
  prepare
  local blocks
  for blocks in 1 4 16 40; do
    again
    status=0
    (ulimit -f "$blocks" && exec "$PALSCAN" scan --replay "$DEMO/night-2" -q -o /dev/null) >"$T/.out" 2>"$T/.err" </dev/null || status=$?
    expect_one_error 1
    expect_equal "$(tree_of)" "$old" "tree under ulimit -f $blocks"
    old_or_new "ulimit -f $blocks"
  done
}

test_faults__no_place_for_the_state_or_for_scratch_is_said() {
  one_night
  remember
  : >"$T/file"
  run env -u XDG_STATE_HOME HOME="$T/file/none" "$PALSCAN" scan --replay "$DEMO/night-2"
  expect_one_error 1
  expect_unchanged
  TMPDIR=$T/file/none palscan scan --replay "$DEMO/night-2" --dry-run
  expect_one_error 1
}

case ${1:-} in
[1-9]*)
  KILLS=$1
  shift
  ;;
esac
run_tests "$@"
