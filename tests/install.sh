#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# install.sh CMAKE BUILD-FOLDER SOURCE-FOLDER
#
# Installs into an empty prefix, moves the prefix, and runs the installed
# program from an empty folder: nothing of the source or build tree may be
# needed, and nothing but the demo's own folder may appear. Run in tests/world.sh.
set -eu
cmake=$1
build=$2
source=$3

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

top=$(mktemp -d "${TMPDIR:-/tmp}/palscan-install.XXXXXX")
trap 'rm -rf "$top"' EXIT

(umask 077 && "$cmake" --install "$build" --prefix "$top/staged" >"$top/log" 2>&1) || {
  cat "$top/log" >&2
  fail "cmake --install"
}
closed=$(find "$top/staged" \( -path "$top/staged/*/palscan*" -type d ! -perm -005 -o -type f ! -perm -004 \))
[ -z "$closed" ] || fail "installed by a root with umask 077, others cannot read: $closed"
mv "$top/staged" "$top/prefix"
prefix=$top/prefix

[ -x "$prefix/bin/palscan" ] || fail "no bin/palscan"
for page in "$source"/man/*.[157]; do
  [ -e "$page" ] || continue
  name=${page##*/}
  [ -f "$prefix/share/man/man${name##*.}/$name" ] || fail "man page $name is not installed"
done
diff -r -x CMakeLists.txt "$source/policies" "$prefix/share/palscan/policies" || fail "policies differ"
diff -r -x CMakeLists.txt "$source/snapshots" "$prefix/share/palscan/snapshots" || fail "snapshots differ"

mkdir "$top/empty"
cd "$top/empty"
"$prefix/bin/palscan" --version >"$top/version" || fail "--version ended with $?"
grep -q '^palscan [0-9]' "$top/version" || fail "--version says: $(cat "$top/version")"
"$prefix/bin/palscan" --help >/dev/null || fail "--help ended with $?"

status=0
"$prefix/bin/palscan" demo >"$top/out" 2>"$top/err" </dev/null || status=$?
if [ "$status" -ne 0 ]; then
  cat "$top/out" "$top/err" >&2
  fail "demo ended with $status"
fi
[ -s "$top/out" ] || fail "demo printed nothing"
[ "$(ls -A)" = palscan-demo ] || fail "demo left more than its folder: $(ls -A)"
if grep -F -e "$source" -e "$build" "$top/out" "$top/err"; then
  fail "the installed demo names the source tree"
fi
grep -rlF -e "$source/" palscan-demo && fail "the installed demo wrote names of the source tree"

# The program of a build folder elsewhere goes by the link that CMake leaves there.
mkdir -p "$top/build/share"
cp "$build/palscan" "$top/build/palscan"
ln -s "$source" "$top/build/share/palscan"
"$top/build/palscan" policies show PAL001 >/dev/null || fail "a build folder elsewhere finds no policies"
echo "installed, moved, and demo run: $(wc -l <"$top/out") lines"
