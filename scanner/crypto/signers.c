/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signers.c - allowed_signers, the file of ssh-keygen(1): a line is
 * PRINCIPALS [OPTIONS] TYPE KEY [COMMENT]. What this reader takes, ssh-keygen
 * takes with the same meaning; what would need a zone, a certificate or a kind of
 * key that is not taken is refused, with the line.
 */
#include "signers.h"

#include <stdlib.h>
#include <string.h>

#include "pal_arena.h"
#include "pal_file.h"
#include "pal_text.h"

enum { LINE_MAX_BYTES = 16 << 10 };

struct source {
  const char *name;
  int line;
};

static enum pal_code bad(const struct source *source, struct pal_err *err, const char *what) {
  return pal_err_set(err, PAL_E_INPUT, "%s:%d: %s", source->name, source->line, what);
}

static bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

/* --- patterns --- */

static bool pattern_matches(const char *pattern, size_t len, const char *text) {
  const char *end = pattern + len, *star = NULL, *retry = NULL;
  while (*text) {
    if (pattern < end && *pattern == '*') {
      star = ++pattern;
      retry = text;
    } else if (pattern < end && (*pattern == '?' || *pattern == *text)) {
      pattern++;
      text++;
    } else if (star) {
      pattern = star;
      text = ++retry;
    } else {
      return false;
    }
  }
  while (pattern < end && *pattern == '*')
    pattern++;
  return pattern == end;
}

bool signer_matches(const char *patterns, const char *text) {
  bool found = false;
  for (const char *at = patterns;; at++) {
    size_t len = strcspn(at, ",");
    bool not = len > 0 && *at == '!';
    if (pattern_matches(at + not, len - not, text)) {
      if (not )
        return false;
      found = true;
    }
    at += len;
    if (!*at)
      return found;
  }
}

bool pal_signer_signs(const struct pal_signer *signer, const char *space) {
  return !signer->namespaces || signer_matches(signer->namespaces, space);
}

bool pal_signer_is(const struct pal_signer *signer, const char *person) {
  return signer_matches(signer->principals, person);
}

/* --- one line --- */

/* A word, or what stands in quotes (without them). *at is behind it and the blanks after it; NULL: no word. */
static char *get_word(char **at) {
  char *word = *at, *end;
  if (*word == '"') {
    word++;
    end = strchr(word, '"');
    if (!end || (end[1] && !is_blank(end[1])))
      return NULL;
  } else {
    end = word + strcspn(word, " \t");
    if (memchr(word, '"', (size_t)(end - word)))
      return NULL;
  }
  *at = end;
  if (**at)
    *(*at)++ = '\0';
  while (is_blank(**at))
    ++*at;
  return *word ? word : NULL;
}

/* YYYYMMDDZ, YYYYMMDDHHMMZ, YYYYMMDDHHMMSSZ: UTC. */
static bool read_time(const char *text, struct pal_instant *ret) {
  char full[] = "YYYY-MM-DDTHH:MM:SSZ";
  static const uint8_t places[] = {0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18};
  size_t digits = strspn(text, "0123456789");
  if ((digits != 8 && digits != 12 && digits != 14) || strcmp(text + digits, "Z") != 0)
    return false;
  for (size_t i = 0; i < sizeof places; i++)
    full[places[i]] = i < digits ? text[i] : '0';
  return pal_instant_parse(full, ret);
}

static bool is_option(const char *option, const char *name) {
  size_t len = strlen(name);
  return strncmp(option, name, len) == 0 && (option[len] == '\0' || option[len] == '=' || option[len] == ',');
}

/* Reads NAME="VALUE" and the comma behind it; NULL when it is not of that form. */
static const char *get_value(char **at) {
  char *value = *at + strcspn(*at, "=,");
  if (value[0] != '=' || value[1] != '"')
    return NULL;
  value += 2;
  char *end = strchr(value, '"');
  if (!end || memchr(value, '\\', (size_t)(end - value)) || (end[1] != '\0' && end[1] != ','))
    return NULL;
  *at = end[1] ? end + 2 : end + 1;
  if (end[1] && !**at)
    return NULL;
  *end = '\0';
  return value;
}

