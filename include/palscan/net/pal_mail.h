/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_MAIL_H
#define PAL_MAIL_H
/*
 * pal_mail.h - one mail, handed to the one server that was configured, over
 * verified TLS only. Addresses are checked letter by letter and the text is
 * encoded, so that nothing in either becomes a header or a command.
 */
#include <stddef.h>

#include "pal_err.h"
#include "pal_time.h"

enum { PAL_MAIL_RECIPIENTS_MAX = 50, PAL_MAIL_ADDRESS_MAX = 254 };

struct pal_mail {
  const char *server;  /* smtp://host[:port] with STARTTLS, or smtps://host[:port] */
  const char *ca_file; /* NULL: the system's */
  const char *from;
  const char *const *to;
  size_t to_n;
  const char *user, *password; /* both or none */
  const char *subject;         /* printable ASCII without line breaks: our own words */
  const char *text;            /* UTF-8, lines end in \n */
  struct pal_instant date;
  const volatile int *stop; /* true: give up; may be NULL */
};

/* PAL_E_CONFIG says which of server, from, to is none, or that a password has no user. */
enum pal_code pal_mail_check(const struct pal_mail *mail, struct pal_err *err) PAL_MUST_CHECK;
/* Waits until the server has taken it for all recipients, half a minute at most. PAL_E_NET otherwise; the server's
 * words are in no error. */
enum pal_code pal_mail_send(const struct pal_mail *mail, struct pal_err *err) PAL_MUST_CHECK;

#endif
