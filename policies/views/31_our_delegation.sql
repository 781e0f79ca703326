-- SPDX-License-Identifier: Apache-2.0
-- Lighthouse delegations to a tenant of ours, or with an authorization for a person
-- or app of ours. tenant_id is the customer's. One that failed, was cancelled or
-- deleted delegates nothing.
-- once: tenant_id, delegation_id
CREATE VIEW our_delegation AS
SELECT
  delegation.tenant_id,
  delegation.id AS delegation_id,
  delegation.scope,
  substr(delegation.scope, 16, 36) AS subscription_id,
  delegation.name,
  delegation.managing_tenant_id,
  delegation.plan IS NOT NULL AS is_offer,
  delegation.last_read
FROM delegation
WHERE lower(COALESCE(delegation.state, 'succeeded')) NOT IN ('failed', 'canceled', 'cancelled', 'deleted')
  AND (
    delegation.managing_tenant_id IN (SELECT tenant_id FROM own_tenant)
    OR EXISTS (
      SELECT 1
      FROM authorization
      JOIN our_object
        ON our_object.tenant_id = delegation.managing_tenant_id
        AND our_object.object_id = authorization.principal_id
      WHERE authorization.tenant_id = delegation.tenant_id
        AND authorization.delegation_id = delegation.id
        AND our_object.owner <> 'customer'
    )
  );
