/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "base64.h"
#include "har.h"
#include "pal_json.h"
#include "text.h"

enum { METHOD_MAX = 16, HEADER_MAX = 1024, STATUS_MAX = 599 };

struct reader {
  struct pal_arena *arena;
  const struct pal_json_doc *doc;
  struct pal_buf scratch;
  struct pal_err *err;
};

/* --- members --- */

/* A member of the wanted type; absent or of another type is an error. */
static enum pal_code member(struct reader *r, const pal_json *object, const char *key, enum pal_json_type type,
                            const pal_json **ret) {
  const pal_json *node = pal_json_get(object, key);
  if (!node)
    return pal_json_fail(r->doc, object, r->err, "a HAR has \"%s\" here", key);
  if (pal_json_type(node) != type)
    return pal_json_fail(r->doc, node, r->err, "%s expected, not %s", pal_json_type_name(type),
                         pal_json_type_name(pal_json_type(node)));
  *ret = node;
  return PAL_OK;
}

/* An optional text; one of another type is an error. */
static enum pal_code optional_text(struct reader *r, const pal_json *object, const char *key, const char **ret) {
  const pal_json *node = pal_json_get(object, key);
  *ret = pal_json_text(node);
  if (node && !*ret && !pal_json_is_null(node))
    return pal_json_fail(r->doc, node, r->err, "%s expected, not %s", pal_json_type_name(PAL_JSON_STRING),
                         pal_json_type_name(pal_json_type(node)));
  return PAL_OK;
}

/* A copy of len bytes, which may hold NULs, and a NUL. */
static enum pal_code keep(struct reader *r, const char *text, size_t len, const char **ret) {
  char *copy = pal_arena_alloc(r->arena, len + 1);
  if (!copy)
    return pal_err_nomem(r->err);
  memcpy(copy, text, len);
  *ret = copy;
  return PAL_OK;
}

static enum pal_code keep_text(struct reader *r, const char *text, const char **ret) {
  return keep(r, text ? text : "", text ? strlen(text) : 0, ret);
}

/* --- request --- */

/* Whether the media type is this one, parameters aside. */
static bool is_mime(const char *mime, const char *wanted) {
  size_t len = strcspn(mime, "; \t");
  return len == strlen(wanted) && net_same_letters(mime, wanted, len);
}

/* False: no body this program would send. */
static bool kind_of_body(const char *mime, const char *text, enum pal_body_kind *ret) {
  if (!*text)
    *ret = PAL_BODY_NONE;
  else if (is_mime(mime, "application/json"))
    *ret = PAL_BODY_JSON;
  else if (is_mime(mime, "application/x-www-form-urlencoded"))
    *ret = PAL_BODY_FORM;
  else
    return false;
  return true;
}

static enum pal_code read_body(struct reader *r, const pal_json *request, struct net_exchange *exchange,
                               bool *ret_usable) {
  const pal_json *post = pal_json_get(request, "postData");
  const char *mime = NULL, *text = NULL;
  enum pal_code code = optional_text(r, post, "mimeType", &mime);
  if (code == PAL_OK)
    code = optional_text(r, post, "text", &text);
  if (code != PAL_OK)
    return code;
  *ret_usable = kind_of_body(mime ? mime : "", text ? text : "", &exchange->body_kind);
  if (!*ret_usable)
    return PAL_OK;
  struct pal_err why = {0};
  pal_buf_clear(&r->scratch);
  code = net_canonical_body(exchange->body_kind, text ? text : "", text ? strlen(text) : 0, "request body", &r->scratch,
                            &why);
  *ret_usable = code == PAL_OK;
  if (code == PAL_E_INPUT)
    return PAL_OK;
  if (code != PAL_OK)
    return pal_err_set(r->err, code, "%s", why.text);
  return keep(r, r->scratch.data, r->scratch.len, &exchange->body);
}

