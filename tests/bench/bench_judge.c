/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_judge.c - how long judging an estate takes, and how much memory.
 *
 *   bench_judge PACK TENANTS ASSIGNMENTS [FINDINGS]
 *       prints processor seconds: "load" and "rules", "part SECONDS NAME" (views, steps), each policy;
 *       writes the findings to a file, one a line, for comparing two versions
 *   bench_judge --csv FILE TENANTS ASSIGNMENTS
 *       writes the role assignments as CSV
 *
 * The estate is made up, the same at every run: each tenant has ten
 * subscriptions, three linked identities of ours, a group with members, PIM,
 * usage of three months; every fifth is delegated to our own tenant. Most role
 * assignments are the customer's own. The parent is the same estate.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "pal_judge.h"

enum {
  SUBSCRIPTIONS = 10,
  IDENTITIES = 3,
  MEMBERS = 20,
  MONTHS = 3,
  OURS_EVERY = 50, /* one assignment in so many is ours */
  DELEGATED_EVERY = 5
};

static const char *const months[MONTHS] = {"2026-09", "2026-10", "2026-11"};
static const char reader[] = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
static const char contributor[] = "b24988ac-6180-42a0-ab88-20f7382dd24c";

/* --- ids: a kind and a number, spread over the bytes --- */

struct guid_text {
  char s[PAL_GUID_LEN + 1];
};

static struct guid_text guid(unsigned kind, unsigned long n) {
  struct guid_text out;
  unsigned long long x = (n + 1) * 0x9E3779B97F4A7C15ULL + kind * 0xBF58476D1CE4E5B9ULL;
  x ^= x >> 31;
  (void)snprintf(out.s, sizeof out.s, "%08llx-%04x-4000-8000-%012lx", x & 0xffffffffULL, kind & 0xffffU,
                 n & 0xffffffffffffUL);
  return out;
}

enum guid_kind { G_TENANT = 1, G_SUBSCRIPTION, G_OURS, G_GROUP, G_PERSON, G_ASSIGNMENT, G_PIM, G_DELEGATION };

/* --- records --- */

struct maker {
  struct pal_arena *arena;
  struct pal_docs docs;
  struct pal_tenant_id tenant;
  struct pal_err err;
};

static void set(struct maker *m, struct pal_record *record, int field, const char *text) {
  must(pal_set_text(m->arena, record, field, text, &m->err), &m->err);
}

static struct pal_record *add(struct maker *m, enum pal_file_id file, const char *id) {
  struct pal_doc *doc = must_have(pal_docs_get(&m->docs, file, &m->tenant, id));
  struct pal_record *record = must_have(pal_record_new(m->arena, pal_files[file].kind));
  must(pal_records_add(m->arena, &doc->records, record, &m->err), &m->err);
  return record;
}

static void cover(struct maker *m, const char *area, const char *unit) {
  struct pal_record *record = add(m, PAL_FILE_COVERAGE, NULL);
  set(m, record, PAL_COVERAGE_AREA, area);
  set(m, record, PAL_COVERAGE_UNIT, unit);
  set(m, record, PAL_COVERAGE_STATE, "complete");
}

static void cover_tenant(struct maker *m) {
  static const char *const areas[] = {"tenant", "subscriptions",    "role-assignments", "role-definitions",
                                      "pim",    "deny-assignments", "delegations"};
  for (size_t i = 0; i < sizeof areas / sizeof areas[0]; i++)
    cover(m, areas[i], "tenant");
}

