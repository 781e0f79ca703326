/* SPDX-License-Identifier: Apache-2.0 */
#include "value.h"

#include <stdlib.h>
#include <string.h>

#include "pal_id.h"
#include "pal_text.h"
#include "pal_time.h"

static enum pal_code expected(struct pal_err *err, const char *what) {
  return pal_err_set(err, PAL_E_INPUT, "expected %s", what);
}

/* Copies text into arena as *ret. */
static enum pal_code keep(struct pal_arena *arena, const char *text, size_t len, const char **ret,
                          struct pal_err *err) {
  const char *copy = pal_arena_strndup(arena, text, len);
  if (!copy)
    return pal_err_nomem(err);
  *ret = copy;
  return PAL_OK;
}

static bool is_space(const char *text, size_t len, size_t *ret_n) {
  if (len && (*text == ' ' || *text == '\t' || *text == '\r' || *text == '\n')) {
    *ret_n = 1;
    return true;
  }
  if (len >= 2 && memcmp(text, "\xC2\xA0", 2) == 0) { /* what spreadsheets leave */
    *ret_n = 2;
    return true;
  }
  return false;
}

static void trim(const char **text, size_t *len) {
  size_t n;
  while (is_space(*text, *len, &n)) {
    *text += n;
    *len -= n;
  }
  for (;;) {
    if (*len && is_space(*text + *len - 1, 1, &n))
      *len -= 1;
    else if (*len >= 2 && is_space(*text + *len - 2, 2, &n) && n == 2)
      *len -= 2;
    else
      return;
  }
}

static bool starts_with_mpn(const char *text, size_t len) {
  return len > 3 && (text[0] | 0x20) == 'm' && (text[1] | 0x20) == 'p' && (text[2] | 0x20) == 'n';
}

/* Partner IDs as people write them: " MPN-1000001 ". */
static void trim_partner_id(const char **text, size_t *len) {
  trim(text, len);
  if (starts_with_mpn(*text, *len)) {
    *text += 3;
    *len -= 3;
    if (**text == '-' || **text == ':' || **text == '#') {
      *text += 1;
      *len -= 1;
    }
    trim(text, len);
  }
}

static enum pal_code digits(struct pal_arena *arena, const char *text, unsigned flags, const char **ret,
                            struct pal_err *err) {
  static const char what[] = "a partner ID: 1 to 20 digits";
  size_t len = strlen(text);
  if (flags & PAL_DECODE_PERSON)
    trim_partner_id(&text, &len);
  char copy[PAL_PARTNER_ID_MAX + 1];
  if (len > PAL_PARTNER_ID_MAX)
    return expected(err, what);
  memcpy(copy, text, len);
  copy[len] = '\0';
  struct pal_partner_id id;
  struct pal_err ignored;
  if (pal_partner_id_parse(copy, &id, &ignored) != PAL_OK)
    return expected(err, what);
  return keep(arena, id.s, strlen(id.s), ret, err);
}

static enum pal_code arm_id(struct pal_arena *arena, const char *text, const char **ret, struct pal_err *err) {
  struct pal_err why;
  const char *id = pal_arm_id_dup(arena, text, &why);
  if (!id)
    return why.code == PAL_E_NOMEM ? pal_err_nomem(err)
                                   : expected(err, "an Azure Resource Manager id, /segment/segment…");
  *ret = id;
  return PAL_OK;
}

static enum pal_code country(struct pal_arena *arena, const char *text, unsigned flags, const char **ret,
                             struct pal_err *err) {
  static const char what[] = "a country: the two letters of ISO 3166-1, such as \"DE\"";
  size_t len = strlen(text);
  if (flags & PAL_DECODE_PERSON)
    trim(&text, &len);
  if (len != 2)
    return expected(err, what);
  char code[3] = {text[0], text[1], '\0'};
  for (int i = 0; i < 2; i++) {
    if (code[i] >= 'a' && code[i] <= 'z')
      code[i] = (char)(code[i] - 'a' + 'A');
    if (code[i] < 'A' || code[i] > 'Z')
      return expected(err, what);
  }
  return keep(arena, strcmp(code, "UK") == 0 ? "GB" : code, 2, ret, err);
}

static enum pal_code text_value(struct pal_arena *arena, const struct pal_field *field, const char *text,
                                unsigned flags, const char **ret, struct pal_err *err) {
  if (field->flags & PAL_COUNTRY)
    return country(arena, text, flags, ret, err);
  size_t max = field->max > 0 && field->max < PAL_TEXT_MAX ? (size_t)field->max : PAL_TEXT_MAX;
  size_t len = strnlen(text, max + 1);
  if (len > max)
    return pal_err_set(err, PAL_E_INPUT, "expected a text of at most %zu bytes", max);
  if (!pal_utf8_valid(text, len))
    return expected(err, "a text in UTF-8");
  return keep(arena, text, len, ret, err);
}

/* How deep the brackets of compact JSON go. */
static size_t json_depth(const char *text) {
  size_t depth = 0, deepest = 0;
  bool in_string = false;
  for (; *text; text++) {
    if (in_string) {
      if (*text == '\\' && text[1])
        text++;
      else if (*text == '"')
        in_string = false;
    } else if (*text == '"') {
      in_string = true;
    } else if (*text == '{' || *text == '[') {
      if (++depth > deepest)
        deepest = depth;
    } else if (*text == '}' || *text == ']') {
      depth--;
    }
  }
  return deepest;
}

