#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# canaries.sh - one run that signs in by every type of credential, at services on
# loopback: no secret of any of them is afterwards in a file, in what was printed,
# in an object of the repository, or was ever to be seen in the list of processes.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

EMULATOR=$PAL_BUILD/tests/emulator/emulator
PKI=$SUITE/pki
# Of this run alone: another may stand in the list of processes too.
SECRET=canary-client-secret-$$-$RANDOM
HEADER=canary-identity-header-$$-$RANDOM
PASSWORD=canary-pfx-password-$$-$RANDOM
PID=

ready() { jq -r "$1" "$T/ready"; }
base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
end_services() {
  [ -z "$PID" ] || kill "$PID" 2>/dev/null || :
  PID=
}

start_services() {
  [ -x "$EMULATOR" ] || skip "there is no emulator in this build"
  sh "$PAL_SOURCE/tests/emulator/pki.sh" "$PKI" || fail "no keys"
  : >"$T/ready"
  "$EMULATOR" --port 0 --tls "$PKI/server.pem" --tls-key "$PKI/server.key" --secret "$SECRET" --tenants 3 \
    --client-certificate "$PKI/client.pem" --federation-key "$PKI/issuer.pub" --managed-header "$HEADER" \
    --registry mpn.json --estate estate.json >"$T/ready" 2>"$T/emulator.err" &
  PID=$!
  trap end_services EXIT
  local i
  for ((i = 0; i < 200; i++)); do
    [ ! -s "$T/ready" ] || return 0
    sleep 0.05
  done
  fail "the emulator does not start: $(cat "$T/emulator.err")"
}

# A token of the first application, as curl gets it.
token() {
  printf 'client_id=%s&client_secret=%s&grant_type=client_credentials&scope=https%%3A%%2F%%2Flocalhost%%3A%s%%2F.default' \
    "$(ready '.identities[0].clientId')" "$SECRET" "$(ready .ports.resourceManager)" |
    curl -sS --cacert "$PKI/ca.pem" -d @- "$(ready .origins.login)/$(ready .homeTenantId)/oauth2/v2.0/token" | jq -r .access_token
}

federated_token() {
  local text
  text=$(printf '{"alg":"RS256","typ":"JWT"}' | base64url).$(printf \
    '{"iss":"https://issuer.example","sub":"system:serviceaccount:palscan:palscan","aud":"api://AzureADTokenExchange","exp":%d}' \
    $(($(date +%s) + 86400)) | base64url)
  printf '%s.%s' "$text" "$(printf %s "$text" | openssl dgst -sha256 -sign "$PKI/issuer.key" -binary | base64url)"
}

private() {
  cat >"$1"
  chmod 600 "$1"
}

# Everything secret, one a line, in $SUITE/canaries: what is to be looked for.
write_credentials() {
  mkdir "$SUITE/secrets"
  cd "$SUITE/secrets"
  printf %s "$SECRET" | private app.secret
  ready '.identities[] | select(.name == "person-one").refreshToken' | private person.token
  token | private token
  federated_token | private federated
  openssl pkcs12 -export -inkey "$PKI/client.key" -in "$PKI/client.pem" -out app.pfx -passout "pass:$PASSWORD"
  chmod 600 app.pfx
  # The program in place of the Azure CLI gives a token of its own.
  token >az.token
  cat >az <<END
#!/bin/sh
sleep 1 # so that it is seen
printf '{"accessToken":"%s","expires_on":%s}' "\$(cat '$SUITE/secrets/az.token')" "\$((\$(date +%s) + 3000))"
END
  chmod 755 az
  {
    printf '%s\n' "$SECRET" "$HEADER" "$PASSWORD"
    cut -d. -f3 token az.token federated
    cut -c5-60 person.token
    sed -n '5p' "$PKI/client.key"
  } >"$SUITE/canaries"
  expect_equal "$(grep -c '^................' "$SUITE/canaries")" 8 "long canaries"
  cd "$T/d"
}

