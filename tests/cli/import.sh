#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# import.sh - palscan import and collector: what colleagues say of links that only they
# can read, and of their roles. It is theirs, dated, counted once, and never in the place
# of what was read.
# shellcheck source=tests/live/lib.sh
. "$(dirname "$0")/../live/lib.sh"

FABRIKAM=189136cf-9549-546a-8cbf-5491c9c4aa3e
ANNA=ac9a0626-3ff0-46e2-9974-bbfba246f6dc
TODAY=$(date -u +%Y-%m-%d)
YESTERDAY=$(date -u -d '1 day ago' +%Y-%m-%d)

# link PARTNER [OBJECT [TENANT [NAME]]]: as az managementpartner show prints it
link() {
  jq -n --arg p "$1" --arg o "${2:-$ANNA}" --arg t "${3:-$FABRIKAM}" --arg n "${4:-Contoso GmbH}" \
    '{createdTime: "2026-02-21T20:07:21.134129+00:00", etag: 3, id: "/providers/microsoft.managementpartner/partners/\($p)",
      name: $p, objectId: $o, partnerId: $p, partnerName: $n, state: "Active", tenantId: $t,
      type: "Microsoft.ManagementPartner/partners", updatedTime: "2026-03-01T08:00:00+00:00", version: 3}'
}
# bring FILE [ARGUMENT]...: imports it, whatever is found
bring() { palscan --config palscan.json import "$@" --fail-on none; }
anna() { bring "$@" --identity anna --tenant "$FABRIKAM"; }
folder_of() { printf 'tenants/%.2s/%s' "$1" "$1"; }
file_of() { git_ show "${3:-HEAD}:$(folder_of "$1")/$2"; }
trailer() { git_ log -1 --format=%B | sed -n "s/^Palscan-$1: //p"; }

# A folder with the demo's files, an empty repository of live runs and anna's link in link.json.
empty() {
  no_night
  link 2000001 >link.json
}
expect_refused() { # STATUS TEXT: and nothing was written
  expect_one_error "$1"
  expect_err "$2"
  expect_unchanged
}

# One live night over three customers, all identities but the people; then nobody answers any more.
live_night() {
  [ -x "$EMULATOR" ] || skip "there is no emulator in this build"
  emulate --tenants 3
  live_folder d '.identities |= map(select(.name | startswith("app-")))'
  live_scan --fail-on none
  case $status in 0 | 4) ;; *) fail "exit status $status" ;; esac
  silence
  git_ ls-tree -r --name-only HEAD tenants | grep /identities/ | while read -r path; do
    git_ show "HEAD:$path" | jq -r --arg t "$(cut -d/ -f3 <<<"$path")" \
      'select(.link != null and .link.state == "Active") | "\($t) \(.objectId) \(.names[0]) \(.link.partnerId)"'
  done >"$T/read"
  read -r TENANT OBJECT NAME PARTNER <"$T/read" || :
  [ -n "${PARTNER:-}" ] || fail "no link was read"
}

# ---- one plain file, the whole way ----

test_import__plain_file_is_committed_as_self_declared() {
  empty
  anna link.json --date "$YESTERDAY" --provider 'Anna A.'
  expect_status 0
  expect_equal "$(trailer Kind) $(trailer Scope) $(trailer Coverage)" 'import partial 0/1'
  expect_equal "$(git_ show HEAD:inputs/history.json | jq -c .scope)" "[\"$FABRIKAM\"]"
  expect_equal "$(file_of "$FABRIKAM" coverage.json | jq -c '.links')" \
    "{\"anna\":{\"asOf\":\"${YESTERDAY}T00:00:00Z\",\"items\":1,\"state\":\"self-declared\"}}"
  expect_equal "$(file_of "$FABRIKAM" "identities/$ANNA.json" | jq -c '[.assurance, .declared.provider, .declared.sha256, .link.partnerId]')" \
    "[\"self-declared\",\"Anna A.\",\"$(sha256sum link.json | cut -d' ' -f1)\",\"2000001\"]"
  expect_out 'import of facts from colleagues'
  grep -qE "^Self-declared +1 statement, the oldest of $YESTERDAY\$" "$T/.out" || fail "the first screen does not say so"
  expect_sound
  palscan_ok verify
  palscan_ok show --person anna -f json
  expect_equal "$(jq -r '.accounts[] | .link' "$T/.out")" '2000001, self-declared by Anna A.'
  palscan_ok query "SELECT provider, partner_id FROM declaration" -f csv
  expect_out 'Anna A.,2000001'
}

