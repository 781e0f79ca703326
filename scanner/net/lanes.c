/* SPDX-License-Identifier: Apache-2.0 */
#include "lanes.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

enum { BUCKETS = 1024 };

enum group { GROUP_LOGIN, GROUP_ARM, GROUP_COSTS, GROUP_GRAPH };

/* A line of those who have something to send; whoever was served goes to its end. */
struct node {
  struct node *next;
};
struct line {
  struct node *first, **end;
  size_t n;
};

struct net_lane {
  struct node node; /* first in each: a node is what it stands in */
  bool queued;
  struct net_lane *bucket; /* next of the same hash */
  struct scope *scope;
  char subscription[PAL_GUID_LEN + 1]; /* "" when none */
  struct net_list ready;
  size_t jobs; /* ready, delayed or in flight */
};

struct scope {
  struct node node;
  bool queued;
  struct scope *next; /* of the tenant */
  struct tenant *tenant;
  char identity[PAL_NAME_MAX + 1];
  enum group group;
  long long until_ms; /* paused until then */
  struct line lanes;
  size_t lanes_n;
};

struct tenant {
  struct node node;
  bool queued;
  struct tenant *next; /* of all */
  struct pal_tenant_id id;
  struct scope *all;
  struct line scopes;
  size_t jobs;
  int flying;
};

struct net_lanes {
  int concurrency, flying;
  struct tenant *all;
  size_t busy; /* tenants that have jobs */
  struct line tenants;
  struct net_reach services[PAL_SERVICES_N];
  struct net_lane *buckets[BUCKETS];
  struct net_list late;
  struct net_job **delayed; /* heap: the first is due first */
  size_t delayed_n, delayed_cap;
};

/* --- lines --- */

static void line_init(struct line *line) {
  *line = (struct line){.end = &line->first};
}

static void line_add(struct line *line, struct node *node) {
  node->next = NULL;
  *line->end = node;
  line->end = &node->next;
  line->n++;
}

static struct node *line_take(struct line *line) {
  struct node *node = line->first;
  line->first = node->next;
  if (!line->first)
    line->end = &line->first;
  line->n--;
  return node;
}

/* --- life --- */

struct net_lanes *net_lanes_new(int concurrency) {
  struct net_lanes *lanes = calloc(1, sizeof *lanes);
  if (!lanes)
    return NULL;
  lanes->concurrency = concurrency > 0 ? concurrency : 1;
  line_init(&lanes->tenants);
  net_list_init(&lanes->late);
  return lanes;
}

static size_t bucket_of(const struct scope *scope, const char *subscription) {
  size_t hash = 5381 + ((size_t)(const void *)scope >> 6);
  for (const char *c = subscription; *c; c++)
    hash = hash * 33 + (unsigned char)*c;
  return hash % BUCKETS;
}

static void lane_free(struct net_lanes *lanes, struct net_lane *lane) {
  struct net_lane **at = &lanes->buckets[bucket_of(lane->scope, lane->subscription)];
  while (*at != lane)
    at = &(*at)->bucket;
  *at = lane->bucket;
  lane->scope->lanes_n--;
  free(lane);
}

static void lane_release(struct net_lanes *lanes, struct net_lane *lane) {
  if (lane->jobs == 0 && !lane->queued)
    lane_free(lanes, lane);
}

/* Those that hold nothing any more, neither requests nor a pause. */
static void sweep(struct net_lanes *lanes, long long now_ms) {
  for (struct tenant **tenant = &lanes->all; *tenant;) {
    struct tenant *one = *tenant;
    for (struct scope **scope = &one->all; *scope;) {
      struct scope *dead = *scope;
      if (dead->lanes_n == 0 && !dead->queued && dead->until_ms <= now_ms) {
        *scope = dead->next;
        free(dead);
      } else {
        scope = &dead->next;
      }
    }
    if (!one->all && !one->queued && one->flying == 0) {
      *tenant = one->next;
      free(one);
    } else {
      tenant = &one->next;
    }
  }
}

