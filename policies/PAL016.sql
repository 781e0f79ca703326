-- SPDX-License-Identifier: Apache-2.0
-- id: PAL016
-- title: Link's partner ID changed
-- class: attribution
-- severity: high
-- subject: identity
-- reads: links
-- pins: partnerIdBefore partnerId
-- rationale: From the change on usage is recognised under another ID, perhaps another
--   partner's. A move the registry announced (supersededBy) is told as information.
-- fix: review or F2
-- remediation: Ask who changed it and why; if it was a mistake, signed in as the identity itself:
--   az login --tenant T && az managementpartner update --partner-id P
--   Connect-AzAccount -Tenant T; Update-AzManagementPartner -PartnerId P
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id
--   https://learn.microsoft.com/partner-center/merge-accounts

-- Planned: the registry leads from the old ID by supersededBy to the new one, and the
-- link was changed when the new ID was valid already. With what it is compared: see
-- link_before.
WITH RECURSIVE
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
    WHERE COALESCE(recorded.policy, 'PAL016') = 'PAL016'
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
  changed AS MATERIALIZED (
    SELECT
      active_link.tenant_id,
      active_link.object_id AS subject_id,
      active_link.name,
      last_verified.partner_id AS old_id,
      active_link.partner_id AS new_id,
      substr(COALESCE(active_link.updated_time, last_verified.since), 1, 10) AS changed_on,
      active_link.last_read
    FROM last_verified
    JOIN active_link
      ON active_link.tenant_id = last_verified.tenant_id
      AND active_link.object_id = last_verified.object_id
    WHERE lower(last_verified.state) = 'active'
      AND last_verified.partner_id <> active_link.partner_id
  ),
  successor(old_id, new_id) AS (
    SELECT
      changed.old_id,
      registry.superseded_by
    FROM changed
    JOIN registry
      ON registry.id = changed.old_id
    UNION
    SELECT
      successor.old_id,
      registry.superseded_by
    FROM successor
    JOIN registry
      ON registry.id = successor.new_id
  ),
  planned AS (
    SELECT DISTINCT
      changed.tenant_id,
      changed.subject_id
    FROM changed
    JOIN successor
      ON successor.old_id = changed.old_id
      AND successor.new_id = changed.new_id
    JOIN registry
      ON registry.id = changed.new_id
    WHERE COALESCE(registry.valid_from, '') <= changed.changed_on
  )
SELECT
  changed.tenant_id,
  'identity' AS subject_type,
  changed.subject_id,
  changed.name AS subject_name,
  'The link''s partner ID changed from ' || changed.old_id || COALESCE(' (' || before.name || ')', '') || ' to '
    || changed.new_id || COALESCE(' (' || after.name || ')', '') || ' on ' || changed.changed_on
    || CASE
      WHEN planned.subject_id IS NOT NULL THEN ': migrated, as the registry plans.'
      ELSE '.'
    END AS message,
  CASE
    WHEN planned.subject_id IS NOT NULL THEN 'info'
    ELSE 'high'
  END AS severity,
  changed.old_id AS partnerIdBefore,
  changed.new_id AS partnerId,
  changed.last_read
FROM changed
LEFT JOIN planned
  ON planned.tenant_id = changed.tenant_id
  AND planned.subject_id = changed.subject_id
LEFT JOIN registry AS before
  ON before.id = changed.old_id
LEFT JOIN registry AS after
  ON after.id = changed.new_id;
