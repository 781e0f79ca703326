/* SPDX-License-Identifier: Apache-2.0 */
/* ssh_private.c - a private key out of a private file: OpenSSH's own format (PROTOCOL.key) or PEM. */
#include "ssh_private.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "pal_file.h"
#include "pal_log.h"

enum { KEY_FILE_MAX = 64 << 10, ED25519_SEED_LEN = 32, BLOCK_LEN = 8 };

static const char openssh_begin[] = "-----BEGIN OPENSSH PRIVATE KEY-----";
static const char openssh_end[] = "-----END OPENSSH PRIVATE KEY-----";
static const char openssh_magic[] = "openssh-key-v1"; /* with its NUL */

static enum pal_code has_passphrase(struct pal_err *err) {
  return pal_err_set(err, PAL_E_INPUT,
                     "its private key has a passphrase, and keys of that kind are not read: make one without for this "
                     "use (ssh-keygen -t ed25519 -N '' -f FILE), or take the passphrase off a copy of it "
                     "(ssh-keygen -p -N '' -f COPY); keys in an ssh-agent are not asked either");
}

/* --- OpenSSH's own format --- */

/* After the key: its comment, then 1, 2, 3 … up to a full block. */
static bool ends_well(struct ssh_reader *reader) {
  (void)ssh_get_string(reader);
  for (size_t i = 0; i < reader->left.len; i++)
    if (reader->left.at[i] != i + 1)
      return false;
  return !reader->bad && reader->left.len < BLOCK_LEN;
}

static enum pal_code make_ed25519(struct ssh_bytes public, struct ssh_bytes secret, EVP_PKEY **ret,
                                  struct pal_err *err) {
  bool whole = public.len == ED25519_SEED_LEN && secret.len == 2 * (size_t)ED25519_SEED_LEN;
  *ret = whole ? EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret.at, ED25519_SEED_LEN) : NULL;
  return *ret ? PAL_OK : ssh_failed(PAL_E_INPUT, "its private key is malformed", err);
}

static enum pal_code read_secret(struct ssh_bytes secret, EVP_PKEY **ret, struct pal_err *err) {
  struct ssh_reader reader = {.left = secret};
  uint32_t check = ssh_get_u32(&reader), again = ssh_get_u32(&reader);
  const struct ssh_type *type = ssh_type_named(ssh_get_string(&reader));
  struct ssh_bytes first, second, third = {0};
  if (reader.bad || check != again)
    return pal_err_set(err, PAL_E_INPUT, "its private key is malformed");
  if (!type)
    return pal_err_set(err, PAL_E_INPUT, "its key is of a kind that is not taken; those are %s", SSH_TYPES_TEXT);
  if (type->curve) {
    bool right = ssh_is(ssh_get_string(&reader), type->curve);
    first = ssh_get_string(&reader);
    second = ssh_get_mpint(&reader);
    return right && ends_well(&reader) ? ssh_ec_key(type, first, second, ret, err)
                                       : pal_err_set(err, PAL_E_INPUT, "its private key is malformed");
  }
  if (!type->digest) {
    first = ssh_get_string(&reader);
    second = ssh_get_string(&reader);
    return ends_well(&reader) ? make_ed25519(first, second, ret, err)
                              : pal_err_set(err, PAL_E_INPUT, "its private key is malformed");
  }
  first = ssh_get_mpint(&reader);
  second = ssh_get_mpint(&reader);
  third = ssh_get_mpint(&reader);
  for (int i = 0; i < 3; i++) /* its factors and their inverse, which speed would need */
    (void)ssh_get_mpint(&reader);
  return ends_well(&reader) ? ssh_rsa_key(first, second, third, ret, err)
                            : pal_err_set(err, PAL_E_INPUT, "its private key is malformed");
}

static enum pal_code read_openssh(struct ssh_bytes bytes, EVP_PKEY **ret, struct pal_buf *ret_public,
                                  struct pal_err *err) {
  struct ssh_reader reader = {.left = bytes};
  if (!ssh_get_magic(&reader, openssh_magic, sizeof openssh_magic))
    return pal_err_set(err, PAL_E_INPUT, "its private key is malformed");
  struct ssh_bytes cipher = ssh_get_string(&reader), kdf = ssh_get_string(&reader);
  (void)ssh_get_string(&reader);
  uint32_t keys = ssh_get_u32(&reader);
  struct ssh_bytes public = ssh_get_string(&reader), secret = ssh_get_string(&reader);
  if (!reader.bad && (!ssh_is(cipher, "none") || !ssh_is(kdf, "none")))
    return has_passphrase(err);
  if (!ssh_at_end(&reader) || keys != 1)
    return pal_err_set(err, PAL_E_INPUT, "its private key is malformed");
  pal_buf_add(ret_public, public.at, public.len);
  return read_secret(secret, ret, err);
}

