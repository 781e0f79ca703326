-- SPDX-License-Identifier: Apache-2.0
-- Units of an area that were not read completely, other than what the customer does
-- not let us read and says so (acceptedGaps), and the links of people who left, for
-- which nobody can ask. Stale facts are no reading. A customer that is gone is not
-- expected to be read.
--   as_of  start of the last run that read all of it; NULL: none did
CREATE VIEW incomplete_unit AS
SELECT
  coverage.tenant_id,
  coverage.area,
  coverage.unit,
  coverage.state,
  coverage.code,
  coverage.as_of
FROM coverage
JOIN collected
  ON collected.area = coverage.area
LEFT JOIN customer
  ON customer.tenant_id = coverage.tenant_id
WHERE (
    coverage.state IN ('partial', 'stale', 'unread')
    OR (
      coverage.state = 'self-declared'
      AND unixepoch(coverage.as_of) + (SELECT declared_max_age_days FROM parameter) * 86400 < (SELECT unixepoch(started) FROM run)
    )
  )
  AND NOT (coverage.area = 'links' AND coverage.state = 'stale' AND coverage.code IS 'the person has left')
  AND COALESCE(customer.status, 'active') <> 'offboarded'
  AND NOT EXISTS (
    SELECT 1
    FROM accepted_gap
    WHERE accepted_gap.tenant_id = coverage.tenant_id
      AND COALESCE(accepted_gap.until, '9999') >= (SELECT today FROM run)
      AND (
        accepted_gap.area = coverage.area
        OR (
          accepted_gap.area = 'role-assignments'
          AND coverage.area IN ('role-definitions', 'pim', 'deny-assignments', 'groups')
        )
      )
  );
