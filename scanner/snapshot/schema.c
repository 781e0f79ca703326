/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "pal_doc.h"
#include "pal_id.h"

/*
 * JSON Schemas from the field table. PAL_INPUT describes what people may write
 * (any case of ids, fallbacks, single texts for sets); the other layouts
 * describe canonical files.
 */

/* --- a writer of indented JSON --- */

struct json_out {
  struct pal_buf *out;
  int depth;
  bool first; /* nothing stands in the innermost container */
};

static void break_line(struct json_out *j) {
  pal_buf_putc(j->out, '\n');
  for (int i = 0; i < j->depth; i++)
    pal_buf_puts(j->out, "  ");
}

static void item(struct json_out *j) {
  if (!j->first)
    pal_buf_putc(j->out, ',');
  j->first = false;
  break_line(j);
}

static void key(struct json_out *j, const char *name) {
  item(j);
  pal_json_escape(j->out, name);
  pal_buf_puts(j->out, ": ");
}

static void begin(struct json_out *j, char bracket) {
  pal_buf_putc(j->out, bracket);
  j->depth++;
  j->first = true;
}

static void end(struct json_out *j, char bracket) {
  j->depth--;
  if (!j->first)
    break_line(j);
  j->first = false;
  pal_buf_putc(j->out, bracket);
}

static void text(struct json_out *j, const char *name, const char *value) {
  key(j, name);
  pal_json_escape(j->out, value);
}

static void number(struct json_out *j, const char *name, long long value) {
  key(j, name);
  pal_buf_printf(j->out, "%lld", value);
}

static void word(struct json_out *j, const char *name, bool value) {
  key(j, name);
  pal_buf_puts(j->out, value ? "true" : "false");
}

static void object(struct json_out *j, const char *name) {
  key(j, name);
  begin(j, '{');
}

static void reference(struct json_out *j, const struct pal_kind *kind) {
  key(j, "$ref");
  pal_buf_printf(j->out, "\"#/$defs/%s\"", kind->name);
}

/* --- one field --- */

static const char *pattern_of(const struct pal_field *row, bool input) {
  if (row->flags & PAL_COUNTRY)
    return input ? "^\\s*[A-Za-z]{2}\\s*$" : "^[A-Z]{2}$";
  switch (row->type) {
  case PAL_T_NAME: return "^[a-z0-9][a-z0-9-]{0,63}$";
  case PAL_T_GUID:
  case PAL_T_GUIDS:
    return input ? "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"
                 : "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";
  case PAL_T_ARM_ID:
  case PAL_T_ARM_IDS:
    return input ? "^/[^\\x00-\\x1f\\x7f-\\x9f\"'`\\\\<>?#%]*$" : "^/[^A-Z\\x00-\\x1f\\x7f-\\x9f\"'`\\\\<>?#%]*$";
  case PAL_T_DIGITS: return input ? "^\\s*([Mm][Pp][Nn][-:#]?\\s*)?[0-9]{1,20}\\s*$" : "^[0-9]{1,20}$";
  case PAL_T_INSTANT:
    return input ? "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$"
                 : "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{0,6}[1-9])?Z$";
  case PAL_T_DATE: return "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
  case PAL_T_MONTH: return "^[0-9]{4}-(0[1-9]|1[0-2])$";
  case PAL_T_TEXT:
  case PAL_T_ENUM:
  case PAL_T_INT:
  case PAL_T_BOOL:
  case PAL_T_TEXTS:
  case PAL_T_RECORD:
  case PAL_T_RECORDS:
  case PAL_T_JSON: break;
  }
  return NULL;
}

static void write_string(struct json_out *j, const struct pal_field *row, bool input) {
  const char *pattern = pattern_of(row, input);
  text(j, "type", "string");
  if (pattern)
    text(j, "pattern", pattern);
  else
    number(j, "maxLength", row->max > 0 ? row->max : PAL_TEXT_MAX);
}

static void write_words(struct json_out *j, const struct pal_field *row) {
  key(j, "enum");
  begin(j, '[');
  for (size_t i = 0; row->words[i]; i++) {
    item(j);
    pal_json_escape(j->out, row->words[i]);
  }
  end(j, ']');
}

static void write_set(struct json_out *j, const struct pal_field *row, bool input) {
  bool single = input && (row->flags & PAL_MANY);
  if (single) {
    key(j, "anyOf");
    begin(j, '[');
    item(j);
    begin(j, '{');
    write_string(j, row, input);
    end(j, '}');
    item(j);
    begin(j, '{');
  }
  text(j, "type", "array");
  if (!input)
    word(j, "uniqueItems", true);
  object(j, "items");
  write_string(j, row, input);
  end(j, '}');
  if (single) {
    end(j, '}');
    end(j, ']');
  }
}

/* A text, or a record. */
static void write_alternative(struct json_out *j, const struct pal_field *row) {
  key(j, "anyOf");
  begin(j, '[');
  item(j);
  begin(j, '{');
  text(j, "type", "string");
  end(j, '}');
  item(j);
  begin(j, '{');
  reference(j, row->kind);
  end(j, '}');
  end(j, ']');
}

static void write_nested(struct json_out *j, const struct pal_field *row) {
  if (row->type == PAL_T_RECORDS) {
    text(j, "type", "array");
    object(j, "items");
    reference(j, row->kind);
    end(j, '}');
  } else if (row->flags & PAL_NULLABLE) {
    key(j, "anyOf");
    begin(j, '[');
    item(j);
    begin(j, '{');
    text(j, "type", "null");
    end(j, '}');
    item(j);
    begin(j, '{');
    reference(j, row->kind);
    end(j, '}');
    end(j, ']');
  } else {
    reference(j, row->kind);
  }
}

