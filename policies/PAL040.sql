-- SPDX-License-Identifier: Apache-2.0
-- id: PAL040
-- title: Counting access was lost
-- class: attribution
-- severity: high
-- subject: identity
-- reads: links role-assignments pim deny-assignments groups delegations
-- needs: role-assignments groups@managing delegations
-- pins: lostSubscriptions
-- folded-under: offboarding PAL010
-- rationale: The link is still there, the access it counted by is not: a role ended, was taken away,
--   became just-in-time or is denied. What is used from then on is recognised for nobody, unless
--   another linked identity covers it.
-- fix: F4 or review
-- remediation: Ask the customer for a least-privilege role that counts, on subscription S for object O:
--   az role assignment create --assignee-object-id O --assignee-principal-type ServicePrincipal --role cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e --scope /subscriptions/S
--   New-AzRoleAssignment -ObjectId O -RoleDefinitionId cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e -Scope /subscriptions/S
--   Where the loss is meant, sign a review of the changes, or remove the link, signed in as the identity itself:
--   az login --tenant T && az managementpartner delete --partner-id P
--   Connect-AzAccount -Tenant T; Remove-AzManagementPartner -PartnerId P
--   Or have the customer remove the account:
--   az ad user delete --id O, or az ad sp delete --id O
--   Remove-AzADUser -ObjectId O, or Remove-AzADServicePrincipal -ObjectId O
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id
--   https://learn.microsoft.com/partner-center/billing/partner-earned-credit-troubleshoot

-- Compared are the subscriptions with standing cover, not the assignments, so a role that
-- moved to a management group, or was replaced by another that counts, is no loss; an
-- activation that ended is none either. Facts that were not read are kept, so the parent
-- holds the last verified value. A loss stays open until the cover returns or a review of
-- the changes signed since then closes it. A subscription that had already been disabled
-- ended; one that vanished is lost to an identity that palscan signs in as, of any other
-- it cannot be told, nor of one whose role assignments were never read before it vanished.
-- Cover by Lighthouse is the customer's: whether its delegations were
-- read is asked there, and what ends there with a planned offboarding is no loss. Of groups
-- only those with a role in the subscription must be known.
WITH
  signed AS MATERIALIZED (
    SELECT max(review.signed) AS at
    FROM review
    WHERE review.scope = 'changes'
  ),
  baseline AS (
    SELECT
      earlier.tenant_id AS identity_tenant_id,
      json_extract(earlier.subject, '$.id') AS object_id,
      json_extract(lost.value, '$[0]') AS tenant_id,
      json_extract(lost.value, '$[1]') AS subscription_id,
      earlier.since
    FROM previous.finding AS earlier
    JOIN signed
    JOIN json_each(json_array(json_extract(earlier.details, '$.lostSubscriptions'), json_extract(earlier.details, '$.doubtfulSubscriptions'))) AS list
    JOIN json_each(list.value) AS lost
    WHERE earlier.policy = 'PAL040'
      AND list.type = 'array'
      AND lost.type = 'array'
      AND COALESCE(signed.at, '') <= earlier.since
    UNION ALL
    SELECT
      earlier.identity_tenant_id,
      earlier.object_id,
      earlier.tenant_id,
      earlier.subscription_id,
      (SELECT started FROM run)
    FROM previous.cover AS earlier
    WHERE earlier.covers
      AND earlier.is_standing
  ),
  last_verified AS (
    SELECT
      identity_tenant_id,
      object_id,
      tenant_id,
      subscription_id,
      min(since) AS since
    FROM baseline
    WHERE NOT EXISTS (
      SELECT 1
      FROM cover
      WHERE cover.tenant_id = baseline.tenant_id
        AND cover.subscription_id = baseline.subscription_id
        AND cover.identity_tenant_id = baseline.identity_tenant_id
        AND cover.object_id = baseline.object_id
        AND cover.is_standing
        AND cover.covers
    )
    GROUP BY
      identity_tenant_id,
      object_id,
      tenant_id,
      subscription_id
  ),
  -- Their unit is the subscription, or the tenant where nothing was read.
  delegations_read AS MATERIALIZED (
    SELECT
      tenant_id,
      min(state IN ('complete', 'not-applicable')) AS is_read
    FROM coverage
    WHERE area = 'delegations'
    GROUP BY tenant_id
  ),
  lost AS (
    SELECT
      last_verified.identity_tenant_id,
      last_verified.object_id,
      last_verified.tenant_id,
      last_verified.subscription_id,
      last_verified.since,
      subscription.id IS NULL AS is_gone,
      CASE
        WHEN EXISTS (
          SELECT 1
          FROM cover
          WHERE cover.tenant_id = last_verified.tenant_id
            AND cover.subscription_id = last_verified.subscription_id
            AND cover.identity_tenant_id = last_verified.identity_tenant_id
            AND cover.object_id = last_verified.object_id
            AND cover.is_standing
            AND cover.covers IS NULL
        ) THEN 1
        WHEN last_verified.tenant_id <> last_verified.identity_tenant_id THEN
          delegations_read.is_read IS NOT 1
            OR EXISTS (
              SELECT 1
              FROM coverage
              WHERE coverage.tenant_id = last_verified.identity_tenant_id
                AND coverage.area = 'groups'
                AND coverage.state NOT IN ('complete', 'not-applicable')
            )
        WHEN subscription.id IS NULL THEN NOT our_object.is_configured
        ELSE EXISTS (
          SELECT 1
          FROM unread_group
          WHERE unread_group.tenant_id = last_verified.tenant_id
            AND unread_group.subscription_id = last_verified.subscription_id
        ) OR EXISTS (
          SELECT 1
          FROM unread_group
          WHERE unread_group.tenant_id = last_verified.tenant_id
            AND unread_group.subscription_id IS NULL
        )
      END AS is_doubtful
    FROM last_verified
    JOIN our_object
      ON our_object.tenant_id = last_verified.identity_tenant_id
      AND our_object.object_id = last_verified.object_id
    LEFT JOIN subscription
      ON subscription.tenant_id = last_verified.tenant_id
      AND subscription.id = last_verified.subscription_id
    LEFT JOIN previous.subscription AS earlier
      ON earlier.tenant_id = last_verified.tenant_id
      AND earlier.id = last_verified.subscription_id
    LEFT JOIN delegations_read
      ON delegations_read.tenant_id = last_verified.tenant_id
    WHERE NOT (
        last_verified.tenant_id <> last_verified.identity_tenant_id
        AND last_verified.tenant_id IN (SELECT leaving.tenant_id FROM offboarding AS leaving WHERE leaving.object_id IS NULL)
      )
      AND NOT (subscription.id IS NULL AND lower(COALESCE(earlier.state, 'enabled')) IN ('disabled', 'deleted', 'warned', 'expired'))
    UNION ALL
    SELECT
      active_link.tenant_id,
      active_link.object_id,
      earlier.tenant_id,
      earlier.id,
      (SELECT started FROM run),
      1,
      1
    FROM active_link
    JOIN our_object
      ON our_object.tenant_id = active_link.tenant_id
      AND our_object.object_id = active_link.object_id
    JOIN previous.active_link AS link_before
      ON link_before.tenant_id = active_link.tenant_id
      AND link_before.object_id = active_link.object_id
    JOIN previous.subscription AS earlier
      ON earlier.tenant_id = active_link.tenant_id
    JOIN previous.coverage AS unverified
      ON unverified.tenant_id = earlier.tenant_id
      AND unverified.area = 'role-assignments'
      AND unverified.unit = earlier.id
    LEFT JOIN subscription
      ON subscription.tenant_id = earlier.tenant_id
      AND subscription.id = earlier.id
    WHERE our_object.is_configured
      AND unverified.state NOT IN ('complete', 'not-applicable')
      AND unverified.as_of IS NULL
      AND subscription.id IS NULL
      AND lower(COALESCE(earlier.state, 'enabled')) NOT IN ('disabled', 'deleted', 'warned', 'expired')
      AND NOT EXISTS (
        SELECT 1
        FROM last_verified
        WHERE last_verified.identity_tenant_id = active_link.tenant_id
          AND last_verified.object_id = active_link.object_id
          AND last_verified.tenant_id = earlier.tenant_id
          AND last_verified.subscription_id = earlier.id
      )
  ),
  summed AS (
    SELECT
      identity_tenant_id,
      object_id,
      sum(NOT is_doubtful) AS lost_n,
      sum(is_doubtful) AS doubtful_n,
      sum(is_gone AND NOT is_doubtful) AS gone_n,
      min(since) AS since,
      pal_list(CASE WHEN NOT is_doubtful THEN json_array(tenant_id, subscription_id) END) AS lostSubscriptions,
      pal_list(CASE WHEN is_doubtful THEN json_array(tenant_id, subscription_id) END) AS doubtfulSubscriptions,
      pal_list(CASE WHEN tenant_id = identity_tenant_id AND NOT is_gone THEN json_array('role-assignments', subscription_id) END) AS units
    FROM lost
    GROUP BY
      identity_tenant_id,
      object_id
  )
