#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# judge.sh [ASSIGNMENTS...] - judges made-up estates of so many role assignments,
# a hundred a tenant (100,000, 300,000 and 1,000,000), by the shipped policies and
# prints processor seconds: "load" is the tables of both states, filled and indexed,
# "rules" all the judge does with them, "times" both together by the load. Beside
# each stands what the sqlite3 shell needs in the same minute to import the same
# assignments from CSV and index them: the ratio to it is what may be compared
# between machines, and between days of a shared one. Below it, what each policy,
# view and step takes per row at the largest estate and how that compares with the
# smallest.
# Exit 1: all grows faster than the rows by more than half, or one policy, view or
# step of weight to more than double per row, from smallest to largest; the whole takes more than twice the load; the largest estate needs
# more than 200 MiB; or a policy is broken.
set -euo pipefail
export LC_ALL=C

bench=${PAL_BUILD:?the folder of the release build}/tests/bench/bench_judge
pack=$(cd "$(dirname "$0")/../.." && pwd)/policies
growth_max=1.5 # work per row, from one size to the next
rss_max=200
times_max=2
part_growth_max=2 # a square would be ten
part_min=0.3 # seconds at the largest size below which a part is not compared
[ $# -gt 0 ] || set -- 100000 300000 1000000

folder=$(mktemp -d "${TMPDIR:-/tmp}/palscan-bench-XXXXXX")
trap 'rm -rf "$folder"' EXIT
failed=0

# import CSV: processor seconds of the sqlite3 shell
import() {
  local TIMEFORMAT='%U %S'
  { time sqlite3 "$folder/shell.db" >/dev/null <<EOF
PRAGMA journal_mode=OFF;
PRAGMA synchronous=OFF;
PRAGMA page_size=16384;
CREATE TABLE assignment(tenant_id, subscription_id, id, role_id, principal_id, principal_type, scope);
.import --csv $1 assignment
CREATE INDEX a ON assignment(principal_id, tenant_id);
CREATE INDEX b ON assignment(tenant_id, subscription_id);
EOF
  } 2>&1 | awk '{ print $1 + $2 }'
  rm -f "$folder/shell.db"
}

printf '%12s %8s %8s %8s %6s %12s %8s %8s\n' assignments load rules total times 'shell import' ratio MiB
before=
for size in "$@"; do
  tenants=$((size / 100 > 0 ? size / 100 : 1))
  "$bench" "$pack" "$tenants" "$size" >"$folder/out"
  "$bench" --csv "$folder/rows.csv" "$tenants" "$size"
  shell=$(import "$folder/rows.csv")
  rm -f "$folder/rows.csv"
  if grep -H BROKEN "$folder/out"; then
    failed=1
  fi
  read -r load rules rss < <(awk '$1 == "load" { l = $2 } $1 == "rules" { r = $2 } $1 == "rss_mib" { m = $2 } END { print l, r, m }' "$folder/out")
  total=$(awk -v a="$load" -v b="$rules" 'BEGIN { print a + b }')
  times=$(awk -v a="$total" -v b="$load" 'BEGIN { printf "%.2f", a / (b > 0 ? b : 0.001) }')
  printf '%12d %8.3f %8.3f %8.3f %6s %12.3f %8.2f %8.1f\n' "$size" "$load" "$rules" "$total" "$times" "$shell" \
    "$(awk -v a="$total" -v b="$shell" 'BEGIN { print a / (b > 0 ? b : 0.001) }')" "$rss"
  if [ -n "$before" ]; then
    growth=$(awk -v a="$total" -v b="$before" -v n="$size" -v m="$before_size" 'BEGIN { printf "%.2f", (a / n) / (b / m) }')
    echo "             work per row: $growth of the size before"
    if awk -v g="$growth" -v m="$growth_max" 'BEGIN { exit !(g > m) }'; then
      echo "FAILED: grows faster than the rows" >&2
      failed=1
    fi
  fi
  [ -n "$before" ] || { cp "$folder/out" "$folder/smallest" && smallest=$size; }
  before=$total
  before_size=$size
done

# parts NAME: "name seconds", one a line, of a saved output
parts() { awk '$1 == "part" { s = $2; sub(/^part [^ ]* /, ""); print s, $0 } /^PAL/ { print $2, $1 }' "$folder/$1"; }

parts out | sort -rn >"$folder/large"
parts smallest >"$folder/small"
if ! awk -v n="$size" -v m="$smallest" -v least="$part_min" -v max="$part_growth_max" '
  { seconds = $1; sub(/^[^ ]* /, "") }
  FNR == NR { small[$0] = seconds; next }
  {
    growth = small[$0] > 0 ? (seconds / n) / (small[$0] / m) : 0
    wrong = seconds >= least && growth > max
    failed = failed || wrong
    printf "%8.3f s %8.3f us a row %6.2f of the smallest  %s%s\n", seconds, seconds * 1e6 / n, growth, $0, wrong ? "  FAILED: grows faster than the rows" : ""
  }
  END { exit failed }' "$folder/small" "$folder/large"; then
  failed=1
fi
grep '^memory\|^findings' "$folder/out" || true
if awk -v t="$times" -v m="$times_max" 'BEGIN { exit !(t > m) }'; then
  echo "FAILED: $times times the load" >&2
  failed=1
fi
if awk -v r="$rss" -v m="$rss_max" 'BEGIN { exit !(r > m) }'; then
  echo "FAILED: $rss MiB" >&2
  failed=1
fi
exit "$failed"
