/* SPDX-License-Identifier: Apache-2.0 */
/* approval.c - whether an acceptance is signed by its approver, out of the settings of the run. */
#include <stdlib.h>
#include <string.h>

#include "pal_acceptance.h"
#include "pal_text.h"

enum { NAME_MAX_BYTES = 512, ACCEPTANCE_BYTES_MAX = 4 << 20 };

/* The code point of an escape "\\uXXXX", of two where it takes two; *ret_len: its bytes. */
static uint32_t read_escape(const char *at, size_t *ret_len) {
  char digits[5] = {0};
  memcpy(digits, at + 2, 4);
  uint32_t code = (uint32_t)strtoul(digits, NULL, 16);
  *ret_len = 6;
  if ((code & 0xFC00) != 0xD800)
    return code;
  memcpy(digits, at + 8, 4);
  *ret_len = 12;
  return 0x10000 + ((code & 0x3FF) << 10) + ((uint32_t)strtoul(digits, NULL, 16) & 0x3FF);
}

/*
 * Canonical JSON tells in numbers what a reader does not see. Stock tools do not, and whoever signs or verifies with
 * ssh-keygen has the bytes from jq: letters for five control characters, numbers for the others, all else as it is.
 */
static void put_as_jq(struct pal_buf *out, const char *json) {
  static const char letters[] = "btn?fr"; /* of U+0008 on */
  for (size_t len; *json; json += len) {
    len = strcspn(json, "\\");
    pal_buf_add(out, json, len);
    json += len;
    len = *json ? 2 : 0;
    uint32_t code = len && json[1] == 'u' ? read_escape(json, &len) : '?';
    bool has_letter = code >= 0x08 && code <= 0x0D && code != 0x0B;
    if (len > 2 && has_letter)
      pal_buf_add(out, (const char[]){'\\', letters[code - 0x08]}, 2);
    else if (len <= 2 || code < ' ' || code == 0x7F)
      pal_buf_add(out, json, len);
    else
      pal_utf8_encode(out, code);
  }
}

enum pal_code pal_acceptance_bytes(const struct pal_record *waiver, struct pal_buf *out, struct pal_err *err) {
  struct pal_arena *arena = pal_arena_new(0);
  struct pal_record *copy = arena ? pal_record_dup(arena, waiver) : NULL;
  struct pal_buf text;
  pal_buf_init(&text, ACCEPTANCE_BYTES_MAX);
  if (copy) {
    pal_set_absent(copy, PAL_WAIVER_SIGNATURE);
    pal_record_compact(copy, &text);
  }
  pal_arena_free(arena);
  enum pal_code code = copy ? pal_buf_check(&text, "a risk acceptance", err) : pal_err_nomem(err);
  if (code == PAL_OK) {
    put_as_jq(out, text.data);
    pal_buf_putc(out, '\n');
    code = pal_buf_check(out, "a risk acceptance", err);
  }
  pal_buf_deinit(&text);
  return code;
}

/* --- whose signature counts --- */

static enum pal_code put_instant(struct pal_arena *arena, struct pal_record *record, int field, bool has,
                                 struct pal_instant at, struct pal_err *err) {
  char text[PAL_INSTANT_MAX];
  pal_instant_format(at, text);
  return has ? pal_set_text(arena, record, field, text, err) : PAL_OK;
}

enum pal_code pal_approvers_put(struct pal_arena *arena, const struct pal_signers *signers, struct pal_record *settings,
                                struct pal_err *err) {
  enum pal_code code = PAL_OK;
  pal_set_empty(settings, PAL_SETTINGS_APPROVERS);
  for (size_t i = 0; i < pal_signers_n(signers) && code == PAL_OK; i++) {
    const struct pal_signer *signer = pal_signers_get(signers, i);
    if (!pal_signer_signs(signer, PAL_SIGNS_ACCEPTANCES))
      continue;
    struct pal_record *record = pal_record_new(arena, &pal_kind_SIGNER);
    if (!record)
      return pal_err_nomem(err);
    code = pal_set_text(arena, record, PAL_SIGNER_PRINCIPALS, signer->principals, err);
    if (code == PAL_OK)
      code = pal_set_text(arena, record, PAL_SIGNER_KEY, signer->key, err);
    if (code == PAL_OK)
      code = put_instant(arena, record, PAL_SIGNER_VALID_AFTER, signer->has_after, signer->after, err);
    if (code == PAL_OK)
      code = put_instant(arena, record, PAL_SIGNER_VALID_BEFORE, signer->has_before, signer->before, err);
    if (code == PAL_OK)
      code = pal_add_record(arena, settings, PAL_SETTINGS_APPROVERS, record, err);
  }
  return code;
}

