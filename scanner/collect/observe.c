/* SPDX-License-Identifier: Apache-2.0 */
/* observe.c - the life of one observer: sign in, stage after stage, documents and coverage. */
#include "observe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_MAX_BYTES = 4096, LISTS_LEAST = 32 };

/* What a list that is held back will ask for: a request on its way is twenty times as large. */
struct held {
  struct held *next;
  struct reading *reading;
  enum pal_service service;
  enum pal_paging paging;
  const char *plan, *id, *body;
};

static bool collects(const struct observer *observer, const struct collector *collector) {
  const struct pal_texts *only = observer->options->only_areas;
  if (!collector_enabled(collector, observer->options->settings))
    return false;
  for (size_t i = 0; only && collector->area && i < only->n; i++)
    if (strcmp(only->v[i], collector->area) == 0)
      return true;
  return !only || !collector->setting;
}

bool observer_collects(const struct observer *observer, enum collector_id id) {
  return collects(observer, &collectors[id]);
}

/* --- results --- */

const char *extent_state(enum pal_extent extent) {
  return extent == PAL_READ_ALL ? "complete" : extent == PAL_READ_SOME ? "partial" : "unread";
}

struct pal_doc *observer_doc(struct observer *observer, enum pal_file_id file, const struct pal_tenant_id *tenant,
                             const char *id, struct pal_err *err) {
  struct pal_doc *doc = pal_docs_get(&observer->observation.docs, file, tenant, id);
  if (!doc)
    (void)pal_err_nomem(err);
  return doc;
}

enum pal_code observer_cover(struct observer *observer, const struct pal_tenant_id *tenant, const char *area,
                             const char *unit, const char *state, int64_t items, int64_t expected,
                             const char *code_text, struct pal_err *err) {
  struct pal_doc *doc = observer_doc(observer, PAL_FILE_COVERAGE, tenant, NULL, err);
  struct pal_record *record = doc ? pal_record_new(observer->arena, &pal_kind_COVERAGE) : NULL;
  if (!record)
    return pal_err_nomem(err);
  bool read = strcmp(state, "complete") == 0 || strcmp(state, "partial") == 0;
  enum pal_code code = pal_set_text(observer->arena, record, PAL_COVERAGE_AREA, area, err);
  if (code == PAL_OK)
    code = pal_set_text(observer->arena, record, PAL_COVERAGE_UNIT, unit, err);
  if (code == PAL_OK)
    code = pal_set_text(observer->arena, record, PAL_COVERAGE_STATE, state, err);
  if (code == PAL_OK && code_text && *code_text)
    code = pal_set_text(observer->arena, record, PAL_COVERAGE_CODE, code_text, err);
  if (read)
    pal_set_int(record, PAL_COVERAGE_ITEMS, items);
  if (read && expected >= 0)
    pal_set_int(record, PAL_COVERAGE_EXPECTED, expected);
  return code == PAL_OK ? pal_records_add(observer->arena, &doc->records, record, err) : code;
}

enum pal_code observer_keep(struct observer *observer, const struct pal_outcome *outcome, struct completeness *ret,
                            struct pal_err *err) {
  *ret = (struct completeness){.extent = outcome->extent};
  if (outcome->code[0] == '\0')
    return PAL_OK;
  ret->code = pal_arena_strdup(observer->arena, outcome->code);
  return ret->code ? PAL_OK : pal_err_nomem(err);
}

void completeness_spoil(struct completeness *completeness, const char *word) {
  if (completeness->extent == PAL_READ_ALL)
    *completeness = (struct completeness){.extent = PAL_READ_SOME, .code = word};
}

enum pal_code observer_unify(struct pal_records *records, struct completeness *completeness, struct pal_err *err) {
  size_t clashes = 0;
  enum pal_code code = records_unify(records, &clashes, err);
  if (code == PAL_OK && clashes > 0)
    completeness_spoil(completeness, PAL_WORD_ITEM);
  return code;
}

bool outcome_no_provider(const struct pal_outcome *outcome) {
  return strcmp(outcome->error, "InvalidResourceType") == 0 || strcmp(outcome->error, "InvalidResourceNamespace") == 0;
}