test_import__what_is_declared_is_judged() {
  empty
  link 9999999 >link.json
  palscan --config palscan.json import link.json --identity anna --tenant "$FABRIKAM" --date "$TODAY" -f json
  expect_status 3
  expect_equal "$(jq -r '.findings[] | select(.policy == "PAL002") | "\(.verdict) \(.subject.id)"' "$T/.out")" "fail $ANNA"
  palscan check --as-recorded -f json
  expect_equal "$(jq -r '.findings[] | select(.policy == "PAL002") | .verdict' "$T/.out")" fail
  palscan_ok verify
}

test_import__second_time_is_refused() {
  empty
  anna link.json --date "$YESTERDAY"
  expect_status 0
  remember
  anna link.json --date "$TODAY"
  expect_refused 2 "link.json: this very file was imported before, for identity anna in tenant $FABRIKAM"
  # Another user's state folder does not know it: the snapshot does.
  rm -r "$T"/state/palscan/*/imported
  remember
  anna link.json --date "$TODAY"
  expect_refused 2 'this very file was imported before'
}

test_import__older_declaration_is_refused() {
  empty
  anna link.json --date "$TODAY"
  link 2000002 >older.json
  remember
  anna older.json --date "$YESTERDAY"
  expect_refused 2 "a later declaration is on record, of $TODAY"
  anna older.json --date "$TODAY"
  expect_status 0
}

test_import__bytes_of_windows_are_read() {
  empty
  { printf '\xff\xfe' && sed 's/$/\r/' link.json | iconv -t UTF-16LE; } >windows.json
  anna windows.json --date "$YESTERDAY"
  expect_status 0
  expect_equal "$(file_of "$FABRIKAM" "identities/$ANNA.json" | jq -r .link.partnerName)" 'Contoso GmbH'
}

test_import__several_files_are_one_snapshot() {
  local i
  empty
  for i in 1 2 3; do
    palscan_ok --config palscan.json collector --identity "p$i" --tenant "$FABRIKAM" -o "p$i.sh"
    collected "p$i" "$(sed -n "s/^nonce='\(.*\)'/\1/p" "p$i.sh")" "ac9a0626-3ff0-46e2-9974-bbfba246f6d$i" >"p$i.json"
  done
  bring p1.json p2.json p3.json
  expect_status 0
  expect_equal "$(git_ rev-list --count HEAD)" 1
  grep -qE '^Self-declared +3 statements' "$T/.out" || fail "not three"
  palscan_ok verify
}

# ---- wrong files ----

test_import__wrong_file_says_where_and_commits_nothing() {
  empty
  remember
  printf '{\n  "partnerId": "2000001",\n  "tenantId": 7\n}\n' >"$T/bad.json"
  anna "$T/bad.json" --date "$TODAY"
  expect_refused 2 'bad.json:3:15: at $.tenantId: must be a text'
  link 2000001 "$ANNA" 11111111-1111-4111-8111-111111111111 >"$T/bad.json"
  anna "$T/bad.json" --date "$TODAY"
  expect_refused 2 "the link is one of tenant 11111111-1111-4111-8111-111111111111, not of $FABRIKAM"
  anna link.json "$T/bad.json" --date "$TODAY"
  expect_one_error 2
  expect_unchanged
  anna link.json --date 2999-01-01
  expect_refused 2 'is yet to come'
  anna "$T/none.json" --date "$TODAY"
  expect_refused 2 'none.json: no such file'
  bring link.json --date "$TODAY"
  expect_refused 2 'give --identity'
  anna link.json --date yesterday
  expect_refused 2 '--date: "yesterday" is neither'
  link 2000001 "$ANNA" 22222222-2222-4222-8222-222222222222 >"$T/bad.json"
  bring "$T/bad.json" --identity anna --tenant 22222222-2222-4222-8222-222222222222 --date "$TODAY"
  expect_refused 2 'neither the configuration nor the estate nor the last snapshot names this tenant'
}

test_import__hostile_names_reach_no_terminal() {
  local evil
  empty
  evil=$'\x1b[31mred\x1b[0m \xe2\x80\xaelru=HYPERLINK("x") \xc2\x9b'
  link 9999999 "$ANNA" "$FABRIKAM" "$evil" >"$T/evil.json"
  anna "$T/evil.json" --date "$TODAY" --provider "$evil"
  expect_harmless "$T/.out"
  expect_harmless "$T/.err"
  file_of "$FABRIKAM" "identities/$ANNA.json" >"$T/stored"
  expect_harmless "$T/stored"
  palscan check -f csv --fail-on none
  expect_harmless "$T/.out" cr
  palscan_ok query 'SELECT provider FROM declaration'
  expect_harmless "$T/.out"
  palscan_ok verify
  printf '{"%s":' "$evil" >"$T/"$'evil\x1b[2J.json'
  anna "$T/"$'evil\x1b[2J.json' --date "$TODAY"
  expect_status 2
  expect_harmless "$T/.err"
}

# ---- age ----

test_import__old_declaration_leaves_rules_unknown_and_no_night_incomplete() {
  local old
  old=$(date -u -d '101 days ago' +%Y-%m-%d)
  empty
  # All else of this customer is not to be read: only the link counts.
  jq '.collect = ["links"]' <(sed 's#^ *//.*##' palscan.json) >"$T/only" && mv "$T/only" palscan.json
  anna link.json --date "$old"
  expect_status 0
  palscan_ok query "SELECT state, as_of FROM coverage WHERE area = 'links'" -f csv
  expect_out "self-declared,${old}T00:00:00Z"
  palscan check -f json --fail-on none
  jq -e '[.findings[] | select(.verdict == "unknown") | .details.cause[]?] | index("self-declared too long ago")' "$T/.out" >/dev/null ||
    fail "no rule minds its age"
  palscan_ok check --fail-on none
  expect_out "the oldest of $old"
  link 2000002 >new.json
  anna new.json --date "$TODAY"
  palscan check -f json --fail-on none
  jq -e '[.findings[] | .details.cause[]?] | index("self-declared too long ago") | not' "$T/.out" >/dev/null ||
    fail "a fresh one is taken for old"
}

