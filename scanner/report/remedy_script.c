/* SPDX-License-Identifier: Apache-2.0 */
/*
 * remedy_script.c - the plan as a script: one function for each tenant. What runs
 * is the link of who calls it, for that was asked; all else is a comment until a
 * person takes the mark away. Words of tenants stand nowhere in it: ids, digits
 * and our own words do.
 */
#include <string.h>

#include "remedy_words.h"
#include "sink.h"

enum { SCRIPT_BYTES = 1 << 20 };

struct dialect {
  bool powershell;
  const char *head;     /* up to the functions; %s: the commit or "not committed", %s: when */
  const char *function; /* %s: the tenant id with underscores, twice the tenant id */
  const char *end;      /* of a function */
  const char *guard;    /* opens what runs: %s: the object */
  const char *unguard;  /* and notes that something ran */
  const char *sign_in;  /* %s: tenant, object, command */
  const char *dispatch_head, *dispatch_row /* tenant id, tenant id with underscores */, *dispatch_end;
};

static const struct dialect sh = {
    .head =
        "#!/bin/sh\n"
        "# Plan for the snapshot %s of %s.\n"
        "# Run it signed in as yourself, for one tenant and your own object id in it:\n"
        "#   sh FILE TENANT OBJECT\n"
        "# It writes the partner link of that object. Everything else is a comment: what an Owner or an administrator\n"
        "# of the customer may decide to run, who takes the mark away.\n"
        "set -eu\n"
        "tenant=$(printf '%%s' \"${1-}\" | tr ABCDEF abcdef)\n"
        "object=$(printf '%%s' \"${2-}\" | tr ABCDEF abcdef)\n"
        "written=no\n"
        "\n"
        "# Whose token it is, in its own words. It is shown to nobody. No tenant is asked for: az would get one of\n"
        "# another tenant than that whose link it writes.\n"
        "is_signed_in() { # TENANT OBJECT\n"
        "  claims=$(az account get-access-token --query accessToken --output tsv 2>/dev/null |\n"
        "    cut -d . -f 2 | tr '_-' '/+' | tr -d '\\r\\n') || return 1\n"
        "  while [ $((${#claims} %% 4)) -ne 0 ]; do claims=\"$claims=\"; done\n"
        "  claims=$(printf '%%s' \"$claims\" | base64 -d 2>/dev/null) || return 1\n"
        "  case $claims in *'\"oid\":\"'\"$2\"'\"'*) ;; *) return 1 ;; esac\n"
        "  case $claims in *'\"tid\":\"'\"$1\"'\"'*) ;; *) return 1 ;; esac\n"
        "}\n"
        "refuse() {\n"
        "  echo \"You are signed in as somebody else than object $2 of tenant $1; nothing was changed.\" >&2\n"
        "  exit 1\n"
        "}\n"
        "need_extension() {\n"
        "  az extension show --name managementpartner >/dev/null 2>&1 ||\n"
        "    az extension add --name managementpartner --only-show-errors\n"
        "}\n",
    .function = "\n# Tenant %s\ntenant_%s() {\n  :\n",
    .end = "}\n",
    .guard = "  if [ \"$object\" = %s ]; then\n",
    .unguard = "    written=yes\n  fi\n",
    .sign_in = "    need_extension\n    is_signed_in %s %s || %s\n    is_signed_in %s %s || refuse %s %s\n",
    .dispatch_head = "\ncase $tenant in\n",
    .dispatch_row = "%s) tenant_%s ;;\n",
    .dispatch_end = "*)\n  echo \"usage: sh FILE TENANT OBJECT\" >&2\n  exit 2\n  ;;\nesac\n"
                    "if [ $written = no ]; then\n"
                    "  echo \"Nothing was changed: the plan writes no link of that object in tenant $tenant.\" >&2\n"
                    "  exit 1\n"
                    "fi\n",
};

