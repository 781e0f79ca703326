/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_BASE64_H
#define NET_BASE64_H
/* base64.h - bodies in a HAR (standard alphabet, padded) and parts of a JWT
 * (URL alphabet, no padding). */
#include <stdbool.h>
#include <stddef.h>

#include "pal_buf.h"

enum net_base64 { NET_BASE64_STANDARD, NET_BASE64_URL };

void net_base64_encode(struct pal_buf *out, const void *bytes, size_t len, enum net_base64 alphabet);
/* False when text is no base64 of that alphabet; what was appended then means nothing. */
bool net_base64_decode(struct pal_buf *out, const char *text, size_t len, enum net_base64 alphabet);

#endif
