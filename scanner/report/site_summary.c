/* SPDX-License-Identifier: Apache-2.0 */
/* site_summary.c - what every page needs to know: the first screen's numbers, and where the rest stands. */
#include <string.h>

#include "json.h"
#include "people.h"
#include "site.h"

enum { WHY_MAX = 64 << 10 };

/* --- completeness --- */

static void write_gap(struct jsonw *w, const struct pal_gap *gap) {
  jsonw_object(w, NULL, JSONW_INLINE);
  jsonw_text(w, "id", gap->tenant_id);
  jsonw_text(w, "name", gap->tenant_name);
  jsonw_text(w, "area", gap->area);
  jsonw_text(w, "state", gap->state);
  jsonw_text(w, "cause", gap->cause);
  jsonw_text(w, "asOf", gap->as_of);
  jsonw_text(w, "accepted", gap->accepted);
  jsonw_count(w, "units", gap->units);
  jsonw_end(w);
}

/* What nobody accepted comes first, as on the first screen. */
enum pal_code site_write_gaps(const struct pal_site *site, const char *folder, struct site_parts *parts,
                              struct pal_err *err) {
  const struct pal_completeness *completeness = &site->report->completeness;
  struct site_list list;
  enum pal_code code = PAL_OK;
  site_list_init(&list, folder, "gaps");
  for (int accepted = 0; accepted <= 1; accepted++)
    for (size_t i = 0; code == PAL_OK && i < completeness->gaps_n; i++) {
      if ((completeness->gaps[i].accepted != NULL) != (accepted != 0))
        continue;
      code = site_list_open(&list, false, err);
      if (code != PAL_OK)
        break;
      write_gap(&list.w, &completeness->gaps[i]);
      code = site_list_settle(&list, err);
    }
  if (code == PAL_OK)
    code = site_list_close(&list, NULL, err);
  site_list_drop(&list);
  parts->gaps = list.parts;
  return code;
}

static void write_completeness(struct jsonw *w, const struct pal_completeness *completeness) {
  jsonw_object(w, "completeness", JSONW_INLINE);
  jsonw_count(w, "expected", completeness->expected);
  jsonw_count(w, "complete", completeness->complete);
  jsonw_count(w, "gaps", completeness->gaps_n);
  jsonw_count(w, "selfDeclared", completeness->self_declared);
  jsonw_text(w, "selfDeclaredOldest", completeness->self_declared_oldest);
  jsonw_array(w, "areas", JSONW_INLINE);
  for (size_t i = 0; i < completeness->areas_n; i++) {
    jsonw_object(w, NULL, JSONW_INLINE);
    jsonw_text(w, "area", completeness->areas[i].area);
    for (size_t state = 0; state < PAL_COVERAGE_STATES; state++)
      jsonw_count(w, report_state_word((int)state), completeness->areas[i].n[state]);
    jsonw_end(w);
  }
  jsonw_end(w);
  jsonw_end(w);
}

/* --- the run --- */

static void write_run(struct jsonw *w, const struct pal_site *site) {
  const struct pal_report *report = site->report;
  jsonw_object(w, "run", JSONW_INLINE);
  jsonw_text(w, "version", site->version);
  jsonw_text(w, "organization", site->organization);
  jsonw_text(w, "started", report->started);
  jsonw_text(w, "kind", report->kind);
  jsonw_text(w, "kindWords", people_run(report->kind));
  jsonw_text(w, "scope", report->full ? "full" : "partial");
  jsonw_text(w, "commit", report->commit);
  jsonw_text(w, "tree", report->tree);
  jsonw_text(w, "judged", report->rejudged ? report->inputs : NULL);
  jsonw_array(w, "identities", JSONW_INLINE);
  for (size_t i = 0; report->identities && i < report->identities->n; i++)
    jsonw_text(w, NULL, report->identities->v[i]);
  jsonw_end(w);
  jsonw_end(w);
}

/* --- findings --- */

