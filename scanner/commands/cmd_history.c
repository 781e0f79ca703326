/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_history.c - palscan history: the life of one thing, each change with the snapshot that shows it. */
#include <string.h>

#include "life.h"
#include "pal_text.h"
#include "report_list.h"

enum { COLUMNS = 8, INDENT = 2, SHOWN_DIGITS = 12, DATE_LEN = 16 };

static enum pal_code print_table(struct pal_cli *cli, const struct pal_life *life, const char *format, FILE *out,
                                 struct pal_err *err) {
  static const char *const header[COLUMNS] = {"since", "until",    "tenantId", "tenantName",
                                              "kind",  "sentence", "snapshot", "runKind"};
  const char *const **rows = pal_arena_calloc(cli->arena, life->n + 1, sizeof(*rows));
  for (size_t i = 0; i < life->n && rows != NULL; i++) {
    const struct pal_life_event *event = &life->v[i];
    const char *cells[COLUMNS] = {event->since, event->until,    event->tenant_id, event->tenant_name,
                                  event->kind,  event->sentence, event->commit,    event->run_kind};
    const char **row = pal_arena_calloc(cli->arena, COLUMNS, sizeof(*row));
    if (row != NULL)
      memcpy(row, cells, sizeof(cells));
    rows[i] = row;
    if (row == NULL)
      rows = NULL;
  }
  struct pal_style style = {0};
  return rows != NULL ? pal_table_print(format, &style, header, rows, NULL, COLUMNS, life->n, out, err)
                      : pal_err_nomem(err);
}

/* "2026-11-20 02:00 UTC" of an instant. */
static void put_date(struct pal_buf *line, const char *instant) {
  size_t len = strlen(instant) < DATE_LEN ? strlen(instant) : DATE_LEN;
  for (size_t i = 0; i < len; i++)
    pal_buf_putc(line, instant[i] == 'T' ? ' ' : instant[i]);
  pal_buf_puts(line, " UTC");
}

static void put_run(struct pal_buf *line, const char *started, const char *commit, const char *kind) {
  put_date(line, started);
  pal_buf_printf(line, " (%.*s%s)", SHOWN_DIGITS, commit, strcmp(kind, "replay") == 0 ? ", replayed" : "");
}

static void print_line(FILE *out, struct pal_buf *line, size_t first, int width) {
  struct pal_buf laid;
  pal_buf_init(&laid, line->max);
  pal_wrap(&laid, line->data, first, first, (size_t)width);
  (void)fprintf(out, "%*s%s\n", (int)first, "", laid.data);
  pal_buf_deinit(&laid);
  pal_buf_clear(line);
}

static void put_named(struct pal_buf *line, const char *name, const char *id) {
  if (strcmp(id, "-") == 0) {
    pal_buf_puts(line, "the estate as a whole");
  } else {
    pal_term_escape(line, name != NULL ? name : id);
    if (name != NULL && strcmp(name, id) != 0)
      pal_buf_printf(line, " (%s)", id);
  }
}

static bool same_heading(const struct pal_life_event *a, const struct pal_life_event *b) {
  return strcmp(a->commit, b->commit) == 0 && strcmp(a->tenant_id, b->tenant_id) == 0;
}

static void print_events(const struct pal_life *life, int width, struct pal_buf *line, FILE *out) {
  for (size_t i = 0; i < life->n; i++) {
    const struct pal_life_event *event = &life->v[i];
    if (event->line == NULL)
      continue;
    const char *dot = strrchr(event->kind, '.');
    if (i == 0 || !same_heading(event - 1, event)) {
      (void)fputc('\n', out);
      put_run(line, event->since, event->commit, event->run_kind);
      pal_buf_puts(line, ", ");
      put_named(line, event->tenant_name, event->tenant_id);
      print_line(out, line, 0, width);
    }
    if (dot != NULL && strcmp(dot, ".read") == 0)
      pal_buf_puts(line, "first reading: ");
    pal_term_escape(line, event->line);
    if (event->until != NULL) {
      pal_buf_puts(line, " (until ");
      put_date(line, event->until);
      pal_buf_puts(line, ")");
    }
    print_line(out, line, INDENT, width);
  }
}

