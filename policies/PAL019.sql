-- SPDX-License-Identifier: Apache-2.0
-- id: PAL019
-- title: Link belongs to another object or tenant, or an import contradicts a reading
-- class: completeness
-- severity: high
-- subject: identity
-- reads: links
-- pins: linkTenantId linkObjectId partnerId declaredPartnerId declaredAssignments
-- rationale: What stands here as the link of this identity may be that of another sign-in: then
--   neither this link nor its absence is proven. A declared role assignment that was not among
--   those that were read after it was revoked since, or the declaration is of another sign-in.
-- fix: F1
-- remediation: Show the link, or the role assignments, again, signed in as the identity O itself,
--   in this tenant:
--   az login --tenant T --allow-no-subscriptions && az managementpartner show
--   az role assignment list --all --assignee O
--   Connect-AzAccount -Tenant T; Get-AzManagementPartner; Get-AzRoleAssignment -ObjectId O | ConvertTo-Json
--   A person's: palscan collector --identity NAME --tenant T, and palscan import of its file.
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id

-- A declaration from before the link was last written contradicts nothing: the link was
-- changed since. One that is too old (declaredMaxAgeDays) is dropped by the next reading.
-- A declared role assignment is compared where the role assignments of its subscription were
-- read completely after it was declared; a day without a time is over when it ends. One that
-- PIM may have granted for some hours contradicts nothing. Lists leave things out: what was
-- read and not declared is no contradiction.
WITH
  held AS (
    SELECT
      identity.tenant_id,
      identity.object_id,
      link.link_tenant_id,
      link.link_object_id,
      CASE
        WHEN COALESCE(lower(link.state), 'active') <> 'deleted' THEN link.partner_id
      END AS partner_id,
      declaration.date IS NOT NULL AS is_declared,
      CASE
        WHEN COALESCE(lower(declaration.state), 'active') <> 'deleted' THEN declaration.partner_id
      END AS declared_partner_id,
      declaration.provider,
      declaration.date,
      COALESCE(link.updated_time > declaration.date, 0) AS is_written_since,
      identity.assurance = 'read'
        AND identity.link_answered AS is_read
    FROM identity
    LEFT JOIN link
      ON link.tenant_id = identity.tenant_id
      AND link.object_id = identity.object_id
    LEFT JOIN declaration
      ON declaration.tenant_id = identity.tenant_id
      AND declaration.object_id = identity.object_id
  ),
  judged AS (
    SELECT
      tenant_id,
      object_id,
      link_tenant_id,
      link_object_id,
      partner_id,
      declared_partner_id,
      provider,
      date,
      COALESCE(link_tenant_id <> tenant_id, 0) AS is_elsewhere,
      COALESCE(link_object_id <> object_id, 0) AS is_anothers,
      is_read
        AND is_declared
        AND NOT is_written_since
        AND partner_id IS NOT declared_partner_id AS is_contradicted
    FROM held
  ),
  told AS (
    SELECT
      declared_assignment.tenant_id,
      declared_assignment.object_id,
      declared_assignment.id,
      declared_assignment.role_id,
      declared_assignment.scope,
      substr(declared_assignment.scope, 16, 36) AS subscription_id,
      declaration.assignments_provider AS provider,
      declaration.assignments_date AS date,
      CASE
        WHEN substr(declaration.assignments_date, 11) = 'T00:00:00Z' THEN
          date(declaration.assignments_date, '+1 day') || 'T00:00:00Z'
        ELSE declaration.assignments_date
      END AS told_on
    FROM declared_assignment
    JOIN declaration
      ON declaration.tenant_id = declared_assignment.tenant_id
      AND declaration.object_id = declared_assignment.object_id
    JOIN run
    JOIN setting
      ON setting.name = 'declaredMaxAgeDays'
    WHERE declared_assignment.scope LIKE '/subscriptions/%'
      AND julianday(run.started) - julianday(declaration.assignments_date) <= CAST(setting.value AS REAL)
  ),
  compared AS (
    SELECT
      told.tenant_id,
      told.object_id,
      told.id,
      told.role_id,
      told.scope,
      told.provider,
      told.date,
      told.told_on,
      access.state,
      CASE
        WHEN access.state = 'complete' THEN COALESCE(access.as_of, run.started)
        ELSE access.as_of
      END AS read_on,
      COALESCE(eligible.state, 'unread') IN ('complete', 'not-applicable', 'stale') AS knows_pim,
      EXISTS (
        SELECT 1
        FROM assignment
        WHERE assignment.tenant_id = told.tenant_id
          AND assignment.principal_id = told.object_id
          AND assignment.id = told.id
          AND assignment.role_id = told.role_id
      ) AS is_there,
      EXISTS (
        SELECT 1
        FROM pim
        WHERE pim.tenant_id = told.tenant_id
          AND pim.role_id = told.role_id
          AND pim.scope = told.scope
      ) AS may_be_pim
    FROM told
    JOIN run
    LEFT JOIN coverage AS access
      ON access.tenant_id = told.tenant_id
      AND access.area = 'role-assignments'
      AND access.unit = told.subscription_id
    LEFT JOIN coverage AS eligible
      ON eligible.tenant_id = told.tenant_id
      AND eligible.area = 'pim'
      AND eligible.unit = told.subscription_id
    WHERE EXISTS (SELECT 1 FROM collected WHERE collected.area = 'role-assignments')
  ),
  -- Not there: 1 it was read and is not; NULL nobody knows; 0 it is, or nobody has read there since.
  decided AS (
    SELECT
      tenant_id,
      object_id,
      id,
      role_id,
      scope,
      provider,
      date,
      read_on,
      CASE
        WHEN is_there OR may_be_pim THEN 0
        WHEN read_on >= told_on AND knows_pim THEN 1
        WHEN state = 'complete' AND read_on < told_on THEN 0
      END AS is_missing
    FROM compared
  ),
  summed AS (
    SELECT
      decided.tenant_id,
      decided.object_id,
      max(decided.provider) AS provider,
      max(decided.date) AS date,
      count(*) AS told,
      count(*) - count(decided.is_missing) AS unsure,
      COALESCE(sum(decided.is_missing), 0) AS missing,
      min(CASE WHEN decided.is_missing THEN decided.role_id || ' on ' || decided.scope END) AS example,
      pal_list(CASE WHEN decided.is_missing OR decided.is_missing IS NULL THEN decided.id END) AS ids,
      min(CASE WHEN decided.is_missing AND decided.read_on <> run.started THEN decided.read_on END) AS last_read
    FROM decided
    JOIN run
    GROUP BY
      decided.tenant_id,
      decided.object_id
    HAVING missing > 0 OR unsure > 0
  )
