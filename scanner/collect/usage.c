/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage.c - whether a subscription, and each of its resource groups, had metered
 * usage in a UTC month: yes, no or unknown, never how much. Hidden costs are no
 * answer: the unit is unread, and no record says "no".
 *
 * The cost query is asked first: grouped, it answers for the subscription and
 * its resource groups at once. Offers that it does not know (it says 400
 * BadRequest) are asked for a single row of their usage details instead.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "observe.h"
#include "pal_text.h"

enum {
  BODY_MAX = 4096,
  MONTH_CAP = 8,
  AT_ONCE = 4 /* Cost Management allows a tenant 12 queries in 10 seconds, 60 in a minute */
};

/* One row of an answer. */
struct row {
  const char *group;
  bool used;
};

struct month {
  struct pal_instant start, end; /* end: last second asked for */
  char name[MONTH_CAP];          /* YYYY-MM */
};

/* The months of one subscription. */
struct window {
  struct completeness *read; /* per month */
  size_t answered;
};

struct usage {
  struct month *months; /* oldest first */
  size_t months_n;
  struct window *windows; /* per subscription */
  size_t next;            /* of subscriptions and, within, months */
  size_t under_way;
  bool asking; /* an answer that comes at once must not ask from within the asking */
};

/* What one reading gathers. */
struct gathered {
  size_t month;
  struct row *rows;
  size_t n, cap;
  const struct pal_json_doc *doc; /* of the columns */
  struct cost_columns columns;
  bool has_columns;
};

/* --- answers --- */

static bool is_named(const char *name, const char *a, const char *b) {
  return pal_same_word(name, a) || pal_same_word(name, b);
}

bool parse_cost_columns(const pal_json *root, struct cost_columns *ret) {
  int at = 0;
  *ret = (struct cost_columns){-1, -1, -1};
  const pal_json *columns = pal_json_path(root, "properties", "columns", (char *)NULL);
  for (const pal_json *item = pal_json_first(columns); item; item = pal_json_next(item), at++) {
    const char *name = pal_json_text(pal_json_get(item, "name"));
    if (!name)
      continue;
    if (is_named(name, "c", "PreTaxCost"))
      ret->cost = at;
    else if (is_named(name, "q", "UsageQuantity"))
      ret->quantity = at;
    else if (is_named(name, "ResourceGroupName", "ResourceGroup"))
      ret->group = at;
  }
  return ret->cost >= 0 || ret->quantity >= 0;
}

static const pal_json *cell(const pal_json *row, int at) {
  const pal_json *item = at < 0 ? NULL : pal_json_first(row);
  while (item && at-- > 0)
    item = pal_json_next(item);
  return item;
}

/* Whether a number is another than zero, by its digits: an amount is never computed with. */
static bool is_not_zero(const char *number) {
  for (; *number && *number != 'e' && *number != 'E'; number++)
    if (*number >= '1' && *number <= '9')
      return true;
  return false;
}

/* Whether it is a number or absent. */
static bool parse_amount(const pal_json *node, bool *ret_known, bool *ret_used) {
  if (!node || pal_json_is_null(node))
    return true;
  const char *number = pal_json_number(node);
  if (!number)
    return false;
  *ret_known = true;
  *ret_used = *ret_used || is_not_zero(number);
  return true;
}

static char *lower(struct pal_arena *arena, const char *text) {
  char *copy = pal_arena_strdup(arena, text);
  for (char *c = copy; c && *c; c++)
    if (*c >= 'A' && *c <= 'Z')
      *c = (char)(*c - 'A' + 'a');
  return copy;
}

bool parse_cost_row(struct parse *parse, const struct cost_columns *columns, const pal_json *row,
                    const char **ret_group, bool *ret_used) {
  const pal_json *group = cell(row, columns->group);
  bool known = false;
  *ret_group = NULL;
  *ret_used = false;
  if (pal_json_type(row) != PAL_JSON_ARRAY || !parse_amount(cell(row, columns->cost), &known, ret_used) ||
      !parse_amount(cell(row, columns->quantity), &known, ret_used) || !known)
    return false;
  if (group && !pal_json_is_null(group) && !pal_json_text(group))
    return false;
  if (!pal_json_text(group) || !*pal_json_text(group))
    return true; /* not in a resource group: purchases, for example */
  *ret_group = strlen(pal_json_text(group)) <= PAL_TEXT_MAX ? lower(parse->arena, pal_json_text(group)) : NULL;
  return *ret_group != NULL;
}

