-- SPDX-License-Identifier: Apache-2.0
-- id: PAL017
-- title: Link was rewritten between scans
-- class: attribution
-- severity: low
-- subject: identity
-- reads: links
-- pins: partnerId version
-- rationale: The version of a link grows with each write, also when it is removed. One write with
--   the same ID is usually a script that ran again; with two or more the link may have been
--   gone, or have had another ID, for a time.
-- fix: review
-- remediation: Ask who wrote it and why. What it is now, signed in as the identity itself:
--   az login --tenant T && az managementpartner show -o json
--   Connect-AzAccount -Tenant T; Get-AzManagementPartner | ConvertTo-Json
--   Then sign the changes: palscan review
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id

-- With what the ID and the version are compared: see link_before. An event keeps no time
-- of the last write, so that of the open finding is compared, else the parent's; where no
-- time was given, the version proves the write alone.
WITH
  recorded AS (
    SELECT
      policy,
      tenant_id,
      object_id,
      partner_id,
      state,
      version,
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
      version,
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
      recorded.version,
      COALESCE(recorded.since, run.started) AS since,
      min(recorded.rank) AS rank
    FROM recorded
    JOIN run
    WHERE COALESCE(recorded.policy, 'PAL017') = 'PAL017'
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
  told AS MATERIALIZED (
    SELECT
      earlier.tenant_id,
      CAST(json_extract(earlier.subject, '$.id') AS TEXT) AS object_id, -- else no index can be made of it
      json_extract(earlier.details, '$.updatedTimeBefore') AS updated_time
    FROM previous.finding AS earlier
    WHERE earlier.policy = 'PAL017'
      AND earlier.verdict = 'fail'
  ),
  rewritten AS (
    SELECT
      active_link.tenant_id,
      active_link.object_id,
      active_link.name,
      active_link.partner_id,
      last_verified.version AS version_before,
      active_link.version,
      COALESCE(told.updated_time, earlier.updated_time) AS updated_before,
      active_link.updated_time,
      last_verified.since,
      active_link.last_read
    FROM last_verified
    JOIN active_link
      ON active_link.tenant_id = last_verified.tenant_id
      AND active_link.object_id = last_verified.object_id
    LEFT JOIN previous.link AS earlier
      ON earlier.tenant_id = active_link.tenant_id
      AND earlier.object_id = active_link.object_id
    LEFT JOIN told
      ON told.tenant_id = active_link.tenant_id
      AND told.object_id = active_link.object_id
    WHERE lower(last_verified.state) = 'active'
      AND last_verified.partner_id = active_link.partner_id
      AND last_verified.version < active_link.version
  )
SELECT
  rewritten.tenant_id,
  'identity' AS subject_type,
  rewritten.object_id AS subject_id,
  rewritten.name AS subject_name,
  'The link was written again with the same partner ID ' || rewritten.partner_id || COALESCE(' (' || registry.name || ')', '')
    || COALESCE(', last on ' || substr(rewritten.updated_time, 1, 10), '') || '; that was first seen on '
    || substr(rewritten.since, 1, 10) || '. Its version rose from ' || rewritten.version_before || ' to ' || rewritten.version
    || CASE
      WHEN rewritten.version - rewritten.version_before > 1
        THEN ': it was written or removed more than once, and may have been gone or had another ID for a time.'
      ELSE '.'
    END AS message,
  CASE
    WHEN rewritten.version - rewritten.version_before > 1 THEN 'medium'
    ELSE 'low'
  END AS severity,
  rewritten.partner_id AS partnerId,
  rewritten.version,
  rewritten.version_before AS versionBefore,
  rewritten.updated_time AS updatedTime,
  rewritten.updated_before AS updatedTimeBefore,
  rewritten.last_read
FROM rewritten
LEFT JOIN registry
  ON registry.id = rewritten.partner_id
WHERE COALESCE(rewritten.updated_time <> rewritten.updated_before, 1);
