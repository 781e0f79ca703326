/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pal_json.h"
#include "pal_log.h"
#include "version.h"

enum { HINT_MAX = 32 << 10 }; /* bytes of a sentence that names the longest path some times */

struct pal_cli_value {
  const struct pal_opt *opt;
  const char *text; /* "" for a flag */
};

#define COMMAND(ident) extern const struct pal_command pal_command_##ident;
#include "commands.def"
#undef COMMAND

const struct pal_command *const pal_commands[] = {
#define COMMAND(ident) &pal_command_##ident,
#include "commands.def"
#undef COMMAND
    NULL};

const struct pal_opt pal_common_opts[] = {
    {.name = "config", .kind = PAL_OPT_VALUE, .arg = "FILE", .help = "Read the configuration from FILE."},
    {.name = "repository",
     .kind = PAL_OPT_VALUE,
     .arg = "DIR",
     .help = "Use the snapshot repository DIR instead of the configured one."},
    {.name = "format",
     .letter = 'f',
     .kind = PAL_OPT_VALUE,
     .arg = "FORMAT",
     .help = "Print as text (default), json, csv or markdown; report knows html too."},
    {.name = "output",
     .letter = 'o',
     .kind = PAL_OPT_VALUE,
     .arg = "FILE",
     .help = "Write the result to FILE; - is stdout."},
    {.name = "quiet", .letter = 'q', .kind = PAL_OPT_FLAG, .help = "Say nothing on stderr but errors."},
    {.name = "verbose", .letter = 'v', .kind = PAL_OPT_FLAG, .help = "Say more on stderr."},
    {.name = "no-color", .kind = PAL_OPT_FLAG, .help = "No colour, also on a terminal."},
    {.name = "help", .letter = 'h', .kind = PAL_OPT_FLAG, .help = "Print help and exit.", .no_environment = true},
};
const size_t pal_common_opts_n = sizeof(pal_common_opts) / sizeof(pal_common_opts[0]);

static const struct pal_opt *find_in(const struct pal_opt *opts, size_t n, const char *name, size_t len) {
  for (size_t i = 0; i < n; i++)
    if (strlen(opts[i].name) == len && memcmp(opts[i].name, name, len) == 0)
      return &opts[i];
  return NULL;
}

static const struct pal_opt *find_opt(const struct pal_command *command, const char *name, size_t len) {
  const struct pal_opt *opt = command != NULL ? find_in(command->opts, command->opts_n, name, len) : NULL;
  return opt != NULL ? opt : find_in(pal_common_opts, pal_common_opts_n, name, len);
}

static const struct pal_opt *find_letter(const struct pal_command *command, char letter) {
  for (size_t i = 0; command != NULL && i < command->opts_n; i++)
    if (command->opts[i].letter == letter)
      return &command->opts[i];
  for (size_t i = 0; i < pal_common_opts_n; i++)
    if (pal_common_opts[i].letter == letter)
      return &pal_common_opts[i];
  return NULL;
}

static enum pal_code check_word(const struct pal_opt *opt, const char *text, const char *where, struct pal_err *err) {
  if (opt->words == NULL)
    return PAL_OK;
  char list[256] = "";
  for (size_t i = 0; opt->words[i] != NULL; i++) {
    if (strcmp(opt->words[i], text) == 0)
      return PAL_OK;
    (void)snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", i > 0 ? ", " : "", opt->words[i]);
  }
  return pal_err_set(err, PAL_E_USAGE, "%s%s: \"%s\" is none of %s", where, opt->name, text, list);
}

static enum pal_code add_value(struct pal_cli *cli, const struct pal_opt *opt, const char *text, struct pal_err *err) {
  if (opt->kind != PAL_OPT_LIST)
    for (size_t i = 0; i < cli->values_n; i++)
      if (cli->values[i].opt == opt && opt->kind == PAL_OPT_VALUE)
        return pal_err_set(err, PAL_E_USAGE, "--%s is given twice", opt->name);
  struct pal_cli_value *grown = realloc(cli->values, (cli->values_n + 1) * sizeof(*grown));
  if (grown == NULL)
    return pal_err_nomem(err);
  cli->values = grown;
  cli->values[cli->values_n++] = (struct pal_cli_value){opt, text};
  return check_word(opt, text, "--", err);
}