/* Empties all lines, so that nothing keeps what holds no requests. */
void net_lanes_free(struct net_lanes *lanes) {
  if (!lanes)
    return;
  assert(lanes->delayed_n == 0 && !lanes->late.first);
  while (lanes->tenants.first) {
    struct tenant *tenant = (struct tenant *)(void *)line_take(&lanes->tenants);
    tenant->queued = false;
    while (tenant->scopes.first) {
      struct scope *scope = (struct scope *)(void *)line_take(&tenant->scopes);
      scope->queued = false;
      while (scope->lanes.first) {
        struct net_lane *lane = (struct net_lane *)(void *)line_take(&scope->lanes);
        lane->queued = false;
        lane_release(lanes, lane);
      }
    }
  }
  sweep(lanes, LLONG_MAX);
  assert(!lanes->all);
  free(lanes->delayed);
  free(lanes);
}

/* --- where a request belongs --- */

/* A word that begins with a slash. */
static const char *find_word(const char *text, const char *word) {
  size_t len = strlen(word), all = strlen(text);
  for (size_t i = 0; i + len <= all; i++)
    if (text[i] == word[0] && net_same_letters(text + i, word, len))
      return text + i;
  return NULL;
}

static enum group group_of(const struct net_request *request) {
  if (request->service == PAL_LOGIN)
    return GROUP_LOGIN;
  if (request->service == PAL_GRAPH)
    return GROUP_GRAPH;
  return find_word(request->url, "/providers/Microsoft.CostManagement/") ||
                 find_word(request->url, "/providers/Microsoft.Consumption/")
             ? GROUP_COSTS
             : GROUP_ARM;
}

static struct tenant *tenant_of(struct net_lanes *lanes, const struct net_request *request, long long now_ms) {
  struct tenant *tenant = lanes->all;
  while (tenant && strcmp(tenant->id.s, request->tenant.s) != 0)
    tenant = tenant->next;
  if (tenant)
    return tenant;
  sweep(lanes, now_ms);
  tenant = calloc(1, sizeof *tenant);
  if (!tenant)
    return NULL;
  tenant->id = request->tenant;
  line_init(&tenant->scopes);
  tenant->next = lanes->all;
  lanes->all = tenant;
  return tenant;
}

static struct scope *scope_of(struct tenant *tenant, const struct net_request *request) {
  enum group group = group_of(request);
  const char *identity = group == GROUP_COSTS ? "" : request->identity;
  struct scope *scope = tenant->all;
  while (scope && (scope->group != group || strcmp(scope->identity, identity) != 0))
    scope = scope->next;
  if (scope)
    return scope;
  scope = calloc(1, sizeof *scope);
  if (!scope)
    return NULL;
  scope->tenant = tenant;
  scope->group = group;
  memcpy(scope->identity, identity, strlen(identity) + 1);
  line_init(&scope->lanes);
  scope->next = tenant->all;
  tenant->all = scope;
  return scope;
}

static struct net_lane *lane_of(struct net_lanes *lanes, struct scope *scope, const struct net_request *request) {
  static const char mark[] = "/subscriptions/";
  char subscription[PAL_GUID_LEN + 1] = "";
  const char *at = find_word(request->url, mark);
  if (!at || !pal_guid_canonical(at + strlen(mark), strcspn(at + strlen(mark), "/?"), subscription))
    subscription[0] = '\0';
  struct net_lane **bucket = &lanes->buckets[bucket_of(scope, subscription)];
  for (struct net_lane *lane = *bucket; lane; lane = lane->bucket)
    if (lane->scope == scope && strcmp(lane->subscription, subscription) == 0)
      return lane;
  struct net_lane *lane = calloc(1, sizeof *lane);
  if (!lane)
    return NULL;
  lane->scope = scope;
  memcpy(lane->subscription, subscription, sizeof subscription);
  net_list_init(&lane->ready);
  lane->bucket = *bucket;
  *bucket = lane;
  scope->lanes_n++;
  return lane;
}

static enum pal_service service_of(enum group group) {
  return group == GROUP_LOGIN ? PAL_LOGIN : group == GROUP_GRAPH ? PAL_GRAPH : PAL_ARM;
}

static struct net_reach *reach_of(struct net_lanes *lanes, const struct net_job *job) {
  return &lanes->services[service_of(job->lane->scope->group)];
}

/* --- those that wait for the clock --- */

