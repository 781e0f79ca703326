/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_AZURE_H
#define PAL_AZURE_H
/*
 * pal_azure.h - Entra ID, Resource Manager and Graph: credentials, one token
 * per (identity, tenant, service), requests that wait for their token, are
 * repeated when throttled and renew a token that has ended; lists page by page.
 *
 * Everything answers by a callback from pal_net_run, or at once when no request
 * is needed. A callback gets either an outcome (err->code is PAL_OK), also when
 * nothing could be read, or an error that ends the run. What a callback is
 * given lives until it returns.
 */
#include <stdbool.h>
#include <stddef.h>

#include "pal_cloud.h"
#include "pal_grant.h"
#include "pal_id.h"
#include "pal_json.h"
#include "pal_net.h"

struct pal_azure; /* opaque */

enum {
  PAL_CODE_MAX = 96,           /* bytes of a code in coverage, with its NUL */
  PAL_TENANT_TIME_S = 7200,    /* that one identity stays with one tenant, waits included */
  PAL_LIST_PAGES_MAX = 5000,   /* pages of one list */
  PAL_LIST_ITEMS_MAX = 1000000 /* items of one list */
};

/* palscan's own words in coverage.code, beside "403 AuthorizationFailed" and "AADSTS7000215". */
#define PAL_WORD_NO_ANSWER "no answer"
#define PAL_WORD_TRUNCATED "truncated answer"
#define PAL_WORD_NOT_JSON "not JSON"
#define PAL_WORD_BAD_JSON "malformed JSON"
#define PAL_WORD_BAD_UTF8 "invalid UTF-8"
#define PAL_WORD_SHAPE "unexpected shape"
#define PAL_WORD_ITEM "malformed item"
#define PAL_WORD_REPEATS "page repeats"
#define PAL_WORD_ELSEWHERE "next page elsewhere"
#define PAL_WORD_PAGES "too many pages"
#define PAL_WORD_ITEMS "too many items"
#define PAL_WORD_CUT "result truncated"
#define PAL_WORD_DENIED "request not allowed"
#define PAL_WORD_NO_SERVICE "no such service"
#define PAL_WORD_TIME PAL_FAILURE_TIME
#define PAL_WORD_TENANT_TIME PAL_FAILURE_TENANT_TIME
#define PAL_WORD_UNREACHED PAL_FAILURE_UNREACHED
#define PAL_WORD_TOKEN "unreadable token"
#define PAL_WORD_TOKEN_TENANT "token of another tenant"
#define PAL_WORD_TOKEN_FILE "token file holds none"
#define PAL_WORD_CODE_EXPIRED "code expired"
#define PAL_WORD_CREDENTIAL "credential unusable"

enum pal_extent { PAL_READ_NOTHING, PAL_READ_SOME, PAL_READ_ALL };

/* How a reading ended. */
struct pal_outcome {
  enum pal_extent extent;
  int status;               /* HTTP status of the answer that decided; 0: there was none */
  size_t items, pages;      /* of a list */
  char error[PAL_CODE_MAX]; /* the service's own error code, "" when it gave none */
  char code[PAL_CODE_MAX];  /* for coverage: why not all was read; "" after PAL_READ_ALL */
};

/* What is wrong on this host with the credential of an identity. */
typedef void pal_fault_fn(void *payload, const char *identity, const struct pal_err *fault);

struct pal_azure_options {
  struct pal_net *net;                     /* borrowed until pal_azure_free */
  const struct pal_cloud *cloud;           /* borrowed likewise */
  const struct pal_record *settings;       /* SETTINGS: identities */
  const struct pal_record *config;         /* CONFIG with credentials; NULL in a replay, which reads no secrets */
  const char *base_dir;                    /* secret files are relative to it; NULL: working directory */
  const struct pal_texts *only_identities; /* secrets of others are not read; NULL: all */
  /* Told of each identity whose credential cannot be used, which then gets no token (PAL_WORD_CREDENTIAL). NULL: one
   * is an error. */
  pal_fault_fn *fault;
  void *fault_payload;
};
/* Reads the secrets. Without `fault`: the error names the identity and what is wrong with its credential; when there
 * are several such, each has a line of the log, and the error counts them. */
enum pal_code pal_azure_open(const struct pal_azure_options *options, struct pal_azure **ret, struct pal_err *err)
    PAL_MUST_CHECK;
/* Writes refresh tokens that came with answers to their files, as far as that is not done, and wipes tokens and
 * secrets. Call it after the last pal_net_run; takes NULL. */
void pal_azure_free(struct pal_azure *azure);

/* What the AZURE_ variables of the Azure Identity libraries say of an identity. Borrowed from the environment. */
struct pal_azure_environment {
  const char *type; /* "client-secret", "client-certificate" */
  const char *tenant, *client;
};
/* False when they name none that can be used. */
bool pal_azure_environment(struct pal_azure_environment *ret);

/* Asks an Azure Stack Hub that was given by its metadata endpoint where one signs in, and runs the net until it is
 * known; does nothing for other clouds. Call it before anything else is asked. PAL_E_NET, PAL_E_ANSWER or PAL_E_CONFIG
 * when it cannot be known. What was learnt lives in the arena. */