static void add_identity(struct maker *m, unsigned long tenant, unsigned i) {
  struct guid_text object = guid(G_OURS, tenant * IDENTITIES + i);
  char name[32];
  (void)snprintf(name, sizeof name, "identity-%u", i);
  const char *names[] = {name};
  struct pal_record *identity = add(m, PAL_FILE_IDENTITY, object.s),
                    *link = must_have(pal_record_new(m->arena, &pal_kind_LINK));
  set(m, identity, PAL_IDENTITY_OBJECT_ID, object.s);
  set(m, identity, PAL_IDENTITY_TYPE, i ? "guest" : "servicePrincipal");
  set(m, identity, PAL_IDENTITY_ASSURANCE, "read");
  must(pal_set_texts(m->arena, identity, PAL_IDENTITY_NAMES, names, 1, &m->err), &m->err);
  set(m, link, PAL_LINK_PARTNER_ID, tenant % 97 == 0 ? "1000001" : "2000001");
  set(m, link, PAL_LINK_STATE, "Active");
  pal_set_int(link, PAL_LINK_VERSION, 1);
  pal_set_record(identity, PAL_IDENTITY_LINK, link);
  cover(m, "links", name);
}

static void add_assignment(struct maker *m, unsigned long tenant, unsigned long n, struct guid_text subscription) {
  char scope[PAL_GUID_LEN + 32], id[200];
  bool ours = n % OURS_EVERY == 0;
  struct guid_text principal = ours         ? guid(G_OURS, tenant * IDENTITIES + n / OURS_EVERY % IDENTITIES)
                               : n % 7 == 0 ? guid(G_GROUP, tenant)
                                            : guid(G_PERSON, n % 5000);
  (void)snprintf(scope, sizeof scope, "/subscriptions/%s", subscription.s);
  (void)snprintf(id, sizeof id, "%s/providers/microsoft.authorization/roleassignments/%s", scope,
                 guid(G_ASSIGNMENT, n).s);
  struct pal_record *record = add(m, PAL_FILE_ASSIGNMENTS, subscription.s);
  set(m, record, PAL_ASSIGNMENT_ID, id);
  set(m, record, PAL_ASSIGNMENT_ROLE_ID, n % 3 ? reader : contributor);
  set(m, record, PAL_ASSIGNMENT_PRINCIPAL_ID, principal.s);
  set(m, record, PAL_ASSIGNMENT_PRINCIPAL_TYPE, !ours && n % 7 == 0 ? "Group" : "User");
  set(m, record, PAL_ASSIGNMENT_SCOPE, scope);
  set(m, record, PAL_ASSIGNMENT_CREATED_ON, "2026-01-01T00:00:00Z");
  set(m, record, PAL_ASSIGNMENT_UPDATED_ON, "2026-01-01T00:00:00Z");
  set(m, record, PAL_ASSIGNMENT_CREATED_BY, principal.s);
}

static void add_subscription(struct maker *m, unsigned long tenant, unsigned i, unsigned long from, unsigned long to) {
  struct guid_text id = guid(G_SUBSCRIPTION, tenant * SUBSCRIPTIONS + i);
  static const char *const areas[] = {"role-assignments", "pim", "deny-assignments", "usage"};
  struct pal_record *record = add(m, PAL_FILE_SUBSCRIPTION, id.s),
                    *sighting = must_have(pal_record_new(m->arena, &pal_kind_SIGHTING));
  set(m, record, PAL_SUBSCRIPTION_SUBSCRIPTION_ID, id.s);
  set(m, record, PAL_SUBSCRIPTION_STATE, "Enabled");
  set(m, record, PAL_SUBSCRIPTION_QUOTA_ID, i % 2 ? "CSP_2015-05-01" : "EnterpriseAgreement_2014-09-01");
  set(m, sighting, PAL_SIGHTING_IDENTITY, "identity-0");
  set(m, sighting, PAL_SIGHTING_TENANT, m->tenant.s);
  must(pal_add_record(m->arena, record, PAL_SUBSCRIPTION_SEEN_FROM, sighting, &m->err), &m->err);
  for (size_t a = 0; a < sizeof areas / sizeof areas[0]; a++)
    cover(m, areas[a], id.s);
  for (size_t k = 0; k < MONTHS; k++) {
    struct pal_record *usage = add(m, PAL_FILE_USAGE, id.s);
    set(m, usage, PAL_USAGE_MONTH, months[k]);
    set(m, usage, PAL_USAGE_USED, (tenant + i) % 4 ? "yes" : "no");
  }
  for (unsigned long n = from; n < to; n++)
    add_assignment(m, tenant, n, id);
}

