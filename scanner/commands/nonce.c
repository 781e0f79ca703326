/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nonce.c - one file for each nonce and for each imported digest, 0600, in the
 * state folder. The name is the nonce or the digest, hexadecimal.
 *
 *   collector/NONCE   "IDENTITY TENANT INSTANT\n": given out, not used yet
 *   imported/SHA256   "IDENTITY TENANT INSTANT\n": the file that was imported
 */
#include "nonce.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pal_digest.h"
#include "pal_file.h"
#include "pal_id.h"

enum {
  PATH_BYTES_MAX = 8192,
  NOTE_MAX = 256,
  FOLDER_MODE = 0700,
  NOTE_MODE = 0600,
  S_PER_DAY = 86400,
  NONCE_BYTES = PAL_NONCE_LEN / 2
};
#define GIVEN_OUT "collector"
#define IMPORTED "imported"

struct note {
  char identity[PAL_NAME_MAX + 1];
  char tenant[PAL_GUID_LEN + 1];
  char at[PAL_INSTANT_MAX];
};

static enum pal_code path_of(const char *state_dir, const char *folder, const char *name, struct pal_buf *out,
                             struct pal_err *err) {
  pal_buf_clear(out);
  pal_buf_printf(out, "%s/%s%s%s", state_dir, folder, name[0] != '\0' ? "/" : "", name);
  return pal_buf_check(out, "state folder", err);
}

static enum pal_code write_note(const char *state_dir, const char *folder, const char *name, const struct note *note,
                                struct pal_err *err) {
  struct pal_buf path;
  char text[NOTE_MAX];
  pal_buf_init(&path, PATH_BYTES_MAX);
  int n = snprintf(text, sizeof(text), "%s %s %s\n", note->identity, note->tenant, note->at);
  enum pal_code code = path_of(state_dir, folder, "", &path, err);
  if (code == PAL_OK)
    code = pal_dir_make(path.data, FOLDER_MODE, err);
  if (code == PAL_OK)
    code = path_of(state_dir, folder, name, &path, err);
  if (code == PAL_OK)
    code = pal_file_write(path.data, text, (size_t)n, NOTE_MODE, err);
  pal_buf_deinit(&path);
  return code;
}

/* Up to the blank or line end that closes the word. */
static bool take_word(const char **at, char end, char *out, size_t cap) {
  const char *stop = strchr(*at, end);
  size_t len = stop != NULL ? (size_t)(stop - *at) : 0;
  if (len == 0 || len >= cap)
    return false;
  memcpy(out, *at, len);
  out[len] = '\0';
  *at = stop + 1;
  return true;
}

static bool parse_note(const char *text, struct note *ret) {
  return take_word(&text, ' ', ret->identity, sizeof(ret->identity)) &&
         take_word(&text, ' ', ret->tenant, sizeof(ret->tenant)) && take_word(&text, '\n', ret->at, sizeof(ret->at)) &&
         *text == '\0';
}

/* *ret_there: whether there is one. */
static enum pal_code read_note(const char *state_dir, const char *folder, const char *name, struct note *ret,
                               bool *ret_there, struct pal_err *err) {
  struct pal_buf path, text;
  pal_buf_init(&path, PATH_BYTES_MAX);
  pal_buf_init(&text, NOTE_MAX);
  enum pal_code code = path_of(state_dir, folder, name, &path, err);
  *ret_there = code == PAL_OK && pal_path_exists(path.data);
  if (*ret_there)
    code = pal_file_read(path.data, "note of an import", PAL_FILE_SECRET, NOTE_MAX, &text, err);
  if (*ret_there && code == PAL_OK && !parse_note(text.data, ret))
    code = pal_err_set(err, PAL_E_VERIFY, "%s: is none that palscan wrote", path.data);
  pal_buf_deinit(&text);
  pal_buf_deinit(&path);
  return code;
}

static enum pal_code forget(const char *state_dir, const char *nonce, struct pal_err *err) {
  struct pal_buf path;
  pal_buf_init(&path, PATH_BYTES_MAX);
  enum pal_code code = path_of(state_dir, GIVEN_OUT, nonce, &path, err);
  if (code == PAL_OK && unlink(path.data) != 0 && errno != ENOENT)
    code = pal_err_set(err, PAL_E_IO, "%s: %s", path.data, strerror(errno));
  if (code == PAL_OK)
    code = path_of(state_dir, GIVEN_OUT, "", &path, err);
  if (code == PAL_OK && pal_path_exists(path.data))
    code = pal_fsync_dir(path.data, err);
  pal_buf_deinit(&path);
  return code;
}

static bool is_old(const struct note *note, struct pal_instant now) {
  struct pal_instant at;
  return !pal_instant_parse(note->at, &at) || now.s - at.s > (int64_t)PAL_NONCE_DAYS * S_PER_DAY;
}

