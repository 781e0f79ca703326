/* SPDX-License-Identifier: Apache-2.0 */
#include "finding.h"

#include <stdlib.h>
#include <string.h>

#include "cut.h"
#include "pal_json.h"
#include "pal_text.h"

enum {
  DETAILS_BYTES_MAX = PAL_JSON_TEXT_MAX,
  REASONS_BYTES_MAX = 64 << 20,
  ADDED_LIST_MAX = 64 << 10,          /* of JSON */
  ADDED_TEXT_MAX = ADDED_LIST_MAX / 6 /* of a text that JSON may write six times as long */
};

const char *finding_subject(const struct pal_record *finding, int field) {
  const struct pal_record *subject = pal_get_record(finding, PAL_FINDING_SUBJECT);
  const char *text = subject ? pal_get_text(subject, field) : NULL;
  return text ? text : "";
}

struct pal_record *finding_find(const struct pal_records *sorted, const char *fingerprint) {
  size_t low = 0, high = sorted->n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = strcmp(pal_get_text(sorted->v[middle], PAL_FINDING_FINGERPRINT), fingerprint);
    if (order == 0)
      return sorted->v[middle];
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}

/* --- making --- */

static enum pal_code set_all(struct pal_arena *arena, struct pal_record *record, const int *fields,
                             const char *const *texts, size_t n, struct pal_err *err) {
  for (size_t i = 0; i < n; i++) {
    enum pal_code code = texts[i] && *texts[i] ? pal_set_text(arena, record, fields[i], texts[i], err) : PAL_OK;
    if (code != PAL_OK)
      return pal_err_wrap(err, "make a finding");
  }
  return PAL_OK;
}

/* What is said of a finding is cut, so that no text of a tenant's ends the run. */
static bool cut_said(struct pal_arena *arena, struct finding_parts *parts) {
  const char **texts[] = {&parts->message, &parts->subject_name};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    if (*texts[i] && strlen(*texts[i]) > PAL_TEXT_MAX && !(*texts[i] = cut_text(arena, *texts[i], PAL_TEXT_MAX)))
      return false;
  return true;
}

enum pal_code finding_new(struct pal_judge *judge, const struct pack_policy *policy, const struct finding_parts *parts,
                          struct pal_record **ret, struct pal_err *err) {
  struct finding_parts said = *parts;
  struct pal_record *finding = pal_record_new(judge->arena, &pal_kind_FINDING),
                    *subject = pal_record_new(judge->arena, &pal_kind_SUBJECT);
  if (!finding || !subject || !cut_said(judge->arena, &said))
    return pal_err_nomem(err);
  const char *severity = parts->severity && !policy->overridden ? parts->severity : policy->pub.effective;
  static const int fields[] = {PAL_FINDING_FINGERPRINT, PAL_FINDING_POLICY,       PAL_FINDING_CLASS,
                               PAL_FINDING_SEVERITY,    PAL_FINDING_VERDICT,      PAL_FINDING_STATUS,
                               PAL_FINDING_KEY,         PAL_FINDING_MESSAGE,      PAL_FINDING_DETAILS,
                               PAL_FINDING_SINCE,       PAL_FINDING_LAST_VERIFIED};
  const char *const texts[] = {parts->fingerprint,
                               policy->pub.id,
                               policy->pub.policy_class,
                               severity,
                               parts->unknown ? "unknown" : "fail",
                               "open",
                               parts->key,
                               said.message,
                               parts->details,
                               parts->since,
                               parts->last_verified};
  static const int subject_fields[] = {PAL_SUBJECT_TYPE, PAL_SUBJECT_ID, PAL_SUBJECT_NAME};
  const char *const subject_texts[] = {parts->subject_type, parts->subject_id, said.subject_name};
  enum pal_code code = set_all(judge->arena, finding, fields, texts, sizeof fields / sizeof fields[0], err);
  if (code == PAL_OK)
    code = set_all(judge->arena, subject, subject_fields, subject_texts, 3, err);
  if (code != PAL_OK)
    return code;
  pal_set_record(finding, PAL_FINDING_SUBJECT, subject);
  *ret = finding;
  return PAL_OK;
}

/* --- details --- */

struct member {
  const char *name;
  const char *json;
};

static int by_member_name(const void *a, const void *b) {
  return strcmp(((const struct member *)a)->name, ((const struct member *)b)->name);
}

/* Of more than ADDED_LIST_MAX bytes the first ones and the mark. */
static const char *list_text(struct pal_arena *arena, const struct word_list *list) {
  struct pal_buf out, word;
  struct cut_rest rest = {0};
  struct pal_err ignored;
  bool ok = true;
  pal_buf_init(&out, DETAILS_BYTES_MAX);
  pal_buf_init(&word, DETAILS_BYTES_MAX);
  for (size_t i = 0; i < list->n && ok; i++) {
    pal_buf_clear(&word);
    pal_json_escape(&word, list->v[i]);
    if (rest.n > 0 || out.len + word.len + CUT_MARK_BYTES_MAX + 3 > ADDED_LIST_MAX)
      ok = cut_leave_out(&rest, list->v[i], 1, &ignored) == PAL_OK;
    else
      pal_buf_printf(&out, "%c%s", i ? ',' : '[', word.data);
  }
  if (rest.n > 0) {
    pal_buf_putc(&out, out.len ? ',' : '[');
    cut_mark(&out, &rest);
  }
  pal_buf_puts(&out, out.len ? "]" : "[]");
  const char *text = ok && out.bad == PAL_OK ? pal_arena_strdup(arena, out.data) : NULL;
  pal_buf_deinit(&word);
  pal_buf_deinit(&out);
  return text;
}

