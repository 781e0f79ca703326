-- SPDX-License-Identifier: Apache-2.0
-- id: PAL050
-- title: Linked account covers no usage
-- class: attribution
-- severity: medium
-- subject: identity
-- reads: links pim deny-assignments
-- needs: role-assignments groups usage
-- pins: scopes
-- rationale: The link and the role are right, but there is nothing to recognise: all that the
--   identity covers stood idle in the whole window.
-- fix: none or F4
-- remediation: None is needed where work has yet to begin. Else ask the customer for a role where
--   the usage is, on subscription S for object O:
--   az role assignment create --assignee-object-id O --assignee-principal-type ServicePrincipal --role cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e --scope /subscriptions/S
--   New-AzRoleAssignment -ObjectId O -RoleDefinitionId cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e -Scope /subscriptions/S
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id
--   https://learn.microsoft.com/partner-center/partner-earned-credit-explanation
--   https://learn.microsoft.com/azure/cost-management-billing/costs/understand-cost-mgt-data

-- A role on a resource group or below covers the usage of that group. Nothing is said
-- of a subscription whose oldest role assignment is younger than the window. Free and
-- sponsored offers show no cost though there may be usage: unknown, as where the customer
-- hides its cost. Of an account in a tenant of our own the delegations of all customers
-- must be known.
WITH
  unused AS MATERIALIZED (
    SELECT
      identity_tenant_id,
      object_id
    FROM covered_use
    GROUP BY
      identity_tenant_id,
      object_id
    HAVING NOT max(used IS 'yes')
  ),
  covered AS MATERIALIZED (
    SELECT
      unused.identity_tenant_id,
      unused.object_id,
      covered_use.tenant_id,
      covered_use.subscription_id,
      covered_use.scope,
      covered_use.used
    FROM unused
    JOIN covered_use
      ON covered_use.identity_tenant_id = unused.identity_tenant_id
      AND covered_use.object_id = unused.object_id
  ),
  month AS MATERIALIZED (
    SELECT month
    FROM usage_month
  ),
  unread AS (
    SELECT
      tenant_id,
      unit AS subscription_id
    FROM coverage
    WHERE area = 'usage'
      AND state <> 'complete'
  ),
  judged AS (
    SELECT
      covered.identity_tenant_id,
      covered.object_id,
      covered.tenant_id,
      covered.subscription_id,
      covered.scope,
      covered.used,
      unread.subscription_id IS NOT NULL AS is_unread,
      subscription.quota_id IN (
        'AzureForStudents_2018-01-01', 'AzurePass_2014-09-01', 'DreamSpark_2015-02-01', 'FreeTrial_2014-09-01', 'Sponsored_2016-01-01'
      ) AS is_free
    FROM covered
    LEFT JOIN unread
      ON unread.tenant_id = covered.tenant_id
      AND unread.subscription_id = covered.subscription_id
    LEFT JOIN subscription
      ON subscription.tenant_id = covered.tenant_id
      AND subscription.id = covered.subscription_id
  ),
  idle AS MATERIALIZED (
    SELECT
      identity_tenant_id,
      object_id,
      max(
        COALESCE(used, 'unknown') = 'unknown'
          OR is_free
          OR is_unread
          OR (
            identity_tenant_id IN (SELECT tenant_id FROM own_tenant)
            AND EXISTS (SELECT 1 FROM unread_delegation)
          )
      ) AS is_unknown,
      pal_list(CASE WHEN tenant_id = identity_tenant_id THEN json_array('usage', subscription_id) END) AS units,
      pal_list(scope) AS scopes
    FROM judged
    GROUP BY
      identity_tenant_id,
      object_id
  ),
  -- A subscription is as old as its oldest role assignment, at least.
  young AS (
    SELECT DISTINCT
      covered.identity_tenant_id,
      covered.object_id
    FROM idle
    JOIN covered
      ON covered.identity_tenant_id = idle.identity_tenant_id
      AND covered.object_id = idle.object_id
    WHERE (
      SELECT min(assignment.created_on)
      FROM assignment
      WHERE assignment.tenant_id = covered.tenant_id
        AND assignment.subscription_id = covered.subscription_id
    ) >= (SELECT min(month) FROM month)
  )
SELECT
  idle.identity_tenant_id AS tenant_id,
  'identity' AS subject_type,
  idle.object_id AS subject_id,
  active_link.name AS subject_name,
  CASE
    WHEN idle.is_unknown THEN 'Whether what this linked identity covers was used since '
    ELSE 'Nothing that this linked identity covers was used since '
  END
  || (SELECT min(month) FROM month) || '-01'
  || CASE
    WHEN idle.is_unknown THEN ' is not known: usage is hidden or was not answered, the offer is free or sponsored, or not all delegations are known.'
    ELSE '.'
  END AS message,
  CASE
    WHEN idle.is_unknown THEN 'unknown'
    ELSE 'fail'
  END AS verdict,
  idle.scopes,
  NULLIF(idle.units, '[]') AS units,
  active_link.partner_id AS partnerId,
  active_link.last_read
FROM idle
JOIN active_link
  ON active_link.tenant_id = idle.identity_tenant_id
  AND active_link.object_id = idle.object_id
LEFT JOIN young
  ON young.identity_tenant_id = idle.identity_tenant_id
  AND young.object_id = idle.object_id
WHERE young.object_id IS NULL;
