#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# verify.sh - palscan verify: what was written is found whole, and every change of it is found.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

expect_refused() {
  [ "$status" -eq 7 ] || fail "not refused: exit status $status"
  expect_one_error 7
}

# rewrite PATH FILTER [MESSAGE-SED]: HEAD again, with the blob at PATH filtered
# (an empty FILTER removes it) and the message edited, by stock git
rewrite() {
  local index=$T/index blob
  export GIT_INDEX_FILE=$index
  git_ read-tree HEAD
  if [ -n "$1" ] && [ -z "$2" ]; then
    printf '0 %040d\t%s\n' 0 "$1" | git_ update-index --index-info
  elif [ -n "$1" ]; then
    blob=$({ git_ cat-file blob "HEAD:$1" 2>/dev/null || :; } | bash -c "$2" | git_ hash-object -w --stdin)
    git_ update-index --add --cacheinfo "100644,$blob,$1"
  fi
  local tree parents=() commit
  tree=$(git_ write-tree)
  unset GIT_INDEX_FILE
  rm -f "$index"
  for parent in $(git_ log -1 --format=%P); do parents+=(-p "$parent"); done
  commit=$(message_of | sed "${3:-}" | forge "$tree" "${parents[@]}" "${MORE_PARENTS[@]}")
  git_ update-ref refs/heads/main "$commit"
}
MORE_PARENTS=()

test_verify__untouched_is_consistent() {
  two_nights
  remember
  palscan_ok verify
  expect_out 'consistent, authorship not proven'
  expect_out '2 snapshots'
  expect_out 'the one this host recorded'
  expect_unchanged
  palscan_ok verify HEAD~1
  expect_out '1 snapshot,'
  palscan_ok verify --only
  expect_out '1 snapshot,'
  palscan_ok verify -f json
  expect_equal "$(jq -r '.[0] | [.snapshots, .tipKnown, .authorship] | join(" ")' "$T/.out")" '2 yes not proven'
}

test_verify__after_stock_gc_repack_and_pack_refs_still_consistent() {
  two_nights
  git_ gc -q --prune=now
  git_ pack-refs --all
  palscan_ok verify
  git_ repack -q -a -d -f --depth=50
  palscan_ok verify
  palscan scan --replay "$DEMO/night-2" -q -o /dev/null
  expect_status 4
  palscan_ok verify
  expect_sound
}

test_verify__copy_on_another_host_is_consistent_but_unknown() {
  two_nights
  git clone -q --bare --no-local snapshots.git copy.git
  XDG_STATE_HOME=$T/none palscan_ok verify --repository copy.git
  expect_out 'no record of the last snapshot'
}

test_verify__flipped_byte_in_the_pack_is_found() {
  two_nights
  local pack size at harmless=0 want
  contents() { git_ cat-file --batch-all-objects --batch 2>/dev/null | sha256sum; }
  want=$(contents)
  pack=$(find snapshots.git/objects/pack -name '*.pack' -size +8k | head -n 1)
  [ -n "$pack" ] || fail "no pack"
  size=$(stat -c %s "$pack")
  cp "$pack" "$T/pack"
  chmod u+w "$pack"
  for at in $(seq 12 $((size / 25)) "$size"); do
    cp "$T/pack" "$pack"
    printf '%b' "\\x$(printf %02x $((0x$(od -An -tx1 -j "$at" -N 1 "$T/pack" | tr -d " ") ^ 0x10)))" | dd of="$pack" bs=1 seek="$at" conv=notrunc 2>/dev/null
    ! cmp -s "$T/pack" "$pack" || fail "byte $at is the same"
    palscan verify
    # The last bits of a deflated object may be padding: nothing was changed then.
    if [ "$status" -eq 0 ] && [ "$(contents)" = "$want" ]; then
      harmless=$((harmless + 1))
    else
      expect_refused
    fi
  done
  [ "$harmless" -le 2 ] || fail "$harmless flipped bytes were not found"
  cp "$T/pack" "$pack"
  palscan_ok verify
}

