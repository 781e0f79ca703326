/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_scan.c - what one side of scan.sh takes, from outside of it.
 *
 *   bench_scan all|begin MARK SERVER COMMAND...
 *
 * runs the command and prints, as JSON, how it ended, its seconds, its processor
 * seconds and its peak of memory, and the processor seconds of the process SERVER
 * meanwhile; and the same up to the first line of its stderr that holds MARK, as
 * "mark". begin: it is killed there. stderr goes on to ours.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FILE_MAX = 4096 };

struct taken {
  double seconds, processor, server;
  long peak_kb;
};

static void die(const char *what) {
  perror(what);
  exit(EXIT_FAILURE);
}

static double now(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Of /proc/PID/NAME; empty when the process is gone. */
static void read_proc(pid_t pid, const char *name, char text[FILE_MAX]) {
  char path[64];
  (void)snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, name);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t n = fd >= 0 ? read(fd, text, FILE_MAX - 1) : 0;
  text[n > 0 ? n : 0] = '\0';
  if (fd >= 0)
    (void)close(fd);
}

static double processor_of(pid_t pid) {
  char text[FILE_MAX];
  unsigned long user = 0, kernel = 0;
  read_proc(pid, "stat", text);
  /* The name, in parentheses, may hold anything. */
  const char *rest = strrchr(text, ')');
  for (int field = 2; rest && field < 14; field++) {
    rest = strchr(rest + 1, ' ');
  }
  if (rest) {
    char *end;
    user = strtoul(rest, &end, 10);
    kernel = strtoul(end, NULL, 10);
  }
  return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

static long peak_of(pid_t pid) {
  char text[FILE_MAX];
  read_proc(pid, "status", text);
  const char *line = strstr(text, "VmHWM:");
  return line ? strtol(line + strlen("VmHWM:"), NULL, 10) : 0;
}

static void print(const char *name, const struct taken *taken, const char *after) {
  (void)printf("%s\"seconds\":%.3f,\"processor\":%.3f,\"server\":%.3f,\"peakKb\":%ld%s", name, taken->seconds,
               taken->processor, taken->server, taken->peak_kb, after);
}

static pid_t start(char **argv, int *ret_stderr) {
  int ends[2];
  if (pipe(ends) != 0)
    die("pipe");
  pid_t pid = fork();
  if (pid < 0)
    die("fork");
  if (pid == 0) {
    (void)dup2(ends[1], STDERR_FILENO);
    (void)close(ends[0]);
    (void)close(ends[1]);
    (void)dup2(STDERR_FILENO, STDOUT_FILENO);
    execvp(argv[0], argv);
    die(argv[0]);
  }
  (void)close(ends[1]);
  *ret_stderr = ends[0];
  return pid;
}

int main(int argc, char **argv) {
  if (argc < 5) {
    (void)fprintf(stderr, "usage: bench_scan all|begin MARK SERVER COMMAND...\n");
    return 2;
  }
  bool only_begin = strcmp(argv[1], "begin") == 0;
  pid_t server = (pid_t)strtol(argv[3], NULL, 10);
  struct taken mark = {.seconds = -1};
  double began = now(), server_before = processor_of(server);
  int said;
  pid_t pid = start(argv + 4, &said);
  FILE *lines = fdopen(said, "r");
  char line[FILE_MAX];
  while (lines && fgets(line, sizeof line, lines)) {
    if (mark.seconds < 0 && strstr(line, argv[2])) {
      mark = (struct taken){now() - began, processor_of(pid), processor_of(server) - server_before, peak_of(pid)};
      if (only_begin)
        (void)kill(pid, SIGKILL);
    }
    (void)fputs(line, stderr);
  }
  int status = 0;
  struct rusage usage;
  if (wait4(pid, &status, 0, &usage) != pid)
    die("wait4");
  struct taken all = {.seconds = now() - began,
                      .processor = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                                   (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
                      .server = processor_of(server) - server_before,
                      .peak_kb = usage.ru_maxrss};
  (void)printf("{\"status\":%d,", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  print("", &all, "");
  if (mark.seconds >= 0)
    print(",\"mark\":{", &mark, "}");
  (void)printf("}\n");
  return 0;
}