static enum pal_code print_text(const struct pal_cli *cli, const struct pal_life *life, const struct pal_output *output,
                                struct pal_err *err) {
  struct pal_style style = pal_cli_style(cli, output);
  struct pal_buf line;
  pal_buf_init(&line, 64 << 20);
  pal_buf_printf(&line, "%zu %s in %zu %s, ", life->n, life->n == 1 ? "entry" : "entries", life->runs,
                 life->runs == 1 ? "run" : "runs");
  put_date(&line, life->first);
  pal_buf_puts(&line, " to ");
  put_run(&line, life->last, life->last_commit, life->last_kind);
  pal_buf_puts(&line, ". What has no end stands as it was last read.");
  print_line(output->file, &line, 0, style.width);
  print_events(life, style.width, &line, output->file);
  enum pal_code code = pal_buf_check(&line, "a line of the history", err);
  pal_buf_deinit(&line);
  return code;
}

static enum pal_code print(struct pal_cli *cli, const struct pal_life *life, struct pal_err *err) {
  const struct pal_format *format = NULL;
  struct pal_output output;
  enum pal_code code = pal_output_begin(cli, &format, &output, err);
  if (code != PAL_OK)
    return code;
  if (strcmp(format->name, "text") == 0)
    code = print_text(cli, life, &output, err);
  else
    code = print_table(cli, life, format->name, output.file, err);
  return pal_output_close(&output, code, err);
}

static const struct pal_opt opts[] = {
    {.name = "at",
     .kind = PAL_OPT_VALUE,
     .arg = "DATE",
     .help = "What was so at a date (or in a snapshot) instead: its links, access and findings then.",
     .no_environment = true},
};

static enum pal_code print_at(struct pal_cli *cli, const struct pal_app *app, const struct pal_mention *mention,
                              const char *rev, struct pal_err *err) {
  struct pal_query query;
  enum pal_code code = pal_query_open(app, rev, &query, err);
  if (code == PAL_OK)
    code = pal_report_one(cli, &query, mention, err);
  pal_query_close(&query);
  return code;
}

static enum pal_code print_life(struct pal_cli *cli, const struct pal_app *app, struct pal_mention *mention,
                                struct pal_err *err) {
  struct pal_repo *repo = NULL;
  struct pal_life life = {0};
  enum pal_code code = pal_app_repo(app, &repo, err);
  if (code == PAL_OK)
    code = pal_life_gather(app, repo, mention, &life, err);
  if (code == PAL_OK && life.n == 0)
    code = pal_err_set(err, PAL_E_NOTFOUND, "no run tells of \"%.80s\"; it takes a whole id", cli->args[0]);
  if (code == PAL_OK)
    code = print(cli, &life, err);
  pal_repo_close(repo);
  return code;
}

static enum pal_code run(struct pal_cli *cli, struct pal_err *err) {
  struct pal_app app;
  struct pal_mention mention;
  const char *at = pal_cli_get(cli, "at");
  const struct pal_format *format = NULL;
  enum pal_code code = pal_cli_format(cli, &format, err);
  if (code == PAL_OK)
    code = pal_mention_parse(cli->arena, cli->args[0], &mention, err);
  if (code == PAL_OK)
    code = pal_app_open(cli, 0, &app, err);
  if (code != PAL_OK)
    return code;
  code = at != NULL ? print_at(cli, &app, &mention, at, err) : print_life(cli, &app, &mention, err);
  pal_app_close(&app);
  return code;
}

const struct pal_command pal_command_history = {
    .name = "history",
    .args = "ID",
    .summary = "the life of one tenant, identity, link, assignment or finding",
    .help =
        "Tells what the stored runs know of one thing, oldest first: since when, until when, and the snapshot that "
        "shows it. ID is a whole id: of a tenant, of an account (its link and its roles), a subscription, a role "
        "assignment or a delegation, the fingerprint of a finding, a partner ID, the id of a rule, or the "
        "configured name of an identity. What was there when it was read for the first time says so: nobody knows "
        "since when. What a run did not read is no end; it is told as lost completeness. Verdicts that are unknown, "
        "accepted or folded are told to who gives the fingerprint.",
    .opts = opts,
    .opts_n = sizeof(opts) / sizeof(opts[0]),
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
