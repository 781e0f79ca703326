/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config.c - the repository's own configuration, read by ourselves and only to
 * refuse what would make a repository something else than it looks like, and
 * to find its id. What this reader does not understand, it refuses.
 */
#include <string.h>

#include "history.h"
#include "pal_file.h"
#include "pal_id.h"

enum { WORD_MAX = 64, VALUE_MAX = 4096 };

struct reader {
  const struct pal_repo *repo;
  const char *at;
  unsigned line;
  char section[WORD_MAX]; /* lower case; without the subsection */
  bool has_subsection;
  bool bare;
  char id[37];
};

static enum pal_code refuse(const struct reader *r, struct pal_err *err, const char *what) {
  return pal_err_set(err, PAL_E_VERIFY, "%s/config:%u: %s", r->repo->path, r->line, what);
}

static void skip_blanks(struct reader *r) {
  while (*r->at == ' ' || *r->at == '\t' || (*r->at == '\r' && r->at[1] == '\n'))
    r->at++;
}

static void skip_line(struct reader *r) {
  while (*r->at && *r->at != '\n')
    r->at++;
}

static bool is_word(char c) {
  char lower = pal_ascii_lower(c);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

/* [A-Za-z0-9-], for sections also '.', lower-cased. */
static bool take_word(struct reader *r, bool dots, char out[WORD_MAX]) {
  size_t n = 0;
  while (is_word(*r->at) || (dots && *r->at == '.')) {
    if (n == WORD_MAX - 1)
      return false;
    out[n++] = pal_ascii_lower(*r->at++);
  }
  out[n] = '\0';
  return n > 0;
}

static bool take_subsection(struct reader *r) {
  if (*r->at++ != '"')
    return false;
  for (; *r->at && *r->at != '"' && *r->at != '\n'; r->at++)
    if (*r->at == '\\' && r->at[1] && r->at[1] != '\n')
      r->at++;
  return *r->at++ == '"';
}

static enum pal_code read_section(struct reader *r, struct pal_err *err) {
  r->at++; /* [ */
  if (!take_word(r, true, r->section))
    return refuse(r, err, "a malformed section");
  char *dot = strchr(r->section, '.'); /* old spelling of a subsection */
  r->has_subsection = dot != NULL;
  if (dot)
    *dot = '\0';
  if (*r->at == ' ' || *r->at == '\t') {
    skip_blanks(r);
    r->has_subsection = true;
    if (!take_subsection(r))
      return refuse(r, err, "a malformed section");
  }
  if (*r->at++ != ']')
    return refuse(r, err, "a malformed section");
  if (strcmp(r->section, "include") == 0 || strcmp(r->section, "includeif") == 0)
    return refuse(r, err, "include is refused: palscan reads no configuration outside the repository");
  return PAL_OK;
}

/* One character of a value after a backslash; '\0' when there is no such. */
static char unescape(char c) {
  return c == 'n' ? '\n' : c == 't' ? '\t' : c == 'b' ? '\b' : c == '\\' || c == '"' ? c : '\0';
}

/* A value up to the line end, as git reads it: quotes, escapes, continued lines. */
static bool take_value(struct reader *r, char out[VALUE_MAX]) {
  size_t n = 0, kept = 0; /* kept: without trailing blanks */
  bool quoted = false;
  for (;; r->at++) {
    char c = *r->at;
    if (c == '\0' || c == '\n' || (c == '\r' && r->at[1] == '\n'))
      break;
    if (!quoted && (c == '#' || c == ';')) {
      skip_line(r);
      break;
    }
    if (c == '"') {
      quoted = !quoted;
      kept = n;
      continue;
    }
    if (c == '\\') {
      r->at++;
      if (*r->at == '\n') {
        r->line++;
        continue;
      }
      c = unescape(*r->at);
      if (!c)
        return false;
    }
    if (n == VALUE_MAX - 1)
      return false;
    out[n++] = c;
    if (quoted || (c != ' ' && c != '\t'))
      kept = n;
  }
  out[kept] = '\0';
  return !quoted;
}

/* `word` in lower case. */
static bool is(const char *value, const char *word) {
  return strlen(value) == strlen(word) && pal_ascii_starts(value, word);
}

static bool is_true(const char *value) {
  return is(value, "true") || is(value, "yes") || is(value, "on") || is(value, "1");
}

static enum pal_code judge_core(struct reader *r, const char *key, const char *value, struct pal_err *err) {
  if (strcmp(key, "repositoryformatversion") == 0 && strcmp(value, "0") != 0 && strcmp(value, "1") != 0)
    return refuse(r, err, "unknown core.repositoryformatversion");
  if (strcmp(key, "worktree") == 0)
    return refuse(r, err, "core.worktree is refused");
  if (strcmp(key, "bare") == 0)
    r->bare = is_true(value);
  return PAL_OK;
}

/* Extensions change what a repository is: known are only those that do not
 * change anything palscan reads. */
static enum pal_code judge_extension(const struct reader *r, const char *key, const char *value, struct pal_err *err) {
  if (strcmp(key, "noop") == 0 || strcmp(key, "preciousobjects") == 0 ||
      (strcmp(key, "objectformat") == 0 && is(value, "sha1")) || (strcmp(key, "refstorage") == 0 && is(value, "files")))
    return PAL_OK;
  return pal_err_set(err, PAL_E_VERIFY, "%s/config:%u: extensions.%s is refused", r->repo->path, r->line, key);
}

static enum pal_code judge_id(struct reader *r, const char *value, struct pal_err *err) {
  char id[PAL_GUID_LEN + 1];
  if (!pal_guid_canonical(value, strlen(value), id))
    return refuse(r, err, "palscan.id is no id");
  if (*r->id && strcmp(r->id, id) != 0)
    return refuse(r, err, "two different palscan.id");
  memcpy(r->id, id, sizeof r->id);
  return PAL_OK;
}

/* Keys of the repository by which stock git shows less than is stored, or something else. */
static const struct {
  const char *section, *key; /* key NULL: each */
  bool subsection;           /* stands in [section "name"] */
} showing[] = {
    {"core", "attributesfile", false},
    {"core", "bigfilethreshold", false}, /* larger ones are "binary files" */
    {"core", "notesref", false},
    {"core", "pager", false},
    {"attr", NULL, false},
    {"color", NULL, true}, /* a colour may be that of the ground */
    {"diff", "external", false},
    {"diff", NULL, true}, /* drivers: textconv, command, binary */
    {"format", "pretty", false},
    {"gpg", "program", false},
    {"gpg", "program", true},
    {"log", "showroot", false},
    {"mailmap", NULL, false},
    {"notes", NULL, false},
    {"pager", NULL, false},
};

static enum pal_code judge_showing(const struct reader *r, const char *key, struct pal_err *err) {
  for (size_t i = 0; i < sizeof showing / sizeof showing[0]; i++)
    if (strcmp(r->section, showing[i].section) == 0 && r->has_subsection == showing[i].subsection &&
        (!showing[i].key || strcmp(key, showing[i].key) == 0))
      return pal_err_set(err, PAL_E_VERIFY,
                         "%s/config:%u: %s%s.%s changes what stock git shows of the snapshots; remove the line",
                         r->repo->path, r->line, r->section, r->has_subsection ? ".…" : "", key);
  return PAL_OK;
}

static enum pal_code read_key(struct reader *r, struct pal_err *err) {
  char key[WORD_MAX], value[VALUE_MAX] = "true"; /* what a key without "=" means */
  if (!*r->section || !take_word(r, false, key))
    return refuse(r, err, "a malformed line");
  skip_blanks(r);
  if (*r->at == '=') {
    r->at++;
    skip_blanks(r);
    if (!take_value(r, value))
      return refuse(r, err, "a malformed value");
  } else if (*r->at == '#' || *r->at == ';') {
    skip_line(r);
  } else if (*r->at && *r->at != '\n' && *r->at != '\r') {
    return refuse(r, err, "a malformed line");
  }
  if (strcmp(r->section, "extensions") == 0)
    return judge_extension(r, key, value, err);
  enum pal_code code = judge_showing(r, key, err);
  if (code != PAL_OK || r->has_subsection)
    return code;
  if (strcmp(r->section, "core") == 0)
    return judge_core(r, key, value, err);
  if (strcmp(r->section, "palscan") == 0 && strcmp(key, "id") == 0)
    return judge_id(r, value, err);
  return PAL_OK;
}

static enum pal_code read_all(struct reader *r, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  while (code == PAL_OK && *r->at) {
    skip_blanks(r);
    if (*r->at == '\n') {
      r->at++;
      r->line++;
    } else if (*r->at == '#' || *r->at == ';') {
      skip_line(r);
    } else if (*r->at == '[') {
      code = read_section(r, err);
    } else if (*r->at) {
      code = read_key(r, err);
    }
  }
  return code;
}

enum pal_code pal_config_check(const struct pal_repo *repo, char id[37], struct pal_err *err) {
  struct pal_path path;
  struct pal_buf text;
  pal_buf_init(&text, PAL_CONFIG_BYTES_MAX);
  enum pal_code code = pal_path_format(&path, err, "%s/config", repo->path);
  if (code == PAL_OK && pal_file_read(path.s, "git configuration", 0, PAL_CONFIG_BYTES_MAX, &text, err) != PAL_OK)
    code = pal_err_set(err, PAL_E_VERIFY, "%s", err ? err->text : "git configuration unreadable");
  struct reader reader = {.repo = repo, .at = text.data, .line = 1};
  if (code == PAL_OK && memchr(text.data, '\0', text.len))
    code = refuse(&reader, err, "not text");
  if (code == PAL_OK)
    code = read_all(&reader, err);
  if (code == PAL_OK && !reader.bare)
    code = pal_err_set(err, PAL_E_VERIFY, "%s: not a bare repository; git clone --bare makes one that palscan opens",
                       repo->path);
  if (code == PAL_OK)
    memcpy(id, reader.id, sizeof reader.id);
  pal_buf_deinit(&text);
  return code;
}
