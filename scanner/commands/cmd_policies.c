/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_policies.c - palscan policies list|show|test|lint|new: the policy pack. */
#include <string.h>

#include "app.h"
#include "controls.h"
#include "pal_file.h"
#include "pal_text.h"
#include "policies_new.h"

enum { LIST_COLUMNS = 7 };

/* "judged", "disabled", "needs partner-center", "see PAL060"; NULL without memory. */
static const char *status_of(struct pal_arena *arena, const struct pal_policy *policy) {
  static const char *const words[] = {
      [PAL_RULE] = "judged", [PAL_AWAITS] = "needs", [PAL_REASON] = "told by", [PAL_RETIRED] = "see"};
  const char *text = policy->enabled ? words[policy->status] : "disabled";
  for (size_t i = 0; policy->enabled && i < policy->status_words_n && text; i++)
    text = pal_arena_printf(arena, "%s%s %s", text, i > 0 ? "," : "", policy->status_words[i]);
  return text;
}

static enum pal_code list(struct pal_cli *cli, const struct pal_app *app, struct pal_err *err) {
  static const char *const header[LIST_COLUMNS] = {"policy", "severity", "class", "subject",
                                                   "origin", "status",   "title"};
  static const char *const origins[] = {[PAL_SHIPPED] = "shipped", [PAL_CHANGED] = "changed", [PAL_OWN] = "own"};
  size_t n = pal_pack_n(app->pack);
  const char *const **rows = pal_arena_calloc(cli->arena, n + 1, sizeof(*rows));
  if (rows == NULL)
    return pal_err_nomem(err);
  for (size_t i = 0; i < n; i++) {
    const struct pal_policy *p = pal_pack_at(app->pack, i);
    const char **cells = pal_arena_calloc(cli->arena, LIST_COLUMNS, sizeof(*cells));
    if (cells == NULL)
      return pal_err_nomem(err);
    cells[0] = p->id;
    cells[1] = p->effective;
    cells[2] = p->policy_class;
    cells[3] = p->subject;
    cells[4] = origins[p->origin];
    cells[5] = status_of(cli->arena, p);
    cells[6] = p->title;
    if (cells[5] == NULL)
      return pal_err_nomem(err);
    rows[i] = cells;
  }
  const struct pal_format *format = NULL;
  struct pal_output output;
  enum pal_code code = pal_output_begin(cli, &format, &output, err);
  if (code != PAL_OK)
    return code;
  struct pal_style style = pal_cli_style(cli, &output);
  code = pal_table_print(format->name, &style, header, rows, NULL, LIST_COLUMNS, n, output.file, err);
  return pal_output_close(&output, code, err);
}

/* Calls each line of a text, escaped for a terminal. A policy may come from anywhere. */
static void each_line(const char *text, void (*line)(void *payload, const char *escaped), void *payload) {
  while (*text != '\0') {
    size_t len = strcspn(text, "\n");
    struct pal_buf raw, escaped;
    pal_buf_init(&raw, PAL_POLICY_BYTES_MAX + 1);
    pal_buf_init(&escaped, 16 * PAL_POLICY_BYTES_MAX);
    for (size_t i = 0; i < len; i++)
      pal_buf_putc(&raw, text[i] == '\t' ? ' ' : text[i]);
    pal_term_escape(&escaped, raw.data);
    line(payload, escaped.data);
    pal_buf_deinit(&escaped);
    pal_buf_deinit(&raw);
    text += len + (text[len] == '\n');
  }
}

enum { LABEL = 14 };
struct printing {
  FILE *out;
  size_t width, column;
  const char *label;
};

static void wrapped_line(void *payload, const char *escaped) {
  struct printing *p = payload;
  struct pal_buf buf;
  pal_buf_init(&buf, 32 * PAL_POLICY_BYTES_MAX);
  pal_wrap(&buf, escaped, p->column, p->column, p->width);
  (void)fprintf(p->out, "%-*s%s\n", (int)p->column, p->label, buf.data);
  p->label = "";
  pal_buf_deinit(&buf);
}

static void plain_line(void *payload, const char *escaped) {
  const struct printing *p = payload;
  (void)fprintf(p->out, "%s\n", escaped);
}

static void paragraph(FILE *out, const struct pal_style *style, const char *label, const char *text) {
  struct printing p = {
      .out = out, .width = style->width > 0 ? (size_t)style->width : 100, .column = LABEL, .label = label};
  if (text != NULL)
    each_line(text, wrapped_line, &p);
}

