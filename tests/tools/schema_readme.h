/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCHEMA_README_H
#define SCHEMA_README_H
/* schema_readme.h - the generated part of snapshots/README.md. */
#include "pal_doc.h"

/* Files of the schemas: those of snapshots, and those people write. */
struct schema_row {
  const char *file; /* "assignment.schema.json" */
  const struct pal_kind *kind;
  enum pal_layout layout;
  const char *describes; /* of files people write: their usual name */
};
enum { SCHEMA_ROWS_MAX = 64 };
/* Fills rows, returns how many. */
size_t schema_rows(struct schema_row rows[SCHEMA_ROWS_MAX], struct pal_arena *arena);

/* Appends the field tables as Markdown. */
void readme_write_fields(struct pal_buf *out);
/* Appends text with what stands between the markers replaced by the field
 * tables. False when it lacks the markers. */
bool readme_replace_fields(const char *text, struct pal_buf *out);

#endif
