#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Microsoft Graph: groups, names, and who may ask.
# shellcheck source=tests/emulator/lib.sh
. "$PAL_SOURCE/tests/emulator/lib.sh"

graph() { # PATH [CURL-OPTION]...
  local path=$1
  shift
  web "$GRAPH/v1.0$path" -H "Authorization: Bearer $TOKEN" "$@"
}

# The group that gives identity 0 its role, of a tenant where a group does.
test_group_members() {
  start --tenants 100 --page-size 2
  local tenant sub group url n=0
  while read -r tenant sub; do
    token "$tenant"
    all "/subscriptions/$sub/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01"
    group=$(jq -r 'select(.properties.principalType == "Group" and (.properties.roleDefinitionId | endswith("cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e"))) | .properties.principalId' "$WORK/rows" | head -n 1)
    [ -n "$group" ] && break
  done < <(truth 'select(.kind=="tenant" and .scenario=="ordinary" and .index>0) | "\(.tenantId) \(.subscriptions[0].subscriptionId)"')
  [ -n "$group" ] || { fail 'no group has a role'; return; }
  token "$tenant" https://graph.microsoft.com/.default
  local app
  app=$(truth --arg t "$tenant" 'select(.tenantId==$t) | .identities[0].objectId')
  url="/groups/$group/members"
  graph "$url"
  case $(body '.value[].id') in
  *"$app"*) fail 'a direct member is there that is a member of a group within' ;;
  esac
  url=/groups/$group/transitiveMembers
  : >"$WORK/members"
  while [ -n "$url" ] && [ $n -lt 20 ]; do
    graph "$url"
    [ "$STATUS" = 200 ] || break
    body '.value[] | "\(.id) \(."@odata.type")"' >>"$WORK/members"
    url=$(body '."@odata.nextLink" // empty')
    case $url in
    "") ;;
    "$GRAPH/v1.0/"*) url=${url#"$GRAPH/v1.0"} ;;
    *) fail "the next page lies elsewhere: $url" ;;
    esac
    n=$((n + 1))
  done
  grep -q "^$app #microsoft.graph.servicePrincipal" "$WORK/members" || fail "the application is no member: $(cat "$WORK/members")"
  [ "$n" -gt 1 ] || fail 'there was one page'
  graph "/servicePrincipals/$app/transitiveMemberOf"
  case $(body '.value[].id') in
  *"$group"*) ;;
  *) fail 'the application does not know its group' ;;
  esac
}

test_names() {
  start
  local tenant ids
  tenant=$(of_tenant unlinked .tenantId)
  token "$tenant" https://graph.microsoft.com/.default
  ids=$(truth -c --arg t "$tenant" 'select(.tenantId==$t) | [.identities[].objectId] + ["11111111-2222-4333-8444-555555555555"]')
  graph /directoryObjects/getByIds -H 'Content-Type: application/json' -d "{\"ids\":$ids,\"types\":[\"user\",\"group\",\"servicePrincipal\"]}"
  equal 'those that there are' "$(truth --arg t "$tenant" 'select(.tenantId==$t) | .identities[].objectId' | sort)" "$(body '.value[].id' | sort)"
  equal 'no ids' 400 "$(graph /directoryObjects/getByIds -d '{}'; echo "$STATUS")"
  graph /organization
  equal 'organization' "$tenant $(truth --arg t "$tenant" 'select(.tenantId==$t) | .country')" "$(body '.value[] | "\(.id) \(.countryLetterCode)"')"
  graph "/servicePrincipals(appId='$(ready '.identities[0].clientId')')"
  equal 'by its client id' "$(truth --arg t "$tenant" 'select(.tenantId==$t) | .identities[0].objectId')" "$(body .id)"
  graph /users/11111111-2222-4333-8444-555555555555
  equal 'nobody' '404 Request_ResourceNotFound' "$STATUS $(body .error.code)"
}

test_who_may_ask() {
  start
  local client refresh
  token "$(of_tenant dark .tenantId)"
  graph /organization
  equal 'a token for Resource Manager' 401 "$STATUS"
  client=$(ready '.identities[3].clientId') refresh=$(ready '.identities[3].refreshToken')
  web "$LOGIN/$HOME_TENANT/oauth2/v2.0/token" -d grant_type=refresh_token -d "client_id=$client" \
    --data-urlencode "refresh_token=$refresh" --data-urlencode 'scope=https://graph.microsoft.com/.default'
  TOKEN=$(body .access_token)
  graph /organization
  equal 'a person without the right' '403 Authorization_RequestDenied' "$STATUS $(body .error.code)"
  stop
  equal 'wrong audience' 1 "$(manners .tokenOfWrongAudience)"
}

run_tests "$@"
