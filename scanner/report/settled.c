/* SPDX-License-Identifier: Apache-2.0 */
/* settled.c - which input ended a finding that no fact ended. */
#include <string.h>

#include "text.h"

enum { REGISTRY = 1 << 0, ESTATE = 1 << 1, SETTINGS = 1 << 2, RULES = 1 << 3 };
enum { WORDS_MAX = 256 };

static bool starts_with(const char *text, const char *prefix) {
  return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Whether the policy also reads what lies in other tenants; nobody knows it of one that is gone. */
static bool reads_elsewhere(const struct pal_reported *reported) {
  const struct pal_policy *policy = reported->policy;
  if (!policy || strcmp(report_tenant_id(reported->tenant_id), "-") == 0)
    return true;
  for (size_t i = 0; i < policy->reads_n; i++)
    if (policy->reads[i].where != PAL_HERE)
      return true;
  for (size_t i = 0; i < policy->needs_n; i++)
    if (policy->needs[i].where != PAL_HERE)
      return true;
  return false;
}

/* A fact that differs, or that is known again. What is no longer read ends no finding. */
static bool is_fact(const struct pal_compared_change *change) {
  return report_heap_of(change->kind) == HEAP_ACCESS || strcmp(change->kind, "coverage.regained") == 0;
}

/* A file of the pack: the policy's own, or one that every policy may use. */
static bool is_rule_of(const struct pal_compared_change *change, const char *policy) {
  size_t len = strlen(policy);
  bool own = strncmp(change->subject_id, policy, len) == 0 && strcmp(change->subject_id + len, ".sql") == 0;
  return own || starts_with(change->subject_id, "views/") || starts_with(change->subject_id, "data/");
}

static unsigned input_of(const struct pal_compared_change *change, const struct pal_reported *reported,
                         bool elsewhere) {
  if (starts_with(change->kind, "registry."))
    return REGISTRY;
  if (starts_with(change->kind, "estate.")) {
    bool customer = strcmp(change->subject_type, "tenant") == 0;
    return !customer || elsewhere || strcmp(change->subject_id, reported->tenant_id) == 0 ? ESTATE : 0;
  }
  if (!starts_with(change->kind, "policy."))
    return 0;
  if (strcmp(change->subject_type, "setting") == 0)
    return SETTINGS;
  return is_rule_of(change, pal_get_text(reported->finding, PAL_FINDING_POLICY)) ? RULES : 0;
}

/* Gone because the settings disabled its rule, not because anybody repaired anything. */
static bool is_disabled(const struct pal_comparison *comparison, const struct pal_reported *reported) {
  const char *policy = pal_get_text(reported->finding, PAL_FINDING_POLICY);
  for (size_t i = 0; i < comparison->changes_n; i++)
    if (comparison->changes[i].disables && strcmp(comparison->changes[i].subject_id, policy) == 0)
      return true;
  return false;
}

/* "registry, estate and rules changed, no fact did" */
static void put_inputs(struct pal_buf *out, unsigned inputs) {
  static const struct {
    unsigned input;
    const char *name;
  } names[] = {{REGISTRY, "registry"}, {ESTATE, "estate"}, {SETTINGS, "settings"}, {RULES, "rules"}};
  const char *said[sizeof names / sizeof names[0]];
  size_t n = 0;
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (inputs & names[i].input)
      said[n++] = names[i].name;
  for (size_t i = 0; i < n; i++)
    pal_buf_printf(out, "%s%s", i == 0 ? "" : i + 1 == n ? " and " : ", ", said[i]);
  pal_buf_puts(out, " changed, no fact did");
}

void report_settled_by(struct pal_buf *out, const struct pal_comparison *comparison,
                       const struct pal_reported *reported) {
  if (is_disabled(comparison, reported)) {
    pal_buf_puts(out, "rule disabled");
    return;
  }
  bool elsewhere = reads_elsewhere(reported);
  unsigned inputs = 0;
  for (size_t i = 0; i < comparison->changes_n; i++) {
    const struct pal_compared_change *change = &comparison->changes[i];
    if (is_fact(change) && (elsewhere || strcmp(change->tenant_id, reported->tenant_id) == 0))
      return;
    inputs |= input_of(change, reported, elsewhere);
  }
  if (inputs)
    put_inputs(out, inputs);
}

void text_settled_by(struct paper *paper, const struct pal_comparison *comparison,
                     const struct pal_reported *reported) {
  struct pal_buf words;
  pal_buf_init(&words, WORDS_MAX);
  report_settled_by(&words, comparison, reported);
  if (words.len > 0) {
    paper_piece(paper);
    paper_say(paper, "%s", words.data);
  }
  pal_buf_deinit(&words);
}
