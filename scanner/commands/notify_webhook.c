/* SPDX-License-Identifier: Apache-2.0 */
/* notify_webhook.c - a digest posted to an address that is a secret. */
#include <stdlib.h>

#include "notify_way.h"
#include "pal_post.h"

static enum pal_code load(const struct pal_app *app, struct receiver *receiver, struct pal_err *err) {
  const char *file = NULL;
  enum pal_code code = notify_require(receiver, PAL_NOTIFY_CONFIG_URL_FILE, &file, err);
  if (code == PAL_OK)
    code = notify_secret_file(app, receiver, PAL_NOTIFY_CONFIG_URL_FILE, err);
  if (code == PAL_OK && (code = pal_post_check(receiver->secret, err)) != PAL_OK)
    (void)pal_err_wrap(err, "urlFile %s", file);
  return code;
}

static enum pal_code send_it(const struct receiver *receiver, const struct pal_digest *digest, struct pal_err *err) {
  char *body = NULL;
  size_t len = 0;
  enum pal_code code = notify_print(receiver->medium, digest, &body, &len, err);
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

const struct way notify_webhook = {"webhook", load, send_it};