static enum pal_code unknown_option(const struct pal_command *command, const char *name, size_t len,
                                    struct pal_err *err) {
  const char *names[128];
  size_t n = 0;
  for (size_t i = 0; command != NULL && i < command->opts_n; i++)
    names[n++] = command->opts[i].name;
  for (size_t i = 0; i < pal_common_opts_n; i++)
    names[n++] = pal_common_opts[i].name;
  char word[64];
  (void)snprintf(word, sizeof(word), "%.*s", (int)len, name);
  const char *near = pal_nearest(word, names, n);
  const char *of = command != NULL ? command->name : "";
  const char *gap = command != NULL ? " " : "";
  if (near != NULL)
    return pal_err_set(err, PAL_E_USAGE, "unknown option --%s: did you mean --%s? (palscan %s%s--help lists all)", word,
                       near, of, gap);
  return pal_err_set(err, PAL_E_USAGE, "unknown option --%s (palscan %s%s--help lists all)", word, of, gap);
}

/* One argument that opens with a dash; *ret_used tells whether the next was its value. */
static enum pal_code parse_option(struct pal_cli *cli, const char *arg, const char *next, bool *ret_used,
                                  struct pal_err *err) {
  *ret_used = false;
  if (arg[1] == '-') {
    const char *name = arg + 2, *equals = strchr(name, '=');
    size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);
    const struct pal_opt *opt = find_opt(cli->command, name, len);
    if (opt == NULL)
      return unknown_option(cli->command, name, len, err);
    if (opt->kind == PAL_OPT_FLAG) {
      if (equals != NULL)
        return pal_err_set(err, PAL_E_USAGE, "--%s takes no value", opt->name);
      return add_value(cli, opt, "", err);
    }
    if (equals != NULL)
      return add_value(cli, opt, equals + 1, err);
    if (next == NULL)
      return pal_err_set(err, PAL_E_USAGE, "--%s needs a value: --%s %s", opt->name, opt->name, opt->arg);
    *ret_used = true;
    return add_value(cli, opt, next, err);
  }
  for (const char *letter = arg + 1; *letter != '\0'; letter++) {
    const struct pal_opt *opt = find_letter(cli->command, *letter);
    if (opt == NULL)
      return pal_err_set(err, PAL_E_USAGE, "unknown option -%c", *letter);
    if (opt->kind == PAL_OPT_FLAG) {
      enum pal_code code = add_value(cli, opt, "", err);
      if (code != PAL_OK)
        return code;
      continue;
    }
    if (letter[1] != '\0')
      return add_value(cli, opt, letter + 1, err);
    if (next == NULL)
      return pal_err_set(err, PAL_E_USAGE, "-%c needs a value: -%c %s", *letter, *letter, opt->arg);
    *ret_used = true;
    return add_value(cli, opt, next, err);
  }
  return PAL_OK;
}

static const struct pal_command *find_command(const char *name) {
  for (size_t i = 0; pal_commands[i] != NULL; i++)
    if (strcmp(pal_commands[i]->name, name) == 0)
      return pal_commands[i];
  return NULL;
}

static enum pal_code unknown_command(const char *name, struct pal_err *err) {
  static const char *const later[] = {"merge", "history", "review", "report", "evidence", "remediate", NULL};
  for (size_t i = 0; later[i] != NULL; i++)
    if (strcmp(later[i], name) == 0)
      return pal_err_set(err, PAL_E_USAGE, "%s is not part of this version (palscan --help lists what is)", name);
  const char *names[64];
  size_t n = 0;
  for (size_t i = 0; pal_commands[i] != NULL; i++)
    names[n++] = pal_commands[i]->name;
  const char *near = pal_nearest(name, names, n);
  if (near != NULL)
    return pal_err_set(err, PAL_E_USAGE, "unknown command \"%s\": did you mean %s?", name, near);
  return pal_err_set(err, PAL_E_USAGE, "unknown command \"%s\" (palscan --help lists all)", name);
}

