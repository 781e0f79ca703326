/* SPDX-License-Identifier: Apache-2.0 */
/* collect.c - one run: which (identity, tenant) pairs there are, and so many observers at a time. */
#include <stdlib.h>
#include <string.h>

#include "observe.h"
#include "pal_log.h"
#include "roster.h"

enum {
  WINDOW_LEAST = 8, /* at a time: memory follows this, not the estate */
  WINDOW_DEFAULT = 24,
  PAIRS_MAX = 1000000,
  TALLIES_FIRST = 64,
  GIVE_BACK_EVERY = 256 /* sign-ins: what is kept of each lies between what the others have freed */
};

/* Numbers of an identity among the settings' and of a tenant in the roster: there is one for each sign-in of a night. */
struct pair {
  uint32_t scanner, tenant;
  bool discovers_only;
};

/* Of one tenant. */
struct tally {
  uint32_t open; /* sign-ins that have not ended */
  bool counted;
};

struct run {
  const struct pal_collect_options *options;
  struct pal_azure *azure;
  struct pal_arena *arena; /* pairs, roster */
  struct pal_arena *scratch;
  struct roster roster;
  struct pair *pairs;
  size_t pairs_n, pairs_cap, next;
  struct tally *tallies; /* by the tenant's number in the roster */
  size_t tallies_cap;
  struct pal_collect_progress progress;
  size_t active;
  bool starting;
  struct observer *living, *ended;
  struct pal_collect_result result;
  struct pal_err err; /* the first */
};

/* --- errors and the end of observers --- */

void run_fail(struct run *run, const struct pal_err *err) {
  if (run->err.code == PAL_OK)
    run->err = *err;
}

bool run_failed(const struct run *run) {
  return run->err.code != PAL_OK;
}

static void observer_free(struct observer *observer) {
  pal_arena_free(observer->arena);
  free(observer);
}

void run_reap(struct run *run) {
  while (run->ended) {
    struct observer *observer = run->ended;
    run->ended = observer->next;
    observer_free(observer);
  }
}

static void unlink_living(struct run *run, const struct observer *observer) {
  struct observer **at = &run->living;
  while (*at != observer)
    at = &(*at)->next;
  *at = observer->next;
}

/* --- who is ours --- */

static bool holds_object(const struct pal_record *object, const char *tenant, const char *id) {
  const char *own_tenant = object ? pal_get_text(object, PAL_OBJECT_TENANT) : NULL;
  const char *own_id = object ? pal_get_text(object, PAL_OBJECT_OBJECT_ID) : NULL;
  return own_tenant && own_id && strcmp(own_tenant, tenant) == 0 && strcmp(own_id, id) == 0;
}

bool run_is_ours(const struct observer *observer, const char *tenant, const char *object) {
  const struct pal_record *estate = observer->options->estate;
  if (strcmp(observer->claims.object.s, object) == 0 && strcmp(observer->observation.tenant.s, tenant) == 0)
    return true;
  const struct pal_records *principals = estate ? pal_get_records(estate, PAL_ESTATE_PRINCIPALS) : NULL;
  for (size_t i = 0; principals && i < principals->n; i++) {
    const struct pal_records *objects = pal_get_records(principals->v[i], PAL_PRINCIPAL_OBJECTS);
    if (holds_object(pal_get_record(principals->v[i], PAL_PRINCIPAL_HOME), tenant, object))
      return true;
    for (size_t j = 0; j < objects->n; j++)
      if (holds_object(objects->v[j], tenant, object))
        return true;
  }
  return false;
}

/* --- pairs --- */

static bool among(const struct pal_texts *texts, const char *text) {
  for (size_t i = 0; texts && i < texts->n; i++)
    if (strcmp(texts->v[i], text) == 0)
      return true;
  return false;
}

static bool is_type(const struct pal_record *scanner, const char *a, const char *b) {
  const char *type = pal_get_text(scanner, PAL_SCANNER_TYPE);
  return type && (strcmp(type, a) == 0 || strcmp(type, b) == 0);
}

static bool is_user(const struct pal_record *scanner) {
  return is_type(scanner, "device-code", "azure-cli");
}

/* A token in a file is good for one tenant only. */
static bool is_app(const struct pal_record *scanner) {
  return !is_user(scanner) && !is_type(scanner, "token-file", "token-file");
}

