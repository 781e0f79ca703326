-- SPDX-License-Identifier: Apache-2.0
-- id: PAL073
-- title: Foreign principal (AOBO) missing
-- class: attribution
-- severity: low
-- subject: subscription
-- reads: subscriptions role-assignments
-- needs: role-assignments
-- pins: quotaId
-- rationale: On a subscription that we sold through CSP, our agent group's role (admin on behalf of)
--   earns by itself. Without it partner earned credit rests on other access of ours, if there
--   is any; billing goes on as before. A customer may remove that role, and then wants it so.
-- fix: none
-- remediation: If the customer removed it on purpose, accept the finding; access must not be asked for merely
--   to earn credit. For reference, what an Owner of the customer runs, with the group's object id:
--   az role assignment create --role Owner --assignee-object-id O --scope /subscriptions/S
--   New-AzRoleAssignment -ObjectId O -RoleDefinitionName Owner -Scope /subscriptions/S -ObjectType ForeignGroup
--   The group's object id, in the partner tenant, belongs into agentGroups of the registry:
--   az ad group show --group AdminAgents --query id -o tsv
--   Get-AzADGroup -DisplayName AdminAgents
-- references: https://learn.microsoft.com/partner-center/billing/partner-earned-credit-troubleshoot
--   https://learn.microsoft.com/partner-center/partner-earned-credit-explanation

-- Whose sale it is only Partner Center tells; while that is not read the offer stands for
-- it. Any role of an agent group on the subscription, above or in it, is enough. While the
-- registry names no agent group nothing can be told of any of them, and of foreign groups
-- nothing anywhere: that is said once, for the registry.
WITH
  sold AS MATERIALIZED (
    SELECT
      subscription.tenant_id,
      subscription.id AS subscription_id,
      subscription.name,
      subscription.quota_id,
      subscription.last_read
    FROM csp_subscription
    JOIN subscription
      ON subscription.tenant_id = csp_subscription.tenant_id
      AND subscription.id = csp_subscription.subscription_id
    WHERE subscription.tenant_id NOT IN (SELECT tenant_id FROM own_tenant)
  ),
  agents AS MATERIALIZED (
    SELECT DISTINCT
      tenant_id,
      subscription_id
    FROM agent_group_access
    WHERE is_ours
  ),
  counting AS MATERIALIZED (
    SELECT
      counting_role.tenant_id,
      counting_role.subscription_id
    FROM counting_role
    JOIN our_object
      ON our_object.tenant_id = counting_role.tenant_id
      AND our_object.object_id = counting_role.object_id
    WHERE counting_role.live
      AND counting_role.counts
      AND our_object.owner <> 'customer'
    UNION
    SELECT
      our_delegation.tenant_id,
      our_delegation.subscription_id
    FROM our_delegation
    JOIN authorization
      ON authorization.tenant_id = our_delegation.tenant_id
      AND authorization.delegation_id = our_delegation.delegation_id
    JOIN pec_role
      ON pec_role.role_id = authorization.role_id
    WHERE authorization.kind = 'permanent'
      AND pec_role.eligible
  ),
  foreigners AS (
    SELECT count(DISTINCT tenant_id || COALESCE(subscription_id, '')) AS number
    FROM assignment
    WHERE principal_type = 'ForeignGroup'
      AND NOT EXISTS (SELECT 1 FROM agent_group)
  ),
  blind AS (
    SELECT
      count(sold.subscription_id) AS number,
      foreigners.number AS places
    FROM foreigners
    LEFT JOIN sold
    WHERE NOT EXISTS (SELECT 1 FROM agent_group)
  )
SELECT
  sold.tenant_id,
  'subscription' AS subject_type,
  sold.subscription_id AS subject_id,
  sold.name AS subject_name,
  'A CSP subscription (offer ' || sold.quota_id || ', sale presumed ours) on which none of our agent groups holds a role.'
    || CASE
      WHEN counting.subscription_id IS NOT NULL THEN ' Other access of ours counts for partner earned credit here.'
      ELSE ' No other access of ours is known to count for partner earned credit here.'
    END AS message,
  CASE
    WHEN counting.subscription_id IS NOT NULL THEN 'info'
    ELSE 'low'
  END AS severity,
  'fail' AS verdict,
  sold.quota_id AS quotaId,
  NULL AS number,
  sold.last_read
FROM sold
LEFT JOIN agents
  ON agents.tenant_id = sold.tenant_id
  AND agents.subscription_id = sold.subscription_id
LEFT JOIN counting
  ON counting.tenant_id = sold.tenant_id
  AND counting.subscription_id = sold.subscription_id
WHERE agents.subscription_id IS NULL
  AND EXISTS (SELECT 1 FROM agent_group)
UNION ALL
SELECT
  NULL,
  'registry',
  'registry',
  NULL,
  'The registry names no agent groups, so nobody knows whose the foreign groups with roles at customers are: on '
    || number || ' CSP subscription' || CASE number WHEN 1 THEN '' ELSE 's' END
    || ' it cannot be told whether one of ours holds a role, nor whether another partner''s does anywhere.',
  'low',
  'unknown',
  NULL,
  number,
  NULL
FROM blind
WHERE number > 0
  OR places > 0;
