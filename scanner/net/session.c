/* SPDX-License-Identifier: Apache-2.0 */
#include "session.h"

#include <stdint.h>
#include <string.h>

#include "pal_file.h"
#include "pal_net.h"

static const char format[] = "palscan-recording";

/* Before the fields are read: those of a newer version are not known here. */
static enum pal_code check_version(const struct pal_json_doc *doc, struct pal_err *err) {
  const pal_json *root = pal_json_root(doc);
  const char *name = pal_json_text(pal_json_get(root, "format"));
  const pal_json *version = pal_json_get(root, "version");
  int64_t number;
  if (!name || strcmp(name, format) != 0)
    return pal_json_fail(doc, root, err, "is no recording: \"format\" is not \"%s\"", format);
  if (!pal_json_int(version, &number) || number < 1)
    return pal_json_fail(doc, version ? version : root, err, "is no recording: it has no format version");
  if (number > NET_SESSION_VERSION) {
    enum pal_code code = pal_json_fail(doc, version, err,
                                       "the recording has format version %lld, this palscan reads %d: upgrade palscan",
                                       (long long)number, NET_SESSION_VERSION);
    if (err)
      err->code = PAL_E_NEWER;
    return code == PAL_OK ? code : PAL_E_NEWER;
  }
  return PAL_OK;
}

static enum pal_code read_session(struct pal_arena *arena, const char *path, struct pal_buf *text,
                                  struct pal_record **ret, struct pal_err *err) {
  struct pal_json_doc *doc = NULL;
  enum pal_code code = pal_file_read(path, "recording", 0, NET_SESSION_BYTES_MAX, text, err);
  if (code == PAL_OK)
    code = pal_json_parse(text->data, text->len, path, PAL_JSON_STRICT_UTF8, NET_SESSION_BYTES_MAX, &doc, err);
  if (code == PAL_OK)
    code = check_version(doc, err);
  if (code == PAL_OK)
    code = pal_record_decode(arena, &pal_kind_SESSION, doc, pal_json_root(doc), PAL_DECODE_PERSON, ret, err);
  pal_json_doc_free(doc);
  return code;
}

enum pal_code pal_recording_session(struct pal_arena *arena, const char *dir, struct pal_record **ret,
                                    struct pal_err *err) {
  struct pal_buf path, text;
  pal_buf_init(&path, SIZE_MAX);
  pal_buf_init(&text, NET_SESSION_BYTES_MAX);
  pal_buf_printf(&path, "%s/session.json", dir);
  enum pal_code code = pal_buf_check(&path, "a path", err);
  if (code == PAL_OK)
    code = read_session(arena, path.data, &text, ret, err);
  pal_buf_deinit(&text);
  pal_buf_deinit(&path);
  return code;
}

enum pal_code net_session_write(const struct pal_record *session, const char *finished, struct pal_buf *out,
                                struct pal_err *err) {
  struct pal_arena *arena = pal_arena_new(0);
  struct pal_record *copy = arena ? pal_record_dup(arena, session) : NULL;
  enum pal_code code = copy ? PAL_OK : pal_err_nomem(err);
  if (code == PAL_OK && finished && !pal_get_text(copy, PAL_SESSION_FINISHED))
    code = pal_set_text(arena, copy, PAL_SESSION_FINISHED, finished, err);
  if (code == PAL_OK)
    code = pal_set_text(arena, copy, PAL_SESSION_FORMAT, format, err);
  if (code == PAL_OK) {
    pal_set_int(copy, PAL_SESSION_VERSION, NET_SESSION_VERSION);
    pal_record_pretty(copy, out);
    pal_buf_putc(out, '\n');
    code = pal_buf_check(out, "session.json", err);
  }
  pal_arena_free(arena);
  return code;
}