struct sweep {
  const char *state_dir;
  struct pal_instant now;
};

static enum pal_code forget_old(void *payload, const char *name, struct pal_err *err) {
  const struct sweep *sweep = payload;
  struct note note;
  bool there = false;
  if (strlen(name) != PAL_NONCE_LEN)
    return PAL_OK; /* a temporary file of another process */
  enum pal_code code = read_note(sweep->state_dir, GIVEN_OUT, name, &note, &there, err);
  return code == PAL_OK && there && is_old(&note, sweep->now) ? forget(sweep->state_dir, name, err) : code;
}

static enum pal_code sweep(const char *state_dir, struct pal_instant now, struct pal_err *err) {
  struct sweep sweep = {state_dir, now};
  struct pal_buf path;
  pal_buf_init(&path, PATH_BYTES_MAX);
  enum pal_code code = path_of(state_dir, GIVEN_OUT, "", &path, err);
  if (code == PAL_OK && pal_path_exists(path.data))
    code = pal_dir_each(path.data, forget_old, &sweep, err);
  pal_buf_deinit(&path);
  return code;
}

static struct note make_note(const char *identity, const char *tenant, const char *at) {
  struct note note;
  (void)snprintf(note.identity, sizeof(note.identity), "%s", identity);
  (void)snprintf(note.tenant, sizeof(note.tenant), "%s", tenant);
  (void)snprintf(note.at, sizeof(note.at), "%s", at);
  return note;
}

enum pal_code pal_nonce_issue(const char *state_dir, const char *identity, const char *tenant, struct pal_instant now,
                              char out[PAL_NONCE_LEN + 1], struct pal_err *err) {
  uint8_t bytes[NONCE_BYTES];
  char at[PAL_INSTANT_MAX];
  pal_instant_format(now, at);
  struct note note = make_note(identity, tenant, at);
  enum pal_code code = sweep(state_dir, now, err);
  if (code == PAL_OK)
    code = pal_random(bytes, sizeof(bytes), err);
  if (code != PAL_OK)
    return code;
  pal_hex(bytes, sizeof(bytes), out);
  return write_note(state_dir, GIVEN_OUT, out, &note, err);
}

static enum pal_code check_nonce(const char *state_dir, const struct pal_declaration *d, struct pal_instant now,
                                 struct pal_err *err) {
  struct note note;
  bool there = false;
  enum pal_code code = read_note(state_dir, GIVEN_OUT, d->nonce, &note, &there, err);
  if (code != PAL_OK)
    return code;
  if (!there)
    return pal_err_set(err, PAL_E_INPUT,
                       "%s: at $.nonce: not one this user gave out here, or used before, or too old: ask for the file "
                       "again with a new palscan collector",
                       d->path);
  if (is_old(&note, now))
    return pal_err_set(err, PAL_E_INPUT, "%s: at $.nonce: given out on %.10s; it was good for %d days", d->path,
                       note.at, PAL_NONCE_DAYS);
  if (strcmp(note.identity, d->identity) != 0 || strcmp(note.tenant, d->tenant.s) != 0)
    return pal_err_set(err, PAL_E_INPUT, "%s: at $.nonce: given out for identity %s in tenant %s", d->path,
                       note.identity, note.tenant);
  struct pal_instant given, declared;
  if (pal_instant_parse(note.at, &given) && pal_instant_parse(d->date, &declared) && declared.s + S_PER_DAY < given.s)
    return pal_err_set(err, PAL_E_INPUT, "%s: at $.date: %s is before its nonce was given out, on %s", d->path, d->date,
                       note.at); /* a day, because clocks differ */
  return PAL_OK;
}

enum pal_code pal_nonce_check(const char *state_dir, const struct pal_declaration *declaration, struct pal_instant now,
                              struct pal_err *err) {
  struct note note;
  bool there = false;
  enum pal_code code = read_note(state_dir, IMPORTED, declaration->sha256, &note, &there, err);
  if (code == PAL_OK && there)
    return pal_err_set(err, PAL_E_INPUT,
                       "%s: this very file was imported before, for identity %s in tenant %s on %.10s",
                       declaration->path, note.identity, note.tenant, note.at);
  return code == PAL_OK && declaration->nonce[0] != '\0' ? check_nonce(state_dir, declaration, now, err) : code;
}

enum pal_code pal_nonce_spend(const char *state_dir, const struct pal_declaration *declaration, struct pal_err *err) {
  struct note note = make_note(declaration->identity, declaration->tenant.s, declaration->date);
  enum pal_code code = write_note(state_dir, IMPORTED, declaration->sha256, &note, err);
  return code == PAL_OK && declaration->nonce[0] != '\0' ? forget(state_dir, declaration->nonce, err) : code;
}
