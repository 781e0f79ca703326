/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_import.c - files that colleagues send. What is accepted speaks for the
 * identity and tenant that were asked for, and of no link or role assignment but
 * theirs; it says the same in UTF-16.
 */
#include <string.h>

#include "fuzz.h"
#include "pal_id.h"
#include "pal_import.h"
#include "pal_record.h"
#include "pal_text.h"

#define TENANT "72f988bf-86f1-41af-91ab-2d7cd011db47"

enum { INPUT_MAX = 64 << 10, ARENA_MAX = 64 << 20 };

static const struct pal_import_hints hints = {.identity = "anna", .tenant = TENANT, .date = "2018-08-01T00:00:00Z"};

static bool parse(struct pal_arena *arena, const char *bytes, size_t len, struct pal_declaration *ret) {
  struct pal_declarations all = {0};
  struct pal_err err = {0};
  enum pal_code code = pal_import_parse(arena, bytes, len, "fuzz", &hints, &all, &err);
  FUZZ_CLAIM(code == err.code && all.n == (code == PAL_OK));
  /* USAGE: a list tells of several principals, and nobody said whose it is. */
  FUZZ_CLAIM(code == PAL_OK || code == PAL_E_INPUT || code == PAL_E_LIMIT || code == PAL_E_NOMEM ||
             code == PAL_E_USAGE);
  if (code == PAL_OK)
    *ret = all.v[0];
  return code == PAL_OK;
}

static void check_assignments(const struct pal_declaration *d) {
  FUZZ_CLAIM(d->tells_assignments || (d->assignments.n == 0 && !d->link_untold));
  FUZZ_CLAIM(d->assignments.n <= PAL_DECLARED_ASSIGNMENTS_MAX);
  for (size_t i = 0; i < d->assignments.n; i++) {
    const struct pal_record *record = d->assignments.v[i];
    FUZZ_CLAIM(pal_arm_id_within(pal_get_text(record, PAL_DECLARED_ASSIGNMENT_ID),
                                 pal_get_text(record, PAL_DECLARED_ASSIGNMENT_SCOPE)));
    FUZZ_CLAIM(strlen(pal_get_text(record, PAL_DECLARED_ASSIGNMENT_ROLE_ID)) == PAL_GUID_LEN);
    FUZZ_CLAIM(i == 0 || pal_record_cmp(d->assignments.v[i - 1], record) < 0);
  }
}

static void check(const struct pal_declaration *d) {
  FUZZ_CLAIM(strcmp(d->identity, "anna") == 0 && strcmp(d->tenant.s, TENANT) == 0);
  FUZZ_CLAIM(strlen(d->object.s) == PAL_GUID_LEN && strlen(d->sha256) == 64);
  check_assignments(d);
  if (d->link == NULL)
    return;
  FUZZ_CLAIM(strcmp(pal_get_text(d->link, PAL_LINK_TENANT_ID), TENANT) == 0);
  FUZZ_CLAIM(strcmp(pal_get_text(d->link, PAL_LINK_OBJECT_ID), d->object.s) == 0);
  FUZZ_CLAIM(pal_get_text(d->link, PAL_LINK_PARTNER_ID) != NULL);
}

static void put_unit(struct pal_buf *out, uint32_t unit) {
  pal_buf_putc(out, (char)(unit & 0xFF));
  pal_buf_putc(out, (char)(unit >> 8));
}

/* Little-endian with its mark; false when the text is no UTF-8, or opens with a mark of its own. */
static bool to_utf16(const char *text, size_t len, struct pal_buf *out) {
  put_unit(out, 0xFEFF);
  for (size_t i = 0; i < len;) {
    uint32_t code = 0;
    size_t n = pal_utf8_decode(text + i, len - i, &code);
    if (n == 0 || (i == 0 && code == 0xFEFF))
      return false;
    if (code >= 0x10000) {
      put_unit(out, 0xD800 + ((code - 0x10000) >> 10));
      put_unit(out, 0xDC00 + ((code - 0x10000) & 0x3FF));
    } else {
      put_unit(out, code);
    }
    i += n;
  }
  return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *text = size > 0 ? (const char *)data : "";
  if (size > INPUT_MAX)
    return 0;
  struct pal_arena *arena = pal_arena_new(ARENA_MAX);
  FUZZ_CLAIM(arena != NULL);
  struct pal_buf wide;
  pal_buf_init(&wide, (size_t)INPUT_MAX * 4);
  struct pal_declaration first, second;
  if (parse(arena, text, size, &first)) {
    check(&first);
    if (to_utf16(text, size, &wide)) {
      FUZZ_CLAIM(parse(arena, wide.data, wide.len, &second));
      FUZZ_CLAIM((first.link == NULL) == (second.link == NULL));
      FUZZ_CLAIM(first.link == NULL || pal_record_equal(first.link, second.link));
      FUZZ_CLAIM(first.assignments.n == second.assignments.n && first.others == second.others);
    }
  }
  pal_buf_deinit(&wide);
  pal_arena_free(arena);
  return 0;
}