bool observer_lacks(const struct observer *observer, const struct pal_outcome *outcome) {
  return outcome->extent == PAL_READ_NOTHING && strcmp(observer->options->cloud->name, "AzurePublicCloud") != 0 &&
         (strcmp(outcome->code, PAL_WORD_NO_SERVICE) == 0 || outcome_no_provider(outcome));
}

enum pal_code observer_place(struct observer *observer, size_t subscription, const struct pal_records *records,
                             int scope, struct unit *unit, struct pal_err *err) {
  const struct subscription *own = &observer->subscriptions[subscription];
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < records->n; i++) {
    struct pal_subscription_id in;
    if (!pal_arm_id_subscription(pal_get_text(records->v[i], scope), &in))
      code = pal_records_add(observer->arena, &unit->above, records->v[i], err);
    else if (strcmp(in.s, own->id.s) == 0)
      code = pal_records_add(observer->arena, &unit->records, records->v[i], err);
    else
      completeness_spoil(&unit->completeness, PAL_WORD_ITEM);
  }
  if (code == PAL_OK)
    code = observer_unify(&unit->records, &unit->completeness, err);
  return code == PAL_OK ? observer_unify(&unit->above, &unit->completeness, err) : code;
}

static enum pal_code append_all(struct observer *observer, struct pal_records *into, const struct pal_records *from,
                                struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < from->n; i++)
    code = pal_records_add(observer->arena, into, from->v[i], err);
  return code;
}

enum pal_code observer_finish_unit(struct observer *observer, enum collector_id id, size_t at, enum pal_file_id file,
                                   struct pal_err *err) {
  const struct subscription *subscription = &observer->subscriptions[at];
  struct unit *unit = &observer->units[id][at];
  const char *state = unit->not_applicable ? "not-applicable" : extent_state(unit->completeness.extent);
  enum pal_code code = PAL_OK;
  if (unit->completeness.extent != PAL_READ_NOTHING && !unit->not_applicable) {
    struct pal_doc *doc = observer_doc(observer, file, &subscription->tenant, subscription->id.s, err);
    code = doc ? append_all(observer, &doc->records, &unit->records, err) : PAL_E_NOMEM;
  }
  if (code == PAL_OK)
    code = observer_cover(observer, &subscription->tenant, collectors[id].area, subscription->id.s, state,
                          (int64_t)unit->records.n, unit->counted ? unit->expected : -1, unit->completeness.code, err);
  return code;
}

/* How completely access above the subscriptions is known: it shows in every
 * own subscription's list, so all of them must be complete. */
struct above {
  size_t own, complete, some, not_applicable;
  const char *code; /* of the first that is not complete */
};

static struct above judge_above(const struct observer *observer, enum collector_id id) {
  struct above above = {0};
  for (size_t i = 0; i < observer->subscriptions_n; i++) {
    const struct unit *unit = &observer->units[id][i];
    if (!observer->subscriptions[i].own)
      continue;
    above.own++;
    above.complete += unit->completeness.extent == PAL_READ_ALL && !unit->not_applicable;
    above.some += unit->completeness.extent != PAL_READ_NOTHING && !unit->not_applicable;
    above.not_applicable += unit->not_applicable;
    if (!above.code && unit->completeness.extent != PAL_READ_ALL && !unit->not_applicable)
      above.code = unit->completeness.code;
  }
  return above;
}

static const char *above_state(const struct observer *observer, const struct above *above) {
  bool listed = observer->listed.extent == PAL_READ_ALL;
  if (above->own > 0 && above->not_applicable == above->own)
    return "not-applicable";
  if (above->complete + above->not_applicable == above->own)
    return listed ? "complete" : "partial";
  return above->some > 0 ? "partial" : "unread";
}

