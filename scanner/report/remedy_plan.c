/* SPDX-License-Identifier: Apache-2.0 */
/* remedy_plan.c - from findings to steps: who can do what, with which ids, and what in its place. */
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "remedy.h"
#include "remedy_place.h"

enum { WAYS_MAX = 8, COMMAND_BYTES = 16 << 10, BUCKETS = 1 << 12 };

struct making {
  struct pal_arena *arena;
  const struct pal_report *report;
  const struct pal_remedies *remedies;
  struct pal_judge *judge;
  struct remedy_places places;
  struct pal_plan *plan;
  size_t bucket[BUCKETS]; /* the last step of the tenants that fall there, plus one */
  size_t *before;         /* for each step the one before it in its bucket, plus one */
  size_t before_cap;
  struct pal_err *err;
};

/* One finding, and the ways its policy names. */
struct case_of {
  const struct pal_reported *reported;
  const pal_json *details;
  struct pal_remedy_ids ids;
};

/* --- a way, filled in --- */

static const char *fill(struct making *m, const char *text, const struct pal_remedy_ids *ids,
                        enum pal_remedy_shell shell, bool *complete) {
  struct pal_buf out;
  pal_buf_init(&out, COMMAND_BYTES);
  bool whole = pal_remedy_fill(&out, text, ids, shell);
  *complete = *complete && whole;
  const char *made = pal_buf_check(&out, "a command", m->err) == PAL_OK ? pal_arena_strdup(m->arena, out.data) : NULL;
  pal_buf_deinit(&out);
  return made;
}

static bool is_person(const struct pal_remedy_ids *ids) {
  return ids->type && (strcmp(ids->type, "user") == 0 || strcmp(ids->type, "guest") == 0);
}

/* Of the two commands that remove an account the one for its kind, where that is known. */
static bool is_other_kind(const char *command, const struct pal_remedy_ids *ids) {
  bool of_person = strstr(command, "az ad user ") || strstr(command, "-AzADUser ");
  bool of_app = strstr(command, "az ad sp ") || strstr(command, "-AzADServicePrincipal ");
  return ids->type && (is_person(ids) ? of_app : of_person);
}

/* A command is written once for each role assignment that was found. */
static size_t times(const char *command, size_t assignments_n) {
  bool each = strstr(command, "ASSIGNMENT") || strstr(command, " SCOPE");
  return each && assignments_n > 0 ? assignments_n : 1;
}

static const char **fill_commands(struct making *m, enum pal_remedy_shell shell,
                                  const struct remedy_assignments *assignments, struct pal_way *way, size_t *ret_n) {
  const struct pal_remedy_ids *ids = &way->ids;
  const char *const *commands = shell == PAL_REMEDY_SH ? way->fix->az : way->fix->powershell;
  size_t n = 0, cap = 0;
  const char **list = NULL;
  for (size_t i = 0; i < PAL_FIX_COMMANDS_MAX && commands[i]; i++) {
    if (is_other_kind(commands[i], ids))
      continue;
    for (size_t k = 0; k < times(commands[i], assignments->n); k++) {
      struct pal_remedy_ids of = *ids;
      if (assignments->n > 0) {
        of.assignment = assignments->v[k].id;
        of.scope = assignments->v[k].scope;
        of.role = assignments->v[k].role;
      }
      const char **grown = pal_arena_grow(m->arena, list, n, &cap, sizeof *grown);
      if (!grown || !(grown[n] = fill(m, commands[i], &of, shell, &way->complete)))
        return NULL;
      list = grown;
      n++;
    }
  }
  *ret_n = n;
  return n > 0 ? list : pal_arena_calloc(m->arena, 1, sizeof *list);
}

