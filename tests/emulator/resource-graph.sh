#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Resource Graph: the shape of its answers, its paging, and the queries scanners ask.
# shellcheck source=tests/emulator/lib.sh
. "$PAL_SOURCE/tests/emulator/lib.sh"

# ask QUERY [OPTIONS] [SUBSCRIPTIONS]: JSON for the last two.
ask() {
  arm '/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01' -H 'Content-Type: application/json' \
    -d "$(jq -n --arg q "$1" --argjson o "${2:-{\}}" --argjson s "${3:-null}" '{query: $q, options: $o} + if $s then {subscriptions: $s} else {} end')"
}
# enter SCENARIO
enter() {
  TENANT=$(of_tenant "$1" .tenantId)
  token "$TENANT"
}
ASSIGNMENTS="authorizationresources | where type =~ 'microsoft.authorization/roleassignments'"

test_shape() {
  start
  enter dark
  ask "$ASSIGNMENTS | project id, name, type" '{"$top":3,"$skip":0}'
  local example=$SPEC/resourcegraph-2022-10-01/ResourcesFirstPageQuery.json
  equal members "$(jq -r '.responses["200"].body | keys | join(" ")' "$example")" "$(body 'keys | join(" ")')"
  equal kinds "$(jq -cS '.responses["200"].body | map_values(type)' "$example")" "$(body -cS 'map_values(type)')"
  equal 'three rows of three columns' '3 id name type' "$(body '"\(.data | length) \(.data[0] | keys | join(" "))"')"
  equal quota 14 "$(head_of x-ms-user-quota-remaining)"
  ask "$ASSIGNMENTS | project principalId = properties.principalId" '{"$top":3}'
  equal 'without an id there are no pages' 'true null' "$(body '"\(.resultTruncated) \(."$skipToken")"')"
  ask "$ASSIGNMENTS | project id, name" '{"$top":2,"resultFormat":"table"}'
  equal 'as a table' 'id name 2' "$(body '"\([.data.columns[].name] | join(" ")) \(.data.rows | length)"')"
}

test_pages_hold_every_assignment_once() {
  start
  enter dark
  local skip='' ids
  ids=$WORK/ids
  : >"$ids"
  while :; do
    ask "$ASSIGNMENTS | project id | order by id asc" \
      "$(jq -n --arg s "$skip" '{"$top": 5, authorizationScopeFilter: "AtScopeAboveAndBelow"} + if $s != "" then {"$skipToken": $s} else {} end')"
    body '.data[].id | ascii_downcase' >>"$ids"
    skip=$(body '."$skipToken" // empty')
    [ -n "$skip" ] || break
  done
  equal total "$(body .totalRecords)" "$(sort -u "$ids" | wc -l)"
  # The same ids as the lists of the subscriptions, each once.
  for sub in $(of_tenant dark '.subscriptions[].subscriptionId'); do
    all "/subscriptions/$sub/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01"
    jq -r '.id | ascii_downcase' "$WORK/rows"
  done | sort -u >"$WORK/lists"
  equal 'ids that differ' '' "$(sort -u "$ids" | diff - "$WORK/lists")"
}

test_inherited_are_left_out_unless_asked_for() {
  start --tenants 300
  local above below tenant
  for tenant in $(truth 'select(.kind=="tenant" and .scenario=="ordinary" and .index>0) | .tenantId' | head -n 12); do
    token "$tenant"
    ask "$ASSIGNMENTS | project id"
    below=$(body .totalRecords)
    ask "$ASSIGNMENTS | project id" '{"authorizationScopeFilter":"AtScopeAboveAndBelow"}'
    above=$(body .totalRecords)
    [ "$above" -gt "$below" ] && return
  done
  fail 'no tenant has an inherited assignment'
}

test_queries() {
  start
  enter dark
  local subs first
  subs=$(of_tenant dark '[.subscriptions[].subscriptionId]')
  ask 'resources | summarize count() by subscriptionId'
  equal 'resources by subscription' "$(printf %s "$subs" | jq -c 'sort')" "$(body -c '[.data[].subscriptionId] | sort')"
  equal 'two in each' 2 "$(body '[.data[].count_] | unique[]')"
  first=$(printf %s "$subs" | jq -r '.[0]')
  ask "resourcecontainers | where type == 'microsoft.resources/subscriptions' and subscriptionId =~ '${first^^}' | project id, state = tostring(properties.state)"
  equal 'a condition' 'Enabled' "$(body '.data[].state')"
  ask "$ASSIGNMENTS | extend rd = tolower(tostring(split(properties.roleDefinitionId,'/')[-1])) | summarize n = count() by rd | order by rd asc"
  equal 'a sum over all roles' "$(ask "$ASSIGNMENTS | count"; body '.data[0].Count')" \
    "$(ask "$ASSIGNMENTS | summarize n = count() by tostring(properties.principalType)"; body '[.data[].n] | add')"
  ask "$ASSIGNMENTS | summarize total = dcount(tolower(id))"
  equal 'distinct ids' "$(ask "$ASSIGNMENTS | count"; body '.data[0].Count')" \
    "$(ask "$ASSIGNMENTS | summarize total = dcount(tolower(id))"; body '.data[0].total')"
  ask "$ASSIGNMENTS | where properties.principalType in~ ('serviceprincipal') | project t = tostring(properties.principalType) | distinct t"
  equal 'in' ServicePrincipal "$(body '.data[].t')"
  ask "$ASSIGNMENTS | join (resources) on id"
  equal 'what it does not understand' '400 InvalidQuery' "$STATUS $(body '.error.details[0].code')"
  ask nonsense
  equal 'no table' 400 "$STATUS"
}

test_only_what_the_caller_sees() {
  start
  enter dark
  local other mine
  other=$(of_tenant unlinked '.subscriptions[0].subscriptionId') mine=$(of_tenant dark '.subscriptions[0].subscriptionId')
  ask "$ASSIGNMENTS | count" '{}' "[\"$other\"]"
  equal 'none of them' '403 AuthorizationFailed' "$STATUS $(body .error.code)"
  ask "resourcecontainers | project id" '{}' "[\"$other\",\"$mine\"]"
  equal 'one of two' "/subscriptions/$mine" "$(body '.data[].id')"
}

run_tests "$@"
