/* SPDX-License-Identifier: Apache-2.0 */
/* cases_compare.c - what a case expects against what was judged. */
#include <string.h>

#include "cases.h"
#include "finding.h"
#include "pal_json.h"

enum { DIFF_BYTES_MAX = 1 << 20, CASE_FINDINGS_MAX = 1000 };

/* One finding of the policy. */
struct got {
  const char *tenant_id;
  const struct pal_record *finding;
  bool used;
};

struct comparison {
  struct pal_arena *arena;
  const struct pal_json_doc *doc;
  struct got got[CASE_FINDINGS_MAX];
  size_t n;
  struct pal_buf diff;
};

static const struct {
  const char *key;
  int field;
} plain_keys[] = {{"policy", PAL_FINDING_POLICY},
                  {"key", PAL_FINDING_KEY},
                  {"verdict", PAL_FINDING_VERDICT},
                  {"severity", PAL_FINDING_SEVERITY},
                  {"status", PAL_FINDING_STATUS},
                  {"lastVerified", PAL_FINDING_LAST_VERIFIED},
                  {"since", PAL_FINDING_SINCE},
                  {"message", PAL_FINDING_MESSAGE},
                  {"waiver", PAL_FINDING_WAIVER},
                  {"lapsed", PAL_FINDING_LAPSED},
                  {"foldedUnder", PAL_FINDING_FOLDED_UNDER}};
enum { PLAIN_KEYS = sizeof plain_keys / sizeof plain_keys[0] };

static bool same_text(const pal_json *wanted, const char *text) {
  if (pal_json_is_null(wanted))
    return !text || !*text;
  return pal_json_text(wanted) && strcmp(pal_json_text(wanted), text ? text : "") == 0;
}

static bool same_details(const struct comparison *c, const pal_json *wanted, const struct pal_record *finding) {
  struct pal_buf want, have;
  struct pal_err ignored;
  bool same = true;
  pal_buf_init(&want, DIFF_BYTES_MAX);
  pal_buf_init(&have, 64 * (size_t)DIFF_BYTES_MAX);
  for (const pal_json *node = pal_json_first(wanted); node && same; node = pal_json_next(node)) {
    pal_buf_clear(&want);
    pal_buf_clear(&have);
    bool there = finding_detail(pal_get_text(finding, PAL_FINDING_DETAILS), pal_json_key(node), &have);
    same = pal_json_compact(c->doc, node, &want, &ignored) == PAL_OK &&
           (pal_json_is_null(node) ? !there : there && strcmp(want.data, have.data) == 0);
  }
  pal_buf_deinit(&want);
  pal_buf_deinit(&have);
  return same;
}

static bool fits(const struct comparison *c, const pal_json *wanted, const struct got *got) {
  const pal_json *tenant = pal_json_get(wanted, "tenant"), *subject = pal_json_get(wanted, "subject");
  const pal_json *type = pal_json_get(wanted, "subjectType"), *details = pal_json_get(wanted, "details");
  if ((tenant && !same_text(tenant, got->tenant_id)) ||
      (subject && !same_text(subject, finding_subject(got->finding, PAL_SUBJECT_ID))) ||
      (type && !same_text(type, finding_subject(got->finding, PAL_SUBJECT_TYPE))))
    return false;
  for (size_t i = 0; i < PLAIN_KEYS; i++) {
    const pal_json *node = pal_json_get(wanted, plain_keys[i].key);
    if (node && !same_text(node, pal_get_text(got->finding, plain_keys[i].field)))
      return false;
  }
  return !details || same_details(c, details, got->finding);
}

static enum pal_code check_expect(const struct case_place *place, const pal_json *list, struct pal_err *err) {
  static const char *const all[] = {"policy",   "tenant",      "subject",      "subjectType", "key",     "verdict",
                                    "severity", "status",      "lastVerified", "since",       "message", "waiver",
                                    "lapsed",   "foldedUnder", "details",      NULL};
  const char *const *keys = place->policy ? all + 1 : all;
  const struct pal_json_doc *doc = place->doc;
  if (pal_json_type(list) != PAL_JSON_ARRAY)
    return pal_json_fail(doc, list, err, "\"expect\" is an array");
  for (const pal_json *node = pal_json_first(list); node; node = pal_json_next(node)) {
    enum pal_code code = case_check_keys(doc, node, keys, err);
    const pal_json *details = pal_json_get(node, "details");
    if (code == PAL_OK && !place->policy && !pal_json_text(pal_json_get(node, "policy")))
      code = pal_json_fail(doc, node, err, "what a case of all policies expects names its \"policy\"");
    if (code == PAL_OK && details && pal_json_type(details) != PAL_JSON_OBJECT)
      code = pal_json_fail(doc, details, err, "\"details\" is an object");
    if (code != PAL_OK)
      return code;
  }
  return PAL_OK;
}

