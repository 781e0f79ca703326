/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_judge.h"

#include <stdlib.h>
#include <string.h>

#include "areas.h"
#include "finding.h"
#include "judge_private.h"
#include "settings.h"
#include "sql_scan.h"

/* --- tables --- */

static enum pal_code make_tables(struct pal_judge *judge, struct pal_err *err) {
  for (int state = 0; state < STATES; state++) {
    pal_buf_clear(&judge->text);
    tables_ddl(&judge->tables, (enum pal_state)state, judge->o.only != NULL, &judge->text);
    enum pal_code code = pal_buf_check(&judge->text, "tables", err);
    if (code == PAL_OK)
      code = sandbox_exec(&judge->sandbox, judge->text.data, err);
    if (code != PAL_OK)
      return code;
  }
  return PAL_OK;
}

/* --- policies --- */

static const char *not_collected(const struct pal_judge *judge, const struct pal_need *needs, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!area_collected(judge->o.settings, needs[i].area))
      return needs[i].area;
  return NULL;
}

/* Whether the judge was made for other policies than this one. */
static bool left_out(const struct pal_judge *judge, const struct pack_policy *only, const struct pack_policy *policy) {
  if (!judge->o.only || only == policy)
    return false;
  if (only && only->of_verdicts)
    return policy->of_verdicts;
  for (size_t i = 0; only && i < only->pub.folded_under_n; i++)
    if (strcmp(only->pub.folded_under[i], policy->pub.id) == 0)
      return false;
  return true;
}

static const struct pack_policy *find_only(const struct pal_judge *judge) {
  const struct pal_pack *pack = judge->o.pack;
  for (size_t i = 0; judge->o.only && i < pack->policies_n; i++)
    if (strcmp(pack->policies[i].pub.id, judge->o.only) == 0)
      return &pack->policies[i];
  return NULL;
}

/* *ret: what must be read before the policy can be judged, NULL for nothing. */
static enum pal_code why_not(const struct pal_judge *judge, const struct pal_policy *policy, const char **ret,
                             struct pal_err *err) {
  *ret = not_collected(judge, policy->reads, policy->reads_n);
  if (!*ret)
    *ret = not_collected(judge, policy->needs, policy->needs_n);
  if (policy->status != PAL_AWAITS)
    return PAL_OK;
  *ret = "";
  for (size_t i = 0; i < policy->status_words_n && *ret; i++)
    *ret = pal_arena_printf(judge->arena, "%s%s%s", *ret, i > 0 ? " and " : "", policy->status_words[i]);
  return *ret ? PAL_OK : pal_err_nomem(err);
}

/* A reason for unknown and a retired id have no verdict: other rules speak. */
static bool says_nothing(const struct pal_policy *policy) {
  return !policy->enabled || policy->status == PAL_REASON || policy->status == PAL_RETIRED;
}

static enum pal_code make_runs(struct pal_judge *judge, struct pal_err *err) {
  const struct pal_pack *pack = judge->o.pack;
  const struct pack_policy *only = find_only(judge);
  judge->runs = pal_arena_calloc(judge->arena, pack->policies_n, sizeof *judge->runs);
  judge->results = pal_arena_calloc(judge->arena, pack->policies_n, sizeof *judge->results);
  if (!judge->runs || !judge->results)
    return pal_err_nomem(err);
  for (size_t i = 0; i < pack->policies_n; i++) {
    struct policy_run *run = &judge->runs[i];
    run->policy = &pack->policies[i];
    const struct pal_policy *policy = &run->policy->pub;
    enum pal_code code = why_not(judge, policy, &run->why, err);
    if (code != PAL_OK)
      return code;
    run->of_verdicts = run->policy->of_verdicts;
    run->state = left_out(judge, only, run->policy) || says_nothing(policy) ? PAL_DISABLED
                 : run->why                                                 ? PAL_NOT_TESTED
                                                                            : PAL_TESTED;
  }
  return PAL_OK;
}

