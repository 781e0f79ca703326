/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_CLOUD_H
#define NET_CLOUD_H
/* cloud.h - who vouches for a service's host. */
#include "pal_url.h"

/* The certificates to check the service's host by; NULL: the system's. Those of a custom cloud say nothing about a
 * service of a built-in one that it uses. */
const char *net_cloud_ca_file(const struct pal_cloud *cloud, enum pal_service service);

#endif
