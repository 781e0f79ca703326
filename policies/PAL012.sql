-- SPDX-License-Identifier: Apache-2.0
-- id: PAL012
-- title: Tenant has no linked identity at all
-- class: attribution
-- severity: high
-- subject: tenant
-- reads: links role-assignments pim deny-assignments groups delegations
-- needs: delegations links links@managing groups@managing
-- folded-under: offboarding PAL015
-- rationale: We work for this customer, but nothing tells Microsoft so. One linked identity is
--   enough for a beginning; access through Lighthouse is served by a link in the
--   managing tenant.
-- fix: F3 or F5
-- remediation: Signed in as an identity of ours in tenant T, with the location ID P of your rule:
--   az login --tenant T && az managementpartner create --partner-id P
--   Connect-AzAccount -Tenant T; New-AzManagementPartner -PartnerId P
--   Where access is delegated, in the managing tenant as a principal of the delegation, or redeploy with a linked one in authorizations:
--   az deployment sub create --location L --template-file subscription.json --parameters @subscription.parameters.json
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id
--   https://learn.microsoft.com/azure/lighthouse/concepts/cloud-solution-provider

-- Info where all our access is own-CSP cover: recognition is automatic there.
WITH
  access AS MATERIALIZED (
    SELECT
      our_access.tenant_id,
      our_access.subscription_id,
      our_access.kind,
      our_access.is_sure
    FROM our_access
  ),
  served AS (
    SELECT
      access.tenant_id,
      max(access.is_sure) AS is_sure,
      count(access.kind) = sum(own_csp.subscription_id IS NOT NULL AND own_csp.is_own IS NOT NULL) AS is_own_csp,
      count(access.kind) = count(own_csp.subscription_id) AS may_be_own_csp,
      pal_list(access.kind) AS accessKinds
    FROM access
    LEFT JOIN own_csp
      ON own_csp.tenant_id = access.tenant_id
      AND own_csp.subscription_id = access.subscription_id
    GROUP BY access.tenant_id
  ),
  concerned AS (
    SELECT
      our_object.tenant_id,
      our_object.linked
    FROM our_object
    UNION ALL
    SELECT
      delegated_object.tenant_id,
      our_object.linked
    FROM delegated_object
    JOIN our_object
      ON our_object.tenant_id = delegated_object.managing_tenant_id
      AND our_object.object_id = delegated_object.object_id
  ),
  links AS (
    SELECT
      tenant_id,
      max(linked) AS is_linked,
      sum(linked IS NULL) AS unanswered
    FROM concerned
    GROUP BY tenant_id
  )
SELECT
  served.tenant_id,
  'tenant' AS subject_type,
  served.tenant_id AS subject_id,
  customer_tenant.name AS subject_name,
  'We have access to this tenant, but no identity in it and no principal of its delegations has an active link.'
    || CASE
      WHEN links.unanswered THEN ' Of ' || links.unanswered || ' of them nobody knows: the link was never answered.'
      WHEN served.is_own_csp THEN ' All of it is own-CSP cover (sale presumed), where recognition is automatic.'
      WHEN served.may_be_own_csp THEN ' It lies on CSP subscriptions, and the registry names no agent groups to tell whose sale they are.'
      ELSE ''
    END AS message,
  CASE
    WHEN served.is_own_csp THEN 'info'
    ELSE 'high'
  END AS severity,
  CASE
    WHEN links.unanswered THEN 'unknown'
    WHEN served.is_sure IS NULL THEN 'unknown'
    WHEN served.may_be_own_csp AND NOT served.is_own_csp THEN 'unknown'
    ELSE 'fail'
  END AS verdict,
  served.accessKinds
FROM served
JOIN customer_tenant
  ON customer_tenant.tenant_id = served.tenant_id
LEFT JOIN links
  ON links.tenant_id = served.tenant_id
WHERE links.is_linked IS NOT 1;
