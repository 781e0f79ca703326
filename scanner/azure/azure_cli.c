/* SPDX-License-Identifier: Apache-2.0 */
/*
 * azure_cli.c - azure-cli: the Azure CLI is asked for a token, once for each
 * tenant and audience. The program comes from the configuration or from where
 * packages put it, never from PATH, is started without a shell, and with an
 * environment of a few known names.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "credential.h"

enum { OUTPUT_MAX = 256 << 10, TIMEOUT_S = 90, STEP_MS = 100, VARIABLES_MAX = 32 };

static const char *const fixed_places[] = {"/usr/bin/az", "/usr/local/bin/az", "/opt/az/bin/az",
                                           "/usr/lib/azure-cli/bin/az"};

/* --- which program --- */

static enum pal_code judge(const char *path, struct pal_err *err) {
  struct stat st;
  if (stat(path, &st) != 0)
    return pal_err_set(err, PAL_E_CONFIG, "%s: %s", path, strerror(errno));
  if ((st.st_uid != geteuid() && st.st_uid != 0) || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return pal_err_set(err, PAL_E_CONFIG, "%s: others may write it; it must belong to you or root", path);
  return PAL_OK;
}

/* The program and the folders above it: whoever may write one of them may put another program there. */
static enum pal_code judge_program(const char *given, char real[PATH_MAX], struct pal_err *err) {
  struct stat st;
  if (!realpath(given, real))
    return pal_err_set(err, PAL_E_CONFIG, "%s: %s", given, strerror(errno));
  if (stat(real, &st) != 0 || !S_ISREG(st.st_mode) || access(real, X_OK) != 0)
    return pal_err_set(err, PAL_E_CONFIG, "%s: is no program", given);
  char part[PATH_MAX];
  (void)snprintf(part, sizeof part, "%s", real);
  enum pal_code code = judge(part, err);
  for (char *slash; code == PAL_OK && (slash = strrchr(part, '/')) != NULL;) {
    *slash = '\0';
    if (stat(*part ? part : "/", &st) == 0 && (st.st_mode & S_ISVTX) != 0)
      continue; /* as /tmp: only its owner replaces what stands there */
    code = judge(*part ? part : "/", err);
  }
  return code;
}

enum pal_code azure_cli_load(struct credential *credential, const struct credential_source *source,
                             struct pal_err *err) {
  const char *given = pal_get_text(source->config, PAL_CREDENTIAL_AZ_PATH);
  char real[PATH_MAX];
  for (size_t i = 0; !given && i < sizeof fixed_places / sizeof fixed_places[0]; i++)
    if (access(fixed_places[i], F_OK) == 0)
      given = fixed_places[i];
  if (!given)
    return pal_err_set(err, PAL_E_CONFIG,
                       "identity %s: the Azure CLI is not installed where packages put it: name it as "
                       "azPath",
                       credential->name);
  if (given[0] != '/')
    return pal_err_set(err, PAL_E_CONFIG, "identity %s: azPath %s: not an absolute path", credential->name, given);
  enum pal_code code = judge_program(given, real, err);
  if (code != PAL_OK)
    return pal_err_wrap(err, "identity %s: azPath", credential->name);
  credential->file = strdup(real);
  return credential->file ? PAL_OK : pal_err_nomem(err);
}

/* --- asking --- */

/* What the Azure CLI needs to find its sign-in and its way out. */
static size_t make_environment(char *variables[VARIABLES_MAX + 1], char text[VARIABLES_MAX][PATH_MAX]) {
  static const char *const kept[] = {"HOME",          "USER",         "AZURE_CONFIG_DIR",  "TMPDIR",
                                     "https_proxy",   "HTTPS_PROXY",  "http_proxy",        "HTTP_PROXY",
                                     "no_proxy",      "NO_PROXY",     "all_proxy",         "ALL_PROXY",
                                     "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"};
  static const char *const set[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8", "AZURE_CORE_NO_COLOR=true",
                                    "AZURE_CORE_COLLECT_TELEMETRY=false", "AZURE_CORE_LOGIN_EXPERIENCE_V2=false"};
  size_t n = 0;
  for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
    const char *value = getenv(kept[i]);
    int len = value ? snprintf(text[n], PATH_MAX, "%s=%s", kept[i], value) : -1;
    if (len >= 0 && len < PATH_MAX)
      n++;
  }
  for (size_t i = 0; i < sizeof set / sizeof set[0]; i++)
    (void)snprintf(text[n++], PATH_MAX, "%s", set[i]);
  for (size_t i = 0; i < n; i++)
    variables[i] = text[i];
  variables[n] = NULL;
  return n;
}

static bool open_pipe(int ends[2]) {
  return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0; /* pipe2() is no POSIX yet */
}

static void close_pipe(int ends[2]) {
  for (int i = 0; i < 2; i++)
    if (ends[i] >= 0)
      (void)close(ends[i]);
}

static pid_t start(const struct credential_fetch *fetch, int out, int talk) {
  static const char *const fixed[] = {"account", "get-access-token", "--output", "json", "--tenant"};
  const char *program = fetch->credential->file;
  char *arguments[] = {
      strdup(program),  strdup(fixed[0]),      strdup(fixed[1]),     strdup(fixed[2]),        strdup(fixed[3]),
      strdup(fixed[4]), strdup(fetch->tenant), strdup("--resource"), strdup(fetch->audience), NULL};
  char(*text)[PATH_MAX] = calloc(VARIABLES_MAX, PATH_MAX);
  char *variables[VARIABLES_MAX + 1];
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none;
  pid_t pid = -1;
  size_t n = sizeof arguments / sizeof arguments[0] - 1;
  bool good = text != NULL;
  for (size_t i = 0; i < n; i++)
    good = good && arguments[i];
  if (good) {
    (void)make_environment(variables, text);
    (void)sigemptyset(&none);
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawnattr_init(&attributes);
    (void)posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    (void)posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    (void)posix_spawn_file_actions_adddup2(&actions, talk, STDERR_FILENO);
    (void)posix_spawnattr_setsigmask(&attributes, &none);
    (void)posix_spawnattr_setpgroup(&attributes, 0); /* what it starts ends with it */
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    if (posix_spawn(&pid, program, &actions, &attributes, arguments, variables) != 0)
      pid = -1;
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&actions);
  }
  for (size_t i = 0; i < n; i++)
    free(arguments[i]);
  free(text);
  return pid;
}

