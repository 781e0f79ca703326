/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_report.c - how long writing a report takes, and how much memory.
 *
 *   bench_report PACK TENANTS FOLDER
 *       judges a made-up estate, then writes its findings to FOLDER/findings.json and
 *       the pages to FOLDER/site; prints processor seconds and peaks of memory
 *
 * Each tenant has one linked identity with the wrong ID, one subscription, and
 * areas that were not read: some ten verdicts on average.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "pal_file.h"
#include "pal_remedy.h"
#include "pal_site.h"

enum { DOC_MAX = 8192 };
static const char started[] = "2026-11-20T02:00:00Z";

/* --- the estate --- */

/* Spread over all first digits, in the order of the numbers. */
static void tenant_id(char out[37], unsigned long n, unsigned long tenants) {
  unsigned first = (unsigned)((double)n / (double)tenants * 4294967296.0);
  (void)snprintf(out, 37, "%08x-0000-4000-8000-0000%08x", first, (unsigned)n);
}

static void add(struct pal_docs *docs, const char *tenant, const char *name, const char *text) {
  struct pal_err err;
  struct pal_doc read = {0};
  char path[256];
  (void)snprintf(path, sizeof path, "tenants/%.2s/%s/%s", tenant, tenant, name);
  must(pal_doc_parse_path(path, &read, &err), &err);
  struct pal_doc *doc = must_have(pal_docs_get(docs, read.file->id, &read.tenant, read.id.s[0] ? read.id.s : NULL));
  must(pal_doc_decode(docs->arena, text, strlen(text), doc, &err), &err);
}

/* Of every third tenant roles were not read, so that what rests on them is unknown. */
static void make_coverage(char text[DOC_MAX], bool lacking) {
  static const char *const areas[] = {"delegations",      "deny-assignments", "groups",        "links",  "pim",
                                      "role-assignments", "role-definitions", "subscriptions", "tenant", "usage"};
  enum { AREAS = sizeof areas / sizeof areas[0] };
  size_t used = (size_t)snprintf(text, DOC_MAX, "{\n");
  for (size_t i = 0; i < AREAS; i++) {
    bool unread = lacking && strncmp(areas[i], "role-", 5) == 0;
    used += (size_t)snprintf(text + used, DOC_MAX - used, "  \"%s\": {\n    \"%s\": {%s}\n  }%s\n", areas[i],
                             strcmp(areas[i], "links") == 0 ? "automation" : "tenant",
                             unread ? "\"code\":\"403 AuthorizationFailed\",\"state\":\"unread\""
                                    : "\"items\":0,\"state\":\"complete\"",
                             i + 1 < AREAS ? "," : "");
  }
  (void)snprintf(text + used, DOC_MAX - used, "}\n");
}

static void make_tenant(struct pal_docs *docs, unsigned long n, unsigned long tenants) {
  char id[37], text[DOC_MAX], name[128];
  tenant_id(id, n, tenants);
  (void)snprintf(text, sizeof text,
                 "{\n  \"countryCode\": \"DE\",\n  \"displayName\": \"Customer %06lu of a partner\",\n"
                 "  \"tenantId\": \"%s\"\n}\n",
                 n, id);
  add(docs, id, "tenant.json", text);
  (void)snprintf(name, sizeof name, "identities/%s.json", id);
  (void)snprintf(text, sizeof text,
                 "{\n  \"assurance\": \"read\",\n  \"link\": {\n    \"objectId\": \"%s\",\n    \"partnerId\": \"%s\",\n"
                 "    \"partnerName\": \"Contoso\",\n    \"state\": \"Active\",\n    \"tenantId\": \"%s\",\n"
                 "    \"version\": 1\n  },\n  \"names\": [\"automation\"],\n  \"objectId\": \"%s\",\n"
                 "  \"type\": \"servicePrincipal\"\n}\n",
                 id, n % 3 ? "1000001" : "9990001", id, id);
  add(docs, id, name, text);
  make_coverage(text, n % 3 == 0);
  add(docs, id, "coverage.json", text);
}

static const struct pal_record *input(struct pal_arena *arena, const struct pal_kind *kind, const char *text) {
  struct pal_json_doc *doc = NULL;
  struct pal_record *record = NULL;
  struct pal_err err;
  must(pal_json_parse(text, strlen(text), "input", 0, 0, &doc, &err), &err);
  must(pal_record_decode(arena, kind, doc, pal_json_root(doc), PAL_DECODE_PERSON, &record, &err), &err);
  pal_json_doc_free(doc);
  return record;
}

