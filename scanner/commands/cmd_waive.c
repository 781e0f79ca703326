/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_waive.c - palscan waive: accept the risk of one finding, bound to the facts it was given for; list, approve. */
#include <string.h>

#include "pal_acceptance.h"
#include "pal_file.h"
#include "pal_text.h"
#include "waive.h"
#include "waiver_file.h"

static const struct pal_opt opts[] = {
    {.name = "policy",
     .kind = PAL_OPT_VALUE,
     .arg = "ID",
     .help = "The finding of this policy (instead of a fingerprint).",
     .no_environment = true},
    {.name = "tenant", .kind = PAL_OPT_VALUE, .arg = "ID", .help = "… in this tenant.", .no_environment = true},
    {.name = "subject", .kind = PAL_OPT_VALUE, .arg = "ID", .help = "… about this subject.", .no_environment = true},
    {.name = "key",
     .kind = PAL_OPT_VALUE,
     .arg = "KEY",
     .help = "… with this key, where a policy gives several findings about one subject.",
     .no_environment = true},
    {.name = "reason",
     .kind = PAL_OPT_VALUE,
     .arg = "TEXT",
     .help = "Why the risk is accepted.",
     .no_environment = true},
    {.name = "owner", .kind = PAL_OPT_VALUE, .arg = "WHO", .help = "Who owns the risk.", .no_environment = true},
    {.name = "requester",
     .kind = PAL_OPT_VALUE,
     .arg = "WHO",
     .help = "Who asks for the acceptance.",
     .no_environment = true},
    {.name = "approver",
     .kind = PAL_OPT_VALUE,
     .arg = "WHO",
     .help = "Who approves it; never the requester. As sign.approvers writes them, where it is configured.",
     .no_environment = true},
    {.name = "ticket",
     .kind = PAL_OPT_VALUE,
     .arg = "ID",
     .help = "Ticket or record of the decision.",
     .no_environment = true},
    {.name = "until",
     .kind = PAL_OPT_VALUE,
     .arg = "DATE",
     .help = "Last day, inclusive, UTC: 2027-03-31.",
     .no_environment = true},
    {.name = "from",
     .kind = PAL_OPT_VALUE,
     .arg = "DATE",
     .help = "First day, UTC; today when not given.",
     .no_environment = true},
    {.name = "sign",
     .kind = PAL_OPT_VALUE,
     .arg = "KEY",
     .help = "Private key of the approver (OpenSSH or PEM, without a passphrase) that signs the acceptance.",
     .no_environment = true},
    {.name = "dry-run", .kind = PAL_OPT_FLAG, .help = "Print the acceptance, write nothing.", .no_environment = true},
};

struct wanted {
  const char *fingerprint, *policy, *tenant, *subject, *key;
};

static bool starts_with(const char *text, const char *prefix) {
  return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool matches(const struct wanted *w, const char *tenant_id, const struct pal_record *finding) {
  const struct pal_record *subject = pal_get_record(finding, PAL_FINDING_SUBJECT);
  const char *key = pal_get_text(finding, PAL_FINDING_KEY);
  if (strcmp(pal_get_text(finding, PAL_FINDING_VERDICT), "fail") != 0)
    return false;
  if (w->fingerprint != NULL)
    return starts_with(pal_get_text(finding, PAL_FINDING_FINGERPRINT), w->fingerprint);
  if (strcmp(pal_get_text(finding, PAL_FINDING_POLICY), w->policy) != 0)
    return false;
  if (w->tenant != NULL && strcmp(tenant_id, w->tenant) != 0)
    return false;
  if (w->subject != NULL && strcmp(pal_get_text(subject, PAL_SUBJECT_ID), w->subject) != 0)
    return false;
  return w->key == NULL || (key != NULL && strcmp(key, w->key) == 0);
}

static enum pal_code find(const struct wanted *w, const struct pal_verdicts *verdicts, size_t n,
                          const char **ret_tenant, const struct pal_record **ret, struct pal_err *err) {
  size_t found = 0;
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < verdicts[i].findings.n; k++) {
      if (!matches(w, verdicts[i].tenant_id, verdicts[i].findings.v[k]))
        continue;
      found++;
      *ret = verdicts[i].findings.v[k];
      *ret_tenant = verdicts[i].tenant_id;
    }
  if (found == 0)
    return pal_err_set(
        err, PAL_E_NOTFOUND,
        "no failed finding of the last snapshot matches (palscan check -f json lists fingerprints and subjects)");
  if (found > 1)
    return pal_err_set(
        err, PAL_E_USAGE,
        "%zu findings match; an acceptance is for one: give its fingerprint, or --tenant, --subject and --key too",
        found);
  return PAL_OK;
}

