-- SPDX-License-Identifier: Apache-2.0
-- Privileged access of ours to a customer's tenant: a role that changes everything, or
-- who may do so, held or eligible in PIM, by any path. Accounts that only scan or wait
-- behind glass are no exception. Customers' own accounts are none of ours.
--   usable  1 in force and not blocked; NULL undecided: a deny assignment may apply
-- learn.microsoft.com/azure/role-based-access-control/built-in-roles/privileged
CREATE VIEW privileged_access AS
SELECT
  live_access.tenant_id,
  live_access.object_id,
  live_access.role_id,
  live_access.scope,
  live_access.kind,
  live_access.usable,
  live_access.last_read
FROM live_access
JOIN our_object
  ON our_object.tenant_id = live_access.tenant_id
  AND our_object.object_id = live_access.object_id
WHERE live_access.role_id IN (
    '8e3af657-a8ff-443c-a75c-2fe8c4bcb635', -- Owner
    'b24988ac-6180-42a0-ab88-20f7382dd24c', -- Contributor
    '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9' -- User Access Administrator
  )
  AND live_access.usable IS NOT 0
  AND our_object.owner <> 'customer'
  AND live_access.tenant_id NOT IN (SELECT tenant_id FROM own_tenant);
