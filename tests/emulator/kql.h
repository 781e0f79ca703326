/* SPDX-License-Identifier: Apache-2.0 */
/* kql.h - the part of the query language of Resource Graph that scanners use:
 * where, extend, project, summarize, order by, distinct, count, take; no joins. */
#ifndef EMU_KQL_H
#define EMU_KQL_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/* The first word of the query, in lower case; "" when there is none. */
void emu_kql_table(const char *query, char *out, size_t size);

/* Puts the rows (an array of objects, taken) through the stages after the table.
 * NULL, with a reason, for a query that it does not understand. */
cJSON *emu_kql_run(const char *query, cJSON *rows, const char **ret_reason);

/* ---- expressions (kql_expression.c) ---- */

struct emu_kql {
  const char *at;     /* what is still to be read */
  const char *reason; /* first fault, or NULL */
};

/* All read what is at k->at and move on. A value is the caller's; NULL is null. */
cJSON *emu_kql_value(struct emu_kql *k, const cJSON *row);
bool emu_kql_truth(const cJSON *value);
/* "" for null; the text of a text, the JSON of anything else. The caller frees. */
char *emu_kql_text(const cJSON *value);
void emu_kql_space(struct emu_kql *k);
/* Reads the word or sign if it is there. */
bool emu_kql_takes(struct emu_kql *k, const char *word);
/* Reads a name; false without one. */
bool emu_kql_name(struct emu_kql *k, char *out, size_t size);
void emu_kql_fails(struct emu_kql *k, const char *reason);

#endif
