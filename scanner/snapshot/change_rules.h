/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_CHANGE_RULES_H
#define PAL_CHANGE_RULES_H
/*
 * change_rules.h - what the files of the comparison share: how completely each
 * side read a unit, and the list of changes found so far.
 */
#include "pal_change.h"
#include "pal_json.h"

/* What a side knows of a unit, from worst to best. */
enum known {
  KNOWN_NONE,    /* never read, or not asked for */
  KNOWN_PARTIAL, /* read in part; what was missed is carried */
  KNOWN_STALE,   /* not read; all is carried from an earlier reading */
  KNOWN_FULL     /* read completely, or fresh self-declared */
};

struct reading {
  enum known known;
  bool there;       /* the unit stands in coverage */
  const char *code; /* why it is not complete, may be NULL */
};

/* The coverage of one side, sorted by area and unit. */
struct cover {
  const struct pal_record **v;
  size_t n;
};
enum pal_code cover_init(struct cover *cover, const struct pal_docs *docs, struct pal_err *err) PAL_MUST_CHECK;
void cover_deinit(struct cover *cover);
/* Exactly this unit. */
struct reading cover_unit(const struct cover *cover, const char *area, const char *unit);
/* The weakest of all units of the area; not there when it has none. */
struct reading cover_area(const struct cover *cover, const char *area);
/* The unit that says how fresh a record of doc is; record may be NULL. */
struct reading cover_record(const struct cover *cover, const struct pal_doc *doc, const struct pal_record *record);

struct found {
  struct pal_change change;
  const struct pal_file *file; /* the file it was found in */
  bool drop;
};

struct comparison {
  const struct pal_docs *before, *after;
  struct cover cover_before, cover_after;
  const struct pal_tenant_id *tenant; /* of a doc; "" for the root */
  struct found *v;
  size_t n, cap;
  struct pal_json_doc *parsed[4]; /* of the settings; names in them are borrowed by what was found */
  size_t parsed_n;
  struct pal_err *err;
};

/* Notes one change; subject_type and the rest are borrowed. */
enum pal_code comparison_add(struct comparison *c, const struct pal_file *file, const struct pal_change *change)
    PAL_MUST_CHECK;

/* Walks two sorted lists: both(a, NULL), both(NULL, b) or both(a, b). */
typedef enum pal_code pair_fn(void *payload, const struct pal_record *a, const struct pal_record *b);
enum pal_code pairs_walk(const struct pal_records *a, const struct pal_records *b, pair_fn *each, void *payload,
                         struct pal_err *err) PAL_MUST_CHECK;

/* Whether a field that is not volatile differs. */
bool records_differ(const struct pal_record *a, const struct pal_record *b);

/* Whether the record was kept from an earlier snapshot. */
bool record_carried(const struct pal_record *record);
/* Whether what was not there before may be told as added. */
bool baseline_holds(struct reading before, struct reading after, bool carried_before);

/* One file each; either doc may be NULL. */
enum pal_code compare_coverage(struct comparison *c) PAL_MUST_CHECK;
enum pal_code compare_facts(struct comparison *c, const struct pal_doc *before, const struct pal_doc *after)
    PAL_MUST_CHECK;
enum pal_code compare_identity(struct comparison *c, const struct pal_doc *before, const struct pal_doc *after)
    PAL_MUST_CHECK;
enum pal_code compare_group(struct comparison *c, const struct pal_doc *before, const struct pal_doc *after)
    PAL_MUST_CHECK;
enum pal_code compare_usage(struct comparison *c, const struct pal_doc *before, const struct pal_doc *after)
    PAL_MUST_CHECK;
enum pal_code compare_input(struct comparison *c, const struct pal_doc *before, const struct pal_doc *after)
    PAL_MUST_CHECK;
/* One change per policy and per setting. */
enum pal_code compare_settings(struct comparison *c, const struct pal_doc *before, const struct pal_doc *after)
    PAL_MUST_CHECK;
/* After all files: activations of PIM told once, and as such. */
enum pal_code settle_activations(struct comparison *c) PAL_MUST_CHECK;

#endif
