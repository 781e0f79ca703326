/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_status.c - palscan status: did it run, is it complete, what is new? For monitoring. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "pal_verify.h"

static const struct pal_opt opts[] = {
    {.name = "max-age",
     .kind = PAL_OPT_VALUE,
     .arg = "AGE",
     .help = "Exit 4 when the last full run started longer ago: 26h, 90m, 2d."},
};

struct status {
  struct pal_commit commit; /* the last run */
  struct pal_commit full;   /* the last of full scope: runs of part of the estate are no nights */
  bool never;               /* no run yet: nothing else here is set */
  bool has_full;
  size_t partial_n; /* runs since */
  int64_t age_s;
  int64_t max_age_s; /* 0: not asked */
  size_t fresh;      /* new in the last run */
  size_t open[PAL_SEVERITIES];
  enum pal_tip tip;
};

static void count(struct status *status, const struct pal_verdicts *verdicts, size_t n) {
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < verdicts[i].findings.n; k++) {
      const struct pal_record *finding = verdicts[i].findings.v[k];
      if (strcmp(pal_get_text(finding, PAL_FINDING_VERDICT), "fail") != 0 ||
          strcmp(pal_get_text(finding, PAL_FINDING_STATUS), "open") != 0)
        continue;
      status->open[pal_severity_rank(pal_get_text(finding, PAL_FINDING_SEVERITY))]++;
    }
}

static void ago(long long n, const char *unit, char *out, size_t cap) {
  (void)snprintf(out, cap, "%lld %s%s ago", n, unit, n == 1 ? "" : "s");
}

static void age_words(int64_t s, char *out, size_t cap) {
  if (s < 0)
    (void)snprintf(out, cap, "in the future");
  else if (s < 2 * 3600)
    ago((long long)(s / 60), "minute", out, cap);
  else if (s < 3 * 86400)
    ago((long long)(s / 3600), "hour", out, cap);
  else
    ago((long long)(s / 86400), "day", out, cap);
}

static bool too_old(const struct status *s) {
  return s->max_age_s > 0 && (s->age_s > s->max_age_s || s->age_s < -300);
}
static bool incomplete(const struct status *s) {
  return !s->has_full || s->full.trailers.complete < s->full.trailers.expected;
}

/* What is new against the run before, as the report of the run counted it. */
static enum pal_code count_new(struct pal_cli *cli, struct pal_repo *repo, struct status *status,
                               const struct pal_verdicts *verdicts, size_t n, struct pal_err *err) {
  struct pal_verdicts *previous = NULL;
  size_t previous_n = 0;
  struct pal_commit parent;
  enum pal_code code = PAL_OK;
  if (status->commit.has_parent)
    code = pal_repo_commit(repo, &status->commit.parent, &parent, err);
  if (code == PAL_OK && status->commit.has_parent)
    code = pal_stored_verdicts(repo, &parent.tree, cli->arena, &previous, &previous_n, err);
  return code == PAL_OK ? pal_verdicts_count_new(cli->arena, previous, previous_n, verdicts, n, &status->fresh, err)
                        : code;
}

enum { LABEL = 14, LINE_MAX_BYTES = 4096 };

/* One line: its label, and the text wrapped beside it. */
static void line(const struct pal_output *output, const struct pal_style *style, const char *label, const char *fmt,
                 ...) PAL_PRINTF(4, 5);
static void line(const struct pal_output *output, const struct pal_style *style, const char *label, const char *fmt,
                 ...) {
  struct pal_buf text, wrapped;
  pal_buf_init(&text, LINE_MAX_BYTES);
  pal_buf_init(&wrapped, 16 * LINE_MAX_BYTES);
  va_list args;
  va_start(args, fmt);
  pal_buf_vprintf(&text, fmt, args);
  va_end(args);
  pal_wrap(&wrapped, text.data, LABEL, LABEL, (size_t)style->width);
  (void)fprintf(output->file, "%-*s%s\n", LABEL, label, wrapped.data);
  pal_buf_deinit(&wrapped);
  pal_buf_deinit(&text);
}

