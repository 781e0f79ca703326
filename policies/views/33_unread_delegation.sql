-- SPDX-License-Identifier: Apache-2.0
-- Customers whose Lighthouse delegations were not read completely. What an account in a
-- tenant of our own may reach is known only when there is none; offboarded customers
-- aside.
CREATE VIEW unread_delegation AS
SELECT DISTINCT customer_tenant.tenant_id
FROM customer_tenant
LEFT JOIN coverage
  ON coverage.tenant_id = customer_tenant.tenant_id
  AND coverage.area = 'delegations'
WHERE COALESCE(customer_tenant.status, 'active') <> 'offboarded'
  AND COALESCE(coverage.state, 'unread') NOT IN ('complete', 'not-applicable');
