#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# show.sh - palscan show: an estate, and where a person is.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

BLUE_YONDER=3be4e790-c275-50d1-8f5e-26dacb8ebb39
HUMONGOUS=794d4d4a-f6d3-5153-8395-4a168411729d
WINGTIP=38ca6a18-9923-552c-99c7-ae8c17ee286d

WIDE_WORLD=05fd0ec9-08a7-54f6-a32f-5909c640da88

# refused TENANT URLPART [IDENTITY]: in the recording $T/night that request of that tenant is answered 403
refused() {
  local har
  for har in "$T"/night/${3:-*}/"$1.har"; do
    jq -c --arg url "$2" --arg body '{"error":{"code":"AuthorizationFailed","message":"x"}}' \
      '(.log.entries[] | select(.request.url | contains($url)) | .response) |= (.status = 403 | .content.text = $body)' \
      "$har" >"$T/har" && mv "$T/har" "$har"
  done
}

test_show__estate_of_the_last_run_lists_every_tenant() {
  two_nights
  palscan_ok show -f json
  expect_equal "$(jq -r '.[].tenant' "$T/.out" | LC_ALL=C sort)" \
    "$(git_ ls-tree -d -r --name-only HEAD tenants/ | grep -E '^tenants/../[^/]*$' | sed 's#.*/##' | LC_ALL=C sort)" tenants
  palscan_ok show
  expect_out 'Fabrikam'
  expect_out '1000001, 2000001'
  expect_no_out '['
}

# No count of what nobody looked at, and the date of what was not read in this run.
test_show__estate_tells_unread_from_none_and_stale_from_current() {
  local verdicts unknown failed
  two_nights
  # As many as there are rules that ask something of it: who adds a rule need not count again.
  palscan_ok check -f json --as-recorded --fail-on none
  verdicts=$(jq -c --arg t "$HUMONGOUS" '[.findings[] | select(.tenantId == $t and .status == "open") | .verdict]' "$T/.out")
  unknown=$(jq 'map(select(. == "unknown")) | length' <<<"$verdicts") failed=$(jq 'map(select(. == "fail")) | length' <<<"$verdicts")
  [ "$unknown" -gt 10 ] || fail "only $unknown rules say unknown"
  palscan_ok show -f json
  expect_equal "$(jq -c --arg t "$HUMONGOUS" '.[] | select(.tenant == $t) | [.identities, .linked, .["partner IDs"], .subscriptions, .unknown, .reading]' "$T/.out")" \
    "[null,null,null,null,$unknown,\"never read\"]" Humongous
  expect_equal "$(jq -c --arg t "$BLUE_YONDER" '.[] | select(.tenant == $t) | [.linked, .subscriptions, .reading]' "$T/.out")" \
    '[1,1,"last read on 2026-11-19"]' 'Blue Yonder'
  expect_equal "$(jq -c --arg t "$WINGTIP" '.[] | select(.tenant == $t) | [.linked, .["units not read"], .reading]' "$T/.out")" \
    '[2,0,"this run"]' Wingtip
  palscan_ok show
  expect_out 'last read on 2026-11-19'
  palscan_ok show -f csv
  expect_out "$HUMONGOUS,DE,active,unknown,unknown,unknown,unknown,10,$failed,$unknown,never read"
}

test_show__narrow_screen_keeps_ids_and_headings() {
  two_nights
  local columns id
  for columns in 40 60 80 120; do
    COLUMNS=$columns palscan_ok show
    for id in $(git_ ls-tree -d -r --name-only HEAD tenants/ | grep -E '^tenants/../[^/]*$' | sed 's#.*/##') 'units not read' 'partner IDs'; do
      expect_out "$id"
    done
    COLUMNS=$columns palscan_ok show --person Ben
    for id in 2785ffd1-7867-5e2f-8395-090df86d7d1b 2026-11-19T02:00:00Z acdd72a7-3385-48ef-bd42-f606fba81ae7; do
      expect_out "$id"
    done
  done
}

