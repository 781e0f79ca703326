-- SPDX-License-Identifier: Apache-2.0
-- id: PAL097
-- title: Link or access survives offboarding
-- class: access
-- severity: critical
-- subject: identity
-- reads: links role-assignments pim deny-assignments groups delegations
-- pins: roles partnerId
-- controls: CC6.2 A.5.18 3.1.1
-- rationale: The end of a contract, or of somebody's work for us, takes no access away by itself. A
--   link harms nobody, it grants nothing; access that outlives its reason does.
-- fix: F3d F7 or F7a
-- remediation: Have the customer remove the role assignments, or the account O in its directory:
--   az role assignment delete --ids ASSIGNMENT
--   Get-AzRoleAssignment -ObjectId O -Scope /subscriptions/S | Remove-AzRoleAssignment
--   az ad user delete --id O, or az ad sp delete --id O
--   Remove-AzADUser -ObjectId O, or Remove-AzADServicePrincipal -ObjectId O
--   Before that, signed in as the account itself, remove the link:
--   az login --tenant T && az managementpartner delete --partner-id P
--   Connect-AzAccount -Tenant T; Remove-AzManagementPartner -PartnerId P
--   Where access is delegated, remove the delegation, or the account from the group that is authorized:
--   az managedservices assignment list --subscription S --include-definition true
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id
--   https://learn.microsoft.com/azure/lighthouse/how-to/remove-delegation

-- A customer's day is past when `until` is, or when it is offboarded and has none; a
-- person's after the days of grace. Roles that are only eligible in PIM are not live.
-- Accounts that only scan or wait behind glass are accounts all the same.
WITH
  past_tenant AS MATERIALIZED (
    SELECT
      customer.tenant_id,
      CASE
        WHEN customer.until_date IS NOT NULL THEN 'The work for this customer ended on ' || customer.until_date
        ELSE 'This customer is offboarded'
      END AS why
    FROM customer
    JOIN run
    WHERE customer.status IN ('offboarding', 'offboarded')
      AND COALESCE(customer.from_date, run.today) <= run.today
      AND (customer.until_date < run.today OR (customer.until_date IS NULL AND customer.status = 'offboarded'))
  ),
  past_object AS MATERIALIZED (
    SELECT
      our_object.tenant_id,
      our_object.object_id,
      our_object.name,
      our_object.last_read,
      link.partner_id,
      COALESCE(past_tenant.why, 'This person or app left on ' || our_object.left_date) AS why
    FROM our_object
    JOIN run
    JOIN parameter
    LEFT JOIN past_tenant
      ON past_tenant.tenant_id = our_object.tenant_id
    LEFT JOIN link
      ON link.tenant_id = our_object.tenant_id
      AND link.object_id = our_object.object_id
      AND COALESCE(lower(link.state), 'active') = 'active'
    WHERE our_object.owner <> 'customer'
      AND (
        past_tenant.tenant_id IS NOT NULL
        OR date(our_object.left_date, '+' || parameter.grace_days || ' days') < run.today
      )
  ),
  access AS (
    SELECT
      past_object.tenant_id,
      past_object.object_id,
      live_access.live,
      live_access.role_id,
      live_access.scope,
      live_access.last_read
    FROM past_object
    JOIN live_access
      ON live_access.tenant_id = past_object.tenant_id
      AND live_access.object_id = past_object.object_id
    WHERE live_access.live IS NOT 0
    UNION ALL
    SELECT
      past_object.tenant_id,
      past_object.object_id,
      1,
      delegated_object.role_id,
      delegated_object.scope,
      delegated_object.last_read
    FROM past_object
    JOIN delegated_object
      ON delegated_object.managing_tenant_id = past_object.tenant_id
      AND delegated_object.object_id = past_object.object_id
    WHERE delegated_object.kind = 'permanent'
  ),
  held AS MATERIALIZED (
    SELECT
      tenant_id,
      object_id,
      max(live) AS is_live,
      pal_list(json_array(role_id, scope)) AS roles,
      count(DISTINCT role_id || ' ' || scope) AS number,
      min(last_read) AS last_read
    FROM access
    GROUP BY
      tenant_id,
      object_id
  )
SELECT
  past_object.tenant_id,
  'identity' AS subject_type,
  past_object.object_id AS subject_id,
  past_object.name AS subject_name,
  NULL AS key,
  past_object.why
    || CASE
      WHEN held.is_live THEN ', but the account still has live access: ' || held.number || CASE held.number WHEN 1 THEN ' role.' ELSE ' roles.' END
      WHEN held.object_id IS NOT NULL THEN '. Whether a role of the account is still live cannot be told: a deny assignment may apply.'
      ELSE '. The account has no live access any more.'
    END
    || CASE
      WHEN past_object.partner_id IS NOT NULL THEN ' It still carries the link with partner ID ' || past_object.partner_id || '.'
      ELSE ''
    END AS message,
  CASE
    WHEN held.is_live OR past_object.partner_id IS NULL THEN 'critical'
    ELSE 'low'
  END AS severity,
  CASE
    WHEN held.is_live OR past_object.partner_id IS NOT NULL THEN 'fail'
    ELSE 'unknown'
  END AS verdict,
  held.roles,
  past_object.partner_id AS partnerId,
  COALESCE(min(held.last_read, past_object.last_read), held.last_read, past_object.last_read) AS last_read
FROM past_object
LEFT JOIN held
  ON held.tenant_id = past_object.tenant_id
  AND held.object_id = past_object.object_id
WHERE held.object_id IS NOT NULL
  OR past_object.partner_id IS NOT NULL
UNION ALL
SELECT
  our_delegation.tenant_id,
  'scope',
  our_delegation.scope,
  our_delegation.name,
  our_delegation.delegation_id,
  past_tenant.why || ', but this delegation to the tenant ' || our_delegation.managing_tenant_id || ' is still there.',
  'critical',
  'fail',
  NULL,
  NULL,
  our_delegation.last_read
FROM past_tenant
JOIN our_delegation
  ON our_delegation.tenant_id = past_tenant.tenant_id
UNION ALL
SELECT
  agent_group_access.tenant_id,
  'principal',
  agent_group_access.principal_id,
  NULL,
  NULL,
  past_tenant.why
    || CASE max(agent_group_access.is_ours)
      WHEN 1 THEN ', but our agent group still has roles here.'
      ELSE '. Whether the foreign group with roles here is ours cannot be told: the registry names no agent groups.'
    END,
  'critical',
  CASE max(agent_group_access.is_ours)
    WHEN 1 THEN 'fail'
    ELSE 'unknown'
  END,
  pal_list(json_array(agent_group_access.role_id, agent_group_access.scope)),
  NULL,
  min(agent_group_access.last_read)
FROM past_tenant
JOIN agent_group_access
  ON agent_group_access.tenant_id = past_tenant.tenant_id
GROUP BY
  agent_group_access.tenant_id,
  agent_group_access.principal_id;