test_verify__pack_cut_short_is_found() {
  two_nights
  local pack
  pack=$(find snapshots.git/objects/pack -name '*.pack' -size +8k | head -n 1)
  chmod u+w "$pack"
  truncate -s -4000 "$pack"
  palscan verify
  [ "$status" -eq 7 ] || [ "$status" -eq 1 ] || fail "exit status $status"
}

test_verify__loose_object_under_another_name_is_found() {
  two_nights
  git_ repack -q -a -d
  git_ unpack-objects -q <"$(find snapshots.git/objects/pack -name '*.pack')" || :
  mkdir "$T/pack"
  mv snapshots.git/objects/pack/* "$T/pack/"
  git_ unpack-objects -q <"$(find "$T/pack" -name '*.pack')"
  palscan_ok verify
  local a b
  a=$(git_ rev-parse HEAD:inputs/registry.json)
  b=$(git_ rev-parse HEAD:inputs/estate.json)
  chmod u+w "snapshots.git/objects/${a:0:2}/${a:2}"
  cp "snapshots.git/objects/${b:0:2}/${b:2}" "snapshots.git/objects/${a:0:2}/${a:2}"
  palscan verify
  expect_refused
}

TENANT=tenants/f9/f93c5887-0ed2-50e8-b5db-96e32ca11dc4

test_verify__edited_record_is_found() {
  two_nights
  local identity
  identity=$(git_ ls-tree --name-only HEAD "$TENANT/identities/" | head -n 1)
  # Another partner ID in a link: the verdicts no longer follow from the facts.
  rewrite "$identity" 'sed s/1000001/2000001/'
  palscan verify --only
  expect_refused
}

test_verify__removed_finding_is_found() {
  two_nights
  rewrite "$TENANT/findings.json" ''
  palscan verify --only
  expect_refused
  expect_err 'judging again'
}

test_verify__softened_finding_is_found() {
  two_nights
  rewrite "$TENANT/findings.json" "sed 's/\"severity\":\"critical\"/\"severity\":\"low\"/'"
  palscan verify --only
  expect_refused
}

test_verify__added_finding_is_found() {
  two_nights
  rewrite tenants/03/03e071ed-6827-5cc3-9a4a-2af50569b707/findings.json "sed '2p;2s/\"fingerprint\":\"./\"fingerprint\":\"0/'"
  palscan verify --only
  expect_refused
}

test_verify__edited_rule_is_found() {
  two_nights
  rewrite inputs/policies/PAL001.sql "sed 's/^SELECT/SELECT -- changed/; s/severity: critical/severity: low/'"
  palscan verify --only
  expect_refused
}

test_verify__file_that_is_not_canonical_is_found() {
  two_nights
  local filter
  for filter in "sed 's/\": /\":/'" "cat; echo" "tr -d '\\n'" "sed 's/\"displayName\"/\"DisplayName\"/'" "jq -c ." "sed '1a \  \"extra\": 1,'" 'cat >/dev/null'; do
    rewrite "$TENANT/tenant.json" "$filter"
    palscan verify --only
    expect_refused
    rm -rf "$T/d" "$T/state"
    two_nights
  done
}

test_verify__foreign_name_in_the_tree_is_found() {
  two_nights
  local name
  for name in .gitattributes .gitmodules notes.txt inputs/.gitattributes "$TENANT/.gitignore" tenants/zz/x.json "$TENANT/subscriptions/x.json"; do
    rewrite "$name" 'cat; echo "* -diff"'
    palscan verify --only
    expect_refused
    rm -rf "$T/d" "$T/state"
    two_nights
  done
}

test_verify__foreign_mode_in_the_tree_is_found() {
  local mode
  for mode in 100755 120000; do
    two_nights
    local blob tree commit
    export GIT_INDEX_FILE=$T/index
    git_ read-tree HEAD
    blob=$(git_ rev-parse HEAD:inputs/registry.json)
    git_ update-index --cacheinfo "$mode,$blob,inputs/registry.json"
    tree=$(git_ write-tree)
    unset GIT_INDEX_FILE
    commit=$(message_of | forge "$tree" -p HEAD~1)
    git_ update-ref refs/heads/main "$commit"
    palscan verify --only
    expect_refused
    rm -rf "$T/d" "$T/state" "$T/index"
  done
}

test_verify__changed_message_is_found() {
  local edit
  # shellcheck disable=SC2016
  for edit in 's,^Palscan-Coverage: [0-9]*,Palscan-Coverage: 1,' 's/^Palscan-Kind: replay/Palscan-Kind: scan/' '/^Palscan-Disclosure/d' \
    '/^Palscan-Version/p' '$a Palscan-Mood: good' 's/^Palscan-Started: 2026-11-20/Palscan-Started: 2026-11-18/' \
    's/^Palscan-Sequence: 2/Palscan-Sequence: 3/' '1s/$/ and nothing to worry about/' 's/^Palscan-Scope: full/Palscan-Scope: half/'; do
    two_nights
    rewrite '' '' "$edit"
    palscan verify
    expect_refused
    rm -rf "$T/d" "$T/state"
  done
}

test_verify__second_parent_is_found() {
  two_nights
  MORE_PARENTS=(-p HEAD)
  rewrite '' ''
  palscan verify
  expect_refused
}

test_verify__planted_things_in_the_folder_are_refused() {
  local plant
  # shellcheck disable=SC2016
  for plant in \
    'git_ update-ref refs/heads/other HEAD' \
    'git_ update-ref refs/replace/$(git_ rev-parse HEAD~1) HEAD' \
    'echo /tmp >snapshots.git/objects/info/alternates' \
    'mkdir -p snapshots.git/objects/info && echo http://x >snapshots.git/objects/info/http-alternates' \
    'mkdir -p snapshots.git/info && echo "$(head_of)" >snapshots.git/info/grafts' \
    'mkdir -p snapshots.git/info && echo "* -diff" >snapshots.git/info/attributes' \
    'git_ update-ref refs/tags/main HEAD~1' \
    'git_ update-ref refs/tags/main HEAD~1 && git_ pack-refs --all' \
    'git_ update-ref refs/tags/$(git_ rev-parse --short=12 HEAD) HEAD~1' \
    'git_ -c user.name=x -c user.email=x@y notes add -m "all is well" HEAD' \
    'git_ config core.bigFileThreshold 1' \
    'git_ config diff.json.textconv true' \
    'head_of HEAD~1 >snapshots.git/shallow' \
    'ln -s /etc snapshots.git/objects/zz' \
    'mv snapshots.git/objects snapshots.git/real && ln -s real snapshots.git/objects' \
    'mv snapshots.git/refs snapshots.git/r && ln -s r snapshots.git/refs' \
    'echo "ref: refs/heads/other" >snapshots.git/HEAD' \
    'id=$(head_of) && echo "$id" >snapshots.git/HEAD' \
    'git_ config palscan.id 00000000-0000-4000-8000-000000000000' \
    'git_ config extensions.objectFormat sha256' \
    'git_ config include.path /tmp/x' \
    'git_ config core.worktree /tmp'; do
    two_nights
    eval "$plant"
    palscan verify
    [ "$status" -eq 7 ] || fail "not refused ($status): $plant"
    palscan scan --replay "$DEMO/night-2" -q -o /dev/null
    [ "$status" -eq 7 ] || fail "a scan builds upon it ($status): $plant"
    rm -rf "$T/d" "$T/state"
  done
}

# A tag is the person's own as long as git takes it for nothing else.
test_verify__tags_of_ones_own_are_allowed() {
  two_nights
  git_ tag audit-2026 HEAD~1
  git_ -c user.name=x -c user.email=x@y tag -m reviewed v1 HEAD
  palscan_ok verify
  git_ pack-refs --all
  palscan_ok verify
}

# Stock git writes these by itself; they are ignored, not believed.
test_verify__planted_commit_graph_is_not_believed() {
  two_nights
  git_ -c core.commitGraph=true commit-graph write --reachable 2>/dev/null
  expect_file snapshots.git/objects/info/commit-graph
  palscan_ok verify
  expect_out '2 snapshots'
}

test_verify__repository_of_another_user_is_refused() {
  [ "$(id -u)" -eq 0 ] || skip "only root can give files away"
  two_nights
  chown -R 12345 snapshots.git
  palscan verify
  expect_refused
}

test_verify__newer_format_says_upgrade() {
  two_nights
  rewrite format.json "sed 's/\"version\": 1/\"version\": 2/'"
  local command
  for command in verify show check status log; do
    palscan "$command"
    expect_one_error 2
    expect_err 'upgrade'
  done
  remember
  palscan scan --replay "$DEMO/night-2"
  expect_one_error 2
  expect_unchanged
}

test_verify__unknown_revision_is_an_error() {
  two_nights
  palscan verify nope
  expect_one_error 2
  palscan verify HEAD HEAD
  expect_one_error 2
  rm -rf "$T/d"
  no_night
  palscan verify
  expect_one_error 2
}

test_verify__branch_that_is_not_the_recorded_one_is_refused() {
  two_nights
  local recorded
  recorded=$(head_of)
  git_ update-ref refs/heads/main HEAD~1
  palscan verify
  expect_refused
  expect_err "$recorded"
  expect_err "accept-tip $(head_of)"
  git_ update-ref -d refs/heads/main
  palscan verify
  expect_refused
  expect_err 'main is gone'
}

# What stands before the head of another branch is no less in doubt than the head.
test_verify__early_snapshot_of_a_moved_branch_is_refused() {
  two_nights
  local recorded forged
  recorded=$(head_of)
  palscan_ok verify HEAD~1
  palscan_ok verify --only "$(head_of HEAD~1)"
  # Another night 2 upon night 1: sound in itself, and its parent is the recorded one's, too.
  forged=$(message_of | sed 's/^Palscan-Run: ......../Palscan-Run: 00000000/' | forge "$(git_ rev-parse 'HEAD^{tree}')" -p HEAD~1)
  [ "$forged" != "$recorded" ] || fail "nothing was forged"
  git_ update-ref refs/heads/main "$forged"
  local rev
  for rev in HEAD HEAD~1 "$(head_of HEAD~1)" 2026-11-19; do
    palscan verify "$rev"
    expect_refused
    expect_err "$recorded"
    palscan verify --only "$rev" -f json
    expect_refused
  done
  git_ update-ref refs/heads/main "$recorded"
  palscan_ok verify HEAD~1
  git clone -q --bare --no-local snapshots.git copy.git
  XDG_STATE_HOME=$T/none palscan_ok verify HEAD~1 --repository copy.git
}

test_verify__edited_history_is_found() {
  two_nights
  rewrite inputs/history.json "sed 's/2026-11-19/2026-11-18/'"
  palscan verify --only
  expect_refused
  expect_err 'inputs/history.json'
}

test_verify__missing_file_of_a_complete_unit_is_found() {
  two_nights
  local file
  for file in "$TENANT/tenant.json" "$TENANT/delegations.json" \
    "$(git_ ls-tree -r --name-only HEAD "$TENANT/subscriptions/" | grep role-assignments | head -n 1)"; do
    rewrite "$file" ''
    palscan verify --only
    expect_refused
    expect_err 'is missing, though'
    rm -rf "$T/d" "$T/state"
    two_nights
  done
}

test_verify__unreadable_rule_is_found() {
  two_nights
  rewrite inputs/policies/PAL001.sql 'echo nonsense'
  palscan verify --only
  expect_refused
}

test_verify__quiet_night_writes_a_small_pack() {
  two_nights
  local before size
  before=$(find snapshots.git/objects/pack -name '*.pack' | sort)
  palscan scan --replay "$DEMO/night-2" -q -o /dev/null
  size=$(comm -13 <(echo "$before") <(find snapshots.git/objects/pack -name '*.pack' | sort) | xargs stat -c %s)
  [ "$size" -lt 20000 ] || fail "the pack of a quiet night has $size bytes"
  palscan_ok verify
}

run_tests "$@"
