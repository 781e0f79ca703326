-- SPDX-License-Identifier: Apache-2.0
-- id: PAL066
-- title: Delegation removed
-- class: attribution
-- severity: high
-- subject: scope
-- reads: delegations
-- needs: delegations
-- pins: authorizations
-- folded-under: offboarding
-- rationale: With the delegation all access by Lighthouse to this scope ended, and with it the
--   recognition of its usage.
-- fix: ask F5
-- remediation: Ask the customer whether it was removed on purpose. If not, have it deployed again, with a
--   linked principal permanently authorized:
--   az deployment sub create --location L --template-file subscription.json --parameters @subscription.parameters.json
--   az managedservices assignment list --subscription S --include-definition true
--   New-AzDeployment -Location L -TemplateFile subscription.json -TemplateParameterFile subscription.parameters.json
--   Get-AzManagedServicesAssignment -Scope /subscriptions/S
-- references: https://learn.microsoft.com/azure/lighthouse/how-to/remove-delegation

-- Gone means: the delegations of the tenant were read, and neither this one is among them
-- nor one of the same scope, managing tenant and definition, which is the same created
-- again; also not under another tenant, to which the subscription moved with it (PAL055).
-- What to look for is what an open finding tells, else what the parent held. A signed
-- change review closes the finding.
WITH
  baseline AS (
    SELECT
      earlier.tenant_id,
      earlier.key AS delegation_id,
      json_extract(earlier.subject, '$.id') AS scope,
      json_extract(earlier.subject, '$.name') AS name,
      json_extract(earlier.details, '$.managingTenantId') AS managing_tenant_id,
      json_extract(earlier.details, '$.definitionId') AS definition_id,
      json_extract(earlier.details, '$.authorizations') AS authorizations,
      earlier.since,
      1 AS rank
    FROM previous.finding AS earlier
    WHERE earlier.policy = 'PAL066'
      AND earlier.verdict = 'fail'
      AND NOT EXISTS (
        SELECT 1
        FROM review
        WHERE review.scope = 'changes'
          AND review.signed > earlier.since
      )
    UNION ALL
    SELECT
      held.tenant_id,
      held.delegation_id,
      held.scope,
      held.name,
      held.managing_tenant_id,
      earlier.definition_id,
      authorization_set.authorizations,
      run.started,
      2
    FROM previous.our_delegation AS held
    JOIN run
    JOIN previous.delegation AS earlier
      ON earlier.tenant_id = held.tenant_id
      AND earlier.id = held.delegation_id
    LEFT JOIN previous.authorization_set
      ON authorization_set.tenant_id = held.tenant_id
      AND authorization_set.delegation_id = held.delegation_id
  ),
  last_verified AS MATERIALIZED (
    SELECT
      tenant_id,
      delegation_id,
      scope,
      name,
      managing_tenant_id,
      definition_id,
      authorizations,
      since,
      min(rank) AS rank
    FROM baseline
    GROUP BY
      tenant_id,
      delegation_id
  ),
  held AS MATERIALIZED (
    SELECT DISTINCT
      delegation.id AS delegation_id,
      delegation.scope,
      delegation.managing_tenant_id,
      delegation.definition_id
    FROM delegation
    WHERE lower(COALESCE(delegation.state, 'succeeded')) NOT IN ('failed', 'canceled', 'cancelled', 'deleted')
  )
SELECT
  last_verified.tenant_id,
  'scope' AS subject_type,
  last_verified.scope AS subject_id,
  last_verified.name AS subject_name,
  last_verified.delegation_id AS key,
  'The delegation of ' || last_verified.scope || ' to tenant ' || last_verified.managing_tenant_id
    || COALESCE(' (offer "' || last_verified.name || '")', '') || ' is gone; that was first seen on '
    || substr(last_verified.since, 1, 10) || '.' AS message,
  COALESCE(last_verified.authorizations, '[]') AS authorizations,
  last_verified.managing_tenant_id AS managingTenantId,
  last_verified.definition_id AS definitionId
FROM last_verified
LEFT JOIN held AS same
  ON same.delegation_id = last_verified.delegation_id
LEFT JOIN held AS again
  ON again.scope = last_verified.scope
  AND again.managing_tenant_id = last_verified.managing_tenant_id
  AND again.definition_id = last_verified.definition_id
WHERE same.delegation_id IS NULL
  AND again.delegation_id IS NULL;
