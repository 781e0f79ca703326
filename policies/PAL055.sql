-- SPDX-License-Identifier: Apache-2.0
-- id: PAL055
-- title: Subscription left the tenant or changed hands
-- class: attribution
-- severity: high
-- subject: subscription
-- reads: subscriptions
-- pins: tenantBefore tenantNow
-- rationale: When a subscription moves to another tenant its role assignments are gone; delegations
--   survive, unless it moved to the tenant that it was delegated to. Links made in the old
--   tenant count for nothing in the new one.
-- fix: F4 F3
-- remediation: Ask the customer for a least-privilege role in the new tenant T, for a new object O there:
--   az role assignment create --assignee-object-id O --assignee-principal-type ServicePrincipal --role cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e --scope /subscriptions/S
--   New-AzRoleAssignment -ObjectId O -RoleDefinitionId cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e -Scope /subscriptions/S
--   Then signed in as that identity, with the location ID P of your rule:
--   az login --tenant T && az managementpartner create --partner-id P
--   Connect-AzAccount -Tenant T; New-AzManagementPartner -PartnerId P
-- references: https://learn.microsoft.com/azure/role-based-access-control/transfer-subscription
--   https://learn.microsoft.com/azure/lighthouse/concepts/tenants-users-roles
--   https://learn.microsoft.com/partner-center/billing/partner-earned-credit-troubleshoot

-- Moved means: Resource Manager now returns the subscription for a tenant for which it did
-- not when it was last verified, and no longer for the one before. A record that is only
-- kept there from an earlier run does not say that it is still there. One that is simply
-- out of sight tells nothing. The tenant before is what an open finding tells, else what
-- the parent held; a signed change review closes the finding. Billing account and CSP
-- partner are in Partner Center, which is not read.
WITH
  held AS NOT MATERIALIZED (
    SELECT
      subscription.id AS subscription_id,
      subscription.tenant_id,
      subscription.name,
      subscription.last_read,
      subscription.last_read IS NULL
        AND NOT EXISTS (
          SELECT 1
          FROM coverage
          WHERE coverage.tenant_id = subscription.tenant_id
            AND coverage.area = 'subscriptions'
            AND coverage.state IN ('stale', 'unread')
        ) AS is_fresh
    FROM subscription
  ),
  told AS MATERIALIZED (
    SELECT
      json_extract(earlier.subject, '$.id') AS subscription_id,
      json_extract(earlier.details, '$.tenantBefore') AS tenant_id,
      earlier.since
    FROM previous.finding AS earlier
    WHERE earlier.policy = 'PAL055'
      AND earlier.verdict = 'fail'
      AND NOT EXISTS (
        SELECT 1
        FROM review
        WHERE review.scope = 'changes'
          AND review.signed > earlier.since
      )
  ),
  baseline AS (
    SELECT
      subscription_id,
      tenant_id,
      since,
      1 AS rank
    FROM told
    UNION ALL
    SELECT
      earlier.id,
      earlier.tenant_id,
      (SELECT started FROM run),
      2
    FROM previous.subscription AS earlier
    CROSS JOIN subscription
      ON subscription.id = earlier.id
      AND subscription.tenant_id <> earlier.tenant_id
  ),
  before AS MATERIALIZED (
    SELECT
      subscription_id,
      tenant_id,
      since,
      min(rank) AS rank
    FROM baseline
    GROUP BY
      subscription_id,
      tenant_id
  ),
  moved AS (
    SELECT
      here.tenant_id,
      here.subscription_id,
      here.name,
      before.tenant_id AS tenant_before,
      before.since,
      here.last_read
    FROM before
    CROSS JOIN held AS here
      ON here.subscription_id = before.subscription_id
      AND here.tenant_id <> before.tenant_id
    WHERE NOT EXISTS (
        SELECT 1
        FROM held AS there
        WHERE there.subscription_id = before.subscription_id
          AND there.tenant_id = before.tenant_id
          AND there.is_fresh
      )
      AND (
        before.rank = 1
        OR (
          here.is_fresh
          AND NOT EXISTS (
            SELECT 1
            FROM previous.subscription AS known
            WHERE known.id = here.subscription_id
              AND known.tenant_id = here.tenant_id
          )
          AND (here.subscription_id, here.tenant_id) NOT IN (
            SELECT subscription_id, tenant_id
            FROM told
            WHERE subscription_id IS NOT NULL
              AND tenant_id IS NOT NULL
          )
        )
      )
  ),
  last_move AS (
    SELECT
      tenant_id,
      subscription_id,
      name,
      tenant_before,
      min(since) AS since,
      last_read
    FROM moved
    GROUP BY
      tenant_id,
      subscription_id
  )
SELECT
  last_move.tenant_id,
  'subscription' AS subject_type,
  last_move.subscription_id AS subject_id,
  last_move.name AS subject_name,
  'This subscription left tenant ' || last_move.tenant_before || COALESCE(' (' || customer_tenant.name || ')', '')
    || ' for this one; that was first seen on ' || substr(last_move.since, 1, 10)
    || '. Role assignments do not survive such a move, delegations do. Whether its billing account or CSP partner changed was not compared: Partner Center is not read.' AS message,
  last_move.tenant_before AS tenantBefore,
  last_move.tenant_id AS tenantNow,
  last_move.last_read
FROM last_move
LEFT JOIN customer_tenant
  ON customer_tenant.tenant_id = last_move.tenant_before;
