#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# notify.sh - whom a run tells that it has ended: the metrics file, and the receivers of digests.
# shellcheck disable=SC2119
# shellcheck source=tests/live/lib.sh
. "$(dirname "$0")/lib.sh"

METRICS='.metricsFile = "palscan.prom"'
metric() { sed -n "s/^palscan_$1 //p" "$T/d/palscan.prom"; }

# judged by a reader that is not ours, where there is one
expect_openmetrics() {
  [ "$(tail -n 1 "$T/d/palscan.prom")" = '# EOF' ] || fail 'the metrics are cut'
  python3 -c 'import prometheus_client' 2>/dev/null || return 0
  python3 -c 'import sys; from prometheus_client.openmetrics.parser import text_string_to_metric_families as read
assert len(list(read(sys.stdin.read()))) > 8' <"$T/d/palscan.prom" || fail 'this is not OpenMetrics'
}

test_live__metrics_say_what_the_run_found() {
  emulate --tenants "${TENANTS:-6}"
  live_folder d "$METRICS"
  live_scan -f json
  expect_status 3
  cp "$T/.out" "$T/report.json"
  expect_openmetrics
  expect_equal "$(metric last_run_exit_status)" 3
  expect_equal "$(metric last_run_timestamp_seconds)" "$(metric last_success_timestamp_seconds)"
  [ $(($(date +%s) - $(metric last_run_timestamp_seconds))) -lt 60 ] || fail 'the time is not now'
  expect_equal "$(metric tenants_complete)/$(metric tenants_expected)" "$(coverage_of)"
  expect_equal "$(metric 'findings_open{.*severity="critical"}' | awk '{ n += $1 } END { print n }')" "$(jq .summary.critical "$T/report.json")"
  expect_equal "$(metric 'verdicts_unknown{.*}' | awk '{ n += $1 } END { print n }')" "$(jq .summary.unknown "$T/report.json")"
  silence
  expect_equal "$(metric requests_total)" "$(jq .requests "$T/manners")" 'requests sent and answered'
  expect_equal "$(stat -c %a "$T/d/palscan.prom")" 644
  grep -qiE '[0-9a-f]{8}-[0-9a-f]{4}' "$T/d/palscan.prom" && fail 'an id stands in the metrics'
  return 0
}

test_live__metrics_are_written_after_a_failed_run_and_keep_what_was_found() {
  emulate --tenants "${TENANTS:-4}"
  live_folder d "$METRICS"
  live_scan
  expect_status 3
  local success
  success=$(metric last_success_timestamp_seconds)
  grep -E '^palscan_(tenants|findings|verdicts)_' palscan.prom >"$T/found"
  echo '{' >estate.json
  live_scan
  expect_status 2
  expect_openmetrics
  expect_equal "$(metric last_run_exit_status)" 2
  expect_equal "$(metric last_success_timestamp_seconds)" "$success"
  expect_equal "$(metric runs_total) $(metric runs_failed_total)" '2 1'
  grep -E '^palscan_(tenants|findings|verdicts)_' palscan.prom >"$T/kept"
  expect_same_file "$T/found" "$T/kept"
  cp "$T/estate.json" .
  # The services are gone: nobody can sign in, all is carried, and that is committed.
  silence
  live_scan
  expect_status 5
  expect_openmetrics
  expect_equal "$(metric last_run_exit_status)" 5
  expect_equal "$(metric last_success_timestamp_seconds)" "$success"
  expect_equal "$(metric tenants_complete)/$(metric tenants_expected)" "$(coverage_of)"
}

test_live__metrics_are_of_nights_only() {
  emulate --tenants "${TENANTS:-4}"
  live_folder d "$METRICS"
  local tenant
  tenant=$(jq -r '.customers[0].tenant' estate.json)
  live_scan --dry-run
  expect_status 3
  expect_no_file palscan.prom
  live_scan --tenant "$tenant"
  expect_no_file palscan.prom
  live_scan --record "$T/rec"
  expect_file palscan.prom
  cp palscan.prom "$T/before"
  live_scan --replay "$T/rec" --dry-run
  expect_same_file palscan.prom "$T/before"
}

