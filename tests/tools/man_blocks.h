/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAN_BLOCKS_H
#define MAN_BLOCKS_H
/* man_blocks.h - the generated parts of the man pages, in mdoc. */
#include <stdbool.h>
#include <stdio.h>

#include "pal_buf.h"

/*
 * Appends the block of that name; false when there is none of it.
 *
 *   commands        every command with its options
 *   options         the options of every command
 *   exit STATUS     the errors that end with it
 *   files           the files of a snapshot
 *   kinds           every kind of record of a snapshot
 *   kind NAME       the keys of one kind of record
 */
bool man_block(const char *name, struct pal_buf *out);

/* The tables as lines of fields with tabs between, for tests/docs:
 *   field snapshot|file KIND KEY
 *   word KIND KEY WORD
 *   file PATH
 *   exit STATUS NAME TEXT
 *   parameter NAME DEFAULT */
void man_tables(FILE *out);

#endif
