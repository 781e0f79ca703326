/* SPDX-License-Identifier: Apache-2.0 */
#include "doctor.h"

#include <stdlib.h>
#include <string.h>

#include "pal_azure.h"
#include "progress.h"

#define WHOLE "tenant" /* the unit of an area that is read at one go */

struct fault;

struct doctor {
  const struct doctor_options *options;
  struct pal_arena *arena;
  struct pal_doctor *ret;
  struct pal_progress progress;
  const char **read; /* "area tenant unit" of what anyone read completely, but in lists that are an identity's own */
  size_t read_n, read_cap;
  struct fault *faults;
  size_t faults_n, faults_cap;
};

/* What is wrong with the credential of an identity. */
struct fault {
  const char *identity, *text; /* text: NULL when there was no memory for it */
};

/* What an identity may read of custom roles, deny assignments and counts follows from what it may read of role
 * assignments. */
static const char *area_names[] = {"links", "role-assignments", "pim", "delegations", "usage", "groups"};
static const struct pal_texts areas = {area_names, sizeof(area_names) / sizeof(area_names[0])};

/* ---- one lack for all units of one cause ---- */

static enum doctor_need need_of(const char *area) {
  static const struct {
    const char *area;
    enum doctor_need need;
  } needs[] = {{"links", DOCTOR_LINK},   {"subscriptions", DOCTOR_LIST}, {"role-assignments", DOCTOR_READER},
               {"pim", DOCTOR_READER},   {"delegations", DOCTOR_READER}, {"usage", DOCTOR_COSTS},
               {"groups", DOCTOR_GROUPS}};
  for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
    if (strcmp(needs[i].area, area) == 0)
      return needs[i].need;
  return DOCTOR_OTHER;
}

static enum pal_code add_text(struct pal_arena *arena, struct pal_texts *texts, const char *text, struct pal_err *err) {
  for (size_t i = 0; i < texts->n; i++)
    if (strcmp(texts->v[i], text) == 0)
      return PAL_OK;
  /* Doubles when it is full: its size is then a power of two. */
  if ((texts->n & (texts->n - 1)) == 0) {
    const char **grown = pal_arena_calloc(arena, texts->n > 0 ? 2 * texts->n : 1, sizeof(*grown));
    if (grown == NULL)
      return pal_err_nomem(err);
    if (texts->n > 0)
      memcpy(grown, texts->v, texts->n * sizeof(*grown));
    texts->v = grown;
  }
  char *copy = pal_arena_strdup(arena, text);
  if (copy == NULL)
    return pal_err_nomem(err);
  texts->v[texts->n++] = copy;
  return PAL_OK;
}

/* The lack of this need, cause and tenant; made when there is none. NULL on no memory. */
static struct pal_lack *lack_of(struct pal_arena *arena, struct pal_checkup *check, enum doctor_need need,
                                const char *code, const char *tenant) {
  for (size_t i = 0; i < check->lacks_n; i++) {
    struct pal_lack *lack = &check->lacks[i];
    if (need != DOCTOR_TOKEN && need_of(lack->areas.v[0]) == need && strcmp(lack->code, code) == 0 &&
        strcmp(lack->tenant_id, tenant) == 0)
      return lack;
  }
  struct pal_lack *grown =
      pal_arena_grow(arena, check->lacks, check->lacks_n, &check->lacks_cap, sizeof(*check->lacks));
  if (grown == NULL)
    return NULL;
  check->lacks = grown;
  grown[check->lacks_n] =
      (struct pal_lack){.code = pal_arena_strdup(arena, code), .tenant_id = pal_arena_strdup(arena, tenant)};
  struct pal_lack *lack = &grown[check->lacks_n++];
  return lack->code != NULL && lack->tenant_id != NULL ? lack : NULL;
}

static enum pal_code add_lack(struct pal_arena *arena, struct pal_checkup *check, const char *area, const char *code,
                              const char *tenant, const char *unit, struct pal_err *err) {
  enum doctor_need need = strcmp(area, "token") == 0 ? DOCTOR_TOKEN : need_of(area);
  struct pal_lack *lack = lack_of(arena, check, need, code, tenant);
  struct pal_guid id; /* a unit that is no id is the whole area, or an identity's name */
  if (lack == NULL)
    return pal_err_nomem(err);
  enum pal_code added = add_text(arena, &lack->areas, area, err);
  if (added == PAL_OK && unit != NULL && pal_guid_parse(unit, &id, NULL) == PAL_OK)
    added = add_text(arena, &lack->units, id.s, err);
  return added;
}

