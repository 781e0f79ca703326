# SPDX-License-Identifier: Apache-2.0
list(APPEND PAL_UNIT_SOURCES
  net/heard.c net/scarce.c net/server.c net/test_allow.c net/test_cloud.c net/test_grant.c net/test_lanes.c net/test_live.c net/test_mail.c net/test_pace.c net/test_post.c net/test_recordings.c
  net/test_redact.c net/test_replay.c net/test_scarce.c net/test_secrets.c net/test_url.c)
# Every recording of the tests is HAR 1.2 for others too.
add_test(NAME recordings_are_har
  COMMAND sh "${CMAKE_SOURCE_DIR}/tests/tools/har-check.sh" "${CMAKE_SOURCE_DIR}/tests/data/recordings")
