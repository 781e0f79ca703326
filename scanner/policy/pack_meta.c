/* SPDX-License-Identifier: Apache-2.0 */
#include "pack_meta.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "areas.h"
#include "pal_fix.h"
#include "pal_json.h"
#include "sql_scan.h"

enum { POLICY_ID_MIN = 2, POLICY_ID_MAX = 32 };

enum meta_key {
  META_ID,
  META_TITLE,
  META_CLASS,
  META_SEVERITY,
  META_SUBJECT,
  META_READS,
  META_NEEDS,
  META_PINS,
  META_FOLDED_UNDER,
  META_RATIONALE,
  META_REMEDIATION,
  META_REFERENCES,
  META_CONTROLS,
  META_STATUS,
  META_FIX,
  META_N
};

static const char *const meta_names[META_N] = {"id",          "title",      "class",    "severity",     "subject",
                                               "reads",       "needs",      "pins",     "folded-under", "rationale",
                                               "remediation", "references", "controls", "status",       "fix"};

static const char *const subjects[] = {"tenant",    "identity", "subscription", "scope", "registry",
                                       "principal", "waiver",   "review",       "run"};

/* One key's text and where it stands. */
struct meta_value {
  const char *text;
  size_t at;
};

struct meta {
  struct pal_arena *arena;
  const char *source, *text;
  size_t len;
  struct meta_value values[META_N];
};

enum pal_code pack_fail(const char *source, const char *text, size_t len, size_t at, struct pal_err *err,
                        const char *fmt, ...) {
  char what[PAL_ERR_TEXT_MAX / 2];
  va_list args;
  va_start(args, fmt);
  (void)vsnprintf(what, sizeof what, fmt, args);
  va_end(args);
  size_t line = 0, column = 0;
  sql_locate(text, len, at, &line, &column);
  (void)pal_err_set(err, PAL_E_INPUT, "%s:%zu:%zu: %s", source, line, column, what);
  return PAL_E_INPUT;
}

/* --- lines of the comment --- */

static bool is_key_char(char c) {
  return (c >= 'a' && c <= 'z') || c == '-';
}

/* Length of the leading "word" of "word:" or 0. */
static size_t key_length(const char *line, size_t len) {
  size_t n = 0;
  while (n < len && is_key_char(line[n]))
    n++;
  bool ends = n > 0 && n < len && line[n] == ':' && (n + 1 == len || line[n + 1] == ' ');
  return ends ? n : 0;
}

static int find_key(const char *word, size_t len) {
  for (int i = 0; i < META_N; i++)
    if (strlen(meta_names[i]) == len && memcmp(meta_names[i], word, len) == 0)
      return i;
  return -1;
}

static enum pal_code continue_value(struct meta *meta, int key, const char *line, size_t len, struct pal_err *err) {
  bool keeps_lines = key == META_REMEDIATION || key == META_REFERENCES;
  const char *before = meta->values[key].text;
  meta->values[key].text = pal_arena_printf(meta->arena, "%s%s%.*s", before,
                                            !*before      ? ""
                                            : keeps_lines ? "\n"
                                                          : " ",
                                            (int)len, line);
  return meta->values[key].text ? PAL_OK : pal_err_nomem(err);
}

