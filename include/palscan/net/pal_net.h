/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_NET_H
#define PAL_NET_H
/*
 * pal_net.h - one event loop over libcurl's multi interface, or over a
 * recording. Callbacks run on the caller's thread inside pal_net_run and may
 * submit further requests. The order of callbacks is not defined.
 *
 * A recording is a folder: session.json and IDENTITY/TENANT.har (HAR 1.2). The
 * key of an exchange is (identity, tenant, method, URL, SHA-256 of the canonical
 * body); exchanges of one key are answered in the order of their requests, the
 * last one repeats. Secrets are replaced before the digest is taken.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "pal_err.h"
#include "pal_id.h"
#include "pal_record.h"
#include "pal_time.h"
#include "pal_url.h"

enum {
  PAL_BODY_MAX = 64 << 20,  /* bytes of one answer after decompression */
  PAL_NET_GRACE_MS = 20000, /* for what is in flight when the time of a run is over */
};

/* Failures (status 0) of requests that were not sent, or not waited for: the request's own time was over, or the
 * run's. They are recorded like any other. */
#define PAL_FAILURE_TENANT_TIME "time of the tenant over"
/* … the service could not be reached for so long that it is not asked any more. */
#define PAL_FAILURE_UNREACHED "service out of reach"
#define PAL_FAILURE_TIME "time over"

struct pal_net;   /* opaque */
struct pal_grant; /* pal_grant.h */

struct pal_request {
  const char *identity;        /* configured name */
  struct pal_tenant_id tenant; /* of the token, or asked for in a token exchange */
  const char *method;          /* GET, POST; under a grant what it says */
  const char *url;             /* will be normalised and judged by the allow-list */
  enum pal_body_kind body_kind;
  const char *body;   /* NULL when none; PAL_BODY_FORM: application/x-www-form-urlencoded, may hold secrets */
  const char *bearer; /* access token or NULL; only ever sent to `bearer_service` of the cloud */
  enum pal_service bearer_service;
  unsigned delay_ms;  /* wait so long before sending (throttling); a replay never waits */
  bool holds;         /* … and let nothing else of the scope be sent meanwhile */
  long long until_ms; /* not sent from then on, by pal_net_now_ms(): answered PAL_FAILURE_TENANT_TIME; 0: whenever */
  bool retry;         /* asks again what an answer to the same key did not settle: that attempt is recorded
                                    as superseded; a replay, which leaves those out, gives the settled answer again */
  struct pal_grant *grant; /* spent by this request, whether or not it is sent; NULL: it only reads */
};

struct pal_response {
  int status;          /* HTTP status; 0: transport failure, `failure` says what */
  const char *failure; /* for status 0, else NULL */
  const char *body;    /* NUL-terminated, may hold NUL bytes; "" when empty */
  size_t len;
  const char *content_type; /* "" when absent */
  const char *retry_after;  /* "" when absent */
  const char *claims;       /* asked for by a claims challenge, in base64; "" when absent, and in a replay */
  long long retry_after_ms; /* how long not to ask again, of whatever header; -1: not said, and in a replay */
  bool truncated;           /* transport ended early or PAL_BODY_MAX exceeded: body is cut */
};

/* err is never NULL; its code is PAL_OK unless the request was not made: denied
 * by the allow-list (PAL_E_DENIED; the run goes on), or missing in the recording
 * (PAL_E_RECORDING), offline, interrupted, a broken recording (PAL_E_INPUT): after
 * these the run ends. response is NULL then. Both live until the callback returns. */
typedef void pal_response_fn(void *payload, const struct pal_response *response, const struct pal_err *err);

