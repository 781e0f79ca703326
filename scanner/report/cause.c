/* SPDX-License-Identifier: Apache-2.0 */
/* cause.c - why a verdict is unknown: the details "areas", "cause" and "accepted" of the judge. */
#include <string.h>

#include "model.h"
#include "pal_json.h"

enum { CAUSE_MAX = 64 << 10, CAUSES_NAMED = 3 };

void report_join(struct pal_buf *out, const char *const *words, size_t n, size_t most) {
  for (size_t i = 0; i < n && i < most; i++)
    pal_buf_printf(out, "%s%s", i ? ", " : "", words[i]);
  if (n > most)
    pal_buf_printf(out, " and %zu more", n - most);
}

/* The texts of a member: a text, or a list of texts. NULL on no memory. */
static const char **texts_of(struct pal_arena *arena, const pal_json *node, size_t *ret_n) {
  const char **texts = pal_arena_calloc(arena, pal_json_count(node) + 1, sizeof *texts);
  size_t n = 0;
  for (const pal_json *item = pal_json_type(node) == PAL_JSON_ARRAY ? pal_json_first(node) : node; texts && item;
       item = item == node ? NULL : pal_json_next(item)) {
    const char *text = pal_json_text(item);
    if (!text || !text[0])
      continue;
    texts[n] = pal_arena_strdup(arena, text);
    if (!texts[n++])
      return NULL;
  }
  *ret_n = n;
  return texts;
}

static const char **areas_of(struct pal_arena *arena, const pal_json *node, size_t *ret_n) {
  const char **areas = texts_of(arena, node, ret_n);
  for (size_t i = 0; areas && i < *ret_n; i++) {
    areas[i] = pal_arena_strndup(arena, areas[i], strcspn(areas[i], "@"));
    if (!areas[i])
      return NULL;
  }
  return areas;
}

static enum pal_code read_details(struct pal_arena *arena, const pal_json *details, struct report_cause *ret,
                                  struct pal_err *err) {
  size_t n = 0;
  const char **causes = texts_of(arena, pal_json_get(details, "cause"), &n);
  ret->areas = areas_of(arena, pal_json_get(details, "areas"), &ret->areas_n);
  ret->accepted = pal_json_true(pal_json_get(details, "accepted"));
  if (!causes || !ret->areas)
    return pal_err_nomem(err);
  if (n == 0)
    return PAL_OK;
  struct pal_buf joined;
  pal_buf_init(&joined, CAUSE_MAX);
  report_join(&joined, causes, n, CAUSES_NAMED);
  enum pal_code code = pal_buf_check(&joined, "the cause of an unknown", err);
  if (code == PAL_OK && !(ret->cause = pal_arena_strdup(arena, joined.data)))
    code = pal_err_nomem(err);
  pal_buf_deinit(&joined);
  return code;
}

enum pal_code report_cause_of(struct pal_arena *arena, const struct pal_record *finding, struct report_cause *ret,
                              struct pal_err *err) {
  const char *details = pal_get_text(finding, PAL_FINDING_DETAILS),
             *message = pal_get_text(finding, PAL_FINDING_MESSAGE);
  struct pal_json_doc *doc = NULL;
  enum pal_code code = PAL_OK;
  *ret = (struct report_cause){.cause = NULL};
  if (details)
    code = pal_json_parse(details, strlen(details), "details of a finding", 0, 0, &doc, err);
  if (code == PAL_OK && doc)
    code = read_details(arena, pal_json_root(doc), ret, err);
  if (code == PAL_OK && !ret->cause)
    ret->cause = message ? message : "";
  pal_json_doc_free(doc);
  return code;
}
