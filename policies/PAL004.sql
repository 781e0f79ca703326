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
-- fix: F2 or registry
-- remediation: If the rule is right, signed in as the identity itself, with the expected ID P:
--   az login --tenant T && az managementpartner update --partner-id P
--   Connect-AzAccount -Tenant T; Update-AzManagementPartner -PartnerId P
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id
--   https://learn.microsoft.com/partner-center/account-settings/manage-locations

-- Which rule decides: see expected_identity. The default is a suggestion: a link never
-- fails by it. A rule that names an ID which is not usable decides nothing, one whose ID
-- has only just become valid is given time.
WITH
  linked AS MATERIALIZED (
    SELECT
      active_link.tenant_id,
      active_link.object_id,
      active_link.name,
      active_link.partner_id,
      registry.name AS partner,
      active_link.last_read
    FROM active_link
    JOIN registry
      ON registry.id = active_link.partner_id
    WHERE registry.type = 'location'
  ),
  decided AS (
    SELECT
      expected_identity.tenant_id,
      expected_identity.object_id,
      expected_identity.rank,
      expected_identity.rule,
      pal_list(expected_identity.partner_id) AS expected,
      min(expected_identity.partner_id) AS first_id,
      min(expected_identity.partner_name) AS first_name,
      count(DISTINCT expected_identity.partner_id) AS ids,
      max(expected_identity.partner_id = linked.partner_id) AS is_right,
      min(expected_identity.is_settled) AS is_settled
    FROM linked
    JOIN expected_identity
      ON expected_identity.tenant_id = linked.tenant_id
      AND expected_identity.object_id = linked.object_id
    WHERE expected_identity.is_decided
      AND expected_identity.rank < 6
    GROUP BY
      expected_identity.tenant_id,
      expected_identity.object_id,
      expected_identity.rank,
      expected_identity.rule
  ),
  -- Where a rule for a scope stands before the country, but not all access was read.
  blind AS (
    SELECT expected_scope.tenant_id
    FROM expected_scope
    WHERE NOT EXISTS (SELECT 1 FROM collected WHERE area = 'role-assignments')
    UNION
    SELECT expected_scope.tenant_id
    FROM expected_scope
    JOIN coverage
      ON coverage.tenant_id = expected_scope.tenant_id
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
