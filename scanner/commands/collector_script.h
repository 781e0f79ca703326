/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_COLLECTOR_SCRIPT_H
#define PAL_COLLECTOR_SCRIPT_H
/* collector_script.h - the scripts of palscan collector. Nothing enters them but a parsed id, a valid
 * name and hexadecimal digits, each through the quoting of its shell. */
#include "pal_buf.h"
#include "pal_id.h"
#include "pal_import.h"

enum { PAL_COLLECTOR_SCRIPT_MAX = 64 << 10 };

struct pal_collector {
  const char *identity; /* a valid name */
  struct pal_tenant_id tenant;
  char nonce[PAL_NONCE_LEN + 1];
};

enum pal_code pal_collector_bash(const struct pal_collector *collector, struct pal_buf *out, struct pal_err *err)
    PAL_MUST_CHECK;
enum pal_code pal_collector_powershell(const struct pal_collector *collector, struct pal_buf *out, struct pal_err *err)
    PAL_MUST_CHECK;

#endif
