-- SPDX-License-Identifier: Apache-2.0
-- Roles that reach our objects by assignment, and whether they count there. On a PEC
-- scope, which a CSP subscription is, a role counts when Microsoft's list of roles
-- for partner earned credit says so; elsewhere any role does. A custom role and a
-- built-in one that is not listed have no published verdict: NULL.
-- learn.microsoft.com/partner-center/billing/azure-roles-perms-pec
CREATE VIEW counting_role AS
SELECT
  live_access.tenant_id,
  live_access.object_id,
  live_access.group_id,
  live_access.subscription_id,
  live_access.is_inherited,
  live_access.assignment_id,
  live_access.role_id,
  live_access.scope,
  live_access.kind,
  live_access.is_standing,
  live_access.usable,
  live_access.live,
  live_access.start_time,
  live_access.end_time,
  live_access.condition,
  live_access.last_read,
  CASE (SELECT recognition_roles FROM parameter)
    WHEN 'pec' THEN 1
    WHEN 'any' THEN 0
    ELSE csp_subscription.subscription_id IS NOT NULL
  END AS is_pec,
  pec_role.eligible,
  CASE
    WHEN (SELECT recognition_roles FROM parameter) = 'any' THEN 1
    WHEN (SELECT recognition_roles FROM parameter) = 'pec' OR csp_subscription.subscription_id IS NOT NULL THEN pec_role.eligible
    ELSE 1
  END AS counts
FROM live_access
LEFT JOIN csp_subscription
  ON csp_subscription.tenant_id = live_access.tenant_id
  AND csp_subscription.subscription_id = live_access.subscription_id
LEFT JOIN pec_role
  ON pec_role.role_id = live_access.role_id;
