# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# lib.sh - sourced by every script of tests/cli.
#
# A script defines functions test_<command>__<condition>_<expectation> and ends
# with `run_tests "$@"`. Each runs in a shell and a folder of its own ($T, the
# working directory), in the pinned world of tests/world.sh. A script may also
# be called by hand:
#
#   tests/cli/demo.sh [--update] [NAME]...      NAME: only tests that contain it
#
# PALSCAN and PAL_BUILD may then be given; the default is build/palscan.
# --update writes the golden files instead of comparing; read the difference
# before it is committed.
set -euo pipefail
shopt -s inherit_errexit

CLI=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PAL_SOURCE=${PAL_SOURCE:-$(cd "$CLI/../.." && pwd)}
PAL_BUILD=${PAL_BUILD:-$PAL_SOURCE/build}
PALSCAN=${PALSCAN:-$PAL_BUILD/palscan}
if [ -z "${TEST_WORLD:-}" ]; then
  exec sh "$CLI/../world.sh" PALSCAN="$PALSCAN" PAL_SOURCE="$PAL_SOURCE" PAL_BUILD="$PAL_BUILD" TEST_WORLD=plain bash "$0" "$@"
fi
export PALSCAN PAL_SOURCE PAL_BUILD
DEMO=$PAL_SOURCE/snapshots/demo
GOLDEN=$PAL_SOURCE/tests/golden/cli
SUITE=$(mktemp -d "${TMPDIR:-/tmp}/palscan-cli.XXXXXX")
UPDATE=no
status=0 last=
trap 'chmod -R u+rwX "$SUITE" 2>/dev/null || :; rm -rf "$SUITE"' EXIT

# What judges speaks C in every world: elsewhere a to z means other letters,
# and messages are translated. Only the program itself meets the locale.
for tool in awk comm git grep jq sed sort tr uniq; do
  eval "$tool() { LC_ALL=C command $tool \"\$@\"; }"
done

# ---- saying what went wrong ----

