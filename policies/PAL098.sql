-- SPDX-License-Identifier: Apache-2.0
-- id: PAL098
-- title: Registry or estate is inconsistent
-- class: rule
-- severity: medium
-- subject: registry
-- rationale: Every verdict about the right partner ID, and about whose account is whose, rests on
--   these two files. Where they contradict themselves, the verdicts do.
-- fix: registry or estate
-- remediation: Correct the registry (mpn.json) or the estate (estate.json) where the message says.
-- references: https://learn.microsoft.com/partner-center/account-settings/manage-locations

-- Of several findings about one entry each has its own key.
WITH RECURSIVE
  known AS MATERIALIZED (
    SELECT id
    FROM registry
    UNION
    SELECT id
    FROM related_partner
  ),
  -- From each ID along its successors; a circle ends because UNION keeps no row twice.
  successor(start, id) AS (
    SELECT
      registry.id,
      registry.superseded_by
    FROM registry
    WHERE registry.superseded_by IS NOT NULL
    UNION
    SELECT
      successor.start,
      registry.superseded_by
    FROM successor
    JOIN registry
      ON registry.id = successor.id
    WHERE registry.superseded_by IS NOT NULL
  ),
  globals AS (
    SELECT count(id) AS number
    FROM registry
    WHERE type = 'global'
      AND status <> 'closed'
  ),
  object AS (
    SELECT
      object_id,
      principal_name
    FROM principal_home
    UNION
    SELECT
      object_id,
      principal_name
    FROM principal_object
  ),
  written AS (
    SELECT id
    FROM registry
    UNION ALL
    SELECT id
    FROM related_partner
  ),
  pointed AS (
    SELECT
      expect.id,
      count(expect.id) AS number,
      CASE
        WHEN known.id IS NULL THEN 'which neither the registry nor relatedPartners knows'
        WHEN registry.type = 'global' THEN 'which is a global ID: a link needs the ID of a location'
        WHEN registry.status <> 'active' THEN 'whose status is ' || registry.status
        WHEN registry.valid_to < run.today THEN 'which was valid until ' || registry.valid_to
        WHEN registry.valid_from > run.today THEN 'which is valid from ' || registry.valid_from || ' only'
      END AS fault
    FROM expect
    JOIN run
    LEFT JOIN known
      ON known.id = expect.id
    LEFT JOIN registry
      ON registry.id = expect.id
    GROUP BY expect.id
  ),
  fault(subject_type, subject_id, subject_name, key, message, names) AS (
    SELECT
      'registry',
      written.id,
      NULL,
      'twice',
      'The partner ID ' || written.id || ' stands more than once in the registry, under ids or relatedPartners.',
      NULL
    FROM written
    GROUP BY written.id
    HAVING count(written.id) > 1
    UNION ALL
    SELECT
      'registry',
      id,
      name,
      'country',
      'The location ' || id || ' has no country, so no rule by country can name it.',
      NULL
    FROM registry
    WHERE type = 'location'
      AND trim(COALESCE(country, '')) = ''
    UNION ALL
    SELECT
      'registry',
      registry.id,
      registry.name,
      'organization',
      'The registry holds ' || globals.number || ' global IDs, and the location ' || registry.id || ' does not say to which of them it belongs.',
      NULL
    FROM registry
    JOIN globals
    WHERE globals.number > 1
      AND registry.type = 'location'
      AND registry.organization IS NULL
    UNION ALL
    SELECT
      'registry',
      registry.id,
      registry.name,
      'successor',
      CASE
        WHEN registry.superseded_by IS NULL THEN 'The ID ' || registry.id || ' is superseded, but no successor is named.'
        WHEN known.id IS NULL
          THEN 'The successor of ' || registry.id || ', ' || registry.superseded_by || ', is neither in the registry nor among relatedPartners.'
        ELSE 'The successors of ' || registry.id || ' lead back to itself.'
      END,
      NULL
    FROM registry
    LEFT JOIN known
      ON known.id = registry.superseded_by
    WHERE (registry.superseded_by IS NULL AND registry.status = 'superseded')
      OR (registry.superseded_by IS NOT NULL AND known.id IS NULL)
      OR EXISTS (
        SELECT 1
        FROM successor
        WHERE successor.start = registry.id
          AND successor.id = registry.id
      )
    UNION ALL
    SELECT
      'registry',
      id,
      NULL,
      'expect',
      CASE number WHEN 1 THEN 'One expectation points' ELSE number || ' expectations point' END || ' to the ID ' || id || ', ' || fault || '.',
      NULL
    FROM pointed
    WHERE fault IS NOT NULL
    UNION ALL
    SELECT
      'principal',
      object_id,
      NULL,
      'object',
      'The object ' || object_id || ' is given to ' || count(principal_name) || ' people or apps of the estate, so nobody knows whose it is.',
      pal_list(principal_name)
    FROM object
    GROUP BY object_id
    HAVING count(principal_name) > 1
    UNION ALL
    SELECT
      'tenant',
      tenant_id,
      NULL,
      'twice',
      'The tenant ' || tenant_id || ' stands ' || count(tenant_id) || ' times among the customers of the estate.',
      pal_list(name)
    FROM customer
    GROUP BY tenant_id
    HAVING count(tenant_id) > 1
    UNION ALL
    SELECT
      'tenant',
      tenant_id,
      name,
      'until',
      'The customer ' || tenant_id || ' ends on ' || until_date || ', before it begins on ' || from_date || '.',
      NULL
    FROM customer
    WHERE until_date < from_date
  )
SELECT
  NULL AS tenant_id,
  subject_type,
  subject_id,
  subject_name,
  key,
  message,
  names
FROM fault;
