-- SPDX-License-Identifier: Apache-2.0
-- Of each delegation of ours that has a linked principal, whether its authorizations
-- count. Every authorization is a PEC scope: learn.microsoft.com/azure/lighthouse/concepts/cloud-solution-provider
--   permanent, eligible  1 a linked principal holds a role of the list for earned credit
--                        that way; 0 all of its roles there are listed and do not count,
--                        or it has none; NULL a role has no published verdict
--   may_be_permanent     an identity whose link was never answered may hold one that counts
--   may_be_eligible      permanently, or only just in time
CREATE VIEW linked_authorization AS
WITH
  path AS (
    SELECT
      delegated_object.tenant_id,
      delegated_object.delegation_id,
      delegated_object.kind,
      our_object.linked,
      CASE parameter.recognition_roles
        WHEN 'any' THEN 1
        ELSE pec_role.eligible
      END AS counts
    FROM delegated_object
    JOIN parameter
    JOIN our_object
      ON our_object.tenant_id = delegated_object.managing_tenant_id
      AND our_object.object_id = delegated_object.object_id
    LEFT JOIN pec_role
      ON pec_role.role_id = delegated_object.role_id
  )
SELECT
  tenant_id,
  delegation_id,
  CASE
    WHEN max(linked = 1 AND kind = 'permanent' AND counts IS 1) THEN 1
    WHEN max(linked = 1 AND kind = 'permanent' AND counts IS NULL) THEN NULL
    ELSE 0
  END AS permanent,
  CASE
    WHEN max(linked = 1 AND kind <> 'permanent' AND counts IS 1) THEN 1
    WHEN max(linked = 1 AND kind <> 'permanent' AND counts IS NULL) THEN NULL
    ELSE 0
  END AS eligible,
  max(linked IS NULL AND kind = 'permanent' AND counts IS NOT 0) AS may_be_permanent,
  max(linked IS NULL AND kind <> 'permanent' AND counts IS NOT 0) AS may_be_eligible
FROM path
GROUP BY
  tenant_id,
  delegation_id
HAVING max(linked = 1) = 1;
