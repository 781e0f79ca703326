# SPDX-License-Identifier: Apache-2.0
list(APPEND PAL_UNIT_SOURCES
  snapshot/snap.c snapshot/test_change.c snapshot/test_change_input.c snapshot/test_change_pim.c snapshot/test_doc_codec.c
  snapshot/test_doc_path.c snapshot/test_field.c snapshot/test_golden.c snapshot/test_input.c snapshot/test_record.c
  snapshot/test_record_codec.c snapshot/test_schema.c snapshot/test_scope.c)