static enum pal_code make_way(struct making *m, const struct pal_fix *fix, const struct pal_remedy_ids *ids,
                              struct pal_way *ret) {
  struct remedy_assignments found = {0};
  bool titled = true;
  enum pal_code code = PAL_OK;
  *ret = (struct pal_way){.fix = fix, .ids = *ids, .complete = true};
  if (strcmp(fix->word, "F7") == 0 && !ids->assignment && ids->object.s[0])
    code = remedy_assignments(m->arena, m->judge, ids, &found, m->err);
  if (code != PAL_OK)
    return code;
  ret->title = fill(m, fix->title, ids, PAL_REMEDY_SH, &titled);
  ret->az = fill_commands(m, PAL_REMEDY_SH, &found, ret, &ret->az_n);
  ret->powershell = fill_commands(m, PAL_REMEDY_POWERSHELL, &found, ret, &ret->powershell_n);
  /* Which of two kinds an account is, its administrator must look up. */
  if (strcmp(fix->word, "F7a") == 0 && !ids->type)
    ret->complete = false;
  return ret->title && ret->az && ret->powershell ? PAL_OK : pal_err_nomem(m->err);
}

const char *pal_way_sign_in(struct pal_arena *arena, const struct pal_way *way, bool powershell) {
  const char *tenant = way->ids.tenant.s[0] ? way->ids.tenant.s : "T", *type = way->ids.type;
  if (!way->fix->signs_in)
    return NULL;
  bool itself = way->fix->actor == PAL_ACTOR_IDENTITY;
  const char *app = way->ids.app.s[0] ? way->ids.app.s : "APPID";
  if (itself && type && strcmp(type, "managedIdentity") == 0)
    return powershell ? "Connect-AzAccount -Identity" : "az login --identity --allow-no-subscriptions";
  if (itself && type && strcmp(type, "servicePrincipal") == 0)
    return powershell ? pal_arena_printf(arena,
                                         "Connect-AzAccount -ServicePrincipal -ApplicationId %s -CertificateThumbprint "
                                         "THUMBPRINT -Tenant %s",
                                         app, tenant)
                      : pal_arena_printf(arena,
                                         "az login --service-principal -u %s --certificate cert.pem --tenant %s "
                                         "--allow-no-subscriptions",
                                         app, tenant);
  return powershell
             ? pal_arena_printf(arena, "Connect-AzAccount -Tenant %s", tenant)
             : pal_arena_printf(arena, "az login --tenant %s%s", tenant, itself ? " --allow-no-subscriptions" : "");
}

/* --- steps --- */

static bool writes_link(const struct pal_fix *fix) {
  return fix->effect == PAL_FIX_LINKS;
}

static bool same_way(const struct pal_way *a, const struct pal_way *b) {
  return a->fix == b->fix && strcmp(a->ids.tenant.s, b->ids.tenant.s) == 0 &&
         strcmp(a->ids.object.s, b->ids.object.s) == 0 && strcmp(a->title, b->title) == 0 && a->az_n == b->az_n &&
         (a->az_n == 0 || strcmp(a->az[0], b->az[0]) == 0);
}

/* What is done is the same; what may be done in its place need not be. */
static bool same_step(const struct pal_step *a, const struct pal_step *b) {
  return strcmp(a->tenant_id, b->tenant_id) == 0 && same_way(&a->ways[0], &b->ways[0]);
}

static enum pal_code add_ways(struct making *m, struct pal_step *step, const struct pal_step *from) {
  struct pal_way *ways = pal_arena_calloc(m->arena, step->ways_n + from->ways_n, sizeof *ways);
  if (!ways)
    return pal_err_nomem(m->err);
  memcpy(ways, step->ways, step->ways_n * sizeof *ways);
  size_t n = step->ways_n;
  for (size_t i = 1; i < from->ways_n; i++) {
    bool known = false;
    for (size_t k = 1; k < n; k++)
      known = known || same_way(&ways[k], &from->ways[i]);
    if (!known)
      ways[n++] = from->ways[i];
  }
  step->ways = ways;
  step->ways_n = n;
  return PAL_OK;
}

static enum pal_code add_finding(struct making *m, struct pal_step *step, const struct pal_reported *reported) {
  for (size_t i = 0; i < step->findings_n; i++)
    if (step->findings[i] == reported)
      return PAL_OK;
  const struct pal_reported **grown =
      pal_arena_grow(m->arena, step->findings, step->findings_n, &step->findings_cap, sizeof *grown);
  if (!grown)
    return pal_err_nomem(m->err);
  step->findings = grown;
  grown[step->findings_n++] = reported;
  int severity = pal_severity_rank(pal_get_text(reported->finding, PAL_FINDING_SEVERITY));
  if (severity < step->severity)
    step->severity = severity;
  step->unknown = step->unknown && report_is(reported->finding, PAL_FINDING_VERDICT, "unknown");
  return PAL_OK;
}

