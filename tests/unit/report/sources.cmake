# SPDX-License-Identifier: Apache-2.0
list(APPEND PAL_UNIT_SOURCES
  report/estate.c report/estate_findings.c report/golden.c report/test_build.c report/test_compare.c report/test_completeness.c report/test_digest.c report/test_doctor.c report/test_escape.c report/test_escape_script.c report/test_escape_shell.c report/test_fold.c
  report/test_formats.c report/test_json_writer.c report/test_metrics.c report/test_model.c report/test_remedy.c report/test_sentence.c report/test_settled.c
  report/test_table.c)

# The golden outputs are what test_formats.c compared; this reads them with other eyes than ours.
add_test(NAME report_machine_readable
  COMMAND sh "${CMAKE_SOURCE_DIR}/tests/golden/report/machine.sh" "${CMAKE_SOURCE_DIR}")
set_tests_properties(report_machine_readable PROPERTIES SKIP_RETURN_CODE 77)
