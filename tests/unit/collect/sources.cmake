# SPDX-License-Identifier: Apache-2.0
list(APPEND PAL_UNIT_SOURCES
  collect/home.c collect/scan.c collect/sides.c collect/test_answers.c collect/test_directory.c
  collect/test_import.c collect/test_import_assignment.c collect/test_import_declared.c collect/test_import_unite.c collect/test_lighthouse.c
  collect/test_link_apply.c
  collect/test_pairs.c collect/test_recordings.c collect/test_scan.c collect/test_spec.c collect/test_unite.c collect/test_unite_asked.c
  collect/test_unite_people.c collect/test_unite_scope.c)
