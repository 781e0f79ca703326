/* SPDX-License-Identifier: Apache-2.0 */
#include "notify.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "notify_way.h"
#include "pal_log.h"

enum { DIGEST_ARENA_MAX = 64 << 20 };

struct pal_receivers {
  struct receiver *v;
  size_t n;
};

static const struct way *const ways[] = {&notify_webhook, &notify_smtp, &notify_command};

static enum pal_code read_wants(struct receiver *receiver, struct pal_err *err) {
  const struct pal_texts *on = pal_get_texts(receiver->config, PAL_NOTIFY_CONFIG_ON);
  receiver->wants = (struct pal_wants){.min_severity = pal_get_text(receiver->config, PAL_NOTIFY_CONFIG_MIN_SEVERITY),
                                       .details = pal_get_bool(receiver->config, PAL_NOTIFY_CONFIG_DETAILS, true)};
  bool given = receiver->config->v[PAL_NOTIFY_CONFIG_ON].is == PAL_SET;
  if (given && on->n == 0)
    return pal_err_set(err, PAL_E_CONFIG,
                       "on: an empty list would never tell anything; leave it out for all of %s, %s, "
                       "%s, %s, or the receiver",
                       pal_occasion_words[0], pal_occasion_words[1], pal_occasion_words[2], pal_occasion_words[3]);
  for (unsigned i = 0; !given && i < PAL_OCCASIONS; i++)
    receiver->wants.on |= 1u << i;
  for (size_t i = 0; i < on->n; i++) {
    unsigned bit = pal_occasion_find(on->v[i]);
    if (bit == 0)
      return pal_err_set(err, PAL_E_CONFIG, "on: \"%s\" is none of %s, %s, %s, %s", on->v[i], pal_occasion_words[0],
                         pal_occasion_words[1], pal_occasion_words[2], pal_occasion_words[3]);
    receiver->wants.on |= bit;
  }
  return PAL_OK;
}

static enum pal_code read_ca_file(const struct pal_app *app, struct receiver *receiver, struct pal_err *err) {
  const char *name = pal_get_text(receiver->config, PAL_NOTIFY_CONFIG_CA_FILE);
  if (name == NULL)
    return PAL_OK;
  receiver->ca_file = pal_app_path(app, name);
  return receiver->ca_file != NULL ? pal_app_check_ca_file(receiver->ca_file, err) : pal_err_nomem(err);
}

static enum pal_code load(const struct pal_app *app, const struct pal_record *config, struct receiver *receiver,
                          struct pal_err *err) {
  const char *type = pal_get_text(config, PAL_NOTIFY_CONFIG_TYPE);
  *receiver = (struct receiver){.config = config, .stop = app->cli->stop};
  for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
    if (strcmp(ways[i]->word, type) == 0)
      receiver->way = ways[i];
  assert(receiver->way != NULL); /* the words of `type` are those of the table */
  receiver->medium = pal_medium_find(pal_get_text(config, PAL_NOTIFY_CONFIG_FORMAT));
  enum pal_code code = read_wants(receiver, err);
  if (code == PAL_OK)
    code = read_ca_file(app, receiver, err);
  return code == PAL_OK ? receiver->way->load(app, receiver, err) : code;
}

/* Once all have read theirs: two receivers may share one. */
static void wipe_environment(const struct pal_records *configs) {
  for (size_t i = 0; i < configs->n; i++) {
    const char *name = pal_get_text(configs->v[i], PAL_NOTIFY_CONFIG_PASSWORD_ENV);
    char *value = name != NULL ? getenv(name) : NULL;
    if (value != NULL)
      explicit_bzero(value, strlen(value));
  }
}

enum pal_code pal_receivers_load(const struct pal_app *app, struct pal_receivers **ret, struct pal_err *err) {
  const struct pal_records *configs = pal_get_records(app->config, PAL_CONFIG_NOTIFY);
  *ret = NULL;
  if (configs->n == 0)
    return PAL_OK;
  struct pal_receivers *receivers = calloc(1, sizeof *receivers);
  if (receivers != NULL && (receivers->v = calloc(configs->n, sizeof *receivers->v)) == NULL) {
    free(receivers);
    receivers = NULL;
  }
  if (receivers == NULL)
    return pal_err_nomem(err);
  enum pal_code code = PAL_OK;
  while (code == PAL_OK && receivers->n < configs->n) {
    code = load(app, configs->v[receivers->n], &receivers->v[receivers->n], err);
    receivers->n++;
  }
  wipe_environment(configs);
  if (code != PAL_OK) {
    (void)pal_err_wrap(err, "%s: at $.notify", app->config_path != NULL ? app->config_path : "configuration");
    pal_receivers_free(receivers);
    return code;
  }
  *ret = receivers;
  return PAL_OK;
}

void pal_receivers_free(struct pal_receivers *receivers) {
  if (receivers == NULL)
    return;
  for (size_t i = 0; i < receivers->n; i++)
    notify_forget(&receivers->v[i]);
  free(receivers->v);
  free(receivers);
}

static enum pal_code tell(const struct receiver *receiver, const struct pal_news *news, struct pal_err *err) {
  struct pal_digest digest;
  struct pal_arena *arena = pal_arena_new(DIGEST_ARENA_MAX);
  if (arena == NULL)
    return pal_err_nomem(err);
  enum pal_code code = pal_digest_make(arena, news, &receiver->wants, &digest, err);
  if (code == PAL_OK && digest.occasions != 0)
    code = notify_send(receiver, &digest, err);
  pal_arena_free(arena);
  return code;
}

void pal_receivers_tell(const struct pal_receivers *receivers, const struct pal_news *news) {
  for (size_t i = 0; i < receivers->n; i++) {
    struct pal_err err = {0};
    if (tell(&receivers->v[i], news, &err) != PAL_OK)
      pal_log(PAL_LOG_WARN, "notify: %s: %s", receivers->v[i].way->word, err.text);
  }
}