static void needs(FILE *out, const struct pal_style *style, const char *label, const struct pal_need *v, size_t n) {
  static const char *const suffix[] = {[PAL_HERE] = "", [PAL_MANAGING] = "@managing", [PAL_ALL] = "@all"};
  char line[512] = "";
  for (size_t i = 0; i < n; i++)
    (void)snprintf(line + strlen(line), sizeof(line) - strlen(line), "%s%s%s", i > 0 ? " " : "", v[i].area,
                   suffix[v[i].where]);
  paragraph(out, style, label, line);
}

static void words(FILE *out, const struct pal_style *style, const char *label, const char *const *v, size_t n) {
  char line[512] = "";
  for (size_t i = 0; i < n; i++)
    (void)snprintf(line + strlen(line), sizeof(line) - strlen(line), "%s%s", i > 0 ? ", " : "", v[i]);
  paragraph(out, style, label, line);
}

/* "F4 (an Owner of the customer) or F3d (the identity itself)"; NULL: none is named, or no memory. */
static const char *fixes_of(struct pal_arena *arena, const struct pal_policy *p) {
  const char *text = NULL;
  for (size_t i = 0; i < p->fixes_n; i++) {
    const struct pal_fix_use *use = &p->fixes[i];
    text = pal_arena_printf(arena, "%s%s%s%s (%s)", text != NULL ? text : "",
                            text == NULL      ? ""
                            : use->is_instead ? " or "
                                              : ", then ",
                            use->fix->word, use->managing ? "@managing" : "", pal_actor_name(use->fix->actor));
    if (text == NULL)
      return NULL;
  }
  return text;
}

static enum pal_code show(struct pal_cli *cli, const struct pal_app *app, struct pal_err *err) {
  if (cli->args_n != 2)
    return pal_err_set(err, PAL_E_USAGE, "palscan policies show ID");
  const struct pal_policy *p = pal_pack_find(app->pack, cli->args[1]);
  if (p == NULL)
    return pal_err_set(err, PAL_E_NOTFOUND, "no policy \"%s\" (palscan policies list shows all)", cli->args[1]);
  struct pal_output output;
  enum pal_code code = pal_cli_text_only(cli, "policies show", false, err);
  if (code == PAL_OK)
    code = pal_output_open(cli, &output, err);
  if (code != PAL_OK)
    return code;
  struct pal_style style = pal_cli_style(cli, &output);
  FILE *out = output.file;
  struct printing plain = {.out = out},
                  title = {.out = out, .width = (size_t)style.width, .column = strlen(p->id) + 2, .label = p->id};
  each_line(p->title, wrapped_line, &title);
  (void)fprintf(out, "%s\n", p->enabled ? "" : "(disabled)\n");
  if (p->status != PAL_RULE)
    paragraph(out, &style, "status", status_of(cli->arena, p));
  paragraph(out, &style, "severity", p->effective);
  if (strcmp(p->effective, p->severity) != 0)
    paragraph(out, &style, "as shipped", p->severity);
  paragraph(out, &style, "class", p->policy_class);
  paragraph(out, &style, "about", p->subject);
  needs(out, &style, "reads", p->reads, p->reads_n);
  needs(out, &style, "needs", p->needs, p->needs_n);
  words(out, &style, "pins", p->pins, p->pins_n);
  words(out, &style, "folded under", p->folded_under, p->folded_under_n);
  words(out, &style, "controls", p->controls, p->controls_n);
  paragraph(out, &style, "why", p->rationale);
  paragraph(out, &style, "what to do", p->remediation);
  paragraph(out, &style, "put right by", fixes_of(cli->arena, p));
  paragraph(out, &style, "references", p->references);
  (void)fprintf(out, "\n");
  each_line(p->sql, plain_line, &plain);
  return pal_output_close(&output, PAL_OK, err);
}

/* ---- a folder of one's own ---- */

static enum pal_code find_sql(void *payload, const char *name, struct pal_err *err) {
  size_t len = strlen(name);
  (void)err;
  *(bool *)payload = *(bool *)payload || (len > 4 && strcmp(name + len - 4, ".sql") == 0);
  return PAL_OK;
}

/* The pack that the folder is about. A folder with views is a whole pack, one with policies alone adds to the shipped
 * ones; one without (cases only), and one the configuration names, is about the pack that is loaded. */
