/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_CLI_H
#define PAL_CLI_H
/*
 * cli.h - the command line: commands and options are rows; parsing, --help and
 * the test of the man pages read the same rows.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "pal_arena.h"
#include "pal_err.h"
#include "pal_report.h"

enum pal_opt_kind { PAL_OPT_FLAG, PAL_OPT_VALUE, PAL_OPT_LIST /* may be given several times */ };

struct pal_opt {
  const char *name; /* long name without dashes */
  char letter;      /* 0: none */
  enum pal_opt_kind kind;
  const char *arg;          /* "FILE"; NULL for flags */
  const char *help;         /* one sentence */
  const char *const *words; /* allowed values, NULL-terminated; NULL: any */
  bool no_environment;      /* never taken from PALSCAN_<NAME> */
};

struct pal_cli;

struct pal_command {
  const char *name;
  const char *args;           /* "[DIR]" */
  const char *summary;        /* one line */
  const char *help;           /* paragraphs */
  const struct pal_opt *opts; /* its own, beside the common ones */
  size_t opts_n;
  int min_args, max_args;
  bool checks_output; /* itself, because its --output may be a folder */
  enum pal_code (*run)(struct pal_cli *cli, struct pal_err *err);
};

extern const struct pal_command *const pal_commands[]; /* NULL-terminated, in the order of --help */
extern const struct pal_opt pal_common_opts[];
extern const size_t pal_common_opts_n;

struct pal_cli {
  const struct pal_command *command;
  struct pal_arena *arena; /* lives as long as the command */
  const char **args;       /* positional */
  int args_n;
  int exit_status; /* set by a command that succeeded: 0, 3, 4 */
  const volatile int *stop;
  /* private */
  struct pal_cli_value *values;
  size_t values_n;
};

/* Runs the whole command line; returns the exit status. *err is filled on failure, never printed here. */
int pal_cli_main(int argc, char **argv, const volatile int *stop, struct pal_err *err);

/* Value of an option of this command or a common one: command line, then
 * PALSCAN_<NAME>; NULL when not given. Asking for an option the command does
 * not have is a programming error. */
const char *pal_cli_get(const struct pal_cli *cli, const char *name);
bool pal_cli_flag(const struct pal_cli *cli, const char *name);
/* A length of time such as 26h, 90m, 45s or 2d, in seconds, and a whole number; both leave *ret alone when the option
 * is not given. PAL_E_USAGE when it is none. */
enum pal_code pal_cli_seconds(const struct pal_cli *cli, const char *name, int64_t *ret, struct pal_err *err)
    PAL_MUST_CHECK;
enum pal_code pal_cli_number(const struct pal_cli *cli, const char *name, int min, int max, int *ret,
                             struct pal_err *err) PAL_MUST_CHECK;
/* All values of a PAL_OPT_LIST, in order; commas separate values too. */
struct pal_texts pal_cli_list(struct pal_cli *cli, const char *name);

/* For commands that print text only, and those that print to stdout only
 * (stdout_only): PAL_E_USAGE when the command line asks for something else.
 * PALSCAN_FORMAT and PALSCAN_OUTPUT are meant for other commands and ignored. */
enum pal_code pal_cli_text_only(const struct pal_cli *cli, const char *what, bool stdout_only, struct pal_err *err)
    PAL_MUST_CHECK;

/* Where results go: --output FILE through a temporary file, a device or pipe, or stdout. */
struct pal_output {
  FILE *file;
  const char *path;
  char *temporary;
};
/* Before a long run: whether --output can be opened at all. */
enum pal_code pal_output_check(const struct pal_cli *cli, struct pal_err *err) PAL_MUST_CHECK;
enum pal_code pal_output_open(struct pal_cli *cli, struct pal_output *ret, struct pal_err *err) PAL_MUST_CHECK;
/* The format first: one that is refused leaves no file. */
enum pal_code pal_output_begin(struct pal_cli *cli, const struct pal_format **ret_format, struct pal_output *ret,
                               struct pal_err *err) PAL_MUST_CHECK;
/* Closes; with PAL_OK so far in `code` publishes the file. Returns the first error. */
enum pal_code pal_output_close(struct pal_output *output, enum pal_code code, struct pal_err *err) PAL_MUST_CHECK;
/* Colour and width for that output (NO_COLOR, CLICOLOR_FORCE, TERM=dumb, --no-color, terminal). */
struct pal_style pal_cli_style(const struct pal_cli *cli, const struct pal_output *output);
/* What to type next, as it is to be typed here: with --config behind each "palscan " of the text when the command line
 * names one. The text itself, or in the command's arena; NULL on no memory. */
const char *pal_cli_hint(const struct pal_cli *cli, const char *text);
/* The chosen --format row, default text. */
enum pal_code pal_cli_format(const struct pal_cli *cli, const struct pal_format **ret, struct pal_err *err)
    PAL_MUST_CHECK;

/* cli_help.c */
void pal_help_program(FILE *out);
void pal_help_command(const struct pal_command *command, FILE *out);

#endif
