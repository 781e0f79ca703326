-- SPDX-License-Identifier: Apache-2.0
-- Our objects in the managing tenant that an authorization of our delegations names,
-- directly or through a group there. tenant_id is the customer's. An eligible
-- (just-in-time) authorization is not held until it is activated.
-- once: tenant_id, delegation_id
CREATE VIEW delegated_object AS
SELECT
  our_delegation.tenant_id,
  our_delegation.delegation_id,
  our_delegation.scope,
  our_delegation.subscription_id,
  our_delegation.managing_tenant_id,
  our_delegation.is_offer,
  our_path.object_id,
  our_path.group_id,
  authorization.principal_id,
  authorization.role_id,
  authorization.kind,
  our_delegation.last_read
FROM our_delegation
JOIN authorization
  ON authorization.tenant_id = our_delegation.tenant_id
  AND authorization.delegation_id = our_delegation.delegation_id
JOIN our_path
  ON our_path.tenant_id = our_delegation.managing_tenant_id
  AND our_path.principal_id = authorization.principal_id;
