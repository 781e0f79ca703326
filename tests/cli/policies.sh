#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# policies.sh - palscan policies list|show|test: the pack, its explanations, its cases, and packs of one's own.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# A policy of one's own in ./mine, and the configuration that names the folder.
own_policy() {
  mkdir -p mine
  cat >"mine/${1:-OWN1}.sql" <<SQL
-- id: ${1:-OWN1}
-- title: Every tenant is suspicious
-- class: rule
-- severity: low
-- subject: tenant
-- reads: tenant
-- rationale: Because.
-- remediation: None.
${2:-}
SELECT id AS tenant_id, 'tenant' AS subject_type, id AS subject_id, name AS subject_name, 'suspicious' AS message FROM tenant
SQL
  sed 's/"names": "ours"/"names": "ours", "policies": { "directories": ["mine"] }/' "$DEMO/palscan.json" >palscan.json
}

test_policies__list_every_shipped_policy_by_id() {
  palscan_ok policies list -f csv
  local files
  files=$(find "$PAL_SOURCE/policies" -maxdepth 1 -name '*.sql' -printf '%f\n' | LC_ALL=C sort | sed 's/\.sql$//')
  expect_equal "$(sed 1d .out | cut -d, -f1)" "$files" ids
  expect_equal "$(sed 1d .out | cut -d, -f5 | sort -u)" shipped origins
  palscan_ok policies list -f json
  expect_equal "$(jq -r '.[].policy' .out)" "$files" ids
}

test_policies__show_explains_every_policy() {
  local id
  for id in $("$PALSCAN" policies list -f json | jq -r '.[].policy'); do
    palscan_ok policies show "$id"
    expect_out "$id  "
    expect_out 'severity      '
    expect_out 'why           '
    expect_out 'what to do    '
    if grep -q '^-- status: ' "$PAL_SOURCE/policies/$id.sql"; then
      expect_out 'status        '
    else
      expect_out SELECT
    fi
    # Beside a label stands text, below it the same column.
    sed '/^-- /,$d' .out >upper
    if sed 1,2d upper | grep -vE '^( {14}[^ ]|[a-z][a-z ]{0,12} +[^ ]|$)'; then fail "$id: a line out of its column"; fi
  done
}

test_policies__show_of_an_unknown_one_is_an_error() {
  palscan policies show PAL999
  expect_one_error 2
  palscan policies show
  expect_one_error 2
  palscan policies show PAL001 -f json
  expect_one_error 2
}

test_policies__unknown_verb_is_an_error() {
  palscan policies lists
  expect_one_error 2
  palscan policies
  expect_one_error 2
}

test_policies__shipped_cases_pass() {
  palscan_ok policies test -v
  expect_out ' passed, 0 failed'
  [ "$(grep -c '^pass ' .out)" -gt 20 ] || fail "hardly any case"
}

# Own policies that show the rows of views, and tables of what these must be.
test_policies__views_say_which_rule_decided_and_what_is_live() {
  palscan_ok policies test "$PAL_SOURCE/tests/policies"
  expect_out ' passed, 0 failed'
}

test_policies__failing_case_exits_3_and_shows_the_difference() {
  cp -r "$PAL_SOURCE/policies" copy
  local case=copy/cases/PAL001.json
  # One policy is enough: all of them are run above.
  find copy/cases -type f ! -name PAL001.json -delete
  # The first expectation of a severity becomes another one.
  jq '(first(paths(type == "object" and has("severity") and has("verdict")))) as $at | setpath($at + ["severity"]; "info")' "$case" >c
  mv c "$case"
  palscan policies test copy
  expect_status 3
  expect_out FAIL
  expect_out '1 failed'
}

test_policies__one_file_of_cases_is_tested_alone() {
  cp "$PAL_SOURCE/policies/cases/PAL001.json" .
  palscan_ok policies test PAL001.json
  expect_err_empty
  expect_out ' passed, 0 failed'
  palscan policies test none.json
  expect_one_error 2
}

test_policies__folder_without_cases_is_an_error() {
  mkdir none
  palscan policies test none
  expect_one_error 2
  palscan policies test missing
  expect_one_error 2
}

