/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_H
#define UNIT_H
/* unit.h - what unit tests of all layers share. */
#include <check.h>
#include <stddef.h>

#include "pal_err.h"

/* Fails with the text of the error. */
#define unit_ok(call, err)                                                                 \
  do {                                                                                     \
    enum pal_code unit_code_ = (call);                                                     \
    ck_assert_msg(unit_code_ == PAL_OK, "%s: %s", pal_code_name(unit_code_), (err)->text); \
  } while (0)

/* Expects this code, and `part` in the error's text. */
#define unit_fails(call, expected, part, err)                                                    \
  do {                                                                                           \
    enum pal_code unit_code_ = (call);                                                           \
    ck_assert_msg(unit_code_ == (expected), "got %s, wanted %s: %s", pal_code_name(unit_code_),  \
                  pal_code_name(expected), (err)->text);                                         \
    ck_assert_int_eq((err)->code, (expected));                                                   \
    ck_assert_msg(strstr((err)->text, (part)) != NULL, "no \"%s\" in: %s", (part), (err)->text); \
  } while (0)

#define UNIT_N(rows) ((int)(sizeof(rows) / sizeof(rows)[0]))

/* A fresh private folder and its removal, as fixture of a test case: every test
 * between them starts in it as working directory. */
void unit_enter_folder(void);
void unit_leave_folder(void);
const char *unit_folder(void); /* its absolute name */

/* Writes a file with the given mode, failing the test when it cannot. */
void unit_write(const char *path, const char *text, unsigned mode);

#endif
