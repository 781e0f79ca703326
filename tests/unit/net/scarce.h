/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCARCE_H
#define SCARCE_H
/*
 * scarce.h - memory that runs out at a chosen allocation: of palscan's own code
 * by the linker's --wrap, of libcurl by its own hook.
 */
#include <stdbool.h>
#include <stddef.h>

/* Lets libcurl allocate here too; before it is used in this process. */
void scarce_curl(void);
/* The nth allocation from now on fails, 1 is the next; those after it succeed. */
void scarce_begin(size_t n);
/* Ends that. Whether an allocation failed. */
bool scarce_end(void);

#endif
