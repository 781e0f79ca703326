#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# oracles.sh - what palscan wrote, in the eyes of programs that are not palscan:
# stock git, jq, sqlite3's CSV reader, a JSON Schema validator.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

files_of() { git_ ls-tree -r --name-only "$1"; }

test_oracles__git_fsck_strict_is_silent() {
  two_nights
  expect_sound
  palscan scan --replay "$DEMO/night-2" -q -o /dev/null
  expect_sound
}

test_oracles__git_clone_and_push_of_a_repository_work() {
  two_nights
  git clone -q snapshots.git work
  expect_equal "$(git -C work rev-parse HEAD)" "$(head_of)"
  git init -q --bare other.git
  git_ push -q "$PWD/other.git" main
  expect_equal "$(git -C other.git rev-parse main)" "$(head_of)"
}

test_oracles__history_is_one_line_of_commits_by_palscan_in_utc() {
  two_nights
  expect_equal "$(git_ log --format='%an <%ae> %cn <%ce>' | sort -u)" 'palscan <palscan@localhost> palscan <palscan@localhost>' authors
  expect_equal "$(git_ log --format=%aI%cI | tr '\n' ' ')" '2026-11-20T02:04:02+00:002026-11-20T02:04:02+00:00 2026-11-19T02:03:41+00:002026-11-19T02:03:41+00:00 ' times
  expect_equal "$(git_ log --merges --oneline | wc -l)" 0 merges
}

test_oracles__log_p_is_plain_text_and_one_record_is_one_line() {
  two_nights
  git_ log -p --no-ext-diff --no-textconv >"$T/log"
  expect_harmless "$T/log"
  # A changed link is one line less and one more, of the whole record or key.
  git_ diff HEAD~1 HEAD -- 'tenants/18/*/identities/f99036d2-b1c3-5ba7-8b95-68c0c3315d00.json' >"$T/link"
  expect_equal "$(grep -c '^-  *"partnerId": "2000001"' "$T/link")" 1
  expect_equal "$(grep -c '^+  *"partnerId": "1000001"' "$T/link")" 1
  # A revoked role is one line less, with the id of principal, role and scope on it.
  git_ diff HEAD~1 HEAD -- '*/role-assignments.json' >"$T/roles"
  expect_equal "$(grep -c '^-  {' "$T/roles")" 1 "lines less"
  expect_equal "$(grep -c '^+  {' "$T/roles" || :)" 0 "lines more"
  grep '^-  {' "$T/roles" | grep -q '"principalId":"5b13e095-c371-5ac5-922c-b5fcc207f57a".*"roleId":"b24988ac-6180-42a0-ab88-20f7382dd24c"' || fail "the ids are not on the line"
}

