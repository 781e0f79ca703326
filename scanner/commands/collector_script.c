/* SPDX-License-Identifier: Apache-2.0 */
/*
 * collector_script.c - the scripts of palscan collector. They are read by the
 * person who runs them: short, one step after the other. The token is asked
 * only for who it is of, and is shown to nobody.
 */
#include "collector_script.h"

#include "pal_report.h"

#define LINK_PATH "/providers/Microsoft.ManagementPartner/partners?api-version=2018-02-01"

static void put_values(const struct pal_collector *collector, void (*quote)(struct pal_buf *out, const char *text),
                       const char *sigil, const char *equals, struct pal_buf *out) {
  const char *const names[] = {"identity", "tenant", "nonce"};
  const char *const values[] = {collector->identity, collector->tenant.s, collector->nonce};
  for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
    pal_buf_printf(out, "%s%s%s", sigil, names[i], equals);
    quote(out, values[i]);
    pal_buf_putc(out, '\n');
  }
}

enum pal_code pal_collector_bash(const struct pal_collector *collector, struct pal_buf *out, struct pal_err *err) {
  pal_buf_printf(out,
                 "#!/usr/bin/env bash\n"
                 "# Shows your own partner link (PAL) and role assignments in one tenant: one file, nothing is changed "
                 "anywhere.\n"
                 "# Sign in first:  az login --tenant %s --allow-no-subscriptions\n"
                 "# Then run this, and send back the file it names.\n"
                 "set -euo pipefail\n"
                 "umask 077\n",
                 collector->tenant.s);
  put_values(collector, pal_sh_word, "", "=", out);
  pal_buf_puts(out,
               "file=\"palscan-$identity-$tenant.json\"\n"
               "\n"
               "# Who is signed in, and where: the token's own words. It is shown to nobody.\n"
               "claims=$(az account get-access-token --query accessToken --output tsv | cut -d . -f 2 | tr '_-' '/+' | "
               "tr -d '\\r\\n')\n"
               "while [ $((${#claims} % 4)) -ne 0 ]; do claims=\"$claims=\"; done\n"
               "claims=$(printf '%s' \"$claims\" | base64 -d)\n"
               "claim() { printf '%s' \"$claims\" | sed -n 's/.*\"'\"$1\"'\" *: *\"\\([0-9a-f-]*\\)\".*/\\1/p'; }\n"
               "object=$(claim oid)\n"
               "if [ \"$(claim tid)\" != \"$tenant\" ] || [ -z \"$object\" ]; then\n"
               "  echo \"You are signed in elsewhere: az login --tenant $tenant --allow-no-subscriptions\" >&2\n"
               "  exit 1\n"
               "fi\n"
               "\n"
               "# Your link. Not found is an answer too: there is none.\n"
               "errors=$(mktemp)\n"
               "trap 'rm -f \"$errors\"' EXIT\n"
               "if link=$(az rest --method get --output json --url '" LINK_PATH "' 2>\"$errors\"); then\n"
               "  :\n"
               "elif grep -qE '^(ERROR: )?Not Found([(]|$)' \"$errors\" && "
               "! grep -qi -e InvalidResourceType -e '<html' \"$errors\"; then\n"
               "  link=null\n"
               "else\n"
               "  cat \"$errors\" >&2\n"
               "  exit 1\n"
               "fi\n"
               "\n"
               "# Your own role assignments, in each subscription you see. Where they cannot be listed, the file says "
               "why.\n"
               "roles='' why=''\n"
               "reason() { tr '\\n\\t' '  ' <\"$errors\" | LC_ALL=C tr -cd ' !#-[]-~' | cut -c 1-500; }\n"
               "if subscriptions=$(az account list --query \"[?tenantId=='$tenant' && id!='$tenant'].id\" --output tsv "
               "2>\"$errors\"); then\n"
               "  for subscription in $(printf '%s' \"$subscriptions\" | tr -d '\\r'); do\n"
               "    if some=$(az role assignment list --all --assignee-object-id \"$object\" --subscription "
               "\"$subscription\" --output json 2>\"$errors\") ||\n"
               "      some=$(az role assignment list --all --assignee \"$object\" --subscription \"$subscription\" "
               "--output json 2>\"$errors\"); then\n"
               "      roles=\"$roles${roles:+,}$some\"\n"
               "    else\n"
               "      why=\"subscription $subscription: $(reason)\"\n"
               "      break\n"
               "    fi\n"
               "  done\n"
               "else\n"
               "  why=\"subscriptions: $(reason)\"\n"
               "fi\n"
               "if [ -n \"$why\" ]; then\n"
               "  echo \"Your role assignments were not listed; your link counts all the same. $why\" >&2\n"
               "  roles=\"null,\\\"roleAssignmentsError\\\":\\\"$why\\\"\"\n"
               "else\n"
               "  roles=\"[$roles]\"\n"
               "fi\n"
               "\n"
               "printf '{\"format\":\"" PAL_DECLARATION_FORMAT "\",\"version\":1,\"nonce\":\"%s\",\"identity\":\"%s\","
               "\"tenantId\":\"%s\",\"objectId\":\"%s\",\"date\":\"%s\",\"link\":%s,"
               "\"roleAssignments\":%s}\\n' \\\n"
               "  \"$nonce\" \"$identity\" \"$tenant\" \"$object\" \"$(date -u +%Y-%m-%dT%H:%M:%SZ)\" \"$link\" "
               "\"$roles\" >\"$file\"\n"
               "echo \"Send this file back: $file\"\n");
  return pal_buf_check(out, "the script", err);
}