static void collect(struct comparison *c, const struct pal_judge *judge, const char *policy) {
  for (size_t v = 0; v < pal_judge_verdicts_n(judge); v++) {
    const struct pal_verdicts *verdicts = pal_judge_verdicts(judge, v);
    for (size_t i = 0; i < verdicts->findings.n && c->n < CASE_FINDINGS_MAX; i++)
      if (!policy || finding_is(verdicts->findings.v[i], PAL_FINDING_POLICY, policy))
        c->got[c->n++] = (struct got){.tenant_id = verdicts->tenant_id, .finding = verdicts->findings.v[i]};
  }
}

/* The most particular expectation first, so that a loose one does not take its finding. */
static const pal_json *next_expected(const pal_json *list, size_t members, size_t *at) {
  size_t i = 0;
  for (const pal_json *node = pal_json_first(list); node; node = pal_json_next(node), i++) {
    const pal_json *details = pal_json_get(node, "details");
    if (i >= *at && pal_json_count(node) + (details ? pal_json_count(details) : 0) == members) {
      *at = i + 1;
      return node;
    }
  }
  return NULL;
}

/* How near a finding is to what was expected: the same subject, else at least the same tenant. */
static int nearness(const pal_json *wanted, const struct got *got) {
  const pal_json *tenant = pal_json_get(wanted, "tenant"), *subject = pal_json_get(wanted, "subject"),
                 *policy = pal_json_get(wanted, "policy");
  if ((policy && !same_text(policy, pal_get_text(got->finding, PAL_FINDING_POLICY))) ||
      (tenant && !same_text(tenant, got->tenant_id)))
    return 0;
  return subject && same_text(subject, finding_subject(got->finding, PAL_SUBJECT_ID)) ? 2 : tenant != NULL;
}

static const struct got *nearest(const struct comparison *c, const pal_json *wanted) {
  const struct got *best = NULL;
  for (size_t i = 0; i < c->n; i++)
    if (!c->got[i].used && nearness(wanted, &c->got[i]) > (best ? nearness(wanted, best) : 0))
      best = &c->got[i];
  return best;
}

static void say_differs(struct comparison *c, const char *name, const pal_json *wanted, const char *text) {
  struct pal_err ignored;
  pal_buf_printf(&c->diff, "  %s: expected ", name);
  if (pal_json_compact(c->doc, wanted, &c->diff, &ignored) != PAL_OK)
    return;
  pal_buf_puts(&c->diff, ", got ");
  pal_buf_puts(&c->diff, text);
  pal_buf_putc(&c->diff, '\n');
}

static void say_text_differs(struct comparison *c, const pal_json *wanted, const char *key, const char *text) {
  const pal_json *node = pal_json_get(wanted, key);
  struct pal_buf quoted;
  if (!node || same_text(node, text))
    return;
  pal_buf_init(&quoted, DIFF_BYTES_MAX);
  if (text && *text)
    pal_json_escape(&quoted, text);
  else
    pal_buf_puts(&quoted, "nothing");
  say_differs(c, key, node, quoted.data);
  pal_buf_deinit(&quoted);
}

static void say_details_differ(struct comparison *c, const pal_json *wanted, const struct pal_record *finding) {
  struct pal_buf have, want;
  struct pal_err ignored;
  pal_buf_init(&have, 64 * (size_t)DIFF_BYTES_MAX);
  pal_buf_init(&want, DIFF_BYTES_MAX);
  for (const pal_json *node = pal_json_first(wanted); node; node = pal_json_next(node)) {
    pal_buf_clear(&have);
    pal_buf_clear(&want);
    bool there = finding_detail(pal_get_text(finding, PAL_FINDING_DETAILS), pal_json_key(node), &have);
    if (pal_json_compact(c->doc, node, &want, &ignored) == PAL_OK &&
        (pal_json_is_null(node) ? there : !there || strcmp(want.data, have.data) != 0))
      say_differs(c, pal_json_key(node), node, there ? have.data : "nothing");
  }
  pal_buf_deinit(&want);
  pal_buf_deinit(&have);
}

/* Two long lines hide one word: the members in which the nearest finding differs are told apart. */
static void say_nearest(struct comparison *c, const pal_json *wanted) {
  const struct got *got = nearest(c, wanted);
  if (!got)
    return;
  say_text_differs(c, wanted, "subject", finding_subject(got->finding, PAL_SUBJECT_ID));
  say_text_differs(c, wanted, "subjectType", finding_subject(got->finding, PAL_SUBJECT_TYPE));
  for (size_t i = 0; i < PLAIN_KEYS; i++)
    say_text_differs(c, wanted, plain_keys[i].key, pal_get_text(got->finding, plain_keys[i].field));
  say_details_differ(c, pal_json_get(wanted, "details"), got->finding);
}

