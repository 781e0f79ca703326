/* SPDX-License-Identifier: Apache-2.0 */
/* links.h - partner links that were written since the emulator began; the estate's own until then. */
#ifndef EMU_LINKS_H
#define EMU_LINKS_H

#include "estate.h"
#include "server.h"

/* What goes wrong with a write, or with the readings around it (--link-trouble). */
/* clang-format off */
#define EMU_LINK_TROUBLES(X) \
  X(NONE, "none") \
  X(RACE, "race")                 /* the second reading, and all after it, find that someone wrote the link meanwhile */ \
  X(REFUSED, "refused")           /* 400: no partner has this ID */ \
  X(FORBIDDEN, "forbidden")       /* 403: no account in this tenant */ \
  X(CONFLICT, "conflict")         /* 409 */ \
  X(PRECONDITION, "precondition") /* 412 */ \
  X(THROTTLED, "throttled")       /* 429 */ \
  X(FAILED, "failed")             /* 503, and nothing is written */ \
  X(LOST, "lost")                 /* written, but the connection ends without an answer */ \
  X(DROPPED, "dropped")           /* the connection ends without an answer, and nothing is written */ \
  X(LATE, "late")                 /* 500, and written all the same */ \
  X(MOVED_ON, "redirected")       /* 307 to the trap */ \
  X(IGNORED, "ignored")           /* 200 with the link as asked for, and nothing is written */ \
  X(BLIND, "blind")               /* written; afterwards the link cannot be read */
/* clang-format on */

enum emu_link_trouble {
#define X(id, name) EMU_LINK_##id,
  EMU_LINK_TROUBLES(X)
#undef X
      EMU_LINK_TROUBLE_KINDS
};
bool emu_link_trouble_parse(const char *name, unsigned *ret);

struct emu_link {
  bool linked, written; /* written: since the emulator began */
  uint32_t partner, version;
  unsigned readings, writings;
};

struct emu_links;
struct emu_links *emu_links_new(void);
void emu_links_free(struct emu_links *links);

/* Whether this is one of the writes that --link-writes speaks of; each is taken off. */
bool emu_links_expects(const struct emu_request *r);
/* The link of an identity of a tenant, locked until emu_links_unlock; the first time it is what the estate says. */
struct emu_link *emu_links_lock(struct emu_links *links, uint32_t tenant, unsigned identity,
                                const struct emu_identity *of_the_estate);
void emu_links_unlock(struct emu_links *links);

#endif
