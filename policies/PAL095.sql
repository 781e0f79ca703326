-- SPDX-License-Identifier: Apache-2.0
-- id: PAL095
-- title: Population does not match the customer list
-- class: completeness
-- severity: medium
-- subject: tenant
-- controls: IPE
-- rationale: Whoever reads a list of findings must be able to trust that it speaks of all
--   customers, and of nobody else. Compared are the customers of the estate with the tenants
--   that were scanned; lists of CRM and Partner Center are not read.
-- fix: F0 or estate
-- remediation: Where a customer was not scanned, find out what is missing in tenant T, and read it:
--   palscan doctor --tenant T, then palscan scan --tenant T
--   Where a tenant is no customer of the estate, add it there under customers, or as the home of a
--   person or app of ours when it is a tenant of our own.

-- Scanned means that something of the tenant was answered once; what is carried from an
-- earlier run was. Without customers in the estate every tenant is one, and there is
-- nothing to compare.
WITH
  answered AS MATERIALIZED (
    SELECT tenant_id
    FROM coverage
    WHERE state IN ('complete', 'partial', 'stale', 'self-declared')
    UNION
    SELECT tenant_id
    FROM subscription
    UNION
    SELECT id
    FROM tenant
  ),
  -- CSP tenants are our own, whoever is at home there.
  sales AS (
    SELECT csp_tenant AS tenant_id
    FROM registry
    WHERE csp_tenant IS NOT NULL
    UNION
    SELECT csp_tenant
    FROM agent_group
    WHERE csp_tenant IS NOT NULL
  ),
  missing AS (
    SELECT
      customer.tenant_id,
      customer.name,
      customer.status
    FROM customer
    JOIN run
    WHERE customer.status <> 'offboarded'
      AND (customer.status <> 'active' OR COALESCE(customer.from_date, run.today) <= run.today)
      AND customer.tenant_id NOT IN (SELECT tenant_id FROM answered)
      AND NOT EXISTS (
        SELECT 1
        FROM accepted_gap
        WHERE accepted_gap.tenant_id = customer.tenant_id
          AND accepted_gap.area = 'tenant'
          AND COALESCE(accepted_gap.until, '9999') >= run.today
      )
  )
SELECT
  missing.tenant_id,
  'tenant' AS subject_type,
  missing.tenant_id AS subject_id,
  missing.name AS subject_name,
  'not scanned' AS key,
  'The estate lists this tenant as a customer, but nothing of it has ever been read. Lists of CRM and Partner Center were not compared.'
    AS message,
  missing.status
FROM missing
UNION ALL
SELECT
  customer_tenant.tenant_id,
  'tenant',
  customer_tenant.tenant_id,
  customer_tenant.name,
  'not listed',
  'This tenant was scanned, but it is neither a customer of the estate nor a tenant of our own. Lists of CRM and Partner Center were not compared.',
  NULL
FROM customer_tenant
WHERE customer_tenant.status IS NULL
  AND customer_tenant.tenant_id NOT IN (SELECT tenant_id FROM sales)
  AND EXISTS (SELECT 1 FROM customer);
