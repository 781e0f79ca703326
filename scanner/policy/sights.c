/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sights.c - since when something is so: events that the pack asks to be kept.
 *
 * Facts do not say since when they are what they are. The view `first_sight` of a
 * pack has a row for each thing of which a policy must know (tenant_id, kind,
 * subject_type, subject_id); each is an event "seen.<kind>", whose `since` is the start
 * of the run in which the row was first there:
 *
 *  1. a row that the parent has an event for keeps its `since`; another begins now
 *  2. an event without a row ends; what was not read is carried, so its row stays
 *  3. without the view, or with an error in it, the parent's events stay as they are
 */
#include <string.h>

#include "judge_private.h"

static const char prefix[] = "seen.";
static const char view[] = "first_sight";
static const char view_sql[] = "SELECT DISTINCT tenant_id, kind, subject_type, subject_id FROM first_sight";
enum { COLUMN_TENANT, COLUMN_KIND, COLUMN_SUBJECT_TYPE, COLUMN_SUBJECT_ID, COLUMNS };

/* The events of one run before they are added. */
struct sights {
  struct sight {
    struct tenant_fact *tenant;
    struct pal_record *event;
  } * v;
  size_t n, cap;
};

static bool is_sight(const struct pal_record *event) {
  return strncmp(pal_get_text(event, PAL_EVENT_KIND), prefix, sizeof prefix - 1) == 0;
}

static const char *since_of(const struct pal_judge *judge, const struct tenant_fact *tenant,
                            const struct pal_record *event) {
  const struct pal_records *earlier = &tenant->previous_events;
  size_t low = 0, high = earlier->n;
  while (low < high) { /* sorted by kind, subject type, subject */
    static const int fields[] = {PAL_EVENT_KIND, PAL_EVENT_SUBJECT_TYPE, PAL_EVENT_SUBJECT_ID};
    size_t middle = low + (high - low) / 2;
    int order = 0;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0] && order == 0; i++)
      order = strcmp(pal_get_text(earlier->v[middle], fields[i]), pal_get_text(event, fields[i]));
    if (order == 0)
      return pal_get_text(earlier->v[middle], PAL_EVENT_SINCE);
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return judge->started;
}

static enum pal_code add_sight(struct pal_judge *judge, struct sights *sights, struct tenant_fact *tenant,
                               struct pal_record *event, struct pal_err *err) {
  sights->v = pal_arena_grow(judge->arena, sights->v, sights->n, &sights->cap, sizeof *sights->v);
  if (!sights->v)
    return pal_err_nomem(err);
  sights->v[sights->n++] = (struct sight){.tenant = tenant, .event = event};
  return PAL_OK;
}

/* --- from the view --- */

/* A row that names no tenant of this run, or lacks a text, is none. */
static enum pal_code take_row(struct pal_judge *judge, sqlite3_stmt *stmt, struct sights *sights, struct pal_err *err) {
  static const int fields[] = {[COLUMN_KIND] = PAL_EVENT_KIND,
                               [COLUMN_SUBJECT_TYPE] = PAL_EVENT_SUBJECT_TYPE,
                               [COLUMN_SUBJECT_ID] = PAL_EVENT_SUBJECT_ID};
  const char *texts[COLUMNS];
  for (int i = 0; i < COLUMNS; i++)
    if (!(texts[i] = (const char *)sqlite3_column_text(stmt, i)) || strlen(texts[i]) > PAL_TEXT_MAX / 2)
      return PAL_OK;
  struct tenant_fact *tenant = facts_find(&judge->facts, texts[COLUMN_TENANT]);
  if (!tenant || !tenant->here || !tenant->in_scope)
    return PAL_OK;
  struct pal_record *event = pal_record_new(judge->arena, &pal_kind_EVENT);
  const char *kind = pal_arena_printf(judge->arena, "%s%s", prefix, texts[COLUMN_KIND]);
  if (!event || !kind)
    return pal_err_nomem(err);
  texts[COLUMN_KIND] = kind;
  enum pal_code code = PAL_OK;
  for (int i = COLUMN_KIND; i < COLUMNS && code == PAL_OK; i++)
    code = pal_set_text(judge->arena, event, fields[i], texts[i], err);
  if (code == PAL_OK)
    code = pal_set_text(judge->arena, event, PAL_EVENT_SINCE, since_of(judge, tenant, event), err);
  return code == PAL_OK ? add_sight(judge, sights, tenant, event, err) : code;
}

/* *ret_read false: nothing is known but what the parent knew. */
static enum pal_code read_view(struct pal_judge *judge, struct sights *sights, bool *ret_read, struct pal_err *err) {
  sqlite3_stmt *stmt = NULL;
  struct pal_err why;
  bool more = true;
  *ret_read = false;
  if (!judge_reads_view(judge, view))
    return PAL_OK;
  if (sandbox_prepare(&judge->sandbox, view, view_sql, &stmt, &why) != PAL_OK)
    return PAL_OK;
  enum pal_code code = PAL_OK;
  while (code == PAL_OK && more) {
    if (sandbox_step(&judge->sandbox, view, view_sql, stmt, &more, &why) != PAL_OK)
      break;
    if (more)
      code = take_row(judge, stmt, sights, err);
    else
      *ret_read = true;
  }
  (void)sqlite3_finalize(stmt);
  return code;
}

/* --- as they were --- */

static enum pal_code take_earlier(struct pal_judge *judge, struct sights *sights, struct pal_err *err) {
  sights->n = 0;
  for (size_t i = 0; i < judge->facts.n; i++) {
    struct tenant_fact *tenant = judge->facts.v[i];
    for (size_t j = 0; tenant->here && tenant->in_scope && j < tenant->previous_events.n; j++) {
      if (!is_sight(tenant->previous_events.v[j]))
        continue;
      struct pal_record *copy = pal_record_dup(judge->arena, tenant->previous_events.v[j]);
      enum pal_code code = copy ? add_sight(judge, sights, tenant, copy, err) : pal_err_nomem(err);
      if (code != PAL_OK)
        return code;
    }
  }
  return PAL_OK;
}

static enum pal_code add_events(struct pal_judge *judge, const struct sights *sights, struct pal_err *err) {
  enum pal_code code = sandbox_exec(&judge->sandbox, "BEGIN", err);
  for (size_t i = 0; i < sights->n && code == PAL_OK; i++) {
    code = pal_records_add(judge->arena, &sights->v[i].tenant->events, sights->v[i].event, err);
    if (code == PAL_OK)
      code = judge_insert_event(judge, sights->v[i].tenant->id, sights->v[i].event, err);
  }
  judge_finish_inserts(judge);
  return code == PAL_OK ? sandbox_exec(&judge->sandbox, "COMMIT", err) : code;
}

enum pal_code judge_sights(struct pal_judge *judge, struct pal_err *err) {
  struct sights sights = {0};
  bool read = false;
  enum pal_code code = read_view(judge, &sights, &read, err);
  if (code == PAL_OK && !read)
    code = take_earlier(judge, &sights, err);
  sandbox_fill(&judge->sandbox, true);
  if (code == PAL_OK)
    code = add_events(judge, &sights, err);
  sandbox_fill(&judge->sandbox, false);
  for (size_t i = 0; i < judge->facts.n; i++)
    pal_records_sort(&judge->facts.v[i]->events, NULL);
  return code;
}
