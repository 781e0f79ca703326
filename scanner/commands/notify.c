/* SPDX-License-Identifier: Apache-2.0 */
#include "notify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pal_file.h"
#include "pal_log.h"
#include "pal_post.h"

enum { SECRET_BYTES_MAX = 64 << 10, DIGEST_ARENA_MAX = 64 << 20 };

struct receiver;

/* One way to deliver: a row. */
struct way {
  const char *word; /* of `type` */
  /* Reads what the way needs of the configuration. */
  enum pal_code (*load)(const struct pal_app *app, struct receiver *receiver, struct pal_err *err);
  enum pal_code (*send)(const struct receiver *receiver, const struct pal_digest *digest, struct pal_err *err);
};

struct receiver {
  const struct pal_record *config; /* NOTIFY_CONFIG */
  const struct way *way;
  struct pal_wants wants;
  const struct pal_medium *medium;
  const char *ca_file; /* NULL: the system's */
  char *secret;        /* an address or a password; registered; NULL: none */
  const volatile int *stop;
};

struct pal_receivers {
  struct receiver *v;
  size_t n;
};

/* --- what they need --- */

static enum pal_code require(const struct receiver *receiver, int field, const char **ret, struct pal_err *err) {
  *ret = pal_get_text(receiver->config, field);
  if (*ret != NULL)
    return PAL_OK;
  return pal_err_set(err, PAL_E_CONFIG, "%s needs %s", receiver->way->word, receiver->config->kind->fields[field].json);
}

/* Keeps len bytes as the receiver's secret, without the line breaks that editors leave at the end. */
static enum pal_code keep_secret(struct receiver *receiver, const char *bytes, size_t len, const char *from,
                                 struct pal_err *err) {
  while (len > 0 && (bytes[len - 1] == '\n' || bytes[len - 1] == '\r'))
    len--;
  if (len == 0 || memchr(bytes, '\0', len) != NULL)
    return pal_err_set(err, PAL_E_CONFIG, "%s holds no secret", from);
  enum pal_code code = pal_secret_register(bytes, len, err);
  if (code != PAL_OK)
    return pal_err_wrap(err, "%s", from);
  if ((receiver->secret = strndup(bytes, len)) != NULL)
    return PAL_OK;
  pal_secret_forget(bytes, len);
  return pal_err_nomem(err);
}

static enum pal_code read_secret(const struct pal_app *app, struct receiver *receiver, int field, struct pal_err *err) {
  const char *key = receiver->config->kind->fields[field].json;
  const char *path = pal_app_path(app, pal_get_text(receiver->config, field));
  if (path == NULL)
    return pal_err_nomem(err);
  struct pal_buf bytes;
  pal_buf_init(&bytes, SECRET_BYTES_MAX + 1);
  enum pal_code code = pal_file_read(path, key, PAL_FILE_SECRET, SECRET_BYTES_MAX, &bytes, err);
  if (code == PAL_OK)
    code = keep_secret(receiver, bytes.data, bytes.len, key, err);
  pal_buf_wipe(&bytes);
  return code;
}

/* --- webhook --- */

static enum pal_code load_webhook(const struct pal_app *app, struct receiver *receiver, struct pal_err *err) {
  const char *file = NULL;
  enum pal_code code = require(receiver, PAL_NOTIFY_CONFIG_URL_FILE, &file, err);
  if (code == PAL_OK)
    code = read_secret(app, receiver, PAL_NOTIFY_CONFIG_URL_FILE, err);
  if (code == PAL_OK && (code = pal_post_check(receiver->secret, err)) != PAL_OK)
    (void)pal_err_wrap(err, "urlFile %s", file);
  return code;
}

/* The digest in the receiver's medium, allocated. */
static enum pal_code print_digest(const struct pal_medium *medium, const struct pal_digest *digest, char **ret,
                                  size_t *ret_len, struct pal_err *err) {
  *ret = NULL;
  FILE *out = open_memstream(ret, ret_len);
  if (out == NULL)
    return pal_err_nomem(err);
  enum pal_code code = medium->print(digest, out, err);
  if (fclose(out) != 0 && code == PAL_OK)
    code = pal_err_nomem(err);
  return code;
}

static enum pal_code send_webhook(const struct receiver *receiver, const struct pal_digest *digest,
                                  struct pal_err *err) {
  char *body = NULL;
  size_t len = 0;
  enum pal_code code = print_digest(receiver->medium, digest, &body, &len, err);
  if (code == PAL_OK)
    code = pal_post_send(&(struct pal_post){.url = receiver->secret,
                                            .ca_file = receiver->ca_file,
                                            .content_type = receiver->medium->content_type,
                                            .body = body,
                                            .len = len,
                                            .stop = receiver->stop},
                         err);
  free(body);
  return code;
}

static const struct way ways[] = {
    {"webhook", load_webhook, send_webhook},
};

/* --- all of them --- */

static enum pal_code read_wants(struct receiver *receiver, struct pal_err *err) {
  const struct pal_texts *on = pal_get_texts(receiver->config, PAL_NOTIFY_CONFIG_ON);
  receiver->wants = (struct pal_wants){.min_severity = pal_get_text(receiver->config, PAL_NOTIFY_CONFIG_MIN_SEVERITY),
                                       .details = pal_get_bool(receiver->config, PAL_NOTIFY_CONFIG_DETAILS, true)};
  for (unsigned i = 0; on->n == 0 && i < PAL_OCCASIONS; i++)
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
    if (strcmp(ways[i].word, type) == 0)
      receiver->way = &ways[i];
  if (receiver->way == NULL)
    return pal_err_set(err, PAL_E_CONFIG, "type %s is not part of this version", type);
  receiver->medium = pal_medium_find(pal_get_text(config, PAL_NOTIFY_CONFIG_FORMAT));
  enum pal_code code = read_wants(receiver, err);
  if (code == PAL_OK)
    code = read_ca_file(app, receiver, err);
  return code == PAL_OK ? receiver->way->load(app, receiver, err) : code;
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
  for (size_t i = 0; i < receivers->n; i++) {
    char *secret = receivers->v[i].secret;
    if (secret == NULL)
      continue;
    pal_secret_forget(secret, strlen(secret));
    explicit_bzero(secret, strlen(secret));
    free(secret);
  }
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
    code = receiver->way->send(receiver, &digest, err);
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
