-- SPDX-License-Identifier: Apache-2.0
-- id: PAL067
-- title: Overlapping delegations
-- class: access
-- severity: medium
-- subject: subscription
-- reads: delegations
-- pins: delegations
-- rationale: Several delegations of ours give the same principal the same role on one scope. When one
--   of them is removed, the access that the other one gave can go with it.
-- fix: consolidate
-- remediation: Consolidate: deploy one delegation that holds all authorizations, then remove the others:
--   az managedservices assignment list --subscription S --include-definition true
--   az deployment sub create --location L --template-file subscription.json --parameters @subscription.parameters.json
--   Get-AzManagedServicesAssignment -Scope /subscriptions/S
--   New-AzDeployment -Location L -TemplateFile subscription.json -TemplateParameterFile subscription.parameters.json
-- references: https://learn.microsoft.com/azure/lighthouse/how-to/remove-delegation

-- A delegation of the subscription and one of a resource group in it are nested: each gives
-- its access at its own scope, and they do not overlap.
WITH
  granted AS (
    SELECT DISTINCT
      our_delegation.tenant_id,
      our_delegation.subscription_id,
      our_delegation.scope,
      our_delegation.delegation_id,
      authorization.principal_id,
      authorization.role_id,
      our_delegation.last_read
    FROM our_delegation
    JOIN authorization
      ON authorization.tenant_id = our_delegation.tenant_id
      AND authorization.delegation_id = our_delegation.delegation_id
  ),
  overlap AS MATERIALIZED (
    SELECT
      tenant_id,
      subscription_id,
      scope,
      principal_id,
      role_id,
      pal_list(delegation_id) AS delegations,
      min(last_read) AS last_read
    FROM granted
    GROUP BY
      tenant_id,
      subscription_id,
      scope,
      principal_id,
      role_id
    HAVING count(delegation_id) > 1
  ),
  place AS (
    SELECT
      overlap.tenant_id,
      overlap.subscription_id,
      overlap.principal_id,
      overlap.role_id,
      count(DISTINCT delegation.value) AS number,
      pal_list(overlap.scope) AS scopes,
      pal_list(delegation.value) AS delegations,
      min(overlap.last_read) AS last_read
    FROM overlap
    JOIN json_each(overlap.delegations) AS delegation
    GROUP BY
      overlap.tenant_id,
      overlap.subscription_id,
      overlap.principal_id,
      overlap.role_id
  )
SELECT
  place.tenant_id,
  'subscription' AS subject_type,
  place.subscription_id AS subject_id,
  subscription.name AS subject_name,
  place.principal_id || ' ' || place.role_id AS key,
  place.number || ' delegations of ours give principal ' || place.principal_id || ' the same role '
    || place.role_id || COALESCE(' (' || builtin_role.name || ')', '')
    || ' on one scope of this subscription: removing one can take away what the other gives.' AS message,
  place.delegations,
  place.scopes,
  place.principal_id AS principalId,
  place.role_id AS roleId,
  place.last_read
FROM place
LEFT JOIN subscription
  ON subscription.tenant_id = place.tenant_id
  AND subscription.id = place.subscription_id
LEFT JOIN builtin_role
  ON builtin_role.role_id = place.role_id;
