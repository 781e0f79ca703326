-- SPDX-License-Identifier: Apache-2.0
-- id: PAL015
-- title: Link disappeared
-- class: attribution
-- severity: high
-- subject: identity
-- reads: links
-- needs: links
-- pins: partnerIdBefore partnerId
-- folded-under: offboarding
-- rationale: Only the identity itself can remove its link. From then on its usage is recognised
--   for nobody.
-- fix: F3 or review
-- remediation: Signed in as the identity itself, with the partner ID P it had:
--   az login --tenant T && az managementpartner create --partner-id P
--   Connect-AzAccount -Tenant T; New-AzManagementPartner -PartnerId P
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id

-- Gone means: the last verified link was active, and the identity now answers that
-- there is none (404, or state Deleted). What was not answered is not gone. With what it
-- is compared: see link_before.
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
    WHERE COALESCE(recorded.policy, 'PAL015') = 'PAL015'
      AND NOT EXISTS (
        SELECT 1
        FROM change_review
        WHERE COALESCE(change_review.tenant_id, recorded.tenant_id) = recorded.tenant_id
          AND unixepoch(change_review.signed) > unixepoch(recorded.since)
      )
    GROUP BY
      recorded.tenant_id,
      recorded.object_id
  )
SELECT
  last_verified.tenant_id,
  'identity' AS subject_type,
  last_verified.object_id AS subject_id,
  our_object.name AS subject_name,
  'The link with partner ID ' || last_verified.partner_id || ' is gone; that was first seen on '
    || substr(last_verified.since, 1, 10) || '.' AS message,
  last_verified.partner_id AS partnerIdBefore,
  NULL AS partnerId,
  our_object.last_read
FROM last_verified
JOIN our_object
  ON our_object.tenant_id = last_verified.tenant_id
  AND our_object.object_id = last_verified.object_id
JOIN identity
  ON identity.tenant_id = last_verified.tenant_id
  AND identity.object_id = last_verified.object_id
LEFT JOIN link
  ON link.tenant_id = last_verified.tenant_id
  AND link.object_id = last_verified.object_id
WHERE lower(last_verified.state) = 'active'
  AND identity.link_answered
  AND (link.object_id IS NULL OR lower(link.state) = 'deleted');
