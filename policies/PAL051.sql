-- SPDX-License-Identifier: Apache-2.0
-- id: PAL051
-- title: Subscription in use without any linked access
-- class: attribution
-- severity: high
-- subject: subscription
-- reads: links role-assignments pim deny-assignments groups delegations usage
-- needs: links links@managing role-assignments groups@managing delegations
-- pins: accessKinds
-- folded-under: offboarding PAL012 PAL060 PAL061 PAL062
-- rationale: There is usage, we have access, and nobody who is linked holds a role that counts:
--   what is consumed here is recognised for nobody.
-- fix: F3 or F4 or F5
-- remediation: Link an identity of ours that has a role here (signed in as it, location ID P of your rule):
--   az login --tenant T && az managementpartner create --partner-id P
--   Connect-AzAccount -Tenant T; New-AzManagementPartner -PartnerId P
--   Or ask the customer for a least-privilege role that counts for a linked identity O:
--   az role assignment create --assignee-object-id O --assignee-principal-type ServicePrincipal --role cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e --scope /subscriptions/S
--   New-AzRoleAssignment -ObjectId O -RoleDefinitionId cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e -Scope /subscriptions/S
--   Where access is delegated, redeploy with a linked principal in authorizations:
--   az deployment sub create --location L --template-file subscription.json --parameters @subscription.parameters.json
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id
--   https://learn.microsoft.com/azure/lighthouse/concepts/cloud-solution-provider

-- Info where the sale is our own through CSP, or where all access is by a marketplace
-- offer that links by itself (parameter marketplaceIsAutomatic). Of groups only those
-- with a role here must be known.
WITH
  access AS MATERIALIZED (
    SELECT
      our_access.tenant_id,
      our_access.subscription_id,
      max(our_access.is_sure) AS is_sure,
      min(our_access.is_automatic) AS is_automatic,
      pal_list(our_access.kind) AS accessKinds,
      min(our_access.last_read) AS last_read
    FROM our_access
    GROUP BY
      our_access.tenant_id,
      our_access.subscription_id
  ),
  covered AS MATERIALIZED (
    SELECT
      cover.tenant_id,
      cover.subscription_id,
      max(cover.covers) AS is_covered,
      sum(cover.covers IS NULL) AS undecided
    FROM cover
    GROUP BY
      cover.tenant_id,
      cover.subscription_id
  ),
  judged AS (
    SELECT
      access.tenant_id,
      access.subscription_id,
      access.accessKinds,
      access.is_automatic,
      access.last_read,
      subscription.name,
      in_use.used,
      own_csp.is_own IS NOT NULL AS is_own_csp,
      CASE
        WHEN in_use.used = 'unknown' THEN 'whether it is in use is not known: usage is hidden or was not answered'
        WHEN covered.undecided THEN 'whether an identity covers it cannot be told: a link was never answered, a role has no published verdict, or a deny assignment may apply'
        WHEN EXISTS (
          SELECT 1
          FROM unread_group
          WHERE unread_group.tenant_id = access.tenant_id
            AND unread_group.subscription_id = access.subscription_id
        ) OR EXISTS (
          SELECT 1
          FROM unread_group
          WHERE unread_group.tenant_id = access.tenant_id
            AND unread_group.subscription_id IS NULL
        ) THEN 'whether an identity covers it through a group cannot be told: the members of a group with a role here were not read'
        WHEN access.is_sure IS NULL OR own_csp.subscription_id IS NOT NULL AND own_csp.is_own IS NULL
          THEN 'whether the foreign group with a role here is ours cannot be told: the registry names no agent groups'
      END AS doubt
    FROM access
    JOIN in_use
      ON in_use.tenant_id = access.tenant_id
      AND in_use.subscription_id = access.subscription_id
    JOIN subscription
      ON subscription.tenant_id = access.tenant_id
      AND subscription.id = access.subscription_id
    LEFT JOIN covered
      ON covered.tenant_id = access.tenant_id
      AND covered.subscription_id = access.subscription_id
    LEFT JOIN own_csp
      ON own_csp.tenant_id = access.tenant_id
      AND own_csp.subscription_id = access.subscription_id
    WHERE in_use.used <> 'no'
      AND covered.is_covered IS NOT 1
  )
SELECT
  tenant_id,
  'subscription' AS subject_type,
  subscription_id AS subject_id,
  name AS subject_name,
  CASE
    WHEN doubt IS NOT NULL THEN 'No linked identity is known to cover this subscription, and ' || doubt || '.'
    WHEN is_own_csp THEN 'In use, and no linked identity covers it; it is our own CSP sale (sale presumed), where recognition is automatic.'
    WHEN is_automatic THEN 'In use, and no linked identity covers it; all access is by a marketplace offer, which is taken to link by itself.'
    ELSE 'In use and we have access, but no linked identity covers it by a live role that counts.'
  END AS message,
  CASE
    WHEN is_own_csp OR is_automatic THEN 'info'
    ELSE 'high'
  END AS severity,
  CASE
    WHEN doubt IS NOT NULL THEN 'unknown'
    ELSE 'fail'
  END AS verdict,
  accessKinds,
  used,
  last_read
FROM judged;