test_live__metrics_that_cannot_be_written_change_nothing_else() {
  emulate --tenants "${TENANTS:-4}"
  live_folder d '.metricsFile = "no/such/folder/palscan.prom"'
  live_scan
  expect_status 3
  expect_err 'metricsFile: '
  palscan_ok verify
  mkfifo pipe
  live_config palscan.json '.metricsFile = "pipe"'
  live_scan
  expect_err 'metricsFile: '
  [ -p pipe ] || fail 'a file was put in place of the pipe'
}

# ---- receivers ----

CANARY=canary-of-the-address-77f0
SINK_PID=

# sink_of PROGRAM MODE: a receiver; what it is sent goes to $T/sink
sink_of() {
  local try
  deafen
  rm -rf "$T/sink"
  mkdir "$T/sink"
  python3 "$PAL_SOURCE/tests/tools/$1" "$T/sink" "$PKI/server.pem" "$PKI/server.key" "$2" 2>"$T/sink.err" &
  SINK_PID=$!
  trap 'deafen; silence' EXIT
  for ((try = 0; try < 250; try++)); do
    [ ! -e "$T/sink/port" ] || break
    sleep 0.02
  done
  [ -e "$T/sink/port" ] || fail "the sink does not start: $(cat "$T/sink.err")"
}
# sink [STATUS]: a receiver of webhooks that answers so; its address is in hook.url
sink() {
  sink_of sink.py "${1:-202}"
  printf 'https://localhost:%s/hook/%s?sig=%s\n' "$(cat "$T/sink/port")" "$CANARY" "$CANARY" >"$T/d/hook.url"
  chmod 600 "$T/d/hook.url"
}
deafen() {
  [ -z "$SINK_PID" ] || kill "$SINK_PID" 2>/dev/null || :
  [ -z "$SINK_PID" ] || wait "$SINK_PID" 2>/dev/null || :
  SINK_PID=
}
told() { find "$T/sink" -name '*.body' | wc -l; }
# digest N FILTER: of the N-th body
digest() { jq -r "$2" "$T/sink/$1.body"; }

# webhook FORMAT [MEMBERS]: a filter of live_config
webhook() {
  printf '.notify = [{type: "webhook", urlFile: "hook.url", caFile: "%s", format: "%s"%s}]' "$PKI/ca.pem" "$1" "${2:+, $2}"
}

# hooked FORMAT [MEMBERS]: the emulator, a folder with that receiver and a sink
hooked() {
  emulate --tenants "${TENANTS:-6}"
  live_folder d "$(webhook "$@")"
  sink
}

# anew: without a night yet
anew() {
  rm -rf snapshots.git "$T/state"
  palscan_ok init .
}

# The address, and its parts, are where it was written and nowhere else.
expect_canary_kept() {
  printf '%s\n' "$CANARY" >"$T/canary"
  grep -rqF -f "$T/canary" "$T/d/hook.url" || fail 'the search finds nothing at all'
  mkdir -p "$T/objects"
  git_ cat-file --batch --batch-all-objects >"$T/objects/all"
  mkdir -p "$T/rec"
  if grep -rlaF -f "$T/canary" --exclude=hook.url "$T/d" "$T/state" "$T/.out" "$T/.err" "$T/objects" "$T/rec"; then
    fail 'the address was written'
  fi
}

