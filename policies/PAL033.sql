-- SPDX-License-Identifier: Apache-2.0
-- id: PAL033
-- title: Access ends soon
-- class: access
-- severity: medium
-- subject: subscription
-- reads: links role-assignments pim deny-assignments groups delegations
-- needs: links links@managing role-assignments groups@managing delegations
-- pins: roleId scope end
-- folded-under: offboarding
-- controls: CC6.3 A.5.18
-- rationale: When the last role ends by which a linked identity covers the subscription, so does the
--   recognition of its usage, and nobody is told.
-- fix: F4 or F3d or F7a
-- remediation: Ask the customer to extend it, or for a least-privilege role that counts, on subscription S for object O:
--   az role assignment create --assignee-object-id O --assignee-principal-type ServicePrincipal --role cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e --scope /subscriptions/S
--   New-AzRoleAssignment -ObjectId O -RoleDefinitionId cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e -Scope /subscriptions/S
--   Where the work ends with it, remove the link, signed in as the identity itself:
--   az login --tenant T && az managementpartner delete --partner-id P
--   Connect-AzAccount -Tenant T; Remove-AzManagementPartner -PartnerId P
--   Or have the customer remove the account:
--   az ad user delete --id O, or az ad sp delete --id O
--   Remove-AzADUser -ObjectId O, or Remove-AzADServicePrincipal -ObjectId O
-- references: https://learn.microsoft.com/partner-center/billing/partner-earned-credit-troubleshoot
--   https://learn.microsoft.com/partner-center/customers/gdap-faq

-- Told is every assignment with which the cover of the subscription ends: none that is
-- held lasts longer than expiryDays. Activations come and go, and so do assignments whose
-- whole length is shorter than that: they are no cover that could be lost, nor any that
-- lasts. The end of a membership in a group is not read; a finding about a group's role
-- says so. Of groups only those with a role here must be known.
WITH
  limited AS (
    SELECT (SELECT unixepoch(started) FROM run) + (SELECT expiry_days FROM parameter) * 86400 AS until
  ),
  paths AS MATERIALIZED (
    SELECT
      cover.tenant_id,
      cover.subscription_id,
      cover.object_id,
      cover.name,
      cover.role_id,
      cover.scope,
      cover.path_id,
      cover.path,
      cover.group_id,
      cover.end_time,
      cover.covers,
      cover.last_read
    FROM cover
    WHERE cover.is_standing
      AND cover.covers IS NOT 0
      AND cover.end_time IS NOT NULL
      AND cover.path = 'assignment'
      AND unixepoch(cover.end_time) < (SELECT until FROM limited)
      AND NOT COALESCE(unixepoch(cover.end_time) - unixepoch(cover.start_time) < (SELECT expiry_days FROM parameter) * 86400, 0)
  ),
  lasting AS MATERIALIZED (
    SELECT
      here.tenant_id,
      here.subscription_id,
      max(cover.covers) AS is_covered,
      sum(cover.covers IS NULL) AS undecided
    FROM (
      SELECT DISTINCT
        tenant_id,
        subscription_id
      FROM paths
    ) AS here
    JOIN cover
      ON cover.tenant_id = here.tenant_id
      AND cover.subscription_id = here.subscription_id
    WHERE cover.is_standing
      AND cover.covers IS NOT 0
      AND NOT COALESCE(unixepoch(cover.end_time) < (SELECT until FROM limited), 0)
    GROUP BY
      here.tenant_id,
      here.subscription_id
  ),
  ending AS (
    SELECT
      tenant_id,
      subscription_id,
      path_id,
      role_id,
      scope,
      group_id,
      end_time,
      max(covers) AS covers,
      count(DISTINCT object_id) AS identities_n,
      min(name || ' (' || object_id || ')') AS named,
      min(object_id) AS object_id,
      pal_list(object_id) AS identities,
      min(last_read) AS last_read
    FROM paths
    GROUP BY
      tenant_id,
      subscription_id,
      path_id,
      role_id,
      scope,
      group_id,
      end_time
  )
SELECT
  ending.tenant_id,
  'subscription' AS subject_type,
  ending.subscription_id AS subject_id,
  subscription.name AS subject_name,
  ending.path_id AS key,
  'The role ' || COALESCE(builtin_role.name || ' (' || ending.role_id || ')', ending.role_id) || ' on ' || ending.scope || ' ends on '
    || substr(ending.end_time, 1, 10) || ', and no linked identity is known to cover this subscription for longer. It is held by '
    || CASE ending.identities_n
      WHEN 1 THEN COALESCE(ending.named, ending.object_id)
      ELSE ending.identities_n || ' linked identities'
    END
    || CASE
      WHEN ending.group_id IS NULL THEN '.'
      ELSE ' through group ' || ending.group_id || '. When memberships of the group end was not compared: it may be earlier.'
    END AS message,
  CASE
    WHEN ending.covers IS NULL OR lasting.undecided THEN 'unknown'
    WHEN EXISTS (
      SELECT 1
      FROM unread_group
      WHERE unread_group.tenant_id = ending.tenant_id
        AND unread_group.subscription_id = ending.subscription_id
    ) THEN 'unknown'
    WHEN EXISTS (
      SELECT 1
      FROM unread_group
      WHERE unread_group.tenant_id = ending.tenant_id
        AND unread_group.subscription_id IS NULL
    ) THEN 'unknown'
    ELSE 'fail'
  END AS verdict,
  ending.role_id AS roleId,
  ending.scope,
  ending.end_time AS "end",
  ending.identities,
  ending.last_read
FROM ending
JOIN subscription
  ON subscription.tenant_id = ending.tenant_id
  AND subscription.id = ending.subscription_id
LEFT JOIN lasting
  ON lasting.tenant_id = ending.tenant_id
  AND lasting.subscription_id = ending.subscription_id
LEFT JOIN builtin_role
  ON builtin_role.role_id = ending.role_id
WHERE lasting.is_covered IS NOT 1;
