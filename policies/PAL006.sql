-- SPDX-License-Identifier: Apache-2.0
-- id: PAL006
-- title: Partner name behind the ID is not ours
-- class: attribution
-- severity: high
-- subject: identity
-- reads: links
-- pins: partnerId partnerName
-- folded-under: PAL002
-- rationale: Microsoft says with the link whose ID it is. A name that is none of ours tells of a
--   wrong ID, or of an account that was renamed or taken over.
-- fix: F1 F2 or registry
-- remediation: If the name is ours, add it to the aliases of the registry. Else show the link, signed in as the
--   identity itself, and correct it with the location ID P of your rule for tenant T:
--   az login --tenant T && az managementpartner show -o json
--   az managementpartner update --partner-id P
--   Connect-AzAccount -Tenant T; Get-AzManagementPartner | ConvertTo-Json
--   Update-AzManagementPartner -PartnerId P
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id

-- Names are compared without case and space, with every name and alias of the registry and
-- of the related partners. An account of the customer may carry another partner's ID, as in
-- PAL002. Where Microsoft gave no name, or the registry gives none for its own ID, nothing
-- can be compared.
WITH
  named AS (
    SELECT
      id,
      name,
      aliases
    FROM registry
    UNION ALL
    SELECT
      id,
      name,
      aliases
    FROM related_partner
  ),
  wording AS (
    SELECT
      id,
      name
    FROM named
    WHERE name IS NOT NULL
    UNION
    SELECT
      named.id,
      alias.value
    FROM named
    JOIN json_each(named.aliases) AS alias
  ),
  linked AS MATERIALIZED (
    SELECT
      active_link.tenant_id,
      active_link.object_id,
      active_link.name,
      active_link.partner_id,
      NULLIF(trim(active_link.partner_name), '') AS partner_name,
      active_link.partner_id IN (SELECT id FROM registry) AS is_known,
      active_link.partner_id IN (SELECT id FROM named) AS is_named,
      active_link.partner_id IN (SELECT id FROM wording) AS has_wording,
      active_link.last_read
    FROM active_link
    WHERE active_link.owner <> 'customer'
      OR active_link.partner_id IN (SELECT id FROM named)
  ),
  ours AS (
    SELECT DISTINCT told.partner_name
    FROM (
      SELECT DISTINCT partner_name
      FROM linked
      WHERE partner_name IS NOT NULL
    ) AS told
    JOIN wording
      ON pal_same_person(told.partner_name, wording.name)
  )
SELECT
  linked.tenant_id,
  'identity' AS subject_type,
  linked.object_id AS subject_id,
  linked.name AS subject_name,
  CASE
    WHEN linked.partner_name IS NULL
      THEN 'Whose partner ID ' || linked.partner_id || ' is cannot be compared: Microsoft gave no name with the link.'
    WHEN linked.is_named AND NOT linked.has_wording
      THEN 'Microsoft calls partner ID ' || linked.partner_id || ' "' || linked.partner_name || '"; the registry gives no name for it to compare with.'
    ELSE 'Microsoft calls partner ID ' || linked.partner_id || ' "' || linked.partner_name || '", which is no name or alias in the registry.'
      || CASE
        WHEN linked.is_known THEN ' The ID is ours, so it was perhaps renamed.'
        ELSE ''
      END
  END AS message,
  CASE
    WHEN linked.is_known THEN 'low'
    ELSE 'high'
  END AS severity,
  CASE
    WHEN linked.partner_name IS NULL OR (linked.is_named AND NOT linked.has_wording) THEN 'unknown'
    ELSE 'fail'
  END AS verdict,
  linked.partner_id AS partnerId,
  linked.partner_name AS partnerName,
  linked.last_read
FROM linked
LEFT JOIN ours
  ON ours.partner_name = linked.partner_name
WHERE ours.partner_name IS NULL;
