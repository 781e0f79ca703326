/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_STORED_H
#define PAL_STORED_H
/* pal_stored.h - a stored snapshot as documents: the tenants it holds, and the
 * decoded files of one of them. Everything read is hash-checked and decoded
 * strictly. */
#include "pal_doc.h"
#include "pal_repo.h"

/* Sorted ids of the tenants below tenants/. */
enum pal_code pal_stored_tenants(struct pal_repo *repo, const struct pal_oid *tree, struct pal_arena *arena,
                                 struct pal_texts *ret, struct pal_err *err) PAL_MUST_CHECK;
/* Tree id of a tenant's folder; PAL_E_NOTFOUND. */
enum pal_code pal_stored_tenant_tree(struct pal_repo *repo, const struct pal_oid *tree, const char *tenant_id,
                                     struct pal_oid *ret, struct pal_err *err) PAL_MUST_CHECK;
/* How a reader may look on: wants() says which files are to be decoded (NULL:
 * all); object() is told every tree and blob id below the tenant (NULL: nobody). */
typedef enum pal_code pal_object_fn(void *payload, const struct pal_oid *id, struct pal_err *err);
struct pal_stored_hooks {
  bool (*wants)(void *payload, const struct pal_file *file);
  pal_object_fn *object;
  void *payload;
};
/* Files of one tenant into docs (its arena); hooks may be NULL. */
enum pal_code pal_stored_tenant(struct pal_repo *repo, const struct pal_oid *tree, const char *tenant_id,
                                const struct pal_stored_hooks *hooks, struct pal_docs *ret, struct pal_err *err)
    PAL_MUST_CHECK;
/* Files of the root: format.json, findings.json, roles and inputs (not inputs/policies). */
enum pal_code pal_stored_root(struct pal_repo *repo, const struct pal_oid *tree, struct pal_docs *ret,
                              struct pal_err *err) PAL_MUST_CHECK;
/* Tells every tree and blob id outside tenants/; trees after their hash check. */
enum pal_code pal_stored_objects(struct pal_repo *repo, const struct pal_oid *tree, pal_object_fn *each, void *payload,
                                 struct pal_err *err) PAL_MUST_CHECK;
/* Whether inputs/policies/ may hold a file of this name: SQL, also in views/,
 * and the tables of roles in data/. */
bool pal_stored_is_policy(const char *name);
/* Files below inputs/policies/, paths relative to it, bytes in arena. */
struct pal_stored_file {
  const char *path;
  const char *bytes;
  size_t len;
};
enum pal_code pal_stored_policies(struct pal_repo *repo, const struct pal_oid *tree, struct pal_arena *arena,
                                  struct pal_stored_file **ret, size_t *ret_n, struct pal_err *err) PAL_MUST_CHECK;

#endif
