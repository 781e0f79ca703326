/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "change_rules.h"
#include "value.h"

static const struct pal_records no_records;

struct input_files {
  struct comparison *c;
  const struct pal_file *file;
};

static void set_subject(struct pal_change *change, const struct pal_record *record) {
  const struct pal_kind *kind = record->kind;
  if (kind == &pal_kind_CUSTOMER) {
    change->subject_type = "tenant";
    change->subject_id = pal_get_text(record, PAL_CUSTOMER_TENANT);
    change->subject_name = pal_get_text(record, PAL_CUSTOMER_NAME);
  } else if (kind == &pal_kind_PRINCIPAL) {
    change->subject_type = "principal";
    change->subject_id = change->subject_name = pal_get_text(record, PAL_PRINCIPAL_NAME);
  } else if (kind == &pal_kind_WAIVER) {
    change->subject_type = "waiver";
    change->subject_id = pal_get_text(record, PAL_WAIVER_ID);
  } else {
    /* The rows of the registry begin with their id. */
    change->subject_type = "registry";
    change->subject_id = pal_get_text(record, 0);
    int name = pal_kind_find(kind, "name");
    change->subject_name = name >= 0 ? pal_get_text(record, name) : NULL;
  }
}

static enum pal_code compare_row(void *payload, const struct pal_record *before, const struct pal_record *after) {
  const struct input_files *files = payload;
  const struct pal_change_words *words = &(after ? after : before)->kind->change;
  struct pal_change change = {.before = before, .after = after};
  change.kind = !before ? words->added : after ? words->changed : words->removed;
  if (!change.kind || (before && after && !records_differ(before, after)))
    return PAL_OK;
  set_subject(&change, after ? after : before);
  return comparison_add(files->c, files->file, &change);
}

static const struct pal_records *list_of(const struct pal_record *input, size_t field) {
  return input ? pal_get_records(input, (int)field) : &no_records;
}

/* The registry's own name is a fact of the registry; the other inputs have only lists. */
static enum pal_code compare_organization(struct comparison *c, const struct pal_file *file,
                                          const struct pal_record *was, const struct pal_record *is) {
  const struct pal_value absent = {.is = PAL_ABSENT};
  const struct pal_value *a = was ? &was->v[PAL_REGISTRY_ORGANIZATION] : &absent;
  const struct pal_value *b = is ? &is->v[PAL_REGISTRY_ORGANIZATION] : &absent;
  if (value_equal(&file->kind->fields[PAL_REGISTRY_ORGANIZATION], a, b))
    return PAL_OK;
  const struct pal_change change = {
      .kind = pal_kind_PARTNER.change.changed,
      .subject_type = "registry",
      .subject_id = "organization",
      .subject_name = b->is == PAL_SET ? b->u.text : NULL,
      .before = was,
      .after = is,
  };
  return comparison_add(c, file, &change);
}

enum pal_code compare_input(struct comparison *c, const struct pal_doc *before, const struct pal_doc *after) {
  struct input_files files = {c, (after ? after : before)->file};
  const struct pal_kind *kind = files.file->kind;
  const struct pal_record *was = before ? before->records.v[0] : NULL;
  const struct pal_record *is = after ? after->records.v[0] : NULL;
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < kind->n && code == PAL_OK; i++)
    if (kind->fields[i].type == PAL_T_RECORDS)
      code = pairs_walk(list_of(was, i), list_of(is, i), compare_row, &files, c->err);
  if (code == PAL_OK && kind == &pal_kind_REGISTRY)
    code = compare_organization(c, files.file, was, is);
  return code;
}

/* --- settings --- */

struct setting_files {
  struct comparison *c;
  const struct pal_record *was, *is;
};

static enum pal_code tell_setting(const struct setting_files *files, const char *type, const char *id) {
  const struct pal_change change = {
      .kind = "policy.changed", .subject_type = type, .subject_id = id, .before = files->was, .after = files->is};
  return comparison_add(files->c, &pal_files[PAL_FILE_IN_SETTINGS], &change);
}

