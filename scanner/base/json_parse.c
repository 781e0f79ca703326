/* SPDX-License-Identifier: Apache-2.0 */
#include "json_doc.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pal_text.h"

enum { FEW_MEMBERS = 16 };

/*
 * The strict reader. It is iterative: the open containers stand in `open`, and
 * a node is linked into its parent as soon as it exists, so whatever happens
 * the root owns everything.
 */
struct parser {
  struct pal_json_doc *doc;
  const char *text; /* doc->text, NUL-terminated: text[len] may be looked at */
  size_t len;
  size_t pos;
  size_t tokens; /* values and keys */
  unsigned flags;
  struct pal_buf *strings; /* of doc; what it holds of the last one begins at: */
  size_t string;
  cJSON *open[PAL_JSON_MAX_DEPTH]; /* open containers, outermost first */
  size_t depth;                    /* how many */
  char *key;                       /* of the member being read, until its node exists */
  bool in_value;                   /* errors concern a child of the innermost container */
  const cJSON **members;           /* to sort the keys of one object */
  size_t members_cap;
  struct pal_err *err;
};

static enum pal_code fail(struct parser *p, size_t offset, const char *fmt, ...) PAL_PRINTF(3, 4);

static enum pal_code fail(struct parser *p, size_t offset, const char *fmt, ...) {
  char text[256] = "";
  va_list args;
  va_start(args, fmt);
  (void)vsnprintf(text, sizeof text, fmt, args);
  va_end(args);

  struct pal_buf path;
  pal_buf_init(&path, JSON_PATH_MAX);
  json_path_chain(&path, p->open, p->depth);
  if (p->key)
    json_path_key(&path, p->key);
  else if (p->in_value && p->depth && pal_json_type(p->open[p->depth - 1]) == PAL_JSON_ARRAY)
    json_path_index(&path, pal_json_count(p->open[p->depth - 1]));
  enum pal_code code = json_fail_at(p->doc, offset, path.data, text, p->err);
  pal_buf_deinit(&path);
  return code;
}

/* "what is there" for a text that says what was expected. */
static enum pal_code unexpected(struct parser *p, const char *expected) {
  if (p->pos >= p->len)
    return fail(p, p->pos, "the text ends where %s was expected", expected);
  unsigned char c = (unsigned char)p->text[p->pos];
  if (c > ' ' && c < 0x7F)
    return fail(p, p->pos, "'%c' where %s was expected", c, expected);
  return fail(p, p->pos, "byte 0x%02x where %s was expected", c, expected);
}

/* --- between tokens --- */

static enum pal_code skip_comment(struct parser *p) {
  size_t start = p->pos;
  char kind = p->text[p->pos + 1];
  if (kind != '/' && kind != '*')
    return unexpected(p, "JSON");
  if (!(p->flags & PAL_JSON_COMMENTS))
    return fail(p, start, "a comment is not allowed here");
  p->pos += 2;
  if (kind == '/') {
    while (p->pos < p->len && p->text[p->pos] != '\n')
      p->pos++;
    return PAL_OK;
  }
  for (; p->pos + 1 < p->len; p->pos++)
    if (p->text[p->pos] == '*' && p->text[p->pos + 1] == '/') {
      p->pos += 2;
      return PAL_OK;
    }
  return fail(p, start, "a comment without end");
}

static enum pal_code skip_space(struct parser *p) {
  while (p->pos < p->len) {
    char c = p->text[p->pos];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      p->pos++;
    } else if (c == '/') {
      enum pal_code code = skip_comment(p);
      if (code != PAL_OK)
        return code;
    } else {
      break;
    }
  }
  return PAL_OK;
}

static enum pal_code count_token(struct parser *p) {
  if (++p->tokens > PAL_JSON_MAX_TOKENS)
    return fail(p, p->pos, "more than the maximum of %d values and keys", PAL_JSON_MAX_TOKENS);
  return PAL_OK;
}

/* --- strings --- */

/*
 * Room for all of them, so that they stay where they are: what stands in quotation marks means no more bytes than it
 * takes there, but for each that is no UTF-8, which becomes three; what follows a number is not its own.
 */
static void reserve_strings(struct parser *p) {
  size_t foreign = 0;
  for (size_t i = 0; i < p->len; i++)
    foreign += (unsigned char)p->text[i] >= 0x80;
  pal_buf_init(p->strings, p->len + 2 * foreign + 1);
  pal_buf_reserve(p->strings, p->strings->max);
}

