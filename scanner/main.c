/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - hardens the process, hands over to the command, prints the one error. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli.h"
#include "pal_log.h"
#include "pal_text.h"

static volatile int stop_requested;

/* Once: stop in order. Twice: at once, which loses nothing that was journalled. */
static void on_signal(int number) {
  (void)number;
  if (stop_requested)
    _exit(pal_code_exit_status(PAL_E_INTERRUPTED));
  stop_requested = 1;
}

/* No core and no debugger may carry a secret away, and no library may be told
 * by the environment to write keys to a file or to load code. */
static void harden(void) {
  struct rlimit none = {0, 0};
  (void)setrlimit(RLIMIT_CORE, &none);
  (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  (void)unsetenv("SSLKEYLOGFILE");
  (void)unsetenv("OPENSSL_CONF");
  (void)unsetenv("OPENSSL_MODULES");
  (void)unsetenv("OPENSSL_ENGINES");

  struct sigaction action = {0};
  action.sa_handler = on_signal;
  (void)sigemptyset(&action.sa_mask);
  (void)sigaction(SIGINT, &action, NULL);
  (void)sigaction(SIGTERM, &action, NULL);
  action.sa_handler = SIG_IGN;
  (void)sigaction(SIGPIPE, &action, NULL);
  (void)sigaction(SIGXFSZ, &action, NULL); /* a limit on file sizes is an error like a full disk */
}

static void print_error(const struct pal_err *err) {
  struct pal_buf redacted, line;
  pal_buf_init(&redacted, 2 * PAL_ERR_TEXT_MAX);
  pal_buf_init(&line, 16 * PAL_ERR_TEXT_MAX);
  const char *text = err->text[0] != '\0' ? err->text : pal_code_text(err->code);
  pal_redact(&redacted, text, strlen(text));
  pal_term_escape(&line, redacted.data);
  (void)fprintf(stderr, "palscan: %s\n", line.data);
  pal_buf_deinit(&line);
  pal_buf_deinit(&redacted);
}

int main(int argc, char **argv) {
  harden();
  struct pal_err err = {0};
  int status = pal_cli_main(argc, argv, &stop_requested, &err);
  if (err.code != PAL_OK)
    print_error(&err);
  pal_secret_forget_all();
  return status;
}
