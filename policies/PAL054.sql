-- SPDX-License-Identifier: Apache-2.0
-- id: PAL054
-- title: Marketplace delegation relies on automatic linking
-- class: attribution
-- severity: info
-- subject: scope
-- reads: delegations links@managing groups@managing
-- needs: links@managing groups@managing
-- pins: authorizations
-- folded-under: offboarding PAL012
-- rationale: Older texts say that a delegation by a marketplace offer is linked by itself, with the
--   ID of the publishing account; the newer one tells to include a linked account for offers,
--   too. Without a linked principal recognition hangs on the older word alone. It is told as
--   high where the parameter marketplaceIsAutomatic is false.
-- fix: F5 or F3@managing
-- remediation: Publish a version of the offer with a linked principal, permanently authorized, or signed in
--   as a principal of the delegation, in the managing tenant T, with the location ID P:
--   az login --tenant T && az managementpartner create --partner-id P
--   Connect-AzAccount -Tenant T; New-AzManagementPartner -PartnerId P
--   Or redeploy by template with a linked principal in authorizations:
--   az managedservices assignment list --subscription S --include-definition true
--   az deployment sub create --location L --template-file subscription.json --parameters @subscription.parameters.json
--   New-AzDeployment -Location L -TemplateFile subscription.json -TemplateParameterFile subscription.parameters.json
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id
--   https://learn.microsoft.com/azure/lighthouse/concepts/cloud-solution-provider
--   https://learn.microsoft.com/azure/lighthouse/concepts/managed-services-offers

-- Of several delegations on one scope, or above it, one with a linked principal is
-- enough, also one that was onboarded by template.
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
    ELSE 'No principal of this delegation by a marketplace offer, directly or through a group, has an active link in the managing tenant '
      || our_delegation.managing_tenant_id
      || CASE
        WHEN parameter.marketplace_is_automatic THEN '. Recognition relies on the offer being linked by itself, of which the documents disagree.'
        ELSE '. The offer is not taken to link by itself.'
      END
  END AS message,
  CASE
    WHEN parameter.marketplace_is_automatic THEN 'info'
    ELSE 'high'
  END AS severity,
  CASE
    WHEN authorization_set.delegation_id IS NULL OR delegation_link.unanswered THEN 'unknown'
    ELSE 'fail'
  END AS verdict,
  COALESCE(authorization_set.authorizations, '[]') AS authorizations,
  our_delegation.managing_tenant_id AS managingTenantId,
  our_delegation.last_read
FROM our_delegation
JOIN parameter
JOIN delegation_link
  ON delegation_link.tenant_id = our_delegation.tenant_id
  AND delegation_link.delegation_id = our_delegation.delegation_id
LEFT JOIN authorization_set
  ON authorization_set.tenant_id = our_delegation.tenant_id
  AND authorization_set.delegation_id = our_delegation.delegation_id
WHERE our_delegation.is_offer
  AND delegation_link.is_linked IS NOT 1;
