#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# report.sh [TENANTS...] - writes the report of made-up estates (1,000 and 10,000 tenants, some ten verdicts each) as pages
# and as JSON, and prints processor seconds of both, their ratio, and the peak of memory: of the model, and what each
# writing adds. Where Chromium, node and build/html are there, also how soon the pages of the largest one show.
# Exit 1: from 50,000 findings on the pages take more than 4 times what JSON takes (below, the files themselves count), or
# they add more than 16 MiB, or do not paint within 2 s.
set -euo pipefail
export LC_ALL=C

bench=${PAL_BUILD:?the folder of the release build}/tests/bench/bench_report
here=$(cd "$(dirname "$0")" && pwd)
modules=${PAL_NODE_MODULES:-$here/../../build/html/node_modules}
times_max=4
added_max=16
paint_max=2000
[ $# -gt 0 ] || set -- 1000 10000

folder=$(mktemp -d "${TMPDIR:-/tmp}/palscan-bench-XXXXXX")
trap 'rm -rf "$folder"' EXIT
failed=0

printf '%8s %9s %8s %8s %6s %10s %10s %10s\n' tenants findings json html times 'model MiB' 'json adds' 'html adds'
for tenants in "$@"; do
  rm -rf "$folder/estate"
  mkdir "$folder/estate"
  "$bench" "$here/../../policies" "$tenants" "$folder/estate" >"$folder/out"
  awk -v tenants="$tenants" -v times_max="$times_max" -v added_max="$added_max" '{ v[$1] = $2 } END {
    times = v["html"] / (v["json"] > 0 ? v["json"] : 0.001)
    added = v["html_mib"] - v["json_mib"]
    printf "%8d %9d %8.3f %8.3f %6.2f %10.1f %10.1f %10.1f\n", tenants, v["findings"], v["json"], v["html"], times,
      v["model_mib"], v["json_mib"] - v["model_mib"], added
    exit (v["findings"] >= 50000 && times > times_max) || added > added_max
  }' "$folder/out" || failed=1
done

if [ -d "$modules" ] && command -v node >/dev/null; then
  printf '\nmilliseconds, of the largest:\n'
  PAL_NODE_MODULES=$modules node "$here/../html/first_paint.js" "$folder/estate/site" >"$folder/paint"
  column -t "$folder/paint"
  awk -v most="$paint_max" 'NR > 1 && $2 > most { print "slow: " $1; bad = 1 } END { exit bad }' "$folder/paint" || failed=1
else
  printf '\nno browser here, or no build/html (./dev setup): first paint is not measured\n'
fi
exit "$failed"
