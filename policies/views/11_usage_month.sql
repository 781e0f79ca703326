-- SPDX-License-Identifier: Apache-2.0
-- The months in which usage counts: the closed UTC months of the window and the
-- current one.
-- once: few rows
CREATE VIEW usage_month AS
WITH RECURSIVE
  back(months, month) AS (
    SELECT
      0,
      strftime('%Y-%m', run.today)
    FROM run
    UNION ALL
    SELECT
      back.months + 1,
      strftime('%Y-%m', run.today, 'start of month', '-' || (back.months + 1) || ' months')
    FROM back
    JOIN run
    JOIN parameter
    WHERE back.months < parameter.usage_window_months
  )
SELECT month
FROM back;
