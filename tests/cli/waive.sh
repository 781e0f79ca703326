#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# waive.sh - palscan waive: a risk acceptance, bound to the facts it was given for.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

WOODGROVE=14636b7c-8e19-5de8-9d87-048e6429cbdc
AUTOMATION=0388fd9a-8c54-5ae0-88a2-fe6163726fc6
WHO=(--reason 'Joint delivery' --owner 'Sam Brown' --requester 'Sam Brown' --approver 'Priya Nair')
# A day that a year from now does not reach; a risk is accepted for no longer.
THEN=$(date -u -d '+300 days' +%F)
SAID=("${WHO[@]}" --until "$THEN")
ONE=(--policy PAL002 --tenant "$WOODGROVE" --subject "$AUTOMATION")

# status_of POLICY TENANT: of the finding, as the last check printed it
status_of() { jq -r ".findings[] | select(.policy == \"$1\" and .tenantId == \"$2\") | .status" "$T/.out"; }

# The recorded nights lie before the day of this test; what is accepted today
# does not count there. Only the dates are brought forward.
as_of_the_recording() { sed -i 's/"from":"20[0-9-]*"/"from":"2026-11-01"/; s/"until":"20[0-9-]*"/"until":"2027-10-31"/' waivers.json; }

test_waive__finding_by_its_parts_is_accepted_and_the_file_kept_as_it_was() {
  two_nights
  cp waivers.json before
  palscan_ok waive "${ONE[@]}" "${SAID[@]}" --ticket RISK-9
  expect_err 'written: W-'
  expect_equal "$(jq -r '[.reason, .approver, .until, .ticket, .pins.partnerId] | join("|")' "$T/.out")" "Joint delivery|Priya Nair|$THEN|RISK-9|9990002"
  # Every line that stood there still does, comments too; one was added.
  diff before waivers.json >"$T/difference" || :
  expect_equal "$(grep -c '^<' "$T/difference")" 1 "lines that were touched"
  expect_equal "$(grep '^<' "$T/difference" | sed 's/^< //; s/ *$//')," "$(grep '^>' "$T/difference" | sed -n '1s/^> //p')" "the line before"
  head -n 1 waivers.json | grep -q '^// waivers.json' || fail "the comment is gone"
  palscan check
  expect_status 3
}

test_waive__accepted_finding_is_waived_in_the_next_judgement() {
  two_nights
  local before
  palscan check -f json
  before=$(jq .summary.waived "$T/.out")
  palscan_ok waive "${ONE[@]}" "${SAID[@]}"
  as_of_the_recording
  palscan check -f json
  expect_equal "$(status_of PAL002 "$WOODGROVE")" waived status
  expect_equal "$(jq .summary.waived "$T/.out")" $((before + 1)) waived
  # The stored night is as it was.
  palscan check -f json --as-recorded
  expect_equal "$(status_of PAL002 "$WOODGROVE")" open "recorded status"
}

test_waive__not_before_the_day_it_was_given() {
  two_nights
  palscan_ok waive "${ONE[@]}" "${SAID[@]}"
  palscan check -f json
  expect_equal "$(status_of PAL002 "$WOODGROVE")" open status
}

test_waive__fact_that_changed_lets_it_lapse() {
  no_night
  echo '{ "waivers": [] }' >waivers.json
  palscan scan --replay "$DEMO/night-1" -q -o /dev/null
  palscan_ok waive "${ONE[@]}" "${SAID[@]}"
  as_of_the_recording
  palscan check -f json
  expect_equal "$(status_of PAL002 "$WOODGROVE")" waived "status of the first night"
  palscan scan --replay "$DEMO/night-2"
  expect_out 'lapsed'
  expect_out 'accepted for partnerId 9990001, now 9990002'
  palscan check -f json
  expect_equal "$(status_of PAL002 "$WOODGROVE")" open "status of the second night"
}

test_waive__by_fingerprint_or_its_beginning() {
  two_nights
  local fingerprint
  palscan check -f json
  fingerprint=$(jq -r "[.findings[] | select(.policy == \"PAL002\" and .tenantId == \"$WOODGROVE\")][0].fingerprint" "$T/.out")
  palscan_ok waive "${fingerprint:0:10}" "${SAID[@]}" --dry-run
  expect_equal "$(jq -r .fingerprint "$T/.out")" "$fingerprint"
  palscan waive "${fingerprint:0:7}" "${SAID[@]}"
  expect_one_error 2
  palscan waive 0000000000 "${SAID[@]}"
  expect_one_error 2
}

