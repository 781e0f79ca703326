-- SPDX-License-Identifier: Apache-2.0
-- Whether a principal of a delegation of ours, directly or through a group, has an active
-- link in the managing tenant. Of several delegations on one scope, or above it, one with
-- a linked principal is enough. A principal of the managing tenant that is not ours counts
-- as not linked.
--   is_linked   1 one is; 0 none of those that answered; NULL none of ours answered
--   unanswered  how many paths lead to one of ours whose link was never answered
CREATE VIEW delegation_link AS
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
  )
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
  here.delegation_id;
