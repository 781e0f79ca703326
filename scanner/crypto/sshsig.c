/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sshsig.c - SSHSIG: what is signed is not the message but a frame of magic,
 * namespace and the message's hash, so that a signature for one use can be none
 * for another. The frame's bytes cannot begin any other thing SSH keys sign.
 */
#include <openssl/evp.h>
#include <string.h>

#include "signers.h"
#include "ssh_private.h"

enum { VERSION = 1, LINE_LEN = 70, HASH_MAX = 64 };

static const char magic[] = "SSHSIG"; /* without its NUL */
enum { MAGIC_LEN = sizeof magic - 1 };
static const char begin[] = "-----BEGIN SSH SIGNATURE-----";
static const char finish[] = "-----END SSH SIGNATURE-----";

struct signature { /* borrowed from its bytes */
  struct ssh_bytes public, space, hash, raw;
};

/* --- the frame --- */

static enum pal_code make_frame(const char *space, const char *hash, const void *bytes, size_t len, struct pal_buf *out,
                                struct pal_err *err) {
  uint8_t digest[HASH_MAX];
  size_t digest_len = 0;
  if (EVP_Q_digest(NULL, strcmp(hash, "sha256") == 0 ? "SHA256" : "SHA512", NULL, bytes, len, digest, &digest_len) != 1)
    return ssh_failed(PAL_E_INTERNAL, "no hash can be made", err);
  pal_buf_add(out, magic, MAGIC_LEN);
  ssh_put_text(out, space);
  ssh_put_text(out, ""); /* reserved */
  ssh_put_text(out, hash);
  ssh_put_string(out, digest, digest_len);
  return pal_buf_check(out, "what is signed", err);
}

/* --- making --- */

static void put_armor(struct pal_buf *out, const struct pal_buf *bytes) {
  struct pal_buf text;
  pal_buf_init(&text, PAL_SSHSIG_MAX);
  ssh_base64_encode(&text, bytes->data, bytes->len);
  pal_buf_printf(out, "%s\n", begin);
  for (size_t at = 0; at < text.len; at += LINE_LEN)
    pal_buf_printf(out, "%.*s\n", LINE_LEN, text.data + at);
  pal_buf_printf(out, "%s\n", finish);
  if (text.bad != PAL_OK && out->bad == PAL_OK)
    out->bad = text.bad;
  pal_buf_deinit(&text);
}

static enum pal_code sign_frame(const struct pal_ssh_key *key, const struct pal_buf *frame, struct pal_buf *raw,
                                struct pal_err *err) {
  bool good = false;
  enum pal_code code = ssh_sign(key->key, key->type, frame->data, frame->len, raw, err);
  /* A signature that is wrong may betray the key that made it: it never leaves. */
  if (code == PAL_OK)
    code = ssh_check(key->key, key->type, (struct ssh_bytes){(const uint8_t *)raw->data, raw->len}, frame->data,
                     frame->len, &good, err);
  return code == PAL_OK && !good
             ? pal_err_set(err, PAL_E_INTERNAL, "the signature that was made does not hold: the key is damaged")
             : code;
}

enum pal_code pal_sshsig_make(const struct pal_ssh_key *key, const char *space, const void *bytes, size_t len,
                              struct pal_buf *out, struct pal_err *err) {
  struct pal_buf frame, raw, blob;
  if (!*space)
    return pal_err_set(err, PAL_E_INTERNAL, "a signature needs a namespace");
  pal_buf_init(&frame, SSH_BLOB_MAX);
  pal_buf_init(&raw, SSH_BLOB_MAX);
  pal_buf_init(&blob, PAL_SSHSIG_MAX / 2);
  enum pal_code code = make_frame(space, "sha512", bytes, len, &frame, err);
  if (code == PAL_OK)
    code = sign_frame(key, &frame, &raw, err);
  if (code == PAL_OK) {
    pal_buf_add(&blob, magic, MAGIC_LEN);
    ssh_put_u32(&blob, VERSION);
    ssh_put_string(&blob, key->blob.data, key->blob.len);
    ssh_put_text(&blob, space);
    ssh_put_text(&blob, "");
    ssh_put_text(&blob, "sha512");
    ssh_put_string(&blob, raw.data, raw.len);
    code = pal_buf_check(&blob, "a signature", err);
  }
  if (code == PAL_OK) {
    put_armor(out, &blob);
    code = pal_buf_check(out, "a signature", err);
  }
  pal_buf_deinit(&frame);
  pal_buf_deinit(&raw);
  pal_buf_deinit(&blob);
  return code;
}

/* --- reading --- */

static bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The bytes within the armor; blanks around it are nobody's. out holds PAL_SSHSIG_MAX bytes. */
static bool unarmor(const char *text, uint8_t *out, size_t *ret_len) {
  size_t len = strlen(text);
  while (len > 0 && is_space(text[len - 1]))
    len--;
  while (len > 0 && is_space(*text)) {
    text++;
    len--;
  }
  size_t head = strlen(begin), tail = strlen(finish);
  if (len > PAL_SSHSIG_MAX || len < head + tail || memcmp(text, begin, head) != 0 ||
      memcmp(text + len - tail, finish, tail) != 0)
    return false;
  return ssh_base64_decode(text + head, len - head - tail, out, ret_len);
}