SELECT
  summed.identity_tenant_id AS tenant_id,
  'identity' AS subject_type,
  summed.object_id AS subject_id,
  active_link.name AS subject_name,
  'The identity is linked to partner ID ' || active_link.partner_id || ', but '
    || CASE
      WHEN summed.lost_n = 0 THEN 'whether it lost cover of ' || summed.doubtful_n || CASE WHEN summed.doubtful_n = 1 THEN ' subscription' ELSE ' subscriptions' END || ' cannot be told'
      WHEN summed.lost_n = 1 THEN 'no longer covers subscription ' || json_extract(summed.lostSubscriptions, '$[0][1]') || ' permanently'
      ELSE 'no longer covers ' || summed.lost_n || ' subscriptions permanently'
    END
    || '; that was first seen on ' || substr(summed.since, 1, 10) || '.'
    || CASE
      WHEN summed.gone_n = 0 THEN ''
      WHEN summed.lost_n = 1 THEN ' The subscription is no longer seen at all.'
      ELSE ' Of them ' || summed.gone_n || ' are no longer seen at all.'
    END
    || CASE
      WHEN summed.lost_n > 0 AND summed.doubtful_n > 0 THEN ' Of ' || summed.doubtful_n || ' more it cannot be told.'
      ELSE ''
    END AS message,
  CASE
    WHEN summed.lost_n = 0 THEN 'unknown'
    ELSE 'fail'
  END AS verdict,
  summed.lostSubscriptions,
  summed.doubtfulSubscriptions,
  active_link.partner_id AS partnerId,
  -- The roles from above the subscriptions as well.
  CASE
    WHEN summed.units <> '[]' THEN '[["role-assignments","tenant"],' || substr(summed.units, 2)
  END AS units,
  active_link.last_read
FROM summed
JOIN active_link
  ON active_link.tenant_id = summed.identity_tenant_id
  AND active_link.object_id = summed.object_id;
