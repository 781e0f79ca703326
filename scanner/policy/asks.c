/* SPDX-License-Identifier: Apache-2.0 */
/* asks.c - which views the policies and views of a pack ask for, by the words of their texts. */
#include <string.h>

#include "pack_private.h"
#include "pal_field_table.h"
#include "pal_judge.h"
#include "sql_scan.h"
#include "tables.h"

/* What one text names: by state the views, and the table of findings. */
struct named {
  bool *views[STATES];
  bool finding;
};

static void read_text(const struct pal_pack *pack, const char *sql, struct named *named) {
  struct sql_scan scan = {.text = sql, .len = strlen(sql)};
  struct sql_piece first = {.token = SQL_END}, before = {.token = SQL_END};
  for (;;) {
    struct sql_piece piece = sql_next(&scan);
    if (piece.token == SQL_END || piece.token == SQL_BAD)
      return;
    bool earlier = sql_piece_is(&scan, before, ".") && sql_piece_names(&scan, first, table_schemas[PAL_STATE_PREVIOUS]);
    for (size_t i = 0; i < pack->views_n; i++)
      if (sql_piece_names(&scan, piece, pack->views[i].name))
        named->views[earlier ? PAL_STATE_PREVIOUS : PAL_STATE_NOW][i] = true;
    named->finding = named->finding || (!earlier && sql_piece_names(&scan, piece, pal_kind_FINDING.table));
    first = before;
    before = piece;
  }
}

static bool new_named(const struct pal_pack *pack, struct named *ret) {
  *ret = (struct named){0};
  for (int state = 0; state < STATES; state++)
    if (!(ret->views[state] = pal_arena_calloc(pack->arena, pack->views_n, sizeof **ret->views)))
      return false;
  return true;
}

enum pal_code pack_find_asks(struct pal_pack *pack, struct pal_err *err) {
  struct named named;
  for (size_t i = 0; i < pack->policies_n; i++) {
    struct pack_policy *policy = &pack->policies[i];
    if (!new_named(pack, &named))
      return pal_err_nomem(err);
    read_text(pack, policy->pub.sql, &named);
    policy->asks[PAL_STATE_NOW] = named.views[PAL_STATE_NOW];
    policy->asks[PAL_STATE_PREVIOUS] = named.views[PAL_STATE_PREVIOUS];
    policy->of_verdicts = policy->pub.status == PAL_RULE && named.finding;
  }
  for (size_t i = 0; i < pack->views_n; i++) {
    if (!new_named(pack, &named))
      return pal_err_nomem(err);
    read_text(pack, pack->views[i].sql, &named);
    pack->views[i].asks = named.views[PAL_STATE_NOW];
    pack->views[i].asks[i] = false; /* its own name is no reference */
  }
  return PAL_OK;
}
