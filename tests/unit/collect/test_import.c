/* SPDX-License-Identifier: Apache-2.0 */
/* test_import.c - files of links in the shapes people get them in, whatever wrote their bytes. */
#include <stdio.h>
#include <string.h>

#include "pal_import.h"
#include "pal_record.h"
#include "unit.h"

#define DATA PAL_SOURCE_DIR "/tests/data/import/"
#define TENANT "72f988bf-86f1-41af-91ab-2d7cd011db47"
#define OTHER "72f988bf-86f1-41af-91ab-2d7cd011db48"
#define OBJECT "ac9a0626-3ff0-46e2-9974-bbfba246f6dc"
#define DATE "2018-08-01T00:00:00Z"
#define NONCE "00112233445566778899aabbccddeeff"

static struct pal_arena *arena;
static struct pal_err err;
static struct pal_declarations all;
static struct pal_import_hints hints;

static void set_up(void) {
  arena = pal_arena_new(0);
  err = (struct pal_err){0};
  all = (struct pal_declarations){0};
  hints = (struct pal_import_hints){.identity = "anna", .tenant = TENANT, .date = DATE};
}

static void tear_down(void) {
  pal_arena_free(arena);
}

static enum pal_code parse(const char *bytes, size_t len) {
  return pal_import_parse(arena, bytes, len, "f.json", &hints, &all, &err);
}

static enum pal_code parse_text(const char *text) {
  return parse(text, strlen(text));
}

/* --- shapes --- */

static const struct shape {
  const char *file;
  const char *created, *updated; /* NULL: not told */
  int version;                   /* 0: not told */
} shapes[] = {
    {"service.json", "2018-02-21T20:07:21.1341292Z", "2018-07-30T21:13:59.318186Z", 20},
    {"az.json", "2018-02-21T20:07:21.134129Z", "2018-07-30T21:13:59.318186Z", 20},
    {"powershell.json", NULL, NULL, 0},
    {"windows-powershell.json", NULL, NULL, 0},
};

START_TEST(test_import__shape_is_read) {
  const struct shape *shape = &shapes[_i];
  char path[512];
  (void)snprintf(path, sizeof path, DATA "%s", shape->file);
  unit_ok(pal_import_read(arena, path, &hints, &all, &err), &err);
  ck_assert_uint_eq(all.n, 1);
  const struct pal_declaration *d = &all.v[0];
  ck_assert_str_eq(d->identity, "anna");
  ck_assert_str_eq(d->provider, "anna");
  ck_assert_str_eq(d->tenant.s, TENANT);
  ck_assert_str_eq(d->object.s, OBJECT);
  ck_assert_str_eq(d->date, DATE);
  ck_assert_uint_eq(strlen(d->sha256), 64);
  ck_assert_str_eq(d->nonce, "");
  ck_assert_str_eq(pal_get_text(d->link, PAL_LINK_PARTNER_ID), "5127255");
  ck_assert_str_eq(pal_get_text(d->link, PAL_LINK_STATE), "Active");
  ck_assert_pstr_eq(pal_get_text(d->link, PAL_LINK_CREATED_TIME), shape->created);
  ck_assert_pstr_eq(pal_get_text(d->link, PAL_LINK_UPDATED_TIME), shape->updated);
  ck_assert_int_eq(pal_get_int(d->link, PAL_LINK_VERSION, 0), shape->version);
}
END_TEST

