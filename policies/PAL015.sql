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
-- remediation: Signed in as the identity itself, with the partner ID P it had:
--   az login --tenant T && az managementpartner create --partner-id P
--   Connect-AzAccount -Tenant T; New-AzManagementPartner -PartnerId P
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id

-- Gone means: the last verified link was active, and the identity now answers that
-- there is none (404, or state Deleted). What was not answered is not gone. The value
-- to compare with is that of the open change event; where there is none, or it only
-- tells that a link appeared, that of the open finding, else the parent's.
WITH
  baseline AS (
    SELECT
      event.tenant_id,
      event.subject_id AS object_id,
      json_extract(event.before, '$.partnerId') AS partner_id,
      COALESCE(json_extract(event.before, '$.state'), 'active') AS state,
      event.since,
      1 AS rank
    FROM event
    WHERE event.kind IN ('link.removed', 'link.changed')
      AND event.subject_type = 'identity'
    UNION ALL
    SELECT
      earlier.tenant_id,
      json_extract(earlier.subject, '$.id'),
      json_extract(earlier.details, '$.partnerIdBefore'),
      'active',
      earlier.since,
      2
    FROM previous.finding AS earlier
    WHERE earlier.policy = 'PAL015'
      AND earlier.verdict = 'fail'
      AND NOT EXISTS (
        SELECT 1
        FROM review
        WHERE review.scope = 'changes'
          AND review.signed > earlier.since
      )
    UNION ALL
    SELECT
      earlier.tenant_id,
      earlier.object_id,
      earlier.partner_id,
      COALESCE(earlier.state, 'active'),
      run.started,
      3
    FROM previous.link AS earlier
    JOIN run
  ),
  last_verified AS (
    SELECT
      tenant_id,
      object_id,
      partner_id,
      state,
      since,
      min(rank) AS rank
    FROM baseline
    GROUP BY
      tenant_id,
      object_id
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
