/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_report.c - palscan report: a stored snapshot as it was judged, in any format. */
#include <string.h>

#include "app.h"
#include "compare.h"
#include "pal_rejudge.h"
#include "pal_remedy.h"
#include "pal_scope.h"
#include "report_list.h"
#include "report_site.h"
#include "version.h"

/* Beyond the formats that go to one file. */
static const char html[] = "html";

static const struct pal_opt opts[] = {
    {.name = "at",
     .kind = PAL_OPT_VALUE,
     .arg = "DATE",
     .help = "The last snapshot of that date, or of a run; without it the last one.",
     .no_environment = true},
    {.name = "excel",
     .kind = PAL_OPT_FLAG,
     .help = "Of a list as csv: begin with the mark by which Excel knows UTF-8."},
};

struct reporting {
  struct pal_cli *cli;
  const struct pal_app *app;
  struct pal_repo *repo;
  struct pal_commit commit;
  struct pal_rejudged judged;
  struct pal_report report;
  char hex[41], tree[41];
};

static bool is_html(const struct pal_cli *cli) {
  const char *format = pal_cli_get(cli, "format");
  return format != NULL && strcmp(format, html) == 0;
}

/* The word when a list is asked for, else NULL. */
static const char *list_asked(const struct pal_cli *cli) {
  for (const char *const *word = pal_report_lists; cli->args_n > 0 && *word != NULL; word++)
    if (strcmp(*word, cli->args[0]) == 0)
      return *word;
  return NULL;
}

static const char *rev_asked(const struct pal_cli *cli) {
  if (pal_cli_get(cli, "at") != NULL)
    return pal_cli_get(cli, "at");
  return cli->args_n > 0 && list_asked(cli) == NULL ? cli->args[0] : "HEAD";
}

static enum pal_code check_options(struct pal_cli *cli, struct pal_err *err) {
  const struct pal_format *format = NULL;
  const char *list = list_asked(cli);
  if (list == NULL && cli->args_n > 0 && pal_cli_get(cli, "at") != NULL)
    return pal_err_set(err, PAL_E_USAGE, "--at goes with a list or alone: \"%.60s\" names a run too", cli->args[0]);
  if (list != NULL && is_html(cli))
    return pal_err_set(err, PAL_E_USAGE, "a list has no pages: -f text, json, csv or markdown");
  if (pal_cli_flag(cli, "excel") &&
      (list == NULL || pal_cli_get(cli, "format") == NULL || strcmp(pal_cli_get(cli, "format"), "csv") != 0))
    return pal_err_set(err, PAL_E_USAGE, "--excel goes with a list and -f csv");
  if (is_html(cli))
    return pal_report_folder_check(pal_cli_get(cli, "output"), err);
  enum pal_code code = pal_cli_format(cli, &format, err);
  return code == PAL_OK ? pal_output_check(cli, err) : code;
}

/* As recorded: a report says what the run said. */
static enum pal_code build(struct reporting *r, struct pal_err *err) {
  struct pal_cli *cli = r->cli;
  struct pal_rejudge_options options = {
      .repo = r->repo, .commit = &r->commit, .shipped = r->app->pack, .all_tables = is_html(cli)};
  enum pal_code code = pal_rejudge(&options, &r->judged, err);
  if (code != PAL_OK)
    return code;
  struct pal_rejudged *j = &r->judged;
  r->report.completeness = j->completeness;
  code = pal_report_build(j->arena, j->judge, j->pack, j->previous, j->previous_n, j->has_previous, &r->report, err);
  if (code == PAL_OK)
    code = pal_findings_date(j->arena, &r->report, j->history, r->commit.trailers.started, err);
  struct pal_remedies *remedies = NULL;
  if (code == PAL_OK)
    code = pal_remedies_read(j->arena, j->judge, &remedies, err);
  if (code != PAL_OK)
    return code;
  r->report.remedies = remedies;
  pal_oid_hex(&r->commit.id, r->hex);
  pal_oid_hex(&r->commit.tree, r->tree);
  r->report.commit = r->hex;
  r->report.tree = r->tree;
  r->report.started = r->commit.trailers.started;
  r->report.kind = pal_run_kind_name(r->commit.trailers.kind);
  r->report.full = r->commit.trailers.full;
  r->report.identities = pal_scope_identities(j->history);
  return PAL_OK;
}

/* The last full run before this one; without one its parent; *ret false for a first run. */
static enum pal_code run_before(const struct reporting *r, struct pal_commit *ret, bool *ret_has, struct pal_err *err) {
  struct pal_commit commit = r->commit;
  *ret_has = commit.has_parent;
  for (bool first = true; commit.has_parent; first = false) {
    struct pal_oid up = commit.parent;
    enum pal_code code = pal_repo_commit(r->repo, &up, &commit, err);
    if (code != PAL_OK)
      return code;
    if (first || commit.trailers.full)
      *ret = commit;
    if (commit.trailers.full)
      break;
  }
  return PAL_OK;
}