enum pal_code pal_collector_powershell(const struct pal_collector *collector, struct pal_buf *out,
                                       struct pal_err *err) {
  pal_buf_printf(out,
                 "# Shows your own partner link (PAL) and role assignments in one tenant: one file, nothing is changed "
                 "anywhere.\n"
                 "# Sign in first:  Connect-AzAccount -Tenant %s\n"
                 "# Then run this, and send back the file it names.\n"
                 "$ErrorActionPreference = 'Stop'\n",
                 collector->tenant.s);
  put_values(collector, pal_powershell_word, "$", " = ", out);
  pal_buf_puts(
      out, "$file = Join-Path (Get-Location) \"palscan-$identity-$tenant.json\"\n"
           "\n"
           "# Who is signed in, and where: the token's own words. It is shown to nobody.\n"
           "$token = (Get-AzAccessToken -TenantId $tenant).Token\n"
           "if ($token -is [System.Security.SecureString]) {\n"
           "  $token = [System.Net.NetworkCredential]::new('', $token).Password\n"
           "}\n"
           "$part = $token.Split('.')[1].Replace('-', '+').Replace('_', '/')\n"
           "$part = $part.PadRight($part.Length + (4 - $part.Length % 4) % 4, '=')\n"
           "$claims = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($part)) | ConvertFrom-Json\n"
           "$token = $null\n"
           "$object = [guid]$claims.oid\n"
           "if ($claims.tid -ne $tenant -or (Get-AzContext).Tenant.Id -ne $tenant) {\n"
           "  throw \"You are signed in elsewhere: Connect-AzAccount -Tenant $tenant\"\n"
           "}\n"
           "\n"
           "# Your link. Not found is an answer too: there is none.\n"
           "$answer = Invoke-AzRestMethod -Method GET -Path '" LINK_PATH "'\n"
           "if ($answer.StatusCode -eq 200) {\n"
           "  $link = $answer.Content\n"
           "} elseif ($answer.StatusCode -eq 404 -and $answer.Content -notmatch 'InvalidResourceType|<html') {\n"
           "  $link = 'null'\n"
           "} else {\n"
           "  throw \"The service answered $($answer.StatusCode): $($answer.Content)\"\n"
           "}\n"
           "\n"
           "# Your own role assignments, in each subscription you see. Where they cannot be listed, the file says "
           "why.\n"
           "$before = Get-AzContext\n"
           "try {\n"
           "  $lists = @()\n"
           "  foreach ($subscription in @(Get-AzSubscription -TenantId $tenant -WarningAction SilentlyContinue)) {\n"
           "    $null = Set-AzContext -Subscription $subscription.Id -Tenant $tenant -Scope Process\n"
           "    $some = @(Get-AzRoleAssignment -ObjectId \"$object\" -WarningAction SilentlyContinue)\n"
           "    $lists += ConvertTo-Json -InputObject $some -Depth 4 -Compress\n"
           "  }\n"
           "  $roles = '[' + ($lists -join ',') + ']'\n"
           "} catch {\n"
           "  $why = ([string]$_.Exception.Message) -replace '[^ !#-\\[\\]-~]', ' '\n"
           "  $why = $why.Substring(0, [Math]::Min(500, $why.Length))\n"
           "  Write-Warning \"Your role assignments were not listed; your link counts all the same. $why\"\n"
           "  $roles = 'null,\"roleAssignmentsError\":\"' + $why + '\"'\n"
           "} finally {\n"
           "  $null = Set-AzContext -Context $before -Scope Process\n"
           "}\n"
           "\n"
           "$date = [DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ss', [Globalization.CultureInfo]::InvariantCulture) "
           "+ 'Z'\n"
           "$json = '{\"format\":\"" PAL_DECLARATION_FORMAT "\",\"version\":1,\"nonce\":\"' + $nonce + "
           "'\",\"identity\":\"' + $identity +\n"
           "  '\",\"tenantId\":\"' + $tenant + '\",\"objectId\":\"' + $object + '\",\"date\":\"' + $date + "
           "'\",\"link\":' + $link +\n"
           "  ',\"roleAssignments\":' + $roles + '}'\n"
           "[IO.File]::WriteAllText($file, $json)\n"
           "Write-Output \"Send this file back: $file\"\n");
  return pal_buf_check(out, "the script", err);
}
