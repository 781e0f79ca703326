/* SPDX-License-Identifier: Apache-2.0 */
#include "man_blocks.h"

#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "pal_doc.h"
#include "pal_text.h"
#include "settings.h"

/* --- mdoc --- */

/* Text that roff leaves alone: no escapes, no control characters of the input line, no bytes beyond ASCII. */
static void put_text(struct pal_buf *out, const char *text) {
  if (*text == '.' || *text == '\'')
    pal_buf_puts(out, "\\&");
  for (size_t len = strlen(text); len > 0;) {
    uint32_t code = 0;
    size_t n = pal_utf8_decode(text, len, &code);
    if (n == 0)
      return;
    if (code == '\\')
      pal_buf_puts(out, "\\e");
    else if (code == '"')
      pal_buf_puts(out, "\\(dq");
    else if (code > 0x7E)
      pal_buf_printf(out, "\\[u%04X]", (unsigned)code);
    else
      pal_buf_add(out, text, n);
    text += n;
    len -= n;
  }
}

/* One argument of a macro, never taken for a macro itself. */
static void put_arg(struct pal_buf *out, const char *text) {
  pal_buf_puts(out, " \\&");
  put_text(out, text);
}

static bool ends_sentence(const char *text) {
  size_t len = strlen(text);
  return len > 0 && strchr(".!?", text[len - 1]) != NULL;
}

/* Text lines, each sentence on a line of its own as roff wants it. */
static void put_sentences(struct pal_buf *out, const char *text) {
  while (*text) {
    size_t len = 0;
    while (text[len] &&
           !(strchr(".?!", text[len]) && text[len + 1] == ' ' && text[len + 2] >= 'A' && text[len + 2] <= 'Z'))
      len++;
    if (text[len])
      len++;
    char *line = strndup(text, len);
    if (!line)
      return;
    put_text(out, line);
    pal_buf_putc(out, '\n');
    free(line);
    text += len;
    while (*text == ' ')
      text++;
  }
}

/* --- commands and options --- */

static void put_option(struct pal_buf *out, const struct pal_opt *opt, bool say_environment) {
  pal_buf_puts(out, ".It");
  if (opt->letter)
    pal_buf_printf(out, " Fl %c ,", opt->letter);
  pal_buf_printf(out, " Fl Fl %s", opt->name);
  if (opt->arg) {
    pal_buf_puts(out, " Ar");
    put_arg(out, opt->arg);
  }
  pal_buf_putc(out, '\n');
  put_sentences(out, opt->help);
  for (size_t i = 0; opt->words && opt->words[i]; i++) {
    pal_buf_puts(out, i ? ".Cm" : "One of\n.Cm");
    put_arg(out, opt->words[i]);
    pal_buf_puts(out, opt->words[i + 1] ? " ,\n" : " .\n");
  }
  if (say_environment && opt->no_environment && strcmp(opt->name, "help") != 0)
    pal_buf_puts(out, "Never taken from the environment.\n");
}

static void put_options(struct pal_buf *out, const struct pal_opt *opts, size_t n) {
  size_t closed = 0; /* to the environment */
  for (size_t i = 0; i < n; i++)
    closed += opts[i].no_environment;
  if (closed == n)
    pal_buf_puts(out, "None of its options is taken from the environment.\n");
  pal_buf_puts(out, ".Bl -tag -width Ds\n");
  for (size_t i = 0; i < n; i++)
    put_option(out, &opts[i], closed < n);
  pal_buf_puts(out, ".El\n");
}

static void put_commands(struct pal_buf *out) {
  for (size_t i = 0; pal_commands[i]; i++) {
    const struct pal_command *command = pal_commands[i];
    pal_buf_printf(out, ".Ss palscan %s", command->name);
    if (*command->args) {
      pal_buf_putc(out, ' ');
      put_text(out, command->args);
    }
    pal_buf_putc(out, '\n');
    put_sentences(out, command->help);
    if (command->opts_n > 0)
      put_options(out, command->opts, command->opts_n);
  }
}

/* --- errors --- */

