/* SPDX-License-Identifier: Apache-2.0 */
#include "manners.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
  SLOTS = 1 << 16,
  STATUSES = 600,
  /* A request that was on its way when the 429 left is no fault. */
  GRACE_MS = 50,
};

struct wait {
  uint64_t key;
  int64_t told_ms, until_ms;
};

struct emu_manners {
  pthread_mutex_t lock;
  uint64_t counts[EMU_COUNTERS];
  uint64_t kinds[EMU_REQUEST_KINDS];
  uint64_t faults[EMU_FAULT_KINDS];
  uint64_t statuses[STATUSES];
  uint64_t in_flight, most_in_flight;
  int64_t first_ms, last_ms;
  struct wait waits[SLOTS];
  uint64_t answered[SLOTS], jtis[SLOTS];
};

int64_t emu_now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct emu_manners *emu_manners_new(void) {
  struct emu_manners *m = calloc(1, sizeof *m);
  if (m == NULL)
    abort();
  pthread_mutex_init(&m->lock, NULL);
  return m;
}

void emu_manners_free(struct emu_manners *m) {
  if (m == NULL)
    return;
  pthread_mutex_destroy(&m->lock);
  free(m);
}

void emu_manners_add(struct emu_manners *m, enum emu_count count, uint64_t n) {
  pthread_mutex_lock(&m->lock);
  m->counts[count] += n;
  pthread_mutex_unlock(&m->lock);
}

void emu_manners_kind(struct emu_manners *m, enum emu_request_kind kind) {
  pthread_mutex_lock(&m->lock);
  m->kinds[kind]++;
  pthread_mutex_unlock(&m->lock);
}

void emu_manners_fault(struct emu_manners *m, enum emu_fault fault) {
  pthread_mutex_lock(&m->lock);
  m->faults[fault]++;
  pthread_mutex_unlock(&m->lock);
}

void emu_manners_status(struct emu_manners *m, unsigned status) {
  pthread_mutex_lock(&m->lock);
  if (status < STATUSES)
    m->statuses[status]++;
  pthread_mutex_unlock(&m->lock);
}

void emu_manners_begin(struct emu_manners *m) {
  pthread_mutex_lock(&m->lock);
  m->counts[EMU_COUNT_REQUESTS]++;
  m->last_ms = emu_now_ms();
  if (m->first_ms == 0)
    m->first_ms = m->last_ms;
  if (++m->in_flight > m->most_in_flight)
    m->most_in_flight = m->in_flight;
  pthread_mutex_unlock(&m->lock);
}

void emu_manners_end(struct emu_manners *m) {
  pthread_mutex_lock(&m->lock);
  m->in_flight--;
  pthread_mutex_unlock(&m->lock);
}

void emu_manners_wait(struct emu_manners *m, uint64_t key, int64_t until_ms) {
  pthread_mutex_lock(&m->lock);
  m->waits[key % SLOTS] = (struct wait){.key = key, .told_ms = emu_now_ms(), .until_ms = until_ms};
  pthread_mutex_unlock(&m->lock);
}

void emu_manners_arrives(struct emu_manners *m, uint64_t key) {
  int64_t now = emu_now_ms();
  pthread_mutex_lock(&m->lock);
  const struct wait *wait = &m->waits[key % SLOTS];
  if (wait->key == key && now > wait->told_ms + GRACE_MS && now < wait->until_ms)
    m->counts[EMU_COUNT_EARLY]++;
  if (m->answered[key % SLOTS] == key)
    m->counts[EMU_COUNT_REPEATED]++;
  pthread_mutex_unlock(&m->lock);
}

void emu_manners_answered(struct emu_manners *m, uint64_t key) {
  pthread_mutex_lock(&m->lock);
  m->answered[key % SLOTS] = key;
  pthread_mutex_unlock(&m->lock);
}

void emu_manners_jti(struct emu_manners *m, uint64_t jti) {
  pthread_mutex_lock(&m->lock);
  uint64_t *slot = &m->jtis[jti % SLOTS];
  if (*slot == jti)
    m->counts[EMU_COUNT_JTI_REUSED]++;
  *slot = jti;
  pthread_mutex_unlock(&m->lock);
}

void emu_manners_write(struct emu_manners *m, struct emu_text *out) {
  static const char *const counts[EMU_COUNTERS] = {
#define X(id, name) name,
    EMU_COUNTS(X)
#undef X
  };
  static const char *const kinds[EMU_REQUEST_KINDS] = {
#define X(id, name) name,
    EMU_KINDS(X)
#undef X
  };
  struct emu_json j = emu_json_to(out);
  pthread_mutex_lock(&m->lock);
  emu_json_object(&j, NULL);
  for (size_t i = 0; i < EMU_COUNTERS; i++)
    emu_json_int(&j, counts[i], (int64_t)m->counts[i]);
  emu_json_int(&j, "mostInFlight", (int64_t)m->most_in_flight);
  emu_json_int(&j, "milliseconds", m->last_ms - m->first_ms);
  emu_json_object(&j, "kinds");
  for (size_t i = 0; i < EMU_REQUEST_KINDS; i++)
    if (m->kinds[i] != 0)
      emu_json_int(&j, kinds[i], (int64_t)m->kinds[i]);
  emu_json_end_object(&j);
  emu_json_object(&j, "statuses");
  for (unsigned i = 0; i < STATUSES; i++)
    if (m->statuses[i] != 0) {
      char name[8];
      emu_format(name, sizeof name, "%u", i);
      emu_json_int(&j, name, (int64_t)m->statuses[i]);
    }
  emu_json_end_object(&j);
  emu_json_object(&j, "faults");
  for (unsigned i = 0; i < EMU_FAULT_KINDS; i++)
    if (m->faults[i] != 0)
      emu_json_int(&j, emu_fault_name((enum emu_fault)i), (int64_t)m->faults[i]);
  emu_json_end_object(&j);
  emu_json_end_object(&j);
  pthread_mutex_unlock(&m->lock);
  emu_text_puts(out, "\n");
}
