-- SPDX-License-Identifier: Apache-2.0
-- id: PAL013
-- title: Recognition hangs on one identity
-- class: attribution
-- severity: info
-- subject: subscription
-- reads: links role-assignments pim deny-assignments groups delegations usage
-- needs: links links@managing role-assignments groups@managing delegations
-- pins: identity
-- folded-under: offboarding
-- rationale: People leave one by one, and newcomers forget to link: when the last linked account
--   goes, recognition ends at once. Small customers may be meant to be so.
-- fix: F3
-- remediation: Link a second identity that has a role here, signed in as that identity, with the location ID P of your rule:
--   az login --tenant T && az managementpartner create --partner-id P
--   Connect-AzAccount -Tenant T; New-AzManagementPartner -PartnerId P
--   Or accept it for this subscription.
-- references: https://learn.microsoft.com/azure/cost-management-billing/manage/link-partner-id

-- Standing cover alone is counted: a role that must be activated is none. An application
-- whose role has no end stays, so it may be the only one; a managed identity may be deleted
-- with its resource. Of groups only those with a role here must be known.
WITH
  holder AS MATERIALIZED (
    SELECT
      cover.tenant_id,
      cover.subscription_id,
      cover.identity_tenant_id,
      cover.object_id,
      max(cover.covers) AS covers,
      max(cover.covers AND cover.end_time IS NULL) AS is_endless,
      max(CASE WHEN cover.covers THEN cover.end_time END) AS end_time,
      min(cover.last_read) AS last_read
    FROM cover
    WHERE cover.is_standing
      AND cover.covers IS NOT 0
      AND cover.tenant_id NOT IN (SELECT tenant_id FROM own_tenant)
    GROUP BY
      cover.tenant_id,
      cover.subscription_id,
      cover.identity_tenant_id,
      cover.object_id
  ),
  counted AS (
    SELECT
      tenant_id,
      subscription_id,
      sum(covers IS NULL) AS undecided,
      max(CASE WHEN covers THEN identity_tenant_id END) AS identity_tenant_id,
      max(CASE WHEN covers THEN object_id END) AS object_id,
      max(is_endless) AS is_endless,
      max(end_time) AS end_time,
      min(CASE WHEN covers THEN last_read END) AS last_read
    FROM holder
    GROUP BY
      tenant_id,
      subscription_id
    HAVING sum(covers) = 1
  ),
  judged AS (
    SELECT
      counted.tenant_id,
      counted.subscription_id,
      counted.identity_tenant_id,
      counted.object_id,
      counted.is_endless,
      counted.end_time,
      counted.last_read,
      subscription.name,
      in_use.used,
      our_object.name AS identity_name,
      our_object.type,
      own_csp.is_own IS NOT NULL AS is_own_csp,
      CASE
        WHEN in_use.used = 'unknown' THEN 'whether it is in use is not known: usage is hidden or was not answered'
        WHEN counted.undecided
          THEN 'whether another covers it cannot be told: a link was never answered, a role has no published verdict, or a deny assignment may apply'
        WHEN EXISTS (
          SELECT 1
          FROM unread_group
          WHERE unread_group.tenant_id = counted.tenant_id
            AND unread_group.subscription_id = counted.subscription_id
        ) OR EXISTS (
          SELECT 1
          FROM unread_group
          WHERE unread_group.tenant_id = counted.tenant_id
            AND unread_group.subscription_id IS NULL
        ) THEN 'whether another covers it through a group cannot be told: the members of a group with a role here were not read'
        WHEN our_object.type IS NULL AND counted.is_endless THEN 'whether that is a person or an application is not known'
      END AS doubt
    FROM counted
    JOIN in_use
      ON in_use.tenant_id = counted.tenant_id
      AND in_use.subscription_id = counted.subscription_id
    JOIN subscription
      ON subscription.tenant_id = counted.tenant_id
      AND subscription.id = counted.subscription_id
    JOIN our_object
      ON our_object.tenant_id = counted.identity_tenant_id
      AND our_object.object_id = counted.object_id
    LEFT JOIN own_csp
      ON own_csp.tenant_id = counted.tenant_id
      AND own_csp.subscription_id = counted.subscription_id
    WHERE in_use.used <> 'no'
      AND NOT (our_object.type IS 'servicePrincipal' AND counted.is_endless)
  )
SELECT
  tenant_id,
  'subscription' AS subject_type,
  subscription_id AS subject_id,
  name AS subject_name,
  'Only one linked identity is known to cover this subscription permanently: ' || object_id || COALESCE(' (' || identity_name || ')', '')
    || CASE
      WHEN identity_tenant_id <> tenant_id THEN ' of tenant ' || identity_tenant_id || ', by delegation'
      ELSE ''
    END
    || CASE
      WHEN is_endless THEN ''
      ELSE ', whose role ends on ' || substr(end_time, 1, 10)
    END
    || CASE
      WHEN doubt IS NOT NULL THEN '; ' || doubt || '.'
      WHEN is_own_csp THEN '. It is our own CSP sale (sale presumed), where recognition is automatic.'
      ELSE '.'
    END AS message,
  CASE
    WHEN doubt IS NOT NULL THEN 'unknown'
    ELSE 'fail'
  END AS verdict,
  object_id AS identity,
  used,
  last_read
FROM judged;
