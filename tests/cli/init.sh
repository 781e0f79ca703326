#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# init.sh - palscan init: templates and an empty repository.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

test_init__empty_folder_all_files_and_a_repository() {
  palscan_ok init d
  expect_err_empty
  expect_equal "$(names d)" "estate.json mpn.json palscan.json snapshots.git waivers.json "
  expect_out 'palscan --config d/palscan.json scan'
  expect_equal "$(git_ config core.bare)" true bare
  expect_equal "$(git_ symbolic-ref HEAD)" refs/heads/main HEAD
  expect_equal "$(git_ config diff.renames)" false diff.renames
  expect_equal "$(git_ config core.commitGraph)" false core.commitGraph
  expect_equal "$(git_ config gc.writeCommitGraph)" false gc.writeCommitGraph
  expect_sound
}

test_init__without_argument_uses_the_working_directory() {
  mkdir d
  cd d
  palscan_ok init
  expect_file palscan.json
  expect_file snapshots.git/HEAD
}

test_init__twice_keeps_everything() {
  palscan_ok init d
  remember
  palscan_ok init d
  expect_equal "$(grep -c '^kept ' .out)" 5 "kept"
  expect_unchanged
}

test_init__file_of_a_persons_own_is_kept() {
  mkdir d
  echo '{ "ids": [] } // mine' >d/mpn.json
  palscan_ok init d
  expect_equal "$(cat d/mpn.json)" '{ "ids": [] } // mine'
  expect_file d/palscan.json
}

test_init__every_repository_has_an_id_of_its_own() {
  palscan_ok init d
  palscan_ok init e
  expect_different "$(git -C d/snapshots.git config palscan.id)" "$(git -C e/snapshots.git config palscan.id)" id
}

test_init__any_umask_files_may_be_read_and_written_by_their_owner_only_for_writing() {
  palscan_ok init d
  for name in palscan.json mpn.json estate.json waivers.json; do
    expect_equal "$(stat -c %a "d/$name")" 644 "mode of $name"
  done
}

test_init__templates_are_accepted_as_they_are() {
  palscan_ok init d
  cd d
  palscan_ok policies list
  palscan_ok log
  expect_out 'No run yet'
  # An empty registry of IDs is no error; nothing to sign in as is one, said before anything is written.
  remember
  palscan --config palscan.json scan
  expect_one_error 2
  expect_err 'identities'
  expect_unchanged
}

test_init__with_repository_makes_it_there() {
  palscan_ok init --repository elsewhere.git d
  expect_file elsewhere.git/HEAD
  expect_no_file d/snapshots.git
}

test_init__folder_that_cannot_be_written_is_an_error() {
  mkdir d
  nobody_folder
  chmod 555 "$NOBODY/d"
  run as_nobody "$PALSCAN" init "$NOBODY/d"
  expect_one_error 1
  expect_equal "$(names "$NOBODY/d")" ""
}

run_tests "$@"
