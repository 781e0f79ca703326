/* SPDX-License-Identifier: Apache-2.0 */
/* test_refresh.c - credentials in files: refresh tokens that follow one another, and replays, which need no file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "azure/world.h"
#include "net/heard.h"
#include "net/server.h"
#include "pal_azure.h"
#include "pal_log.h"
#include "unit.h"

#define HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
/* tid HOME, oid OID */
#define JWT                                                                                                  \
  "eyJhbGciOiJSUzI1NiJ9.eyJ0aWQiOiJhYWFhYWFhYS0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDEiLCJvaWQiOiIwMDAwMDAwYS0" \
  "wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDEiLCJ1cG4iOiJ4In0.signed"
#define NEXT(refresh)                                                                              \
  {                                                                                                \
    .head = HEAD, .body = "{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"" JWT \
                          "\",\"refresh_token\":" refresh "}"                                      \
  }
#define ROBOT_OF(type) \
  "{\"name\":\"robot\",\"type\":\"" type "\",\"tenantId\":\"" HOME "\",\"clientId\":\"" CLIENT "\",\"all\":true}"
#define FILE_OF(type) \
  "{\"identities\":[{\"name\":\"robot\",\"credential\":{\"type\":\"" type "\",\"tokenFile\":\"robot.token\"}}]}"

static struct pal_arena *arena;
static struct server server;
static struct pal_cloud cloud;
static const struct pal_record *settings;
static struct pal_err err;

static void set_up(void) {
  unit_enter_folder();
  arena = pal_arena_new(0);
  server = (struct server){0};
  err = (struct pal_err){0};
  pal_log_set_level(PAL_LOG_ERROR);
  world_begin();
  unit_write("robot.token", "first-canary\n", 0600);
  (void)unsetenv("https_proxy");
  (void)unsetenv("HTTPS_PROXY");
  (void)unsetenv("ALL_PROXY");
  (void)unsetenv("all_proxy");
}

static void tear_down(void) {
  pal_clock_fix(NULL);
  if (server.tls)
    server_stop(&server);
  world_end();
  pal_secret_forget_all();
  pal_arena_free(arena);
  unit_leave_folder();
}

static void serve(const struct server_answer *answers, size_t n) {
  server_start(&server, answers, n);
  cloud =
      (struct pal_cloud){.name = "lab", .origin = {server.origin, server.origin, server.origin}, .ca_file = "ca.pem"};
}

static void stop_server(void) {
  server_stop(&server);
  server.tls = 0;
}

static const struct pal_record *config_of(const char *json) {
  struct pal_json_doc *doc = NULL;
  struct pal_record *record = NULL;
  unit_ok(pal_json_parse(json, strlen(json), "test", 0, 0, &doc, &err), &err);
  unit_ok(pal_record_decode(arena, &pal_kind_CONFIG, doc, pal_json_root(doc), PAL_DECODE_PERSON, &record, &err), &err);
  pal_json_doc_free(doc);
  return record;
}

struct told {
  int calls, signed_in;
  struct pal_claims claims;
  struct pal_outcome outcome;
};

static void on_signed_in(void *payload, const struct pal_claims *claims, const struct pal_outcome *outcome,
                         const struct pal_err *failed) {
  struct told *told = payload;
  ck_assert_msg(failed->code == PAL_OK, "%s", failed->text);
  told->calls++;
  if (claims) {
    told->signed_in++;
    told->claims = *claims;
  }
  if (outcome)
    told->outcome = *outcome;
}

struct session {
  struct pal_net *net;
  struct pal_azure *azure;
  struct told told;
};

static void begin(struct session *session, const struct pal_net_options *net_options, const struct pal_record *config) {
  *session = (struct session){0};
  unit_ok(pal_net_open(net_options, &session->net, &err), &err);
  struct pal_azure_options options = {.net = session->net,
                                      .cloud = net_options->cloud,
                                      .settings = settings,
                                      .config = config,
                                      .base_dir = unit_folder()};
  unit_ok(pal_azure_open(&options, &session->azure, &err), &err);
}

static void sign_in(struct session *session) {
  struct pal_caller caller = {.identity = "robot"};
  unit_ok(pal_tenant_id_parse(HOME, &caller.tenant, &err), &err);
  unit_ok(pal_azure_sign_in(session->azure, &caller, PAL_ARM, on_signed_in, &session->told, &err), &err);
  unit_ok(pal_net_run(session->net, NULL, &err), &err);
}

static void end(struct session *session) {
  pal_azure_free(session->azure);
  unit_ok(pal_net_close(session->net, &err), &err);
}

