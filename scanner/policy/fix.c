/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fix.c - every way to put a finding right. What restores a provider's own Owner
 * right (AOBO) is left out on purpose: a partner must not press for access merely
 * to earn credit (learn.microsoft.com/partner-center/partner-earned-credit-explanation).
 */
#include "pal_fix.h"

#include <string.h>

/* Support Request Contributor: the least of the built-in roles that count for earned credit. */
#define LEAST_ROLE "cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e"

const struct pal_fix pal_fixes[] = {
    {.word = "F0",
     .title = "Find out what is missing in tenant T, and read it again",
     .actor = PAL_ACTOR_US,
     .effect = PAL_FIX_READS,
     .az = {"palscan doctor --tenant T", "palscan scan --tenant T"},
     .powershell = {"palscan doctor --tenant T", "palscan scan --tenant T"}},
    {.word = "F1",
     .title = "Show the link",
     .actor = PAL_ACTOR_IDENTITY,
     .effect = PAL_FIX_READS,
     .signs_in = true,
     .az = {"az managementpartner show -o json"},
     .powershell = {"Get-AzManagementPartner | ConvertTo-Json"}},
    {.word = "F2",
     .title = "Correct the link to partner ID P",
     .actor = PAL_ACTOR_IDENTITY,
     .effect = PAL_FIX_LINKS,
     .signs_in = true,
     .az = {"az managementpartner update --partner-id P"},
     .powershell = {"Update-AzManagementPartner -PartnerId P"}},
    {.word = "F3",
     .title = "Create the link to partner ID P",
     .actor = PAL_ACTOR_IDENTITY,
     .effect = PAL_FIX_LINKS,
     .signs_in = true,
     .az = {"az managementpartner create --partner-id P"},
     .powershell = {"New-AzManagementPartner -PartnerId P"}},
    {.word = "F3d",
     .title = "Remove the link to partner ID LINKED",
     .actor = PAL_ACTOR_IDENTITY,
     .effect = PAL_FIX_UNLINKS,
     .signs_in = true,
     .az = {"az managementpartner delete --partner-id LINKED"},
     .powershell = {"Remove-AzManagementPartner -PartnerId LINKED"}},
    {.word = "F4",
     .title = "Give object O a least-privilege role that counts, on subscription S",
     .actor = PAL_ACTOR_OWNER,
     .effect = PAL_FIX_GRANTS,
     .signs_in = true,
     .az = {"az role assignment create --assignee-object-id O --assignee-principal-type ServicePrincipal "
            "--role " LEAST_ROLE " --scope /subscriptions/S"},
     .powershell = {"New-AzRoleAssignment -ObjectId O -RoleDefinitionId " LEAST_ROLE " -Scope /subscriptions/S"}},
    {.word = "F5",
     .title = "Deploy the delegation again, with a linked principal permanently authorized for a role that counts",
     .actor = PAL_ACTOR_OWNER,
     .effect = PAL_FIX_GRANTS,
     .signs_in = true,
     .az = {"az managedservices assignment list --subscription S --include-definition true",
            "az deployment sub create --location L --template-file subscription.json --parameters "
            "@subscription.parameters.json"},
     .powershell = {"Get-AzManagedServicesAssignment -Scope /subscriptions/S",
                    "New-AzDeployment -Location L -TemplateFile subscription.json -TemplateParameterFile "
                    "subscription.parameters.json"}},
    {.word = "F6",
     .title = "Remove the greater role of object O",
     .actor = PAL_ACTOR_OWNER,
     .effect = PAL_FIX_TAKES,
     .signs_in = true,
     .az = {"az role assignment delete --assignee O --role ROLE --scope SCOPE"},
     .powershell = {"Remove-AzRoleAssignment -ObjectId O -RoleDefinitionId ROLE -Scope SCOPE"}},
    {.word = "F7",
     .title = "Remove the role assignment of object O",
     .actor = PAL_ACTOR_OWNER,
     .effect = PAL_FIX_TAKES,
     .signs_in = true,
     .az = {"az role assignment delete --ids ASSIGNMENT"},
     .powershell = {"Remove-AzRoleAssignment -ObjectId O -RoleDefinitionId ROLE -Scope SCOPE"}},
    {.word = "F7a",
     .title = "Remove the account O from the customer's directory",
     .actor = PAL_ACTOR_DIRECTORY,
     .effect = PAL_FIX_TAKES,
     .signs_in = true,
     .az = {"az ad user delete --id O", "az ad sp delete --id O"},
     .powershell = {"Remove-AzADUser -ObjectId O", "Remove-AzADServicePrincipal -ObjectId O"}},
    {.word = "F9",
     .title = "Make a linked account owner of the app",
     .actor = PAL_ACTOR_IDENTITY,
     .effect = PAL_FIX_BOOKS,
     .powershell = {"Set-AdminPowerAppOwner -AppName APP -AppOwner OWNER -EnvironmentName ENVIRONMENT"}},
    {.word = "F10",
     .title = "Make a linked account owner of the flow",
     .actor = PAL_ACTOR_IDENTITY,
     .effect = PAL_FIX_BOOKS,
     .powershell = {"Set-AdminFlowOwnerRole -PrincipalType User -PrincipalObjectId OWNER -RoleName CanEdit -FlowName "
                    "FLOW -EnvironmentName ENVIRONMENT"}},
    {.word = "F11",
     .title = "Publish again, signed in as the linked account",
     .actor = PAL_ACTOR_IDENTITY,
     .effect = PAL_FIX_BOOKS,
     .powershell = {"New-PowerBIReport -Path report.pbix -Workspace WORKSPACE -ConflictAction CreateOrOverwrite"}},
    {.word = "F12",
     .title = "Import the solution again, as the linked account",
     .actor = PAL_ACTOR_IDENTITY,
     .effect = PAL_FIX_BOOKS,
     .az = {"pac auth create --environment ENVIRONMENT", "pac solution import --path Solution_managed.zip"},
     .powershell = {"pac auth create --environment ENVIRONMENT", "pac solution import --path Solution_managed.zip"}},
    {.word = "deny",
     .title = "Exclude object O from the deny assignment, or remove it",
     .actor = PAL_ACTOR_OWNER,
     .effect = PAL_FIX_BOOKS,
     .signs_in = true,
     .az = {"az rest --method get --url \"https://management.azure.com/subscriptions/S/providers/"
            "Microsoft.Authorization/denyAssignments?api-version=2022-04-01\""},
     .powershell = {"Get-AzDenyAssignment -Scope /subscriptions/S"}},
    {.word = "credential",
     .title = "Make a new credential, and take the old one away when the new one is used",
     .actor = PAL_ACTOR_OUR_DIRECTORY,
     .effect = PAL_FIX_BOOKS},
    {.word = "enable", .title = "Enable the account O again", .actor = PAL_ACTOR_DIRECTORY, .effect = PAL_FIX_BOOKS},
    {.word = "group",
     .title = "Put the person into a security group of the managing tenant that is authorized instead",
     .actor = PAL_ACTOR_OUR_DIRECTORY,
     .effect = PAL_FIX_BOOKS},
    {.word = "consolidate",
     .title = "Deploy one delegation that holds all authorizations, then remove the others",
     .actor = PAL_ACTOR_OWNER,
     .effect = PAL_FIX_BOOKS,
     .signs_in = true,
     .az = {"az managedservices assignment list --subscription S --include-definition true"},
     .powershell = {"Get-AzManagedServicesAssignment -Scope /subscriptions/S"}},
    {.word = "registry",
     .title = "Complete or correct the registry of partner IDs",
     .actor = PAL_ACTOR_US,
     .effect = PAL_FIX_BOOKS},
    {.word = "estate", .title = "Complete or correct the estate", .actor = PAL_ACTOR_US, .effect = PAL_FIX_BOOKS},
    {.word = "review",
     .title = "Ask whether it is wanted, and sign it in a review",
     .actor = PAL_ACTOR_US,
     .effect = PAL_FIX_BOOKS},
    {.word = "declare",
     .title = "Have the link declared anew by whoever can sign in as the identity",
     .actor = PAL_ACTOR_IDENTITY,
     .effect = PAL_FIX_BOOKS,
     .az = {"palscan collector --identity NAME --tenant T"},
     .powershell = {"palscan collector --identity NAME --tenant T"}},
    {.word = "accept",
     .title = "Accept the risk, with a reason and an end",
     .actor = PAL_ACTOR_US,
     .effect = PAL_FIX_BOOKS,
     .az = {"palscan waive FINGERPRINT --reason WHY --owner WHO --requester WHO --approver WHO --until DATE"},
     .powershell = {"palscan waive FINGERPRINT --reason WHY --owner WHO --requester WHO --approver WHO --until DATE"}},
    {.word = "ask", .title = "Ask the customer whether it is meant", .actor = PAL_ACTOR_US, .effect = PAL_FIX_BOOKS},
    {.word = "support",
     .title = "Open a support request in Partner Center",
     .actor = PAL_ACTOR_US,
     .effect = PAL_FIX_BOOKS},
    {.word = "none", .title = "Nothing is needed", .actor = PAL_ACTOR_NOBODY, .effect = PAL_FIX_BOOKS},
};
const size_t pal_fixes_n = sizeof pal_fixes / sizeof pal_fixes[0];