/* Its place among the identities of the settings. */
static size_t place_of(const struct run *run, const struct pal_record *scanner) {
  const struct pal_records *scanners = pal_get_records(run->options->settings, PAL_SETTINGS_IDENTITIES);
  size_t at = 0;
  while (scanners->v[at] != scanner)
    at++;
  return at;
}

enum pal_code run_found(struct run *run, const struct observer *observer, const char *tenant, bool *ret_first,
                        struct pal_err *err) {
  size_t number = 0;
  return roster_add(&run->roster, place_of(run, observer->scanner), ROSTER_FOUND, tenant, &number, ret_first, err);
}

struct pal_arena *run_scratch(struct run *run) {
  pal_arena_reset(run->scratch);
  return run->scratch;
}

/* Customers whom an application with "all" tries. */
static bool is_tried(const struct run *run, const struct pal_record *customer) {
  const char *status = pal_get_text(customer, PAL_CUSTOMER_STATUS);
  if (!status || strcmp(status, "offboarded") != 0)
    return true;
  return among(run->options->parent_tenants, pal_get_text(customer, PAL_CUSTOMER_TENANT));
}

/* A tenant whose line was taken out of the estate is still read: that is no removal. */
static bool is_left_over(const struct run *run, const char *tenant) {
  const struct pal_records *customers = pal_get_records(run->options->estate, PAL_ESTATE_CUSTOMERS);
  const struct pal_records *scanners = pal_get_records(run->options->settings, PAL_SETTINGS_IDENTITIES);
  for (size_t i = 0; i < customers->n; i++)
    if (strcmp(pal_get_text(customers->v[i], PAL_CUSTOMER_TENANT), tenant) == 0)
      return false;
  for (size_t i = 0; i < scanners->n; i++) { /* homes of others of ours were never a line */
    const char *home = pal_get_text(scanners->v[i], PAL_SCANNER_TENANT_ID);
    if (home && strcmp(home, tenant) == 0)
      return false;
  }
  return true;
}

/* Whether a run of some tenants wants one that the estate and the tree do not know: then it is to be found. */
static bool lacks_some(const struct run *run, const char *home) {
  const struct pal_record *estate = run->options->estate;
  const struct pal_records *customers = estate ? pal_get_records(estate, PAL_ESTATE_CUSTOMERS) : NULL;
  const struct pal_texts *only = run->options->only_tenants;
  bool known = only != NULL;
  for (size_t i = 0; known && i < only->n; i++) {
    known = strcmp(only->v[i], home) == 0 ||
            (estate && among(run->options->parent_tenants, only->v[i]) && is_left_over(run, only->v[i]));
    for (size_t j = 0; !known && customers && j < customers->n; j++)
      known =
          strcmp(pal_get_text(customers->v[j], PAL_CUSTOMER_TENANT), only->v[i]) == 0 && is_tried(run, customers->v[j]);
  }
  return !known;
}

/* --- how far it has come --- */

static bool tally_room(struct run *run, size_t tenant) {
  if (tenant < run->tallies_cap)
    return true;
  size_t cap = 2 * tenant + TALLIES_FIRST;
  struct tally *grown = pal_arena_calloc(run->arena, cap, sizeof *grown);
  if (!grown)
    return false;
  if (run->tallies_cap > 0)
    memcpy(grown, run->tallies, run->tallies_cap * sizeof *grown);
  run->tallies = grown;
  run->tallies_cap = cap;
  return true;
}

static enum pal_code tally_add(struct run *run, size_t tenant, struct pal_err *err) {
  if (!tally_room(run, tenant))
    return pal_err_nomem(err);
  struct tally *tally = &run->tallies[tenant];
  if (!tally->counted)
    run->progress.tenants++;
  else if (tally->open == 0)
    run->progress.tenants_done--;
  tally->counted = true;
  tally->open++;
  run->progress.total++;
  return PAL_OK;
}

static void tally_end(struct run *run, size_t tenant) {
  run->progress.done++;
  if (--run->tallies[tenant].open == 0)
    run->progress.tenants_done++;
}

static void say_progress(const struct run *run) {
  if (run->options->progress)
    run->options->progress(run->options->payload, &run->progress);
}

