-- SPDX-License-Identifier: Apache-2.0
-- id: MINE-1
-- title: A link of a country we left
-- class: attribution
-- severity: medium
-- subject: identity
-- reads: links
-- needs: links@managing, role-assignments@all
-- pins: partnerId
-- folded-under: PAL001, offboarding
-- rationale: One line
--   and its continuation.
-- remediation: az login --tenant T && az managementpartner update --partner-id P
-- references: https://example.com/a
--   https://example.com/b
-- controls: ISO27001:A.5.18

SELECT tenant_id, 'identity' AS subject_type, object_id AS subject_id, name AS subject_name,
  'text; with -- and /* */ and ''quotes''' AS message /* a comment; */ FROM active_link WHERE partner_id = '2000001';
