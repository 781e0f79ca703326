-- SPDX-License-Identifier: Apache-2.0
-- id: PAL060
-- title: Template delegation without a linked principal
-- class: attribution
-- severity: high
-- subject: scope
-- reads: delegations links@managing groups@managing
-- needs: links@managing groups@managing
-- pins: authorizations
-- rationale: Access by Lighthouse is recognised through a link that a principal of the
--   delegation made in the managing tenant, once for all customers. A delegation onboarded
--   by template has no other way to be recognised.
-- remediation: Signed in as a principal of the delegation, in the managing tenant T, with the location ID P:
--   az login --tenant T && az managementpartner create --partner-id P
--   Connect-AzAccount -Tenant T; New-AzManagementPartner -PartnerId P
--   Or redeploy with a linked principal, permanently authorized:
--   az managedservices assignment list --subscription S --include-definition true
--   az deployment sub create --location L --template-file subscription.json --parameters @subscription.parameters.json
--   New-AzDeployment -Location L -TemplateFile subscription.json -TemplateParameterFile subscription.parameters.json
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id
--   https://learn.microsoft.com/azure/lighthouse/concepts/cloud-solution-provider

-- Of several delegations on one scope, or above it, one with a linked principal is
-- enough. A principal of the managing tenant that is not ours counts as not linked.
WITH
  linked AS MATERIALIZED (
    SELECT
      our_delegation.tenant_id,
      our_delegation.delegation_id,
      our_delegation.scope,
      max(our_object.linked) AS is_linked,
      sum(our_object.object_id IS NOT NULL AND our_object.linked IS NULL) AS unanswered
    FROM our_delegation
    LEFT JOIN delegated_object
      ON delegated_object.tenant_id = our_delegation.tenant_id
      AND delegated_object.delegation_id = our_delegation.delegation_id
    LEFT JOIN our_object
      ON our_object.tenant_id = delegated_object.managing_tenant_id
      AND our_object.object_id = delegated_object.object_id
    GROUP BY
      our_delegation.tenant_id,
      our_delegation.delegation_id,
      our_delegation.scope
  ),
  authorized AS (
    SELECT
      authorization.tenant_id,
      authorization.delegation_id,
      pal_list(json_array(authorization.principal_id, authorization.role_id)) AS authorizations
    FROM authorization
    GROUP BY
      authorization.tenant_id,
      authorization.delegation_id
  ),
  reaching AS (
    SELECT
      here.tenant_id,
      here.delegation_id,
      max(linked.is_linked) AS is_linked,
      sum(linked.unanswered) AS unanswered
    FROM linked AS here
    JOIN linked
      ON linked.tenant_id = here.tenant_id
      AND pal_in_scope(here.scope, linked.scope)
    GROUP BY
      here.tenant_id,
      here.delegation_id
  )
SELECT
  our_delegation.tenant_id,
  'scope' AS subject_type,
  our_delegation.scope AS subject_id,
  our_delegation.name AS subject_name,
  our_delegation.delegation_id AS key,
  CASE
    WHEN authorized.delegation_id IS NULL THEN 'Whom this delegation authorizes could not be read, so whether one of them is linked is not known.'
    WHEN reaching.unanswered THEN 'No principal of this delegation is known to be linked in the managing tenant ' || our_delegation.managing_tenant_id
      || '; the link of ' || reaching.unanswered || ' was never answered.'
    ELSE 'No principal of this delegation, directly or through a group, has an active link in the managing tenant ' || our_delegation.managing_tenant_id || '.'
  END AS message,
  CASE
    WHEN authorized.delegation_id IS NULL OR reaching.unanswered THEN 'unknown'
    ELSE 'fail'
  END AS verdict,
  COALESCE(authorized.authorizations, '[]') AS authorizations,
  our_delegation.managing_tenant_id AS managingTenantId,
  our_delegation.last_read
FROM our_delegation
JOIN reaching
  ON reaching.tenant_id = our_delegation.tenant_id
  AND reaching.delegation_id = our_delegation.delegation_id
LEFT JOIN authorized
  ON authorized.tenant_id = our_delegation.tenant_id
  AND authorized.delegation_id = our_delegation.delegation_id
WHERE NOT our_delegation.is_offer
  AND reaching.is_linked IS NOT 1;