static enum pal_code add_pair(struct run *run, const struct pal_record *scanner, const char *tenant,
                              struct pal_err *err) {
  const struct pal_collect_options *options = run->options;
  const char *name = pal_get_text(scanner, PAL_SCANNER_NAME);
  const char *home = pal_get_text(scanner, PAL_SCANNER_TENANT_ID);
  bool wanted = !options->only_tenants || among(options->only_tenants, tenant);
  bool finds = pal_get_bool(scanner, PAL_SCANNER_ALL, false) && home && strcmp(home, tenant) == 0;
  bool first = false;
  size_t number = 0;
  struct pal_tenant_id id;
  enum pal_code code = pal_tenant_id_parse(tenant, &id, err);
  if (code == PAL_OK)
    code = roster_add(&run->roster, place_of(run, scanner), ROSTER_PAIRED, id.s, &number, &first, err);
  if (code != PAL_OK || !first)
    return code;
  finds = finds && (is_user(scanner) || (is_app(scanner) && lacks_some(run, home)));
  if (wanted && options->done_before && options->done_before(options->payload, name, tenant))
    wanted = false;
  if (!wanted && !finds)
    return PAL_OK;
  struct pair *grown = run->pairs_n < PAIRS_MAX
                           ? pal_arena_grow(run->arena, run->pairs, run->pairs_n, &run->pairs_cap, sizeof *grown)
                           : NULL;
  if (!grown)
    return pal_err_nomem(err);
  run->pairs = grown;
  run->pairs[run->pairs_n++] =
      (struct pair){.scanner = (uint32_t)place_of(run, scanner), .tenant = (uint32_t)number, .discovers_only = !wanted};
  return tally_add(run, number, err);
}

static enum pal_code add_customers(struct run *run, const struct pal_record *scanner, struct pal_err *err) {
  const struct pal_record *estate = run->options->estate;
  const struct pal_records *customers = estate ? pal_get_records(estate, PAL_ESTATE_CUSTOMERS) : NULL;
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && customers && i < customers->n; i++)
    if (is_tried(run, customers->v[i]))
      code = add_pair(run, scanner, pal_get_text(customers->v[i], PAL_CUSTOMER_TENANT), err);
  const struct pal_texts *before = run->options->parent_tenants;
  for (size_t i = 0; code == PAL_OK && estate && before && i < before->n; i++)
    if (is_left_over(run, before->v[i]))
      code = add_pair(run, scanner, before->v[i], err);
  return code;
}

static enum pal_code add_scanner(struct run *run, const struct pal_record *scanner, struct pal_err *err) {
  const char *home = pal_get_text(scanner, PAL_SCANNER_TENANT_ID);
  const struct pal_texts *list = pal_get_texts(scanner, PAL_SCANNER_TENANTS);
  enum pal_code code = PAL_OK;
  if (run->options->only_identities && !among(run->options->only_identities, pal_get_text(scanner, PAL_SCANNER_NAME)))
    return PAL_OK;
  if (!pal_get_bool(scanner, PAL_SCANNER_ALL, false)) {
    for (size_t i = 0; code == PAL_OK && i < list->n; i++)
      code = add_pair(run, scanner, list->v[i], err);
    return code;
  }
  if (home)
    code = add_pair(run, scanner, home, err);
  if (code == PAL_OK && is_app(scanner))
    code = add_customers(run, scanner, err);
  return code;
}

static enum pal_code add_discovered(struct run *run, const struct observer *observer, struct pal_err *err) {
  const struct pal_texts *found = &observer->observation.discovered;
  enum pal_code code = PAL_OK;
  if (!pal_get_bool(observer->scanner, PAL_SCANNER_ALL, false))
    return PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < found->n; i++)
    code = add_pair(run, observer->scanner, found->v[i], err);
  return code;
}

/* --- observers --- */

static enum pal_code observer_new(struct run *run, const struct pair *pair, struct observer **ret,
                                  struct pal_err *err) {
  const struct pal_record *scanner = pal_get_records(run->options->settings, PAL_SETTINGS_IDENTITIES)->v[pair->scanner];
  struct observer *observer = calloc(1, sizeof *observer);
  if (observer)
    observer->arena = pal_arena_new(0); /* bounded by what one tenant holds */
  if (!observer || !observer->arena) {
    free(observer);
    return pal_err_nomem(err);
  }
  observer->run = run;
  observer->scanner = scanner;
  observer->options = run->options;
  observer->azure = run->azure;
  observer->is_user = is_user(scanner);
  observer->is_app = is_app(scanner);
  observer->discovers_only = pair->discovers_only;
  observer->tenant_number = pair->tenant;
  observer->observation.identity = pal_get_text(scanner, PAL_SCANNER_NAME);
  memcpy(observer->observation.tenant.s, roster_tenant(&run->roster, pair->tenant), PAL_GUID_LEN + 1);
  pal_docs_init(&observer->observation.docs, observer->arena);
  observer->next = run->living;
  run->living = observer;
  *ret = observer;
  return PAL_OK;
}

