-- SPDX-License-Identifier: Apache-2.0
-- What linked identities cover, and whether it was used in the window. A role on a resource
-- group or below covers the usage of that group; a month that tells of other groups only,
-- or that nothing was used at all, had none in this one.
--   used  yes; no: every month of the window was answered with none; unknown or NULL: not
--         answered, or hidden
-- once: tenant_id, subscription_id, resource_group, used; identity_tenant_id, object_id, used
CREATE VIEW covered_use AS
WITH
  covered AS MATERIALIZED (
    SELECT DISTINCT
      cover.identity_tenant_id,
      cover.object_id,
      cover.tenant_id,
      cover.subscription_id,
      cover.scope,
      CASE
        WHEN cover.scope LIKE '/subscriptions/%/resourcegroups/%' THEN
          substr(substr(cover.scope, 68) || '/', 1, instr(substr(cover.scope, 68) || '/', '/') - 1)
      END AS resource_group
    FROM cover
    WHERE cover.covers
  ),
  month AS MATERIALIZED (
    SELECT month
    FROM usage_month
  ),
  monthly AS (
    SELECT
      usage.tenant_id,
      usage.subscription_id,
      usage.month,
      groups.resource_group,
      max(usage.resource_group = groups.resource_group AND usage.used = 'yes') AS is_used,
      max(COALESCE(usage.resource_group, groups.resource_group) = groups.resource_group AND usage.used = 'unknown') AS is_unknown,
      max(usage.resource_group IS NOT NULL OR usage.used = 'no') AS is_told
    FROM (
      SELECT DISTINCT
        tenant_id,
        subscription_id,
        resource_group
      FROM covered
      WHERE resource_group IS NOT NULL
    ) AS groups
    JOIN usage
      ON usage.tenant_id = groups.tenant_id
      AND usage.subscription_id = groups.subscription_id
    JOIN month
      ON month.month = usage.month
    GROUP BY
      usage.tenant_id,
      usage.subscription_id,
      usage.month,
      groups.resource_group
  ),
  grouped AS (
    SELECT
      tenant_id,
      subscription_id,
      resource_group,
      CASE
        WHEN max(is_used) THEN 'yes'
        WHEN sum(is_told AND NOT is_unknown) = (SELECT count(month) FROM month) THEN 'no'
        ELSE 'unknown'
      END AS used
    FROM monthly
    GROUP BY
      tenant_id,
      subscription_id,
      resource_group
  )
SELECT
  covered.identity_tenant_id,
  covered.object_id,
  covered.tenant_id,
  covered.subscription_id,
  covered.scope,
  covered.resource_group,
  CASE
    WHEN covered.resource_group IS NULL THEN in_use.used
    ELSE grouped.used
  END AS used
FROM covered
LEFT JOIN in_use
  ON in_use.tenant_id = covered.tenant_id
  AND in_use.subscription_id = covered.subscription_id
LEFT JOIN grouped
  ON grouped.tenant_id = covered.tenant_id
  AND grouped.subscription_id = covered.subscription_id
  AND grouped.resource_group = covered.resource_group;
