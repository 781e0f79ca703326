-- SPDX-License-Identifier: Apache-2.0
-- The principals through which a role reaches one of our objects: the object
-- itself, and every group it is a (transitive) member of as far as members could
-- be read. A group's role counts for its members:
-- learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id
CREATE VIEW our_path AS
WITH
  ours AS MATERIALIZED (
    SELECT
      tenant_id,
      object_id
    FROM our_object
  )
SELECT
  tenant_id,
  object_id,
  object_id AS principal_id,
  NULL AS group_id
FROM ours
UNION ALL
SELECT
  ours.tenant_id,
  ours.object_id,
  group_member.group_id,
  group_member.group_id
FROM ours
JOIN group_member
  ON group_member.tenant_id = ours.tenant_id
  AND group_member.object_id = ours.object_id;
