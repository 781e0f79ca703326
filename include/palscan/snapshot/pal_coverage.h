/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_COVERAGE_H
#define PAL_COVERAGE_H
/* pal_coverage.h - words of coverage that more than one layer acts upon. */

/* Product areas, NULL at the end. */
extern const char *const pal_areas[];

/* The link of a person of the estate who left us: nobody can ask for it any more. */
#define PAL_CODE_LEFT "the person has left"

#endif