test_waive__dry_run_writes_nothing() {
  two_nights
  remember
  palscan_ok waive "${ONE[@]}" "${SAID[@]}" --dry-run
  expect_err 'not written'
  expect_unchanged
}

test_waive__several_findings_are_refused() {
  two_nights
  remember
  palscan waive --policy PAL001 "${SAID[@]}"
  expect_one_error 2
  expect_err '2 findings match'
  expect_unchanged
}

test_waive__whatever_is_missing_or_wrong_is_refused() {
  two_nights
  remember
  local i
  for i in 0 2 4 6 8; do
    local some=("${SAID[@]}")
    unset "some[$i]" "some[$((i + 1))]"
    palscan waive "${ONE[@]}" "${some[@]}"
    expect_one_error 2
    expect_err "${SAID[i]} is missing"
  done
  palscan waive "${ONE[@]}" --reason r --owner o --requester same --approver same --until "$THEN"
  expect_one_error 2
  expect_err 'approver'
  palscan waive "${ONE[@]}" --reason r --owner o --requester Sam --approver ' sam ' --until "$THEN"
  expect_one_error 2
  expect_err 'the approver must not be the requester'
  local date
  for date in 2020-01-01 2099-02-29 tomorrow 2099-1-1 ''; do
    palscan waive "${ONE[@]}" "${WHO[@]}" --until "$date"
    expect_one_error 2
  done
  palscan waive "${SAID[@]}"
  expect_one_error 2
  palscan waive 87596e4818 --policy PAL002 "${SAID[@]}"
  expect_one_error 2
  palscan waive --policy PAL002 --tenant 00000000-0000-0000-0000-000000000000 "${SAID[@]}"
  expect_one_error 2
  PALSCAN_REASON=r palscan waive "${ONE[@]}" --owner o --requester q --approver a --until "$THEN"
  expect_one_error 2
  expect_unchanged
}

test_waive__text_of_a_person_is_kept_whatever_it_holds() {
  two_nights
  local reason=$'He said "fine"\\ \t = 1+1 // no comment */ \xe2\x80\xae \xf0\x9f\x8d\x95'
  palscan_ok waive "${ONE[@]}" --reason "$reason" --owner o --requester q --approver a --until "$THEN"
  expect_equal "$(jq -r .reason "$T/.out")" "$reason" reason
  expect_harmless "$T/.out"
  palscan_ok waive "${ONE[@]}" "${SAID[@]}"
  expect_err 'W-'
  palscan check --fail-on none
  expect_status 0
}

test_waive__two_on_one_day_have_two_ids() {
  two_nights
  palscan_ok waive "${ONE[@]}" "${SAID[@]}"
  local first
  first=$(jq -r .id "$T/.out")
  palscan_ok waive --policy PAL010 "${SAID[@]}"
  expect_different "$(jq -r .id "$T/.out")" "$first" id
}

test_waive__file_is_made_when_there_is_none() {
  two_nights
  rm waivers.json
  palscan_ok waive "${ONE[@]}" "${SAID[@]}"
  palscan check --fail-on none
  expect_status 0
  expect_file waivers.json
}

# Who may read it, and where it is kept, was decided by somebody else.
test_waive__file_keeps_its_rights_and_its_place() {
  two_nights
  mkdir kept
  mv waivers.json kept/accepted.json
  ln -s kept/accepted.json waivers.json
  chmod 600 kept/accepted.json
  with_approvers
  palscan_ok waive "${ONE[@]}" "${SAID[@]}"
  local id
  id=$(jq -r .id "$T/.out")
  palscan_ok waive approve "$id" --sign priya
  [ -L waivers.json ] || fail 'the link is gone'
  expect_equal 600 "$(stat -c %a kept/accepted.json)" rights
  grep "\"$id\"" kept/accepted.json | grep -q 'BEGIN SSH SIGNATURE' || fail 'it was written elsewhere'
}