/* NAME="YYYYMMDDHHMMSSZ", with what separates it from what stands before. */
static void say_time(struct pal_buf *out, const struct pal_record *signer, int field, const char *name,
                     const char **separator) {
  const char *text = pal_get_text(signer, field);
  if (!text)
    return;
  pal_buf_printf(out, "%s%s=\"", *separator, name);
  for (; *text && *text != '.'; text++) /* to the second, as the file had it */
    if (*text >= '0' && *text <= '9')
      pal_buf_putc(out, *text);
  pal_buf_puts(out, "Z\"");
  *separator = ",";
}

/* Through the reader of the file, so that a line means here what it means there. */
enum pal_code pal_approvers_read(const struct pal_record *settings, struct pal_signers **ret, struct pal_err *err) {
  struct pal_buf text;
  *ret = NULL;
  if (settings->v[PAL_SETTINGS_APPROVERS].is == PAL_ABSENT)
    return PAL_OK;
  const struct pal_records *list = pal_get_records(settings, PAL_SETTINGS_APPROVERS);
  pal_buf_init(&text, 2 * (size_t)PAL_SIGNERS_FILE_MAX);
  for (size_t i = 0; i < list->n; i++) {
    const char *separator = " ";
    pal_buf_printf(&text, "\"%s\"", pal_get_text(list->v[i], PAL_SIGNER_PRINCIPALS));
    say_time(&text, list->v[i], PAL_SIGNER_VALID_AFTER, "valid-after", &separator);
    say_time(&text, list->v[i], PAL_SIGNER_VALID_BEFORE, "valid-before", &separator);
    pal_buf_printf(&text, " %s\n", pal_get_text(list->v[i], PAL_SIGNER_KEY));
  }
  enum pal_code code = pal_buf_check(&text, "the approvers", err);
  if (code == PAL_OK)
    code = pal_signers_parse(text.data, text.len, "settings: approvers", ret, err);
  pal_buf_deinit(&text);
  return code;
}

/* --- one acceptance --- */

/* Whether one of the names a key is listed for is this person, however it is written. */
static bool names_person(const char *principals, const char *person) {
  for (const char *at = principals; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
    char name[NAME_MAX_BYTES];
    size_t len = strcspn(at, ",");
    if (len >= sizeof name)
      continue;
    memcpy(name, at, len);
    name[len] = '\0';
    if (pal_same_person(name, person))
      return true;
  }
  return false;
}

static bool is_key_of(const struct pal_signers *approvers, const char *fingerprint, const char *person) {
  for (size_t i = 0; i < pal_signers_n(approvers); i++) {
    const struct pal_signer *signer = pal_signers_get(approvers, i);
    if (strcmp(signer->fingerprint, fingerprint) == 0 &&
        (pal_signer_is(signer, person) || names_person(signer->principals, person)))
      return true;
  }
  return false;
}

static void refuse(struct pal_sshsig_verdict *ret, enum pal_sshsig_state state, const char *why) {
  ret->state = state;
  ret->signer = NULL;
  memcpy(ret->why, why, strlen(why) + 1);
}

enum pal_code pal_acceptance_verify(const struct pal_signers *approvers, const struct pal_record *waiver,
                                    struct pal_instant now, struct pal_sshsig_verdict *ret, struct pal_err *err) {
  const char *signature = pal_get_text(waiver, PAL_WAIVER_SIGNATURE);
  const char *approver = pal_get_text(waiver, PAL_WAIVER_APPROVER),
             *approved = pal_get_text(waiver, PAL_WAIVER_APPROVED);
  const char *requester = pal_get_text(waiver, PAL_WAIVER_REQUESTER);
  struct pal_instant at = now;
  struct pal_buf bytes;
  *ret = (struct pal_sshsig_verdict){.state = PAL_SSHSIG_MALFORMED};
  if (!signature || !approver) {
    refuse(ret, PAL_SSHSIG_MALFORMED, "it is not signed");
    return PAL_OK;
  }
  if (approved && !pal_instant_parse(approved, &at))
    return pal_err_set(err, PAL_E_INTERNAL, "an instant that is none");
  pal_buf_init(&bytes, ACCEPTANCE_BYTES_MAX);
  enum pal_code code = pal_acceptance_bytes(waiver, &bytes, err);
  if (code == PAL_OK)
    code =
        pal_sshsig_verify(approvers, approver, PAL_SIGNS_ACCEPTANCES, at, bytes.data, bytes.len, signature, ret, err);
  pal_buf_deinit(&bytes);
  if (code == PAL_OK && ret->state == PAL_SSHSIG_GOOD && requester && is_key_of(approvers, ret->fingerprint, requester))
    refuse(ret, PAL_SSHSIG_OTHER_PERSON, "its key belongs to the requester too");
  return code;
}
