-- SPDX-License-Identifier: Apache-2.0
-- id: PAL046
-- title: Assignment at root scope
-- class: access
-- severity: medium
-- subject: identity
-- reads: role-assignments pim groups
-- pins: roleId scope
-- controls: CC6.3 A.8.2 3.1.5
-- rationale: A role at the root reaches every management group and subscription of the tenant, those
--   to come as well. It is mostly what was left when a global administrator elevated their
--   access for an hour.
-- fix: F7
-- remediation: Have the customer remove it:
--   az role assignment delete --ids ASSIGNMENT
--   Get-AzRoleAssignment -ObjectId O -Scope / | Remove-AzRoleAssignment
-- references: https://learn.microsoft.com/azure/role-based-access-control/elevate-access-global-admin
--   https://learn.microsoft.com/azure/role-based-access-control/best-practices

-- Any role, held or yet to begin. One that is only eligible has to be activated and
-- ends by itself. In our own tenants it is ours to remove.
SELECT
  our_object.tenant_id,
  'identity' AS subject_type,
  our_object.object_id AS subject_id,
  our_object.name AS subject_name,
  reach.assignment_id AS key,
  'The identity holds ' || COALESCE(builtin_role.name || ' (' || reach.role_id || ')', reach.role_id)
    || ' at the root scope, so in every subscription and management group of the tenant'
    || CASE
      WHEN count(reach.group_id) = count(reach.assignment_id) THEN ', through group ' || min(reach.group_id)
      ELSE ''
    END || '.' AS message,
  reach.role_id AS roleId,
  reach.scope,
  min(reach.last_read) AS last_read
FROM our_object
JOIN run
JOIN reach
  ON reach.tenant_id = our_object.tenant_id
  AND reach.object_id = our_object.object_id
LEFT JOIN builtin_role
  ON builtin_role.role_id = reach.role_id
WHERE our_object.owner <> 'customer'
  AND reach.scope = '/'
  AND reach.kind = 'active'
  AND COALESCE(reach.end_time, '9999') > run.started
GROUP BY
  our_object.tenant_id,
  our_object.object_id,
  reach.assignment_id,
  reach.role_id,
  reach.scope;
