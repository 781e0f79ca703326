-- SPDX-License-Identifier: Apache-2.0
-- Of what the judge remembers since when it is so: each row becomes an event
-- "seen.<kind>", whose since is the start of the run that first had the row. A row that
-- is gone is forgotten.
--   privileged-access  an object of ours holds this privileged role in a customer's tenant
--   incomplete-area    units of the area were never read completely, so that no other
--                      date is known
CREATE VIEW first_sight AS
SELECT
  privileged_access.tenant_id,
  'privileged-access' AS kind,
  'identity' AS subject_type,
  privileged_access.object_id || ' ' || privileged_access.role_id AS subject_id
FROM privileged_access
UNION
SELECT
  incomplete_unit.tenant_id,
  'incomplete-area',
  'area',
  incomplete_unit.area
FROM incomplete_unit
WHERE incomplete_unit.as_of IS NULL;
