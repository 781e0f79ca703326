/* SPDX-License-Identifier: Apache-2.0 */
#include "faults.h"

#include "ids.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 1 << 16, TENANTS_PER_THOUSAND = 60, PAGES_PER_THOUSAND = 250 };

struct slot {
  uint64_t key; /* 0: free */
  uint8_t times;
};

struct emu_faulted {
  pthread_mutex_t lock;
  struct slot slots[SLOTS];
};

static const struct {
  const char *name, *text;
} kinds[EMU_FAULT_KINDS] = {
#define X(id, name, text) {name, text},
    EMU_FAULTS(X)
#undef X
};

const char *emu_fault_name(enum emu_fault fault) {
  return kinds[fault].name;
}

const char *emu_fault_text(enum emu_fault fault) {
  return kinds[fault].text;
}

bool emu_faults_parse(const char *list, uint32_t *ret_faults) {
  uint32_t faults = 0;
  while (*list != '\0') {
    size_t len = strcspn(list, ",");
    uint32_t found = 0;
    if (len == 3 && strncmp(list, "all", 3) == 0)
      found = (UINT32_C(1) << EMU_FAULT_KINDS) - 1;
    for (unsigned i = 0; i < EMU_FAULT_KINDS; i++)
      if (strlen(kinds[i].name) == len && strncmp(kinds[i].name, list, len) == 0)
        found = UINT32_C(1) << i;
    if (found == 0)
      return false;
    faults |= found;
    list += len;
    list += *list == ',';
  }
  *ret_faults = faults;
  return true;
}

static bool is_on(const struct emu_world *w, enum emu_fault fault) {
  return (w->faults >> fault & 1) != 0;
}

enum emu_fault emu_fault_of_tenant(const struct emu_world *w, uint32_t tenant) {
  if (tenant == 0)
    return EMU_FAULT_NONE;
  uint64_t roll = emu_hash(w->seed, 0xfa00, tenant, 0);
  if (roll % 1000 >= TENANTS_PER_THOUSAND)
    return EMU_FAULT_NONE;
  /* Drawn from all kinds: one kind hits the same tenants with or without the others. */
  enum emu_fault fault = (enum emu_fault)(EMU_FIRST_LASTING + (roll >> 32) % (EMU_FAULT_KINDS - EMU_FIRST_LASTING));
  return is_on(w, fault) ? fault : EMU_FAULT_NONE;
}

uint32_t emu_victim_of(const struct emu_world *w, uint32_t hostile) {
  return hostile % w->tenants + 1;
}

uint32_t emu_hostile_to(const struct emu_world *w, uint32_t tenant) {
  uint32_t hostile = tenant > 1 ? tenant - 1 : w->tenants;
  return tenant > 0 && emu_fault_of_tenant(w, hostile) == EMU_FAULT_HOSTILE ? hostile : 0;
}

bool emu_challenges_claims(const struct emu_world *w, uint32_t tenant) {
  return is_on(w, EMU_FAULT_CLAIMS) && emu_hash(w->seed, 0xfa01, tenant, 0) % 1000 < TENANTS_PER_THOUSAND;
}

struct emu_faulted *emu_faulted_new(void) {
  struct emu_faulted *f = calloc(1, sizeof *f);
  if (f == NULL)
    abort();
  pthread_mutex_init(&f->lock, NULL);
  return f;
}

void emu_faulted_free(struct emu_faulted *f) {
  if (f == NULL)
    return;
  pthread_mutex_destroy(&f->lock);
  free(f);
}

enum emu_fault emu_fault_next(const struct emu_world *w, struct emu_faulted *f, uint64_t key) {
  uint64_t roll = emu_hash(w->seed, 0xfa02, key, 0);
  uint64_t which = roll % 1000;
  if (which >= (uint64_t)w->fault_rate * (EMU_FAULT_EXPIRE + 1))
    return EMU_FAULT_NONE;
  enum emu_fault fault = (enum emu_fault)(which / w->fault_rate);
  if (!is_on(w, fault))
    return EMU_FAULT_NONE;
  uint8_t times = fault == EMU_FAULT_SERVER_ERROR ? 1 + (roll >> 32 & 1) : 1;
  pthread_mutex_lock(&f->lock);
  struct slot *slot = &f->slots[key % SLOTS];
  if (slot->key == 0)
    slot->key = key;
  /* Who finds the slot taken goes without a fault. */
  bool hit = slot->key == key && slot->times < times;
  slot->times += hit;
  pthread_mutex_unlock(&f->lock);
  return hit ? fault : EMU_FAULT_NONE;
}

bool emu_fault_of_page(const struct emu_world *w, enum emu_fault fault, uint64_t key) {
  return is_on(w, fault) && emu_hash(w->seed, 0xfa03 + (uint64_t)fault, key, 0) % 1000 < PAGES_PER_THOUSAND;
}
