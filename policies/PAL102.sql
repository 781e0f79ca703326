-- SPDX-License-Identifier: Apache-2.0
-- id: PAL102
-- title: No signed review in the period
-- class: rule
-- severity: medium
-- subject: review
-- rationale: That changes are recorded is one half of the control, that a person looked at them
--   and signed is the other. Privileged access is expected to be reviewed more often; that has a
--   rule of its own.
-- fix: review
-- remediation: Look at what changed since the last review and sign it:
--   palscan review

-- Before there is a review the days count from the first run. A review that is dated
-- after the run is of no use for it.
WITH
  last_review AS (
    SELECT max(review.signed) AS signed
    FROM review
    JOIN run
    WHERE review.scope = 'changes'
      AND unixepoch(review.signed) <= unixepoch(run.started)
  )
SELECT
  NULL AS tenant_id,
  'review' AS subject_type,
  'changes' AS subject_id,
  NULL AS subject_name,
  CASE
    WHEN last_review.signed IS NULL
      THEN 'No change review has been signed since the first run on ' || substr(run.first_run, 1, 10)
    ELSE 'The last change review was signed on ' || substr(last_review.signed, 1, 10)
  END || '; one is due every ' || parameter.review_days || ' days.' AS message,
  last_review.signed AS lastReview,
  run.first_run AS firstRun
FROM run
JOIN parameter
JOIN last_review
WHERE unixepoch(COALESCE(last_review.signed, run.first_run)) + parameter.review_days * 86400 < unixepoch(run.started);
