-- SPDX-License-Identifier: Apache-2.0
-- In use: metered usage of the subscription in the window.
--   used  yes; no: every month of the window was answered with none; unknown: not
--         answered, or the customer hides the cost (usual in CSP)
-- once: tenant_id, subscription_id
CREATE VIEW in_use AS
WITH
  month AS MATERIALIZED (
    SELECT month
    FROM usage_month
  ),
  seen AS MATERIALIZED (
    SELECT
      usage.tenant_id,
      usage.subscription_id,
      max(usage.used = 'yes') AS is_used,
      sum(usage.used = 'no' AND usage.resource_group IS NULL) AS idle_months
    FROM usage
    WHERE usage.month IN (SELECT month FROM month)
    GROUP BY
      usage.tenant_id,
      usage.subscription_id
  )
SELECT
  subscription.tenant_id,
  subscription.id AS subscription_id,
  CASE
    WHEN seen.is_used THEN 'yes'
    WHEN seen.idle_months = (SELECT count(month) FROM month) THEN 'no'
    ELSE 'unknown'
  END AS used
FROM subscription
LEFT JOIN seen
  ON seen.tenant_id = subscription.tenant_id
  AND seen.subscription_id = subscription.id;
