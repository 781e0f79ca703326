-- SPDX-License-Identifier: Apache-2.0
-- IDs a rule may name today: an active location of ours within its dates, or the ID of
-- a related partner (in the indirect model the provider's and the reseller's are both
-- right). A rule that names any other ID decides nothing.
-- settled: valid for longer than the days of grace, so links had time to follow.
-- once: few rows
CREATE VIEW usable_partner AS
SELECT
  registry.id AS partner_id,
  registry.name,
  registry.country,
  COALESCE(registry.valid_from, '') <= date(run.today, '-' || parameter.grace_days || ' days') AS is_settled
FROM registry
JOIN run
JOIN parameter
WHERE registry.type = 'location'
  AND registry.status = 'active'
  AND COALESCE(registry.valid_from, '') <= run.today
  AND COALESCE(registry.valid_to, '9999') >= run.today
UNION
SELECT
  related_partner.id,
  related_partner.name,
  NULL,
  1
FROM related_partner
WHERE related_partner.id NOT IN (SELECT id FROM registry);
