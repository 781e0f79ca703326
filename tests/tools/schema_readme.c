/* SPDX-License-Identifier: Apache-2.0 */
#include "schema_readme.h"

#include <string.h>

static const char first_mark[] = "<!-- fields: begin (written by write_schemas) -->\n";
static const char last_mark[] = "<!-- fields: end -->\n";

/* --- which schemas there are --- */

size_t schema_rows(struct schema_row rows[SCHEMA_ROWS_MAX], struct pal_arena *arena) {
  static const struct schema_row written[] = {
      {"input-config.schema.json", &pal_kind_CONFIG, PAL_INPUT, "palscan.json"},
      {"input-estate.schema.json", &pal_kind_ESTATE, PAL_INPUT, "estate.json"},
      {"input-registry.schema.json", &pal_kind_REGISTRY, PAL_INPUT, "mpn.json"},
      {"input-waivers.schema.json", &pal_kind_WAIVERS, PAL_INPUT, "waivers.json"},
      {"session.schema.json", &pal_kind_SESSION, PAL_SINGLE, "session.json of a recording"},
  };
  size_t n = 0;
  for (size_t i = 0; i < PAL_FILES_N; i++) {
    bool known = false;
    for (size_t j = 0; j < n; j++)
      known = known || rows[j].kind == pal_files[i].kind;
    if (!known)
      rows[n++] = (struct schema_row){
          .file = pal_arena_printf(arena, "%s.schema.json", pal_files[i].kind->name),
          .kind = pal_files[i].kind,
          .layout = pal_files[i].layout,
      };
  }
  for (size_t i = 0; i < sizeof written / sizeof written[0]; i++)
    rows[n++] = written[i];
  return n;
}

/* --- tables --- */

static const char *type_name(enum pal_type type) {
  static const char *const names[] = {
      [PAL_T_TEXT] = "text",          [PAL_T_NAME] = "name",
      [PAL_T_GUID] = "GUID",          [PAL_T_ARM_ID] = "ARM id",
      [PAL_T_DIGITS] = "partner ID",  [PAL_T_INSTANT] = "instant",
      [PAL_T_DATE] = "date",          [PAL_T_MONTH] = "month",
      [PAL_T_ENUM] = "word",          [PAL_T_INT] = "integer",
      [PAL_T_BOOL] = "true or false", [PAL_T_TEXTS] = "set of text",
      [PAL_T_GUIDS] = "set of GUID",  [PAL_T_ARM_IDS] = "set of ARM id",
      [PAL_T_RECORD] = "record",      [PAL_T_RECORDS] = "records",
      [PAL_T_JSON] = "JSON",
  };
  return names[type];
}

/* Markdown in a cell: the table holds plain sentences, a bar is all that can hurt. */
static void cell(struct pal_buf *out, const char *text) {
  for (; text && *text; text++) {
    if (*text == '|' || *text == '<' || *text == '*' || *text == '_')
      pal_buf_putc(out, '\\');
    pal_buf_putc(out, *text);
  }
}

/* The place of a kind on the page; renderers write it in lower case. */
static void write_anchor(struct pal_buf *out, const struct pal_kind *kind) {
  pal_buf_printf(out, "[%s](#", kind->name);
  for (const char *c = kind->name; *c; c++)
    pal_buf_putc(out, *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c);
  pal_buf_putc(out, ')');
}

static void write_type(struct pal_buf *out, const struct pal_field *row) {
  pal_buf_puts(out, type_name(row->type));
  if (row->kind) {
    pal_buf_putc(out, ' ');
    write_anchor(out, row->kind);
  }
  for (size_t i = 0; row->words && row->words[i]; i++)
    pal_buf_printf(out, "%s`%s`", i ? ", " : ": ", row->words[i]);
  if (row->type == PAL_T_INT && row->max > 0)
    pal_buf_printf(out, " %lld to %lld", row->min, row->max);
}