static char *string_read(const struct parser *p) {
  return p->strings->data + p->string;
}

static enum pal_code end_string(struct parser *p) {
  pal_buf_putc(p->strings, '\0');
  assert(p->strings->bad != PAL_E_LIMIT);
  return p->strings->bad == PAL_OK ? PAL_OK : pal_err_nomem(p->err);
}

static bool hex4(const struct parser *p, size_t at, uint32_t *ret) {
  uint32_t value = 0;
  for (size_t i = at; i < at + 4; i++) {
    char c = i < p->len ? p->text[i] : '\0';
    uint32_t digit;
    if (c >= '0' && c <= '9')
      digit = (uint32_t)(c - '0');
    else if (c >= 'a' && c <= 'f')
      digit = (uint32_t)(c - 'a') + 10;
    else if (c >= 'A' && c <= 'F')
      digit = (uint32_t)(c - 'A') + 10;
    else
      return false;
    value = value << 4 | digit;
  }
  *ret = value;
  return true;
}

/* At "\u": one code point, from one escape or a surrogate pair. */
static enum pal_code unicode_escape(struct parser *p) {
  size_t start = p->pos;
  uint32_t code, low;
  if (!hex4(p, start + 2, &code))
    return fail(p, start, "\\u without four hexadecimal digits");
  p->pos += 6;
  if (code == 0)
    return fail(p, start, "\\u0000 is not allowed");
  if (code >= 0xD800 && code <= 0xDFFF) {
    bool pair = code < 0xDC00 && p->pos + 1 < p->len && p->text[p->pos] == '\\' && p->text[p->pos + 1] == 'u' &&
                hex4(p, p->pos + 2, &low) && low >= 0xDC00 && low <= 0xDFFF;
    if (!pair)
      return fail(p, start, "a surrogate \\u escape without its other half");
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    p->pos += 6;
  }
  pal_utf8_encode(p->strings, code);
  return PAL_OK;
}

/* At a backslash. */
static enum pal_code escape(struct parser *p) {
  static const char letters[] = "\"\\/bfnrt";
  static const char meanings[] = "\"\\/\b\f\n\r\t";
  char c = p->pos + 1 < p->len ? p->text[p->pos + 1] : '\0';
  if (c == 'u')
    return unicode_escape(p);
  const char *found = c ? strchr(letters, c) : NULL;
  if (!found)
    return fail(p, p->pos, "a backslash that begins no escape");
  pal_buf_putc(p->strings, meanings[found - letters]);
  p->pos += 2;
  return PAL_OK;
}

/* Bytes that stand for themselves. */
static enum pal_code plain_run(struct parser *p) {
  size_t start = p->pos;
  bool ascii = true;
  p->pos += json_plain(p->text + p->pos, p->len - p->pos);
  while (p->pos < p->len) {
    unsigned char c = (unsigned char)p->text[p->pos];
    if (c < ' ' || c == '"' || c == '\\')
      break;
    ascii = ascii && c < 0x80;
    p->pos++;
  }
  const char *run = p->text + start;
  size_t n = p->pos - start;
  if (ascii) {
    pal_buf_add(p->strings, run, n);
    return PAL_OK;
  }
  size_t replaced = pal_utf8_clean(p->strings, run, n);
  if (replaced && (p->flags & PAL_JSON_STRICT_UTF8)) {
    uint32_t code;
    size_t good = 0;
    for (size_t k; good < n && (k = pal_utf8_decode(run + good, n - good, &code)) > 0;)
      good += k;
    return fail(p, start + good, "invalid UTF-8");
  }
  p->doc->replaced += replaced;
  return PAL_OK;
}

/* At a quotation mark. */
static enum pal_code read_string(struct parser *p) {
  size_t start = p->pos++;
  p->string = p->strings->len;
  for (;;) {
    enum pal_code code = plain_run(p);
    if (code == PAL_OK && p->pos >= p->len)
      code = fail(p, start, "a string without end");
    if (code != PAL_OK)
      return code;
    char c = p->text[p->pos];
    if (c == '"')
      break;
    if (c != '\\')
      return fail(p, p->pos, "a raw control character 0x%02x in a string", (unsigned)c);
    code = escape(p);
    if (code != PAL_OK)
      return code;
  }
  p->pos++;
  return end_string(p);
}

/* --- numbers and words --- */

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static bool skip_digits(struct parser *p) {
  if (!is_digit(p->text[p->pos]))
    return false;
  while (is_digit(p->text[p->pos]))
    p->pos++;
  return true;
}

