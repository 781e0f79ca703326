/* SPDX-License-Identifier: Apache-2.0 */
/* waive_list.c - palscan waive list: every acceptance, and what became of it. */
#include <stdlib.h>
#include <string.h>

#include "pal_acceptance.h"
#include "waive.h"

enum pal_code waive_judge(struct pal_app *app, struct pal_repo *repo, struct pal_rejudged *ret, struct pal_err *err) {
  struct pal_oid head;
  struct pal_commit commit;
  char today[11];
  pal_instant_date(pal_clock_now(), today);
  enum pal_code code = pal_repo_head(repo, &head, err);
  if (code == PAL_OK)
    code = pal_repo_commit(repo, &head, &commit, err);
  struct pal_rejudge_options options = {.repo = repo,
                                        .commit = &commit,
                                        .shipped = app->pack,
                                        .pack = app->pack,
                                        .registry = app->registry,
                                        .estate = app->estate,
                                        .waivers = app->waivers,
                                        .approvers = app->settings,
                                        .acceptances_on = today};
  return code == PAL_OK ? pal_rejudge(&options, ret, err) : code;
}

/* --- cells --- */

/* For people a few columns, for programs all. */
enum column {
  ID,
  UNTIL,
  STATE,
  COVERS,
  POLICY,
  APPROVER,
  NOTE,
  TEXT_COLUMNS,
  APPROVAL = TEXT_COLUMNS,
  SIGNER,
  FROM,
  WIDER,
  FINGERPRINT,
  TENANT,
  SUBJECT,
  KEY,
  REASON,
  OWNER,
  REQUESTER,
  TICKET,
  APPROVED,
  COLUMNS
};

static const char *const header[COLUMNS] = {
    [ID] = "id",           [UNTIL] = "until",         [STATE] = "state",   [COVERS] = "covers",
    [POLICY] = "policy",   [APPROVER] = "approver",   [NOTE] = "note",     [APPROVAL] = "approval",
    [SIGNER] = "signer",   [FROM] = "from",           [WIDER] = "wider",   [FINGERPRINT] = "fingerprint",
    [TENANT] = "tenantId", [SUBJECT] = "subjectId",   [KEY] = "key",       [REASON] = "reason",
    [OWNER] = "owner",     [REQUESTER] = "requester", [TICKET] = "ticket", [APPROVED] = "approved",
};
static const bool numbers[COLUMNS] = {[COVERS] = true};

/* Of the finding it names, else as the acceptance itself says. */
static const char *named(const struct pal_acceptance *acceptance, int finding_field, int field) {
  const char *text = acceptance->finding != NULL ? pal_get_text(acceptance->finding, finding_field) : NULL;
  return text != NULL ? text : pal_get_text(acceptance->record, field);
}

static const char *subject_of(const struct pal_acceptance *acceptance) {
  const struct pal_record *subject =
      acceptance->finding != NULL ? pal_get_record(acceptance->finding, PAL_FINDING_SUBJECT) : NULL;
  return subject != NULL ? pal_get_text(subject, PAL_SUBJECT_ID) : pal_get_text(acceptance->record, PAL_WAIVER_SUBJECT);
}

static const char *tenant_of(const struct pal_acceptance *acceptance) {
  if (acceptance->finding == NULL)
    return pal_get_text(acceptance->record, PAL_WAIVER_TENANT);
  return acceptance->tenant_id[0] != '\0' ? acceptance->tenant_id : NULL;
}

static const char *const approvals[] = {[PAL_APPROVAL_UNPROVEN] = "not approved by a signature",
                                        [PAL_APPROVAL_SIGNED] = "signed",
                                        [PAL_APPROVAL_MISSING] = "not approved"};

/* What a state's note adds to its word, which stands beside it. */
static const char *detail_of(const struct pal_acceptance *acceptance) {
  const char *colon = strstr(acceptance->note, ": ");
  switch (acceptance->state) {
  case PAL_ACCEPTANCE_LAPSED:
  case PAL_ACCEPTANCE_NOT_APPROVED: return colon != NULL ? colon + 2 : acceptance->note;
  case PAL_ACCEPTANCE_VOID: return acceptance->note;
  case PAL_ACCEPTANCE_HOLDS:
  case PAL_ACCEPTANCE_ENDS:
  case PAL_ACCEPTANCE_ENDED:
  case PAL_ACCEPTANCE_BEGINS:
  case PAL_ACCEPTANCE_NOTHING: break;
  }
  return approvals[acceptance->approval];
}

/* For people; NULL: no memory. */
static const char *say(struct pal_arena *arena, const struct pal_acceptance *acceptance) {
  const char *detail = detail_of(acceptance);
  return acceptance->wider == NULL ? detail : pal_arena_printf(arena, "%s; %s", detail, acceptance->wider);
}

