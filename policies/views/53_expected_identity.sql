-- SPDX-License-Identifier: Apache-2.0
-- Which partner ID the link of each of our objects should have, and which rule of the
-- registry decided; of an object that reaches several subscriptions with rules of their
-- own each of their IDs is a row, and any of them will do. In this order, the first that
-- hits:
--   0  principal     in a tenant of our own: the link there serves customers through
--                    Lighthouse, so the expectation belongs to the principal
--   1  tenant
--   2  subscription or management group, of what the object reaches by a role in force
--   (3, 4: CSP enrolment, billing country: areas that are not read; such rules are skipped)
--   5  country       of the customer in the estate, else of the tenant
--   6  default       a suggestion; it decides only when defaultIsDecision says so
--   7  none
-- partner_id is NULL where no rule hits, or rules of one rank name different IDs.
-- is_decided: the rule decides, and the ID it names may be used today (usable_partner).
-- is_settled: it has been usable for longer than the days of grace.
CREATE VIEW expected_identity AS
WITH
  ours AS MATERIALIZED (
    SELECT
      our_object.tenant_id,
      our_object.object_id,
      our_object.tenant_id IN (SELECT tenant_id FROM own_tenant) AS is_own
    FROM our_object
  ),
  scoped AS MATERIALIZED (
    SELECT
      tenant_id,
      scope,
      subscription_id,
      partner_id
    FROM expected_scope
  ),
  wanted AS MATERIALIZED (
    SELECT
      ours.tenant_id,
      ours.object_id,
      0 AS rank,
      'principal' AS rule,
      CASE
        WHEN min(expect.id) = max(expect.id) THEN min(expect.id)
      END AS partner_id
    FROM ours
    JOIN expect
      ON expect.principal = ours.object_id
      AND COALESCE(expect.tenant, ours.tenant_id) = ours.tenant_id
    WHERE ours.is_own
    GROUP BY
      ours.tenant_id,
      ours.object_id
    UNION
    SELECT
      live_access.tenant_id,
      live_access.object_id,
      2,
      'subscription or management group',
      scoped.partner_id
    FROM scoped
    JOIN live_access
      ON live_access.tenant_id = scoped.tenant_id
      AND live_access.subscription_id = scoped.subscription_id
    WHERE live_access.in_force
    UNION
    SELECT
      live_access.tenant_id,
      live_access.object_id,
      2,
      'subscription or management group',
      scoped.partner_id
    FROM scoped
    -- By scope: each rule would read all roles in its tenant, were the tenant looked up.
    CROSS JOIN live_access
      ON live_access.scope = scoped.scope
      AND +live_access.tenant_id = scoped.tenant_id
    WHERE live_access.in_force
    UNION
    SELECT
      ours.tenant_id,
      ours.object_id,
      CASE COALESCE(expected_partner.rule, 'none')
        WHEN 'tenant' THEN 1
        WHEN 'country' THEN 5
        WHEN 'default' THEN 6
        ELSE 7
      END,
      COALESCE(expected_partner.rule, 'none') || CASE expected_partner.rule
        WHEN 'country' THEN ' ' || expected_partner.country
        ELSE ''
      END,
      expected_partner.partner_id
    FROM ours
    LEFT JOIN expected_partner
      ON expected_partner.tenant_id = ours.tenant_id
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
  )
SELECT
  wanted.tenant_id,
  wanted.object_id,
  wanted.rank,
  wanted.rule,
  wanted.partner_id,
  usable_partner.name AS partner_name,
  usable_partner.is_settled,
  usable_partner.partner_id IS NOT NULL
    AND CASE wanted.rank
      WHEN 6 THEN parameter.default_is_decision
      ELSE 1
    END AS is_decided
FROM best
JOIN parameter
JOIN wanted
  ON wanted.tenant_id = best.tenant_id
  AND wanted.object_id = best.object_id
  AND wanted.rank = best.rank
LEFT JOIN usable_partner
  ON usable_partner.partner_id = wanted.partner_id;
