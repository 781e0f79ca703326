/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every job ends exactly once, in outcome(). What ends a run stands in
 * net->ended and never leaves again: from then on nothing is sent or recorded,
 * and whoever still waits is told why.
 */
#include "pal_net.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "grant.h"
#include "job.h"
#include "loop.h"
#include "pal_log.h"
#include "queue.h"
#include "record.h"
#include "redact.h"
#include "replay.h"
#include "work.h"

enum { SESSION_ARENA_MAX = 64 << 20 };

struct pal_net {
  const struct pal_cloud *cloud;
  bool offline, may_write;
  struct net_replay *replay; /* with queue; or: */
  struct net_queue *queue;
  struct net_loop *loop;
  struct net_works *works;
  struct net_recorder *recorder; /* NULL: none */
  struct pal_arena *arena;       /* of the replayed session */
  struct net_list refused;
  void (*tick)(void *payload);
  void *tick_payload;
  size_t open; /* jobs not told yet */
  bool running;
  struct pal_err ended;
  struct pal_net_stats stats;
};

static void outcome(void *owner, struct net_job *job, const struct pal_response *response, const struct pal_err *err);

/* --- life --- */

static enum pal_code open_replay(struct pal_net *net, const struct pal_net_options *options, struct pal_err *err) {
  net->queue = net_queue_new(options->shuffle_seed);
  return net->queue ? net_replay_new(options->replay_dir, &net->replay, err) : pal_err_nomem(err);
}

/* A recording of a replay is the same recording: it has the same session. */
static enum pal_code open_recorder(struct pal_net *net, const struct pal_net_options *options, struct pal_err *err) {
  const struct pal_record *session = options->session;
  if (options->replay_dir) {
    struct pal_record *replayed = NULL;
    net->arena = pal_arena_new(SESSION_ARENA_MAX);
    enum pal_code code =
        net->arena ? pal_recording_session(net->arena, options->replay_dir, &replayed, err) : pal_err_nomem(err);
    if (code != PAL_OK)
      return code;
    session = replayed;
  }
  if (!session)
    return pal_err_set(err, PAL_E_INTERNAL, "a recording needs a session");
  return net_recorder_new(options->record_dir, session, &net->recorder, err);
}

static void net_free(struct pal_net *net) {
  net_queue_free(net->queue);
  net_replay_free(net->replay);
  net_works_free(net->works); /* which wakes the loop */
  net_loop_free(net->loop);
  net_recorder_free(net->recorder);
  pal_arena_free(net->arena);
  free(net);
}

static void wake(void *payload) {
  const struct pal_net *net = payload;
  net_loop_wake(net->loop);
}

enum pal_code pal_net_open(const struct pal_net_options *options, struct pal_net **ret, struct pal_err *err) {
  struct pal_net *net = calloc(1, sizeof *net);
  if (!net)
    return pal_err_nomem(err);
  net->cloud = options->cloud;
  net->offline = options->offline;
  net->may_write = options->may_write;
  net->tick = options->tick;
  net->tick_payload = options->tick_payload;
  net_list_init(&net->refused);
  enum pal_code code = PAL_OK;
  if (options->replay_dir)
    code = open_replay(net, options, err);
  else
    code = net_loop_new(options, outcome, net, &net->loop, err);
  if (net->loop && !(net->works = net_works_new(wake, net)))
    code = pal_err_nomem(err);
  if (code == PAL_OK && options->record_dir)
    code = open_recorder(net, options, err);
  if (code == PAL_OK)
    *ret = net;
  else
    net_free(net);
  return code;
}

static void job_free(struct net_job *job) {
  net_request_deinit(&job->request);
  free(job->refused);
  free(job);
}

/* Any job that was not told yet. */
static struct net_job *take_any(struct pal_net *net) {
  struct net_job *job = net_list_take(&net->refused);
  if (!job && net->queue)
    job = net_queue_take(net->queue);
  if (!job && net->loop)
    job = net_loop_take(net->loop);
  return job;
}

enum pal_code pal_net_close(struct pal_net *net, struct pal_err *err) {
  if (!net)
    return PAL_OK;
  assert(!net->running);
  enum pal_code code = PAL_OK;
  for (struct net_job *job; (job = take_any(net));)
    job_free(job);
  if (net->recorder && net->ended.code == PAL_OK) {
    char finished[PAL_INSTANT_MAX];
    pal_instant_format(pal_clock_now(), finished);
    code = net_recorder_finish(net->recorder, net->replay ? NULL : finished, err);
  }
  net_free(net);
  return code;
}

/* --- submission --- */

