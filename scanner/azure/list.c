/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list.c - a list, page by page. What one page says never decides more than the
 * fate of its own list: where the next page lies is checked, a page that came
 * before ends it, and there is a maximum of everything.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "azure.h"
#include "pal_digest.h"

enum {
  URL_MAX = 16 << 10,
  BODY_MAX = 1 << 20,
  SKIP_TOKEN_MAX = 8 << 10,
  EMPTY_PAGES_MAX = 50 /* one after another; a filtered list has some before its next item */
};

struct digest {
  uint8_t bytes[PAL_SHA256_LEN];
};

struct list {
  struct pending pending;
  struct pal_azure *azure;
  struct pal_caller caller;
  char *identity, *first, *body; /* first: address of the first page; body: of every page, NULL for GET */
  enum pal_service service;
  enum pal_paging paging;
  pal_page_fn *page;
  pal_list_fn *done;
  void *payload;
  struct digest *seen; /* of addresses and of pages */
  size_t seen_n, seen_cap;
  size_t empty_pages; /* since the last item */
  struct pal_outcome outcome;
};

static void list_free(struct list *list) {
  free(list->seen);
  free(list->body);
  free(list->first);
  free(list->identity);
  free(list);
}

static void list_drop(struct pending *pending) {
  list_free((struct list *)(void *)pending);
}

static void finish(struct list *list, const struct pal_err *err) {
  pending_remove(list->azure, &list->pending);
  list->done(list->payload, err->code == PAL_OK ? &list->outcome : NULL, err);
  list_free(list);
}

/* The first cause stays. */
static void blemish(struct list *list, const char *word) {
  if (list->outcome.code[0] == '\0')
    outcome_word(&list->outcome, PAL_READ_SOME, word);
}

/* Ends the list early. */
static void stop(struct list *list, const char *word) {
  static const struct pal_err none;
  blemish(list, word);
  list->outcome.extent = list->outcome.pages > 0 ? PAL_READ_SOME : PAL_READ_NOTHING;
  finish(list, &none);
}

/* --- what came before --- */

static enum pal_code remember(struct list *list, const struct digest *digest, bool *ret_seen, struct pal_err *err) {
  for (size_t i = 0; i < list->seen_n; i++)
    if (memcmp(&list->seen[i], digest, sizeof *digest) == 0) {
      *ret_seen = true;
      return PAL_OK;
    }
  if (list->seen_n == list->seen_cap) {
    size_t cap = list->seen_cap ? 2 * list->seen_cap : 8;
    struct digest *grown = realloc(list->seen, cap * sizeof *grown);
    if (!grown)
      return pal_err_nomem(err);
    list->seen = grown;
    list->seen_cap = cap;
  }
  list->seen[list->seen_n++] = *digest;
  return PAL_OK;
}

static enum pal_code remember_text(struct list *list, const char *text, bool *ret_seen, struct pal_err *err) {
  struct digest digest;
  enum pal_code code = pal_sha256(text, strlen(text), digest.bytes, err);
  return code == PAL_OK ? remember(list, &digest, ret_seen, err) : code;
}

/* Every value of the tree, each with its type and length. Depth is bounded by the reader. */
static enum pal_code hash_node(struct pal_hash *hash, const pal_json *node, struct pal_err *err) {
  enum pal_json_type type = pal_json_type(node);
  const char *text = type == PAL_JSON_NUMBER ? pal_json_number(node) : pal_json_text(node);
  const char *key = pal_json_key(node);
  char head[64];
  int n = snprintf(head, sizeof head, "%d:%d:%zu:%zu;", (int)type, pal_json_true(node), key ? strlen(key) : 0,
                   text ? strlen(text) : 0);
  enum pal_code code = pal_hash_add(hash, head, (size_t)n, err);
  if (code == PAL_OK && key)
    code = pal_hash_add(hash, key, strlen(key), err);
  if (code == PAL_OK && text)
    code = pal_hash_add(hash, text, strlen(text), err);
  for (const pal_json *child = pal_json_first(node); code == PAL_OK && child; child = pal_json_next(child))
    code = hash_node(hash, child, err);
  return code == PAL_OK ? pal_hash_add(hash, ".", 1, err) : code;
}

/* An empty page may come twice, one with items never does. */
static enum pal_code remember_items(struct list *list, const pal_json *items, bool *ret_seen, struct pal_err *err) {
  struct pal_hash *hash = NULL;
  struct digest digest;
  if (pal_json_count(items) == 0)
    return PAL_OK;
  enum pal_code code = pal_hash_new(PAL_SHA256, &hash, err);
  if (code == PAL_OK)
    code = pal_hash_start(hash, err);
  if (code == PAL_OK)
    code = hash_node(hash, items, err);
  if (code == PAL_OK)
    code = pal_hash_finish(hash, digest.bytes, err);
  pal_hash_free(hash);
  return code == PAL_OK ? remember(list, &digest, ret_seen, err) : code;
}

/* --- the shape of a page --- */

