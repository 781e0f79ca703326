/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_INPUT_CHECK_H
#define PAL_INPUT_CHECK_H
/* input_check.h - of a file people write, what no single field shows. */
#include "pal_doc.h"
#include "pal_json.h"

/* The document has been decoded as a record of this kind. PAL_E_INPUT with the place in it. */
enum pal_code input_check(const struct pal_kind *kind, const struct pal_json_doc *doc, struct pal_err *err)
    PAL_MUST_CHECK;

#endif
