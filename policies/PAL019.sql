-- SPDX-License-Identifier: Apache-2.0
-- id: PAL019
-- title: Link belongs to another object or tenant, or an import contradicts a reading
-- class: completeness
-- severity: high
-- subject: identity
-- reads: links
-- pins: linkTenantId linkObjectId partnerId declaredPartnerId
-- rationale: What stands here as the link of this identity may be that of another sign-in: then
--   neither this link nor its absence is proven.
-- remediation: Show the link again, signed in as the identity itself, in this tenant:
--   az login --tenant T --allow-no-subscriptions && az managementpartner show
--   Connect-AzAccount -Tenant T; Get-AzManagementPartner
--   A person's: palscan collector --identity NAME --tenant T, and palscan import of its file.
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id

-- A declaration from before the link was last written contradicts nothing: the link was
-- changed since. One that is too old (declaredMaxAgeDays) is dropped by the next reading.
WITH
  held AS (
    SELECT
      identity.tenant_id,
      identity.object_id,
      link.link_tenant_id,
      link.link_object_id,
      CASE
        WHEN COALESCE(lower(link.state), 'active') <> 'deleted' THEN link.partner_id
      END AS partner_id,
      declaration.object_id IS NOT NULL AS is_declared,
      CASE
        WHEN COALESCE(lower(declaration.state), 'active') <> 'deleted' THEN declaration.partner_id
      END AS declared_partner_id,
      declaration.provider,
      declaration.date,
      COALESCE(link.updated_time > declaration.date, 0) AS is_written_since,
      identity.assurance = 'read'
        AND identity.link_answered AS is_read
    FROM identity
    LEFT JOIN link
      ON link.tenant_id = identity.tenant_id
      AND link.object_id = identity.object_id
    LEFT JOIN declaration
      ON declaration.tenant_id = identity.tenant_id
      AND declaration.object_id = identity.object_id
  ),
  judged AS (
    SELECT
      tenant_id,
      object_id,
      link_tenant_id,
      link_object_id,
      partner_id,
      declared_partner_id,
      provider,
      date,
      COALESCE(link_tenant_id <> tenant_id, 0) AS is_elsewhere,
      COALESCE(link_object_id <> object_id, 0) AS is_anothers,
      is_read
        AND is_declared
        AND NOT is_written_since
        AND partner_id IS NOT declared_partner_id AS is_contradicted
    FROM held
  )
SELECT
  judged.tenant_id,
  'identity' AS subject_type,
  judged.object_id AS subject_id,
  our_object.name AS subject_name,
  CASE
    WHEN judged.is_elsewhere THEN 'The link says that it is one of tenant ' || judged.link_tenant_id || '.'
    WHEN judged.is_anothers THEN 'The link says that it is that of object ' || judged.link_object_id || '.'
    ELSE 'Read: ' || COALESCE('partner ID ' || judged.partner_id, 'no link') || '. Self-declared by '
      || judged.provider || ' on ' || substr(judged.date, 1, 10) || ': '
      || COALESCE('partner ID ' || judged.declared_partner_id, 'no link') || '.'
  END AS message,
  judged.link_tenant_id AS linkTenantId,
  judged.link_object_id AS linkObjectId,
  judged.partner_id AS partnerId,
  CASE
    WHEN judged.is_contradicted THEN judged.declared_partner_id
  END AS declaredPartnerId,
  our_object.last_read
FROM judged
JOIN our_object
  ON our_object.tenant_id = judged.tenant_id
  AND our_object.object_id = judged.object_id
WHERE judged.is_elsewhere
  OR judged.is_anothers
  OR judged.is_contradicted;