static enum pal_code read_request(struct reader *r, const pal_json *entry, struct net_exchange *exchange,
                                  bool *ret_usable) {
  const pal_json *request = NULL, *method = NULL, *url = NULL;
  *ret_usable = false;
  enum pal_code code = member(r, entry, "request", PAL_JSON_OBJECT, &request);
  if (code == PAL_OK)
    code = member(r, request, "method", PAL_JSON_STRING, &method);
  if (code == PAL_OK)
    code = member(r, request, "url", PAL_JSON_STRING, &url);
  if (code != PAL_OK)
    return code;
  if (strlen(pal_json_text(method)) > METHOD_MAX)
    return PAL_OK;
  code = pal_url_normalise(pal_json_text(url), &r->scratch, NULL);
  if (code == PAL_E_NOMEM)
    return pal_err_nomem(r->err);
  if (code != PAL_OK)
    return PAL_OK;
  code = keep(r, r->scratch.data, r->scratch.len, &exchange->url);
  if (code == PAL_OK)
    code = keep_text(r, pal_json_text(method), &exchange->method);
  if (code == PAL_OK)
    code = read_body(r, request, exchange, ret_usable);
  return code;
}

/* --- response --- */

/* The value of the first header of that name. */
static enum pal_code read_header(struct reader *r, const pal_json *headers, const char *name, const char *fallback,
                                 const char **ret) {
  const char *found = NULL;
  for (const pal_json *item = pal_json_first(headers); item && !found; item = pal_json_next(item)) {
    const char *item_name = NULL, *value = NULL;
    enum pal_code code = optional_text(r, item, "name", &item_name);
    if (code == PAL_OK)
      code = optional_text(r, item, "value", &value);
    if (code != PAL_OK)
      return code;
    if (item_name && value && net_same_word(item_name, name))
      found = value;
  }
  if (!found)
    found = fallback ? fallback : "";
  return keep(r, found, strnlen(found, HEADER_MAX), ret);
}

static enum pal_code read_content(struct reader *r, const pal_json *content, struct net_exchange *exchange) {
  const char *text = NULL, *encoding = NULL;
  enum pal_code code = optional_text(r, content, "text", &text);
  if (code == PAL_OK)
    code = optional_text(r, content, "encoding", &encoding);
  if (code != PAL_OK)
    return code;
  if (!text)
    text = "";
  if (!encoding || !*encoding) {
    exchange->answer_len = strlen(text);
    return keep(r, text, exchange->answer_len, &exchange->answer);
  }
  if (!net_same_word(encoding, "base64"))
    return pal_json_fail(r->doc, pal_json_get(content, "encoding"), r->err, "only base64 is known");
  pal_buf_clear(&r->scratch);
  if (!net_base64_decode(&r->scratch, text, strlen(text), NET_BASE64_STANDARD))
    return pal_json_fail(r->doc, pal_json_get(content, "text"), r->err, "is no base64");
  code = pal_buf_check(&r->scratch, "an answer", r->err);
  if (code != PAL_OK)
    return code;
  exchange->answer_len = r->scratch.len;
  return keep(r, r->scratch.data, r->scratch.len, &exchange->answer);
}

static enum pal_code read_status(struct reader *r, const pal_json *response, struct net_exchange *exchange) {
  const pal_json *node = NULL;
  int64_t status = 0;
  enum pal_code code = member(r, response, "status", PAL_JSON_NUMBER, &node);
  if (code != PAL_OK)
    return code;
  if (!pal_json_int(node, &status) || (status != 0 && (status < 100 || status > STATUS_MAX)))
    return pal_json_fail(r->doc, node, r->err, "is no HTTP status (0 is a failed transport)");
  exchange->status = (int)status;
  return PAL_OK;
}

