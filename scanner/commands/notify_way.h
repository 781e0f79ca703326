/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_NOTIFY_WAY_H
#define PAL_NOTIFY_WAY_H
/* notify_way.h - the ways to deliver a digest, shared by notify*.c only. */
#include "notify.h"

struct receiver;

/* One way: a row of the table in notify.c, a file notify_NAME.c. */
struct way {
  const char *word; /* of `type` */
  /* Reads what the way needs of the configuration, and checks it. */
  enum pal_code (*load)(const struct pal_app *app, struct receiver *receiver, struct pal_err *err);
  enum pal_code (*send)(const struct receiver *receiver, const struct pal_digest *digest, struct pal_err *err);
};
extern const struct way notify_webhook, notify_smtp, notify_command;

struct receiver {
  const struct pal_record *config; /* NOTIFY_CONFIG */
  const struct way *way;
  struct pal_wants wants;
  const struct pal_medium *medium;
  const char *ca_file; /* NULL: the system's */
  /* An address or a password; NULL: none. Registered only while it is used: a request of the scan that holds a
   * registered secret is not sent, and a password may be a word of a URL. */
  char *secret;
  const char *const *arguments; /* of a command, ended by NULL */
  const volatile int *stop;
};

/* notify_way.c */
/* PAL_E_CONFIG when this key of the configuration is absent. */
enum pal_code notify_require(const struct receiver *receiver, int field, const char **ret, struct pal_err *err)
    PAL_MUST_CHECK;
/* The receiver's secret out of the private file, or the environment variable, that this key names. */
enum pal_code notify_secret_file(const struct pal_app *app, struct receiver *receiver, int field, struct pal_err *err)
    PAL_MUST_CHECK;
enum pal_code notify_secret_env(struct receiver *receiver, int field, struct pal_err *err) PAL_MUST_CHECK;
/* By the receiver's way; an error holds no secret. */
enum pal_code notify_send(const struct receiver *receiver, const struct pal_digest *digest, struct pal_err *err)
    PAL_MUST_CHECK;
void notify_forget(struct receiver *receiver);
/* The digest in a medium, allocated; *ret is NULL or the caller's to free also on failure. */
enum pal_code notify_print(const struct pal_medium *medium, const struct pal_digest *digest, char **ret,
                           size_t *ret_len, struct pal_err *err) PAL_MUST_CHECK;

#endif
