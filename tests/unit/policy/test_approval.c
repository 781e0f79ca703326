/* SPDX-License-Identifier: Apache-2.0 */
/* test_approval.c - acceptances signed by ssh-keygen, over bytes that jq wrote, and what the judge makes of them. */
#include <stdio.h>
#include <stdlib.h>

#include "pal_acceptance.h"
#include "pal_file.h"
#include "policy_world.h"

#define ROW                                                                                                           \
  "SELECT tenant_id, 'identity' AS subject_type, object_id AS subject_id, NULL AS subject_name, 'm' AS message, 'k' " \
  "AS key, partner_id AS partnerId FROM link GROUP BY tenant_id, object_id"
#define PEOPLE "'reason':'r \xe2\x82\xac','owner':'o','requester':'Sam Brown','approver':'Priya Nair'"
#define NAMED "'policy':'OWN1','tenant':'" T1 "','subject':'" O1 "'"
#define PINS ",'pins':{'partnerId':'1000001'}"
#define UNTIL ",'until':'2026-12-31'"
#define APPROVED ",'approved':'2026-11-18T09:30:00Z'"
#define WORLD "'tenants':{" TENANT(T1, ",'identities':[" LINKED(O1, "1000001") "]") "},"

static void shell(const char *script) {
  int status = system(script);
  ck_assert_msg(status == 0, "%d: %s", status, script);
}

static void read_text(const char *path, struct pal_buf *out) {
  struct pal_err err = {0};
  pal_buf_init(out, 1 << 20);
  unit_ok(pal_file_read(path, "file", 0, 1 << 20, out, &err), &err);
}

static void set_up(void) {
  world_enter();
  world_policy("OWN1", "subject: identity\nreads: links\npins: partnerId", ROW);
  shell("for n in priya sam; do ssh-keygen -q -t ed25519 -N '' -C '' -f $n; done");
}

/* Writes settings: approvers as the lines of the file say, in which PRIYA and SAM stand for keys. */
static void approvers_of(const char *lines, struct pal_buf *out) {
  struct pal_signers *signers = NULL;
  struct pal_err err = {0};
  struct pal_arena *arena = pal_arena_new(0);
  struct pal_record *settings = pal_record_new(arena, &pal_kind_SETTINGS);
  unit_write("lines", lines, 0600);
  shell("sed \"s|PRIYA|$(cat priya.pub)|; s|SAM|$(cat sam.pub)|\" lines >approvers; echo >>approvers");
  unit_ok(pal_signers_open("approvers", "sign.approvers", &signers, &err), &err);
  unit_ok(pal_approvers_put(arena, signers, settings, &err), &err);
  pal_buf_init(out, 1 << 16);
  pal_record_compact(settings, out);
  pal_signers_free(signers);
  pal_arena_free(arena);
}

/* The members of a case with one acceptance, signed with ssh-keygen in a namespace by a key (NULL: not signed), after
 * which `was` is replaced by `is`. */
static const char *members_of(const char *acceptance, const char *key, const char *space, const char *was,
                              const char *is, const char *settings) {
  static char members[16384];
  char script[1024];
  struct pal_buf line;
  (void)snprintf(members, sizeof members, "{'id':'W1',%s}", acceptance);
  for (char *at = members; *at; at++)
    *at = *at == '\'' ? '"' : *at;
  unit_write("acceptance", members, 0600);
  shell("jq -cS . acceptance >signed; rm -f signed.sig");
  if (key) {
    (void)snprintf(script, sizeof script,
                   "ssh-keygen -q -Y sign -f %s -n %s signed 2>log; jq -cS --rawfile s signed.sig '.signature=$s' "
                   "acceptance >line",
                   key, space);
    shell(script);
  } else {
    shell("cp signed line");
  }
  if (was) {
    (void)snprintf(script, sizeof script, "sed -i 's/%s/%s/' line", was, is);
    shell(script);
  }
  read_text("line", &line);
  (void)snprintf(members, sizeof members, WORLD "'waivers':{'waivers':[%s]}%s%s", line.data,
                 settings ? ",'settings':" : "", settings ? settings : "");
  pal_buf_deinit(&line);
  return members;
}