const struct pal_fix *pal_fix_find(const char *word, size_t len) {
  for (size_t i = 0; i < pal_fixes_n; i++)
    if (strlen(pal_fixes[i].word) == len && memcmp(pal_fixes[i].word, word, len) == 0)
      return &pal_fixes[i];
  return NULL;
}

const char *pal_actor_name(enum pal_actor actor) {
  static const char *const names[PAL_ACTORS_N] = {
      [PAL_ACTOR_US] = "us, who run palscan",
      [PAL_ACTOR_IDENTITY] = "the identity itself",
      [PAL_ACTOR_OWNER] = "an Owner of the customer",
      [PAL_ACTOR_DIRECTORY] = "an administrator of the customer's directory",
      [PAL_ACTOR_OUR_DIRECTORY] = "an administrator of our directory",
      [PAL_ACTOR_NOBODY] = "nobody",
  };
  return names[actor];
}

const char *pal_actor_word(enum pal_actor actor) {
  static const char *const words[PAL_ACTORS_N] = {
      [PAL_ACTOR_US] = "us",
      [PAL_ACTOR_IDENTITY] = "identity",
      [PAL_ACTOR_OWNER] = "customer-owner",
      [PAL_ACTOR_DIRECTORY] = "customer-directory",
      [PAL_ACTOR_OUR_DIRECTORY] = "our-directory",
      [PAL_ACTOR_NOBODY] = "nobody",
  };
  return words[actor];
}
