-- SPDX-License-Identifier: Apache-2.0
-- id: PAL011
-- title: Managing identity is not linked
-- class: attribution
-- severity: high
-- subject: identity
-- reads: links role-assignments pim deny-assignments groups
-- needs: links
-- pins: roles
-- folded-under: offboarding PAL012 PAL015
-- rationale: Work done through an identity without a link is recognised for nobody. Each object
--   in each tenant needs a link of its own, made by that identity itself.
-- fix: F3
-- remediation: Signed in as the identity itself, with the location ID P of your rule for tenant T:
--   az login --tenant T && az managementpartner create --partner-id P
--   Connect-AzAccount -Tenant T; New-AzManagementPartner -PartnerId P
--   An application signs in with its certificate:
--   az login --service-principal -u APPID --certificate cert.pem --tenant T
--   Connect-AzAccount -ServicePrincipal -ApplicationId APPID -CertificateThumbprint X -Tenant T
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id
--   https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id-power-apps-accounts

-- No link: the answer was 404, or the link's state is Deleted. An identity that was
-- never asked, or could not answer, is unknown. Info where all its roles lie on
-- subscriptions with own-CSP cover: recognition is automatic there.
WITH
  held AS MATERIALIZED (
    SELECT
      live_access.tenant_id,
      live_access.object_id,
      live_access.subscription_id,
      live_access.role_id,
      live_access.scope,
      live_access.live
    FROM live_access
    WHERE live_access.live IS NOT 0
  ),
  roles AS MATERIALIZED (
    SELECT
      held.tenant_id,
      held.object_id,
      max(held.live) AS is_live,
      count(held.role_id) = sum(own_csp.subscription_id IS NOT NULL AND own_csp.is_own IS NOT NULL) AS is_own_csp,
      count(held.role_id) = count(own_csp.subscription_id) AS may_be_own_csp,
      pal_list(json_array(held.role_id, held.scope)) AS roles
    FROM held
    LEFT JOIN own_csp
      ON own_csp.tenant_id = held.tenant_id
      AND own_csp.subscription_id = held.subscription_id
    GROUP BY
      held.tenant_id,
      held.object_id
  )
SELECT
  managing_identity.tenant_id,
  'identity' AS subject_type,
  managing_identity.object_id AS subject_id,
  managing_identity.name AS subject_name,
  CASE
    WHEN managing_identity.linked IS NULL THEN 'Whether this identity is linked was never answered'
    ELSE 'The identity has no partner link'
  END
  || CASE
    WHEN roles.object_id IS NULL THEN '; it works for Power Platform here.'
    WHEN roles.is_own_csp THEN '; all its roles here lie on subscriptions of our own CSP sale (sale presumed), where recognition is automatic.'
    WHEN roles.may_be_own_csp THEN '; its roles lie on CSP subscriptions, and the registry names no agent groups to tell whose sale they are.'
    ELSE ', but a role that is live reaches it here.'
  END AS message,
  CASE
    WHEN roles.is_own_csp THEN 'info'
    ELSE 'high'
  END AS severity,
  CASE
    WHEN managing_identity.linked IS NULL THEN 'unknown'
    WHEN managing_identity.purpose = 'power-platform' THEN 'fail'
    WHEN roles.is_live IS NULL THEN 'unknown'
    WHEN roles.may_be_own_csp AND NOT roles.is_own_csp THEN 'unknown'
    ELSE 'fail'
  END AS verdict,
  COALESCE(roles.roles, '[]') AS roles,
  managing_identity.purpose,
  managing_identity.last_read
FROM managing_identity
LEFT JOIN link
  ON link.tenant_id = managing_identity.tenant_id
  AND link.object_id = managing_identity.object_id
LEFT JOIN roles
  ON roles.tenant_id = managing_identity.tenant_id
  AND roles.object_id = managing_identity.object_id
WHERE managing_identity.tenant_id NOT IN (SELECT tenant_id FROM own_tenant)
  AND (link.object_id IS NULL OR lower(link.state) = 'deleted')
  AND (roles.object_id IS NOT NULL OR managing_identity.purpose = 'power-platform');