/* --- lifecycle of a judge --- */

static enum pal_code set_up(struct pal_judge *judge, struct pal_err *err) {
  pal_instant_format(judge->o.started, judge->started);
  pal_instant_date(judge->o.started, judge->today);
  if (judge->o.has_previous)
    pal_instant_format(judge->o.previous_started, judge->previous_started);
  judge->declared_max_days = setting_int(judge->o.settings, "declaredMaxAgeDays");
  facts_init(&judge->facts, judge->arena);
  if (!facts_get(&judge->facts, ""))
    return pal_err_nomem(err);
  enum pal_code code = judge_approve(judge, err);
  if (code == PAL_OK)
    code = tables_new(judge->arena, &judge->tables, err);
  if (code == PAL_OK)
    code = sandbox_open(&judge->sandbox, &judge->tables, judge->o.pack, judge->o.started, judge->o.steps_max, err);
  if (code == PAL_OK)
    code = make_runs(judge, err);
  if (code == PAL_OK)
    code = judge_find_reads(judge, err);
  if (code == PAL_OK)
    code = make_tables(judge, err);
  if (code == PAL_OK)
    code = sandbox_exec(&judge->sandbox, "BEGIN", err);
  return code == PAL_OK ? judge_load_inputs(judge, err) : code;
}

enum pal_code pal_judge_new(const struct pal_judge_options *options, struct pal_judge **ret, struct pal_err *err) {
  struct pal_arena *arena = pal_arena_new(0);
  struct pal_judge *judge = arena ? pal_arena_alloc(arena, sizeof *judge) : NULL;
  if (!judge) {
    pal_arena_free(arena);
    return pal_err_nomem(err);
  }
  judge->arena = arena;
  judge->o = *options;
  pal_buf_init(&judge->text, SANDBOX_LENGTH_MAX);
  enum pal_code code = set_up(judge, err);
  if (code != PAL_OK) {
    pal_judge_free(judge);
    return code;
  }
  *ret = judge;
  return PAL_OK;
}

void pal_judge_free(struct pal_judge *judge) {
  if (!judge)
    return;
  judge_finish_inserts(judge);
  sandbox_close(&judge->sandbox);
  pal_buf_deinit(&judge->text);
  pal_arena_free(judge->arena);
}

static bool table_wanted(const struct pal_judge *judge, enum pal_state state, const struct pal_kind *kind) {
  const struct table *table = tables_of_kind(&judge->tables, kind);
  if (table && table->wanted[state])
    return true;
  for (size_t i = 0; i < kind->n; i++) {
    const struct table *below = kind->fields[i].table ? tables_of_field(&judge->tables, kind, (int)i) : NULL;
    if (below && below->wanted[state])
      return true;
  }
  return false;
}

bool pal_judge_wants(const struct pal_judge *judge, enum pal_state state, const struct pal_kind *kind) {
  /* What the verdict rules and the events read themselves. */
  if (kind == &pal_kind_FINDING || kind == &pal_kind_EVENT || kind == &pal_kind_COVERAGE || kind == &pal_kind_TENANT ||
      kind == &pal_kind_IDENTITY)
    return true;
  if (state == PAL_STATE_NOW && (kind == &pal_kind_DELEGATION || kind == &pal_kind_SUBSCRIPTION))
    return true;
  return table_wanted(judge, state, kind);
}

struct tenant_fact *judge_tenant(struct pal_judge *judge, const char *tenant_id) {
  struct tenant_fact *tenant = facts_find(&judge->facts, tenant_id);
  if (tenant)
    return tenant;
  tenant = facts_get(&judge->facts, tenant_id);
  if (tenant)
    tenant->in_scope = !judge->o.in_scope || judge->o.in_scope(judge->o.scope_payload, tenant_id);
  return tenant;
}

/* --- settling --- */

