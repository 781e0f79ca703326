-- SPDX-License-Identifier: Apache-2.0
-- id: PAL065
-- title: Cannot remove own delegation
-- class: access
-- severity: info
-- subject: scope
-- reads: delegations
-- rationale: Without the role Managed Services Registration assignment Delete Role nobody of ours can
--   remove this delegation, for instance when the work ends. The customer always can.
-- fix: F5 or accept
-- remediation: Add that role (91c1777a-f3dc-4fae-b103-61d183457e46) for a group of ours, permanently:
--   az managedservices assignment list --subscription S --include-definition true
--   az deployment sub create --location L --template-file subscription.json --parameters @subscription.parameters.json
--   Get-AzManagedServicesAssignment -Scope /subscriptions/S
--   New-AzDeployment -Location L -TemplateFile subscription.json -TemplateParameterFile subscription.parameters.json
--   Or accept it: the customer can remove the delegation at any time.
-- references: https://learn.microsoft.com/azure/lighthouse/how-to/remove-delegation
--   https://learn.microsoft.com/azure/lighthouse/concepts/tenants-users-roles

-- Eligible (just in time) is enough to remove a delegation, and so is the role by another
-- delegation of the same scope or above it: it holds for all that lies below.
WITH
  authorized AS MATERIALIZED (
    SELECT
      our_delegation.tenant_id,
      our_delegation.delegation_id,
      our_delegation.scope,
      our_delegation.managing_tenant_id,
      max(authorization.role_id = '91c1777a-f3dc-4fae-b103-61d183457e46') AS can_remove
    FROM our_delegation
    JOIN authorization
      ON authorization.tenant_id = our_delegation.tenant_id
      AND authorization.delegation_id = our_delegation.delegation_id
    GROUP BY
      our_delegation.tenant_id,
      our_delegation.delegation_id,
      our_delegation.scope,
      our_delegation.managing_tenant_id
  ),
  removable AS MATERIALIZED (
    SELECT DISTINCT
      here.tenant_id,
      here.delegation_id
    FROM authorized AS here
    JOIN authorized AS above
      ON above.tenant_id = here.tenant_id
      AND above.managing_tenant_id = here.managing_tenant_id
      AND pal_in_scope(here.scope, above.scope)
    WHERE above.can_remove
  )
SELECT
  our_delegation.tenant_id,
  'scope' AS subject_type,
  our_delegation.scope AS subject_id,
  our_delegation.name AS subject_name,
  our_delegation.delegation_id AS key,
  CASE
    WHEN authorized.delegation_id IS NULL THEN 'Whom this delegation authorizes could not be read, so whether we can remove it is not known.'
    ELSE 'No principal of this delegation may remove it; the customer can at any time.'
  END AS message,
  CASE
    WHEN authorized.delegation_id IS NULL THEN 'unknown'
    ELSE 'fail'
  END AS verdict,
  our_delegation.managing_tenant_id AS managingTenantId,
  our_delegation.last_read
FROM our_delegation
LEFT JOIN authorized
  ON authorized.tenant_id = our_delegation.tenant_id
  AND authorized.delegation_id = our_delegation.delegation_id
LEFT JOIN removable
  ON removable.tenant_id = our_delegation.tenant_id
  AND removable.delegation_id = our_delegation.delegation_id
WHERE removable.delegation_id IS NULL;
