# SPDX-License-Identifier: Apache-2.0
list(APPEND PAL_UNIT_SOURCES
  policy/policy_world.c policy/test_approval.c policy/test_cases.c policy/test_cut.c policy/test_events.c policy/test_fingerprint.c
  policy/test_folding.c policy/test_lifecycle.c policy/test_pack.c policy/test_plans.c policy/test_sandbox.c
  policy/test_scope.c policy/test_sights.c policy/test_tables.c policy/test_turns.c policy/test_verdict.c policy/test_waivers.c)
