#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# identity.sh - palscan scan --identity: what only other identities read is neither
# gone nor unread, and never passes for read that night.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

OWN=6315ac55-0290-5361-964e-6cbe1fe5d496     # anna, ben and the application
GRAPHIC=ff42fcea-dc50-54ad-a52a-bc6d4b952c48 # anna, whose link is gone in the second night, and the application
ADATUM=f93c5887-0ed2-50e8-b5db-96e32ca11dc4  # the application only
NIGHT1=2026-11-19T02:00:00Z
NIGHT2=2026-11-20T02:00:00Z
NAMES='anna ben carla pp-maker provider-automation'

folder_of() { printf 'tenants/%.2s/%s' "$1" "$1"; }
file_of() { git_ show "${3:-HEAD}:$(folder_of "$1")/$2"; }
# unit TENANT AREA UNIT: its coverage
unit() { file_of "$1" coverage.json | jq -c --arg a "$2" --arg u "$3" '.[$a][$u]'; }

# scan ARGUMENT...: of the second night, whatever is found
scan() {
  palscan scan --replay "${NIGHT:-$DEMO/night-2}" --fail-on none "$@"
  case $status in 0 | 4 | 5) ;; *) fail "exit status $status" ;; esac
}
# night STARTED: $NIGHT is a recording like the second night's that started then, the same day
night() {
  NIGHT=$T/night-$1
  cp -R "$DEMO/night-2" "$NIGHT"
  sed "s/^\( *\"started\": \)\"[^\"]*\"/\1\"$1\"/; s/^\( *\"finished\": \)\"[^\"]*\"/\1\"$1\"/" \
    "$DEMO/night-2/session.json" >"$NIGHT/session.json"
}

test_identity__others_keep_their_state_and_get_its_date() {
  one_night
  scan --identity anna
  expect_out 'part of the estate only, as anna'
  expect_out 'all 4 tenants in scope complete by what these identities read now and others before'
  expect_equal "$(unit "$GRAPHIC" links anna)" '{"items":0,"state":"complete"}'
  expect_equal "$(unit "$GRAPHIC" links provider-automation)" "{\"asOf\":\"$NIGHT1\",\"items\":0,\"state\":\"complete\"}"
  # The list of our own tenant is anna's, but for what the application saw there.
  expect_equal "$(file_of "$OWN" coverage.json | jq -c '.subscriptions.tenant | [.state, .asOf]')" "[\"complete\",\"$NIGHT1\"]"
  palscan_ok diff HEAD~1 HEAD -f json
  expect_equal "$(jq -c '[.changes[] | select(.kind | test("removed|revoked")) | [.kind, .tenantId]]' "$T/.out")" \
    "[[\"link.removed\",\"$GRAPHIC\"]]"
}

test_identity__scope_is_where_it_signs_in() {
  one_night
  scan --identity anna
  local scope tenant
  scope=$(git_ show HEAD:inputs/history.json | jq -r '.scope[]')
  expect_equal "$(git_ show HEAD:inputs/history.json | jq -c .identities)" '["anna"]'
  expect_equal "$scope" "$(cd "$DEMO/night-2/anna" && printf '%s\n' *.har | sed 's/\.har$//' | sort)" scope
  expect_equal "$(git_ log -1 --format=%B | sed -n 's/^Palscan-Scope: //p')" partial
  git_ diff --name-only HEAD~1 HEAD >"$T/changed"
  for tenant in $scope; do sed -i "\#^$(folder_of "$tenant")/#d" "$T/changed"; done
  expect_equal "$(cat "$T/changed")" inputs/history.json 'what changed outside the scope'
  expect_sound
  palscan_ok verify
}

test_identity__check_says_what_the_run_said() {
  one_night
  scan --identity anna -f json
  cp "$T/.out" "$T/scan"
  palscan check --as-recorded -f json --fail-on none
  expect_same_file <(jq .findings "$T/scan") <(jq .findings "$T/.out")
  palscan check --as-recorded --fail-on none
  expect_out 'part of the estate only, as anna'
}

# A run of the whole estate that says it asked only some: no run wrote this.
test_identity__identities_of_a_full_run_do_not_verify() {
  one_night
  scan
  local blob index tree
  blob=$(git_ show HEAD:inputs/history.json | sed '/"firstRun"/a\  "identities": ["anna"],' | git_ hash-object -w --stdin)
  index=$T/index
  GIT_INDEX_FILE=$index git_ read-tree HEAD
  GIT_INDEX_FILE=$index git_ update-index --cacheinfo "100644,$blob,inputs/history.json"
  tree=$(GIT_INDEX_FILE=$index git_ write-tree)
  git_ update-ref refs/heads/main "$(message_of HEAD | FORGE_DATE=$(git_ log -1 --format=%cI) forge "$tree" -p "$(head_of HEAD~1)")"
  palscan verify
  expect_status 7
  expect_err 'names identities of a run of the whole estate'
}

# facts: every fact file but completeness, without dates
facts() {
  local path
  git_ ls-tree -r --name-only HEAD tenants | grep -v -e '/coverage\.json$' -e '/findings\.json$' -e '/events\.json$' |
    while read -r path; do
      printf '%s ' "$path"
      git_ show "HEAD:$path" | jq -cS 'def undated: if type == "array" then map(undated) | sort elif type == "object" then del(.lastRead) else . end; undated'
    done
}