enum pal_code observer_finish_access(struct observer *observer, enum collector_id id, enum pal_file_id file,
                                     enum pal_file_id above_file, struct pal_err *err) {
  const struct pal_tenant_id *tenant = &observer->observation.tenant;
  struct above above = judge_above(observer, id);
  const char *state = above_state(observer, &above);
  struct pal_records inherited = {0};
  size_t clashes = 0;
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < observer->subscriptions_n; i++) {
    code = observer_finish_unit(observer, id, i, file, err);
    if (code == PAL_OK && observer->subscriptions[i].own)
      code = append_all(observer, &inherited, &observer->units[id][i].above, err);
  }
  if (code == PAL_OK)
    code = records_unify(&inherited, &clashes, err);
  if (clashes > 0 && strcmp(state, "complete") == 0) {
    state = "partial"; /* it changed while it was read */
    above.code = PAL_WORD_ITEM;
  }
  if (code == PAL_OK && (strcmp(state, "complete") == 0 || strcmp(state, "partial") == 0)) {
    struct pal_doc *doc = observer_doc(observer, above_file, tenant, NULL, err);
    if (!doc)
      return PAL_E_NOMEM;
    doc->records = inherited;
  }
  if (code == PAL_OK)
    code = observer_cover(observer, tenant, collectors[id].area, UNIT_WHOLE, state, (int64_t)inherited.n, -1,
                          above.code ? above.code : observer->listed.code, err);
  return code;
}

/* --- further tenants --- */

enum pal_code observer_discover(struct observer *observer, const char *tenant, struct pal_err *err) {
  struct pal_texts *found = &observer->observation.discovered;
  bool first = true;
  /* What is not handed over tells nobody. */
  enum pal_code code = observer->discovers_only ? PAL_OK : run_found(observer->run, observer, tenant, &first, err);
  if (code != PAL_OK || !first)
    return code;
  const char **grown = pal_arena_grow(observer->arena, found->v, found->n, &observer->discovered_cap, sizeof *grown);
  char *copy = pal_arena_strdup(observer->arena, tenant);
  if (!grown || !copy)
    return pal_err_nomem(err);
  found->v = grown;
  found->v[found->n++] = copy;
  return PAL_OK;
}