static const struct dialect powershell = {
    .powershell = true,
    .head =
        "# Plan for the snapshot %s of %s.\n"
        "# Run it signed in as yourself, for one tenant and your own object id in it:\n"
        "#   FILE -Tenant TENANT -Object OBJECT\n"
        "# It writes the partner link of that object. Everything else is a comment: what an Owner or an administrator\n"
        "# of the customer may decide to run, who takes the mark away.\n"
        "param([Parameter(Mandatory = $true)][guid]$Tenant, [guid]$Object = [guid]::Empty)\n"
        "Set-StrictMode -Version Latest\n"
        "$ErrorActionPreference = 'Stop'\n"
        "$written = $false\n"
        "\n"
        "# Whose token it is, in its own words. It is shown to nobody.\n"
        "function Test-SignedIn([guid]$InTenant, [guid]$As) {\n"
        "  try {\n"
        "    $token = (Get-AzAccessToken -TenantId $InTenant).Token\n"
        "  } catch {\n"
        "    return $false\n"
        "  }\n"
        "  if ($token -is [System.Security.SecureString]) {\n"
        "    $token = [System.Net.NetworkCredential]::new('', $token).Password\n"
        "  }\n"
        "  $part = $token.Split('.')[1].Replace('-', '+').Replace('_', '/')\n"
        "  $part = $part.PadRight($part.Length + (4 - $part.Length %% 4) %% 4, '=')\n"
        "  $claims = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($part)) | ConvertFrom-Json\n"
        "  return ([guid]$claims.oid -eq $As) -and ([guid]$claims.tid -eq $InTenant) -and\n"
        "    ([guid](Get-AzContext).Tenant.Id -eq $InTenant)\n"
        "}\n"
        "function Stop-Stranger([guid]$InTenant, [guid]$As) {\n"
        "  throw \"You are signed in as somebody else than object $As of tenant $InTenant; nothing was changed.\"\n"
        "}\n",
    .function = "\n# Tenant %s\nfunction Tenant_%s {\n",
    .end = "}\n",
    .guard = "  if ($Object -eq '%s') {\n",
    .unguard = "    $script:written = $true\n  }\n",
    .sign_in = "    if (-not (Test-SignedIn '%s' '%s')) { $null = %s }\n"
               "    if (-not (Test-SignedIn '%s' '%s')) { Stop-Stranger '%s' '%s' }\n",
    .dispatch_head = "\nswitch (\"$Tenant\") {\n",
    .dispatch_row = "  '%s' { Tenant_%s }\n",
    .dispatch_end = "  default { throw 'The plan holds no step in that tenant.' }\n}\n"
                    "if (-not $script:written) {\n"
                    "  throw \"Nothing was changed: the plan writes no link of that object in tenant $Tenant.\"\n"
                    "}\n",
};

struct script {
  const struct dialect *dialect;
  struct report_sink sink;
  struct pal_buf buf;
  struct pal_arena *arena;
};

static struct pal_guid underscored(const char *tenant_id) {
  struct pal_guid ret = {0};
  for (size_t i = 0; i < sizeof ret.s - 1 && tenant_id[i]; i++)
    ret.s[i] = tenant_id[i] == '-' ? '_' : tenant_id[i];
  return ret;
}

