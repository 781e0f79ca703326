-- SPDX-License-Identifier: Apache-2.0
-- id: PAL041
-- title: More privilege than the link needs
-- class: access
-- severity: medium
-- subject: identity
-- reads: role-assignments pim groups
-- pins: roleId scope
-- controls: CC6.3 A.8.2 3.1.5
-- rationale: An identity that only carries the link, and delivers nothing, needs the least role that
--   counts. More is a risk to the customer, and an argument for taking all of it away.
-- fix: F4 F6
-- remediation: First ask the customer for a least-privilege role that counts, on subscription S for object O:
--   az role assignment create --assignee-object-id O --assignee-principal-type ServicePrincipal --role cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e --scope /subscriptions/S
--   New-AzRoleAssignment -ObjectId O -RoleDefinitionId cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e -Scope /subscriptions/S
--   Then have the greater one removed:
--   az role assignment delete --assignee O --role Owner --scope /subscriptions/S
--   Remove-AzRoleAssignment -ObjectId O -RoleDefinitionName Owner -Scope /subscriptions/S
--   If the identity delivers services as well, set its purpose in the estate.
-- references: https://learn.microsoft.com/azure/role-based-access-control/best-practices
--   https://learn.microsoft.com/azure/lighthouse/concepts/tenants-users-roles

-- A dedicated link identity is one the estate gives the purpose scan-only and linkExpected
-- true. An activated role is held; one that is only eligible is not. A deny assignment
-- takes nothing from the fact that the role was given. Lighthouse authorizations are
-- judged elsewhere.
SELECT
  our_object.tenant_id,
  'identity' AS subject_type,
  our_object.object_id AS subject_id,
  our_object.name AS subject_name,
  reach.assignment_id AS key,
  'This identity only carries the link, but holds ' || builtin_role.name || ' (' || reach.role_id || ') on ' || reach.scope
    || CASE
      WHEN count(reach.group_id) = count(reach.assignment_id) THEN ' through group ' || min(reach.group_id)
      ELSE ''
    END || '.' AS message,
  reach.role_id AS roleId,
  reach.scope,
  min(reach.last_read) AS last_read
FROM our_object
JOIN reach
  ON reach.tenant_id = our_object.tenant_id
  AND reach.object_id = our_object.object_id
JOIN builtin_role
  ON builtin_role.role_id = reach.role_id
WHERE our_object.purpose = 'scan-only'
  AND our_object.link_expected
  AND our_object.owner <> 'customer'
  AND reach.kind = 'active'
  AND reach.in_force
  AND reach.role_id IN (
    '8e3af657-a8ff-443c-a75c-2fe8c4bcb635', -- Owner
    'b24988ac-6180-42a0-ab88-20f7382dd24c', -- Contributor
    '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9', -- User Access Administrator
    'f58310d9-a9f6-439a-9e8d-f62e7b41a168' -- Role Based Access Control Administrator
  )
GROUP BY
  our_object.tenant_id,
  our_object.object_id,
  reach.assignment_id,
  reach.role_id,
  reach.scope;
