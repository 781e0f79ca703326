-- SPDX-License-Identifier: Apache-2.0
-- Customer tenant: every tenant that is not our own. One that is served through
-- Lighthouse alone has no record of itself, so subscriptions and coverage name
-- tenants, too. name is the estate's, else the tenant's own.
-- once: tenant_id
CREATE VIEW customer_tenant AS
WITH
  known AS (
    SELECT id AS tenant_id
    FROM tenant
    UNION
    SELECT tenant_id
    FROM subscription
    UNION
    SELECT tenant_id
    FROM coverage
    UNION
    SELECT tenant_id
    FROM customer
    EXCEPT
    SELECT tenant_id
    FROM own_tenant
  )
SELECT
  known.tenant_id,
  COALESCE(customer.name, tenant.name) AS name,
  customer.status,
  customer.country AS estate_country,
  tenant.country AS tenant_country
FROM known
LEFT JOIN customer
  ON customer.tenant_id = known.tenant_id
LEFT JOIN tenant
  ON tenant.id = known.tenant_id;