static size_t *bucket_of(struct making *m, const char *tenant_id) {
  size_t hash = 5381;
  for (; *tenant_id; tenant_id++)
    hash = hash * 33 + (unsigned char)*tenant_id;
  return &m->bucket[hash % BUCKETS];
}

static enum pal_code add_step(struct making *m, const struct case_of *c, struct pal_way *ways, size_t n, size_t order,
                              const char *after) {
  struct pal_plan *plan = m->plan;
  const struct pal_remedy_ids *ids = &ways[0].ids;
  bool elsewhere = ids->tenant.s[0] && strcmp(ids->tenant.s, c->reported->tenant_id) != 0;
  const struct account *account = remedy_account(m->remedies, ids->tenant.s, ids->object.s);
  struct pal_step step = {.tenant_id = ids->tenant.s[0] ? pal_arena_strdup(m->arena, ids->tenant.s)
                                                        : report_tenant_id(c->reported->tenant_id),
                          .tenant_name = elsewhere ? NULL : c->reported->tenant_name,
                          .actor = ways[0].fix->actor,
                          .severity = PAL_SEVERITIES - 1,
                          .unknown = true,
                          .order = order,
                          .after = after,
                          .names = account ? account->names : NULL,
                          .undecided = writes_link(ways[0].fix) && !ids->partner.s[0],
                          .ways_n = n};
  step.ways = pal_arena_calloc(m->arena, n, sizeof *step.ways);
  if (!step.tenant_id || !step.ways)
    return pal_err_nomem(m->err);
  memcpy(step.ways, ways, n * sizeof *ways);
  size_t *bucket = bucket_of(m, step.tenant_id);
  for (size_t i = *bucket; i > 0; i = m->before[i - 1]) {
    struct pal_step *known = &plan->steps[i - 1];
    if (!same_step(known, &step))
      continue;
    if (known->order > order) { /* one finding alone asks for it at once */
      known->order = order;
      known->after = after;
    }
    enum pal_code code = add_ways(m, known, &step);
    return code == PAL_OK ? add_finding(m, known, c->reported) : code;
  }
  struct pal_step *grown = pal_arena_grow(m->arena, plan->steps, plan->steps_n, &plan->steps_cap, sizeof *grown);
  size_t *before = pal_arena_grow(m->arena, m->before, plan->steps_n, &m->before_cap, sizeof *before);
  if (!grown || !before)
    return pal_err_nomem(m->err);
  plan->steps = grown;
  m->before = before;
  before[plan->steps_n] = *bucket;
  *bucket = plan->steps_n + 1;
  grown[plan->steps_n] = step;
  return add_finding(m, &grown[plan->steps_n++], c->reported);
}

static bool has_fix(const struct pal_way *ways, size_t n, const char *word) {
  for (size_t i = 0; i < n; i++)
    if (strcmp(ways[i].fix->word, word) == 0)
      return true;
  return false;
}

static enum pal_code append(struct making *m, const char *word, const struct pal_remedy_ids *ids,
                            struct pal_way ways[WAYS_MAX], size_t *n) {
  if (*n == WAYS_MAX || has_fix(ways, *n, word))
    return PAL_OK;
  return make_way(m, pal_fix_find(word, strlen(word)), ids, &ways[(*n)++]);
}

/* Whoever is asked for a role is told, too, that the access can be ended. */
static enum pal_code add_ending(struct making *m, struct pal_way ways[WAYS_MAX], size_t *n) {
  const struct pal_remedy_ids *ids = NULL;
  for (size_t i = 0; i < *n; i++)
    if (strcmp(ways[i].fix->word, "F4") == 0)
      ids = &ways[i].ids;
  enum pal_code code = PAL_OK;
  if (ids && ids->linked.s[0])
    code = append(m, "F3d", ids, ways, n);
  if (code == PAL_OK && ids)
    code = append(m, "F7a", ids, ways, n);
  return code;
}

