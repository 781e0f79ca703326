-- SPDX-License-Identifier: Apache-2.0
-- id: PAL007
-- title: One tenant, several partner IDs
-- class: attribution
-- severity: medium
-- subject: tenant
-- reads: links
-- pins: partnerIds
-- folded-under: PAL001 PAL002 PAL003 PAL004
-- rationale: What several accounts of ours do for one customer is counted under several IDs: often
--   one of them is a mistake nobody noticed.
-- fix: F2 or registry
-- remediation: If the locations share the customer, write that into expect of the registry, a rule for each
--   subscription, or accept it for this tenant. Else, signed in as the identity itself, with the right location ID P:
--   az login --tenant T && az managementpartner update --partner-id P
--   Connect-AzAccount -Tenant T; Update-AzManagementPartner -PartnerId P
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id

-- IDs of related partners that are right for the tenant are left aside, and accounts of the
-- customer. It is wanted where every ID is one a rule of the registry names: for a
-- subscription or management group of the tenant, for the tenant as a whole, or, in a
-- tenant of our own, for the principal that has it.
WITH
  linked AS MATERIALIZED (
    SELECT
      active_link.tenant_id,
      active_link.object_id,
      active_link.partner_id,
      COALESCE(registry.name, active_link.partner_name) AS partner,
      active_link.last_read
    FROM active_link
    LEFT JOIN registry
      ON registry.id = active_link.partner_id
    WHERE active_link.owner <> 'customer'
      AND NOT EXISTS (
        SELECT 1
        FROM related_partner
        WHERE related_partner.id = active_link.partner_id
          AND related_partner.id NOT IN (SELECT id FROM registry)
          AND (
            COALESCE(related_partner.tenants, '[]') = '[]'
            OR active_link.tenant_id IN (SELECT listed.value FROM json_each(related_partner.tenants) AS listed)
          )
      )
  ),
  several AS (
    SELECT tenant_id
    FROM linked
    GROUP BY tenant_id
    HAVING min(partner_id) <> max(partner_id)
  ),
  wanted AS MATERIALIZED (
    SELECT
      tenant_id,
      partner_id,
      NULL AS object_id
    FROM expected_scope
    WHERE partner_id IS NOT NULL
    UNION
    SELECT
      tenant_id,
      partner_id,
      NULL
    FROM expected_partner
    WHERE is_decided
    UNION
    SELECT
      linked.tenant_id,
      linked.partner_id,
      linked.object_id
    FROM expect
    JOIN linked
      ON linked.object_id = expect.principal
      AND linked.partner_id = expect.id
    WHERE COALESCE(expect.tenant, linked.tenant_id) = linked.tenant_id
      AND linked.tenant_id IN (SELECT tenant_id FROM own_tenant)
  ),
  judged AS (
    SELECT
      linked.tenant_id,
      linked.object_id,
      linked.partner_id,
      linked.partner,
      linked.last_read,
      COALESCE(
        (linked.tenant_id, linked.partner_id) IN (SELECT tenant_id, partner_id FROM wanted WHERE object_id IS NULL),
        0
      ) OR COALESCE(
        (linked.tenant_id, linked.partner_id, linked.object_id) IN (
          SELECT tenant_id, partner_id, object_id
          FROM wanted
          WHERE object_id IS NOT NULL
        ),
        0
      ) AS is_wanted
    FROM several
    JOIN linked
      ON linked.tenant_id = several.tenant_id
  ),
  summed AS (
    SELECT
      tenant_id,
      count(DISTINCT partner_id) AS ids,
      count(object_id) AS identities,
      pal_list(partner_id) AS partnerIds,
      min(partner_id || COALESCE(' (' || partner || ')', '')) AS first_id,
      max(partner_id || COALESCE(' (' || partner || ')', '')) AS last_id,
      min(last_read) AS last_read
    FROM judged
    GROUP BY tenant_id
    HAVING NOT min(is_wanted)
  )
SELECT
  summed.tenant_id,
  'tenant' AS subject_type,
  summed.tenant_id AS subject_id,
  COALESCE(customer.name, tenant.name) AS subject_name,
  summed.identities || ' identities of ours in this tenant are linked to ' || summed.ids || ' partner IDs, '
    || CASE
      WHEN summed.ids > 2 THEN 'from '
      ELSE ''
    END
    || summed.first_id
    || CASE
      WHEN summed.ids > 2 THEN ' to '
      ELSE ' and '
    END
    || summed.last_id || ', and no rule of the registry names them all for it.' AS message,
  summed.partnerIds,
  summed.last_read
FROM summed
LEFT JOIN customer
  ON customer.tenant_id = summed.tenant_id
LEFT JOIN tenant
  ON tenant.id = summed.tenant_id;
