# SPDX-License-Identifier: Apache-2.0
list(APPEND PAL_UNIT_SOURCES
  base/test_arena.c base/test_buf.c base/test_err.c base/test_file.c base/test_id.c base/test_json.c
  base/test_json_write.c base/test_log.c base/test_text.c base/test_text_set.c base/test_time.c)
