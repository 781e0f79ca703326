-- SPDX-License-Identifier: Apache-2.0
-- Rules for a subscription or a management group of a customer's tenant, with the scope
-- as role assignments write it. Rules for one scope that name different IDs decide
-- nothing: partner_id is NULL.
-- once: tenant_id, scope; tenant_id, subscription_id
CREATE VIEW expected_scope AS
WITH
  written AS (
    SELECT
      subscription.tenant_id,
      '/subscriptions/' || expect.subscription AS scope,
      expect.subscription AS subscription_id,
      expect.id
    FROM expect
    JOIN subscription
      ON subscription.id = expect.subscription
    WHERE COALESCE(expect.tenant, subscription.tenant_id) = subscription.tenant_id
    UNION ALL
    SELECT
      customer_tenant.tenant_id,
      CASE
        WHEN expect.management_group LIKE '/%' THEN lower(expect.management_group)
        ELSE '/providers/microsoft.management/managementgroups/' || lower(expect.management_group)
      END,
      NULL,
      expect.id
    FROM expect
    JOIN customer_tenant
      ON customer_tenant.tenant_id = expect.tenant
    WHERE expect.management_group IS NOT NULL
    UNION ALL
    SELECT
      customer_tenant.tenant_id,
      CASE
        WHEN expect.management_group LIKE '/%' THEN lower(expect.management_group)
        ELSE '/providers/microsoft.management/managementgroups/' || lower(expect.management_group)
      END,
      NULL,
      expect.id
    FROM expect
    JOIN customer_tenant
    WHERE expect.management_group IS NOT NULL
      AND expect.tenant IS NULL
  )
SELECT
  tenant_id,
  scope,
  subscription_id,
  CASE
    WHEN min(id) = max(id) THEN min(id)
  END AS partner_id
FROM written
WHERE tenant_id NOT IN (SELECT tenant_id FROM own_tenant)
GROUP BY
  tenant_id,
  scope,
  subscription_id;
