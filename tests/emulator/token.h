/* SPDX-License-Identifier: Apache-2.0 */
/* token.h - access tokens: shaped as Entra's, authenticated by the seed's key.
 * Nothing is stored about a token but that it was revoked. */
#ifndef EMU_TOKEN_H
#define EMU_TOKEN_H

#include "server.h"

enum emu_audience { EMU_FOR_ARM, EMU_FOR_DIRECTORY, EMU_FOR_OTHERS };

struct emu_token {
  uint32_t tenant;
  unsigned identity;
  enum emu_audience audience;
  int64_t expires;
  bool answers_claims;
  uint64_t id;
};

enum emu_token_state { EMU_TOKEN_GOOD, EMU_TOKEN_MISSING, EMU_TOKEN_FORGED, EMU_TOKEN_EXPIRED };

/* A JWT for the resource (https://management.azure.com and so on). */
void emu_token_issue(const struct emu_world *w, uint32_t tenant, unsigned identity, const char *resource,
                     bool answers_claims, struct emu_text *out);

/* The bearer token of the request. */
enum emu_token_state emu_token_read(const struct emu_request *r, struct emu_token *ret);
/* Reads it, and answers 401 itself when it is not good for this audience. */
bool emu_token_require(struct emu_request *r, struct emu_reply *a, enum emu_audience audience, struct emu_token *ret);

/* From now on the request's token is expired. False without a good one. */
bool emu_token_revoke(const struct emu_request *r);

/* Equal for all tokens of one identity in one tenant. */
uint64_t emu_token_key(const struct emu_request *r);
/* Equal for the same grant asked for again. */
uint64_t emu_login_key(const char *body);

/* A refresh token of a person: good in every tenant. */
void emu_refresh_issue(const struct emu_world *w, unsigned identity, struct emu_text *out);
bool emu_refresh_read(const struct emu_world *w, const char *token, unsigned *ret_identity);

struct emu_revoked *emu_revoked_new(void);
void emu_revoked_free(struct emu_revoked *r);

/* What the JSON claims of a challenge hold, and what must come back. */
void emu_claims_challenge(const struct emu_world *w, uint32_t tenant, struct emu_text *out);
bool emu_claims_answered(const struct emu_world *w, uint32_t tenant, const char *claims);

#endif
