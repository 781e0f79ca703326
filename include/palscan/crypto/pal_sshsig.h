/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_SSHSIG_H
#define PAL_SSHSIG_H
/*
 * pal_sshsig.h - signatures in the SSHSIG format (PROTOCOL.sshsig of OpenSSH),
 * which `ssh-keygen -Y verify` and `git verify-commit` take, and the file that
 * says whose signatures count (allowed_signers of ssh-keygen(1)).
 *
 * A signature is made for one namespace and never counts in another. Which key
 * is whose is decided by the file alone: the verdict names the person only when
 * a line of it lets this key sign for that person, in this namespace, at that
 * time.
 */
#include <stdbool.h>
#include <stddef.h>

#include "pal_buf.h"
#include "pal_err.h"
#include "pal_time.h"

/* One per role: a key may be allowed for some of them only. */
#define PAL_SIGNS_COMMITS "git"
#define PAL_SIGNS_REVIEWS "palscan-review"
#define PAL_SIGNS_ACCEPTANCES "palscan-waiver"
#define PAL_SIGNS_MANIFESTS "palscan-manifest"
#define PAL_SIGNS_SHARDS "palscan-shard"
#define PAL_SIGNS_IMPORTS "palscan-import"

enum {
  PAL_SSH_FINGERPRINT_MAX = 52, /* "SHA256:", 43 characters, NUL; with room */
  PAL_SSHSIG_MAX = 16 << 10,    /* bytes of an armored signature */
  PAL_SIGNERS_FILE_MAX = 1 << 20,
  PAL_SIGNERS_MAX = 4096 /* lines that name a key */
};

/* --- a private key that signs --- */

struct pal_ssh_key; /* opaque */

/* Reads a private key from a private file (PAL_FILE_SECRET): OpenSSH's own
 * format or PKCS#8 PEM; Ed25519, ECDSA P-256, P-384 or P-521, RSA of 2048 bits or
 * more; without a passphrase. `kind` names the file in errors ("sign.key"). The
 * file's text is a registered secret as long as the key lives.
 * PAL_E_INPUT: no such file, not private, or no key that is taken; the text says
 * what to do about a passphrase. */
enum pal_code pal_ssh_key_open(const char *path, const char *kind, struct pal_ssh_key **ret, struct pal_err *err)
    PAL_MUST_CHECK;
void pal_ssh_key_free(struct pal_ssh_key *key); /* takes NULL; wipes */
/* Borrowed: "ssh-ed25519"; "SHA256:…"; "ssh-ed25519 AAAA…" as in authorized_keys, without a comment. */
const char *pal_ssh_key_type(const struct pal_ssh_key *key);
const char *pal_ssh_key_fingerprint(const struct pal_ssh_key *key);
const char *pal_ssh_key_public(const struct pal_ssh_key *key);

/* Appends an armored signature with a newline at its end. The hash is SHA-512;
 * RSA signs as rsa-sha2-512. `space` must not be empty. What was made is verified
 * before it is given away: PAL_E_INTERNAL when it does not hold. */
enum pal_code pal_sshsig_make(const struct pal_ssh_key *key, const char *space, const void *bytes, size_t len,
                              struct pal_buf *out, struct pal_err *err) PAL_MUST_CHECK;

/* --- whose signatures count --- */

struct pal_signers; /* opaque */

struct pal_signer {       /* one line of the file; borrowed from the signers */
  const char *principals; /* patterns with * and ?, separated by commas, ! excludes */
  const char *namespaces; /* patterns likewise; NULL: every namespace */
  bool has_after, has_before;
  struct pal_instant after, before; /* first and last instant at which the key counts */
  const char *type;
  const char *key; /* "ssh-ed25519 AAAA…" */
  char fingerprint[PAL_SSH_FINGERPRINT_MAX];
  int line;
};

/* Reads the text of an allowed_signers file; `name` is the file's, for errors.
 * PAL_E_INPUT names the line: what cannot be read, a kind of key that is not
 * taken, cert-authority (certificates are not supported), an unknown option, a
 * time without Z (its meaning would depend on the zone of the host). */
enum pal_code pal_signers_parse(const char *text, size_t len, const char *name, struct pal_signers **ret,
                                struct pal_err *err) PAL_MUST_CHECK;
/* The same from a file that nobody but its owner, the caller or root, can write:
 * whoever can write it decides whose signatures count. PAL_E_INPUT. */
enum pal_code pal_signers_open(const char *path, const char *kind, struct pal_signers **ret, struct pal_err *err)
    PAL_MUST_CHECK;
void pal_signers_free(struct pal_signers *signers); /* takes NULL */
size_t pal_signers_n(const struct pal_signers *signers);
const struct pal_signer *pal_signers_get(const struct pal_signers *signers, size_t i); /* in the order of the file */
/* Whether the line lets its key sign in this namespace, whenever and for whom ever. */
bool pal_signer_signs(const struct pal_signer *signer, const char *space);
/* Whether its patterns mean this person. */
bool pal_signer_is(const struct pal_signer *signer, const char *person);

/* --- judging a signature --- */

enum pal_sshsig_state {
  PAL_SSHSIG_GOOD,
  PAL_SSHSIG_MALFORMED,       /* no signature, or of a kind that is not taken */
  PAL_SSHSIG_OTHER_NAMESPACE, /* made for something else */
  PAL_SSHSIG_FALSE,           /* these are not the bytes that were signed */
  PAL_SSHSIG_UNKNOWN_KEY,     /* no line has this key */
  PAL_SSHSIG_OTHER_PERSON,    /* … for this person */
  PAL_SSHSIG_NOT_ALLOWED,     /* … in this namespace */
  PAL_SSHSIG_NOT_THEN         /* … at that time */
};

struct pal_sshsig_verdict {
  enum pal_sshsig_state state;
  const struct pal_signer *signer;           /* GOOD: the line that vouches, borrowed from the signers; else NULL */
  const char *type;                          /* of the key, static; NULL when MALFORMED */
  char fingerprint[PAL_SSH_FINGERPRINT_MAX]; /* "" when MALFORMED */
  char why[256];                             /* "" when GOOD, else a sentence without text of the signature's maker */
};

/* Judges an armored signature over the bytes. `principal`: the person whose
 * signature it must be, as the file's patterns name people; NULL: any of the
 * file, named by signer->principals. PAL_OK whatever the verdict; only a lack of
 * memory is an error. */
enum pal_code pal_sshsig_verify(const struct pal_signers *signers, const char *principal, const char *space,
                                struct pal_instant at, const void *bytes, size_t len, const char *armored,
                                struct pal_sshsig_verdict *ret, struct pal_err *err) PAL_MUST_CHECK;

#endif
