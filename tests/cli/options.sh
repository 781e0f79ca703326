#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# options.sh - what holds for every command: help, wrong options, where results
# go, pipes, colour, width, a full disk.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

commands() { "$PALSCAN" --help | awk '/^Commands:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }'; }

# ---- help ----

test_options__help_everywhere_ends_with_0_on_stdout() {
  palscan_ok --help
  expect_err_empty
  cp .out help
  palscan_ok -h
  expect_same_file help .out
  local command
  for command in $(commands); do
    palscan_ok "$command" --help
    expect_out "Usage: palscan $command"
    expect_err_empty
    cp .out help
    palscan_ok --help "$command"
    expect_same_file help .out
    palscan_ok "$command" -h too many arguments here
  done
  if LC_ALL=C awk 'length($0) > 110' help | grep .; then fail "lines too long for a terminal"; fi
}

test_options__version_is_one_line() {
  palscan_ok --version
  grep -qE '^palscan [0-9]+\.[0-9]+\.[0-9]+$' .out || fail "is no version"
}

test_options__nothing_at_all_prints_help_on_stderr() {
  palscan
  expect_status 2
  expect_out_empty
  expect_err 'Usage:'
  expect_err 'palscan demo'
}

# ---- wrong words ----

test_options__mistyped_words_name_the_nearest() {
  local words near
  while IFS='|' read -r words near; do
    # shellcheck disable=SC2086
    palscan $words
    expect_one_error 2
    [ -z "$near" ] || expect_err "$near"
  done <<'TABLE'
chek|check
polices list|policies
scn|scan
verfy|verify
zzzzzz|
check --formatt json|--format
scan --replya x|--replay
scan --dry_run|--dry-run
log --numbr 3|--number
check --zzz|palscan check --help
check -z|-z
check --format|--format
check -f|-f
check --format=|--format
check --format json --format csv|given twice
check --quiet=1|takes no value
check -f xml|text, json, csv
check --fail-on severe|none, low, medium, high, critical
check --fail-scope some|new, all
check --min-coverage -1|percentage
check --min-coverage 101|percentage
check --min-coverage x|percentage
check HEAD HEAD|one argument too many
demo a b|one argument too many
status now|one argument too many
--nonsense|--nonsense
TABLE
}

test_options__usage_ends_without_a_blank() {
  palscan status now
  expect_one_error 2
  if grep -q ' $' "$T/.err"; then fail 'a blank at the end'; fi
}

# What is wrong is named as whoever wrote it knows it.
test_options__ids_that_are_none_are_told_in_the_words_of_the_configuration() {
  no_night
  cat >other.json <<'END'
{"repository": "snapshots.git", "identities": [{"name": "anna", "tenants": ["here"], "credential": {"type": "azure-cli"}}]}
END
  palscan --config other.json scan
  expect_one_error 2
  expect_err 'identity anna: tenants: "here" is no tenant id'
  expect_no_err scanner
  sed 's/\["here"\]/"all"/; s/azure-cli/environment/' other.json >ambient.json
  AZURE_TENANT_ID=here AZURE_CLIENT_ID=11111111-1111-4111-8111-111111111111 AZURE_CLIENT_SECRET=canary-of-the-tests \
    palscan --config ambient.json scan
  expect_one_error 2
  expect_err 'identity anna: AZURE_TENANT_ID: "here" is no GUID'
}

test_options__environment_is_read_and_checked() {
  two_nights
  PALSCAN_FORMAT=json palscan_ok log
  jq -e . "$T/.out" >/dev/null || fail "is no JSON"
  PALSCAN_FORMAT=json palscan_ok log -f csv
  expect_out snapshot,run
  PALSCAN_FORMAT=xml palscan log
  expect_one_error 2
  PALSCAN_QUIET=perhaps palscan check
  expect_one_error 2
  expect_err PALSCAN_QUIET
  PALSCAN_QUIET=1 palscan check
  expect_err_empty
  PALSCAN_QUIET=0 palscan check
  expect_err 'open findings'
  PALSCAN_FAIL_ON=none palscan_ok check
  PALSCAN_FAIL_ON=sever palscan check
  expect_one_error 2
  # A flag of the environment can be absent; one of the line cannot be unset.
  PALSCAN_FAIL_ON='' palscan check
  expect_status 3
}

