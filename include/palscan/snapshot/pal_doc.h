/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_DOC_H
#define PAL_DOC_H
/*
 * pal_doc.h - the files of a snapshot: where each kind of record lies, and the
 * canonical JSON of a whole file both ways. The tree is closed: a path that no
 * row of PAL_FILES describes is a verification failure.
 */
#include "pal_id.h"
#include "pal_record.h"

enum {
  PAL_SNAPSHOT_VERSION = 1,
  PAL_JUDGE_VERSION = 1,
  PAL_PATH_MAX = 256,
  PAL_DOC_BYTES_MAX = 256 << 20, /* of one file of a snapshot */
  PAL_INPUT_BYTES_MAX = 64 << 20 /* of one file people write */
};

enum pal_layout {
  PAL_SINGLE, /* one object, indented */
  PAL_ARRAY,  /* array, one record a line */
  PAL_MAP2,   /* object of objects, one record a line: the two key fields are the keys (coverage) */
  PAL_INPUT   /* only for pal_schema_write(): a file people write */
};

/* FILE(ident, path, kind, layout, area). In a path {tenant} stands for
 * "<2 hex>/<tenant id>", {id} for the id that names the file or its folder. Area: the coverage area whose
 * unit says how fresh the file is; NULL for verdicts and inputs. */
#define PAL_FILES(F)                                                                                                  \
  F(FORMAT, "format.json", FORMAT, PAL_SINGLE, NULL)                                                                  \
  F(ESTATE_FINDINGS, "findings.json", FINDING, PAL_ARRAY, NULL)                                                       \
  F(BUILTIN_ROLE, "roles/{id}.json", ROLE, PAL_SINGLE, NULL)                                                          \
  F(IN_REGISTRY, "inputs/registry.json", REGISTRY, PAL_SINGLE, NULL)                                                  \
  F(IN_ESTATE, "inputs/estate.json", ESTATE, PAL_SINGLE, NULL)                                                        \
  F(IN_WAIVERS, "inputs/waivers.json", WAIVERS, PAL_SINGLE, NULL)                                                     \
  F(IN_REVIEWS, "inputs/reviews.json", REVIEWS, PAL_SINGLE, NULL)                                                     \
  F(IN_CHANGES, "inputs/changes.json", CHANGES, PAL_SINGLE, NULL)                                                     \
  F(IN_SETTINGS, "inputs/settings.json", SETTINGS, PAL_SINGLE, NULL)                                                  \
  F(IN_HISTORY, "inputs/history.json", HISTORY, PAL_SINGLE, NULL)                                                     \
  F(TENANT, "tenants/{tenant}/tenant.json", TENANT, PAL_SINGLE, "tenant")                                             \
  F(COVERAGE, "tenants/{tenant}/coverage.json", COVERAGE, PAL_MAP2, NULL)                                             \
  F(IDENTITY, "tenants/{tenant}/identities/{id}.json", IDENTITY, PAL_SINGLE, "links")                                 \
  F(INHERITED, "tenants/{tenant}/access/inherited.json", ASSIGNMENT, PAL_ARRAY, "role-assignments")                   \
  F(INHERITED_PIM, "tenants/{tenant}/access/inherited-pim.json", PIM, PAL_ARRAY, "pim")                               \
  F(INHERITED_DENY, "tenants/{tenant}/access/inherited-deny.json", DENY, PAL_ARRAY, "deny-assignments")               \
  F(GROUP, "tenants/{tenant}/groups/{id}.json", GROUP, PAL_SINGLE, "groups")                                          \
  F(DIRECTORY, "tenants/{tenant}/directory.json", DIRECTORY_OBJECT, PAL_ARRAY, "directory")                           \
  F(SUBSCRIPTION, "tenants/{tenant}/subscriptions/{id}/subscription.json", SUBSCRIPTION, PAL_SINGLE, "subscriptions") \
  F(ASSIGNMENTS, "tenants/{tenant}/subscriptions/{id}/role-assignments.json", ASSIGNMENT, PAL_ARRAY,                  \
    "role-assignments")                                                                                               \
  F(PIM, "tenants/{tenant}/subscriptions/{id}/pim.json", PIM, PAL_ARRAY, "pim")                                       \
  F(DENY, "tenants/{tenant}/subscriptions/{id}/deny-assignments.json", DENY, PAL_ARRAY, "deny-assignments")           \
  F(USAGE, "tenants/{tenant}/subscriptions/{id}/usage.json", USAGE, PAL_ARRAY, "usage")                               \
  F(DELEGATIONS, "tenants/{tenant}/delegations.json", DELEGATION, PAL_ARRAY, "delegations")                           \
  F(CUSTOM_ROLE, "tenants/{tenant}/roles/{id}.json", ROLE, PAL_SINGLE, "role-definitions")                            \
  F(FINDINGS, "tenants/{tenant}/findings.json", FINDING, PAL_ARRAY, NULL)                                             \
  F(EVENTS, "tenants/{tenant}/events.json", EVENT, PAL_ARRAY, NULL)

