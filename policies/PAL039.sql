-- SPDX-License-Identifier: Apache-2.0
-- id: PAL039
-- title: Conditional assignment
-- class: attribution
-- severity: low
-- subject: identity
-- reads: links role-assignments pim deny-assignments groups
-- needs: role-assignments groups
-- pins: roleId scope condition
-- rationale: Everything that counts is held under a condition. Conditions mostly restrict the
--   reading of data or whom roles may be given to; whether they change what is recognised is
--   not published.
-- fix: review or F4
-- remediation: Read the condition. If it restricts more than data or the giving of roles, ask the customer for a
--   least-privilege role without one, on subscription S for object O:
--   az role assignment list --assignee O --scope /subscriptions/S --query "[].{role:roleDefinitionName,condition:condition}"
--   Get-AzRoleAssignment -ObjectId O -Scope /subscriptions/S | Select-Object RoleDefinitionName, Condition
--   Else accept it.
-- references: https://learn.microsoft.com/azure/role-based-access-control/conditions-overview

-- One assignment or authorization that counts and knows no condition is enough. Of an
-- account in a tenant of our own the delegations of all customers must be known.
WITH
  counting AS MATERIALIZED (
    SELECT
      cover.identity_tenant_id,
      cover.object_id,
      cover.role_id,
      cover.scope,
      cover.path_id,
      cover.condition,
      cover.covers,
      cover.last_read
    FROM cover
    WHERE cover.covers IS NOT 0
      AND cover.kind = 'active'
  ),
  free AS (
    SELECT
      identity_tenant_id,
      object_id,
      max(covers) AS is_sure
    FROM counting
    WHERE condition IS NULL
    GROUP BY
      identity_tenant_id,
      object_id
  )
SELECT
  counting.identity_tenant_id AS tenant_id,
  'identity' AS subject_type,
  counting.object_id AS subject_id,
  active_link.name AS subject_name,
  counting.path_id AS key,
  'The identity is linked to partner ID ' || active_link.partner_id || ', but '
    || CASE
      WHEN free.object_id IS NOT NULL THEN 'no role without a condition is known to count for it. Its role '
      WHEN max(counting.covers) IS NULL THEN 'whether any of its roles counts cannot be told, and none is without a condition. Its role '
      ELSE 'no role without a condition counts for it. Its role '
    END
    || COALESCE(builtin_role.name || ' (' || counting.role_id || ')', counting.role_id) || ' on ' || counting.scope
    || ' holds under a condition; whether that changes what is recognised is not published.' AS message,
  CASE
    WHEN free.object_id IS NOT NULL OR max(counting.covers) IS NULL THEN 'unknown'
    WHEN counting.identity_tenant_id IN (SELECT tenant_id FROM own_tenant) AND EXISTS (SELECT 1 FROM unread_delegation) THEN 'unknown'
    ELSE 'fail'
  END AS verdict,
  counting.role_id AS roleId,
  counting.scope,
  counting.condition,
  COALESCE(min(active_link.last_read, min(counting.last_read)), active_link.last_read, min(counting.last_read)) AS last_read
FROM counting
JOIN active_link
  ON active_link.tenant_id = counting.identity_tenant_id
  AND active_link.object_id = counting.object_id
LEFT JOIN free
  ON free.identity_tenant_id = counting.identity_tenant_id
  AND free.object_id = counting.object_id
LEFT JOIN builtin_role
  ON builtin_role.role_id = counting.role_id
WHERE counting.condition IS NOT NULL
  AND free.is_sure IS NOT 1
GROUP BY
  counting.identity_tenant_id,
  counting.object_id,
  counting.path_id,
  counting.role_id,
  counting.scope,
  counting.condition;
