/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_reader.c - a ring of slots. Slot i % SLOTS_N is filled with tenant i by
 * the thread, then taken by the caller, who gives it back by asking for the
 * next. Each slot has its own arena, so that nothing but the two counters is
 * ever touched by both.
 */
#include "run_reader.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

enum { SLOTS_N = 3 }; /* one at the caller, one ready, one being read */

struct slot {
  struct pal_tenant_seen seen;
  struct pal_err err;
};

struct pal_reader {
  const struct pal_spool *spool;
  const struct pal_texts *tenants;
  struct pal_buf bytes; /* one frame */
  struct slot slots[SLOTS_N];
  pthread_t thread;
  bool has_thread; /* else the caller reads */
  pthread_mutex_t lock;
  pthread_cond_t changed;
  size_t filled;     /* tenants read so far */
  size_t given_back; /* tenants the caller is done with */
  bool stop;         /* the caller wants no more */
  size_t asked;      /* the caller's: tenants it was given */
};

static enum pal_code read_tenant(struct pal_reader *reader, const char *tenant_id, struct pal_tenant_seen *seen,
                                 struct pal_err *err) {
  size_t first = 0, n = pal_spool_find(reader->spool, tenant_id, &first);
  pal_arena_reset(seen->arena);
  struct pal_observation *v = pal_arena_calloc(seen->arena, n + 1, sizeof(*v));
  if (v == NULL)
    return pal_err_nomem(err);
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < n; i++) {
    const struct pal_frame *frame = &reader->spool->frames[first + i];
    code = pal_journal_read(reader->spool->journal, frame->index, &reader->bytes, err);
    if (code == PAL_OK)
      code = pal_observation_decode(seen->arena, reader->bytes.data + PAL_GUID_LEN + 1,
                                    reader->bytes.len - PAL_GUID_LEN - 1, &v[i], err);
  }
  seen->observations = v;
  seen->n = n;
  return code == PAL_OK ? PAL_OK : pal_err_wrap(err, "tenant %s", tenant_id);
}

static void fill(struct pal_reader *reader, size_t i) {
  struct slot *slot = &reader->slots[i % SLOTS_N];
  slot->err = (struct pal_err){.code = PAL_OK};
  (void)!read_tenant(reader, reader->tenants->v[i], &slot->seen, &slot->err);
}

static void *run(void *payload) {
  struct pal_reader *reader = payload;
  bool more = true;
  for (size_t i = 0; more && i < reader->tenants->n; i++) {
    (void)pthread_mutex_lock(&reader->lock);
    while (!reader->stop && i >= reader->given_back + SLOTS_N)
      (void)pthread_cond_wait(&reader->changed, &reader->lock);
    more = !reader->stop;
    (void)pthread_mutex_unlock(&reader->lock);
    if (!more)
      break;
    fill(reader, i);
    more = reader->slots[i % SLOTS_N].err.code == PAL_OK;
    (void)pthread_mutex_lock(&reader->lock);
    reader->filled = i + 1;
    (void)pthread_cond_signal(&reader->changed);
    (void)pthread_mutex_unlock(&reader->lock);
  }
  return NULL;
}

/* Signals are for the thread that knows what to do about them. */
static bool start(struct pal_reader *reader) {
  sigset_t all, before;
  (void)sigfillset(&all);
  (void)pthread_sigmask(SIG_SETMASK, &all, &before);
  bool started = pthread_create(&reader->thread, NULL, run, reader) == 0;
  (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
  return started;
}

enum pal_code pal_reader_new(const struct pal_spool *spool, const struct pal_texts *tenants, struct pal_reader **ret,
                             struct pal_err *err) {
  struct pal_reader *reader = calloc(1, sizeof(*reader));
  if (reader == NULL)
    return pal_err_nomem(err);
  reader->spool = spool;
  reader->tenants = tenants;
  pal_buf_init(&reader->bytes, PAL_JOURNAL_FRAME_MAX);
  (void)pthread_mutex_init(&reader->lock, NULL);
  (void)pthread_cond_init(&reader->changed, NULL);
  bool ok = true;
  for (size_t i = 0; i < SLOTS_N; i++) {
    reader->slots[i].seen.arena = pal_arena_new(0);
    ok = ok && reader->slots[i].seen.arena != NULL;
  }
  if (!ok) {
    pal_reader_free(reader);
    return pal_err_nomem(err);
  }
  reader->has_thread = start(reader);
  *ret = reader;
  return PAL_OK;
}

enum pal_code pal_reader_next(struct pal_reader *reader, struct pal_tenant_seen *ret, struct pal_err *err) {
  size_t i = reader->asked++;
  if (i >= reader->tenants->n)
    return pal_err_set(err, PAL_E_INTERNAL, "tenant %zu of %zu", i + 1, reader->tenants->n);
  if (reader->has_thread) {
    (void)pthread_mutex_lock(&reader->lock);
    reader->given_back = i;
    (void)pthread_cond_signal(&reader->changed);
    while (reader->filled <= i)
      (void)pthread_cond_wait(&reader->changed, &reader->lock);
    (void)pthread_mutex_unlock(&reader->lock);
  } else {
    fill(reader, i);
  }
  const struct slot *slot = &reader->slots[i % SLOTS_N];
  if (slot->err.code != PAL_OK) {
    *err = slot->err;
    return err->code;
  }
  *ret = slot->seen;
  return PAL_OK;
}

void pal_reader_free(struct pal_reader *reader) {
  if (reader == NULL)
    return;
  if (reader->has_thread) {
    (void)pthread_mutex_lock(&reader->lock);
    reader->stop = true;
    (void)pthread_cond_signal(&reader->changed);
    (void)pthread_mutex_unlock(&reader->lock);
    (void)pthread_join(reader->thread, NULL);
  }
  for (size_t i = 0; i < SLOTS_N; i++)
    pal_arena_free(reader->slots[i].seen.arena);
  pal_buf_deinit(&reader->bytes);
  (void)pthread_cond_destroy(&reader->changed);
  (void)pthread_mutex_destroy(&reader->lock);
  free(reader);
}