static enum pal_code make_row(struct pal_arena *arena, const struct pal_acceptance *acceptance, bool machine,
                              const char **cells, struct pal_err *err) {
  static const struct {
    enum column column;
    int field;
  } own[] = {{ID, PAL_WAIVER_ID},
             {UNTIL, PAL_WAIVER_UNTIL},
             {APPROVER, PAL_WAIVER_APPROVER},
             {FROM, PAL_WAIVER_FROM},
             {REASON, PAL_WAIVER_REASON},
             {OWNER, PAL_WAIVER_OWNER},
             {REQUESTER, PAL_WAIVER_REQUESTER},
             {TICKET, PAL_WAIVER_TICKET},
             {APPROVED, PAL_WAIVER_APPROVED}};
  for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
    cells[own[i].column] = pal_get_text(acceptance->record, own[i].field);
  cells[STATE] = pal_acceptance_word(acceptance->state);
  cells[COVERS] = pal_arena_printf(arena, "%zu", acceptance->covers);
  cells[POLICY] = named(acceptance, PAL_FINDING_POLICY, PAL_WAIVER_POLICY);
  cells[NOTE] = machine ? (acceptance->note[0] != '\0' ? acceptance->note : NULL) : say(arena, acceptance);
  cells[APPROVAL] = approvals[acceptance->approval];
  cells[SIGNER] = acceptance->signer;
  cells[WIDER] = acceptance->wider;
  cells[FINGERPRINT] = named(acceptance, PAL_FINDING_FINGERPRINT, PAL_WAIVER_FINGERPRINT);
  cells[TENANT] = tenant_of(acceptance);
  cells[SUBJECT] = subject_of(acceptance);
  cells[KEY] = named(acceptance, PAL_FINDING_KEY, PAL_WAIVER_KEY);
  return cells[COVERS] != NULL && (machine || cells[NOTE] != NULL) ? PAL_OK : pal_err_nomem(err);
}

/* By the end, those without one first; then by id. */
static int compare_rows(const void *a, const void *b) {
  const char *const *left = *(const char *const *const *)a, *const *right = *(const char *const *const *)b;
  int order = strcmp(left[UNTIL] != NULL ? left[UNTIL] : "", right[UNTIL] != NULL ? right[UNTIL] : "");
  return order != 0 ? order : strcmp(left[ID], right[ID]);
}

/* --- the list --- */

static void say_sum(FILE *out, const struct pal_judge *judge, bool asked) {
  size_t n = pal_judge_acceptances_n(judge), holding = 0, covered = 0;
  for (size_t i = 0; i < n; i++) {
    const struct pal_acceptance *acceptance = pal_judge_acceptance(judge, i);
    holding += acceptance->state == PAL_ACCEPTANCE_HOLDS || acceptance->state == PAL_ACCEPTANCE_ENDS;
    covered += acceptance->covers;
  }
  (void)fprintf(out, "\nIn force: %zu of %zu, for %zu finding%s.\n", holding, n, covered, covered == 1 ? "" : "s");
  if (!asked)
    (void)fprintf(out, "None is approved by a signature: the configuration names no approvers (sign.approvers).\n");
}

enum pal_code waive_list(struct pal_cli *cli, struct pal_app *app, struct pal_repo *repo, struct pal_err *err) {
  struct pal_rejudged rejudged = {0};
  const struct pal_format *format = NULL;
  struct pal_output output;
  if (cli->args_n != 1)
    return pal_err_set(err, PAL_E_USAGE, "palscan waive list takes nothing more");
  enum pal_code code = pal_cli_format(cli, &format, err);
  if (code == PAL_OK)
    code = waive_judge(app, repo, &rejudged, err);
  size_t n = code == PAL_OK ? pal_judge_acceptances_n(rejudged.judge) : 0;
  const char *const **rows = pal_arena_calloc(cli->arena, n + 1, sizeof(*rows));
  const bool **numeric = pal_arena_calloc(cli->arena, n + 1, sizeof(*numeric));
  if (code == PAL_OK && (rows == NULL || numeric == NULL))
    code = pal_err_nomem(err);
  for (size_t i = 0; i < n && code == PAL_OK; i++) {
    const char **cells = pal_arena_calloc(cli->arena, COLUMNS, sizeof(*cells));
    numeric[i] = numbers;
    rows[i] = cells;
    code = cells != NULL ? make_row(cli->arena, pal_judge_acceptance(rejudged.judge, i), format->machine, cells, err)
                         : pal_err_nomem(err);
  }
  if (code == PAL_OK && n > 1)
    qsort(rows, n, sizeof(*rows), compare_rows);
  if (code == PAL_OK)
    code = pal_output_open(cli, &output, err);
  if (code == PAL_OK) {
    struct pal_style style = pal_cli_style(cli, &output);
    if (n == 0 && !format->machine)
      (void)fprintf(output.file, "No risk is accepted.\n");
    else
      code = pal_table_print(format->name, &style, header, rows, numeric, format->machine ? COLUMNS : TEXT_COLUMNS, n,
                             output.file, err);
    if (code == PAL_OK && n > 0 && !format->machine)
      say_sum(output.file, rejudged.judge, rejudged.settings->v[PAL_SETTINGS_APPROVERS].is != PAL_ABSENT);
    code = pal_output_close(&output, code, err);
  }
  pal_rejudged_free(&rejudged);
  return code;
}
