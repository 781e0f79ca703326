/* SPDX-License-Identifier: Apache-2.0 */
/* Resource Manager: Microsoft.CostManagement/query and Microsoft.Consumption/usageDetails. */
#include "arm.h"

#include "ids.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { USUAL_PAGE = 1000, MAX_MONTHS = 13, MAX_COLUMNS = 8 };

static void hidden(struct emu_call *c) {
  emu_reply_error(c->reply, 403, "IndirectCostDisabled",
                  "Access to cost is disabled for the customers of this partner.");
}

/* What the query wants, read from its body. */
struct query {
  struct {
    const char *name, *measure;
  } sums[2];
  size_t sum_n;
  const char *groups[2];
  size_t group_n;
  bool monthly;
  unsigned months[MAX_MONTHS]; /* 202601 */
  size_t month_n;
};

static const char *text_of(const cJSON *json, const char *name) {
  const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));
  return text != NULL ? text : "";
}

static unsigned month_of(const char *date) {
  unsigned long year = strtoul(date, NULL, 10);
  unsigned long month = strlen(date) > 6 ? strtoul(date + 5, NULL, 10) : 0;
  return month >= 1 && month <= 12 ? (unsigned)(year * 100 + month) : 0;
}

static bool read_months(const cJSON *json, struct query *q) {
  const cJSON *period = cJSON_GetObjectItemCaseSensitive(json, "timePeriod");
  unsigned from, to;
  if (period != NULL) {
    from = month_of(text_of(period, "from"));
    to = month_of(text_of(period, "to"));
  } else {
    time_t now = time(NULL);
    struct tm tm;
    gmtime_r(&now, &tm);
    from = to = (unsigned)(tm.tm_year + 1900) * 100 + (unsigned)tm.tm_mon + 1;
  }
  if (from == 0 || to < from)
    return false;
  for (unsigned m = from; m <= to && q->month_n < MAX_MONTHS; m = m % 100 == 12 ? m + 89 : m + 1)
    q->months[q->month_n++] = m;
  return true;
}

static bool read_query(const cJSON *json, struct query *q) {
  *q = (struct query){0};
  const cJSON *dataset = cJSON_GetObjectItemCaseSensitive(json, "dataset");
  const cJSON *item;
  if (*text_of(json, "type") == '\0' || *text_of(json, "timeframe") == '\0' || !read_months(json, q))
    return false;
  q->monthly = emu_same_nocase(text_of(dataset, "granularity"), "Monthly");
  cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(dataset, "aggregation")) {
    if (q->sum_n == 2)
      return false;
    q->sums[q->sum_n].name = item->string;
    q->sums[q->sum_n++].measure = text_of(item, "name");
  }
  cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(dataset, "grouping")) {
    if (q->group_n == 2)
      return false;
    q->groups[q->group_n++] = text_of(item, "name");
  }
  return true;
}

static void column(struct emu_json *j, const char *name, const char *type) {
  emu_json_object(j, NULL);
  emu_json_text(j, "name", name);
  emu_json_text(j, "type", type);
  emu_json_end_object(j);
}

static void columns(struct emu_json *j, const struct query *q) {
  emu_json_array(j, "columns");
  for (size_t i = 0; i < q->sum_n; i++)
    column(j, q->sums[i].name, "Number");
  if (q->monthly)
    column(j, "BillingMonth", "Datetime");
  for (size_t i = 0; i < q->group_n; i++)
    column(j, q->groups[i], "String");
  column(j, "Currency", "String");
  emu_json_end_array(j);
}

static bool groups_by(const struct query *q, const char *name) {
  for (size_t i = 0; i < q->group_n; i++)
    if (emu_starts_nocase(q->groups[i], name))
      return true;
  return false;
}

static void cost_row(struct emu_call *c, struct emu_json *j, const struct query *q, size_t sub, unsigned group,
                     unsigned month) {
  emu_json_array(j, NULL);
  for (size_t i = 0; i < q->sum_n; i++)
    emu_json_raw(j, NULL, group == 0 ? "218.68" : "13.370000000000001");
  if (q->monthly)
    emu_json_format(j, NULL, "%04u-%02u-01T00:00:00", month / 100, month % 100);
  for (size_t i = 0; i < q->group_n; i++)
    if (emu_starts_nocase(q->groups[i], "SubscriptionId"))
      emu_json_text(j, NULL, emu_sub_id(c->world, c->of.index, sub).text);
    else if (emu_starts_nocase(q->groups[i], "ResourceGroup"))
      emu_json_text(j, NULL, emu_resource_group(group));
    else
      emu_json_text(j, NULL, "Storage");
  emu_json_text(j, NULL, "EUR");
  emu_json_end_array(j);
}

