/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fault.c - a library to preload: the FAULT_AT-th call that changes what stands
 * on the disk is the last one (FAULT_KILL=1), or fails with errno FAULT_ERRNO.
 * With FAULT_COUNT the number of such calls is written to that file at exit.
 * Writes to files count only when FAULT_WRITES=1.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long calls;

static long number(const char *name) {
  const char *text = getenv(name);
  return text ? strtol(text, NULL, 10) : 0;
}

/* True when this call is to fail. */
static bool strikes(void) {
  if (atomic_fetch_add(&calls, 1) + 1 != number("FAULT_AT"))
    return false;
  if (number("FAULT_KILL"))
    (void)kill(getpid(), SIGKILL);
  errno = (int)number("FAULT_ERRNO");
  return true;
}

__attribute__((destructor)) static void tell(void) {
  const char *path = getenv("FAULT_COUNT");
  FILE *out = path ? fopen(path, "w") : NULL;
  if (!out)
    return;
  (void)fprintf(out, "%ld\n", atomic_load(&calls));
  (void)fclose(out);
}

/* The function of that name that comes after this library. */
#define NEXT(name)               \
  static __typeof__(&name) next; \
  if (!next)                     \
  *(void **)&next = dlsym(RTLD_NEXT, #name)

#define WRAP1(name, t1)              \
  int name(t1 a) {                   \
    NEXT(name);                      \
    return strikes() ? -1 : next(a); \
  }
#define WRAP2(name, t1, t2)             \
  int name(t1 a, t2 b) {                \
    NEXT(name);                         \
    return strikes() ? -1 : next(a, b); \
  }

/* clang-format off */
WRAP1(fsync, int)
WRAP1(fdatasync, int)
WRAP1(unlink, const char *)
WRAP1(rmdir, const char *)
WRAP2(rename, const char *, const char *)
WRAP2(link, const char *, const char *)
WRAP2(mkdir, const char *, mode_t)
WRAP2(ftruncate, int, off_t)
WRAP2(ftruncate64, int, off64_t)
/* clang-format on */

int unlinkat(int dir, const char *path, int flags) {
  NEXT(unlinkat);
  return strikes() ? -1 : next(dir, path, flags);
}

int renameat(int from_dir, const char *from, int to_dir, const char *to) {
  NEXT(renameat);
  return strikes() ? -1 : next(from_dir, from, to_dir, to);
}

static bool is_file(int fd) {
  struct stat st;
  return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

ssize_t write(int fd, const void *bytes, size_t len) {
  NEXT(write);
  return number("FAULT_WRITES") && is_file(fd) && strikes() ? -1 : next(fd, bytes, len);
}

/* Making a file. */
#define WRAP_OPEN(name)                                                   \
  int name(const char *path, int flags, ...) {                            \
    NEXT(name);                                                           \
    va_list args;                                                         \
    va_start(args, flags);                                                \
    mode_t mode = (flags & O_CREAT) ? (mode_t)va_arg(args, int) : 0;      \
    va_end(args);                                                         \
    return (flags & O_CREAT) && strikes() ? -1 : next(path, flags, mode); \
  }
/* clang-format off */
WRAP_OPEN(open)
WRAP_OPEN(open64)
/* clang-format on */
