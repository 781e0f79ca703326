/* SPDX-License-Identifier: Apache-2.0 */
/*
 * waivers.c - risk acceptances. One holds for a fail that it names, when it has
 * a reason, an owner, a requester, another approver and an end date, has begun
 * and not ended, and every fact it is pinned to is as it was.
 */
#include <string.h>

#include "finding.h"
#include "pal_json.h"
#include "pal_text.h"

enum { ENDS_SOON_DAYS = 30, PIN_BYTES_MAX = 1 << 20, S_PER_DAY = 86400 };

struct waiver {
  const struct pal_record *record;
  const char *id;
  const char *lacks; /* what makes it void, NULL */
  const char *from, *until;
  const char *lapse; /* the first pinned fact that changed somewhere */
  bool early, ended, matched;
};

static const char *what_lacks(const struct pal_record *record) {
  static const struct {
    int field;
    const char *lacks;
  } needed[] = {{PAL_WAIVER_REASON, "lacks a reason"},
                {PAL_WAIVER_OWNER, "lacks an owner"},
                {PAL_WAIVER_REQUESTER, "lacks a requester"},
                {PAL_WAIVER_APPROVER, "lacks an approver"},
                {PAL_WAIVER_UNTIL, "lacks an end date"}};
  for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
    const char *text = pal_get_text(record, needed[i].field);
    if (!text || text[strspn(text, " \t")] == '\0')
      return needed[i].lacks;
  }
  if (pal_same_person(pal_get_text(record, PAL_WAIVER_REQUESTER), pal_get_text(record, PAL_WAIVER_APPROVER)))
    return "is approved by its requester";
  bool named = pal_get_text(record, PAL_WAIVER_FINGERPRINT) ||
               (pal_get_text(record, PAL_WAIVER_POLICY) && pal_get_text(record, PAL_WAIVER_SUBJECT));
  return named ? NULL : "names no finding";
}

static struct waiver make(const struct pal_judge *judge, const struct pal_record *record) {
  struct waiver waiver = {.record = record,
                          .id = pal_get_text(record, PAL_WAIVER_ID),
                          .lacks = what_lacks(record),
                          .from = pal_get_text(record, PAL_WAIVER_FROM),
                          .until = pal_get_text(record, PAL_WAIVER_UNTIL)};
  /* dates of one form compare as text */
  waiver.early = waiver.from && strcmp(judge->today, waiver.from) < 0;
  waiver.ended = waiver.until && strcmp(waiver.until, judge->today) < 0;
  return waiver;
}

/* --- which findings it names --- */

static bool names(const struct waiver *waiver, const char *tenant_id, const struct pal_record *finding) {
  const char *fingerprint = pal_get_text(waiver->record, PAL_WAIVER_FINGERPRINT);
  if (fingerprint)
    return finding_is(finding, PAL_FINDING_FINGERPRINT, fingerprint);
  const char *policy = pal_get_text(waiver->record, PAL_WAIVER_POLICY),
             *subject = pal_get_text(waiver->record, PAL_WAIVER_SUBJECT);
  const char *tenant = pal_get_text(waiver->record, PAL_WAIVER_TENANT),
             *key = pal_get_text(waiver->record, PAL_WAIVER_KEY);
  const char *own_key = pal_get_text(finding, PAL_FINDING_KEY);
  return policy && subject && finding_is(finding, PAL_FINDING_POLICY, policy) &&
         strcmp(finding_subject(finding, PAL_SUBJECT_ID), subject) == 0 &&
         strcmp(tenant ? tenant : "", tenant_id) == 0 && (!key || strcmp(key, own_key ? own_key : "") == 0);
}

/* --- pinned facts --- */

/* A JSON value for people: texts without quotes, an absent one as "none". */
static const char *say(struct pal_arena *arena, const char *json) {
  struct pal_json_doc *doc = NULL;
  struct pal_err ignored;
  if (!*json || strcmp(json, "null") == 0)
    return "none";
  if (*json != '"' || pal_json_parse(json, strlen(json), "pin", 0, 0, &doc, &ignored) != PAL_OK)
    return pal_arena_strdup(arena, json);
  const char *text = pal_arena_strdup(arena, pal_json_text(pal_json_root(doc)));
  pal_json_doc_free(doc);
  return text;
}

