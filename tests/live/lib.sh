# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: Apache-2.0
# lib.sh - sourced by every script of tests/live: palscan scans the emulator,
# over TLS with a private CA, as all of its identities. What tests/cli/lib.sh
# says of scripts holds here too, and
#
#   tests/live/truth.sh --tenants 1000 [NAME]...
#
# does it with that many customers. EMULATOR may be given; the default is that of
# PAL_BUILD.
LIVE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/cli/lib.sh
. "$LIVE/../cli/lib.sh"
EMULATOR=${EMULATOR:-$PAL_BUILD/tests/emulator/emulator}
PKI=$SUITE/pki
SECRET=canary-of-the-client-secret-5b1f
TENANTS=
EMULATOR_PID=

# ---- the services ----

# emulate OPTION...: the emulator, on the ports of the last time; READY is the
# line it prints, truth.jsonl and the partner's files are written to $T.
emulate() {
  local try
  [ -e "$PKI/made" ] || sh "$LIVE/../emulator/pki.sh" "$PKI" || fail "no keys"
  silence
  for ((try = 0; try < 20; try++)); do
    PORT=${PORT:-$((20000 + (RANDOM % 2000) * 5))}
    : >"$T/ready"
    "$EMULATOR" --port "$PORT" --tls "$PKI/server.pem" --tls-key "$PKI/server.key" --secret "$SECRET" \
      --client-certificate "$PKI/client.pem" --federation-key "$PKI/issuer.pub" --manners "$T/manners" \
      --truth "$T/truth.jsonl" --registry "$T/mpn.json" --estate "$T/estate.json" --log "$T/requests" "$@" \
      >"$T/ready" 2>"$T/emulator.err" &
    EMULATOR_PID=$!
    trap silence EXIT
    while [ ! -s "$T/ready" ] && kill -0 "$EMULATOR_PID" 2>/dev/null; do sleep 0.02; done
    [ ! -s "$T/ready" ] || return 0
    wait "$EMULATOR_PID" || :
    EMULATOR_PID=
    # Another program may listen there.
    PORT=
  done
  fail "the emulator does not start: $(cat "$T/emulator.err")"
}

# silence: ends the emulator; its report of our manners is then in $T/manners.
silence() {
  local ended=0
  [ -n "$EMULATOR_PID" ] || return 0
  kill -TERM "$EMULATOR_PID" 2>/dev/null || :
  wait "$EMULATOR_PID" || ended=$?
  EMULATOR_PID=
  [ "$ended" -eq 0 ] || fail "the emulator ended with $ended: $(cat "$T/emulator.err")"
}
ready() { jq -r "$1" "$T/ready"; }

# ---- who we are ----

# The token by which a cluster vouches for the third application.
federated_token() {
  local text
  text=$(printf '{"alg":"RS256","typ":"JWT"}' | base64url).$(printf \
    '{"iss":"https://issuer.example","sub":"system:serviceaccount:palscan:palscan","aud":"api://AzureADTokenExchange","exp":%d}' \
    $(($(date +%s) + 86400)) | base64url)
  printf '%s.%s' "$text" "$(printf %s "$text" | openssl dgst -sha256 -sign "$PKI/issuer.key" -binary | base64url)"
}
base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

# credential IDENTITY: its object of palscan.json; its secret goes to a file of mode 0600 in $T/secrets.
credential() {
  local file=$T/secrets/$1 type key=tokenFile
  case $1 in
  app-secret) type=client-secret key=secretFile && printf %s "$SECRET" >"$file" ;;
  app-certificate) type=client-certificate key=certificateFile && cat "$PKI/client.key" "$PKI/client.pem" >"$file" ;;
  app-federated) type=workload-identity && federated_token >"$file" ;;
  # A renewed one is kept.
  person-*) type=device-code && { [ -e "$file" ] || ready ".identities[] | select(.name==\"$1\").refreshToken" >"$file"; } ;;
  esac
  chmod 600 "$file"
  jq -n --arg name "$1" --arg type "$type" --arg key "$key" --arg file "$file" --slurpfile ready "$T/ready" \
    '$ready[0] as $r | {name: $name, credential: {type: $type, tenantId: $r.homeTenantId,
      clientId: ($r.identities[] | select(.name == $name).clientId), ($key): $file}}'
}

