-- SPDX-License-Identifier: Apache-2.0
-- id: PAL056
-- title: Other partners work on the same scope
-- class: access
-- severity: info
-- subject: subscription
-- reads: subscriptions role-assignments delegations usage
-- pins: roleIds
-- rationale: Another provider reaches a subscription that is in use. Several partners on one
--   subscription are legitimate, and each is recognised by its own link and role; who they
--   are should be no surprise.
-- fix: none
-- remediation: None is needed. Whoever a tenant id belongs to, the customer knows, who can remove the access:
--   az managedservices assignment list --subscription S --include-definition true
--   Get-AzManagedServicesAssignment -Scope /subscriptions/S
--   A group or tenant that is ours belongs into agentGroups of the registry, or the estate.
-- references: https://learn.microsoft.com/partner-center/billing/partner-earned-credit-troubleshoot
--   https://learn.microsoft.com/azure/lighthouse/concepts/architecture

-- Only ids tell whose a tenant or a group is, displayed names prove nothing. While the
-- registry names no agent group a foreign group may be ours: PAL073 says so once, for the
-- registry, and here nothing is said of foreign groups.
WITH
  ours AS MATERIALIZED (
    SELECT tenant_id
    FROM own_tenant
    UNION
    SELECT csp_tenant
    FROM registry
    WHERE csp_tenant IS NOT NULL
    UNION
    SELECT csp_tenant
    FROM agent_group
    WHERE csp_tenant IS NOT NULL
    UNION
    SELECT managing_tenant_id
    FROM our_delegation
  ),
  granted AS MATERIALIZED (
    SELECT
      assignment.tenant_id,
      assignment.subscription_id,
      assignment.principal_id,
      assignment.role_id,
      assignment.last_read
    FROM assignment
    WHERE assignment.principal_type = 'ForeignGroup'
      AND assignment.principal_id NOT IN (SELECT object_id FROM agent_group)
      AND EXISTS (SELECT 1 FROM agent_group)
  ),
  other AS (
    SELECT
      delegation.tenant_id,
      substr(delegation.scope, 16, 36) AS subscription_id,
      'tenant' AS kind,
      delegation.managing_tenant_id AS other_id,
      authorization.role_id,
      delegation.last_read
    FROM delegation
    LEFT JOIN authorization
      ON authorization.tenant_id = delegation.tenant_id
      AND authorization.delegation_id = delegation.id
    WHERE lower(COALESCE(delegation.state, 'succeeded')) NOT IN ('failed', 'canceled', 'cancelled', 'deleted')
      AND delegation.managing_tenant_id IS NOT NULL
      AND delegation.managing_tenant_id NOT IN (SELECT tenant_id FROM ours)
    UNION ALL
    SELECT
      tenant_id,
      subscription_id,
      'group',
      principal_id,
      role_id,
      last_read
    FROM granted
    WHERE subscription_id IS NOT NULL
    UNION ALL
    SELECT
      granted.tenant_id,
      subscription.id,
      'group',
      granted.principal_id,
      granted.role_id,
      granted.last_read
    FROM granted
    JOIN subscription
      ON subscription.tenant_id = granted.tenant_id
    WHERE granted.subscription_id IS NULL
  ),
  partner AS MATERIALIZED (
    SELECT
      tenant_id,
      subscription_id,
      kind,
      other_id,
      pal_list(role_id) AS roleIds,
      min(last_read) AS last_read
    FROM other
    GROUP BY
      tenant_id,
      subscription_id,
      kind,
      other_id
  ),
  use AS MATERIALIZED (
    SELECT
      tenant_id,
      subscription_id,
      used
    FROM in_use
  )
SELECT
  partner.tenant_id,
  'subscription' AS subject_type,
  partner.subscription_id AS subject_id,
  subscription.name AS subject_name,
  partner.other_id AS key,
  CASE partner.kind
    WHEN 'tenant' THEN 'A delegation to tenant ' || partner.other_id || ', which is not ours, reaches this subscription'
    ELSE 'The foreign group ' || partner.other_id || ', which is none of our agent groups, holds a role on this subscription'
  END
  || CASE use.used
    WHEN 'yes' THEN ', and it is in use.'
    ELSE '; whether it is in use is not known: usage is hidden or was not answered.'
  END AS message,
  CASE use.used
    WHEN 'yes' THEN 'fail'
    ELSE 'unknown'
  END AS verdict,
  partner.roleIds,
  CASE partner.kind
    WHEN 'tenant' THEN partner.other_id
  END AS managingTenantId,
  CASE partner.kind
    WHEN 'group' THEN partner.other_id
  END AS groupId,
  partner.last_read
FROM partner
JOIN use
  ON use.tenant_id = partner.tenant_id
  AND use.subscription_id = partner.subscription_id
JOIN subscription
  ON subscription.tenant_id = partner.tenant_id
  AND subscription.id = partner.subscription_id
WHERE use.used <> 'no'
  AND partner.tenant_id NOT IN (SELECT tenant_id FROM own_tenant);