static const pal_json *items_of(const struct list *list, const pal_json *root) {
  switch (list->paging) {
  case PAL_PAGING_ARM:
  case PAL_PAGING_ODATA: return pal_json_get(root, "value");
  case PAL_PAGING_COST: return pal_json_path(root, "properties", "rows", (char *)NULL);
  case PAL_PAGING_QUERY: return pal_json_get(root, "data");
  }
  return NULL;
}

static const pal_json *next_of(const struct list *list, const pal_json *root) {
  switch (list->paging) {
  case PAL_PAGING_ARM: return pal_json_get(root, "nextLink");
  case PAL_PAGING_ODATA: return pal_json_get(root, "@odata.nextLink");
  case PAL_PAGING_COST: return pal_json_path(root, "properties", "nextLink", (char *)NULL);
  case PAL_PAGING_QUERY: return pal_json_get(root, "$skipToken");
  }
  return NULL;
}

/* Resource Graph says so in text when it cut the result and gives no token. */
static bool is_cut(const struct list *list, const pal_json *root) {
  const char *cut = pal_json_text(pal_json_get(root, "resultTruncated"));
  return list->paging == PAL_PAGING_QUERY && cut && strcmp(cut, "true") == 0;
}

/* --- page after page --- */

static void on_page(void *payload, const struct pal_response *response, const struct pal_outcome *failed,
                    const struct pal_err *err);

static enum pal_code ask_page(struct list *list, const char *url, const char *body, struct pal_err *err) {
  struct exchange exchange = {.caller = list->caller,
                              .service = list->service,
                              .url = url,
                              .body = body,
                              .kind = PAL_BODY_JSON,
                              .with_token = true};
  return exchange_start(list->azure, &exchange, on_page, list, err);
}

/* {"options":{…  ->  {"options":{"$skipToken":"…",… */
static enum pal_code ask_with_token(struct list *list, const char *token, struct pal_err *err) {
  static const char head[] = "{\"options\":{";
  struct pal_buf body;
  if (strncmp(list->body, head, sizeof head - 1) != 0)
    return pal_err_set(err, PAL_E_INTERNAL, "the body of a paged query must begin with %s", head);
  pal_buf_init(&body, BODY_MAX);
  pal_buf_puts(&body, head);
  pal_buf_puts(&body, "\"$skipToken\":");
  pal_json_escape(&body, token);
  pal_buf_printf(&body, ",%s", list->body + sizeof head - 1);
  enum pal_code code = pal_buf_check(&body, "the body of a query", err);
  if (code == PAL_OK)
    code = ask_page(list, list->first, body.data, err);
  pal_buf_deinit(&body);
  return code;
}

static enum pal_code ask_at(struct list *list, const char *next, bool *ret_elsewhere, bool *ret_seen,
                            struct pal_err *err) {
  struct pal_buf url;
  struct pal_err why = {0};
  pal_buf_init(&url, URL_MAX);
  enum pal_code code = pal_url_next(list->first, next, &url, &why);
  if (code == PAL_E_NOMEM) {
    if (err)
      *err = why;
  } else if (code != PAL_OK) {
    *ret_elsewhere = true;
    code = PAL_OK;
  } else {
    if (list->outcome.pages == 1) /* most lists have no second page */
      code = remember_text(list, list->first, ret_seen, err);
    if (code == PAL_OK)
      code = remember_text(list, url.data, ret_seen, err);
    if (code == PAL_OK && !*ret_seen)
      code = ask_page(list, url.data, list->body, err);
  }
  pal_buf_deinit(&url);
  return code;
}

static void fail(struct list *list, const struct pal_err *err) {
  finish(list, err);
}

/* After a page was read: the next, or the end. */
static void go_on(struct list *list, const pal_json *root) {
  static const struct pal_err none;
  struct pal_err err = {0};
  const pal_json *node = next_of(list, root);
  const char *next = pal_json_text(node);
  bool seen = false, elsewhere = false;
  if (node && !next && !pal_json_is_null(node)) {
    stop(list, PAL_WORD_SHAPE);
  } else if (!next || !*next) {
    if (is_cut(list, root))
      blemish(list, PAL_WORD_CUT);
    list->outcome.extent = list->outcome.code[0] ? PAL_READ_SOME : PAL_READ_ALL;
    finish(list, &none);
  } else if (list->outcome.pages >= PAL_LIST_PAGES_MAX || list->empty_pages >= EMPTY_PAGES_MAX) {
    stop(list, PAL_WORD_PAGES);
  } else if (list->outcome.items >= PAL_LIST_ITEMS_MAX) {
    stop(list, PAL_WORD_ITEMS);
  } else if (list->paging == PAL_PAGING_QUERY) {
    enum pal_code code = strlen(next) > SKIP_TOKEN_MAX ? PAL_OK : remember_text(list, next, &seen, &err);
    if (code == PAL_OK && !seen && strlen(next) <= SKIP_TOKEN_MAX)
      code = ask_with_token(list, next, &err);
    else if (code == PAL_OK)
      stop(list, seen ? PAL_WORD_REPEATS : PAL_WORD_SHAPE);
    if (code != PAL_OK)
      fail(list, &err);
  } else {
    enum pal_code code = ask_at(list, next, &elsewhere, &seen, &err);
    if (code != PAL_OK)
      fail(list, &err);
    else if (elsewhere || seen)
      stop(list, seen ? PAL_WORD_REPEATS : PAL_WORD_ELSEWHERE);
  }
}