/* ---- what an observer saw ---- */

static bool is(const struct pal_record *record, int field, const char *word) {
  const char *text = pal_get_text(record, field);
  return text != NULL && strcmp(text, word) == 0;
}

static const char *cause_of(const struct pal_record *unit) {
  const char *code = pal_get_text(unit, PAL_COVERAGE_CODE);
  return code != NULL ? code : pal_get_text(unit, PAL_COVERAGE_STATE);
}

/* How this area of the whole tenant was read; NULL: nothing is said of it. */
static const struct pal_record *whole(const struct pal_observation *seen, const char *area) {
  const struct pal_doc *doc = pal_docs_find(&seen->docs, PAL_FILE_COVERAGE, &seen->tenant, NULL);
  for (size_t i = 0; doc != NULL && i < doc->records.n; i++)
    if (is(doc->records.v[i], PAL_COVERAGE_AREA, area) && is(doc->records.v[i], PAL_COVERAGE_UNIT, WHOLE))
      return doc->records.v[i];
  return NULL;
}

static bool is_well(const struct pal_record *unit) {
  return is(unit, PAL_COVERAGE_STATE, "complete") || is(unit, PAL_COVERAGE_STATE, "not-applicable");
}

/* It is not read because something else was not, which is told: of each unit, or of the list of subscriptions. */
static bool follows(const struct pal_doc *coverage, const struct pal_record *listed, const struct pal_record *unit) {
  if (!is(unit, PAL_COVERAGE_UNIT, WHOLE) || is(unit, PAL_COVERAGE_AREA, "subscriptions") ||
      is(unit, PAL_COVERAGE_AREA, "tenant"))
    return false;
  if (is(unit, PAL_COVERAGE_AREA, "groups") && !is(unit, PAL_COVERAGE_STATE, "unread"))
    return true; /* "which groups there are": of what was not read that names some */
  if (listed != NULL && !is_well(listed) && strcmp(cause_of(listed), cause_of(unit)) == 0)
    return true;
  for (size_t i = 0; i < coverage->records.n; i++) {
    const struct pal_record *other = coverage->records.v[i];
    if (other != unit && !is_well(other) && !is(other, PAL_COVERAGE_UNIT, WHOLE) &&
        is(other, PAL_COVERAGE_AREA, pal_get_text(unit, PAL_COVERAGE_AREA)))
      return true;
  }
  return false;
}

/* Of the subscriptions of other tenants only what is delegated is seen: that is all there is to see from here. */
static bool is_delegated_list(const struct pal_observation *seen, const struct pal_doc *coverage,
                              const struct pal_record *unit) {
  return strcmp(coverage->tenant.s, seen->tenant.s) != 0 && is(unit, PAL_COVERAGE_AREA, "subscriptions");
}

static enum pal_code add_lacks(struct pal_arena *arena, const struct pal_observation *seen, struct pal_checkup *check,
                               struct pal_err *err) {
  const struct pal_record *listed = whole(seen, "subscriptions"), *tenant = whole(seen, "tenant");
  enum pal_code code = PAL_OK;
  if (!seen->signed_in)
    return add_lack(arena, check, "token", tenant != NULL ? cause_of(tenant) : "unread", seen->tenant.s, NULL, err);
  for (size_t i = 0; code == PAL_OK && i < seen->docs.n; i++) {
    const struct pal_doc *doc = seen->docs.v[i];
    for (size_t k = 0; doc->file->id == PAL_FILE_COVERAGE && code == PAL_OK && k < doc->records.n; k++) {
      const struct pal_record *unit = doc->records.v[k];
      if (!is_well(unit) && !follows(doc, listed, unit) && !is_delegated_list(seen, doc, unit))
        code = add_lack(arena, check, pal_get_text(unit, PAL_COVERAGE_AREA), cause_of(unit), doc->tenant.s,
                        pal_get_text(unit, PAL_COVERAGE_UNIT), err);
    }
  }
  return code;
}

/* ---- what another identity reads ---- */

/* Of these it is all the same who reads them. */
static bool is_shared(const char *area) {
  enum doctor_need need = need_of(area);
  return need == DOCTOR_READER || need == DOCTOR_COSTS || need == DOCTOR_GROUPS;
}

