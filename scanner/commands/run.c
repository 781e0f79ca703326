/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pal_azure.h"
#include "pal_file.h"
#include "pal_log.h"
#include "pal_rejudge.h"
#include "pal_remedy.h"
#include "pal_text.h"
#include "run_internal.h"
#include "version.h"

enum { DISCLOSURE_KEY_LEN = 32 };

/* ---- parent ---- */

static enum pal_code refuse_mixture(const struct pal_run *run, struct pal_err *err) {
  bool replay = run->options->replay_dir != NULL;
  if (!run->has_parent || run->options->dry_run)
    return PAL_OK;
  bool was_replay = run->parent.trailers.kind == PAL_RUN_REPLAY;
  if (replay == was_replay)
    return PAL_OK;
  return pal_err_set(
      err, PAL_E_USAGE,
      replay ? "%s holds live runs: a replay is never committed there; add --dry-run, or give --repository a folder of "
               "its own"
             : "%s holds replays, which are no evidence of nights: give --repository a folder of its own for live runs",
      run->options->app->repository);
}

/* A chain goes forward in time; a run from before its parent would never verify. */
static enum pal_code refuse_past(const struct pal_run *run, struct pal_err *err) {
  char now[PAL_INSTANT_MAX];
  if (!run->has_parent || run->options->dry_run || pal_instant_cmp(run->options->started, run->parent_started) >= 0)
    return PAL_OK;
  pal_instant_format(run->options->started, now);
  return pal_err_set(err, PAL_E_USAGE,
                     run->options->replay_dir != NULL
                         ? "the recording started at %s, the last snapshot at %s: add --dry-run --onto REV, or give "
                           "--repository a folder of its own"
                         : "the clock says %s, but the last snapshot started at %s: set the clock right",
                     now, run->parent.trailers.started);
}

static enum pal_code keep_previous(struct pal_run *run, const char *tenant_id, const struct pal_doc *doc,
                                   struct pal_err *err) {
  struct pal_verdicts *grown =
      pal_arena_grow(run->result->arena, run->previous, run->previous_n, &run->previous_cap, sizeof(*grown));
  if (grown == NULL)
    return pal_err_nomem(err);
  run->previous = grown;
  struct pal_verdicts *verdicts = &run->previous[run->previous_n++];
  *verdicts = (struct pal_verdicts){.tenant_id = pal_arena_strdup(run->result->arena, tenant_id)};
  for (size_t i = 0; i < doc->records.n; i++) {
    struct pal_record *copy = pal_record_dup(run->result->arena, doc->records.v[i]);
    if (copy == NULL || pal_records_add(run->result->arena, &verdicts->findings, copy, err) != PAL_OK)
      return pal_err_nomem(err);
  }
  return verdicts->tenant_id != NULL ? PAL_OK : pal_err_nomem(err);
}

enum pal_code pal_run_keep_previous(struct pal_run *run, const struct pal_docs *docs, const char *tenant_id,
                                    struct pal_err *err) {
  for (size_t i = 0; i < docs->n; i++) {
    enum pal_file_id file = docs->v[i]->file->id;
    if (file != PAL_FILE_FINDINGS && file != PAL_FILE_ESTATE_FINDINGS)
      continue;
    enum pal_code code = keep_previous(run, tenant_id, docs->v[i], err);
    if (code != PAL_OK)
      return code;
  }
  return PAL_OK;
}

static enum pal_code read_parent(struct pal_run *run, struct pal_err *err) {
  if (!run->has_parent)
    return pal_run_history(run, err);
  if (!pal_instant_parse(run->parent.trailers.started, &run->parent_started))
    return pal_err_set(err, PAL_E_VERIFY, "the parent's Palscan-Started is no instant");
  enum pal_code code = refuse_past(run, err);
  if (code == PAL_OK)
    code = pal_stored_tenants(run->repo, &run->parent.tree, run->result->arena, &run->parent_tenants, err);
  if (code != PAL_OK)
    return code;
  pal_docs_init(&run->parent_root, run->result->arena);
  code = pal_stored_root(run->repo, &run->parent.tree, &run->parent_root, err);
  if (code == PAL_OK)
    code = pal_run_history(run, err);
  if (code == PAL_OK)
    code = pal_run_date_parent(run, "", &run->parent_root, err);
  return code == PAL_OK ? pal_run_keep_previous(run, &run->parent_root, "", err) : code;
}

/* A run that commits holds the lock and builds on the verified tip; a dry run
 * reads what it is told and writes into a scratch repository. */