static enum pal_code json(struct pal_arena *arena, const char *text, const char **ret, struct pal_err *err) {
  struct pal_json_doc *doc = NULL;
  enum pal_code code = pal_json_parse(text, strlen(text), "value", PAL_JSON_STRICT_UTF8, PAL_JSON_TEXT_MAX, &doc, err);
  if (code != PAL_OK)
    return code;
  struct pal_buf buf;
  pal_buf_init(&buf, PAL_JSON_TEXT_MAX);
  code = pal_json_compact(doc, pal_json_root(doc), &buf, err);
  pal_json_doc_free(doc);
  if (code == PAL_OK && json_depth(buf.data) > PAL_JSON_VALUE_DEPTH)
    code = pal_err_set(err, PAL_E_INPUT, "expected JSON of at most %d levels", PAL_JSON_VALUE_DEPTH);
  if (code == PAL_OK)
    code = keep(arena, buf.data, buf.len, ret, err);
  else if (code == PAL_E_LIMIT)
    code = pal_err_set(err, PAL_E_INPUT, "expected JSON of at most %d bytes", PAL_JSON_TEXT_MAX);
  pal_buf_deinit(&buf);
  return code;
}

void value_expect_words(struct pal_buf *out, const struct pal_field *field) {
  pal_buf_puts(out, "expected ");
  for (size_t i = 0; field->words[i]; i++) {
    if (i)
      pal_buf_puts(out, field->words[i + 1] ? ", " : " or ");
    pal_buf_printf(out, "\"%s\"", field->words[i]);
  }
}

static enum pal_code word(const struct pal_field *field, const char *text, const char **ret, struct pal_err *err) {
  size_t n = 0;
  for (; field->words[n]; n++)
    if (strcmp(field->words[n], text) == 0) {
      *ret = field->words[n];
      return PAL_OK;
    }
  struct pal_buf words;
  pal_buf_init(&words, PAL_ERR_TEXT_MAX);
  value_expect_words(&words, field);
  const char *near = pal_nearest(text, field->words, n);
  if (near)
    pal_buf_printf(&words, "; did you mean \"%s\"?", near);
  enum pal_code code = pal_err_set(err, PAL_E_INPUT, "%s", words.data);
  pal_buf_deinit(&words);
  return code;
}

static bool is_month(const char *text) {
  char day[11];
  if (strnlen(text, 8) != 7)
    return false;
  memcpy(day, text, 7);
  memcpy(day + 7, "-01", 4);
  return pal_date_valid(day);
}

enum pal_code value_canonical(struct pal_arena *arena, const struct pal_field *field, const char *text, unsigned flags,
                              const char **ret, struct pal_err *err) {
  char guid[PAL_GUID_LEN + 1], time[PAL_INSTANT_MAX];
  struct pal_instant instant;
  switch (field->type) {
  case PAL_T_TEXT:
  case PAL_T_TEXTS: return text_value(arena, field, text, flags, ret, err);
  case PAL_T_NAME:
    if (!pal_name_valid(text))
      return expected(err, "a name of at most 64 lower-case letters, digits and hyphens");
    return keep(arena, text, strlen(text), ret, err);
  case PAL_T_GUID:
  case PAL_T_GUIDS:
    if (!pal_guid_canonical(text, strnlen(text, PAL_GUID_LEN + 1), guid))
      return expected(err, "a GUID such as 00000000-0000-0000-0000-000000000000");
    return keep(arena, guid, PAL_GUID_LEN, ret, err);
  case PAL_T_ARM_ID:
  case PAL_T_ARM_IDS: return arm_id(arena, text, ret, err);
  case PAL_T_DIGITS: return digits(arena, text, flags, ret, err);
  case PAL_T_INSTANT:
    if (!pal_instant_parse(text, &instant))
      return expected(err, "a time such as 2026-01-31T23:59:59Z");
    pal_instant_format(instant, time);
    return keep(arena, time, strlen(time), ret, err);
  case PAL_T_DATE:
    if (!pal_date_valid(text))
      return expected(err, "a date such as 2026-01-31");
    return keep(arena, text, strlen(text), ret, err);
  case PAL_T_MONTH:
    if (!is_month(text))
      return expected(err, "a month such as 2026-01");
    return keep(arena, text, strlen(text), ret, err);
  case PAL_T_ENUM: return word(field, text, ret, err);
  case PAL_T_JSON: return json(arena, text, ret, err);
  case PAL_T_INT:
  case PAL_T_BOOL:
  case PAL_T_RECORD:
  case PAL_T_RECORDS: break;
  }
  return pal_err_set(err, PAL_E_INTERNAL, "the field is no text");
}

bool value_in_range(const struct pal_field *field, int64_t value) {
  return field->max <= 0 || (value >= field->min && value <= field->max);
}

enum pal_code value_from_text(struct pal_arena *arena, const struct pal_field *field, const char *text, unsigned flags,
                              struct pal_value *value, struct pal_err *err) {
  struct pal_value made = {.is = PAL_SET};
  if (field->type == PAL_T_BOOL) {
    made.u.b = strcmp(text, "true") == 0;
    if (!made.u.b && strcmp(text, "false") != 0)
      return expected(err, "true or false");
  } else if (field->type == PAL_T_INT) {
    char *end;
    made.u.i = strtoll(text, &end, 10);
    if (end == text || *end || !value_in_range(field, made.u.i))
      return expected(err, "a whole number in range");
  } else {
    const char *canonical;
    enum pal_code code = value_canonical(arena, field, text, flags, &canonical, err);
    if (code != PAL_OK)
      return code;
    if (field->type == PAL_T_TEXTS || field->type == PAL_T_GUIDS || field->type == PAL_T_ARM_IDS) {
      made.u.texts = value_texts_new(arena, 1);
      if (!made.u.texts)
        return pal_err_nomem(err);
      made.u.texts->v[0] = canonical;
    } else {
      made.u.text = canonical;
    }
  }
  *value = made;
  return PAL_OK;
}