test_live__first_night_is_told_once_and_a_quiet_one_not() {
  hooked json
  live_scan -v --record "$T/rec"
  expect_status 3
  expect_equal "$(told)" 1 'digests'
  expect_equal "$(jq -r '"\(.method) \(.path)"' "$T/sink/1.json")" "POST /hook/$CANARY?sig=$CANARY"
  expect_equal "$(jq -c '.headers | keys - ["host","user-agent","accept","content-type","content-length"]' "$T/sink/1.json")" '[]'
  expect_equal "$(digest 1 .snapshot.commit)" "$(head_of)"
  expect_equal "$(digest 1 '.occasions | index("new") != null')" true
  expect_equal "$(digest 1 '"\(.coverage.complete)/\(.coverage.tenants)"')" "$(coverage_of)"
  palscan check --as-recorded -f json --fail-on none
  expect_equal "$(digest 1 .newFindings)" \
    "$(jq '[.findings[] | select(.verdict == "fail" and .status == "open" and (.severity == "critical" or .severity == "high"))] | length' "$T/.out")"
  if python3 -c 'import jsonschema' 2>/dev/null; then
    python3 -m jsonschema -i "$T/sink/1.body" "$PAL_SOURCE/snapshots/outputs/digest.schema.json" 2>/dev/null || fail 'the digest is not of its schema'
  fi
  live_scan -v
  expect_equal "$(told)" 1 'digests after a quiet night'
  expect_canary_kept
}

test_live__chats_get_what_they_read() {
  hooked teams
  live_scan
  expect_equal "$(digest 1 '.attachments[0].content.type')" AdaptiveCard
  expect_equal "$(digest 1 '[.. | objects | select(.type == "TextRun") | .text | strings] | length > 5')" true
  live_config palscan.json "$(webhook slack 'details: false')"
  anew
  live_scan
  expect_equal "$(digest 2 '.blocks[0].type')" header
  grep -qE '[0-9a-f]{8}-[0-9a-f]{4}-' "$T/sink/2.body" && fail 'an id without details'
  return 0
}

test_live__failure_and_recovery_are_told() {
  hooked json 'on: ["failed", "recovered"]'
  live_scan
  expect_equal "$(told)" 0 'digests of a night without either'
  echo '{' >estate.json
  live_scan
  expect_one_error 2
  expect_equal "$(told)" 1 'digests'
  expect_equal "$(digest 1 '"\(.occasions) \(.exitStatus) \(.snapshot) \(.failedSince)"')" '["failed"] 2 null null'
  digest 1 .error | grep -q 'estate.json' || fail 'the error is not told'
  local said
  said=$(head -n 1 "$T/.err")
  expect_equal "palscan: $(digest 1 .error)" "$said"
  live_scan
  expect_equal "$(told)" 2 'digests'
  expect_different "$(digest 2 .failedSince)" null
  cp "$T/estate.json" .
  live_scan
  expect_equal "$(told)" 3 'digests'
  expect_equal "$(digest 3 '"\(.occasions) \(.failedSince)"')" "[\"recovered\"] $(digest 2 .failedSince)"
  live_scan
  expect_equal "$(told)" 3 'digests after the recovery'
  expect_canary_kept
}

test_live__lost_completeness_is_told_and_its_return() {
  hooked json 'on: ["failed", "recovered", "coverage-lost"]'
  live_scan
  expect_equal "$(told)" 0 'digests of the first night'
  # Nobody can sign in: that is a failure, and everything is carried.
  silence
  live_scan
  expect_status 5
  expect_equal "$(told)" 1 'digests'
  expect_equal "$(digest 1 '.occasions | sort | join(" ")') $(digest 1 .exitStatus)" 'coverage-lost failed 5'
  expect_equal "$(digest 1 .coverage.complete)" 0
  emulate --tenants "${TENANTS:-6}"
  trap 'deafen; silence' EXIT
  live_scan
  expect_equal "$(told)" 2 'digests'
  expect_equal "$(digest 2 '.occasions | join(" ")')" recovered
  expect_equal "$(digest 2 '"\(.coverage.complete)/\(.coverage.tenants)"')" "$(coverage_of)"
}

