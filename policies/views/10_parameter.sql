-- SPDX-License-Identifier: Apache-2.0
-- The parameters of the rules, one row. A parameter that is not set has the
-- value written here.
-- once: few rows
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
  COALESCE((SELECT CAST(value AS INTEGER) FROM written WHERE name = 'graceDays'), 30) AS grace_days,
  -- Days before its end in which access ends soon.
  COALESCE((SELECT CAST(value AS INTEGER) FROM written WHERE name = 'expiryDays'), 30) AS expiry_days,
  -- Days a self-declared fact stays fresh.
  COALESCE((SELECT CAST(value AS INTEGER) FROM written WHERE name = 'declaredMaxAgeDays'), 100) AS declared_max_age_days,
  -- Days an area of a tenant may stay without a complete reading.
  COALESCE((SELECT CAST(value AS INTEGER) FROM written WHERE name = 'staleDays'), 7) AS stale_days,
  -- Days between two signed reviews.
  COALESCE((SELECT CAST(value AS INTEGER) FROM written WHERE name = 'reviewDays'), 90) AS review_days,
  -- Hours between two runs.
  COALESCE((SELECT CAST(value AS INTEGER) FROM written WHERE name = 'maxGapHours'), 30) AS max_gap_hours,
  -- Days in which a finding of a severity must be closed.
  COALESCE((SELECT CAST(value AS INTEGER) FROM written WHERE name = 'slaCriticalDays'), 7) AS sla_critical_days,
  COALESCE((SELECT CAST(value AS INTEGER) FROM written WHERE name = 'slaHighDays'), 30) AS sla_high_days,
  COALESCE((SELECT CAST(value AS INTEGER) FROM written WHERE name = 'slaMediumDays'), 90) AS sla_medium_days,
  COALESCE((SELECT CAST(value AS INTEGER) FROM written WHERE name = 'slaLowDays'), 180) AS sla_low_days,
  -- Days a risk may be accepted for at most.
  COALESCE((SELECT CAST(value AS INTEGER) FROM written WHERE name = 'waiverMaxDays'), 365) AS waiver_max_days;