/* Not from within itself: an observer may end before it was started. */
static void start_more(struct run *run) {
  struct pal_err err = {0};
  size_t window = run->options->window > 0 ? (size_t)run->options->window : WINDOW_DEFAULT;
  if (window < WINDOW_LEAST)
    window = WINDOW_LEAST;
  if (run->starting)
    return;
  run->starting = true;
  while (!run_failed(run) && run->active < window && run->next < run->pairs_n) {
    struct observer *observer = NULL;
    if (run->options->stop && *run->options->stop) {
      (void)pal_err_set(&err, PAL_E_INTERRUPTED, "interrupted");
      run_fail(run, &err);
    } else if (observer_new(run, &run->pairs[run->next], &observer, &err) != PAL_OK) {
      run_fail(run, &err);
    } else {
      run->next++;
      run->active++;
      observer_start(observer);
    }
  }
  run->starting = false;
}

static void hand_over(struct run *run, const struct observer *observer) {
  const struct pal_collect_options *options = run->options;
  struct pal_err err = {0};
  enum pal_code code = options->each ? options->each(options->payload, &observer->observation, &err) : PAL_OK;
  if (code != PAL_OK) {
    err.code = code;
    run_fail(run, &err);
    return;
  }
  run->result.observations++;
  run->result.signed_in += observer->observation.signed_in;
}

void run_ended(struct run *run, struct observer *observer) {
  struct pal_err err = {0};
  struct pal_caller caller = {observer->observation.identity, observer->observation.tenant};
  pal_azure_leave(run->azure, &caller);
  run->active--;
  tally_end(run, observer->tenant_number);
  unlink_living(run, observer);
  observer->next = run->ended;
  run->ended = observer;
  if (run_failed(run))
    return;
  if (run->progress.done % GIVE_BACK_EVERY == 0)
    pal_memory_give_back();
  if (!observer->discovers_only)
    hand_over(run, observer);
  if (!run_failed(run) && add_discovered(run, observer, &err) != PAL_OK)
    run_fail(run, &err);
  say_progress(run);
  start_more(run);
}

/* --- the run --- */

static enum pal_code run_open(struct run *run, struct pal_err *err) {
  const struct pal_collect_options *options = run->options;
  struct pal_azure_options azure = {
      .net = options->net,
      .cloud = options->cloud,
      .settings = options->settings,
      .config = options->config,
      .base_dir = options->base_dir,
      .only_identities = options->only_identities,
      .fault = options->fault,
      .fault_payload = options->payload,
  };
  const struct pal_records *scanners = pal_get_records(options->settings, PAL_SETTINGS_IDENTITIES);
  run->arena = pal_arena_new(0);
  run->scratch = pal_arena_new(0);
  if (!run->arena || !run->scratch)
    return pal_err_nomem(err);
  enum pal_code code = roster_init(&run->roster, run->arena, scanners->n, err);
  if (code == PAL_OK)
    code = pal_azure_open(&azure, &run->azure, err);
  for (size_t i = 0; code == PAL_OK && i < scanners->n; i++)
    code = add_scanner(run, scanners->v[i], err);
  return code;
}

enum pal_code pal_collect_run(const struct pal_collect_options *options, struct pal_collect_result *ret,
                              struct pal_err *err) {
  struct run run = {.options = options};
  struct pal_err net = {0};
  enum pal_code code = run_open(&run, err);
  if (code == PAL_OK) {
    say_progress(&run);
    start_more(&run);
    if (pal_net_run(options->net, options->stop, &net) != PAL_OK)
      run_fail(&run, &net);
    if (run_failed(&run)) {
      code = run.err.code;
      if (err)
        *err = run.err;
    } else {
      *ret = run.result;
    }
  }
  pal_azure_free(run.azure);
  run_reap(&run);
  while (run.living) {
    struct observer *observer = run.living;
    run.living = observer->next;
    observer_free(observer);
  }
  pal_arena_free(run.scratch);
  pal_arena_free(run.arena);
  return code;
}