enum pal_file_id {
#define X(I, ...) PAL_FILE_##I,
  PAL_FILES(X)
#undef X
      PAL_FILES_N
};

struct pal_file {
  enum pal_file_id id;
  const char *path;
  const struct pal_kind *kind;
  enum pal_layout layout;
  const char *area;
};
extern const struct pal_file pal_files[PAL_FILES_N];

/* One file. Records live in the arena of whoever made it. */
struct pal_doc {
  const struct pal_file *file;
  struct pal_tenant_id tenant; /* "" outside tenants/ */
  struct pal_guid id;          /* the {id} of the path, "" when it has none */
  struct pal_records records;  /* exactly one for PAL_SINGLE */
};

/* The files of one tenant, or of the root. */
struct pal_docs {
  struct pal_arena *arena; /* borrowed */
  struct pal_doc **v;
  size_t n, cap;
  struct pal_doc **slots; /* private: hash table of v */
  size_t slots_n, hashed;
};

void pal_docs_init(struct pal_docs *docs, struct pal_arena *arena);
/* The doc with these keys, made empty when absent; id may be NULL. NULL on no memory. */
struct pal_doc *pal_docs_get(struct pal_docs *docs, enum pal_file_id file, const struct pal_tenant_id *tenant,
                             const char *id);
/* NULL when absent. */
struct pal_doc *pal_docs_find(const struct pal_docs *docs, enum pal_file_id file, const struct pal_tenant_id *tenant,
                              const char *id);
/* Takes a doc out of the set; no-op when it is not in it. */
void pal_docs_remove(struct pal_docs *docs, const struct pal_doc *doc);
/* By path bytes. */
void pal_docs_sort(struct pal_docs *docs);

/* Writes the path of a document; it is made of parsed ids only. */
void pal_doc_path(const struct pal_doc *doc, char out[PAL_PATH_MAX]);
/* Reads a path: fills file, tenant, id. PAL_E_VERIFY when no row of PAL_FILES describes it. */
enum pal_code pal_doc_parse_path(const char *path, struct pal_doc *ret, struct pal_err *err) PAL_MUST_CHECK;

/* Whether the file stands in a snapshot: findings and events are absent when
 * empty, every other file that was made stands there. */
bool pal_doc_wanted(const struct pal_doc *doc);
/* Sorts the records and appends the canonical bytes. PAL_E_INTERNAL when a
 * record lacks a required field, two records have one key, or the record says
 * another id than the path. */
enum pal_code pal_doc_encode(struct pal_doc *doc, struct pal_buf *out, struct pal_err *err) PAL_MUST_CHECK;
/* Whether `bytes` (those of format.json) mark a tree this program reads:
 * PAL_E_NEWER when a newer version wrote it, PAL_E_VERIFY when it is none.
 * pal_doc_decode() of format.json asks it first. */
enum pal_code pal_format_check(const char *bytes, size_t len, struct pal_err *err) PAL_MUST_CHECK;
/* Reads the bytes of the file at path (doc->file, tenant, id set by
 * pal_doc_parse_path). Refuses what is not canonical (PAL_E_VERIFY): encoding it
 * again must give the same bytes. */
enum pal_code pal_doc_decode(struct pal_arena *arena, const char *bytes, size_t len, struct pal_doc *doc,
                             struct pal_err *err) PAL_MUST_CHECK;

/* A file people write (registry, estate, waivers, configuration): comments
 * allowed, spelling free. Reads the file at path; `kind` is its root kind. */
enum pal_code pal_input_read(struct pal_arena *arena, const char *path, const char *what, const struct pal_kind *kind,
                             struct pal_record **ret, struct pal_err *err) PAL_MUST_CHECK;

/* JSON Schema (draft 2020-12) of a file of the snapshot in this layout, or with
 * PAL_INPUT of a file people write; `id` becomes "$id". */
enum pal_code pal_schema_write(const struct pal_kind *kind, enum pal_layout layout, const char *id, struct pal_buf *out,
                               struct pal_err *err) PAL_MUST_CHECK;

#endif