/* Options before the command are looked up among the common ones until the
 * command is known, so the command is found first. */
static const char *first_word(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    if (argv[i][0] != '-' || argv[i][1] == '\0')
      return argv[i];
    if (argv[i][1] == '-') {
      const struct pal_opt *opt = find_in(pal_common_opts, pal_common_opts_n, argv[i] + 2, strlen(argv[i] + 2));
      if (opt != NULL && opt->kind != PAL_OPT_FLAG)
        i++;
    } else {
      const struct pal_opt *opt = find_letter(NULL, argv[i][1]);
      if (opt != NULL && opt->kind != PAL_OPT_FLAG && argv[i][2] == '\0')
        i++;
    }
  }
  return NULL;
}

static enum pal_code parse(struct pal_cli *cli, int argc, char **argv, struct pal_err *err) {
  const char *word = first_word(argc, argv);
  if (word != NULL) {
    cli->command = find_command(word);
    if (cli->command == NULL)
      return unknown_command(word, err);
  }
  cli->args = pal_arena_calloc(cli->arena, (size_t)argc + 1, sizeof(*cli->args));
  if (cli->args == NULL)
    return pal_err_nomem(err);
  bool only_args = false, seen_command = false;
  for (int i = 1; i < argc; i++) {
    const char *arg = argv[i];
    if (!only_args && strcmp(arg, "--") == 0) {
      only_args = true;
    } else if (!only_args && arg[0] == '-' && arg[1] != '\0') {
      bool used = false;
      enum pal_code code = parse_option(cli, arg, i + 1 < argc ? argv[i + 1] : NULL, &used, err);
      if (code != PAL_OK)
        return code;
      if (used)
        i++;
    } else if (!seen_command) {
      seen_command = true;
    } else {
      cli->args[cli->args_n++] = arg;
    }
  }
  return PAL_OK;
}

static enum pal_code check_args(const struct pal_cli *cli, struct pal_err *err) {
  const struct pal_command *command = cli->command;
  const char *blank = command->args[0] != '\0' ? " " : "";
  if (cli->args_n < command->min_args)
    return pal_err_set(err, PAL_E_USAGE, "%s needs %s: palscan %s %s", command->name,
                       command->min_args == 1 ? "an argument" : "more arguments", command->name, command->args);
  if (cli->args_n > command->max_args)
    return pal_err_set(err, PAL_E_USAGE, "%s: \"%s\" is one argument too many: palscan %s%s%s", command->name,
                       cli->args[command->max_args], command->name, blank, command->args);
  return PAL_OK;
}

static void environment_name(const char *option, char out[64]) {
  size_t n = (size_t)snprintf(out, 64, "PALSCAN_");
  for (const char *c = option; *c != '\0' && n + 1 < 64; c++)
    out[n++] = *c == '-' ? '_' : (*c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c);
  out[n] = '\0';
}

static const char *from_environment(const struct pal_opt *opt) {
  if (opt->no_environment)
    return NULL;
  char name[64];
  environment_name(opt->name, name);
  const char *value = getenv(name);
  return value != NULL && value[0] != '\0' ? value : NULL;
}

/* A value from the environment is checked like one from the command line. */
static enum pal_code check_environment(const struct pal_cli *cli, struct pal_err *err) {
  const struct pal_command *command = cli->command;
  for (size_t i = 0; i < command->opts_n + pal_common_opts_n; i++) {
    const struct pal_opt *opt = i < command->opts_n ? &command->opts[i] : &pal_common_opts[i - command->opts_n];
    const char *value = from_environment(opt);
    if (value == NULL)
      continue;
    char name[64];
    environment_name(opt->name, name);
    if (opt->kind == PAL_OPT_FLAG && strcmp(value, "1") != 0 && strcmp(value, "0") != 0)
      return pal_err_set(err, PAL_E_USAGE, "%s: \"%s\" is neither 1 nor 0", name, value);
    enum pal_code code = check_word(opt, value, "PALSCAN_ variable for --", err);
    if (code != PAL_OK)
      return code;
  }
  return PAL_OK;
}

