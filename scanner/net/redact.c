/* SPDX-License-Identifier: Apache-2.0 */
#include "redact.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base64.h"
#include "pal_id.h"
#include "pal_json.h"
#include "pal_log.h"
#include "text.h"

static const char redacted[] = "REDACTED";

enum { FORM_NAME_MAX = 40, ANSWER_TEXT_MAX = 1024, CLAIM_MAX = 64, SECRET_SHORTEST = 6, SECRET_LONGEST = 64 << 10 };

static bool is_one_of(const char *name, size_t len, const char *const *names) {
  for (; *names; names++)
    if (strlen(*names) == len && memcmp(*names, name, len) == 0)
      return true;
  return false;
}

/* --- forms --- */

static const char *const harmless_fields[] = {
    "client_id", "scope", "grant_type", "client_assertion_type", "resource", "requested_token_use", NULL};
/* Whose values are secrets; other fields are only not written down. */
static const char *const secret_fields[] = {
    "client_secret", "client_assertion", "refresh_token", "access_token", "id_token",
    "password",      "assertion",        "code",          "device_code",  NULL};

static bool is_form_name(const char *name, size_t len) {
  if (len == 0 || len > FORM_NAME_MAX)
    return false;
  for (size_t i = 0; i < len; i++)
    if (!net_is_unreserved(name[i]))
      return false;
  return true;
}

static void redact_field(struct pal_buf *out, const char *field, size_t len) {
  const char *equals = memchr(field, '=', len);
  size_t name_len = equals ? (size_t)(equals - field) : 0;
  if (equals && is_one_of(field, name_len, harmless_fields)) {
    pal_buf_add(out, field, len);
    return;
  }
  if (is_form_name(field, name_len))
    pal_buf_add(out, field, name_len);
  else
    pal_buf_puts(out, redacted);
  pal_buf_putc(out, '=');
  pal_buf_puts(out, redacted);
}

void net_redact_form(struct pal_buf *out, const char *form) {
  for (const char *p = form; *p;) {
    size_t len = strcspn(p, "&");
    if (p != form)
      pal_buf_putc(out, '&');
    redact_field(out, p, len);
    p += len + (p[len] == '&');
  }
}

/* Shorter ones cannot be told from ordinary text, longer ones are no tokens. */
static bool is_secret(const char *value, size_t len) {
  return len >= SECRET_SHORTEST && len <= SECRET_LONGEST &&
         (len != strlen(redacted) || memcmp(value, redacted, len) != 0);
}

/* What is done with each secret of a text, in order, until it fails or `left` of them were told. */
struct secrets {
  enum { REGISTER, FORGET } what;
  size_t left, told;
};

static enum pal_code tell_secret(struct secrets *secrets, const char *value, size_t len, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  if (!is_secret(value, len) || secrets->left == 0)
    return PAL_OK;
  if (secrets->what == REGISTER)
    code = pal_secret_register(value, len, err);
  else
    pal_secret_forget(value, len);
  if (code != PAL_OK)
    return code;
  secrets->left--;
  secrets->told++;
  return PAL_OK;
}

static enum pal_code each_of_form(const char *form, struct secrets *secrets, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (const char *p = form; *p && code == PAL_OK;) {
    size_t len = strcspn(p, "&");
    const char *equals = memchr(p, '=', len);
    if (equals && is_one_of(p, (size_t)(equals - p), secret_fields)) {
      struct pal_buf plain, value;
      size_t value_len = len - (size_t)(equals - p) - 1;
      pal_buf_init(&plain, SIZE_MAX);
      pal_buf_init(&value, SIZE_MAX);
      for (size_t i = 0; i < value_len; i++)
        pal_buf_putc(&plain, equals[1 + i] == '+' ? ' ' : equals[1 + i]);
      net_percent_decode(&value, plain.data, plain.len);
      code = pal_buf_check(&plain, "a form", err);
      if (code == PAL_OK)
        code = pal_buf_check(&value, "a form", err);
      if (code == PAL_OK)
        code = tell_secret(secrets, value.data, value.len, err);
      pal_buf_wipe(&value);
      pal_buf_wipe(&plain);
    }
    p += len + (p[len] == '&');
  }
  return code;
}

enum pal_code net_register_form(const char *form, struct pal_err *err) {
  struct secrets secrets = {REGISTER, SIZE_MAX, 0};
  enum pal_code code = each_of_form(form, &secrets, err);
  if (code != PAL_OK) {
    struct secrets back = {FORGET, secrets.told, 0};
    (void)each_of_form(form, &back, NULL);
  }
  return code;
}

