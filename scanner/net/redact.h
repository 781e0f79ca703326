/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_REDACT_H
#define NET_REDACT_H
/*
 * redact.h - what of a token exchange may be written down. By allow-list: a
 * field that is not known to be harmless does not keep its value.
 */
#include "pal_buf.h"
#include "pal_err.h"

/* Appends the form with the values of all but harmless fields replaced by
 * REDACTED, fields in their order. Redacting twice changes nothing. */
void net_redact_form(struct pal_buf *out, const char *form);
/* Registers the values of the fields known to hold secrets (pal_secret_register), all or none. */
enum pal_code net_register_form(const char *form, struct pal_err *err) PAL_MUST_CHECK;
/* Takes that back. */
void net_forget_form(const char *form);

/* Appends a token answer reduced to harmless fields; the access token becomes
 * an unsigned JWT with tid, oid, appid and idtyp only. What is no JSON object
 * becomes the word REDACTED. */
void net_redact_answer(struct pal_buf *out, const char *body, size_t len);
/* Registers the tokens of an answer, all or none. */
enum pal_code net_register_answer(const char *body, size_t len, struct pal_err *err) PAL_MUST_CHECK;
/* Takes that back. */
void net_forget_answer(const char *body, size_t len);

#endif
