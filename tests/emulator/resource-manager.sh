#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Resource Manager against the published examples and the generator's own numbers.
# shellcheck source=tests/emulator/lib.sh
. "$PAL_SOURCE/tests/emulator/lib.sh"

# shape FILTER: paths of members below the value of FILTER, with the kinds of their values; arrays count by
# their elements. What an example shows must be there with the same kind (null beside anything).
SHAPE='def shape: [paths as $p | {p: ($p | map(if type=="number" then "[]" else . end) | join(".")), t: (getpath($p) | type)}] | unique;'
# has_shape_of WHAT EXAMPLE FILTER FOUND-FILTER [EXCEPT]: FILTER of the example's 200 body, FOUND-FILTER of ours.
# EXCEPT is a regular expression of paths that the example shows and the service need not send.
has_shape_of() {
  local missing
  missing=$(jq -nr --slurpfile e "$SPEC/$2.json" --slurpfile f "$WORK/body" --arg x "${5:-^$}" "$SHAPE"'
    ($e[0].responses["200"].body | '"$3"' | shape) as $want
    | ($f[0] | '"$4"' | shape) as $have
    | $want[] | select((.p | test($x)) | not)
    | select(. as $w | all($have[]; .p != $w.p or (.t != $w.t and .t != "null" and $w.t != "null"))) | "\(.p): \(.t)"')
  [ -z "$missing" ] || fail "$1: of $2 is missing: $missing"
}

sub_of() { of_tenant "$1" ".subscriptions[${2:-0}].subscriptionId"; }
enter() { # SCENARIO: TENANT, SUB and TOKEN of the first tenant that plays it
  TENANT=$(of_tenant "$1" .tenantId) SUB=$(sub_of "$1")
  token "$TENANT"
}

test_link() {
  start
  enter wrong-location
  arm '/providers/Microsoft.ManagementPartner/partners?api-version=2018-02-01'
  equal status 200 "$STATUS"
  has_shape_of 'the link' managementpartner-2018-02-01/GetPartnerDetailsNoPartnerId . .
  equal 'etag is the version, a number' true "$(body '.etag == .properties.version and (.etag | type) == "number"')"
  equal 'whose' "$(of_tenant wrong-location '.identities[0] | "\(.objectId) \(.partnerId)"')" \
    "$(body '"\(.properties.objectId) \(.properties.partnerId)"')"
  equal 'rate header' 249 "$(head_of x-ms-ratelimit-remaining-tenant-reads)"
  arm '/providers/Microsoft.ManagementPartner/partners/42?api-version=2018-02-01'
  equal 'another partner id' 404 "$STATUS"
  enter dark
  arm '/providers/Microsoft.ManagementPartner/partners?api-version=2018-02-01'
  equal 'no link' '404 error' "$STATUS $(body 'keys | join(" ")')"
  arm '/providers/Microsoft.ManagementPartner/partners'
  equal 'no version' '400 MissingApiVersionParameter' "$STATUS $(body .error.code)"
}

test_tenants_and_subscriptions() {
  start
  enter dark
  arm '/tenants?api-version=2022-12-01'
  has_shape_of tenants subscriptions-2022-12-01/GetTenants '.value[0:1]' .value
  equal 'an application sees its own' "$TENANT" "$(body '.value[].tenantId')"
  arm '/subscriptions?api-version=2022-12-01'
  has_shape_of subscriptions subscriptions-2022-12-01/GetSubscriptions '.value[0:1]' .value 'managedByTenants\.|tags\.'
  equal 'all of the tenant' "$(of_tenant dark '[.subscriptions[].subscriptionId] | sort | join(" ")')" \
    "$(body '[.value[].subscriptionId] | sort | join(" ")')"
}

test_role_assignments() {
  start --page-size 4
  enter dark
  local path=/subscriptions/$SUB/providers/Microsoft.Authorization
  arm "$path/roleAssignments?api-version=2022-04-01"
  has_shape_of assignments authorization-2022-04-01/RoleAssignments_ListForSubscription '.value[0:1]' .value
  equal 'rate header' 249 "$(head_of x-ms-ratelimit-remaining-subscription-reads)"
  all "$path/roleAssignments?api-version=2022-04-01"
  local want
  want=$(of_tenant dark '.subscriptions[0].assignments')
  equal 'rows' "$want" "$(wc -l <"$WORK/rows")"
  equal 'ids' "$want" "$(jq -r '.id | ascii_downcase' "$WORK/rows" | sort -u | wc -l)"
  equal 'pages' $(((want + 3) / 4)) "$PAGES"
  local who
  who=$(of_tenant dark '.identities[0].objectId')
  all "$path/roleAssignments?api-version=2022-04-01&%24filter=assignedTo('$who')"
  [ -s "$WORK/rows" ] || fail 'assignedTo() finds nothing'
  arm "$path/roleDefinitions?api-version=2022-04-01"
  has_shape_of definitions authorization-2022-04-01/GetRoleDefinitionAtScope '.value[0:1]' .value 'dataActions|notDataActions'
  arm "$path/roleDefinitions?api-version=2022-04-01&%24filter=type%20eq%20%27CustomRole%27"
  equal 'custom roles' CustomRole "$(body '.value[].properties.type')"
  # The same inherited assignment shows under each subscription.
  arm "$path/denyAssignments?api-version=2022-04-01"
  equal 'deny assignments' '200 array' "$STATUS $(body '.value | type')"
}

test_deny_assignments() {
  start --tenants 200
  local found=0
  while read -r TENANT SUB; do
    token "$TENANT"
    arm "/subscriptions/$SUB/providers/Microsoft.Authorization/denyAssignments?api-version=2022-04-01"
    [ "$(body '.value | length')" = 1 ] || continue
    found=1
    has_shape_of 'deny assignment' authorization-2022-04-01/GetAllDenyAssignments '.value[0:1]' .value 'dataActions|notDataActions|excludePrincipals\.|notActions'
    break
  done < <(truth 'select(.kind=="tenant" and .scenario=="ordinary" and .index>0) | "\(.tenantId) \(.subscriptions[0].subscriptionId)"')
  equal 'one was found' 1 "$found"
}

test_just_in_time() {
  start
  enter activated
  local path=/subscriptions/$SUB/providers/Microsoft.Authorization
  arm "$path/roleEligibilityScheduleInstances?api-version=2020-10-01"
  has_shape_of eligible authorization-pim-2020-10-01/GetRoleEligibilityScheduleInstancesByScope '.value[0:1]' .value \
    'endDateTime|condition|principal\.email'
  arm "$path/roleAssignmentScheduleInstances?api-version=2020-10-01"
  has_shape_of active authorization-pim-2020-10-01/GetRoleAssignmentScheduleInstancesByScope '.value[0:1]' .value \
    'condition|principal\.email'
  equal 'one is activated' 1 "$(body '[.value[] | select(.properties.assignmentType == "Activated")] | length')"
  equal 'and has a schedule of its own' false \
    "$(body '.value[].properties | select(.assignmentType == "Activated") | (.roleAssignmentScheduleId | split("/") | last) == (.originRoleAssignmentId | split("/") | last)')"
  enter eligible-only
  arm "/subscriptions/$SUB/providers/Microsoft.Authorization/roleAssignmentScheduleInstances?api-version=2020-10-01"
  equal 'none is activated' 0 "$(body '[.value[] | select(.properties.assignmentType == "Activated")] | length')"
}

test_lighthouse() {
  start
  enter delegation-unlinked
  local path=/subscriptions/$SUB/providers/Microsoft.ManagedServices
  arm "$path/registrationAssignments?api-version=2022-10-01&%24expandRegistrationDefinition=true"
  has_shape_of 'registration assignments' managedservices-2022-10-01/GetRegistrationAssignments '.value[0:1]' .value \
    'plan|eligibleAuthorizations|delegatedRoleDefinitionIds'
  equal 'a bare role id' 36 "$(body '.value[0].properties.registrationDefinition.properties.authorizations[0].roleDefinitionId | length')"
  arm "$path/registrationAssignments?api-version=2022-10-01"
  equal 'not expanded' null "$(body '.value[0].properties.registrationDefinition')"
  enter delegation-marketplace
  arm "/subscriptions/$SUB/providers/Microsoft.ManagedServices/registrationAssignments?api-version=2022-10-01&%24expandRegistrationDefinition=true"
  equal 'an offer has a plan' object "$(body '.value[0].properties.registrationDefinition.plan | type')"
}

test_delegated_subscriptions() {
  start --tenants 400 --page-size 5
  token "$HOME_TENANT"
  all '/subscriptions?api-version=2022-12-01'
  equal 'seen from the managing tenant' \
    "$(truth 'select(.kind=="tenant" and any(.delegated[]; .ours)) | .subscriptions[0].subscriptionId' | sort)" \
    "$(jq -r --arg t "$HOME_TENANT" 'select(.tenantId != $t) | .subscriptionId' "$WORK/rows" | sort)"
  [ "$PAGES" -gt 2 ] || fail "only $PAGES pages"
  local sub
  sub=$(jq -r --arg t "$HOME_TENANT" 'select(.tenantId != $t) | .subscriptionId' "$WORK/rows" | head -n 1)
  arm "/subscriptions/$sub/providers/Microsoft.ManagedServices/registrationAssignments?api-version=2022-10-01"
  equal 'the delegation is readable' '200 1' "$STATUS $(body '.value | length')"
  arm "/subscriptions/$sub/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01"
  equal "the customer's own assignments are not" '200 0' "$STATUS $(body '.value | length')"
}

test_usage() {
  start
  local query='{"type":"ActualCost","timeframe":"Custom","timePeriod":{"from":"2026-08-01T00:00:00Z","to":"2026-09-30T23:59:59Z"},
    "dataset":{"granularity":"None","aggregation":{"PreTaxCost":{"name":"PreTaxCost","function":"Sum"}},"grouping":[{"type":"Dimension","name":"ResourceGroup"}]}}'
  cost() { arm "/subscriptions/$SUB/providers/Microsoft.CostManagement/query?api-version=2023-11-01" -d "$query" -H 'Content-Type: application/json'; }
  enter dark
  cost
  has_shape_of cost costmanagement-2023-11-01/SubscriptionQueryGrouping . .
  equal 'columns' "$(jq -c '[.responses["200"].body.properties.columns[].name]' "$SPEC/costmanagement-2023-11-01/SubscriptionQueryGrouping.json")" \
    "$(body -c '[.properties.columns[].name]')"
  query=${query/None/Monthly}
  cost
  equal 'two months of two groups' 4 "$(body '.properties.rows | length')"
  query='{}'
  cost
  equal 'no query' '400 BadRequest' "$STATUS $(body .error.code)"
  query='{"type":"ActualCost","timeframe":"MonthToDate","dataset":{"granularity":"None","aggregation":{"c":{"name":"PreTaxCost","function":"Sum"}}}}'
  enter covers-nothing
  cost
  equal 'idle' '200 0' "$STATUS $(body '.properties.rows | length')"
  arm "/subscriptions/$SUB/providers/Microsoft.Consumption/usageDetails?api-version=2023-11-01&%24top=1"
  equal 'idle: no body' 204 "$STATUS"
  enter hidden-cost
  cost
  equal 'hidden' IndirectCostDisabled "$(body .error.code)"
}