/* The reasons of several gaps as one JSON string. */
static const char *reasons_text(struct pal_arena *arena, const struct word_list *reasons) {
  struct pal_buf joined, out;
  pal_buf_init(&joined, REASONS_BYTES_MAX);
  pal_buf_init(&out, DETAILS_BYTES_MAX);
  for (size_t i = 0; i < reasons->n; i++)
    pal_buf_printf(&joined, "%s%s", i ? "; " : "", reasons->v[i]);
  const char *cut = joined.bad == PAL_OK ? cut_text(arena, joined.data, ADDED_TEXT_MAX) : NULL;
  if (cut)
    pal_json_escape(&out, cut);
  const char *text = cut && out.bad == PAL_OK ? pal_arena_strdup(arena, out.data) : NULL;
  pal_buf_deinit(&joined);
  pal_buf_deinit(&out);
  return text;
}

static bool replaced(const struct member *members, size_t n, const char *name) {
  for (size_t i = 0; i < n; i++)
    if (pal_same_word(members[i].name, name))
      return true;
  return false;
}

/* Adds the members of an object text that the first n do not replace. */
static enum pal_code add_old(struct pal_arena *arena, const char *details, struct member **members, size_t *n,
                             struct pal_err *err) {
  struct pal_json_doc *doc = NULL;
  size_t first = *n;
  enum pal_code code = pal_json_parse(details, strlen(details), "details", 0, 0, &doc, err);
  if (code != PAL_OK)
    return code;
  size_t count = pal_json_count(pal_json_root(doc));
  struct member *all = pal_arena_calloc(arena, first + count, sizeof *all);
  if (!all) {
    pal_json_doc_free(doc);
    return pal_err_nomem(err);
  }
  memcpy(all, *members, first * sizeof *all);
  struct pal_buf text;
  pal_buf_init(&text, DETAILS_BYTES_MAX);
  for (const pal_json *node = pal_json_first(pal_json_root(doc)); node && code == PAL_OK; node = pal_json_next(node)) {
    if (replaced(all, first, pal_json_key(node)))
      continue;
    pal_buf_clear(&text);
    code = pal_json_compact(doc, node, &text, err);
    if (code == PAL_OK)
      code = pal_buf_check(&text, "details", err);
    all[*n] = (struct member){.name = pal_arena_strdup(arena, pal_json_key(node)),
                              .json = pal_arena_strdup(arena, text.data)};
    if (code == PAL_OK && (!all[*n].name || !all[*n].json))
      code = pal_err_nomem(err);
    (*n)++;
  }
  *members = all;
  pal_buf_deinit(&text);
  pal_json_doc_free(doc);
  return code;
}

enum pal_code finding_details_with(struct pal_judge *judge, const char *details, const struct assessment *missing,
                                   const char **ret, struct pal_err *err) {
  struct member fixed[4] = {{"areas", list_text(judge->arena, &missing->areas)},
                            {"cause", list_text(judge->arena, &missing->causes)}};
  struct member *members = fixed;
  size_t n = 2;
  if (missing->incomplete && !missing->refused) {
    fixed[n++] = (struct member){"accepted", "true"};
    fixed[n++] = (struct member){"acceptedGap", reasons_text(judge->arena, &missing->reasons)};
  }
  for (size_t i = 0; i < n; i++)
    if (!fixed[i].json)
      return pal_err_nomem(err);
  enum pal_code code = details ? add_old(judge->arena, details, &members, &n, err) : PAL_OK;
  if (code != PAL_OK)
    return code;
  qsort(members, n, sizeof *members, by_member_name);
  struct pal_buf out;
  pal_buf_init(&out, DETAILS_BYTES_MAX);
  for (size_t i = 0; i < n; i++) {
    pal_buf_putc(&out, i ? ',' : '{');
    pal_json_escape(&out, members[i].name);
    pal_buf_printf(&out, ":%s", members[i].json);
  }
  pal_buf_putc(&out, '}');
  code = pal_buf_check(&out, "details", err);
  if (code == PAL_OK && !(*ret = pal_arena_strdup(judge->arena, out.data)))
    code = pal_err_nomem(err);
  pal_buf_deinit(&out);
  return code;
}

bool finding_detail(const char *details, const char *name, struct pal_buf *out) {
  struct pal_json_doc *doc = NULL;
  struct pal_err ignored;
  if (!details || pal_json_parse(details, strlen(details), "details", 0, 0, &doc, &ignored) != PAL_OK)
    return false;
  const pal_json *node = pal_json_get(pal_json_root(doc), name);
  bool found = node && pal_json_compact(doc, node, out, &ignored) == PAL_OK;
  pal_json_doc_free(doc);
  return found;
}
