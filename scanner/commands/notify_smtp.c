/* SPDX-License-Identifier: Apache-2.0 */
/* notify_smtp.c - a digest as a mail. */
#include <stdlib.h>

#include "notify_way.h"
#include "pal_mail.h"

static struct pal_mail mail_of(const struct receiver *receiver) {
  const struct pal_texts *to = pal_get_texts(receiver->config, PAL_NOTIFY_CONFIG_TO);
  return (struct pal_mail){.server = pal_get_text(receiver->config, PAL_NOTIFY_CONFIG_SERVER),
                           .ca_file = receiver->ca_file,
                           .from = pal_get_text(receiver->config, PAL_NOTIFY_CONFIG_FROM),
                           .to = to->v,
                           .to_n = to->n,
                           .user = pal_get_text(receiver->config, PAL_NOTIFY_CONFIG_USER),
                           .password = receiver->secret,
                           .stop = receiver->stop};
}

static enum pal_code load(const struct pal_app *app, struct receiver *receiver, struct pal_err *err) {
  const char *needed = NULL;
  enum pal_code code = notify_require(receiver, PAL_NOTIFY_CONFIG_SERVER, &needed, err);
  if (code == PAL_OK)
    code = notify_require(receiver, PAL_NOTIFY_CONFIG_FROM, &needed, err);
  bool in_file = pal_get_text(receiver->config, PAL_NOTIFY_CONFIG_PASSWORD_FILE) != NULL;
  bool in_env = pal_get_text(receiver->config, PAL_NOTIFY_CONFIG_PASSWORD_ENV) != NULL;
  if (code == PAL_OK && in_file && in_env)
    return pal_err_set(err, PAL_E_CONFIG, "passwordFile and passwordEnv: one of them");
  if (code == PAL_OK && in_file)
    code = notify_secret_file(app, receiver, PAL_NOTIFY_CONFIG_PASSWORD_FILE, err);
  if (code == PAL_OK && in_env)
    code = notify_secret_env(receiver, PAL_NOTIFY_CONFIG_PASSWORD_ENV, err);
  if (code != PAL_OK)
    return code;
  const struct pal_mail mail = mail_of(receiver);
  return pal_mail_check(&mail, err);
}

static enum pal_code send_it(const struct receiver *receiver, const struct pal_digest *digest, struct pal_err *err) {
  char *text = NULL;
  size_t len = 0;
  struct pal_mail mail = mail_of(receiver);
  enum pal_code code = notify_print(pal_medium_find("text"), digest, &text, &len, err);
  mail.subject = digest->title;
  mail.text = text;
  mail.date = pal_clock_now();
  if (code == PAL_OK)
    code = pal_mail_send(&mail, err);
  free(text);
  return code;
}

const struct way notify_smtp = {"smtp", load, send_it};