/* Windows PowerShell's ConvertTo-Json of an instant. */
START_TEST(test_import__milliseconds_are_an_instant) {
  static const struct {
    const char *text, *expected; /* NULL: refused */
  } dates[] = {
      {"/Date(1518387490539)/", "2018-02-11T22:18:10.539Z"},
      {"\\/Date(1518387490539)\\/", "2018-02-11T22:18:10.539Z"},
      {"/Date(1518387490539+0100)/", "2018-02-11T22:18:10.539Z"},
      {"/Date(0)/", "1970-01-01T00:00:00Z"},
      {"/Date(99999999999999999999)/", NULL},
      {"/Date(-1)/", NULL},
      {"/Date(1518387490539)", NULL},
      {"/Date()/", NULL},
      {"11 February 2018", NULL},
  };
  for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
    char text[512];
    all = (struct pal_declarations){0};
    (void)snprintf(text, sizeof text,
                   "{\"PartnerId\":\"1\",\"TenantId\":\"" TENANT "\",\"ObjectId\":\"" OBJECT
                   "\",\"CreatedTime\":\"%s\"}",
                   dates[i].text);
    if (dates[i].expected == NULL) {
      unit_fails(parse_text(text), PAL_E_INPUT, "$.CreatedTime: is no instant", &err);
      continue;
    }
    unit_ok(parse_text(text), &err);
    ck_assert_str_eq(pal_get_text(all.v[0].link, PAL_LINK_CREATED_TIME), dates[i].expected);
  }
}
END_TEST

/* --- bytes --- */

#define PLAIN "{\"partnerId\":\"7\",\"partnerName\":\"%s\",\"tenantId\":\"" TENANT "\",\"objectId\":\"" OBJECT "\"}"

/* Basic characters alone. */
static size_t to_utf16(const char *text, bool big, bool mark, char *out) {
  size_t n = 0;
  if (mark) {
    out[n++] = big ? '\xfe' : '\xff';
    out[n++] = big ? '\xff' : '\xfe';
  }
  for (; *text != '\0'; text++) {
    out[n++] = big ? '\0' : *text;
    out[n++] = big ? *text : '\0';
  }
  return n;
}

START_TEST(test_import__utf16_is_read_with_and_without_its_mark) {
  char text[512], bytes[1100];
  (void)snprintf(text, sizeof text, PLAIN, "Contoso");
  for (int i = 0; i < 4; i++) {
    all = (struct pal_declarations){0};
    size_t n = to_utf16(text, (i & 1) != 0, (i & 2) != 0, bytes);
    unit_ok(parse(bytes, n), &err);
    ck_assert_str_eq(pal_get_text(all.v[0].link, PAL_LINK_PARTNER_NAME), "Contoso");
  }
  char marked[600];
  (void)snprintf(marked, sizeof marked, "\xef\xbb\xbf%s", text);
  all = (struct pal_declarations){0};
  unit_ok(parse_text(marked), &err);
}
END_TEST

START_TEST(test_import__utf16_beyond_the_basic_plane) {
  static const char pair[] = {'\xff', '\xfe', '"', 0, '\x3d', '\xd8', '\x00', '\xde', '"', 0};
  struct pal_buf out;
  pal_buf_init(&out, 64);
  unit_ok(pal_import_text(pair, sizeof pair, "f", &out, &err), &err);
  ck_assert_str_eq(out.data, "\"\xf0\x9f\x98\x80\"");
  pal_buf_deinit(&out);
}
END_TEST

START_TEST(test_import__half_a_character_is_refused_with_its_place) {
  static const char lone[] = {'\xff', '\xfe', '[', 0, '\n', 0, '"', 0, '\x3d', '\xd8', '"', 0};
  static const char low[] = {'\xff', '\xfe', '\x00', '\xde'};
  static const char odd[] = {'[', 0, ']', 0, ' '};
  unit_fails(parse(lone, sizeof lone), PAL_E_INPUT, "f.json:2:2: half a character", &err);
  unit_fails(parse(low, sizeof low), PAL_E_INPUT, "f.json:1:1: half a character", &err);
  unit_fails(parse(odd, sizeof odd), PAL_E_INPUT, "f.json:1:3: half a character", &err);
}
END_TEST

/* --- what is refused --- */

#define LINK_OF(tenant, object) "{\"partnerId\":\"7\",\"tenantId\":\"" tenant "\",\"objectId\":\"" object "\"}"

