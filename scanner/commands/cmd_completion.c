/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_completion.c - palscan completion: shell completions from the rows that parse. */
#include <string.h>

#include "cli.h"

static const struct pal_opt *opt_at(const struct pal_command *command, size_t i) {
  return i < command->opts_n ? &command->opts[i] : &pal_common_opts[i - command->opts_n];
}

static size_t opts_n(const struct pal_command *command) {
  return command->opts_n + pal_common_opts_n;
}

static void bash(FILE *out) {
  (void)fputs("# bash completion of palscan\n_palscan() {\n  local cur=${COMP_WORDS[COMP_CWORD]} word command=\n"
              "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do case $word in -*) ;; *) command=$word; break ;; "
              "esac; done\n  case $command in\n",
              out);
  for (size_t i = 0; pal_commands[i] != NULL; i++) {
    (void)fprintf(out, "    %s) COMPREPLY=($(compgen -W '", pal_commands[i]->name);
    for (size_t k = 0; k < opts_n(pal_commands[i]); k++)
      (void)fprintf(out, "%s--%s", k > 0 ? " " : "", opt_at(pal_commands[i], k)->name);
    (void)fputs("' -- \"$cur\")) ;;\n", out);
  }
  (void)fputs("    *) COMPREPLY=($(compgen -W '", out);
  for (size_t i = 0; pal_commands[i] != NULL; i++)
    (void)fprintf(out, "%s%s", i > 0 ? " " : "", pal_commands[i]->name);
  (void)fputs("' -- \"$cur\")) ;;\n  esac\n}\ncomplete -o default -F _palscan palscan\n", out);
}

static void quoted(FILE *out, const char *text) {
  for (; *text != '\0'; text++) {
    if (*text == '\'')
      (void)fputs("'\\''", out);
    else if (*text == '[' || *text == ']' || *text == ':')
      (void)fprintf(out, "\\%c", *text);
    else
      (void)fputc(*text, out);
  }
}

static void zsh(FILE *out) {
  (void)fputs("#compdef palscan\nlocal -a commands\ncommands=(\n", out);
  for (size_t i = 0; pal_commands[i] != NULL; i++) {
    (void)fprintf(out, "  '%s:", pal_commands[i]->name);
    quoted(out, pal_commands[i]->summary);
    (void)fputs("'\n", out);
  }
  (void)fputs(")\nif (( CURRENT == 2 )); then _describe command commands; return; fi\ncase $words[2] in\n", out);
  for (size_t i = 0; pal_commands[i] != NULL; i++) {
    (void)fprintf(out, "  %s) _arguments", pal_commands[i]->name);
    for (size_t k = 0; k < opts_n(pal_commands[i]); k++) {
      const struct pal_opt *opt = opt_at(pal_commands[i], k);
      (void)fprintf(out, " '--%s%s[", opt->name, opt->arg != NULL ? "=" : "");
      quoted(out, opt->help);
      (void)fprintf(out, "]%s%s'", opt->arg != NULL ? ":" : "", opt->arg != NULL ? opt->arg : "");
    }
    (void)fputs(" '*:file:_files' ;;\n", out);
  }
  (void)fputs("esac\n", out);
}

static void fish_quoted(FILE *out, const char *text) {
  for (; *text != '\0'; text++) {
    if (*text == '\'' || *text == '\\')
      (void)fputc('\\', out);
    (void)fputc(*text, out);
  }
}

static void fish(FILE *out) {
  for (size_t i = 0; pal_commands[i] != NULL; i++) {
    (void)fprintf(out, "complete -c palscan -n __fish_use_subcommand -a %s -d '", pal_commands[i]->name);
    fish_quoted(out, pal_commands[i]->summary);
    (void)fputs("'\n", out);
    for (size_t k = 0; k < opts_n(pal_commands[i]); k++) {
      const struct pal_opt *opt = opt_at(pal_commands[i], k);
      (void)fprintf(out, "complete -c palscan -n '__fish_seen_subcommand_from %s' -l %s%s -d '", pal_commands[i]->name,
                    opt->name, opt->arg != NULL ? " -r" : "");
      fish_quoted(out, opt->help);
      (void)fputs("'\n", out);
    }
  }
}

static enum pal_code run(struct pal_cli *cli, struct pal_err *err) {
  static const struct {
    const char *name;
    void (*print)(FILE *);
  } shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};
  for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
    if (strcmp(shells[i].name, cli->args[0]) != 0)
      continue;
    struct pal_output output;
    enum pal_code code = pal_cli_text_only(cli, "completion", false, err);
    if (code == PAL_OK)
      code = pal_output_open(cli, &output, err);
    if (code != PAL_OK)
      return code;
    shells[i].print(output.file);
    return pal_output_close(&output, PAL_OK, err);
  }
  return pal_err_set(err, PAL_E_USAGE, "completion: \"%s\" is none of bash, zsh, fish", cli->args[0]);
}

const struct pal_command pal_command_completion = {
    .name = "completion",
    .args = "bash|zsh|fish",
    .summary = "shell completions",
    .help = "Prints a completion script. For bash: palscan completion bash > /etc/bash_completion.d/palscan",
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
