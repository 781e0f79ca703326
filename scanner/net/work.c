/* SPDX-License-Identifier: Apache-2.0 */
#include "work.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

enum { RUNNING_MAX = 8 };

struct work {
  struct work *next;
  struct net_works *works;
  pal_work_fn *work;
  pal_worked_fn *done;
  void *payload;
  pthread_t thread;
};

struct net_works {
  pthread_mutex_t lock; /* of `ended` */
  struct work *waiting, **waiting_end;
  struct work *ended;
  size_t running; /* started and not told */
  pal_stop stop;
  void (*wake)(void *payload);
  void *payload;
};

struct net_works *net_works_new(void (*wake)(void *payload), void *payload) {
  struct net_works *works = calloc(1, sizeof *works);
  if (!works)
    return NULL;
  (void)pthread_mutex_init(&works->lock, NULL);
  works->waiting_end = &works->waiting;
  works->wake = wake;
  works->payload = payload;
  return works;
}

static void *run(void *payload) {
  struct work *work = payload;
  struct net_works *works = work->works;
  work->work(work->payload, &works->stop);
  (void)pthread_mutex_lock(&works->lock);
  work->next = works->ended;
  works->ended = work;
  (void)pthread_mutex_unlock(&works->lock);
  works->wake(works->payload);
  return NULL;
}

/* Signals are for the thread that knows what to do about them. */
static bool start(struct work *work) {
  sigset_t all, before;
  (void)sigfillset(&all);
  (void)pthread_sigmask(SIG_SETMASK, &all, &before);
  bool started = pthread_create(&work->thread, NULL, run, work) == 0;
  (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
  work->works->running += started;
  return started;
}

enum pal_code net_works_add(struct net_works *works, pal_work_fn *work, pal_worked_fn *done, void *payload,
                            struct pal_err *err) {
  struct work *added = calloc(1, sizeof *added);
  if (!added)
    return pal_err_nomem(err);
  *added = (struct work){.works = works, .work = work, .done = done, .payload = payload};
  if (works->running < RUNNING_MAX && start(added))
    return PAL_OK;
  if (works->running == 0) { /* nobody would ever start it */
    free(added);
    return pal_err_set(err, PAL_E_NOMEM, "no thread can be started");
  }
  *works->waiting_end = added;
  works->waiting_end = &added->next;
  return PAL_OK;
}

static struct work *take_waiting(struct net_works *works) {
  struct work *work = works->waiting;
  if (!work)
    return NULL;
  works->waiting = work->next;
  if (!works->waiting)
    works->waiting_end = &works->waiting;
  work->next = NULL;
  return work;
}

static struct work *take_ended(struct net_works *works) {
  (void)pthread_mutex_lock(&works->lock);
  struct work *work = works->ended;
  if (work)
    works->ended = work->next;
  (void)pthread_mutex_unlock(&works->lock);
  if (!work)
    return NULL;
  (void)pthread_join(work->thread, NULL);
  works->running--;
  return work;
}

bool net_works_tell(struct net_works *works, struct pal_err *ended) {
  static const struct pal_err none;
  struct work *work = take_ended(works);
  if (!work)
    return false;
  struct work *next = take_waiting(works);
  if (next && !start(next)) { /* it stays the first */
    next->next = works->waiting;
    works->waiting = next;
    if (!next->next)
      works->waiting_end = &next->next;
    if (works->running == 0)
      (void)pal_err_set(ended, PAL_E_NOMEM, "no thread can be started");
  }
  work->done(work->payload, &none);
  free(work);
  return true;
}

static size_t drop_all(struct net_works *works, const struct pal_err *why) {
  size_t n = 0;
  atomic_store(&works->stop, true);
  while (works->running > 0) {
    struct work *work = take_ended(works);
    if (!work) {
      (void)nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
      continue;
    }
    if (why)
      work->done(work->payload, why);
    free(work);
    n++;
  }
  for (struct work *work; (work = take_waiting(works)); n++) {
    if (why)
      work->done(work->payload, why);
    free(work);
  }
  atomic_store(&works->stop, false);
  return n;
}

size_t net_works_abandon(struct net_works *works, const struct pal_err *why) {
  return drop_all(works, why);
}

void net_works_free(struct net_works *works) {
  if (!works)
    return;
  (void)drop_all(works, NULL);
  (void)pthread_mutex_destroy(&works->lock);
  free(works);
}