static const struct error_row {
  const char *name, *text;
  int status;
} errors[] = {
#define X(code, name, text, status) {name, text, status},
    PAL_ERRORS(X)
#undef X
};
enum { ERRORS_N = sizeof errors / sizeof errors[0] };

static bool put_exit(struct pal_buf *out, int status) {
  size_t n = 0;
  for (size_t i = 0; i < ERRORS_N; i++) {
    if (errors[i].status != status || strcmp(errors[i].name, "ok") == 0)
      continue;
    pal_buf_puts(out, n++ ? ";\n" : "Errors:\n");
    put_text(out, errors[i].text);
  }
  if (n)
    pal_buf_puts(out, ".\n");
  return n > 0;
}

/* --- records --- */

static const char *type_name(enum pal_type type) {
  static const char *const names[] = {
      [PAL_T_TEXT] = "Text",          [PAL_T_NAME] = "Name",
      [PAL_T_GUID] = "GUID",          [PAL_T_ARM_ID] = "Azure Resource Manager id",
      [PAL_T_DIGITS] = "Partner ID",  [PAL_T_INSTANT] = "Instant",
      [PAL_T_DATE] = "Date",          [PAL_T_MONTH] = "Month",
      [PAL_T_ENUM] = "Word",          [PAL_T_INT] = "Integer",
      [PAL_T_BOOL] = "true or false", [PAL_T_TEXTS] = "Set of texts",
      [PAL_T_GUIDS] = "Set of GUIDs", [PAL_T_ARM_IDS] = "Set of Azure Resource Manager ids",
      [PAL_T_RECORD] = "Object",      [PAL_T_RECORDS] = "List of objects",
      [PAL_T_JSON] = "JSON",
  };
  return names[type];
}

static void put_marks(struct pal_buf *out, const struct pal_field *field) {
  static const struct {
    unsigned flag;
    const char *word;
  } marks[] = {
      {PAL_KEY, "key"},
      {PAL_REQUIRED, "required"},
      {PAL_NULLABLE, "may be null"},
      {PAL_PERSON, "person"},
      {PAL_VOLATILE, "volatile"},
      {PAL_COUNTRY, "country code"},
      {PAL_MANY, "one or several"},
      {PAL_SECRET, "place of a secret"},
  };
  bool any = false;
  for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
    if (field->flags & marks[i].flag) {
      pal_buf_printf(out, "%s%s", any ? ", " : " (", marks[i].word);
      any = true;
    }
  if (any)
    pal_buf_putc(out, ')');
}

/* "type" of "type" says nothing. */
static bool label_says_more(const struct pal_field *field) {
  return strcmp(field->label, field->json) != 0;
}

static void put_field(struct pal_buf *out, const struct pal_field *field) {
  bool alternative = field->type == PAL_T_JSON && field->kind;
  pal_buf_printf(out, ".It Ic \\&%s\n%s", field->json, alternative ? "Text, or object" : type_name(field->type));
  if (field->kind)
    pal_buf_printf(out, " of kind %s", field->kind->name);
  if (field->type == PAL_T_INT && field->max > 0)
    pal_buf_printf(out, " from %lld to %lld", field->min, field->max);
  put_marks(out, field);
  if (label_says_more(field)) {
    pal_buf_puts(out, ": ");
    put_text(out, field->label);
  }
  if (field->fallback) {
    pal_buf_puts(out, "; default\n.Cm");
    put_arg(out, field->fallback);
    pal_buf_puts(out, " .\n");
  } else {
    pal_buf_puts(out, ".\n");
  }
  for (size_t i = 0; field->words && field->words[i]; i++)
    pal_buf_printf(out, "%s.Cm \\&%s%s\n", i ? "" : "One of\n", field->words[i], field->words[i + 1] ? " ," : " .");
  if (field->help) {
    put_sentences(out, field->help);
    if (!ends_sentence(field->help)) {
      out->len--; /* the line feed */
      pal_buf_puts(out, ".\n");
    }
  }
}

static void put_kind(struct pal_buf *out, const struct pal_kind *kind) {
  const unsigned char *order = pal_kind_order(kind);
  pal_buf_puts(out, ".Bl -tag -width Ds\n");
  for (size_t i = 0; i < kind->n; i++)
    put_field(out, &kind->fields[order[i]]);
  pal_buf_puts(out, ".El\n");
}

