-- SPDX-License-Identifier: Apache-2.0
-- What reaches one of our objects, subscription by subscription. An inherited role
-- reaches every subscription of its tenant (the tree of management groups is not
-- read); where the tenant has none in sight, subscription_id is NULL.
--   blocked  1 a deny assignment covers all that the role covers in this
--            subscription; 0 none does; NULL a group that cannot be read decides
--   usable   in force and not blocked; NULL undecided
--   live     usable and held, not merely eligible; NULL undecided
-- A deny assignment on a part of the scope, or one that does not reach below its
-- scope, leaves the rest: learn.microsoft.com/azure/role-based-access-control/deny-assignments
-- once: tenant_id, object_id; tenant_id, subscription_id
CREATE VIEW live_access AS
WITH
  placed AS (
    SELECT
      reach.tenant_id,
      reach.object_id,
      reach.group_id,
      COALESCE(reach.subscription_id, subscription.id) AS subscription_id,
      reach.is_inherited,
      reach.assignment_id,
      reach.role_id,
      reach.scope,
      COALESCE('/subscriptions/' || subscription.id, reach.scope) AS place,
      reach.kind,
      reach.is_standing,
      reach.in_force,
      reach.start_time,
      reach.end_time,
      reach.condition,
      reach.last_read
    FROM reach
    LEFT JOIN subscription
      -- One term of both tables: one of reach alone SQLite 3.40 would push into that
      -- view and lose rows.
      ON subscription.tenant_id = CASE WHEN reach.is_inherited THEN reach.tenant_id END
  ),
  denied AS MATERIALIZED (
    SELECT
      deny_verdict.tenant_id,
      deny_verdict.object_id,
      deny_verdict.deny_id,
      deny_verdict.blocks,
      deny_assignment.subscription_id,
      deny_assignment.scope,
      COALESCE(deny_assignment.not_children, 0) AS not_children
    FROM deny_verdict
    JOIN deny_assignment
      ON deny_assignment.tenant_id = deny_verdict.tenant_id
      AND deny_assignment.id = deny_verdict.deny_id
    WHERE deny_verdict.blocks IS NOT 0
  ),
  judged AS (
    SELECT
      placed.tenant_id,
      placed.object_id,
      placed.group_id,
      placed.subscription_id,
      placed.is_inherited,
      placed.assignment_id,
      placed.role_id,
      placed.scope,
      placed.kind,
      placed.is_standing,
      placed.in_force,
      placed.start_time,
      placed.end_time,
      placed.condition,
      placed.last_read,
      (
        SELECT
          CASE
            WHEN max(denied.blocks) = 1 THEN 1
            WHEN count(denied.deny_id) = count(denied.blocks) THEN 0
          END
        FROM denied
        WHERE denied.tenant_id = placed.tenant_id
          AND denied.object_id = placed.object_id
          AND (denied.subscription_id = placed.subscription_id OR denied.subscription_id IS NULL)
          AND CASE
            -- Not below its scope: only a single resource has nothing below.
            WHEN denied.not_children THEN
              denied.scope = placed.place
              AND placed.place LIKE '%/resourcegroups/%/providers/%'
            WHEN denied.subscription_id IS NULL THEN 1
            ELSE pal_in_scope(placed.place, denied.scope)
          END
      ) AS blocked
    FROM placed
    -- So that `blocked` is worked out once for the three columns below.
    LIMIT -1
  )
SELECT
  tenant_id,
  object_id,
  group_id,
  subscription_id,
  is_inherited,
  assignment_id,
  role_id,
  scope,
  kind,
  is_standing,
  in_force,
  start_time,
  end_time,
  condition,
  last_read,
  blocked,
  in_force AND NOT blocked AS usable,
  kind = 'active' AND in_force AND NOT blocked AS live
FROM judged
WHERE tenant_id IS NOT NULL;
