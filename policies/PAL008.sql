-- SPDX-License-Identifier: Apache-2.0
-- id: PAL008
-- title: No rule says which ID is right here
-- class: rule
-- severity: low
-- subject: registry
-- reads: tenant
-- rationale: Without a rule a link with the wrong location is never noticed. A rule only for
--   the default is a suggestion, unless defaultIsDecision is set.
-- fix: registry
-- remediation: Add to expect in the registry a rule for the tenant, its subscriptions or its country, or
--   write the country of the customer in the estate; or set the parameter defaultIsDecision.
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id

-- A tenant is decided by a rule for the tenant or its country, or when rules for
-- subscriptions or a management group speak of every subscription in sight. Tenants that
-- are being offboarded need no rule any more.
WITH
  scoped AS (
    SELECT
      subscription.tenant_id,
      min(expected_scope.partner_id IN (SELECT partner_id FROM usable_partner)) AS is_decided
    FROM subscription
    LEFT JOIN expected_scope
      ON expected_scope.tenant_id = subscription.tenant_id
      AND expected_scope.subscription_id = subscription.id
    GROUP BY subscription.tenant_id
    HAVING count(expected_scope.subscription_id) = count(subscription.id)
  ),
  grouped AS (
    SELECT DISTINCT expected_scope.tenant_id
    FROM expected_scope
    CROSS JOIN reach
      ON reach.scope = expected_scope.scope
      AND +reach.tenant_id = expected_scope.tenant_id
    WHERE expected_scope.subscription_id IS NULL
      AND expected_scope.partner_id IN (SELECT partner_id FROM usable_partner)
  ),
  undecided AS (
    SELECT expected_partner.tenant_id
    FROM expected_partner
    LEFT JOIN scoped
      ON scoped.tenant_id = expected_partner.tenant_id
      AND scoped.is_decided
    LEFT JOIN grouped
      ON grouped.tenant_id = expected_partner.tenant_id
    WHERE NOT expected_partner.is_decided
      AND (expected_partner.rule = 'tenant' OR (scoped.tenant_id IS NULL AND grouped.tenant_id IS NULL))
      AND expected_partner.tenant_id NOT IN (SELECT tenant_id FROM offboarding WHERE object_id IS NULL)
  ),
  listed AS (
    SELECT
      count(tenant_id) AS number,
      pal_list(tenant_id) AS tenants
    FROM undecided
  )
SELECT
  NULL AS tenant_id,
  'registry' AS subject_type,
  'registry' AS subject_id,
  NULL AS subject_name,
  'No rule of the registry decides which partner ID is right for ' || number || CASE number WHEN 1 THEN ' tenant.' ELSE ' tenants.' END AS message,
  number,
  tenants
FROM listed
WHERE number > 0;