test_policies__own_policy_is_listed_as_own_and_judges() {
  two_nights
  own_policy
  palscan_ok policies list
  grep -q '^OWN1 .* own ' "$T/.out" || fail "not listed as own"
  palscan check --fail-on none
  expect_status 0
  expect_out '1 own'
  expect_out OWN1
}

test_policies__own_policy_with_a_shipped_id_is_refused() {
  two_nights
  own_policy PAL001
  palscan check
  expect_one_error 2
  expect_err PAL001
}

test_policies__broken_sql_is_said_loudly_and_never_passes() {
  two_nights
  own_policy
  sed -i 's/FROM tenant/FROM no_such_table/' mine/OWN1.sql
  palscan check --fail-on none
  expect_out OWN1
  expect_out 'no_such_table'
}

test_policies__second_statement_is_refused() {
  two_nights
  own_policy
  echo '; SELECT 1' >>mine/OWN1.sql
  palscan check
  expect_one_error 2
  expect_err OWN1.sql
}

test_policies__unknown_or_missing_metadata_is_refused() {
  two_nights
  own_policy OWN1 '-- mood: bad'
  palscan policies list
  expect_one_error 2
  expect_err mood
  own_policy OWN1
  sed -i '/^-- severity/d' mine/OWN1.sql
  palscan policies list
  expect_one_error 2
  expect_err severity
}

test_policies__hostile_text_of_a_policy_cannot_drive_the_terminal() {
  two_nights
  own_policy
  printf -- '-- \033]0;owned\007 \033[31mred\342\200\256\n' >>mine/OWN1.sql
  palscan policies show OWN1
  expect_harmless "$T/.out"
  expect_harmless "$T/.err"
}

test_policies__disabled_and_lowered_ones_are_said() {
  two_nights
  sed -i 's/"names": "ours"/"names": "ours", "policies": { "disable": ["PAL010"], "severity": { "PAL001": "low" } }/' palscan.json
  palscan_ok policies list
  grep -q '^PAL010 .* disabled ' "$T/.out" || fail "PAL010 is not disabled"
  grep -q '^PAL001 *low ' "$T/.out" || fail "PAL001 is not lowered"
  palscan check --fail-on none
  expect_out '1 disabled'
  expect_out '1 with lowered severity'
  expect_no_out 'PAL010'
  palscan_ok policies show PAL001
  expect_out 'as shipped    critical'
}

test_policies__setting_of_an_unknown_policy_is_refused() {
  two_nights
  sed -i 's/"names": "ours"/"names": "ours", "policies": { "disable": ["PAL00l"] }/' palscan.json
  palscan check
  expect_one_error 2
  expect_err PAL00l
  sed 's/"names": "ours"/"names": "ours", "policies": { "parameters": { "staleDay": 3 } }/' "$DEMO/palscan.json" >palscan.json
  palscan check
  expect_one_error 2
  expect_err staleDays
}

test_policies__a_rule_without_its_data_is_listed_as_not_tested() {
  two_nights
  palscan_ok policies list -f json
  expect_equal "$(jq -r '.[] | select(.policy == "PAL072") | .status' "$T/.out")" 'needs partner-center' status
  expect_equal "$(jq -r '.[] | select(.policy == "PAL064") | .status' "$T/.out")" 'see PAL060' status
  palscan check --fail-on none
  expect_out 'need data that this version does not read: '
}

test_policies__every_row_of_the_catalogue_is_there() {
  palscan_ok policies list -f json
  local n
  for n in $(seq 1 104); do
    case $n in
      # free numbers of the catalogue
      23 | 24 | 25 | 26 | 27 | 28 | 29 | 47 | 48 | 49 | 57 | 58 | 59) continue ;;
    esac
    jq -e --arg id "$(printf 'PAL%03d' "$n")" 'any(.[]; .policy == $id)' .out >/dev/null || fail "PAL$n is absent"
  done
}