static enum pal_code pack_of(struct pal_cli *cli, const struct pal_app *app, const char *dir, struct pal_pack **ret,
                             struct pal_err *err) {
  const char *shipped = pal_arena_printf(cli->arena, "%s/policies", app->data_dir);
  const char *views = pal_arena_printf(cli->arena, "%s/views", dir);
  bool has_sql = false;
  *ret = app->pack;
  if (shipped == NULL || views == NULL)
    return pal_err_nomem(err);
  struct pal_err why;
  enum pal_code code = pal_dir_each(dir, find_sql, &has_sql, &why);
  if (code != PAL_OK && pal_path_exists(dir))
    return PAL_OK; /* one case file */
  if (code != PAL_OK)
    *err = why;
  for (size_t i = 0; i < pal_pack_n(app->pack) && has_sql; i++) {
    const char *path = pal_pack_at(app->pack, i)->path;
    has_sql = strncmp(path, dir, strlen(dir)) != 0 || path[strlen(dir)] != '/';
  }
  if (code != PAL_OK || !has_sql)
    return code;
  return pal_path_exists(views) ? pal_pack_load(dir, NULL, 0, ret, err) : pal_pack_load(shipped, &dir, 1, ret, err);
}

struct testing {
  size_t passed, failed;
  FILE *out;
  bool verbose;
};

static enum pal_code on_case(void *payload, const char *policy, const char *name, const char *diff,
                             struct pal_err *err) {
  struct testing *t = payload;
  (void)err;
  if (diff == NULL) {
    t->passed++;
    if (t->verbose)
      (void)fprintf(t->out, "pass  %s  %s\n", policy, name);
    return PAL_OK;
  }
  t->failed++;
  (void)fprintf(t->out, "FAIL  %s  %s\n%s\n", policy, name, diff);
  return PAL_OK;
}

static enum pal_code test(struct pal_cli *cli, const struct pal_app *app, struct pal_err *err) {
  const char *dir = cli->args_n > 1 ? cli->args[1] : pal_arena_printf(cli->arena, "%s/policies", app->data_dir);
  if (dir == NULL)
    return pal_err_nomem(err);
  struct pal_output output;
  enum pal_code code = pal_cli_text_only(cli, "policies test", false, err);
  if (code == PAL_OK)
    code = pal_output_open(cli, &output, err);
  if (code != PAL_OK)
    return code;
  struct testing t = {.out = output.file, .verbose = pal_cli_flag(cli, "verbose")};
  struct pal_pack *pack = NULL;
  code = pack_of(cli, app, dir, &pack, err);
  if (code == PAL_OK)
    code = pal_cases_run(pack, dir, on_case, &t, err);
  if (pack != app->pack)
    pal_pack_free(pack);
  if (code == PAL_OK && t.passed + t.failed == 0)
    code = pal_err_set(err, PAL_E_INPUT, "%s: no case files (cases/*.json)", dir);
  if (code == PAL_OK)
    (void)fprintf(output.file, "%zu passed, %zu failed\n", t.passed, t.failed);
  if (code == PAL_OK && t.failed > 0)
    cli->exit_status = 3;
  return pal_output_close(&output, code, err);
}

/* ---- lint ---- */

struct linting {
  size_t n, refused;
  const char *below; /* the folder, NULL: all */
  FILE *out;
};

static enum pal_code on_policy(void *payload, const struct pal_policy *policy, const char *why, struct pal_err *err) {
  struct linting *lint = payload;
  size_t len = lint->below != NULL ? strlen(lint->below) : 0;
  (void)err;
  if (policy->status != PAL_RULE || !policy->enabled || (len > 0 && strncmp(policy->path, lint->below, len) != 0))
    return PAL_OK;
  lint->n++;
  lint->refused += why != NULL;
  if (why != NULL)
    (void)fprintf(lint->out, "%s  %s\n", policy->id, why);
  return PAL_OK;
}

