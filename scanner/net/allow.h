/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_ALLOW_H
#define NET_ALLOW_H
/* allow.h - what the rest of net asks the allow-list and the URL rules. */
#include "pal_url.h"

/* Whether the normalised url lies at this origin of a cloud (NULL: no). PAL_E_NOMEM. */
enum pal_code net_origin_matches(const char *origin, const char *url, bool *ret, struct pal_err *err) PAL_MUST_CHECK;
/* Whether pal_url_normalise() would leave the text as it is, as far as its own rules go: curl, whose reading is asked for
 * when a URL is normalised, is not asked again. PAL_E_NOMEM. */
enum pal_code net_url_is_normal(const char *url, bool *ret, struct pal_err *err) PAL_MUST_CHECK;
/* Whether a row of this service has the path of the normalised url. */
bool net_allow_path(enum pal_service service, const char *url);
/* Which rows hold: those that read, or those that write, which only grant.c may ask for. */
enum net_right { NET_UNGRANTED, NET_GRANTED };
/* pal_url_allowed() for what pal_url_normalise() wrote; also tells the service of the row. */
enum pal_code net_allow(const struct pal_cloud *cloud, const char *method, const char *url, enum pal_body_kind body,
                        enum net_right right, enum pal_service *ret, struct pal_err *err) PAL_MUST_CHECK;

#endif