static enum pal_code index_tables(struct pal_judge *judge, struct pal_err *err) {
  for (int state = 0; state < STATES; state++) {
    pal_buf_clear(&judge->text);
    tables_index_ddl(&judge->tables, (enum pal_state)state, &judge->text);
    enum pal_code code = pal_buf_check(&judge->text, "indexes", err);
    if (code == PAL_OK)
      code = sandbox_exec(&judge->sandbox, judge->text.data, err);
    if (code != PAL_OK)
      return code;
  }
  return PAL_OK;
}

enum pal_code judge_settle(struct pal_judge *judge, enum judge_purpose purpose, struct pal_err *err) {
  if (judge->settled)
    return PAL_OK;
  judge->settled = true;
  judge_part(judge, "events");
  facts_finish(&judge->facts);
  for (size_t i = 0; i < judge->facts.n; i++)
    judge->facts.v[i]->in_scope =
        !judge->o.in_scope || judge->o.in_scope(judge->o.scope_payload, judge->facts.v[i]->id);
  enum pal_code code = assess_prepare(judge, err);
  if (code == PAL_OK && purpose == JUDGE_TO_RUN)
    code = sandbox_exec(&judge->sandbox, "DELETE FROM main.event", err);
  if (code == PAL_OK && purpose == JUDGE_TO_RUN)
    code = judge_events(judge, err);
  judge_finish_inserts(judge);
  if (code == PAL_OK)
    code = sandbox_exec(&judge->sandbox, "COMMIT", err);
  judge_part(judge, "indexes");
  if (code == PAL_OK)
    code = index_tables(judge, err);
  judge_part(judge, "views");
  if (code == PAL_OK)
    code = judge_make_views(judge, purpose, err);
  sandbox_confine(&judge->sandbox);
  if (code == PAL_OK && purpose == JUDGE_TO_RUN)
    code = judge_compute_views(judge, err);
  judge_part(judge, "first sights");
  if (code == PAL_OK && purpose == JUDGE_TO_RUN)
    code = judge_sights(judge, err);
  return code;
}

/* --- judging --- */

static void count(struct pal_policy_result *result, const struct pal_record *finding) {
  if (finding_is(finding, PAL_FINDING_STATUS, "folded"))
    result->folded++;
  else if (finding_is(finding, PAL_FINDING_STATUS, "waived"))
    result->waived++;
  else if (finding_is(finding, PAL_FINDING_VERDICT, "unknown"))
    result->unknown++;
  else
    result->fail++;
}

static int by_id(const void *id, const void *policy) {
  return strcmp(id, ((const struct pack_policy *)policy)->pub.id);
}

static void count_all(struct pal_judge *judge) {
  const struct pal_pack *pack = judge->o.pack;
  for (size_t i = 0; i < pack->policies_n; i++)
    judge->results[i] = (struct pal_policy_result){
        .policy = &judge->runs[i].policy->pub, .state = judge->runs[i].state, .why = judge->runs[i].why};
  for (size_t v = 0; v < judge->verdicts_n; v++) {
    const struct pal_records *findings = &judge->verdicts[v].findings;
    for (size_t f = 0; f < findings->n && pack->policies_n; f++) {
      const char *id = pal_get_text(findings->v[f], PAL_FINDING_POLICY);
      const struct pack_policy *policy =
          id ? bsearch(id, pack->policies, pack->policies_n, sizeof *pack->policies, by_id) : NULL;
      if (policy)
        count(&judge->results[policy - pack->policies], findings->v[f]);
    }
  }
}

/* Outside the scope the parent's verdicts stand as they are. */
static void stand(struct tenant_fact *tenant) {
  if (!tenant->in_scope)
    tenant->findings = tenant->previous_findings;
  pal_records_sort(&tenant->findings, NULL);
}

static bool has_result(const struct tenant_fact *tenant) {
  return tenant->here || !tenant->id[0] || tenant->findings.n || tenant->events.n;
}