write_configuration() {
  jq -n --slurpfile ready "$T/ready" --arg s "$SUITE/secrets" --arg ca "$PKI/ca.pem" '$ready[0] as $r | $r.origins as $o
    | def id($n): $r.identities[] | select(.name == $n).clientId;
      def one($name; $type; $client; $more): {name: $name, tenants: [$r.homeTenantId],
        credential: ({type: $type, tenantId: $r.homeTenantId} + (if $client then {clientId: id($client)} else {} end) + $more)};
      {repository: "snapshots.git", collect: ["links", "role-assignments", "usage", "delegations", "directory"], registry: "mpn.json", estate: "estate.json", waivers: "waivers.json",
       cloud: {name: "lab", authority: $o.login, resourceManager: $o.resourceManager, graph: $o.graph, caFile: $ca},
       identities: [
         one("a-secret"; "client-secret"; "app-secret"; {secretFile: ($s + "/app.secret")}),
         one("a-variable"; "client-secret"; "app-secret"; {secretEnv: "CANARY_SECRET"}),
         one("a-certificate"; "client-certificate"; "app-certificate"; {certificateFile: ($s + "/app.pfx"), passwordEnv: "CANARY_PASSWORD"}),
         one("a-pod"; "workload-identity"; "app-federated"; {tokenFile: ($s + "/federated")}),
         one("a-host"; "managed-identity"; null; {cloud: "lab"}),
         one("a-person"; "device-code"; "person-one"; {tokenFile: ($s + "/person.token")}),
         one("a-cli"; "azure-cli"; null; {azPath: ($s + "/az"), cloud: "lab"}),
         one("a-token"; "token-file"; null; {tokenFile: ($s + "/token")}),
         one("an-environment"; "environment"; null; {cloud: "lab"})]}' >palscan.json
}

