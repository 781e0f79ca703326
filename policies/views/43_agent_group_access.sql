-- SPDX-License-Identifier: Apache-2.0
-- Roles of our agent groups (AdminAgents, HelpdeskAgents) in customers' tenants: how a
-- CSP partner administers on behalf of its customer. Only the object id proves whose
-- group it is: learn.microsoft.com/partner-center/billing/partner-earned-credit-troubleshoot
-- While the registry names no agent group, a foreign group on a CSP subscription may
-- be ours: is_ours is NULL then. on_subscription: at the subscription or above it.
-- once: tenant_id, subscription_id
CREATE VIEW agent_group_access AS
WITH
  granted AS (
    SELECT
      assignment.tenant_id,
      assignment.subscription_id,
      assignment.id AS assignment_id,
      assignment.role_id,
      assignment.principal_id,
      assignment.scope,
      1 AS is_ours,
      assignment.last_read
    FROM agent_group
    JOIN assignment
      ON assignment.principal_id = agent_group.object_id
    UNION ALL
    SELECT
      assignment.tenant_id,
      assignment.subscription_id,
      assignment.id,
      assignment.role_id,
      assignment.principal_id,
      assignment.scope,
      NULL,
      assignment.last_read
    FROM assignment
    WHERE assignment.principal_type = 'ForeignGroup'
      AND assignment.tenant_id IN (SELECT csp_subscription.tenant_id FROM csp_subscription)
      AND NOT EXISTS (SELECT 1 FROM agent_group)
  )
SELECT
  granted.tenant_id,
  granted.subscription_id,
  granted.assignment_id,
  granted.role_id,
  granted.principal_id,
  granted.scope,
  granted.is_ours,
  granted.scope = '/subscriptions/' || granted.subscription_id AS on_subscription,
  csp_subscription.subscription_id IS NOT NULL AS is_csp,
  granted.last_read
FROM granted
LEFT JOIN csp_subscription
  ON csp_subscription.tenant_id = granted.tenant_id
  AND csp_subscription.subscription_id = granted.subscription_id
WHERE granted.subscription_id IS NOT NULL
  AND (granted.is_ours OR csp_subscription.subscription_id IS NOT NULL)
UNION ALL
SELECT
  granted.tenant_id,
  subscription.id,
  granted.assignment_id,
  granted.role_id,
  granted.principal_id,
  granted.scope,
  granted.is_ours,
  1,
  csp_subscription.subscription_id IS NOT NULL,
  granted.last_read
FROM granted
JOIN subscription
  ON subscription.tenant_id = granted.tenant_id
LEFT JOIN csp_subscription
  ON csp_subscription.tenant_id = subscription.tenant_id
  AND csp_subscription.subscription_id = subscription.id
WHERE granted.subscription_id IS NULL
  AND (granted.is_ours OR csp_subscription.subscription_id IS NOT NULL);