static const struct {
  const char *name, *lines, *acceptance, *key, *space, *was, *is;
  enum pal_approval approval;
  const char *part; /* of what is said of it */
} rows[] = {
    {"its approver's", "\"Priya Nair\" PRIYA", NAMED PINS "," PEOPLE APPROVED UNTIL, "priya", "palscan-waiver", NULL,
     NULL, PAL_APPROVAL_SIGNED, "ssh-ed25519 SHA256:"},
    {"signed without a time", "\"Priya Nair\" PRIYA", NAMED PINS "," PEOPLE UNTIL, "priya", "palscan-waiver", NULL,
     NULL, PAL_APPROVAL_SIGNED, "ssh-ed25519 SHA256:"},
    {"for this use", "\"Priya Nair\" namespaces=\"palscan-*\" PRIYA", NAMED PINS "," PEOPLE APPROVED UNTIL, "priya",
     "palscan-waiver", NULL, NULL, PAL_APPROVAL_SIGNED, "ssh-ed25519 SHA256:"},
    {"at that time", "\"Priya Nair\" valid-after=\"20261118Z\",valid-before=\"20261119Z\" PRIYA",
     NAMED PINS "," PEOPLE APPROVED UNTIL, "priya", "palscan-waiver", NULL, NULL, PAL_APPROVAL_SIGNED,
     "ssh-ed25519 SHA256:"},
    {"none", "\"Priya Nair\" PRIYA", NAMED PINS "," PEOPLE UNTIL, NULL, NULL, NULL, NULL, PAL_APPROVAL_MISSING,
     "it is not signed"},
    {"a reason that changed", "\"Priya Nair\" PRIYA", NAMED PINS "," PEOPLE APPROVED UNTIL, "priya", "palscan-waiver",
     "\"owner\":\"o\"", "\"owner\":\"p\"", PAL_APPROVAL_MISSING, "not what stands here"},
    {"a longer time", "\"Priya Nair\" PRIYA", NAMED PINS "," PEOPLE APPROVED UNTIL, "priya", "palscan-waiver",
     "2026-12-31", "2027-01-31", PAL_APPROVAL_MISSING, "not what stands here"},
    {"another day of approval", "\"Priya Nair\" PRIYA", NAMED PINS "," PEOPLE APPROVED UNTIL, "priya", "palscan-waiver",
     "2026-11-18T", "2026-11-17T", PAL_APPROVAL_MISSING, "not what stands here"},
    {"no signature at all", "\"Priya Nair\" PRIYA", NAMED PINS "," PEOPLE ",'signature':'-----BEGIN'" UNTIL, NULL, NULL,
     NULL, NULL, PAL_APPROVAL_MISSING, "no signature in the SSHSIG format"},
    {"a stranger's", "\"Priya Nair\" PRIYA", NAMED PINS "," PEOPLE APPROVED UNTIL, "sam", "palscan-waiver", NULL, NULL,
     PAL_APPROVAL_MISSING, "not in the list"},
    {"its requester's", "\"Priya Nair\" PRIYA\n\"Sam Brown\" SAM", NAMED PINS "," PEOPLE APPROVED UNTIL, "sam",
     "palscan-waiver", NULL, NULL, PAL_APPROVAL_MISSING, "belongs to another person"},
    {"a key of both", "\"Priya Nair,sam  brown\" PRIYA", NAMED PINS "," PEOPLE APPROVED UNTIL, "priya",
     "palscan-waiver", NULL, NULL, PAL_APPROVAL_MISSING, "belongs to the requester too"},
    {"a key of everybody", "* PRIYA", NAMED PINS "," PEOPLE APPROVED UNTIL, "priya", "palscan-waiver", NULL, NULL,
     PAL_APPROVAL_MISSING, "belongs to the requester too"},
    {"of another use", "\"Priya Nair\" PRIYA", NAMED PINS "," PEOPLE APPROVED UNTIL, "priya", "git", NULL, NULL,
     PAL_APPROVAL_MISSING, "another use"},
    {"of a key for another use", "\"Priya Nair\" namespaces=\"git\" PRIYA", NAMED PINS "," PEOPLE APPROVED UNTIL,
     "priya", "palscan-waiver", NULL, NULL, PAL_APPROVAL_MISSING, "not in the list"},
    {"before the key was valid", "\"Priya Nair\" valid-after=\"20261119Z\" PRIYA", NAMED PINS "," PEOPLE APPROVED UNTIL,
     "priya", "palscan-waiver", NULL, NULL, PAL_APPROVAL_MISSING, "not valid at that time"},
    {"of a key that has ended, without a time", "\"Priya Nair\" valid-before=\"20261119Z\" PRIYA",
     NAMED PINS "," PEOPLE UNTIL, "priya", "palscan-waiver", NULL, NULL, PAL_APPROVAL_MISSING,
     "not valid at that time"},
    {"nobody approves", "# nobody", NAMED PINS "," PEOPLE APPROVED UNTIL, "priya", "palscan-waiver", NULL, NULL,
     PAL_APPROVAL_MISSING, "not in the list"},
};