static int compare(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void observer_discovered(struct observer *observer) {
  struct pal_texts *found = &observer->observation.discovered;
  size_t kept = 0;
  if (found->n > 1)
    qsort(found->v, found->n, sizeof *found->v, compare);
  for (size_t i = 0; i < found->n; i++)
    if (kept == 0 || strcmp(found->v[kept - 1], found->v[i]) != 0)
      found->v[kept++] = found->v[i];
  found->n = kept;
}

/* --- readings --- */

struct reading *reading_new(struct observer *observer, size_t index, struct pal_err *err) {
  struct reading *reading = pal_arena_alloc(observer->arena, sizeof *reading);
  if (!reading) {
    (void)pal_err_nomem(err);
    return NULL;
  }
  reading->observer = observer;
  reading->index = index;
  reading->parse.arena = observer->arena;
  return reading;
}

enum pal_code reading_keep(struct reading *reading, struct pal_record *record, struct pal_err *err) {
  if (record)
    return pal_records_add(reading->observer->arena, &reading->records, record, err);
  reading->parse.blemished = true;
  return PAL_OK;
}

static enum pal_code on_page(void *payload, const struct pal_json_doc *doc, const pal_json *items, size_t *ret_bad,
                             struct pal_err *err) {
  struct reading *reading = payload;
  struct run *run = reading->observer->run;
  enum pal_code code = PAL_OK;
  if (run_failed(run))
    return pal_err_set(err, PAL_E_INTERRUPTED, "the run has ended");
  reading->doc = doc;
  for (const pal_json *item = pal_json_first(items); code == PAL_OK && item; item = pal_json_next(item)) {
    reading->parse.blemished = false;
    code = reading->item(reading, item, err);
    *ret_bad += reading->parse.blemished;
  }
  reading->doc = NULL;
  return code;
}

static void settle(struct observer *observer, enum pal_code code, const struct pal_err *err) {
  if (code != PAL_OK)
    run_fail(observer->run, err);
  observer_release(observer);
}

static void send_held(struct observer *observer);

static void on_list(void *payload, const struct pal_outcome *outcome, const struct pal_err *err) {
  struct reading *reading = payload;
  struct observer *observer = reading->observer;
  struct pal_err own = *err;
  run_reap(observer->run);
  enum pal_code code = own.code;
  if (code == PAL_OK && !run_failed(observer->run))
    code = reading->done(reading, outcome, &own);
  observer->lists--;
  send_held(observer);
  settle(observer, code, &own);
}

static void on_answer(void *payload, const struct pal_answer *answer, const struct pal_err *err) {
  struct reading *reading = payload;
  struct observer *observer = reading->observer;
  struct pal_err own = *err;
  run_reap(observer->run);
  enum pal_code code = own.code;
  if (code == PAL_OK && !run_failed(observer->run))
    code = reading->answer(reading, answer, &own);
  settle(observer, code, &own);
}

static enum pal_code make_path(char path[PATH_MAX_BYTES], const char *plan, const char *id, struct pal_err *err) {
  size_t n = 0;
  for (const char *c = plan; *c; c++) { /* %s and %% only: a plan is no format for a service's text */
    const char *piece = NULL;
    if (c[0] == '%' && c[1] == 's')
      piece = id;
    size_t len = piece ? strlen(piece) : 1;
    if (n + len >= PATH_MAX_BYTES)
      return pal_err_set(err, PAL_E_INTERNAL, "the address %s is too long", plan);
    memcpy(path + n, piece ? piece : c, len);
    n += len;
    c += c[0] == '%' && (c[1] == 's' || c[1] == '%');
  }
  path[n] = '\0';
  return PAL_OK;
}

/* More than there may be requests in flight: no list waits for another that could be asked for meanwhile. */
static size_t lists_at_once(const struct observer *observer) {
  size_t window = observer->options->window > 0 ? (size_t)observer->options->window : 0;
  return window > LISTS_LEAST ? window : LISTS_LEAST;
}

static enum pal_code send_list(const struct held *list, struct pal_err *err) {
  struct observer *observer = list->reading->observer;
  char path[PATH_MAX_BYTES];
  enum pal_code code = make_path(path, list->plan, list->id, err);
  if (code != PAL_OK)
    return code;
  struct pal_call call = {.caller = {observer->observation.identity, observer->observation.tenant},
                          .service = list->service,
                          .path = path,
                          .body = list->body};
  observer->lists++;
  code = pal_azure_list(observer->azure, &call, list->paging, on_page, on_list, list->reading, err);
  if (code != PAL_OK)
    observer->lists--;
  return code;
}

/* A managing tenant has lists of thousands of delegated subscriptions to read. */
static enum pal_code hold(const struct held *list, struct pal_err *err) {
  struct observer *observer = list->reading->observer;
  struct held *held = pal_arena_alloc(observer->arena, sizeof *held);
  char *body = held && list->body ? pal_arena_strdup(observer->arena, list->body) : NULL;
  if (!held || (list->body && !body))
    return pal_err_nomem(err);
  *held = *list;
  held->body = body;
  if (!observer->held)
    observer->held_end = &observer->held;
  *observer->held_end = held;
  observer->held_end = &held->next;
  return PAL_OK;
}

static void send_held(struct observer *observer) {
  if (observer->sending)
    return;
  observer->sending = true;
  while (observer->held && observer->lists < lists_at_once(observer) && !run_failed(observer->run)) {
    struct held *list = observer->held;
    struct pal_err err = {0};
    observer->held = list->next;
    if (send_list(list, &err) != PAL_OK) {
      run_fail(observer->run, &err);
      observer->pending--; /* not the last: whoever calls holds one */
    }
  }
  observer->sending = false;
}

enum pal_code reading_list(struct reading *reading, enum pal_service service, enum pal_paging paging, const char *plan,
                           const char *id, const char *body, struct pal_err *err) {
  struct observer *observer = reading->observer;
  const struct held list = {
      .reading = reading, .service = service, .paging = paging, .plan = plan, .id = id, .body = body};
  observer->pending++;
  bool waits = observer->held || observer->lists >= lists_at_once(observer);
  enum pal_code code = waits ? hold(&list, err) : send_list(&list, err);
  if (code != PAL_OK)
    observer->pending--;
  return code;
}

enum pal_code reading_ask(struct reading *reading, const char *path, struct pal_err *err) {
  struct observer *observer = reading->observer;
  struct pal_call call = {
      .caller = {observer->observation.identity, observer->observation.tenant}, .service = PAL_ARM, .path = path};
  observer->pending++;
  enum pal_code code = pal_azure_ask(observer->azure, &call, on_answer, reading, err);
  if (code != PAL_OK)
    observer->pending--;
  return code;
}

/* --- stages --- */

/* One row of an area of which nothing is known. */
static enum pal_code cover_unread(struct observer *observer, const struct collector *collector, const char *why,
                                  struct pal_err *err) {
  const char *unit = collector->units == UNITS_IDENTITY ? observer->observation.identity : UNIT_WHOLE;
  return observer_cover(observer, &observer->observation.tenant, collector->area, unit, "unread", 0, -1, why, err);
}

bool observer_has_own(const struct observer *observer) {
  for (size_t i = 0; i < observer->subscriptions_n; i++)
    if (observer->subscriptions[i].own)
      return true;
  return false;
}

/* An area told per subscription, where there is none: nothing is left to read. */
static enum pal_code cover_nothing(struct observer *observer, const struct collector *collector, struct pal_err *err) {
  if (collector->units != UNITS_SUBSCRIPTION || observer_has_own(observer))
    return PAL_OK;
  return observer_cover(observer, &observer->observation.tenant, collector->area, UNIT_WHOLE,
                        extent_state(observer->listed.extent), 0, -1, observer->listed.code, err);
}

static enum pal_code finish_all(struct observer *observer, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  bool listed = observer->listed.extent != PAL_READ_NOTHING;
  for (size_t i = 0; code == PAL_OK && i < COLLECTORS_N; i++) {
    const struct collector *collector = &collectors[i];
    if (!collects(observer, collector))
      continue;
    if (!observer->observation.signed_in || (collector->stage > STAGE_TENANT && !listed)) {
      if (collector->area)
        code = cover_unread(observer, collector,
                            observer->observation.signed_in ? observer->listed.code : observer->refused.code, err);
    } else {
      code = collector->finish(observer, err);
      if (code == PAL_OK)
        code = cover_nothing(observer, collector, err);
    }
  }
  return code;
}

static void observer_end(struct observer *observer) {
  struct pal_err err = {0};
  if (!run_failed(observer->run) && !observer->discovers_only && finish_all(observer, &err) != PAL_OK)
    run_fail(observer->run, &err);
  run_ended(observer->run, observer);
}

static bool starts(const struct observer *observer, const struct collector *collector) {
  if (collector->stage != observer->stage || run_failed(observer->run))
    return false;
  if (observer->discovers_only)
    return collector->id == (observer->is_app ? COLLECTOR_subscriptions : COLLECTOR_tenants);
  return collects(observer, collector);
}

static void begin_stage(struct observer *observer) {
  struct pal_err err = {0};
  observer->pending = 1; /* held until all are on their way */
  for (size_t i = 0; i < COLLECTORS_N; i++)
    if (starts(observer, &collectors[i]) && collectors[i].start(observer, &err) != PAL_OK)
      run_fail(observer->run, &err);
  observer_release(observer);
}

void observer_release(struct observer *observer) {
  if (--observer->pending > 0)
    return;
  bool last =
      observer->stage + 1 == STAGES_N || observer->discovers_only || observer->listed.extent == PAL_READ_NOTHING;
  if (last || run_failed(observer->run)) {
    observer_end(observer);
    return;
  }
  observer->stage++;
  begin_stage(observer);
}

static void on_signed_in(void *payload, const struct pal_claims *claims, const struct pal_outcome *outcome,
                         const struct pal_err *err) {
  struct observer *observer = payload;
  run_reap(observer->run);
  if (err->code != PAL_OK)
    run_fail(observer->run, err);
  if (claims) {
    observer->claims = *claims;
    observer->observation.object = claims->object;
    observer->observation.signed_in = true;
    begin_stage(observer);
  } else {
    if (outcome)
      observer->refused = *outcome;
    observer_end(observer);
  }
}

void observer_start(struct observer *observer) {
  struct pal_err err = {0};
  struct pal_caller caller = {observer->observation.identity, observer->observation.tenant};
  if (pal_azure_sign_in(observer->azure, &caller, PAL_ARM, on_signed_in, observer, &err) != PAL_OK) {
    run_fail(observer->run, &err);
    run_ended(observer->run, observer);
  }
}
