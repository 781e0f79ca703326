-- SPDX-License-Identifier: Apache-2.0
-- id: PAL069
-- title: Authorization changed
-- class: access
-- severity: medium
-- subject: scope
-- reads: delegations
-- pins: authorizationsBefore authorizations
-- rationale: Who reaches the customer by this delegation, with which role and how, is not what it was
--   when it was last verified. A new version of a marketplace offer that the customer accepted
--   is told as information.
-- fix: review or F5
-- remediation: Ask who changed the delegation and why, and compare it with what was agreed:
--   az managedservices assignment list --subscription S --include-definition true
--   Get-AzManagedServicesAssignment -Scope /subscriptions/S
--   If it was a mistake, deploy the agreed one again:
--   az deployment sub create --location L --template-file subscription.json --parameters @subscription.parameters.json
--   New-AzDeployment -Location L -TemplateFile subscription.json -TemplateParameterFile subscription.parameters.json
-- references: https://learn.microsoft.com/azure/lighthouse/how-to/update-delegation
--   https://learn.microsoft.com/azure/lighthouse/concepts/managed-services-offers

-- What to compare with is what an open finding tells, else what the parent held. Where
-- whom the delegation authorizes could not be read, then or now, nothing is compared; and
-- where delegations were read in part, only what came is certain. A signed change review
-- closes the finding.
WITH
  baseline AS (
    SELECT
      earlier.tenant_id,
      earlier.key AS delegation_id,
      json_extract(earlier.details, '$.authorizationsBefore') AS kinds,
      json_extract(earlier.details, '$.planBefore') AS plan,
      earlier.since,
      1 AS rank
    FROM previous.finding AS earlier
    WHERE earlier.policy = 'PAL069'
      AND earlier.verdict = 'fail'
      AND NOT EXISTS (
        SELECT 1
        FROM review
        WHERE review.scope = 'changes'
          AND review.signed > earlier.since
      )
    UNION ALL
    SELECT
      earlier.tenant_id,
      earlier.id,
      authorization_set.kinds,
      earlier.plan,
      run.started,
      2
    FROM previous.delegation AS earlier
    JOIN run
    JOIN previous.authorization_set
      ON authorization_set.tenant_id = earlier.tenant_id
      AND authorization_set.delegation_id = earlier.id
  ),
  last_verified AS MATERIALIZED (
    SELECT
      tenant_id,
      delegation_id,
      kinds,
      plan,
      since,
      min(rank) AS rank
    FROM baseline
    GROUP BY
      tenant_id,
      delegation_id
  ),
  changed AS MATERIALIZED (
    SELECT
      our_delegation.tenant_id,
      our_delegation.delegation_id,
      our_delegation.subscription_id,
      our_delegation.scope,
      our_delegation.name,
      our_delegation.managing_tenant_id,
      last_verified.kinds AS kinds_before,
      last_verified.plan AS plan_before,
      last_verified.since,
      authorization_set.kinds,
      delegation.plan,
      our_delegation.last_read
    FROM last_verified
    JOIN our_delegation
      ON our_delegation.tenant_id = last_verified.tenant_id
      AND our_delegation.delegation_id = last_verified.delegation_id
    JOIN delegation
      ON delegation.tenant_id = our_delegation.tenant_id
      AND delegation.id = our_delegation.delegation_id
    JOIN authorization_set
      ON authorization_set.tenant_id = our_delegation.tenant_id
      AND authorization_set.delegation_id = our_delegation.delegation_id
    WHERE authorization_set.kinds <> last_verified.kinds
  ),
  judged AS (
    SELECT
      changed.tenant_id,
      changed.delegation_id,
      changed.scope,
      changed.name,
      changed.managing_tenant_id,
      changed.kinds_before,
      changed.plan_before,
      changed.since,
      changed.kinds,
      changed.last_read,
      (
        SELECT count(now.value)
        FROM json_each(changed.kinds) AS now
        WHERE now.value NOT IN (SELECT earlier.value FROM json_each(changed.kinds_before) AS earlier)
      ) AS came,
      (
        SELECT count(earlier.value)
        FROM json_each(changed.kinds_before) AS earlier
        WHERE earlier.value NOT IN (SELECT now.value FROM json_each(changed.kinds) AS now)
      ) AS went,
      changed.plan IS NOT NULL
        AND changed.plan_before IS NOT NULL
        AND json_array(json_extract(changed.plan, '$.name'), json_extract(changed.plan, '$.version'))
        <> json_array(json_extract(changed.plan_before, '$.name'), json_extract(changed.plan_before, '$.version')) AS is_new_version,
      EXISTS (
        SELECT 1
        FROM coverage
        WHERE coverage.tenant_id = changed.tenant_id
          AND coverage.area = 'delegations'
          AND coverage.unit IN (changed.subscription_id, 'tenant')
          AND coverage.state NOT IN ('complete', 'not-applicable')
      ) AS is_partial
    FROM changed
  )
SELECT
  tenant_id,
  'scope' AS subject_type,
  scope AS subject_id,
  name AS subject_name,
  delegation_id AS key,
  'Whom this delegation authorizes is not what it was: ' || came || ' came, ' || went || ' went; that was first seen on '
    || substr(since, 1, 10) || '.'
    || CASE
      WHEN is_partial AND came = 0 THEN ' Delegations were not read completely, so what seems to be gone may be there.'
      WHEN is_new_version THEN ' It came with another version of the marketplace offer, which the customer accepted.'
      ELSE ''
    END AS message,
  CASE
    WHEN is_new_version THEN 'info'
    ELSE 'medium'
  END AS severity,
  CASE
    WHEN is_partial AND came = 0 THEN 'unknown'
    ELSE 'fail'
  END AS verdict,
  kinds_before AS authorizationsBefore,
  kinds AS authorizations,
  plan_before AS planBefore,
  managing_tenant_id AS managingTenantId,
  last_read
FROM judged;
