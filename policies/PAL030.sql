-- SPDX-License-Identifier: Apache-2.0
-- id: PAL030
-- title: Only roles that do not count
-- class: attribution
-- severity: high
-- subject: identity
-- reads: links role-assignments pim deny-assignments groups
-- needs: role-assignments groups
-- pins: roles
-- rationale: On a CSP subscription only the roles of Microsoft's list for partner earned credit
--   count, and readers are not on it. Elsewhere it depends on the programme, and the
--   documents disagree: told as low.
-- fix: F4 or F3d
-- remediation: Ask the customer for a least-privilege role that counts, on subscription S for object O:
--   az role assignment create --assignee-object-id O --assignee-principal-type ServicePrincipal --role cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e --scope /subscriptions/S
--   New-AzRoleAssignment -ObjectId O -RoleDefinitionId cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e -Scope /subscriptions/S
--   Or remove the link, signed in as the identity itself:
--   az login --tenant T && az managementpartner delete --partner-id P
--   Connect-AzAccount -Tenant T; Remove-AzManagementPartner -PartnerId P
-- references: https://learn.microsoft.com/partner-center/billing/azure-roles-perms-pec
--   https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id

-- Judged apart on PEC scopes (key PEC) and elsewhere (key other), by role id. A custom
-- role or a built-in one that is not listed has no published verdict: beside one of
-- those nothing can be said on a PEC scope, and elsewhere they are not "listed as not
-- eligible". Roles by Lighthouse are judged per delegation.
WITH
  held AS MATERIALIZED (
    SELECT
      counting_role.tenant_id,
      counting_role.object_id,
      counting_role.is_pec,
      counting_role.role_id,
      counting_role.scope,
      counting_role.eligible,
      counting_role.live
    FROM counting_role
    WHERE counting_role.live IS NOT 0
  ),
  summed AS (
    SELECT
      tenant_id,
      object_id,
      is_pec,
      max(live) AS is_live,
      max(live AND eligible) AS is_counting,
      max(eligible IS NULL) AS has_unlisted,
      max(eligible IS NOT 0) AS has_other,
      pal_list(json_array(role_id, scope)) AS roles
    FROM held
    GROUP BY
      tenant_id,
      object_id,
      is_pec
  )
SELECT
  summed.tenant_id,
  'identity' AS subject_type,
  summed.object_id AS subject_id,
  active_link.name AS subject_name,
  CASE summed.is_pec
    WHEN 1 THEN 'PEC'
    ELSE 'other'
  END AS key,
  'The identity is linked to partner ID ' || active_link.partner_id
    || CASE
      WHEN summed.is_live IS NULL THEN '. Whether any of its roles is live cannot be told: a deny assignment may apply.'
      WHEN NOT summed.is_pec THEN ', but holds only roles that do not earn credit. Outside of CSP it is programme-dependent whether they count.'
      WHEN summed.has_unlisted THEN '. Whether its roles on CSP subscriptions count is not published.'
      WHEN summed.has_other THEN '. Whether its counting roles on CSP subscriptions are blocked by a deny assignment cannot be told.'
      ELSE ', but holds only roles on CSP subscriptions that do not earn credit.'
    END AS message,
  CASE summed.is_pec
    WHEN 1 THEN 'high'
    ELSE 'low'
  END AS severity,
  CASE
    WHEN summed.has_other OR summed.is_live IS NULL THEN 'unknown'
    ELSE 'fail'
  END AS verdict,
  summed.roles,
  active_link.partner_id AS partnerId,
  active_link.last_read
FROM summed
JOIN active_link
  ON active_link.tenant_id = summed.tenant_id
  AND active_link.object_id = summed.object_id
WHERE summed.is_counting IS NOT 1
  AND (summed.is_pec OR NOT summed.has_other);
