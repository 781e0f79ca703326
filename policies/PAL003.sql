-- SPDX-License-Identifier: Apache-2.0
-- id: PAL003
-- title: Link uses a closed, superseded or pending ID
-- class: attribution
-- severity: critical
-- subject: identity
-- reads: links
-- pins: partnerId status
-- rationale: When a partner ID is deleted all recognition under it stops. A superseded ID of
--   the same organisation still earns until it is closed, so there is time to move the
--   link to its successor; whether a link with an ID in vetting is accepted is not known.
-- fix: F2
-- remediation: Signed in as the identity itself, with the successor P:
--   az login --tenant T && az managementpartner update --partner-id P
--   Connect-AzAccount -Tenant T; Update-AzManagementPartner -PartnerId P
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id
--   https://learn.microsoft.com/partner-center/merge-accounts
SELECT
  active_link.tenant_id,
  'identity' AS subject_type,
  active_link.object_id AS subject_id,
  active_link.name AS subject_name,
  'The link uses partner ID ' || active_link.partner_id || COALESCE(' (' || registry.name || ')', '') || ', which is '
    || CASE registry.status
      WHEN 'closed' THEN 'closed: nothing is recognised under it.'
      WHEN 'superseded' THEN 'superseded: it earns until it is closed.'
      ELSE registry.status || ': whether links with it count is not known.'
    END
    || CASE
      WHEN registry.superseded_by IS NOT NULL THEN ' Its successor is ' || registry.superseded_by || COALESCE(' (' || successor.name || ').', '.')
      WHEN registry.status = 'pending' THEN ''
      ELSE ' The registry names no successor.'
    END AS message,
  CASE registry.status
    WHEN 'closed' THEN 'critical'
    WHEN 'superseded' THEN 'high'
    ELSE 'medium'
  END AS severity,
  active_link.partner_id AS partnerId,
  registry.status,
  registry.superseded_by AS successor,
  active_link.last_read
FROM active_link
JOIN registry
  ON registry.id = active_link.partner_id
LEFT JOIN registry AS successor
  ON successor.id = registry.superseded_by
WHERE registry.status <> 'active';