static bool heap_room(struct net_lanes *lanes) {
  if (lanes->delayed_n < lanes->delayed_cap)
    return true;
  size_t cap = lanes->delayed_cap ? 2 * lanes->delayed_cap : 64;
  struct net_job **grown = realloc(lanes->delayed, cap * sizeof *grown);
  if (!grown)
    return false;
  lanes->delayed = grown;
  lanes->delayed_cap = cap;
  return true;
}

static void heap_add(struct net_lanes *lanes, struct net_job *job) {
  struct net_job **v = lanes->delayed;
  size_t at = lanes->delayed_n++;
  for (; at > 0 && v[(at - 1) / 2]->due_ms > job->due_ms; at = (at - 1) / 2)
    v[at] = v[(at - 1) / 2];
  v[at] = job;
}

static struct net_job *heap_take(struct net_lanes *lanes) {
  struct net_job **v = lanes->delayed;
  if (lanes->delayed_n == 0)
    return NULL;
  struct net_job *first = v[0], *moved = v[--lanes->delayed_n];
  size_t n = lanes->delayed_n, at = 0;
  for (size_t child; (child = 2 * at + 1) < n; at = child) {
    if (child + 1 < n && v[child + 1]->due_ms < v[child]->due_ms)
      child++;
    if (v[child]->due_ms >= moved->due_ms)
      break;
    v[at] = v[child];
  }
  v[at] = moved;
  return first;
}

/* --- in and out --- */

static void count(struct net_lanes *lanes, struct net_job *job, struct net_lane *lane) {
  struct tenant *tenant = lane->scope->tenant;
  job->lane = lane;
  lane->jobs++;
  lanes->busy += tenant->jobs++ == 0;
}

static void leave(struct net_lanes *lanes, struct net_job *job) {
  struct net_lane *lane = job->lane;
  struct tenant *tenant = lane->scope->tenant;
  job->lane = NULL;
  lane->jobs--;
  lanes->busy -= --tenant->jobs == 0;
  lane_release(lanes, lane);
}

static void give_up(struct net_lanes *lanes, struct net_job *job) {
  leave(lanes, job);
  job->late = true;
  net_list_add(&lanes->late, job);
}

static bool is_gone(struct net_lanes *lanes, struct net_job *job) {
  if (reach_of(lanes, job)->gone)
    job->lateness = PAL_FAILURE_UNREACHED;
  return reach_of(lanes, job)->gone;
}

static bool misses(const struct net_job *job, long long at_ms) {
  return job->until_ms && at_ms >= job->until_ms;
}

/* Its turn comes when those before it in its lane were sent. */
static void line_up(struct net_lanes *lanes, struct net_job *job) {
  struct net_lane *lane = job->lane;
  struct scope *scope = lane->scope;
  struct tenant *tenant = scope->tenant;
  if (is_gone(lanes, job) || misses(job, scope->until_ms)) {
    give_up(lanes, job);
    return;
  }
  net_list_add(&lane->ready, job);
  if (!lane->queued)
    line_add(&scope->lanes, &lane->node);
  if (!scope->queued)
    line_add(&tenant->scopes, &scope->node);
  if (!tenant->queued)
    line_add(&lanes->tenants, &tenant->node);
  lane->queued = scope->queued = tenant->queued = true;
}

static void pause_scope(struct net_lanes *lanes, struct scope *scope, long long until_ms) {
  if (until_ms <= scope->until_ms)
    return;
  scope->until_ms = until_ms;
  for (struct node *node = scope->lanes.first; node; node = node->next) {
    struct net_lane *lane = (struct net_lane *)(void *)node;
    struct net_list ready = lane->ready;
    if (!ready.first)
      continue;
    net_list_init(&lane->ready);
    for (struct net_job *one; (one = net_list_take(&ready));)
      if (misses(one, until_ms))
        give_up(lanes, one);
      else
        net_list_add(&lane->ready, one);
  }
}

