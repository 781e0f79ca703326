-- SPDX-License-Identifier: Apache-2.0
-- id: PAL103
-- title: Privileged partner access without review
-- class: access
-- severity: medium
-- subject: identity
-- reads: role-assignments pim deny-assignments groups
-- pins: roles
-- controls: A.5.18 A.8.2
-- rationale: Somebody has to say that this access is still wanted, and sign it. Quarterly is the
--   usual audit expectation.
-- fix: review or F6
-- remediation: Certify the access in an access review: keep, reduce or remove, by somebody else than its holder:
--   palscan review
--   Or take the privilege away where a lesser role is enough:
--   az role assignment delete --assignee O --role Owner --scope /subscriptions/S
--   Remove-AzRoleAssignment -ObjectId O -RoleDefinitionName Owner -Scope /subscriptions/S

-- The days count from when the role was first seen with this account, as the judge
-- remembers; a role held for years is not overdue on the night we first see it. An access
-- review certifies every account of the customers it speaks of that had been seen before
-- it was signed, except the reviewer's own.
WITH
  held AS MATERIALIZED (
    SELECT
      privileged_access.tenant_id,
      privileged_access.object_id,
      privileged_access.role_id,
      max(privileged_access.usable) AS is_sure,
      pal_list(privileged_access.scope) AS scopes,
      min(privileged_access.last_read) AS last_read
    FROM privileged_access
    GROUP BY
      privileged_access.tenant_id,
      privileged_access.object_id,
      privileged_access.role_id
  ),
  dated AS MATERIALIZED (
    SELECT
      held.tenant_id,
      held.object_id,
      held.role_id,
      held.is_sure,
      held.scopes,
      held.last_read,
      our_object.name,
      our_object.principal_name,
      COALESCE(event.since, run.started) AS seen
    FROM held
    JOIN run
    JOIN our_object
      ON our_object.tenant_id = held.tenant_id
      AND our_object.object_id = held.object_id
    LEFT JOIN event
      ON event.tenant_id = held.tenant_id
      AND event.subject_id = held.object_id || ' ' || held.role_id
      AND event.kind = 'seen.privileged-access'
  ),
  certified AS (
    SELECT
      dated.tenant_id,
      dated.object_id,
      dated.role_id,
      dated.is_sure,
      dated.scopes,
      dated.last_read,
      dated.name,
      dated.seen,
      (
        SELECT max(review.signed)
        FROM review
        JOIN run
        WHERE review.scope = 'access'
          AND unixepoch(review.signed) <= unixepoch(run.started)
          AND unixepoch(review.signed) > unixepoch(dated.seen)
          AND COALESCE(pal_same_person(review.reviewer, dated.principal_name), 0) = 0
          AND (
            review.tenants IS NULL
            OR EXISTS (
              SELECT 1
              FROM json_each(review.tenants) AS reviewed
              WHERE reviewed.value = dated.tenant_id
            )
          )
      ) AS signed
    FROM dated
  ),
  overdue AS (
    SELECT
      certified.tenant_id,
      certified.object_id,
      certified.name,
      certified.is_sure,
      certified.last_read,
      certified.seen,
      certified.signed,
      certified.role_id,
      certified.scopes,
      COALESCE(builtin_role.name || ' (' || certified.role_id || ')', certified.role_id) AS role
    FROM certified
    JOIN run
    JOIN parameter
    LEFT JOIN builtin_role
      ON builtin_role.role_id = certified.role_id
    WHERE unixepoch(COALESCE(certified.signed, certified.seen)) + parameter.review_days * 86400 < unixepoch(run.started)
  )
SELECT
  overdue.tenant_id,
  'identity' AS subject_type,
  overdue.object_id AS subject_id,
  min(overdue.name) AS subject_name,
  'The account has '
    || CASE count(overdue.role_id)
      WHEN 1 THEN 'the privileged role ' || min(overdue.role)
      ELSE count(overdue.role_id) || ' privileged roles, ' || min(overdue.role) || ' among them'
    END
    || ', first seen on ' || substr(min(overdue.seen), 1, 10)
    || CASE count(overdue.signed)
      WHEN 0 THEN ', and no access review has certified it'
      WHEN count(overdue.role_id) THEN ', last certified by an access review signed on ' || substr(min(overdue.signed), 1, 10)
      ELSE ', and no access review has certified all of it'
    END
    || '; one is due every ' || parameter.review_days || ' days.'
    || CASE
      WHEN max(overdue.is_sure) IS NULL THEN ' Whether the access is usable cannot be told: a deny assignment may apply.'
      ELSE ''
    END AS message,
  CASE
    WHEN max(overdue.is_sure) THEN 'fail'
    ELSE 'unknown'
  END AS verdict,
  pal_list(json_array(overdue.role_id, json(overdue.scopes))) AS roles,
  min(overdue.seen) AS firstSeen,
  CASE count(overdue.signed)
    WHEN count(overdue.role_id) THEN min(overdue.signed)
  END AS lastReview,
  min(overdue.last_read) AS last_read
FROM overdue
JOIN parameter
GROUP BY
  overdue.tenant_id,
  overdue.object_id;
