#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# login.sh - palscan login: a person signs in at the emulator with a device code, and a scan reads what they see.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

EMULATOR=$PAL_BUILD/tests/emulator/emulator
PKI=$SUITE/pki
PID=

ready() { jq -r "$1" "$T/ready"; }
end_services() {
  [ -z "$PID" ] || kill "$PID" 2>/dev/null || :
  PID=
}

# The emulator, and ./d with a person who has no token yet.
start() {
  [ -x "$EMULATOR" ] || skip "there is no emulator in this build"
  [ -e "$PKI/made" ] || sh "$PAL_SOURCE/tests/emulator/pki.sh" "$PKI" || fail "no keys"
  mkdir -p "$T/d/secrets"
  cd "$T/d"
  : >"$T/ready"
  "$EMULATOR" --port 0 --tls "$PKI/server.pem" --tls-key "$PKI/server.key" --tenants 3 --device-polls 1 \
    --registry mpn.json --estate estate.json >"$T/ready" 2>"$T/emulator.err" &
  PID=$!
  trap end_services EXIT
  local i
  for ((i = 0; i < 200; i++)); do
    [ ! -s "$T/ready" ] || break
    sleep 0.05
  done
  jq -n --slurpfile ready "$T/ready" --arg ca "$PKI/ca.pem" '$ready[0] as $r | $r.origins as $o
    | {repository: "snapshots.git", registry: "mpn.json", estate: "estate.json", waivers: "waivers.json",
       cloud: {name: "lab", authority: $o.login, resourceManager: $o.resourceManager, graph: $o.graph, caFile: $ca},
       identities: [{name: "anna", tenants: [$r.homeTenantId], credential: {type: "device-code", tenantId: $r.homeTenantId,
         clientId: ($r.identities[] | select(.name == "person-one").clientId), tokenFile: "secrets/anna.token"}}]}' >palscan.json
  palscan_ok init .
}

test_login__person_signs_in_and_is_read_from_then_on() {
  start
  palscan --config palscan.json scan
  expect_one_error 2
  expect_err 'anna.token: no such file'
  palscan_ok --config palscan.json login anna
  expect_out_empty
  expect_err 'To sign in, use a web browser to open the page'
  expect_err 'and enter the code'
  expect_err 'identity anna is signed in'
  expect_no_err 'warning'
  expect_equal "$(stat -c %a secrets/anna.token)" 600 "mode of the token file"
  [ "$(tail -c +1 secrets/anna.token | wc -c)" -gt 20 ] || fail "no token"
  if grep -qF -f secrets/anna.token "$T/.err"; then fail "the token was printed"; fi
  palscan --config palscan.json scan --fail-on none
  [ "$status" -eq 0 ] || [ "$status" -eq 4 ] || fail "exit status $status"
  git_ ls-tree -r --name-only HEAD | grep -q "/identities/" || fail "the person was not read"
  # Once more, over the token that is there.
  palscan_ok --config palscan.json login anna
}

test_login__what_cannot_sign_in_is_told() {
  start
  palscan --config palscan.json login berta
  expect_one_error 2
  expect_err 'there is no identity "berta"'
  palscan login anna
  expect_one_error 2
  expect_err 'working directory'
  palscan --config palscan.json login
  expect_status 2
  jq '.identities[0].credential.tenantId = "11111111-1111-4111-8111-111111111111"' palscan.json >other.json
  palscan --config other.json login anna
  expect_one_error 5
  expect_err 'identity anna: no token: AADSTS90002'
  jq '.identities[0].credential |= (.type = "client-secret" | .secretFile = .tokenFile | del(.tokenFile))' palscan.json >other.json
  palscan --config other.json login anna
  expect_one_error 2
  expect_err 'login is for device-code'
  expect_no_file secrets/anna.token
}

run_tests "$@"