test_waive__every_shape_of_the_file_is_extended() {
  two_nights
  local text
  for text in '{"waivers":[]}' '{ "waivers": [ ] }' $'{\n  // "waivers": []\n  "waivers": [\n    // none yet\n  ]\n}\n' \
    '/* "waivers": [ */ {"waivers":[/* [ */]}'; do
    printf '%s' "$text" >waivers.json
    palscan_ok waive "${ONE[@]}" "${SAID[@]}"
    palscan_ok waive --policy PAL010 "${SAID[@]}"
    as_of_the_recording
    palscan check -f json --fail-on none
    expect_status 0
    expect_equal "$(jq .summary.waived "$T/.out")" 2 "waived with $text"
  done
}

test_waive__no_file_configured_says_so() {
  two_nights
  sed -i '/"waivers"/d' palscan.json
  palscan waive "${ONE[@]}" "${SAID[@]}"
  expect_one_error 2
  expect_err '"waivers"'
}

# ---- how long ----

test_waive__longer_than_the_configuration_allows_is_refused() {
  two_nights
  remember
  palscan waive "${ONE[@]}" "${WHO[@]}" --until "$(date -u -d '+366 days' +%F)"
  expect_one_error 2
  expect_err 'it lasts longer than 365 days'
  expect_err waiverMaxDays
  expect_unchanged
  palscan_ok waive "${ONE[@]}" "${WHO[@]}" --until "$(date -u -d '+365 days' +%F)" --dry-run
  sed -i 's/^{/{ "policies": { "parameters": { "waiverMaxDays": 30 } },/' palscan.json
  palscan waive "${ONE[@]}" "${SAID[@]}"
  expect_one_error 2
  expect_err 'it lasts longer than 30 days'
  palscan_ok waive "${ONE[@]}" "${WHO[@]}" --until "$(date -u -d '+30 days' +%F)" --dry-run
}

test_waive__beginning_is_today_or_later() {
  two_nights
  remember
  palscan waive "${ONE[@]}" "${SAID[@]}" --from 2026-11-01
  expect_one_error 2
  expect_err 'has passed'
  palscan waive "${ONE[@]}" "${SAID[@]}" --from "$(date -u -d '+301 days' +%F)"
  expect_one_error 2
  expect_err 'is before --from'
  palscan waive "${ONE[@]}" "${SAID[@]}" --from soon
  expect_one_error 2
  expect_unchanged
  palscan_ok waive "${ONE[@]}" "${SAID[@]}" --from "$(date -u -d '+10 days' +%F)"
  expect_equal "$(jq -r .from "$T/.out")" "$(date -u -d '+10 days' +%F)" from
  palscan_ok waive list -f json
  expect_equal "$(jq -r '.[] | select(.reason == "Joint delivery") | .state' "$T/.out")" 'begins later' state
}

# ---- the list ----

# entry ID UNTIL MORE: a line of waivers.json about the finding of ONE
entry() {
  printf '{"id":"%s","policy":"PAL002","tenant":"%s","subject":"%s","reason":"r","owner":"o","requester":"q","approver":"a","until":"%s"%s}' \
    "$1" "$WOODGROVE" "$AUTOMATION" "$2" "$3"
}
state_of() { jq -r ".[] | select(.id == \"$1\") | .state" "$T/.out"; }

