/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_GROUPS_H
#define PAL_GROUPS_H
/* groups.h - which groups were read, and their members, for those who want their names. */
#include "observe.h"

/* 0 before the groups are known, and where nobody asked for them. */
size_t groups_count(const struct observer *observer);
/* The id of one of them: of a group, or of a principal that may be one. */
const char *groups_id(const struct observer *observer, size_t at);
/* MEMBER */
const struct pal_records *groups_members(const struct observer *observer, size_t at);

#endif
