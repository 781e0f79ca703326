/* SPDX-License-Identifier: Apache-2.0 */
/* truth.h - what is so in the estate, whoever looks at it: the truth file, and
 * the partner's own registry and estate files that go with it. */
#ifndef EMU_TRUTH_H
#define EMU_TRUTH_H

#include "world.h"

#include <stdbool.h>
#include <stdio.h>

/* JSON lines: the run, each tenant, the totals. One tenant in memory at a time. */
bool emu_truth_write(const struct emu_world *w, FILE *out);
/* mpn.json and estate.json as a partner would write them. */
bool emu_registry_write(const struct emu_world *w, FILE *out);
bool emu_estate_write(const struct emu_world *w, FILE *out);

#endif