/* False at the end of what comes. */
static bool read_some(int fd, struct pal_buf *into) {
  char chunk[4096];
  ssize_t n = read(fd, chunk, sizeof chunk);
  if (n > 0)
    pal_buf_add(into, chunk, (size_t)n);
  explicit_bzero(chunk, sizeof chunk);
  return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

static long long now_ms(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads both until both have ended. False: it took too long, said too much, or palscan is to stop. */
static bool read_both(int out, int talk, struct pal_buf *answer, struct pal_buf *words, unsigned seconds,
                      const pal_stop *stop) {
  struct pollfd fds[] = {{.fd = out, .events = POLLIN}, {.fd = talk, .events = POLLIN}};
  long long end = now_ms() + seconds * 1000LL;
  while (fds[0].fd >= 0 || fds[1].fd >= 0) {
    if (atomic_load(stop) || now_ms() > end || answer->bad || words->bad)
      return false;
    if (poll(fds, 2, STEP_MS) <= 0)
      continue;
    if (fds[0].revents && !read_some(out, answer))
      fds[0].fd = -1;
    if (fds[1].revents && !read_some(talk, words))
      fds[1].fd = -1;
  }
  return true;
}

static void say(struct credential_fetch *fetch, const char *error, long long number) {
  pal_buf_wipe(&fetch->answer);
  pal_buf_printf(&fetch->answer, "{\"error\":\"%s\"", error);
  if (number > 0)
    pal_buf_printf(&fetch->answer, ",\"error_codes\":[%lld]", number);
  pal_buf_putc(&fetch->answer, '}');
  fetch->status = 400;
}

/* The Azure CLI passes on what the token endpoint said. */
static void say_why(struct credential_fetch *fetch, const struct pal_buf *words) {
  const char *code = strstr(words->data, "AADSTS");
  if (code && code[6] >= '1' && code[6] <= '9')
    say(fetch, "invalid_grant", strtoll(code + 6, NULL, 10));
  else if (strstr(words->data, "az login"))
    say(fetch, "az_login_needed", 0);
  else
    say(fetch, "az_failed", 0);
}

void azure_cli_fetch_within(struct credential_fetch *fetch, unsigned seconds, const pal_stop *stop) {
  int out[2] = {-1, -1}, talk[2] = {-1, -1}, status = 0;
  struct pal_buf words;
  pal_buf_init(&words, OUTPUT_MAX);
  pid_t pid = open_pipe(out) && open_pipe(talk) ? start(fetch, out[1], talk[1]) : -1;
  for (int i = 0; i < 2; i++) {
    int *end = i ? &talk[1] : &out[1];
    if (*end >= 0)
      (void)close(*end);
    *end = -1;
  }
  bool whole = pid > 0 && read_both(out[0], talk[0], &fetch->answer, &words, seconds, stop);
  if (pid > 0 && !whole)
    (void)kill(-pid, SIGKILL);
  while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
    ;
  close_pipe(out);
  close_pipe(talk);
  if (pid <= 0)
    say(fetch, "az_not_started", 0);
  else if (!whole)
    say(fetch, fetch->answer.bad || words.bad ? "az_failed" : "az_timeout", 0);
  else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    say_why(fetch, &words);
  else
    fetch->status = 200;
  pal_buf_wipe(&words);
}

void azure_cli_fetch(struct credential_fetch *fetch, const pal_stop *stop) {
  azure_cli_fetch_within(fetch, TIMEOUT_S, stop);
}

/* {"accessToken":…,"expires_on":…}: the other date has no zone. */
enum pal_code azure_cli_settle(struct credential_fetch *fetch, struct pal_err *err) {
  struct pal_json_doc *doc = NULL;
  int64_t ends = 0;
  if (fetch->status != 200)
    return PAL_OK;
  enum pal_code code =
      pal_json_parse(fetch->answer.data, fetch->answer.len, "az", PAL_JSON_STRICT_UTF8, OUTPUT_MAX, &doc, NULL);
  if (code == PAL_E_NOMEM)
    return pal_err_nomem(err);
  const pal_json *root = code == PAL_OK ? pal_json_root(doc) : NULL;
  const char *token = pal_json_text(pal_json_get(root, "accessToken"));
  struct pal_buf answer;
  pal_buf_init(&answer, OUTPUT_MAX);
  if (token) {
    pal_buf_puts(&answer, "{\"access_token\":");
    pal_json_escape(&answer, token);
    if (pal_json_int(pal_json_get(root, "expires_on"), &ends))
      pal_buf_printf(&answer, ",\"expires_on\":%lld", (long long)ends);
    pal_buf_putc(&answer, '}');
  }
  pal_buf_wipe(&fetch->answer);
  pal_buf_add(&fetch->answer, answer.data, answer.len);
  pal_buf_wipe(&answer);
  if (!token)
    say(fetch, "az_failed", 0);
  pal_json_doc_free(doc);
  return pal_buf_check(&fetch->answer, "the answer of az", err);
}
