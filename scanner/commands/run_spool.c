/* SPDX-License-Identifier: Apache-2.0 */
/* run_spool.c - observations through the journal: memory does not grow with
 * the estate, and a killed run finds them again. */
#include <stdlib.h>
#include <string.h>

#include "run_internal.h"

enum { SPOOL_FRAME_MAX = 512 << 20 };

/* One copy of each; PAL_TEXT_SET_MAX of them have numbers of 31 bits. */
static enum pal_code name(struct pal_spool *spool, const char *text, uint32_t *ret, struct pal_err *err) {
  size_t number = 0;
  bool is_new;
  enum pal_code code = pal_text_set_add(&spool->names, text, &number, &is_new, err);
  *ret = (uint32_t)number;
  return code;
}

static const char *name_of(const struct pal_spool *spool, uint32_t number) {
  return spool->names.v[number];
}

static enum pal_code note_frame(struct pal_spool *spool, const char *subject, const struct pal_observation *observation,
                                bool listed, size_t index, struct pal_err *err) {
  if (index > UINT32_MAX)
    return pal_err_set(err, PAL_E_LIMIT, "more than %u frames in the journal", UINT32_MAX);
  if (spool->n == spool->cap) {
    size_t cap = spool->cap == 0 ? 256 : spool->cap * 2;
    struct pal_frame *grown = realloc(spool->frames, cap * sizeof(*grown));
    if (grown == NULL)
      return pal_err_nomem(err);
    spool->frames = grown;
    spool->cap = cap;
  }
  struct pal_frame *frame = &spool->frames[spool->n];
  *frame = (struct pal_frame){.index = (uint32_t)index, .listed = listed};
  uint32_t identity = 0;
  enum pal_code code = name(spool, subject, &frame->subject, err);
  if (code == PAL_OK)
    code = name(spool, observation->tenant.s, &frame->tenant, err);
  if (code == PAL_OK)
    code = name(spool, observation->identity, &identity, err);
  frame->identity = identity & 0x7FFFFFFF;
  spool->n += code == PAL_OK;
  return code;
}

static enum pal_code note_discovered(struct pal_spool *spool, const struct pal_texts *ids, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < ids->n; i++) {
    uint32_t known = 0;
    size_t number;
    bool is_new;
    code = name(spool, ids->v[i], &known, err);
    if (code == PAL_OK)
      code = pal_text_set_borrow(&spool->found, name_of(spool, known), &number, &is_new, err);
  }
  spool->discovered = (struct pal_texts){.v = spool->found.v, .n = spool->found.n};
  return code;
}

/* Whether it can say tonight that a subscription is no longer there. */
static bool has_listed(const struct pal_observation *observation) {
  const struct pal_doc *coverage = pal_docs_find(&observation->docs, PAL_FILE_COVERAGE, &observation->tenant, NULL);
  bool complete = false;
  for (size_t i = 0; coverage != NULL && i < coverage->records.n; i++) {
    const struct pal_record *unit = coverage->records.v[i];
    complete = complete || (strcmp(pal_get_text(unit, PAL_COVERAGE_AREA), "subscriptions") == 0 &&
                            strcmp(pal_get_text(unit, PAL_COVERAGE_STATE), "complete") == 0);
  }
  return complete;
}

/* Frame payload: 36 bytes subject, a newline, the observation cut to that tenant. */
static enum pal_code append(struct pal_spool *spool, const char *subject, struct pal_observation *part, bool listed,
                            struct pal_err *err) {
  struct pal_buf bytes;
  pal_buf_init(&bytes, SPOOL_FRAME_MAX);
  pal_buf_printf(&bytes, "%s\n", subject);
  enum pal_code code = pal_observation_encode(part, &bytes, err);
  if (code == PAL_OK)
    code = pal_buf_check(&bytes, "an observation", err);
  size_t index = 0;
  if (code == PAL_OK)
    code = pal_journal_append(spool->journal, bytes.data, bytes.len, &index, err);
  if (code == PAL_OK)
    code = note_frame(spool, subject, part, listed, index, err);
  pal_buf_deinit(&bytes);
  return code;
}