test_live__receiver_that_fails_changes_nothing() {
  local status_of
  hooked json
  for status_of in 302 404 500; do
    sink "$status_of"
    anew
    live_scan
    expect_status 3
    expect_err "notify: webhook: not delivered: the receiver answered $status_of"
    expect_equal "$(told)" 1 'requests'
    palscan_ok verify
    expect_canary_kept
  done
  # Nobody listens, or somebody whom nobody vouches for.
  deafen
  anew
  live_scan
  expect_status 3
  expect_err 'notify: webhook: not delivered: '
  expect_no_err localhost
  sink
  jq --arg ca "$PKI/foreign.pem" '.notify[0].caFile = $ca' palscan.json >new && mv new palscan.json
  anew
  live_scan
  expect_status 3
  expect_err 'notify: webhook: not delivered: '
  expect_equal "$(told)" 0 'requests'
  expect_canary_kept
}

test_live__nobody_is_told_of_what_is_no_night() {
  hooked json
  live_scan --dry-run
  expect_status 3
  expect_equal "$(told)" 0 'digests of a dry run'
  live_scan --offline
  expect_equal "$(told)" 0 'digests of a run without the network'
  live_scan --record "$T/rec"
  expect_equal "$(told)" 1 'digests'
  mkdir "$T/other"
  cp -a palscan.json mpn.json estate.json hook.url "$T/other"
  cd "$T/other"
  palscan_ok init .
  palscan --config palscan.json scan --replay "$T/rec"
  expect_status 3
  expect_equal "$(told)" 1 'digests after a replay'
}

# ---- mail ----

PASSWORD=canary-of-the-password-3e9a

# mail_sink MODE: a mail server; what it is told goes to $T/sink
mail_sink() {
  sink_of mail_sink.py "$1"
  MAIL_PORT=$(cat "$T/sink/port")
}
# mailed URL [MEMBERS]: a filter of live_config
mailed() {
  printf '.notify = [{type: "smtp", server: "%s", from: "palscan@contoso.example", to: ["night@contoso.example", "day@contoso.example"], caFile: "%s"%s}]' \
    "$1" "$PKI/ca.pem" "${2:+, $2}"
}
mail_folder() {
  emulate --tenants "${TENANTS:-4}"
  live_folder d
  printf '%s\n' "$PASSWORD" >mail.password
  chmod 600 mail.password
}
mails() { find "$T/sink" -name '*.mail' | wc -l; }

test_live__digest_comes_by_mail() {
  local mode scheme
  mail_folder
  for mode in starttls smtps; do
    scheme=smtp
    [ "$mode" = starttls ] || scheme=smtps
    mail_sink "$mode"
    live_config palscan.json "$(mailed "$scheme://localhost:$MAIL_PORT" 'user: "night", passwordFile: "mail.password"')"
    anew
    live_scan -v
    expect_status 3
    expect_equal "$(mails)" 1 'mails'
    # Read by what is not ours: headers, encoding, text.
    python3 - "$T/sink/1.mail" >"$T/mail" <<'PYTHON' || fail 'this is no mail'
import email
import email.policy
import email.utils
import sys

raw = open(sys.argv[1], "rb").read()
assert all(line.endswith(b"\r") for line in raw.split(b"\n")[:-1]) and max(map(len, raw.split(b"\r\n"))) <= 998
mail = email.message_from_bytes(raw, policy=email.policy.default)
assert not mail.defects, mail.defects
assert sorted(k.lower() for k in mail) == sorted(
    ["date", "from", "to", "message-id", "subject", "auto-submitted", "mime-version", "content-type", "content-transfer-encoding"]
)
assert str(mail["from"].addresses[0].addr_spec) == "palscan@contoso.example"
assert {a.addr_spec for a in mail["to"].addresses} == {"night@contoso.example", "day@contoso.example"}
assert abs((email.utils.localtime() - mail["date"].datetime).total_seconds()) < 300, mail["date"]
text = mail.get_content()
assert text.splitlines()[0] == mail["subject"]
sys.stdout.write(text.replace("\r\n", "\n"))
PYTHON
    grep -q "^Completeness: $(words_of) tenants read completely" "$T/mail" || fail 'completeness is not told'
    expect_harmless "$T/mail"
    expect_equal "$(grep -c '^tls RCPT TO:' "$T/sink/lines")" 2 'recipients'
    grep -q '^tls AUTH PLAIN' "$T/sink/lines" || fail 'nobody signed in'
    grep -E '^clear ' "$T/sink/lines" | grep -vE '^clear (EHLO .*|STARTTLS|)$' && fail 'more was said without TLS'
    live_scan -v
    expect_equal "$(mails)" 1 'mails after a quiet night'
    printf '%s\n%s\n' "$PASSWORD" "$(printf %s "$PASSWORD" | base64)" >"$T/canary"
    if grep -rlaF -f "$T/canary" --exclude=mail.password "$T/d" "$T/state" "$T/.out" "$T/.err"; then fail 'the password was written'; fi
  done
}