static void add_pim(struct maker *m, unsigned long tenant) {
  struct guid_text subscription = guid(G_SUBSCRIPTION, tenant * SUBSCRIPTIONS);
  char scope[PAL_GUID_LEN + 32], id[200];
  (void)snprintf(scope, sizeof scope, "/subscriptions/%s", subscription.s);
  (void)snprintf(id, sizeof id, "%s/providers/microsoft.authorization/roleeligibilityscheduleinstances/%s", scope,
                 guid(G_PIM, tenant).s);
  struct pal_record *record = add(m, PAL_FILE_PIM, subscription.s);
  set(m, record, PAL_PIM_ID, id);
  set(m, record, PAL_PIM_KIND, "eligible");
  set(m, record, PAL_PIM_ROLE_ID, contributor);
  set(m, record, PAL_PIM_PRINCIPAL_ID, guid(G_OURS, tenant * IDENTITIES).s);
  set(m, record, PAL_PIM_SCOPE, scope);
}

static void add_group(struct maker *m, unsigned long tenant) {
  struct guid_text id = guid(G_GROUP, tenant);
  struct pal_record *group = add(m, PAL_FILE_GROUP, id.s);
  set(m, group, PAL_GROUP_GROUP_ID, id.s);
  for (unsigned i = 0; i < MEMBERS; i++) {
    struct pal_record *member = must_have(pal_record_new(m->arena, &pal_kind_MEMBER));
    set(m, member, PAL_MEMBER_OBJECT_ID, i ? guid(G_PERSON, tenant + i).s : guid(G_OURS, tenant * IDENTITIES + 1).s);
    set(m, member, PAL_MEMBER_TYPE, "user");
    must(pal_add_record(m->arena, group, PAL_GROUP_MEMBERS, member, &m->err), &m->err);
  }
  cover(m, "groups", id.s);
}

static void add_delegation(struct maker *m, unsigned long tenant) {
  struct guid_text subscription = guid(G_SUBSCRIPTION, tenant * SUBSCRIPTIONS + 1);
  char scope[PAL_GUID_LEN + 32], id[200];
  (void)snprintf(scope, sizeof scope, "/subscriptions/%s", subscription.s);
  (void)snprintf(id, sizeof id, "%s/providers/microsoft.managedservices/registrationassignments/%s", scope,
                 guid(G_DELEGATION, tenant).s);
  struct pal_record *record = add(m, PAL_FILE_DELEGATIONS, NULL),
                    *authorization = must_have(pal_record_new(m->arena, &pal_kind_AUTHORIZATION));
  set(m, record, PAL_DELEGATION_ID, id);
  set(m, record, PAL_DELEGATION_SCOPE, scope);
  set(m, record, PAL_DELEGATION_MANAGED_BY, guid(G_TENANT, 0).s);
  set(m, authorization, PAL_AUTHORIZATION_KIND, "permanent");
  set(m, authorization, PAL_AUTHORIZATION_PRINCIPAL_ID, guid(G_OURS, 0).s);
  set(m, authorization, PAL_AUTHORIZATION_ROLE_ID, contributor);
  must(pal_add_record(m->arena, record, PAL_DELEGATION_AUTHORIZATIONS, authorization, &m->err), &m->err);
}

static void make_tenant(struct maker *m, unsigned long tenant, unsigned long tenants, unsigned long assignments) {
  struct guid_text id = guid(G_TENANT, tenant);
  unsigned long first = assignments * tenant / tenants, last = assignments * (tenant + 1) / tenants;
  pal_arena_reset(m->arena);
  pal_docs_init(&m->docs, m->arena);
  memcpy(m->tenant.s, id.s, sizeof m->tenant.s);
  struct pal_record *record = add(m, PAL_FILE_TENANT, NULL);
  set(m, record, PAL_TENANT_TENANT_ID, id.s);
  set(m, record, PAL_TENANT_DISPLAY_NAME, "Customer");
  set(m, record, PAL_TENANT_COUNTRY_CODE, tenant % 3 ? "DE" : "FR");
  cover_tenant(m);
  for (unsigned i = 0; i < IDENTITIES; i++)
    add_identity(m, tenant, i);
  for (unsigned i = 0; i < SUBSCRIPTIONS; i++)
    add_subscription(m, tenant, i, first + (last - first) * i / SUBSCRIPTIONS,
                     first + (last - first) * (i + 1) / SUBSCRIPTIONS);
  add_pim(m, tenant);
  add_group(m, tenant);
  if (tenant && tenant % DELEGATED_EVERY == 0)
    add_delegation(m, tenant);
}