/* Keeps the reason for the callback. */
static enum pal_code refuse(struct net_job *job, const struct pal_err *why, struct pal_err *err) {
  job->refused = malloc(sizeof *job->refused);
  if (!job->refused)
    return pal_err_nomem(err);
  *job->refused = *why;
  return PAL_OK;
}

static enum pal_code prepare(struct pal_net *net, struct net_job *job, const struct pal_request *request,
                             struct pal_err *err) {
  struct pal_err why = {0};
  enum pal_code code = net_request_init(&job->request, net->cloud, request, &why);
  if (code == PAL_OK && net->loop && net->offline)
    code = pal_err_set(&why, PAL_E_OFFLINE, "%s %s: offline", job->request.method, job->request.url);
  if (code == PAL_E_DENIED || code == PAL_E_OFFLINE)
    return refuse(job, &why, err);
  if (code != PAL_OK) {
    if (err)
      *err = why;
    return code;
  }
  if (net->replay || net->recorder)
    code = net_request_make_key(&job->request, err);
  if (code != PAL_OK)
    return code;
  if (net->replay)
    return net_replay_turn(net->replay, &job->request, &job->turn, err);
  return net->recorder ? net_record_request(net->recorder, &job->request, &job->trace, err) : PAL_OK;
}

enum pal_code pal_net_submit(struct pal_net *net, const struct pal_request *request, pal_response_fn *done,
                             void *payload, struct pal_err *err) {
  if (net->ended.code != PAL_OK)
    return pal_err_set(err, net->ended.code, "%s", net->ended.text);
  struct net_job *job = calloc(1, sizeof *job);
  if (!job)
    return pal_err_nomem(err);
  job->done = done;
  job->payload = payload;
  job->trace = NET_NO_TRACE;
  enum pal_code code = prepare(net, job, request, err);
  if (code == PAL_OK && !job->refused && net->queue)
    code = net_queue_add(net->queue, job, err);
  else if (code == PAL_OK && !job->refused)
    code = net_loop_add(net->loop, job, err);
  if (code != PAL_OK) {
    job_free(job);
    return code;
  }
  if (job->refused)
    net_list_add(&net->refused, job);
  net->open++;
  return PAL_OK;
}

enum pal_code pal_net_work(struct pal_net *net, pal_work_fn *work, pal_worked_fn *done, void *payload,
                           struct pal_err *err) {
  if (net->ended.code != PAL_OK)
    return pal_err_set(err, net->ended.code, "%s", net->ended.text);
  if (!net->works)
    return pal_err_set(err, PAL_E_INTERNAL, "a replay has no work to do");
  if (net->offline)
    return pal_err_set(err, PAL_E_OFFLINE, "offline");
  enum pal_code code = net_works_add(net->works, work, done, payload, err);
  net->open += code == PAL_OK;
  return code;
}

enum pal_code pal_net_grant(struct pal_net *net, const struct pal_write *write, struct pal_grant **ret,
                            struct pal_err *err) {
  if (net->offline)
    return pal_err_set(err, PAL_E_OFFLINE, "no grant: offline");
  if (net->replay || net->recorder || !net->may_write)
    return pal_err_set(err, PAL_E_DENIED, "no grant: %s",
                       net->replay     ? "a recording is replayed"
                       : net->recorder ? "a recording is made"
                                       : "this run only reads");
  return net_grant_new(net->cloud, write, ret, err);
}

void pal_net_work_drop(struct pal_net *net) {
  if (net->works)
    net->open -= net_works_abandon(net->works, NULL);
}

enum pal_code pal_net_record_known(struct pal_net *net, const struct pal_request *request, int status,
                                   const char *answer, const char *why, struct pal_err *err) {
  if (!net->recorder || net->replay)
    return PAL_OK;
  struct net_request copy;
  bool has_tokens = false;
  enum pal_code code = net_request_init(&copy, net->cloud, request, err);
  if (code == PAL_OK)
    code = net_request_make_key(&copy, err);
  if (code == PAL_OK && copy.service == PAL_LOGIN) {
    code = net_register_answer(answer, strlen(answer), err);
    has_tokens = code == PAL_OK;
  }
  if (code == PAL_OK)
    code = net_record_known(net->recorder, &copy, status, answer, why, err);
  if (has_tokens)
    net_forget_answer(answer, strlen(answer));
  net_request_deinit(&copy);
  return code;
}

/* --- outcomes --- */

static void end_run(struct pal_net *net, const struct pal_err *why) {
  (void)pal_err_merge(&net->ended, why);
}

