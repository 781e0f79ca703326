# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
# Sourced by the emulator's tests (bash). Needs $EMULATOR and $PAL_SOURCE; works
# in a folder of its own. A test is a function test_*; `run_tests` runs all of
# them, or those named on the command line.
set -u
: "${EMULATOR:?the emulator}" "${PAL_SOURCE:?the source tree}"
HERE=$PAL_SOURCE/tests/emulator
SPEC=$PAL_SOURCE/tests/data/spec
WORK=$(mktemp -d "${TMPDIR:-/tmp}/emulator.XXXXXX")
PID=
SECRET=a-secret-of-the-tests
trap 'stop; rm -rf "$WORK"' EXIT
sh "$HERE/pki.sh" "$WORK/pki" || exit 1

# start OPTION...: the emulator with the PKI; READY is the line it prints.
start() {
  stop
  rm -f "$WORK/ready" "$WORK/manners"
  "$EMULATOR" --port 0 --tls "$WORK/pki/server.pem" --tls-key "$WORK/pki/server.key" --secret "$SECRET" \
    --client-certificate "$WORK/pki/client.pem" --federation-key "$WORK/pki/issuer.pub" \
    --managed-header an-identity-header --manners "$WORK/manners" --truth "$WORK/truth" "$@" \
    >"$WORK/ready" 2>"$WORK/errors" &
  PID=$!
  local i
  for ((i = 0; i < 200; i++)); do
    [ -s "$WORK/ready" ] && break
    kill -0 "$PID" 2>/dev/null || { cat "$WORK/errors" >&2; fail "the emulator did not start"; return 1; }
    sleep 0.05
  done
  LOGIN=$(ready .origins.login) ARM=$(ready .origins.resourceManager) GRAPH=$(ready .origins.graph)
  TRAP=$(ready .origins.trap) MANAGED=$(ready .origins.managedIdentity) HOME_TENANT=$(ready .homeTenantId)
}
ready() { jq -r "$1" "$WORK/ready"; }

# stop: ends it by SIGTERM; its report is then in $WORK/manners.
stop() {
  [ -n "$PID" ] || return 0
  kill -TERM "$PID" 2>/dev/null
  wait "$PID"
  local status=$?
  PID=
  [ "$status" -eq 0 ] || fail "the emulator ended with $status: $(cat "$WORK/errors")"
}
manners() { jq -r "$1" "$WORK/manners"; }
truth() { jq -r "$@" "$WORK/truth"; }

# of_tenant SCENARIO FILTER: of the first tenant that plays it.
of_tenant() {
  jq -nrc --arg s "$1" "first(inputs | select(.kind==\"tenant\" and .scenario==\$s and .index>0)) | $2" "$WORK/truth"
}

# web URL [CURL-OPTION]...: body in $WORK/body, headers in $WORK/head, status in STATUS (000 without an answer).
web() {
  local url=$1
  shift
  STATUS=$(curl -sS --cacert "$WORK/pki/ca.pem" -o "$WORK/body" -D "$WORK/head" -w '%{http_code}' "$@" -- "$url" 2>"$WORK/curl")
}
body() { jq -r "$@" "$WORK/body"; }
head_of() { sed -n "s/^$1: *//Ip" "$WORK/head" | tr -d '\r' | head -n 1; }

# token TENANT [SCOPE]: of the first application, into TOKEN.
token() {
  web "$LOGIN/$1/oauth2/v2.0/token" --data-urlencode "client_id=$(ready '.identities[0].clientId')" \
    --data-urlencode "scope=${2:-https://management.azure.com/.default}" --data-urlencode "client_secret=$SECRET" \
    -d grant_type=client_credentials
  TOKEN=$(body '.access_token // empty' 2>/dev/null)
}
# arm PATH-AND-QUERY [CURL-OPTION]...: with TOKEN.
arm() {
  local path=$1
  shift
  web "$ARM$path" -H "Authorization: Bearer $TOKEN" "$@"
}

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

# all PATH-AND-QUERY: every row of a list, page by page, as JSON lines in $WORK/rows; pages in PAGES.
all() {
  local url=$ARM$1
  : >"$WORK/rows"
  PAGES=0
  while [ -n "$url" ] && [ "$PAGES" -lt 100 ]; do
    web "$url" -H "Authorization: Bearer $TOKEN"
    [ "$STATUS" = 200 ] || return 1
    body -c '.value[]' >>"$WORK/rows"
    url=$(body '.nextLink // empty')
    PAGES=$((PAGES + 1))
  done
}

FAILED=0
fail() {
  echo "  $CASE: $*" >&2
  FAILED=$((FAILED + 1))
}
CASE=start
equal() { # WHAT EXPECTED FOUND
  [ "$2" = "$3" ] || fail "$1: expected '$2', found '$3'"
}

run_tests() {
  local names=("$@") before
  [ ${#names[@]} -gt 0 ] || mapfile -t names < <(declare -F | sed -n 's/^declare -f \(test_\)/\1/p')
  for CASE in "${names[@]}"; do
    before=$FAILED
    "$CASE"
    stop
    [ "$FAILED" -eq "$before" ] && echo "ok $CASE" || echo "FAILED $CASE"
  done
  [ ${#names[@]} -gt 0 ] && [ "$FAILED" -eq 0 ]
}