/* --- inputs --- */

static struct pal_record *read_input(struct pal_arena *arena, const struct pal_kind *kind, const char *text) {
  struct pal_json_doc *doc = NULL;
  struct pal_record *record = NULL;
  struct pal_err err;
  must(pal_json_parse(text, strlen(text), "input", 0, 0, &doc, &err), &err);
  must(pal_record_decode(arena, kind, doc, pal_json_root(doc), PAL_DECODE_PERSON, &record, &err), &err);
  pal_json_doc_free(doc);
  return record;
}

static struct pal_judge_options make_options(struct pal_arena *arena, const struct pal_pack *pack) {
  char settings[512], estate[512];
  (void)snprintf(settings, sizeof settings,
                 "{\"cloud\":\"AzurePublicCloud\",\"collect\":[\"links\",\"role-assignments\",\"usage\","
                 "\"delegations\"],\"names\":\"ours\","
                 "\"usageWindowMonths\":2,\"identities\":[{\"name\":\"identity-0\",\"type\":\"client-secret\","
                 "\"tenantId\":\"%s\",\"all\":true}]}",
                 guid(G_TENANT, 0).s);
  (void)snprintf(estate, sizeof estate, "{\"customers\":[{\"tenant\":\"%s\",\"name\":\"First\"}],\"principals\":[]}",
                 guid(G_TENANT, 1).s);
  struct pal_judge_options options = {.pack = pack, .has_previous = true, .replay = ""};
  options.registry = read_input(arena, &pal_kind_REGISTRY,
                                "{\"ids\":[{\"id\":\"1000001\",\"type\":\"global\"},{\"id\":\"2000001\",\"type\":"
                                "\"location\",\"country\":\"DE\"}],"
                                "\"expect\":[{\"country\":\"DE\",\"id\":\"2000001\"}]}");
  options.settings = read_input(arena, &pal_kind_SETTINGS, settings);
  options.estate = read_input(arena, &pal_kind_ESTATE, estate);
  (void)pal_instant_parse("2026-11-20T02:00:00Z", &options.started);
  (void)pal_instant_parse("2026-11-19T02:00:00Z", &options.previous_started);
  return options;
}

/* --- measuring --- */

/* Processor time of the parts of the judge's work; a name that comes again adds to its part. */
struct parts {
  struct part {
    char name[48];
    double spent;
    double grown; /* MiB by which the peak of memory rose in it */
  } v[256];
  size_t n;
  size_t now;
  double since, peak;
};

static void begin_part(void *payload, const char *name) {
  struct parts *parts = payload;
  double at = now_s(), peak = peak_mib();
  if (parts->n > 0) {
    parts->v[parts->now].spent += at - parts->since;
    parts->v[parts->now].grown += peak - parts->peak;
  }
  parts->since = at;
  parts->peak = peak;
  for (parts->now = 0; parts->now < parts->n; parts->now++)
    if (strcmp(parts->v[parts->now].name, name) == 0)
      return;
  if (parts->n == sizeof parts->v / sizeof parts->v[0]) {
    (void)fputs("bench_judge: too many parts\n", stderr);
    exit(EXIT_FAILURE);
  }
  (void)snprintf(parts->v[parts->n++].name, sizeof parts->v[0].name, "%s", name);
}

static double part_spent(const struct parts *parts, const char *name) {
  for (size_t i = 0; i < parts->n; i++)
    if (strcmp(parts->v[i].name, name) == 0)
      return parts->v[i].spent;
  return 0;
}