/* The first way that can be told of somebody goes first: nobody to link is no way. */
static void bring_forward(struct pal_way *ways, size_t n) {
  if (n < 2 || !writes_link(ways[0].fix) || ways[0].ids.object.s[0])
    return;
  struct pal_way first = ways[0];
  memmove(&ways[0], &ways[1], (n - 1) * sizeof *ways);
  ways[n - 1] = first;
}

/* One step of the finding: the use at `first` and what may stand in its place; main: the ids of who does it. */
static enum pal_code make_step(struct making *m, const struct case_of *c, size_t first,
                               const struct pal_remedy_ids *main, size_t order, const char *after,
                               const char **ret_title) {
  const struct pal_policy *policy = c->reported->policy;
  struct pal_way ways[WAYS_MAX];
  size_t n = 0;
  enum pal_code code = make_way(m, policy->fixes[first].fix, main, &ways[n++]);
  for (size_t i = first + 1; i < policy->fixes_n && policy->fixes[i].is_instead && n < WAYS_MAX && code == PAL_OK;
       i++) {
    struct remedy_people people = {0};
    code = remedy_people(m->arena, &m->places, &policy->fixes[i], c->details, &c->ids, &people, m->err);
    if (code == PAL_OK)
      code = make_way(m, policy->fixes[i].fix, people.n > 0 ? &people.v[0] : &c->ids, &ways[n++]);
  }
  if (code == PAL_OK) {
    bring_forward(ways, n);
    code = add_ending(m, ways, &n);
  }
  *ret_title = ways[0].title;
  return code == PAL_OK ? add_step(m, c, ways, n, order, after) : code;
}

static enum pal_code make_steps(struct making *m, const struct case_of *c) {
  const struct pal_policy *policy = c->reported->policy;
  const char *after = NULL, *title = NULL;
  size_t order = 0;
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < policy->fixes_n && code == PAL_OK; i++) {
    if (policy->fixes[i].is_instead)
      continue;
    struct remedy_people people = {0};
    code = remedy_people(m->arena, &m->places, &policy->fixes[i], c->details, &c->ids, &people, m->err);
    if (code == PAL_OK && people.n == 0)
      code = make_step(m, c, i, &c->ids, order, after, &title);
    for (size_t k = 0; k < people.n && code == PAL_OK; k++)
      code = make_step(m, c, i, &people.v[k], order, after, &title);
    after = title;
    order++;
  }
  return code;
}

static enum pal_code plan_unknown(struct making *m, const struct case_of *c) {
  static const struct pal_fix everywhere = {.word = "F0",
                                            .title = "Find out what was not read, and read it again",
                                            .actor = PAL_ACTOR_US,
                                            .effect = PAL_FIX_READS,
                                            .az = {"palscan doctor", "palscan scan"},
                                            .powershell = {"palscan doctor", "palscan scan"}};
  static const struct pal_fix broken = {.word = "rule",
                                        .title = "Mend the rule: it could not be judged",
                                        .actor = PAL_ACTOR_US,
                                        .effect = PAL_FIX_BOOKS,
                                        .az = {"palscan policies lint"},
                                        .powershell = {"palscan policies lint"}};
  struct pal_way way;
  struct pal_remedy_ids ids = {.tenant = c->ids.tenant};
  const struct pal_fix *fix = remedy_is_broken(c->reported) ? &broken
                              : ids.tenant.s[0]             ? pal_fix_find("F0", 2)
                                                            : &everywhere;
  enum pal_code code = make_way(m, fix, &ids, &way);
  return code == PAL_OK ? add_step(m, c, &way, 1, 0, NULL) : code;
}

/* A rule of one's own that names no way: what it says itself. */
static enum pal_code plan_words(struct making *m, const struct case_of *c) {
  static const struct pal_fix own = {
      .word = "own", .title = "Do what the rule says", .actor = PAL_ACTOR_US, .effect = PAL_FIX_BOOKS};
  struct pal_way way;
  enum pal_code code = make_way(m, &own, &c->ids, &way);
  return code == PAL_OK ? add_step(m, c, &way, 1, 0, NULL) : code;
}

