/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_REPORT_SITE_H
#define PAL_REPORT_SITE_H
/* site.h - what the writers of a report's data share: parts of a list, each a file. */
#include "json_writer.h"
#include "pal_site.h"

enum { SITE_PART_BYTES = 400 << 10 }; /* a part of a list is closed beyond this: some thousand findings */

/* A list in parts data/NAME-0.js, data/NAME-1.js, …, or by key: data/NAME-KEY.js. */
struct site_list {
  const char *folder, *name;
  struct jsonw w;
  FILE *memory; /* the part being made; NULL: none */
  char *bytes;
  size_t len;
  size_t parts, rows;
};
void site_list_init(struct site_list *list, const char *folder, const char *name);
/* Opens a part where none is open; the caller then writes one element with list->w. object: the part is one, else an
 * array. */
enum pal_code site_list_open(struct site_list *list, bool object, struct pal_err *err) PAL_MUST_CHECK;
/* After an element: closes the part when it is large. */
enum pal_code site_list_settle(struct site_list *list, struct pal_err *err) PAL_MUST_CHECK;
/* Closes and writes the part, under the key or (NULL) the next number; nothing when none is open. */
enum pal_code site_list_close(struct site_list *list, const char *key, struct pal_err *err) PAL_MUST_CHECK;
void site_list_drop(struct site_list *list); /* after a failure */

/* Which file holds what belongs to one customer: the first two digits of the id, "estate" for what belongs to none. */
void site_bucket(const char *tenant_id, char out[8]);

/* The lists that are kept by customer. A page that asks for a customer must tell "there is none" from "the file is gone". */
enum site_kept {
  SITE_FINDINGS,
  SITE_ACCOUNTS,
  SITE_ACCESS,
  SITE_DELEGATIONS,
  SITE_UNITS,
  SITE_SUBSCRIPTIONS,
  SITE_KEPT_N
};
extern const char *const site_kept_names[SITE_KEPT_N];
enum { SITE_BUCKETS_MAX = 257 };

struct site_parts { /* how many parts each list has, and which files those by customer */
  size_t findings, changes, customers, people, gaps;
  struct {
    size_t findings, fresh, resolved, hidden;
    bool quiet;
  } changed; /* what the comparison holds, as in its outline */
  struct {
    char v[SITE_BUCKETS_MAX][8];
    size_t n;
  } kept[SITE_KEPT_N];
};
/* Closes the part of a list by customer and notes its file. */
enum pal_code site_list_keep(struct site_list *list, enum site_kept kept, const char *bucket, struct site_parts *parts,
                             struct pal_err *err) PAL_MUST_CHECK;

/* Each fills its row of parts. */
enum pal_code site_write_findings(const struct pal_site *site, const char *folder, struct site_parts *parts,
                                  struct pal_err *err) PAL_MUST_CHECK;
enum pal_code site_write_changes(const struct pal_site *site, const char *folder, struct site_parts *parts,
                                 struct pal_err *err) PAL_MUST_CHECK;
enum pal_code site_write_lists(const struct pal_site *site, const char *folder, struct site_parts *parts,
                               struct pal_err *err) PAL_MUST_CHECK;
enum pal_code site_write_gaps(const struct pal_site *site, const char *folder, struct site_parts *parts,
                              struct pal_err *err) PAL_MUST_CHECK;
enum pal_code site_write_rules(const struct pal_site *site, const char *folder, struct pal_err *err) PAL_MUST_CHECK;
/* The first screen, and how many parts there are of the rest. */
enum pal_code site_write_summary(const struct pal_site *site, const char *folder, const struct site_parts *parts,
                                 struct pal_err *err) PAL_MUST_CHECK;

/* The pages, built in: site_assets.c is made of html/ at build time. */
struct site_asset {
  const char *name; /* "index.html" */
  const unsigned char *bytes;
  size_t len;
};
extern const struct site_asset site_assets[];
extern const size_t site_assets_n;

#endif
