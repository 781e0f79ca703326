-- SPDX-License-Identifier: Apache-2.0
-- id: PAL062
-- title: Eligible (JIT) authorization only
-- class: attribution
-- severity: high
-- subject: scope
-- reads: delegations links@managing groups@managing
-- needs: links@managing groups@managing
-- pins: authorizations
-- folded-under: offboarding PAL060
-- rationale: Partner earned credit needs a permanent authorization; one that must be activated first
--   (just in time) does not count. A Reader role beside it is usual and does not count either.
--   Just-in-time access is itself a control: the remedy is a second, small standing role.
-- fix: F5
-- remediation: Redeploy with the linked principal permanently authorized for a role that counts, such as Support
--   Request Contributor; cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e is its id:
--   az managedservices assignment list --subscription S --include-definition true
--   az deployment sub create --location L --template-file subscription.json --parameters @subscription.parameters.json
--   Get-AzManagedServicesAssignment -Scope /subscriptions/S
--   New-AzDeployment -Location L -TemplateFile subscription.json -TemplateParameterFile subscription.parameters.json
-- references: https://learn.microsoft.com/azure/lighthouse/concepts/cloud-solution-provider
--   https://learn.microsoft.com/partner-center/billing/azure-roles-perms-pec
--   https://learn.microsoft.com/azure/lighthouse/how-to/create-eligible-authorizations

-- Each delegation is judged by itself.
SELECT
  our_delegation.tenant_id,
  'scope' AS subject_type,
  our_delegation.scope AS subject_id,
  our_delegation.name AS subject_name,
  our_delegation.delegation_id AS key,
  CASE
    WHEN linked_authorization.permanent IS NULL
      THEN 'Linked principals may activate a role that counts; whether one of their permanent roles counts cannot be told: no verdict is published.'
    WHEN linked_authorization.may_be_permanent
      THEN 'Linked principals may activate a role that counts; a principal with a permanent one has a link that was never answered.'
    ELSE 'Linked principals of this delegation hold roles that count only as eligible (just-in-time) authorizations; none is permanent.'
  END AS message,
  CASE
    WHEN linked_authorization.permanent IS NULL OR linked_authorization.may_be_permanent THEN 'unknown'
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
WHERE linked_authorization.eligible = 1
  AND linked_authorization.permanent IS NOT 1;