/* The facts the acceptance is bound to: the finding's columns that its policy pins. */
static enum pal_code pins_of(struct pal_arena *arena, const struct pal_policy *policy, const struct pal_record *finding,
                             const char **ret, struct pal_err *err) {
  const char *details = pal_get_text(finding, PAL_FINDING_DETAILS);
  struct pal_json_doc *doc = NULL;
  struct pal_buf out;
  *ret = NULL;
  if (policy == NULL || policy->pins_n == 0 || details == NULL)
    return PAL_OK;
  pal_buf_init(&out, 1 << 20);
  enum pal_code code = pal_json_parse(details, strlen(details), "details of the finding", 0, 0, &doc, err);
  size_t n = 0;
  pal_buf_putc(&out, '{');
  for (size_t i = 0; code == PAL_OK && i < policy->pins_n; i++) {
    const pal_json *value = pal_json_get(pal_json_root(doc), policy->pins[i]);
    if (value == NULL)
      continue;
    if (n++ > 0)
      pal_buf_putc(&out, ',');
    pal_json_escape(&out, policy->pins[i]);
    pal_buf_putc(&out, ':');
    code = pal_json_compact(doc, value, &out, err);
  }
  pal_buf_putc(&out, '}');
  if (code == PAL_OK)
    code = pal_buf_check(&out, "the pinned facts", err);
  if (code == PAL_OK && n > 0) {
    *ret = pal_arena_strdup(arena, out.data);
    if (*ret == NULL)
      code = pal_err_nomem(err);
  }
  pal_json_doc_free(doc);
  pal_buf_deinit(&out);
  return code;
}

static enum pal_code required(struct pal_cli *cli, struct pal_err *err) {
  static const char *const names[] = {"reason", "owner", "requester", "approver", "until"};
  for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
    const char *value = pal_cli_get(cli, names[i]);
    if (value == NULL || value[0] == '\0')
      return pal_err_set(
          err, PAL_E_USAGE,
          "a risk acceptance needs --reason, --owner, --requester, --approver and --until; --%s is missing", names[i]);
  }
  if (pal_same_person(pal_cli_get(cli, "requester"), pal_cli_get(cli, "approver")))
    return pal_err_set(err, PAL_E_USAGE, "the approver must not be the requester");
  char today[11];
  pal_instant_date(pal_clock_now(), today);
  const char *until = pal_cli_get(cli, "until");
  if (!pal_date_valid(until))
    return pal_err_set(err, PAL_E_USAGE, "--until: \"%s\" is no date such as 2027-03-31", until);
  if (strcmp(until, today) < 0)
    return pal_err_set(err, PAL_E_USAGE, "--until: %s has passed", until);
  const char *from = pal_cli_get(cli, "from");
  if (from == NULL)
    return PAL_OK;
  if (!pal_date_valid(from))
    return pal_err_set(err, PAL_E_USAGE, "--from: \"%s\" is no date such as 2027-01-01", from);
  if (strcmp(from, today) < 0)
    return pal_err_set(err, PAL_E_USAGE, "--from: %s has passed, and what was open until today stays so", from);
  if (strcmp(until, from) < 0)
    return pal_err_set(err, PAL_E_USAGE, "--until: %s is before --from %s", until, from);
  return PAL_OK;
}

static enum pal_code make(struct pal_cli *cli, const struct pal_record *finding, const char *pins,
                          const struct pal_record *waivers, struct pal_record **ret, struct pal_err *err) {
  struct pal_arena *arena = cli->arena;
  struct pal_record *waiver = *ret = pal_record_new(arena, &pal_kind_WAIVER);
  char today[11];
  pal_instant_date(pal_clock_now(), today);
  if (waiver == NULL)
    return pal_err_nomem(err);
  const char *id = pal_waiver_free_id(arena, waivers, today), *from = pal_cli_get(cli, "from");
  static const struct {
    int field;
    const char *option;
  } given[] = {{PAL_WAIVER_REASON, "reason"},     {PAL_WAIVER_OWNER, "owner"},   {PAL_WAIVER_REQUESTER, "requester"},
               {PAL_WAIVER_APPROVER, "approver"}, {PAL_WAIVER_TICKET, "ticket"}, {PAL_WAIVER_UNTIL, "until"}};
  enum pal_code code = id != NULL ? pal_set_text(arena, waiver, PAL_WAIVER_ID, id, err) : pal_err_nomem(err);
  if (code == PAL_OK)
    code = pal_set_text(arena, waiver, PAL_WAIVER_FINGERPRINT, pal_get_text(finding, PAL_FINDING_FINGERPRINT), err);
  if (code == PAL_OK)
    code = pal_set_text(arena, waiver, PAL_WAIVER_FROM, from != NULL ? from : today, err);
  if (code == PAL_OK)
    code = pal_set_text(arena, waiver, PAL_WAIVER_PINS, pins, err);
  for (size_t i = 0; code == PAL_OK && i < sizeof(given) / sizeof(given[0]); i++)
    code = pal_set_text(arena, waiver, given[i].field, pal_cli_get(cli, given[i].option), err);
  return code;
}