static void begin_personal(struct session *session) {
  const struct pal_net_options live = {.cloud = &cloud, .concurrency = 1};
  world_identities(ROBOT_OF("device-code"));
  settings = world_write(arena);
  begin(session, &live, config_of(FILE_OF("device-code")));
}

static void assert_file(const char *path, const char *expected) {
  char *text = slurp(path, NULL);
  ck_assert_str_eq(text, expected);
  free(text);
}

static void assert_asked(const char *text, bool expected) {
  char *asked = slurp("requests.txt", NULL);
  ck_assert_int_eq(strstr(asked, text) != NULL, expected);
  free(asked);
}

START_TEST(test_refresh__new_token_is_written_and_used) {
  static const struct server_answer answers[] = {NEXT("\"second-canary\""), NEXT("\"third-canary\""),
                                                 NEXT("\"fourth-canary\"")};
  struct session session;
  struct pal_instant at = {.s = 1795000000};
  struct stat st;
  (void)umask(0077);
  pal_clock_fix(&at);
  serve(answers, UNIT_N(answers));
  begin_personal(&session);
  sign_in(&session);
  assert_file("robot.token", "second-canary\n"); /* at once: the run may be killed */
  ck_assert_int_eq(stat("robot.token", &st), 0);
  ck_assert_uint_eq(st.st_mode & 07777, 0600);
  ck_assert_uint_eq(st.st_uid, geteuid());
  at.s += 4000;
  pal_clock_fix(&at);
  sign_in(&session);
  assert_file("robot.token", "third-canary\n");
  at.s += 4000;
  pal_clock_fix(&at);
  sign_in(&session);
  ck_assert_int_eq(session.told.signed_in, 3);
  end(&session);
  assert_file("robot.token", "fourth-canary\n");
  assert_asked("refresh_token=first-canary", true);
  assert_asked("refresh_token=second-canary", true);
  assert_asked("refresh_token=third-canary", true);
  assert_asked("refresh_token=fourth-canary", false);
}
END_TEST

static const struct {
  const char *name;
  struct server_answer answer;
} left_alone[] = {
    {"the same", NEXT("\"first-canary\"")},
    {"too short", NEXT("\"abc\"")},
    {"two lines", NEXT("\"second\\ncanary\"")},
    {"a space", NEXT("\"second canary\"")},
    {"no text", NEXT("{\"a\":1}")},
    {"beyond ASCII", NEXT("\"second-c\xC3\xA4nary\"")},
    {"with a refusal",
     {.head = "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n",
      .body = "{\"error\":\"invalid_grant\",\"refresh_token\":\"second-canary\"}"}},
    {"with a token of nobody", {.head = HEAD, .body = "{\"access_token\":\"x\",\"refresh_token\":\"second-canary\"}"}},
};

START_TEST(test_refresh__what_is_none_is_left_alone) {
  struct session session;
  struct stat before, after;
  ck_assert_int_eq(stat("robot.token", &before), 0);
  serve(&left_alone[_i].answer, 1);
  begin_personal(&session);
  sign_in(&session);
  end(&session);
  ck_assert_int_eq(stat("robot.token", &after), 0);
  ck_assert_msg(before.st_ino == after.st_ino, "%s: the file was replaced", left_alone[_i].name);
  assert_file("robot.token", "first-canary\n");
}
END_TEST

/* By a person who signed in anew, or another run. */
START_TEST(test_refresh__file_replaced_meanwhile_stays) {
  static const struct server_answer answers[] = {NEXT("\"second-canary\"")};
  struct session session;
  serve(answers, UNIT_N(answers));
  begin_personal(&session);
  ck_assert_int_eq(unlink("robot.token"), 0);
  unit_write("robot.token", "anew-canary\n", 0600);
  sign_in(&session);
  ck_assert_int_eq(session.told.signed_in, 1);
  end(&session);
  assert_file("robot.token", "anew-canary\n");
}
END_TEST

/* What would not be read is not written either; the run goes on. */
START_TEST(test_refresh__rules_of_reading_hold_for_writing) {
  static const struct server_answer answers[] = {NEXT("\"second-canary\"")};
  struct session session;
  struct stat st;
  serve(answers, UNIT_N(answers));
  begin_personal(&session);
  ck_assert_int_eq(rename("robot.token", "moved.token"), 0);
  if (_i == 0)
    ck_assert_int_eq(symlink("moved.token", "robot.token"), 0);
  else
    unit_write("robot.token", "first-canary\n", 0644);
  sign_in(&session);
  ck_assert_int_eq(session.told.signed_in, 1);
  end(&session);
  ck_assert_int_eq(lstat("robot.token", &st), 0);
  ck_assert_int_eq(S_ISLNK(st.st_mode), _i == 0);
  assert_file("robot.token", "first-canary\n");
  assert_file("moved.token", "first-canary\n");
}
END_TEST