/* Which of the keys of the kind this field is, 0 when the kind has but one. */
static int key_number(const struct pal_kind *kind, const struct pal_field *row) {
  int number = 0, keys = 0;
  for (size_t i = 0; i < kind->n; i++) {
    keys += (kind->fields[i].flags & PAL_KEY) != 0;
    if (&kind->fields[i] == row)
      number = keys;
  }
  return keys > 1 ? number : 0;
}

static void write_marks(struct pal_buf *out, const struct pal_kind *kind, const struct pal_field *row) {
  static const struct {
    unsigned flag;
    const char *word;
  } marks[] = {
      {PAL_KEY, "key"},       {PAL_REQUIRED, "required"}, {PAL_NULLABLE, "may be null"},
      {PAL_PERSON, "person"}, {PAL_VOLATILE, "volatile"}, {PAL_COUNTRY, "country"},
  };
  bool any = false;
  for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
    if (row->flags & marks[i].flag) {
      pal_buf_printf(out, "%s%s", any ? ", " : "", marks[i].word);
      if (marks[i].flag == PAL_KEY && key_number(kind, row))
        pal_buf_printf(out, " %d", key_number(kind, row));
      any = true;
    }
}

static void write_kind(struct pal_buf *out, const struct pal_kind *kind) {
  const unsigned char *order = pal_kind_order(kind);
  pal_buf_printf(out, "#### %s\n", kind->name);
  cell(out, kind->help);
  pal_buf_puts(out, "\n\n| key | type | | since | meaning |\n|---|---|---|---|---|\n");
  for (size_t i = 0; i < kind->n; i++) {
    const struct pal_field *row = &kind->fields[order[i]];
    pal_buf_printf(out, "| `%s` | ", row->json);
    write_type(out, row);
    pal_buf_puts(out, " | ");
    write_marks(out, kind, row);
    pal_buf_printf(out, " | %d | ", row->since);
    cell(out, row->label);
    if (row->help) {
      pal_buf_puts(out, ". ");
      cell(out, row->help);
    }
    pal_buf_puts(out, " |\n");
  }
  pal_buf_putc(out, '\n');
}

static void write_files(struct pal_buf *out) {
  static const char *const layouts[] = {
      [PAL_SINGLE] = "one object",
      [PAL_ARRAY] = "array, one record a line",
      [PAL_MAP2] = "object of objects, one record a line",
      [PAL_INPUT] = "one object",
  };
  pal_buf_puts(out, "| file | holds | area of coverage | schema |\n|---|---|---|---|\n");
  for (size_t i = 0; i < PAL_FILES_N; i++) {
    const struct pal_file *file = &pal_files[i];
    pal_buf_printf(out, "| `%s` | ", file->path);
    write_anchor(out, file->kind);
    pal_buf_printf(out, ": %s | %s | [schema](schemas/%s.schema.json) |\n", layouts[file->layout],
                   file->area ? file->area : "", file->kind->name);
  }
  pal_buf_putc(out, '\n');
}

/* Whether records of the kind stand in a snapshot, by themselves or within others. */
static bool in_snapshot(const struct pal_kind *kind, const struct pal_kind *within) {
  if (kind == within)
    return true;
  for (size_t i = 0; i < within->n; i++)
    if (within->fields[i].kind && in_snapshot(kind, within->fields[i].kind))
      return true;
  return false;
}

void readme_write_fields(struct pal_buf *out) {
  pal_buf_puts(out, "\n### Files\n\n");
  write_files(out);
  pal_buf_puts(out, "### Records\n\n");
  for (size_t k = 0; k < pal_kinds_n; k++) {
    bool there = false;
    for (size_t i = 0; i < PAL_FILES_N && !there; i++)
      there = in_snapshot(pal_kinds[k], pal_files[i].kind);
    if (there)
      write_kind(out, pal_kinds[k]);
  }
}

bool readme_replace_fields(const char *text, struct pal_buf *out) {
  const char *first = strstr(text, first_mark);
  const char *last = first ? strstr(first, last_mark) : NULL;
  if (!last)
    return false;
  first += sizeof first_mark - 1;
  pal_buf_add(out, text, (size_t)(first - text));
  readme_write_fields(out);
  pal_buf_puts(out, last);
  return true;
}
