-- SPDX-License-Identifier: Apache-2.0
-- id: PAL034
-- title: Access starts in the future
-- class: attribution
-- severity: medium
-- subject: identity
-- reads: links role-assignments pim groups
-- pins: roleId scope start
-- rationale: The link is there and the role is given, but it holds only from a later day on. What is
--   used until then is not recognised by it, and a day of partner earned credit needs the
--   whole day.
-- fix: F4 or F3d
-- remediation: Wait for the day, or ask the customer for a least-privilege role that counts now, on subscription S for object O:
--   az role assignment create --assignee-object-id O --assignee-principal-type ServicePrincipal --role cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e --scope /subscriptions/S
--   New-AzRoleAssignment -ObjectId O -RoleDefinitionId cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e -Scope /subscriptions/S
--   Where the access is not wanted, remove the link, signed in as the identity itself:
--   az login --tenant T && az managementpartner delete --partner-id P
--   Connect-AzAccount -Tenant T; Remove-AzManagementPartner -PartnerId P
-- references: https://learn.microsoft.com/partner-center/partner-earned-credit-explanation
--   https://learn.microsoft.com/partner-center/billing/partner-earned-credit-troubleshoot

-- A renewal is no fault: nothing is waited for where the identity holds until then, at the
-- same place or above it, the same role or one that counts. A role that will only be
-- eligible is judged as such.
WITH
  held AS NOT MATERIALIZED (
    SELECT
      counting_role.tenant_id,
      counting_role.object_id,
      counting_role.assignment_id,
      counting_role.role_id,
      counting_role.scope,
      COALESCE(counting_role.subscription_id, '') AS subscription_id,
      CASE
        WHEN counting_role.is_inherited AND counting_role.subscription_id IS NOT NULL THEN '/subscriptions/' || counting_role.subscription_id
        ELSE counting_role.scope
      END AS place,
      counting_role.group_id,
      counting_role.is_pec,
      counting_role.counts,
      counting_role.live,
      counting_role.start_time,
      counting_role.end_time,
      counting_role.last_read
    FROM counting_role
    WHERE counting_role.kind = 'active'
  ),
  coming AS MATERIALIZED (
    SELECT
      held.tenant_id,
      held.object_id,
      held.assignment_id,
      held.role_id,
      held.scope,
      held.subscription_id,
      held.place,
      held.group_id,
      held.is_pec,
      held.start_time,
      held.last_read
    FROM held
    WHERE unixepoch(held.start_time) > (SELECT unixepoch(started) FROM run)
  ),
  waiting AS (
    SELECT
      coming.tenant_id,
      coming.object_id,
      coming.assignment_id,
      coming.role_id,
      coming.scope,
      coming.group_id,
      coming.is_pec,
      coming.start_time,
      coming.last_read
    FROM coming
    LEFT JOIN held AS present
      ON present.tenant_id = coming.tenant_id
      AND present.object_id = coming.object_id
      AND present.subscription_id = coming.subscription_id
      AND present.live IS NOT 0
      AND (present.counts OR present.role_id = coming.role_id)
      AND COALESCE(unixepoch(present.end_time) >= unixepoch(coming.start_time), 1)
      AND pal_in_scope(coming.place, present.place)
    WHERE present.object_id IS NULL
  )
SELECT
  waiting.tenant_id,
  'identity' AS subject_type,
  waiting.object_id AS subject_id,
  active_link.name AS subject_name,
  waiting.assignment_id AS key,
  'The identity is linked to partner ID ' || active_link.partner_id || ', but its role '
    || COALESCE(builtin_role.name || ' (' || waiting.role_id || ')', waiting.role_id) || ' on ' || waiting.scope
    || CASE
      WHEN count(waiting.group_id) = count(waiting.assignment_id) THEN ' through group ' || min(waiting.group_id)
      ELSE ''
    END
    || ' begins only on ' || substr(waiting.start_time, 1, 10) || '.'
    || CASE
      -- Midnight begins a whole day.
      WHEN max(waiting.is_pec) THEN ' The first whole day, which partner earned credit needs, is '
        || date(unixepoch(waiting.start_time) - 1, 'unixepoch', '+1 day') || '.'
      ELSE ''
    END AS message,
  waiting.role_id AS roleId,
  waiting.scope,
  waiting.start_time AS start,
  COALESCE(min(active_link.last_read, min(waiting.last_read)), active_link.last_read, min(waiting.last_read)) AS last_read
FROM waiting
JOIN active_link
  ON active_link.tenant_id = waiting.tenant_id
  AND active_link.object_id = waiting.object_id
LEFT JOIN builtin_role
  ON builtin_role.role_id = waiting.role_id
GROUP BY
  waiting.tenant_id,
  waiting.object_id,
  waiting.assignment_id,
  waiting.role_id,
  waiting.scope,
  waiting.start_time;