enum pal_code net_lanes_add(struct net_lanes *lanes, struct net_job *job, long long now_ms, struct pal_err *err) {
  struct tenant *tenant = heap_room(lanes) ? tenant_of(lanes, &job->request, now_ms) : NULL;
  struct scope *scope = tenant ? scope_of(tenant, &job->request) : NULL;
  struct net_lane *lane = scope ? lane_of(lanes, scope, &job->request) : NULL;
  if (!lane)
    return pal_err_nomem(err);
  job->late = false;
  count(lanes, job, lane);
  if (job->request.holds)
    pause_scope(lanes, scope, job->due_ms);
  if (is_gone(lanes, job) || misses(job, job->due_ms > now_ms ? job->due_ms : now_ms))
    give_up(lanes, job);
  else if (job->due_ms > now_ms)
    heap_add(lanes, job);
  else
    line_up(lanes, job);
  return PAL_OK;
}

static struct net_job *take_of_scope(struct net_lanes *lanes, struct scope *scope) {
  struct net_job *job = NULL;
  while (!job && scope->lanes.n) {
    struct net_lane *lane = (struct net_lane *)(void *)line_take(&scope->lanes);
    job = net_list_take(&lane->ready);
    lane->queued = lane->ready.first != NULL;
    if (lane->queued)
      line_add(&scope->lanes, &lane->node);
    else
      lane_release(lanes, lane);
  }
  return job;
}

static struct net_job *take_of_tenant(struct net_lanes *lanes, struct tenant *tenant, long long now_ms) {
  struct net_job *job = NULL;
  for (size_t n = tenant->scopes.n; !job && n > 0; n--) {
    struct scope *scope = (struct scope *)(void *)line_take(&tenant->scopes);
    if (scope->until_ms <= now_ms && net_reach_may(&lanes->services[service_of(scope->group)], now_ms))
      job = take_of_scope(lanes, scope);
    scope->queued = scope->lanes.n > 0;
    if (scope->queued)
      line_add(&tenant->scopes, &scope->node);
  }
  return job;
}

/* Of tenants with fewer than so many in flight. */
static struct net_job *take_in_turn(struct net_lanes *lanes, long long now_ms, int fewer_than) {
  struct net_job *job = NULL;
  for (size_t n = lanes->tenants.n; !job && n > 0; n--) {
    struct tenant *tenant = (struct tenant *)(void *)line_take(&lanes->tenants);
    if (tenant->flying < fewer_than)
      job = take_of_tenant(lanes, tenant, now_ms);
    tenant->queued = tenant->scopes.n > 0;
    if (tenant->queued)
      line_add(&lanes->tenants, &tenant->node);
  }
  return job;
}

/*
 * Beyond its share, of the tenant that has been read for longest: up to `most` in flight, while no more than `ahead` of
 * all are above their share. By turns alone all tenants would advance alike, and the one with a hundred times as much would be
 * read to its end alone, a few requests at a time, when all others are done.
 */
static struct net_job *take_of_oldest(struct net_lanes *lanes, long long now_ms, int share, int most, int ahead) {
  struct tenant *oldest = NULL;
  int above = 0;
  for (struct tenant *tenant = lanes->all; tenant; tenant = tenant->next) { /* the newest is the first */
    above += tenant->flying > share ? tenant->flying - share : 0;
    if (tenant->queued && tenant->flying >= share && tenant->flying < most)
      oldest = tenant;
  }
  return oldest && above < ahead ? take_of_tenant(lanes, oldest, now_ms) : NULL;
}

struct net_job *net_lanes_take(struct net_lanes *lanes, long long now_ms) {
  while (lanes->delayed_n && lanes->delayed[0]->due_ms <= now_ms)
    line_up(lanes, heap_take(lanes));
  struct net_job *job = net_list_take(&lanes->late);
  if (job || lanes->flying >= lanes->concurrency)
    return job;
  /* Each busy tenant its share, and a quarter to those that began first. What others leave may be taken too, but a
   * quarter is always left for those below their share, or still to come: a tenant that never answers must not hold all
   * there is. */
  int quarter = lanes->concurrency / 4, most = lanes->concurrency - quarter;
  int busy = lanes->busy > 0 && lanes->busy < INT_MAX ? (int)lanes->busy : 1;
  int share = lanes->concurrency / busy + (lanes->concurrency % busy != 0);
  int longer = share + quarter / 2;
  job = take_of_oldest(lanes, now_ms, share, longer < most ? longer : most, quarter);
  if (!job)
    job = take_in_turn(lanes, now_ms, share < most ? share : most);
  if (!job && lanes->flying < most)
    job = take_in_turn(lanes, now_ms, INT_MAX);
  if (job && misses(job, now_ms)) {
    leave(lanes, job);
    job->late = true;
  } else if (job) {
    lanes->flying++;
    job->lane->scope->tenant->flying++;
    job->sent_ms = now_ms;
    net_reach_sent(reach_of(lanes, job));
  }
  return job;
}