/* As its source text. */
static enum pal_code read_number(struct parser *p) {
  size_t start = p->pos;
  if (p->text[p->pos] == '-')
    p->pos++;
  size_t first = p->pos;
  if (!skip_digits(p))
    return unexpected(p, "a digit");
  if (p->text[first] == '0' && p->pos - first > 1)
    return fail(p, start, "a number with leading zeros");
  if (p->text[p->pos] == '.') {
    p->pos++;
    if (!skip_digits(p))
      return unexpected(p, "a digit");
  }
  if (p->text[p->pos] == 'e' || p->text[p->pos] == 'E') {
    p->pos++;
    if (p->text[p->pos] == '+' || p->text[p->pos] == '-')
      p->pos++;
    if (!skip_digits(p))
      return unexpected(p, "a digit");
  }
  p->string = p->strings->len;
  pal_buf_add(p->strings, p->text + start, p->pos - start);
  return end_string(p);
}

static bool read_word(struct parser *p, const char *word) {
  size_t n = strlen(word);
  if (p->len - p->pos < n || memcmp(p->text + p->pos, word, n) != 0)
    return false;
  p->pos += n;
  return true;
}

/* --- nodes --- */

/* Makes node a child of the innermost container, or the root. Takes it, also
 * when it is NULL (no memory). */
static enum pal_code attach(struct parser *p, cJSON *node, size_t offset) {
  if (!node)
    return pal_err_nomem(p->err);
  node->valueint = (int)offset; /* PAL_JSON_MAX_BYTES fits */
  if (p->key) {
    node->string = p->key; /* which the flag makes one that cJSON leaves alone */
    node->type |= cJSON_StringIsConst;
    p->key = NULL;
  }
  p->in_value = false;
  if (p->depth == 0) {
    p->doc->root = node;
    return PAL_OK;
  }
  /* cJSON keeps the tail in the first child's prev. */
  cJSON *parent = p->open[p->depth - 1];
  if (!parent->child) {
    parent->child = node;
  } else {
    cJSON *tail = parent->child->prev;
    tail->next = node;
    node->prev = tail;
  }
  parent->child->prev = node;
  return PAL_OK;
}

static enum pal_code open_container(struct parser *p, cJSON *node, size_t offset) {
  if (p->depth == PAL_JSON_MAX_DEPTH) {
    cJSON_Delete(node);
    return fail(p, offset, "nested deeper than the maximum of %d", PAL_JSON_MAX_DEPTH);
  }
  enum pal_code code = attach(p, node, offset);
  if (code == PAL_OK)
    p->open[p->depth++] = node;
  return code;
}

static cJSON *raw_reference(const char *text) {
  cJSON *node = cJSON_CreateStringReference(text);
  if (node)
    node->type = cJSON_Raw | cJSON_IsReference;
  return node;
}

/* Reads one value; of a container only the opening bracket. */
static enum pal_code read_value(struct parser *p) {
  p->in_value = true;
  enum pal_code code = skip_space(p);
  if (code == PAL_OK)
    code = count_token(p);
  if (code != PAL_OK)
    return code;
  size_t offset = p->pos;
  char c = p->text[offset];
  if (c == '{' || c == '[') {
    p->pos++;
    return open_container(p, c == '{' ? cJSON_CreateObject() : cJSON_CreateArray(), offset);
  }
  if (c == '"') {
    code = read_string(p);
    return code == PAL_OK ? attach(p, cJSON_CreateStringReference(string_read(p)), offset) : code;
  }
  if (c == '-' || is_digit(c)) {
    code = read_number(p);
    return code == PAL_OK ? attach(p, raw_reference(string_read(p)), offset) : code;
  }
  if (read_word(p, "null"))
    return attach(p, cJSON_CreateNull(), offset);
  if (read_word(p, "true"))
    return attach(p, cJSON_CreateTrue(), offset);
  if (read_word(p, "false"))
    return attach(p, cJSON_CreateFalse(), offset);
  return unexpected(p, "a value");
}

/* Reads `"key" :`. */
static enum pal_code read_key(struct parser *p) {
  enum pal_code code = skip_space(p);
  if (code == PAL_OK && p->text[p->pos] != '"')
    code = unexpected(p, "a key in quotation marks");
  if (code == PAL_OK)
    code = count_token(p);
  if (code == PAL_OK)
    code = read_string(p);
  if (code != PAL_OK)
    return code;
  p->key = string_read(p);
  code = skip_space(p);
  if (code != PAL_OK)
    return code;
  if (p->text[p->pos] != ':')
    return unexpected(p, "':'");
  p->pos++;
  return PAL_OK;
}

