#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# bounds.sh - one tenant whose names or lists are far too long, and policies whose
# results are: they cost a unit, the end of a list or one rule, never the run.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

WOODGROVE=14636b7c-8e19-5de8-9d87-048e6429cbdc
LITWARE=d7fcacf2-6a16-56fc-8f98-83df1df8f026
UNLINKED=4945f859-bab7-5dca-9f3b-b347f7cf8927 # of Litware

# night TENANT URLPART FILTER: the second night as $T/night, with answers of a tenant put through jq
night() {
  local har
  rm -rf "$T/night"
  cp -R "$DEMO/night-2" "$T/night"
  for har in "$T"/night/*/"$1.har"; do
    jq -c --arg url "$2" "(.log.entries[] | select(.request.url | contains(\$url)) | .response.content.text) |= (fromjson | $3 | tojson)" \
      "$har" >"$T/har" && mv "$T/har" "$har"
  done
}

# scan: of $T/night into $T/scan; the snapshot stands and judges again to the same
scan() {
  palscan scan --replay "$T/night" --fail-on none -f json
  expect_status 4
  expect_err committed
  cp "$T/.out" "$T/scan"
  expect_equal "$(git_ rev-list --count HEAD)" 2 snapshots
  palscan_ok verify
  palscan check --as-recorded -f json --fail-on none
  expect_same_file <(jq .findings "$T/scan") <(jq .findings "$T/.out")
}

# others TENANT: findings of all other tenants
others() { jq -c --arg t "$1" '[.findings[] | select(.tenantId != $t) | [.fingerprint, .verdict, .status, .lastVerified]]' "$2"; }

test_bounds__longest_name_of_a_partner_costs_its_unit() {
  two_nights
  palscan check --as-recorded -f json --fail-on none
  cp "$T/.out" "$T/usual"
  rm -rf "$T/d" "$T/state"
  local name
  # shellcheck disable=SC2016
  for name in '"\u0001" * 11000' '"x" * 65440' '"x" * 65536' '"\u00e9" * 2049'; do
    rm -rf "$T/d" "$T/state"
    one_night
    night "$WOODGROVE" /partners? ".properties.partnerName = ($name)"
    scan
    expect_equal "$(others "$WOODGROVE" "$T/scan")" "$(others "$WOODGROVE" "$T/usual")" 'findings of the others'
    palscan_ok query "SELECT state, code FROM coverage WHERE tenant_id = '$WOODGROVE' AND area = 'links' AND unit = 'provider-automation'" -f csv
    expect_out 'partial,malformed item'
  done
}

test_bounds__thousands_of_roles_of_one_identity_cost_the_end_of_a_list() {
  two_nights
  palscan check --as-recorded -f json --fail-on none
  cp "$T/.out" "$T/usual"
  rm -rf "$T/d" "$T/state"
  one_night
  night "$LITWARE" /roleAssignments? ".value as \$all | ([\$all[] | select(.properties.principalId == \"$UNLINKED\")][0]) as \$one
    | .value = \$all + [range(8000) | tostring as \$i | (\"00000000-0000-4000-8000-\" + (\"0\" * (12 - (\$i | length))) + \$i) as \$id
      | (\$one.properties.scope + \"/resourceGroups/rg-\" + \$i + \"-\" + (\"z\" * 60)) as \$scope
      | \$one | .name = \$id | .properties.scope = \$scope | .id = \$scope + \"/providers/Microsoft.Authorization/roleAssignments/\" + \$id]"
  scan
  expect_equal "$(others "$LITWARE" "$T/scan")" "$(others "$LITWARE" "$T/usual")" 'findings of the others'
  jq -c --arg o "$UNLINKED" '.findings[] | select(.policy == "PAL011" and .subject.id == $o)' "$T/scan" >"$T/finding"
  expect_equal "$(jq -c '[.verdict, .status]' "$T/finding")" '["fail","open"]'
  # shellcheck disable=SC2016
  expect_equal "$(jq '.details.roles | (length - 1) + (.[-1] | capture("^… (?<n>[0-9]+) more, digest [0-9a-f]{16}$").n | tonumber)' "$T/finding")" 8001 'roles'
  [ "$(wc -c <"$T/finding")" -lt 400000 ] || fail 'the list is not cut'
}

# own SQL: a policy OWN1 of one's own
own() {
  mkdir -p mine/views
  printf '%s\n' '-- id: OWN1' '-- title: t' '-- class: rule' '-- severity: low' '-- subject: tenant' '-- reads: tenant' '-- rationale: r' \
    '-- remediation: r' "$1" >mine/OWN1.sql
  grep -q directories palscan.json || sed -i 's/"names": "ours"/"names": "ours", "policies": { "directories": ["mine"] }/' palscan.json
}

test_bounds__own_policy_too_long_is_unknown_and_the_rest_goes_on() {
  one_night
  local columns
  for columns in "printf('%.*c', 70000, 'x') AS subject_id, 'n' AS subject_name, 'm' AS message" \
    "id AS subject_id, 'n' AS subject_name, 'm' AS message, printf('%.*c', 70000, 'x') AS key" \
    "id AS subject_id, 'n' AS subject_name, 'm' AS message, 1 AS one, 2 AS One" \
    "id AS subject_id, 'n' AS subject_name, printf('%.*c', 20000000, 'x') AS message"; do
    own "SELECT id AS tenant_id, 'tenant' AS subject_type, $columns FROM tenant"
    palscan_ok check -f json --fail-on none
    expect_equal "$(jq -c '[.findings[] | select(.policy == "OWN1") | [.verdict, .subject.type]]' "$T/.out")" '[["unknown","policy"]]' "$columns"
    [ "$(jq '[.findings[] | select(.policy != "OWN1")] | length' "$T/.out")" -gt 10 ] || fail 'the rest did not go on'
    palscan_ok check --fail-on none
    expect_out 'could not be judged'
  done
  own "SELECT id AS tenant_id, 'tenant' AS subject_type, id AS subject_id, printf('%.*c', 70000, 'n') AS subject_name,
    printf('%.*c', 70000, 'm') AS message, printf('%.*c', 2000000, 'd') AS d FROM tenant WHERE id = '$WOODGROVE'"
  palscan_ok check -f json --fail-on none
  expect_equal "$(jq -c '.findings[] | select(.policy == "OWN1" and .verdict == "fail") | [.verdict, (.message | utf8bytelength), .message[-1:], .subject.name[-1:], .details.d[-1:]]' "$T/.out")" \
    '["fail",65536,"…","…","…"]'
}

test_bounds__view_named_like_another_is_refused() {
  one_night
  own 'SELECT NULL AS tenant_id, subject_type, subject_id, subject_name, message FROM finding'
  local name
  for name in link Our_Path run json_each; do
    echo "CREATE VIEW $name AS SELECT 1 AS one" >mine/views/v.sql
    remember
    palscan check
    expect_one_error 2
    expect_err mine/views/v.sql
    expect_err " $name"
    expect_unchanged
  done
}

test_bounds__query_knows_the_views_of_ones_own() {
  one_night
  own 'SELECT NULL AS tenant_id, subject_type, subject_id, subject_name, message FROM finding'
  echo "CREATE VIEW of_mine AS SELECT id FROM tenant WHERE id = '$WOODGROVE'" >mine/views/of_mine.sql
  palscan_ok query 'SELECT id FROM of_mine' -f csv
  expect_out "$WOODGROVE"
}

run_tests "$@"
