/* SPDX-License-Identifier: Apache-2.0 */
/* report_nights.c - how many findings were open on each stored night. */
#include <string.h>

#include "pal_rejudge.h"
#include "report_site.h"

enum { FINDINGS_FILE_MAX = PAL_OBJECT_MAX };

struct counting {
  struct pal_repo *repo;
  struct pal_arena *scratch;
  int64_t open[PAL_SEVERITIES]; /* of the run being gone back from */
};

static void count(const struct pal_records *findings, int64_t sign, int64_t open[PAL_SEVERITIES]) {
  for (size_t i = 0; i < findings->n; i++) {
    const struct pal_record *finding = findings->v[i];
    int rank = pal_severity_rank(pal_get_text(finding, PAL_FINDING_SEVERITY));
    if (rank < PAL_SEVERITIES && strcmp(pal_get_text(finding, PAL_FINDING_VERDICT), "fail") == 0 &&
        strcmp(pal_get_text(finding, PAL_FINDING_STATUS), "open") == 0)
      open[rank] += sign;
  }
}

static enum pal_code count_file(struct counting *c, const char *path, const struct pal_oid *id, int64_t sign,
                                struct pal_err *err) {
  struct pal_doc doc = {0};
  struct pal_buf bytes;
  pal_buf_init(&bytes, FINDINGS_FILE_MAX);
  enum pal_code code = pal_doc_parse_path(path, &doc, err);
  if (code == PAL_OK)
    code = pal_repo_blob(c->repo, id, &bytes, err);
  if (code == PAL_OK)
    code = pal_doc_decode(c->scratch, bytes.data, bytes.len, &doc, err);
  if (code == PAL_OK)
    count(&doc.records, sign, c->open);
  pal_buf_deinit(&bytes);
  pal_arena_reset(c->scratch);
  return code;
}

/* From the later run back to the earlier: what it has is taken away, what the earlier one has is added. */
static enum pal_code on_difference(void *payload, const char *path, const struct pal_oid *before,
                                   const struct pal_oid *after, struct pal_err *err) {
  struct counting *c = payload;
  const char *name = strrchr(path, '/');
  if (strcmp(name != NULL ? name + 1 : path, "findings.json") != 0)
    return PAL_OK;
  enum pal_code code = PAL_OK;
  if (after != NULL)
    code = count_file(c, path, after, -1, err);
  if (code == PAL_OK && before != NULL)
    code = count_file(c, path, before, 1, err);
  return code;
}

static enum pal_code add_night(const struct counting *c, const struct pal_commit *commit, struct pal_arena *arena,
                               struct pal_site_night *night, struct pal_err *err) {
  *night = (struct pal_site_night){.started = pal_arena_strdup(arena, commit->trailers.started),
                                   .complete = commit->trailers.complete,
                                   .expected = commit->trailers.expected};
  pal_oid_hex(&commit->id, night->commit);
  for (int i = 0; i < PAL_SEVERITIES; i++)
    night->open[i] = c->open[i] > 0 ? (size_t)c->open[i] : 0;
  return night->started != NULL ? PAL_OK : pal_err_nomem(err);
}

static void turn_around(struct pal_site_night *nights, size_t n) {
  for (size_t i = 0; i + i + 1 < n; i++) {
    struct pal_site_night other = nights[i];
    nights[i] = nights[n - 1 - i];
    nights[n - 1 - i] = other;
  }
}

/* The next full run at or above `from`; *ret_found false where there is none. */
static enum pal_code full_above(struct pal_repo *repo, struct pal_commit *commit, bool *ret_found,
                                struct pal_err *err) {
  *ret_found = false;
  while (commit->has_parent && !*ret_found) {
    struct pal_oid up = commit->parent;
    enum pal_code code = pal_repo_commit(repo, &up, commit, err);
    if (code != PAL_OK)
      return code;
    *ret_found = commit->trailers.full;
  }
  return PAL_OK;
}

enum pal_code pal_report_nights(struct pal_repo *repo, const struct pal_commit *last, struct pal_arena *arena,
                                struct pal_site_night **ret, size_t *ret_n, struct pal_err *err) {
  struct pal_site_night *nights = pal_arena_calloc(arena, PAL_REPORT_NIGHTS_MAX, sizeof(*nights));
  struct counting c = {.repo = repo, .scratch = pal_arena_new(0)};
  struct pal_commit commit = *last;
  size_t n = 0;
  bool more = true;
  enum pal_code code = nights == NULL || c.scratch == NULL ? pal_err_nomem(err) : PAL_OK;
  if (code == PAL_OK) /* all of the last run: the difference from nothing, and back */
    code = pal_repo_compare(repo, &last->tree, NULL, on_difference, &c, err);
  if (code == PAL_OK && last->trailers.full)
    code = add_night(&c, last, arena, &nights[n++], err);
  while (code == PAL_OK && n < PAL_REPORT_NIGHTS_MAX && more) {
    struct pal_oid later = commit.tree;
    code = full_above(repo, &commit, &more, err);
    if (code == PAL_OK && more)
      code = pal_repo_compare(repo, &commit.tree, &later, on_difference, &c, err);
    if (code == PAL_OK && more)
      code = add_night(&c, &commit, arena, &nights[n++], err);
  }
  pal_arena_free(c.scratch);
  turn_around(nights, n);
  *ret = nights;
  *ret_n = n;
  return code;
}
