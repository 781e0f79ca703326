/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_ERR_H
#define PAL_ERR_H
/*
 * pal_err.h - errors as values.
 *
 * A fallible function returns an enum pal_code (PAL_OK is zero) and takes a
 * `struct pal_err *` last. The struct is untouched on success; on failure it
 * says what was tried, on which object, and what to do. The caller owns it; no
 * allocation is needed to fill it. Nothing but main() prints it, once. Secrets
 * never enter a text: whoever builds a text leaves them out.
 */
#include <stddef.h>

#define PAL_MUST_CHECK __attribute__((warn_unused_result))
#define PAL_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* PAL_ERROR(code, name, default text, exit status, what the exit status means) */
#define PAL_ERRORS(X)                                                           \
  X(PAL_OK, "ok", "no error", 0)                                                \
  X(PAL_E_INTERNAL, "internal", "internal error", 1)                            \
  X(PAL_E_NOMEM, "memory", "out of memory", 1)                                  \
  X(PAL_E_IO, "io", "input or output failed", 1)                                \
  X(PAL_E_LIMIT, "limit", "a named maximum was exceeded", 1)                    \
  X(PAL_E_NOTFOUND, "not-found", "not found", 2)                                \
  X(PAL_E_USAGE, "usage", "wrong command line", 2)                              \
  X(PAL_E_CONFIG, "config", "wrong configuration", 2)                           \
  X(PAL_E_INPUT, "input", "an input file is wrong", 2)                          \
  X(PAL_E_NEWER, "newer", "written by a newer palscan", 2)                      \
  X(PAL_E_RECORDING, "recording", "an exchange is missing in the recording", 2) \
  X(PAL_E_OFFLINE, "offline", "a socket was asked for although offline", 2)     \
  X(PAL_E_DENIED, "denied", "the request is not on the allow-list", 1)          \
  X(PAL_E_NET, "net", "the exchange failed", 1)                                 \
  X(PAL_E_ANSWER, "answer", "an answer is malformed", 1)                        \
  X(PAL_E_CREDENTIAL, "credential", "no credential worked", 5)                  \
  X(PAL_E_LOCKED, "locked", "another run holds the lock", 6)                    \
  X(PAL_E_VERIFY, "verify", "verification failed", 7)                           \
  X(PAL_E_INTERRUPTED, "interrupted", "interrupted, can be resumed", 130)

enum pal_code {
#define X(code, name, text, status) code,
  PAL_ERRORS(X)
#undef X
};

enum { PAL_ERR_TEXT_MAX = 2048 };

struct pal_err {
  enum pal_code code;
  int status;       /* HTTP status or a library's own number, 0 if none */
  const char *file; /* where the error was made; static storage */
  int line;
  char text[PAL_ERR_TEXT_MAX]; /* cut with "…" when longer, always terminated */
};

/* Sets *err (which may be NULL) and returns code, so that callers write
 * `return pal_err_set(err, PAL_E_IO, "open %s: %s", path, strerror(errno));` */
#ifdef __clang_analyzer__
/* The analyzer sees one file at a time: what is returned is the code given, never PAL_OK. */
#define pal_err_set(err, code, ...) (pal_err_set_at((err), (code), __FILE__, __LINE__, __VA_ARGS__), (code))
#else
#define pal_err_set(err, code, ...) pal_err_set_at((err), (code), __FILE__, __LINE__, __VA_ARGS__)
#endif
enum pal_code pal_err_set_at(struct pal_err *err, enum pal_code code, const char *file, int line, const char *fmt, ...)
    PAL_PRINTF(5, 6);
/* Out of memory: no text to format. */
#define pal_err_nomem(err) pal_err_set((err), PAL_E_NOMEM, "out of memory")
/* Puts "context: " before the text of a failed call and returns its code;
 * does nothing when err is NULL or holds no error. */
enum pal_code pal_err_wrap(struct pal_err *err, const char *fmt, ...) PAL_PRINTF(2, 3);
/* Keeps the first error: copies `later` into *first only if *first is PAL_OK.
 * For results of close and cleanup calls. Returns first->code. */
enum pal_code pal_err_merge(struct pal_err *first, const struct pal_err *later);

/* Static strings; an unknown code is a programming error and asserts. */
const char *pal_code_name(enum pal_code code);
const char *pal_code_text(enum pal_code code);
int pal_code_exit_status(enum pal_code code);

#endif