START_TEST(test_approval__counts_only_the_approvers_signature) {
  struct pal_buf settings;
  approvers_of(rows[_i].lines, &settings);
  const char *members =
      members_of(rows[_i].acceptance, rows[_i].key, rows[_i].space, rows[_i].was, rows[_i].is, settings.data);
  const struct pal_judge *judge = world_judge(members, true, NULL);
  ck_assert_uint_eq(pal_judge_acceptances_n(judge), 1);
  const struct pal_acceptance *acceptance = pal_judge_acceptance(judge, 0);
  ck_assert_msg(acceptance->approval == rows[_i].approval, "%s: %s", rows[_i].name, acceptance->signer);
  ck_assert_msg(strstr(acceptance->signer, rows[_i].part) != NULL, "%s: %s", rows[_i].name, acceptance->signer);
  bool good = rows[_i].approval == PAL_APPROVAL_SIGNED;
  ck_assert_int_eq(acceptance->state, good ? PAL_ACCEPTANCE_HOLDS : PAL_ACCEPTANCE_NOT_APPROVED);
  ck_assert_uint_eq(acceptance->covers, good ? 1 : 0);
  const struct pal_record *finding = pal_judge_verdicts(judge, 1)->findings.v[0];
  ck_assert_str_eq(pal_get_text(finding, PAL_FINDING_STATUS), good ? "waived" : "open");
  const char *lapsed = pal_get_text(finding, PAL_FINDING_LAPSED);
  if (good) {
    ck_assert_ptr_null(lapsed);
    ck_assert_uint_eq(pal_judge_waiver_notes_n(judge), 0);
  } else {
    ck_assert_ptr_eq(strstr(lapsed, "W1: not approved: "), lapsed);
    ck_assert_ptr_nonnull(strstr(lapsed, rows[_i].part));
    ck_assert_uint_eq(pal_judge_waiver_notes_n(judge), 1);
    ck_assert_ptr_eq(strstr(pal_judge_waiver_note(judge, 0)->note, "not approved: "),
                     pal_judge_waiver_note(judge, 0)->note);
  }
  pal_buf_deinit(&settings);
}
END_TEST

/* Where nobody's signature is asked for, people answer for it with their names alone. */
START_TEST(test_approval__without_approvers_nothing_is_proven_and_all_counts) {
  for (int i = 0; i < 2; i++) {
    const char *members = members_of(NAMED PINS "," PEOPLE UNTIL, i ? "sam" : NULL, "palscan-waiver", NULL, NULL, NULL);
    const struct pal_judge *judge = world_judge(members, true, NULL);
    const struct pal_acceptance *acceptance = pal_judge_acceptance(judge, 0);
    ck_assert_int_eq(acceptance->approval, PAL_APPROVAL_UNPROVEN);
    ck_assert_int_eq(acceptance->state, PAL_ACCEPTANCE_HOLDS);
    ck_assert_ptr_null(acceptance->signer);
  }
}
END_TEST

START_TEST(test_approval__policies_see_why_it_is_missing) {
  struct pal_buf settings;
  struct pal_judge_options options = {.all_tables = true};
  approvers_of("\"Priya Nair\" PRIYA", &settings);
  const char *members = members_of(NAMED PINS "," PEOPLE UNTIL, NULL, NULL, NULL, NULL, settings.data);
  ck_assert_str_eq(world_query(world_judge(members, false, &options), "SELECT not_approved FROM waiver"),
                   "it is not signed");
  members = members_of(NAMED PINS "," PEOPLE UNTIL, "priya", "palscan-waiver", NULL, NULL, settings.data);
  ck_assert_str_eq(world_query(world_judge(members, false, &options), "SELECT not_approved FROM waiver"), "-");
  pal_buf_deinit(&settings);
}
END_TEST