/* Whatever waits for a service that is gone is late, also what was to be sent in an hour. */
static void abandon(struct net_lanes *lanes, enum pal_service service) {
  size_t n = lanes->delayed_n;
  lanes->delayed_n = 0;
  for (size_t i = 0; i < n; i++)
    if (is_gone(lanes, lanes->delayed[i]))
      give_up(lanes, lanes->delayed[i]);
    else
      heap_add(lanes, lanes->delayed[i]);
  for (struct tenant *tenant = lanes->all; tenant; tenant = tenant->next)
    for (struct scope *scope = tenant->all; scope; scope = scope->next) {
      struct net_list ready;
      net_list_init(&ready);
      for (struct net_job *job; service_of(scope->group) == service && (job = take_of_scope(lanes, scope));)
        net_list_add(&ready, job);
      for (struct net_job *job; (job = net_list_take(&ready)) && is_gone(lanes, job);)
        give_up(lanes, job);
    }
}

enum net_news net_lanes_landed(struct net_lanes *lanes, struct net_job *job, enum net_ending ending, long long now_ms) {
  enum pal_service service = service_of(job->lane->scope->group);
  enum net_news news =
      net_reach_ended(&lanes->services[service], ending, &job->lane->scope->tenant->id, job->sent_ms, now_ms);
  lanes->flying--;
  job->lane->scope->tenant->flying--;
  leave(lanes, job);
  if (news == NET_GONE)
    abandon(lanes, service);
  return news;
}

void net_lanes_pause(struct net_lanes *lanes, const struct net_job *job, long long until_ms) {
  pause_scope(lanes, job->lane->scope, until_ms);
}

/* When the clock alone lets something of it be sent. What waits for an answer has to wait for that. */
static long long held_until(const struct net_lanes *lanes, const struct scope *scope, long long now_ms) {
  const struct net_reach *reach = &lanes->services[service_of(scope->group)];
  long long asked_again = reach->down && reach->flying == 0 ? reach->next_ms : now_ms;
  return scope->until_ms > asked_again ? scope->until_ms : asked_again;
}

static long long earlier(long long next, long long at, long long now_ms) {
  return at > now_ms && at < next ? at : next;
}

long long net_lanes_wait_ms(const struct net_lanes *lanes, long long now_ms) {
  long long next = lanes->delayed_n ? lanes->delayed[0]->due_ms : LLONG_MAX;
  for (const struct tenant *tenant = lanes->all; tenant; tenant = tenant->next)
    for (const struct scope *scope = tenant->all; scope; scope = scope->next)
      if (scope->queued)
        next = earlier(next, held_until(lanes, scope, now_ms), now_ms);
  if (lanes->late.first)
    return 0;
  return next == LLONG_MAX ? -1 : next > now_ms ? next - now_ms : 0;
}

long long net_lanes_paused_ms(const struct net_lanes *lanes, long long now_ms) {
  long long longest = now_ms;
  for (const struct tenant *tenant = lanes->all; tenant; tenant = tenant->next)
    for (const struct scope *scope = tenant->all; scope; scope = scope->next)
      if (scope->lanes_n > 0 && scope->until_ms > longest)
        longest = scope->until_ms;
  return longest - now_ms;
}

struct net_job *net_lanes_drop(struct net_lanes *lanes) {
  struct net_job *job = net_list_take(&lanes->late);
  if (job)
    return job;
  job = heap_take(lanes);
  for (struct tenant *tenant = lanes->all; !job && tenant; tenant = tenant->next)
    for (struct scope *scope = tenant->all; !job && scope; scope = scope->next)
      job = take_of_scope(lanes, scope);
  if (job)
    leave(lanes, job);
  return job;
}
