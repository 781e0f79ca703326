-- SPDX-License-Identifier: Apache-2.0
-- id: PAL100
-- title: Risk acceptance ended or without reason
-- class: rule
-- severity: medium
-- subject: waiver
-- rationale: A risk is accepted by a person, for a reason, until a day. An acceptance that lacks
--   one of these, or whose day is past or too far, accepts nothing, nor does one that its approver should have signed
--   and did not; left in the file it looks as if it did.
-- fix: accept
-- remediation: Look at the finding again. Where the risk is to be accepted for longer, write a new acceptance, approved by
--   another person than the one who asks for it:
--   palscan waive FINGERPRINT --reason WHY --owner WHO --requester WHO --approver WHO --until DATE
--   Where the approver's signature is missing, they give it: palscan waive approve ID --sign KEY
--   Else remove it from the file of risk acceptances.

-- What makes an acceptance void is the same here as where the judge applies it.
WITH
  judged AS (
    SELECT
      waiver.id,
      waiver.policy,
      waiver.until_date,
      CASE
        WHEN waiver.until_date < run.today THEN ' It ended on ' || waiver.until_date || '.'
        ELSE ''
      END
      || CASE WHEN trim(COALESCE(waiver.until_date, '')) = '' THEN ' It has no end date.' ELSE '' END
      || CASE WHEN trim(COALESCE(waiver.reason, ''), ' ' || char(9)) = '' THEN ' It gives no reason.' ELSE '' END
      || CASE WHEN trim(COALESCE(waiver.owner, ''), ' ' || char(9)) = '' THEN ' It names no owner of the risk.' ELSE '' END
      || CASE WHEN trim(COALESCE(waiver.requester, ''), ' ' || char(9)) = '' THEN ' It does not say who asked for it.' ELSE '' END
      || CASE
        WHEN trim(COALESCE(waiver.approver, ''), ' ' || char(9)) = '' THEN ' Nobody approved it.'
        WHEN pal_same_person(waiver.requester, waiver.approver) THEN ' It was approved by the person who asked for it.'
        ELSE ''
      END
      || CASE
        WHEN (unixepoch(waiver.until_date) - unixepoch(COALESCE(waiver.from_date, run.today))) / 86400 > parameter.waiver_max_days
          THEN ' It lasts longer than ' || parameter.waiver_max_days || ' days.'
        ELSE ''
      END
      || CASE WHEN waiver.not_approved IS NOT NULL THEN ' It is not approved: ' || waiver.not_approved || '.' ELSE '' END AS faults
    FROM waiver
    JOIN run
    JOIN parameter
  )
SELECT
  NULL AS tenant_id,
  'waiver' AS subject_type,
  id AS subject_id,
  NULL AS subject_name,
  'The risk acceptance ' || id || ' accepts nothing.' || faults AS message,
  policy,
  until_date AS until
FROM judged
WHERE faults <> '';