static enum pal_code print_cells(struct pal_cli *cli, const struct status *s, const struct pal_format *format,
                                 FILE *out, struct pal_err *err) {
  static const char *const header[] = {"snapshot", "run",      "kind",        "started",  "ageSeconds",
                                       "complete", "expected", "newFindings", "critical", "high",
                                       "medium",   "low",      "info",        "state",    "partialRuns"};
  enum { COLUMNS = sizeof(header) / sizeof(header[0]) };
  const struct pal_trailers *t = &s->full.trailers;
  static const char *const never[COLUMNS] = {[13] = "never run"};
  if (s->never) {
    const char *const *rows[] = {never};
    struct pal_style style = {0};
    return pal_table_print(format->name, &style, header, rows, NULL, COLUMNS, 1, out, err);
  }
  struct pal_arena *arena = cli->arena;
  char hex[41];
  pal_oid_hex(&s->full.id, hex);
  const char *cells[COLUMNS] = {hex,
                                pal_arena_printf(arena, "%lld", (long long)t->sequence),
                                pal_run_kind_name(t->kind),
                                t->started,
                                pal_arena_printf(arena, "%lld", (long long)s->age_s),
                                pal_arena_printf(arena, "%lld", (long long)t->complete),
                                pal_arena_printf(arena, "%lld", (long long)t->expected),
                                pal_arena_printf(arena, "%zu", s->fresh)};
  for (int i = 0; i < PAL_SEVERITIES; i++)
    cells[8 + i] = pal_arena_printf(arena, "%zu", s->open[i]);
  cells[13] = s->tip == PAL_TIP_OTHER ? "not the recorded tip"
              : too_old(s)            ? "too old"
              : incomplete(s)         ? "incomplete"
                                      : "ok";
  cells[14] = pal_arena_printf(arena, "%zu", s->partial_n);
  static const bool counts[COLUMNS] = {false, true, false, false, true, true,  true, true,
                                       true,  true, true,  true,  true, false, true};
  const bool *const numbers[] = {counts};
  const char *const *rows[] = {cells};
  struct pal_style style = {0};
  return pal_table_print(format->name, &style, header, rows, numbers, COLUMNS, 1, out, err);
}

static void print_run(const struct pal_output *output, const struct pal_style *style, const struct status *s) {
  const struct pal_trailers *t = &s->full.trailers;
  char hex[41], age[64];
  pal_oid_hex(&s->full.id, hex);
  age_words(s->age_s, age, sizeof(age));
  line(output, style, "Last run", "%s, %s%s, snapshot %.12s (run %lld, %s)", t->started, age,
       too_old(s) ? ": TOO OLD" : "", hex, (long long)t->sequence,
       t->kind == PAL_RUN_REPLAY ? "replayed: no evidence of a night"
       : t->full                 ? "full"
                                 : "part of the estate only");
  if (s->has_full)
    line(output, style, "Completeness", "%lld of %lld tenants read completely%s", (long long)t->complete,
         (long long)t->expected, incomplete(s) ? ": INCOMPLETE" : "");
  else
    line(output, style, "Completeness", "no run of the whole estate yet: INCOMPLETE");
  if (s->has_full && s->partial_n > 0)
    line(output, style, "Since then", "%zu run%s of part of the estate, the last %s", s->partial_n,
         s->partial_n == 1 ? "" : "s", s->commit.trailers.started);
}

static void print_lines(const struct pal_output *output, const struct pal_style *style, const struct status *s,
                        const char *next) {
  if (s->never) {
    line(output, style, "Last run", "NEVER: there is no snapshot yet");
    line(output, style, "Next", "%s", next);
    return;
  }
  print_run(output, style, s);
  line(output, style, "New", "%zu finding%s since the run before: opened, reopened or raised in severity", s->fresh,
       s->fresh == 1 ? "" : "s");
  line(output, style, "Open", "%zu critical, %zu high, %zu medium, %zu low, %zu info", s->open[0], s->open[1],
       s->open[2], s->open[3], s->open[4]);
  if (s->tip == PAL_TIP_UNKNOWN)
    line(output, style, "Trust", "this host has no record of the last snapshot");
  if (s->tip == PAL_TIP_OTHER)
    line(output, style, "Trust",
         "THE BRANCH IS NOT THE ONE THIS HOST RECORDED: another program moved it, and nothing above can be relied on");
  line(output, style, "Next", "%s", next);
}