/* --- duplicate keys --- */

static int fold(char c) {
  return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static int compare_folded(const char *a, const char *b) {
  while (*a && fold(*a) == fold(*b)) {
    a++;
    b++;
  }
  return fold(*a) - fold(*b);
}

static int compare_members(const void *a, const void *b) {
  const cJSON *x = *(const cJSON *const *)a;
  const cJSON *y = *(const cJSON *const *)b;
  int order = compare_folded(x->string, y->string);
  return order ? order : (x->valueint > y->valueint) - (x->valueint < y->valueint);
}

static bool grow_members(struct parser *p) {
  size_t cap = p->members_cap ? p->members_cap * 2 : 64;
  const cJSON **larger = realloc(p->members, cap * sizeof *larger);
  if (!larger)
    return false;
  p->members = larger;
  p->members_cap = cap;
  return true;
}

/* Whether any two are alike; most objects have so few members that all pairs cost less than sorting. */
static bool has_likeness(const cJSON *const *members, size_t n) {
  for (size_t i = 1; i < n; i++)
    for (size_t j = 0; j < i; j++)
      if (fold(members[i]->string[0]) == fold(members[j]->string[0]) &&
          compare_folded(members[i]->string, members[j]->string) == 0)
        return true;
  return false;
}

/* Sorting instead of comparing all pairs: a hostile object may be large. */
static enum pal_code check_keys(struct parser *p, const cJSON *object) {
  size_t n = 0;
  for (const cJSON *item = object->child; item; item = item->next) {
    if (n == p->members_cap && !grow_members(p))
      return pal_err_nomem(p->err);
    p->members[n++] = item;
  }
  if (n < 2 || (n <= FEW_MEMBERS && !has_likeness(p->members, n)))
    return PAL_OK;
  qsort(p->members, n, sizeof *p->members, compare_members);
  for (size_t i = 1; i < n; i++) {
    const cJSON *first = p->members[i - 1], *second = p->members[i];
    if (strcmp(first->string, second->string) == 0)
      return pal_json_fail(p->doc, second, p->err, "the key stands in its object twice");
    if (compare_folded(first->string, second->string) == 0)
      return pal_json_fail(p->doc, second, p->err, "the key differs from \"%.80s\" only in upper and lower case",
                           first->string);
  }
  return PAL_OK;
}

/* --- the whole --- */

/* At the closing bracket of the innermost container. */
static enum pal_code close_container(struct parser *p) {
  const cJSON *node = p->open[p->depth - 1];
  p->pos++;
  enum pal_code code = pal_json_type(node) == PAL_JSON_OBJECT ? check_keys(p, node) : PAL_OK;
  p->depth--;
  return code;
}

/* After an opening bracket or a comma: reads the key of a member and the value. */
static enum pal_code read_child(struct parser *p) {
  if (pal_json_type(p->open[p->depth - 1]) == PAL_JSON_OBJECT) {
    enum pal_code code = read_key(p);
    if (code != PAL_OK)
      return code;
  }
  return read_value(p);
}

static enum pal_code read_document(struct parser *p) {
  enum pal_code code = read_value(p);
  while (code == PAL_OK && p->depth) {
    const cJSON *inner = p->open[p->depth - 1];
    bool object = pal_json_type(inner) == PAL_JSON_OBJECT;
    code = skip_space(p);
    if (code != PAL_OK)
      break;
    char c = p->text[p->pos];
    if (c == (object ? '}' : ']')) {
      code = close_container(p);
    } else if (!inner->child) {
      code = read_child(p);
    } else if (c == ',') {
      p->pos++;
      code = read_child(p);
    } else {
      code = unexpected(p, object ? "',' or '}'" : "',' or ']'");
    }
  }
  if (code == PAL_OK)
    code = skip_space(p);
  if (code == PAL_OK && p->pos < p->len)
    code = unexpected(p, "the end of the text");
  return code;
}

enum pal_code json_parse_doc(struct pal_json_doc *doc, unsigned flags, struct pal_err *err) {
  struct parser p = {
      .doc = doc, .text = doc->text, .len = doc->len, .flags = flags, .err = err, .strings = &doc->strings};
  reserve_strings(&p);
  enum pal_code code = pal_buf_check(p.strings, "the strings of a document", err);
  if (code == PAL_OK)
    code = read_document(&p);
  free(p.members);
  return code;
}
