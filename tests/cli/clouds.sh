#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# clouds.sh - clouds that are not built in: what the configuration may say of
# them, and that a recording of one replays without its certificates.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

AUDIENCE=https://management.contoso.onmicrosoft.com/36f71706-54df-4305-9847-5b038a4cf189

# configure CLOUD: this value of "cloud" in palscan.json
configure() { sed -i "s#^  \"cloud\": .*,\$#  \"cloud\": $1,#" palscan.json; }

# moved NIGHT ENDPOINTS ARM: the recorded night in ./rec as one of the cloud "lab" with these endpoints
moved() {
  cp -R "$DEMO/$1" "$T/rec"
  jq --argjson e "$2" '.settings.cloud = "lab" | .settings.endpoints = $e' "$DEMO/$1/session.json" >"$T/rec/session.json"
  find "$T/rec" -name '*.har' -exec sed -i "s#management\.azure\.com#$3#g" {} +
}
move_rest() {
  find "$T/rec" -name '*.har' -exec sed -i \
    's#login\.microsoftonline\.com#login.lab.example#g; s#graph\.microsoft\.com#graph.lab.example#g' {} +
}
LAB='{"authority":"https://login.lab.example","resourceManager":"https://arm.lab.example","graph":"https://graph.lab.example"}'
LAB_CONFIG='{ "name": "lab", "authority": "https://login.lab.example", "resourceManager": "https://arm.lab.example", "graph": "https://graph.lab.example", "powerBi": "https://powerbi.lab.example", "caFile": "ca.pem" }'

# refused CLOUD WANT...: a scan by this configuration ends with 2 and says WANT; nothing is written
refused() {
  local want
  configure "$1"
  remember
  shift
  palscan --config palscan.json scan
  expect_one_error 2
  expect_err palscan.json
  for want in "$@"; do expect_err "$want"; done
  expect_unchanged
}

test_clouds__recording_of_a_lab_replays_to_the_same_facts() {
  one_night
  git_ ls-tree -r HEAD tenants >"$T/there"
  rm -rf "$T/d" "$T/state"
  no_night
  moved night-1 "$LAB" arm.lab.example
  move_rest
  configure "${LAB_CONFIG/\"powerBi\": \"https:\/\/powerbi.lab.example\", /}"
  palscan scan --replay "$T/rec"
  expect_status 3
  expect_no_file ca.pem
  git_ ls-tree -r HEAD tenants >"$T/here"
  expect_same_file "$T/there" "$T/here"
  git_ show HEAD:inputs/settings.json >"$T/settings"
  expect_equal "$(jq -cS '.endpoints' "$T/settings")" "$(jq -cS . <<<"$LAB")"
  expect_equal "$(jq -r '.cloud' "$T/settings")" lab
  palscan_ok verify
}

test_clouds__configuration_that_contradicts_the_recording_is_refused() {
  one_night
  moved night-2 "$LAB" arm.lab.example
  move_rest
  local other
  for other in '"AzurePublicCloud"' "$LAB_CONFIG" "${LAB_CONFIG/arm.lab/other.lab}"; do
    configure "$other"
    palscan scan --replay "$T/rec"
    expect_one_error 2
    expect_err 'at $.cloud: contradicts the recording'
  done
}

test_clouds__session_that_names_no_endpoints_is_refused() {
  no_night
  rm palscan.json
  moved night-1 '{}' arm.lab.example
  local endpoints
  for endpoints in '{}' '{"authority":"https://login.lab.example"}' '{"authority":"http://a.b","resourceManager":"https://a.b"}' \
    '{"metadata":"https://a.b","graph":"https://a.b"}'; do
    jq --argjson e "$endpoints" '.settings.endpoints = $e' "$T/rec/session.json" >"$T/rec/new"
    mv "$T/rec/new" "$T/rec/session.json"
    palscan scan --replay "$T/rec"
    expect_one_error 2
    expect_err 'cloud lab'
  done
}

