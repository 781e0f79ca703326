-- SPDX-License-Identifier: Apache-2.0
-- id: PAL060
-- title: Template delegation without a linked principal
-- class: attribution
-- severity: high
-- subject: scope
-- reads: delegations links@managing groups@managing
-- needs: links@managing groups@managing
-- pins: authorizations
-- folded-under: offboarding PAL012
-- rationale: Access by Lighthouse is recognised through a link that a principal of the
--   delegation made in the managing tenant, once for all customers. A delegation onboarded
--   by template has no other way to be recognised.
-- fix: F3@managing or F5
-- remediation: Signed in as a principal of the delegation, in the managing tenant T, with the location ID P:
--   az login --tenant T && az managementpartner create --partner-id P
--   Connect-AzAccount -Tenant T; New-AzManagementPartner -PartnerId P
--   Or redeploy with a linked principal, permanently authorized:
--   az managedservices assignment list --subscription S --include-definition true
--   az deployment sub create --location L --template-file subscription.json --parameters @subscription.parameters.json
--   New-AzDeployment -Location L -TemplateFile subscription.json -TemplateParameterFile subscription.parameters.json
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id
--   https://learn.microsoft.com/azure/lighthouse/concepts/cloud-solution-provider

-- Of several delegations on one scope, or above it, one with a linked principal is
-- enough.
SELECT
  our_delegation.tenant_id,
  'scope' AS subject_type,
  our_delegation.scope AS subject_id,
  our_delegation.name AS subject_name,
  our_delegation.delegation_id AS key,
  CASE
    WHEN authorization_set.delegation_id IS NULL THEN 'Whom this delegation authorizes could not be read, so whether one of them is linked is not known.'
    WHEN delegation_link.unanswered THEN 'No principal of this delegation is known to be linked in the managing tenant ' || our_delegation.managing_tenant_id
      || '; the link of ' || delegation_link.unanswered || ' was never answered.'
    ELSE 'No principal of this delegation, directly or through a group, has an active link in the managing tenant ' || our_delegation.managing_tenant_id || '.'
  END AS message,
  CASE
    WHEN authorization_set.delegation_id IS NULL OR delegation_link.unanswered THEN 'unknown'
    ELSE 'fail'
  END AS verdict,
  COALESCE(authorization_set.authorizations, '[]') AS authorizations,
  our_delegation.managing_tenant_id AS managingTenantId,
  our_delegation.last_read
FROM our_delegation
JOIN delegation_link
  ON delegation_link.tenant_id = our_delegation.tenant_id
  AND delegation_link.delegation_id = our_delegation.delegation_id
LEFT JOIN authorization_set
  ON authorization_set.tenant_id = our_delegation.tenant_id
  AND authorization_set.delegation_id = our_delegation.delegation_id
WHERE NOT our_delegation.is_offer
  AND delegation_link.is_linked IS NOT 1;