const char *pal_cli_get(const struct pal_cli *cli, const char *name) {
  const struct pal_opt *opt = find_opt(cli->command, name, strlen(name));
  assert(opt != NULL);
  for (size_t i = cli->values_n; i > 0; i--)
    if (cli->values[i - 1].opt == opt)
      return cli->values[i - 1].text;
  return opt->kind == PAL_OPT_FLAG ? NULL : from_environment(opt);
}

static const char *given(const struct pal_cli *cli, const char *name) {
  for (size_t i = cli->values_n; i > 0; i--)
    if (strcmp(cli->values[i - 1].opt->name, name) == 0)
      return cli->values[i - 1].text;
  return NULL;
}

enum pal_code pal_cli_text_only(const struct pal_cli *cli, const char *what, bool stdout_only, struct pal_err *err) {
  const char *format = given(cli, "format"), *output = given(cli, "output");
  if (format != NULL && strcmp(format, "text") != 0)
    return pal_err_set(err, PAL_E_USAGE, "%s prints text only, no %s", what, format);
  if (stdout_only && output != NULL && strcmp(output, "-") != 0)
    return pal_err_set(err, PAL_E_USAGE, "%s prints to standard output only", what);
  return PAL_OK;
}

bool pal_cli_flag(const struct pal_cli *cli, const char *name) {
  if (pal_cli_get(cli, name) != NULL)
    return true;
  const struct pal_opt *opt = find_opt(cli->command, name, strlen(name));
  const char *value = from_environment(opt);
  return value != NULL && strcmp(value, "1") == 0;
}

enum pal_code pal_cli_seconds(const struct pal_cli *cli, const char *name, int64_t *ret, struct pal_err *err) {
  const char *text = pal_cli_get(cli, name);
  char *end = NULL;
  int64_t unit = 0;
  if (text == NULL)
    return PAL_OK;
  long n = text[0] >= '0' && text[0] <= '9' ? strtol(text, &end, 10) : -1;
  if (end != NULL && end[0] != '\0' && end[1] == '\0')
    unit = end[0] == 's' ? 1 : end[0] == 'm' ? 60 : end[0] == 'h' ? 3600 : end[0] == 'd' ? 86400 : 0;
  if (n <= 0 || n > 100000 || unit == 0)
    return pal_err_set(err, PAL_E_USAGE, "--%s: \"%s\" is no length of time such as 26h, 90m or 2d", name, text);
  *ret = (int64_t)n * unit;
  return PAL_OK;
}

enum pal_code pal_cli_number(const struct pal_cli *cli, const char *name, int min, int max, int *ret,
                             struct pal_err *err) {
  const char *text = pal_cli_get(cli, name);
  char *end = NULL;
  if (text == NULL)
    return PAL_OK;
  long n = text[0] >= '0' && text[0] <= '9' ? strtol(text, &end, 10) : -1;
  if (end == NULL || *end != '\0' || n < min || n > max)
    return pal_err_set(err, PAL_E_USAGE, "--%s: \"%s\" is no number from %d to %d", name, text, min, max);
  *ret = (int)n;
  return PAL_OK;
}

static bool split(struct pal_arena *arena, struct pal_texts *list, size_t *cap, const char *text) {
  while (*text != '\0') {
    size_t len = strcspn(text, ",");
    if (len > 0) {
      const char **grown = pal_arena_grow(arena, list->v, list->n, cap, sizeof(*list->v));
      char *copy = pal_arena_strndup(arena, text, len);
      if (grown == NULL || copy == NULL)
        return false;
      list->v = grown;
      list->v[list->n++] = copy;
    }
    text += len;
    if (*text == ',')
      text++;
  }
  return true;
}

