-- SPDX-License-Identifier: Apache-2.0
-- Every path by which a role reaches one of our objects: direct, through a group,
-- inherited from a management group or the root (is_inherited), active or only
-- eligible in Privileged Identity Management (PIM).
--   kind         active, or eligible: may be activated, is not held
--   is_standing  1 unless the role is held by an activation
--   in_force     it has begun and has not ended
--   condition    under which alone it holds
-- An active PIM instance tells of its role assignment how it came about and when it
-- ends; one without an assignment in sight proves the role by itself.
-- once: tenant_id, object_id
CREATE VIEW reach AS
WITH
  path AS MATERIALIZED (
    SELECT
      tenant_id,
      object_id,
      principal_id,
      group_id
    FROM our_path
  ),
  held AS (
    SELECT
      path.tenant_id,
      path.object_id,
      path.group_id,
      assignment.subscription_id,
      assignment.id AS assignment_id,
      assignment.role_id,
      assignment.scope,
      'active' AS kind,
      COALESCE(instance.assignment_type, 'Assigned') AS how,
      instance.start_time,
      instance.end_time,
      COALESCE(assignment.condition, instance.condition) AS condition,
      assignment.last_read
    FROM path
    JOIN assignment
      ON assignment.tenant_id = path.tenant_id
      AND assignment.principal_id = path.principal_id
    LEFT JOIN pim AS instance
      ON instance.tenant_id = assignment.tenant_id
      AND instance.principal_id = assignment.principal_id
      AND instance.kind = 'active'
      AND instance.origin_assignment_id = assignment.id
    UNION ALL
    SELECT
      path.tenant_id,
      path.object_id,
      path.group_id,
      instance.subscription_id,
      instance.id,
      instance.role_id,
      instance.scope,
      instance.kind,
      COALESCE(instance.assignment_type, 'Assigned'),
      instance.start_time,
      instance.end_time,
      instance.condition,
      instance.last_read
    FROM path
    JOIN pim AS instance
      ON instance.tenant_id = path.tenant_id
      AND instance.principal_id = path.principal_id
    WHERE instance.kind = 'eligible'
      OR NOT EXISTS (
        SELECT 1
        FROM assignment
        WHERE assignment.tenant_id = instance.tenant_id
          AND assignment.principal_id = instance.principal_id
          AND assignment.id = instance.origin_assignment_id
      )
  )
SELECT
  held.tenant_id,
  held.object_id,
  held.group_id,
  held.subscription_id,
  held.subscription_id IS NULL AS is_inherited,
  held.assignment_id,
  held.role_id,
  held.scope,
  held.kind,
  held.kind = 'active' AND held.how <> 'Activated' AS is_standing,
  COALESCE(held.start_time, '') <= (SELECT started FROM run)
    AND COALESCE(held.end_time, '9999') > (SELECT started FROM run) AS in_force,
  held.start_time,
  held.end_time,
  held.condition,
  held.last_read
FROM held;
