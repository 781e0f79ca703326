-- SPDX-License-Identifier: Apache-2.0
-- id: PAL052
-- title: Subscription not active
-- class: attribution
-- severity: low
-- subject: subscription
-- reads: subscriptions links role-assignments pim deny-assignments groups
-- pins: state
-- rationale: A subscription that is disabled or deleted uses nothing, so nothing is recognised on it;
--   one that is past due or warned is about to become so. It can be reactivated for some time.
-- fix: ask
-- remediation: Ask the customer whether it is meant to end. If not, its account administrator or CSP partner
--   reactivates it; look at its state with
--   az account list --all --query "[?id=='S'].state"
--   Get-AzSubscription -SubscriptionId S
--   If it ended, remove our access to it, so that nothing is left over:
--   az role assignment list --all --assignee O
--   Get-AzRoleAssignment -ObjectId O
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/subscription-states
--   https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id

-- Only subscriptions that a linked identity covers.
WITH
  inactive AS MATERIALIZED (
    SELECT
      tenant_id,
      id AS subscription_id,
      name,
      state,
      last_read
    FROM subscription
    WHERE lower(state) IN ('disabled', 'warned', 'pastdue', 'deleted')
  ),
  covered AS MATERIALIZED (
    SELECT
      inactive.tenant_id,
      inactive.subscription_id,
      max(cover.covers) AS is_covered,
      sum(cover.covers IS NULL) AS undecided
    FROM inactive
    JOIN cover
      ON cover.tenant_id = inactive.tenant_id
      AND cover.subscription_id = inactive.subscription_id
    GROUP BY
      inactive.tenant_id,
      inactive.subscription_id
  )
SELECT
  inactive.tenant_id,
  'subscription' AS subject_type,
  inactive.subscription_id AS subject_id,
  inactive.name AS subject_name,
  CASE lower(inactive.state)
    WHEN 'warned' THEN 'The subscription''s state is ' || inactive.state || ': it will be disabled unless it is paid for.'
    WHEN 'pastdue' THEN 'The subscription''s state is ' || inactive.state || ': it is used on, but a payment is overdue.'
    ELSE 'The subscription''s state is ' || inactive.state || ', so nothing on it is recognised; for some time it can be reactivated.'
  END
  || CASE
    WHEN covered.is_covered THEN ''
    ELSE ' Whether a linked identity covers it cannot be told.'
  END AS message,
  CASE
    WHEN covered.is_covered THEN 'fail'
    ELSE 'unknown'
  END AS verdict,
  inactive.state,
  inactive.last_read
FROM inactive
JOIN covered
  ON covered.tenant_id = inactive.tenant_id
  AND covered.subscription_id = inactive.subscription_id
WHERE covered.is_covered = 1
  OR covered.undecided;
