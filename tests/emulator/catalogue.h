/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue.h - what the facts of a tenant break, by the text of the catalogue of rules. */
#ifndef EMU_CATALOGUE_H
#define EMU_CATALOGUE_H

#include "estate.h"

/* Adds the violations of the rules that are not written down where a trap is built.
 * For our own tenant every customer is made once: what delegations are worth to its
 * identities stands there. */
void emu_catalogue(const struct emu_world *w, struct emu_tenant *t);

#endif
