# SPDX-License-Identifier: Apache-2.0
list(APPEND PAL_UNIT_SOURCES
  azure/live.c azure/test_assertion.c azure/test_client.c azure/test_device_code.c azure/test_elsewhere.c azure/test_list.c azure/test_metadata.c azure/test_proxy.c azure/test_refresh.c azure/test_token.c azure/world.c)
