-- SPDX-License-Identifier: Apache-2.0
-- Own tenant: the home of a person or app of ours, and of the credentials palscan
-- signs in with, unless it is listed as a customer (a directory account of a
-- customer is at home there).
-- once: few rows
CREATE VIEW own_tenant AS
SELECT principal_home.tenant_id
FROM principal_home
JOIN principal
  ON principal.name = principal_home.principal_name
WHERE principal.owner = 'us'
UNION
SELECT scanner.home_tenant_id
FROM scanner
WHERE scanner.home_tenant_id IS NOT NULL
EXCEPT
SELECT customer.tenant_id
FROM customer;
