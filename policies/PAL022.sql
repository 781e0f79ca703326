-- SPDX-License-Identifier: Apache-2.0
-- id: PAL022
-- title: Link can no longer be verified
-- class: completeness
-- severity: low
-- subject: identity
-- reads: links
-- pins: partnerId verifiedOn declaredOn
-- rationale: Only the identity itself can read its link. Without its credential nobody sees when the
--   link is removed or changed; what is known of it is as old as its last reading or
--   declaration. Deleting the secret of an account made for the link alone is good advice,
--   and this its price.
-- fix: declare
-- remediation: Have the link declared anew by whoever can sign in as the identity:
--   palscan collector --identity NAME --tenant T, and palscan import of its file.
--   Or give palscan a credential of the identity again.
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id

-- The link of an identity that is no longer configured is carried with the cause "no
-- credential"; one that was only ever declared speaks for itself while it is fresh
-- (declaredMaxAgeDays). An identity that is configured and could not sign in is no matter
-- of this rule. People who left are not: nobody is meant to read their link.
WITH
  unit AS (
    SELECT
      coverage.tenant_id,
      coverage.unit,
      coverage.state,
      coverage.as_of
    FROM coverage
    JOIN run
    JOIN parameter
    WHERE coverage.area = 'links'
      AND (
        (coverage.state = 'stale' AND coverage.code = 'no credential')
        OR (
          coverage.state = 'self-declared'
          AND unixepoch(coverage.as_of) + parameter.declared_max_age_days * 86400 < unixepoch(run.started)
          AND coverage.unit NOT IN (SELECT name FROM scanner)
        )
      )
  ),
  -- An object of several names can be verified while one of them can.
  held AS (
    SELECT
      identity.tenant_id,
      identity.object_id,
      identity.last_read,
      count(configured.value) AS names,
      count(unit.unit) AS unverified,
      max(unit.as_of) AS as_of
    FROM identity
    JOIN json_each(identity.names) AS configured
    LEFT JOIN unit
      ON unit.tenant_id = identity.tenant_id
      AND unit.unit = configured.value
    GROUP BY
      identity.tenant_id,
      identity.object_id,
      identity.last_read
  ),
  dated AS (
    SELECT
      held.tenant_id,
      held.object_id,
      declaration.provider,
      substr(declaration.date, 1, 10) AS declared_on,
      CASE
        WHEN identity.assurance = 'read' THEN substr(COALESCE(held.last_read, held.as_of), 1, 10)
      END AS verified_on,
      CASE identity.assurance
        WHEN 'read' THEN COALESCE(held.last_read, held.as_of)
        ELSE COALESCE(declaration.date, held.as_of)
      END AS last_read
    FROM held
    JOIN identity
      ON identity.tenant_id = held.tenant_id
      AND identity.object_id = held.object_id
    LEFT JOIN declaration
      ON declaration.tenant_id = held.tenant_id
      AND declaration.object_id = held.object_id
    WHERE held.unverified = held.names
  )
SELECT
  dated.tenant_id,
  'identity' AS subject_type,
  dated.object_id AS subject_id,
  active_link.name AS subject_name,
  'No credential that palscan holds can read the link with partner ID ' || active_link.partner_id
    || COALESCE(' (' || registry.name || ')', '') || ' any more: '
    || CASE
      WHEN dated.verified_on IS NOT NULL THEN 'last verified on ' || dated.verified_on
      ELSE 'never verified'
    END
    || COALESCE(', self-declared by ' || dated.provider || ' on ' || dated.declared_on, '') || '.' AS message,
  active_link.partner_id AS partnerId,
  dated.verified_on AS verifiedOn,
  dated.declared_on AS declaredOn,
  dated.last_read
FROM dated
JOIN active_link
  ON active_link.tenant_id = dated.tenant_id
  AND active_link.object_id = dated.object_id
LEFT JOIN registry
  ON registry.id = active_link.partner_id;