static enum pal_code lint(struct pal_cli *cli, const struct pal_app *app, struct pal_err *err) {
  struct linting lint = {.below = cli->args_n > 1 ? cli->args[1] : NULL};
  struct pal_pack *pack = app->pack;
  struct pal_output output;
  enum pal_code code = pal_cli_text_only(cli, "policies lint", false, err);
  if (code == PAL_OK && lint.below != NULL)
    code = pack_of(cli, app, lint.below, &pack, err);
  if (code == PAL_OK)
    code = pal_output_open(cli, &output, err);
  if (code == PAL_OK) {
    lint.out = output.file;
    code = pal_pack_lint(pack, on_policy, &lint, err);
    if (code == PAL_OK && lint.n == 0)
      code = pal_err_set(err, PAL_E_INPUT, "%s: no policies (*.sql)", lint.below != NULL ? lint.below : "the pack");
    if (code == PAL_OK)
      (void)fprintf(output.file, "%zu %s, %zu refused\n", lint.n, lint.n == 1 ? "policy" : "policies", lint.refused);
    code = pal_output_close(&output, code, err);
  }
  if (code == PAL_OK && lint.refused > 0)
    cli->exit_status = 3;
  if (pack != app->pack)
    pal_pack_free(pack);
  return code;
}

/* ---- coverage ---- */

static enum pal_code coverage(struct pal_cli *cli, const struct pal_app *app, struct pal_err *err) {
  const char *name = pal_cli_get(cli, "framework");
  if (name == NULL)
    return pal_err_set(err, PAL_E_USAGE, "policies coverage: which framework? --framework soc2, iso27001 or cmmc");
  return controls_print_coverage(cli, app->pack, pal_framework_find(name), err);
}

/* ---- new ---- */

static enum pal_code make_new(struct pal_cli *cli, const struct pal_app *app, struct pal_err *err) {
  if (cli->args_n < 2)
    return pal_err_set(err, PAL_E_USAGE, "palscan policies new ID [DIR]");
  enum pal_code code = pal_cli_text_only(cli, "policies new", true, err);
  if (code == PAL_OK)
    code = policies_new(cli->arena, cli->args[1], cli->args_n > 2 ? cli->args[2] : ".", stdout, err);
  if (code == PAL_OK)
    (void)printf("Tables, views and functions, and how cases are written: %s/policies/README.md\n", app->data_dir);
  return code;
}

static enum pal_code run(struct pal_cli *cli, struct pal_err *err) {
  static const struct {
    const char *name;
    int args_max;
    enum pal_code (*run)(struct pal_cli *, const struct pal_app *, struct pal_err *);
  } verbs[] = {{"list", 1, list}, {"show", 2, show},         {"test", 2, test},
               {"lint", 2, lint}, {"coverage", 1, coverage}, {"new", 3, make_new}};
  for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
    if (strcmp(verbs[i].name, cli->args[0]) != 0)
      continue;
    if (cli->args_n > verbs[i].args_max)
      return pal_err_set(err, PAL_E_USAGE, "policies %s: \"%s\" is one argument too many", verbs[i].name,
                         cli->args[verbs[i].args_max]);
    if (pal_cli_get(cli, "framework") != NULL && verbs[i].run != coverage)
      return pal_err_set(err, PAL_E_USAGE, "--framework goes with policies coverage");
    struct pal_app app;
    enum pal_code code = pal_app_open(cli, 0, &app, err);
    if (code != PAL_OK)
      return code;
    code = verbs[i].run(cli, &app, err);
    pal_app_close(&app);
    return code;
  }
  return pal_err_set(err, PAL_E_USAGE,
                     "policies: \"%s\" is none of list, show ID, test [DIR], lint [DIR], coverage, new ID [DIR]",
                     cli->args[0]);
}

static const struct pal_opt opts[] = {
    {.name = "framework",
     .kind = PAL_OPT_VALUE,
     .arg = "NAME",
     .words = pal_framework_words,
     .help = "With coverage: soc2, iso27001 or cmmc."},
};

const struct pal_command pal_command_policies = {
    .name = "policies",
    .args = "list|show ID|test [DIR]|lint [DIR]|coverage|new ID [DIR]",
    .summary = "the policy pack: list, explain, test, and begin one of your own",
    .help =
        "list: all policies with severity and origin. show ID: what a policy says, why, what to do, and its SQL. "
        "test [DIR]: runs the cases below DIR/cases (default: those of the shipped pack); exit 3 when one fails. "
        "DIR may hold policies of your own. lint [DIR]: names the policies that SQLite or the sandbox refuses, with "
        "file, line and column; exit 3 when there is one. coverage --framework NAME: which rules tell about "
        "the controls of a framework, and which controls have none. new ID [DIR]: writes a commented template and its "
        "cases into DIR (default: here); overwrites nothing.",
    .opts = opts,
    .opts_n = sizeof(opts) / sizeof(opts[0]),
    .min_args = 1,
    .max_args = 3,
    .run = run,
};
