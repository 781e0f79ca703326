/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCAN_H
#define SCAN_H
/* scan.h - what the tests of the collect layer share: a run over a recording, its observations by way of the journal's
 * bytes, and the files they become. */
#include <stdbool.h>
#include <stddef.h>

#include "pal_collect.h"

enum { SCAN_OBSERVATIONS_MAX = 256 };

struct scan {
  struct pal_arena *arena;
  const struct pal_record *settings, *estate;
  struct pal_instant started;
  struct pal_observation *v[SCAN_OBSERVATIONS_MAX]; /* sorted by identity and tenant */
  size_t n;
  struct pal_collect_result result;
  size_t most_open; /* requests that waited or were in flight together */
  enum pal_code code;
  struct pal_err err;
};

/* Replays the recording in dir. more: only_*, parent_tenants, done_before; NULL: none. */
void scan_run(struct scan *scan, struct pal_arena *arena, const char *dir, const struct pal_record *estate,
              unsigned seed, const struct pal_collect_options *more);
/* The same over what a test wrote with world.h. */
void scan_world(struct scan *scan, struct pal_arena *arena, const struct pal_record *estate, unsigned seed);

struct pal_observation *scan_find(const struct scan *scan, const char *identity, const char *tenant);
/* The bytes of one document of an observation or of united docs, "" when it is absent; in the arena. */
const char *docs_text(struct pal_arena *arena, const struct pal_docs *docs, const char *path);
/* One line of coverage as "state items/expected code @asOf"; absent parts are left out; "" when there is none. */
const char *docs_cover(struct pal_arena *arena, const struct pal_docs *docs, const char *tenant, const char *area,
                       const char *unit);
/* All documents as "PATH\nBYTES" one after another, sorted by path. */
const char *docs_dump(struct pal_arena *arena, const struct pal_docs *docs);

/* Unites what the scan has of a tenant with the parent's files. */
void scan_unite(const struct scan *scan, struct pal_arena *arena, const char *tenant, const struct pal_docs *parent,
                const char *parent_started, struct pal_docs *ret);

/* Path of a file of a tenant: "tenants/aa/aaaa…/" rest */
const char *tenant_path(struct pal_arena *arena, const char *tenant, const char *rest);
/* A record of a file people write, from JSON text. */
const struct pal_record *parse_record(struct pal_arena *arena, const struct pal_kind *kind, const char *json);
struct pal_tenant_id tenant_id(const char *text);
struct pal_instant instant(const char *text);

#endif