test_options__configuration_is_found_where_it_is_said_to_be() {
  two_nights
  cd "$T"
  palscan log
  expect_one_error 2
  palscan_ok log --config d/palscan.json
  PALSCAN_CONFIG=d/palscan.json palscan_ok log
  mkdir -p xdg/palscan home/.config
  sed "s#\"snapshots.git\"#\"$T/d/snapshots.git\"#" d/palscan.json >xdg/palscan/palscan.json
  XDG_CONFIG_HOME=$T/xdg palscan_ok log
  cp -r xdg/palscan home/.config/
  run env -u XDG_CONFIG_HOME HOME="$T/home" "$PALSCAN" log
  expect_status 0
  palscan log --config nowhere.json
  expect_one_error 2
  expect_err nowhere.json
}

# ---- where results go ----

test_options__output_file_holds_what_stdout_would() {
  two_nights
  local format
  for format in text json csv; do
    palscan check --fail-on none -f "$format"
    palscan check --fail-on none -f "$format" -o "$T/result"
    cp "$T/result" "$T/kept"
    palscan check --fail-on none -f "$format"
    expect_same_file "$T/kept" "$T/.out"
  done
  palscan check --fail-on none -o -
  expect_out 'As of'
}

test_options__output_file_has_the_mode_the_umask_says() {
  two_nights
  palscan_ok log -o "$T/result"
  expect_equal "$(stat -c %a "$T/result")" "$(printf %o $((0666 & ~0$(umask))))" mode
}

test_options__failing_command_leaves_the_old_output_file() {
  two_nights
  echo old >"$T/result"
  palscan query 'SELECT nope' -o "$T/result"
  expect_one_error 2
  expect_equal "$(cat "$T/result")" old
  palscan check nope -o "$T/result"
  expect_equal "$(cat "$T/result")" old
  expect_equal "$(find "$T" -maxdepth 1 -name 'result*' | wc -l)" 1 files
}

test_options__output_that_cannot_be_opened_is_said_before_the_work() {
  two_nights
  remember
  palscan scan --replay "$DEMO/night-2" -o "$T/no/such/folder"
  expect_one_error 2
  palscan scan --replay "$DEMO/night-2" -o "$T"
  expect_one_error 2
  palscan scan --replay "$DEMO/night-2" -o ''
  expect_one_error 2
  expect_unchanged
}

test_options__device_as_output_is_written_not_replaced() {
  two_nights
  mkfifo "$T/pipe"
  cat "$T/pipe" >"$T/got" &
  palscan_ok log -o "$T/pipe"
  wait
  [ -p "$T/pipe" ] || fail "the pipe is gone"
  grep -q replayed "$T/got" || fail "nothing came through"
  palscan_ok log -o /dev/null
  [ -c /dev/null ] || fail "/dev/null is gone"
  palscan log -o /dev/full
  expect_one_error 1
}

test_options__full_disk_behind_stdout_is_an_error() {
  two_nights
  local command
  for command in check 'check -f json' 'check -f csv' log status show diff verify 'policies list' 'policies show PAL001' 'completion bash' --help 'check --help' \
    --version 'query SELECT(1)' 'show --person Ben'; do
    status=0
    # shellcheck disable=SC2086
    "$PALSCAN" $command >/dev/full 2>"$T/.err" || status=$?
    [ "$status" -eq 1 ] || fail "palscan $command ended with $status"
    grep -q 'No space left' "$T/.err" || fail "palscan $command does not say why"
  done
}

test_options__closed_pipe_is_no_error() {
  two_nights
  local command all
  for command in 'check -f json' 'check -f csv' check diff 'query SELECT*FROM(coverage)' --help; do
    # The reader goes away at once, and leaves a pipe that takes nothing.
    all=0
    # shellcheck disable=SC2086
    { "$PALSCAN" $command 2>"$T/.err" || printf '%d' $? >"$T/code"; } | head -c 1 >/dev/null || all=$?
    [ "$all" -lt 126 ] || fail "ended by a signal: $command"
    ! grep -q 'Broken pipe' "$T/.err" || fail "complains of the pipe: $command"
  done
}

test_options__closed_stdout_is_an_error() {
  two_nights
  status=0
  "$PALSCAN" log 2>"$T/.err" >&- || status=$?
  [ "$status" -ne 0 ] || fail "ended with 0"
}

# ---- how results look ----

has_colour() { grep -q "$(printf '\033')\[" "$T/.out"; }

