#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# world.sh [NAME=VALUE]... COMMAND [ARGUMENT]...
#
# Runs a command in a pinned world: nothing of the caller's environment but
# PATH, a home of its own that is removed afterwards, no git configuration,
# fixed time zone, locale and umask. Ends as the command ends.
#
# TEST_WORLD=plain (default): UTC, C, 022.
# TEST_WORLD=other: Kathmandu (+05:45), Turkish in UTF-8 (decimal comma, i with
#   and without dot), 077. TEST_LOCPATH names the folder with that locale; make
#   it by `world.sh --make-locale FOLDER` (localedef, Debian's package locales).
# A world within a world is of the same kind and has again a home of its own.
set -eu

locale=tr_TR.UTF-8

if [ "${1:-}" = --make-locale ]; then
  [ -d "$2/$locale" ] && exit 0
  mkdir -p "$2"
  new=$(mktemp -d "$2/new.XXXXXX")
  localedef -i tr_TR -f UTF-8 "$new/$locale"
  mv "$new/$locale" "$2/"
  rmdir "$new"
  exit 0
fi
if [ $# -eq 0 ]; then
  echo "usage: world.sh [NAME=VALUE]... COMMAND [ARGUMENT]..." >&2
  exit 2
fi

world=${TEST_WORLD:-plain}
locpath=
case $world in
plain)
  zone=UTC lang=C mask=022
  ;;
other)
  # As a POSIX rule: a name would silently mean UTC where tzdata is missing.
  zone='<+0545>-5:45' lang=$locale mask=077 locpath=${TEST_LOCPATH:?world.sh: the other world needs TEST_LOCPATH}
  if [ "$(LOCPATH=$locpath LC_ALL=$lang locale decimal_point)" != , ]; then
    echo "world.sh: no locale $lang in $locpath; run: tests/world.sh --make-locale $locpath" >&2
    exit 2
  fi
  ;;
*)
  echo "world.sh: TEST_WORLD=$world is no world, known are plain and other" >&2
  exit 2
  ;;
esac

home=$(mktemp -d "${TMPDIR:-/tmp}/palscan-world.XXXXXX")
trap 'rm -rf "$home"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
umask "$mask"
mkdir "$home/home" "$home/tmp" "$home/run"

# What the sanitizers find has an exit status no command has.
status=0
env -i PATH="$PATH" HOME="$home/home" TMPDIR="$home/tmp" TERM=dumb TZ="$zone" LC_ALL="$lang" \
  ${locpath:+LOCPATH="$locpath" TEST_LOCPATH="$locpath"} TEST_WORLD="$world" \
  XDG_CONFIG_HOME="$home/home/.config" XDG_STATE_HOME="$home/home/.local/state" \
  XDG_DATA_HOME="$home/home/.local/share" XDG_CACHE_HOME="$home/home/.cache" XDG_RUNTIME_DIR="$home/run" \
  XDG_CONFIG_DIRS="$home/home/.xdg" XDG_DATA_DIRS="$home/home/.xdg" \
  GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 \
  ASAN_OPTIONS=exitcode=86:detect_stack_use_after_return=1 \
  UBSAN_OPTIONS=exitcode=86:print_stacktrace=1 LSAN_OPTIONS=exitcode=86 \
  "$@" || status=$?
exit "$status"
