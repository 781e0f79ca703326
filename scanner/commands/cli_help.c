/* SPDX-License-Identifier: Apache-2.0 */
/* cli_help.c - --help from the rows that parse. */
#include <string.h>

#include "cli.h"
#include "version.h"

enum { HELP_COLUMN = 28, HELP_WIDTH = 96 };

static void wrapped(FILE *out, const char *text, size_t column, size_t indent) {
  struct pal_buf buf;
  pal_buf_init(&buf, 64 << 10);
  pal_wrap(&buf, text, column, indent, HELP_WIDTH);
  (void)fprintf(out, "%s\n", buf.data);
  pal_buf_deinit(&buf);
}

static void option_line(FILE *out, const struct pal_opt *opt) {
  char left[96];
  size_t n = 0;
  n = opt->letter != 0 ? (size_t)snprintf(left, sizeof(left), "  -%c, --%s", opt->letter, opt->name)
                       : (size_t)snprintf(left, sizeof(left), "      --%s", opt->name);
  if (opt->arg != NULL)
    n += (size_t)snprintf(left + n, sizeof(left) - n, " %s", opt->arg);
  (void)fputs(left, out);
  if (n + 2 > HELP_COLUMN) {
    (void)fputs("\n", out);
    n = 0;
  }
  for (; n < HELP_COLUMN; n++)
    (void)fputc(' ', out);
  bool say = opt->no_environment && strcmp(opt->name, "help") != 0;
  char help[512];
  (void)snprintf(help, sizeof(help), "%s%s", opt->help, say ? " Not from the environment." : "");
  wrapped(out, help, HELP_COLUMN, HELP_COLUMN);
}

void pal_help_program(FILE *out) {
  (void)fprintf(out,
                "palscan %s - which identities carry our partner link, is it the right ID, does it earn anything?\n\n"
                "Usage: palscan [--config FILE] [--repository DIR] COMMAND [options]\n\nCommands:\n",
                PALSCAN_VERSION);
  for (size_t i = 0; pal_commands[i] != NULL; i++)
    (void)fprintf(out, "  %-12s %s\n", pal_commands[i]->name, pal_commands[i]->summary);
  (void)fputs("\nOptions of every command:\n", out);
  for (size_t i = 0; i < pal_common_opts_n; i++)
    option_line(out, &pal_common_opts[i]);
  (void)fputs(
      "      --version             Print the version and exit.\n"
      "\nExit status: 0 complete and nothing at or above --fail-on; 1 internal or I/O error; 2 usage or\n"
      "configuration; 3 findings; 4 incomplete; 5 no credential worked; 6 another run holds the lock;\n"
      "7 verification failed; 130 interrupted, can be resumed.\n"
      "\nEvery option also as PALSCAN_<OPTION>, unless its help says otherwise. The quickest look: palscan demo\n",
      out);
}

void pal_help_command(const struct pal_command *command, FILE *out) {
  (void)fprintf(out, "Usage: palscan %s%s%s [options]\n\n", command->name, command->args[0] != '\0' ? " " : "",
                command->args);
  wrapped(out, command->help, 0, 0);
  if (command->opts_n > 0) {
    (void)fputs("\nOptions:\n", out);
    for (size_t i = 0; i < command->opts_n; i++)
      option_line(out, &command->opts[i]);
  }
  (void)fputs("\nOptions of every command:\n", out);
  for (size_t i = 0; i < pal_common_opts_n; i++)
    option_line(out, &pal_common_opts[i]);
}
