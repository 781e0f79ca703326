/* SPDX-License-Identifier: Apache-2.0 */
/* link_look.c - reads as a scan would, of one identity in one tenant, and keeps nothing on disk. */
#include <stdio.h>
#include <string.h>

#include "link.h"
#include "pal_collect.h"

/* The first of the units of these areas that was not read whole; NULL: all were. */
static const struct pal_record *unread(const struct pal_docs *docs, const struct pal_tenant_id *tenant,
                                       const char *area) {
  const struct pal_doc *doc = pal_docs_find(docs, PAL_FILE_COVERAGE, tenant, NULL);
  for (size_t i = 0; doc != NULL && i < doc->records.n; i++) {
    const struct pal_record *unit = doc->records.v[i];
    if (strcmp(pal_get_text(unit, PAL_COVERAGE_AREA), area) == 0 &&
        strcmp(pal_get_text(unit, PAL_COVERAGE_STATE), "complete") != 0)
      return unit;
  }
  return NULL;
}

static enum pal_code keep_link(struct pal_look *look, const struct pal_docs *docs, struct pal_err *err) {
  const struct pal_record *unit = unread(docs, &look->tenant, "links");
  const struct pal_doc *doc = pal_docs_find(docs, PAL_FILE_IDENTITY, &look->tenant, look->object.s);
  const struct pal_record *identity = doc != NULL && doc->records.n == 1 ? doc->records.v[0] : NULL;
  if (unit != NULL || identity == NULL || identity->v[PAL_IDENTITY_LINK].is == PAL_ABSENT) {
    const char *code = unit != NULL ? pal_get_text(unit, PAL_COVERAGE_CODE) : NULL;
    (void)snprintf(look->code, sizeof(look->code), "%s", code != NULL ? code : PAL_WORD_NO_ANSWER);
    return PAL_OK;
  }
  look->known = true;
  const struct pal_record *link = pal_get_record(identity, PAL_IDENTITY_LINK);
  if (link != NULL && (look->link = pal_record_dup(look->app->arena, link)) == NULL)
    return pal_err_nomem(err);
  return PAL_OK;
}

static enum pal_code on_observation(void *payload, const struct pal_observation *observation, struct pal_err *err) {
  struct pal_look *look = payload;
  look->tried = true;
  look->signed_in = observation->signed_in;
  look->object = observation->object;
  look->placed = observation->signed_in && unread(&observation->docs, &look->tenant, "tenant") == NULL &&
                 unread(&observation->docs, &look->tenant, "subscriptions") == NULL;
  enum pal_code code = keep_link(look, &observation->docs, err);
  return code == PAL_OK ? pal_judge_load(look->judge, PAL_STATE_NOW, &observation->docs, err) : code;
}

/* The settings of a run that reads links and nothing more of its own accord. */
static struct pal_record *only_links(const struct pal_app *app, struct pal_err *err) {
  static const char *const areas[] = {"links"};
  struct pal_record *settings = pal_record_dup(app->arena, app->settings);
  if (settings == NULL || pal_set_texts(app->arena, settings, PAL_SETTINGS_COLLECT, areas, 1, err) != PAL_OK) {
    (void)pal_err_nomem(err);
    return NULL;
  }
  return settings;
}

static enum pal_code find_identity(const struct pal_app *app, const char *name, struct pal_err *err) {
  const struct pal_records *identities = pal_get_records(app->settings, PAL_SETTINGS_IDENTITIES);
  for (size_t i = 0; i < identities->n; i++)
    if (strcmp(pal_get_text(identities->v[i], PAL_SCANNER_NAME), name) == 0)
      return PAL_OK;
  return pal_err_set(err, PAL_E_USAGE, "--identity: the configuration names no identity \"%s\"", name);
}

static const char *name_of(const struct pal_record *estate, const struct pal_tenant_id *tenant) {
  const struct pal_records *customers = estate != NULL ? pal_get_records(estate, PAL_ESTATE_CUSTOMERS) : NULL;
  for (size_t i = 0; customers != NULL && i < customers->n; i++)
    if (strcmp(pal_get_text(customers->v[i], PAL_CUSTOMER_TENANT), tenant->s) == 0)
      return pal_get_text(customers->v[i], PAL_CUSTOMER_NAME);
  return NULL;
}

static enum pal_code read(struct pal_look *look, const struct pal_record *settings, bool offline, struct pal_err *err) {
  const struct pal_app *app = look->app;
  const char *tenant = look->tenant.s;
  const struct pal_texts tenants = {.v = &tenant, .n = 1}, identities = {.v = &look->identity, .n = 1}, none = {0};
  struct pal_net_options net_options = {.cloud = look->cloud, .concurrency = 8, .offline = offline};
  struct pal_net *net = NULL;
  enum pal_code code = pal_net_open(&net_options, &net, err);
  if (code != PAL_OK)
    return code;
  struct pal_collect_options options = {.net = net,
                                        .cloud = look->cloud,
                                        .settings = settings,
                                        .config = app->config,
                                        .estate = app->estate,
                                        .started = look->at,
                                        .base_dir = app->base_dir[0] != '\0' ? app->base_dir : NULL,
                                        .only_tenants = &tenants,
                                        .only_identities = &identities,
                                        .parent_tenants = &none,
                                        .each = on_observation,
                                        .payload = look,
                                        .stop = app->cli->stop};
  struct pal_collect_result result = {0};
  code = pal_azure_learn_cloud(net, app->arena, look->cloud, app->cli->stop, err);
  if (code == PAL_OK)
    code = pal_collect_run(&options, &result, err);
  struct pal_err later = {0};
  enum pal_code closed = pal_net_close(net, code == PAL_OK ? err : &later);
  return code == PAL_OK ? closed : code;
}

enum pal_code pal_look(const struct pal_app *app, const char *identity, const struct pal_tenant_id *tenant,
                       bool offline, struct pal_look *ret, struct pal_err *err) {
  *ret = (struct pal_look){.app = app, .identity = identity, .tenant = *tenant, .at = pal_clock_now()};
  ret->tenant_name = name_of(app->estate, tenant);
  enum pal_code code = find_identity(app, identity, err);
  if (code == PAL_OK)
    code = pal_app_cloud(app, app->settings, true, &ret->cloud, err);
  if (code != PAL_OK)
    return code;
  struct pal_record *settings = only_links(app, err);
  if (settings == NULL)
    return PAL_E_NOMEM;
  struct pal_judge_options options = {.pack = app->pack,
                                      .registry = app->registry,
                                      .estate = app->estate,
                                      .settings = settings,
                                      .started = ret->at,
                                      .replay = "",
                                      .all_tables = true};
  code = pal_judge_new(&options, &ret->judge, err);
  return code == PAL_OK ? read(ret, settings, offline, err) : code;
}

void pal_look_free(struct pal_look *look) {
  pal_judge_free(look->judge);
  look->judge = NULL;
}
