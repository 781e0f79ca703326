/* SPDX-License-Identifier: Apache-2.0 */
/*
 * notify_command.c - a digest as JSON on the standard input of a program of the
 * operator's. It is started without a shell, in a process group of its own and
 * with an environment of a few known names; its output is thrown away.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "notify_way.h"
#include "run_end.h"

enum { ARGUMENTS_MAX = 64, VARIABLES_MAX = 8, TIMEOUT_MS = 60000, STEP_MS = 20 };

/* --- which program --- */

/* The program and the folders above it: whoever may write one of them may put another program there. */
static enum pal_code judge_program(const char *program, struct pal_err *err) {
  char part[PATH_MAX];
  struct stat st;
  if (program[0] != '/')
    return pal_err_set(err, PAL_E_CONFIG, "command: %s: not an absolute path", program);
  if (realpath(program, part) == NULL)
    return pal_err_set(err, PAL_E_CONFIG, "command: %s: %s", program, strerror(errno));
  if (stat(part, &st) != 0 || !S_ISREG(st.st_mode) || access(part, X_OK) != 0)
    return pal_err_set(err, PAL_E_CONFIG, "command: %s: is no program", program);
  enum pal_code code = pal_app_check_owner(part, err);
  for (char *slash; code == PAL_OK && (slash = strrchr(part, '/')) != NULL;) {
    *slash = '\0';
    const char *folder = part[0] != '\0' ? part : "/";
    if (stat(folder, &st) == 0 && (st.st_mode & S_ISVTX) != 0)
      continue; /* as /tmp: only its owner replaces what stands there */
    code = pal_app_check_owner(folder, err);
  }
  return code == PAL_OK ? PAL_OK : pal_err_wrap(err, "command");
}

static enum pal_code read_arguments(const struct pal_app *app, const char *json, const char *const **ret,
                                    struct pal_err *err) {
  struct pal_json_doc *doc = NULL;
  const char **arguments = pal_arena_calloc(app->arena, ARGUMENTS_MAX + 1, sizeof(*arguments));
  enum pal_code code =
      arguments != NULL ? pal_json_parse(json, strlen(json), "command", 0, 0, &doc, err) : pal_err_nomem(err);
  if (code != PAL_OK)
    return code;
  const pal_json *root = pal_json_root(doc);
  size_t n = 0;
  bool good =
      pal_json_type(root) == PAL_JSON_ARRAY && pal_json_count(root) > 0 && pal_json_count(root) <= ARGUMENTS_MAX;
  for (const pal_json *item = good ? pal_json_first(root) : NULL; good && item != NULL; item = pal_json_next(item)) {
    const char *text = pal_json_text(item);
    good = text != NULL;
    if (good && (arguments[n++] = pal_arena_strdup(app->arena, text)) == NULL)
      code = pal_err_nomem(err);
  }
  if (!good)
    code = pal_err_set(err, PAL_E_CONFIG, "command: not a list of 1 to %d texts: the program and its arguments",
                       (int)ARGUMENTS_MAX);
  pal_json_doc_free(doc);
  *ret = arguments;
  return code;
}

static enum pal_code load(const struct pal_app *app, struct receiver *receiver, struct pal_err *err) {
  const char *json = NULL;
  enum pal_code code = notify_require(receiver, PAL_NOTIFY_CONFIG_COMMAND, &json, err);
  if (code == PAL_OK)
    code = read_arguments(app, json, &receiver->arguments, err);
  return code == PAL_OK ? judge_program(receiver->arguments[0], err) : code;
}

/* --- start --- */

static size_t make_environment(struct pal_arena *arena, char *variables[VARIABLES_MAX + 1]) {
  static const char *const kept[] = {"HOME", "USER", "TMPDIR", "TZ"};
  static const char *const set[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8"};
  size_t n = 0;
  for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
    const char *value = getenv(kept[i]);
    if (value != NULL && (variables[n] = pal_arena_printf(arena, "%s=%s", kept[i], value)) != NULL)
      n++;
  }
  for (size_t i = 0; i < sizeof set / sizeof set[0]; i++)
    if ((variables[n] = pal_arena_strdup(arena, set[i])) != NULL)
      n++;
  variables[n] = NULL;
  return n;
}