static const struct wrong {
  const char *text, *part;
} wrongs[] = {
    {"", "f.json:1:1"},
    {"{", "f.json:1:2"},
    {"[]", "at $: has 0 entries"},
    {"[" LINK_OF(TENANT, OBJECT) "," LINK_OF(TENANT, OBJECT) "]", "at $: has 2 entries"},
    {"null", "is none of what import reads"},
    {"{\"error\":{\"code\":\"NotFound\"}}", "f.json:1:1: at $: is none of what import reads"},
    {"{\"partnerId\":7}", "f.json:1:14: at $.partnerId: must be a text"},
    {"{\"partnerId\":\"seven\"}", "at $.partnerId: "},
    {"{\"partnerId\":\"7\"}", "at $: lacks tenantId"},
    {"{\"partnerId\":\"7\",\"tenantId\":\"" TENANT "\"}", "at $: lacks objectId"},
    {"{\"partnerId\":\"7\",\"tenantId\":\"../../x\",\"objectId\":\"" OBJECT "\"}", "at $.tenantId: "},
    {"{\"partnerId\":\"7\",\"PartnerId\":\"8\",\"tenantId\":\"" TENANT "\",\"objectId\":\"" OBJECT "\"}", "artnerId"},
    {"{\"properties\":{\"partnerId\":\"7\",\"version\":1.5}}", "at $.properties.version: must be an integer"},
    {LINK_OF(OTHER, OBJECT), "the link is one of tenant " OTHER},
    {"{\"partnerId\":\"7\",\"tenantId\":\"" TENANT "\",\"objectId\":\"" OBJECT
     "\",\"updatedTime\":\"2018-08-02T00:00:00Z\"}",
     "written on 2018-08-02, after the day of the declaration"},
};

START_TEST(test_import__wrong_file_is_refused_with_its_place) {
  unit_fails(parse_text(wrongs[_i].text), PAL_E_INPUT, wrongs[_i].part, &err);
  ck_assert_uint_eq(all.n, 0);
}
END_TEST

START_TEST(test_import__plain_output_needs_what_it_does_not_say) {
  static const char *const missing[] = {"--identity", "--tenant", "--date"};
  const struct pal_import_hints whole = hints;
  for (int i = 0; i < 3; i++) {
    hints = whole;
    if (i == 0)
      hints.identity = NULL;
    else if (i == 1)
      hints.tenant = NULL;
    else
      hints.date = NULL;
    unit_fails(parse_text(LINK_OF(TENANT, OBJECT)), PAL_E_USAGE, missing[i], &err);
  }
}
END_TEST

START_TEST(test_import__one_cell_is_declared_once) {
  unit_ok(parse_text(LINK_OF(TENANT, OBJECT)), &err);
  unit_fails(parse_text(LINK_OF(TENANT, OBJECT)), PAL_E_INPUT, "speaks of identity anna in tenant " TENANT " too",
             &err);
  hints.identity = "bert";
  unit_fails(parse_text(LINK_OF(TENANT, OBJECT)), PAL_E_INPUT, "is anna by f.json, and bert by this file", &err);
}
END_TEST

/* --- the collector's file --- */

#define HEAD                                                             \
  "{\"format\":\"palscan-declaration\",\"version\":1,\"nonce\":\"" NONCE \
  "\",\"identity\":\"bert\",\"tenantId\":\"" TENANT "\","
#define COLLECTED(link) HEAD "\"objectId\":\"" OBJECT "\",\"date\":\"2018-08-01T10:00:00Z\",\"link\":" link "}"

START_TEST(test_import__collected_file_says_all_itself) {
  hints = (struct pal_import_hints){.provider = "Bert B."};
  unit_ok(parse_text(COLLECTED(LINK_OF(TENANT, OBJECT))), &err);
  const struct pal_declaration *d = &all.v[0];
  ck_assert_str_eq(d->identity, "bert");
  ck_assert_str_eq(d->provider, "Bert B.");
  ck_assert_str_eq(d->date, "2018-08-01T10:00:00Z");
  ck_assert_str_eq(d->nonce, NONCE);
  ck_assert_str_eq(pal_get_text(d->link, PAL_LINK_PARTNER_ID), "7");
}
END_TEST