test_show__earlier_run_shows_that_run() {
  two_nights
  palscan_ok show HEAD~1
  cp "$T/.out" "$T/first"
  palscan_ok show 2026-11-19
  expect_same_file "$T/first" "$T/.out"
  palscan_ok show "$(head_of HEAD~1 | cut -c1-10)"
  expect_same_file "$T/first" "$T/.out"
  palscan_ok show
  ! cmp -s "$T/first" "$T/.out" || fail "both nights look the same"
}

test_show__unknown_revision_says_what_there_is() {
  two_nights
  palscan show HEAD~7
  expect_one_error 2
  expect_err 'there are 2'
  palscan show deadbeef
  expect_one_error 2
  palscan show --help-me
  expect_one_error 2
}

test_show__person_by_name_or_object_all_places_with_dates() {
  two_nights
  palscan_ok show --person Ben
  expect_out 'Accounts and links'
  expect_out 'Access to customers'
  expect_out 'Last cover'
  expect_out '2785ffd1-7867-5e2f-8395-090df86d7d1b'
  # He has left and could not be read in the second night: what is shown is as of the first.
  expect_out '2026-11-19T02:00:00Z'
  palscan_ok show --person Ben -f json
  expect_equal "$(jq -r '.accounts[] | select(.customer == "Fabrikam") | "\(.link) \(.["last verified"])"' "$T/.out")" '2000001 2026-11-19T02:00:00Z' "his link"
  palscan_ok show --person 2785ffd1-7867-5e2f-8395-090df86d7d1b
  expect_out 'Fabrikam'
}

# Who answers for the customer, and who of ours could take over.
test_show__person_whom_to_ask() {
  two_nights
  palscan_ok show --person Anna -f json
  expect_equal "$(jq -c '.ask[] | select(.customer == "Wingtip Toys") | [.["account owner"], .["others of ours with access"]]' "$T/.out")" \
    '["Kim Larsen","nobody seen"]' 'Wingtip Toys'
  expect_equal "$(jq -c '.ask[] | select(.customer == "Wide World Importers") | .["others of ours with access"]' "$T/.out")" \
    '"Provider Automation Account (linked)"' 'Wide World Importers'
  expect_equal "$(jq -c '[.ask[] | select(.customer == "Proseware")] | length' "$T/.out")" 1 'reached by a delegation'
  palscan_ok show --person 'Provider Automation Account' -f json
  expect_equal "$(jq -c '[.ask[] | .["others of ours with access"] | select(contains("Provider Automation Account"))]' "$T/.out")" '[]' itself
}

test_show__person_in_machine_formats() {
  two_nights
  palscan_ok show --person Anna -f json
  expect_equal "$(jq -r 'keys | join(" ")' "$T/.out")" 'access accounts ask lastCover notRead' sections
  expect_equal "$(jq '.accounts | length' "$T/.out")" 4 accounts
  palscan_ok show --person Anna -f csv
  expect_out customer,tenant,object
  palscan_ok show --person Anna -f markdown
  expect_out '## Accounts and links'
  expect_out '| customer | tenant |'
  expect_no_out $'\r'
}

# The person's tenant could not be read in the second night: nothing of it is told as current.
test_show__person_in_a_tenant_not_read_has_the_date_of_the_last_reading() {
  two_nights
  local id=5c412eb9-504c-5c1a-ba17-4650320c6c66
  palscan_ok show --person "$id" -f json
  expect_equal "$(jq -c '.access[] | [.state, .["last verified"], .reading]' "$T/.out")" \
    '["was live","2026-11-19T02:00:00Z","last read on 2026-11-19"]' access
  expect_equal "$(jq -c '[.lastCover[] | .["last cover"]] | unique' "$T/.out")" '["unknown"]' 'last cover'
  expect_equal "$(jq -r '.accounts[] | .reading' "$T/.out")" 'last read on 2026-11-19' account
  expect_equal "$(jq -r '.notRead[] | .cause' "$T/.out")" AADSTS53003 cause
  palscan_ok show --person "$id"
  expect_out 'was live'
  expect_out 'last read on 2026-11-19'
  palscan_ok show --person "$id" -f csv
  expect_out ',was live,2026-11-19T02:00:00Z,last read on 2026-11-19'
  # The night before it was read.
  palscan_ok show --person "$id" HEAD~1 -f json
  expect_equal "$(jq -c '.access[] | [.state, .["last verified"], .reading]' "$T/.out")" '["live","2026-11-19T02:00:00Z","this run"]' access
  expect_equal "$(jq -r '.lastCover[] | .["last cover"]' "$T/.out")" yes 'last cover'
}