test_waive__list_says_what_became_of_each() {
  two_nights
  local pins=',"pins":{"partnerId":"9990002"}' soon later
  soon=$(date -u -d '+30 days' +%F) later=$(date -u -d '+31 days' +%F)
  {
    printf '{"waivers":[\n'
    {
      entry holds "$later" "$pins"
      entry soon "$soon" "$pins"
      entry ended "$(date -u -d yesterday +%F)" "$pins"
      entry later "$(date -u -d '+40 days' +%F)" "$pins,\"from\":\"$(date -u -d tomorrow +%F)\""
      entry lapsed "$(date -u -d '+41 days' +%F)" ',"pins":{"partnerId":"7"}'
      entry nothing "$(date -u -d '+42 days' +%F)" ',"key":"k"'
      entry wider "$(date -u -d '+43 days' +%F)" ''
      entry long "$(date -u -d '+400 days' +%F)" "$pins"
    } | sed 's/}{/},\n{/g'
    printf '\n]}\n'
  } >waivers.json
  palscan_ok waive list -f json
  local id
  for id in holds:holds soon:'ends soon' ended:ended later:'begins later' lapsed:lapsed nothing:'matches nothing' wider:holds long:void; do
    expect_equal "$(state_of "${id%%:*}")" "${id#*:}" "${id%%:*}"
  done
  expect_equal "$(jq -r 'map(.id) | join(" ")' "$T/.out")" 'ended soon holds later lapsed nothing wider long' order
  expect_equal "$(jq -r '.[] | select(.id == "wider") | .wider' "$T/.out")" \
    'wider than needed: it is bound to no facts, and PAL002 names some to pin' wider
  expect_equal "$(jq -r '[.[] | select(.covers > 0) | .id] | join(" ")' "$T/.out")" 'soon holds wider' covers
  expect_equal "$(jq -r '.[] | select(.id == "lapsed") | .note' "$T/.out")" 'lapsed: accepted for partnerId 7, now 9990002' note
  expect_equal "$(jq -r 'map(.approval) | unique | join(" ")' "$T/.out")" 'not approved by a signature' approval
  python3 - "$PAL_SOURCE/snapshots/outputs/waive-list.schema.json" "$T/.out" <<'END' || fail 'the schema refuses it'
import json, sys
import jsonschema

schema, answer = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:])
jsonschema.Draft202012Validator.check_schema(schema)
jsonschema.Draft202012Validator(schema).validate(answer)
END
  palscan_ok waive list
  expect_out 'In force: 3 of 8, for 3 findings.'
  expect_out 'None is approved by a signature'
  expect_out 'accepted for partnerId 7, now 9990002'
  palscan_ok waive list -f csv -o list.csv
  expect_equal "$(wc -l <list.csv)" 9 lines
}

test_waive__list_of_none() {
  two_nights
  echo '{"waivers":[]}' >waivers.json
  palscan_ok waive list
  expect_out 'No risk is accepted.'
  palscan_ok waive list -f json
  expect_equal "$(jq -c . "$T/.out")" '[]' list
}

test_waive__list_holds_what_was_accepted_today() {
  two_nights
  palscan_ok waive "${ONE[@]}" "${SAID[@]}"
  palscan_ok waive list -f json
  expect_equal "$(jq -r '.[] | select(.reason == "Joint delivery") | "\(.state) \(.covers) \(.policy) \(.tenantId)"' "$T/.out")" "holds 1 PAL002 $WOODGROVE"
}

test_waive__list_takes_no_options_of_another_task() {
  two_nights
  palscan waive list --reason r
  expect_one_error 2
  expect_err 'waive list has no --reason'
  palscan waive list --dry-run
  expect_one_error 2
  palscan waive list more
  expect_one_error 2
  palscan waive approve W-1 --until 2027-01-01 --sign key
  expect_one_error 2
  palscan waive 87596e4818 more "${SAID[@]}"
  expect_one_error 2
}

# ---- the approver's signature ----

# Priya approves; Sam asks. Their keys and the file that says whose counts.
with_approvers() {
  ssh-keygen -q -t ed25519 -N '' -C '' -f priya
  ssh-keygen -q -t ecdsa -N '' -C '' -f sam
  {
    echo "# who approves"
    printf '"Priya Nair" namespaces="palscan-waiver" %s\n' "$(cut -d' ' -f1,2 priya.pub)"
    printf '"Sam Brown" %s\n' "$(cut -d' ' -f1,2 sam.pub)"
  } >approvers
  sed -i 's/^{/{ "sign": { "approvers": "approvers" },/' palscan.json
}

# accepted: ONE is accepted as of the recorded nights; the id is printed
accepted() {
  palscan_ok waive "${ONE[@]}" "${SAID[@]}"
  as_of_the_recording
  jq -r .id "$T/.out"
}

