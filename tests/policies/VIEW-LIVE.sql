-- SPDX-License-Identifier: Apache-2.0
-- id: VIEW-LIVE
-- title: The rows of live_access
-- class: rule
-- severity: info
-- subject: identity
-- rationale: Shows what the view says, so that its cases can hold each path of access against it.
-- remediation: None.

SELECT
  live_access.tenant_id,
  'identity' AS subject_type,
  live_access.object_id AS subject_id,
  NULL AS subject_name,
  live_access.assignment_id || ' ' || COALESCE(live_access.subscription_id, '') || COALESCE(live_access.group_id, '') AS key,
  CASE
    WHEN live_access.live THEN 'live'
    WHEN live_access.live IS NULL THEN 'undecided'
    ELSE 'not live'
  END
    || CASE
      WHEN live_access.group_id IS NULL THEN ', direct'
      ELSE ', group'
    END
    || CASE
      WHEN live_access.is_inherited THEN ', inherited'
      ELSE ''
    END
    || CASE
      WHEN live_access.kind = 'eligible' THEN ', eligible'
      WHEN NOT live_access.is_standing THEN ', activated'
      ELSE ''
    END
    || CASE
      WHEN live_access.in_force THEN ''
      ELSE ', not in force'
    END
    || CASE
      WHEN live_access.blocked THEN ', denied'
      WHEN live_access.blocked IS NULL THEN ', perhaps denied'
      ELSE ''
    END AS message,
  live_access.subscription_id AS subscription
FROM live_access;
