-- SPDX-License-Identifier: Apache-2.0
-- Subscriptions sold through the Cloud Solution Provider programme, known by their
-- offer. The same ids name the classic offers; whose sale it is they do not tell:
-- learn.microsoft.com/azure/cost-management-billing/costs/understand-cost-mgt-data
CREATE VIEW csp_subscription AS
SELECT
  tenant_id,
  id AS subscription_id
FROM subscription
WHERE quota_id IN ('CSP_2015-05-01', 'CSP_MG_2017-12-01', 'CSPDEVTEST_2018-05-01');
