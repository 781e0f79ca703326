/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_PACK_PRIVATE_H
#define PAL_PACK_PRIVATE_H
/* pack_private.h - what the judge reads of a pack besides its policies. */
#include "pal_pack.h"

enum { PACK_DATA_BYTES_MAX = 4 << 20 };

struct pack_policy {
  struct pal_policy pub;
  const char *file;    /* below policies/: what a verdict may name, the same on every machine */
  bool overridden;     /* settings.severity names it: also above a row's own severity */
  const bool *asks[2]; /* by enum pal_state and view of the pack */
  bool of_verdicts;    /* reads main.finding */
};

/* One CREATE VIEW without a schema. */
struct pack_view {
  const char *path;
  const char *name;
  const char *sql;
  size_t name_at; /* where in sql the name stands */
  size_t name_len;
  size_t select_at; /* where the SELECT begins; 0: after a list of columns */
  const char *once; /* computed once, with these indexes: "a, b; c"; NULL */
  bool changed;     /* differs from the shipped one, or uses one that does */
  bool *asks;       /* by view of the pack: in the same state */
};

struct pack_role {
  const char *id, *name;
  bool eligible; /* of data/pec-roles.json only */
};

struct pack_roles {
  struct pack_role *v; /* sorted by id */
  size_t n, cap;
};

struct pal_pack {
  struct pal_arena *arena;
  struct pack_policy *policies; /* sorted by id */
  size_t policies_n, policies_cap;
  struct pack_view *views; /* sorted by path */
  size_t views_n, views_cap;
  struct pal_pack_file *files; /* sorted by path */
  size_t files_n, files_cap;
  struct pack_roles pec, builtin;
};

/* Adds one file; path is below policies/, source names it in errors. */
enum pal_code pack_add(struct pal_pack *pack, const char *path, const char *source, const char *bytes, size_t len,
                       enum pal_policy_origin origin, struct pal_err *err) PAL_MUST_CHECK;
/* Sorts, and marks what differs from the reference (NULL: none known). */
void pack_finish(struct pal_pack *pack, const struct pal_pack *reference);
/* Finds which views the texts ask for; once the pack is complete and sorted. */
enum pal_code pack_find_asks(struct pal_pack *pack, struct pal_err *err) PAL_MUST_CHECK;
enum pal_code pack_new(struct pal_pack **ret, struct pal_err *err) PAL_MUST_CHECK;
/* Reads data/pec-roles.json and data/builtin-roles.json; other files are left alone. */
enum pal_code pack_read_data(struct pal_pack *pack, const char *path, const char *source, const char *bytes, size_t len,
                             struct pal_err *err) PAL_MUST_CHECK;
/* Whether a file name may stand in a pack: letters, digits, '.', '_', '-', no leading dot. */
bool pack_name_valid(const char *name);

#endif
