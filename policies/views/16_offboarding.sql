-- SPDX-License-Identifier: Apache-2.0
-- The offboarding list: customers that are being offboarded or are, from the day
-- the estate gives; people and apps from the day they left. object_id NULL stands
-- for everything in the tenant.
CREATE VIEW offboarding AS
SELECT
  customer.tenant_id,
  NULL AS object_id
FROM customer
JOIN run
WHERE customer.status IN ('offboarding', 'offboarded')
  AND COALESCE(customer.from_date, run.today) <= run.today
UNION ALL
SELECT
  our_object.tenant_id,
  our_object.object_id
FROM our_object
JOIN run
WHERE our_object.left_date <= run.today;
