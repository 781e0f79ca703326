/* SPDX-License-Identifier: Apache-2.0 */
/* tests/data/recordings: every exchange of the sessions made for scans is one
 * that may be asked for, is found, and is copied without a change. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heard.h"
#include "pal_file.h"
#include "pal_json.h"
#include "pal_record.h"
#include "unit.h"

#define FOLDER PAL_SOURCE_DIR "/tests/data/recordings/"

static const struct {
  const char *name, *from; /* the recording whose body it has */
} scans[] = {
    {"azure-cli-create-scan-1", "azure-cli-create"},
    {"azure-cli-delete-scan-1", "azure-cli-delete"},
    {"azure-cli-show-scan-1", "azure-cli-show"},
    {"azure-cli-update-scan-1", "azure-cli-update"},
    {"azure-cli-update-scan-2", "azure-cli-update"},
    {"azure-powershell-remove-scan-1", "azure-powershell-remove"},
    {"azure-powershell-update-scan-1", "azure-powershell-update"},
    {"azure-powershell-update-scan-2", "azure-powershell-update"},
    {"azure-sdk-for-net-create-scan-1", "azure-sdk-for-net-create"},
    {"azure-sdk-for-net-update-scan-1", "azure-sdk-for-net-update"},
    {"published-example-scan-1", NULL},
};

static struct pal_err err;

static void set_up(void) {
  unit_enter_folder();
  err = (struct pal_err){0};
}

/* The tenant of the only identity of the session in dir. */
static void session_tenant(const char *dir, struct pal_tenant_id *ret) {
  struct pal_arena *arena = pal_arena_new(0);
  struct pal_record *session = NULL;
  unit_ok(pal_recording_session(arena, dir, &session, &err), &err);
  const struct pal_records *identities =
      pal_get_records(pal_get_record(session, PAL_SESSION_SETTINGS), PAL_SETTINGS_IDENTITIES);
  ck_assert_uint_eq(identities->n, 1);
  ck_assert_str_eq(pal_get_text(identities->v[0], PAL_SCANNER_NAME), "recorded");
  unit_ok(pal_tenant_id_parse(pal_get_text(identities->v[0], PAL_SCANNER_TENANT_ID), ret, &err), &err);
  pal_arena_free(arena);
}

static struct pal_json_doc *read_har(const char *dir, const struct pal_tenant_id *tenant) {
  char path[600];
  struct pal_json_doc *doc = NULL;
  size_t len;
  (void)snprintf(path, sizeof path, "%s/recorded/%s.har", dir, tenant->s);
  char *text = slurp(path, &len);
  unit_ok(pal_json_parse(text, len, path, PAL_JSON_STRICT_UTF8, 0, &doc, &err), &err);
  free(text);
  return doc;
}

static const pal_json *entries_of(const struct pal_json_doc *doc) {
  return pal_json_first(pal_json_path(pal_json_root(doc), "log", "entries", (char *)NULL));
}

static const char *text_at(const pal_json *entry, const char *a, const char *b, const char *c) {
  return pal_json_text(pal_json_path(entry, a, b, c, (char *)NULL));
}

struct expected {
  const char *body;
  int calls;
};

static void answer_fn(void *payload, const struct pal_response *response, const struct pal_err *failed) {
  struct expected *expected = payload;
  ck_assert_msg(failed->code == PAL_OK, "%s", failed->text);
  ck_assert_int_eq(response->status, 200);
  ck_assert_str_eq(response->body, expected->body);
  expected->calls++;
}

static void ask_all(struct pal_net *net, const struct pal_json_doc *doc, const struct pal_tenant_id *tenant) {
  struct expected expected[64];
  int n = 0;
  for (const pal_json *entry = entries_of(doc); entry; entry = pal_json_next(entry), n++) {
    const char *mime = text_at(entry, "request", "postData", "mimeType");
    ck_assert_int_lt(n, 64);
    ck_assert_ptr_nonnull(pal_json_text(pal_json_get(entry, "comment")));
    expected[n] = (struct expected){.body = text_at(entry, "response", "content", "text")};
    struct pal_request request = {.identity = "recorded",
                                  .tenant = *tenant,
                                  .method = text_at(entry, "request", "method", NULL),
                                  .url = text_at(entry, "request", "url", NULL),
                                  .body_kind = !mime                              ? PAL_BODY_NONE
                                               : strcmp(mime, "application/json") ? PAL_BODY_FORM
                                                                                  : PAL_BODY_JSON,
                                  .body = text_at(entry, "request", "postData", "text")};
    unit_ok(pal_net_submit(net, &request, answer_fn, &expected[n], &err), &err);
  }
  ck_assert_int_gt(n, 10);
  unit_ok(pal_net_run(net, NULL, &err), &err);
  for (int i = 0; i < n; i++)
    ck_assert_int_eq(expected[i].calls, 1);
}