/* The id of the process, or -1. */
static pid_t start(struct pal_arena *arena, const char *const *arguments, int in) {
  char *own[ARGUMENTS_MAX + 1] = {NULL}, *variables[VARIABLES_MAX + 1];
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none, usual;
  pid_t pid = -1;
  for (size_t i = 0; arguments[i] != NULL; i++)
    if ((own[i] = pal_arena_strdup(arena, arguments[i])) == NULL)
      return -1;
  (void)make_environment(arena, variables);
  (void)sigemptyset(&none);
  (void)sigemptyset(&usual);
  (void)sigaddset(&usual, SIGPIPE); /* palscan ignores these, which would be inherited */
  (void)sigaddset(&usual, SIGXFSZ);
  (void)posix_spawn_file_actions_init(&actions);
  (void)posix_spawnattr_init(&attributes);
  (void)posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  (void)posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  (void)posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  (void)posix_spawnattr_setsigmask(&attributes, &none);
  (void)posix_spawnattr_setsigdefault(&attributes, &usual);
  (void)posix_spawnattr_setpgroup(&attributes, 0); /* what it starts ends with it */
  (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  if (posix_spawn(&pid, own[0], &actions, &attributes, own, variables) != 0)
    pid = -1;
  (void)posix_spawnattr_destroy(&attributes);
  (void)posix_spawn_file_actions_destroy(&actions);
  return pid;
}

/* --- feed, wait --- */

struct feed {
  int fd;
  const char *bytes;
  size_t len, at;
};

/* Writes what fits; closes at the end, or when the program does not read any more, which is its own affair. */
static void feed_some(struct feed *feed) {
  struct pollfd poll_fd = {.fd = feed->fd, .events = POLLOUT};
  if (poll(&poll_fd, 1, STEP_MS) <= 0)
    return;
  ssize_t n = write(feed->fd, feed->bytes + feed->at, feed->len - feed->at);
  if (n > 0)
    feed->at += (size_t)n;
  if (feed->at == feed->len || (n < 0 && errno != EAGAIN && errno != EINTR)) {
    (void)close(feed->fd);
    feed->fd = -1;
  }
}

/* False: it took too long, or palscan is to stop. */
static bool wait_for(pid_t pid, struct feed *feed, const volatile int *stop, int *ret_status) {
  long long end = pal_run_now_ms() + TIMEOUT_MS;
  for (;;) {
    pid_t ended = waitpid(pid, ret_status, WNOHANG);
    if (ended == pid)
      return true;
    if ((ended < 0 && errno != EINTR) || pal_run_now_ms() > end || (stop != NULL && *stop))
      return false;
    if (feed->fd >= 0)
      feed_some(feed);
    else
      (void)poll(NULL, 0, STEP_MS);
  }
}

static bool open_pipe(int ends[2]) {
  if (pipe(ends) != 0)
    return false;
  return fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 && fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0 &&
         fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0;
}

static enum pal_code run_it(struct pal_arena *arena, const struct receiver *receiver, const char *bytes, size_t len,
                            struct pal_err *err) {
  int ends[2] = {-1, -1}, status = 0;
  pid_t pid = open_pipe(ends) ? start(arena, receiver->arguments, ends[0]) : -1;
  if (ends[0] >= 0)
    (void)close(ends[0]);
  struct feed feed = {.fd = ends[1], .bytes = bytes, .len = len};
  bool ended = pid > 0 && wait_for(pid, &feed, receiver->stop, &status);
  if (feed.fd >= 0)
    (void)close(feed.fd);
  if (pid <= 0)
    return pal_err_set(err, PAL_E_IO, "%s could not be started", receiver->arguments[0]);
  if (!ended) {
    (void)kill(-pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
      ;
    return pal_err_set(err, PAL_E_IO, "%s was ended: it took too long", receiver->arguments[0]);
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
    return PAL_OK;
  return pal_err_set(err, PAL_E_IO, "%s failed, %s %d", receiver->arguments[0],
                     WIFEXITED(status) ? "exit status" : "signal",
                     WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

static enum pal_code send_it(const struct receiver *receiver, const struct pal_digest *digest, struct pal_err *err) {
  char *text = NULL;
  size_t len = 0;
  struct pal_arena *arena = pal_arena_new(0);
  if (arena == NULL)
    return pal_err_nomem(err);
  enum pal_code code = notify_print(pal_medium_find("json"), digest, &text, &len, err);
  if (code == PAL_OK)
    code = run_it(arena, receiver, text, len, err);
  free(text);
  pal_arena_free(arena);
  return code;
}

const struct way notify_command = {"command", load, send_it};