static enum pal_code take(struct reading *reading, const pal_json *item, struct pal_err *err) {
  struct gathered *gathered = reading->more;
  struct row row;
  if (gathered->doc != reading->doc) {
    gathered->doc = reading->doc;
    gathered->has_columns = parse_cost_columns(pal_json_root(reading->doc), &gathered->columns);
  }
  if (!gathered->has_columns || !parse_cost_row(&reading->parse, &gathered->columns, item, &row.group, &row.used)) {
    reading->parse.blemished = true;
    return PAL_OK;
  }
  struct row *grown =
      pal_arena_grow(reading->observer->arena, gathered->rows, gathered->n, &gathered->cap, sizeof *grown);
  if (!grown)
    return pal_err_nomem(err);
  gathered->rows = grown;
  gathered->rows[gathered->n++] = row;
  return PAL_OK;
}

/* --- records --- */

static enum pal_code add_record(struct observer *observer, struct unit *unit, const char *month, const char *group,
                                const char *used, struct pal_err *err) {
  struct pal_record *record = pal_record_new(observer->arena, &pal_kind_USAGE);
  if (!record)
    return pal_err_nomem(err);
  enum pal_code code = pal_set_text(observer->arena, record, PAL_USAGE_MONTH, month, err);
  if (code == PAL_OK)
    code = pal_set_text(observer->arena, record, PAL_USAGE_RESOURCE_GROUP, group, err);
  if (code == PAL_OK)
    code = pal_set_text(observer->arena, record, PAL_USAGE_USED, used, err);
  return code == PAL_OK ? pal_records_add(observer->arena, &unit->records, record, err) : code;
}

static int compare_rows(const void *a, const void *b) {
  return strcmp(((const struct row *)a)->group, ((const struct row *)b)->group);
}

/* A group has one row per currency: used when one of them says so. otherwise: what the others then mean. */
static enum pal_code add_groups(struct observer *observer, struct unit *unit, const char *month,
                                struct gathered *gathered, const char *otherwise, struct pal_err *err) {
  size_t n = 0;
  for (size_t i = 0; i < gathered->n; i++)
    if (gathered->rows[i].group)
      gathered->rows[n++] = gathered->rows[i];
  if (n > 1)
    qsort(gathered->rows, n, sizeof *gathered->rows, compare_rows);
  enum pal_code code = PAL_OK;
  for (size_t i = 0, end; code == PAL_OK && i < n; i = end) {
    bool used = gathered->rows[i].used;
    for (end = i + 1; end < n && compare_rows(&gathered->rows[i], &gathered->rows[end]) == 0; end++)
      used = used || gathered->rows[end].used;
    code = add_record(observer, unit, month, gathered->rows[i].group, used ? "yes" : otherwise, err);
  }
  return code;
}

static enum pal_code add_month(struct observer *observer, struct unit *unit, const char *month,
                               struct gathered *gathered, enum pal_extent extent, struct pal_err *err) {
  bool used = false;
  for (size_t i = 0; i < gathered->n; i++)
    used = used || gathered->rows[i].used;
  if (extent == PAL_READ_NOTHING)
    return PAL_OK;
  const char *otherwise = extent == PAL_READ_ALL ? "no" : "unknown";
  enum pal_code code = add_record(observer, unit, month, NULL, used ? "yes" : otherwise, err);
  return code == PAL_OK ? add_groups(observer, unit, month, gathered, otherwise, err) : code;
}

static void judge(const struct usage *usage, const struct window *window, struct unit *unit) {
  size_t all = 0, none = 0;
  const struct completeness *first = NULL; /* of the months that are not complete */
  for (size_t i = 0; i < usage->months_n; i++) {
    all += window->read[i].extent == PAL_READ_ALL;
    none += window->read[i].extent == PAL_READ_NOTHING;
    if (!first && window->read[i].extent != PAL_READ_ALL)
      first = &window->read[i];
  }
  if (first)
    unit->completeness = *first;
  unit->completeness.extent = all == usage->months_n    ? PAL_READ_ALL
                              : none == usage->months_n ? PAL_READ_NOTHING
                                                        : PAL_READ_SOME;
}