static void rows_of(struct emu_call *c, struct emu_json *j, const struct query *q, size_t sub) {
  unsigned groups = groups_by(q, "ResourceGroup") ? 2 : 1;
  size_t months = q->monthly ? q->month_n : 1;
  for (size_t m = 0; m < months && c->of.subs[sub].usage == EMU_USED; m++)
    for (unsigned g = 0; g < groups; g++)
      cost_row(c, j, q, sub, g, q->months[m]);
}

static void answer(struct emu_call *c, const struct query *q) {
  struct emu_guid id = emu_guid_random();
  struct emu_json j = emu_json_to(&c->reply->body);
  c->reply->status = 200;
  emu_reply_header(c->reply, "x-ms-ratelimit-microsoft.costmanagement-qpu-consumed", "1");
  emu_json_object(&j, NULL);
  emu_json_format(&j, "id", "%s/providers/Microsoft.CostManagement/query/%s",
                  c->scope_text[0] == '/' ? c->scope_text + 1 : c->scope_text, id.text);
  emu_json_text(&j, "name", id.text);
  emu_json_text(&j, "type", "Microsoft.CostManagement/query");
  emu_json_object(&j, "properties");
  emu_json_null(&j, "nextLink");
  columns(&j, q);
  emu_json_array(&j, "rows");
  for (size_t s = 0; s < c->of.sub_n; s++)
    if (c->scope == EMU_SCOPE_MANAGEMENT_GROUP || s == c->sub)
      rows_of(c, &j, q, s);
  emu_json_end_array(&j);
  emu_json_end_object(&j);
  emu_json_end_object(&j);
}

void emu_arm_cost(struct emu_call *c) {
  if (c->scope == EMU_SCOPE_TENANT) {
    emu_reply_error(c->reply, 400, "BadRequest", "Invalid scope.");
    return;
  }
  for (size_t s = 0; s < c->of.sub_n; s++)
    if (c->of.subs[s].usage == EMU_COST_HIDDEN && (c->scope == EMU_SCOPE_MANAGEMENT_GROUP || s == c->sub)) {
      hidden(c);
      return;
    }
  cJSON *json = cJSON_ParseWithLength(c->request->body, c->request->body_len);
  struct query q;
  if (read_query(json, &q))
    answer(c, &q);
  else {
    emu_count(c->request, EMU_COUNT_BAD_REQUEST);
    emu_reply_error(c->reply, 400, "BadRequest", "Invalid query definition.");
  }
  cJSON_Delete(json);
}

static void usage_row(struct emu_call *c, struct emu_json *j, unsigned group) {
  struct emu_guid id = emu_guid_make(c->world->seed, EMU_USAGE, c->of.index, (uint32_t)c->sub * 2 + group);
  struct emu_guid sub = emu_sub_id(c->world, c->of.index, c->sub);
  emu_json_object(j, NULL);
  emu_json_text(j, "kind", "legacy");
  emu_json_format(j, "id", "/subscriptions/%s/providers/Microsoft.Consumption/usageDetails/%s", sub.text, id.text);
  emu_json_text(j, "name", id.text);
  emu_json_text(j, "type", "Microsoft.Consumption/usageDetails");
  emu_json_null(j, "tags");
  emu_json_object(j, "properties");
  emu_json_text(j, "subscriptionId", sub.text);
  emu_json_text(j, "date", "2026-10-01T00:00:00.0000000Z");
  emu_json_text(j, "resourceGroup", emu_resource_group(group));
  emu_json_raw(j, "quantity", "7.329");
  emu_json_raw(j, "cost", "0.60");
  emu_json_text(j, "billingCurrency", "EUR");
  emu_json_text(j, "chargeType", "Usage");
  emu_json_end_object(j);
  emu_json_end_object(j);
}

void emu_arm_usage(struct emu_call *c) {
  if (c->scope != EMU_SCOPE_SUBSCRIPTION && c->scope != EMU_SCOPE_RESOURCE_GROUP) {
    emu_reply_error(c->reply, 400, "BadRequest", "Cost management data is not supported for subscription(s).");
    return;
  }
  if (c->of.subs[c->sub].usage == EMU_COST_HIDDEN) {
    hidden(c);
    return;
  }
  if (c->of.subs[c->sub].usage == EMU_IDLE) {
    c->reply->status = 204;
    return;
  }
  struct emu_page p;
  emu_page_begin(c, &p, 2, USUAL_PAGE);
  for (size_t i = p.first; i < p.end; i++)
    usage_row(c, &p.json, (unsigned)i);
  emu_page_end(c, &p);
}