/* One line of the block without its "--"; *key is the one being continued, -1 for none. */
static enum pal_code take_line(struct meta *meta, size_t at, size_t len, int *key, struct pal_err *err) {
  bool indented = len >= 2 && meta->text[at] == ' ' && meta->text[at + 1] == ' ';
  while (len > 0 && meta->text[at] == ' ') {
    at++;
    len--;
  }
  while (len > 0 && (meta->text[at + len - 1] == ' ' || meta->text[at + len - 1] == '\r'))
    len--;
  const char *line = meta->text + at;
  static const char spdx[] = "SPDX-License-Identifier:";
  if (len == 0 || (len >= sizeof spdx - 1 && memcmp(line, spdx, sizeof spdx - 1) == 0))
    return PAL_OK;
  size_t word = indented && *key >= 0 ? 0 : key_length(line, len);
  if (word == 0 && *key < 0)
    return pack_fail(meta->source, meta->text, meta->len, at, err, "the leading comment begins with \"key: value\"");
  if (word == 0)
    return continue_value(meta, *key, line, len, err);
  *key = find_key(line, word);
  if (*key < 0) {
    char name[64];
    (void)snprintf(name, sizeof name, "%.*s", (int)word, line);
    const char *near = pal_nearest(name, meta_names, META_N);
    return pack_fail(meta->source, meta->text, meta->len, at, err, "unknown key \"%s\"%s%s%s", name,
                     near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
  }
  if (meta->values[*key].text)
    return pack_fail(meta->source, meta->text, meta->len, at, err, "\"%s\" stands twice", meta_names[*key]);
  meta->values[*key] = (struct meta_value){.text = "", .at = at};
  size_t skip = word + 1;
  while (skip < len && line[skip] == ' ')
    skip++;
  return continue_value(meta, *key, line + skip, len - skip, err);
}

static bool only_blanks(const char *line, size_t len) {
  for (size_t i = 0; i < len; i++)
    if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
      return false;
  return true;
}

static enum pal_code read_block(struct meta *meta, struct pal_err *err) {
  int key = -1;
  size_t at = 0;
  while (at < meta->len) {
    const char *end = memchr(meta->text + at, '\n', meta->len - at);
    size_t len = end ? (size_t)(end - meta->text) - at : meta->len - at;
    bool comment = len >= 2 && memcmp(meta->text + at, "--", 2) == 0;
    if (!comment && (key >= 0 || !only_blanks(meta->text + at, len)))
      break;
    if (comment) {
      enum pal_code code = take_line(meta, at + 2, len - 2, &key, err);
      if (code != PAL_OK)
        return code;
    }
    at += len + 1;
  }
  return PAL_OK;
}

/* --- values --- */

static enum pal_code fail(const struct meta *meta, enum meta_key key, struct pal_err *err, const char *what,
                          const char *word) {
  return pack_fail(meta->source, meta->text, meta->len, meta->values[key].at, err, "%s: %s%s%s%s", meta_names[key],
                   what, *word ? " \"" : "", word, *word ? "\"" : "");
}

static enum pal_code require(const struct meta *meta, enum meta_key key, const char **ret, struct pal_err *err) {
  if (!meta->values[key].text || !*meta->values[key].text) {
    (void)pack_fail(meta->source, meta->text, meta->len, 0, err, "the leading comment lacks \"%s\"", meta_names[key]);
    return PAL_E_INPUT;
  }
  *ret = meta->values[key].text;
  return PAL_OK;
}

static enum pal_code one_of(const struct meta *meta, enum meta_key key, const char *const *words, size_t n,
                            const char **ret, struct pal_err *err) {
  enum pal_code code = require(meta, key, ret, err);
  for (size_t i = 0; i < n && code == PAL_OK; i++)
    if (strcmp(words[i], *ret) == 0)
      return PAL_OK;
  return code == PAL_OK ? fail(meta, key, err, "unknown word", *ret) : code;
}

static enum pal_code one_of_field(const struct meta *meta, enum meta_key key, int field, const char **ret,
                                  struct pal_err *err) {
  const char *const *words = pal_kind_FINDING.fields[field].words;
  size_t n = 0;
  while (words[n])
    n++;
  return one_of(meta, key, words, n, ret, err);
}

static enum pal_code split(const struct meta *meta, enum meta_key key, const char *const **ret, size_t *ret_n,
                           struct pal_err *err) {
  *ret = NULL;
  *ret_n = 0;
  if (!meta->values[key].text)
    return PAL_OK;
  const char **words = NULL;
  size_t n = 0, cap = 0;
  for (const char *at = meta->values[key].text;;) {
    at += strspn(at, " ,\n");
    size_t len = strcspn(at, " ,\n");
    if (len == 0)
      break;
    words = pal_arena_grow(meta->arena, words, n, &cap, sizeof *words);
    if (!words || !(words[n++] = pal_arena_strndup(meta->arena, at, len)))
      return pal_err_nomem(err);
    at += len;
  }
  *ret = words;
  *ret_n = n;
  return PAL_OK;
}

static enum pal_code one_need(const struct meta *meta, enum meta_key key, const char *word, struct pal_need *ret,
                              struct pal_err *err) {
  const char *suffix = strchr(word, '@');
  size_t len = suffix ? (size_t)(suffix - word) : strlen(word);
  ret->area = area_find(word, len);
  if (!ret->area)
    return fail(meta, key, err, "unknown area", word);
  if (!suffix)
    ret->where = PAL_HERE;
  else if (strcmp(suffix, "@managing") == 0)
    ret->where = PAL_MANAGING;
  else if (strcmp(suffix, "@all") == 0)
    ret->where = PAL_ALL;
  else
    return fail(meta, key, err, "only @managing and @all may follow an area, not", word);
  return PAL_OK;
}

static enum pal_code needs(const struct meta *meta, enum meta_key key, const struct pal_need **ret, size_t *ret_n,
                           struct pal_err *err) {
  const char *const *words = NULL;
  enum pal_code code = split(meta, key, &words, ret_n, err);
  if (code != PAL_OK)
    return code;
  struct pal_need *list = pal_arena_calloc(meta->arena, *ret_n, sizeof *list);
  if (!list)
    return pal_err_nomem(err);
  for (size_t i = 0; i < *ret_n && code == PAL_OK; i++)
    code = one_need(meta, key, words[i], &list[i], err);
  *ret = list;
  return code;
}

static bool id_valid(const char *id) {
  size_t len = strlen(id);
  if (len < POLICY_ID_MIN || len > POLICY_ID_MAX || id[0] < 'A' || id[0] > 'Z')
    return false;
  for (size_t i = 1; i < len; i++)
    if (!((id[i] >= 'A' && id[i] <= 'Z') || (id[i] >= '0' && id[i] <= '9') || id[i] == '-'))
      return false;
  return true;
}

bool pack_id_shipped(const char *id) {
  return strlen(id) == 6 && strncmp(id, "PAL", 3) == 0 && strspn(id + 3, "0123456789") == 3;
}

bool pal_policy_id_own(const char *id) {
  return id_valid(id) && !pack_id_shipped(id);
}

static enum pal_code read_words(const struct meta *meta, struct pal_policy *policy, struct pal_err *err) {
  enum pal_code code = require(meta, META_ID, &policy->id, err);
  if (code == PAL_OK && !id_valid(policy->id))
    code = fail(meta, META_ID, err, "expected [A-Z][A-Z0-9-]{1,31}, not", policy->id);
  if (code == PAL_OK)
    code = require(meta, META_TITLE, &policy->title, err);
  if (code == PAL_OK)
    code = one_of_field(meta, META_CLASS, PAL_FINDING_CLASS, &policy->policy_class, err);
  if (code == PAL_OK)
    code = one_of_field(meta, META_SEVERITY, PAL_FINDING_SEVERITY, &policy->severity, err);
  if (code == PAL_OK)
    code = one_of(meta, META_SUBJECT, subjects, sizeof subjects / sizeof subjects[0], &policy->subject, err);
  if (code == PAL_OK)
    code = require(meta, META_RATIONALE, &policy->rationale, err);
  if (code == PAL_OK)
    code = require(meta, META_REMEDIATION, &policy->remediation, err);
  policy->references = meta->values[META_REFERENCES].text;
  policy->effective = policy->severity;
  return code;
}

static enum pal_code one_fix(const struct meta *meta, const char *word, struct pal_fix_use *ret, struct pal_err *err) {
  const char *suffix = strchr(word, '@');
  size_t len = suffix ? (size_t)(suffix - word) : strlen(word);
  ret->fix = pal_fix_find(word, len);
  if (!ret->fix)
    return fail(meta, META_FIX, err, "unknown way to put it right", word);
  ret->managing = suffix != NULL;
  if (suffix && strcmp(suffix, "@managing") != 0)
    return fail(meta, META_FIX, err, "only @managing may follow, not", word);
  return PAL_OK;
}

/* fix: F1 F2 or registry: one after the other, or one in place of another. */
static enum pal_code read_fixes(const struct meta *meta, struct pal_policy *policy, struct pal_err *err) {
  const char *const *words = NULL;
  size_t n = 0;
  bool instead = false;
  enum pal_code code = split(meta, META_FIX, &words, &n, err);
  if (code != PAL_OK || n == 0)
    return code;
  struct pal_fix_use *fixes = pal_arena_calloc(meta->arena, n, sizeof *fixes);
  if (!fixes)
    return pal_err_nomem(err);
  for (size_t i = 0; i < n && code == PAL_OK; i++) {
    bool is_or = strcmp(words[i], "or") == 0;
    if (is_or && (instead || policy->fixes_n == 0 || i + 1 == n))
      return fail(meta, META_FIX, err, "a way stands on either side of", words[i]);
    if (!is_or) {
      fixes[policy->fixes_n].is_instead = instead;
      code = one_fix(meta, words[i], &fixes[policy->fixes_n++], err);
    }
    instead = is_or;
  }
  policy->fixes = fixes;
  return code;
}

static enum pal_code read_lists(const struct meta *meta, struct pal_policy *policy, struct pal_err *err) {
  enum pal_code code = needs(meta, META_READS, &policy->reads, &policy->reads_n, err);
  if (code == PAL_OK)
    code = needs(meta, META_NEEDS, &policy->needs, &policy->needs_n, err);
  if (code == PAL_OK)
    code = split(meta, META_PINS, &policy->pins, &policy->pins_n, err);
  if (code == PAL_OK)
    code = split(meta, META_FOLDED_UNDER, &policy->folded_under, &policy->folded_under_n, err);
  if (code == PAL_OK)
    code = split(meta, META_CONTROLS, &policy->controls, &policy->controls_n, err);
  if (code == PAL_OK)
    code = read_fixes(meta, policy, err);
  return code;
}

/* status: awaits DATA… | reason PAL030… | retired PAL060… */
static enum pal_code read_status(const struct meta *meta, struct pal_policy *policy, struct pal_err *err) {
  static const struct {
    const char *word;
    enum pal_policy_status status;
  } known[] = {{"awaits", PAL_AWAITS}, {"reason", PAL_REASON}, {"retired", PAL_RETIRED}};
  const char *const *words = NULL;
  size_t n = 0;
  enum pal_code code = split(meta, META_STATUS, &words, &n, err);
  if (code != PAL_OK || !meta->values[META_STATUS].text)
    return code;
  for (size_t i = 0; n > 0 && i < sizeof known / sizeof known[0]; i++)
    if (strcmp(known[i].word, words[0]) == 0)
      policy->status = known[i].status;
  if (policy->status == PAL_RULE)
    return fail(meta, META_STATUS, err, "expected awaits, reason or retired, not", n > 0 ? words[0] : "");
  if (n < 2)
    return fail(meta, META_STATUS, err, "what stands instead is missing after", words[0]);
  policy->status_words = words + 1;
  policy->status_words_n = n - 1;
  return PAL_OK;
}

static bool has_statement(const char *text, size_t len, size_t *ret_at) {
  struct sql_scan scan = {.text = text, .len = len};
  struct sql_piece piece = sql_next(&scan);
  *ret_at = piece.at;
  return piece.token != SQL_END;
}

static enum pal_code check_statement(const struct meta *meta, const struct pal_policy *policy, struct pal_err *err) {
  size_t at = 0;
  const char *wrong = NULL;
  if (policy->status == PAL_RULE)
    wrong = sql_single_statement(meta->text, meta->len, &at);
  else if (has_statement(meta->text, meta->len, &at))
    wrong = "a policy with a status is not judged; it holds no statement";
  return wrong ? pack_fail(meta->source, meta->text, meta->len, at, err, "%s", wrong) : PAL_OK;
}

enum pal_code pack_meta_policy(struct pal_arena *arena, const char *source, const char *text, size_t len,
                               struct pal_policy *ret, struct pal_err *err) {
  struct meta meta = {.arena = arena, .source = source, .text = text, .len = len};
  struct pal_policy policy = {.sql = text, .path = source, .enabled = true};
  enum pal_code code = read_block(&meta, err);
  if (code == PAL_OK)
    code = read_words(&meta, &policy, err);
  if (code == PAL_OK)
    code = read_lists(&meta, &policy, err);
  if (code == PAL_OK)
    code = read_status(&meta, &policy, err);
  if (code == PAL_OK)
    code = check_statement(&meta, &policy, err);
  if (code == PAL_OK)
    *ret = policy;
  return code;
}

/* --- views --- */

/* The text of the line "-- once: …" before the statement; *ret NULL when there is none. */
static enum pal_code read_once(struct pal_arena *arena, const char *source, const char *text, size_t len,
                               const char **ret, struct pal_err *err) {
  static const char mark[] = "-- once:";
  *ret = NULL;
  for (size_t at = 0; at + 1 < len && memcmp(text + at, "--", 2) == 0;) {
    const char *end = memchr(text + at, '\n', len - at);
    size_t line = end ? (size_t)(end - text) - at : len - at;
    if (line >= sizeof mark - 1 && memcmp(text + at, mark, sizeof mark - 1) == 0) {
      const char *list = text + at + sizeof mark - 1;
      size_t list_len = line - (sizeof mark - 1), names = strspn(list, "abcdefghijklmnopqrstuvwxyz_,; ");
      if (names < list_len || strspn(list, " ,;") >= list_len)
        return pack_fail(source, text, len, at, err,
                         "once: expected lists of columns, as in \"a, b; c\", or \"few rows\"");
      *ret = pal_arena_strndup(arena, list + strspn(list, " "), list_len - strspn(list, " "));
      return *ret ? PAL_OK : pal_err_nomem(err);
    }
    at += line + (end ? 1 : 0);
  }
  return PAL_OK;
}

enum pal_code pack_meta_view(struct pal_arena *arena, const char *source, const char *text, size_t len,
                             struct pack_view *ret, struct pal_err *err) {
  size_t at = 0;
  const char *wrong = sql_single_statement(text, len, &at);
  if (wrong)
    return pack_fail(source, text, len, at, err, "%s", wrong);
  struct sql_scan scan = {.text = text, .len = len};
  struct sql_piece create = sql_next(&scan), view = sql_next(&scan), name = sql_next(&scan), as = sql_next(&scan);
  if (!sql_piece_is(&scan, create, "create") || !sql_piece_is(&scan, view, "view"))
    return pack_fail(source, text, len, create.at, err, "expected CREATE VIEW name AS …");
  if (name.token != SQL_WORD || (!sql_piece_is(&scan, as, "as") && !sql_piece_is(&scan, as, "(")))
    return pack_fail(source, text, len, name.at, err, "a view has a bare name, no schema and no IF NOT EXISTS");
  *ret = (struct pack_view){.path = source,
                            .sql = text,
                            .name_at = name.at,
                            .name_len = name.len,
                            .select_at = sql_piece_is(&scan, as, "as") ? as.at + as.len : 0,
                            .name = pal_arena_strndup(arena, text + name.at, name.len)};
  return ret->name ? read_once(arena, source, text, len, &ret->once, err) : pal_err_nomem(err);
}
