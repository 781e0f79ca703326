-- SPDX-License-Identifier: Apache-2.0
-- Own-CSP cover: a CSP subscription on which one of our agent groups holds a role.
-- Whose sale it is Partner Center would tell; while that is not read the sale is
-- presumed ours. Recognition is automatic there and a link adds nothing:
-- learn.microsoft.com/partner-center/partner-earned-credit-explanation
-- is_own is NULL where it cannot be told whether the group is ours.
CREATE VIEW own_csp AS
SELECT
  tenant_id,
  subscription_id,
  max(is_ours) AS is_own
FROM agent_group_access
WHERE is_csp
  AND on_subscription
GROUP BY
  tenant_id,
  subscription_id;