static void count(struct pal_net *net, const struct pal_response *response) {
  net->stats.requests++;
  if (response->status)
    net->stats.answers++;
  else
    net->stats.failures++;
  net->stats.throttled += response->status == 429 || response->status == 503;
  net->stats.over += response->failure && strcmp(response->failure, PAL_FAILURE_TIME) == 0;
}

/* What a live answer leaves behind. True: its tokens were registered. */
static bool keep_answer(struct pal_net *net, const struct net_job *job, const struct pal_response *response) {
  bool login = job->request.service == PAL_LOGIN;
  struct pal_err why = {0};
  if (login && net_register_answer(response->body, response->len, &why) != PAL_OK) {
    end_run(net, &why);
    return false;
  }
  if (job->trace != NET_NO_TRACE &&
      net_record_answer(net->recorder, job->trace, &job->request, response, &why) != PAL_OK)
    end_run(net, &why);
  return login;
}

static void outcome(void *owner, struct net_job *job, const struct pal_response *response, const struct pal_err *err) {
  static const struct pal_err none = {.code = PAL_OK};
  struct pal_net *net = owner;
  bool has_tokens = false;
  if (response) {
    count(net, response);
    if (net->loop)
      has_tokens = keep_answer(net, job, response);
  }
  net->open--;
  job->done(job->payload, response, err ? err : &none);
  if (has_tokens) /* whoever keeps one has registered it */
    net_forget_answer(response->body, response->len);
  if (err && err->code != PAL_E_DENIED)
    end_run(net, err);
  job_free(job);
}

static void replay_one(struct pal_net *net, struct net_job *job) {
  struct pal_err why = {0};
  struct net_replayed replayed;
  enum pal_code code = net_replay_answer(net->replay, &job->request, job->turn, &replayed, &why);
  if (code == PAL_OK && net->recorder)
    code = net_record_replayed(net->recorder, &job->request, &replayed, &why);
  if (code != PAL_OK) {
    outcome(net, job, NULL, &why);
    return;
  }
  const struct net_exchange *exchange = replayed.exchange;
  struct pal_response response = {
      .status = exchange->status,
      .failure = exchange->status ? NULL : exchange->failure,
      .body = exchange->status ? exchange->answer : "",
      .len = exchange->status ? exchange->answer_len : 0,
      .content_type = exchange->content_type,
      .retry_after = exchange->retry_after,
      .claims = "",
      .retry_after_ms = -1,
      .truncated = exchange->truncated,
  };
  outcome(net, job, &response, NULL);
}

static void step(struct pal_net *net) {
  struct net_job *job = net_list_take(&net->refused);
  struct pal_err why = {0};
  if (job) {
    struct pal_err refused = *job->refused;
    outcome(net, job, NULL, &refused);
  } else if (net->works && net_works_tell(net->works, &why)) {
    net->open--;
    if (why.code != PAL_OK)
      end_run(net, &why);
  } else if (net->loop) {
    if (net_loop_step(net->loop, &why) != PAL_OK)
      end_run(net, &why);
  } else {
    job = net_queue_take(net->queue);
    assert(job);
    replay_one(net, job);
  }
}

enum pal_code pal_net_run(struct pal_net *net, const volatile int *stop, struct pal_err *err) {
  assert(!net->running);
  net->running = true;
  while (net->ended.code == PAL_OK && net->open) {
    struct pal_err interrupted = {0};
    if (stop && *stop) {
      (void)pal_err_set(&interrupted, PAL_E_INTERRUPTED, "interrupted with %zu requests open", net->open);
      end_run(net, &interrupted);
    } else {
      step(net);
      if (net->tick)
        net->tick(net->tick_payload);
    }
  }
  if (net->ended.code != PAL_OK && net->works)
    net->open -= net_works_abandon(net->works, &net->ended);
  if (net->ended.code != PAL_OK)
    for (struct net_job *job; (job = take_any(net));)
      outcome(net, job, NULL, &net->ended);
  net->running = false;
  if (net->ended.code != PAL_OK && err)
    *err = net->ended;
  return net->ended.code;
}

long long pal_net_now_ms(const struct pal_net *net) {
  return net->loop ? net_loop_now_ms(net->loop) : net_monotonic_ms(NULL);
}

struct pal_net_stats pal_net_stats(const struct pal_net *net) {
  struct pal_net_stats stats = net->stats;
  stats.open = net->open;
  stats.paused_ms = net->loop ? net_loop_paused_ms(net->loop) : 0;
  struct net_clock clock = net->loop ? net_loop_clock(net->loop) : (struct net_clock){0};
  stats.knows_clock = clock.known;
  stats.ahead_s = clock.ahead_s;
  return stats;
}
