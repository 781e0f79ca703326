-- SPDX-License-Identifier: Apache-2.0
-- Cover: a linked identity covers a subscription, or part of it, by a live role that
-- counts there; whatever its partner ID, other rules judge that. tenant_id and
-- subscription_id are the customer's; the identity is an object of identity_tenant_id:
-- of the same tenant for role assignments, of the managing one for Lighthouse, where
-- the link in the managing tenant serves all customers and every authorization is a
-- PEC scope: learn.microsoft.com/azure/lighthouse/concepts/cloud-solution-provider
--   covers     1 yes; 0 no; NULL undecided: link never answered, role without a
--              published verdict, or a deny assignment that may apply
--   would      what covers would be if the role were activated, where it is only
--              eligible in PIM
--   end_time   NULL: no end is set
-- once: tenant_id, subscription_id, identity_tenant_id, object_id, is_standing, covers, end_time, last_read
CREATE VIEW cover AS
SELECT
  counting_role.tenant_id,
  counting_role.subscription_id,
  counting_role.tenant_id AS identity_tenant_id,
  counting_role.object_id,
  our_object.name,
  our_object.linked,
  counting_role.role_id,
  counting_role.scope,
  counting_role.assignment_id AS path_id,
  'assignment' AS path,
  counting_role.kind,
  counting_role.is_standing,
  counting_role.group_id,
  counting_role.start_time,
  counting_role.end_time,
  counting_role.condition,
  counting_role.is_pec,
  our_object.linked AND counting_role.counts AND counting_role.live AS covers,
  our_object.linked AND counting_role.counts AND counting_role.usable AS would,
  counting_role.last_read
FROM counting_role
JOIN our_object
  ON our_object.tenant_id = counting_role.tenant_id
  AND our_object.object_id = counting_role.object_id
WHERE counting_role.subscription_id IS NOT NULL
UNION ALL
SELECT
  delegated_object.tenant_id,
  delegated_object.subscription_id,
  delegated_object.managing_tenant_id,
  delegated_object.object_id,
  our_object.name,
  our_object.linked,
  delegated_object.role_id,
  delegated_object.scope,
  delegated_object.delegation_id,
  'delegation',
  CASE delegated_object.kind
    WHEN 'permanent' THEN 'active'
    ELSE 'eligible'
  END,
  delegated_object.kind = 'permanent',
  delegated_object.group_id,
  NULL,
  NULL,
  NULL,
  (SELECT recognition_roles FROM parameter) <> 'any',
  our_object.linked
    AND CASE (SELECT recognition_roles FROM parameter) WHEN 'any' THEN 1 ELSE pec_role.eligible END
    AND delegated_object.kind = 'permanent',
  our_object.linked
    AND CASE (SELECT recognition_roles FROM parameter) WHEN 'any' THEN 1 ELSE pec_role.eligible END,
  delegated_object.last_read
FROM delegated_object
JOIN our_object
  ON our_object.tenant_id = delegated_object.managing_tenant_id
  AND our_object.object_id = delegated_object.object_id
LEFT JOIN pec_role
  ON pec_role.role_id = delegated_object.role_id;