# ---- beside what was read ----

test_import__reading_stays_and_the_contradiction_beside_it() {
  live_night
  file_of "$TENANT" coverage.json | jq -S .links >"$T/links"
  git_ rev-parse HEAD >"$T/night"
  link 9999999 "$OBJECT" "$TENANT" >"$T/link.json"
  bring "$T/link.json" --identity "$NAME" --tenant "$TENANT" --date "$TODAY"
  case $status in 0 | 4) ;; *) fail "exit status $status" ;; esac
  expect_equal "$(file_of "$TENANT" "identities/$OBJECT.json" | jq -c '[.assurance, .link.partnerId, .declared.partnerId]')" \
    "[\"read\",\"$PARTNER\",\"9999999\"]"
  # The dates that were left out are written out: nothing of it is of the import.
  expect_equal "$(file_of "$TENANT" coverage.json | jq -r ".links[\"$NAME\"] | \"\(.state) \(.asOf)\"")" \
    "complete $(started_of "$(cat "$T/night")")"
  git_ diff --name-only HEAD~1 HEAD >"$T/changed"
  if grep -v -e "^$(folder_of "$TENANT")/" -e '^inputs/history\.json$' "$T/changed"; then fail "more than the scope changed"; fi
  expect_out "Read: partner ID $PARTNER. Self-declared by $NAME on $TODAY: partner ID 9999999."
  expect_sound
  palscan_ok verify
  palscan_ok diff HEAD~1 HEAD
  expect_out '0 changes and 1 finding (1 new'
  # It stands until a declaration, or the night after, says what was read.
  link "$PARTNER" "$OBJECT" "$TENANT" >"$T/link.json"
  bring "$T/link.json" --identity "$NAME" --tenant "$TENANT" --date "$TODAY"
  expect_no_out 'PAL019'
  palscan_ok verify
}

test_import__next_night_reads_on() {
  live_night
  link 2000001 "$ANNA" "$TENANT" >"$T/link.json"
  bring "$T/link.json" --identity anna --tenant "$TENANT" --date "$TODAY"
  # A night of another customer alone leaves the import's files, with their dates, as they are.
  file_of "$TENANT" coverage.json >"$T/coverage"
  emulate --tenants 3
  live_scan --fail-on none --tenant "$(git_ ls-tree -d --name-only HEAD:tenants/ | while read -r two; do git_ ls-tree -d --name-only "HEAD:tenants/$two/"; done | grep -v "$TENANT" | sed -n 1p)"
  expect_equal "$(trailer Kind) $(trailer Scope)" 'scan partial'
  expect_same_file <(file_of "$TENANT" coverage.json) "$T/coverage"
  palscan_ok verify
  live_scan --fail-on none
  silence
  expect_equal "$(trailer Kind) $(trailer Scope)" 'scan full'
  expect_equal "$(file_of "$TENANT" coverage.json | jq -r '.links.anna | "\(.state) \(.asOf)"')" "self-declared ${TODAY}T00:00:00Z"
  expect_equal "$(file_of "$TENANT" coverage.json | jq -r ".links[\"$NAME\"] | \"\(.state) \(.asOf)\"")" 'complete null'
  expect_equal "$(file_of "$TENANT" "identities/$ANNA.json" | jq -r .link.partnerId)" 2000001
  palscan_ok verify
}

