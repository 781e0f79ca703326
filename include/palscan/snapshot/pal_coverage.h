/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_COVERAGE_H
#define PAL_COVERAGE_H
/* pal_coverage.h - words of coverage.code that more than one layer acts upon. */

/* The link of a person of the estate who left us: nobody can ask for it any more. */
#define PAL_CODE_LEFT "the person has left"

#endif
