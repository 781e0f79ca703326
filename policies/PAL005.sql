-- SPDX-License-Identifier: Apache-2.0
-- id: PAL005
-- title: Link ID looks like a global ID
-- class: attribution
-- severity: high
-- subject: identity
-- reads: links
-- pins: partnerId
-- folded-under: PAL002
-- rationale: The first location of an account gets the number after that of the global ID, and
--   this ID is unknown and stands just before a location of ours. Nothing is recognised
--   under a global ID.
-- fix: registry F2
-- remediation: Complete the registry with the global ID of each organisation. Then, signed in as the identity itself,
--   with the location ID P of your rule for tenant T:
--   az login --tenant T && az managementpartner update --partner-id P
--   Connect-AzAccount -Tenant T; Update-AzManagementPartner -PartnerId P
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id
--   https://learn.microsoft.com/partner-center/account-settings/manage-locations

-- The rule of thumb holds for the first location only. Where the registry knows the global
-- ID of the location, by organization or because it holds one global ID alone, any other
-- number before it is none. Numbers are compared as such: IDs are texts of digits.
WITH
  known AS (
    SELECT id
    FROM registry
    UNION
    SELECT id
    FROM related_partner
  ),
  only_global AS (
    SELECT max(id) AS id
    FROM registry
    WHERE type = 'global'
    HAVING count(id) = 1
  ),
  location AS MATERIALIZED (
    SELECT
      registry.id,
      registry.name,
      CAST(registry.id AS INTEGER) - 1 AS before,
      COALESCE(registry.organization, only_global.id) AS global_id
    FROM registry
    LEFT JOIN only_global
    WHERE registry.type = 'location'
  )
SELECT
  active_link.tenant_id,
  'identity' AS subject_type,
  active_link.object_id AS subject_id,
  active_link.name AS subject_name,
  'The link uses partner ID ' || active_link.partner_id || ', which looks like the global ID of the location ' || location.id
    || COALESCE(' (' || location.name || ')', '') || ': it is the number before it, and the registry does not know it.' AS message,
  active_link.partner_id AS partnerId,
  location.id AS locationId,
  active_link.last_read
FROM active_link
CROSS JOIN location
  ON location.before = CAST(active_link.partner_id AS INTEGER)
WHERE CAST(active_link.partner_id AS INTEGER) IN (SELECT before FROM location)
  AND active_link.partner_id NOT IN (SELECT id FROM known)
  AND COALESCE(location.global_id, active_link.partner_id) = active_link.partner_id;
