-- SPDX-License-Identifier: Apache-2.0
-- id: PAL004
-- title: Location ID differs from your rule for this customer
-- class: attribution
-- severity: high
-- subject: identity
-- reads: links tenant
-- pins: partnerId expectedId
-- folded-under: PAL003
-- rationale: Every location ID is valid for Microsoft; which one a customer's usage should be
--   counted under is your own rule (expect, in the registry). A link served from our own
--   tenant through Lighthouse is one for all customers: there the rule belongs to the
--   principal.
-- remediation: If the rule is right, signed in as the identity itself, with the expected ID P:
--   az login --tenant T && az managementpartner update --partner-id P
--   Connect-AzAccount -Tenant T; Update-AzManagementPartner -PartnerId P
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id
--   https://learn.microsoft.com/partner-center/account-settings/manage-locations

-- The first rule that hits decides: principal (own tenants only), tenant, subscription or
-- management group (of what the identity reaches; any of several IDs will do), country.
-- The default is a suggestion: a link never fails by it. A rule that names an ID which is
-- not usable decides nothing, one whose ID has only just become valid is given time.
WITH
  linked AS MATERIALIZED (
    SELECT
      active_link.tenant_id,
      active_link.object_id,
      active_link.name,
      active_link.partner_id,
      registry.name AS partner,
      active_link.tenant_id IN (SELECT tenant_id FROM own_tenant) AS is_own,
      active_link.last_read
    FROM active_link
    JOIN registry
      ON registry.id = active_link.partner_id
    WHERE registry.type = 'location'
  ),
  scoped AS MATERIALIZED (
    SELECT
      tenant_id,
      scope,
      subscription_id,
      partner_id
    FROM expected_scope
  ),
  reached AS MATERIALIZED (
    SELECT DISTINCT
      live_access.tenant_id,
      live_access.object_id,
      scoped.partner_id
    FROM scoped
    JOIN live_access
      ON live_access.tenant_id = scoped.tenant_id
      AND (live_access.subscription_id = scoped.subscription_id OR live_access.scope = scoped.scope)
    WHERE live_access.in_force
  ),
  wanted AS (
    SELECT
      linked.tenant_id,
      linked.object_id,
      0 AS rank,
      'principal' AS rule,
      CASE
        WHEN min(expect.id) = max(expect.id) THEN expect.id
      END AS partner_id
    FROM linked
    JOIN expect
      ON expect.principal = linked.object_id
      AND COALESCE(expect.tenant, linked.tenant_id) = linked.tenant_id
    WHERE linked.is_own
    GROUP BY
      linked.tenant_id,
      linked.object_id
    UNION ALL
    SELECT
      linked.tenant_id,
      linked.object_id,
      2,
      'subscription or management group',
      reached.partner_id
    FROM linked
    JOIN reached
      ON reached.tenant_id = linked.tenant_id
      AND reached.object_id = linked.object_id
    UNION ALL
    SELECT
      linked.tenant_id,
      linked.object_id,
      CASE expected_partner.rule
        WHEN 'tenant' THEN 1
        ELSE 5
      END,
      expected_partner.rule || CASE expected_partner.rule
        WHEN 'country' THEN ' ' || expected_partner.country
        ELSE ''
      END,
      expected_partner.partner_id
    FROM linked
    JOIN expected_partner
      ON expected_partner.tenant_id = linked.tenant_id
    WHERE expected_partner.rule IN ('tenant', 'country')
  ),
  best AS (
    SELECT
      tenant_id,
      object_id,
      min(rank) AS rank
    FROM wanted
    GROUP BY
      tenant_id,
      object_id
  ),
  decided AS (
    SELECT
      wanted.tenant_id,
      wanted.object_id,
      wanted.rank,
      wanted.rule,
      pal_list(wanted.partner_id) AS expected,
      min(wanted.partner_id) AS first_id,
      min(usable_partner.name) AS first_name,
      count(DISTINCT wanted.partner_id) AS ids,
      max(wanted.partner_id = linked.partner_id) AS is_right,
      min(usable_partner.is_settled) AS is_settled
    FROM wanted
    JOIN best
      ON best.tenant_id = wanted.tenant_id
      AND best.object_id = wanted.object_id
      AND best.rank = wanted.rank
    JOIN linked
      ON linked.tenant_id = wanted.tenant_id
      AND linked.object_id = wanted.object_id
    JOIN usable_partner
      ON usable_partner.partner_id = wanted.partner_id
    GROUP BY
      wanted.tenant_id,
      wanted.object_id,
      wanted.rank,
      wanted.rule
  ),
  -- Where a rule for a scope stands before the country, but not all access was read.
  blind AS (
    SELECT scoped.tenant_id
    FROM scoped
    WHERE NOT EXISTS (SELECT 1 FROM collected WHERE area = 'role-assignments')
    UNION
    SELECT scoped.tenant_id
    FROM scoped
    JOIN coverage
      ON coverage.tenant_id = scoped.tenant_id
    WHERE coverage.area IN ('role-assignments', 'groups')
      AND coverage.state NOT IN ('complete', 'not-applicable')
  )
SELECT
  decided.tenant_id,
  'identity' AS subject_type,
  decided.object_id AS subject_id,
  linked.name AS subject_name,
  'The link uses location ' || linked.partner_id || COALESCE(' (' || linked.partner || ')', '')
    || '. It differs from your rule (' || decided.rule || '), which names '
    || CASE
      WHEN decided.ids > 1 THEN decided.expected
      ELSE decided.first_id || COALESCE(' (' || decided.first_name || ')', '')
    END
    || '.'
    || CASE decided.rank
      WHEN 5 THEN ' Rules by CSP enrolment and by billing country were skipped: those areas are not read.'
      ELSE ''
    END AS message,
  CASE decided.rank
    WHEN 5 THEN 'medium'
    ELSE 'high'
  END AS severity,
  CASE
    WHEN decided.rank = 5 AND decided.tenant_id IN (SELECT tenant_id FROM blind) THEN 'unknown'
    ELSE 'fail'
  END AS verdict,
  linked.partner_id AS partnerId,
  CASE
    WHEN decided.ids > 1 THEN decided.expected
    ELSE decided.first_id
  END AS expectedId,
  decided.rule,
  linked.last_read
FROM decided
JOIN linked
  ON linked.tenant_id = decided.tenant_id
  AND linked.object_id = decided.object_id
WHERE NOT decided.is_right
  AND decided.is_settled;