test_waive__without_its_approvers_signature_it_does_not_count() {
  two_nights
  with_approvers
  local id
  id=$(accepted)
  expect_err "not approved: it counts when Priya Nair has signed it: palscan waive approve $id --sign KEY"
  palscan check -f json
  expect_equal "$(status_of PAL002 "$WOODGROVE")" open status
  expect_equal "$(jq -r ".acceptances[] | select(.id == \"$id\") | .state, .approval" "$T/.out" | uniq)" 'not approved' state
  expect_equal "$(jq -r ".findings[] | select(.policy == \"PAL002\" and .tenantId == \"$WOODGROVE\") | .lapsed" "$T/.out")" \
    'W-2026-07: not approved: it is not signed' lapsed
  palscan check
  expect_out 'are not approved: '
  expect_out "$id (not approved: it is not signed)"
  expect_out "risk acceptance does not count: W-2026-07: not approved: it is not signed"
  expect_out "accepts nothing. It is not approved: it is not signed."
  palscan_ok waive list -f json
  expect_equal "$(state_of "$id")" 'not approved' state
}

test_waive__approve_lets_it_count_and_ssh_keygen_agrees() {
  two_nights
  with_approvers
  local id before
  id=$(accepted)
  cp waivers.json before
  palscan_ok waive approve "$id" --sign priya
  expect_err 'Joint delivery'
  expect_err 'The link uses partner ID 9990002'
  expect_err "signed by ssh-ed25519 $(ssh-keygen -lf priya.pub | cut -d' ' -f2)"
  # Only its own line is another.
  expect_equal "$(diff before waivers.json | grep -c '^[<>]')" 2 "lines that differ"
  palscan check -f json
  expect_equal "$(status_of PAL002 "$WOODGROVE")" waived status
  palscan_ok waive list -f json
  expect_equal "$(state_of "$id")" holds state
  expect_equal "$(jq -r ".[] | select(.id == \"$id\") | .approval, .signer" "$T/.out" | tr '\n' ' ')" \
    "signed ssh-ed25519 $(ssh-keygen -lf priya.pub | cut -d' ' -f2) " approval
  # Stock tools come to the same.
  sed '/^ *\/\//d' waivers.json | jq -c ".waivers[] | select(.id == \"$id\")" >line
  jq -r .signature line >line.sig
  jq -cS 'del(.signature)' line | ssh-keygen -q -Y verify -f approvers -I 'Priya Nair' -n palscan-waiver -s line.sig >/dev/null ||
    fail 'ssh-keygen refuses the signature'
  # What was approved for another reason is not approved.
  sed -i 's/Joint delivery/Joint venture/' waivers.json
  palscan check -f json
  expect_equal "$(status_of PAL002 "$WOODGROVE")" open "status after a change"
  palscan_ok waive list -f json
  expect_equal "$(jq -r ".[] | select(.id == \"$id\") | .note" "$T/.out")" 'not approved: what was signed is not what stands here' note
}

# Whatever a person writes, the bytes that are signed are those that jq prints.
test_waive__ssh_keygen_agrees_whatever_the_reason_holds() {
  two_nights
  with_approvers
  local reason
  reason=$(printf 'Zur\xc3\xbcck:\ttab\nline\r\b\f \x01\x1f\x7f "q" \\ / \xc2\x9b \xe2\x80\xa8\xe2\x80\xae\xe2\x80\x8b\xef\xbb\xbf \xf0\x9f\x8d\x95 \xf3\xa0\x81\x81')
  palscan_ok waive "${ONE[@]}" --reason "$reason" "${WHO[@]:2}" --until "$THEN" --sign priya
  sed '/^ *\/\//d' waivers.json | jq -c '.waivers[-1]' >line
  expect_equal "$(jq -r .reason line)" "$reason" reason
  jq -r .signature line >line.sig
  jq -cS 'del(.signature)' line | ssh-keygen -q -Y verify -f approvers -I 'Priya Nair' -n palscan-waiver -s line.sig >/dev/null ||
    fail 'ssh-keygen refuses the signature'
  # … and the other way round.
  jq -cS 'del(.signature)' line >signed
  ssh-keygen -q -Y sign -f priya -n palscan-waiver signed 2>/dev/null
  jq -c --rawfile s signed.sig '{waivers: [.signature = $s]}' line >waivers.json
  palscan_ok waive list -f json
  expect_equal "$(jq -r '.[0].approval' "$T/.out")" signed approval
}