static bool wants_doc(const struct pal_judge *judge, enum pal_state state, const struct pal_doc *doc) {
  return pal_judge_wants(judge, state, doc->file->kind);
}

static int by_tenant_id(const void *a, const void *b) {
  return strcmp(guid(G_TENANT, *(const unsigned long *)a).s, guid(G_TENANT, *(const unsigned long *)b).s);
}

/* By id, as a snapshot has them. */
static unsigned long *sorted_tenants(unsigned long tenants) {
  unsigned long *order = must_have(calloc(tenants, sizeof *order));
  for (unsigned long t = 0; t < tenants; t++)
    order[t] = t;
  qsort(order, tenants, sizeof *order, by_tenant_id);
  return order;
}

static double load(struct pal_judge *judge, struct maker *m, unsigned long tenants, unsigned long assignments) {
  unsigned long *order = sorted_tenants(tenants);
  double spent = 0;
  for (unsigned long t = 0; t < tenants; t++) {
    make_tenant(m, order[t], tenants, assignments);
    struct pal_docs wanted[2];
    for (int state = 0; state < 2; state++) {
      wanted[state] = m->docs;
      wanted[state].v = must_have(pal_arena_calloc(m->arena, m->docs.n, sizeof(struct pal_doc *)));
      wanted[state].n = 0;
      for (size_t i = 0; i < m->docs.n; i++)
        if (wants_doc(judge, (enum pal_state)state, m->docs.v[i]))
          wanted[state].v[wanted[state].n++] = m->docs.v[i];
    }
    double start = now_s();
    must(pal_judge_load(judge, PAL_STATE_NOW, &wanted[0], &m->err), &m->err);
    must(pal_judge_load(judge, PAL_STATE_PREVIOUS, &wanted[1], &m->err), &m->err);
    spent += now_s() - start;
  }
  free(order);
  return spent;
}

static size_t count_findings(const struct pal_judge *judge) {
  size_t findings = 0;
  for (size_t i = 0; i < pal_judge_verdicts_n(judge); i++)
    findings += pal_judge_verdicts(judge, i)->findings.n;
  return findings;
}

/* One line each: what two versions of the pack or the judge must agree on. */
static void write_findings(const struct pal_judge *judge, const char *path) {
  static const int fields[] = {PAL_FINDING_FINGERPRINT,   PAL_FINDING_POLICY,       PAL_FINDING_SEVERITY,
                               PAL_FINDING_VERDICT,       PAL_FINDING_STATUS,       PAL_FINDING_SINCE,
                               PAL_FINDING_LAST_VERIFIED, PAL_FINDING_FOLDED_UNDER, PAL_FINDING_MESSAGE,
                               PAL_FINDING_DETAILS};
  FILE *out = must_have(fopen(path, "w"));
  for (size_t i = 0; i < pal_judge_verdicts_n(judge); i++) {
    const struct pal_verdicts *verdicts = pal_judge_verdicts(judge, i);
    for (size_t j = 0; j < verdicts->findings.n; j++) {
      (void)fputs(verdicts->tenant_id, out);
      for (size_t k = 0; k < sizeof fields / sizeof fields[0]; k++) {
        const char *text = pal_get_text(verdicts->findings.v[j], fields[k]);
        (void)fprintf(out, "\t%s", text ? text : "");
      }
      (void)fputc('\n', out);
    }
  }
  if (fclose(out) != 0)
    exit(EXIT_FAILURE);
}