static enum pal_code unarmor(const char *text, EVP_PKEY **ret, struct pal_buf *ret_public, struct pal_err *err) {
  const char *begin = strstr(text, openssh_begin) + strlen(openssh_begin), *end = strstr(begin, openssh_end);
  if (!end)
    return pal_err_set(err, PAL_E_INPUT, "its private key is cut short");
  size_t len = (size_t)(end - begin), cap = len, n = 0;
  uint8_t *bytes = malloc(cap + 1);
  if (!bytes)
    return pal_err_nomem(err);
  enum pal_code code = ssh_base64_decode(begin, len, bytes, &n)
                           ? read_openssh((struct ssh_bytes){bytes, n}, ret, ret_public, err)
                           : pal_err_set(err, PAL_E_INPUT, "its private key is malformed");
  explicit_bzero(bytes, cap);
  free(bytes);
  return code;
}

/* --- PEM --- */

static int refuse_password(char *out, int size, int writing, void *payload) {
  bool *asked = payload;
  (void)out, (void)size, (void)writing;
  *asked = true;
  return -1;
}

static enum pal_code read_pem(const char *text, size_t len, EVP_PKEY **ret, struct pal_err *err) {
  bool asked = false;
  BIO *bio = BIO_new_mem_buf(text, (int)len);
  ERR_clear_error();
  *ret = bio ? PEM_read_bio_PrivateKey(bio, NULL, refuse_password, &asked) : NULL;
  BIO_free(bio);
  if (asked && !*ret) {
    ERR_clear_error();
    return has_passphrase(err);
  }
  return *ret ? PAL_OK : ssh_failed(PAL_E_INPUT, "its private key cannot be read", err);
}

/* --- the key --- */

static enum pal_code take(struct pal_ssh_key *key, struct pal_err *err) {
  struct pal_buf told;
  enum pal_code code = PAL_OK;
  pal_buf_init(&told, SSH_BLOB_MAX);
  if (strstr(key->text.data, openssh_begin))
    code = unarmor(key->text.data, &key->key, &told, err);
  else if (strstr(key->text.data, "PRIVATE KEY-----"))
    code = read_pem(key->text.data, key->text.len, &key->key, err);
  else if (strstr(key->text.data, "ssh-") == key->text.data || strstr(key->text.data, "ecdsa-") == key->text.data)
    code = pal_err_set(err, PAL_E_INPUT, "it is a public key: name the private one, whose name has no .pub");
  else
    code = pal_err_set(err, PAL_E_INPUT, "it holds no private key: neither OpenSSH's format nor PEM");
  if (code == PAL_OK)
    code = ssh_public_write(key->key, &key->type, &key->blob, err);
  /* What the file says of the public half is what people compare: it must be of this secret. */
  if (code == PAL_OK && told.len > 0 && (told.len != key->blob.len || memcmp(told.data, key->blob.data, told.len) != 0))
    code = pal_err_set(err, PAL_E_INPUT, "its private and its public key do not belong together");
  pal_buf_deinit(&told);
  if (code != PAL_OK)
    return code;
  pal_buf_printf(&key->public, "%s ", key->type->name);
  ssh_base64_encode(&key->public, key->blob.data, key->blob.len);
  code = pal_buf_check(&key->public, "a public key", err);
  return code == PAL_OK ? ssh_fingerprint(ssh_private_blob(key), key->fingerprint, err) : code;
}

enum pal_code pal_ssh_key_open(const char *path, const char *kind, struct pal_ssh_key **ret, struct pal_err *err) {
  struct pal_ssh_key *key = calloc(1, sizeof *key);
  if (!key)
    return pal_err_nomem(err);
  pal_buf_init(&key->text, KEY_FILE_MAX + 1);
  pal_buf_init(&key->blob, SSH_BLOB_MAX);
  pal_buf_init(&key->public, 2 * SSH_BLOB_MAX);
  enum pal_code code = pal_file_read(path, kind, PAL_FILE_SECRET, KEY_FILE_MAX, &key->text, err);
  if (code == PAL_OK) {
    if (strstr(key->text.data, "PRIVATE KEY-----")) {
      code = pal_secret_register(key->text.data, key->text.len, err);
      key->registered = code == PAL_OK;
    }
    if (code == PAL_OK)
      code = take(key, err);
    if (code != PAL_OK && code != PAL_E_NOMEM)
      code = pal_err_wrap(err, "%s %s", kind, path);
  }
  if (code == PAL_OK)
    *ret = key;
  else
    pal_ssh_key_free(key);
  return code;
}

void pal_ssh_key_free(struct pal_ssh_key *key) {
  if (!key)
    return;
  EVP_PKEY_free(key->key); /* clears its numbers */
  if (key->registered)
    pal_secret_forget(key->text.data, key->text.len);
  pal_buf_wipe(&key->text);
  pal_buf_deinit(&key->blob);
  pal_buf_deinit(&key->public);
  free(key);
}

struct ssh_bytes ssh_private_blob(const struct pal_ssh_key *key) {
  return (struct ssh_bytes){(const uint8_t *)key->blob.data, key->blob.len};
}

const char *pal_ssh_key_type(const struct pal_ssh_key *key) {
  return key->type->name;
}

const char *pal_ssh_key_fingerprint(const struct pal_ssh_key *key) {
  return key->fingerprint;
}

const char *pal_ssh_key_public(const struct pal_ssh_key *key) {
  return key->public.data;
}