static enum pal_code read_options(const struct source *source, char *at, struct pal_signer *signer,
                                  struct pal_err *err) {
  while (*at) {
    struct pal_instant instant;
    if (is_option(at, "cert-authority"))
      return bad(source, err, "cert-authority: certificates are not supported; list each person's own key");
    bool space = is_option(at, "namespaces"), after = is_option(at, "valid-after");
    if (!space && !after && !is_option(at, "valid-before"))
      return bad(source, err, "an option that is not known; known are namespaces, valid-after and valid-before");
    const char *value = get_value(&at);
    if (!value || !*value)
      return bad(source, err, "an option needs a value in quotes, and a comma before the next");
    if (space && signer->namespaces)
      return bad(source, err, "namespaces stands there twice");
    if (space) {
      signer->namespaces = value;
      continue;
    }
    if (after ? signer->has_after : signer->has_before)
      return bad(source, err, "an option stands there twice");
    if (!read_time(value, &instant))
      return bad(source, err,
                 "a time must be written as YYYYMMDDZ, YYYYMMDDHHMMZ or YYYYMMDDHHMMSSZ; without Z its meaning would "
                 "depend on the time zone of the host");
    *(after ? &signer->after : &signer->before) = instant;
    *(after ? &signer->has_after : &signer->has_before) = true;
  }
  return signer->has_after && signer->has_before && pal_instant_cmp(signer->after, signer->before) >= 0
             ? bad(source, err, "valid-after is not before valid-before")
             : PAL_OK;
}

static enum pal_code read_key(const struct source *source, struct pal_arena *arena, const char *type, const char *key,
                              struct signer *signer, struct pal_err *err) {
  size_t len = strlen(key), n = 0;
  uint8_t *bytes = pal_arena_alloc(arena, len + 1);
  const struct ssh_type *kind = NULL;
  EVP_PKEY *public = NULL;
  if (!bytes)
    return pal_err_nomem(err);
  if (!ssh_base64_decode(key, len, bytes, &n))
    return bad(source, err, "its key is no base64");
  signer->blob = (struct ssh_bytes){bytes, n};
  enum pal_code code = ssh_public_read(signer->blob, &public, &kind, err);
  EVP_PKEY_free(public);
  if (code == PAL_E_INPUT)
    return pal_err_wrap(err, "%s:%d", source->name, source->line);
  if (code != PAL_OK)
    return code;
  if (strcmp(kind->name, type) != 0)
    return bad(source, err, "its key is of another kind than the line says");
  signer->told.type = kind->name;
  signer->told.key = pal_arena_printf(arena, "%s %s", type, key);
  if (!signer->told.key)
    return pal_err_nomem(err);
  return ssh_fingerprint(signer->blob, signer->told.fingerprint, err);
}

/* The options as they stand up to the next blank outside quotes; NULL when a quote is not closed. */
static char *get_options(char **at) {
  char *options = *at;
  bool quoted = false;
  for (; **at && (quoted || !is_blank(**at)); ++*at)
    quoted = **at == '"' ? !quoted : quoted;
  if (quoted)
    return NULL;
  if (**at)
    *(*at)++ = '\0';
  while (is_blank(**at))
    ++*at;
  return options;
}

static bool looks_like_type(const char *word) {
  size_t len = strcspn(word, " \t");
  static const char *const starts[] = {"ssh-", "ecdsa-", "sk-", "rsa-", "webauthn-"};
  for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
    if (strncmp(word, starts[i], strlen(starts[i])) == 0 && !memchr(word, '=', len))
      return true;
  return false;
}