static struct pal_judge *judge_estate(struct pal_arena *arena, const struct pal_pack *pack, unsigned long tenants) {
  struct pal_judge_options options = {.pack = pack, .replay = "", .all_tables = true};
  struct pal_judge *judge = NULL;
  struct pal_err err;
  options.registry =
      input(arena, &pal_kind_REGISTRY,
            "{\"ids\":[{\"id\":\"1000001\",\"type\":\"global\",\"name\":\"Contoso\"},{\"id\":\"2000001\","
            "\"type\":\"location\",\"country\":\"DE\"}],\"expect\":[{\"country\":\"DE\","
            "\"id\":\"2000001\"}]}");
  options.settings = input(arena, &pal_kind_SETTINGS,
                           "{\"cloud\":\"AzurePublicCloud\",\"collect\":[\"links\",\"role-assignments\",\"usage\","
                           "\"delegations\"],\"names\":\"ours\",\"usageWindowMonths\":2,\"identities\":[{\"name\":"
                           "\"automation\",\"type\":\"client-secret\",\"tenantId\":"
                           "\"ffffffff-0000-4000-8000-000000000000\",\"all\":true}]}");
  (void)pal_instant_parse(started, &options.started);
  must(pal_judge_new(&options, &judge, &err), &err);
  struct pal_arena *scratch = must_have(pal_arena_new(0));
  for (unsigned long n = 0; n < tenants; n++) {
    struct pal_docs docs;
    pal_docs_init(&docs, scratch);
    make_tenant(&docs, n, tenants);
    must(pal_judge_load(judge, PAL_STATE_NOW, &docs, &err), &err);
    pal_arena_reset(scratch);
  }
  pal_arena_free(scratch);
  must(pal_judge_run(judge, &err), &err);
  return judge;
}

/* --- writing --- */

static void write_json(const struct pal_report *report, const char *path) {
  const struct pal_style style = {0};
  struct pal_err err;
  FILE *out = must_have(fopen(path, "w"));
  must(pal_format_find("json")->findings(report, &style, out, &err), &err);
  if (fclose(out) != 0)
    exit(EXIT_FAILURE);
}

int main(int argc, char **argv) {
  struct pal_pack *pack = NULL;
  struct pal_err err;
  char path[4096];
  if (argc != 4) {
    (void)fputs("usage: bench_report PACK TENANTS FOLDER\n", stderr);
    return EXIT_FAILURE;
  }
  unsigned long tenants = strtoul(argv[2], NULL, 10);
  struct pal_arena *arena = must_have(pal_arena_new(0));
  must(pal_pack_load(argv[1], NULL, 0, &pack, &err), &err);
  struct pal_judge *judge = judge_estate(arena, pack, tenants);
  struct pal_remedies *remedies = NULL;
  must(pal_remedies_read(arena, judge, &remedies, &err), &err);
  struct pal_report report = {.commit = "0000000000000000000000000000000000000000",
                              .tree = "0000000000000000000000000000000000000000",
                              .started = started,
                              .kind = "scan",
                              .full = true,
                              .remedies = remedies,
                              .completeness = {.expected = tenants}};
  must(pal_report_build(arena, judge, pack, NULL, 0, false, &report, &err), &err);
  double model = peak_mib(), at = now_s();
  (void)snprintf(path, sizeof path, "%s/findings.json", argv[3]);
  write_json(&report, path);
  double json = now_s() - at, json_peak = peak_mib();
  (void)snprintf(path, sizeof path, "%s/site", argv[3]);
  must(pal_dir_make(path, 0755, &err), &err);
  const struct pal_site site = {.report = &report, .pack = pack, .judge = judge, .version = "bench"};
  at = now_s();
  must(pal_site_write(&site, path, &err), &err);
  double html = now_s() - at;
  (void)printf("findings %zu\njson %.3f\nhtml %.3f\nmodel_mib %.1f\njson_mib %.1f\nhtml_mib %.1f\n", report.findings_n,
               json, html, model, json_peak, peak_mib());
  pal_judge_free(judge);
  pal_pack_free(pack);
  pal_arena_free(arena);
  return EXIT_SUCCESS;
}
