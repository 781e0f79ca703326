/* SPDX-License-Identifier: Apache-2.0 */
/* site_changes.c - what became different, an element for each customer. */
#include <string.h>

#include "outline.h"
#include "people.h"
#include "site.h"

enum { WORDS_MAX = 256, LINE_MAX_BYTES = 1 << 20 };

/* The line of a change with what it tells, as in text. */
static enum pal_code write_line(struct jsonw *w, const struct pal_compared_change *change, struct pal_err *err) {
  struct pal_buf line;
  pal_buf_init(&line, LINE_MAX_BYTES);
  pal_buf_puts(&line, change->line);
  if (change->told > 1 && change->tail_at)
    pal_buf_printf(&line, " \xC2\xB7 %zu units", change->told);
  enum pal_code code = pal_buf_check(&line, "a change", err);
  jsonw_text(w, NULL, line.data);
  pal_buf_deinit(&line);
  return code;
}

static void write_subject(struct jsonw *w, const struct pal_record *finding) {
  const struct pal_record *subject = pal_get_record(finding, PAL_FINDING_SUBJECT);
  if (!subject || strcmp(pal_get_text(subject, PAL_SUBJECT_TYPE), "tenant") == 0)
    return;
  jsonw_text(w, "subjectType", people_subject(pal_get_text(subject, PAL_SUBJECT_TYPE)));
  jsonw_text(w, "subjectId", pal_get_text(subject, PAL_SUBJECT_ID));
  jsonw_text(w, "subjectName", pal_get_text(subject, PAL_SUBJECT_NAME));
}

static void write_finding(struct jsonw *w, const struct pal_comparison *c, const struct outline_entry *entry) {
  const struct pal_reported *reported = entry->reported;
  const struct pal_record *finding = reported->finding;
  jsonw_object(w, NULL, JSONW_INLINE);
  jsonw_text(w, "fate", outline_fate_word(entry));
  jsonw_text(w, "policy", pal_get_text(finding, PAL_FINDING_POLICY));
  jsonw_text(w, "severity", pal_get_text(finding, PAL_FINDING_SEVERITY));
  jsonw_text(w, "message", pal_get_text(finding, PAL_FINDING_MESSAGE));
  jsonw_text(w, "since", pal_get_text(finding, PAL_FINDING_SINCE));
  write_subject(w, finding);
  if (reported->was) {
    const char *id = NULL;
    jsonw_text(w, "differs", outline_change_word(reported, &id));
    jsonw_text(w, "acceptance", id);
  }
  if (entry->fate == OUTLINE_RESOLVED) {
    struct pal_buf words;
    pal_buf_init(&words, WORDS_MAX);
    report_settled_by(&words, c, reported);
    jsonw_text(w, "settledBy", words.data);
    pal_buf_deinit(&words);
  }
  jsonw_end(w);
}

/* All entries of one customer, part by part: [word, lines and findings]; returns where the next customer begins. */
static enum pal_code write_customer(struct jsonw *w, const struct pal_comparison *c, const struct outline *outline,
                                    size_t *at, struct pal_err *err) {
  const struct outline_entry *first = &outline->v[*at];
  enum pal_code code = PAL_OK;
  jsonw_object(w, NULL, JSONW_INLINE);
  jsonw_text(w, "id", report_tenant_id(first->tenant_id));
  jsonw_text(w, "name", first->tenant_name);
  jsonw_text(w, "country", first->tenant_country);
  jsonw_array(w, "parts", JSONW_INLINE);
  for (size_t i = *at; code == PAL_OK && i < outline->n && (i == *at || !outline_opens_customer(outline, i)); i++) {
    const struct outline_entry *entry = &outline->v[i];
    bool last = i + 1 == outline->n || outline_opens_part(outline, i + 1);
    if (i == *at || outline_opens_part(outline, i)) {
      jsonw_array(w, NULL, JSONW_INLINE);
      jsonw_text(w, NULL, outline_part_word(entry->part));
    }
    if (entry->change)
      code = write_line(w, entry->change, err);
    else
      write_finding(w, c, entry);
    if (last)
      jsonw_end(w);
  }
  while (++*at < outline->n && !outline_opens_customer(outline, *at))
    continue;
  jsonw_end(w);
  jsonw_end(w);
  return code;
}

static enum pal_code write_all(const struct pal_comparison *c, const struct outline *outline, const char *folder,
                               struct site_parts *parts, struct pal_err *err) {
  struct site_list list;
  enum pal_code code = PAL_OK;
  site_list_init(&list, folder, "changes");
  for (size_t i = 0; code == PAL_OK && i < outline->n;) {
    code = site_list_open(&list, false, err);
    if (code == PAL_OK)
      code = write_customer(&list.w, c, outline, &i, err);
    if (code == PAL_OK)
      code = site_list_settle(&list, err);
  }
  if (code == PAL_OK)
    code = site_list_close(&list, NULL, err);
  site_list_drop(&list);
  parts->changes = list.parts;
  return code;
}

enum pal_code site_write_changes(const struct pal_site *site, const char *folder, struct site_parts *parts,
                                 struct pal_err *err) {
  struct outline outline;
  if (!site->comparison)
    return PAL_OK;
  enum pal_code code = outline_make(site->comparison, &outline, err);
  if (code != PAL_OK)
    return code;
  parts->changed.findings = outline.findings;
  parts->changed.fresh = outline.fresh;
  parts->changed.resolved = outline.fates[OUTLINE_RESOLVED];
  parts->changed.hidden = outline.hidden;
  parts->changed.quiet = outline.quiet;
  code = write_all(site->comparison, &outline, folder, parts, err);
  outline_free(&outline);
  return code;
}