test_clouds__stack_hub_is_asked_in_a_replay_too() {
  no_night
  local zero=00000000-0000-0000-0000-000000000000 encoded
  moved night-1 '{"metadata":"https://management.lab.example"}' management.lab.example
  encoded=$(jq -rn --arg a "$AUDIENCE" '$a | @uri')
  find "$T/rec" -name '*.har' -exec sed -i "s#scope=https%3A%2F%2Fmanagement.lab.example%2F#scope=$encoded%2F#g" {} +
  mkdir "$T/rec/cloud"
  jq -n --arg body "{\"authentication\":{\"loginEndpoint\":\"https://login.windows.net/\",\"audiences\":[\"$AUDIENCE\"]}}" \
    '{log: {version: "1.2", entries: [{request: {method: "GET", url: "https://management.lab.example/metadata/endpoints?api-version=2015-01-01"},
      response: {status: 200, content: {mimeType: "application/json", text: $body}}}]}}' >"$T/rec/cloud/$zero.har"
  configure '{ "name": "lab", "metadata": "https://management.lab.example/" }'
  palscan scan --replay "$T/rec"
  expect_one_error 2
  expect_err 'contradicts the recording'
  configure '{ "name": "lab", "metadata": "https://management.lab.example" }'
  palscan scan --replay "$T/rec"
  expect_status 3
  git_ show HEAD:inputs/settings.json >"$T/settings"
  expect_equal "$(jq -c '.endpoints' "$T/settings")" '{"metadata":"https://management.lab.example"}'
  # There is no Graph: its area is not applicable, everything else is read as before.
  git_ ls-tree -r --name-only HEAD tenants | grep '/coverage.json$' | while read -r file; do git_ show "HEAD:$file"; done >"$T/coverage"
  grep -q '"code":"no such service","state":"not-applicable"' "$T/coverage" || fail "no group is not-applicable"
  if grep '"code":"no such service"' "$T/coverage" | grep -v '"state":"not-applicable"'; then fail "something without a service is unread"; fi
}

# Resource Manager does not know the provider. In the public cloud, which has it, the same answer is a fault.
test_clouds__links_of_a_cloud_without_them_are_not_applicable() {
  local file cloud state
  for cloud in lab AzurePublicCloud; do
    rm -rf "$T/d" "$T/state" "$T/rec"
    no_night
    moved night-1 "$LAB" arm.lab.example
    move_rest
    configure "${LAB_CONFIG/\"powerBi\": \"https:\/\/powerbi.lab.example\", /}"
    state=not-applicable
    if [ "$cloud" = AzurePublicCloud ]; then
      rm -rf "$T/rec"
      cp -R "$DEMO/night-1" "$T/rec"
      configure '"AzurePublicCloud"'
      state=unread
    fi
    find "$T/rec" -name '*.har' | while read -r file; do
      jq '(.log.entries[] | select(.request.url | contains("Microsoft.ManagementPartner")).response) |=
        {status: 404, content: {mimeType: "application/json", text: "{\"error\":{\"code\":\"InvalidResourceNamespace\"}}"}}' "$file" >"$T/har"
      cp "$T/har" "$file"
    done
    palscan scan --replay "$T/rec" --fail-on none
    git_ ls-tree -r --name-only HEAD tenants | grep '/coverage.json$' | while read -r file; do git_ show "HEAD:$file"; done >"$T/coverage"
    grep -q "\"code\":\"404 InvalidResourceNamespace\",\"state\":\"$state\"" "$T/coverage" || fail "$cloud: no link is $state"
    grep '"code":"404 InvalidResourceNamespace"' "$T/coverage" | grep -v "\"state\":\"$state\"" && fail "$cloud: another state"
    git_ ls-tree -r --name-only HEAD tenants | grep '/identities/' | while read -r file; do git_ show "HEAD:$file"; done >"$T/identities"
    if grep '"link"' "$T/identities"; then fail "$cloud: a link, or none, was told"; fi
  done
}

test_clouds__wrong_endpoints_are_told_by_their_key() {
  one_night
  refused 7 '$.cloud' 'expected a string or an object'
  refused '"AzureGermanCloud"' '$.cloud' '"AzureGermanCloud" is no built-in cloud' AzureUSGovernment
  expect_equal "$(grep -o 'at \$.cloud' "$T/.err" | wc -l)" 1 'places named'
  refused '{}' '$.cloud' name
  refused '{ "name": "Lab" }' '$.cloud.name'
  refused '{ "name": "lab" }' 'needs either metadata, or authority and resourceManager'
  refused '{ "name": "lab", "authorty": "https://a.b" }' '$.cloud' 'did you mean "authority"'
  refused '{ "name": "lab", "authority": "http://a.b", "resourceManager": "https://a.b" }' 'authority: URL "http://a.b": is not https'
  refused '{ "name": "lab", "authority": "https://a.b", "resourceManager": "https://a.b/x" }' 'resourceManager "https://a.b/x" is more than'
  refused '{ "name": "lab", "metadata": "https://a.b", "graph": "https://a.b" }' 'graph "https://a.b" stands beside metadata'
}

test_clouds__certificate_file_must_be_one_and_ours() {
  no_night
  refused "$LAB_CONFIG" caFile ca.pem
  echo nothing >ca.pem
  refused "$LAB_CONFIG" caFile ca.pem 'holds no certificate in PEM'
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -out ca.pem -days 2 -subj /CN=lab 2>"$T/.openssl"
  chmod 666 ca.pem
  refused "$LAB_CONFIG" ca.pem 'others may write it'
  chmod 644 ca.pem
  palscan --config palscan.json scan
  expect_status 2
  expect_err 'anna.token: no such file' # the cloud is accepted, its secrets are looked for
  expect_no_err ca.pem
}

run_tests "$@"
