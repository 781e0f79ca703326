-- SPDX-License-Identifier: Apache-2.0
-- The links that count: a link whose state is Deleted is none, any other state
-- than Active does not count either (and is told as it stands).
-- once: tenant_id, object_id
CREATE VIEW active_link AS
SELECT
  link.tenant_id,
  link.object_id,
  link.partner_id,
  link.partner_name,
  link.version,
  link.created_time,
  link.updated_time,
  our_object.name,
  our_object.principal_name,
  our_object.owner,
  our_object.purpose,
  our_object.last_read
FROM link
JOIN our_object
  ON our_object.tenant_id = link.tenant_id
  AND our_object.object_id = link.object_id
WHERE our_object.linked = 1;
