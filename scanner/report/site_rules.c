/* SPDX-License-Identifier: Apache-2.0 */
/* site_rules.c - the rules with their text, and how many findings each has. */
#include "model.h"
#include "site.h"

static void write_texts(struct jsonw *w, const char *key, const char *const *texts, size_t n) {
  jsonw_array(w, key, JSONW_INLINE);
  for (size_t i = 0; i < n; i++)
    jsonw_text(w, NULL, texts[i]);
  jsonw_end(w);
}

static const char *state_word(const struct pal_judge *judge, size_t i) {
  static const char *const words[] = {
      [PAL_TESTED] = "tested", [PAL_NOT_TESTED] = "not tested", [PAL_DISABLED] = "disabled", [PAL_BROKEN] = "broken"};
  return judge ? words[pal_judge_result(judge, i)->state] : words[PAL_TESTED];
}

static const char *status_word(const struct pal_policy *policy) {
  static const char *const words[] = {
      [PAL_RULE] = "rule", [PAL_AWAITS] = "awaits data", [PAL_REASON] = "reason", [PAL_RETIRED] = "retired"};
  return words[policy->status];
}

static void write_counts(struct jsonw *w, const struct pal_policy_result *result) {
  jsonw_text(w, "why", result->why);
  jsonw_count(w, "fail", result->fail);
  jsonw_count(w, "unknown", result->unknown);
  jsonw_count(w, "accepted", result->waived);
  jsonw_count(w, "folded", result->folded);
}

static void write_rule(struct jsonw *w, const struct pal_site *site, size_t i) {
  static const char *const origins[] = {[PAL_SHIPPED] = "shipped", [PAL_CHANGED] = "changed", [PAL_OWN] = "own"};
  const struct pal_policy *policy = pal_pack_at(site->pack, i);
  jsonw_object(w, NULL, JSONW_INLINE);
  jsonw_text(w, "id", policy->id);
  jsonw_text(w, "title", policy->title);
  jsonw_text(w, "class", policy->policy_class);
  jsonw_text(w, "severity", policy->effective);
  jsonw_text(w, "shippedSeverity", policy->severity);
  jsonw_text(w, "origin", origins[policy->origin]);
  jsonw_text(w, "status", status_word(policy));
  write_texts(w, "statusWords", policy->status_words, policy->status_words_n);
  jsonw_text(w, "state", state_word(site->judge, i));
  if (site->judge)
    write_counts(w, pal_judge_result(site->judge, i));
  jsonw_text(w, "rationale", policy->rationale);
  jsonw_text(w, "remediation", policy->remediation);
  jsonw_text(w, "references", policy->references);
  write_texts(w, "controls", policy->controls, policy->controls_n);
  jsonw_text(w, "sql", policy->sql);
  jsonw_end(w);
}

enum pal_code site_write_rules(const struct pal_site *site, const char *folder, struct pal_err *err) {
  struct site_list list;
  site_list_init(&list, folder, "rules");
  enum pal_code code = site_list_open(&list, false, err);
  for (size_t i = 0; code == PAL_OK && site->pack && i < pal_pack_n(site->pack); i++)
    write_rule(&list.w, site, i);
  if (code == PAL_OK)
    code = site_list_close(&list, "", err);
  site_list_drop(&list);
  return code;
}