/* "load" is the tables, filled and indexed; "rules" all the judge does with them. */
static void print_parts(const struct pal_judge *judge, const struct pal_pack *pack, const struct parts *parts,
                        double tables, double run) {
  double indexes = part_spent(parts, "indexes");
  (void)printf("load %.3f tables %.3f indexes %.3f\nrules %.3f\n", tables + indexes, tables, indexes, run - indexes);
  for (size_t i = 0; i < parts->n; i++)
    if (parts->v[i].spent >= 0.0005 && !pal_pack_find(pack, parts->v[i].name))
      (void)printf("part %.3f %s\n", parts->v[i].spent, parts->v[i].name);
  for (size_t i = 0; i < parts->n; i++)
    if (parts->v[i].grown >= 1)
      (void)printf("memory %.1f %s\n", parts->v[i].grown, parts->v[i].name);
  for (size_t i = 0; i < pal_pack_n(pack); i++) {
    const struct pal_policy_result *result = pal_judge_result(judge, i);
    if (result->state == PAL_BROKEN)
      (void)printf("%s BROKEN %s\n", result->policy->id, result->why ? result->why : "");
    else if (result->state == PAL_TESTED)
      (void)printf("%s %.3f fail %zu unknown %zu folded %zu\n", result->policy->id,
                   part_spent(parts, result->policy->id), result->fail, result->unknown, result->folded);
  }
}

static void measure(const char *dir, unsigned long tenants, unsigned long assignments, const char *findings) {
  struct pal_pack *pack = NULL;
  struct pal_judge *judge = NULL;
  struct pal_err err;
  struct parts *parts = must_have(calloc(1, sizeof *parts));
  struct maker m = {.arena = must_have(pal_arena_new(0))};
  struct pal_arena *inputs = must_have(pal_arena_new(0));
  must(pal_pack_load(dir, NULL, 0, &pack, &err), &err);
  struct pal_judge_options options = make_options(inputs, pack);
  options.on_part = begin_part;
  options.part_payload = parts;
  must(pal_judge_new(&options, &judge, &err), &err);
  double tables = load(judge, &m, tenants, assignments);
  pal_arena_free(m.arena);
  double start = now_s();
  must(pal_judge_run(judge, &err), &err);
  double run = now_s() - start;
  begin_part(parts, "end");
  print_parts(judge, pack, parts, tables, run);
  if (findings)
    write_findings(judge, findings);
  (void)printf("findings %zu\nrss_mib %.1f\n", count_findings(judge), peak_mib());
  pal_judge_free(judge);
  pal_pack_free(pack);
  pal_arena_free(inputs);
  free(parts);
}

/* The same role assignments, for the sqlite3 shell. */
static void write_csv(const char *path, unsigned long tenants, unsigned long assignments) {
  static const int fields[] = {PAL_ASSIGNMENT_ID, PAL_ASSIGNMENT_ROLE_ID, PAL_ASSIGNMENT_PRINCIPAL_ID,
                               PAL_ASSIGNMENT_PRINCIPAL_TYPE, PAL_ASSIGNMENT_SCOPE};
  struct maker m = {.arena = must_have(pal_arena_new(0))};
  FILE *out = must_have(fopen(path, "w"));
  for (unsigned long t = 0; t < tenants; t++) {
    make_tenant(&m, t, tenants, assignments);
    for (size_t i = 0; i < m.docs.n; i++) {
      const struct pal_doc *doc = m.docs.v[i];
      for (size_t r = 0; doc->file->id == PAL_FILE_ASSIGNMENTS && r < doc->records.n; r++) {
        (void)fprintf(out, "%s,%s", doc->tenant.s, doc->id.s);
        for (size_t f = 0; f < sizeof fields / sizeof fields[0]; f++)
          (void)fprintf(out, ",%s", pal_get_text(doc->records.v[r], fields[f]));
        (void)fputc('\n', out);
      }
    }
  }
  if (fclose(out) != 0)
    exit(EXIT_FAILURE);
  pal_arena_free(m.arena);
}

int main(int argc, char **argv) {
  if (argc == 5 && strcmp(argv[1], "--csv") == 0)
    write_csv(argv[2], strtoul(argv[3], NULL, 10), strtoul(argv[4], NULL, 10));
  else if (argc == 4 || argc == 5)
    measure(argv[1], strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10), argc == 5 ? argv[4] : NULL);
  else
    return fputs(
               "usage: bench_judge PACK TENANTS ASSIGNMENTS [FINDINGS] | bench_judge --csv FILE TENANTS ASSIGNMENTS\n",
               stderr),
           EXIT_FAILURE;
  return EXIT_SUCCESS;
}
