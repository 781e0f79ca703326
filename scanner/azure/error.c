/* SPDX-License-Identifier: Apache-2.0 */
/* error.c - what an answer that is no success says, in words that do not change from run to run. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "azure.h"

enum { ERROR_CODE_MAX = 64 };

bool status_is_success(int status) {
  return status >= 200 && status < 300;
}

void outcome_word(struct pal_outcome *outcome, enum pal_extent extent, const char *word) {
  outcome->extent = extent;
  (void)snprintf(outcome->code, sizeof outcome->code, "%s", word);
}

bool answer_is_html(const struct pal_response *response) {
  if (strncmp(response->content_type, "text/html", 9) == 0)
    return true;
  const char *at = response->body;
  while (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')
    at++;
  return *at == '<';
}

/* A service's error code enters the snapshot: letters, digits and "_.-" only. */
static const char *clean_code(const char *text) {
  size_t len = text ? strlen(text) : 0;
  if (len == 0 || len > ERROR_CODE_MAX)
    return NULL;
  for (size_t i = 0; i < len; i++)
    if (!isalnum((unsigned char)text[i]) && !strchr("_.-", text[i]))
      return NULL;
  return text;
}

/* {"error":{"code":…}}, {"error":"…"} or {"code":…}; a number is a code too (Partner Center). */
static const char *error_code(const struct pal_json_doc *doc) {
  if (!doc)
    return NULL;
  const pal_json *root = pal_json_root(doc);
  const char *code = clean_code(pal_json_text(pal_json_path(root, "error", "code", (char *)NULL)));
  if (!code)
    code = clean_code(pal_json_text(pal_json_get(root, "error")));
  if (!code)
    code = clean_code(pal_json_text(pal_json_get(root, "code")));
  return code ? code : clean_code(pal_json_number(pal_json_get(root, "code")));
}

void outcome_failed(struct pal_outcome *outcome, const struct pal_response *response, const struct pal_json_doc *doc) {
  outcome->extent = PAL_READ_NOTHING;
  outcome->status = response->status;
  if (response->status == 0) {
    outcome_word(outcome, PAL_READ_NOTHING, PAL_WORD_NO_ANSWER);
    return;
  }
  const char *code = error_code(doc);
  (void)snprintf(outcome->error, sizeof outcome->error, "%s", code ? code : "");
  (void)snprintf(outcome->code, sizeof outcome->code, code ? "%d %s" : "%d", response->status, code);
}

/* The first of error_codes, or the number at the head of error_description. */
static bool aadsts_number(const struct pal_json_doc *doc, int64_t *ret) {
  const pal_json *root = pal_json_root(doc);
  if (pal_json_int(pal_json_first(pal_json_get(root, "error_codes")), ret) && *ret > 0)
    return true;
  const char *text = pal_json_text(pal_json_get(root, "error_description"));
  if (!text || strncmp(text, "AADSTS", 6) != 0)
    return false;
  char *end = NULL;
  long long number = strtoll(text + 6, &end, 10);
  *ret = number;
  return end != text + 6 && number > 0 && number < 1000000000000LL;
}

void outcome_refused(struct pal_outcome *outcome, const struct pal_response *response, const struct pal_json_doc *doc) {
  outcome_failed(outcome, response, doc);
  int64_t number = 0;
  if (doc && aadsts_number(doc, &number))
    (void)snprintf(outcome->code, sizeof outcome->code, "AADSTS%lld", (long long)number);
}

enum pal_code answer_parse(const struct pal_response *response, struct pal_json_doc **ret, struct pal_outcome *outcome,
                           struct pal_err *err) {
  *ret = NULL;
  if (response->truncated) {
    outcome_word(outcome, PAL_READ_NOTHING, PAL_WORD_TRUNCATED);
    return PAL_OK;
  }
  if (response->len == 0 || answer_is_html(response)) {
    outcome_word(outcome, PAL_READ_NOTHING, PAL_WORD_NOT_JSON);
    return PAL_OK;
  }
  struct pal_err bad = {0};
  enum pal_code code = pal_json_parse(response->body, response->len, "answer", 0, PAL_BODY_MAX, ret, &bad);
  if (code == PAL_OK) {
    if (pal_json_replaced(*ret) > 0)
      outcome_word(outcome, PAL_READ_SOME, PAL_WORD_BAD_UTF8);
    else
      outcome_word(outcome, PAL_READ_ALL, "");
    return PAL_OK;
  }
  *ret = NULL;
  if (code != PAL_E_INPUT && code != PAL_E_LIMIT) {
    if (err)
      *err = bad;
    return code;
  }
  outcome_word(outcome, PAL_READ_NOTHING, PAL_WORD_BAD_JSON);
  return PAL_OK;
}
