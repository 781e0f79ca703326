#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The token endpoint and managed identity: every grant, and what is refused.
# shellcheck source=tests/emulator/lib.sh
. "$PAL_SOURCE/tests/emulator/lib.sh"

# assertion KEY HEADER PAYLOAD: a JWT, into JWT. PS256 or RS256, as its header says.
assertion() {
  local text pss=()
  text=$(printf %s "$2" | base64url).$(printf %s "$3" | base64url)
  case $2 in
  *PS256*) pss=(-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32) ;;
  esac
  JWT=$text.$(printf %s "$text" | openssl dgst -sha256 -sign "$1" "${pss[@]}" -binary | base64url)
}
thumbprint() { openssl x509 -in "$WORK/pki/client.pem" -outform DER | openssl dgst "-$1" -binary | base64url; }

# certificate_payload [AUDIENCE] [LIFE] [JTI]
certificate_payload() {
  local now id
  now=$(date +%s) id=$(ready '.identities[1].clientId')
  printf '{"aud":"%s","iss":"%s","sub":"%s","jti":"%s","nbf":%d,"iat":%d,"exp":%d}' \
    "${1:-$LOGIN/$HOME_TENANT/oauth2/v2.0/token}" "$id" "$id" "${3-$RANDOM-$RANDOM}" "$now" "$now" $((now + ${2:-300}))
}
sign_in_by_assertion() { # IDENTITY
  web "$LOGIN/$HOME_TENANT/oauth2/v2.0/token" --data-urlencode "client_id=$(ready ".identities[$1].clientId")" \
    -d scope=https%3A%2F%2Fmanagement.azure.com%2F.default -d grant_type=client_credentials \
    -d client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer \
    -d "client_assertion=$JWT"
}
refused() { # WHAT STATUS CODE
  equal "$1: status" "$2" "$STATUS"
  equal "$1: code" "$3" "$(body '.error_codes[0] // empty')"
}

test_secret() {
  start
  token "$HOME_TENANT"
  equal status 200 "$STATUS"
  equal members 'access_token expires_in ext_expires_in token_type' "$(body 'keys | join(" ")')"
  equal 'expires_in is a number' number "$(body '.expires_in | type')"
  local claims
  claims=$(printf %s "$TOKEN" | jq -R 'split(".")[1] | gsub("-"; "+") | gsub("_"; "/") | @base64d | fromjson')
  equal aud https://management.azure.com "$(printf %s "$claims" | jq -r .aud)"
  equal tid "$HOME_TENANT" "$(printf %s "$claims" | jq -r .tid)"
  equal oid "$(truth 'select(.kind=="run") | .identities[0].objectId')" "$(printf %s "$claims" | jq -r .oid)"
  SECRET=wrong token "$HOME_TENANT"
  refused 'wrong secret' 401 7000215
  equal members 'correlation_id error error_codes error_description error_uri timestamp trace_id' "$(body 'keys | join(" ")')"
  equal description 'AADSTS7000215: Invalid client secret provided.' "$(body .error_description | head -n 1 | tr -d '\r')"
  token 11111111-2222-4333-8444-555555555555
  refused 'unknown tenant' 400 90002
  token "$HOME_TENANT" https://management.azure.com/
  refused 'no .default' 400 70011
}

test_certificate() {
  start
  local header
  header="{\"alg\":\"PS256\",\"typ\":\"JWT\",\"x5t#S256\":\"$(thumbprint sha256)\"}"
  assertion "$WORK/pki/client.key" "$header" "$(certificate_payload)"
  sign_in_by_assertion 1
  equal 'PS256: status' 200 "$STATUS"
  assertion "$WORK/pki/client.key" "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"x5t\":\"$(thumbprint sha1)\"}" "$(certificate_payload)"
  sign_in_by_assertion 1
  equal 'RS256: status' 200 "$STATUS"
  assertion "$WORK/pki/issuer.key" "$header" "$(certificate_payload)"
  sign_in_by_assertion 1
  refused 'signed by another key' 401 700027
  assertion "$WORK/pki/client.key" '{"alg":"PS256","typ":"JWT","x5t#S256":"AAAA"}' "$(certificate_payload)"
  sign_in_by_assertion 1
  refused 'another thumbprint' 401 700027
  assertion "$WORK/pki/client.key" '{"alg":"none"}' "$(certificate_payload)"
  sign_in_by_assertion 1
  refused 'no thumbprint' 401 700027
  assertion "$WORK/pki/client.key" "$header" "$(certificate_payload https://login.example/token)"
  sign_in_by_assertion 1
  refused 'another audience' 401 700023
  assertion "$WORK/pki/client.key" "$header" "$(certificate_payload "$LOGIN/$HOME_TENANT/oauth2/v2.0/token" -5)"
  sign_in_by_assertion 1
  refused 'expired' 401 700024
  assertion "$WORK/pki/client.key" "$header" "$(certificate_payload "$LOGIN/$HOME_TENANT/oauth2/v2.0/token" 300 '')"
  sign_in_by_assertion 1
  refused 'no jti' 401 50027
  assertion "$WORK/pki/client.key" "$header" "$(certificate_payload "$LOGIN/$HOME_TENANT/oauth2/v2.0/token" 300 again)"
  sign_in_by_assertion 1
  sign_in_by_assertion 1
  stop
  equal 'ids used twice' 1 "$(manners .assertionIdReused)"
}