static enum pal_code collect_verdicts(struct pal_judge *judge, struct pal_err *err) {
  judge->verdicts = pal_arena_calloc(judge->arena, judge->facts.n, sizeof *judge->verdicts);
  if (!judge->verdicts)
    return pal_err_nomem(err);
  for (size_t i = 0; i < judge->facts.n; i++) {
    struct tenant_fact *tenant = judge->facts.v[i];
    stand(tenant);
    const char *name = tenant->customer ? pal_get_text(tenant->customer, PAL_CUSTOMER_NAME) : NULL;
    if (has_result(tenant))
      judge->verdicts[judge->verdicts_n++] = (struct pal_verdicts){.tenant_id = tenant->id,
                                                                   .tenant_name = name ? name : tenant->name,
                                                                   .findings = tenant->findings,
                                                                   .events = tenant->events};
  }
  count_all(judge);
  return PAL_OK;
}

/* Runs one policy; its rows are forgotten when findings were made of them. */
static enum pal_code judge_policy(struct pal_judge *judge, struct policy_run *run, struct pal_err *err) {
  judge_part(judge, run->policy->pub.id);
  enum pal_code code = run->state == PAL_TESTED ? judge_rows(judge, run, err) : PAL_OK;
  judge_part(judge, "findings");
  if (code == PAL_OK)
    code = judge_lifecycle(judge, run, err);
  pal_arena_free(run->arena);
  run->arena = NULL;
  run->rows = NULL;
  run->rows_n = 0;
  return code;
}

static bool any_of_verdicts(const struct pal_judge *judge) {
  for (size_t i = 0; i < pal_pack_n(judge->o.pack); i++)
    if (judge->runs[i].of_verdicts)
      return true;
  return false;
}

/* The policies of one turn. What was accepted or folded in the turn before stays so. */
static enum pal_code judge_turn(struct pal_judge *judge, bool of_verdicts, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < pal_pack_n(judge->o.pack) && code == PAL_OK; i++)
    if (judge->runs[i].of_verdicts == of_verdicts)
      code = judge_policy(judge, &judge->runs[i], err);
  judge_part(judge, "acceptances");
  if (code == PAL_OK)
    code = judge_waive(judge, err);
  judge_part(judge, "folding");
  return code == PAL_OK ? judge_fold(judge, err) : code;
}

enum pal_code pal_judge_run(struct pal_judge *judge, struct pal_err *err) {
  if (judge->settled)
    return pal_err_set(err, PAL_E_INTERNAL, "a judge runs once, and before any query");
  enum pal_code code = judge_settle(judge, JUDGE_TO_RUN, err);
  size_t n = pal_pack_n(judge->o.pack);
  if (code == PAL_OK)
    code = judge_turn(judge, false, err);
  bool again = any_of_verdicts(judge);
  judge_part(judge, "verdicts as a table");
  if (code == PAL_OK && again)
    code = judge_show_verdicts(judge, err);
  if (code == PAL_OK && again)
    code = judge_turn(judge, true, err);
  judge_part(judge, "unknowns");
  for (size_t i = 0; i < n && code == PAL_OK; i++)
    code = judge_unknowns(judge, &judge->runs[i], err);
  if (code != PAL_OK)
    return code;
  judge->ran = true;
  judge_part(judge, "results");
  return collect_verdicts(judge, err);
}

/* --- results --- */

size_t pal_judge_verdicts_n(const struct pal_judge *judge) {
  return judge->verdicts_n;
}

const struct pal_verdicts *pal_judge_verdicts(const struct pal_judge *judge, size_t i) {
  return i < judge->verdicts_n ? &judge->verdicts[i] : NULL;
}

const struct pal_policy_result *pal_judge_result(const struct pal_judge *judge, size_t i) {
  return judge->ran && i < pal_pack_n(judge->o.pack) ? &judge->results[i] : NULL;
}

size_t pal_judge_waiver_notes_n(const struct pal_judge *judge) {
  return judge->notes_n;
}

const struct pal_waiver_note *pal_judge_waiver_note(const struct pal_judge *judge, size_t i) {
  return i < judge->notes_n ? &judge->notes[i] : NULL;
}