test_waive__approver_signs_at_once() {
  two_nights
  with_approvers
  palscan_ok waive "${ONE[@]}" "${SAID[@]}" --sign priya
  expect_err 'signed by ssh-ed25519 SHA256:'
  palscan_ok waive list -f json
  expect_equal "$(jq -r '.[] | select(.reason == "Joint delivery") | .state' "$T/.out")" holds state
}

test_waive__approve_refuses_a_signature_that_would_not_count() {
  two_nights
  with_approvers
  local id
  id=$(accepted)
  ssh-keygen -q -t ed25519 -N '' -C '' -f stranger
  cp priya locked
  ssh-keygen -q -p -N canary-word -f locked >/dev/null 2>&1
  cp priya loose
  chmod 644 loose
  remember
  palscan waive approve "$id" --sign stranger
  expect_one_error 2
  expect_err 'the signature would not count: its key is not in the list'
  palscan waive approve "$id" --sign sam
  expect_one_error 2
  expect_err 'belongs to another person'
  palscan waive approve "$id" --sign locked
  expect_one_error 2
  expect_err 'has a passphrase'
  expect_no_err canary
  palscan waive approve "$id" --sign loose
  expect_one_error 2
  expect_err 'chmod 600'
  palscan waive approve "$id" --sign priya.pub
  expect_one_error 2
  palscan waive approve W-none --sign priya
  expect_one_error 2
  expect_err 'no risk acceptance W-none'
  palscan waive approve "$id"
  expect_one_error 2
  palscan waive "${ONE[@]}" "${SAID[@]}" --sign sam
  expect_one_error 2
  expect_unchanged
  # Priya's key, listed for Sam too, proves nothing of two people.
  sed -i 's/"Priya Nair"/"Priya Nair,Sam Brown"/' approvers
  palscan waive approve "$id" --sign priya
  expect_one_error 2
  expect_err 'belongs to the requester too'
}

test_waive__approve_without_approvers_says_that_nobody_checks() {
  two_nights
  local id
  ssh-keygen -q -t ed25519 -N '' -C '' -f priya
  id=$(accepted)
  palscan_ok waive approve "$id" --sign priya
  expect_err 'nobody checks it'
  palscan check
  expect_out 'none is approved by a signature (no approvers are configured)'
}

test_waive__approval_is_judged_again_from_the_snapshot_alone() {
  no_night
  echo '{ "waivers": [] }' >waivers.json
  palscan scan --replay "$DEMO/night-1" -q -o /dev/null
  with_approvers
  local id
  id=$(accepted)
  sed -i 's/9990001/9990002/' waivers.json # as the second night has it
  palscan_ok waive approve "$id" --sign priya
  palscan scan --replay "$DEMO/night-2" -q -o /dev/null
  expect_equal "$(git_ show HEAD:inputs/settings.json | jq -c '.approvers | map(.principals) | sort')" '["Priya Nair","Sam Brown"]' approvers
  # Another file of approvers, another file of acceptances: the snapshot stands.
  echo '# nobody' >approvers
  palscan check -f json
  expect_equal "$(status_of PAL002 "$WOODGROVE")" open "status of today"
  palscan check --as-recorded -f json
  expect_equal "$(status_of PAL002 "$WOODGROVE")" waived "recorded status"
  rm approvers waivers.json
  palscan_ok verify
  ! git_ grep -q 'PRIVATE KEY' HEAD || fail 'a private key is in the snapshot'
  # Who approves is part of what changed.
  palscan_ok diff --last
  expect_out 'setting approvers: '
}

test_waive__file_of_approvers_must_be_trustworthy() {
  two_nights
  with_approvers
  chmod 664 approvers
  palscan check
  expect_one_error 2
  expect_err 'lets others write to it'
  chmod 644 approvers
  cp approvers snapshots.git/approvers
  sed -i 's/"approvers": "approvers"/"approvers": "snapshots.git\/approvers"/' palscan.json
  palscan check
  expect_one_error 2
  expect_err 'lies inside the repository'
  rm snapshots.git/approvers
  sed -i 's/snapshots.git\/approvers/approvers/' palscan.json
  echo 'Priya cert-authority ssh-ed25519 AAAA' >>approvers
  palscan check
  expect_one_error 2
  expect_err 'approvers:4: cert-authority'
}

run_tests "$@"
