-- SPDX-License-Identifier: Apache-2.0
-- id: PAL061
-- title: Linked principal has no PEC-eligible role
-- class: attribution
-- severity: high
-- subject: scope
-- reads: delegations links@managing groups@managing
-- needs: links@managing groups@managing
-- pins: authorizations
-- folded-under: offboarding PAL060
-- rationale: Delegated access earns and is recognised only with a role of Microsoft's list for partner
--   earned credit. A linked principal that holds none of them here is linked in vain.
-- fix: F5
-- remediation: Redeploy with the linked principal permanently authorized for a role that counts, such as Support
--   Request Contributor; cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e is its id:
--   az managedservices assignment list --subscription S --include-definition true
--   az deployment sub create --location L --template-file subscription.json --parameters @subscription.parameters.json
--   Get-AzManagedServicesAssignment -Scope /subscriptions/S
--   New-AzDeployment -Location L -TemplateFile subscription.json -TemplateParameterFile subscription.parameters.json
-- references: https://learn.microsoft.com/azure/lighthouse/concepts/cloud-solution-provider
--   https://learn.microsoft.com/partner-center/billing/azure-roles-perms-pec

-- Each delegation is judged by itself. Where none of its principals is linked, PAL060 or
-- PAL054 tells; where a role that counts is only eligible (just in time), PAL062.
SELECT
  our_delegation.tenant_id,
  'scope' AS subject_type,
  our_delegation.scope AS subject_id,
  our_delegation.name AS subject_name,
  our_delegation.delegation_id AS key,
  CASE
    WHEN linked_authorization.permanent IS NULL OR linked_authorization.eligible IS NULL
      THEN 'Whether a linked principal holds a role here that counts cannot be told: for one of its roles no verdict is published.'
    WHEN linked_authorization.may_be_permanent OR linked_authorization.may_be_eligible
      THEN 'No linked principal holds a role here that counts, but the link of a principal that does was never answered.'
    ELSE 'No principal of this delegation that is linked in the managing tenant ' || our_delegation.managing_tenant_id
      || ' holds a role of the list for partner earned credit here: all its roles are listed as not eligible.'
  END AS message,
  CASE
    WHEN linked_authorization.permanent IS NULL
      OR linked_authorization.eligible IS NULL
      OR linked_authorization.may_be_permanent
      OR linked_authorization.may_be_eligible THEN 'unknown'
    ELSE 'fail'
  END AS verdict,
  authorization_set.authorizations,
  our_delegation.managing_tenant_id AS managingTenantId,
  our_delegation.last_read
FROM our_delegation
JOIN linked_authorization
  ON linked_authorization.tenant_id = our_delegation.tenant_id
  AND linked_authorization.delegation_id = our_delegation.delegation_id
JOIN authorization_set
  ON authorization_set.tenant_id = our_delegation.tenant_id
  AND authorization_set.delegation_id = our_delegation.delegation_id
WHERE linked_authorization.permanent IS NOT 1
  AND linked_authorization.eligible IS NOT 1;