enum { MEMBERS_MAX = 100 };

static enum pal_code match(struct comparison *c, const pal_json *list, struct pal_err *err) {
  for (size_t members = MEMBERS_MAX + 1; members-- > 0;) {
    size_t at = 0;
    const pal_json *wanted;
    while ((wanted = next_expected(list, members, &at))) {
      bool found = false;
      for (size_t i = 0; i < c->n && !found; i++)
        if (!c->got[i].used && fits(c, wanted, &c->got[i]))
          found = c->got[i].used = true;
      if (found)
        continue;
      pal_buf_puts(&c->diff, "- expected ");
      enum pal_code code = pal_json_compact(c->doc, wanted, &c->diff, err);
      if (code != PAL_OK)
        return code;
      pal_buf_putc(&c->diff, '\n');
      say_nearest(c, wanted);
    }
  }
  return PAL_OK;
}

static void say_member(struct pal_buf *out, const char *key, const char *text) {
  if (!text || !*text)
    return;
  if (out->data[out->len - 1] != '{')
    pal_buf_putc(out, ',');
  pal_json_escape(out, key);
  pal_buf_putc(out, ':');
  pal_json_escape(out, text);
}

static void say_got(struct pal_buf *out, const struct got *got, bool of_all) {
  const char *details = pal_get_text(got->finding, PAL_FINDING_DETAILS);
  pal_buf_puts(out, "+ got      {");
  say_member(out, "tenant", got->tenant_id);
  say_member(out, "subjectType", finding_subject(got->finding, PAL_SUBJECT_TYPE));
  say_member(out, "subject", finding_subject(got->finding, PAL_SUBJECT_ID));
  for (size_t i = of_all ? 0 : 1; i < PLAIN_KEYS; i++)
    say_member(out, plain_keys[i].key, pal_get_text(got->finding, plain_keys[i].field));
  if (details)
    pal_buf_printf(out, ",\"details\":%s", details);
  pal_buf_puts(out, "}\n");
}

/* What SQLite says of it is all there is to tell of a policy that cannot be judged. */
static void say_broken(struct comparison *c, const struct pal_judge *judge, const char *policy) {
  for (size_t i = 0;; i++) {
    const struct pal_policy_result *result = pal_judge_result(judge, i);
    if (!result)
      return;
    if ((!policy || strcmp(result->policy->id, policy) == 0) && result->state == PAL_BROKEN)
      pal_buf_printf(&c->diff, "%s is broken: %s\n", result->policy->id, result->why);
  }
}

static void say_state(struct comparison *c, const struct pal_judge *judge, const char *policy) {
  for (size_t i = 0;; i++) {
    const struct pal_policy_result *result = pal_judge_result(judge, i);
    if (!result)
      return;
    if (policy && strcmp(result->policy->id, policy) == 0 && result->state == PAL_NOT_TESTED && c->diff.len)
      pal_buf_printf(&c->diff, "the policy is not tested: %s is not collected\n", result->why);
  }
}

enum pal_code case_compare(struct pal_arena *arena, const struct pal_judge *judge, const struct case_place *place,
                           const char **ret, struct pal_err *err) {
  const pal_json *node = place->night ? place->night : place->node, *list = pal_json_get(node, "expect");
  struct comparison *c = pal_arena_alloc(arena, sizeof *c);
  if (!c)
    return pal_err_nomem(err);
  if (!list)
    return pal_json_fail(place->doc, node, err, "a case has \"expect\", which may be []");
  enum pal_code code = check_expect(place, list, err);
  if (code != PAL_OK)
    return code;
  c->arena = arena;
  c->doc = place->doc;
  pal_buf_init(&c->diff, DIFF_BYTES_MAX);
  say_broken(c, judge, place->policy);
  if (c->diff.len == 0) {
    collect(c, judge, place->policy);
    code = match(c, list, err);
  }
  for (size_t i = 0; i < c->n && code == PAL_OK; i++)
    if (!c->got[i].used)
      say_got(&c->diff, &c->got[i], !place->policy);
  say_state(c, judge, place->policy);
  *ret = NULL;
  if (code == PAL_OK && c->diff.len && !(*ret = pal_arena_strdup(arena, c->diff.data)))
    code = pal_err_nomem(err);
  pal_buf_deinit(&c->diff);
  return code;
}