static enum pal_code read_response(struct reader *r, const pal_json *entry, struct net_exchange *exchange) {
  const pal_json *response = NULL;
  const char *failure = NULL, *mime = NULL;
  enum pal_code code = member(r, entry, "response", PAL_JSON_OBJECT, &response);
  if (code == PAL_OK)
    code = read_status(r, response, exchange);
  if (code != PAL_OK)
    return code;
  const pal_json *content = pal_json_get(response, "content");
  const pal_json *headers = pal_json_get(response, "headers");
  code = optional_text(r, content, "mimeType", &mime);
  if (code == PAL_OK)
    code = read_header(r, headers, "content-type", mime, &exchange->content_type);
  if (code == PAL_OK)
    code = read_header(r, headers, "retry-after", NULL, &exchange->retry_after);
  if (code == PAL_OK)
    code = read_content(r, content, exchange);
  if (code == PAL_OK)
    code = optional_text(r, response, "_failure", &failure);
  if (code == PAL_OK && exchange->status == 0)
    code = keep_text(r, failure && *failure ? failure : "the transport failed", &exchange->failure);
  exchange->truncated = pal_json_true(pal_json_get(response, "_truncated"));
  return code;
}

/* --- log --- */

static enum pal_code read_entry(struct reader *r, const pal_json *entry, struct net_exchange *exchange,
                                bool *ret_usable) {
  const char *comment = NULL;
  if (pal_json_type(entry) != PAL_JSON_OBJECT)
    return pal_json_fail(r->doc, entry, r->err, "an entry of a HAR is an object");
  enum pal_code code = read_request(r, entry, exchange, ret_usable);
  if (code != PAL_OK || !*ret_usable)
    return code;
  code = optional_text(r, entry, "comment", &comment);
  if (code == PAL_OK && comment)
    code = keep_text(r, comment, &exchange->comment);
  exchange->superseded = pal_json_true(pal_json_get(entry, "_superseded"));
  return code == PAL_OK ? read_response(r, entry, exchange) : code;
}

static enum pal_code read_log(struct reader *r, struct net_exchanges *list) {
  const pal_json *log = NULL, *entries = NULL, *root = pal_json_root(r->doc);
  enum pal_code code = PAL_OK;
  if (pal_json_type(root) != PAL_JSON_OBJECT)
    return pal_json_fail(r->doc, root, r->err, "a HAR is an object");
  code = member(r, root, "log", PAL_JSON_OBJECT, &log);
  if (code == PAL_OK)
    code = member(r, log, "entries", PAL_JSON_ARRAY, &entries);
  if (code == PAL_OK && pal_json_count(entries) > NET_HAR_ENTRIES_MAX)
    code = pal_json_fail(r->doc, entries, r->err, "more than %d entries", NET_HAR_ENTRIES_MAX);
  for (const pal_json *entry = code == PAL_OK ? pal_json_first(entries) : NULL; entry && code == PAL_OK;
       entry = pal_json_next(entry)) {
    struct net_exchange exchange = {0};
    bool usable = false;
    code = read_entry(r, entry, &exchange, &usable);
    if (code != PAL_OK || !usable)
      continue;
    void *grown = pal_arena_grow(r->arena, list->v, list->n, &list->cap, sizeof *list->v);
    if (!grown)
      return pal_err_nomem(r->err);
    list->v = grown;
    list->v[list->n++] = exchange;
  }
  return code;
}

enum pal_code net_har_read(struct pal_arena *arena, const char *text, size_t len, const char *source,
                           struct net_exchanges *ret, struct pal_err *err) {
  struct pal_json_doc *doc = NULL;
  struct net_exchanges list = {0};
  enum pal_code code = pal_json_parse(text, len, source, PAL_JSON_STRICT_UTF8, NET_HAR_BYTES_MAX, &doc, err);
  if (code != PAL_OK)
    return code;
  struct reader r = {.arena = arena, .doc = doc, .err = err};
  pal_buf_init(&r.scratch, NET_HAR_BYTES_MAX);
  code = read_log(&r, &list);
  if (code == PAL_OK)
    *ret = list;
  pal_buf_deinit(&r.scratch);
  pal_json_doc_free(doc);
  return code;
}
