/* SPDX-License-Identifier: Apache-2.0 */
/* sentence_fields.c - what differs between two records of one kind, by the labels of the field table. */
#include <stdlib.h>
#include <string.h>

#include "pal_text.h"
#include "people.h"
#include "sentence.h"

enum { VALUE_BYTES = 200, MEMBERS_NAMED = 3, FIELDS_NAMED = 6 };

/* --- one value --- */

static void say_text(struct pal_buf *out, const char *text) {
  size_t len = strlen(text), used = 0;
  bool quoted = len == 0 || strpbrk(text, " ,;\"") != NULL;
  while (used < len && used < VALUE_BYTES) {
    uint32_t code;
    size_t n = pal_utf8_decode(text + used, len - used, &code);
    used += n ? n : 1;
  }
  if (quoted)
    pal_buf_putc(out, '"');
  pal_buf_add(out, text, used);
  if (used < len)
    pal_buf_puts(out, "\xE2\x80\xA6");
  if (quoted)
    pal_buf_putc(out, '"');
}

static void say_value(struct pal_buf *out, const struct pal_field *field, const struct pal_value *value) {
  if (value->is != PAL_SET)
    pal_buf_puts(out, "none");
  else if (field->type == PAL_T_BOOL)
    pal_buf_puts(out, value->u.b ? "yes" : "no");
  else if (field->type == PAL_T_INT)
    pal_buf_printf(out, "%lld", (long long)value->u.i);
  else if (field->type == PAL_T_INSTANT)
    pal_buf_puts(out, people_time(value->u.text).s);
  else
    say_text(out, value->u.text);
}

/* --- lists of records --- */

static int compare_records(const void *a, const void *b) {
  return pal_record_cmp(*(const struct pal_record *const *)a, *(const struct pal_record *const *)b);
}

static const struct pal_record **sorted(const struct pal_records *records) {
  const struct pal_record **v = calloc(records->n + 1, sizeof(const struct pal_record *));
  for (size_t i = 0; v && i < records->n; i++)
    v[i] = records->v[i];
  if (v && records->n)
    qsort(v, records->n, sizeof(const struct pal_record *), compare_records);
  return v;
}

struct sentence_counts sentence_count_lists(struct pal_buf *out, const struct pal_records *a,
                                            const struct pal_records *b) {
  struct sentence_counts counts = {0};
  const struct pal_record **x = sorted(a), **y = sorted(b);
  if (!x || !y)
    out->bad = PAL_E_NOMEM;
  for (size_t i = 0, j = 0; x && y && (i < a->n || j < b->n);) {
    int cmp = i == a->n ? 1 : j == b->n ? -1 : pal_record_cmp(x[i], y[j]);
    counts.removed += cmp < 0;
    counts.added += cmp > 0;
    counts.changed += cmp == 0 && !pal_record_equal(x[i], y[j]);
    i += cmp <= 0;
    j += cmp >= 0;
  }
  free(x);
  free(y);
  return counts;
}

void sentence_say_counts(struct pal_buf *out, struct sentence_counts counts) {
  const struct {
    size_t n;
    const char *verb;
  } parts[] = {{counts.added, "added"}, {counts.removed, "removed"}, {counts.changed, "changed"}};
  const char *separator = "";
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
    if (parts[i].n) {
      pal_buf_printf(out, "%s%zu %s", separator, parts[i].n, parts[i].verb);
      separator = ", ";
    }
}

/* --- sets of text --- */

static bool has(const struct pal_texts *texts, const char *text) {
  for (size_t i = 0; i < texts->n; i++)
    if (strcmp(texts->v[i], text) == 0)
      return true;
  return false;
}

/* " added a, b and 2 more": members of a that b lacks. Whether there were any. */
static bool say_only(struct pal_buf *out, const struct pal_texts *a, const struct pal_texts *b, const char *verb) {
  size_t n = 0;
  for (size_t i = 0; i < a->n; i++) {
    if (has(b, a->v[i]))
      continue;
    if (n < MEMBERS_NAMED) {
      pal_buf_puts(out, n ? ", " : verb);
      say_text(out, a->v[i]);
    }
    n++;
  }
  if (n > MEMBERS_NAMED)
    pal_buf_printf(out, " and %zu more", n - MEMBERS_NAMED);
  return n > 0;
}

/* --- one field: appends to out when it differs --- */