static enum pal_code plan_finding(struct making *m, const struct pal_reported *reported) {
  struct pal_json_doc *doc = NULL;
  const char *details = pal_get_text(reported->finding, PAL_FINDING_DETAILS);
  if (details && pal_json_parse(details, strlen(details), "details", 0, 0, &doc, NULL) != PAL_OK)
    doc = NULL;
  struct case_of c = {.reported = reported, .details = doc ? pal_json_root(doc) : NULL};
  remedy_ids(m->arena, m->remedies, reported, c.details, &c.ids);
  enum pal_code code = PAL_OK;
  if (report_is(reported->finding, PAL_FINDING_VERDICT, "unknown"))
    code = plan_unknown(m, &c);
  else if (!reported->policy || reported->policy->fixes_n == 0)
    code = plan_words(m, &c);
  else
    code = make_steps(m, &c);
  pal_json_doc_free(doc);
  return code;
}

/* --- order --- */

static int compare_numbers(size_t a, size_t b) {
  return (a > b) - (a < b);
}

static int compare_steps(const void *a, const void *b) {
  const struct pal_step *x = a, *y = b;
  int cmp = report_compare_customers(x->tenant_id, x->tenant_name, y->tenant_id, y->tenant_name);
  if (!cmp)
    cmp = (int)x->actor - (int)y->actor;
  if (!cmp && x->actor == PAL_ACTOR_IDENTITY) /* who signs in does all of it at once */
    cmp = strcmp(x->ways[0].ids.object.s, y->ways[0].ids.object.s);
  if (!cmp)
    cmp = compare_numbers(x->order, y->order);
  if (!cmp)
    cmp = x->severity - y->severity;
  if (!cmp)
    cmp = strcmp(x->ways[0].fix->word, y->ways[0].fix->word);
  if (!cmp)
    cmp = strcmp(x->ways[0].ids.object.s, y->ways[0].ids.object.s);
  return cmp ? cmp
             : strcmp(pal_get_text(x->findings[0]->finding, PAL_FINDING_FINGERPRINT),
                      pal_get_text(y->findings[0]->finding, PAL_FINDING_FINGERPRINT));
}

/* The names of customers, for steps in a tenant that the finding is not of. */
static const char *name_of(const struct pal_report *report, const char *tenant_id) {
  for (size_t i = 0; i < report->findings_n; i++)
    if (report->findings[i].tenant_name && strcmp(report->findings[i].tenant_id, tenant_id) == 0)
      return report->findings[i].tenant_name;
  return NULL;
}

enum pal_code pal_plan_make(struct pal_arena *arena, const struct pal_report *report,
                            const struct pal_remedies *remedies, struct pal_judge *judge, const char *only_tenant,
                            struct pal_plan *ret, struct pal_err *err) {
  struct making m = {.arena = arena, .report = report, .remedies = remedies, .judge = judge, .plan = ret, .err = err};
  m.places = (struct remedy_places){.arena = arena, .judge = judge, .remedies = remedies};
  *ret = (struct pal_plan){.commit = report->commit, .started = report->started};
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < report->findings_n && code == PAL_OK; i++) {
    const struct pal_reported *reported = &report->findings[i];
    if (only_tenant && strcmp(reported->tenant_id, only_tenant) != 0)
      continue;
    if (!report_is(reported->finding, PAL_FINDING_STATUS, "open")) {
      ret->settled++;
      continue;
    }
    ret->findings++;
    code = plan_finding(&m, reported);
  }
  for (size_t i = 0; i < ret->steps_n && code == PAL_OK; i++)
    if (!ret->steps[i].tenant_name && strcmp(ret->steps[i].tenant_id, ret->steps[i].findings[0]->tenant_id) != 0)
      ret->steps[i].tenant_name = name_of(report, ret->steps[i].tenant_id);
  if (code == PAL_OK && ret->steps_n > 1)
    qsort(ret->steps, ret->steps_n, sizeof *ret->steps, compare_steps);
  return code;
}