static int by_subject(const void *a, const void *b) {
  const struct pal_doc *x = *(struct pal_doc *const *)a, *y = *(struct pal_doc *const *)b;
  return strcmp(x->tenant.s, y->tenant.s);
}

enum pal_code pal_spool_add(struct pal_spool *spool, const struct pal_observation *observation, struct pal_err *err) {
  struct pal_observation part = *observation;
  size_t n = observation->docs.n;
  enum pal_code code = note_discovered(spool, &observation->discovered, err);
  bool listed = has_listed(observation);
  if (n > 1)
    qsort(observation->docs.v, n, sizeof(*observation->docs.v), by_subject);
  size_t own_first = 0, own_n = 0;
  for (size_t i = 0; code == PAL_OK && i < n;) {
    const char *subject = observation->docs.v[i]->tenant.s;
    size_t end = i + 1;
    while (end < n && strcmp(observation->docs.v[end]->tenant.s, subject) == 0)
      end++;
    if (strcmp(subject, observation->tenant.s) == 0) {
      own_first = i;
      own_n = end - i;
    } else {
      part.docs.v = observation->docs.v + i;
      part.docs.n = end - i;
      code = append(spool, subject, &part, false, err);
    }
    i = end;
  }
  if (code != PAL_OK)
    return code;
  part.docs.v = own_n > 0 ? observation->docs.v + own_first : NULL;
  part.docs.n = own_n;
  return append(spool, observation->tenant.s, &part, listed, err);
}

const char *pal_spool_subject(const struct pal_spool *spool, size_t frame) {
  return name_of(spool, spool->frames[frame].subject);
}

const char *pal_spool_tenant(const struct pal_spool *spool, size_t frame) {
  return name_of(spool, spool->frames[frame].tenant);
}

static bool is_own(const struct pal_spool *spool, const struct pal_frame *frame, const char *identity) {
  return frame->subject == frame->tenant && strcmp(name_of(spool, frame->identity), identity) == 0;
}

bool pal_spool_has(const struct pal_spool *spool, const char *identity, const char *tenant_id) {
  for (size_t i = 0; i < spool->n; i++)
    if (is_own(spool, &spool->frames[i], identity) && strcmp(pal_spool_tenant(spool, i), tenant_id) == 0)
      return true;
  return false;
}

/* Reads the frames of an interrupted run back into the index. */
static enum pal_code reload(struct pal_spool *spool, struct pal_err *err) {
  struct pal_buf bytes;
  struct pal_arena *arena = pal_arena_new(0);
  if (arena == NULL)
    return pal_err_nomem(err);
  pal_buf_init(&bytes, SPOOL_FRAME_MAX);
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < pal_journal_count(spool->journal); i++) {
    struct pal_observation observation;
    code = pal_journal_read(spool->journal, i, &bytes, err);
    if (code == PAL_OK && (bytes.len < PAL_GUID_LEN + 1 || bytes.data[PAL_GUID_LEN] != '\n'))
      code = pal_err_set(err, PAL_E_VERIFY, "journal: frame %zu names no tenant", i);
    if (code == PAL_OK)
      code =
          pal_observation_decode(arena, bytes.data + PAL_GUID_LEN + 1, bytes.len - PAL_GUID_LEN - 1, &observation, err);
    if (code == PAL_OK)
      code = note_discovered(spool, &observation.discovered, err);
    if (code == PAL_OK) {
      bytes.data[PAL_GUID_LEN] = '\0';
      code = note_frame(spool, bytes.data, &observation, has_listed(&observation), i, err);
    }
    pal_arena_reset(arena);
  }
  pal_buf_deinit(&bytes);
  pal_arena_free(arena);
  return code;
}

enum pal_code pal_spool_open(struct pal_spool *spool, const char *state_dir, const struct pal_journal_head *head,
                             bool resume, struct pal_err *err) {
  *spool = (struct pal_spool){.arena = pal_arena_new(0)};
  if (spool->arena == NULL)
    return pal_err_nomem(err);
  pal_text_set_init(&spool->names, spool->arena);
  pal_text_set_init(&spool->found, spool->arena);
  if (!resume)
    return pal_journal_create(state_dir, head, &spool->journal, err);
  /* The start of this run is its now: that of a replay is the recorded one. */
  enum pal_code code = pal_journal_resume(state_dir, head->digest, head->started, &spool->journal, err);
  return code == PAL_OK ? reload(spool, err) : code;
}

