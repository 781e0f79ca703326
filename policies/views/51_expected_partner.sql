-- SPDX-License-Identifier: Apache-2.0
-- The partner ID a rule names for a customer's tenant as a whole. The partner decides,
-- Microsoft checks no geography: any location ID is valid, the country of the customer
-- or of the delivery is usual:
-- learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id
-- In this order, the first that hits:
--   tenant    a rule for this tenant
--   (a rule for a subscription or a management group stands before the country, but
--    belongs to the identities that reach it: see expected_identity)
--   (CSP enrolment, billing country: areas that are not read; such rules are skipped)
--   country   of the customer in the estate, else of the tenant
--   default   a suggestion; it decides only when defaultIsDecision says so
--   none
-- is_decided is 0 when no rule hits, when rules of one rank name different IDs, or when
-- the named ID is not usable.
-- once: tenant_id
CREATE VIEW expected_partner AS
WITH
  place AS (
    SELECT
      tenant_id,
      replace(upper(COALESCE(NULLIF(trim(estate_country), ''), NULLIF(trim(tenant_country), ''))), 'UK', 'GB') AS country
    FROM customer_tenant
  ),
  hit AS (
    SELECT
      place.tenant_id,
      1 AS rank,
      'tenant' AS rule,
      expect.id AS partner_id
    FROM expect
    JOIN place
      ON place.tenant_id = expect.tenant
    WHERE expect.subscription IS NULL
      AND expect.management_group IS NULL
      AND expect.principal IS NULL
    UNION ALL
    SELECT
      place.tenant_id,
      5,
      'country',
      expect.id
    FROM expect
    JOIN json_each(expect.country) AS listed
    JOIN place
      ON place.country = listed.value
    WHERE expect.tenant IS NULL
    UNION ALL
    SELECT
      place.tenant_id,
      6,
      'default',
      expect.id
    FROM expect
    JOIN place
    WHERE expect.is_default
    UNION ALL
    SELECT
      place.tenant_id,
      7,
      'none',
      NULL
    FROM place
  ),
  best AS (
    SELECT
      tenant_id,
      min(rank) AS rank
    FROM hit
    GROUP BY tenant_id
  ),
  named AS (
    SELECT
      hit.tenant_id,
      hit.rank,
      hit.rule,
      CASE
        WHEN min(hit.partner_id) = max(hit.partner_id) THEN min(hit.partner_id)
      END AS partner_id
    FROM hit
    JOIN best
      ON best.tenant_id = hit.tenant_id
      AND best.rank = hit.rank
    GROUP BY
      hit.tenant_id,
      hit.rank,
      hit.rule
  )
SELECT
  named.tenant_id,
  named.rule,
  named.partner_id,
  place.country,
  usable_partner.is_settled,
  CASE named.rule
    WHEN 'default' THEN parameter.default_is_decision
    ELSE 1
  END AND usable_partner.partner_id IS NOT NULL AS is_decided
FROM named
JOIN parameter
JOIN place
  ON place.tenant_id = named.tenant_id
LEFT JOIN usable_partner
  ON usable_partner.partner_id = named.partner_id;