START_TEST(test_import__collected_null_is_no_link) {
  hints = (struct pal_import_hints){0};
  unit_ok(parse_text(COLLECTED("null")), &err);
  ck_assert_ptr_null(all.v[0].link);
  ck_assert_str_eq(all.v[0].object.s, OBJECT);
}
END_TEST

static const struct wrong collected_wrongs[] = {
    {HEAD "\"objectId\":\"" OBJECT "\",\"date\":\"2018-08-01T10:00:00Z\"}", "at $: lacks link"},
    {HEAD "\"date\":\"2018-08-01T10:00:00Z\",\"link\":null}", "at $: lacks objectId"},
    {HEAD "\"objectId\":\"" OBJECT "\",\"date\":\"yesterday\",\"link\":null}", "at $.date: is no instant"},
    {HEAD "\"objectId\":\"" OBJECT "\",\"date\":\"2018-08-01T10:00:00Z\",\"link\":null,\"more\":1}",
     "at $.more: unknown key"},
    {COLLECTED(LINK_OF(OTHER, OBJECT)), "the link is one of tenant " OTHER},
    {COLLECTED(LINK_OF(TENANT, OTHER)), "the link is that of object " OTHER},
    {COLLECTED("[]"), "at $.link: must be an object that tells a link"},
    {"{\"format\":\"palscan-declaration\",\"version\":2}", "at $.version: written for a newer palscan"},
    {"{\"format\":\"palscan-declaration\",\"version\":1,\"nonce\":\"../../../../etc/passwd\"}",
     "at $.nonce: is no nonce"},
    {"{\"format\":\"palscan-declaration\",\"version\":1,\"nonce\":\"" NONCE "\",\"identity\":\"A b\"}",
     "at $.identity: is no name"},
};

START_TEST(test_import__wrong_collected_file_is_refused) {
  hints = (struct pal_import_hints){0};
  unit_fails(parse_text(collected_wrongs[_i].text), PAL_E_INPUT, collected_wrongs[_i].part, &err);
}
END_TEST

START_TEST(test_import__collected_file_and_options_must_agree) {
  hints.date = NULL;
  unit_fails(parse_text(COLLECTED("null")), PAL_E_INPUT, "says identity bert, --identity says anna", &err);
  hints = (struct pal_import_hints){.tenant = OTHER};
  unit_fails(parse_text(COLLECTED("null")), PAL_E_INPUT, "says tenant " TENANT, &err);
}
END_TEST

Suite *make_collect_import_suite(void);
Suite *make_collect_import_suite(void) {
  Suite *suite = suite_create("collect/import");
  TCase *tc = tcase_create("import");
  tcase_add_checked_fixture(tc, set_up, tear_down);
  tcase_add_loop_test(tc, test_import__shape_is_read, 0, UNIT_N(shapes));
  tcase_add_test(tc, test_import__milliseconds_are_an_instant);
  tcase_add_test(tc, test_import__utf16_is_read_with_and_without_its_mark);
  tcase_add_test(tc, test_import__utf16_beyond_the_basic_plane);
  tcase_add_test(tc, test_import__half_a_character_is_refused_with_its_place);
  tcase_add_loop_test(tc, test_import__wrong_file_is_refused_with_its_place, 0, UNIT_N(wrongs));
  tcase_add_test(tc, test_import__plain_output_needs_what_it_does_not_say);
  tcase_add_test(tc, test_import__one_cell_is_declared_once);
  tcase_add_test(tc, test_import__collected_file_says_all_itself);
  tcase_add_test(tc, test_import__collected_null_is_no_link);
  tcase_add_loop_test(tc, test_import__wrong_collected_file_is_refused, 0, UNIT_N(collected_wrongs));
  tcase_add_test(tc, test_import__collected_file_and_options_must_agree);
  suite_add_tcase(suite, tc);
  return suite;
}