/* What the judge would refuse is refused here already. */
static enum pal_code check_length(const struct pal_app *app, const struct pal_record *waiver, struct pal_err *err) {
  const char *lacks = NULL;
  char today[11];
  pal_instant_date(pal_clock_now(), today);
  enum pal_code code = pal_acceptance_lacks(app->arena, waiver, app->settings, today, &lacks, err);
  if (code != PAL_OK || lacks == NULL)
    return code;
  return pal_err_set(err, PAL_E_USAGE, "--until: %s: it %s, the most that policies.parameters.waiverMaxDays allows",
                     pal_get_text(waiver, PAL_WAIVER_UNTIL), lacks);
}

/* What is still to do before it counts. */
static const char *say_approval(struct pal_cli *cli, const struct pal_app *app, const struct pal_record *waiver,
                                const char *key) {
  bool asked = app->settings->v[PAL_SETTINGS_APPROVERS].is != PAL_ABSENT;
  const char *from = pal_get_text(waiver, PAL_WAIVER_FROM), *id = pal_get_text(waiver, PAL_WAIVER_ID);
  const char *how = NULL;
  struct pal_buf approver;
  if (asked && key == NULL) {
    pal_buf_init(&approver, 1 << 20);
    pal_term_escape(&approver, pal_get_text(waiver, PAL_WAIVER_APPROVER));
    how = pal_cli_hint(cli, pal_arena_printf(cli->arena, "palscan waive approve %s --sign KEY", id));
    how = pal_arena_printf(cli->arena, "not approved: it counts when %s has signed it: %s", approver.data,
                           how != NULL ? how : "");
    pal_buf_deinit(&approver);
    return how;
  }
  if (key == NULL)
    return pal_arena_printf(cli->arena,
                            "not approved by a signature; it counts in every run that starts on %s or later", from);
  return pal_arena_printf(cli->arena, "signed by %s%s; it counts in every run that starts on %s or later", key,
                          asked ? "" : ", which nobody checks: the configuration names no approvers (sign.approvers)",
                          from);
}

static enum pal_code accept(struct pal_cli *cli, const struct pal_app *app, struct pal_repo *repo,
                            struct pal_err *err) {
  struct wanted w = {.fingerprint = cli->args_n > 0 ? cli->args[0] : NULL,
                     .policy = pal_cli_get(cli, "policy"),
                     .tenant = pal_cli_get(cli, "tenant"),
                     .subject = pal_cli_get(cli, "subject"),
                     .key = pal_cli_get(cli, "key")};
  if ((w.fingerprint == NULL) == (w.policy == NULL))
    return pal_err_set(err, PAL_E_USAGE,
                       "name the finding: palscan waive FINGERPRINT, or --policy ID --tenant ID --subject ID");
  if (w.fingerprint != NULL && strlen(w.fingerprint) < 8)
    return pal_err_set(err, PAL_E_USAGE, "a fingerprint needs at least 8 characters");
  struct pal_oid head;
  struct pal_commit commit;
  struct pal_verdicts *verdicts = NULL;
  size_t n = 0;
  const char *tenant = NULL, *pins = NULL, *key = NULL;
  const struct pal_record *finding = NULL;
  struct pal_record *waiver = NULL;
  enum pal_code code = pal_repo_head(repo, &head, err);
  if (code == PAL_OK)
    code = pal_repo_commit(repo, &head, &commit, err);
  if (code == PAL_OK)
    code = pal_stored_verdicts(repo, &commit.tree, cli->arena, &verdicts, &n, err);
  if (code == PAL_OK)
    code = find(&w, verdicts, n, &tenant, &finding, err);
  if (code == PAL_OK)
    code =
        pins_of(cli->arena, pal_pack_find(app->pack, pal_get_text(finding, PAL_FINDING_POLICY)), finding, &pins, err);
  if (code == PAL_OK)
    code = make(cli, finding, pins, app->waivers, &waiver, err);
  if (code == PAL_OK)
    code = check_length(app, waiver, err);
  if (code == PAL_OK && pal_cli_get(cli, "sign") != NULL)
    code = waive_sign(app, waiver, pal_cli_get(cli, "sign"), &key, err);
  if (code != PAL_OK)
    return code;
  struct pal_buf text, message;
  pal_buf_init(&text, 1 << 20);
  pal_buf_init(&message, 1 << 20);
  pal_record_compact(waiver, &text);
  pal_term_escape(&message, pal_get_text(finding, PAL_FINDING_MESSAGE));
  code = pal_buf_check(&text, "the risk acceptance", err);
  if (code == PAL_OK && !pal_cli_flag(cli, "dry-run"))
    code = pal_waiver_append(app->waivers_path, text.data, err);
  struct pal_output output;
  if (code == PAL_OK)
    code = pal_output_open(cli, &output, err);
  if (code == PAL_OK) {
    (void)fprintf(output.file, "%s\n", text.data);
    code = pal_output_close(&output, code, err);
  }
  if (code == PAL_OK && !pal_cli_flag(cli, "quiet")) {
    const char *approval = say_approval(cli, app, waiver, key);
    (void)fprintf(stderr, "%s %s accepts %s: %s\n%s\n",
                  pal_cli_flag(cli, "dry-run") ? "not written:" : "written:", pal_get_text(waiver, PAL_WAIVER_ID),
                  pal_get_text(finding, PAL_FINDING_POLICY), message.data, approval != NULL ? approval : "");
  }
  pal_buf_deinit(&message);
  pal_buf_deinit(&text);
  return code;
}

