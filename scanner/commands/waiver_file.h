/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_WAIVER_FILE_H
#define PAL_WAIVER_FILE_H
/* waiver_file.h - adds and replaces an entry of a file that people keep, with their comments and layout. */
#include "pal_record.h"

/* "W-<today>-<n>" that no entry of waivers (may be NULL) has; NULL on no memory. */
const char *pal_waiver_free_id(struct pal_arena *arena, const struct pal_record *waivers, const char *today);
/* Inserts the compact JSON object as the last element of $.waivers; everything
 * else in the file stays byte for byte. A missing file is made. */
enum pal_code pal_waiver_append(const char *path, const char *json, struct pal_err *err) PAL_MUST_CHECK;
/* Puts the object in place of the entry with this id; everything else stays byte for byte. PAL_E_NOTFOUND. */
enum pal_code pal_waiver_replace(const char *path, const char *id, const char *json, struct pal_err *err)
    PAL_MUST_CHECK;

#endif