static void say_field(struct pal_buf *out, const struct pal_field *field, const struct pal_value *a,
                      const struct pal_value *b) {
  pal_buf_puts(out, field->label ? field->label : field->json);
  switch (field->type) {
  case PAL_T_TEXTS:
  case PAL_T_GUIDS:
  case PAL_T_ARM_IDS:
    if (say_only(out, pal_value_texts(b), pal_value_texts(a), " added ") && pal_value_texts(a)->n > 0)
      (void)say_only(out, pal_value_texts(a), pal_value_texts(b), ", removed ");
    else
      (void)say_only(out, pal_value_texts(a), pal_value_texts(b), " removed ");
    break;
  case PAL_T_RECORDS:
    pal_buf_putc(out, ' ');
    sentence_say_counts(out, sentence_count_lists(out, pal_value_records(a), pal_value_records(b)));
    break;
  case PAL_T_RECORD:
  case PAL_T_JSON: pal_buf_puts(out, a->is != PAL_SET ? " added" : b->is != PAL_SET ? " removed" : " changed"); break;
  case PAL_T_TEXT:
  case PAL_T_NAME:
  case PAL_T_GUID:
  case PAL_T_ARM_ID:
  case PAL_T_DIGITS:
  case PAL_T_INSTANT:
  case PAL_T_DATE:
  case PAL_T_MONTH:
  case PAL_T_ENUM:
  case PAL_T_INT:
  case PAL_T_BOOL:
    pal_buf_puts(out, " from ");
    say_value(out, field, a);
    pal_buf_puts(out, " to ");
    say_value(out, field, b);
    break;
  }
}

static bool sets_equal(const struct pal_texts *a, const struct pal_texts *b) {
  if (a->n != b->n)
    return false;
  for (size_t i = 0; i < a->n; i++)
    if (!has(b, a->v[i]))
      return false;
  return true;
}

static bool equal(struct pal_buf *out, const struct pal_field *field, const struct pal_value *a,
                  const struct pal_value *b) {
  switch (field->type) {
  case PAL_T_TEXTS:
  case PAL_T_GUIDS:
  case PAL_T_ARM_IDS: return sets_equal(pal_value_texts(a), pal_value_texts(b));
  case PAL_T_RECORDS: {
    struct sentence_counts counts = sentence_count_lists(out, pal_value_records(a), pal_value_records(b));
    return counts.added + counts.removed + counts.changed == 0;
  }
  case PAL_T_RECORD: return a->is == b->is && (a->is != PAL_SET || pal_record_equal(a->u.record, b->u.record));
  case PAL_T_INT: return a->is == b->is && (a->is != PAL_SET || a->u.i == b->u.i);
  case PAL_T_BOOL: return a->is == b->is && (a->is != PAL_SET || a->u.b == b->u.b);
  case PAL_T_TEXT:
  case PAL_T_NAME:
  case PAL_T_GUID:
  case PAL_T_ARM_ID:
  case PAL_T_DIGITS:
  case PAL_T_INSTANT:
  case PAL_T_DATE:
  case PAL_T_MONTH:
  case PAL_T_ENUM:
  case PAL_T_JSON: break;
  }
  return a->is == b->is && (a->is != PAL_SET || strcmp(a->u.text, b->u.text) == 0);
}

/* The field that holds the name of the thing, when it is the only one that differs; NULL otherwise. */
static const struct pal_field *only_name(struct pal_buf *out, const struct pal_record *before,
                                         const struct pal_record *after, size_t *ret_at) {
  const struct pal_field *name = NULL;
  for (size_t i = 0; i < before->kind->n; i++) {
    const struct pal_field *field = &before->kind->fields[i];
    if ((field->flags & PAL_VOLATILE) || equal(out, field, &before->v[i], &after->v[i]))
      continue;
    if (name || !field->label || strcmp(field->label, "name") != 0)
      return NULL;
    name = field;
    *ret_at = i;
  }
  return name;
}

void sentence_changed(struct pal_buf *out, const struct pal_record *before, const struct pal_record *after) {
  size_t at = 0;
  const struct pal_field *name = before->kind == after->kind ? only_name(out, before, after, &at) : NULL;
  if (name && before->v[at].is == PAL_SET && after->v[at].is == PAL_SET) {
    pal_buf_puts(out, " renamed from ");
    say_value(out, name, &before->v[at]);
    pal_buf_puts(out, " to ");
    say_value(out, name, &after->v[at]);
    return;
  }
  pal_buf_puts(out, " changed");
  sentence_differences(out, before, after);
}

void sentence_differences(struct pal_buf *out, const struct pal_record *before, const struct pal_record *after) {
  size_t n = 0;
  if (before->kind != after->kind)
    return;
  for (size_t i = 0; i < before->kind->n; i++) {
    const struct pal_field *field = &before->kind->fields[i];
    if ((field->flags & PAL_VOLATILE) || equal(out, field, &before->v[i], &after->v[i]))
      continue;
    if (n < FIELDS_NAMED) {
      pal_buf_puts(out, n ? "; " : ": ");
      say_field(out, field, &before->v[i], &after->v[i]);
    }
    n++;
  }
  if (n > FIELDS_NAMED)
    pal_buf_printf(out, "; and %zu more", n - FIELDS_NAMED);
}
