-- SPDX-License-Identifier: Apache-2.0
-- id: PAL063
-- title: Link sits in the wrong tenant
-- class: attribution
-- severity: medium
-- subject: identity
-- reads: links role-assignments pim groups delegations
-- needs: links@managing role-assignments pim groups
-- pins: partnerId
-- rationale: Access by Lighthouse is recognised through a link in the managing tenant. This account
--   works by a delegation, and its link is in the customer's tenant, where it has no role.
-- fix: F3@managing
-- remediation: Signed in as the home account, in the managing tenant T, with the location ID P:
--   az login --tenant T && az managementpartner create --partner-id P
--   Connect-AzAccount -Tenant T; New-AzManagementPartner -PartnerId P
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id
--   https://learn.microsoft.com/azure/lighthouse/concepts/cloud-solution-provider

-- With any role of its own in the customer's tenant, held, eligible or yet to begin, the
-- link is of use there. Power Platform needs no Azure role: an account with that purpose is
-- linked where its resources are. PAL010 says nothing of the accounts that are judged here.
WITH
  holder AS MATERIALIZED (
    SELECT DISTINCT
      reach.tenant_id,
      reach.object_id
    FROM reach
    JOIN run
    WHERE COALESCE(reach.end_time, '9999') > run.started
  ),
  delegated AS (
    SELECT
      guest.tenant_id,
      guest.object_id,
      home.tenant_id AS managing_tenant_id,
      home.object_id AS home_id,
      home.linked,
      delegated_object.delegation_id
    FROM delegated_object
    JOIN our_object AS home
      ON home.tenant_id = delegated_object.managing_tenant_id
      AND home.object_id = delegated_object.object_id
    JOIN our_object AS guest
      ON guest.tenant_id = delegated_object.tenant_id
      AND guest.principal_name = home.principal_name
  ),
  account AS MATERIALIZED (
    SELECT
      tenant_id,
      object_id,
      max(linked) AS is_linked,
      count(linked) < count(home_id) AS is_unanswered,
      pal_list(home_id) AS homeObjects,
      pal_list(managing_tenant_id) AS managingTenants,
      pal_list(delegation_id) AS delegations
    FROM delegated
    GROUP BY
      tenant_id,
      object_id
  )
SELECT
  active_link.tenant_id,
  'identity' AS subject_type,
  active_link.object_id AS subject_id,
  active_link.name AS subject_name,
  'Linked here to partner ID ' || active_link.partner_id || ', but no role reaches it in this tenant: a delegation authorizes its home account'
    || CASE
      WHEN account.is_unanswered THEN ', and whether that is linked in the managing tenant was never answered.'
      ELSE ', which is not linked in the managing tenant.'
    END AS message,
  CASE
    WHEN account.is_unanswered THEN 'unknown'
    ELSE 'fail'
  END AS verdict,
  active_link.partner_id AS partnerId,
  account.homeObjects,
  account.managingTenants,
  account.delegations,
  active_link.last_read
FROM account
JOIN active_link
  ON active_link.tenant_id = account.tenant_id
  AND active_link.object_id = account.object_id
LEFT JOIN holder
  ON holder.tenant_id = account.tenant_id
  AND holder.object_id = account.object_id
WHERE account.is_linked IS NOT 1
  AND holder.object_id IS NULL
  AND active_link.purpose IS NOT 'power-platform';
