/* SPDX-License-Identifier: Apache-2.0 */
#include "links.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LINKS = 4096 };

struct entry {
  uint32_t tenant;
  unsigned identity;
  struct emu_link link;
};

struct emu_links {
  pthread_mutex_t lock;
  uint64_t expected; /* writes taken off */
  size_t n;
  struct entry entries[MAX_LINKS];
};

bool emu_link_trouble_parse(const char *name, unsigned *ret) {
  static const char *const names[] = {
#define X(id, name) name,
    EMU_LINK_TROUBLES(X)
#undef X
  };
  for (unsigned i = 0; i < EMU_LINK_TROUBLE_KINDS; i++)
    if (strcmp(names[i], name) == 0) {
      *ret = i;
      return true;
    }
  return false;
}

struct emu_links *emu_links_new(void) {
  struct emu_links *links = calloc(1, sizeof *links);
  if (links == NULL)
    abort();
  pthread_mutex_init(&links->lock, NULL);
  return links;
}

void emu_links_free(struct emu_links *links) {
  pthread_mutex_destroy(&links->lock);
  free(links);
}

bool emu_links_expects(const struct emu_request *r) {
  static const char path[] = "/providers/Microsoft.ManagementPartner/partners/";
  struct emu_links *links = r->server->links;
  if (r->service != EMU_ARM || strncmp(r->path, path, sizeof path - 1) != 0 ||
      (!emu_is(r, "PUT") && !emu_is(r, "PATCH") && !emu_is(r, "DELETE")))
    return false;
  pthread_mutex_lock(&links->lock);
  bool expected = links->expected < r->server->world->link_writes;
  links->expected += expected;
  pthread_mutex_unlock(&links->lock);
  return expected;
}

struct emu_link *emu_links_lock(struct emu_links *links, uint32_t tenant, unsigned identity,
                                const struct emu_identity *of_the_estate) {
  pthread_mutex_lock(&links->lock);
  for (size_t i = 0; i < links->n; i++)
    if (links->entries[i].tenant == tenant && links->entries[i].identity == identity)
      return &links->entries[i].link;
  if (links->n == MAX_LINKS)
    abort();
  struct entry *entry = &links->entries[links->n++];
  *entry = (struct entry){.tenant = tenant, .identity = identity};
  entry->link = (struct emu_link){
      .linked = of_the_estate->linked, .partner = of_the_estate->partner, .version = of_the_estate->version};
  return &entry->link;
}

void emu_links_unlock(struct emu_links *links) {
  pthread_mutex_unlock(&links->lock);
}
