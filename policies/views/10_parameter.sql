-- SPDX-License-Identifier: Apache-2.0
-- The parameters of the rules, one row. A parameter that is not set has the
-- value written here.
CREATE VIEW parameter AS
WITH
  written AS (
    SELECT
      name,
      lower(value) AS value
    FROM setting
  )
SELECT
  -- auto: roles of the earned-credit list on PEC scopes, any role elsewhere;
  -- pec: every scope is a PEC scope; any: none is.
  COALESCE((SELECT value FROM written WHERE name = 'recognitionRoles'), 'auto') AS recognition_roles,
  COALESCE((SELECT value IN ('1', 'true') FROM written WHERE name = 'defaultIsDecision'), 0) AS default_is_decision,
  COALESCE((SELECT value IN ('1', 'true') FROM written WHERE name = 'marketplaceIsAutomatic'), 1) AS marketplace_is_automatic,
  COALESCE((SELECT CAST(value AS INTEGER) FROM written WHERE name = 'usageWindowMonths'), 2) AS usage_window_months,
  -- Days in which a link need not yet follow an ID that has just become valid.
  COALESCE((SELECT CAST(value AS INTEGER) FROM written WHERE name = 'graceDays'), 30) AS grace_days;