# live_config FILE [FILTER]: palscan.json for the emulator that runs. Each identity
# reads the tenants it lives in on the first night: elsewhere it is refused.
live_config() {
  local identity
  [ -e "$T/lives" ] || jq -n 'reduce (inputs | select(.kind == "tenant")) as $t ({};
    reduce $t.identities[].name as $n (.; .[$n] += [$t.tenantId]))' "$T/truth.jsonl" >"$T/lives"
  mkdir -p "$T/secrets"
  for identity in $(ready '.identities[].name'); do credential "$identity"; done |
    jq -s --slurpfile ready "$T/ready" --slurpfile lives "$T/lives" --arg ca "$PKI/ca.pem" '$ready[0].origins as $o
      | {repository: "snapshots.git",
         cloud: {name: "lab", authority: $o.login, resourceManager: $o.resourceManager, graph: $o.graph, caFile: $ca},
         identities: map(.tenants = $lives[0][.name]), registry: "mpn.json", estate: "estate.json", waivers: "waivers.json"} | '"${2:-.}" >"$1"
}

# live_folder [FOLDER] [FILTER]: $T/d (or FOLDER) with that configuration, the partner's files and an empty repository
live_folder() {
  local folder=$T/${1:-d}
  mkdir -p "$folder"
  live_config "$folder/palscan.json" "${2:-.}"
  cp "$T/mpn.json" "$T/estate.json" "$folder/"
  cd "$folder"
  palscan_ok init .
}

# live_scan [ARGUMENT]...: of the folder we are in
live_scan() { palscan --config palscan.json scan "$@"; }
started_of() { git_ log -1 --format=%B "${1:-HEAD}" | sed -n 's/^Palscan-Started: //p'; }

# replayed_tree RECORDING STARTED: the tree id of the recording as if it had been begun then
replayed_tree() {
  jq --arg started "$2" '.started = $started' "$1/session.json" >"$T/session" && cp "$T/session" "$1/session.json"
  rm -rf "$T/replayed"
  mkdir "$T/replayed"
  cp "$T/d/mpn.json" "$T/d/estate.json" "$T/d/palscan.json" "$T/replayed/"
  (
    cd "$T/replayed"
    palscan_ok init .
    palscan --config palscan.json scan --replay "$1" --dry-run --offline
    expect_status 3
    sed -n 's/^dry run, nothing committed; tree //p' "$T/.err"
  )
}

# ---- what is so ----

# expect_truth: the verdicts of HEAD are what the truth of tonight says
expect_truth() {
  local shipped untested
  # Most nights do not collect the directory.
  untested='[]'
  jq -e '.collect // [] | index("directory")' palscan.json >/dev/null ||
    untested=$(grep -lE '^-- (reads|needs):.*directory' "$PAL_SOURCE"/policies/PAL*.sql | jq -Rnc '[inputs | split("/")[-1] | rtrimstr(".sql")]')
  shipped=$("$PALSCAN" policies list -f json | jq -c --argjson untested "$untested" \
    '[.[] | select(.origin == "shipped" and .status == "judged") | .policy] - $untested')
  palscan_ok check -f json --as-recorded --fail-on none
  cp "$T/.out" "$T/check.json"
  jq -nr --slurpfile check "$T/check.json" --slurpfile truth "$T/truth.jsonl" --argjson shipped "$shipped" \
    -f "$LIVE/truth.jq" >"$T/differences" || fail 'verdicts and truth cannot be compared'
  expect_no_difference verdict
}
# expect_drift: what changed since the night before is what the truth of the second night says
expect_drift() {
  palscan_ok diff --last -f json
  cp "$T/.out" "$T/diff.json"
  jq -nr --slurpfile diff "$T/diff.json" --slurpfile truth "$T/truth.jsonl" -f "$LIVE/drift.jq" >"$T/differences" ||
    fail 'changes and truth cannot be compared'
  expect_no_difference change
}
expect_no_difference() {
  [ ! -s "$T/differences" ] || {
    head -n 20 "$T/differences" >&2
    fail "$(wc -l <"$T/differences") differences, each a $1"
  }
}

# expect_manners: ends the emulator; we did nothing a client must not do, and
# asked nothing twice but what had failed
expect_manners() {
  silence
  jq -r '(.beforeRetryAfter, .tokenToWrongHost, .tokenOfWrongTenant, .tokenOfWrongAudience, .tokenForged, .writeVerbs,
      .withoutUserAgent, .withoutToken, .assertionIdReused, .unknownPaths, .kinds.trap // 0) as $n | select($n != 0) | $n' \
    "$T/manners" | grep -q . && fail "manners: $(cat "$T/manners")"
  jq -e '.requests > 0 and (.requests / (.requests - .repeatedAfterSuccess)) <= 1.05' "$T/manners" >/dev/null ||
    fail "asked twice: $(cat "$T/manners")"
}

# live_tests ARGUMENT...: run_tests with what --tenants says
live_tests() {
  local names=()
  while [ $# -gt 0 ]; do
    case $1 in
    --tenants) TENANTS=$2 && shift ;;
    *) names+=("$1") ;;
    esac
    shift
  done
  run_tests "${names[@]}"
}
