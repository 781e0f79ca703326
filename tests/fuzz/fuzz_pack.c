/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_pack.c - the metadata of policies, as a snapshot's inputs/policies may
 * hold them. A policy that is accepted has everything a report asks of it, and
 * its text is kept byte for byte.
 */
#include <string.h>

#include "fuzz.h"
#include "pal_pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size > PAL_POLICY_BYTES_MAX)
    return 0;
  const char *text = size > 0 ? (const char *)data : "";
  const struct pal_pack_file file = {.path = "MINE-1.sql", .bytes = text, .len = size};
  struct pal_err err = {0};
  struct pal_pack *pack = NULL;
  enum pal_code code = pal_pack_from_files(&file, 1, NULL, &pack, &err);
  FUZZ_CLAIM((code == PAL_OK) == (pack != NULL));
  FUZZ_CLAIM(code == PAL_OK || err.text[0] != '\0');
  for (size_t i = 0; code == PAL_OK && i < pal_pack_n(pack); i++) {
    const struct pal_policy *policy = pal_pack_at(pack, i);
    FUZZ_CLAIM(policy->id != NULL && strcmp(policy->id, "MINE-1") == 0 && pal_pack_find(pack, policy->id) == policy);
    FUZZ_CLAIM(policy->title != NULL && policy->title[0] != '\0');
    FUZZ_CLAIM(policy->policy_class != NULL && policy->severity != NULL && policy->subject != NULL);
    FUZZ_CLAIM(policy->sql != NULL && strlen(policy->sql) == size && memcmp(policy->sql, text, size) == 0);
  }
  pal_pack_free(pack);
  return 0;
}