struct pal_texts pal_cli_list(struct pal_cli *cli, const char *name) {
  const struct pal_opt *opt = find_opt(cli->command, name, strlen(name));
  assert(opt != NULL);
  struct pal_texts list = {0};
  size_t cap = 0;
  for (size_t i = 0; i < cli->values_n; i++)
    if (cli->values[i].opt == opt && !split(cli->arena, &list, &cap, cli->values[i].text))
      return list;
  const char *value = from_environment(opt);
  if (list.n == 0 && value != NULL)
    (void)split(cli->arena, &list, &cap, value);
  return list;
}

static enum pal_code run(struct pal_cli *cli, int argc, char **argv, struct pal_err *err) {
  if (argc == 2 && strcmp(argv[1], "--version") == 0) {
    (void)printf("palscan %s\n", PALSCAN_VERSION);
    return PAL_OK;
  }
  enum pal_code code = parse(cli, argc, argv, err);
  if (code != PAL_OK)
    return code;
  bool help = false;
  for (size_t i = 0; i < cli->values_n; i++)
    help = help || strcmp(cli->values[i].opt->name, "help") == 0;
  if (cli->command == NULL) {
    if (!help) {
      pal_help_program(stderr);
      return pal_err_set(err, PAL_E_USAGE, "no command given; the quickest look: palscan demo");
    }
    pal_help_program(stdout);
    return PAL_OK;
  }
  if (help) {
    pal_help_command(cli->command, stdout);
    return PAL_OK;
  }
  code = check_args(cli, err);
  if (code == PAL_OK)
    code = check_environment(cli, err);
  if (code == PAL_OK && !cli->command->checks_output)
    code = pal_output_check(cli, err);
  if (code != PAL_OK)
    return code;
  if (pal_cli_flag(cli, "quiet"))
    pal_log_set_level(PAL_LOG_ERROR);
  if (pal_cli_flag(cli, "verbose"))
    pal_log_set_level(PAL_LOG_INFO);
  return cli->command->run(cli, err);
}

int pal_cli_main(int argc, char **argv, const volatile int *stop, struct pal_err *err) {
  struct pal_cli cli = {.arena = pal_arena_new(0), .stop = stop};
  if (cli.arena == NULL)
    return pal_code_exit_status(pal_err_nomem(err));
  enum pal_code code = run(&cli, argc, argv, err);
  /* A full disk behind stdout must not look like success; a reader that has seen enough is no fault. */
  if (code == PAL_OK && (fflush(stdout) != 0 || ferror(stdout) != 0) && errno != EPIPE)
    code = pal_err_set(err, PAL_E_IO, "write to stdout: %s", strerror(errno));
  int status = code == PAL_OK ? cli.exit_status : pal_code_exit_status(code);
  free(cli.values);
  pal_arena_free(cli.arena);
  return status;
}

const char *pal_cli_hint(const struct pal_cli *cli, const char *text) {
  static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./-",
                    program[] = "palscan ";
  const char *config = given(cli, "config"), *hint = NULL;
  struct pal_buf out;
  if (config == NULL)
    return text;
  pal_buf_init(&out, HINT_MAX);
  for (const char *at = strstr(text, program); at != NULL; at = strstr(text, program)) {
    size_t len = (size_t)(at - text) + strlen(program);
    pal_buf_add(&out, text, len);
    pal_buf_puts(&out, "--config ");
    if (config[strspn(config, plain)] == '\0')
      pal_buf_puts(&out, config);
    else
      pal_sh_word(&out, config);
    pal_buf_putc(&out, ' ');
    text += len;
  }
  pal_buf_puts(&out, text);
  if (out.bad == PAL_OK)
    hint = pal_arena_strdup(cli->arena, out.data);
  pal_buf_deinit(&out);
  return hint;
}

enum pal_code pal_cli_format(const struct pal_cli *cli, const struct pal_format **ret, struct pal_err *err) {
  const char *name = pal_cli_get(cli, "format");
  *ret = pal_format_find(name != NULL ? name : "text");
  if (*ret != NULL)
    return PAL_OK;
  char list[128] = "";
  for (size_t i = 0; i < pal_formats_n; i++)
    (void)snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", i > 0 ? ", " : "", pal_formats[i].name);
  return pal_err_set(err, PAL_E_USAGE, "--format: \"%s\" is none of %s", name, list);
}
