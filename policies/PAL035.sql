-- SPDX-License-Identifier: Apache-2.0
-- id: PAL035
-- title: Deny assignment blocks the linked identity
-- class: attribution
-- severity: high
-- subject: identity
-- reads: links role-assignments pim deny-assignments groups
-- pins: roles
-- rationale: A deny assignment is stronger than every role. The role is there, the access is not,
--   and what is used behind it is recognised for nobody.
-- fix: deny or F3d
-- remediation: Ask the customer to exclude object O from the deny assignment, or to remove it. One that Azure
--   made ends with its managed application, blueprint or deployment stack. To see them:
--   az rest --method get --url "https://management.azure.com/subscriptions/S/providers/Microsoft.Authorization/denyAssignments?api-version=2022-04-01"
--   Get-AzDenyAssignment -Scope /subscriptions/S
--   Or remove the link, signed in as the identity itself:
--   az login --tenant T && az managementpartner delete --partner-id P
--   Connect-AzAccount -Tenant T; Remove-AzManagementPartner -PartnerId P
-- references: https://learn.microsoft.com/azure/role-based-access-control/deny-assignments
--   https://learn.microsoft.com/partner-center/billing/partner-earned-credit-troubleshoot

-- Told is a role that is held and lies, whole, within what is denied; on a part of its
-- scope a deny assignment leaves the rest. Those that Azure makes guard the resource
-- group of a managed application or blueprint and nothing else: they are no fault
-- while the identity reaches the rest of the subscription.
WITH
  denying AS MATERIALIZED (
    SELECT
      deny_verdict.tenant_id,
      deny_verdict.object_id,
      deny_verdict.deny_id,
      deny_verdict.blocks,
      deny_assignment.subscription_id,
      deny_assignment.name,
      deny_assignment.scope,
      COALESCE(deny_assignment.not_children, 0) AS not_children,
      COALESCE(deny_assignment.system, 0) AS is_system,
      deny_assignment.last_read
    FROM deny_verdict
    JOIN deny_assignment
      ON deny_assignment.tenant_id = deny_verdict.tenant_id
      AND deny_assignment.id = deny_verdict.deny_id
    WHERE deny_verdict.blocks IS NOT 0
  ),
  -- By the subscription where the deny assignment lies in one, so that many need not all
  -- be compared with all.
  met AS (
    SELECT
      denying.deny_id,
      denying.name,
      denying.scope AS denied,
      denying.subscription_id IS NULL AS is_above,
      denying.not_children,
      denying.is_system,
      denying.blocks,
      live_access.tenant_id,
      live_access.object_id,
      live_access.subscription_id,
      live_access.role_id,
      live_access.scope,
      CASE
        WHEN live_access.is_inherited AND live_access.subscription_id IS NOT NULL THEN '/subscriptions/' || live_access.subscription_id
        ELSE live_access.scope
      END AS place,
      COALESCE(min(denying.last_read, live_access.last_read), denying.last_read, live_access.last_read) AS last_read
    FROM denying
    CROSS JOIN live_access
      ON live_access.tenant_id = denying.tenant_id
      AND live_access.object_id = denying.object_id
      AND live_access.subscription_id = denying.subscription_id
    WHERE live_access.kind = 'active'
      AND live_access.in_force
      AND live_access.blocked IS NOT 0
    UNION ALL
    SELECT
      denying.deny_id,
      denying.name,
      denying.scope AS denied,
      denying.subscription_id IS NULL AS is_above,
      denying.not_children,
      denying.is_system,
      denying.blocks,
      live_access.tenant_id,
      live_access.object_id,
      live_access.subscription_id,
      live_access.role_id,
      live_access.scope,
      CASE
        WHEN live_access.is_inherited AND live_access.subscription_id IS NOT NULL THEN '/subscriptions/' || live_access.subscription_id
        ELSE live_access.scope
      END AS place,
      COALESCE(min(denying.last_read, live_access.last_read), denying.last_read, live_access.last_read) AS last_read
    FROM denying
    CROSS JOIN live_access
      ON live_access.tenant_id = denying.tenant_id
      AND live_access.object_id = denying.object_id
    WHERE live_access.kind = 'active'
      AND live_access.in_force
      AND live_access.blocked IS NOT 0
      AND denying.subscription_id IS NULL
  ),
  blocked AS (
    SELECT
      met.tenant_id,
      met.object_id,
      met.deny_id,
      met.name,
      max(met.blocks) AS is_sure,
      count(DISTINCT met.role_id || met.scope) AS roles_n,
      min(met.role_id) AS role_id,
      min(met.scope) AS scope,
      pal_list(json_array(met.role_id, met.scope)) AS roles,
      min(met.last_read) AS last_read
    FROM met
    WHERE NOT (
        met.is_system
        AND EXISTS (
          SELECT 1
          FROM live_access
          WHERE live_access.tenant_id = met.tenant_id
            AND live_access.subscription_id = met.subscription_id
            AND live_access.object_id = met.object_id
            AND live_access.kind = 'active'
            AND live_access.live
        )
      )
      AND CASE
        -- Not below its scope: only a single resource has nothing below.
        WHEN met.not_children THEN met.denied = met.place AND met.place LIKE '%/resourcegroups/%/providers/%'
        WHEN met.is_above THEN 1
        ELSE pal_in_scope(met.place, met.denied)
      END
    GROUP BY
      met.tenant_id,
      met.object_id,
      met.deny_id,
      met.name
  )
SELECT
  blocked.tenant_id,
  'identity' AS subject_type,
  blocked.object_id AS subject_id,
  active_link.name AS subject_name,
  blocked.deny_id AS key,
  CASE
    WHEN blocked.is_sure THEN 'The identity is linked to partner ID '
    ELSE 'Whether a deny assignment blocks this identity cannot be told, because the members of a group it names were not read. The identity is linked to partner ID '
  END
  || active_link.partner_id || '; the deny assignment ' || COALESCE(blocked.name || ' (' || blocked.deny_id || ')', blocked.deny_id)
  || CASE
    WHEN blocked.is_sure THEN ' blocks '
    ELSE ' may block '
  END
  || CASE blocked.roles_n
    WHEN 1 THEN 'its role ' || COALESCE(builtin_role.name || ' (' || blocked.role_id || ')', blocked.role_id) || ' on ' || blocked.scope
    ELSE blocked.roles_n || ' of its roles'
  END || '.' AS message,
  CASE
    WHEN blocked.is_sure THEN 'fail'
    ELSE 'unknown'
  END AS verdict,
  blocked.roles,
  active_link.partner_id AS partnerId,
  COALESCE(min(blocked.last_read, active_link.last_read), blocked.last_read, active_link.last_read) AS last_read
FROM blocked
JOIN active_link
  ON active_link.tenant_id = blocked.tenant_id
  AND active_link.object_id = blocked.object_id
LEFT JOIN builtin_role
  ON builtin_role.role_id = blocked.role_id;