static void write_open(struct jsonw *w, const struct pal_report *report) {
  jsonw_array(w, "open", JSONW_INLINE);
  for (int i = 0; i < PAL_CLASSES; i++) {
    jsonw_object(w, NULL, JSONW_INLINE);
    jsonw_text(w, "class", report_class_word(i));
    jsonw_array(w, "n", JSONW_INLINE);
    for (int k = 0; k < PAL_SEVERITIES; k++) {
      jsonw_object(w, NULL, JSONW_INLINE);
      jsonw_text(w, "severity", report_severity_word(k));
      jsonw_count(w, "n", report->open[i][k]);
      jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_end(w);
  }
  jsonw_end(w);
}

static size_t count_lapsed(const struct pal_report *report) {
  size_t n = 0;
  for (size_t i = 0; i < report->findings_n; i++)
    n += report_counts(report->findings[i].finding) && pal_get_text(report->findings[i].finding, PAL_FINDING_LAPSED);
  return n;
}

static void write_findings(struct jsonw *w, const struct pal_report *report) {
  jsonw_object(w, "findings", JSONW_INLINE);
  jsonw_text(w, "previous", report->has_previous ? "yes" : NULL);
  jsonw_count(w, "all", report->findings_n);
  jsonw_count(w, "new", report->fresh);
  jsonw_count(w, "worsened", report->worsened);
  jsonw_count(w, "resolved", report->resolved_n);
  jsonw_count(w, "unknown", report->unknown);
  jsonw_count(w, "unknownNew", report->unknown_new);
  jsonw_count(w, "unknownAccepted", report->unknown_accepted);
  jsonw_count(w, "accepted", report->waived);
  jsonw_count(w, "folded", report->folded);
  jsonw_count(w, "lapsed", count_lapsed(report));
  write_open(w, report);
  jsonw_array(w, "causes", JSONW_INLINE);
  for (size_t i = 0; i < report->causes_n; i++) {
    jsonw_object(w, NULL, JSONW_INLINE);
    jsonw_text(w, "cause", report->causes[i].cause);
    jsonw_text(w, "areas", report->causes[i].areas);
    jsonw_count(w, "n", report->causes[i].n);
    jsonw_count(w, "new", report->causes[i].fresh);
    jsonw_count(w, "accepted", report->causes[i].accepted);
    jsonw_end(w);
  }
  jsonw_end(w);
  jsonw_end(w);
}

/* --- risk acceptances, reviews --- */

static void write_acceptance(struct jsonw *w, const struct pal_acceptance *acceptance) {
  static const struct {
    const char *key;
    int field;
  } texts[] = {{"id", PAL_WAIVER_ID},
               {"policy", PAL_WAIVER_POLICY},
               {"tenant", PAL_WAIVER_TENANT},
               {"reason", PAL_WAIVER_REASON},
               {"owner", PAL_WAIVER_OWNER},
               {"requester", PAL_WAIVER_REQUESTER},
               {"approver", PAL_WAIVER_APPROVER},
               {"ticket", PAL_WAIVER_TICKET},
               {"from", PAL_WAIVER_FROM},
               {"until", PAL_WAIVER_UNTIL}};
  jsonw_object(w, NULL, JSONW_INLINE);
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    jsonw_text(w, texts[i].key, pal_get_text(acceptance->record, texts[i].field));
  jsonw_text(w, "state", pal_acceptance_word(acceptance->state));
  jsonw_text(w, "approval", report_approval_word(acceptance->approval));
  jsonw_count(w, "covers", acceptance->covers);
  jsonw_text(w, "note", acceptance->note[0] ? acceptance->note : NULL);
  jsonw_end(w);
}

static void write_acceptances(struct jsonw *w, const struct pal_report *report) {
  jsonw_array(w, "acceptances", JSONW_INLINE);
  for (size_t i = 0; i < report->accepted_n; i++)
    write_acceptance(w, &report->accepted[i]);
  jsonw_end(w);
}

/* --- the comparison, the nights before --- */

static void write_side(struct jsonw *w, const char *key, const char *commit, const char *started, const char *kind) {
  jsonw_object(w, key, JSONW_INLINE);
  jsonw_text(w, "commit", commit);
  jsonw_text(w, "started", started);
  jsonw_text(w, "mark", people_run_mark(kind));
  jsonw_end(w);
}

static void write_comparison(struct jsonw *w, const struct pal_comparison *c, const struct site_parts *parts) {
  if (!c)
    return;
  jsonw_object(w, "comparison", JSONW_INLINE);
  write_side(w, "from", c->from_commit, c->from_started, c->from_kind);
  write_side(w, "to", c->to_commit, c->to_started, c->to_kind);
  jsonw_count(w, "between", c->runs_between);
  jsonw_count(w, "changes", c->lines_n);
  jsonw_count(w, "activations", c->activations_n);
  jsonw_count(w, "findings", parts->changed.findings);
  jsonw_count(w, "new", parts->changed.fresh);
  jsonw_count(w, "resolved", parts->changed.resolved);
  jsonw_count(w, "hidden", parts->changed.hidden);
  jsonw_text(w, "quiet", parts->changed.quiet ? "yes" : NULL);
  jsonw_end(w);
}

static void write_nights(struct jsonw *w, const struct pal_site *site) {
  jsonw_array(w, "nights", JSONW_INLINE);
  for (size_t i = 0; i < site->nights_n; i++) {
    const struct pal_site_night *night = &site->nights[i];
    jsonw_object(w, NULL, JSONW_INLINE);
    jsonw_text(w, "started", night->started);
    jsonw_text(w, "commit", night->commit);
    jsonw_count(w, "complete", (size_t)night->complete);
    jsonw_count(w, "expected", (size_t)night->expected);
    jsonw_array(w, "open", JSONW_INLINE);
    for (int k = 0; k < PAL_SEVERITIES; k++)
      jsonw_count(w, NULL, night->open[k]);
    jsonw_end(w);
    jsonw_end(w);
  }
  jsonw_end(w);
}

/* --- rules: what every page calls them, and those that judged nothing --- */

static void write_titles(struct jsonw *w, const struct pal_pack *pack) {
  jsonw_object(w, "titles", JSONW_INLINE);
  for (size_t i = 0; pack && i < pal_pack_n(pack); i++) {
    const struct pal_policy *policy = pal_pack_at(pack, i);
    jsonw_array(w, policy->id, JSONW_INLINE);
    jsonw_text(w, NULL, policy->title);
    jsonw_text(w, NULL, policy->policy_class);
    jsonw_end(w);
  }
  jsonw_end(w);
}

static enum pal_code write_not_tested(struct jsonw *w, const struct pal_report *report, struct pal_err *err) {
  struct pal_buf why;
  enum pal_code code = PAL_OK;
  pal_buf_init(&why, WHY_MAX);
  jsonw_array(w, "notTested", JSONW_INLINE);
  for (size_t i = 0; code == PAL_OK && i < report->not_tested_n; i++) {
    const struct pal_policy_result *result = report->not_tested[i];
    const struct pal_policy *policy = result->policy;
    pal_buf_clear(&why);
    if (policy->status == PAL_AWAITS) {
      pal_buf_puts(&why, "needs data not read by this version: ");
      report_join(&why, policy->status_words, policy->status_words_n, policy->status_words_n);
    } else {
      pal_buf_printf(&why, "%s%s", result->why ? result->why : "",
                     result->state == PAL_BROKEN || !result->why ? "" : " not collected");
    }
    code = pal_buf_check(&why, "why a rule was not tested", err);
    jsonw_object(w, NULL, JSONW_INLINE);
    jsonw_text(w, "id", policy->id);
    jsonw_text(w, "title", policy->title);
    jsonw_text(w, "why", why.data);
    jsonw_text(w, "broken", result->state == PAL_BROKEN ? "yes" : NULL);
    jsonw_end(w);
  }
  jsonw_end(w);
  pal_buf_deinit(&why);
  return code;
}

static void write_parts(struct jsonw *w, const struct site_parts *parts) {
  jsonw_object(w, "parts", JSONW_INLINE);
  jsonw_count(w, "findings", parts->findings);
  jsonw_count(w, "changes", parts->changes);
  jsonw_count(w, "customers", parts->customers);
  jsonw_count(w, "people", parts->people);
  jsonw_count(w, "gaps", parts->gaps);
  jsonw_end(w);
  jsonw_object(w, "kept", JSONW_INLINE);
  for (int i = 0; i < SITE_KEPT_N; i++) {
    jsonw_array(w, site_kept_names[i], JSONW_INLINE);
    for (size_t k = 0; k < parts->kept[i].n; k++)
      jsonw_text(w, NULL, parts->kept[i].v[k]);
    jsonw_end(w);
  }
  jsonw_end(w);
}

enum pal_code site_write_summary(const struct pal_site *site, const char *folder, const struct site_parts *parts,
                                 struct pal_err *err) {
  struct site_list list;
  site_list_init(&list, folder, "report");
  enum pal_code code = site_list_open(&list, true, err);
  if (code != PAL_OK)
    return code;
  struct jsonw *w = &list.w;
  write_run(w, site);
  write_completeness(w, &site->report->completeness);
  report_json_rules(w, site->report);
  write_findings(w, site->report);
  write_acceptances(w, site->report);
  jsonw_text(w, "lastReview", site->report->last_review);
  jsonw_text(w, "lastReviewBy", site->report->last_review_by);
  jsonw_text(w, "next", site->report->next);
  write_comparison(w, site->comparison, parts);
  write_nights(w, site);
  write_titles(w, site->pack);
  code = write_not_tested(w, site->report, err);
  write_parts(w, parts);
  if (code == PAL_OK)
    code = site_list_close(&list, "", err);
  site_list_drop(&list);
  return code;
}
