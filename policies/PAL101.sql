-- SPDX-License-Identifier: Apache-2.0
-- id: PAL101
-- title: Finding open beyond its deadline
-- class: rule
-- severity: medium
-- subject: tenant
-- rationale: A finding nobody closes and nobody accepts is a decision nobody took. How many days
--   each severity has is set by the parameters slaCriticalDays, slaHighDays, slaMediumDays and
--   slaLowDays; info has no deadline.
-- fix: none
-- remediation: Do what the finding says, or accept its risk with a reason and an end:
--   palscan waive FINGERPRINT --reason WHY --owner WHO --requester WHO --approver WHO --until DATE

-- Judged after all other policies, upon the findings of this run: what is resolved,
-- accepted or folded tonight is not overdue. A finding that comes back begins anew. One
-- whose acceptance ended is counted from the day after; where an acceptance lapsed
-- because a fact changed, nobody wrote down when, so it is counted from the first run
-- that found it overdue and unaccepted, and until then the verdict is unknown.
WITH
  counted AS MATERIALIZED (
    SELECT
      -- CAST: without an affinity SQLite finds no index for the join below.
      CAST(json_extract(earlier.details, '$.finding') AS TEXT) AS fingerprint,
      max(json_extract(earlier.details, '$.countedFrom')) AS since
    FROM previous.finding AS earlier
    WHERE earlier.policy = 'PAL101'
    GROUP BY json_extract(earlier.details, '$.finding')
  ),
  open AS (
    SELECT
      finding.tenant_id,
      finding.fingerprint,
      finding.policy,
      finding.key,
      finding.severity,
      finding.last_verified,
      json_extract(finding.subject, '$.type') AS subject_type,
      json_extract(finding.subject, '$.id') AS subject_id,
      json_extract(finding.subject, '$.name') AS subject_name,
      finding.since AS first_seen,
      CASE
        WHEN waiver.id IS NOT NULL THEN max(finding.since, date(waiver.until_date, '+1 day') || 'T00:00:00Z')
        WHEN finding.lapsed IS NOT NULL THEN COALESCE(counted.since, run.started)
        ELSE finding.since
      END AS since,
      finding.lapsed IS NOT NULL AND waiver.id IS NULL AS is_lapsed,
      CASE finding.severity
        WHEN 'critical' THEN parameter.sla_critical_days
        WHEN 'high' THEN parameter.sla_high_days
        WHEN 'medium' THEN parameter.sla_medium_days
        WHEN 'low' THEN parameter.sla_low_days
      END AS days
    FROM finding
    JOIN run
    JOIN parameter
    LEFT JOIN waiver
      ON finding.lapsed IS NOT NULL
      AND finding.lapsed = waiver.id || ': ended on ' || waiver.until_date
    LEFT JOIN counted
      ON counted.fingerprint = finding.fingerprint
    WHERE finding.verdict = 'fail'
      AND finding.status = 'open'
  ),
  judged AS (
    SELECT
      open.tenant_id,
      open.fingerprint,
      open.policy,
      open.key,
      open.severity,
      open.last_verified,
      open.subject_type,
      open.subject_id,
      open.subject_name,
      open.since,
      open.is_lapsed,
      open.days,
      unixepoch(open.first_seen) + open.days * 86400 < unixepoch(run.started) AS was_due,
      unixepoch(open.since) + open.days * 86400 < unixepoch(run.started) AS is_due
    FROM open
    JOIN run
    WHERE open.days IS NOT NULL
  )
SELECT
  tenant_id,
  subject_type,
  subject_id,
  subject_name,
  policy || COALESCE(' ' || key, '') AS key,
  CASE
    WHEN is_due THEN 'The ' || severity || ' finding of ' || policy || ' is open since ' || substr(since, 1, 10)
      || '; it had to be closed or accepted within ' || days || ' days, by ' || date(since, '+' || days || ' days') || '.'
    ELSE 'The ' || severity || ' finding of ' || policy || ' is open again because its risk acceptance lapsed; on which day is not known. Its '
      || days || ' days are counted from ' || substr(since, 1, 10) || '.'
  END AS message,
  CASE
    WHEN is_due THEN 'fail'
    ELSE 'unknown'
  END AS verdict,
  policy,
  fingerprint AS finding,
  severity AS findingSeverity,
  since AS countedFrom,
  last_verified AS last_read
FROM judged
WHERE is_due
  OR (is_lapsed AND was_due);
