-- SPDX-License-Identifier: Apache-2.0
-- id: PAL018
-- title: Link is not active
-- class: attribution
-- severity: high
-- subject: identity
-- reads: links
-- pins: state
-- rationale: Microsoft names two states, Active and Deleted. What a link in any other state is
--   worth nobody has written down, so it is not counted as a link here.
-- fix: F1 F2
-- remediation: Show the link, signed in as the identity itself, and write it again with the location ID P of your rule:
--   az login --tenant T && az managementpartner show -o json
--   az managementpartner update --partner-id P
--   Connect-AzAccount -Tenant T; Get-AzManagementPartner | ConvertTo-Json
--   Update-AzManagementPartner -PartnerId P
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id

-- Deleted is no link: PAL011 and PAL015 tell of that. A link without a state is taken for
-- active, as older answers give none.
SELECT
  link.tenant_id,
  'identity' AS subject_type,
  link.object_id AS subject_id,
  our_object.name AS subject_name,
  'The link with partner ID ' || link.partner_id || COALESCE(' (' || registry.name || ')', '') || ' is not active. Its state is "'
    || link.state || '".' AS message,
  link.state,
  link.partner_id AS partnerId,
  our_object.last_read
FROM our_object
JOIN run
JOIN link
  ON link.tenant_id = our_object.tenant_id
  AND link.object_id = our_object.object_id
LEFT JOIN registry
  ON registry.id = link.partner_id
WHERE lower(link.state) NOT IN ('active', 'deleted')
  AND COALESCE(our_object.left_date, '9999') > run.today;
