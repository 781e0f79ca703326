-- SPDX-License-Identifier: Apache-2.0
-- id: PAL010
-- title: Linked account has no role anywhere
-- class: access
-- severity: high
-- subject: identity
-- reads: links
-- needs: role-assignments pim groups delegations
-- pins: partnerId
-- folded-under: offboarding
-- controls: CC6.2 A.5.18
-- rationale: A link without a role counts for nothing, and an account nobody uses is one
--   nobody watches. An account for Power Platform needs no Azure role and is not judged.
-- fix: F4 or F3d or F7a
-- remediation: Ask the customer for a least-privilege role that counts, on subscription S for object O:
--   az role assignment create --assignee-object-id O --assignee-principal-type ServicePrincipal --role cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e --scope /subscriptions/S
--   New-AzRoleAssignment -ObjectId O -RoleDefinitionId cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e -Scope /subscriptions/S
--   Or remove the link, signed in as the identity itself:
--   az login --tenant T && az managementpartner delete --partner-id P
--   Connect-AzAccount -Tenant T; Remove-AzManagementPartner -PartnerId P
--   Or have the customer remove the account:
--   az ad user delete --id O, or az ad sp delete --id O
--   Remove-AzADUser -ObjectId O, or Remove-AzADServicePrincipal -ObjectId O
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id

-- A role that is eligible in PIM, begins later or is blocked by a deny assignment is a
-- role: other rules tell of those. A guest whose home account is authorized by a
-- delegation of the same customer has its access there. Of an account in a tenant of
-- our own the delegations of all customers must be known.
WITH
  unread AS MATERIALIZED (
    SELECT count(tenant_id) AS tenants
    FROM unread_delegation
  ),
  holder AS MATERIALIZED (
    SELECT DISTINCT
      reach.tenant_id,
      reach.object_id
    FROM reach
    JOIN run
    WHERE COALESCE(reach.end_time, '9999') > run.started
    UNION
    SELECT
      managing_tenant_id,
      object_id
    FROM delegated_object
    UNION
    SELECT
      our_path.tenant_id,
      our_path.object_id
    FROM our_path
    JOIN agent_group_access
      ON agent_group_access.principal_id = our_path.principal_id
    UNION
    SELECT
      delegated_object.tenant_id,
      guest.object_id
    FROM delegated_object
    JOIN our_object AS home
      ON home.tenant_id = delegated_object.managing_tenant_id
      AND home.object_id = delegated_object.object_id
    JOIN our_object AS guest
      ON guest.tenant_id = delegated_object.tenant_id
      AND guest.principal_name = home.principal_name
  )
SELECT
  active_link.tenant_id,
  'identity' AS subject_type,
  active_link.object_id AS subject_id,
  active_link.name AS subject_name,
  'The account is linked to partner ID ' || active_link.partner_id
    || ', but no role reaches it by any path and no delegation authorizes it.'
    || CASE
      WHEN active_link.tenant_id IN (SELECT tenant_id FROM own_tenant) AND unread.tenants > 0
        THEN ' Not all delegations of all customers are known.'
      ELSE ''
    END
    || CASE
      WHEN active_link.purpose IS NULL THEN ' If it serves Power Platform, set its purpose in the estate.'
      ELSE ''
    END AS message,
  CASE active_link.purpose
    WHEN 'azure' THEN 'high'
    ELSE 'medium'
  END AS severity,
  CASE
    WHEN active_link.tenant_id IN (SELECT tenant_id FROM own_tenant) AND unread.tenants > 0 THEN 'unknown'
    ELSE 'fail'
  END AS verdict,
  active_link.partner_id AS partnerId,
  active_link.purpose,
  active_link.last_read
FROM active_link
JOIN unread
LEFT JOIN holder
  ON holder.tenant_id = active_link.tenant_id
  AND holder.object_id = active_link.object_id
WHERE holder.object_id IS NULL
  AND active_link.purpose IS NOT 'power-platform';
