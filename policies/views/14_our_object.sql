-- SPDX-License-Identifier: Apache-2.0
-- Our identities, one row for each object in a tenant: those the estate names, and
-- those palscan signs in as or got by import. What the estate does not name is
-- owned by us and has no purpose. A configured identity that the estate names in
-- one tenant is the same person or app in every other tenant it signs in to.
-- Objects of owner "customer" are here as well: linked on request they give cover
-- like ours; policies that do not judge them say so.
--
-- linked: 1 an active link was answered; 0 the answer was that there is none, or
-- it is not active; NULL never answered, so nobody knows. Only the identity itself
-- can read its link: learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id
-- once: tenant_id, object_id; object_id
CREATE VIEW our_object AS
WITH
  named AS (
    SELECT
      tenant_id,
      object_id,
      principal_name,
      1 AS is_home
    FROM principal_home
    UNION ALL
    SELECT
      tenant_id,
      object_id,
      principal_name,
      0
    FROM principal_object
  ),
  signed_in AS (
    SELECT
      identity.tenant_id,
      identity.object_id,
      configured.value AS name
    FROM identity
    JOIN json_each(identity.names) AS configured
  ),
  -- Distinct: an application named in each of n tenants would be joined n times n times.
  known_as AS MATERIALIZED (
    SELECT DISTINCT
      here.name,
      named.principal_name
    FROM named
    JOIN signed_in AS here
      ON here.tenant_id = named.tenant_id
      AND here.object_id = named.object_id
  ),
  found AS (
    SELECT
      tenant_id,
      object_id,
      principal_name,
      is_home,
      0 AS distance
    FROM named
    UNION ALL
    SELECT
      elsewhere.tenant_id,
      elsewhere.object_id,
      known_as.principal_name,
      0,
      1
    FROM known_as
    JOIN signed_in AS elsewhere
      ON elsewhere.name = known_as.name
    UNION ALL
    SELECT
      tenant_id,
      object_id,
      NULL,
      0,
      2
    FROM identity
  ),
  -- The nearest naming of an object; of two names the first.
  nearest AS (
    SELECT
      tenant_id,
      object_id,
      principal_name,
      is_home,
      min(distance || (1 - is_home) || COALESCE(principal_name, '')) AS place
    FROM found
    GROUP BY
      tenant_id,
      object_id
  )
SELECT
  nearest.tenant_id,
  nearest.object_id,
  nearest.principal_name,
  nearest.is_home,
  COALESCE(principal.owner, 'us') AS owner,
  principal.purpose,
  principal.link_expected,
  principal.left_date,
  identity.type,
  COALESCE(identity.names, '[]') <> '[]' AS is_configured,
  COALESCE(nearest.principal_name, json_extract(identity.names, '$[0]')) AS name,
  CASE
    -- Who left can no longer be asked, and no longer works for us, whatever was read last.
    WHEN principal.left_date <= (SELECT today FROM run) THEN 0
    WHEN link.object_id IS NOT NULL THEN COALESCE(lower(link.state), 'active') = 'active'
    WHEN identity.link_answered = 1 THEN 0
  END AS linked,
  identity.last_read
FROM nearest
LEFT JOIN principal
  ON principal.name = nearest.principal_name
LEFT JOIN identity
  ON identity.tenant_id = nearest.tenant_id
  AND identity.object_id = nearest.object_id
LEFT JOIN link
  ON link.tenant_id = nearest.tenant_id
  AND link.object_id = nearest.object_id;