fail() {
  local at="line ${BASH_LINENO[0]}" i
  # The line of the test itself, not of a helper.
  for ((i = 1; i < ${#FUNCNAME[@]}; i++)); do
    case ${FUNCNAME[i]} in test_*) at="line ${BASH_LINENO[i - 1]}" ;; esac
  done
  printf '  %s: %s\n' "$at" "$*" >&2
  if [ -n "${last:-}" ]; then
    printf '  after: %s\n  exit status %s\n' "$last" "$status" >&2
    sed 's/^/  stderr: /' "$T/.err" | head -n 20 >&2
    sed 's/^/  stdout: /' "$T/.out" | head -n 20 >&2
  fi
  exit 1
}

skip() {
  printf '%s' "$*" >"$SUITE/skipped"
  exit 0
}

# ---- running ----

# run COMMAND...: stdout to $T/.out, stderr to $T/.err, exit status to $status
run() {
  status=0
  last="$*"
  # Outside: what the shell says of a command that was killed.
  { "$@" >"$T/.out" 2>"$T/.err" </dev/null; } 2>/dev/null || status=$?
}

# palscan ARGUMENT...: run it; a sanitizer's finding fails at once
palscan() {
  run "$PALSCAN" "$@"
  last="palscan $*"
  [ "$status" -ne 86 ] || fail "a sanitizer found something"
  [ "$status" -lt 126 ] || [ "$status" -eq 130 ] || fail "ended by a signal"
}

# palscan_ok ARGUMENT...: the same, must end with 0
palscan_ok() {
  palscan "$@"
  expect_status 0
}

expect_status() {
  [ "$status" -eq "$1" ] || fail "exit status $status instead of $1"
}
expect_out() { grep -qF -e "$1" "$T/.out" || fail "stdout lacks: $1"; }
expect_err() { grep -qF -e "$1" "$T/.err" || fail "stderr lacks: $1"; }
expect_no_out() { ! grep -qF -e "$1" "$T/.out" || fail "stdout has: $1"; }
expect_no_err() { ! grep -qF -e "$1" "$T/.err" || fail "stderr has: $1"; }
expect_out_empty() { [ ! -s "$T/.out" ] || fail "stdout is not empty"; }
expect_err_empty() { [ ! -s "$T/.err" ] || fail "stderr is not empty"; }
expect_equal() { [ "$1" = "$2" ] || fail "${3:-values} differ: \"$1\" and \"$2\""; }
expect_different() { [ "$1" != "$2" ] || fail "${3:-values} are equal: \"$1\""; }
expect_file() { [ -e "$1" ] || fail "there is no $1"; }
expect_no_file() { [ ! -e "$1" ] || fail "there is a $1"; }
expect_same_file() {
  cmp -s "$1" "$2" || {
    diff "$1" "$2" | head -n 20 >&2 || :
    fail "$1 and $2 differ"
  }
}
# expect_one_error STATUS: ended so, with exactly one line on stderr that opens with the program's name
expect_one_error() {
  expect_status "$1"
  [ "$(wc -l <"$T/.err")" -eq 1 ] || fail "stderr is not one line"
  grep -q '^palscan: ' "$T/.err" || fail "stderr does not open with palscan:"
}

# ---- what to work on ----

# The two nights of the demo in ./d (palscan.json, snapshots.git …), with the
# state folder in ./state; made once per script, copied for each test.
two_nights() {
  if [ ! -e "$SUITE/nights" ]; then
    mkdir -p "$SUITE/nights.new"
    (cd "$SUITE/nights.new" && XDG_STATE_HOME=$SUITE/nights.new/state "$PALSCAN" demo d >demo.out 2>demo.err) ||
      fail "palscan demo: $(cat "$SUITE/nights.new/demo.err")"
    mv "$SUITE/nights.new" "$SUITE/nights"
  fi
  cp -a "$SUITE/nights/d" "$SUITE/nights/state" "$T/"
  cd "$T/d"
}

# The demo's files in ./d with an empty repository.
no_night() {
  mkdir -p "$T/d"
  cp "$DEMO/palscan.json" "$DEMO/mpn.json" "$DEMO/estate.json" "$DEMO/waivers.json" "$T/d/"
  cd "$T/d"
  palscan_ok init .
}

# The demo after its first night alone.
one_night() {
  if [ ! -e "$SUITE/night" ]; then
    no_night
    palscan scan --replay "$DEMO/night-1"
    expect_status 3
    mkdir "$SUITE/night.new"
    cp -a "$T/d" "$T/state" "$SUITE/night.new/"
    mv "$SUITE/night.new" "$SUITE/night"
  else
    cp -a "$SUITE/night/d" "$SUITE/night/state" "$T/"
    cd "$T/d"
  fi
}

git_() { git -C "$T/d/snapshots.git" "$@"; }
head_of() { git_ rev-parse "${1:-HEAD}"; }
tree_of() { git_ rev-parse "${1:-HEAD}^{tree}"; }
# coverage_of [REV]: a/b of its trailer; words_of: "a of b"
coverage_of() { git_ log -1 --format=%B "${1:-HEAD}" | sed -n 's/^Palscan-Coverage: //p'; }
words_of() { coverage_of "${1:-HEAD}" | sed 's#/# of #'; }
state_dir() { printf '%s\n' "$XDG_STATE_HOME"/palscan/*; }

# Everything of the folder and the state, as one text. A run that ended early may
# leave its journal, for --resume.
listing() {
  (cd "$T/d" && find . -type f ! -path './snapshots.git/palscan/lock' -exec sha256sum {} + | sort -k 2)
  if [ -e "$T/state" ]; then (cd "$T/state" && find . -type f ! -name journal -exec sha256sum {} + | sort -k 2); fi
}
# unchanged: what listing said at the last `remember` still holds
remember() { listing >"$T/.listing"; }
expect_unchanged() {
  listing >"$T/.listing-now"
  cmp -s "$T/.listing" "$T/.listing-now" || {
    diff "$T/.listing" "$T/.listing-now" | head -n 10 >&2 || :
    fail "something was written"
  }
}

# names FOLDER: what stands in it, without our own .out and .err
names() { find "$1" -mindepth 1 -maxdepth 1 ! -name '.[oel]*' -printf '%f\n' | LC_ALL=C sort | tr '\n' ' '; }

# message_of REV: the commit message, byte for byte
message_of() { git_ cat-file commit "${1:-HEAD}" | sed '1,/^$/d'; }
# forge TREE [ARGUMENT]...: a commit by stock git that palscan might have made; the message comes from stdin
forge() {
  GIT_AUTHOR_NAME=palscan GIT_AUTHOR_EMAIL=palscan@localhost GIT_COMMITTER_NAME=palscan GIT_COMMITTER_EMAIL=palscan@localhost \
    GIT_AUTHOR_DATE="${FORGE_DATE:-2026-11-20T02:04:02Z}" GIT_COMMITTER_DATE="${FORGE_DATE:-2026-11-20T02:04:02Z}" git_ commit-tree "$@"
}

# fsck by stock git: silent and successful
expect_sound() {
  local said
  said=$(git_ fsck --strict --full --no-dangling 2>&1 | grep -v '^notice: ') || [ -z "$said" ] || fail "git fsck: $said"
  [ -z "$said" ] || fail "git fsck says: $said"
}

# Bytes no output may hold: C0 but line feed (and carriage return where $2 is
# cr, as in CSV), DEL, C1, invisible characters and those that turn direction.
expect_harmless() {
  local c0='\x00-\x09\x0b-\x1f' what
  [ "${2:-}" = cr ] && c0='\x00-\x09\x0b\x0c\x0e-\x1f'
  what="[${c0}\x7f]|\xc2[\x80-\x9f\xad]|\xd8\x9c|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf|\xef\xbf[\xb9-\xbb]|\xf3\xa0"
  if LC_ALL=C grep -qaP "$what" "$1"; then
    LC_ALL=C grep -aPn "$what" "$1" | head -n 3 | cat -v >&2
    fail "${1##*/} holds bytes that drive a terminal"
  fi
}

# golden NAME FILE: FILE equals tests/golden/cli/NAME; --update writes it
golden() {
  if [ "$UPDATE" = yes ]; then
    mkdir -p "$GOLDEN"
    cp "$2" "$GOLDEN/$1"
    chmod 644 "$GOLDEN/$1"
    return
  fi
  cmp -s "$GOLDEN/$1" "$2" || {
    diff "$GOLDEN/$1" "$2" | head -n 40 >&2 || :
    fail "differs from tests/golden/cli/$1; when this is meant: ${0##*/} --update"
  }
}

# as_nobody COMMAND...: without root's rights
as_nobody() {
  if [ "$(id -u)" -eq 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; else "$@"; fi
}
# A folder nobody may use, below /tmp because homes are closed to others; with
# the program, its policies and the recordings, which may stand in such a home.
nobody_folder() {
  NOBODY=$(mktemp -d /tmp/palscan-nobody.XXXXXX)
  chmod 755 "$NOBODY"
  cp -a "$T/d" "$NOBODY/d"
  mkdir -p "$NOBODY/state" "$NOBODY/home" "$NOBODY/bin" "$NOBODY/share/palscan"
  cp "$PALSCAN" "$NOBODY/bin/palscan"
  cp -R "$PAL_SOURCE/policies" "$DEMO" "$NOBODY/share/palscan/"
  chmod -R a+rX "$NOBODY/bin" "$NOBODY/share"
  PALSCAN=$NOBODY/bin/palscan DEMO=$NOBODY/share/palscan/demo
  [ ! -e "$T/state" ] || cp -a "$T/state/." "$NOBODY/state/"
  if [ "$(id -u)" -eq 0 ]; then chown -R 65534:65534 "$NOBODY/d" "$NOBODY/state" "$NOBODY/home"; fi
  # shellcheck disable=SC2064
  trap "chmod -R u+rwX '$NOBODY'; rm -rf '$NOBODY'" EXIT
  export XDG_STATE_HOME=$NOBODY/state HOME=$NOBODY/home
  cd "$NOBODY/d"
}

# ---- the runner ----

run_tests() {
  local names=() wanted=() name failed=0 skipped=0 ran=0 chosen script=${0##*/}
  for name in "$@"; do
    if [ "$name" = --update ]; then UPDATE=yes; else wanted+=("$name"); fi
  done
  mapfile -t names < <(sed -n 's/^\(test_[a-z0-9_]*\)() {.*/\1/p' "$0")
  [ ${#names[@]} -eq "$(grep -c '^ *test_.*()' "$0")" ] || fail "a test has a name that is not run"
  for name in "${names[@]}"; do
    chosen=no
    [ ${#wanted[@]} -gt 0 ] || chosen=yes
    for want in "${wanted[@]}"; do
      case $name in *"$want"*) chosen=yes ;; esac
    done
    [ "$chosen" = yes ] || continue
    ran=$((ran + 1))
    T=$SUITE/$name
    mkdir "$T"
    : >"$T/.out"
    : >"$T/.err"
    rm -f "$SUITE/skipped"
    # A new shell, because `set -e` is off within a condition.
    set +e
    (
      set -e
      status=0 last=
      export TMPDIR=$T XDG_STATE_HOME=$T/state
      cd "$T"
      "$name"
    )
    local ended=$?
    set -e
    if [ -e "$SUITE/skipped" ]; then
      skipped=$((skipped + 1))
      printf 'skipped %s: %s\n' "$name" "$(cat "$SUITE/skipped")"
    elif [ "$ended" -ne 0 ]; then
      failed=$((failed + 1))
      printf 'FAILED  %s\n' "$name"
    else
      printf 'ok      %s\n' "$name"
    fi
    chmod -R u+rwX "$T"
    rm -rf "$T"
  done
  printf '%s: %d tests, %d failed, %d skipped\n' "$script" "$ran" "$failed" "$skipped"
  [ "$ran" -gt 0 ] || fail "no test was run"
  [ "$failed" -eq 0 ] || exit 1
  exit 0
}