void net_forget_form(const char *form) {
  struct secrets secrets = {FORGET, SIZE_MAX, 0};
  (void)each_of_form(form, &secrets, NULL); /* no memory: they stay known */
}

/* --- access tokens --- */

static bool is_claim_text(const char *text) {
  size_t len = strlen(text);
  if (len == 0 || len > CLAIM_MAX)
    return false;
  for (size_t i = 0; i < len; i++)
    if (!net_is_unreserved(text[i]))
      return false;
  return true;
}

static void add_claims(struct pal_buf *out, const pal_json *payload) {
  static const struct {
    const char *name;
    bool guid;
  } claims[] = {{"appid", true}, {"idtyp", false}, {"oid", true}, {"tid", true}};
  char guid[PAL_GUID_LEN + 1];
  const char *comma = "";
  pal_buf_putc(out, '{');
  for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
    const char *text = pal_json_text(pal_json_get(payload, claims[i].name));
    if (!text || (claims[i].guid ? !pal_guid_canonical(text, strlen(text), guid) : !is_claim_text(text)))
      continue;
    pal_buf_printf(out, "%s\"%s\":\"%s\"", comma, claims[i].name, claims[i].guid ? guid : text);
    comma = ",";
  }
  pal_buf_putc(out, '}');
}

/* The payload of a JWT; *ret is NULL when the token is none. */
static enum pal_code token_payload(const char *token, struct pal_json_doc **ret) {
  const char *dot = strchr(token, '.');
  *ret = NULL;
  if (!dot)
    return PAL_OK;
  struct pal_buf text;
  pal_buf_init(&text, SIZE_MAX);
  bool decoded = net_base64_decode(&text, dot + 1, strcspn(dot + 1, "."), NET_BASE64_URL);
  enum pal_code code = pal_buf_check(&text, "a token", NULL);
  if (code == PAL_OK && decoded)
    code = pal_json_parse(text.data, text.len, "a token", 0, 0, ret, NULL);
  pal_buf_wipe(&text);
  if (code != PAL_OK)
    *ret = NULL;
  return code == PAL_E_NOMEM ? code : PAL_OK;
}

static void add_token(struct pal_buf *out, const char *token) {
  static const char header[] = "{\"alg\":\"none\",\"typ\":\"JWT\"}";
  struct pal_json_doc *doc = NULL;
  struct pal_buf claims;
  if (token_payload(token, &doc) != PAL_OK) {
    out->bad = PAL_E_NOMEM;
    return;
  }
  pal_buf_init(&claims, SIZE_MAX);
  add_claims(&claims, doc ? pal_json_root(doc) : NULL);
  pal_buf_putc(out, '"');
  net_base64_encode(out, header, strlen(header), NET_BASE64_URL);
  pal_buf_putc(out, '.');
  net_base64_encode(out, claims.data, claims.len, NET_BASE64_URL);
  pal_buf_puts(out, ".\"");
  if (claims.bad != PAL_OK)
    out->bad = claims.bad;
  pal_buf_deinit(&claims);
  pal_json_doc_free(doc);
}

/* --- answers --- */

enum keep { KEEP_VALUE, KEEP_NAME, KEEP_TOKEN };

static const struct {
  const char *name;
  enum keep keep;
} answer_fields[] = {
    {"access_token", KEEP_TOKEN},      {"error", KEEP_VALUE},      {"error_codes", KEEP_VALUE},
    {"error_description", KEEP_VALUE}, {"expires_in", KEEP_VALUE}, {"expires_on", KEEP_VALUE},
    {"ext_expires_in", KEEP_VALUE},    {"id_token", KEEP_NAME},    {"not_before", KEEP_VALUE},
    {"refresh_token", KEEP_NAME},      {"resource", KEEP_VALUE},   {"scope", KEEP_VALUE},
    {"suberror", KEEP_VALUE},          {"token_type", KEEP_VALUE},
};

/* The first line of a text: what follows are trace ids that differ each time. */
static void add_first_line(struct pal_buf *out, const char *text) {
  struct pal_buf line;
  size_t len = strcspn(text, "\r\n");
  pal_buf_init(&line, SIZE_MAX);
  pal_redact(&line, text, len);
  if (line.bad != PAL_OK)
    out->bad = line.bad;
  if (line.len > ANSWER_TEXT_MAX) {
    pal_buf_clear(&line);
    pal_buf_puts(&line, redacted);
  }
  pal_json_escape(out, line.data);
  pal_buf_wipe(&line);
}