test_import__account_of_another_identity_is_refused() {
  live_night
  link "$PARTNER" "$OBJECT" "$TENANT" >"$T/link.json"
  remember
  bring "$T/link.json" --identity anna --tenant "$TENANT" --date "$TODAY"
  expect_refused 2 "the snapshot knows this object as $NAME"
}

test_import__replays_take_none() {
  one_night
  link 2000001 >"$T/link.json"
  remember
  anna "$T/link.json" --date "$TODAY"
  expect_refused 2 'holds replays'
}

# ---- role assignments ----

SUB=5a1b2c3d-0000-4000-8000-000000000001
OWNER=8e3af657-a8ff-443c-a75c-2fe8c4bcb635

# role N [OBJECT [SUBSCRIPTION [NAME]]]: one entry of az role assignment list
role() {
  jq -n --arg n "d1a1b1c1-0000-4000-8000-00000000000$1" --arg o "${2:-$ANNA}" --arg s "/subscriptions/${3:-$SUB}" \
    --arg r "$OWNER" --arg name "${4:-Owner}" \
    '{condition: null, conditionVersion: null, createdBy: "", createdOn: "2026-02-21T20:07:21.134129+00:00",
      delegatedManagedIdentityResourceId: null, description: null,
      id: "\($s)/providers/Microsoft.Authorization/roleAssignments/\($n)", name: $n, principalId: $o,
      principalName: "anna@contoso.example", principalType: "User",
      roleDefinitionId: "\($s)/providers/Microsoft.Authorization/roleDefinitions/\($r)", roleDefinitionName: $name,
      scope: $s, type: "Microsoft.Authorization/roleAssignments", updatedBy: "", updatedOn: "2026-02-21T20:07:21.134129+00:00"}'
}
declared_of() { file_of "$1" "identities/$2.json" | jq -c "$3"; }

test_import_roles__are_declared_and_nothing_else() {
  local other=ac9a0626-3ff0-46e2-9974-bbfba246f6dd
  empty
  { role 1 && role 2 "$other" && role 3; } | jq -s . >roles.json
  remember
  anna roles.json --date "$YESTERDAY"
  expect_refused 2 'roles.json: tells of several principals: give --object with the object id of anna'
  anna roles.json --date "$YESTERDAY" --object "${ANNA^^}" --provider 'Anna A.'
  expect_status 0
  expect_err 'roles.json: 2 role assignments of anna, 1 of other principals left out'
  expect_equal "$(declared_of "$FABRIKAM" "$ANNA" '[.assurance, has("link"), .declared.assignmentsProvider, .declared.date, (.declared.assignments | length)]')" \
    '["self-declared",false,"Anna A.",null,2]'
  expect_equal "$(declared_of "$FABRIKAM" "$ANNA" .declared.assignmentsSha256)" "\"$(sha256sum roles.json | cut -d' ' -f1)\""
  if git_ grep -q -e "$other" -e anna@contoso HEAD; then fail "somebody else is in the snapshot, or a name"; fi
  # No area is read by it, and the link is still owed.
  expect_equal "$(file_of "$FABRIKAM" coverage.json | jq -c '[.[][] | .state] | unique')" '["unread"]'
  expect_equal "$(git_ ls-tree -r --name-only HEAD "$(folder_of "$FABRIKAM")" | grep -c assignments)" 0
  expect_sound
  palscan_ok verify
  palscan_ok query "SELECT object_id, id, role_id, scope FROM declared_assignment" -f csv
  expect_out "$ANNA,/subscriptions/$SUB/providers/microsoft.authorization/roleassignments/d1a1b1c1-0000-4000-8000-000000000001,$OWNER,/subscriptions/$SUB"
  palscan_ok query "SELECT count(*) AS n FROM assignment" -f csv
  expect_equal "$(tail -n 1 "$T/.out" | tr -d '\r')" 0
  palscan_ok show --person anna -f json
  expect_equal "$(jq -r '.access[] | "\(.path) \(.state) \(."last verified") \(.reading)"' "$T/.out" | sort -u)" \
    "declared not read - self-declared by Anna A. on $YESTERDAY"
  expect_equal "$(jq -r '.accounts[] | .link' "$T/.out")" 'never read'
  palscan_ok show --person anna
  expect_out "self-declared by Anna A. on $YESTERDAY"
  # Not seen is not gone: nobody contradicts her.
  palscan check --as-recorded -f json --fail-on none
  expect_equal "$(jq -r '[.findings[] | select(.policy == "PAL019") | .verdict] | unique | join(" ")' "$T/.out")" unknown
}

