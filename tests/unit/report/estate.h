/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_ESTATE_H
#define REPORT_ESTATE_H
/*
 * estate.h - a small partner made by hand: every severity, class, status and
 * verdict once, and tenants that try to break a terminal, a spreadsheet and a
 * JSON reader.
 */
#include "pal_report.h"

#define ESTATE_STARTED "2026-11-20T02:00:00Z"
#define ESTATE_PREVIOUS "2026-11-19T02:00:00Z"
#define ESTATE_COMMIT "3fa9c1d2e4b5a6978877665544332211ffeeddcc"
#define ESTATE_COMMIT_BEFORE "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"

/* Tenants by name, for the tests. */
#define FABRIKAM "11111111-1111-4111-8111-111111111111"
#define CONTROL_CHARACTERS "22222222-2222-4222-8222-222222222222"
#define FORMULA "33333333-3333-4333-8333-333333333333"
#define LONG_NAME "44444444-4444-4444-8444-444444444444"
#define WIDE_NAME "55555555-5555-4555-8555-555555555555"
#define QUOTES "66666666-6666-4666-8666-666666666666"
#define NAMELESS "77777777-7777-4777-8777-777777777777"

#define AUTOMATION "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
#define SUBSCRIPTION "5c5c5c5c-5c5c-4c5c-8c5c-5c5c5c5c5c5c"
#define CONTRIBUTOR "b24988ac-6180-42a0-ab88-20f7382dd24c"

struct estate_finding {
  const char *policy, *policy_class, *severity, *verdict, *status;
  const char *tenant; /* "" the estate */
  const char *subject_type, *subject_id, *subject_name;
  const char *message, *details, *since, *last_verified;
  const char *key, *waiver, *lapsed, *folded_under;
};

/* The fixture of a test case: an arena, and the findings of today and of the run before. */
struct pal_arena *estate_arena(void);
void estate_set_up(void);
void estate_tear_down(void);

const char *estate_name(const char *tenant);
struct pal_record *estate_record(const struct estate_finding *finding);
/* Verdicts by tenant of so many findings; *ret_n tenants, "" first. */
struct pal_verdicts *estate_verdicts(const struct estate_finding *findings, size_t n, bool named, size_t *ret_n);

extern const struct estate_finding estate_now[], estate_before[];
extern const size_t estate_now_n, estate_before_n;
const struct pal_policy *const *estate_policies(size_t *ret_n);

/* The whole report, as a caller of the report layer would make it. */
struct pal_report estate_report(void);
/* The comparison of the run before with today. */
struct pal_comparison estate_comparison(void);
/* A comparison without changes yet. */
struct pal_comparison estate_no_changes(void);

/* Records of a kind from JSON as a person writes it; fails the test when it is none. */
struct pal_record *estate_json(const struct pal_kind *kind, const char *json);
struct pal_record *estate_registry(void);
/* Adds a change to a comparison. before and after: JSON of `kind`, or NULL. */
void estate_add_change(struct pal_comparison *comparison, const char *change_kind, const char *tenant,
                       const char *subject_type, const char *subject_id, const char *subject_name,
                       const struct pal_kind *kind, const char *before, const char *after);

#endif