/* The finding's value of a column as compact JSON; "" when it has none. */
static void value_now(const struct pal_record *finding, const char *column, struct pal_buf *out) {
  const char *severity = pal_get_text(finding, PAL_FINDING_SEVERITY);
  pal_buf_clear(out);
  if (finding_detail(pal_get_text(finding, PAL_FINDING_DETAILS), column, out))
    return;
  pal_buf_clear(out);
  if (strcmp(column, "severity") == 0 && severity)
    pal_json_escape(out, severity);
}

static bool same_pin(const char *wanted, const char *now) {
  bool no_value = strcmp(wanted, "null") == 0;
  return no_value ? !*now || strcmp(now, "null") == 0 : strcmp(wanted, now) == 0;
}

/* *ret NULL when every pinned fact is as it was, else the sentence. */
static enum pal_code compare_pins(struct pal_judge *judge, const struct waiver *waiver,
                                  const struct pal_record *finding, const char **ret, struct pal_err *err) {
  const char *pins = pal_get_text(waiver->record, PAL_WAIVER_PINS);
  struct pal_json_doc *doc = NULL;
  struct pal_buf wanted, now;
  *ret = NULL;
  if (!pins)
    return PAL_OK;
  enum pal_code code = pal_json_parse(pins, strlen(pins), "pins", 0, 0, &doc, err);
  if (code != PAL_OK)
    return code;
  pal_buf_init(&wanted, PIN_BYTES_MAX);
  pal_buf_init(&now, 64 * (size_t)PIN_BYTES_MAX);
  for (const pal_json *pin = pal_json_first(pal_json_root(doc)); pin && code == PAL_OK && !*ret;
       pin = pal_json_next(pin)) {
    pal_buf_clear(&wanted);
    code = pal_json_compact(doc, pin, &wanted, err);
    value_now(finding, pal_json_key(pin), &now);
    if (code != PAL_OK || same_pin(wanted.data, now.data))
      continue;
    *ret = pal_arena_printf(judge->arena, "%s: accepted for %s %s, now %s", waiver->id, pal_json_key(pin),
                            say(judge->arena, wanted.data), say(judge->arena, now.data));
    if (!*ret)
      code = pal_err_nomem(err);
  }
  pal_buf_deinit(&wanted);
  pal_buf_deinit(&now);
  pal_json_doc_free(doc);
  return code;
}

/* --- one finding --- */

/* *ret_lapse: why a waiver that names the finding does not hold for it; NULL when nothing is to be said. */
static enum pal_code try(struct pal_judge *judge, struct waiver *waiver, const struct pal_record *finding,
                         bool *ret_holds, const char **ret_lapse, struct pal_err *err) {
  *ret_holds = false;
  *ret_lapse = NULL;
  if (waiver->lacks || waiver->early)
    return PAL_OK;
  if (waiver->ended) {
    *ret_lapse = pal_arena_printf(judge->arena, "%s: ended on %s", waiver->id, waiver->until);
    return *ret_lapse ? PAL_OK : pal_err_nomem(err);
  }
  enum pal_code code = compare_pins(judge, waiver, finding, ret_lapse, err);
  if (*ret_lapse && !waiver->lapse)
    waiver->lapse = *ret_lapse;
  *ret_holds = code == PAL_OK && !*ret_lapse;
  return code;
}

