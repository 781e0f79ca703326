-- SPDX-License-Identifier: Apache-2.0
-- id: PAL020
-- title: New link since last review
-- class: attribution
-- severity: info
-- subject: identity
-- reads: links
-- pins: partnerIdBefore partnerId
-- rationale: A new link is good news, and a change that somebody should have wanted: from now on
--   usage under this identity is recognised, under the ID it names.
-- fix: review
-- remediation: Look whether it is wanted, with this ID, and sign the changes:
--   palscan review
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id

-- With what it is compared: see link_before. The first run compares with nothing. Of an
-- identity whose link was never answered before only the day the link was made can tell:
-- it is new when that is after the last signed change review, or where there is none,
-- after the first run.
WITH
  recorded AS (
    SELECT
      policy,
      tenant_id,
      object_id,
      partner_id,
      state,
      since,
      0 AS rank
    FROM link_before
    WHERE rank = 1
    UNION ALL
    SELECT
      policy,
      tenant_id,
      object_id,
      partner_id,
      state,
      since,
      rank
    FROM previous.link_before
  ),
  last_verified AS (
    SELECT
      recorded.tenant_id,
      recorded.object_id,
      recorded.partner_id,
      recorded.state,
      COALESCE(recorded.since, run.started) AS since,
      min(recorded.rank) AS rank
    FROM recorded
    JOIN run
    WHERE COALESCE(recorded.policy, 'PAL020') = 'PAL020'
      AND NOT EXISTS (
        SELECT 1
        FROM change_review
        WHERE COALESCE(change_review.tenant_id, recorded.tenant_id) = recorded.tenant_id
          AND unixepoch(change_review.signed) > unixepoch(recorded.since)
      )
    GROUP BY
      recorded.tenant_id,
      recorded.object_id
  ),
  sight AS (
    SELECT
      active_link.tenant_id,
      active_link.object_id,
      active_link.name,
      active_link.partner_id,
      active_link.created_time,
      active_link.last_read,
      last_verified.object_id IS NOT NULL AS is_compared,
      last_verified.state,
      last_verified.since,
      last_verified.rank,
      CASE
        WHEN last_verified.object_id IS NULL THEN (
          SELECT max(change_review.signed)
          FROM change_review
          WHERE COALESCE(change_review.tenant_id, active_link.tenant_id) = active_link.tenant_id
        )
      END AS signed,
      run.first_run
    FROM active_link
    JOIN run
    LEFT JOIN last_verified
      ON last_verified.tenant_id = active_link.tenant_id
      AND last_verified.object_id = active_link.object_id
    WHERE run.has_previous
  )
SELECT
  sight.tenant_id,
  'identity' AS subject_type,
  sight.object_id AS subject_id,
  sight.name AS subject_name,
  CASE
    WHEN sight.is_compared
      THEN 'The identity is linked to partner ID ' || sight.partner_id || COALESCE(' (' || registry.name || ')', '')
        || ', which was first seen on ' || substr(sight.since, 1, 10)
        || CASE sight.rank
          WHEN 2 THEN '; no change review has been signed since.'
          ELSE '; when it was last verified before, it had none.'
        END
    ELSE 'The link of this identity, with partner ID ' || sight.partner_id || COALESCE(' (' || registry.name || ')', '')
      || ', was read for the first time, and was made on ' || substr(sight.created_time, 1, 10) || ', after '
      || CASE
        WHEN sight.signed IS NULL THEN 'the first run on ' || substr(sight.first_run, 1, 10)
        ELSE 'the last change review was signed on ' || substr(sight.signed, 1, 10)
      END || '.'
  END AS message,
  NULL AS partnerIdBefore,
  sight.partner_id AS partnerId,
  sight.created_time AS createdTime,
  sight.last_read
FROM sight
LEFT JOIN registry
  ON registry.id = sight.partner_id
WHERE CASE
  WHEN sight.is_compared THEN COALESCE(lower(sight.state), 'deleted') = 'deleted'
  ELSE unixepoch(sight.created_time) > unixepoch(COALESCE(sight.signed, sight.first_run))
END;
