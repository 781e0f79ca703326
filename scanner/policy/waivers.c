/* SPDX-License-Identifier: Apache-2.0 */
/*
 * waivers.c - risk acceptances. One holds for a fail that it names, when it has
 * a reason, an owner, a requester, another approver and an end date that is not
 * too far, has begun and not ended, is signed by its approver where signatures
 * are asked for, and every fact it is pinned to is as it was.
 */
#include <string.h>

#include "finding.h"
#include "pal_acceptance.h"
#include "pal_json.h"
#include "pal_text.h"
#include "settings.h"

enum { ENDS_SOON_DAYS = 30, PIN_BYTES_MAX = 1 << 20, S_PER_DAY = 86400 };

struct waiver {
  const struct pal_record *record;
  const char *id;
  const char *lacks; /* what makes it void, NULL */
  const char *from, *until;
  const struct approval *approval;
  const char *lapse;   /* the first pinned fact that changed somewhere */
  const char *unbound; /* the policy of a finding it names that pins facts, where it is bound to none */
  size_t named, covers;
  const struct pal_record *finding; /* the first it names */
  const char *tenant_id;
  bool early, ended;
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

static int64_t day_of(const char *date) {
  struct pal_instant at = {0};
  char text[] = "YYYY-MM-DDT00:00:00Z";
  memcpy(text, date, 10);
  (void)pal_instant_parse(text, &at); /* a date of the field table is one */
  return at.s / S_PER_DAY;
}

enum pal_code pal_acceptance_lacks(struct pal_arena *arena, const struct pal_record *waiver,
                                   const struct pal_record *settings, const char *today, const char **ret,
                                   struct pal_err *err) {
  const char *from = pal_get_text(waiver, PAL_WAIVER_FROM), *until = pal_get_text(waiver, PAL_WAIVER_UNTIL);
  int64_t most = setting_int(settings, "waiverMaxDays");
  *ret = what_lacks(waiver);
  if (*ret || day_of(until) - day_of(from ? from : today) <= most)
    return PAL_OK;
  *ret = pal_arena_printf(arena, "lasts longer than %lld days", (long long)most);
  return *ret ? PAL_OK : pal_err_nomem(err);
}

static const char *day_now(const struct pal_judge *judge) {
  return judge->o.acceptances_on ? judge->o.acceptances_on : judge->today;
}

static enum pal_code make(const struct pal_judge *judge, size_t i, const struct pal_record *record, struct waiver *ret,
                          struct pal_err *err) {
  *ret = (struct waiver){.record = record,
                         .id = pal_get_text(record, PAL_WAIVER_ID),
                         .approval = &judge->approvals[i],
                         .from = pal_get_text(record, PAL_WAIVER_FROM),
                         .until = pal_get_text(record, PAL_WAIVER_UNTIL)};
  /* dates of one form compare as text */
  ret->early = ret->from && strcmp(day_now(judge), ret->from) < 0;
  ret->ended = ret->until && strcmp(ret->until, day_now(judge)) < 0;
  return pal_acceptance_lacks(judge->arena, record, judge->o.settings, day_now(judge), &ret->lacks, err);
}

/* --- its approver's signature --- */

static enum pal_code approve(struct pal_judge *judge, const struct pal_signers *approvers,
                             const struct pal_record *record, struct approval *ret, struct pal_err *err) {
  struct pal_sshsig_verdict verdict;
  *ret = (struct approval){.record = record, .state = PAL_APPROVAL_UNPROVEN};
  if (!approvers)
    return PAL_OK;
  enum pal_code code = pal_acceptance_verify(approvers, record, judge->o.started, &verdict, err);
  if (code != PAL_OK)
    return code;
  bool good = verdict.state == PAL_SSHSIG_GOOD;
  ret->state = good ? PAL_APPROVAL_SIGNED : PAL_APPROVAL_MISSING;
  ret->text = good ? pal_arena_printf(judge->arena, "%s %s", verdict.type, verdict.fingerprint)
                   : pal_arena_strdup(judge->arena, verdict.why);
  return ret->text ? PAL_OK : pal_err_nomem(err);
}

static const struct pal_records *list_of(const struct pal_judge *judge) {
  static const struct pal_records none;
  return judge->o.waivers ? pal_get_records(judge->o.waivers, PAL_WAIVERS_WAIVERS) : &none;
}

enum pal_code judge_approve(struct pal_judge *judge, struct pal_err *err) {
  const struct pal_records *records = list_of(judge);
  struct pal_signers *approvers = NULL;
  judge->approvals = pal_arena_calloc(judge->arena, records->n, sizeof *judge->approvals);
  if (!judge->approvals)
    return pal_err_nomem(err);
  enum pal_code code = pal_approvers_read(judge->o.settings, &approvers, err);
  for (size_t i = 0; i < records->n && code == PAL_OK; i++)
    code = approve(judge, approvers, records->v[i], &judge->approvals[i], err);
  pal_signers_free(approvers);
  return code;
}

const char *judge_not_approved(struct pal_judge *judge, const struct pal_record *waiver) {
  /* rows are made in the order of the list, once for each schema */
  for (size_t n = list_of(judge)->n, i = 0; i < n; i++) {
    const struct approval *approval = &judge->approvals[(judge->approvals_at + i) % n];
    if (approval->record != waiver)
      continue;
    judge->approvals_at = (judge->approvals_at + i + 1) % n;
    return approval->state == PAL_APPROVAL_MISSING ? approval->text : NULL;
  }
  return NULL;
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
  if (waiver->ended || waiver->approval->state == PAL_APPROVAL_MISSING) {
    *ret_lapse = waiver->ended
                     ? pal_arena_printf(judge->arena, "%s: ended on %s", waiver->id, waiver->until)
                     : pal_arena_printf(judge->arena, "%s: not approved: %s", waiver->id, waiver->approval->text);
    return *ret_lapse ? PAL_OK : pal_err_nomem(err);
  }
  enum pal_code code = compare_pins(judge, waiver, finding, ret_lapse, err);
  if (*ret_lapse && !waiver->lapse)
    waiver->lapse = *ret_lapse;
  *ret_holds = code == PAL_OK && !*ret_lapse;
  waiver->covers += *ret_holds;
  return code;
}

/* Whether the finding has a column that its policy would bind an acceptance to. */
static bool has_pins(const struct pal_policy *policy, const struct pal_record *finding) {
  const char *details = pal_get_text(finding, PAL_FINDING_DETAILS);
  struct pal_buf value;
  bool found = false;
  pal_buf_init(&value, 64 * (size_t)PIN_BYTES_MAX);
  for (size_t i = 0; i < policy->pins_n && !found; i++)
    found = finding_detail(details, policy->pins[i], &value);
  pal_buf_deinit(&value);
  return found;
}

static void note_named(const struct pal_judge *judge, struct waiver *waiver, const char *tenant_id,
                       const struct pal_record *finding) {
  const struct pal_policy *policy = pal_pack_find(judge->o.pack, pal_get_text(finding, PAL_FINDING_POLICY));
  if (waiver->named++ == 0) {
    waiver->finding = finding;
    waiver->tenant_id = tenant_id;
  }
  if (!waiver->unbound && policy && !pal_get_text(waiver->record, PAL_WAIVER_PINS) && has_pins(policy, finding))
    waiver->unbound = policy->id;
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
    note_named(judge, &waivers[i], tenant_id, finding);
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

/* --- what became of each --- */

const char *pal_acceptance_word(enum pal_acceptance_state state) {
  static const char *const words[] = {
      [PAL_ACCEPTANCE_HOLDS] = "holds",
      [PAL_ACCEPTANCE_ENDS] = "ends soon",
      [PAL_ACCEPTANCE_ENDED] = "ended",
      [PAL_ACCEPTANCE_BEGINS] = "begins later",
      [PAL_ACCEPTANCE_LAPSED] = "lapsed",
      [PAL_ACCEPTANCE_NOTHING] = "matches nothing",
      [PAL_ACCEPTANCE_NOT_APPROVED] = "not approved",
      [PAL_ACCEPTANCE_VOID] = "void",
  };
  return words[state];
}

static enum pal_acceptance_state state_of(const struct pal_judge *judge, const struct waiver *waiver) {
  if (waiver->lacks)
    return PAL_ACCEPTANCE_VOID;
  if (waiver->ended)
    return PAL_ACCEPTANCE_ENDED;
  if (waiver->early)
    return PAL_ACCEPTANCE_BEGINS;
  if (waiver->approval->state == PAL_APPROVAL_MISSING)
    return PAL_ACCEPTANCE_NOT_APPROVED;
  if (waiver->named == 0)
    return PAL_ACCEPTANCE_NOTHING;
  if (waiver->lapse)
    return PAL_ACCEPTANCE_LAPSED;
  return day_of(waiver->until) - day_of(day_now(judge)) <= ENDS_SOON_DAYS ? PAL_ACCEPTANCE_ENDS : PAL_ACCEPTANCE_HOLDS;
}

/* What it says of the state; "" when it holds. NULL: no memory. */
static const char *note_of(const struct pal_judge *judge, const struct waiver *waiver,
                           enum pal_acceptance_state state) {
  switch (state) {
  case PAL_ACCEPTANCE_VOID: return waiver->lacks;
  case PAL_ACCEPTANCE_ENDED: return pal_arena_printf(judge->arena, "ended %s", waiver->until);
  case PAL_ACCEPTANCE_BEGINS: return pal_arena_printf(judge->arena, "begins %s", waiver->from);
  case PAL_ACCEPTANCE_NOT_APPROVED: return pal_arena_printf(judge->arena, "not approved: %s", waiver->approval->text);
  case PAL_ACCEPTANCE_NOTHING: return "matches nothing";
  case PAL_ACCEPTANCE_LAPSED:
    return pal_arena_printf(judge->arena, "lapsed: %s", waiver->lapse + strlen(waiver->id) + 2);
  case PAL_ACCEPTANCE_ENDS: return pal_arena_printf(judge->arena, "ends %s", waiver->until);
  case PAL_ACCEPTANCE_HOLDS: break;
  }
  return "";
}

/* *ret NULL: it is not. */
static enum pal_code find_wider(const struct pal_judge *judge, const struct waiver *waiver, const char **ret,
                                struct pal_err *err) {
  *ret = NULL;
  if (waiver->named > 1)
    *ret = pal_arena_printf(judge->arena, "wider than needed: it covers %zu findings, and a key would name one",
                            waiver->named);
  else if (waiver->unbound)
    *ret = pal_arena_printf(judge->arena, "wider than needed: it is bound to no facts, and %s names some to pin",
                            waiver->unbound);
  else
    return PAL_OK;
  return *ret ? PAL_OK : pal_err_nomem(err);
}

static enum pal_code add_result(struct pal_judge *judge, const struct waiver *waiver, struct pal_acceptance *ret,
                                struct pal_err *err) {
  *ret = (struct pal_acceptance){.record = waiver->record,
                                 .state = state_of(judge, waiver),
                                 .signer = waiver->approval->text,
                                 .approval = waiver->approval->state,
                                 .covers = waiver->covers,
                                 .finding = waiver->finding,
                                 .tenant_id = waiver->tenant_id};
  ret->note = note_of(judge, waiver, ret->state);
  enum pal_code code = ret->note ? find_wider(judge, waiver, &ret->wider, err) : pal_err_nomem(err);
  if (code != PAL_OK || !*ret->note)
    return code;
  judge->notes = pal_arena_grow(judge->arena, judge->notes, judge->notes_n, &judge->notes_cap, sizeof *judge->notes);
  if (!judge->notes)
    return pal_err_nomem(err);
  judge->notes[judge->notes_n++] = (struct pal_waiver_note){.id = waiver->id, .note = ret->note};
  return PAL_OK;
}

/* Findings outside the scope keep their bytes; that an acceptance names one of them still counts. */
static void match_elsewhere(const struct pal_judge *judge, struct waiver *waivers, size_t n,
                            const struct tenant_fact *tenant) {
  for (size_t i = 0; i < tenant->previous_findings.n; i++) {
    const struct pal_record *finding = tenant->previous_findings.v[i];
    for (size_t j = 0; j < n; j++) {
      if (!finding_is(finding, PAL_FINDING_VERDICT, "fail") || !names(&waivers[j], tenant->id, finding))
        continue;
      note_named(judge, &waivers[j], tenant->id, finding);
      waivers[j].covers +=
          finding_is(finding, PAL_FINDING_STATUS, "waived") && finding_is(finding, PAL_FINDING_WAIVER, waivers[j].id);
    }
  }
}

enum pal_code judge_waive(struct pal_judge *judge, struct pal_err *err) {
  const struct pal_records *records = list_of(judge);
  struct waiver *waivers = pal_arena_calloc(judge->arena, records->n, sizeof *waivers);
  judge->acceptances = pal_arena_calloc(judge->arena, records->n, sizeof *judge->acceptances);
  if (!waivers || !judge->acceptances)
    return pal_err_nomem(err);
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < records->n && code == PAL_OK; i++)
    code = make(judge, i, records->v[i], &waivers[i], err);
  judge->notes_n = 0; /* of the turn before */
  for (size_t i = 0; i < judge->facts.n && records->n && code == PAL_OK; i++) {
    struct tenant_fact *tenant = judge->facts.v[i];
    if (!tenant->in_scope)
      match_elsewhere(judge, waivers, records->n, tenant);
    for (size_t j = 0; j < tenant->findings.n && code == PAL_OK; j++)
      if (finding_is(tenant->findings.v[j], PAL_FINDING_VERDICT, "fail"))
        code = waive_one(judge, waivers, records->n, tenant->id, tenant->findings.v[j], err);
  }
  for (size_t i = 0; i < records->n && code == PAL_OK; i++)
    code = add_result(judge, &waivers[i], &judge->acceptances[i], err);
  judge->acceptances_n = code == PAL_OK ? records->n : 0;
  return code;
}

size_t pal_judge_acceptances_n(const struct pal_judge *judge) {
  return judge->acceptances_n;
}

const struct pal_acceptance *pal_judge_acceptance(const struct pal_judge *judge, size_t i) {
  return i < judge->acceptances_n ? &judge->acceptances[i] : NULL;
}
