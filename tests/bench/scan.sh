#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scan.sh [TENANTS [ROUNDS [PART]...]] - scans of the emulator over TLS, of 1000
# tenants, 3 rounds of each; parts are speed, latency, memory and az. What may be
# compared between machines, and between days of a shared one, is the ratios.
#
# speed    palscan beside `curl --parallel --parallel-max 64`, which fetches the
#          same URLs, with the same tokens and bodies, to /dev/null. curl does not
#          have to wait for one answer to know the next question. Rounds alternate;
#          the median of the ratios of each round counts. "collect" ends when the
#          last answer is in the journal. Server and clients share the processors,
#          so that the server's part of the work is said too.
# latency  half the tenants, every answer 50 ms late. The ideal is requests x
#          latency / concurrency: always as many in flight as may be, nothing else.
# memory   peak before judging, at TENANTS and at ten times as many.
# az       five tenants by one application; the loop of a person makes the same
#          requests one by one by `az rest`, each a process. Its tokens are given
#          to it, so that it need not sign in.
#
# Exit 1: a target is missed.
# shellcheck disable=SC2031,SC2119
set -e
# shellcheck source=tests/live/lib.sh
. "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/../live/lib.sh"

tenants=${1:-1000}
rounds=${2:-3}
shift $(($# < 2 ? $# : 2))
parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(speed latency memory az)

bench=$PAL_BUILD/tests/bench/bench_scan
concurrency=64 # of palscan, by default, and of curl
latency_ms=50
missed=0

T=$SUITE/bench
mkdir "$T"
export XDG_STATE_HOME=$T/state TMPDIR=$T CURL_CA_BUNDLE=$PKI/ca.pem
lasting=(--token-seconds 86400)

# ---- measuring ----

# fresh: the folder of a first night
fresh() {
  cd "$T"
  rm -rf "$T/d" "$T/state"
  live_folder
}
# measure all|begin MARK FILE COMMAND...: adds a line of JSON to the file
measure() {
  local how=$1 mark=$2 file=$3
  shift 3
  "$bench" "$how" "$mark" "$EMULATOR_PID" "$@" >>"$file" 2>"$T/said" || fail "bench_scan: $(tail -n 3 "$T/said")"
}
# Verdicts of the emulator's estate are violations: exit status 3.
measure_scan() {
  measure "$1" 'read: ' "$2" "$PALSCAN" --config palscan.json --verbose scan
  tail -n 1 "$2" | jq -e --arg how "$1" 'if $how == "all" then .status == 3 else .mark end' >/dev/null ||
    fail "the scan failed: $(tail -n 1 "$2") $(tail -n 3 "$T/said")"
}
# median FILE FILTER: of what the filter says of each line
median() { jq -s "map($2) | sort | .[(length - 1) / 2 | floor]" "$1"; }
# line WHAT OURS THEIRS RATIO [LIMIT [OP]]: OP is <= or >=
line() {
  local verdict=''
  if [ -n "${5:-}" ]; then
    verdict=$(awk -v r="$4" -v l="$5" -v op="${6:-<=}" 'BEGIN { print (op == "<=" ? r <= l : r >= l) ? "ok" : "MISSED" }')
    [ "$verdict" = ok ] || missed=1
    verdict="${6:-<=} $5 $verdict"
  fi
  awk -v w="$1" -v a="$2" -v b="$3" -v r="$4" -v v="$verdict" 'BEGIN {
    printf "%-46s %10s %10s %8s  %s\n", w, a, b, (r == "" ? "" : sprintf("%.2f", r)), v }'
}
heading() { printf '\n%s\n%-46s %10s %10s %8s  %s\n' "$1" '' "${2:-palscan}" "${3:-}" ratio target; }

# as_curl FILE: the requests as curl's configuration. Those of one token without a body share their options: what
# curl would spend on setting them again is not what is measured.
as_curl() {
  jq -rs 'def header: "header = \(tojson)";
    [group_by([.authorization, .body])[] | [(.[] | "url = \(.url | tojson)", "output = \"/dev/null\""),
      (.[0] | (.authorization // empty | "Authorization: " + . | header),
        (select(.body) | "data-raw = \(.body | tojson)", ("Content-Type: " + .type | header)))] | join("\n")]
    | join("\nnext\n")' "$1"
}

# ---- the parts ----

part_speed() {
  local asked least i
  emulate --tenants "$tenants" "${lasting[@]}" --requests "$T/asked"
  fresh
  live_scan
  expect_status 3
  silence
  asked=$(jq .requests "$T/manners") least=$(jq '.requests - .repeatedAfterSuccess' "$T/manners")
  as_curl "$T/asked" >"$T/curl"
  emulate --tenants "$tenants" "${lasting[@]}"
  : >"$T/ours" && : >"$T/curls"
  for ((i = 0; i < rounds; i++)); do
    fresh
    [ $((i % 2)) -eq 0 ] || measure_scan all "$T/ours"
    measure all nothing "$T/curls" curl -sS --parallel --parallel-max "$concurrency" --config "$T/curl"
    [ $((i % 2)) -eq 1 ] || measure_scan all "$T/ours"
  done
  silence
  # Both were given the same answers.
  jq -e --argjson n "$((asked * rounds * 2))" '.requests == $n' "$T/manners" >/dev/null ||
    fail "$((asked * rounds * 2)) requests expected: $(jq -c '{requests, statuses}' "$T/manners")"
  jq -s --slurpfile c "$T/curls" 'to_entries[] | .key as $i | .value * {curl: $c[$i]}' "$T/ours" >"$T/pairs"
  heading "$tenants tenants, $asked requests" palscan curl
  line 'collect, s' "$(median "$T/pairs" .mark.seconds)" "$(median "$T/pairs" .curl.seconds)" \
    "$(median "$T/pairs" '.mark.seconds / .curl.seconds')" 1.3
  line 'whole run, s' "$(median "$T/pairs" .seconds)" "$(median "$T/pairs" .curl.seconds)" \
    "$(median "$T/pairs" '.seconds / .curl.seconds')" 2.0
  line 'processor s of collecting' "$(median "$T/pairs" .mark.processor)" "$(median "$T/pairs" .curl.processor)" \
    "$(median "$T/pairs" '.mark.processor / .curl.processor')"
  line 'processor s of the server meanwhile' "$(median "$T/pairs" .mark.server)" "$(median "$T/pairs" .curl.server)" ''
  line "the server's share of all work, %" "$(median "$T/pairs" '100 * .mark.server / (.mark.server + .mark.processor) | round')" \
    "$(median "$T/pairs" '100 * .curl.server / (.curl.server + .curl.processor) | round')" ''
  line 'requests sent / the least' "$asked" "$least" "$(jq -n "$asked / $least")" 1.05
}

part_latency() {
  local asked i n=$((tenants / 2))
  emulate --tenants "$n" "${lasting[@]}" --latency "$latency_ms"
  : >"$T/late"
  for ((i = 0; i < rounds; i++)); do
    fresh
    measure_scan all "$T/late"
  done
  silence
  asked=$(jq ".requests / $rounds | round" "$T/manners")
  heading "$n tenants, $asked requests, $latency_ms ms each" ideal palscan
  line 'collect, s' "$(jq -n "$asked * $latency_ms / 1000 / $concurrency * 100 | round / 100")" "$(median "$T/late" .mark.seconds)" \
    "$(median "$T/late" "$asked * $latency_ms / 1000 / $concurrency / .mark.seconds")" 0.9 '>='
}

part_memory() {
  local n
  : >"$T/peaks"
  for n in "$tenants" $((tenants * 10)); do
    rm -f "$T/lives"
    emulate --tenants "$n" "${lasting[@]}"
    fresh
    measure_scan begin "$T/peaks"
    silence
  done
  heading 'peak of memory before judging, MB' "$((tenants * 10))" "$tenants"
  line 'tenants' "$(jq -s '.[1].mark.peakKb / 1024 * 10 | round / 10' "$T/peaks")" \
    "$(jq -s '.[0].mark.peakKb / 1024 * 10 | round / 10' "$T/peaks")" \
    "$(jq -s '.[1].mark.peakKb / .[0].mark.peakKb' "$T/peaks")" 1.2
  line 'the larger, MB' '' '' "$(jq -s '.[1].mark.peakKb / 1024' "$T/peaks")" 100
}

part_az() {
  local began ended n=0
  heading 'five tenants, one application' palscan 'az rest'
  if ! command -v az >/dev/null; then
    printf 'not measured: az is not installed (Debian: azure-cli)\n'
    return
  fi
  emulate --tenants 4 --identities 1 "${lasting[@]}" --requests "$T/few"
  fresh
  : >"$T/five"
  measure_scan all "$T/five"
  silence
  emulate --tenants 4 --identities 1 "${lasting[@]}"
  export AZURE_CONFIG_DIR=$T/az REQUESTS_CA_BUNDLE=$PKI/ca.pem AZURE_CORE_COLLECT_TELEMETRY=no
  mapfile -t few < <(jq -c 'select(.authorization)' "$T/few")
  began=$(date +%s%N)
  for request in "${few[@]}"; do
    mapfile -t words < <(jq -r '"--method", (.method | ascii_downcase), "--url", .url, "--skip-authorization-header",
      (select(.body) | "--body", .body), "--headers", "Authorization=" + .authorization,
      (select(.body) | "Content-Type=application/json")' <<<"$request")
    # An answer that is an error is one all the same.
    az rest "${words[@]}" >/dev/null 2>&1 || :
    n=$((n + 1))
  done
  ended=$(date +%s%N)
  silence
  jq -e ".requests == $n" "$T/manners" >/dev/null || fail "$n requests expected: $(jq -c '{requests}' "$T/manners")"
  line "whole run, $n requests, s" "$(jq .seconds "$T/five")" "$(jq -n "($ended - $began) / 1e9 | . * 10 | round / 10")" \
    "$(jq "($ended - $began) / 1e9 / .seconds" "$T/five")"
}

for part in "${parts[@]}"; do
  # Who lives where is another matter in each.
  rm -f "$T/lives"
  "part_$part"
done
exit "$missed"