static enum pal_code read_line(const struct source *source, struct pal_signers *signers, char *at,
                               struct pal_err *err) {
  struct signer signer = {.told.line = source->line};
  enum pal_code code = PAL_OK;
  signer.told.principals = get_word(&at);
  if (!signer.told.principals)
    return bad(source, err, "it does not begin with the people the key belongs to");
  if (!*at)
    return bad(source, err, "it names no key");
  if (!looks_like_type(at)) {
    char *options = get_options(&at);
    if (!options)
      return bad(source, err, "a quote is not closed");
    code = read_options(source, options, &signer.told, err);
  }
  if (code != PAL_OK)
    return code;
  const char *type = *at ? get_word(&at) : NULL, *key = *at ? get_word(&at) : NULL;
  if (!type || !key)
    return bad(source, err, "it names no key");
  if (!ssh_type_named((struct ssh_bytes){(const uint8_t *)type, strlen(type)}))
    return bad(source, err, "its key is of a kind that is not taken; those are " SSH_TYPES_TEXT);
  code = read_key(source, signers->arena, type, key, &signer, err);
  if (code != PAL_OK)
    return code;
  if (signers->n == PAL_SIGNERS_MAX)
    return pal_err_set(err, PAL_E_LIMIT, "%s: more than %d keys", source->name, PAL_SIGNERS_MAX);
  signers->v = pal_arena_grow(signers->arena, signers->v, signers->n, &signers->cap, sizeof *signers->v);
  if (!signers->v)
    return pal_err_nomem(err);
  signers->v[signers->n++] = signer;
  return PAL_OK;
}

/* --- the file --- */

static enum pal_code read_lines(const char *text, size_t len, const char *name, struct pal_signers *signers,
                                struct pal_err *err) {
  struct source source = {.name = name};
  if (memchr(text, '\0', len) || !pal_utf8_valid(text, len))
    return pal_err_set(err, PAL_E_INPUT, "%s: it is no text in UTF-8", name);
  for (const char *at = text, *end = text + len; at < end;) {
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    size_t n = (size_t)((newline ? newline : end) - at), used = n;
    source.line++;
    while (used > 0 && (at[used - 1] == '\r' || is_blank(at[used - 1])))
      used--;
    if (used > LINE_MAX_BYTES)
      return bad(&source, err, "it is too long");
    char *line = pal_arena_strndup(signers->arena, at, used);
    if (!line)
      return pal_err_nomem(err);
    while (is_blank(*line))
      line++;
    enum pal_code code = *line && *line != '#' ? read_line(&source, signers, line, err) : PAL_OK;
    if (code != PAL_OK)
      return code;
    at += n + (newline != NULL);
  }
  return PAL_OK;
}

enum pal_code pal_signers_parse(const char *text, size_t len, const char *name, struct pal_signers **ret,
                                struct pal_err *err) {
  struct pal_arena *arena = pal_arena_new(0);
  struct pal_signers *signers = arena ? pal_arena_calloc(arena, 1, sizeof *signers) : NULL;
  if (!signers) {
    pal_arena_free(arena);
    return pal_err_nomem(err);
  }
  signers->arena = arena;
  enum pal_code code = len <= PAL_SIGNERS_FILE_MAX
                           ? read_lines(text, len, name, signers, err)
                           : pal_err_set(err, PAL_E_LIMIT, "%s: more than %d bytes", name, PAL_SIGNERS_FILE_MAX);
  if (code == PAL_OK)
    *ret = signers;
  else
    pal_signers_free(signers);
  return code;
}

enum pal_code pal_signers_open(const char *path, const char *kind, struct pal_signers **ret, struct pal_err *err) {
  struct pal_buf text;
  pal_buf_init(&text, PAL_SIGNERS_FILE_MAX);
  enum pal_code code = pal_file_read(path, kind, PAL_FILE_TRUSTED, PAL_SIGNERS_FILE_MAX, &text, err);
  if (code == PAL_OK)
    code = pal_signers_parse(text.data, text.len, path, ret, err);
  pal_buf_deinit(&text);
  return code;
}

void pal_signers_free(struct pal_signers *signers) {
  if (signers)
    pal_arena_free(signers->arena);
}

size_t pal_signers_n(const struct pal_signers *signers) {
  return signers->n;
}

const struct pal_signer *pal_signers_get(const struct pal_signers *signers, size_t i) {
  return &signers->v[i].told;
}
