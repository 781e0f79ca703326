-- SPDX-License-Identifier: Apache-2.0
-- id: PAL001
-- title: Link uses the global (v-org) partner ID
-- class: attribution
-- severity: critical
-- subject: identity
-- reads: links
-- pins: partnerId
-- rationale: The global ID serves membership and support, never recognition. Usage under a
--   link with it is counted for nobody; only the ID of a location is.
-- fix: F2
-- remediation: Signed in as the identity itself, with the location ID P of your rule for tenant T:
--   az login --tenant T && az managementpartner update --partner-id P
--   Connect-AzAccount -Tenant T; Update-AzManagementPartner -PartnerId P
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id
--   https://learn.microsoft.com/partner-center/account-settings/manage-locations
--   https://learn.microsoft.com/partner-center/merge-accounts

-- After a merger the other company's global account is a location of the surviving one
-- and keeps its number: a global ID that the registry places under another organisation.
SELECT
  active_link.tenant_id,
  'identity' AS subject_type,
  active_link.object_id AS subject_id,
  active_link.name AS subject_name,
  'The link uses partner ID ' || active_link.partner_id || COALESCE(' (' || registry.name || ')', '')
    || ', which the registry lists as global. Only a location ID is recognised.' AS message,
  active_link.partner_id AS partnerId,
  active_link.partner_name AS partnerName,
  active_link.last_read
FROM active_link
JOIN registry
  ON registry.id = active_link.partner_id
WHERE registry.type = 'global'
  AND COALESCE(registry.organization, registry.id) = registry.id;
