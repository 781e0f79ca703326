-- SPDX-License-Identifier: Apache-2.0
-- Our access to customers' tenants: a live role of one of our identities, a Lighthouse
-- delegation of ours, a role of our agent groups. Accounts that only scan or wait
-- behind glass are left aside. subscription_id is NULL where a role lies above the
-- subscriptions and none is in sight.
--   kind          direct, delegation, agent group
--   is_sure       1, or NULL: undecided (deny assignment, or whose agent group it is)
--   is_automatic  by a marketplace offer: recognition needs no link, as the parameter
--                 marketplaceIsAutomatic has it
-- once: tenant_id, subscription_id, kind, is_sure, is_automatic, last_read
CREATE VIEW our_access AS
SELECT
  live_access.tenant_id,
  live_access.subscription_id,
  'direct' AS kind,
  live_access.live AS is_sure,
  0 AS is_offer,
  0 AS is_automatic,
  live_access.last_read
FROM live_access
JOIN our_object
  ON our_object.tenant_id = live_access.tenant_id
  AND our_object.object_id = live_access.object_id
WHERE live_access.live IS NOT 0
  AND our_object.owner <> 'customer'
  AND COALESCE(our_object.purpose, '') NOT IN ('scan-only', 'break-glass')
  AND live_access.tenant_id NOT IN (SELECT tenant_id FROM own_tenant)
UNION ALL
SELECT
  our_delegation.tenant_id,
  our_delegation.subscription_id,
  'delegation',
  1,
  our_delegation.is_offer,
  our_delegation.is_offer AND parameter.marketplace_is_automatic,
  our_delegation.last_read
FROM our_delegation
JOIN parameter
WHERE our_delegation.tenant_id NOT IN (SELECT tenant_id FROM own_tenant)
  AND (
    NOT EXISTS (
      SELECT 1
      FROM authorization
      WHERE authorization.tenant_id = our_delegation.tenant_id
        AND authorization.delegation_id = our_delegation.delegation_id
    )
    OR EXISTS (
      SELECT 1
      FROM authorization
      LEFT JOIN our_object
        ON our_object.tenant_id = our_delegation.managing_tenant_id
        AND our_object.object_id = authorization.principal_id
      WHERE authorization.tenant_id = our_delegation.tenant_id
        AND authorization.delegation_id = our_delegation.delegation_id
        AND COALESCE(our_object.purpose, '') NOT IN ('scan-only', 'break-glass')
    )
  )
UNION ALL
SELECT
  tenant_id,
  subscription_id,
  'agent group',
  is_ours,
  0,
  0,
  last_read
FROM agent_group_access;