/* The first that holds wins; else the first that lapsed is told. */
static enum pal_code waive_one(struct pal_judge *judge, struct waiver *waivers, size_t n, const char *tenant_id,
                               struct pal_record *finding, struct pal_err *err) {
  const char *lapsed = NULL;
  bool waived = false;
  for (size_t i = 0; i < n; i++) {
    const char *lapse = NULL;
    bool holds = false;
    if (!names(&waivers[i], tenant_id, finding))
      continue;
    waivers[i].matched = true;
    enum pal_code code = try(judge, &waivers[i], finding, &holds, &lapse, err);
    if (code == PAL_OK && holds && !waived) {
      waived = true;
      code = pal_set_text(judge->arena, finding, PAL_FINDING_STATUS, "waived", err);
      if (code == PAL_OK)
        code = pal_set_text(judge->arena, finding, PAL_FINDING_WAIVER, waivers[i].id, err);
    }
    if (code != PAL_OK)
      return code;
    if (!lapsed)
      lapsed = lapse;
  }
  return lapsed && !waived ? pal_set_text(judge->arena, finding, PAL_FINDING_LAPSED, lapsed, err) : PAL_OK;
}

/* --- notes --- */

static const char *note_of(const struct pal_judge *judge, const struct waiver *waiver) {
  struct pal_instant limit = judge->o.started;
  char soon[11];
  limit.s += (int64_t)ENDS_SOON_DAYS * S_PER_DAY;
  pal_instant_date(limit, soon);
  if (waiver->lacks)
    return waiver->lacks;
  if (waiver->ended)
    return pal_arena_printf(judge->arena, "ended %s", waiver->until);
  if (waiver->early)
    return pal_arena_printf(judge->arena, "begins %s", waiver->from);
  if (!waiver->matched)
    return "matches nothing";
  if (waiver->lapse)
    return pal_arena_printf(judge->arena, "lapsed: %s", waiver->lapse + strlen(waiver->id) + 2);
  if (strcmp(waiver->until, soon) <= 0)
    return pal_arena_printf(judge->arena, "ends %s", waiver->until);
  return "";
}

static enum pal_code add_note(struct pal_judge *judge, const struct waiver *waiver, struct pal_err *err) {
  const char *note = note_of(judge, waiver);
  if (note && !*note)
    return PAL_OK;
  judge->notes = pal_arena_grow(judge->arena, judge->notes, judge->notes_n, &judge->notes_cap, sizeof *judge->notes);
  if (!note || !judge->notes)
    return pal_err_nomem(err);
  judge->notes[judge->notes_n++] = (struct pal_waiver_note){.id = waiver->id, .note = note};
  return PAL_OK;
}

/* Findings outside the scope keep their bytes; that an acceptance names one of them still counts. */
static void match_elsewhere(struct waiver *waivers, size_t n, const struct tenant_fact *tenant) {
  for (size_t i = 0; i < tenant->previous_findings.n; i++)
    for (size_t j = 0; j < n; j++)
      if (finding_is(tenant->previous_findings.v[i], PAL_FINDING_VERDICT, "fail") &&
          names(&waivers[j], tenant->id, tenant->previous_findings.v[i]))
        waivers[j].matched = true;
}

enum pal_code judge_waive(struct pal_judge *judge, struct pal_err *err) {
  static const struct pal_records none;
  const struct pal_records *records = judge->o.waivers ? pal_get_records(judge->o.waivers, PAL_WAIVERS_WAIVERS) : &none;
  struct waiver *waivers = pal_arena_calloc(judge->arena, records->n, sizeof *waivers);
  if (!waivers)
    return pal_err_nomem(err);
  for (size_t i = 0; i < records->n; i++)
    waivers[i] = make(judge, records->v[i]);
  judge->notes_n = 0; /* of the turn before */
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < judge->facts.n && records->n && code == PAL_OK; i++) {
    struct tenant_fact *tenant = judge->facts.v[i];
    if (!tenant->in_scope)
      match_elsewhere(waivers, records->n, tenant);
    for (size_t j = 0; j < tenant->findings.n && code == PAL_OK; j++)
      if (finding_is(tenant->findings.v[j], PAL_FINDING_VERDICT, "fail"))
        code = waive_one(judge, waivers, records->n, tenant->id, tenant->findings.v[j], err);
  }
  for (size_t i = 0; i < records->n && code == PAL_OK; i++)
    code = add_note(judge, &waivers[i], err);
  return code;
}
