-- SPDX-License-Identifier: Apache-2.0
-- id: PAL032
-- title: Counting role is only PIM-eligible
-- class: attribution
-- severity: medium
-- subject: subscription
-- reads: links role-assignments pim deny-assignments groups delegations
-- needs: links links@managing role-assignments groups@managing delegations
-- pins: identities roleIds
-- rationale: A role counts only while it is activated: 8 of 730 hours count 8/730, and a day
--   of partner earned credit needs the whole day. Just-in-time access is itself a control
--   that auditors ask for, so the remedy is a second, small standing role, not less PIM.
-- fix: F4 or accept
-- remediation: Ask the customer for a standing least-privilege role that counts, on subscription S for object O:
--   az role assignment create --assignee-object-id O --assignee-principal-type ServicePrincipal --role cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e --scope /subscriptions/S
--   New-AzRoleAssignment -ObjectId O -RoleDefinitionId cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e -Scope /subscriptions/S
--   Or accept it: just-in-time access is on purpose here.
-- references: https://learn.microsoft.com/partner-center/billing/partner-earned-credit-troubleshoot
--   https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id

-- An activation that is running now is no standing cover. Eligible authorizations by
-- Lighthouse are judged per delegation. Of groups only those with a role here must be
-- known.
WITH
  standing AS MATERIALIZED (
    SELECT
      tenant_id,
      subscription_id,
      max(covers) AS is_covered,
      sum(covers IS NULL) AS undecided
    FROM cover
    WHERE is_standing
    GROUP BY
      tenant_id,
      subscription_id
  ),
  eligible AS (
    SELECT
      tenant_id,
      subscription_id,
      is_pec,
      max(would) AS would,
      pal_list(object_id) AS identities,
      pal_list(role_id) AS roleIds,
      min(last_read) AS last_read
    FROM cover
    WHERE path = 'assignment'
      AND NOT is_standing
      AND would IS NOT 0
    GROUP BY
      tenant_id,
      subscription_id,
      is_pec
  )
SELECT
  eligible.tenant_id,
  'subscription' AS subject_type,
  eligible.subscription_id AS subject_id,
  subscription.name AS subject_name,
  'Linked identities may activate a role that counts here, but none holds one permanently. It is recognised only while it is activated. Just-in-time access is itself a control.'
    AS message,
  CASE eligible.is_pec
    WHEN 1 THEN 'medium'
    ELSE 'info'
  END AS severity,
  CASE
    WHEN eligible.would IS NULL OR standing.undecided THEN 'unknown'
    WHEN EXISTS (
      SELECT 1
      FROM unread_group
      WHERE unread_group.tenant_id = eligible.tenant_id
        AND unread_group.subscription_id = eligible.subscription_id
    ) THEN 'unknown'
    WHEN EXISTS (
      SELECT 1
      FROM unread_group
      WHERE unread_group.tenant_id = eligible.tenant_id
        AND unread_group.subscription_id IS NULL
    ) THEN 'unknown'
    ELSE 'fail'
  END AS verdict,
  eligible.identities,
  eligible.roleIds,
  eligible.last_read
FROM eligible
JOIN subscription
  ON subscription.tenant_id = eligible.tenant_id
  AND subscription.id = eligible.subscription_id
LEFT JOIN standing
  ON standing.tenant_id = eligible.tenant_id
  AND standing.subscription_id = eligible.subscription_id
WHERE standing.is_covered IS NOT 1;
