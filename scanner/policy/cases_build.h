/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_CASES_BUILD_H
#define PAL_CASES_BUILD_H
/* cases_build.h - what the parts that make the world of a case share. */
#include "cases.h"

struct builder {
  struct pal_arena *arena;
  const struct pal_pack *pack;
  const char *policy; /* NULL: of all policies */
  const struct pal_json_doc *doc;
  const pal_json *world, *node; /* of the file, NULL; the case */
  const pal_json *night;        /* of a case of several: the one that is built; NULL */
  const struct pal_record *settings;
  const char *previous_started;
  struct pal_docs *docs;
  struct pal_tenant_id tenant;
};

/* Members that the author may leave out. */
struct member {
  const char *key;
  const char *json;
};

struct filler {
  const struct member *members;
  size_t n;
  const char *const *skip; /* keys that are no part of the record, NULL-terminated; NULL: none */
};

/* The author's object as a record, with what is left out filled in. */
enum pal_code case_decode(const struct builder *b, const struct pal_kind *kind, const pal_json *node,
                          const struct filler *filler, struct pal_record **ret, struct pal_err *err) PAL_MUST_CHECK;
/* A JSON string in the arena; NULL on no memory. */
const char *case_quoted(const struct builder *b, const char *text);
/* cases_coverage.c: the completeness of b->tenant, as far as the case gives it; given may be NULL. */
enum pal_code case_put_coverage(const struct builder *b, const pal_json *given, struct pal_err *err) PAL_MUST_CHECK;

#endif
