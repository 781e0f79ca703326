/* SPDX-License-Identifier: Apache-2.0 */
#include "grant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

enum { URL_MAX = 1024, BODY_MAX = 64 };

#define API_VERSION "2018-02-01" /* the only one there is */

struct pal_grant {
  const struct pal_cloud *cloud;
  char identity[PAL_NAME_MAX + 1];
  struct pal_tenant_id tenant;
  const char *method;
  char url[URL_MAX];
  char body[BODY_MAX]; /* "": none */
  bool spent;
};

/* Ids come in types that only their parsers fill; what enters an address is parsed all the same. */
static enum pal_code check_ids(const struct pal_write *write, struct pal_err *err) {
  struct pal_tenant_id tenant;
  struct pal_partner_id partner;
  if (!write->identity || !pal_name_valid(write->identity))
    return pal_err_set(err, PAL_E_INTERNAL, "a grant has no identity");
  if (pal_tenant_id_parse(write->tenant.s, &tenant, NULL) != PAL_OK || strcmp(tenant.s, write->tenant.s) != 0)
    return pal_err_set(err, PAL_E_INTERNAL, "a grant for %s has no tenant", write->identity);
  if (pal_partner_id_parse(write->partner.s, &partner, NULL) != PAL_OK || strcmp(partner.s, write->partner.s) != 0)
    return pal_err_set(err, PAL_E_INTERNAL, "a grant for %s has no partner ID", write->identity);
  return PAL_OK;
}

enum pal_code net_grant_new(const struct pal_cloud *cloud, const struct pal_write *write, struct pal_grant **ret,
                            struct pal_err *err) {
  static const char *const methods[] = {
      [PAL_WRITE_CREATE] = "PUT", [PAL_WRITE_UPDATE] = "PATCH", [PAL_WRITE_DELETE] = "DELETE"};
  enum pal_code code = check_ids(write, err);
  if (code != PAL_OK)
    return code;
  if (!cloud->origin[PAL_ARM])
    return pal_err_set(err, PAL_E_DENIED, "no grant: this cloud has no Resource Manager");
  struct pal_grant *grant = calloc(1, sizeof *grant);
  if (!grant)
    return pal_err_nomem(err);
  grant->cloud = cloud;
  grant->tenant = write->tenant;
  grant->method = methods[write->kind];
  (void)snprintf(grant->identity, sizeof grant->identity, "%s", write->identity);
  if (write->kind != PAL_WRITE_DELETE)
    (void)snprintf(grant->body, sizeof grant->body, "{\"partnerId\":\"%s\"}", write->partner.s);
  int len = snprintf(grant->url, sizeof grant->url,
                     "%s/providers/Microsoft.ManagementPartner/partners/%s?api-version=" API_VERSION,
                     cloud->origin[PAL_ARM], write->partner.s);
  if (len < 0 || (size_t)len >= sizeof grant->url) {
    free(grant);
    return pal_err_set(err, PAL_E_LIMIT, "the address of Resource Manager is longer than %d bytes", URL_MAX);
  }
  *ret = grant;
  return PAL_OK;
}

void pal_grant_free(struct pal_grant *grant) {
  free(grant);
}

const char *pal_grant_method(const struct pal_grant *grant) {
  return grant->method;
}

const char *pal_grant_url(const struct pal_grant *grant) {
  return grant->url;
}

const char *pal_grant_body(const struct pal_grant *grant) {
  return grant->body[0] ? grant->body : NULL;
}

bool net_grant_spend(struct pal_grant *grant) {
  bool first = !grant->spent;
  grant->spent = true;
  return first;
}

enum pal_code net_grant_check(const struct pal_grant *grant, const struct pal_cloud *cloud,
                              const struct net_request *request, struct pal_err *err) {
  const char *what = NULL;
  if (cloud != grant->cloud)
    what = "cloud";
  else if (strcmp(request->identity, grant->identity) != 0)
    what = "identity";
  else if (strcmp(request->tenant.s, grant->tenant.s) != 0)
    what = "tenant";
  else if (strcmp(request->method, grant->method) != 0)
    what = "method";
  else if (strcmp(request->url, grant->url) != 0)
    what = "address";
  else if (strcmp(request->body.data, grant->body) != 0)
    what = "body";
  else if (request->bearer.len == 0 || request->service != PAL_ARM)
    what = "token";
  else if (request->retry)
    what = "turn";
  if (!what)
    return PAL_OK;
  struct pal_buf shown;
  enum pal_code code = pal_err_set(err, PAL_E_DENIED, "%s %s: the grant is for another %s", request->method,
                                   net_shown(&shown, request->url), what);
  pal_buf_deinit(&shown);
  return code;
}