/* Lines for other uses are not kept; those that are mean what they meant. */
START_TEST(test_approval__approvers_survive_the_snapshot) {
  struct pal_buf settings;
  struct pal_signers *signers = NULL;
  struct pal_err err = {0};
  struct pal_json_doc *doc = NULL;
  struct pal_record *record = NULL;
  struct pal_arena *arena = pal_arena_new(0);
  approvers_of("git-only namespaces=\"git\" SAM\n"
               "\"Priya Nair,*@a.example\" valid-after=\"20260101Z\",valid-before=\"202701020304Z\" PRIYA",
               &settings);
  struct pal_buf full;
  pal_buf_init(&full, 1 << 16);
  pal_buf_printf(&full, "{\"cloud\":\"c\",\"collect\":[],\"names\":\"ours\",\"usageWindowMonths\":2,%s",
                 settings.data + 1);
  unit_ok(pal_json_parse(full.data, full.len, "settings", 0, 0, &doc, &err), &err);
  unit_ok(pal_record_decode(arena, &pal_kind_SETTINGS, doc, pal_json_root(doc), PAL_DECODE_PERSON, &record, &err),
          &err);
  unit_ok(pal_approvers_read(record, &signers, &err), &err);
  ck_assert_uint_eq(pal_signers_n(signers), 1);
  const struct pal_signer *signer = pal_signers_get(signers, 0);
  ck_assert_str_eq(signer->principals, "Priya Nair,*@a.example");
  ck_assert(signer->has_after && signer->has_before && signer->before.s - signer->after.s == 31633440);
  pal_signers_free(signers);
  pal_set_absent(record, PAL_SETTINGS_APPROVERS);
  unit_ok(pal_approvers_read(record, &signers, &err), &err);
  ck_assert_ptr_null(signers);
  pal_json_doc_free(doc);
  pal_buf_deinit(&full);
  pal_buf_deinit(&settings);
  pal_arena_free(arena);
}
END_TEST

/* A person may have put anything into a snapshot. */
START_TEST(test_approval__approvers_that_cannot_be_read_are_an_error) {
  struct pal_signers *signers = NULL;
  struct pal_err err = {0};
  struct pal_arena *arena = pal_arena_new(0);
  struct pal_record *settings = pal_record_new(arena, &pal_kind_SETTINGS),
                    *record = pal_record_new(arena, &pal_kind_SIGNER);
  unit_ok(pal_set_text(arena, record, PAL_SIGNER_PRINCIPALS, "a\" namespaces=\"git", &err), &err);
  unit_ok(pal_set_text(arena, record, PAL_SIGNER_KEY, "ssh-ed25519 AAAA", &err), &err);
  pal_set_empty(settings, PAL_SETTINGS_APPROVERS);
  unit_ok(pal_add_record(arena, settings, PAL_SETTINGS_APPROVERS, record, &err), &err);
  unit_fails(pal_approvers_read(settings, &signers, &err), PAL_E_INPUT, "settings: approvers:1: ", &err);
  pal_arena_free(arena);
}
END_TEST

static const struct {
  const char *name, *waivers, *wider;
  enum pal_acceptance_state state;
  size_t covers;
} state_rows[] = {
    {"holds", NAMED PINS "," PEOPLE UNTIL, NULL, PAL_ACCEPTANCE_HOLDS, 1},
    {"soon", NAMED PINS "," PEOPLE ",'until':'2026-12-20'", NULL, PAL_ACCEPTANCE_ENDS, 1},
    {"ended", NAMED PINS "," PEOPLE ",'until':'2026-11-19'", NULL, PAL_ACCEPTANCE_ENDED, 0},
    {"begins", NAMED PINS "," PEOPLE UNTIL ",'from':'2026-11-21'", NULL, PAL_ACCEPTANCE_BEGINS, 0},
    {"lapsed", NAMED ",'pins':{'partnerId':'7'}," PEOPLE UNTIL, NULL, PAL_ACCEPTANCE_LAPSED, 0},
    {"nothing", NAMED ",'key':'j'" PINS "," PEOPLE UNTIL, NULL, PAL_ACCEPTANCE_NOTHING, 0},
    {"void", NAMED PINS ",'reason':'r'" UNTIL, NULL, PAL_ACCEPTANCE_VOID, 0},
    {"a year", NAMED PINS "," PEOPLE ",'from':'2026-11-20','until':'2027-11-20'", NULL, PAL_ACCEPTANCE_HOLDS, 1},
    {"a year and a day", NAMED PINS "," PEOPLE ",'from':'2026-11-20','until':'2027-11-21'", NULL, PAL_ACCEPTANCE_VOID,
     0},
    {"a year and a day without a beginning", NAMED PINS "," PEOPLE ",'until':'2027-11-21'", NULL, PAL_ACCEPTANCE_VOID,
     0},
    {"bound to nothing", NAMED "," PEOPLE UNTIL, "wider than needed: it is bound to no facts", PAL_ACCEPTANCE_HOLDS, 1},
};

