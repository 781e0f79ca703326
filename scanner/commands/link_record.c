/* SPDX-License-Identifier: Apache-2.0 */
#include "link_record.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pal_file.h"
#include "pal_log.h"
#include "pal_repo.h"

enum { FILE_MODE = 0600, FOLDER_MODE = 0700, RECORD_BYTES = 64 << 10, PATH_BYTES = 8192 };

/* --- one record --- */

static enum pal_code find_folder(const char *repository_id, struct pal_buf *out, struct pal_err *err) {
  enum pal_code code = pal_state_dir(repository_id, out, err);
  if (code != PAL_OK)
    return code;
  pal_buf_puts(out, "/changes");
  return pal_buf_check(out, "state folder", err);
}

static enum pal_code save(const struct pal_link_record *record, struct pal_err *err) {
  struct pal_buf text;
  pal_buf_init(&text, RECORD_BYTES);
  pal_record_compact(record->record, &text);
  pal_buf_putc(&text, '\n');
  enum pal_code code = pal_buf_check(&text, "the record of a change", err);
  if (code == PAL_OK)
    code = pal_file_write(record->path, text.data, text.len, FILE_MODE, err);
  pal_buf_deinit(&text);
  return code;
}

static enum pal_code put_link(struct pal_arena *arena, struct pal_record *record, int partner, int version,
                              const struct pal_record *link, struct pal_err *err) {
  if (!pal_link_stands(link))
    return PAL_OK;
  if (link->v[PAL_LINK_VERSION].is == PAL_SET)
    pal_set_int(record, version, pal_get_int(link, PAL_LINK_VERSION, 0));
  return pal_set_text(arena, record, partner, pal_get_text(link, PAL_LINK_PARTNER_ID), err);
}

/* A name that is no text is left out: the rest of the record counts. */
static void put_account(struct pal_arena *arena, struct pal_record *record) {
  const struct passwd *user = getpwuid(geteuid());
  struct pal_err why = {0};
  if (user != NULL && user->pw_name != NULL &&
      pal_set_text(arena, record, PAL_LINK_WRITE_BY, user->pw_name, &why) != PAL_OK)
    pal_set_absent(record, PAL_LINK_WRITE_BY);
}

static enum pal_code fill(struct pal_arena *arena, const struct pal_link_plan *plan, const struct pal_texts *findings,
                          const char *at, struct pal_record *record, struct pal_err *err) {
  static const char *const kinds[] = {
      [PAL_WRITE_CREATE] = "create", [PAL_WRITE_UPDATE] = "update", [PAL_WRITE_DELETE] = "delete"};
  const struct {
    int field;
    const char *text;
  } texts[] = {{PAL_LINK_WRITE_AT, at},
               {PAL_LINK_WRITE_TENANT_ID, plan->tenant.s},
               {PAL_LINK_WRITE_OBJECT_ID, plan->object.s},
               {PAL_LINK_WRITE_IDENTITY, plan->identity},
               {PAL_LINK_WRITE_KIND, kinds[plan->kind]},
               {PAL_LINK_WRITE_PARTNER_ID, plan->partner.s},
               {PAL_LINK_WRITE_OUTCOME, "unknown"}};
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]) && code == PAL_OK; i++)
    code = pal_set_text(arena, record, texts[i].field, texts[i].text, err);
  if (code == PAL_OK && findings != NULL && findings->n > 0)
    code = pal_set_texts(arena, record, PAL_LINK_WRITE_FINDINGS, findings->v, findings->n, err);
  if (code == PAL_OK)
    code = put_link(arena, record, PAL_LINK_WRITE_PARTNER_BEFORE, PAL_LINK_WRITE_VERSION_BEFORE, plan->seen, err);
  put_account(arena, record);
  return code;
}

enum pal_code pal_link_record_begin(struct pal_arena *arena, const char *repository_id,
                                    const struct pal_link_plan *plan, const struct pal_texts *findings,
                                    struct pal_link_record *ret, struct pal_err *err) {
  struct pal_buf folder;
  char at[PAL_INSTANT_MAX];
  pal_instant_format(pal_clock_now(), at);
  *ret = (struct pal_link_record){.record = pal_record_new(arena, &pal_kind_LINK_WRITE)};
  if (ret->record == NULL)
    return pal_err_nomem(err);
  pal_buf_init(&folder, PATH_BYTES);
  enum pal_code code = find_folder(repository_id, &folder, err);
  if (code == PAL_OK)
    code = pal_dir_make(folder.data, FOLDER_MODE, err);
  if (code == PAL_OK)
    code = fill(arena, plan, findings, at, ret->record, err);
  /* By time, then by whose link: no two changes of one link at one instant. */
  ret->path = pal_arena_printf(arena, "%s/%s.%s.%s.json", folder.data, at, plan->tenant.s, plan->object.s);
  if (code == PAL_OK && ret->path == NULL)
    code = pal_err_nomem(err);
  pal_buf_deinit(&folder);
  return code == PAL_OK ? save(ret, err) : code;
}