struct pal_net_options {
  const struct pal_cloud *cloud;
  int concurrency;
  long long max_time_ms;                  /* from now on; then nothing new is sent. 0: no end */
  long connect_s, silence_s;              /* tests: how long to wait for a connection, for an answer; 0: as usual */
  long long (*now_ms)(const void *clock); /* tests: the clock of waiting; NULL: the system's monotonic one */
  const void *clock;
  void (*tick)(void *payload); /* called from pal_net_run several times a second; NULL: none */
  void *tick_payload;
  bool offline;                     /* opening a socket is an error */
  bool may_write;                   /* grants may be asked for; never of a replay, a recording, or offline */
  const char *replay_dir;           /* answer from this recording; NULL: live */
  const char *record_dir;           /* write a recording here; NULL: none */
  const struct pal_record *session; /* SESSION to write when recording (finished is filled in at close); borrowed until
                                       then. A recording of a replay has the replayed session instead */
  unsigned shuffle_seed;            /* tests: not 0 answers a replay in an order drawn from this seed */
};
enum pal_code pal_net_open(const struct pal_net_options *options, struct pal_net **ret, struct pal_err *err)
    PAL_MUST_CHECK;
/* Finishes a recording: its files appear at once, or not at all when the last
 * pal_net_run failed. What was queued and never run is dropped without a
 * callback. Takes NULL. */
enum pal_code pal_net_close(struct pal_net *net, struct pal_err *err) PAL_MUST_CHECK;
/* Copies the request and queues it. The callback is called exactly once, from
 * pal_net_run. PAL_E_INTERNAL when identity, tenant or method is malformed or a
 * JSON body is none; after a run was ended, its error. */
enum pal_code pal_net_submit(struct pal_net *net, const struct pal_request *request, pal_response_fn *done,
                             void *payload, struct pal_err *err) PAL_MUST_CHECK;
/* Work that would hold up the loop, on a thread of its own, which may use nothing but its payload and must end soon
 * when *stop becomes true. done is called exactly once, from pal_net_run. PAL_E_OFFLINE; PAL_E_INTERNAL in a replay. */
typedef atomic_bool pal_stop;
typedef void pal_work_fn(void *payload, const pal_stop *stop);
typedef void pal_worked_fn(void *payload, const struct pal_err *err);
enum pal_code pal_net_work(struct pal_net *net, pal_work_fn *work, pal_worked_fn *done, void *payload,
                           struct pal_err *err) PAL_MUST_CHECK;
/* Ends all work without telling anyone: before its payloads are freed. */
void pal_net_work_drop(struct pal_net *net);
/* Puts into the recording what is known without asking, as the answer of a request that is judged but not sent, so
 * that a replay can ask; `why` is its comment. answer is JSON, redacted like any other, status its HTTP status. Does nothing without a
 * recording, and in a replay. */
enum pal_code pal_net_record_known(struct pal_net *net, const struct pal_request *request, int status,
                                   const char *answer, const char *why, struct pal_err *err) PAL_MUST_CHECK;
/* Runs until nothing is queued or in flight, or *stop (may be NULL) becomes true
 * (PAL_E_INTERRUPTED), or an error ends it. Every callback still open is then
 * given that error. */
enum pal_code pal_net_run(struct pal_net *net, const volatile int *stop, struct pal_err *err) PAL_MUST_CHECK;
/* The clock of delays and times; it has no date. */
long long pal_net_now_ms(const struct pal_net *net);
/* Counters for the run log, and what holds it up. */
struct pal_net_stats {
  size_t requests, answers, failures;
  size_t open;         /* submitted and not told yet: in flight or waiting for their turn; memory follows this */
  size_t over;         /* … of which PAL_FAILURE_TIME, also in a replay */
  size_t throttled;    /* answers 429 and 503 */
  long long paused_ms; /* how long services still ask some of what is queued to wait; 0: none does */
  bool knows_clock;    /* an answer had a date; false in a replay */
  long long ahead_s;   /* this host's clock against the nearest of those dates; negative: behind */
};
struct pal_net_stats pal_net_stats(const struct pal_net *net);

/* Reads session.json of a recording. PAL_E_INPUT names file, line, column, key
 * path; PAL_E_NEWER when a newer palscan made it. */
enum pal_code pal_recording_session(struct pal_arena *arena, const char *dir, struct pal_record **ret,
                                    struct pal_err *err) PAL_MUST_CHECK;

#endif
