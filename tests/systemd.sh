#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# systemd.sh PALSCAN BUILD-FOLDER SOURCE-FOLDER CMAKE
#
# The units: systemd reads them, their sandbox is tight, they are installed
# where it looks, and palscan asks the kernel for nothing that the sandbox
# refuses. Exit 77 (skipped) without systemd-analyze. Run in tests/world.sh.
set -eu
palscan=$1
build=$2
units=$3/scanner/systemd
cmake=$4
command -v systemd-analyze >/dev/null || exit 77

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

top=$(mktemp -d "${TMPDIR:-/tmp}/palscan-systemd.XXXXXX")
trap 'rm -rf "$top"' EXIT

"$cmake" --install "$build" --prefix "$top/prefix" >"$top/log" 2>&1 || fail "cmake --install: $(cat "$top/log")"
for unit in palscan.service palscan.timer; do
  cmp -s "$units/$unit" "$top/prefix/lib/systemd/system/$unit" || fail "$unit is not installed"
done
cmp -s "$units/palscan.sysusers" "$top/prefix/lib/sysusers.d/palscan.conf" || fail "palscan.sysusers is not installed"

mkdir "$top/units"
cp "$units/palscan.timer" "$top/units/"
sed "s#^ExecStart=palscan #ExecStart=$palscan #" "$units/palscan.service" >"$top/units/palscan.service"
grep -q "^ExecStart=$palscan " "$top/units/palscan.service" || fail "ExecStart does not call palscan"
cd "$top/units"
# It says what it does not understand, and ends with 0 all the same.
said=$(systemd-analyze --man=no verify ./palscan.service ./palscan.timer 2>&1) || fail "verify: $said"
[ -z "$(printf '%s\n' "$said" | grep 'palscan\.' || :)" ] || fail "verify: $said"
printf '[Service]\nExecStart=/bin/true\nNoNewPrivilege=yes\n' >"$top/units/other.service"
systemd-analyze --man=no verify ./other.service 2>&1 | grep -q NoNewPrivilege || fail "verify finds nothing at all"

# 1.5 of 10: what is left is that it uses the network and the host's files.
systemd-analyze --no-pager security --offline=true --threshold=15 ./palscan.service >"$top/security" ||
  fail "the sandbox is too wide: $(tail -n 1 "$top/security")"
systemd-analyze calendar "$(sed -n 's/^OnCalendar=//p' palscan.timer)" >/dev/null || fail "OnCalendar"

# The options of ExecStart are palscan's.
line=$(sed -n 's/^ExecStart=palscan //p' "$units/palscan.service")
# shellcheck disable=SC2086
"$palscan" $line --help >/dev/null || fail "palscan does not take: $line"

if ! command -v strace >/dev/null || ! command -v python3 >/dev/null; then
  echo "without strace or python3 the calls of palscan are not held against the filter"
  exit 0
fi
cd "$top"
strace -f -qq -o "$top/calls" "$palscan" demo demo >"$top/out" 2>&1 || {
  echo "nothing can be traced here: the calls of palscan are not held against the filter"
  exit 0
}
filters=$(sed -n 's/^SystemCallFilter=//p' "$units/palscan.service")
systemd-analyze --no-pager syscall-filter >"$top/groups"
python3 - "$top/calls" "$top/groups" "$filters" <<'PYTHON' || fail "the sandbox would refuse a call"
import re
import sys

calls, groups, filters = sys.argv[1:]
members, name = {}, None
for line in open(groups, encoding="utf-8"):
    word = line.strip()
    if line.startswith("@"):
        name = word
        members[name] = []
    elif name and word and not word.startswith("#"):
        members[name].append(word)


def expand(word):
    return {one for member in members[word] for one in expand(member)} if word.startswith("@") else {word}


allowed = set()
for line in filters.splitlines():
    named = {call for word in line.lstrip("~").split() for call in expand(word)}
    allowed = allowed - named if line.startswith("~") else allowed | named
made = {m.group(1) for line in open(calls, encoding="utf-8", errors="replace") if (m := re.match(r"\d+ +(\w+)\(", line))}
assert len(made) > 30, made
refused = made - allowed
print(f"{len(made)} calls, of {len(allowed)} allowed; refused: {sorted(refused) or 'none'}")
sys.exit(bool(refused))
PYTHON
