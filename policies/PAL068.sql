-- SPDX-License-Identifier: Apache-2.0
-- id: PAL068
-- title: Individuals named in authorizations
-- class: access
-- severity: info
-- subject: scope
-- reads: delegations groups@managing
-- pins: roleIds
-- rationale: A delegation that names a person must be deployed again by every customer when that
--   person comes or goes. Security groups change in our own tenant. User accounts are allowed
--   all the same.
-- fix: group F5
-- remediation: Put the person into a security group of the managing tenant, and redeploy with the group in
--   authorizations; a member who should count needs a link:
--   az managedservices assignment list --subscription S --include-definition true
--   az deployment sub create --location L --template-file subscription.json --parameters @subscription.parameters.json
--   Get-AzManagedServicesAssignment -Scope /subscriptions/S
--   New-AzDeployment -Location L -TemplateFile subscription.json -TemplateParameterFile subscription.parameters.json
-- references: https://learn.microsoft.com/azure/lighthouse/concepts/tenants-users-roles

-- A delegation does not say what kind of principal it names. A person is who signed in or
-- declared itself as one, is a person's account in a group or the directory of the managing
-- tenant, or holds a role there as one. Of others nothing is said. Accounts that wait
-- behind glass are meant to be named.
WITH
  named AS MATERIALIZED (
    SELECT
      our_delegation.tenant_id,
      our_delegation.delegation_id,
      our_delegation.scope,
      our_delegation.name,
      our_delegation.managing_tenant_id,
      authorization.principal_id,
      pal_list(authorization.role_id) AS roleIds,
      min(our_delegation.last_read) AS last_read
    FROM our_delegation
    JOIN authorization
      ON authorization.tenant_id = our_delegation.tenant_id
      AND authorization.delegation_id = our_delegation.delegation_id
    GROUP BY
      our_delegation.tenant_id,
      our_delegation.delegation_id,
      our_delegation.scope,
      our_delegation.name,
      our_delegation.managing_tenant_id,
      authorization.principal_id
  ),
  principal_of AS (
    SELECT DISTINCT
      managing_tenant_id AS tenant_id,
      principal_id
    FROM named
  ),
  -- EXISTS, not joins: SQLite would read the whole of these tables for a filter of the few.
  person AS MATERIALIZED (
    SELECT
      principal_of.tenant_id,
      principal_of.principal_id
    FROM principal_of
    WHERE EXISTS (
        SELECT 1
        FROM identity
        WHERE identity.tenant_id = principal_of.tenant_id
          AND identity.object_id = principal_of.principal_id
          AND identity.type IN ('user', 'guest')
      )
      OR EXISTS (
        SELECT 1
        FROM group_member
        WHERE group_member.tenant_id = principal_of.tenant_id
          AND group_member.object_id = principal_of.principal_id
          AND lower(group_member.type) = 'user'
      )
      OR EXISTS (
        SELECT 1
        FROM directory_object
        WHERE directory_object.tenant_id = principal_of.tenant_id
          AND directory_object.object_id = principal_of.principal_id
          AND lower(directory_object.type) = 'user'
      )
      OR EXISTS (
        SELECT 1
        FROM assignment
        WHERE assignment.tenant_id = principal_of.tenant_id
          AND assignment.principal_id = principal_of.principal_id
          AND lower(assignment.principal_type) = 'user'
      )
  )
SELECT
  named.tenant_id,
  'scope' AS subject_type,
  named.scope AS subject_id,
  named.name AS subject_name,
  named.delegation_id || ' ' || named.principal_id AS key,
  'This delegation names a person: ' || COALESCE(our_object.name || ' (' || named.principal_id || ')', named.principal_id)
    || ' of tenant ' || named.managing_tenant_id || '.' AS message,
  named.roleIds,
  named.principal_id AS principalId,
  named.managing_tenant_id AS managingTenantId,
  named.last_read
FROM named
JOIN person
  ON person.tenant_id = named.managing_tenant_id
  AND person.principal_id = named.principal_id
LEFT JOIN our_object
  ON our_object.tenant_id = named.managing_tenant_id
  AND our_object.object_id = named.principal_id
WHERE our_object.purpose IS NOT 'break-glass';
