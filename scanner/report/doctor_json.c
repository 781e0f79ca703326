/* SPDX-License-Identifier: Apache-2.0 */
/* doctor_json.c - a check-up as snapshots/outputs/doctor.schema.json has it. */
#include "doctor.h"
#include "json_writer.h"

static void put_bool(struct jsonw *w, const char *key, bool value) {
  jsonw_raw(w, key, value ? "true" : "false");
}

static void put_integer(struct jsonw *w, const char *key, long long value) {
  char text[32];
  (void)snprintf(text, sizeof text, "%lld", value);
  jsonw_raw(w, key, text);
}

static void put_texts(struct jsonw *w, const char *key, const struct pal_texts *texts) {
  jsonw_array(w, key, JSONW_INLINE);
  for (size_t i = 0; i < texts->n; i++)
    jsonw_text(w, NULL, texts->v[i]);
  jsonw_end(w);
}

static void put_lack(struct jsonw *w, const struct pal_lack *lack) {
  jsonw_object(w, NULL, JSONW_LINES);
  put_texts(w, "areas", &lack->areas);
  jsonw_text(w, "code", lack->code);
  jsonw_text(w, "meaning", lack->meaning);
  jsonw_text(w, "remedy", lack->remedy);
  jsonw_text(w, "right", lack->right);
  jsonw_text(w, "portal", lack->portal);
  jsonw_text(w, "tenantId", lack->tenant_id);
  put_texts(w, "units", &lack->units);
  put_texts(w, "commands", &lack->commands);
  put_bool(w, "elsewhere", lack->elsewhere);
  jsonw_end(w);
}

static void put_link(struct jsonw *w, const struct pal_checkup *check) {
  static const char *const words[] = {
      [PAL_LINK_NOT_READ] = "not read",
      [PAL_LINK_NONE] = "none",
      [PAL_LINK_THERE] = "there",
      [PAL_LINK_NOT_ASKED] = "not asked",
  };
  jsonw_object(w, "link", JSONW_INLINE);
  jsonw_text(w, "answer", words[check->link]);
  jsonw_text(w, "partnerId", check->partner_id);
  jsonw_text(w, "state", check->link_state);
  jsonw_end(w);
}

static void put_check(struct jsonw *w, const struct pal_checkup *check) {
  jsonw_object(w, NULL, JSONW_LINES);
  jsonw_text(w, "identity", check->identity);
  jsonw_text(w, "tenantId", check->tenant_id);
  jsonw_text(w, "tenantName", check->tenant_name);
  jsonw_text(w, "objectId", check->object_id);
  put_bool(w, "signedIn", check->signed_in);
  put_link(w, check);
  jsonw_object(w, "subscriptions", JSONW_INLINE);
  put_bool(w, "listed", check->listed);
  jsonw_count(w, "own", check->own);
  jsonw_count(w, "delegated", check->delegated);
  jsonw_text(w, "ifNone", check->if_none);
  jsonw_end(w);
  jsonw_count(w, "requests", check->requests);
  jsonw_array(w, "missing", JSONW_LINES);
  for (size_t i = 0; i < check->lacks_n; i++)
    put_lack(w, &check->lacks[i]);
  jsonw_end(w);
  jsonw_end(w);
}

enum pal_code doctor_print_json(const struct pal_doctor *doctor, FILE *out, struct pal_err *err) {
  const struct doctor_summary summary = doctor_summary(doctor);
  struct jsonw w;
  jsonw_init(&w, out);
  jsonw_object(&w, NULL, JSONW_LINES);
  jsonw_count(&w, "formatVersion", 1);
  jsonw_text(&w, "started", doctor->started);
  jsonw_text(&w, "kind", doctor->replayed ? "replay" : "live");
  jsonw_object(&w, "clock", JSONW_INLINE);
  if (doctor->clock_known)
    put_integer(&w, "aheadSeconds", doctor->ahead_s);
  else
    jsonw_text(&w, "aheadSeconds", NULL);
  put_integer(&w, "limitSeconds", PAL_CLOCK_LIMIT_S);
  jsonw_end(&w);
  jsonw_object(&w, "scan", JSONW_INLINE);
  jsonw_count(&w, "requests", doctor->requests);
  jsonw_count(&w, "minutes", doctor->minutes);
  jsonw_text(&w, "slowestTenantId", doctor->slowest);
  jsonw_end(&w);
  jsonw_object(&w, "summary", JSONW_INLINE);
  jsonw_count(&w, "well", summary.well);
  jsonw_count(&w, "lacking", summary.lacking);
  jsonw_count(&w, "signedIn", summary.signed_in);
  jsonw_end(&w);
  jsonw_array(&w, "checks", JSONW_LINES);
  for (size_t i = 0; i < doctor->checks_n; i++)
    put_check(&w, &doctor->checks[i]);
  jsonw_end(&w);
  jsonw_end(&w);
  return jsonw_finish(&w, "the check-up", err);
}