static bool is_disabled(const struct pal_record *settings, const char *policy) {
  const struct pal_texts *disable = pal_get_texts(settings, PAL_SETTINGS_DISABLE);
  for (size_t i = 0; i < disable->n; i++)
    if (strcmp(disable->v[i], policy) == 0)
      return true;
  return false;
}

/* The policies that only one of both disables. */
static enum pal_code compare_disabled(const struct setting_files *files, const struct pal_record *one,
                                      const struct pal_record *other) {
  const struct pal_texts *disable = pal_get_texts(one, PAL_SETTINGS_DISABLE);
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < disable->n && code == PAL_OK; i++)
    if (!is_disabled(other, disable->v[i]))
      code = tell_setting(files, "policy", disable->v[i]);
  return code;
}

static enum pal_code parse_setting(struct comparison *c, const struct pal_record *settings, int field,
                                   const struct pal_json_doc **ret) {
  const char *text = pal_get_text(settings, field);
  struct pal_json_doc *doc = NULL;
  *ret = NULL;
  if (!text)
    return PAL_OK;
  enum pal_code code = pal_json_parse(text, strlen(text), "inputs/settings.json", 0, 0, &doc, c->err);
  if (code != PAL_OK)
    return code;
  c->parsed[c->parsed_n++] = doc;
  *ret = doc;
  return PAL_OK;
}

/* JSON values are equal when they are spelled alike. */
static enum pal_code json_equal(const struct pal_json_doc *doc_a, const pal_json *a, const struct pal_json_doc *doc_b,
                                const pal_json *b, bool *ret, struct pal_err *err) {
  struct pal_buf x, y;
  pal_buf_init(&x, PAL_JSON_MAX_BYTES);
  pal_buf_init(&y, PAL_JSON_MAX_BYTES);
  enum pal_code code = a ? pal_json_compact(doc_a, a, &x, err) : PAL_OK;
  if (code == PAL_OK && b)
    code = pal_json_compact(doc_b, b, &y, err);
  *ret = code == PAL_OK && strcmp(x.data, y.data) == 0;
  pal_buf_deinit(&x);
  pal_buf_deinit(&y);
  return code;
}

/* Members of an object that differ: of severity policies, of parameters settings. */
static enum pal_code compare_members(const struct setting_files *files, int field) {
  const struct pal_json_doc *docs[2] = {NULL, NULL};
  enum pal_code code = parse_setting(files->c, files->was, field, &docs[1]);
  if (code == PAL_OK)
    code = parse_setting(files->c, files->is, field, &docs[0]);
  const pal_json *roots[2] = {docs[0] ? pal_json_root(docs[0]) : NULL, docs[1] ? pal_json_root(docs[1]) : NULL};
  for (int side = 0; side < 2; side++)
    for (const pal_json *at = pal_json_first(roots[side]); at && code == PAL_OK; at = pal_json_next(at)) {
      const char *name = pal_json_key(at);
      const pal_json *other = name ? pal_json_get(roots[!side], name) : NULL;
      bool policy = field == PAL_SETTINGS_SEVERITY, equal = false;
      if (!name || (side && other)) /* told by the other side */
        continue;
      code = json_equal(docs[side], at, docs[!side], other, &equal, files->c->err);
      bool told = policy && is_disabled(files->was, name) != is_disabled(files->is, name);
      if (code == PAL_OK && !equal && !told)
        code = tell_setting(files, policy ? "policy" : "setting", name);
    }
  return code;
}

enum pal_code compare_settings(struct comparison *c, const struct pal_doc *before, const struct pal_doc *after) {
  if (!before || !after)
    return PAL_OK;
  const struct setting_files files = {c, before->records.v[0], after->records.v[0]};
  enum pal_code code = compare_disabled(&files, files.was, files.is);
  if (code == PAL_OK)
    code = compare_disabled(&files, files.is, files.was);
  for (size_t i = 0; i < pal_kind_SETTINGS.n && code == PAL_OK; i++) {
    const struct pal_field *field = &pal_kind_SETTINGS.fields[i];
    if (field->type == PAL_T_JSON)
      code = compare_members(&files, (int)i);
    else if (i != PAL_SETTINGS_DISABLE && !value_equal(field, &files.was->v[i], &files.is->v[i]))
      code = tell_setting(&files, "setting", field->json);
  }
  return code;
}
