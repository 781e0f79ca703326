-- SPDX-License-Identifier: Apache-2.0
-- What a run tells of the link an identity had: the rules about changed links compare
-- with the last verified value, which is the first by rank of
--   1  the value before an open change event
--   2  the value before an open finding (policy says of which rule)
--   3  the link on record, or the answer that there is none
-- A view sees one run only. So a rule takes rank 1 of this run, where events are made
-- already, then all ranks of previous.link_before: an event that closes in this run is
-- still open there. Rows with a policy are for that rule alone: that a link appeared is
-- the beginning of PAL020, the others go on to the next rank.
--   state  NULL: no link
--   since  start of the run that first saw it differ; NULL: this one
-- What a signed change review has seen since then (change_review) is closed, and the
-- next rank counts.
CREATE VIEW link_before AS
SELECT
  CASE
    WHEN event.kind = 'link.added' THEN 'PAL020'
  END AS policy,
  event.tenant_id,
  event.subject_id AS object_id,
  json_extract(event.before, '$.partnerId') AS partner_id,
  CASE
    WHEN event.kind <> 'link.added' THEN COALESCE(json_extract(event.before, '$.state'), 'active')
  END AS state,
  json_extract(event.before, '$.version') AS version,
  event.since,
  1 AS rank
FROM event
WHERE event.kind IN ('link.added', 'link.removed', 'link.changed')
  AND event.subject_type = 'identity'
UNION ALL
SELECT
  finding.policy,
  finding.tenant_id,
  CAST(json_extract(finding.subject, '$.id') AS TEXT),
  CASE finding.policy
    WHEN 'PAL017' THEN json_extract(finding.details, '$.partnerId')
    ELSE json_extract(finding.details, '$.partnerIdBefore')
  END,
  CASE
    WHEN finding.policy <> 'PAL020' THEN 'active'
  END,
  json_extract(finding.details, '$.versionBefore'),
  finding.since,
  2
FROM finding
WHERE finding.policy IN ('PAL015', 'PAL016', 'PAL017', 'PAL020')
  AND finding.verdict = 'fail'
UNION ALL
SELECT
  NULL,
  identity.tenant_id,
  identity.object_id,
  link.partner_id,
  CASE
    WHEN link.object_id IS NOT NULL THEN COALESCE(link.state, 'active')
  END,
  link.version,
  NULL,
  3
FROM identity
LEFT JOIN link
  ON link.tenant_id = identity.tenant_id
  AND link.object_id = identity.object_id
WHERE identity.link_answered;
