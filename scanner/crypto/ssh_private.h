/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SSH_PRIVATE_H
#define SSH_PRIVATE_H
/* ssh_private.h - what is in a private key that was read, for who signs with it. */
#include "ssh_key.h"

struct pal_ssh_key {
  EVP_PKEY *key;
  const struct ssh_type *type;
  struct pal_buf blob;   /* its public half */
  struct pal_buf public; /* … as a line of authorized_keys */
  char fingerprint[PAL_SSH_FINGERPRINT_MAX];
  struct pal_buf text; /* the file's: a secret, registered as long as the key lives */
  bool registered;
};

struct ssh_bytes ssh_private_blob(const struct pal_ssh_key *key);

#endif
