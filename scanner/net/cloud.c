/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "pal_url.h"

static const struct pal_cloud clouds[] = {
    {
        .name = "AzurePublicCloud",
        .origin =
            {
                [PAL_LOGIN] = "https://login.microsoftonline.com",
                [PAL_ARM] = "https://management.azure.com",
                [PAL_GRAPH] = "https://graph.microsoft.com",
            },
    },
    {
        .name = "AzureUSGovernment",
        .origin =
            {
                [PAL_LOGIN] = "https://login.microsoftonline.us",
                [PAL_ARM] = "https://management.usgovcloudapi.net",
                [PAL_GRAPH] = "https://graph.microsoft.us",
            },
    },
    {
        .name = "AzureChinaCloud",
        .origin =
            {
                [PAL_LOGIN] = "https://login.chinacloudapi.cn",
                [PAL_ARM] = "https://management.chinacloudapi.cn",
                [PAL_GRAPH] = "https://microsoftgraph.chinacloudapi.cn",
            },
    },
};

const struct pal_cloud *pal_cloud_builtin(const char *name) {
  for (size_t i = 0; i < sizeof clouds / sizeof clouds[0]; i++)
    if (strcmp(clouds[i].name, name) == 0)
      return &clouds[i];
  return NULL;
}
