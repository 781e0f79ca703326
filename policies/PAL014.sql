-- SPDX-License-Identifier: Apache-2.0
-- id: PAL014
-- title: Only people carry the link
-- class: attribution
-- severity: info
-- subject: tenant
-- reads: links role-assignments pim deny-assignments groups delegations
-- needs: links links@managing
-- folded-under: offboarding
-- rationale: A user account is all that is asked for. But people leave, and their link goes with
--   them; an application of ours stays, and one that is in every delegation is recommended.
-- fix: F5 or accept
-- remediation: Link an application as well. Where access is delegated, redeploy with it in authorizations:
--   az deployment sub create --location L --template-file subscription.json --parameters @subscription.parameters.json
--   New-AzDeployment -Location L -TemplateFile subscription.json -TemplateParameterFile subscription.parameters.json
--   Where the customer forbids applications, accept it for this tenant.
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id
--   https://learn.microsoft.com/azure/lighthouse/concepts/cloud-solution-provider

-- Identities are those with a live role in the tenant, and those its delegations authorize
-- permanently, whose link stands in the managing tenant. What kind of account it is tells
-- the identity that was read or declared; of one that was not, nobody knows.
WITH
  acting AS MATERIALIZED (
    SELECT
      live_access.tenant_id,
      live_access.tenant_id AS identity_tenant_id,
      live_access.object_id,
      max(live_access.live) AS live
    FROM live_access
    WHERE live_access.live IS NOT 0
    GROUP BY
      live_access.tenant_id,
      live_access.object_id
    UNION
    SELECT
      tenant_id,
      managing_tenant_id,
      object_id,
      1
    FROM delegated_object
    WHERE kind = 'permanent'
  ),
  carrier AS (
    SELECT
      acting.tenant_id,
      our_object.linked AND acting.live AS carries,
      our_object.type IN ('user', 'guest') AS is_person,
      our_object.last_read
    FROM acting
    JOIN our_object
      ON our_object.tenant_id = acting.identity_tenant_id
      AND our_object.object_id = acting.object_id
    WHERE our_object.linked IS NOT 0
      AND acting.tenant_id NOT IN (SELECT tenant_id FROM own_tenant)
  ),
  summed AS (
    SELECT
      tenant_id,
      COALESCE(sum(carries AND is_person), 0) AS people,
      max(carries IS NULL AND is_person) AS has_perhaps,
      max((carries IS NULL AND is_person IS NOT 1) OR (carries AND is_person IS NULL)) AS has_perhaps_other,
      max(carries AND NOT is_person) AS has_other,
      min(CASE WHEN carries THEN last_read END) AS last_read
    FROM carrier
    GROUP BY tenant_id
  )
SELECT
  summed.tenant_id,
  'tenant' AS subject_type,
  summed.tenant_id AS subject_id,
  COALESCE(customer.name, tenant.name) AS subject_name,
  CASE summed.people
    WHEN 0 THEN 'Whether a person''s account alone carries the link in this tenant cannot be told: its link was never answered, or its role may be blocked by a deny assignment'
    WHEN 1 THEN 'The one linked identity known to have a live role in this tenant is a person''s account'
    ELSE 'All ' || summed.people || ' linked identities known to have a live role in this tenant are people''s accounts'
  END
  || CASE
    WHEN summed.people = 0 THEN '.'
    WHEN summed.has_perhaps_other
      THEN '; of another it cannot be told whether it is linked, has a live role or is an application.'
    ELSE '. A user account is all that is asked for; an application would stay when people leave.'
  END AS message,
  CASE
    WHEN summed.people = 0 OR summed.has_perhaps_other THEN 'unknown'
    ELSE 'fail'
  END AS verdict,
  summed.people,
  summed.last_read
FROM summed
LEFT JOIN customer
  ON customer.tenant_id = summed.tenant_id
LEFT JOIN tenant
  ON tenant.id = summed.tenant_id
WHERE (summed.people > 0 OR summed.has_perhaps)
  AND summed.has_other IS NOT 1;