# Nothing is lost and nothing is left over by asking one after another.
test_identity__one_after_another_they_read_what_all_read_at_once() {
  one_night
  scan
  facts >"$T/at-once"
  expect_equal "$(git_ rev-list --count HEAD)" 2
  rm -rf "$T/d" "$T/state"
  one_night
  local name hour=2
  for name in $NAMES; do
    night "2026-11-20T0$hour:00:00Z"
    scan --identity "$name"
    hour=$((hour + 1))
  done
  expect_equal "$(git_ rev-list --count HEAD)" 6
  facts >"$T/one-by-one"
  expect_same_file "$T/at-once" "$T/one-by-one"
  palscan_ok verify
}

test_identity__refused_identity_concerns_itself_only() {
  one_night
  scan --identity ben
  expect_status 5
  palscan_ok diff HEAD~1 HEAD -f json
  expect_equal "$(jq -c '[.changes[].kind] | unique - ["coverage.lost", "coverage.regained"]' "$T/.out")" '[]'
  expect_equal "$(unit "$OWN" links anna)" "{\"asOf\":\"$NIGHT1\",\"items\":0,\"state\":\"complete\"}"
  expect_equal "$(unit "$OWN" links provider-automation | jq -c '[.state, .asOf]')" "[\"complete\",\"$NIGHT1\"]"
}

# The full run after it knows who read what when.
test_identity__run_of_all_after_it_dates_what_it_cannot_read() {
  one_night
  scan --identity anna
  night 2026-11-20T03:00:00Z
  local har
  for har in "$NIGHT"/*/"$GRAPHIC.har"; do
    jq '(.log.entries[] | select(.request.url | contains("/oauth2/")) | .response) |=
      (.status = 401 | .content.text = "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000222: expired\",\"error_codes\":[7000222]}")' \
      "$har" >"$T/har" && mv "$T/har" "$har"
  done
  scan
  expect_equal "$(unit "$GRAPHIC" links anna | jq -c '[.state, .asOf]')" "[\"stale\",\"$NIGHT2\"]"
  expect_equal "$(unit "$GRAPHIC" links provider-automation | jq -c '[.state, .asOf]')" "[\"stale\",\"$NIGHT1\"]"
  expect_equal "$(git_ show HEAD:inputs/history.json | jq -c 'has("identities")')" false
  palscan_ok verify
}

# A first run of one identity says that the others were never read.
test_identity__first_run_does_not_pass_for_complete() {
  no_night
  NIGHT=$DEMO/night-1
  scan --identity anna
  expect_no_out 'read completely'
  palscan_ok query "SELECT count(*) AS n FROM coverage WHERE area = 'links' AND unit <> 'anna' AND state = 'complete'" -f json
  expect_equal "$(jq '.[0].n' "$T/.out")" 0
  palscan status
  expect_status 4
  expect_out 'no run of the whole estate yet'
}

test_identity__goes_with_tenant() {
  one_night
  scan --identity anna,provider-automation --tenant "$GRAPHIC"
  expect_equal "$(git_ show HEAD:inputs/history.json | jq -c '[.scope, .identities]')" \
    "[[\"$GRAPHIC\"],[\"anna\",\"provider-automation\"]]"
  expect_equal "$(unit "$GRAPHIC" links provider-automation | jq -c .asOf)" null
}

test_identity__wrong_selection_is_refused() {
  one_night
  palscan scan --replay "$DEMO/night-2" --identity ana
  expect_one_error 2
  expect_err 'no identity "ana" is configured, did you mean anna?'
  palscan scan --replay "$DEMO/night-2" --identity anna --tenant "$ADATUM"
  expect_one_error 2
  expect_err "--tenant $ADATUM: none of these identities signs in to this tenant"
  palscan scan --replay "$DEMO/night-2" --identity ,
  expect_one_error 2
  expect_equal "$(git_ rev-list --count HEAD)" 1
}

# leave_journal ARGUMENT...: of a run of these that was killed: made by a recording that ends in the middle
leave_journal() {
  local har
  rm -rf "$T/half"
  cp -R "$DEMO/night-2" "$T/half"
  for har in "$T"/half/*/"$GRAPHIC.har"; do
    jq 'del(.log.entries[] | select(.request.url | contains("CostManagement")))' "$har" >"$T/har" && mv "$T/har" "$har"
  done
  palscan scan --replay "$T/half" "$@"
  expect_status 2
  expect_file "$(state_dir)/journal"
}

# What was begun as another question is not gone on with.
test_identity__resume_with_another_scope_is_refused() {
  one_night
  local begun other
  for begun in '--identity anna' "--tenant $GRAPHIC,$OWN" ''; do
    # shellcheck disable=SC2086
    leave_journal $begun
    for other in '--identity anna' '--identity anna,ben' "--tenant $GRAPHIC,$OWN" "--tenant $OWN" "--identity anna --tenant $GRAPHIC" ''; do
      [ "$other" != "$begun" ] || continue
      # shellcheck disable=SC2086
      palscan scan --replay "$DEMO/night-2" --resume $other
      expect_one_error 2
      expect_err 'scope are not those it was started with; run again without --resume'
    done
  done
  expect_equal "$(git_ rev-list --count HEAD)" 1
}

test_identity__resumed_run_gives_the_same_tree() {
  one_night
  local want
  palscan scan --replay "$DEMO/night-2" --identity anna --dry-run --fail-on none
  want=$(sed -n 's/.*tree //p' "$T/.err")
  leave_journal --identity anna
  scan --identity anna --resume
  expect_equal "$(tree_of)" "$want" tree
}

run_tests "$@"