static struct pal_record *lab_session(void) {
  struct pal_record *record = NULL;
  write_recording("like", "");
  unit_ok(pal_recording_session(arena, "like", &record, &err), &err);
  return record;
}

static const struct {
  const char *identity, *config, *file, *form;
} filed[] = {
    {ROBOT_OF("device-code"), FILE_OF("device-code"), "first-canary\n", "refresh_token"},
    {ROBOT_OF("token-file"), FILE_OF("token-file"), JWT "\n", "token_file"},
};

START_TEST(test_refresh__recording_replays_without_the_file) {
  static const struct server_answer answers[] = {NEXT("\"second-canary\"")};
  static char har[] = "rec/robot/" HOME ".har";
  struct session live, replay;
  unit_write("robot.token", filed[_i].file, 0600);
  world_identities(filed[_i].identity);
  settings = world_write(arena);
  ck_assert_int_eq(system("rm -r rec"), 0);
  serve(answers, UNIT_N(answers));
  const struct pal_net_options recorded = {
      .cloud = &cloud, .concurrency = 1, .record_dir = "rec", .session = lab_session()};
  begin(&live, &recorded, config_of(filed[_i].config));
  sign_in(&live);
  end(&live);
  stop_server();
  ck_assert_int_eq(live.told.signed_in, 1);
  char *text = slurp(har, NULL);
  ck_assert_ptr_nonnull(strstr(text, filed[_i].form));
  ck_assert_ptr_null(strstr(text, "canary"));
  ck_assert_ptr_null(strstr(text, "signed"));
  free(text);

  ck_assert_int_eq(unlink("robot.token"), 0);
  pal_secret_forget_all();
  const struct pal_net_options replayed = {.cloud = &cloud, .offline = true, .replay_dir = "rec"};
  begin(&replay, &replayed, NULL);
  sign_in(&replay);
  end(&replay);
  ck_assert_int_eq(replay.told.signed_in, 1);
  ck_assert_str_eq(replay.told.claims.object.s, live.told.claims.object.s);
  ck_assert_str_eq(replay.told.claims.tenant.s, live.told.claims.tenant.s);
  ck_assert_int_ne(access("robot.token", F_OK), 0);
}
END_TEST

/* What a token file cannot do is told alike. */
START_TEST(test_refresh__bad_token_file_is_replayed_as_one) {
  struct session live, replay;
  unit_write("robot.token", "opaque-canary\n", 0600);
  world_identities(ROBOT_OF("token-file"));
  settings = world_write(arena);
  ck_assert_int_eq(system("rm -r rec"), 0);
  const struct pal_net_options recorded = {
      .cloud = world_cloud(), .concurrency = 1, .offline = true, .record_dir = "rec", .session = lab_session()};
  begin(&live, &recorded, config_of(FILE_OF("token-file")));
  sign_in(&live);
  end(&live);
  const struct pal_net_options replayed = {.cloud = world_cloud(), .offline = true, .replay_dir = "rec"};
  begin(&replay, &replayed, NULL);
  sign_in(&replay);
  end(&replay);
  ck_assert_int_eq(live.told.signed_in, 0);
  ck_assert_int_eq(replay.told.signed_in, 0);
  ck_assert_str_eq(live.told.outcome.code, "unreadable token");
  ck_assert_str_eq(replay.told.outcome.code, live.told.outcome.code);
}
END_TEST

Suite *make_azure_refresh_suite(void);
Suite *make_azure_refresh_suite(void) {
  Suite *suite = suite_create("azure/refresh");
  TCase *tc = tcase_create("refresh");
  tcase_set_timeout(tc, 60);
  tcase_add_checked_fixture(tc, set_up, tear_down);
  tcase_add_test(tc, test_refresh__new_token_is_written_and_used);
  tcase_add_loop_test(tc, test_refresh__what_is_none_is_left_alone, 0, UNIT_N(left_alone));
  tcase_add_test(tc, test_refresh__file_replaced_meanwhile_stays);
  tcase_add_loop_test(tc, test_refresh__rules_of_reading_hold_for_writing, 0, 2);
  tcase_add_loop_test(tc, test_refresh__recording_replays_without_the_file, 0, UNIT_N(filed));
  tcase_add_test(tc, test_refresh__bad_token_file_is_replayed_as_one);
  suite_add_tcase(suite, tc);
  return suite;
}
