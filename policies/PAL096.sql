-- SPDX-License-Identifier: Apache-2.0
-- id: PAL096
-- title: Tenant not fully read for too long
-- class: completeness
-- severity: medium
-- subject: tenant
-- controls: IPE
-- rationale: What is not read is not judged: a customer that stays dark looks as quiet as one
--   that is in order. Facts carried from earlier runs prove nothing about today.
-- fix: F0 or estate
-- remediation: Find out what is missing in tenant T, and read it again:
--   palscan doctor --tenant T, then palscan scan --tenant T
--   Or, where the customer does not let us read an area, write that into acceptedGaps of the estate.

-- One finding for each area. A unit that was once read completely says since when it is
-- not; of one that never was, the judge remembers when its area was first seen so.
WITH
  unit AS MATERIALIZED (
    SELECT
      incomplete_unit.tenant_id,
      incomplete_unit.area,
      incomplete_unit.unit,
      incomplete_unit.code,
      incomplete_unit.as_of,
      COALESCE(incomplete_unit.as_of, event.since, run.started) AS since
    FROM incomplete_unit
    JOIN run
    LEFT JOIN event
      ON event.tenant_id = incomplete_unit.tenant_id
      AND event.subject_id = incomplete_unit.area
      AND event.kind = 'seen.incomplete-area'
  ),
  overdue AS (
    SELECT
      unit.tenant_id,
      unit.area,
      min(unit.as_of) AS read_on,
      min(unit.since) AS since,
      count(unit.unit) AS number,
      pal_list(unit.unit) AS parts,
      pal_list(unit.code) AS causes,
      min(unit.code IS 'through lighthouse') AS is_lighthouse
    FROM unit
    JOIN run
    JOIN parameter
    WHERE unixepoch(unit.since) + parameter.stale_days * 86400 < unixepoch(run.started)
    GROUP BY
      unit.tenant_id,
      unit.area
  ),
  total AS (
    SELECT
      overdue.tenant_id,
      overdue.area,
      count(coverage.unit) AS number
    FROM overdue
    JOIN coverage
      ON coverage.tenant_id = overdue.tenant_id
      AND coverage.area = overdue.area
    GROUP BY
      overdue.tenant_id,
      overdue.area
  )
SELECT
  overdue.tenant_id,
  'tenant' AS subject_type,
  overdue.tenant_id AS subject_id,
  COALESCE(customer.name, tenant.name) AS subject_name,
  overdue.area AS key,
  'The area ' || overdue.area || ' has not been read completely for more than ' || parameter.stale_days || ' days: '
    || CASE
      WHEN overdue.read_on IS overdue.since
        THEN overdue.number || ' of ' || total.number || ' parts, the oldest last read completely on ' || substr(overdue.read_on, 1, 10) || '.'
      ELSE overdue.number || ' of ' || total.number || ' parts, some of them never; that was first seen on ' || substr(overdue.since, 1, 10) || '.'
    END
    || CASE
      WHEN overdue.is_lighthouse
        THEN ' It is seen through Lighthouse only, which never shows all of it: accept the gap in the estate, or read the tenant as an identity of its own.'
      ELSE ''
    END AS message,
  overdue.area,
  overdue.parts,
  overdue.causes,
  overdue.since AS notCompleteSince
FROM overdue
JOIN parameter
JOIN total
  ON total.tenant_id = overdue.tenant_id
  AND total.area = overdue.area
LEFT JOIN customer
  ON customer.tenant_id = overdue.tenant_id
LEFT JOIN tenant
  ON tenant.id = overdue.tenant_id;