test_federation() {
  start
  local now good
  now=$(date +%s)
  good="{\"iss\":\"https://issuer.example\",\"sub\":\"system:serviceaccount:palscan:palscan\",\"aud\":\"api://AzureADTokenExchange\",\"exp\":$((now + 600))}"
  assertion "$WORK/pki/issuer.key" '{"alg":"RS256"}' "$good"
  sign_in_by_assertion 2
  equal status 200 "$STATUS"
  assertion "$WORK/pki/client.key" '{"alg":"RS256"}' "$good"
  sign_in_by_assertion 2
  refused 'signed by another' 401 50013
  assertion "$WORK/pki/issuer.key" '{"alg":"RS256"}' "${good/issuer.example/elsewhere.example}"
  sign_in_by_assertion 2
  refused 'another issuer' 401 700211
  assertion "$WORK/pki/issuer.key" '{"alg":"RS256"}' "${good/AzureADTokenExchange/other}"
  sign_in_by_assertion 2
  refused 'another audience' 401 700212
  assertion "$WORK/pki/issuer.key" '{"alg":"RS256"}' "${good/palscan:palscan/palscan:other}"
  sign_in_by_assertion 2
  refused 'another subject' 401 700213
}

test_person() {
  start --device-polls 1
  local client code refresh tenant
  client=$(ready '.identities[3].clientId')
  web "$LOGIN/organizations/oauth2/v2.0/devicecode" -d "client_id=$client" \
    --data-urlencode 'scope=https://management.azure.com/.default offline_access'
  equal members 'device_code expires_in interval message user_code verification_uri' "$(body 'keys | join(" ")')"
  code=$(body .device_code)
  poll() {
    web "$LOGIN/organizations/oauth2/v2.0/token" -d grant_type=urn:ietf:params:oauth:grant-type:device_code \
      -d "client_id=$client" -d "device_code=$code" --data-urlencode 'scope=https://management.azure.com/.default offline_access'
  }
  poll
  equal 'not yet' authorization_pending "$(body .error)"
  poll
  equal 'signed in' 200 "$STATUS"
  refresh=$(body .refresh_token)
  poll
  equal 'used up' bad_verification_code "$(body .error)"
  redeem() { # TENANT
    web "$LOGIN/$1/oauth2/v2.0/token" -d grant_type=refresh_token -d "client_id=$client" --data-urlencode "refresh_token=$refresh" \
      --data-urlencode 'scope=https://management.azure.com/.default offline_access'
  }
  # The person is known in the tenants that list the person, and in no other.
  redeem "$HOME_TENANT"
  TOKEN=$(body .access_token)
  equal 'a new one comes back' string "$(body '.refresh_token | type')"
  arm '/tenants?api-version=2022-12-01'
  equal 'tenants' "$(truth 'select(.kind=="tenant" and any(.identities[]; .name=="person-one")) | .tenantId' | sort)" \
    "$(body '.value[].tenantId' | sort)"
  tenant=$(truth 'select(.kind=="tenant" and .index>0 and all(.identities[]; .name!="person-one")) | .tenantId' | head -n 1)
  redeem "$tenant"
  refused 'not invited' 400 50020
  refresh=${refresh}x
  redeem "$HOME_TENANT"
  refused 'no refresh token of ours' 400 700082
}

test_managed_identity() {
  start
  local url=$MANAGED/metadata/identity/oauth2/token
  web "$url?api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com%2F" -H 'Metadata: true'
  equal members 'access_token expires_in expires_on not_before refresh_token resource token_type' "$(body 'keys | join(" ")')"
  equal 'numbers are texts' 'string string string' "$(body '[.expires_in, .expires_on, .not_before | type] | join(" ")')"
  TOKEN=$(body .access_token)
  arm '/subscriptions?api-version=2022-12-01'
  equal 'the token is good' 200 "$STATUS"
  web "$url?api-version=2018-02-01&resource=x"
  equal 'no Metadata' 'bad_request_102 400' "$(body .error) $STATUS"
  web "$MANAGED/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fmanagement.azure.com%2F" -H 'X-IDENTITY-HEADER: an-identity-header'
  equal 'App Service' '200 string' "$STATUS $(body '.expires_on | type')"
  web "$MANAGED/msi/token?api-version=2019-08-01&resource=x" -H 'X-IDENTITY-HEADER: wrong'
  equal 'wrong header' 401 "$STATUS"
}

test_discovery() {
  start
  web "$LOGIN/t3.example/v2.0/.well-known/openid-configuration"
  equal issuer "$LOGIN/$(truth 'select(.index==3) | .tenantId')/v2.0" "$(body .issuer)"
  web "$ARM/metadata/endpoints?api-version=2015-01-01"
  equal 'login of the cloud' "$LOGIN/" "$(body .authentication.loginEndpoint)"
}

test_other_certificate_authority() {
  start
  curl -sS -o /dev/null --cacert "$WORK/pki/foreign.pem" "$LOGIN/x/y" 2>/dev/null
  equal 'curl ends with' 60 $?
}

run_tests "$@"