static bool read_blob(struct ssh_bytes blob, struct signature *ret) {
  struct ssh_reader reader = {.left = blob};
  if (!ssh_get_magic(&reader, magic, MAGIC_LEN) || ssh_get_u32(&reader) != VERSION)
    return false;
  ret->public = ssh_get_string(&reader);
  ret->space = ssh_get_string(&reader);
  (void)ssh_get_string(&reader); /* reserved: whoever reads this version ignores it, and signs "" in its place */
  ret->hash = ssh_get_string(&reader);
  ret->raw = ssh_get_string(&reader);
  return ssh_at_end(&reader) && ret->space.len > 0;
}

/* --- judging --- */

static enum pal_code say(struct pal_sshsig_verdict *ret, enum pal_sshsig_state state, const char *why) {
  ret->state = state;
  size_t len = strnlen(why, sizeof ret->why - 1);
  memcpy(ret->why, why, len);
  ret->why[len] = '\0';
  return PAL_OK;
}

/* PAL_E_INPUT is a verdict about the signature; no memory is none. */
static enum pal_code say_malformed(struct pal_sshsig_verdict *ret, enum pal_code code, struct pal_err *err) {
  return code == PAL_E_INPUT ? say(ret, PAL_SSHSIG_MALFORMED, err->text) : code;
}

static enum pal_code check(const struct signature *signature, const char *space, const void *bytes, size_t len,
                           struct pal_sshsig_verdict *ret, struct pal_err *err) {
  const struct ssh_type *type = NULL;
  EVP_PKEY *key = NULL;
  struct pal_buf frame;
  struct pal_err why = {0};
  bool good = false;
  const char *hash = ssh_is(signature->hash, "sha512") ? "sha512" : ssh_is(signature->hash, "sha256") ? "sha256" : NULL;
  if (!hash)
    return say(ret, PAL_SSHSIG_MALFORMED, "its hash is neither SHA-512 nor SHA-256");
  enum pal_code code = ssh_public_read(signature->public, &key, &type, &why);
  if (code == PAL_E_INPUT)
    return say_malformed(ret, code, &why);
  if (code != PAL_OK) {
    *err = why;
    return code;
  }
  ret->type = type->name;
  pal_buf_init(&frame, SSH_BLOB_MAX);
  code = ssh_fingerprint(signature->public, ret->fingerprint, err);
  if (code == PAL_OK && !ssh_is(signature->space, space)) {
    code = say(ret, PAL_SSHSIG_OTHER_NAMESPACE, "it was made for another use: its namespace is another");
  } else if (code == PAL_OK) {
    code = make_frame(space, hash, bytes, len, &frame, err);
    if (code == PAL_OK) {
      code = ssh_check(key, type, signature->raw, frame.data, frame.len, &good, &why);
      if (code == PAL_E_INPUT)
        code = say_malformed(ret, code, &why);
      else if (code != PAL_OK)
        *err = why;
      else if (!good)
        code = say(ret, PAL_SSHSIG_FALSE, "what was signed is not what stands here");
    }
  }
  pal_buf_deinit(&frame);
  EVP_PKEY_free(key);
  return code;
}

/* The line that lets this key sign; else what came nearest to it. */
static void find(const struct pal_signers *signers, struct ssh_bytes key, const char *principal, const char *space,
                 struct pal_instant at, struct pal_sshsig_verdict *ret) {
  static const char *const texts[] = {
      [PAL_SSHSIG_UNKNOWN_KEY] = "its key is not in the list of those whose signatures count",
      [PAL_SSHSIG_OTHER_PERSON] = "its key belongs to another person",
      [PAL_SSHSIG_NOT_ALLOWED] = "its key is not allowed to sign for this use",
      [PAL_SSHSIG_NOT_THEN] = "its key was not valid at that time",
  };
  enum pal_sshsig_state nearest = PAL_SSHSIG_UNKNOWN_KEY;
  for (size_t i = 0; i < signers->n; i++) {
    const struct signer *signer = &signers->v[i];
    const struct pal_signer *told = &signer->told;
    if (!ssh_same(signer->blob, key))
      continue;
    bool then = (!told->has_after || pal_instant_cmp(at, told->after) >= 0) &&
                (!told->has_before || pal_instant_cmp(at, told->before) <= 0);
    enum pal_sshsig_state state = principal && !signer_matches(told->principals, principal) ? PAL_SSHSIG_OTHER_PERSON
                                  : !pal_signer_signs(told, space)                          ? PAL_SSHSIG_NOT_ALLOWED
                                  : !then                                                   ? PAL_SSHSIG_NOT_THEN
                                                                                            : PAL_SSHSIG_GOOD;
    if (state == PAL_SSHSIG_GOOD) {
      ret->signer = told;
      return;
    }
    if (state > nearest)
      nearest = state;
  }
  (void)say(ret, nearest, texts[nearest]);
}

enum pal_code pal_sshsig_verify(const struct pal_signers *signers, const char *principal, const char *space,
                                struct pal_instant at, const void *bytes, size_t len, const char *armored,
                                struct pal_sshsig_verdict *ret, struct pal_err *err) {
  uint8_t blob[PAL_SSHSIG_MAX];
  size_t blob_len = 0;
  struct signature signature;
  *ret = (struct pal_sshsig_verdict){.state = PAL_SSHSIG_GOOD};
  if (!unarmor(armored, blob, &blob_len) || !read_blob((struct ssh_bytes){blob, blob_len}, &signature))
    return say(ret, PAL_SSHSIG_MALFORMED, "it is no signature in the SSHSIG format");
  enum pal_code code = check(&signature, space, bytes, len, ret, err);
  if (code == PAL_OK && ret->state == PAL_SSHSIG_GOOD)
    find(signers, signature.public, principal, space, at, ret);
  return code;
}
