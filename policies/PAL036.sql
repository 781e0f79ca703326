-- SPDX-License-Identifier: Apache-2.0
-- id: PAL036
-- title: Access covers only part of the subscription
-- class: attribution
-- severity: info
-- subject: subscription
-- reads: links role-assignments pim deny-assignments groups usage
-- needs: role-assignments usage
-- pins: scopes
-- rationale: The roles that count lie on resource groups or resources only, and there is usage beside
--   them. That is by design where several partners share a subscription; then accept it.
-- fix: F4 or accept
-- remediation: Ask the customer for a least-privilege role that counts, on the whole subscription S for object O:
--   az role assignment create --assignee-object-id O --assignee-principal-type ServicePrincipal --role cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e --scope /subscriptions/S
--   New-AzRoleAssignment -ObjectId O -RoleDefinitionId cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e -Scope /subscriptions/S
--   Or accept it: the rest of the subscription is somebody else's.
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id

-- What counts is the union of all scopes of all linked identities, so whoever covers the
-- whole subscription settles it for all. A single resource is taken for its resource
-- group: usage is known no finer. Usage in no resource group, such as purchases, is
-- beside no role. Where a month tells only of the subscription as a whole, where its usage
-- lies cannot be told. Of groups only those with a role here must be known.
WITH
  paths AS MATERIALIZED (
    SELECT
      cover.tenant_id,
      cover.subscription_id,
      cover.identity_tenant_id,
      cover.object_id,
      cover.name,
      cover.scope,
      CASE
        WHEN cover.scope LIKE '/subscriptions/%/resourcegroups/%' THEN
          substr(substr(cover.scope, 68) || '/', 1, instr(substr(cover.scope, 68) || '/', '/') - 1)
      END AS resource_group,
      cover.covers,
      cover.last_read
    FROM cover
    WHERE cover.covers IS NOT 0
      AND cover.kind = 'active'
  ),
  partly AS MATERIALIZED (
    SELECT
      tenant_id,
      subscription_id,
      sum(covers IS NULL) AS undecided
    FROM paths
    GROUP BY
      tenant_id,
      subscription_id
    HAVING NOT COALESCE(max(covers AND resource_group IS NULL), 0)
      AND max(covers)
  ),
  month AS MATERIALIZED (
    SELECT month
    FROM usage_month
  ),
  spent AS MATERIALIZED (
    SELECT DISTINCT
      partly.tenant_id,
      partly.subscription_id,
      usage.month,
      usage.resource_group,
      usage.used
    FROM partly
    CROSS JOIN usage
      ON usage.tenant_id = partly.tenant_id
      AND usage.subscription_id = partly.subscription_id
    WHERE usage.month IN (SELECT month FROM month)
  ),
  inside AS (
    SELECT DISTINCT
      tenant_id,
      subscription_id,
      resource_group
    FROM paths
    WHERE covers
  ),
  beside AS (
    SELECT
      spent.tenant_id,
      spent.subscription_id,
      count(DISTINCT spent.resource_group) AS groups_n,
      min(spent.resource_group) AS resource_group
    FROM spent
    LEFT JOIN inside
      ON inside.tenant_id = spent.tenant_id
      AND inside.subscription_id = spent.subscription_id
      AND inside.resource_group = spent.resource_group
    WHERE spent.resource_group IS NOT NULL
      AND spent.used = 'yes'
      AND inside.resource_group IS NULL
    GROUP BY
      spent.tenant_id,
      spent.subscription_id
  ),
  monthly AS (
    SELECT
      tenant_id,
      subscription_id,
      month,
      max(used = 'unknown') OR (max(used = 'yes') AND NOT max(resource_group IS NOT NULL)) AS is_unknown
    FROM spent
    GROUP BY
      tenant_id,
      subscription_id,
      month
  ),
  told AS (
    SELECT
      tenant_id,
      subscription_id,
      max(is_unknown) OR count(month) < (SELECT count(month) FROM month) AS is_unknown
    FROM monthly
    GROUP BY
      tenant_id,
      subscription_id
  ),
  judged AS (
    SELECT
      partly.tenant_id,
      partly.subscription_id,
      partly.undecided,
      beside.groups_n,
      beside.resource_group,
      EXISTS (
        SELECT 1
        FROM unread_group
        WHERE unread_group.tenant_id = partly.tenant_id
          AND unread_group.subscription_id = partly.subscription_id
      ) OR EXISTS (
        SELECT 1
        FROM unread_group
        WHERE unread_group.tenant_id = partly.tenant_id
          AND unread_group.subscription_id IS NULL
      ) AS is_unread
    FROM partly
    LEFT JOIN beside
      ON beside.tenant_id = partly.tenant_id
      AND beside.subscription_id = partly.subscription_id
    LEFT JOIN told
      ON told.tenant_id = partly.tenant_id
      AND told.subscription_id = partly.subscription_id
    WHERE beside.groups_n > 0
      OR COALESCE(told.is_unknown, 1)
  )
SELECT
  paths.tenant_id,
  'subscription' AS subject_type,
  paths.subscription_id AS subject_id,
  subscription.name AS subject_name,
  paths.object_id AS key,
  'The roles that count for ' || COALESCE(paths.name || ' (' || paths.object_id || ')', paths.object_id)
    || CASE count(DISTINCT paths.scope)
      WHEN 1 THEN ' lie on ' || min(paths.scope) || ' only'
      ELSE ' lie on ' || count(DISTINCT paths.scope) || ' resource groups or resources only'
    END
    || CASE
      WHEN judged.groups_n = 1 THEN ', and there was usage beside what linked identities cover, in resource group ' || judged.resource_group || '.'
      WHEN judged.groups_n > 1 THEN ', and there was usage beside what linked identities cover, in ' || judged.groups_n || ' resource groups.'
      ELSE '. Whether there was usage elsewhere in the subscription is not known: usage is hidden, was not answered, or is told only as a whole.'
    END
    || CASE
      WHEN judged.groups_n AND (judged.undecided OR judged.is_unread)
        THEN ' Whether a linked identity covers more cannot be told: a link was never answered, a role has no published verdict, a deny assignment may apply, or the members of a group were not read.'
      ELSE ''
    END AS message,
  CASE
    WHEN judged.groups_n IS NULL OR judged.undecided OR judged.is_unread THEN 'unknown'
    ELSE 'fail'
  END AS verdict,
  pal_list(paths.scope) AS scopes,
  min(paths.last_read) AS last_read
FROM judged
JOIN paths
  ON paths.tenant_id = judged.tenant_id
  AND paths.subscription_id = judged.subscription_id
JOIN subscription
  ON subscription.tenant_id = judged.tenant_id
  AND subscription.id = judged.subscription_id
WHERE paths.covers
GROUP BY
  paths.tenant_id,
  paths.subscription_id,
  paths.object_id;
