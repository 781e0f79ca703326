-- SPDX-License-Identifier: Apache-2.0
-- Signed change reviews. tenant_id is NULL where a review speaks of all customers. One
-- that is dated after the run is of no use for it.
-- once: few rows
CREATE VIEW change_review AS
WITH
  dated AS (
    SELECT
      review.signed,
      review.tenants
    FROM review
    JOIN run
    WHERE review.scope = 'changes'
      AND unixepoch(review.signed) <= unixepoch(run.started)
  )
SELECT
  NULL AS tenant_id,
  dated.signed
FROM dated
WHERE dated.tenants IS NULL
UNION ALL
SELECT
  listed.value,
  dated.signed
FROM dated
JOIN json_each(dated.tenants) AS listed;