test_rights() {
  start
  enter no-role
  local other
  other=$(sub_of dark)
  arm "/subscriptions/$other/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01"
  equal "another customer's subscription" '401 InvalidAuthenticationTokenTenant' "$STATUS $(body .error.code)"
  arm '/subscriptions/11111111-2222-4333-8444-555555555555/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01'
  equal 'no subscription' '404 SubscriptionNotFound' "$STATUS $(body .error.code)"
  arm '/providers/Microsoft.ManagementPartner/partners/1?api-version=2018-02-01' -X PUT -d '{}'
  equal 'a write' 403 "$STATUS"
  token "$TENANT" https://graph.microsoft.com/.default
  arm '/subscriptions?api-version=2022-12-01'
  equal 'a token for Graph' '401 InvalidAuthenticationToken' "$STATUS $(body .error.code)"
  TOKEN=x.y.z
  arm '/subscriptions?api-version=2022-12-01' -A ''
  equal 'no token of ours' 401 "$STATUS"
  web "$TRAP/anything" -H 'Authorization: Bearer x'
  arm '/nonsense?api-version=1'
  stop
  equal 'wrong tenant' 1 "$(manners .tokenOfWrongTenant)"
  equal 'wrong audience' 1 "$(manners .tokenOfWrongAudience)"
  equal 'wrong host' 1 "$(manners .tokenToWrongHost)"
  equal 'forged' 2 "$(manners .tokenForged)"
  equal 'writes' 1 "$(manners .writeVerbs)"
  equal 'no agent' 1 "$(manners .withoutUserAgent)"
  equal 'partner requests' 1 "$(manners .kinds.partner)"
}

run_tests "$@"
