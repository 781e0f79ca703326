/* SPDX-License-Identifier: Apache-2.0 */
/* remedy_json.c - the plan for programs: snapshots/outputs/remediate.schema.json. */
#include "json_writer.h"
#include "model.h"
#include "remedy_words.h"

static const char *or_null(const char *id) {
  return id && id[0] ? id : NULL;
}

static void write_texts(struct jsonw *w, const char *key, const char *const *texts, size_t n) {
  jsonw_array(w, key, JSONW_INLINE);
  for (size_t i = 0; i < n; i++)
    jsonw_text(w, NULL, texts[i]);
  jsonw_end(w);
}

static void write_way(struct jsonw *w, const struct pal_way *way, struct pal_arena *arena) {
  jsonw_object(w, NULL, JSONW_INLINE);
  jsonw_text(w, "fix", way->fix->word);
  jsonw_text(w, "title", way->title);
  jsonw_text(w, "actor", pal_actor_word(way->fix->actor));
  jsonw_text(w, "tenantId", or_null(way->ids.tenant.s));
  jsonw_text(w, "objectId", or_null(way->ids.object.s));
  jsonw_text(w, "subscriptionId", or_null(way->ids.subscription.s));
  jsonw_text(w, "scope", or_null(way->ids.scope));
  jsonw_text(w, "partnerId", or_null(way->ids.partner.s));
  jsonw_text(w, "linkedPartnerId", or_null(way->ids.linked.s));
  jsonw_raw(w, "complete", way->complete ? "true" : "false");
  jsonw_object(w, "signIn", JSONW_INLINE);
  jsonw_text(w, "az", pal_way_sign_in(arena, way, false));
  jsonw_text(w, "powershell", pal_way_sign_in(arena, way, true));
  jsonw_end(w);
  write_texts(w, "az", way->az, way->az_n);
  write_texts(w, "powershell", way->powershell, way->powershell_n);
  jsonw_end(w);
}

static void write_findings(struct jsonw *w, const struct pal_step *step) {
  jsonw_array(w, "findings", JSONW_INLINE);
  for (size_t i = 0; i < step->findings_n; i++) {
    const struct pal_record *finding = step->findings[i]->finding;
    jsonw_object(w, NULL, JSONW_INLINE);
    jsonw_text(w, "policy", pal_get_text(finding, PAL_FINDING_POLICY));
    jsonw_text(w, "fingerprint", pal_get_text(finding, PAL_FINDING_FINGERPRINT));
    jsonw_text(w, "message", pal_get_text(finding, PAL_FINDING_MESSAGE));
    jsonw_end(w);
  }
  jsonw_end(w);
}

enum pal_code remedy_print_json(const struct pal_plan *plan, const struct pal_style *style, FILE *out,
                                struct pal_err *err) {
  (void)style;
  struct jsonw w;
  struct pal_arena *arena = pal_arena_new(0);
  if (!arena)
    return pal_err_nomem(err);
  jsonw_init(&w, out);
  jsonw_object(&w, NULL, JSONW_LINES);
  jsonw_count(&w, "formatVersion", 1);
  jsonw_object(&w, "snapshot", JSONW_INLINE);
  jsonw_text(&w, "commit", or_null(plan->commit));
  jsonw_text(&w, "started", plan->started);
  jsonw_end(&w);
  jsonw_count(&w, "findings", plan->findings);
  jsonw_count(&w, "settled", plan->settled);
  jsonw_array(&w, "steps", JSONW_LINES);
  for (size_t i = 0; i < plan->steps_n; i++) {
    const struct pal_step *step = &plan->steps[i];
    jsonw_object(&w, NULL, JSONW_INLINE);
    jsonw_count(&w, "number", i + 1);
    jsonw_text(&w, "tenantId", step->tenant_id);
    jsonw_text(&w, "tenantName", step->tenant_name);
    jsonw_text(&w, "actor", pal_actor_word(step->actor));
    jsonw_raw(&w, "identities", step->names ? step->names : "[]");
    jsonw_text(&w, "verdict", step->unknown ? "unknown" : "fail");
    jsonw_text(&w, "severity", report_severity_word(step->severity));
    jsonw_text(&w, "after", step->after);
    jsonw_text(&w, "decideFirst", remedy_decide_first(step));
    jsonw_array(&w, "ways", JSONW_INLINE);
    for (size_t k = 0; k < step->ways_n; k++)
      write_way(&w, &step->ways[k], arena);
    jsonw_end(&w);
    write_findings(&w, step);
    jsonw_end(&w);
    pal_arena_reset(arena);
  }
  jsonw_end(&w);
  jsonw_end(&w);
  pal_arena_free(arena);
  return jsonw_finish(&w, "the plan", err);
}