START_TEST(test_acceptance__state_is_told) {
  const char *members = members_of(state_rows[_i].waivers, NULL, NULL, NULL, NULL, NULL);
  const struct pal_acceptance *acceptance = pal_judge_acceptance(world_judge(members, true, NULL), 0);
  ck_assert_msg(acceptance->state == state_rows[_i].state, "%s: %s", state_rows[_i].name,
                pal_acceptance_word(acceptance->state));
  ck_assert_uint_eq(acceptance->covers, state_rows[_i].covers);
  if (state_rows[_i].wider)
    ck_assert_ptr_eq(strstr(acceptance->wider, state_rows[_i].wider), acceptance->wider);
  else
    ck_assert_ptr_null(acceptance->wider);
}
END_TEST

START_TEST(test_acceptance__of_several_findings_is_wider_than_needed) {
  world_policy("OWN1", "subject: identity\nreads: links\npins: partnerId",
               "SELECT tenant_id, 'identity' AS subject_type, object_id AS subject_id, NULL AS subject_name, 'm' AS "
               "message, column1 AS key, partner_id AS partnerId FROM link JOIN (VALUES('k'), ('l'))");
  const char *members = members_of(NAMED PINS "," PEOPLE UNTIL, NULL, NULL, NULL, NULL, NULL);
  const struct pal_acceptance *acceptance = pal_judge_acceptance(world_judge(members, true, NULL), 0);
  ck_assert_uint_eq(acceptance->covers, 2);
  ck_assert_ptr_nonnull(strstr(acceptance->wider, "it covers 2 findings"));
}
END_TEST

START_TEST(test_acceptance__longest_time_is_a_parameter) {
  const char *members = members_of(NAMED PINS "," PEOPLE ",'from':'2026-11-20','until':'2026-12-31'", NULL, NULL, NULL,
                                   NULL, "{'parameters':{'waiverMaxDays':30}}");
  const struct pal_judge *judge = world_judge(members, true, NULL);
  ck_assert_int_eq(pal_judge_acceptance(judge, 0)->state, PAL_ACCEPTANCE_VOID);
  ck_assert_str_eq(pal_judge_waiver_note(judge, 0)->note, "lasts longer than 30 days");
}
END_TEST

Suite *make_policy_approval_suite(void);
Suite *make_policy_approval_suite(void) {
  Suite *suite = suite_create("policy/approval");
  TCase *tcase = tcase_create("approval");
  tcase_add_checked_fixture(tcase, set_up, world_leave);
  tcase_add_loop_test(tcase, test_approval__counts_only_the_approvers_signature, 0, UNIT_N(rows));
  tcase_add_test(tcase, test_approval__without_approvers_nothing_is_proven_and_all_counts);
  tcase_add_test(tcase, test_approval__policies_see_why_it_is_missing);
  tcase_add_test(tcase, test_approval__approvers_survive_the_snapshot);
  tcase_add_test(tcase, test_approval__approvers_that_cannot_be_read_are_an_error);
  tcase_add_loop_test(tcase, test_acceptance__state_is_told, 0, UNIT_N(state_rows));
  tcase_add_test(tcase, test_acceptance__of_several_findings_is_wider_than_needed);
  tcase_add_test(tcase, test_acceptance__longest_time_is_a_parameter);
  suite_add_tcase(suite, tcase);
  return suite;
}