static enum pal_code print(struct pal_cli *cli, const struct status *s, struct pal_err *err) {
  const struct pal_format *format = NULL;
  struct pal_output output;
  enum pal_code code = pal_output_begin(cli, &format, &output, err);
  if (code != PAL_OK)
    return code;
  struct pal_style style = pal_cli_style(cli, &output);
  const char *next =
      pal_cli_hint(cli, s->never ? "palscan scan is the first run"
                                 : "palscan check lists the findings; palscan diff --last says what changed");
  if (next == NULL)
    code = pal_err_nomem(err);
  else if (format->machine)
    code = print_cells(cli, s, format, output.file, err);
  else
    print_lines(&output, &style, s, next);
  return pal_output_close(&output, code, err);
}

/* Back to the last full run; without one the last run stands for it. */
static enum pal_code find_full(struct pal_repo *repo, struct status *status, struct pal_err *err) {
  status->full = status->commit;
  while (!status->full.trailers.full) {
    status->partial_n++;
    if (!status->full.has_parent) {
      status->full = status->commit;
      return PAL_OK;
    }
    struct pal_oid up = status->full.parent;
    enum pal_code code = pal_repo_commit(repo, &up, &status->full, err);
    if (code != PAL_OK)
      return code;
  }
  status->has_full = true;
  return PAL_OK;
}

static enum pal_code gather(struct pal_cli *cli, struct pal_repo *repo, struct status *status, struct pal_err *err) {
  struct pal_oid head;
  struct pal_verdicts *verdicts = NULL;
  size_t n = 0;
  struct pal_instant started;
  enum pal_code code = pal_repo_head(repo, &head, err);
  if (code == PAL_E_NOTFOUND) {
    status->never = true;
    return pal_verify_tip(repo, err); /* a branch that is gone is no first night */
  }
  if (code == PAL_OK)
    code = pal_repo_commit(repo, &head, &status->commit, err);
  if (code == PAL_OK)
    code = pal_stored_verdicts(repo, &status->commit.tree, cli->arena, &verdicts, &n, err);
  if (code == PAL_OK)
    code = count_new(cli, repo, status, verdicts, n, err);
  if (code == PAL_OK)
    code = find_full(repo, status, err);
  if (code == PAL_OK && !pal_instant_parse(status->full.trailers.started, &started))
    code = pal_err_set(err, PAL_E_VERIFY, "Palscan-Started is no instant");
  if (code != PAL_OK)
    return code;
  status->age_s = pal_clock_now().s - started.s;
  status->tip = pal_repo_tip(repo, NULL);
  count(status, verdicts, n);
  return PAL_OK;
}

static enum pal_code run(struct pal_cli *cli, struct pal_err *err) {
  struct status status = {0};
  struct pal_app app;
  struct pal_repo *repo = NULL;
  enum pal_code code = pal_cli_seconds(cli, "max-age", &status.max_age_s, err);
  if (code == PAL_OK)
    code = pal_app_open(cli, 0, &app, err);
  if (code != PAL_OK)
    return code;
  code = pal_app_repo(&app, &repo, err);
  if (code == PAL_OK)
    code = gather(cli, repo, &status, err);
  if (code == PAL_OK)
    code = print(cli, &status, err);
  if (code == PAL_OK)
    code = pal_verify_tip(repo, err);
  if (code == PAL_OK && (too_old(&status) || incomplete(&status)))
    cli->exit_status = 4;
  pal_repo_close(repo);
  pal_app_close(&app);
  return code;
}

const struct pal_command pal_command_status = {
    .name = "status",
    .args = "",
    .summary = "did it run, is it complete, what is new: for monitoring",
    .help = "Says when the last full run started, how complete it was, and what the last run found. Exit 4 when it is "
            "incomplete or older than --max-age, or there is none yet, 7 when the branch is not the one this host "
            "recorded, else 0.",
    .opts = opts,
    .opts_n = sizeof(opts) / sizeof(opts[0]),
    .max_args = 0,
    .run = run,
};