# A first night in which no role of hers was read: not seen is not clean.
test_show__person_whose_roles_were_never_read_is_not_told_to_have_none() {
  no_night
  cp -R "$DEMO/night-1" "$T/night"
  local tenant
  for tenant in "$WIDE_WORLD" "$WINGTIP" ff42fcea-dc50-54ad-a52a-bc6d4b952c48; do
    refused "$tenant" /roleAssignments?
  done
  for tenant in 03e071ed-6827-5cc3-9a4a-2af50569b707 6315ac55-0290-5361-964e-6cbe1fe5d496; do
    refused "$tenant" registrationAssignments
  done
  palscan scan --replay "$T/night" --fail-on none -o /dev/null
  palscan_ok show --person Anna
  expect_out 'No access was seen in what was read'
  expect_no_out 'Nowhere the last cover.'
  expect_out '403 AuthorizationFailed'
  palscan_ok show --person Anna -f json
  expect_equal "$(jq -c '.access' "$T/.out")" '[]' access
  expect_equal "$(jq -c '[.lastCover[] | select(.["last cover"] == "unknown") | .customer] | unique' "$T/.out")" \
    '["Graphic Design Institute","Wide World Importers","Wingtip Toys"]' 'last cover'
  expect_equal "$(jq -c --arg t "$WINGTIP" '.notRead[] | select(.tenant == $t and .state == "unread") | [.areas, .cause, .reading]' "$T/.out")" \
    '["role-assignments","403 AuthorizationFailed","never read"]' 'not read'
  expect_equal "$(jq -r '.notRead[] | select(.customer == "Proseware") | .areas' "$T/.out")" delegations Proseware
  palscan_ok show --person Anna -f csv
  expect_out 'role-assignments,unread,403 AuthorizationFailed,-,never read'
}

# Another's link that was not read tonight may be gone: she may be the last cover there.
test_show__last_cover_is_unknown_where_the_link_of_another_was_not_read() {
  one_night
  palscan_ok show --person Anna -f json
  expect_equal "$(jq -c '[.lastCover[] | select(.customer == "Wide World Importers")]' "$T/.out")" '[]' 'last cover while all is read'
  cp -R "$DEMO/night-2" "$T/night"
  refused "$WIDE_WORLD" /partners? provider-automation
  palscan scan --replay "$T/night" --fail-on none -o /dev/null
  palscan_ok show --person Anna -f json
  expect_equal "$(jq -c '.lastCover[] | select(.customer == "Wide World Importers") | [.subscription, .["last cover"], .reading]' "$T/.out")" \
    '["7a1b09b8-ae70-59c9-a3ba-ef2216c62c31","unknown","this run"]' 'last cover'
  expect_equal "$(jq -r '.lastCover[] | select(.customer == "Wingtip Toys") | .["last cover"]' "$T/.out")" yes 'last cover elsewhere'
}

test_show__unknown_person_is_an_error_whatever_the_name_holds() {
  two_nights
  local name
  for name in nobody '' "x' OR '1'='1" "'; DROP TABLE link; --" '%s%n' $'\033[31m' "$(printf 'a%.0s' $(seq 5000))"; do
    palscan show --person "$name"
    [ "$status" -eq 2 ] || fail "exit status $status"
    expect_harmless "$T/.err"
  done
}

run_tests "$@"