test_import_roles__link_and_list_are_one_declaration() {
  empty
  { role 1 && role 2 ac9a0626-3ff0-46e2-9974-bbfba246f6dd; } | jq -s . >roles.json
  anna link.json roles.json --date "$YESTERDAY"
  expect_status 0
  expect_equal "$(git_ rev-list --count HEAD)" 1
  expect_equal "$(declared_of "$FABRIKAM" "$ANNA" '[.link.partnerId, .declared.partnerId, (.declared.assignments | length)]')" '["2000001","2000001",1]'
  grep -qE "^Self-declared +1 statement, the oldest of $YESTERDAY\$" "$T/.out" || fail "the first screen does not say so"
  palscan_ok verify
  remember
  anna roles.json --object "$ANNA" --date "$TODAY"
  expect_refused 2 'this very file was imported before'
  rm -r "$T"/state/palscan/*/imported
  remember
  anna roles.json --object "$ANNA" --date "$TODAY"
  expect_refused 2 'this very file was imported before'
  role 3 >"$T/older.json"
  anna "$T/older.json" --date 2026-02-22
  expect_refused 2 "a later declaration is on record, of $YESTERDAY"
  # A newer list takes the place of the older one; what was said of the link stays.
  anna "$T/older.json" --date "$TODAY"
  expect_status 0
  expect_equal "$(declared_of "$FABRIKAM" "$ANNA" '[.declared.partnerId, (.declared.date | .[:10]), (.declared.assignmentsDate | .[:10]), (.declared.assignments[].id | .[-1:])]')" \
    "[\"2000001\",\"$YESTERDAY\",\"$TODAY\",\"3\"]"
  palscan_ok verify
}

test_import_roles__wrong_lists_commit_nothing() {
  empty
  remember
  role 1 | jq '[.scope = "/subscriptions/../x"]' >"$T/bad.json"
  anna "$T/bad.json" --date "$TODAY"
  expect_refused 2 'at $[0].scope: '
  role 1 | jq '[.id = "/subscriptions/x"]' >"$T/bad.json"
  anna "$T/bad.json" --date "$TODAY"
  expect_refused 2 'at $[0].id: '
  jq -n --arg t "$FABRIKAM" --arg s "$SUB" '[{cloudName: "AzureCloud", homeTenantId: $t, id: $s, isDefault: true, tenantId: $t}]' >"$T/bad.json"
  anna "$T/bad.json" --date "$TODAY"
  expect_refused 2 'is a subscription, which nobody declares: palscan scan reads which there are'
  role 1 >"$T/bad.json"
  anna "$T/bad.json" --date "$TODAY" --object anna
  expect_refused 2 '--object: "anna" is no object id'
  anna "$T/bad.json" --date 2026-02-20
  expect_refused 2 'a role assignment was made on 2026-02-21, after the day of the declaration, 2026-02-20'
}

test_import_roles__hostile_texts_reach_no_terminal() {
  local evil
  empty
  evil=$'\x1b[31mred\x1b[0m \xe2\x80\xaelru=HYPERLINK("x") \xc2\x9b'
  role 1 "$ANNA" "$SUB" "$evil" | jq --arg e "$evil" '.condition = $e | .conditionVersion = $e' >"$T/"$'evil\x1b[2J.json'
  anna "$T/"$'evil\x1b[2J.json' --date "$YESTERDAY" --provider "$evil"
  expect_status 0
  expect_harmless "$T/.out"
  expect_harmless "$T/.err"
  file_of "$FABRIKAM" "identities/$ANNA.json" >"$T/stored"
  expect_harmless "$T/stored"
  palscan_ok show --person anna
  expect_harmless "$T/.out"
  palscan check -f csv --fail-on none
  expect_harmless "$T/.out" cr
  palscan_ok query 'SELECT role_name, condition FROM declared_assignment'
  expect_harmless "$T/.out"
  palscan_ok verify
}

# A subscription of the tenant that was read, and one role assignment there of one principal.
read_role() {
  local path
  path=$(git_ ls-tree -r --name-only HEAD "$(folder_of "$TENANT")/subscriptions" | grep '/role-assignments.json$' | while read -r path; do
    git_ show "HEAD:$path" | jq -e --arg o "$OBJECT" 'any(.[]; .principalId == $o)' >/dev/null && echo "$path" && break
  done)
  [ -n "$path" ] || fail "nothing of $NAME was read"
  ON=$(sed 's#.*/subscriptions/##; s#/.*##' <<<"$path")
  git_ show "HEAD:$path" | jq --arg o "$OBJECT" '[.[] | select(.principalId == $o)][0] | .roleDefinitionId = .roleId | .RoleAssignmentId = .id
    | .ObjectId = .principalId | {RoleAssignmentId, ObjectId, Scope: .scope, RoleDefinitionId: .roleDefinitionId, ObjectType: .principalType}' >"$T/there.json"
}
verdicts() { jq -r '[.findings[] | select(.policy == "PAL019") | "\(.verdict) \(.subject.id)"] | join("\n")' "$T/.out"; }