static void assert_copy(const char *dir, const struct pal_tenant_id *tenant) {
  char path[600];
  size_t a_len, b_len;
  (void)snprintf(path, sizeof path, "%s/recorded/%s.har", dir, tenant->s);
  char *a = slurp(path, &a_len);
  (void)snprintf(path, sizeof path, "copy/recorded/%s.har", tenant->s);
  char *b = slurp(path, &b_len);
  /* The first line names the version of the program. */
  ck_assert_str_eq(strchr(a, '\n'), strchr(b, '\n'));
  free(a);
  free(b);
  (void)snprintf(path, sizeof path, "%s/session.json", dir);
  a = slurp(path, &a_len);
  b = slurp("copy/session.json", &b_len);
  ck_assert_str_eq(a, b);
  free(a);
  free(b);
}

START_TEST(test_recordings__session_can_be_asked_for_everything_and_copied) {
  char dir[400];
  struct pal_tenant_id tenant;
  struct pal_net *net = NULL;
  (void)snprintf(dir, sizeof dir, FOLDER "%s", scans[_i].name);
  session_tenant(dir, &tenant);
  struct pal_json_doc *doc = read_har(dir, &tenant);
  struct pal_net_options options = {.cloud = pal_cloud_builtin("AzurePublicCloud"),
                                    .concurrency = 1,
                                    .offline = true,
                                    .replay_dir = dir,
                                    .record_dir = "copy",
                                    .shuffle_seed = 11};
  unit_ok(pal_net_open(&options, &net, &err), &err);
  ask_all(net, doc, &tenant);
  close_net(net);
  assert_copy(dir, &tenant);
  pal_json_doc_free(doc);
}
END_TEST

/* The body of the link is one that the real service sent. */
START_TEST(test_recordings__link_is_as_recorded) {
  char dir[400];
  struct pal_tenant_id tenant;
  bool found = false;
  if (!scans[_i].from)
    return;
  (void)snprintf(dir, sizeof dir, FOLDER "%s", scans[_i].name);
  session_tenant(dir, &tenant);
  struct pal_json_doc *scan = read_har(dir, &tenant);
  (void)snprintf(dir, sizeof dir, FOLDER "%s", scans[_i].from);
  struct pal_json_doc *real = read_har(dir, &tenant);
  const char *link = NULL;
  for (const pal_json *entry = entries_of(scan); entry; entry = pal_json_next(entry))
    if (strcmp(text_at(entry, "request", "url", NULL), PARTNERS) == 0)
      link = text_at(entry, "response", "content", "text");
  ck_assert_ptr_nonnull(link);
  for (const pal_json *entry = entries_of(real); entry; entry = pal_json_next(entry))
    found = found || strcmp(text_at(entry, "response", "content", "text"), link) == 0;
  ck_assert(found);
  pal_json_doc_free(real);
  pal_json_doc_free(scan);
}
END_TEST

/* What the other tools sent is read, and is none of what a scan asks for. */
START_TEST(test_recordings__real_one_lacks_what_a_scan_asks) {
  char dir[400];
  struct heard heard = {0};
  struct pal_net *net = NULL;
  struct pal_request request = get_request(PARTNERS);
  if (!scans[_i].from)
    return;
  (void)snprintf(dir, sizeof dir, FOLDER "%s", scans[_i].from);
  session_tenant(dir, &request.tenant);
  request.identity = "recorded";
  struct pal_net_options options = {
      .cloud = pal_cloud_builtin("AzurePublicCloud"), .concurrency = 1, .offline = true, .replay_dir = dir};
  unit_ok(pal_net_open(&options, &net, &err), &err);
  unit_ok(pal_net_submit(net, &request, heard_fn, &heard, &err), &err);
  unit_fails(pal_net_run(net, NULL, &err), PAL_E_RECORDING, "GET " PARTNERS, &err);
  close_net(net);
}
END_TEST

Suite *make_net_recordings_suite(void);
Suite *make_net_recordings_suite(void) {
  Suite *suite = suite_create("net recordings");
  TCase *tests = tcase_create("recordings");
  tcase_add_checked_fixture(tests, set_up, unit_leave_folder);
  tcase_add_loop_test(tests, test_recordings__session_can_be_asked_for_everything_and_copied, 0, UNIT_N(scans));
  tcase_add_loop_test(tests, test_recordings__link_is_as_recorded, 0, UNIT_N(scans));
  tcase_add_loop_test(tests, test_recordings__real_one_lacks_what_a_scan_asks, 0, UNIT_N(scans));
  suite_add_tcase(suite, tests);
  return suite;
}
