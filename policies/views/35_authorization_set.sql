-- SPDX-License-Identifier: Apache-2.0
-- Whom a delegation authorizes, as lists: principals with their roles, and these with
-- their kind (permanent or eligible) as well. No row where whom it authorizes could not
-- be read.
CREATE VIEW authorization_set AS
SELECT
  tenant_id,
  delegation_id,
  pal_list(json_array(principal_id, role_id)) AS authorizations,
  pal_list(json_array(principal_id, role_id, kind)) AS kinds
FROM authorization
GROUP BY
  tenant_id,
  delegation_id;