test_policies__new_writes_a_rule_that_passes_its_cases() {
  two_nights
  palscan_ok policies new ACME-001 mine
  expect_out 'palscan policies test mine'
  # What a rule may read is told where it is begun.
  expect_file "$(sed -n 's/.*: \(.*README.md\)$/\1/p' "$T/.out")"
  palscan_ok policies test mine
  expect_out '3 passed, 0 failed'
  palscan_ok policies lint mine
  expect_out '1 policy, 0 refused'
  palscan_ok check --policies mine --fail-on none
  expect_out '1 own'
  expect_out ACME-001
}

test_policies__new_overwrites_nothing_and_wants_an_id() {
  palscan_ok policies new ACME-001 mine
  echo changed >mine/ACME-001.sql
  palscan policies new ACME-001 mine
  expect_one_error 2
  expect_equal "$(cat mine/ACME-001.sql)" changed rule
  palscan policies new PAL200 mine
  expect_one_error 2
  palscan policies new ../x mine
  expect_one_error 2
  palscan policies new
  expect_one_error 2
}

test_policies__lint_names_file_line_and_column() {
  palscan_ok policies lint
  expect_out ' 0 refused'
  palscan_ok policies new ACME-001 mine
  sed -i 's/identity\.type IN/identity.typo IN/' mine/ACME-001.sql
  local line
  line=$(grep -n 'identity\.typo' mine/ACME-001.sql | cut -d: -f1)
  palscan policies lint mine
  expect_status 3
  expect_out "ACME-001.sql:$line:7: no such column: identity.typo"
  sed -i "s/identity\.typo IN.*/random() > 0;/" mine/ACME-001.sql
  palscan policies lint mine
  expect_status 3
  expect_out 'random'
  palscan_ok policies new ACME-002 other
  sed -i 's/FROM active_link/FROM active_links/' other/ACME-002.sql
  line=$(grep -n 'active_links$' other/ACME-002.sql | cut -d: -f1)
  palscan policies lint other
  expect_status 3
  expect_out "ACME-002.sql:$line:6: no such table: active_links"
  sed -i "s/FROM active_links/FROM active_link/; s/^WHERE .*/WHERE EXISTS (SELECT name FROM sqlite_master);/" other/ACME-002.sql
  line=$(grep -n sqlite_master other/ACME-002.sql | cut -d: -f1)
  palscan policies lint other
  expect_status 3
  expect_out "ACME-002.sql:$line:32: access to main.sqlite_master."
  # A rule that cannot be judged is told as such, not as what its cases lack.
  palscan policies test other
  expect_status 3
  expect_out "ACME-002 is broken: ACME-002.sql:$line:32: "
  expect_no_out '- expected'
  palscan policies lint missing
  expect_one_error 2
}

test_policies__a_failing_case_of_ones_own_shows_expected_and_got() {
  palscan_ok policies new ACME-001 mine
  sed -i 's/"severity": "low"/"severity": "high"/' mine/cases/ACME-001.json
  palscan policies test mine
  expect_status 3
  expect_out '  severity: expected "high", got "low"'
  expect_out '2 passed, 1 failed'
}

test_policies__coverage_names_rules_and_gaps_of_a_framework() {
  palscan_ok policies coverage --framework iso27001 -f json
  expect_equal "$(jq -c '[.[] | select(.control == "A.5.18" and .policy == "PAL010") | .status]' .out)" '["judged"]' rule
  expect_equal "$(jq -c '[.[] | select(.control == "A.5.15") | .title]' .out)" '["no rule of the pack"]' gap
  expect_equal "$(jq -r '.[].class' .out | sort -u | tr '\n' ' ')" '- access completeness ' classes
  # An attribution finding costs recognition; no auditor counts it as an exception.
  local framework
  for framework in soc2 cmmc; do
    palscan_ok policies coverage --framework "$framework" -f json
    expect_equal "$(jq -r '.[].class' .out | sort -u | tr '\n' ' ')" '- access completeness ' "classes of $framework"
  done
  palscan policies coverage
  expect_one_error 2
  palscan policies coverage --framework nist
  expect_one_error 2
  palscan policies list --framework soc2
  expect_one_error 2
}

run_tests "$@"
