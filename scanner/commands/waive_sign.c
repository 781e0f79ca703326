/* SPDX-License-Identifier: Apache-2.0 */
/* waive_sign.c - palscan waive approve: the approver's signature under an acceptance. */
#include <string.h>

#include "pal_acceptance.h"
#include "pal_text.h"
#include "waive.h"
#include "waiver_file.h"

enum { TEXT_MAX = 4 << 20 };

static enum pal_code put_signature(const struct pal_app *app, struct pal_record *waiver, const struct pal_ssh_key *key,
                                   struct pal_err *err) {
  char now[PAL_INSTANT_MAX];
  struct pal_buf bytes, signature;
  struct pal_instant at = pal_clock_now();
  pal_instant_format((struct pal_instant){.s = at.s}, now);
  pal_buf_init(&bytes, TEXT_MAX);
  pal_buf_init(&signature, PAL_SSHSIG_MAX);
  enum pal_code code = pal_set_text(app->arena, waiver, PAL_WAIVER_APPROVED, now, err);
  if (code == PAL_OK)
    code = pal_acceptance_bytes(waiver, &bytes, err);
  if (code == PAL_OK)
    code = pal_sshsig_make(key, PAL_SIGNS_ACCEPTANCES, bytes.data, bytes.len, &signature, err);
  if (code == PAL_OK)
    code = pal_set_text(app->arena, waiver, PAL_WAIVER_SIGNATURE, signature.data, err);
  pal_buf_deinit(&bytes);
  pal_buf_deinit(&signature);
  return code;
}

/* Whoever signs learns at once whether it counts, and not from the next run. */
static enum pal_code check_signature(const struct pal_app *app, const struct pal_record *waiver, const char *key,
                                     struct pal_err *err) {
  struct pal_signers *approvers = NULL;
  struct pal_sshsig_verdict verdict = {.state = PAL_SSHSIG_GOOD};
  enum pal_code code = pal_approvers_read(app->settings, &approvers, err);
  if (code == PAL_OK && approvers != NULL)
    code = pal_acceptance_verify(approvers, waiver, pal_clock_now(), &verdict, err);
  pal_signers_free(approvers);
  if (code != PAL_OK || verdict.state == PAL_SSHSIG_GOOD)
    return code;
  return pal_err_set(err, PAL_E_USAGE,
                     "the signature would not count: %s (%s; approver \"%s\"); sign.approvers says who may sign what",
                     verdict.why, key, pal_get_text(waiver, PAL_WAIVER_APPROVER));
}

enum pal_code waive_sign(const struct pal_app *app, struct pal_record *waiver, const char *path, const char **ret_key,
                         struct pal_err *err) {
  struct pal_ssh_key *key = NULL;
  enum pal_code code = pal_ssh_key_open(path, "--sign", &key, err);
  if (code != PAL_OK)
    return code;
  *ret_key = pal_arena_printf(app->arena, "%s %s", pal_ssh_key_type(key), pal_ssh_key_fingerprint(key));
  code = *ret_key != NULL ? put_signature(app, waiver, key, err) : pal_err_nomem(err);
  pal_ssh_key_free(key);
  return code == PAL_OK ? check_signature(app, waiver, *ret_key, err) : code;
}

/* --- waive approve --- */

static void say_field(FILE *out, const char *label, const char *text) {
  struct pal_buf escaped;
  if (text == NULL)
    return;
  pal_buf_init(&escaped, TEXT_MAX);
  pal_term_escape(&escaped, text);
  (void)fprintf(out, "  %-10s %s\n", label, escaped.data);
  pal_buf_deinit(&escaped);
}