static void write_type(struct json_out *j, const struct pal_field *row, bool input) {
  switch (row->type) {
  case PAL_T_TEXT:
  case PAL_T_NAME:
  case PAL_T_GUID:
  case PAL_T_ARM_ID:
  case PAL_T_DIGITS:
  case PAL_T_INSTANT:
  case PAL_T_DATE:
  case PAL_T_MONTH: write_string(j, row, input); break;
  case PAL_T_ENUM: write_words(j, row); break;
  case PAL_T_INT:
    text(j, "type", "integer");
    if (row->max > 0) {
      number(j, "minimum", row->min);
      number(j, "maximum", row->max);
    }
    break;
  case PAL_T_BOOL: text(j, "type", "boolean"); break;
  case PAL_T_TEXTS:
  case PAL_T_GUIDS:
  case PAL_T_ARM_IDS: write_set(j, row, input); break;
  case PAL_T_RECORD:
  case PAL_T_RECORDS: write_nested(j, row); break;
  case PAL_T_JSON:
    if (row->kind) {
      write_alternative(j, row);
      break;
    }
    object(j, "not");
    text(j, "type", "null");
    end(j, '}');
    break;
  }
}

static void write_fallback(struct json_out *j, const struct pal_field *row) {
  key(j, "default");
  if (row->type == PAL_T_INT || row->type == PAL_T_BOOL || row->type == PAL_T_JSON)
    pal_buf_puts(j->out, row->fallback);
  else
    pal_json_escape(j->out, row->fallback);
}

static void write_field(struct json_out *j, const struct pal_field *row, bool input) {
  object(j, row->json);
  if (row->label)
    text(j, "title", row->label);
  if (row->help)
    text(j, "description", row->help);
  write_type(j, row, input);
  if (input && row->fallback)
    write_fallback(j, row);
  end(j, '}');
}

/* --- kinds --- */

static void write_required(struct json_out *j, const struct pal_kind *kind, bool input, bool keys) {
  const unsigned char *order = pal_kind_order(kind);
  bool any = false;
  for (size_t i = 0; i < kind->n; i++) {
    const struct pal_field *row = &kind->fields[order[i]];
    bool needed = (row->flags & PAL_REQUIRED) && !(input && row->fallback) && (keys || !(row->flags & PAL_KEY));
    if (!needed)
      continue;
    if (!any) {
      key(j, "required");
      begin(j, '[');
    }
    any = true;
    item(j);
    pal_json_escape(j->out, row->json);
  }
  if (any)
    end(j, ']');
}

/* keys: whether the key fields stand in the object itself. */
static void write_kind(struct json_out *j, const struct pal_kind *kind, bool input, bool keys) {
  const unsigned char *order = pal_kind_order(kind);
  object(j, kind->name);
  if (kind->label)
    text(j, "title", kind->label);
  if (kind->help)
    text(j, "description", kind->help);
  text(j, "type", "object");
  word(j, "additionalProperties", false);
  write_required(j, kind, input, keys);
  object(j, "properties");
  for (size_t i = 0; i < kind->n; i++) {
    const struct pal_field *row = &kind->fields[order[i]];
    if (keys || !(row->flags & PAL_KEY))
      write_field(j, row, input);
  }
  end(j, '}');
  end(j, '}');
}

enum { MANY_KINDS = 128 };

/* Marks kind and the kinds within it; recursion is bounded by their nesting. */
static void mark(const struct pal_kind *kind, bool marked[MANY_KINDS]) {
  for (size_t i = 0; i < pal_kinds_n && i < MANY_KINDS; i++)
    if (pal_kinds[i] == kind)
      marked[i] = true;
  for (size_t i = 0; i < kind->n; i++)
    if (kind->fields[i].kind)
      mark(kind->fields[i].kind, marked);
}

static void write_root(struct json_out *j, const struct pal_kind *kind, enum pal_layout layout) {
  switch (layout) {
  case PAL_SINGLE:
  case PAL_INPUT: reference(j, kind); break;
  case PAL_ARRAY:
    text(j, "type", "array");
    word(j, "uniqueItems", true);
    object(j, "items");
    reference(j, kind);
    end(j, '}');
    break;
  case PAL_MAP2:
    text(j, "type", "object");
    object(j, "additionalProperties");
    text(j, "type", "object");
    number(j, "minProperties", 1);
    object(j, "additionalProperties");
    reference(j, kind);
    end(j, '}');
    end(j, '}');
    break;
  }
}

enum pal_code pal_schema_write(const struct pal_kind *kind, enum pal_layout layout, const char *id, struct pal_buf *out,
                               struct pal_err *err) {
  struct json_out j = {.out = out};
  bool marked[MANY_KINDS] = {false};
  mark(kind, marked);
  begin(&j, '{');
  text(&j, "$schema", "https://json-schema.org/draft/2020-12/schema");
  text(&j, "$id", id);
  text(&j, "title", kind->label ? kind->label : kind->name);
  if (kind->help)
    text(&j, "description", kind->help);
  write_root(&j, kind, layout);
  object(&j, "$defs");
  for (size_t i = 0; i < pal_kinds_n && i < MANY_KINDS; i++)
    if (marked[i])
      write_kind(&j, pal_kinds[i], layout == PAL_INPUT, !(layout == PAL_MAP2 && pal_kinds[i] == kind));
  end(&j, '}');
  end(&j, '}');
  pal_buf_putc(out, '\n');
  return pal_buf_check(out, "JSON Schema", err);
}