enum pal_code pal_spool_close(struct pal_spool *spool, bool done, struct pal_err *err) {
  enum pal_code code = spool->journal != NULL ? pal_journal_close(spool->journal, done, err) : PAL_OK;
  free(spool->frames);
  pal_arena_free(spool->arena);
  *spool = (struct pal_spool){0};
  return code;
}

/* Numbers are in the order of names then. */
static int by_frame(const void *a, const void *b) {
  const struct pal_frame *x = a, *y = b;
  int cmp = (x->subject > y->subject) - (x->subject < y->subject);
  if (cmp == 0)
    cmp = (x->identity > y->identity) - (x->identity < y->identity);
  if (cmp == 0)
    cmp = (x->tenant > y->tenant) - (x->tenant < y->tenant);
  if (cmp == 0)
    cmp = (x->index > y->index) - (x->index < y->index);
  return cmp;
}

struct numbered {
  const char *name;
  uint32_t number;
};

static int by_name(const void *a, const void *b) {
  return strcmp(((const struct numbered *)a)->name, ((const struct numbered *)b)->name);
}

/* Gives each name the number of its place in their order. */
static enum pal_code sort_names(struct pal_spool *spool, struct pal_err *err) {
  struct pal_text_set *names = &spool->names;
  struct numbered *order = calloc(names->n + 1, sizeof(*order));
  uint32_t *place = calloc(names->n + 1, sizeof(*place));
  enum pal_code code = order != NULL && place != NULL ? PAL_OK : pal_err_nomem(err);
  for (size_t i = 0; code == PAL_OK && i < names->n; i++)
    order[i] = (struct numbered){names->v[i], (uint32_t)i};
  if (code == PAL_OK)
    qsort(order, names->n, sizeof(*order), by_name);
  for (size_t i = 0; code == PAL_OK && i < names->n; i++) {
    names->v[i] = order[i].name;
    place[order[i].number] = (uint32_t)i;
  }
  for (size_t i = 0; code == PAL_OK && i < spool->n; i++) {
    struct pal_frame *frame = &spool->frames[i];
    frame->subject = place[frame->subject];
    frame->tenant = place[frame->tenant];
    frame->identity = place[frame->identity] & 0x7FFFFFFF;
  }
  free(place);
  free(order);
  return code;
}

enum pal_code pal_spool_sort(struct pal_spool *spool, struct pal_err *err) {
  if (spool->n == 0)
    return PAL_OK;
  enum pal_code code = sort_names(spool, err);
  if (code != PAL_OK)
    return code;
  qsort(spool->frames, spool->n, sizeof(*spool->frames), by_frame);
  size_t kept = 0;
  for (size_t i = 0; i < spool->n; i++) {
    const struct pal_frame *frame = &spool->frames[i], *next = frame + 1;
    bool replaced = i + 1 < spool->n && frame->subject == next->subject && frame->identity == next->identity &&
                    frame->tenant == next->tenant;
    if (!replaced)
      spool->frames[kept++] = *frame;
  }
  spool->n = kept;
  return PAL_OK;
}

size_t pal_spool_find(const struct pal_spool *spool, const char *subject, size_t *ret_first) {
  size_t low = 0, high = spool->n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (strcmp(pal_spool_subject(spool, middle), subject) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  *ret_first = low;
  size_t n = 0;
  while (low + n < spool->n && strcmp(pal_spool_subject(spool, low + n), subject) == 0)
    n++;
  return n;
}

bool pal_spool_has_listed(const void *payload, const char *identity, const char *tenant_id) {
  const struct pal_spool *spool = payload;
  size_t first = 0, n = pal_spool_find(spool, tenant_id, &first);
  for (size_t i = first; i < first + n; i++)
    if (spool->frames[i].listed && is_own(spool, &spool->frames[i], identity))
      return true;
  return false;
}
