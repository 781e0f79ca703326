/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_arena.h"

#include <features.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_FIRST_BLOCK = 8 << 10, ARENA_LARGEST_BLOCK = 1 << 20, ARENA_FIRST_VECTOR = 8 };

struct block {
  struct block *next; /* the older one */
  size_t cap;
  size_t used;
  max_align_t bytes[]; /* aligned for any type */
};

struct pal_arena {
  struct block *newest;
  size_t max; /* SIZE_MAX for none */
  size_t used;
};

static struct block *block_new(size_t cap) {
  if (cap > SIZE_MAX - sizeof(struct block))
    return NULL;
  struct block *block = malloc(sizeof *block + cap);
  if (block)
    *block = (struct block){.cap = cap};
  return block;
}

struct pal_arena *pal_arena_new(size_t max_bytes) {
  struct pal_arena *arena = calloc(1, sizeof *arena);
  if (!arena)
    return NULL;
  arena->max = max_bytes ? max_bytes : SIZE_MAX;
  return arena;
}

static void free_blocks(struct block *block, const struct block *stop) {
  while (block != stop) {
    struct block *next = block->next;
    free(block);
    block = next;
  }
}

void pal_arena_free(struct pal_arena *arena) {
  if (!arena)
    return;
  free_blocks(arena->newest, NULL);
  free(arena);
}

void pal_arena_reset(struct pal_arena *arena) {
  struct block *first = arena->newest;
  while (first && first->next)
    first = first->next;
  free_blocks(arena->newest, first);
  if (first)
    first->used = 0;
  arena->newest = first;
  arena->used = 0;
}

size_t pal_arena_used(const struct pal_arena *arena) {
  return arena->used;
}

/* So that what is allocated next stands at a multiple of align, a power of two. */
static size_t padding(const struct block *block, size_t align) {
  return (0 - block->used) & (align - 1);
}

/* What an arena holds but does not use is at most an eighth of it: many live at a time, and what one leaves untouched, the
 * next that gets the block does not. Of few sizes, so that a block that is free fits. */
static size_t next_block(const struct pal_arena *arena) {
  size_t size = ARENA_FIRST_BLOCK;
  while (size < ARENA_LARGEST_BLOCK && size < arena->used / 16)
    size *= 2;
  return size;
}

static struct block *block_with(struct pal_arena *arena, size_t size, size_t align) {
  struct block *block = arena->newest;
  if (block && padding(block, align) <= block->cap - block->used &&
      block->cap - block->used - padding(block, align) >= size)
    return block;
  block = block_new(size > next_block(arena) ? size : next_block(arena));
  if (!block)
    return NULL;
  block->next = arena->newest;
  arena->newest = block;
  return block;
}

static void *take(struct pal_arena *arena, size_t size, size_t align) {
  if (size > arena->max - arena->used)
    return NULL;
  struct block *block = block_with(arena, size, align);
  if (!block)
    return NULL;
  block->used += padding(block, align);
  unsigned char *bytes = (unsigned char *)block->bytes + block->used;
  block->used += size;
  arena->used += size;
  return bytes;
}

void *pal_arena_alloc(struct pal_arena *arena, size_t size) {
  if (size == 0)
    size = 1;
  void *bytes = take(arena, size, _Alignof(max_align_t));
  return bytes ? memset(bytes, 0, size) : NULL;
}

void *pal_arena_calloc(struct pal_arena *arena, size_t nmemb, size_t size) {
  if (size && nmemb > SIZE_MAX / size)
    return NULL;
  return pal_arena_alloc(arena, nmemb * size);
}

char *pal_arena_strdup(struct pal_arena *arena, const char *text) {
  return pal_arena_strndup(arena, text, strlen(text));
}

char *pal_arena_strndup(struct pal_arena *arena, const char *text, size_t len) {
  const char *nul = len ? memchr(text, '\0', len) : NULL;
  if (nul)
    len = (size_t)(nul - text);
  if (len == SIZE_MAX)
    return NULL;
  char *copy = take(arena, len + 1, 1);
  if (!copy)
    return NULL;
  if (len)
    memcpy(copy, text, len);
  copy[len] = '\0';
  return copy;
}

char *pal_arena_printf(struct pal_arena *arena, const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  int n = vsnprintf(NULL, 0, fmt, args);
  va_end(args);
  if (n < 0)
    return NULL;
  char *text = take(arena, (size_t)n + 1, 1);
  if (!text)
    return NULL;
  va_start(args, fmt);
  (void)vsnprintf(text, (size_t)n + 1, fmt, args);
  va_end(args);
  return text;
}

void *pal_arena_grow(struct pal_arena *arena, void *items, size_t n, size_t *cap, size_t size) {
  if (items && n < *cap)
    return items;
  if (*cap > SIZE_MAX / 2)
    return NULL;
  size_t larger = *cap ? *cap * 2 : ARENA_FIRST_VECTOR;
  void *copy = pal_arena_calloc(arena, larger, size);
  if (!copy)
    return NULL;
  if (items && n)
    memcpy(copy, items, n * size);
  *cap = larger;
  return copy;
}

void pal_memory_give_back(void) {
#ifdef __GLIBC__
  (void)malloc_trim(0);
#endif
}
