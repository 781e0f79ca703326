/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reads.c - which tables and columns the enabled policies may read, so that no
 * others are filled.
 *
 * By the words of their texts, and of the views these mention, and so on: what
 * is read must be named (SELECT * is refused; NATURAL joins by names unsaid,
 * then every column counts). SQLite's authorizer is no help here: it is not
 * called for the columns of USING. Too much costs time, too little would be a
 * wrong verdict. Only a policy that says "previous" can read that schema.
 */
#include <stdlib.h>
#include <string.h>

#include "judge_private.h"
#include "sql_scan.h"

struct words {
  struct pal_arena *arena;
  const char **v; /* sorted by sort_words() */
  size_t n, cap;
  bool *views; /* by view of the pack: its words are in */
};

static int by_word(const void *a, const void *b) {
  return sqlite3_stricmp(*(const char *const *)a, *(const char *const *)b);
}

static bool has_word(const struct words *words, const char *word) {
  return words->n && bsearch(&word, words->v, words->n, sizeof *words->v, by_word);
}

static bool add_words(struct words *words, const char *sql) {
  struct sql_scan scan = {.text = sql, .len = strlen(sql)};
  for (;;) {
    struct sql_piece piece = sql_next(&scan);
    if (piece.token == SQL_END || piece.token == SQL_BAD)
      return true;
    if (piece.token != SQL_WORD && piece.token != SQL_QUOTED)
      continue;
    size_t quotes = piece.token == SQL_QUOTED ? 1 : 0;
    words->v = pal_arena_grow(words->arena, words->v, words->n, &words->cap, sizeof *words->v);
    if (!words->v ||
        !(words->v[words->n++] = pal_arena_strndup(words->arena, sql + piece.at + quotes, piece.len - 2 * quotes)))
      return false;
  }
}

static void sort_words(struct words *words) {
  size_t n = 0;
  if (words->n)
    qsort(words->v, words->n, sizeof *words->v, by_word);
  for (size_t i = 0; i < words->n; i++)
    if (n == 0 || by_word(&words->v[n - 1], &words->v[i]) != 0)
      words->v[n++] = words->v[i];
  words->n = n;
}

/* Adds the words of the view and of those it asks for. */
static bool add_view(struct words *words, const struct pal_pack *pack, size_t i) {
  if (words->views[i])
    return true;
  words->views[i] = true;
  bool ok = add_words(words, pack->views[i].sql);
  for (size_t k = 0; k < pack->views_n && ok; k++)
    ok = !pack->views[i].asks[k] || add_view(words, pack, k);
  return ok;
}

/* The offboarding list is read where something is folded under it; who judges one policy remembers only what that may ask for. */
bool judge_reads_view(const struct pal_judge *judge, const char *name) {
  bool folds = sqlite3_stricmp(name, "offboarding") == 0, sights = sqlite3_stricmp(name, "first_sight") == 0;
  if (!judge->o.only || (!folds && !sights))
    return folds || sights;
  for (size_t i = 0; i < pal_pack_n(judge->o.pack); i++) {
    const struct pal_policy *policy = &judge->o.pack->policies[i].pub;
    if (judge->runs[i].state != PAL_TESTED)
      continue;
    if (sights && sql_mentions(policy->sql, strlen(policy->sql), pal_kind_EVENT.table))
      return true;
    for (size_t k = 0; folds && k < policy->folded_under_n; k++)
      if (strcmp(policy->folded_under[k], name) == 0)
        return true;
  }
  return false;
}

static bool read_words(const struct pal_judge *judge, enum pal_state state, struct words *words) {
  const struct pal_pack *pack = judge->o.pack;
  words->views = pal_arena_calloc(judge->arena, pack->views_n, sizeof *words->views);
  if (!words->views)
    return false;
  for (size_t i = 0; i < pack->views_n; i++)
    if (state == PAL_STATE_NOW && judge_reads_view(judge, pack->views[i].name) && !add_view(words, pack, i))
      return false;
  for (size_t i = 0; i < pack->policies_n; i++) {
    const struct pack_policy *policy = &pack->policies[i];
    if (judge->runs[i].state != PAL_TESTED ||
        (state == PAL_STATE_PREVIOUS && !sql_mentions(policy->pub.sql, strlen(policy->pub.sql), table_schemas[state])))
      continue;
    if (!add_words(words, policy->pub.sql))
      return false;
    for (size_t k = 0; k < pack->views_n; k++)
      if (policy->asks[state][k] && !add_view(words, pack, k))
        return false;
  }
  sort_words(words);
  return true;
}

static void mark(struct table *table, enum pal_state state, const struct words *words) {
  bool every = has_word(words, "natural");
  table->wanted[state] = has_word(words, table->name);
  for (size_t i = 0; i < table->n && table->wanted[state]; i++)
    if (every || has_word(words, table->columns[i].name))
      table->read[state] |= UINT64_C(1) << i;
}

enum pal_code judge_find_reads(struct pal_judge *judge, struct pal_err *err) {
  struct pal_arena *arena = pal_arena_new(0);
  bool ok = arena != NULL;
  for (int state = 0; state < STATES && ok; state++) {
    struct words words = {.arena = arena};
    ok = read_words(judge, (enum pal_state)state, &words);
    judge->view_used[state] = words.views;
    judge->roles_read[state] = judge->o.all_tables || has_word(&words, "pec_role") || has_word(&words, "builtin_role");
    for (size_t i = 0; i < judge->tables.n && ok; i++) {
      struct table *table = &judge->tables.v[i];
      mark(table, (enum pal_state)state, &words);
      if (judge->o.all_tables) {
        table->wanted[state] = true;
        table->read[state] = UINT64_MAX;
      }
    }
  }
  pal_arena_free(arena);
  return ok ? PAL_OK : pal_err_nomem(err);
}
