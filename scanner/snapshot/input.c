/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "input_check.h"
#include "pal_doc.h"
#include "pal_file.h"

static enum pal_code parse(const char *path, const struct pal_buf *bytes, struct pal_json_doc **ret,
                           struct pal_err *err) {
  if (bytes->len >= 2 && (memcmp(bytes->data, "\xFF\xFE", 2) == 0 || memcmp(bytes->data, "\xFE\xFF", 2) == 0))
    return pal_err_set(err, PAL_E_INPUT, "%s:1:1: the file is UTF-16; save it as UTF-8", path);
  return pal_json_parse(bytes->data, bytes->len, path, PAL_JSON_STRICT_UTF8 | PAL_JSON_COMMENTS, PAL_INPUT_BYTES_MAX,
                        ret, err);
}

enum pal_code pal_input_read(struct pal_arena *arena, const char *path, const char *what, const struct pal_kind *kind,
                             struct pal_record **ret, struct pal_err *err) {
  struct pal_buf bytes;
  struct pal_json_doc *doc = NULL;
  struct pal_record *record = NULL;
  pal_buf_init(&bytes, PAL_INPUT_BYTES_MAX);
  enum pal_code code = pal_file_read(path, what, 0, PAL_INPUT_BYTES_MAX, &bytes, err);
  if (code == PAL_OK)
    code = parse(path, &bytes, &doc, err);
  if (code == PAL_OK)
    code = pal_record_decode(arena, kind, doc, pal_json_root(doc), PAL_DECODE_PERSON, &record, err);
  if (code == PAL_OK)
    code = input_check(kind, doc, err);
  if (code == PAL_OK)
    *ret = record;
  pal_json_doc_free(doc);
  pal_buf_wipe(&bytes);
  return code;
}
