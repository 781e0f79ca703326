/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_VERSION_H
#define PAL_VERSION_H
/* PALSCAN_VERSION comes from the one project() line of the top CMakeLists.txt. */
#ifndef PALSCAN_VERSION
#error "PALSCAN_VERSION is a compile definition"
#endif
#endif
