-- SPDX-License-Identifier: Apache-2.0
-- Roles of groups whose members could not be read (completely): any of our objects may
-- be among them. Ask for one subscription, and for subscription_id IS NULL (inherited).
-- once: tenant_id, subscription_id
CREATE VIEW unread_group AS
SELECT
  assignment.tenant_id,
  assignment.subscription_id,
  assignment.principal_id AS group_id,
  assignment.role_id,
  assignment.scope
FROM assignment
WHERE assignment.principal_type = 'Group'
  AND (
    NOT EXISTS (
      SELECT 1
      FROM grp
      WHERE grp.tenant_id = assignment.tenant_id
        AND grp.id = assignment.principal_id
    )
    OR EXISTS (
      SELECT 1
      FROM coverage
      WHERE coverage.tenant_id = assignment.tenant_id
        AND coverage.area = 'groups'
        AND coverage.unit = assignment.principal_id
        AND coverage.state <> 'complete'
    )
  );