/* What is being signed, in full: nobody signs what was not shown. */
static void say_acceptance(const struct pal_acceptance *acceptance) {
  const struct pal_record *waiver = acceptance->record, *finding = acceptance->finding;
  static const struct {
    int field;
    const char *label;
  } shown[] = {{PAL_WAIVER_REASON, "reason"},      {PAL_WAIVER_OWNER, "owner"},     {PAL_WAIVER_REQUESTER, "requester"},
               {PAL_WAIVER_APPROVER, "approver"},  {PAL_WAIVER_TICKET, "ticket"},   {PAL_WAIVER_FROM, "from"},
               {PAL_WAIVER_UNTIL, "until"},        {PAL_WAIVER_PINS, "bound to"},   {PAL_WAIVER_POLICY, "policy"},
               {PAL_WAIVER_TENANT, "tenant"},      {PAL_WAIVER_SUBJECT, "subject"}, {PAL_WAIVER_KEY, "key"},
               {PAL_WAIVER_FINGERPRINT, "finding"}};
  say_field(stderr, "accepts", finding != NULL ? pal_get_text(finding, PAL_FINDING_MESSAGE) : "no finding of today");
  for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
    say_field(stderr, shown[i].label, pal_get_text(waiver, shown[i].field));
  say_field(stderr, "but", acceptance->wider);
}

static const struct pal_acceptance *find(const struct pal_judge *judge, const char *id) {
  for (size_t i = 0; i < pal_judge_acceptances_n(judge); i++)
    if (strcmp(pal_get_text(pal_judge_acceptance(judge, i)->record, PAL_WAIVER_ID), id) == 0)
      return pal_judge_acceptance(judge, i);
  return NULL;
}

static enum pal_code write_signed(struct pal_cli *cli, const struct pal_app *app, const struct pal_record *waiver,
                                  struct pal_err *err) {
  struct pal_buf text;
  struct pal_output output;
  pal_buf_init(&text, TEXT_MAX);
  pal_record_compact(waiver, &text);
  enum pal_code code = pal_buf_check(&text, "the risk acceptance", err);
  if (code == PAL_OK && !pal_cli_flag(cli, "dry-run"))
    code = pal_waiver_replace(app->waivers_path, pal_get_text(waiver, PAL_WAIVER_ID), text.data, err);
  if (code == PAL_OK)
    code = pal_output_open(cli, &output, err);
  if (code == PAL_OK) {
    (void)fprintf(output.file, "%s\n", text.data);
    code = pal_output_close(&output, code, err);
  }
  pal_buf_deinit(&text);
  return code;
}

static enum pal_code sign_found(struct pal_cli *cli, struct pal_app *app, const struct pal_judge *judge,
                                struct pal_err *err) {
  const char *key = NULL, *id = cli->args[1];
  const struct pal_acceptance *acceptance = find(judge, id);
  if (acceptance == NULL)
    return pal_err_set(err, PAL_E_NOTFOUND, "%s has no risk acceptance %s (palscan waive list shows all)",
                       app->waivers_path, id);
  if (acceptance->state == PAL_ACCEPTANCE_VOID || acceptance->state == PAL_ACCEPTANCE_ENDED)
    return pal_err_set(err, PAL_E_USAGE, "%s would accept nothing even when signed: it %s", id, acceptance->note);
  struct pal_record *waiver = pal_record_dup(cli->arena, acceptance->record);
  if (waiver == NULL)
    return pal_err_nomem(err);
  enum pal_code code = waive_sign(app, waiver, pal_cli_get(cli, "sign"), &key, err);
  if (code != PAL_OK)
    return pal_err_wrap(err, "%s", id);
  bool quiet = pal_cli_flag(cli, "quiet");
  if (!quiet) {
    (void)fprintf(stderr, "%s\n", id);
    say_acceptance(acceptance);
  }
  code = write_signed(cli, app, waiver, err);
  if (code == PAL_OK && !quiet)
    (void)fprintf(stderr, "%s by %s%s\n", pal_cli_flag(cli, "dry-run") ? "would be signed (nothing written)" : "signed",
                  key,
                  app->settings->v[PAL_SETTINGS_APPROVERS].is == PAL_ABSENT
                      ? "; nobody checks it: the configuration names no approvers (sign.approvers)"
                      : "");
  return code;
}

enum pal_code waive_approve(struct pal_cli *cli, struct pal_app *app, struct pal_repo *repo, struct pal_err *err) {
  struct pal_rejudged rejudged = {0};
  if (cli->args_n != 2 || pal_cli_get(cli, "sign") == NULL)
    return pal_err_set(err, PAL_E_USAGE, "palscan waive approve ID --sign KEY");
  enum pal_code code = waive_judge(app, repo, &rejudged, err);
  if (code == PAL_OK)
    code = sign_found(cli, app, rejudged.judge, err);
  pal_rejudged_free(&rejudged);
  return code;
}