static enum pal_code keep_read(struct doctor *doctor, const struct pal_observation *seen, struct pal_err *err) {
  for (size_t i = 0; i < seen->docs.n; i++) {
    const struct pal_doc *doc = seen->docs.v[i];
    for (size_t k = 0; doc->file->id == PAL_FILE_COVERAGE && k < doc->records.n; k++) {
      const struct pal_record *unit = doc->records.v[k];
      if (!is_well(unit) || !is_shared(pal_get_text(unit, PAL_COVERAGE_AREA)))
        continue;
      const char **grown =
          pal_arena_grow(doctor->arena, doctor->read, doctor->read_n, &doctor->read_cap, sizeof(*grown));
      if (grown == NULL)
        return pal_err_nomem(err);
      doctor->read = grown;
      grown[doctor->read_n] = pal_arena_printf(doctor->arena, "%s %s %s", pal_get_text(unit, PAL_COVERAGE_AREA),
                                               doc->tenant.s, pal_get_text(unit, PAL_COVERAGE_UNIT));
      if (grown[doctor->read_n++] == NULL)
        return pal_err_nomem(err);
    }
  }
  return PAL_OK;
}

static int by_text(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

enum { KEY_CAP = 160 };

static bool was_read(const struct doctor *doctor, const char *area, const char *tenant, const char *unit) {
  char text[KEY_CAP];
  const char *key = text;
  (void)snprintf(text, sizeof(text), "%s %s %s", area, tenant, unit);
  return doctor->read_n > 0 && bsearch(&key, doctor->read, doctor->read_n, sizeof(*doctor->read), by_text) != NULL;
}

static bool is_elsewhere(const struct doctor *doctor, const struct pal_lack *lack) {
  for (size_t i = 0; i < lack->areas.n; i++) {
    if (!is_shared(lack->areas.v[i]))
      return false;
    for (size_t k = 0; k < lack->units.n; k++)
      if (!was_read(doctor, lack->areas.v[i], lack->tenant_id, lack->units.v[k]))
        return false;
    if (lack->units.n == 0 && !was_read(doctor, lack->areas.v[i], lack->tenant_id, WHOLE))
      return false;
  }
  return true;
}

static void find_elsewhere(struct doctor *doctor) {
  if (doctor->read_n > 1)
    qsort(doctor->read, doctor->read_n, sizeof(*doctor->read), by_text);
  for (size_t i = 0; i < doctor->ret->checks_n; i++)
    for (size_t k = 0; k < doctor->ret->checks[i].lacks_n; k++)
      doctor->ret->checks[i].lacks[k].elsewhere = is_elsewhere(doctor, &doctor->ret->checks[i].lacks[k]);
}

/* ---- whose it is ---- */

static const struct pal_record *scanner_of(const struct pal_record *settings, const char *name) {
  const struct pal_records *scanners = pal_get_records(settings, PAL_SETTINGS_IDENTITIES);
  for (size_t i = 0; i < scanners->n; i++)
    if (is(scanners->v[i], PAL_SCANNER_NAME, name))
      return scanners->v[i];
  return NULL;
}

static const char *name_of(const struct pal_record *estate, const char *tenant) {
  const struct pal_records *customers = estate != NULL ? pal_get_records(estate, PAL_ESTATE_CUSTOMERS) : NULL;
  for (size_t i = 0; customers != NULL && i < customers->n; i++)
    if (is(customers->v[i], PAL_CUSTOMER_TENANT, tenant))
      return pal_get_text(customers->v[i], PAL_CUSTOMER_NAME);
  return NULL;
}

/* Its own identity, with its link, among what it saw; NULL: links were not asked for, or there was no token. */
static const struct pal_record *own_identity(const struct pal_observation *seen) {
  const struct pal_doc *doc =
      seen->signed_in ? pal_docs_find(&seen->docs, PAL_FILE_IDENTITY, &seen->tenant, seen->object.s) : NULL;
  return doc != NULL && doc->records.n > 0 ? doc->records.v[0] : NULL;
}

static struct doctor_who describe(const struct doctor *doctor, const struct pal_observation *seen,
                                  const struct pal_checkup *check) {
  const struct pal_source *source = doctor->options->source;
  const struct pal_record *scanner = scanner_of(source->settings, seen->identity), *own = own_identity(seen);
  struct doctor_who who = {
      .tenant = check->tenant_id, .object = check->object_id, .login = source->cloud->origin[PAL_LOGIN]};
  who.home = scanner != NULL ? pal_get_text(scanner, PAL_SCANNER_TENANT_ID) : NULL;
  who.client = scanner != NULL ? pal_get_text(scanner, PAL_SCANNER_CLIENT_ID) : NULL;
  if (own != NULL && pal_get_text(own, PAL_IDENTITY_APP_ID) != NULL)
    who.client = pal_get_text(own, PAL_IDENTITY_APP_ID);
  if (own != NULL && pal_get_text(own, PAL_IDENTITY_TYPE) != NULL)
    who.principal =
        is(own, PAL_IDENTITY_TYPE, "user") || is(own, PAL_IDENTITY_TYPE, "guest") ? "User" : "ServicePrincipal";
  return who;
}

static enum pal_code take_link(struct pal_arena *arena, const struct pal_record *settings,
                               const struct pal_observation *seen, struct pal_checkup *check, struct pal_err *err) {
  const struct pal_record *own = own_identity(seen), *link = NULL;
  const struct pal_texts *collect = pal_get_texts(settings, PAL_SETTINGS_COLLECT);
  check->link = PAL_LINK_NOT_ASKED;
  for (size_t i = 0; i < collect->n; i++)
    if (strcmp(collect->v[i], "links") == 0)
      check->link = PAL_LINK_NOT_READ;
  if (own == NULL || own->v[PAL_IDENTITY_LINK].is == PAL_ABSENT)
    return PAL_OK;
  link = pal_get_record(own, PAL_IDENTITY_LINK);
  check->link = link != NULL ? PAL_LINK_THERE : PAL_LINK_NONE;
  const char *id = link != NULL ? pal_get_text(link, PAL_LINK_PARTNER_ID) : NULL;
  const char *state = link != NULL ? pal_get_text(link, PAL_LINK_STATE) : NULL;
  if ((id != NULL && (check->partner_id = pal_arena_strdup(arena, id)) == NULL) ||
      (state != NULL && (check->link_state = pal_arena_strdup(arena, state)) == NULL))
    return pal_err_nomem(err);
  return PAL_OK;
}

static struct pal_demand count(const struct doctor *doctor, const struct pal_observation *seen,
                               struct pal_checkup *check) {
  size_t groups = 0;
  for (size_t i = 0; i < seen->docs.n; i++) {
    const struct pal_doc *doc = seen->docs.v[i];
    if (doc->file->id == PAL_FILE_SUBSCRIPTION)
      *(strcmp(doc->tenant.s, seen->tenant.s) == 0 ? &check->own : &check->delegated) += 1;
    for (size_t k = 0; doc->file->id == PAL_FILE_COVERAGE && k < doc->records.n; k++)
      groups += is(doc->records.v[k], PAL_COVERAGE_AREA, "groups") && !is(doc->records.v[k], PAL_COVERAGE_UNIT, WHOLE);
  }
  const struct pal_seen all = {.signed_in = check->signed_in,
                               .listed = check->listed,
                               .own = check->own,
                               .delegated = check->delegated,
                               .groups = groups};
  return pal_collect_demand(doctor->options->source->settings, &all);
}

/* ---- credentials that cannot be used ---- */

static void on_fault(void *payload, const char *identity, const struct pal_err *fault) {
  struct doctor *doctor = payload;
  struct fault *grown =
      pal_arena_grow(doctor->arena, doctor->faults, doctor->faults_n, &doctor->faults_cap, sizeof(*grown));
  if (grown == NULL)
    return; /* its check then says in general what explain.c says */
  doctor->faults = grown;
  grown[doctor->faults_n++] =
      (struct fault){.identity = identity, .text = pal_arena_strdup(doctor->arena, fault->text)};
}

static const char *fault_of(const struct doctor *doctor, const char *identity) {
  for (size_t i = 0; i < doctor->faults_n; i++)
    if (strcmp(doctor->faults[i].identity, identity) == 0)
      return doctor->faults[i].text;
  return NULL;
}

/* The error itself is the meaning; a person can sign in anew, everything else is mended by hand. */
static enum pal_code explain_fault(const struct doctor *doctor, const char *identity, struct pal_lack *lack,
                                   struct pal_err *err) {
  const struct pal_record *scanner = scanner_of(doctor->options->source->settings, identity);
  const char *fault = fault_of(doctor, identity);
  if (fault == NULL)
    return PAL_OK;
  lack->meaning = fault;
  if (scanner == NULL || !is(scanner, PAL_SCANNER_TYPE, "device-code"))
    return PAL_OK;
  lack->remedy = "sign the person in, or mend the file";
  const char *login = pal_arena_printf(doctor->arena, "palscan login %s", identity);
  const char *command = login != NULL ? pal_cli_hint(doctor->options->app->cli, login) : NULL;
  return command != NULL ? add_text(doctor->arena, &lack->commands, command, err) : pal_err_nomem(err);
}

static enum pal_code examine(struct doctor *doctor, const struct pal_observation *seen, struct pal_checkup *check,
                             struct pal_err *err) {
  struct pal_arena *arena = doctor->arena;
  const struct pal_record *listed = whole(seen, "subscriptions");
  check->identity = pal_arena_strdup(arena, seen->identity);
  check->tenant_id = pal_arena_strdup(arena, seen->tenant.s);
  check->tenant_name = name_of(doctor->options->app->estate, seen->tenant.s);
  check->object_id = seen->signed_in && seen->object.s[0] != '\0' ? pal_arena_strdup(arena, seen->object.s) : NULL;
  if (check->identity == NULL || check->tenant_id == NULL)
    return pal_err_nomem(err);
  check->signed_in = seen->signed_in;
  check->listed = seen->signed_in && listed != NULL && !is(listed, PAL_COVERAGE_STATE, "unread");
  const struct pal_demand demand = count(doctor, seen, check);
  check->requests = demand.requests;
  check->costs = demand.costs;
  enum pal_code code = take_link(arena, doctor->options->source->settings, seen, check, err);
  if (code == PAL_OK)
    code = add_lacks(arena, seen, check, err);
  const struct doctor_who who = describe(doctor, seen, check);
  for (size_t i = 0; code == PAL_OK && i < check->lacks_n; i++) {
    struct pal_lack *lack = &check->lacks[i];
    bool delegated = strcmp(lack->tenant_id, check->tenant_id) != 0;
    code =
        doctor_explain(arena, check->signed_in ? need_of(lack->areas.v[0]) : DOCTOR_TOKEN, &who, delegated, lack, err);
    if (code == PAL_OK && strcmp(lack->code, PAL_WORD_CREDENTIAL) == 0)
      code = explain_fault(doctor, check->identity, lack, err);
  }
  if (code == PAL_OK && listed != NULL && is_well(listed) && check->own + check->delegated == 0)
    code = doctor_sight(arena, &who, &check->if_none, err);
  return code;
}

static enum pal_code on_observation(void *payload, const struct pal_observation *seen, struct pal_err *err) {
  struct doctor *doctor = payload;
  struct pal_doctor *ret = doctor->ret;
  struct pal_checkup *grown =
      pal_arena_grow(doctor->arena, ret->checks, ret->checks_n, &ret->checks_cap, sizeof(*ret->checks));
  if (grown == NULL)
    return pal_err_nomem(err);
  ret->checks = grown;
  grown[ret->checks_n] = (struct pal_checkup){0};
  enum pal_code code = examine(doctor, seen, &grown[ret->checks_n++], err);
  return code == PAL_OK ? keep_read(doctor, seen, err) : code;
}

/* ---- all of them ---- */

static int by_tenant(const void *a, const void *b) {
  return strcmp(((const struct pal_checkup *)a)->tenant_id, ((const struct pal_checkup *)b)->tenant_id);
}

static int by_identity(const void *a, const void *b) {
  int order = strcmp(((const struct pal_checkup *)a)->identity, ((const struct pal_checkup *)b)->identity);
  return order != 0 ? order : by_tenant(a, b);
}

/* Cost Management counts for a tenant, whoever asks. */
static void add_up(struct pal_doctor *ret) {
  if (ret->checks_n > 1)
    qsort(ret->checks, ret->checks_n, sizeof(*ret->checks), by_tenant);
  size_t most = 0;
  for (size_t i = 0, end; i < ret->checks_n; i = end) {
    size_t costs = 0;
    for (end = i; end < ret->checks_n && by_tenant(&ret->checks[i], &ret->checks[end]) == 0; end++) {
      costs += ret->checks[end].costs;
      ret->requests += ret->checks[end].requests;
    }
    if (costs <= most)
      continue;
    most = costs;
    ret->slowest = ret->checks[i].tenant_id;
  }
  ret->minutes = most / PAL_COSTS_A_MINUTE;
  if (ret->minutes == 0)
    ret->slowest = NULL;
  if (ret->checks_n > 1)
    qsort(ret->checks, ret->checks_n, sizeof(*ret->checks), by_identity);
}

static enum pal_code check_selection(const struct doctor_options *options, const struct pal_doctor *ret,
                                     struct pal_err *err) {
  const struct pal_texts *tenants = options->tenants;
  for (size_t i = 0; tenants != NULL && i < tenants->n; i++) {
    bool asked = false;
    for (size_t k = 0; k < ret->checks_n && !asked; k++)
      asked = strcmp(ret->checks[k].tenant_id, tenants->v[i]) == 0;
    if (!asked)
      return pal_err_set(err, PAL_E_USAGE, "--tenant %s: %s signs in to this tenant", tenants->v[i],
                         options->identities != NULL ? "none of these identities" : "no identity");
  }
  if (ret->checks_n == 0)
    return pal_err_set(err, PAL_E_CONFIG, "nothing to check: no identity signs in to any tenant");
  return PAL_OK;
}

static void on_progress(void *payload, const struct pal_collect_progress *progress) {
  struct doctor *doctor = payload;
  doctor->progress.read = *progress;
}

static enum pal_code ask(struct doctor *doctor, struct pal_net *net, int concurrency, struct pal_record *settings,
                         struct pal_err *err) {
  const struct doctor_options *o = doctor->options;
  const struct pal_app *app = o->app;
  const struct pal_collect_options options = {.net = net,
                                              .cloud = o->source->cloud,
                                              .settings = settings,
                                              .config = o->source->replay_dir == NULL ? app->config : NULL,
                                              .estate = app->estate,
                                              .started = o->source->started,
                                              .base_dir = app->base_dir[0] != '\0' ? app->base_dir : NULL,
                                              .only_tenants = o->tenants,
                                              .only_identities = o->identities,
                                              .only_areas = &areas,
                                              .window = concurrency,
                                              .each = on_observation,
                                              .payload = doctor,
                                              .progress = on_progress,
                                              .fault = on_fault,
                                              .stop = app->cli->stop};
  struct pal_collect_result result = {0};
  pal_progress_begin(&doctor->progress, net, o->max_time_s, o->quiet);
  enum pal_code code = pal_azure_learn_cloud(net, doctor->arena, o->source->cloud, app->cli->stop, err);
  if (code == PAL_OK)
    code = pal_collect_run(&options, &result, err);
  pal_progress_end(&doctor->progress);
  return code;
}

enum pal_code doctor_run(const struct doctor_options *options, struct pal_doctor *ret, struct pal_err *err) {
  const struct pal_source *source = options->source;
  struct doctor doctor = {.options = options, .arena = options->app->arena, .ret = ret};
  struct pal_record *settings = pal_record_dup(doctor.arena, source->settings);
  char started[PAL_INSTANT_MAX];
  pal_instant_format(source->started, started);
  *ret =
      (struct pal_doctor){.started = pal_arena_strdup(doctor.arena, started), .replayed = source->replay_dir != NULL};
  ret->again = pal_cli_hint(options->app->cli, "palscan doctor --tenant ID, when something was done");
  ret->apart = pal_cli_hint(options->app->cli, "palscan doctor --identity NAME");
  ret->scan = pal_cli_hint(options->app->cli, "palscan scan");
  if (settings == NULL || ret->started == NULL || ret->again == NULL || ret->apart == NULL || ret->scan == NULL)
    return pal_err_nomem(err);
  pal_set_int(settings, PAL_SETTINGS_USAGE_WINDOW, 0); /* the current month tells whether costs can be read */
  int concurrency =
      options->jobs > 0 ? options->jobs : (int)pal_get_int(options->app->config, PAL_CONFIG_CONCURRENCY, 64);
  const struct pal_net_options net_options = {.cloud = source->cloud,
                                              .concurrency = concurrency,
                                              .max_time_ms = options->max_time_s * 1000,
                                              .tick = pal_progress_tick,
                                              .tick_payload = &doctor.progress,
                                              .offline = options->offline,
                                              .replay_dir = source->replay_dir};
  struct pal_net *net = NULL;
  enum pal_code code = pal_net_open(&net_options, &net, err);
  if (code != PAL_OK)
    return code;
  code = ask(&doctor, net, concurrency, settings, err);
  const struct pal_net_stats stats = pal_net_stats(net);
  ret->clock_known = stats.knows_clock;
  ret->ahead_s = stats.ahead_s;
  struct pal_err later = {0};
  enum pal_code closed = pal_net_close(net, code == PAL_OK ? err : &later);
  if (code == PAL_OK)
    code = closed;
  if (code == PAL_OK)
    code = check_selection(options, ret, err);
  if (code == PAL_OK) {
    find_elsewhere(&doctor);
    add_up(ret);
  }
  return code;
}
