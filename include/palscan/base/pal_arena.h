/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_ARENA_H
#define PAL_ARENA_H
/*
 * pal_arena.h - memory that is freed all at once (the records of one tenant,
 * one parsed document). Allocations are zeroed and aligned for any type, texts
 * stand one behind another: most of what a run holds is short texts.
 * Every allocating call returns NULL when memory or the arena's maximum is
 * exhausted; the caller turns that into PAL_E_NOMEM.
 */
#include <stddef.h>

struct pal_arena; /* opaque */

/* max_bytes: a named maximum, 0 for none. NULL on no memory. */
struct pal_arena *pal_arena_new(size_t max_bytes);
void pal_arena_free(struct pal_arena *arena); /* takes NULL */
/* Forgets everything allocated, keeps the first block. */
void pal_arena_reset(struct pal_arena *arena);
size_t pal_arena_used(const struct pal_arena *arena);

void *pal_arena_alloc(struct pal_arena *arena, size_t size);
/* nmemb * size with overflow check. */
void *pal_arena_calloc(struct pal_arena *arena, size_t nmemb, size_t size);
char *pal_arena_strdup(struct pal_arena *arena, const char *text);
char *pal_arena_strndup(struct pal_arena *arena, const char *text, size_t len);
char *pal_arena_printf(struct pal_arena *arena, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Grows a vector kept in the arena: returns items, or a larger copy when n ==
 * *cap (doubling), NULL on no memory (the old vector stays valid). */
void *pal_arena_grow(struct pal_arena *arena, void *items, size_t n, size_t *cap, size_t size);

/* Gives whole pages of what was freed back to the system, where the C library can (glibc; it looks at all that is free, so
 * call it now and then). Nothing changes but the memory the process takes. */
void pal_memory_give_back(void);

#endif
