/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_sshsig.c - allowed signers and, behind a NUL, the bytes of a signature.
 * A line that is taken names people and a key and is taken again; a signature is
 * good for one message in one namespace, by somebody the file names.
 */
#include <string.h>

#include "crypto/ssh_wire.h"
#include "fuzz.h"
#include "pal_sshsig.h"

enum { INPUT_MAX = 32 << 10 };

static const char message[] = "message\n";

static void judge_line(const struct pal_signer *signer) {
  struct pal_err err = {0};
  struct pal_buf line;
  struct pal_signers *again = NULL;
  FUZZ_CLAIM(signer->principals[0] != '\0' && strchr(signer->principals, '"') == NULL);
  FUZZ_CLAIM(strncmp(signer->fingerprint, "SHA256:", 7) == 0 && strlen(signer->fingerprint) == 50);
  FUZZ_CLAIM(signer->namespaces == NULL || signer->namespaces[0] != '\0');
  pal_buf_init(&line, 2 * INPUT_MAX);
  pal_buf_printf(&line, "\"%s\" %s\n", signer->principals, signer->key);
  FUZZ_CLAIM(pal_signers_parse(line.data, line.len, "again", &again, &err) == PAL_OK && pal_signers_n(again) == 1);
  FUZZ_CLAIM(strcmp(pal_signers_get(again, 0)->fingerprint, signer->fingerprint) == 0);
  pal_signers_free(again);
  pal_buf_deinit(&line);
}

static struct pal_sshsig_verdict verdict_of(const struct pal_signers *signers, const char *space, size_t len,
                                            const char *armored) {
  struct pal_err err = {0};
  struct pal_sshsig_verdict verdict;
  struct pal_instant at = {.s = 1800000000};
  FUZZ_CLAIM(pal_sshsig_verify(signers, NULL, space, at, message, len, armored, &verdict, &err) == PAL_OK);
  bool good = verdict.state == PAL_SSHSIG_GOOD;
  FUZZ_CLAIM(good == (verdict.signer != NULL) && good == (verdict.why[0] == '\0'));
  FUZZ_CLAIM(!good || strcmp(verdict.signer->fingerprint, verdict.fingerprint) == 0);
  return verdict;
}

static void judge_signature(const struct pal_signers *signers, const uint8_t *blob, size_t len) {
  struct pal_buf armored;
  pal_buf_init(&armored, 4 * INPUT_MAX);
  pal_buf_puts(&armored, "-----BEGIN SSH SIGNATURE-----\n");
  ssh_base64_encode(&armored, blob, len);
  pal_buf_puts(&armored, "\n-----END SSH SIGNATURE-----\n");
  struct pal_sshsig_verdict verdict = verdict_of(signers, PAL_SIGNS_ACCEPTANCES, strlen(message), armored.data);
  if (verdict.state == PAL_SSHSIG_GOOD) {
    FUZZ_CLAIM(pal_signer_signs(verdict.signer, PAL_SIGNS_ACCEPTANCES));
    FUZZ_CLAIM(verdict_of(signers, PAL_SIGNS_ACCEPTANCES, strlen(message) - 1, armored.data).state == PAL_SSHSIG_FALSE);
    FUZZ_CLAIM(verdict_of(signers, PAL_SIGNS_COMMITS, strlen(message), armored.data).state ==
               PAL_SSHSIG_OTHER_NAMESPACE);
  }
  pal_buf_deinit(&armored);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct pal_err err = {0};
  struct pal_signers *signers = NULL;
  const uint8_t *end = size > 0 ? memchr(data, '\0', size) : NULL;
  size_t len = end != NULL ? (size_t)(end - data) : size;
  if (size > INPUT_MAX)
    return 0;
  enum pal_code code = pal_signers_parse(size > 0 ? (const char *)data : "", len, "signers", &signers, &err);
  FUZZ_CLAIM(code == PAL_OK || err.text[0] != '\0');
  for (size_t i = 0; code == PAL_OK && i < pal_signers_n(signers); i++)
    judge_line(pal_signers_get(signers, i));
  if (code == PAL_OK && end != NULL)
    judge_signature(signers, end + 1, size - len - 1);
  pal_signers_free(signers);
  return 0;
}