enum pal_code pal_link_record_end(struct pal_arena *arena, const struct pal_link_record *record,
                                  const struct pal_link_result *result, struct pal_err *err) {
  if (!result->sent) {
    (void)unlink(record->path);
    return PAL_OK;
  }
  const char *outcome = result->end == PAL_END_DONE ? "done" : result->end == PAL_END_NOT_DONE ? "not-done" : "unknown";
  enum pal_code code = pal_set_text(arena, record->record, PAL_LINK_WRITE_OUTCOME, outcome, err);
  if (code == PAL_OK && result->known && result->end != PAL_END_UNKNOWN)
    code =
        put_link(arena, record->record, PAL_LINK_WRITE_PARTNER_AFTER, PAL_LINK_WRITE_VERSION_AFTER, result->link, err);
  return code == PAL_OK ? save(record, err) : code;
}

/* --- all of them --- */

struct reading {
  struct pal_arena *arena;
  const char *folder;
  const struct pal_record *known;
  struct pal_link_records *records;
};

static bool is_known(const struct pal_record *known, const struct pal_record *record) {
  const struct pal_records *list = known != NULL ? pal_get_records(known, PAL_CHANGES_CHANGES) : NULL;
  for (size_t i = 0; list != NULL && i < list->n; i++)
    if (pal_record_equal(list->v[i], record))
      return true;
  return false;
}

static enum pal_code decode(struct pal_arena *arena, const char *path, const struct pal_buf *text,
                            struct pal_record **ret, struct pal_err *err) {
  struct pal_json_doc *doc = NULL;
  enum pal_code code = pal_json_parse(text->data, text->len, path, PAL_JSON_STRICT_UTF8, RECORD_BYTES, &doc, err);
  if (code == PAL_OK)
    code = pal_record_decode(arena, &pal_kind_LINK_WRITE, doc, pal_json_root(doc), PAL_DECODE_SNAPSHOT, ret, err);
  pal_json_doc_free(doc);
  return code;
}

static enum pal_code keep(struct reading *r, const char *path, const char *bytes, struct pal_err *err) {
  struct pal_link_records *records = r->records;
  const char **paths = pal_arena_grow(r->arena, records->paths, records->n, &records->cap, sizeof(*paths));
  const char **all = pal_arena_grow(r->arena, records->bytes, records->n, &records->bytes_cap, sizeof(*all));
  const char *copy = pal_arena_strdup(r->arena, bytes);
  if (paths == NULL || all == NULL || copy == NULL)
    return pal_err_nomem(err);
  records->paths = paths;
  records->bytes = all;
  paths[records->n] = path;
  all[records->n++] = copy;
  return PAL_OK;
}

static enum pal_code take(struct reading *r, struct pal_record *record, struct pal_err *err) {
  if (is_known(r->known, record))
    return PAL_OK;
  if (r->records->changes == NULL) {
    r->records->changes = pal_record_new(r->arena, &pal_kind_CHANGES);
    if (r->records->changes == NULL)
      return pal_err_nomem(err);
    pal_set_empty(r->records->changes, PAL_CHANGES_CHANGES);
  }
  return pal_add_record(r->arena, r->records->changes, PAL_CHANGES_CHANGES, record, err);
}

static enum pal_code read_one(void *payload, const char *name, struct pal_err *err) {
  struct reading *r = payload;
  size_t len = strlen(name);
  if (name[0] == '.' || len < 5 || strcmp(name + len - 5, ".json") != 0)
    return PAL_OK; /* what a killed writer left */
  const char *path = pal_arena_printf(r->arena, "%s/%s", r->folder, name);
  if (path == NULL)
    return pal_err_nomem(err);
  struct pal_buf text;
  struct pal_record *record = NULL;
  struct pal_err why = {0};
  pal_buf_init(&text, RECORD_BYTES);
  enum pal_code code = pal_file_read(path, "record of a change", PAL_FILE_SECRET, RECORD_BYTES, &text, &why);
  if (code == PAL_OK)
    code = decode(r->arena, path, &text, &record, &why);
  if (code != PAL_OK && code != PAL_E_NOMEM) {
    pal_log(PAL_LOG_WARN, "a change of a link is not taken into the snapshot: %s", why.text);
    code = PAL_OK;
  } else if (code == PAL_OK) {
    code = keep(r, path, text.data, err);
    if (code == PAL_OK)
      code = take(r, record, err);
  }
  pal_buf_deinit(&text);
  return code;
}

enum pal_code pal_link_records_read(struct pal_arena *arena, const char *repository_id, const struct pal_record *known,
                                    struct pal_link_records *ret, struct pal_err *err) {
  struct pal_buf folder;
  *ret = (struct pal_link_records){.arena = arena};
  pal_buf_init(&folder, PATH_BYTES);
  enum pal_code code = find_folder(repository_id, &folder, err);
  struct reading reading = {.arena = arena, .folder = folder.data, .known = known, .records = ret};
  if (code == PAL_OK && pal_path_exists(folder.data))
    code = pal_dir_each(folder.data, read_one, &reading, err);
  pal_buf_deinit(&folder);
  return code;
}

static bool is_unchanged(const char *path, const char *bytes) {
  struct pal_buf text;
  struct pal_err why = {0};
  pal_buf_init(&text, RECORD_BYTES);
  bool same = pal_file_read(path, "record of a change", PAL_FILE_SECRET, RECORD_BYTES, &text, &why) == PAL_OK &&
              strcmp(text.data, bytes) == 0;
  pal_buf_deinit(&text);
  return same;
}

void pal_link_records_forget(const struct pal_link_records *records) {
  for (size_t i = 0; i < records->n; i++)
    if (is_unchanged(records->paths[i], records->bytes[i]))
      (void)unlink(records->paths[i]);
}
