/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_init.c - palscan init: commented templates and an empty repository; asks nothing, overwrites nothing. */
#include <string.h>

#include "app.h"
#include "pal_file.h"

static const char config_template[] =
    "// palscan.json - see palscan-config(5)\n"
    "{\n"
    "  \"repository\": \"snapshots.git\",\n"
    "  \"cloud\": \"AzurePublicCloud\",\n"
    "  \"identities\": [\n"
    "    // One entry per identity that palscan signs in as. The secret stands in a file of\n"
    "    // mode 0600, never here.\n"
    "    // { \"name\": \"provider-automation\",\n"
    "    //   \"credential\": { \"type\": \"client-secret\", \"tenantId\": \"<home tenant>\",\n"
    "    //                   \"clientId\": \"<application>\", \"secretFile\": \"app.secret\" },\n"
    "    //   \"tenants\": \"all\" }\n"
    "  ],\n"
    "  \"registry\": \"mpn.json\",\n"
    "  \"estate\": \"estate.json\",\n"
    "  \"waivers\": \"waivers.json\"\n"
    "}\n";

static const char registry_template[] =
    "// mpn.json - our own partner IDs. One global (v-org) ID, and a location ID per country.\n"
    "{\n"
    "  \"organization\": \"Our company\",\n"
    "  \"ids\": [\n"
    "    // { \"id\": \"1000001\", \"type\": \"global\", \"name\": \"Contoso (v-org)\" },\n"
    "    // { \"id\": \"2000001\", \"type\": \"location\", \"country\": \"DE\", \"name\": \"Contoso GmbH\", "
    "\"organization\": \"1000001\" }\n"
    "  ],\n"
    "  // Which ID is wanted where; the first rule that decides wins: tenant, subscription, cspTenant, country, "
    "default.\n"
    "  \"expect\": [\n"
    "    // { \"tenant\": \"<tenant id>\", \"id\": \"2000001\" },\n"
    "    // { \"country\": \"DE\", \"id\": \"2000001\" }\n"
    "  ],\n"
    "  \"relatedPartners\": [],\n"
    "  // Object ids of our AdminAgents and HelpdeskAgents groups, when we sell as a CSP.\n"
    "  \"agentGroups\": []\n"
    "}\n";

static const char estate_template[] =
    "// estate.json - for whom we work, and who works.\n"
    "{\n"
    "  \"customers\": [\n"
    "    // { \"tenant\": \"<tenant id>\", \"name\": \"Fabrikam\", \"country\": \"DE\", \"owner\": \"account "
    "manager\",\n"
    "    //   \"status\": \"active\", \"from\": \"2026-01-01\" }\n"
    "  ],\n"
    "  \"principals\": [\n"
    "    // { \"name\": \"Anna\", \"owner\": \"us\", \"purpose\": \"azure\",\n"
    "    //   \"home\": { \"tenant\": \"<our tenant>\", \"objectId\": \"<object id>\" },\n"
    "    //   \"objects\": [ { \"tenant\": \"<customer tenant>\", \"objectId\": \"<guest object id>\" } ] }\n"
    "  ]\n"
    "}\n";

static const char waivers_template[] = "// waivers.json - risk acceptances; palscan waive adds one.\n"
                                       "{\n"
                                       "  \"waivers\": []\n"
                                       "}\n";

static const struct {
  const char *name, *text;
  unsigned mode;
} templates[] = {
    {"palscan.json", config_template, 0644},
    {"mpn.json", registry_template, 0644},
    {"estate.json", estate_template, 0644},
    {"waivers.json", waivers_template, 0644},
};

static enum pal_code one_file(struct pal_cli *cli, const char *dir, const char *name, const char *text, unsigned mode,
                              struct pal_err *err) {
  const char *path = pal_arena_printf(cli->arena, "%s/%s", dir, name);
  if (path == NULL)
    return pal_err_nomem(err);
  if (pal_path_exists(path)) {
    (void)printf("kept     %s\n", path);
    return PAL_OK;
  }
  enum pal_code code = pal_file_write(path, text, strlen(text), mode, err);
  if (code == PAL_OK)
    (void)printf("written  %s\n", path);
  return code;
}

static enum pal_code run(struct pal_cli *cli, struct pal_err *err) {
  const char *dir = cli->args_n > 0 ? cli->args[0] : ".";
  const char *given = pal_cli_get(cli, "repository");
  const char *repository = given != NULL ? given : pal_arena_printf(cli->arena, "%s/snapshots.git", dir);
  if (repository == NULL)
    return pal_err_nomem(err);
  enum pal_code code = pal_cli_text_only(cli, "init", true, err);
  if (code == PAL_OK)
    code = pal_dir_make(dir, 0755, err);
  for (size_t i = 0; code == PAL_OK && i < sizeof(templates) / sizeof(templates[0]); i++)
    code = one_file(cli, dir, templates[i].name, templates[i].text, templates[i].mode, err);
  if (code != PAL_OK)
    return code;
  if (pal_path_exists(repository)) {
    (void)printf("kept     %s\n", repository);
  } else {
    code = pal_repo_create(repository, err);
    if (code == PAL_OK)
      (void)printf("created  %s\n", repository);
  }
  if (code == PAL_OK)
    (void)printf("\nNext: write your partner IDs into %s/mpn.json and an identity into %s/palscan.json, then\n"
                 "  palscan --config %s/palscan.json scan\n",
                 dir, dir, dir);
  return code;
}

const struct pal_command pal_command_init = {
    .name = "init",
    .args = "[DIR]",
    .summary = "templates of all files and an empty repository",
    .help = "Writes palscan.json, mpn.json, estate.json and waivers.json as commented templates into DIR (default: the "
            "working directory) and creates the repository. Asks nothing and overwrites nothing.",
    .max_args = 1,
    .run = run,
};