static enum pal_code open_live(struct pal_run *run, struct pal_err *err) {
  const struct pal_run_options *o = run->options;
  struct pal_oid accept;
  if (o->accept_tip != NULL && !pal_oid_parse(o->accept_tip, &accept))
    return pal_err_set(err, PAL_E_USAGE, "--accept-tip: \"%s\" is no full commit id", o->accept_tip);
  enum pal_code code = pal_app_repo(o->app, &run->repo, err);
  if (code == PAL_OK)
    code = pal_repo_lock(run->repo, err);
  if (code == PAL_OK)
    code =
        pal_repo_verify_parent(run->repo, o->accept_tip != NULL ? &accept : NULL, &run->parent, &run->has_parent, err);
  return code;
}

static enum pal_code open_dry(struct pal_run *run, struct pal_err *err) {
  const struct pal_run_options *o = run->options;
  enum pal_code code = PAL_OK;
  if (o->onto != NULL || pal_path_exists(o->app->repository)) {
    struct pal_oid id;
    code = pal_app_repo(o->app, &run->repo, err);
    if (code == PAL_OK) {
      struct pal_err none = {0};
      code = o->onto != NULL ? pal_repo_resolve(run->repo, o->onto, &id, err) : pal_repo_head(run->repo, &id, &none);
      if (o->onto == NULL && code == PAL_E_NOTFOUND)
        return PAL_OK;
      if (code != PAL_OK && o->onto == NULL)
        *err = none;
    }
    if (code == PAL_OK)
      code = pal_repo_commit(run->repo, &id, &run->parent, err);
    run->has_parent = code == PAL_OK;
  }
  return code;
}

