/* SPDX-License-Identifier: Apache-2.0 */
/* scenario.h - the traps, their shares, and what each of them violates. */
#ifndef EMU_SCENARIO_H
#define EMU_SCENARIO_H

#include "estate.h"

/* Which scenario a customer's tenant plays. */
unsigned emu_scenario_of(const struct emu_world *w, uint32_t tenant);
const char *emu_scenario_name(unsigned scenario);
/* Tenants of a thousand that play it. */
unsigned emu_scenario_share(unsigned scenario);
unsigned emu_scenario_count(void);
bool emu_scenario_without_rule(unsigned scenario);
bool emu_scenario_is_ordinary(unsigned scenario);

/* Before access is given: who is present, how many subscriptions there are. */
void emu_scenario_prepare(const struct emu_world *w, struct emu_tenant *t);
/* After: the trap, its violations, and the second night's changes. */
void emu_scenario_apply(const struct emu_world *w, struct emu_tenant *t);

#endif
