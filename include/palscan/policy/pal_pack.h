/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_PACK_H
#define PAL_PACK_H
/*
 * pal_pack.h - the policies, views and data files that judge a snapshot: from
 * the shipped folder, from a person's own folders, or from a snapshot's
 * inputs/policies. Metadata stands in the leading comment of each SQL file.
 */
#include <stdbool.h>
#include <stddef.h>

#include "pal_arena.h"
#include "pal_err.h"
#include "pal_fix.h"
#include "pal_record.h"

enum { PAL_POLICY_BYTES_MAX = 256 << 10, PAL_POLICIES_MAX = 2000 };

enum pal_needs_where { PAL_HERE, PAL_MANAGING, PAL_ALL }; /* no suffix, @managing, @all */
struct pal_need {
  const char *area;
  enum pal_needs_where where;
};

enum pal_policy_origin {
  PAL_SHIPPED,
  PAL_CHANGED,
  PAL_OWN
}; /* CHANGED: a shipped id whose text differs from the shipped one */

/* What a file of the catalogue is, by its key "status". All but a rule hold no statement. */
enum pal_policy_status {
  PAL_RULE,    /* no such key: one SELECT */
  PAL_AWAITS,  /* a rule over data that no collector of this version reads: never tested, and listed so */
  PAL_REASON,  /* no finding of its own: tells why other rules are unknown */
  PAL_RETIRED, /* the id stays reserved, another rule tells the fact */
};

struct pal_policy {
  const char *id; /* PAL001, or an own id [A-Z][A-Z0-9-]{1,31} */
  const char *title;
  const char *policy_class; /* access, attribution, rule, completeness */
  const char *severity;     /* default of the file */
  const char *effective;    /* after settings.severity */
  const char *subject;      /* tenant, identity, subscription, scope, registry, principal */
  const struct pal_need *reads;
  size_t reads_n;
  const struct pal_need *needs;
  size_t needs_n;
  const char *const *pins;
  size_t pins_n;
  const char *const *folded_under;
  size_t folded_under_n; /* policy ids, or "offboarding" */
  const char *rationale, *remediation, *references;
  const char *const *controls;
  size_t controls_n;
  const struct pal_fix_use *fixes; /* in the order in which they are done; none: nobody wrote how */
  size_t fixes_n;
  enum pal_policy_status status;
  const char *const *status_words; /* AWAITS: the data; REASON, RETIRED: the rules that speak instead */
  size_t status_words_n;
  const char *sql;  /* the one statement, with its comment */
  const char *path; /* for error texts */
  enum pal_policy_origin origin;
  bool enabled;
};

struct pal_pack_file {
  const char *path;
  const char *bytes;
  size_t len;
}; /* path below policies/: "PAL001.sql", "views/access.sql", "data/pec-roles.json" */

struct pal_pack; /* opaque; lives in its own arena */

/* The shipped pack in `shipped`, then the person's folders in order. A file
 * that shadows a shipped id, two files of one id, missing or unknown metadata,
 * a second statement: PAL_E_INPUT with file and line. */
enum pal_code pal_pack_load(const char *shipped, const char *const *directories, size_t n, struct pal_pack **ret,
                            struct pal_err *err) PAL_MUST_CHECK;
/* From the files of a snapshot (borrowed until the pack is freed);
 * `shipped_reference` (may be NULL) is the installed pack, to tell CHANGED. */
enum pal_code pal_pack_from_files(const struct pal_pack_file *files, size_t n, const struct pal_pack *shipped_reference,
                                  struct pal_pack **ret, struct pal_err *err) PAL_MUST_CHECK;
void pal_pack_free(struct pal_pack *pack);
/* disable, severity, parameters of the settings record; unknown ids are PAL_E_CONFIG. */
enum pal_code pal_pack_apply(struct pal_pack *pack, const struct pal_record *settings, struct pal_err *err)
    PAL_MUST_CHECK;

/* Whether a policy of one's own may have this id: [A-Z][A-Z0-9-]{1,31}, and not one kept for shipped policies. */
bool pal_policy_id_own(const char *id);
size_t pal_pack_n(const struct pal_pack *pack);
const struct pal_policy *pal_pack_at(const struct pal_pack *pack, size_t i); /* sorted by id */
const struct pal_policy *pal_pack_find(const struct pal_pack *pack, const char *id);
/* Everything that goes to inputs/policies/, sorted by path. */
size_t pal_pack_files_n(const struct pal_pack *pack);
const struct pal_pack_file *pal_pack_file_at(const struct pal_pack *pack, size_t i);
/* Name of a built-in role of the shipped table (data/builtin-roles.json), or NULL. */
const char *pal_pack_role_name(const struct pal_pack *pack, const char *role_id);

#endif
