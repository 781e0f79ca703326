/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_URL_H
#define PAL_URL_H
/*
 * pal_url.h - the URL rules and the one allow-list. A URL is parsed once (with
 * curl_url), judged as re-serialised and sent exactly so. https only; no user
 * info; exact host and port; no dot segments, no encoded slash, backslash or
 * dot in the path; no fragment. `$batch` and `/batch` are not permitted.
 */
#include <stdbool.h>

#include "pal_buf.h"
#include "pal_err.h"

enum pal_service { PAL_LOGIN, PAL_ARM, PAL_GRAPH, PAL_SERVICES_N };
enum pal_body_kind { PAL_BODY_NONE, PAL_BODY_JSON, PAL_BODY_FORM };

/* Endpoints of a cloud: origins "https://host[:port]" without path. pal_cloud.h makes those that are not built in. */
struct pal_cloud {
  const char *name;
  const char *origin[PAL_SERVICES_N]; /* NULL: the service does not exist there */
  const char *audience;               /* of tokens for Resource Manager; NULL: its origin */
  const char *metadata;               /* where sign-in and audience are still to be learnt; NULL: nowhere */
  const char *ca_file;                /* vouches only for this custom cloud's hosts; NULL: system store */
};
/* AzurePublicCloud, AzureUSGovernment, AzureChinaCloud; NULL when unknown. */
const struct pal_cloud *pal_cloud_builtin(const char *name);

/* Parses, checks and re-serialises url into out (cleared first). PAL_E_DENIED says
 * which rule it breaks. */
enum pal_code pal_url_normalise(const char *url, struct pal_buf *out, struct pal_err *err) PAL_MUST_CHECK;
/* The service whose origin (scheme, host, port) the normalised url has;
 * PAL_E_DENIED when none. */
enum pal_code pal_url_service(const struct pal_cloud *cloud, const char *url, enum pal_service *ret,
                              struct pal_err *err) PAL_MUST_CHECK;
/* The allow-list: method, service, path, query and kind of body of a request of
 * a scan, judged on the normalised url. Read-only by construction: GET, the
 * Resource Graph and Cost Management queries, and token exchanges. What a grant
 * permits (pal_grant.h) is not among it. */
enum pal_code pal_url_allowed(const struct pal_cloud *cloud, const char *method, const char *url,
                              enum pal_body_kind body, struct pal_err *err) PAL_MUST_CHECK;
/* A nextLink must keep scheme, host and port of the first request, and its path
 * compared case-insensitively. */
enum pal_code pal_url_next(const char *first, const char *next, struct pal_buf *out, struct pal_err *err)
    PAL_MUST_CHECK;

#endif
