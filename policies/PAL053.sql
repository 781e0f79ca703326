-- SPDX-License-Identifier: Apache-2.0
-- id: PAL053
-- title: Usage stopped
-- class: attribution
-- severity: low
-- subject: subscription
-- reads: links role-assignments pim deny-assignments groups usage
-- needs: usage
-- pins: lastMonth
-- folded-under: offboarding
-- rationale: What linked identities cover here was used, and is not any more: there is nothing left to
--   recognise. Work may have ended, or moved to where no linked identity reaches.
-- fix: ask
-- remediation: Ask the customer where the work is now. If it moved to another subscription S, ask for a
--   least-privilege role that counts there, for object O:
--   az role assignment create --assignee-object-id O --assignee-principal-type ServicePrincipal --role cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e --scope /subscriptions/S
--   New-AzRoleAssignment -ObjectId O -RoleDefinitionId cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e -Scope /subscriptions/S
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id
--   https://learn.microsoft.com/azure/cost-management-billing/costs/understand-cost-mgt-data

-- Two windows of the same length are compared: the one that ended with the month of the
-- parent run, and today's; so neither another length of the window nor a month that has
-- just begun looks like a stop. The last month with usage is what an open finding tells,
-- else what the parent held; a signed change review closes the finding.
WITH RECURSIVE
  back(months, month) AS (
    SELECT
      0,
      strftime('%Y-%m', run.previous_started)
    FROM run
    WHERE run.has_previous
    UNION ALL
    SELECT
      back.months + 1,
      strftime('%Y-%m', run.previous_started, 'start of month', '-' || (back.months + 1) || ' months')
    FROM back
    JOIN run
    JOIN parameter
    WHERE back.months < parameter.usage_window_months
  ),
  stopped AS MATERIALIZED (
    SELECT
      tenant_id,
      subscription_id,
      min(resource_group IS NOT NULL) AS is_partial,
      max(COALESCE(used, 'unknown') = 'unknown') AS is_unknown
    FROM covered_use
    GROUP BY
      tenant_id,
      subscription_id
    HAVING NOT max(used IS 'yes')
  ),
  seen AS (
    SELECT
      stopped.tenant_id,
      stopped.subscription_id,
      max(usage.month) AS last_month
    FROM stopped
    CROSS JOIN previous.usage
      ON usage.tenant_id = stopped.tenant_id
      AND usage.subscription_id = stopped.subscription_id
    LEFT JOIN covered_use
      ON covered_use.tenant_id = stopped.tenant_id
      AND covered_use.subscription_id = stopped.subscription_id
      AND covered_use.resource_group = usage.resource_group
    WHERE usage.month IN (SELECT month FROM back)
      AND usage.used = 'yes'
      AND (NOT stopped.is_partial OR covered_use.resource_group IS NOT NULL)
    GROUP BY
      stopped.tenant_id,
      stopped.subscription_id
  ),
  baseline AS (
    SELECT
      earlier.tenant_id,
      json_extract(earlier.subject, '$.id') AS subscription_id,
      json_extract(earlier.details, '$.lastMonth') AS last_month,
      earlier.since,
      1 AS rank
    FROM previous.finding AS earlier
    WHERE earlier.policy = 'PAL053'
      AND earlier.verdict = 'fail'
      AND NOT EXISTS (
        SELECT 1
        FROM review
        WHERE review.scope = 'changes'
          AND review.signed > earlier.since
      )
    UNION ALL
    SELECT
      seen.tenant_id,
      seen.subscription_id,
      seen.last_month,
      run.started,
      2
    FROM seen
    JOIN run
  ),
  last_verified AS MATERIALIZED (
    SELECT
      tenant_id,
      subscription_id,
      last_month,
      since,
      min(rank) AS rank
    FROM baseline
    GROUP BY
      tenant_id,
      subscription_id
  )
SELECT
  stopped.tenant_id,
  'subscription' AS subject_type,
  stopped.subscription_id AS subject_id,
  subscription.name AS subject_name,
  'What linked identities cover here was last seen in use in ' || last_verified.last_month || '; '
    || CASE
      WHEN stopped.is_unknown THEN 'whether it was used since '
      ELSE 'nothing of it was used since '
    END
    || (SELECT min(month) FROM usage_month) || '-01'
    || CASE
      WHEN stopped.is_unknown THEN ' is not known: usage is hidden or was not answered.'
      ELSE ', as first seen on ' || substr(last_verified.since, 1, 10) || '.'
    END AS message,
  CASE
    WHEN stopped.is_unknown THEN 'unknown'
    ELSE 'fail'
  END AS verdict,
  last_verified.last_month AS lastMonth
FROM stopped
JOIN last_verified
  ON last_verified.tenant_id = stopped.tenant_id
  AND last_verified.subscription_id = stopped.subscription_id
LEFT JOIN subscription
  ON subscription.tenant_id = stopped.tenant_id
  AND subscription.id = stopped.subscription_id;