/* "Access to Azure Active Directory" is listed like a subscription, but nothing can be bought with it. */
static bool is_placeholder(const struct subscription *subscription) {
  const char *quota = pal_get_text(subscription->record, PAL_SUBSCRIPTION_QUOTA_ID);
  return quota && strncmp(quota, "AAD_", 4) == 0;
}

static enum pal_code ask_more(struct observer *observer, struct pal_err *err);

static enum pal_code settle(struct reading *reading, const struct pal_outcome *outcome, struct pal_err *err) {
  struct observer *observer = reading->observer;
  struct usage *usage = observer->state[COLLECTOR_usage];
  struct gathered *gathered = reading->more;
  struct window *window = &usage->windows[reading->index];
  struct unit *unit = &observer->units[COLLECTOR_usage][reading->index];
  enum pal_code code = observer_keep(observer, outcome, &window->read[gathered->month], err);
  if (code == PAL_OK)
    code = add_month(observer, unit, usage->months[gathered->month].name, gathered, outcome->extent, err);
  if (++window->answered == usage->months_n) {
    judge(usage, window, unit);
    unit->not_applicable =
        unit->completeness.extent == PAL_READ_NOTHING &&
        (is_placeholder(&observer->subscriptions[reading->index]) || observer_lacks(observer, outcome));
  }
  usage->under_way--;
  return code == PAL_OK ? ask_more(observer, err) : code;
}

/* --- usage details --- */

/* The offer is none of those the cost query knows. */
static bool is_unsupported(const struct pal_outcome *outcome) {
  return outcome->extent == PAL_READ_NOTHING && outcome->status == 400 && strcmp(outcome->error, "BadRequest") == 0;
}

/* One row is enough; where there is none although more may follow, nothing is known. */
static enum pal_code take_details(struct reading *reading, const struct pal_answer *answer, struct pal_err *err) {
  struct gathered *gathered = reading->more;
  const pal_json *root = answer->doc ? pal_json_root(answer->doc) : NULL;
  const pal_json *value = pal_json_get(root, "value");
  struct pal_outcome outcome = answer->outcome;
  if (outcome.status == 204) {
    outcome = (struct pal_outcome){.extent = PAL_READ_ALL, .status = 204};
  } else if (outcome.extent != PAL_READ_NOTHING &&
             (pal_json_type(value) != PAL_JSON_ARRAY ||
              (pal_json_count(value) == 0 && pal_json_text(pal_json_get(root, "nextLink"))))) {
    outcome.extent = PAL_READ_NOTHING;
    (void)snprintf(outcome.code, sizeof outcome.code, "%s", PAL_WORD_SHAPE);
  } else if (outcome.extent != PAL_READ_NOTHING && pal_json_count(value) > 0) {
    gathered->rows = pal_arena_calloc(reading->observer->arena, 1, sizeof *gathered->rows);
    if (!gathered->rows)
      return pal_err_nomem(err);
    gathered->rows[gathered->n++] = (struct row){.used = true};
  }
  return settle(reading, &outcome, err);
}

static enum pal_code ask_details(struct reading *first, struct pal_err *err) {
  struct observer *observer = first->observer;
  const struct usage *usage = observer->state[COLLECTOR_usage];
  struct gathered *gathered = first->more;
  const struct month *month = &usage->months[gathered->month];
  struct reading *reading = reading_new(observer, first->index, err);
  if (!reading)
    return PAL_E_NOMEM;
  char from[PAL_INSTANT_MAX], to[PAL_INSTANT_MAX], path[BODY_MAX];
  pal_instant_format(month->start, from);
  pal_instant_format(month->end, to);
  (void)snprintf(path, sizeof path, "/subscriptions/%s" PAL_PLAN_DETAILS_FORMAT,
                 observer->subscriptions[first->index].id.s, from, to);
  *gathered = (struct gathered){.month = gathered->month};
  reading->answer = take_details;
  reading->more = gathered;
  return reading_ask(reading, path, err);
}

static enum pal_code done(struct reading *reading, const struct pal_outcome *outcome, struct pal_err *err) {
  if (is_unsupported(outcome) && !is_placeholder(&reading->observer->subscriptions[reading->index]))
    return ask_details(reading, err);
  return settle(reading, outcome, err);
}