static bool put_kind_named(struct pal_buf *out, const char *name) {
  for (size_t i = 0; i < pal_kinds_n; i++)
    if (strcmp(pal_kinds[i]->name, name) == 0) {
      put_kind(out, pal_kinds[i]);
      return true;
    }
  return false;
}

static bool within(const struct pal_kind *kind, const struct pal_kind *outer) {
  if (kind == outer)
    return true;
  for (size_t i = 0; i < outer->n; i++)
    if (outer->fields[i].kind && within(kind, outer->fields[i].kind))
      return true;
  return false;
}

static bool in_snapshot(const struct pal_kind *kind) {
  for (size_t i = 0; i < PAL_FILES_N; i++)
    if (within(kind, pal_files[i].kind))
      return true;
  return false;
}

static void put_kinds(struct pal_buf *out) {
  for (size_t i = 0; i < pal_kinds_n; i++)
    if (in_snapshot(pal_kinds[i])) {
      pal_buf_printf(out, ".Ss Kind %s\n", pal_kinds[i]->name);
      put_sentences(out, pal_kinds[i]->help);
      put_kind(out, pal_kinds[i]);
    }
}

static void put_files(struct pal_buf *out) {
  static const char *const layouts[] = {
      [PAL_SINGLE] = "one object",
      [PAL_ARRAY] = "array, one record a line",
      [PAL_MAP2] = "object of objects, one record a line",
      [PAL_INPUT] = "one object",
  };
  pal_buf_puts(out, ".Bl -tag -width Ds\n");
  for (size_t i = 0; i < PAL_FILES_N; i++) {
    const struct pal_file *file = &pal_files[i];
    pal_buf_printf(out, ".It Pa \\&%s\nKind %s: %s", file->path, file->kind->name, layouts[file->layout]);
    if (file->area)
      pal_buf_printf(out, "; area %s", file->area);
    pal_buf_puts(out, ".\n");
  }
  pal_buf_puts(out, ".El\n");
}

/* --- by name --- */

bool man_block(const char *name, struct pal_buf *out) {
  static const struct {
    const char *name;
    void (*put)(struct pal_buf *out);
  } blocks[] = {{"commands", put_commands}, {"files", put_files}, {"kinds", put_kinds}};
  for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
    if (strcmp(blocks[i].name, name) == 0) {
      blocks[i].put(out);
      return true;
    }
  if (strcmp(name, "options") == 0) {
    put_options(out, pal_common_opts, pal_common_opts_n);
    return true;
  }
  if (strncmp(name, "kind ", 5) == 0)
    return put_kind_named(out, name + 5);
  if (strncmp(name, "exit ", 5) == 0)
    return put_exit(out, (int)strtol(name + 5, NULL, 10));
  return false;
}

static void table_kind(FILE *out, const struct pal_kind *kind) {
  const char *where = in_snapshot(kind) ? "snapshot" : "file";
  for (size_t i = 0; i < kind->n; i++) {
    const struct pal_field *field = &kind->fields[i];
    (void)fprintf(out, "field\t%s\t%s\t%s\n", where, kind->name, field->json);
    for (size_t k = 0; field->words && field->words[k]; k++)
      (void)fprintf(out, "word\t%s\t%s\t%s\n", kind->name, field->json, field->words[k]);
  }
}

void man_tables(FILE *out) {
  for (size_t i = 0; i < pal_kinds_n; i++)
    table_kind(out, pal_kinds[i]);
  for (size_t i = 0; i < PAL_FILES_N; i++)
    (void)fprintf(out, "file\t%s\n", pal_files[i].path);
  for (size_t i = 0; i < ERRORS_N; i++)
    (void)fprintf(out, "exit\t%d\t%s\t%s\n", errors[i].status, errors[i].name, errors[i].text);
  const char *fallback = NULL;
  for (size_t i = 0; setting_parameter(i, &fallback); i++)
    (void)fprintf(out, "parameter\t%s\t%s\n", setting_parameter(i, &fallback), fallback);
}
