#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# secrets.sh - what signs in is in no file, line or process list but its own file.
# shellcheck disable=SC2119
# shellcheck source=tests/live/lib.sh
. "$(dirname "$0")/lib.sh"

# canaries: one per line: the client secret, a line of the key, the federated token, both refresh tokens, as they are
# and as a form and base64 write them
canaries() {
  local secret
  {
    printf '%s\n' "$SECRET"
    sed -n 3p "$PKI/client.key"
    cut -d . -f 3 "$T/secrets/app-federated"
    cat "$T/first-tokens" "$T/secrets/person-one" "$T/secrets/person-two"
  } | grep -v '^$' | while read -r secret; do
    printf '%s\n' "$secret" "$(jq -rn --arg s "$secret" '$s | @uri')" "$(printf %s "$secret" | base64 -w 0)"
  done | sort -u
}

test_live__secrets_stay_in_their_files() {
  local pid seen=0 found=0
  emulate --tenants "${TENANTS:-30}"
  live_folder
  cat "$T/secrets/person-one" "$T/secrets/person-two" >"$T/first-tokens"
  "$PALSCAN" --config palscan.json -v scan --record "$T/rec" >"$T/.out" 2>"$T/.err" </dev/null &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    { tr '\0' '\n' <"/proc/$pid/cmdline" && tr '\0' '\n' <"/proc/$pid/environ"; } >>"$T/process" 2>/dev/null && seen=$((seen + 1))
    sleep 0.05
  done
  wait "$pid" || status=$?
  expect_status 3
  [ "$seen" -gt 0 ] || fail 'the process was not seen'
  grep -q palscan.json "$T/process" || fail 'the process list was not read'
  silence
  canaries >"$T/canaries"
  found=$(wc -l <"$T/canaries")
  [ "$found" -ge 12 ] || fail "$found canaries"
  # Looked for where they are, they are found.
  grep -rqF -f "$T/canaries" "$T/secrets" || fail 'the search finds nothing at all'
  mkdir "$T/objects"
  git_ cat-file --batch --batch-all-objects >"$T/objects/all"
  if grep -rlaF -f "$T/canaries" "$T/d" "$T/state" "$T/rec" "$T/.out" "$T/.err" "$T/process" "$T/objects"; then
    fail 'a secret was written'
  fi
  # Nor is a token of the services: each begins like this.
  if grep -rlaE 'eyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}' "$T/d" "$T/state" "$T/rec" "$T/.out" "$T/.err" "$T/objects"; then
    fail 'a signed token was written'
  fi
}

live_tests "$@"