test_options__colour_only_where_it_is_wanted() {
  two_nights
  palscan check
  ! has_colour || fail "colour off a terminal"
  CLICOLOR_FORCE=1 palscan check
  has_colour || fail "no colour although forced"
  CLICOLOR_FORCE=1 NO_COLOR=1 palscan check
  ! has_colour || fail "colour in spite of NO_COLOR"
  CLICOLOR_FORCE=1 palscan check --no-color
  ! has_colour || fail "colour in spite of --no-color"
  CLICOLOR_FORCE=0 palscan check
  ! has_colour || fail "colour with CLICOLOR_FORCE=0"
  NO_COLOR='' CLICOLOR_FORCE=1 palscan check
  has_colour || fail "an empty NO_COLOR counts"
  local format
  for format in json csv; do
    CLICOLOR_FORCE=1 palscan check -f "$format"
    ! has_colour || fail "colour in $format"
  done
}

# on_terminal COLUMNS COMMAND...: its output on a terminal of that width
on_terminal() {
  local columns=$1
  shift
  command -v script >/dev/null || skip "no script here"
  # shellcheck disable=SC2016
  TERM=xterm script -qec "stty cols $columns 2>/dev/null; $(printf '%q ' "$@") 2>/dev/null" /dev/null </dev/null >"$T/.out" 2>"$T/.err" || :
}

test_options__terminal_has_colour_unless_it_is_dumb() {
  two_nights
  on_terminal 80 "$PALSCAN" check
  has_colour || fail "no colour on a terminal"
  on_terminal 80 env TERM=dumb "$PALSCAN" check
  ! has_colour || fail "colour on a dumb terminal"
  on_terminal 80 env NO_COLOR=1 "$PALSCAN" check
  ! has_colour || fail "colour in spite of NO_COLOR"
}

# Visible columns of the longest line, escapes and carriage returns aside.
longest() { sed "s/$(printf '\033')\[[0-9;]*m//g" "$T/.out" | tr -d '\r' | LC_ALL=C.UTF-8 wc -L; }

test_options__narrow_terminal_is_kept_to() {
  two_nights
  local columns command
  for columns in 40 60 80 120; do
    for command in check diff log show status verify 'show --person Ben' 'policies list' 'policies show PAL001'; do
      # shellcheck disable=SC2086
      on_terminal "$columns" "$PALSCAN" $command
      [ -s "$T/.out" ] || fail "nothing printed"
      # SQL is shown as it is.
      case $command in 'policies show'*) sed -i '/^-- /,$d' "$T/.out" ;; esac
      [ "$(longest)" -le "$columns" ] || fail "$command is $(longest) wide on $columns columns"
    done
  done
}

test_options__columns_of_the_environment_count_without_a_terminal() {
  two_nights
  COLUMNS=40 palscan check
  [ "$(longest)" -le 40 ] || fail "$(longest) wide on 40 columns"
  COLUMNS=nonsense palscan check
  expect_status 3
  COLUMNS=1 palscan check
  expect_status 3
}

# The facts are the same however wide the screen is.
test_options__narrow_output_loses_no_finding() {
  two_nights
  palscan check
  local wide
  wide=$(tr -d ' \n' <"$T/.out" | grep -oE 'PAL0[0-9]+' | sort | uniq -c)
  COLUMNS=40 palscan check
  expect_equal "$(tr -d ' \n' <"$T/.out" | grep -oE 'PAL0[0-9]+' | sort | uniq -c)" "$wide" findings
}

test_options__progress_is_for_terminals_only() {
  one_night
  palscan scan --replay "$DEMO/night-2" -o /dev/null
  ! grep -q "$(printf '\r')" "$T/.err" || fail "progress off a terminal"
}

# Whoever types what is said next gets what was meant.
test_options__what_to_type_next_names_the_configuration() {
  no_night
  palscan --config palscan.json status
  expect_status 4
  expect_out 'palscan --config palscan.json scan is the first run'
  palscan --config palscan.json log
  expect_out 'The first one: palscan --config palscan.json scan'
  cp palscan.json "it's here.json"
  COLUMNS=400 palscan --config "it's here.json" scan --replay "$DEMO/night-1" --fail-on none
  tr '\n' ' ' <"$T/.out" | tr -s ' ' | grep -qF "palscan --config 'it'\\''s here.json' diff --last shows what changed; palscan --config 'it'\\''s here.json' show" ||
    fail 'the configuration is not named, or not as a shell reads it'
  palscan --config palscan.json doctor --replay "$DEMO/night-2" --identity anna
  expect_out 'palscan --config palscan.json scan'
  PALSCAN_CONFIG=palscan.json palscan status
  expect_no_out '--config'
  palscan --config palscan.json status
  tr '\n' ' ' <"$T/.out" | tr -s ' ' | grep -qF 'palscan --config palscan.json check lists the findings' || fail 'status does not name it'
}

run_tests "$@"