test_live__mail_server_without_tls_is_told_nothing() {
  mail_folder
  mail_sink plain
  live_config palscan.json "$(mailed "smtp://localhost:$MAIL_PORT" 'user: "night", passwordEnv: "MAIL_PASSWORD"')"
  anew
  MAIL_PASSWORD=$PASSWORD live_scan
  expect_status 3
  expect_err 'notify: smtp: not delivered: '
  grep -q AUTH "$T/sink/lines" && fail 'the password was shown'
  grep -qE 'MAIL|RCPT|DATA' "$T/sink/lines" && fail 'the mail was shown'
  # A server nobody vouches for.
  mail_sink starttls
  live_config palscan.json "$(mailed "smtp://localhost:$MAIL_PORT") | .notify[0].caFile = \"$PKI/foreign.pem\""
  anew
  live_scan
  expect_status 3
  expect_err 'notify: smtp: not delivered: '
  grep -qE 'MAIL|RCPT|DATA' "$T/sink/lines" && fail 'the mail was shown'
  # One that takes no recipient; its words are not repeated.
  mail_sink refuse
  live_config palscan.json "$(mailed "smtp://localhost:$MAIL_PORT")"
  anew
  live_scan
  expect_status 3
  expect_err 'the server answered 550'
  expect_no_err canary-of-the-server
  expect_equal "$(mails)" 0 'mails'
  palscan_ok verify
}

# A request that holds a secret of ours is not sent: what signs in to a mail server is none while the services are read.
test_live__password_that_is_a_word_of_the_services_disturbs_no_scan() {
  emulate --tenants "${TENANTS:-4}"
  live_folder d
  mail_sink starttls
  live_scan
  local complete
  complete=$(coverage_of)
  live_config palscan.json "$(mailed "smtp://localhost:$MAIL_PORT" 'user: "night", passwordEnv: "MAIL_PASSWORD"')"
  anew
  MAIL_PASSWORD=subscriptions live_scan
  expect_status 3
  expect_equal "$(coverage_of)" "$complete" 'completeness'
  expect_equal "$(mails)" 1 'mails'
}

# ---- command ----

# commanded SCRIPT: a program of that text, and it is the receiver
commanded() {
  mkdir -p "$T/bin"
  chmod 755 "$T/bin"
  printf '#!/bin/bash\n%s\n' "$1" >"$T/bin/tell"
  chmod 755 "$T/bin/tell"
  live_config palscan.json ".notify = [{type: \"command\", command: [\"$T/bin/tell\", \"a b\", \"\$HOME; x\"]}]"
  [ ! -d snapshots.git ] || anew
}

