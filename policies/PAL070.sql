-- SPDX-License-Identifier: Apache-2.0
-- id: PAL070
-- title: Authorized role unusable or outdated
-- class: access
-- severity: low
-- subject: scope
-- reads: delegations role-definitions
-- pins: roleId
-- rationale: Lighthouse takes built-in roles only, except Owner and those with data actions. A role
--   that gained data actions later still works in a delegation made before, without those
--   actions; the same delegation could not be deployed again.
-- fix: F5
-- remediation: Redeploy with a role that Lighthouse takes:
--   az managedservices assignment list --subscription S --include-definition true
--   az deployment sub create --location L --template-file subscription.json --parameters @subscription.parameters.json
--   Get-AzManagedServicesAssignment -Scope /subscriptions/S
--   New-AzDeployment -Location L -TemplateFile subscription.json -TemplateParameterFile subscription.parameters.json
-- references: https://learn.microsoft.com/azure/lighthouse/concepts/tenants-users-roles

-- Known are the data actions of roles whose definition was read, and of those in the list
-- for earned credit. Nothing is said of other roles.
WITH
  granted AS MATERIALIZED (
    SELECT DISTINCT
      our_delegation.tenant_id,
      our_delegation.delegation_id,
      our_delegation.scope,
      our_delegation.name,
      our_delegation.managing_tenant_id,
      authorization.principal_id,
      authorization.role_id,
      our_delegation.last_read
    FROM our_delegation
    JOIN authorization
      ON authorization.tenant_id = our_delegation.tenant_id
      AND authorization.delegation_id = our_delegation.delegation_id
  ),
  named AS (
    SELECT DISTINCT role_id
    FROM granted
  ),
  defined AS MATERIALIZED (
    SELECT
      named.role_id,
      max(role.name) AS name,
      max(lower(role.type) = 'customrole') AS is_custom,
      max(EXISTS (
        SELECT 1
        FROM json_each(role.permissions) AS permission
        WHERE COALESCE(json_extract(permission.value, '$.dataActions'), '[]') <> '[]'
      )) AS has_data_actions
    FROM named
    JOIN role
      ON role.id = named.role_id
    GROUP BY named.role_id
  ),
  judged AS (
    SELECT
      granted.tenant_id,
      granted.delegation_id,
      granted.scope,
      granted.name,
      granted.managing_tenant_id,
      granted.principal_id,
      granted.role_id,
      granted.last_read,
      COALESCE(builtin_role.name, defined.name) AS role_name,
      CASE
        WHEN granted.role_id = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635' THEN 'Lighthouse does not take Owner.'
        WHEN defined.is_custom AND builtin_role.role_id IS NULL THEN 'a custom role, which Lighthouse does not take.'
        WHEN defined.has_data_actions OR data_action_role.role_id IS NOT NULL
          THEN 'it has data actions. An older delegation still works without those actions, but could not be deployed again.'
      END AS fault
    FROM granted
    LEFT JOIN builtin_role
      ON builtin_role.role_id = granted.role_id
    LEFT JOIN defined
      ON defined.role_id = granted.role_id
    LEFT JOIN data_action_role
      ON data_action_role.role_id = granted.role_id
  )
SELECT
  tenant_id,
  'scope' AS subject_type,
  scope AS subject_id,
  name AS subject_name,
  delegation_id || ' ' || principal_id || ' ' || role_id AS key,
  'Role ' || role_id || COALESCE(' (' || role_name || ')', '') || ' of principal ' || principal_id || ': ' || fault AS message,
  role_id AS roleId,
  principal_id AS principalId,
  managing_tenant_id AS managingTenantId,
  last_read
FROM judged
WHERE fault IS NOT NULL;
