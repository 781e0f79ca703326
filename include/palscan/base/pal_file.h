/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_FILE_H
#define PAL_FILE_H
/* pal_file.h - whole files in, whole files out: never half a file. */
#include <stdbool.h>
#include <stddef.h>

#include "pal_buf.h"
#include "pal_err.h"

enum pal_file_flags {
  PAL_FILE_SECRET = 1 << 0, /* O_NOFOLLOW, regular, owner self or root, no group/other bits, <= 64 KB */
  PAL_FILE_TRUSTED = 1 << 1 /* decides what is believed: owner self or root, nobody else may write to it */
};

/* Reads a regular file of at most max bytes into out (initialised by the caller).
 * `kind` names it in errors ("configuration"). PAL_E_INPUT when it is missing,
 * unreadable, no regular file or too large; the text says which. */
enum pal_code pal_file_read(const char *path, const char *kind, unsigned flags, size_t max, struct pal_buf *out,
                            struct pal_err *err) PAL_MUST_CHECK;
/* Temporary name in the same folder, write, fsync, close, rename, fsync of the
 * folder. On failure the old file stands and the temporary one is gone.
 * mode e.g. 0644, taken literally (the umask does not apply). */
enum pal_code pal_file_write(const char *path, const void *bytes, size_t len, unsigned mode, struct pal_err *err)
    PAL_MUST_CHECK;
/* mkdir -p with mode for the folders made (literally, as above). */
enum pal_code pal_dir_make(const char *path, unsigned mode, struct pal_err *err) PAL_MUST_CHECK;
bool pal_path_exists(const char *path);
/* Removes a folder and all below it without following symbolic links; one that is
 * already gone is fine. PAL_E_LIMIT when it is nested deeper than 64 folders. */
enum pal_code pal_dir_remove(const char *path, struct pal_err *err) PAL_MUST_CHECK;
/* Names in a folder except . and .., sorted by bytes; each() may stop with an error.
 * PAL_E_NOTFOUND when the folder is missing. */
enum pal_code pal_dir_each(const char *path,
                           enum pal_code (*each)(void *payload, const char *name, struct pal_err *err), void *payload,
                           struct pal_err *err) PAL_MUST_CHECK;
enum pal_code pal_fsync_dir(const char *path, struct pal_err *err) PAL_MUST_CHECK;

#endif