static bool add_value(struct pal_buf *out, const pal_json *node) {
  int64_t number;
  if (pal_json_text(node)) {
    add_first_line(out, pal_json_text(node));
    return true;
  }
  if (pal_json_int(node, &number)) {
    pal_buf_printf(out, "%lld", (long long)number);
    return true;
  }
  if (pal_json_type(node) != PAL_JSON_ARRAY)
    return false;
  const char *comma = "";
  pal_buf_putc(out, '[');
  for (const pal_json *item = pal_json_first(node); item; item = pal_json_next(item)) {
    if (!pal_json_int(item, &number))
      continue;
    pal_buf_printf(out, "%s%lld", comma, (long long)number);
    comma = ",";
  }
  pal_buf_putc(out, ']');
  return true;
}

static bool add_answer_field(struct pal_buf *out, const pal_json *node, enum keep keep) {
  if (keep == KEEP_VALUE)
    return add_value(out, node);
  if (!pal_json_text(node))
    return false;
  if (keep == KEEP_TOKEN)
    add_token(out, pal_json_text(node));
  else
    pal_buf_printf(out, "\"%s\"", redacted);
  return true;
}

/* *ret is NULL when it is no JSON object. */
static enum pal_code parse_answer(const char *body, size_t len, struct pal_json_doc **ret, struct pal_err *err) {
  struct pal_json_doc *doc = NULL;
  *ret = NULL;
  enum pal_code code = pal_json_parse(body, len, "a token answer", 0, 0, &doc, NULL);
  if (code == PAL_E_NOMEM)
    return pal_err_nomem(err);
  if (code != PAL_OK)
    return PAL_OK;
  if (pal_json_type(pal_json_root(doc)) == PAL_JSON_OBJECT)
    *ret = doc;
  else
    pal_json_doc_free(doc);
  return PAL_OK;
}

void net_redact_answer(struct pal_buf *out, const char *body, size_t len) {
  if (len == 0)
    return;
  struct pal_json_doc *doc = NULL;
  if (parse_answer(body, len, &doc, NULL) != PAL_OK) {
    out->bad = PAL_E_NOMEM;
    return;
  }
  if (!doc) {
    pal_buf_puts(out, redacted);
    return;
  }
  const char *comma = "";
  pal_buf_putc(out, '{');
  for (size_t i = 0; i < sizeof answer_fields / sizeof answer_fields[0]; i++) {
    const pal_json *node = pal_json_get(pal_json_root(doc), answer_fields[i].name);
    struct pal_buf value;
    pal_buf_init(&value, SIZE_MAX);
    if (node && add_answer_field(&value, node, answer_fields[i].keep)) {
      pal_buf_printf(out, "%s\"%s\":", comma, answer_fields[i].name);
      pal_buf_add(out, value.data, value.len);
      comma = ",";
    }
    if (value.bad != PAL_OK)
      out->bad = value.bad;
    pal_buf_deinit(&value);
  }
  pal_buf_putc(out, '}');
  pal_json_doc_free(doc);
}

static enum pal_code each_of_answer(const char *body, size_t len, struct secrets *secrets, struct pal_err *err) {
  static const char *const names[] = {"access_token", "refresh_token", "id_token"};
  struct pal_json_doc *doc = NULL;
  enum pal_code code = parse_answer(body, len, &doc, err);
  for (size_t i = 0; code == PAL_OK && doc && i < sizeof names / sizeof names[0]; i++) {
    const char *token = pal_json_text(pal_json_get(pal_json_root(doc), names[i]));
    if (token)
      code = tell_secret(secrets, token, strlen(token), err);
  }
  pal_json_doc_free(doc);
  return code;
}

enum pal_code net_register_answer(const char *body, size_t len, struct pal_err *err) {
  struct secrets secrets = {REGISTER, SIZE_MAX, 0};
  enum pal_code code = each_of_answer(body, len, &secrets, err);
  if (code != PAL_OK) {
    struct secrets back = {FORGET, secrets.told, 0};
    (void)each_of_answer(body, len, &back, NULL);
  }
  return code;
}

void net_forget_answer(const char *body, size_t len) {
  struct secrets secrets = {FORGET, SIZE_MAX, 0};
  (void)each_of_answer(body, len, &secrets, NULL); /* no memory: they stay known */
}
