/* SPDX-License-Identifier: Apache-2.0 */
/* faults.h - what goes wrong, chosen by the seed.
 *
 * A passing fault meets a request once or twice and is then over; which request,
 * the seed decides. A lasting fault belongs to a tenant and stays all night: what
 * it hides is written into the truth file. */
#ifndef EMU_FAULTS_H
#define EMU_FAULTS_H

#include "world.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* clang-format off */
#define EMU_FAULTS(X) \
  X(THROTTLE,      "throttle",      "429 with Retry-After in seconds") \
  X(THROTTLE_DATE, "throttle-date", "429 with Retry-After as a date") \
  X(SERVER_ERROR,  "server-error",  "500, 502, 503 or 504, once or twice") \
  X(RESET,         "reset",         "the connection is reset instead of an answer") \
  X(TRUNCATED,     "truncated",     "the body ends before its Content-Length") \
  X(SLOW,          "slow",          "the body comes in small pieces with pauses") \
  X(EXPIRE,        "expire",        "401 ExpiredAuthenticationToken for a token that is still young") \
  X(CLAIMS,        "claims",        "401 with a claims challenge until a token answers it") \
  X(DUPLICATE,     "duplicate",     "a page repeats the end of the one before") \
  X(EMPTY_PAGE,    "empty-page",    "a page without rows that has a next page") \
  X(HUGE,          "huge",          "lasting: a list of a subscription is one body of 96 MB") \
  X(WRONG_TYPE,    "wrong-type",    "lasting: a list holds texts and numbers where objects belong") \
  X(ENDLESS,       "endless",       "lasting: a list never ends") \
  X(FOREIGN_LINK,  "foreign-link",  "lasting: the next page of a list lies on another host") \
  X(REFUSE,        "refuse",        "lasting: the tenant refuses every token") \
  X(HOSTILE,       "hostile",       "lasting: names, ids of others and path tricks in every list")
/* clang-format on */

enum emu_fault {
#define X(id, name, text) EMU_FAULT_##id,
  EMU_FAULTS(X)
#undef X
      EMU_FAULT_KINDS,
  EMU_FAULT_NONE = EMU_FAULT_KINDS
};

enum { EMU_FIRST_LASTING = EMU_FAULT_HUGE };

const char *emu_fault_name(enum emu_fault fault);
const char *emu_fault_text(enum emu_fault fault);
/* A list of names with commas, or "all"; false for a name there is not. */
bool emu_faults_parse(const char *list, uint32_t *ret_faults);

/* The lasting fault of a tenant, if it is switched on. */
enum emu_fault emu_fault_of_tenant(const struct emu_world *w, uint32_t tenant);
/* Whose first subscription a hostile tenant lists as well. */
uint32_t emu_victim_of(const struct emu_world *w, uint32_t hostile);
/* The hostile tenant that does so to this one; 0: none. */
uint32_t emu_hostile_to(const struct emu_world *w, uint32_t tenant);
bool emu_challenges_claims(const struct emu_world *w, uint32_t tenant);

/* What was already done to whom; fixed size, whatever the estate. */
struct emu_faulted;
struct emu_faulted *emu_faulted_new(void);
void emu_faulted_free(struct emu_faulted *f);

/* The passing fault that meets the request with this key now. */
enum emu_fault emu_fault_next(const struct emu_world *w, struct emu_faulted *f, uint64_t key);
/* Whether the page at this key is to be doubled or preceded by an empty one. */
bool emu_fault_of_page(const struct emu_world *w, enum emu_fault fault, uint64_t key);

#endif