test_oracles__every_file_is_json_to_jq_and_in_the_form_of_the_contract() {
  two_nights
  local path
  while read -r path; do
    case $path in
    inputs/policies/*) continue ;;
    *.json) ;;
    *) fail "no JSON: $path" ;;
    esac
    git_ show "HEAD:$path" >"$T/file"
    jq -e . "$T/file" >/dev/null || fail "jq refuses $path"
    expect_equal "$(tail -c 1 "$T/file" | od -An -tx1)" ' 0a' "the last byte of $path"
    ! grep -q '[[:space:]]$' "$T/file" || fail "space at the end of a line of $path"
    ! grep -q $'\t' "$T/file" || fail "a tab in $path"
    # Keys sorted at every depth, no fractions: as jq would have it.
    expect_equal "$(jq -cS . "$T/file")" "$(jq -c . "$T/file")" "order of keys in $path"
    jq -e '[.. | numbers | select(. != floor)] | length == 0' "$T/file" >/dev/null || fail "a fraction in $path"
  done < <(files_of HEAD)
}

test_oracles__paths_are_ids_in_lower_case() {
  two_nights
  local guid='[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
  files_of HEAD | grep '^tenants/' >"$T/paths"
  if grep -vE "^tenants/[0-9a-f]{2}/$guid/[a-z-]+(/$guid)?(/[a-z-]+)?\.json$" "$T/paths"; then fail "a path of another form"; fi
  awk -F/ '{ if (substr($3, 1, 2) != $2) { print; exit 1 } }' "$T/paths" || fail "a tenant in another folder"
  git_ ls-tree -r -t HEAD | awk '{ print $1 }' | LC_ALL=C sort -u >"$T/modes"
  expect_equal "$(tr '\n' ' ' <"$T/modes")" '040000 100644 ' modes
}

# jq over git show gets the same facts as a query.
test_oracles__jq_and_query_agree_on_links() {
  two_nights
  local path tenant
  for path in $(files_of HEAD | grep '/identities/'); do
    tenant=$(printf %s "$path" | cut -d/ -f3)
    git_ show "HEAD:$path" | jq -r --arg tenant "$tenant" 'select(.link != null) | [$tenant, .objectId, .link.partnerId, .link.state] | join(",")'
  done | LC_ALL=C sort >"$T/jq"
  [ -s "$T/jq" ] || fail "no links"
  palscan_ok query 'SELECT tenant_id, object_id, partner_id, state FROM link ORDER BY 1, 2' -f json
  jq -r '.[] | [.tenant_id, .object_id, .partner_id, .state] | join(",")' "$T/.out" | LC_ALL=C sort >"$T/query"
  expect_same_file "$T/jq" "$T/query"
}

test_oracles__jq_and_query_agree_on_assignments() {
  two_nights
  local path
  for path in $(files_of HEAD | grep -E '/role-assignments\.json$|/access/inherited\.json$'); do
    git_ show "HEAD:$path" | jq -r '.[] | [.id, .principalId, .roleId, .scope] | join(",")'
  done | LC_ALL=C sort >"$T/jq"
  palscan_ok query 'SELECT id, principal_id, role_id, scope FROM assignment' -f json
  jq -r '.[] | [.id, .principal_id, .role_id, .scope] | join(",")' "$T/.out" | LC_ALL=C sort >"$T/query"
  expect_same_file "$T/jq" "$T/query"
}

test_oracles__jq_and_query_agree_on_completeness() {
  two_nights
  local path
  for path in $(files_of HEAD | grep '/coverage\.json$'); do
    git_ show "HEAD:$path" | jq -r --arg tenant "$(printf %s "$path" | cut -d/ -f3)" \
      'to_entries[] | .key as $area | .value | to_entries[] | [$tenant, $area, .key, .value.state] | join(",")'
  done | LC_ALL=C sort >"$T/jq"
  palscan_ok query 'SELECT tenant_id, area, unit, state FROM coverage' -f json
  jq -r '.[] | [.tenant_id, .area, .unit, .state] | join(",")' "$T/.out" | LC_ALL=C sort >"$T/query"
  expect_same_file "$T/jq" "$T/query"
}

test_oracles__stored_inputs_are_those_given() {
  two_nights
  expect_equal "$(git_ show HEAD:inputs/registry.json | jq -S '.ids | sort_by(.id) | map({id, type, name})')" \
    "$(sed 's#^//.*##' mpn.json | jq -S '.ids | sort_by(.id) | map({id, type, name})')" registry
  expect_equal "$(git_ show HEAD:inputs/estate.json | jq -c '[.customers[].tenant] | sort')" \
    "$(sed 's#^//.*##' estate.json | jq -c '[.customers[].tenant] | sort')" estate
  local path
  for path in $(files_of HEAD | grep '^inputs/policies/'); do
    git_ show "HEAD:$path" | cmp -s - "$PAL_SOURCE/policies/${path#inputs/policies/}" || fail "$path is not the shipped one"
  done
}

test_oracles__csv_is_csv_to_sqlite() {
  two_nights
  command -v sqlite3 >/dev/null || skip "no sqlite3 here"
  palscan check --as-recorded --fail-on none -f json
  local n
  n=$(jq '.findings | length' "$T/.out")
  palscan check --as-recorded --fail-on none -f csv
  cp "$T/.out" "$T/findings.csv"
  sqlite3 -batch "$T/db" -cmd '.mode csv' ".import $T/findings.csv f" 2>"$T/warnings"
  [ ! -s "$T/warnings" ] || fail "sqlite3: $(head -n 3 "$T/warnings")"
  expect_equal "$(sqlite3 "$T/db" 'SELECT count(*) FROM f')" "$n" rows
  expect_equal "$(sqlite3 "$T/db" "SELECT count(*) FROM f WHERE verdict = 'fail' AND status = 'open' AND severity = 'critical'")" \
    "$("$PALSCAN" check --as-recorded --fail-on none -f json | jq .summary.critical)" critical
  # Every line ends as RFC 4180 says.
  expect_equal "$(grep -c $'\r$' "$T/findings.csv")" "$(grep -c '' "$T/findings.csv")" "lines that end with CR LF"
}

# Each JSON output parses, and twice the same command gives the same bytes.
test_oracles__json_outputs_parse_and_repeat() {
  two_nights
  local command
  for command in check 'check --as-recorded' diff log show 'show --person Anna' 'policies list' 'query SELECT(1)'; do
    # shellcheck disable=SC2086
    palscan $command -f json
    jq -e . "$T/.out" >/dev/null || fail "jq refuses palscan $command"
    cp "$T/.out" "$T/first"
    # shellcheck disable=SC2086
    palscan $command -f json
    expect_same_file "$T/first" "$T/.out"
  done
}

test_oracles__snapshot_files_validate_against_the_schemas() {
  python3 -c 'import jsonschema' 2>/dev/null || skip "no python3-jsonschema here"
  two_nights
  mkdir "$T/tree"
  git_ archive HEAD | tar -x -C "$T/tree"
  run python3 "$PAL_SOURCE/tests/tools/validate_snapshot.py" "$PAL_SOURCE/snapshots/schemas" "$T/tree"
  expect_status 0
  expect_out ' files valid'
}

test_oracles__findings_of_the_check_are_those_stored_as_their_schema_says() {
  two_nights
  palscan check --as-recorded --fail-on none -f json
  jq -e '
    (.formatVersion == 1) and (.snapshot | has("commit") and has("started") and has("kind"))
    and (.coverage.complete <= .coverage.tenants)
    and ([.findings[] | select((.fingerprint | test("^[0-9a-f]{64}$") | not)
          or ([.verdict] | inside(["fail", "unknown"]) | not) or ([.status] | inside(["open", "waived", "folded"]) | not)
          or (.subject | has("type") and has("id") | not) or (.since | test("^20..-..-..T..:..:..") | not)
          or (.lastVerified | test("^20") | not))] | length == 0)' "$T/.out" >/dev/null || fail "another form than the contract"
}

# Fingerprints are what the contract says, computed by others.
test_oracles__fingerprints_are_reproducible_with_jq_and_sha256sum() {
  two_nights
  palscan check --as-recorded --fail-on none -f json
  local text want
  while IFS=$'\t' read -r want text; do
    expect_equal "$(printf %s "$text" | sha256sum | cut -d' ' -f1)" "$want" "fingerprint of $text"
  done < <(jq -r '.findings[] | [.fingerprint, (["palscan-1", .policy, .tenantId, .subject.type, .subject.id, (.key // "")] | tojson)] | @tsv' "$T/.out" | sed 's/\\\\/\\/g' | head -n 30)
}

run_tests "$@"
