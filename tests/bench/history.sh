#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# history.sh [TENANTS [FILES [ROUNDS]]] - a first night, a next night in which 1 %
# of the tenants changed, and a comparison of the two, beside git fast-import and
# git diff of the same trees in the same run. Rounds alternate and the fastest of
# each side counts, so that other work on the machine disturbs less; processor
# seconds are what may be compared, elapsed ones also hold the waiting for disks.
set -eu
tenants=${1:-10000}
files=${2:-10}
rounds=${3:-3}
bench=$PAL_BUILD/tests/bench/bench_history
folder=$(mktemp -d "${TMPDIR:-/tmp}/palscan-bench-XXXXXX")
trap 'rm -rf "$folder"' EXIT
cd "$folder"
XDG_STATE_HOME=$folder/state
export XDG_STATE_HOME

"$bench" stream "$tenants" "$files" >first
"$bench" stream-night "$tenants" "$files" 10 >next

size() { du -sk "$1/objects" | cut -f 1; }

round=0
while [ "$round" -lt "$rounds" ]; do
  rm -rf ours.git gits.git
  git init -q --bare -b main gits.git
  "$bench" run "$bench" write ours.git "$tenants" "$files" >>ours.first
  size ours.git >ours.size
  "$bench" run git -C gits.git fast-import --quiet --done <first >>gits.first
  size gits.git >gits.size
  "$bench" run "$bench" night ours.git "$tenants" "$files" 10 >>ours.next
  "$bench" run git -C gits.git fast-import --quiet --done <next >>gits.next
  "$bench" run "$bench" compare ours.git >>ours.compare
  "$bench" run git -c core.commitGraph=false -C ours.git diff --no-renames --name-only main~1 main >>gits.compare
  round=$((round + 1))
done

[ "$(git -C ours.git rev-parse 'main~1^{tree}')" = "$(git -C gits.git rev-parse 'main~1^{tree}')" ] ||
  { echo "history.sh: the first trees differ" >&2; exit 1; }
[ "$(git -C ours.git rev-parse 'main^{tree}')" = "$(git -C gits.git rev-parse 'main^{tree}')" ] ||
  { echo "history.sh: the second trees differ" >&2; exit 1; }

processor() { cut -d ' ' -f 1 "$1" | sort -n | head -n 1; }
elapsed() { cut -d ' ' -f 2 "$1" | sort -n | head -n 1; }
peak() { cut -d ' ' -f 3 "$1" | sort -n | tail -n 1; }
# line WHAT OURS GITS TARGET
line() {
  awk -v what="$1" -v ours="$2" -v gits="$3" -v target="$4" 'BEGIN {
    ratio = gits + 0 > 0 ? sprintf("%.2f", ours / gits) : ""
    printf "%-42s %10s %10s %8s  %s\n", what, ours, gits, ratio, target
  }'
}

printf '%s tenants, %s files each, %s rounds\n' "$tenants" "$files" "$rounds"
printf '%-42s %10s %10s %8s  %s\n' '' palscan git ratio target
line 'first night, processor s' "$(processor ours.first)" "$(processor gits.first)" 'ratio <= 0.80'
line 'first night, elapsed s' "$(elapsed ours.first)" "$(elapsed gits.first)" ''
line 'first night, peak KB' "$(peak ours.first)" "$(peak gits.first)" '<= 102400 KB'
line 'objects after it, KB' "$(cat ours.size)" "$(cat gits.size)" ''
line 'next night, processor s (git: the first)' "$(processor ours.next)" "$(processor gits.first)" 'ratio <= 0.10'
line 'next night, elapsed s (git: the first)' "$(elapsed ours.next)" "$(elapsed gits.first)" ''
line 'next night, peak KB' "$(peak ours.next)" "$(peak gits.next)" '<= 102400 KB'
line 'growth by it, KB' "$(($(size ours.git) - $(cat ours.size)))" "$(($(size gits.git) - $(cat gits.size)))" ''
line 'compare, processor s (git diff --name-only)' "$(processor ours.compare)" "$(processor gits.compare)" ''
git -C ours.git gc -q
line 'objects after git gc, KB' "$(size ours.git)" '' ''