SELECT
  judged.tenant_id,
  'identity' AS subject_type,
  judged.object_id AS subject_id,
  our_object.name AS subject_name,
  NULL AS key,
  'fail' AS verdict,
  CASE
    WHEN judged.is_elsewhere THEN 'The link says that it is one of tenant ' || judged.link_tenant_id || '.'
    WHEN judged.is_anothers THEN 'The link says that it is that of object ' || judged.link_object_id || '.'
    ELSE 'Read: ' || COALESCE('partner ID ' || judged.partner_id, 'no link') || '. Self-declared by '
      || judged.provider || ' on ' || substr(judged.date, 1, 10) || ': '
      || COALESCE('partner ID ' || judged.declared_partner_id, 'no link') || '.'
  END AS message,
  judged.link_tenant_id AS linkTenantId,
  judged.link_object_id AS linkObjectId,
  judged.partner_id AS partnerId,
  CASE
    WHEN judged.is_contradicted THEN judged.declared_partner_id
  END AS declaredPartnerId,
  NULL AS declaredAssignments,
  our_object.last_read
FROM judged
JOIN our_object
  ON our_object.tenant_id = judged.tenant_id
  AND our_object.object_id = judged.object_id
WHERE judged.is_elsewhere
  OR judged.is_anothers
  OR judged.is_contradicted
UNION ALL
SELECT
  summed.tenant_id,
  'identity',
  summed.object_id,
  our_object.name,
  'role-assignments',
  CASE WHEN summed.missing > 0 THEN 'fail' ELSE 'unknown' END,
  'Self-declared by ' || summed.provider || ' on ' || substr(summed.date, 1, 10) || ': role assignments on subscriptions, '
    || summed.told || CASE
    WHEN summed.missing > 0 THEN '. Not there when they were read: ' || summed.missing || ', such as role ' || summed.example || '.'
    ELSE '. Not read completely since, so that nobody can compare: ' || summed.unsure || '.'
  END,
  NULL,
  NULL,
  NULL,
  NULL,
  summed.ids,
  summed.last_read
FROM summed
JOIN our_object
  ON our_object.tenant_id = summed.tenant_id
  AND our_object.object_id = summed.object_id;
