-- SPDX-License-Identifier: Apache-2.0
-- id: PAL043
-- title: Orphaned assignment
-- class: access
-- severity: low
-- subject: principal
-- reads: role-assignments directory
-- needs: role-assignments directory
-- pins: roleId scope
-- controls: CC6.3 A.5.18
-- rationale: The account is gone, its role assignment is not. It grants nothing to anybody, and tells
--   every auditor that nobody cleans up.
-- fix: F7
-- remediation: Have the customer remove it:
--   az role assignment delete --ids ASSIGNMENT
--   Get-AzRoleAssignment -Scope /subscriptions/S | Where-Object ObjectType -eq Unknown | Remove-AzRoleAssignment
-- references: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
--   https://learn.microsoft.com/partner-center/billing/partner-earned-credit-troubleshoot

-- The directory answers only for what it knows; what it was asked for and left out was
-- deleted. It was asked for every holder of a role that the same sign-in saw: where more
-- than one identity read the tenant, or another tenant's token showed the subscription,
-- nobody can say who was asked for, nor of people whose names are not kept. Who signed in
-- tonight exists. Foreign groups are never asked for. Principals that were never ours are the customer's matter;
-- ours are those of the estate, those of the parent, and those told already.
WITH
  read_directory AS MATERIALIZED (
    SELECT tenant_id
    FROM coverage
    WHERE area = 'directory'
      AND unit = 'tenant'
      AND state = 'complete'
  ),
  observer AS (
    SELECT
      identity.tenant_id,
      count(DISTINCT configured.value) AS observers_n
    FROM identity
    JOIN json_each(identity.names) AS configured
    GROUP BY identity.tenant_id
  ),
  shown AS (
    SELECT DISTINCT
      tenant_id,
      subscription_id
    FROM sighting
    WHERE from_tenant_id = tenant_id
  ),
  known AS (
    SELECT
      our_object.tenant_id,
      our_object.object_id,
      our_object.name,
      our_object.owner = 'customer' AS is_theirs,
      1 AS is_here
    FROM our_object
    UNION ALL
    SELECT
      identity.tenant_id,
      identity.object_id,
      json_extract(identity.names, '$[0]'),
      0,
      0
    FROM previous.identity
    UNION ALL
    SELECT
      earlier.tenant_id,
      json_extract(earlier.subject, '$.id'),
      json_extract(earlier.subject, '$.name'),
      0,
      0
    FROM previous.finding AS earlier
    WHERE earlier.policy = 'PAL043'
      AND json_extract(earlier.subject, '$.type') = 'principal'
  ),
  signed_in AS MATERIALIZED (
    SELECT DISTINCT
      identity.tenant_id,
      identity.object_id
    FROM identity
    JOIN json_each(identity.names) AS configured
    JOIN coverage
      ON coverage.tenant_id = identity.tenant_id
      AND coverage.area = 'links'
      AND coverage.unit = configured.value
      AND coverage.state = 'complete'
    WHERE identity.assurance = 'read'
      AND identity.link_answered
  ),
  ours AS MATERIALIZED (
    SELECT
      known.tenant_id,
      known.object_id,
      min(known.name) AS name,
      max(known.is_here) AS is_here
    FROM known
    JOIN read_directory
      ON read_directory.tenant_id = known.tenant_id
    GROUP BY
      known.tenant_id,
      known.object_id
    HAVING NOT max(known.is_theirs)
  ),
  orphan AS (
    SELECT
      ours.tenant_id,
      ours.object_id,
      ours.name,
      assignment.id,
      assignment.role_id,
      assignment.scope,
      COALESCE(assignment.subscription_id, 'tenant') AS unit,
      assignment.last_read,
      COALESCE(observer.observers_n = 1, 0)
        AND (assignment.subscription_id IS NULL OR shown.subscription_id IS NOT NULL)
        AND (
          COALESCE(assignment.principal_type, 'User') <> 'User'
          OR names.value = 'all'
          OR (names.value = 'ours' AND ours.is_here)
        ) AS is_asked
    FROM ours
    JOIN setting AS names
      ON names.name = 'names'
    JOIN assignment
      ON assignment.tenant_id = ours.tenant_id
      AND assignment.principal_id = ours.object_id
    LEFT JOIN directory_object
      ON directory_object.tenant_id = ours.tenant_id
      AND directory_object.object_id = ours.object_id
    LEFT JOIN signed_in
      ON signed_in.tenant_id = ours.tenant_id
      AND signed_in.object_id = ours.object_id
    LEFT JOIN observer
      ON observer.tenant_id = ours.tenant_id
    LEFT JOIN shown
      ON shown.tenant_id = assignment.tenant_id
      AND shown.subscription_id = assignment.subscription_id
    WHERE directory_object.object_id IS NULL
      AND signed_in.object_id IS NULL
      AND assignment.principal_type IS NOT 'ForeignGroup'
  )
SELECT
  orphan.tenant_id,
  'principal' AS subject_type,
  orphan.object_id AS subject_id,
  orphan.name AS subject_name,
  orphan.id AS key,
  'The directory of the tenant does not name ' || COALESCE(orphan.name || ' (' || orphan.object_id || ')', orphan.object_id)
    || CASE
      WHEN orphan.is_asked THEN ' any more'
      ELSE ', and whether it was asked for cannot be told'
    END
    || '; its role ' || COALESCE(builtin_role.name || ' (' || orphan.role_id || ')', orphan.role_id) || ' on ' || orphan.scope
    || ' is still there.' AS message,
  CASE
    WHEN orphan.is_asked THEN 'fail'
    ELSE 'unknown'
  END AS verdict,
  orphan.role_id AS roleId,
  orphan.scope,
  json_array(json_array('role-assignments', orphan.unit)) AS units,
  orphan.last_read
FROM orphan
LEFT JOIN builtin_role
  ON builtin_role.role_id = orphan.role_id;