/* --- questions --- */

static void make_months(const struct observer *observer, struct usage *usage) {
  struct pal_instant now = observer->options->started;
  for (size_t i = 0; i < usage->months_n; i++) {
    struct month *month = &usage->months[i];
    int back = (int)(usage->months_n - 1 - i);
    char text[PAL_INSTANT_MAX];
    month->start = pal_instant_month_start(now, back);
    month->end = pal_instant_month_start(now, back - 1);
    month->end.s -= 1;
    if (back == 0)
      month->end.s = now.s - ((now.s % 86400) + 86400) % 86400 + 86399;
    pal_instant_format(month->start, text);
    memcpy(month->name, text, MONTH_CAP - 1);
  }
}

static enum pal_code ask(struct observer *observer, size_t subscription, size_t at, struct pal_err *err) {
  const struct usage *usage = observer->state[COLLECTOR_usage];
  struct reading *reading = reading_new(observer, subscription, err);
  struct gathered *gathered = pal_arena_alloc(observer->arena, sizeof *gathered);
  if (!reading || !gathered)
    return pal_err_nomem(err);
  char from[PAL_INSTANT_MAX], to[PAL_INSTANT_MAX], body[BODY_MAX];
  pal_instant_format(usage->months[at].start, from);
  pal_instant_format(usage->months[at].end, to);
  (void)snprintf(body, sizeof body,
                 "{\"dataset\":{\"aggregation\":{\"c\":{\"function\":\"Sum\",\"name\":\"PreTaxCost\"},\"q\":{"
                 "\"function\":\"Sum\",\"name\":\"UsageQuantity\"}},"
                 "\"granularity\":\"None\",\"grouping\":[{\"name\":\"ResourceGroupName\",\"type\":\"Dimension\"}]},"
                 "\"timePeriod\":{\"from\":\"%s\",\"to\":\"%s\"},\"timeframe\":\"Custom\",\"type\":\"ActualCost\"}",
                 from, to);
  gathered->month = at;
  reading->item = take;
  reading->done = done;
  reading->more = gathered;
  return reading_list(reading, PAL_ARM, PAL_PAGING_COST, PAL_PLAN_USAGE, observer->subscriptions[subscription].id.s,
                      body, err);
}

static enum pal_code ask_more(struct observer *observer, struct pal_err *err) {
  struct usage *usage = observer->state[COLLECTOR_usage];
  size_t all = observer->subscriptions_n * usage->months_n;
  enum pal_code code = PAL_OK;
  if (usage->asking)
    return PAL_OK;
  usage->asking = true;
  while (code == PAL_OK && usage->under_way < AT_ONCE && usage->next < all) {
    size_t at = usage->next++;
    usage->under_way++;
    code = ask(observer, at / usage->months_n, at % usage->months_n, err);
  }
  usage->asking = false;
  return code;
}

enum pal_code usage_start(struct observer *observer, struct pal_err *err) {
  struct usage *usage = pal_arena_alloc(observer->arena, sizeof *usage);
  if (!usage)
    return pal_err_nomem(err);
  usage->months_n = (size_t)pal_get_int(observer->options->settings, PAL_SETTINGS_USAGE_WINDOW, 2) + 1;
  usage->months = pal_arena_calloc(observer->arena, usage->months_n, sizeof *usage->months);
  usage->windows = pal_arena_calloc(observer->arena, observer->subscriptions_n + 1, sizeof *usage->windows);
  if (!usage->months || !usage->windows)
    return pal_err_nomem(err);
  observer->state[COLLECTOR_usage] = usage;
  make_months(observer, usage);
  for (size_t i = 0; i < observer->subscriptions_n; i++) {
    usage->windows[i].read = pal_arena_calloc(observer->arena, usage->months_n, sizeof(struct completeness));
    if (!usage->windows[i].read)
      return pal_err_nomem(err);
  }
  return ask_more(observer, err);
}

enum pal_code usage_finish(struct observer *observer, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < observer->subscriptions_n; i++)
    code = observer_finish_unit(observer, COLLECTOR_usage, i, PAL_FILE_USAGE, err);
  return code;
}
