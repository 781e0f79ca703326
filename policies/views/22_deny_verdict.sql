-- SPDX-License-Identifier: Apache-2.0
-- Whether a deny assignment applies to one of our objects: it names the object, a
-- group of it, or everyone (the all-zero principal), and does not exclude it. Rows
-- only where it may apply.
--   blocks  1 it does; 0 excluded; NULL a group whose members cannot be read decides
CREATE VIEW deny_verdict AS
WITH
  named AS (
    SELECT
      tenant_id,
      deny_id,
      principal_id,
      principal_type,
      0 AS is_excluded
    FROM deny_principal
    UNION ALL
    SELECT
      tenant_id,
      deny_id,
      principal_id,
      principal_type,
      1
    FROM deny_excluded
  ),
  path AS MATERIALIZED (
    SELECT
      tenant_id,
      object_id,
      principal_id
    FROM our_path
  ),
  hit AS (
    SELECT
      named.tenant_id,
      named.deny_id,
      path.object_id,
      named.is_excluded,
      1 AS is_sure
    FROM named
    JOIN path
      ON path.tenant_id = named.tenant_id
      AND path.principal_id = named.principal_id
    UNION ALL
    SELECT
      named.tenant_id,
      named.deny_id,
      path.object_id,
      named.is_excluded,
      named.principal_id = '00000000-0000-0000-0000-000000000000'
    FROM named
    JOIN path
      ON path.tenant_id = named.tenant_id
      AND path.principal_id = path.object_id
    WHERE named.principal_id = '00000000-0000-0000-0000-000000000000'
      OR (
        lower(named.principal_type) = 'group'
        AND NOT EXISTS (
          SELECT 1
          FROM grp
          WHERE grp.tenant_id = named.tenant_id
            AND grp.id = named.principal_id
        )
      )
  )
SELECT
  tenant_id,
  deny_id,
  object_id,
  CASE
    WHEN max(is_excluded AND is_sure) THEN 0
    WHEN max(NOT is_excluded AND is_sure) AND NOT max(is_excluded) THEN 1
    WHEN max(NOT is_excluded) THEN NULL
    ELSE 0
  END AS blocks
FROM hit
GROUP BY
  tenant_id,
  deny_id,
  object_id;