test_import_roles__contradiction_stands_until_a_list_says_what_was_read() {
  live_night
  read_role
  file_of "$TENANT" coverage.json | jq -S 'del(.links)' >"$T/before"
  git_ rev-parse "HEAD:$(folder_of "$TENANT")/subscriptions" >"$T/subscriptions"
  { cat "$T/there.json" && role 1 "$OBJECT" "$ON"; } | jq -s . >"$T/roles.json"
  bring "$T/roles.json" --identity "$NAME" --tenant "$TENANT" --date "$YESTERDAY" -f json
  case $status in 0 | 4) ;; *) fail "exit status $status" ;; esac
  expect_equal "$(verdicts)" "fail $OBJECT"
  expect_equal "$(jq -c '.findings[] | select(.policy == "PAL019") | .details.declaredAssignments' "$T/.out")" \
    "[\"/subscriptions/$ON/providers/microsoft.authorization/roleassignments/d1a1b1c1-0000-4000-8000-000000000001\"]"
  # What was read is as it was: completeness but for the dates that were left out, and all records.
  expect_equal "$(git_ rev-parse "HEAD:$(folder_of "$TENANT")/subscriptions")" "$(cat "$T/subscriptions")"
  expect_same_file <(file_of "$TENANT" coverage.json | jq -S 'del(.links) | map_values(map_values(.state))') <(jq -S 'map_values(map_values(.state))' "$T/before")
  expect_sound
  palscan_ok verify
  palscan check --as-recorded -f json --fail-on none
  expect_equal "$(verdicts)" "fail $OBJECT"
  palscan_ok show --person "$OBJECT" -f json
  expect_equal "$(jq -r '[.access[] | select(.path == "declared") | .reading] | join("; ")' "$T/.out")" "self-declared by $NAME on $YESTERDAY"
  # The night after reads the one, and not the other.
  emulate --tenants 3
  live_scan --fail-on none -f json
  silence
  expect_equal "$(verdicts)" "fail $OBJECT"
  expect_equal "$(declared_of "$TENANT" "$OBJECT" '[.declared.assignments[].id | .[-1:]]')" '["1"]'
  palscan_ok verify
  jq -s . "$T/there.json" >"$T/again.json"
  bring "$T/again.json" --identity "$NAME" --tenant "$TENANT" --date "$TODAY" -f json
  expect_equal "$(verdicts)" ''
  palscan_ok verify
}

test_import_roles__old_list_contradicts_nothing() {
  live_night
  read_role
  role 1 "$OBJECT" "$ON" | jq '.createdOn = "2020-01-01T00:00:00Z"' >"$T/roles.json"
  bring "$T/roles.json" --identity "$NAME" --tenant "$TENANT" --date "$(date -u -d '101 days ago' +%Y-%m-%d)" -f json
  expect_equal "$(verdicts)" ''
  palscan_ok verify
  # One of today was told after all that was read.
  jq '.createdOn = "2020-01-02T00:00:00Z"' "$T/roles.json" >"$T/new.json"
  bring "$T/new.json" --identity "$NAME" --tenant "$TENANT" --date "$TODAY" -f json
  expect_equal "$(verdicts)" ''
  palscan_ok verify
}

# ---- the collector ----