static enum pal_code write_site(struct reporting *r, struct pal_err *err) {
  const struct pal_rejudged *j = &r->judged;
  struct pal_site site = {.report = &r->report,
                          .pack = j->pack,
                          .judge = j->judge,
                          .organization =
                              j->registry != NULL ? pal_get_text(j->registry, PAL_REGISTRY_ORGANIZATION) : NULL,
                          .version = PALSCAN_VERSION};
  struct pal_comparison comparison;
  struct pal_commit before;
  struct pal_site_night *nights = NULL;
  bool has_before = false;
  enum pal_code code = run_before(r, &before, &has_before, err);
  if (code == PAL_OK && has_before)
    code = pal_compare_commits(r->repo, &before, &r->commit, j->pack, r->cli->arena, &comparison, err);
  if (code == PAL_OK)
    code = pal_report_nights(r->repo, &r->commit, r->cli->arena, &nights, &site.nights_n, err);
  if (code != PAL_OK)
    return code;
  site.comparison = has_before ? &comparison : NULL;
  site.nights = nights;
  code = pal_report_folder_write(r->cli->arena, &site, pal_cli_get(r->cli, "output"), err);
  if (code == PAL_OK && !pal_cli_flag(r->cli, "quiet"))
    (void)fprintf(stderr, "palscan: the report is %s/index.html\n", pal_cli_get(r->cli, "output"));
  return code;
}

static enum pal_code print(struct reporting *r, struct pal_err *err) {
  const struct pal_format *format = NULL;
  struct pal_output output;
  enum pal_code code = pal_cli_format(r->cli, &format, err);
  if (code == PAL_OK)
    code = pal_output_open(r->cli, &output, err);
  if (code != PAL_OK)
    return code;
  struct pal_style style = pal_cli_style(r->cli, &output);
  code = format->findings(&r->report, &style, output.file, err);
  return pal_output_close(&output, code, err);
}

static enum pal_code print_list(struct pal_cli *cli, const struct pal_app *app, struct pal_err *err) {
  struct pal_query query;
  enum pal_code code = pal_query_open(app, rev_asked(cli), &query, err);
  if (code == PAL_OK)
    code = pal_report_list(cli, &query, list_asked(cli), pal_cli_flag(cli, "excel"), err);
  pal_query_close(&query);
  return code;
}

static enum pal_code print_judged(struct reporting *r, struct pal_err *err) {
  struct pal_oid id;
  enum pal_code code = pal_app_repo(r->app, &r->repo, err);
  if (code == PAL_OK)
    code = pal_repo_resolve(r->repo, rev_asked(r->cli), &id, err);
  if (code == PAL_OK)
    code = pal_repo_commit(r->repo, &id, &r->commit, err);
  if (code == PAL_OK)
    code = build(r, err);
  if (code == PAL_OK)
    code = is_html(r->cli) ? write_site(r, err) : print(r, err);
  pal_rejudged_free(&r->judged);
  pal_repo_close(r->repo);
  return code;
}

static enum pal_code run(struct pal_cli *cli, struct pal_err *err) {
  struct pal_app app;
  struct reporting r = {.cli = cli, .app = &app};
  enum pal_code code = check_options(cli, err);
  if (code == PAL_OK)
    code = pal_app_open(cli, 0, &app, err);
  if (code != PAL_OK)
    return code;
  code = list_asked(cli) != NULL ? print_list(cli, &app, err) : print_judged(&r, err);
  pal_app_close(&app);
  return code;
}

const struct pal_command pal_command_report = {
    .name = "report",
    .args = "[REV | access | links | population | findings]",
    .summary = "a stored snapshot for people who have no palscan: pages that open from disk",
    .help = "Writes REV (default: the last snapshot) as the run judged it, with the policies, registry, estate and "
            "acceptances stored in it. With -f html and -o DIR, DIR becomes a folder of pages that opens from disk, "
            "with no server and no network: the first screen, customers, a page to print for each, changes, findings, "
            "people, rules, what is not known and how it was made. An earlier report in DIR is replaced; anything "
            "else there is refused. The other formats print the findings, as check does. Needs no network and "
            "changes nothing in the repository. A word asks for a list as of a run instead: access (every account of "
            "ours with a role, a delegation or an agent group's role), links, population (tenants, accounts, "
            "subscriptions, delegations) or findings. Each row says when it was read last and what of its tenant was "
            "not; a tenant where nothing is, or that was never read, has a row that says so; in CSV each row names "
            "its snapshot and how complete it is.",
    .opts = opts,
    .opts_n = sizeof(opts) / sizeof(opts[0]),
    .max_args = 1,
    .checks_output = true,
    .run = run,
};
