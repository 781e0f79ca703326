-- SPDX-License-Identifier: Apache-2.0
-- id: PAL071
-- title: Authorized principal no longer exists
-- class: access
-- severity: medium
-- subject: scope
-- reads: delegations directory@managing
-- needs: directory@managing
-- pins: roleIds
-- rationale: The delegation authorizes a principal that the directory of the managing tenant does not
--   know any more. It serves nobody, and hides that nobody else may be authorized.
-- fix: group F5
-- remediation: Redeploy without that principal, with a security group in its place:
--   az managedservices assignment list --subscription S --include-definition true
--   az deployment sub create --location L --template-file subscription.json --parameters @subscription.parameters.json
--   Get-AzManagedServicesAssignment -Scope /subscriptions/S
--   New-AzDeployment -Location L -TemplateFile subscription.json -TemplateParameterFile subscription.parameters.json
-- references: https://learn.microsoft.com/azure/lighthouse/how-to/update-delegation
--   https://learn.microsoft.com/azure/lighthouse/concepts/tenants-users-roles

-- The directory is asked for the principals of the delegations that an identity of the
-- managing tenant sees. What it answers of groups and applications is always kept, of
-- people only as the setting names has it. So a principal is gone where it would have been
-- kept, and every identity that reads the managing tenant sees the subscription; else its
-- absence decides nothing. Who signed in there, or is a group with members, exists.
WITH
  named AS MATERIALIZED (
    SELECT
      our_delegation.tenant_id,
      our_delegation.delegation_id,
      our_delegation.scope,
      our_delegation.subscription_id,
      our_delegation.name,
      our_delegation.managing_tenant_id,
      authorization.principal_id,
      pal_list(authorization.role_id) AS roleIds,
      min(our_delegation.last_read) AS last_read
    FROM our_delegation
    JOIN authorization
      ON authorization.tenant_id = our_delegation.tenant_id
      AND authorization.delegation_id = our_delegation.delegation_id
    GROUP BY
      our_delegation.tenant_id,
      our_delegation.delegation_id,
      our_delegation.scope,
      our_delegation.subscription_id,
      our_delegation.name,
      our_delegation.managing_tenant_id,
      authorization.principal_id
  ),
  known AS MATERIALIZED (
    SELECT
      tenant_id,
      object_id
    FROM directory_object
    UNION
    SELECT
      tenant_id,
      id
    FROM grp
    UNION
    SELECT
      tenant_id,
      object_id
    FROM group_member
    WHERE object_id IN (SELECT principal_id FROM named)
    UNION
    SELECT
      identity.tenant_id,
      identity.object_id
    FROM identity
    JOIN coverage
      ON coverage.tenant_id = identity.tenant_id
      AND coverage.area = 'links'
      AND coverage.state = 'complete'
    JOIN json_each(identity.names) AS configured
      ON configured.value = coverage.unit
    WHERE identity.assurance = 'read'
      AND identity.link_answered
  ),
  reader AS MATERIALIZED (
    SELECT DISTINCT
      identity.tenant_id,
      configured.value AS name
    FROM identity
    JOIN json_each(identity.names) AS configured
  ),
  setting_names AS (
    SELECT value
    FROM setting
    WHERE name = 'names'
  )
SELECT
  named.tenant_id,
  'scope' AS subject_type,
  named.scope AS subject_id,
  named.name AS subject_name,
  named.delegation_id || ' ' || named.principal_id AS key,
  'The directory of tenant ' || named.managing_tenant_id || ' does not tell of the authorized principal '
    || COALESCE(our_object.name || ' (' || named.principal_id || ')', named.principal_id)
    || CASE
      WHEN reader.name IS NULL THEN ', but it may not have been asked for it.'
      WHEN (SELECT value FROM setting_names) = 'all' THEN ': it no longer exists.'
      WHEN (SELECT value FROM setting_names) = 'ours' AND our_object.principal_name IS NOT NULL THEN ': it no longer exists.'
      ELSE ', but of people who are not named in the estate nothing is kept.'
    END AS message,
  CASE
    WHEN reader.name IS NULL THEN 'unknown'
    WHEN (SELECT value FROM setting_names) = 'all' THEN 'fail'
    WHEN (SELECT value FROM setting_names) = 'ours' AND our_object.principal_name IS NOT NULL THEN 'fail'
    ELSE 'unknown'
  END AS verdict,
  named.roleIds,
  named.principal_id AS principalId,
  named.managing_tenant_id AS managingTenantId,
  named.last_read
FROM named
LEFT JOIN known
  ON known.tenant_id = named.managing_tenant_id
  AND known.object_id = named.principal_id
LEFT JOIN our_object
  ON our_object.tenant_id = named.managing_tenant_id
  AND our_object.object_id = named.principal_id
LEFT JOIN (
  SELECT
    place.managing_tenant_id,
    place.subscription_id,
    min(reader.name) AS name
  FROM (
    SELECT DISTINCT
      managing_tenant_id,
      subscription_id
    FROM named
  ) AS place
  JOIN reader
    ON reader.tenant_id = place.managing_tenant_id
  LEFT JOIN sighting
    ON sighting.subscription_id = place.subscription_id
    AND sighting.from_tenant_id = place.managing_tenant_id
    AND sighting.identity = reader.name
  GROUP BY
    place.managing_tenant_id,
    place.subscription_id
  HAVING count(sighting.identity) = count(reader.name)
) AS reader
  ON reader.managing_tenant_id = named.managing_tenant_id
  AND reader.subscription_id = named.subscription_id
WHERE known.object_id IS NULL;
