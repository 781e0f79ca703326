-- SPDX-License-Identifier: Apache-2.0
-- id: PAL002
-- title: Link uses an ID that is not ours
-- class: attribution
-- severity: critical
-- subject: identity
-- reads: links
-- pins: partnerId
-- rationale: Usage under our own access is counted for another partner. An account of the
--   customer may be shared by several partners and is not judged; a contractor may carry
--   its own company's ID, which is told as medium.
-- fix: F2 or registry
-- remediation: If the ID is ours, add it to the registry (an acquired company's with its status); a
--   provider's or reseller's belongs under relatedPartners. Else, signed in as the identity:
--   az login --tenant T && az managementpartner update --partner-id P
--   Connect-AzAccount -Tenant T; Update-AzManagementPartner -PartnerId P
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id
SELECT
  active_link.tenant_id,
  'identity' AS subject_type,
  active_link.object_id AS subject_id,
  active_link.name AS subject_name,
  'The link uses partner ID ' || active_link.partner_id || COALESCE(' (' || active_link.partner_name || ')', '')
    || ', which is neither in the registry nor one of the related partners for this tenant.' AS message,
  CASE active_link.owner
    WHEN 'contractor' THEN 'medium'
    ELSE 'critical'
  END AS severity,
  active_link.partner_id AS partnerId,
  active_link.partner_name AS partnerName,
  active_link.owner,
  active_link.last_read
FROM active_link
WHERE active_link.owner <> 'customer'
  AND active_link.partner_id NOT IN (SELECT id FROM registry)
  AND NOT EXISTS (
    SELECT 1
    FROM related_partner
    WHERE related_partner.id = active_link.partner_id
      AND (
        COALESCE(related_partner.tenants, '[]') = '[]'
        OR active_link.tenant_id IN (SELECT listed.value FROM json_each(related_partner.tenants) AS listed)
      )
  );
