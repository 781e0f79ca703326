-- SPDX-License-Identifier: Apache-2.0
-- id: PAL104
-- title: Gap in the run history
-- class: completeness
-- severity: medium
-- subject: run
-- controls: IPE
-- rationale: Auditors test the sequence and the timing of runs. A night without one is a night of
--   which nobody can say what was so; with a reason beside it, it is a known exception.
-- fix: accept
-- remediation: Find out why the runs stopped, and write the reason down where it is found with the gap:
--   palscan waive FINGERPRINT --reason WHY --owner WHO --requester WHO --approver WHO --until DATE

-- Full runs are compared: a partial one says nothing of the rest of the estate. A gap
-- lies between two runs, so only the run that ends it sees it; it is told for reviewDays
-- from then on, or until somebody has signed the changes that hold it.
WITH
  gap AS (
    SELECT
      max(run_history.started) AS begins,
      run.started AS ends
    FROM run
    JOIN run_history
    WHERE run_history.is_full
    UNION ALL
    SELECT
      json_extract(earlier.details, '$.from'),
      json_extract(earlier.details, '$.to')
    FROM previous.finding AS earlier
    WHERE earlier.policy = 'PAL104'
      AND earlier.verdict = 'fail'
  ),
  measured AS (
    SELECT
      begins,
      ends,
      unixepoch(ends) - unixepoch(begins) AS seconds
    FROM gap
    WHERE begins IS NOT NULL
  )
SELECT
  NULL AS tenant_id,
  'run' AS subject_type,
  measured.ends AS subject_id,
  NULL AS subject_name,
  'No full run was made between ' || replace(substr(measured.begins, 1, 16), 'T', ' ') || ' and '
    || replace(substr(measured.ends, 1, 16), 'T', ' ') || ' UTC, for ' || (measured.seconds / 3600) || ' hours; at most '
    || parameter.max_gap_hours || ' are expected.' AS message,
  measured.begins AS "from",
  measured.ends AS "to"
FROM measured
JOIN run
JOIN parameter
WHERE measured.seconds > parameter.max_gap_hours * 3600
  AND unixepoch(measured.ends) + parameter.review_days * 86400 >= unixepoch(run.started)
  AND NOT EXISTS (
    SELECT 1
    FROM review
    WHERE review.scope = 'changes'
      AND unixepoch(review.signed) >= unixepoch(measured.ends)
      AND unixepoch(review.signed) <= unixepoch(run.started)
  );
