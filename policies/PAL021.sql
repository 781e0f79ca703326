-- SPDX-License-Identifier: Apache-2.0
-- id: PAL021
-- title: Managed identity carries the link
-- class: attribution
-- severity: low
-- subject: identity
-- reads: links
-- pins: partnerId
-- rationale: A managed identity can be linked, but nothing that Microsoft publishes says that this
--   is supported; and a system-assigned one is deleted with its resource, and its link with
--   it.
-- fix: F5
-- remediation: Link a person's account or an application of its own as well, with the same roles. Where access is
--   delegated, redeploy with that principal in authorizations:
--   az deployment sub create --location L --template-file subscription.json --parameters @subscription.parameters.json
--   New-AzDeployment -Location L -TemplateFile subscription.json -TemplateParameterFile subscription.parameters.json
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id
--   https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/overview

-- The link works technically, so it gives cover like any other. What kind of account an
-- imported identity is nobody may know; then it is not said to be a managed one.
SELECT
  active_link.tenant_id,
  'identity' AS subject_type,
  active_link.object_id AS subject_id,
  active_link.name AS subject_name,
  'A managed identity is linked to partner ID ' || active_link.partner_id || COALESCE(' (' || registry.name || ')', '')
    || '. That works, but is not stated as supported; if it is system-assigned, it is deleted with its resource.' AS message,
  active_link.partner_id AS partnerId,
  active_link.last_read
FROM active_link
JOIN identity
  ON identity.tenant_id = active_link.tenant_id
  AND identity.object_id = active_link.object_id
LEFT JOIN registry
  ON registry.id = active_link.partner_id
WHERE identity.type = 'managedIdentity';