test_live__digest_goes_to_a_command() {
  emulate --tenants "${TENANTS:-4}"
  live_folder d
  commanded "cat >$T/digest; printf '%s\n' \"\$@\" >$T/arguments; env >$T/environment; echo talk; echo talk >&2"
  SOME_SECRET=canary-of-the-environment live_scan
  expect_status 3
  expect_no_err talk
  expect_no_out talk
  expect_equal "$(jq -r .snapshot.commit "$T/digest")" "$(head_of)"
  # shellcheck disable=SC2016
  expect_equal "$(cat "$T/arguments")" "$(printf 'a b\n$HOME; x')" 'arguments'
  grep -q canary "$T/environment" && fail 'the environment was handed on'
  rm "$T/digest"
  live_scan
  expect_no_file "$T/digest"
  commanded 'exit 7'
  live_scan
  expect_status 3
  expect_err "notify: command: $T/bin/tell failed, exit status 7"
  # One that reads nothing is no failure, and one that ends by a signal is.
  commanded 'exec 0<&-; exit 0'
  live_scan
  expect_status 3
  expect_no_err 'notify: command'
  # shellcheck disable=SC2016
  commanded 'kill -9 $$'
  live_scan
  expect_status 3
  expect_err 'failed, signal 9'
  palscan_ok verify
}

test_live__command_that_others_may_write_is_refused() {
  emulate --tenants "${TENANTS:-4}"
  live_folder d
  commanded 'exit 0'
  chmod 777 "$T/bin/tell"
  live_scan
  expect_one_error 2
  expect_err 'others may write it'
  chmod 755 "$T/bin/tell"
  chmod 777 "$T/bin"
  live_scan
  expect_one_error 2
  expect_err 'others may write it'
  chmod 755 "$T/bin"
  refused '{type: "command"}' 'command needs command'
  refused '{type: "command", command: []}' 'not a list of 1 to 64 texts'
  refused '{type: "command", command: "rm"}' 'not a list of 1 to 64 texts'
  refused '{type: "command", command: ["/bin/true", 1]}' 'not a list of 1 to 64 texts'
  refused '{type: "command", command: ["true"]}' 'not an absolute path'
  refused '{type: "command", command: ["/no/such/program"]}' '/no/such/program'
  refused '{type: "command", command: ["/etc"]}' 'is no program'
  local mail='type: "smtp", server: "smtp://localhost", from: "a@b.example", to: "c@d.example"'
  refused "{$mail, user: \"x\"}" 'user and its password go together'
  refused "{$mail, passwordEnv: \"NO_SUCH_VARIABLE\", user: \"x\"}" 'NO_SUCH_VARIABLE'
  refused "{$mail} | .from = \"a@b.example\\r\\nBcc: x@y.example\"" 'is no mail address'
  refused '{type: "smtp", from: "a@b.example", to: "c@d.example"}' 'smtp needs server'
}

# refused NOTIFY WANT: such a configuration ends a run before it begins
refused() {
  live_config palscan.json ".notify = [$1]"
  live_scan
  expect_one_error 2
  expect_err 'palscan.json: at $.notify: '
  expect_err "$2"
  # The check-up before the night says it too.
  palscan --config palscan.json doctor
  expect_one_error 2
  expect_err "$2"
}

test_live__receiver_that_is_wrong_is_refused_before_the_run() {
  hooked json
  local hook='type: "webhook", urlFile: "hook.url"'
  chmod 640 hook.url
  refused "{$hook}" 'hook.url'
  chmod 600 hook.url
  refused '{type: "webhook"}' 'webhook needs urlFile'
  refused "{$hook, on: [\"often\"]}" 'on: "often" is none of new, coverage-lost, recovered, failed'
  refused "{$hook, on: []}" 'on: an empty list'
  refused "{$hook, caFile: \"hook.url\"}" 'caFile'
  printf 'http://localhost/%s\n' "$CANARY" >hook.url
  refused "{$hook}" 'no address to post to'
  expect_no_err "$CANARY"
  printf 'https://user:%s@localhost/\n' "$CANARY" >hook.url
  refused "{$hook}" 'no address to post to'
  expect_no_err "$CANARY"
  : >hook.url
  refused "{$hook}" 'holds no secret'
  ln -sf /etc/hostname hook.link
  refused '{type: "webhook", urlFile: "hook.link"}' 'hook.link'
  rm hook.link
  expect_equal "$(told)" 0 'requests'
  expect_no_file snapshots.git/refs/heads/main
  # What never signs in does not mind.
  palscan_ok policies list
}

live_tests "$@"