# collected NAME NONCE [OBJECT]: the file its script writes
collected() {
  link 2000001 "${3:-$ANNA}" >"$T/.link"
  jq -nc --arg i "$1" --arg n "$2" --arg o "${3:-$ANNA}" --arg t "$FABRIKAM" --arg d "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --slurpfile l "$T/.link" \
    '{format: "palscan-declaration", version: 1, nonce: $n, identity: $i, tenantId: $t, objectId: $o, date: $d, link: $l[0]}'
}

# fake_az TENANT OBJECT ANSWER [ACCOUNTS [ROLES]]: an az on the PATH that is signed in so; ANSWER: what az rest does,
# ACCOUNTS: az account list, ROLES: az role assignment list
# shellcheck disable=SC2016 # for the other shell
fake_az() {
  mkdir -p "$T/bin"
  {
    printf '#!/bin/sh\nprintf "%%s\\n" "$*" >>"%s/asked"\n' "$T"
    printf 'case "$1 $2" in\n"account get-access-token") printf "h.%%s.s\\n" "%s" ;;\n' \
      "$(jq -nc --arg t "$1" --arg o "$2" '{aud: "x", name: "Änna >>>???", oid: $o, tid: $t}' | base64url)"
    printf '"rest --method") %s ;;\n"account list") %s ;;\n"role assignment") %s ;;\n*) exit 9 ;;\nesac\n' \
      "$3" "${4:-exit 9}" "${5:-exit 9}"
  } >"$T/bin/az"
  chmod +x "$T/bin/az"
}
answer() { PATH=$T/bin:$PATH run bash script.sh; }

test_collector__its_file_is_imported_once() {
  empty
  palscan_ok --config palscan.json collector --identity anna --tenant "$FABRIKAM"
  cp "$T/.out" script.sh
  expect_equal "$(stat -c %a "$T"/state/palscan/*/collector/*)" 600
  fake_az "$FABRIKAM" "$ANNA" 'cat '"$T"'/d/link.json'
  answer
  expect_status 0
  expect_out "palscan-anna-$FABRIKAM.json"
  cp "palscan-anna-$FABRIKAM.json" "$T/answer.json"
  if grep -q 'h\.' "$T/answer.json" "$T/.out" "$T/.err"; then fail "the token is shown"; fi
  bring "$T/answer.json"
  expect_status 0
  expect_equal "$(file_of "$FABRIKAM" "identities/$ANNA.json" | jq -c '[.assurance, .link.partnerId, .names[0]]')" '["self-declared","2000001","anna"]'
  expect_equal "$(find "$T"/state/palscan/*/collector -type f | wc -l)" 0
  # The same nonce in another file.
  jq -c '.date = "'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'" | .link.version = 4' "$T/answer.json" >"$T/again.json"
  remember
  bring "$T/again.json"
  expect_refused 2 'at $.nonce: not one this user gave out here, or used before'
}

test_collector__no_link_is_an_answer_and_a_failure_is_none() {
  empty
  palscan_ok --config palscan.json collector --identity anna --tenant "$FABRIKAM" -o script.sh
  fake_az "$FABRIKAM" "$ANNA" 'echo "ERROR: Forbidden({})" >&2; exit 1'
  answer
  expect_status 1
  expect_no_file "palscan-anna-$FABRIKAM.json"
  # The service's own words are no status.
  fake_az "$FABRIKAM" "$ANNA" 'echo "ERROR: Forbidden({\"error\":{\"message\":\"Account Not Found here\"}})" >&2; exit 1'
  answer
  expect_status 1
  fake_az "$FABRIKAM" "$ANNA" 'echo "ERROR: Not Found({\"error\":{\"code\":\"InvalidResourceType\"}})" >&2; exit 1'
  answer
  expect_status 1
  fake_az 11111111-1111-4111-8111-111111111111 "$ANNA" 'exit 0'
  answer
  expect_status 1
  expect_err 'You are signed in elsewhere'
  expect_no_file "palscan-anna-$FABRIKAM.json"
  fake_az "$FABRIKAM" "$ANNA" 'echo "ERROR: Not Found({\"error\":{}})" >&2; exit 1'
  answer
  expect_status 0
  bring "palscan-anna-$FABRIKAM.json"
  expect_status 0
  expect_equal "$(file_of "$FABRIKAM" "identities/$ANNA.json" | jq -c '[.assurance, .link]')" '["self-declared",null]'
}

