/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AZURE_CREDENTIAL_H
#define AZURE_CREDENTIAL_H
/*
 * credential.h - how identities prove who they are. Each type is a row of the
 * table in credential.c; one with a body of its own has a file.
 *
 * Most types ask the cloud's token endpoint with a form. Tokens that come from
 * elsewhere (a file, the Azure CLI, a managed identity) are put into a recording
 * as if they had been asked for there, under a grant_type of palscan's own, so
 * that a replay asks for all of them alike and needs no secret.
 */
#include "pal_azure.h"
#include "pal_key.h"

enum { SECRET_MAX = 64 << 10 };

struct credential;

/* What reading a credential needs. */
struct credential_source {
  const struct credential *all;
  size_t n;
  const struct pal_record *config; /* CREDENTIAL */
  const struct pal_cloud *cloud;
  const char *base_dir; /* secret files are relative to it; NULL: working directory */
};

/* A token from elsewhere, in the end told like an answer of a token endpoint. Used by one thread at a time. */
struct credential_fetch {
  const struct credential *credential;
  const char *tenant, *audience;
  int status;
  struct pal_buf answer; /* JSON with access_token, or error */
};

struct credential_type {
  const char *word;
  bool needs_client; /* clientId */
  bool signs;        /* its proof is a signature, which takes time; `prove` may be called by a thread of its own */
  bool refreshes;    /* the secret is a refresh token, which each answer replaces */
  bool ambient;      /* comes from where palscan runs: nobody has named the cloud it is for */
  const char *grant; /* the grant_type a recording files its tokens under; NULL: they come from a token endpoint */
  enum pal_code (*load)(struct credential *credential, const struct credential_source *source, struct pal_err *err);
  /* With grant: what a person does about a claims challenge, which nobody else can answer; one that ends with "az login"
   * is completed. */
  const char *challenged;
  /* Appends the fields that prove who asks to the form for this token endpoint. NULL with grant. In a replay the
   * secret is "REDACTED". */
  enum pal_code (*prove)(struct credential *credential, const char *endpoint, struct pal_buf *form,
                         struct pal_err *err);
  /* Gets a token from elsewhere; on a thread of its own, which must end soon when *stop becomes true. NULL with grant:
   * the secret is the token. */
  void (*fetch)(struct credential_fetch *fetch, const pal_stop *stop);
  /* Makes it an answer of a token endpoint, on the loop's thread; may be NULL. */
  enum pal_code (*settle)(struct credential_fetch *fetch, struct pal_err *err);
  void (*wipe)(struct credential *credential); /* of `own`; may be NULL */
};

struct credential {
  const char *name; /* of the identity; borrowed from settings */
  const struct pal_record *scanner;
  const struct credential_type *type;
  char *secret; /* client secret, refresh token, access token or a certificate's password */
  size_t secret_len;
  char *file;                 /* where a refresh token or a federated token stands; NULL: nowhere */
  char *filed;                /* what the file holds when a newer one came since; NULL: the secret */
  int64_t saved_s;            /* when the file was last written */
  const char *variable;       /* the environment variable the secret came from */
  bool wanted, replayed;      /* wanted: its secret was read */
  bool warned;                /* that the file could not be written */
  bool challenged;            /* that a challenge cannot be answered was told */
  bool unusable;              /* there is no secret: it cannot ask for a token */
  char refused[PAL_CODE_MAX]; /* the last cause of a refusal that was told */
  struct pal_key *key;
  void *own; /* of the type */
};

/* --- credential.c --- */

enum pal_code credential_load(struct credential *all, size_t n, size_t i, const struct pal_azure_options *options,
                              struct pal_err *err) PAL_MUST_CHECK;
void credential_wipe(struct credential *credential);
/* The body of a token exchange for tokens of this audience at this endpoint; claims: what a service asked for in a
 * challenge, NULL: nothing. */
enum pal_code credential_form(struct credential *credential, const char *endpoint, const char *audience,
                              const char *claims, struct pal_buf *out, struct pal_err *err) PAL_MUST_CHECK;