enum pal_code pal_azure_learn_cloud(struct pal_net *net, struct pal_arena *arena, struct pal_cloud *cloud,
                                    const volatile int *stop, struct pal_err *err) PAL_MUST_CHECK;

/* Which identity asks, with a token of which tenant. */
struct pal_caller {
  const char *identity; /* configured name; copied */
  struct pal_tenant_id tenant;
};

/* What an access token says of its owner, unverified: it only tells whose link
 * is read, never what is allowed. */
struct pal_claims {
  struct pal_tenant_id tenant; /* tid */
  struct pal_object_id object; /* oid */
  struct pal_guid app;         /* appid, "" when absent */
  bool is_app, is_user;        /* idtyp; both false when absent */
};

/* claims is NULL when the credential was refused: the outcome says why. */
typedef void pal_sign_in_fn(void *payload, const struct pal_claims *claims, const struct pal_outcome *outcome,
                            const struct pal_err *err);
enum pal_code pal_azure_sign_in(struct pal_azure *azure, const struct pal_caller *caller, enum pal_service service,
                                pal_sign_in_fn *done, void *payload, struct pal_err *err) PAL_MUST_CHECK;

/* A person who signs in elsewhere, with a code that palscan shows. */
struct pal_device_sign_in {
  struct pal_net *net;
  const struct pal_cloud *cloud;
  struct pal_caller caller; /* the tenant to sign in to */
  const char *client;       /* id of the application */
  /* Tells the person where to go and what to enter; the text is the service's. */
  void (*show)(void *payload, const char *message);
  void *payload;
};
/* Runs the net until the person has signed in, could not, or the code has ended. Appends the refresh token, which is
 * then registered as a secret; outcome: PAL_READ_ALL, or why there is none. */
enum pal_code pal_azure_device_sign_in(const struct pal_device_sign_in *options, const volatile int *stop,
                                       struct pal_buf *token, struct pal_outcome *outcome, struct pal_err *err)
    PAL_MUST_CHECK;

/* An identity has no question open in a tenant and is done with it: its tokens are wiped, as far as nobody waits for
 * one. */
void pal_azure_leave(struct pal_azure *azure, const struct pal_caller *caller);

struct pal_call {
  struct pal_caller caller;
  enum pal_service service;
  const char *path; /* "/subscriptions?api-version=…", put behind the service's origin */
  const char *body; /* JSON: POST; NULL: GET */
  /* NULL: it only reads. Else service, path and body are the grant's, which must live until the answer came. Whatever
   * that is, and also when none came, the request is not repeated. */
  struct pal_grant *grant;
};

struct pal_answer {
  struct pal_outcome outcome;     /* of a 2xx that is JSON: PAL_READ_ALL, with invalid UTF-8 PAL_READ_SOME */
  const struct pal_json_doc *doc; /* NULL when the body is empty or no JSON; there also after an error status */
  bool html;                      /* the body is HTML: no Azure service speaks so */
};
typedef void pal_answer_fn(void *payload, const struct pal_answer *answer, const struct pal_err *err);
enum pal_code pal_azure_ask(struct pal_azure *azure, const struct pal_call *call, pal_answer_fn *done, void *payload,
                            struct pal_err *err) PAL_MUST_CHECK;

enum pal_paging {
  PAL_PAGING_ARM,   /* {"value":[…],"nextLink":…} */
  PAL_PAGING_ODATA, /* {"value":[…],"@odata.nextLink":…} */
  PAL_PAGING_COST, /* {"properties":{"rows":[…],"nextLink":…}}: the next page is a POST of the same body; 204 is an empty list */
  PAL_PAGING_QUERY /* {"data":[…],"$skipToken":…}: the next page is a POST with the token in options */
};
/* One page. items is its array. The reader sets *ret_bad to the number of items
 * that it could not use, or not fully: the list is then PAL_READ_SOME. An error
 * ends the run. */
typedef enum pal_code pal_page_fn(void *payload, const struct pal_json_doc *doc, const pal_json *items, size_t *ret_bad,
                                  struct pal_err *err);
typedef void pal_list_fn(void *payload, const struct pal_outcome *outcome, const struct pal_err *err);
/* Reads a list to its end. A page whose address or items came before, that lies
 * elsewhere, cannot be read or exceeds a maximum ends it: PAL_READ_SOME, or
 * PAL_READ_NOTHING when it was the first. */
enum pal_code pal_azure_list(struct pal_azure *azure, const struct pal_call *call, enum pal_paging paging,
                             pal_page_fn *page, pal_list_fn *done, void *payload, struct pal_err *err) PAL_MUST_CHECK;

/* What a code means and what a person does about it. Both are sentences without
 * a full stop. */
struct pal_explanation {
  const char *code, *meaning, *remedy;
};
/* NULL when nothing is known about this code ("AADSTS7000215", "403 AuthorizationFailed", "page repeats"). */
const struct pal_explanation *pal_azure_explain(const char *code);

#endif