/* The formats are ours, and each is told beside it what it takes. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void put(struct script *script, const char *fmt, const char *a, const char *b, const char *c, const char *d,
                const char *e, const char *f, const char *g) {
  pal_buf_printf(&script->buf, fmt, a, b, c, d, e, f, g);
}
#pragma GCC diagnostic pop

static void put_commands(struct script *script, const struct pal_way *way, const char *before) {
  bool shell = script->dialect->powershell;
  const char *const *commands = shell ? way->powershell : way->az;
  size_t n = shell ? way->powershell_n : way->az_n;
  for (size_t i = 0; i < n; i++)
    pal_buf_printf(&script->buf, "%s%s\n", before, commands[i]);
}

static void put_comment(struct script *script, const struct pal_way *way) {
  const char *sign_in = pal_way_sign_in(script->arena, way, script->dialect->powershell);
  if (sign_in)
    pal_buf_printf(&script->buf, "  # %s\n", sign_in);
  put_commands(script, way, "  # ");
}

static void put_running(struct script *script, const struct pal_step *step) {
  const struct pal_way *way = &step->ways[0];
  const char *t = way->ids.tenant.s, *o = way->ids.object.s;
  const char *sign_in = pal_way_sign_in(script->arena, way, script->dialect->powershell);
  put(script, script->dialect->guard, o, "", "", "", "", "", "");
  if (sign_in)
    put(script, script->dialect->sign_in, t, o, sign_in, t, o, t, o);
  put_commands(script, way, "    ");
  pal_buf_puts(&script->buf, script->dialect->unguard);
}

static void put_step(struct script *script, const struct pal_step *step, size_t number) {
  struct pal_buf *b = &script->buf;
  pal_buf_printf(b, "\n  # %zu. %s (", number, step->ways[0].title);
  remedy_put_policies(b, step);
  pal_buf_puts(b, ")\n  # By ");
  remedy_put_actor(b, step);
  pal_buf_puts(b, "\n");
  if (step->after)
    pal_buf_printf(b, "  # Only after: %s\n", step->after);
  for (size_t i = 0; i < step->findings_n; i++)
    pal_buf_printf(b, "  # finding %s\n", pal_get_text(step->findings[i]->finding, PAL_FINDING_FINGERPRINT));
  if (remedy_decide_first(step))
    pal_buf_printf(b, "  # %s\n", remedy_decide_first(step));
  if (remedy_runs(step) && !step->after)
    put_running(script, step);
  else
    put_comment(script, &step->ways[0]);
  for (size_t i = 1; i < step->ways_n; i++) {
    pal_buf_printf(b, "  # Or, by %s: %s\n", pal_actor_name(step->ways[i].fix->actor), step->ways[i].title);
    put_comment(script, &step->ways[i]);
  }
}

static enum pal_code flush(struct script *script, struct pal_err *err) {
  enum pal_code code = pal_buf_check(&script->buf, "the script", err);
  report_sink_puts(&script->sink, script->buf.data);
  pal_buf_clear(&script->buf);
  pal_arena_reset(script->arena);
  return code;
}

static bool is_tenant(const struct pal_step *step) {
  struct pal_tenant_id id;
  return pal_tenant_id_parse(step->tenant_id, &id, NULL) == PAL_OK;
}

static enum pal_code put_tenants(struct script *script, const struct pal_plan *plan, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  const struct pal_step *last = NULL;
  for (size_t i = 0; i < plan->steps_n && code == PAL_OK; i++) {
    const struct pal_step *step = &plan->steps[i];
    if (!is_tenant(step))
      continue;
    if (last && !remedy_same_tenant(last, step))
      pal_buf_puts(&script->buf, script->dialect->end);
    if (!last || !remedy_same_tenant(last, step))
      put(script, script->dialect->function, step->tenant_id, underscored(step->tenant_id).s, "", "", "", "", "");
    put_step(script, step, i + 1);
    last = step;
    code = flush(script, err);
  }
  if (last)
    pal_buf_puts(&script->buf, script->dialect->end);
  return code;
}

static enum pal_code put_dispatch(struct script *script, const struct pal_plan *plan, struct pal_err *err) {
  const struct pal_step *last = NULL;
  enum pal_code code = PAL_OK;
  pal_buf_puts(&script->buf, script->dialect->dispatch_head);
  for (size_t i = 0; i < plan->steps_n && code == PAL_OK; i++) {
    const struct pal_step *step = &plan->steps[i];
    if (!is_tenant(step) || (last && remedy_same_tenant(last, step)))
      continue;
    put(script, script->dialect->dispatch_row, step->tenant_id, underscored(step->tenant_id).s, "", "", "", "", "");
    last = step;
    code = flush(script, err);
  }
  pal_buf_puts(&script->buf, script->dialect->dispatch_end);
  return code == PAL_OK ? flush(script, err) : code;
}

static enum pal_code print(const struct dialect *dialect, const struct pal_plan *plan, FILE *out, struct pal_err *err) {
  struct script script = {.dialect = dialect, .arena = pal_arena_new(0)};
  if (!script.arena)
    return pal_err_nomem(err);
  report_sink_init(&script.sink, out);
  pal_buf_init(&script.buf, SCRIPT_BYTES);
  put(&script, dialect->head, plan->commit && plan->commit[0] ? plan->commit : "that was not committed", plan->started,
      "", "", "", "", "");
  enum pal_code code = put_tenants(&script, plan, err);
  if (code == PAL_OK)
    code = put_dispatch(&script, plan, err);
  pal_buf_deinit(&script.buf);
  pal_arena_free(script.arena);
  return code == PAL_OK ? report_sink_finish(&script.sink, "the script", err) : code;
}

enum pal_code remedy_print_az(const struct pal_plan *plan, const struct pal_style *style, FILE *out,
                              struct pal_err *err) {
  (void)style;
  return print(&sh, plan, out, err);
}

enum pal_code remedy_print_powershell(const struct pal_plan *plan, const struct pal_style *style, FILE *out,
                                      struct pal_err *err) {
  (void)style;
  return print(&powershell, plan, out, err);
}