static enum pal_code open_scratch(struct pal_run *run, struct pal_err *err) {
  const char *tmp = getenv("TMPDIR");
  char *dir = pal_arena_printf(run->result->arena, "%s/palscan-XXXXXX", tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");
  if (dir == NULL)
    return pal_err_nomem(err);
  if (mkdtemp(dir) == NULL)
    return pal_err_set(err, PAL_E_IO, "create a folder like %s: %s", dir, strerror(errno));
  run->scratch_dir = dir;
  const char *repo = pal_arena_printf(run->result->arena, "%s/scratch.git", dir);
  if (repo == NULL)
    return pal_err_nomem(err);
  enum pal_code code = pal_repo_create(repo, err);
  if (code == PAL_OK)
    code = pal_repo_open(repo, &run->scratch, err);
  return code == PAL_OK ? pal_repo_lock(run->scratch, err) : code;
}

/* ---- collecting ---- */

static void add_part(struct pal_buf *buf, const char *name, const struct pal_record *record) {
  pal_buf_printf(buf, "%s ", name);
  if (record != NULL)
    pal_record_compact(record, buf);
  pal_buf_putc(buf, '\n');
}

/* A run may only be resumed under the very same question. */
static enum pal_code run_digest(const struct pal_run *run, char out[65], struct pal_err *err) {
  struct pal_buf buf;
  uint8_t digest[PAL_SHA256_LEN];
  char parent[41] = "";
  pal_buf_init(&buf, 256 << 20);
  if (run->has_parent)
    pal_oid_hex(&run->parent.id, parent);
  add_part(&buf, "settings", run->options->settings);
  add_part(&buf, "registry", run->options->app->registry);
  add_part(&buf, "estate", run->options->app->estate);
  if (run->options->replay_dir != NULL) {
    char started[PAL_INSTANT_MAX];
    pal_instant_format(run->options->started, started);
    pal_buf_printf(&buf, "recording of %s\n", started);
  }
  pal_buf_printf(&buf, "parent %s\nscope", parent);
  for (size_t i = 0; run->options->scope != NULL && i < run->options->scope->n; i++)
    pal_buf_printf(&buf, " %s", run->options->scope->v[i]);
  if (run->options->identities != NULL) {
    pal_buf_puts(&buf, "\nidentities");
    for (size_t i = 0; i < run->options->identities->n; i++)
      pal_buf_printf(&buf, " %s", run->options->identities->v[i]);
  }
  enum pal_code code = pal_buf_check(&buf, "the settings of the run", err);
  if (code == PAL_OK)
    code = pal_sha256(buf.data, buf.len, digest, err);
  if (code == PAL_OK)
    pal_hex(digest, sizeof(digest), out);
  pal_buf_deinit(&buf);
  return code;
}

enum pal_code pal_run_interrupted(const struct pal_run *run, bool kept, struct pal_err *err) {
  const char *next = run->options->declared != NULL ? "nothing was imported" : "nothing was kept that could be resumed";
  if (run->options->declared == NULL && kept)
    next = pal_cli_hint(run->options->app->cli, "palscan scan --resume goes on where this run stopped");
  return next != NULL ? pal_err_set(err, PAL_E_INTERRUPTED, "interrupted; %s", next) : pal_err_nomem(err);
}

static void on_progress(void *payload, const struct pal_collect_progress *progress) {
  struct pal_run *run = payload;
  run->progress.read = *progress;
}

static enum pal_code on_observation(void *payload, const struct pal_observation *observation, struct pal_err *err) {
  struct pal_run *run = payload;
  return pal_spool_add(&run->spool, observation, err);
}

static bool was_observed(void *payload, const char *identity, const char *tenant_id) {
  const struct pal_run *run = payload;
  return pal_spool_has(&run->spool, identity, tenant_id);
}

static enum pal_code session_record(struct pal_run *run, struct pal_record **ret, struct pal_err *err) {
  struct pal_arena *arena = run->result->arena;
  struct pal_record *session = *ret = pal_record_new(arena, &pal_kind_SESSION);
  struct pal_record *settings = pal_record_dup(arena, run->options->settings);
  if (session == NULL || settings == NULL)
    return pal_err_nomem(err);
  char started[PAL_INSTANT_MAX];
  pal_instant_format(run->options->started, started);
  enum pal_code code = pal_set_text(arena, session, PAL_SESSION_FORMAT, "palscan-recording", err);
  pal_set_int(session, PAL_SESSION_VERSION, 1);
  if (code == PAL_OK)
    code = pal_set_text(arena, session, PAL_SESSION_STARTED, started, err);
  if (code == PAL_OK)
    code = pal_set_text(arena, session, PAL_SESSION_PROGRAM, "palscan " PALSCAN_VERSION, err);
  if (code == PAL_OK && run->options->finished != NULL)
    code = pal_set_text(arena, session, PAL_SESSION_FINISHED, run->options->finished, err);
  pal_set_absent(settings, PAL_SETTINGS_APPROVERS); /* of the judgement, not of what was read */
  pal_set_record(session, PAL_SESSION_SETTINGS, settings);
  return code;
}

static enum pal_code collect(struct pal_run *run, struct pal_err *err) {
  const struct pal_run_options *o = run->options;
  struct pal_record *session = NULL;
  /* That of a replay is in its recording. */
  enum pal_code code = o->record_dir != NULL && o->replay_dir == NULL ? session_record(run, &session, err) : PAL_OK;
  if (code != PAL_OK)
    return code;
  int concurrency = o->jobs > 0 ? o->jobs : (int)pal_get_int(o->app->config, PAL_CONFIG_CONCURRENCY, 64);
  struct pal_net_options net_options = {.cloud = o->cloud,
                                        .concurrency = concurrency,
                                        .max_time_ms = o->max_time_s * 1000,
                                        .tick = pal_progress_tick,
                                        .tick_payload = &run->progress,
                                        .offline = o->offline,
                                        .replay_dir = o->replay_dir,
                                        .record_dir = o->record_dir,
                                        .session = session};
  struct pal_net *net = NULL;
  code = pal_net_open(&net_options, &net, err);
  if (code != PAL_OK)
    return code;
  struct pal_collect_options options = {.net = net,
                                        .cloud = o->cloud,
                                        .settings = o->settings,
                                        .config = o->replay_dir == NULL ? o->app->config : NULL,
                                        .estate = o->app->estate,
                                        .started = o->started,
                                        .base_dir = o->app->base_dir[0] != '\0' ? o->app->base_dir : NULL,
                                        .only_tenants = o->scope != NULL && o->scope->n > 0 ? o->scope : NULL,
                                        .only_identities = o->identities,
                                        .parent_tenants = &run->parent_tenants,
                                        .window = concurrency,
                                        .done_before = was_observed,
                                        .each = on_observation,
                                        .payload = run,
                                        .progress = on_progress,
                                        .stop = o->app->cli->stop};
  struct pal_collect_result result = {0};
  pal_progress_begin(&run->progress, net, o->max_time_s, o->quiet);
  code = pal_azure_learn_cloud(net, run->result->arena, o->cloud, o->app->cli->stop, err);
  if (code == PAL_OK)
    code = pal_collect_run(&options, &result, err);
  pal_progress_end(&run->progress);
  run->result->observations = result.observations;
  run->result->signed_in = result.signed_in;
  run->result->net = pal_net_stats(net);
  run->result->time_over = run->result->net.over > 0;
  struct pal_err later = {0};
  size_t requests = pal_net_stats(net).requests;
  enum pal_code closed = pal_net_close(net, code == PAL_OK ? err : &later);
  if (code == PAL_OK && closed == PAL_OK)
    pal_log(PAL_LOG_INFO, "read: %zu sign-ins, %zu requests", result.observations, requests);
  return code == PAL_OK ? closed : code;
}

/* ---- judging and committing ---- */

static enum pal_code start_judge(struct pal_run *run, struct pal_err *err) {
  const struct pal_run_options *o = run->options;
  struct pal_judge_options options = {.pack = o->app->pack,
                                      .registry = o->app->registry,
                                      .estate = o->app->estate,
                                      .waivers = o->app->waivers,
                                      .changes = run->written.changes,
                                      .settings = o->settings,
                                      .history = run->history,
                                      .started = o->started,
                                      .has_previous = run->has_parent,
                                      .previous_started = run->parent_started,
                                      .replay = o->replay_dir != NULL ? "replayed" : "",
                                      .in_scope = o->scope != NULL ? pal_run_in_scope : NULL,
                                      .scope_payload = run};
  return pal_judge_new(&options, &run->result->judge, err);
}

static enum pal_code disclosure_key(const struct pal_run *run, const char *state_dir, uint8_t key[DISCLOSURE_KEY_LEN],
                                    struct pal_err *err) {
  if (state_dir == NULL)
    return pal_random(key, DISCLOSURE_KEY_LEN, err);
  const char *path = pal_arena_printf(run->result->arena, "%s/disclosure.key", state_dir);
  if (path == NULL)
    return pal_err_nomem(err);
  if (!pal_path_exists(path)) {
    enum pal_code code = pal_random(key, DISCLOSURE_KEY_LEN, err);
    return code == PAL_OK ? pal_file_write(path, key, DISCLOSURE_KEY_LEN, 0600, err) : code;
  }
  struct pal_buf bytes;
  pal_buf_init(&bytes, 4096);
  enum pal_code code = pal_file_read(path, "disclosure key", PAL_FILE_SECRET, 4096, &bytes, err);
  if (code == PAL_OK && bytes.len != DISCLOSURE_KEY_LEN)
    code = pal_err_set(err, PAL_E_VERIFY, "%s: not %d bytes", path, (int)DISCLOSURE_KEY_LEN);
  if (code == PAL_OK)
    memcpy(key, bytes.data, DISCLOSURE_KEY_LEN);
  pal_buf_wipe(&bytes);
  return code;
}

static enum pal_run_kind kind_of(const struct pal_run_options *o) {
  if (o->declared != NULL)
    return PAL_RUN_IMPORT;
  return o->replay_dir != NULL ? PAL_RUN_REPLAY : PAL_RUN_SCAN;
}

static enum pal_code commit(struct pal_run *run, const char *state_dir, struct pal_err *err) {
  const struct pal_run_options *o = run->options;
  struct pal_trailers t = {.sequence = run->has_parent ? run->parent.trailers.sequence + 1 : 1,
                           .kind = kind_of(o),
                           .full = o->scope == NULL,
                           .complete = (int64_t)run->result->report.completeness.complete,
                           .expected = (int64_t)run->result->report.completeness.expected};
  (void)snprintf(t.repository, sizeof(t.repository), "%s", pal_repo_id(run->repo));
  (void)snprintf(t.run, sizeof(t.run), "%s", run->run_id);
  pal_instant_format(o->started, t.started);
  if (o->finished != NULL)
    (void)snprintf(t.finished, sizeof(t.finished), "%s", o->finished);
  else
    pal_instant_format(pal_clock_now(), t.finished);
  (void)snprintf(t.version, sizeof(t.version), "%s", PALSCAN_VERSION);
  uint8_t key[DISCLOSURE_KEY_LEN];
  enum pal_code code = disclosure_key(run, state_dir, key, err);
  if (code == PAL_OK)
    code = pal_leafs_root(run->leafs, key, sizeof(key), run->run_id, t.disclosure, err);
  explicit_bzero(key, sizeof(key));
  if (code == PAL_OK)
    code = pal_writer_commit(run->writer, &run->result->tree, run->has_parent ? &run->parent : NULL, &t,
                             &run->result->commit, err);
  run->result->committed = code == PAL_OK;
  return code;
}

/* Completeness fell when fewer customers, of those in scope, were read completely than by the last full run. */
static enum pal_code compare_completeness(struct pal_run *run, struct pal_err *err) {
  const struct pal_completeness *now = &run->result->report.completeness;
  for (size_t i = 0; i < now->gaps_n; i++)
    if (now->gaps[i].accepted == NULL && now->gaps[i].as_of[0] == '\0')
      run->result->never_read = true;
  struct pal_commit last = run->parent;
  bool has = run->has_parent;
  while (has && !last.trailers.full && last.has_parent) {
    struct pal_oid up = last.parent;
    enum pal_code code = pal_repo_commit(run->repo, &up, &last, err);
    if (code != PAL_OK)
      return code;
  }
  has = has && last.trailers.full;
  if (has && run->options->scope != NULL) {
    size_t then = 0;
    enum pal_code code = pal_run_complete_then(run, &last, &then, err);
    run->result->worse = now->complete < then;
    run->result->better = code == PAL_OK && now->complete > then;
    return code;
  }
  /* a/b fell, without division: a_now * b_then < a_then * b_now */
  if (has) {
    const int64_t is = (int64_t)now->complete * last.trailers.expected,
                  was = last.trailers.complete * (int64_t)now->expected;
    run->result->worse = is < was;
    run->result->better = is > was;
  }
  return PAL_OK;
}

static void describe(struct pal_run *run, struct pal_report *report) {
  struct pal_arena *arena = run->result->arena;
  char hex[41], started[PAL_INSTANT_MAX];
  pal_instant_format(run->options->started, started);
  report->started = pal_arena_strdup(arena, started);
  report->kind = pal_run_kind_name(kind_of(run->options));
  report->full = run->options->scope == NULL;
  report->identities = run->options->identities;
  pal_oid_hex(&run->result->tree, hex);
  report->tree = pal_arena_strdup(arena, hex);
  report->commit = "";
  if (run->result->committed) {
    pal_oid_hex(&run->result->commit, hex);
    report->commit = pal_arena_strdup(arena, hex);
  }
}

static enum pal_code make_report(struct pal_run *run, struct pal_err *err) {
  struct pal_report built = {.completeness = run->result->report.completeness};
  enum pal_code code = pal_report_build(run->result->arena, run->result->judge, run->options->app->pack, run->previous,
                                        run->previous_n, run->has_parent, &built, err);
  struct pal_remedies *remedies = NULL;
  if (code == PAL_OK)
    code = pal_remedies_read(run->result->arena, run->result->judge, &remedies, err);
  built.remedies = remedies;
  run->result->report = built;
  char started[PAL_INSTANT_MAX];
  pal_instant_format(run->options->started, started);
  return code == PAL_OK ? pal_findings_date(run->result->arena, &run->result->report, run->history, started, err)
                        : code;
}

static enum pal_code build(struct pal_run *run, struct pal_err *err) {
  enum pal_code code = pal_population(run->result->arena, run->options->settings, run->options->app->estate,
                                      &run->parent_tenants, &run->spool.discovered, &run->population, err);
  if (code == PAL_OK)
    code = pal_run_check_scope(run, err);
  if (code == PAL_OK)
    code = pal_spool_sort(&run->spool, err);
  if (code != PAL_OK)
    return code;
  code = pal_writer_new(run->scratch != NULL ? run->scratch : run->repo, &run->writer, err);
  if (code != PAL_OK)
    return code;
  run->builder = pal_tree_builder_new(run->writer);
  run->leafs = pal_leafs_new();
  if (run->builder == NULL || run->leafs == NULL)
    return pal_err_nomem(err);
  code = start_judge(run, err);
  if (code == PAL_OK && run->has_parent)
    code = pal_judge_load(run->result->judge, PAL_STATE_PREVIOUS, &run->parent_root, err);
  if (code == PAL_OK)
    code = pal_run_tenants(run, err);
  if (code == PAL_OK)
    code = pal_run_root(run, err);
  if (code == PAL_OK)
    code = pal_judge_run(run->result->judge, err);
  if (code == PAL_OK)
    code = pal_run_verdicts(run, err);
  if (code == PAL_OK)
    code = pal_tree_builder_finish(run->builder, &run->result->tree, err);
  if (code == PAL_OK)
    code = make_report(run, err);
  return code == PAL_OK ? compare_completeness(run, err) : code;
}

/* A replay repeats what was read, not what was done. */
static enum pal_code read_written(struct pal_run *run, struct pal_err *err) {
  const struct pal_doc *known =
      run->has_parent ? pal_docs_find(&run->parent_root, PAL_FILE_IN_CHANGES, NULL, NULL) : NULL;
  return pal_link_records_read(run->result->arena, pal_repo_id(run->repo),
                               known != NULL && known->records.n == 1 ? known->records.v[0] : NULL, &run->written, err);
}

static enum pal_code run_all(struct pal_run *run, struct pal_err *err) {
  const struct pal_run_options *o = run->options;
  struct pal_buf state;
  pal_buf_init(&state, 8192);
  enum pal_code code = o->dry_run ? open_dry(run, err) : open_live(run, err);
  if (code == PAL_OK && o->dry_run)
    code = open_scratch(run, err);
  if (code == PAL_OK)
    code = refuse_mixture(run, err);
  if (code == PAL_OK)
    code = read_parent(run, err);
  if (code == PAL_OK && !o->dry_run)
    code = pal_state_dir(pal_repo_id(run->repo), &state, err);
  if (code == PAL_OK && o->replay_dir == NULL && run->repo != NULL)
    code = read_written(run, err);
  if (code == PAL_OK && o->dry_run)
    pal_buf_puts(&state, run->scratch_dir);
  struct pal_journal_head head = {.started = o->started};
  if (code == PAL_OK)
    code = run_digest(run, head.digest, err);
  if (code == PAL_OK)
    code = pal_random_guid(head.run, err);
  (void)snprintf(run->run_id, sizeof(run->run_id), "%s", head.run);
  bool collects = o->declared == NULL; /* else there is nothing to resume, and the journal of a scan is left alone */
  if (code == PAL_OK && collects)
    code = pal_spool_open(&run->spool, state.data, &head, o->resume, err);
  struct pal_run_options resumed = *o;
  struct pal_texts found = {0};
  if (code == PAL_OK && collects) {
    /* A resumed run keeps its id and its start. */
    const struct pal_journal_head *kept = pal_journal_head(run->spool.journal);
    (void)snprintf(run->run_id, sizeof(run->run_id), "%s", kept->run);
    resumed.started = kept->started;
    run->options = &resumed;
    code = collect(run, err);
    if (code == PAL_E_INTERRUPTED)
      code = pal_run_interrupted(run, !o->dry_run && run->spool.n > 0, err);
  }
  if (code == PAL_OK && o->identities != NULL && o->scope->n == 0) {
    code = pal_run_find_scope(run, &found, err);
    resumed.scope = &found;
    run->found_scope = true;
    if (code == PAL_OK)
      code = pal_run_history(run, err);
  }
  if (code == PAL_OK)
    code = build(run, err);
  if (code == PAL_OK && !o->dry_run)
    code = commit(run, state.data, err);
  if (code == PAL_OK && run->result->committed)
    pal_link_records_forget(&run->written);
  if (code == PAL_OK)
    describe(run, &run->result->report);
  struct pal_err later = {0};
  bool nothing = run->spool.n == 0; /* to resume */
  enum pal_code closed =
      pal_spool_close(&run->spool, code == PAL_OK || o->dry_run || nothing, code == PAL_OK ? err : &later);
  if (code == PAL_OK)
    code = closed;
  run->options = o;
  pal_buf_deinit(&state);
  return code;
}

enum pal_code pal_run_scan(const struct pal_run_options *options, struct pal_run_result *ret, struct pal_err *err) {
  *ret = (struct pal_run_result){.arena = pal_arena_new(0)};
  if (ret->arena == NULL)
    return pal_err_nomem(err);
  struct pal_run run = {.options = options, .result = ret};
  enum pal_code code = run_all(&run, err);
  pal_leafs_free(run.leafs);
  pal_tree_builder_free(run.builder);
  pal_writer_free(run.writer);
  pal_repo_close(run.scratch);
  pal_repo_close(run.repo);
  struct pal_err later = {0};
  if (run.scratch_dir != NULL && pal_dir_remove(run.scratch_dir, &later) != PAL_OK)
    pal_log(PAL_LOG_WARN, "%s", later.text);
  if (code != PAL_OK) {
    const struct pal_net_stats net = ret->net;
    pal_run_result_free(ret);
    ret->net = net;
  }
  return code;
}

void pal_run_result_free(struct pal_run_result *result) {
  pal_judge_free(result->judge);
  pal_arena_free(result->arena);
  *result = (struct pal_run_result){0};
}