# watch FILE: the command lines of all processes but the emulator's, again and again, until $T/over is there
watch() {
  local process arguments
  while [ ! -e "$T/over" ]; do
    for process in /proc/[0-9]*; do
      [ "$process" != "/proc/$PID" ] || continue
      mapfile -d '' -t arguments <"$process/cmdline" || continue
      [ ${#arguments[@]} -eq 0 ] || printf '%s\n' "${arguments[@]}"
    done >>"$1" 2>/dev/null
  done
}

# without_canaries WHAT: its input holds none of them, neither as they are nor in base64 or percent-encoded
without_canaries() {
  local canary
  cat >"$SUITE/looked-at"
  while read -r canary; do
    if grep -qaF -e "$canary" -e "$(printf %s "$canary" | openssl base64 -A | tr -d =)" -e "$(jq -rn --arg c "$canary" '$c | @uri')" \
      "$SUITE/looked-at"; then
      fail "$1: a secret (${canary:0:12}…)"
    fi
  done <"$SUITE/canaries"
}

test_canaries__no_secret_leaves_memory() {
  mkdir d
  cd d
  start_services
  write_credentials
  write_configuration
  palscan_ok init .
  export CANARY_SECRET=$SECRET CANARY_PASSWORD=$PASSWORD IDENTITY_HEADER=$HEADER
  IDENTITY_ENDPOINT=$(ready .origins.managedIdentity)/msi/token
  AZURE_TENANT_ID=$(ready .homeTenantId)
  AZURE_CLIENT_ID=$(ready '.identities[0].clientId')
  export IDENTITY_ENDPOINT AZURE_TENANT_ID AZURE_CLIENT_ID AZURE_CLIENT_SECRET=$SECRET
  watch "$SUITE/processes" &
  palscan --config palscan.json scan -v --record "$T/rec" --fail-on none
  : >"$T/over"
  wait %%
  unset CANARY_SECRET CANARY_PASSWORD IDENTITY_HEADER AZURE_CLIENT_SECRET
  [ "$status" -eq 0 ] || [ "$status" -eq 4 ] || fail "exit status $status"
  # All of them signed in and read something, or nothing would be shown here.
  expect_equal "$(jq -s '[.[] | .log.entries[] | select(.request.url | contains("ManagementPartner"))] | length' "$T"/rec/*/*.har)" 9 "links asked for"
  expect_no_out 'AADSTS'
  # Names were asked for, and given to those who may read the directory.
  git_ ls-tree -r --name-only HEAD | grep '/directory.json$' | while read -r file; do git_ show "HEAD:$file"; done >"$T/names"
  grep -q '"type":"servicePrincipal"' "$T/names" || fail "nobody was named"

  find "$T" -type f ! -path "$T/d/snapshots.git/objects/*" ! -name ready -exec cat {} + | without_canaries files
  git_ cat-file --batch --batch-all-objects | without_canaries objects
  grep -qxF -e --record "$SUITE/processes" || fail "palscan was not seen among the processes"
  grep -qxF get-access-token "$SUITE/processes" || fail "what it starts was not seen among the processes"
  without_canaries processes <"$SUITE/processes"

  # What judges is awake.
  local canary
  while read -r canary; do
    if (echo "x${canary}x" | without_canaries check) 2>/dev/null; then fail "nothing is found of ${canary:0:12}"; fi
  done <"$SUITE/canaries"
  end_services
  # The recording alone is enough: no secret, no service, no certificate.
  rm -r "$SUITE/secrets"
  palscan --config palscan.json --repository "$T/replayed.git" scan --replay "$T/rec" --dry-run --fail-on none
  [ "$status" -eq 0 ] || [ "$status" -eq 4 ] || fail "exit status $status"
  expect_equal "$(sed -n 's/^dry run.*tree //p' "$T/.err")" "$(tree_of)" "tree of the replay"
}

# is_connected PID: somebody there has a connection to the token endpoint
is_connected() {
  awk -v port="$(printf ':%04X' "$(ready .ports.login)")" 'substr($3, length($3) - 4) == port && $4 == "01" { found = 1 }
    END { exit !found }' "/proc/$1/net/tcp" "/proc/$1/net/tcp6" 2>/dev/null
}

# What is in memory at the worst moment, with the secrets read and an answer outstanding, is dumped nowhere.
test_canaries__killed_process_leaves_no_core() {
  local ended=0 i pid
  mkdir d
  cd d
  start_services
  rm -rf "$SUITE/secrets" && mkdir "$SUITE/secrets"
  printf %s "$SECRET" | private "$SUITE/secrets/app.secret"
  write_configuration
  jq '.identities |= map(select(.name == "a-secret"))' palscan.json >"$T/one"
  cp "$T/one" palscan.json
  palscan_ok init .
  ulimit -Sc "$(ulimit -Hc)" 2>/dev/null || :
  kill -STOP "$PID"
  "$PALSCAN" --config palscan.json scan >"$T/.out" 2>"$T/.err" </dev/null &
  pid=$!
  # It waits for the token endpoint: its secret was read.
  for ((i = 0; i < 200; i++)); do
    ! is_connected "$pid" || break
    sleep 0.05
  done
  is_connected "$pid" || fail "palscan never asked for a token"
  grep -qE '^Max core file size +0 +0 ' "/proc/$pid/limits" || fail "a core may be written: $(grep core "/proc/$pid/limits")"
  # The kernel gives the files of such a process to root; a person's other processes do not read them.
  [ "$(id -u)" -eq 0 ] || expect_equal "$(stat -c %u "/proc/$pid/mem")" 0 "owner of its memory"
  kill -ABRT "$pid"
  wait "$pid" 2>/dev/null || ended=$?
  kill -CONT "$PID"
  expect_equal "$ended" 134 "exit status"
  if find "$T" -name 'core*' -type f ! -path '*/snapshots.git/*' | grep .; then fail "there is a core"; fi
  find "$T" -type f ! -name ready -exec cat {} + >"$SUITE/looked-at"
  if grep -qaF -e "$SECRET" "$SUITE/looked-at"; then fail "the secret is in a file"; fi
  end_services
}

test_canaries__refused_credential_says_what_to_do_and_not_the_secret() {
  mkdir d
  cd d
  start_services
  rm -rf "$SUITE/secrets" && mkdir "$SUITE/secrets"
  echo "canary-wrong-$SECRET" | private "$SUITE/secrets/app.secret"
  write_configuration
  jq '.identities |= map(select(.name == "a-secret") | del(.tenants))' palscan.json >"$T/one"
  cp "$T/one" palscan.json
  palscan_ok init .
  palscan --config palscan.json scan --fail-on none
  expect_status 5
  expect_err "identity a-secret, tenant "
  expect_err ": no token: AADSTS7000215: the client secret is wrong; what to do: store the secret's value"
  expect_no_err "$SECRET"
  # Four tenants refuse it, for one cause.
  expect_equal "$(grep -c 'no token: AADSTS7000215' "$T/.err")" 1 warnings
  grep -q 'AADSTS7000215' <(git_ cat-file --batch --batch-all-objects) || fail "coverage does not say so"
}

run_tests "$@"