# shellcheck disable=SC2016 # for the other shell
test_collector__roles_come_along() {
  empty
  palscan_ok --config palscan.json collector --identity anna --tenant "$FABRIKAM" -o script.sh
  { role 1 && role 2; } | jq -s . >roles.json
  fake_az "$FABRIKAM" "$ANNA" 'cat link.json' 'printf "%s\r\n" one two' 'case "$*" in *--assignee-object-id*) exit 2 ;; esac; cat roles.json'
  answer
  expect_status 0
  grep -q -- "--assignee-object-id $ANNA --subscription two" "$T/asked" || fail "not every subscription was asked"
  jq -e '.roleAssignments | length == 2' "palscan-anna-$FABRIKAM.json" >/dev/null || fail "not both"
  bring "palscan-anna-$FABRIKAM.json"
  expect_status 0
  expect_err '2 role assignments of anna, 0 of other principals left out'
  expect_equal "$(declared_of "$FABRIKAM" "$ANNA" '[.link.partnerId, .declared.partnerId, (.declared.assignments | length)]')" '["2000001","2000001",2]'
  palscan_ok verify
}

test_collector__link_counts_where_roles_are_refused() {
  empty
  palscan_ok --config palscan.json collector --identity anna --tenant "$FABRIKAM" -o script.sh
  fake_az "$FABRIKAM" "$ANNA" 'cat link.json' 'echo one' 'printf "ERROR: \033[31m(\"Authorization\"Failed) \\ \303\244\n does not\n" >&2; exit 1'
  answer
  expect_status 0
  expect_err 'your link counts all the same'
  jq -e '.roleAssignments == null and (.roleAssignmentsError | startswith("subscription one: ERROR: "))' "palscan-anna-$FABRIKAM.json" >/dev/null ||
    fail "the file does not say it"
  bring "palscan-anna-$FABRIKAM.json"
  expect_status 0
  expect_err 'the role assignments of anna were not listed: subscription one: ERROR: [31m(AuthorizationFailed)'
  expect_equal "$(declared_of "$FABRIKAM" "$ANNA" '[.link.partnerId, .declared.partnerId, (.declared | has("assignments"))]')" '["2000001","2000001",false]'
  palscan_ok verify
}

test_collector__nonce_is_for_its_identity_and_its_days() {
  local nonce
  empty
  palscan_ok --config palscan.json collector --identity anna --tenant "$FABRIKAM" -o script.sh
  nonce=$(sed -n "s/^nonce='\(.*\)'/\1/p" script.sh)
  collected bert "$nonce" >"$T/answer.json"
  remember
  bring "$T/answer.json"
  expect_refused 2 "at \$.nonce: given out for identity anna in tenant $FABRIKAM"
  collected anna "$nonce" | jq -c '.date = "2026-03-02T00:00:00Z"' >"$T/answer.json"
  remember
  bring "$T/answer.json"
  expect_refused 2 'at $.date: 2026-03-02T00:00:00Z is before its nonce was given out'
  collected anna "$nonce" >"$T/answer.json"
  printf 'anna %s %s\n' "$FABRIKAM" "$(date -u -d '31 days ago' +%Y-%m-%dT%H:%M:%SZ)" >"$(echo "$T"/state/palscan/*/collector/"$nonce")"
  remember
  bring "$T/answer.json"
  expect_refused 2 'it was good for 30 days'
  # The next one that is given out sweeps it away.
  palscan_ok --config palscan.json collector --identity bert --tenant "$FABRIKAM" -o script.sh
  expect_no_file "$(echo "$T"/state/palscan/*/collector)/$nonce"
}

# shellcheck disable=SC2016 # a name that no shell may read
test_collector__only_ids_and_digits_enter_the_script() {
  local evil
  empty
  remember
  for evil in "a'b" 'a;id' '$(id)' '' 'A' "a
b"; do
    palscan --config palscan.json collector --identity "$evil" --tenant "$FABRIKAM"
    expect_refused 2 ''
    palscan --config palscan.json collector --identity anna --tenant "$evil"
    expect_refused 2 ''
  done
  palscan_ok --config palscan.json collector --identity anna --tenant "$FABRIKAM" -o script.sh
  bash -n script.sh
  if command -v shellcheck >/dev/null; then shellcheck script.sh || fail "shellcheck minds"; fi
  palscan_ok --config palscan.json collector --identity anna --tenant "${FABRIKAM^^}" --shell powershell
  expect_out "\$tenant = '$FABRIKAM'"
  expect_out 'Invoke-AzRestMethod -Method GET'
  if command -v pwsh >/dev/null; then
    pwsh -NoProfile -Command "[void][scriptblock]::Create((Get-Content -Raw '$T/.out'))" || fail "PowerShell cannot read it"
  fi
}

run_tests "$@"
