-- SPDX-License-Identifier: Apache-2.0
-- id: VIEW-EXPECTED
-- title: The rows of expected_identity
-- class: rule
-- severity: info
-- subject: identity
-- rationale: Shows what the view says, so that its cases can hold it against the decision order.
-- remediation: None.

SELECT
  expected_identity.tenant_id,
  'identity' AS subject_type,
  expected_identity.object_id AS subject_id,
  NULL AS subject_name,
  expected_identity.partner_id AS key,
  expected_identity.rule || ': ' || COALESCE(expected_identity.partner_id, 'no ID') || CASE
    WHEN NOT expected_identity.is_decided THEN ', undecided'
    WHEN NOT expected_identity.is_settled THEN ', not settled'
    ELSE ''
  END AS message
FROM expected_identity;
