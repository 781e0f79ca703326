/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_SHOW_PERSON_H
#define PAL_SHOW_PERSON_H
/* show_person.h - where one person or app of ours is, as far as that was read. */
#include "query.h"

/* Accounts and links, access, last cover, and what was not read where the person is or may be, in --format to --output.
 * PAL_E_NOTFOUND where nobody of ours is called so. */
enum pal_code pal_show_person(struct pal_cli *cli, struct pal_query *query, const char *person, struct pal_err *err)
    PAL_MUST_CHECK;

#endif
