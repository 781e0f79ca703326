-- SPDX-License-Identifier: Apache-2.0
-- Managing identity: an identity of ours that is expected to carry the link, as the
-- estate says; where it says nothing, our own for Azure, and one palscan signs in as
-- that holds a live role, unless it only scans. The customers' own accounts are none,
-- nor are people who left.
CREATE VIEW managing_identity AS
WITH
  holder AS MATERIALIZED (
    SELECT DISTINCT
      tenant_id,
      object_id
    FROM live_access
    WHERE live
  )
SELECT
  our_object.tenant_id,
  our_object.object_id,
  our_object.name,
  our_object.owner,
  our_object.purpose,
  our_object.type,
  our_object.linked,
  our_object.last_read
FROM our_object
JOIN run
LEFT JOIN holder
  ON holder.tenant_id = our_object.tenant_id
  AND holder.object_id = our_object.object_id
WHERE our_object.owner <> 'customer'
  AND COALESCE(our_object.left_date, '9999') > run.today
  AND COALESCE(
    our_object.link_expected,
    (our_object.owner = 'us' AND our_object.purpose = 'azure')
      OR (our_object.is_configured AND holder.object_id IS NOT NULL AND our_object.purpose IS NOT 'scan-only'),
    0
  );