/* What the first word asks for: a fingerprint is hexadecimal. */
enum task { ACCEPT, LIST, APPROVE };

static enum task task_of(const struct pal_cli *cli) {
  if (cli->args_n > 0 && strcmp(cli->args[0], "list") == 0)
    return LIST;
  return cli->args_n > 0 && strcmp(cli->args[0], "approve") == 0 ? APPROVE : ACCEPT;
}

/* Options that the task has no use for would be believed to do something. */
static enum pal_code check_task(const struct pal_cli *cli, enum task task, struct pal_err *err) {
  if (task == ACCEPT && cli->args_n > 1)
    return pal_err_set(err, PAL_E_USAGE, "palscan waive FINGERPRINT, palscan waive list or palscan waive approve ID");
  for (size_t i = 0; i < sizeof(opts) / sizeof(opts[0]) && task != ACCEPT; i++) {
    bool known = task == APPROVE && (strcmp(opts[i].name, "sign") == 0 || strcmp(opts[i].name, "dry-run") == 0);
    bool given =
        opts[i].kind == PAL_OPT_FLAG ? pal_cli_flag(cli, opts[i].name) : pal_cli_get(cli, opts[i].name) != NULL;
    if (given && !known)
      return pal_err_set(err, PAL_E_USAGE, "palscan waive %s has no --%s", cli->args[0], opts[i].name);
  }
  return PAL_OK;
}

static enum pal_code run(struct pal_cli *cli, struct pal_err *err) {
  struct pal_app app;
  struct pal_repo *repo = NULL;
  enum task task = task_of(cli);
  enum pal_code code = check_task(cli, task, err);
  if (code == PAL_OK && task != LIST)
    code = pal_cli_text_only(cli, "waive", false, err); /* a line of JSON in any case */
  if (code == PAL_OK && task == ACCEPT)
    code = required(cli, err);
  if (code == PAL_OK)
    code = pal_app_open(cli, task == ACCEPT ? PAL_APP_WAIVERS : PAL_APP_INPUTS, &app, err);
  if (code != PAL_OK)
    return code;
  if (app.waivers_path == NULL)
    code = pal_err_set(err, PAL_E_CONFIG,
                       "the configuration names no file for risk acceptances: add \"waivers\": \"waivers.json\"");
  if (code == PAL_OK)
    code = pal_app_repo(&app, &repo, err);
  if (code == PAL_OK)
    code = task == LIST      ? waive_list(cli, &app, repo, err)
           : task == APPROVE ? waive_approve(cli, &app, repo, err)
                             : accept(cli, &app, repo, err);
  pal_repo_close(repo);
  pal_app_close(&app);
  return code;
}

const struct pal_command pal_command_waive = {
    .name = "waive",
    .args = "[FINGERPRINT | list | approve ID]",
    .summary = "accept the risk of one finding until a date; list and approve what is accepted",
    .help =
        "Adds a risk acceptance for one failed finding of the last snapshot to the configured file. It is bound to "
        "the facts the policy pins: when one of them changes, the finding reopens and says so. Where the "
        "configuration names approvers (sign.approvers), it counts when its approver has signed it. "
        "list shows every acceptance as it stands today, judged over the last snapshot, those that end first at the "
        "top: holds, ends soon (within 30 days), ended, begins later, lapsed (a fact it was given for is another), "
        "matches nothing, not approved, void (it lacks what it needs); how many findings it covers, and whether it is "
        "wider than needed. "
        "approve ID --sign KEY shows an acceptance and puts the approver's signature under it: SSHSIG, namespace "
        "palscan-waiver, over what jq -cS 'del(.signature)' prints of it.",
    .opts = opts,
    .opts_n = sizeof(opts) / sizeof(opts[0]),
    .max_args = 2,
    .run = run,
};