/* Appends name=value, encoded. */
void form_put(struct pal_buf *out, const char *name, const char *value);

/* --- refresh.c --- */

/* What a file can hold and a form can send: printable ASCII. */
bool refresh_token_valid(const char *text);
/* A refresh token that came with an answer replaces the one used until now, in memory and, at once or soon, in its
 * file. What cannot be one is left alone. Only PAL_E_NOMEM and the like are errors: a file that cannot be written is
 * warned of, since the token it holds is still good. */
enum pal_code credential_renew(struct credential *credential, const char *token, struct pal_err *err) PAL_MUST_CHECK;
/* Writes what credential_renew() left for later. */
void credential_save(struct credential *credential);

/* --- secret.c --- */

/* Without the line breaks that editors and `echo` leave at the end: they are no part of a secret. */
size_t secret_len(const char *bytes, size_t len);
/* A registered copy of bytes that hold no NUL. */
enum pal_code secret_copy(const char *bytes, size_t len, char **ret, struct pal_err *err) PAL_MUST_CHECK;
void secret_drop(char *secret); /* takes NULL */
/* Becomes the credential's secret; `from` names its origin in errors. */
enum pal_code secret_keep(struct credential *credential, const char *bytes, size_t len, const char *from,
                          struct pal_err *err) PAL_MUST_CHECK;
/* Name of a file of the configuration, allocated. */
enum pal_code secret_path(const struct credential_source *source, const char *file, char **ret, struct pal_err *err)
    PAL_MUST_CHECK;
enum pal_code secret_from_file(struct credential *credential, const struct credential_source *source, const char *file,
                               const char *key, struct pal_err *err) PAL_MUST_CHECK;
/* Copied, then overwritten in place; a second identity with the same variable takes the first one's copy. */
enum pal_code secret_from_variable(struct credential *credential, const struct credential_source *source,
                                   const char *variable, const char *key, struct pal_err *err) PAL_MUST_CHECK;

/* --- certificate.c, workload.c --- */

enum pal_code certificate_load(struct credential *credential, const struct credential_source *source,
                               struct pal_err *err) PAL_MUST_CHECK;
enum pal_code certificate_prove(struct credential *credential, const char *endpoint, struct pal_buf *form,
                                struct pal_err *err) PAL_MUST_CHECK;
enum pal_code workload_load(struct credential *credential, const struct credential_source *source, struct pal_err *err)
    PAL_MUST_CHECK;
enum pal_code workload_prove(struct credential *credential, const char *endpoint, struct pal_buf *form,
                             struct pal_err *err) PAL_MUST_CHECK;
void assertion_put(struct pal_buf *form, const char *assertion);

/* --- azure_cli.c, managed.c --- */

enum pal_code azure_cli_load(struct credential *credential, const struct credential_source *source, struct pal_err *err)
    PAL_MUST_CHECK;
void azure_cli_fetch(struct credential_fetch *fetch, const pal_stop *stop);
/* The same, with another bound on its time. */
void azure_cli_fetch_within(struct credential_fetch *fetch, unsigned seconds, const pal_stop *stop);
enum pal_code azure_cli_settle(struct credential_fetch *fetch, struct pal_err *err) PAL_MUST_CHECK;
enum pal_code managed_load(struct credential *credential, const struct credential_source *source, struct pal_err *err)
    PAL_MUST_CHECK;
void managed_fetch(struct credential_fetch *fetch, const pal_stop *stop);
/* The same, with another folder for the keys of Azure Arc. */
void managed_fetch_from(struct credential_fetch *fetch, const char *arc_keys, const pal_stop *stop);
void managed_wipe(struct credential *credential);
/* Appends what stands in the file that a challenge of Azure Arc names, if it lies directly in its folder. */
bool managed_arc_key(const char *folder, const char *challenge, struct pal_buf *key);

/* --- environment.c --- */

/* Reads the secret of the type that pal_azure_environment() found. */
enum pal_code environment_load(struct credential *credential, const struct credential_source *source,
                               struct pal_err *err) PAL_MUST_CHECK;

#endif