static bool has_next(const struct list *list, const pal_json *root) {
  const char *next = pal_json_text(next_of(list, root));
  return next && *next;
}

static void take_page(struct list *list, const struct pal_json_doc *doc, size_t replaced) {
  struct pal_err err = {0};
  const pal_json *root = pal_json_root(doc);
  const pal_json *items = items_of(list, root);
  bool seen = false;
  size_t bad = 0;
  if (!items || pal_json_type(items) != PAL_JSON_ARRAY) {
    stop(list, PAL_WORD_SHAPE);
    return;
  }
  /* A list of one page has none to be like. */
  bool is_only = list->outcome.pages == 0 && !has_next(list, root);
  enum pal_code code = is_only ? PAL_OK : remember_items(list, items, &seen, &err);
  if (code == PAL_OK && seen) {
    stop(list, PAL_WORD_REPEATS);
    return;
  }
  if (code == PAL_OK)
    code = list->page(list->payload, doc, items, &bad, &err);
  if (code != PAL_OK) {
    fail(list, &err);
    return;
  }
  list->outcome.pages++;
  list->empty_pages = pal_json_count(items) > 0 ? 0 : list->empty_pages + 1;
  list->outcome.items += pal_json_count(items);
  if (replaced > 0)
    blemish(list, PAL_WORD_BAD_UTF8);
  if (bad > 0)
    blemish(list, PAL_WORD_ITEM);
  go_on(list, root);
}

/* A page that is an error or no JSON: what was got before stays. */
static void lose_page(struct list *list, const struct pal_outcome *why) {
  static const struct pal_err none;
  struct pal_outcome *outcome = &list->outcome;
  outcome->status = why->status;
  (void)snprintf(outcome->error, sizeof outcome->error, "%s", why->error);
  if (outcome->code[0] == '\0')
    (void)snprintf(outcome->code, sizeof outcome->code, "%s", why->code);
  outcome->extent = outcome->pages > 0 ? PAL_READ_SOME : PAL_READ_NOTHING;
  finish(list, &none);
}

static void on_page(void *payload, const struct pal_response *response, const struct pal_outcome *failed,
                    const struct pal_err *err) {
  struct list *list = payload;
  struct pal_outcome why = {0};
  struct pal_json_doc *doc = NULL;
  struct pal_err own = {0};
  if (err->code != PAL_OK) {
    finish(list, err);
    return;
  }
  if (failed) {
    lose_page(list, failed);
    return;
  }
  why.status = list->outcome.status = response->status;
  if (response->status == 204 && list->paging != PAL_PAGING_COST) {
    stop(list, PAL_WORD_SHAPE);
    return;
  }
  if (response->status == 204) {
    static const struct pal_err none;
    list->outcome.extent = list->outcome.code[0] ? PAL_READ_SOME : PAL_READ_ALL;
    finish(list, &none);
    return;
  }
  if (response->status != 0 && answer_parse(response, &doc, &why, &own) != PAL_OK)
    finish(list, &own);
  else if (!status_is_success(response->status)) {
    outcome_failed(&why, response, doc);
    lose_page(list, &why);
  } else if (!doc)
    lose_page(list, &why);
  else
    take_page(list, doc, pal_json_replaced(doc));
  pal_json_doc_free(doc);
}

enum pal_code pal_azure_list(struct pal_azure *azure, const struct pal_call *call, enum pal_paging paging,
                             pal_page_fn *page, pal_list_fn *done, void *payload, struct pal_err *err) {
  static const struct pal_err none;
  const char *origin = azure->cloud->origin[call->service];
  if (!origin) {
    struct pal_outcome outcome = {0};
    outcome_word(&outcome, PAL_READ_NOTHING, PAL_WORD_NO_SERVICE);
    done(payload, &outcome, &none);
    return PAL_OK;
  }
  struct list *list = calloc(1, sizeof *list);
  if (!list)
    return pal_err_nomem(err);
  size_t size = strlen(origin) + strlen(call->path) + 1;
  *list = (struct list){
      .azure = azure, .service = call->service, .paging = paging, .page = page, .done = done, .payload = payload};
  list->identity = strdup(call->caller.identity);
  list->first = malloc(size);
  list->body = call->body ? strdup(call->body) : NULL;
  enum pal_code code = list->identity && list->first && (list->body || !call->body) ? PAL_OK : pal_err_nomem(err);
  if (code == PAL_OK) {
    (void)snprintf(list->first, size, "%s%s", origin, call->path);
    list->caller = (struct pal_caller){.identity = list->identity, .tenant = call->caller.tenant};
  }
  if (code != PAL_OK) {
    list_free(list);
    return code;
  }
  pending_add(azure, &list->pending, list_drop);
  code = ask_page(list, list->first, list->body, err);
  if (code != PAL_OK) {
    pending_remove(azure, &list->pending);
    list_free(list);
  }
  return code;
}
