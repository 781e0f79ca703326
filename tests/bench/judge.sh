#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# judge.sh [ASSIGNMENTS...] - judges made-up estates of so many role assignments
# (10,000, 100,000 and 1,000,000) by the shipped policies and prints processor
# seconds. Beside each stands what the sqlite3 shell needs in the
# same minute to import the same assignments from CSV and index them: the ratio to
# it is what may be compared between machines, and between days of a shared one.
# Exit 1: the work grows faster than the rows by more than half, the largest
# estate needs more than 200 MiB, or a policy is broken.
set -euo pipefail
export LC_ALL=C

bench=${PAL_BUILD:?the folder of the release build}/tests/bench/bench_judge
pack=$(cd "$(dirname "$0")/../.." && pwd)/policies
growth_max=1.5 # work per row, from one size to the next
rss_max=200
[ $# -gt 0 ] || set -- 10000 100000 1000000

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

printf '%12s %8s %8s %8s %12s %8s %8s\n' assignments load run total 'shell import' ratio MiB
before=
for size in "$@"; do
  tenants=$((size / 1000 > 0 ? size / 1000 : 1))
  "$bench" "$pack" "$tenants" "$size" >"$folder/out"
  "$bench" --csv "$folder/rows.csv" "$tenants" "$size"
  shell=$(import "$folder/rows.csv")
  rm -f "$folder/rows.csv"
  if grep -H BROKEN "$folder/out"; then
    failed=1
  fi
  read -r load run rss < <(awk '$1 == "load" { l = $2 } $1 == "run" { r = $2 } $1 == "rss_mib" { m = $2 } END { print l, r, m }' "$folder/out")
  total=$(awk -v a="$load" -v b="$run" 'BEGIN { print a + b }')
  printf '%12d %8.3f %8.3f %8.3f %12.3f %8.2f %8.1f\n' "$size" "$load" "$run" "$total" "$shell" \
    "$(awk -v a="$total" -v b="$shell" 'BEGIN { print a / (b > 0 ? b : 0.001) }')" "$rss"
  if [ -n "$before" ]; then
    growth=$(awk -v a="$total" -v b="$before" -v n="$size" -v m="$before_size" 'BEGIN { printf "%.2f", (a / n) / (b / m) }')
    echo "             work per row: $growth of the size before"
    if awk -v g="$growth" -v m="$growth_max" 'BEGIN { exit !(g > m) }'; then
      echo "FAILED: grows faster than the rows" >&2
      failed=1
    fi
  fi
  before=$total
  before_size=$size
done
cat "$folder/out"
if awk -v r="$rss" -v m="$rss_max" 'BEGIN { exit !(r > m) }'; then
  echo "FAILED: $rss MiB" >&2
  failed=1
fi
exit "$failed"
