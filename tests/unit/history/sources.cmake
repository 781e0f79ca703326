# SPDX-License-Identifier: Apache-2.0
list(APPEND PAL_UNIT_SOURCES
  history/hist.c history/test_commit.c history/test_journal.c history/test_refuse.c
  history/test_repo.c history/test_tree.c history/test_trust.c history/test_writer.c)
