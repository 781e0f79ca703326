/* SPDX-License-Identifier: Apache-2.0 */
/* doctor.c - a check-up as a table, and what is missing in words and commands. */
#include "doctor.h"

#include <stdlib.h>
#include <string.h>

#include "paper.h"
#include "people.h"

enum {
  COLUMNS = 6,
  NUMBER_CAP = 24,
  UNITS_SHOWN = 5, /* of one cause in one tenant; -f json has all of them */
  NOTES_SHOWN = 10,
  COMMAND_MAX = 512,
  CHECK_MARGIN = 2,
  LACK_MARGIN = 4
};

bool pal_doctor_clock_is_off(const struct pal_doctor *doctor) {
  return doctor->clock_known && llabs(doctor->ahead_s) > PAL_CLOCK_LIMIT_S;
}

bool pal_checkup_lacks(const struct pal_checkup *check) {
  for (size_t i = 0; i < check->lacks_n; i++)
    if (!check->lacks[i].elsewhere)
      return true;
  return false;
}

struct doctor_summary doctor_summary(const struct pal_doctor *doctor) {
  struct doctor_summary summary = {0};
  for (size_t i = 0; i < doctor->checks_n; i++) {
    summary.signed_in += doctor->checks[i].signed_in;
    *(pal_checkup_lacks(&doctor->checks[i]) ? &summary.lacking : &summary.well) += 1;
    summary.elsewhere += !pal_checkup_lacks(&doctor->checks[i]) && doctor->checks[i].lacks_n > 0;
  }
  return summary;
}

/* --- the table --- */

struct cells {
  const char *v[COLUMNS];
  char subscriptions[NUMBER_CAP];
};

static const char *link_word(const struct pal_checkup *check) {
  switch (check->link) {
  case PAL_LINK_NONE: return "none";
  case PAL_LINK_THERE:
    return check->link_state && strcmp(check->link_state, "Deleted") == 0 ? "deleted" : check->partner_id;
  case PAL_LINK_NOT_ASKED: return "-";
  case PAL_LINK_NOT_READ: break;
  }
  return check->signed_in ? "no" : "-";
}

/* Whether more is missing than the token and the link, which have columns of their own. */
static const char *reads_word(const struct pal_checkup *check) {
  if (!check->signed_in || !check->listed)
    return "-";
  for (size_t i = 0; i < check->lacks_n; i++)
    if (strcmp(check->lacks[i].areas.v[0], "links") != 0)
      return "in part";
  return "all";
}

static void fill(struct cells *cells, const struct pal_checkup *check) {
  (void)snprintf(cells->subscriptions, sizeof cells->subscriptions, "%zu", check->own + check->delegated);
  cells->v[0] = check->identity;
  cells->v[1] = check->tenant_id;
  cells->v[2] = check->signed_in ? "ok" : "no";
  cells->v[3] = link_word(check);
  cells->v[4] = check->listed ? cells->subscriptions : "-";
  cells->v[5] = reads_word(check);
}

static enum pal_code print_table(const struct pal_doctor *doctor, const char *format, const struct pal_style *style,
                                 FILE *out, struct pal_err *err) {
  static const char *const header[COLUMNS] = {"identity", "tenant", "token", "link", "subs", "reads"};
  struct cells *cells = calloc(doctor->checks_n + 1, sizeof *cells);
  const char *const **rows = calloc(doctor->checks_n + 1, sizeof *rows);
  enum pal_code code = cells && rows ? PAL_OK : pal_err_nomem(err);
  for (size_t i = 0; code == PAL_OK && i < doctor->checks_n; i++) {
    fill(&cells[i], &doctor->checks[i]);
    rows[i] = cells[i].v;
  }
  if (code == PAL_OK)
    code = pal_table_print(format, style, header, rows, NULL, COLUMNS, doctor->checks_n, out, err);
  free(rows);
  free(cells);
  return code;
}

/* --- what is missing --- */

/* The length of as much of a command as fits, up to the next option; of the rest when that fits. */
static size_t line_length(const char *rest, size_t room) {
  size_t len = strlen(rest);
  if (room == 0 || len <= room)
    return len;
  const char *end = NULL;
  for (const char *next = strstr(rest + 1, " --"); next; next = strstr(next + 1, " --"))
    if (!end || (size_t)(next - rest) + strlen(" \\") <= room)
      end = next;
  return end ? (size_t)(end - rest) : len;
}

/* Broken where a shell takes it as one: it can be copied. */
static void put_command(struct paper *paper, const char *command) {
  char piece[COMMAND_MAX];
  size_t width = paper->width, margin = LACK_MARGIN;
  paper->width = 0;
  for (const char *rest = command; *rest; margin = LACK_MARGIN + CHECK_MARGIN) {
    size_t len = line_length(rest, width > margin ? width - margin : 0);
    (void)snprintf(piece, sizeof piece, "%.*s", (int)len, rest);
    paper_text(paper, piece);
    rest += len;
    paper_say(paper, "%s", *rest ? " \\" : "");
    paper_end(paper, margin, margin);
    rest += *rest == ' ';
  }
  paper->width = width;
}

static void put_areas(struct paper *paper, const struct pal_lack *lack) {
  for (size_t i = 0; i < lack->areas.n; i++) {
    paper_say(paper, "%s", i == 0 ? "" : ", ");
    paper_text(paper, lack->areas.v[i]);
  }
}

static bool is_of_groups(const struct pal_lack *lack) {
  return strcmp(lack->areas.v[0], "groups") == 0;
}

static void put_units(struct paper *paper, const struct pal_lack *lack) {
  size_t n = lack->units.n;
  if (n > 0)
    paper_say(paper, " of %s%s", is_of_groups(lack) ? "group" : "subscription", n > 1 ? "s" : "");
  for (size_t i = 0; i < n && i < UNITS_SHOWN; i++) {
    paper_say(paper, " ");
    paper_text(paper, lack->units.v[i]);
  }
  if (n > UNITS_SHOWN)
    paper_say(paper, " and %zu more", n - UNITS_SHOWN);
}

static void put_lack(struct paper *paper, const struct pal_lack *lack) {
  put_areas(paper, lack);
  put_units(paper, lack);
  paper_say(paper, ": ");
  paper_tint(paper, TINT_BAD);
  paper_text(paper, lack->code);
  paper_tint(paper, TINT_OFF);
  if (lack->meaning) {
    paper_say(paper, ": ");
    paper_text(paper, lack->meaning);
  }
  paper_end(paper, CHECK_MARGIN, LACK_MARGIN);
  if (lack->right) {
    paper_say(paper, "Missing: ");
    paper_text(paper, lack->right);
    paper_end(paper, LACK_MARGIN, LACK_MARGIN);
  }
  if (lack->remedy) {
    paper_say(paper, "To do: %s", lack->remedy);
    paper_end(paper, LACK_MARGIN, LACK_MARGIN);
  }
  for (size_t i = 0; i < lack->commands.n && i <= UNITS_SHOWN; i++)
    put_command(paper, lack->commands.v[i]);
  if (lack->commands.n > UNITS_SHOWN + 1) {
    paper_say(paper, "(and %zu more commands: -f json)", lack->commands.n - UNITS_SHOWN - 1);
    paper_end(paper, LACK_MARGIN, LACK_MARGIN);
  }
  if (!lack->portal)
    return;
  paper_say(paper, "Or:");
  if (strncmp(lack->portal, "https://", strlen("https://")) == 0) { /* whole, or it cannot be followed */
    paper_end(paper, LACK_MARGIN, LACK_MARGIN);
    put_command(paper, lack->portal);
  } else {
    paper_say(paper, " ");
    paper_text(paper, lack->portal);
    paper_end(paper, LACK_MARGIN, LACK_MARGIN);
  }
}

static void put_check(struct paper *paper, const struct pal_checkup *check) {
  paper_blank(paper);
  paper_text(paper, check->identity);
  paper_say(paper, " in ");
  paper_named(paper, check->tenant_name, check->tenant_id);
  paper_end(paper, 0, CHECK_MARGIN);
  for (size_t i = 0; i < check->lacks_n; i++)
    if (!check->lacks[i].elsewhere)
      put_lack(paper, &check->lacks[i]);
}

/* It may be meant so: links without any access earn nothing, but nothing is missing to read them. */
static void put_blind(struct paper *paper, const struct pal_doctor *doctor) {
  size_t n = 0;
  for (size_t i = 0; i < doctor->checks_n; i++)
    n += doctor->checks[i].if_none != NULL;
  if (n == 0)
    return;
  paper_blank(paper);
  paper_count(paper, n, "check sees", "checks see");
  paper_say(paper, " no subscription. Where there should be some, the identity has no role there:");
  paper_end(paper, 0, 0);
  size_t shown = 0;
  for (size_t i = 0; i < doctor->checks_n && shown < NOTES_SHOWN; i++)
    if (doctor->checks[i].if_none) {
      shown++;
      paper_text(paper, doctor->checks[i].identity);
      paper_say(paper, " in ");
      paper_named(paper, doctor->checks[i].tenant_name, doctor->checks[i].tenant_id);
      paper_end(paper, CHECK_MARGIN, LACK_MARGIN);
      put_command(paper, doctor->checks[i].if_none);
    }
  if (n > shown) {
    paper_say(paper, "and %zu more: -f json", n - shown);
    paper_end(paper, CHECK_MARGIN, CHECK_MARGIN);
  }
}

/* --- the end --- */

static void put_clock(struct paper *paper, const struct pal_doctor *doctor) {
  paper_section(paper, "Clock");
  if (!doctor->clock_known) {
    paper_say(paper, doctor->replayed ? "not compared: these are recorded answers" : "not compared: nobody answered");
  } else {
    long long off = llabs(doctor->ahead_s);
    bool bad = pal_doctor_clock_is_off(doctor);
    if (off <= 1)
      paper_say(paper, "that of this host agrees with the services'");
    else
      paper_say(paper, "that of this host is %lld seconds %s the services'", off,
                doctor->ahead_s > 0 ? "ahead of" : "behind");
    if (bad) {
      paper_tint(paper, TINT_BAD);
      paper_say(paper, ": more than %d: certificates' assertions and tokens are refused. ", (int)PAL_CLOCK_LIMIT_S);
      paper_tint(paper, TINT_OFF);
      paper_say(paper, "Set it: timedatectl set-ntp true");
    }
  }
  paper_row(paper);
}

static void put_scan(struct paper *paper, const struct pal_doctor *doctor) {
  paper_section(paper, "A scan");
  paper_say(paper, "would send at least ");
  paper_count(paper, doctor->requests, "request", "requests");
  if (doctor->minutes > 0) {
    paper_say(paper, ", and take at least ");
    paper_count(paper, doctor->minutes, "minute", "minutes");
    paper_say(paper, " for the cost queries of tenant ");
    paper_text(paper, doctor->slowest);
  }
  paper_row(paper);
}

static void put_summary(struct paper *paper, const struct pal_doctor *doctor) {
  const struct doctor_summary summary = doctor_summary(doctor);
  paper_blank(paper);
  paper_section(paper, "Checked");
  paper_count(paper, doctor->checks_n, "pair of identity and tenant", "pairs of identity and tenant");
  paper_say(paper, "%s", doctor->replayed ? " of a recording of " : ", ");
  paper_say(paper, "%s", people_time(doctor->started).s);
  paper_row(paper);
  paper_section(paper, "Well");
  paper_say(paper, "%zu; something is missing in %zu", summary.well, summary.lacking);
  paper_row(paper);
  if (summary.elsewhere > 0) {
    paper_say(paper, "%zu of those that are well lack what another identity reads in their place: ", summary.elsewhere);
    paper_text(paper, doctor->apart);
    paper_say(paper, " names it");
    paper_row(paper);
  }
  put_clock(paper, doctor);
  put_scan(paper, doctor);
  paper_section(paper, "Next");
  paper_text(paper, summary.lacking > 0 ? doctor->again : doctor->scan);
  paper_row(paper);
}

static enum pal_code print_text(const struct pal_doctor *doctor, const struct pal_style *style, FILE *out,
                                struct pal_err *err) {
  enum pal_code code = print_table(doctor, "text", style, out, err);
  if (code != PAL_OK)
    return code;
  struct paper paper;
  paper_init(&paper, style, out);
  for (size_t i = 0; i < doctor->checks_n; i++)
    if (pal_checkup_lacks(&doctor->checks[i]))
      put_check(&paper, &doctor->checks[i]);
  put_blind(&paper, doctor);
  put_summary(&paper, doctor);
  return paper_finish(&paper, "the check-up", err);
}

enum pal_code pal_doctor_print(const struct pal_doctor *doctor, const char *format, const struct pal_style *style,
                               FILE *out, struct pal_err *err) {
  if (strcmp(format, "json") == 0)
    return doctor_print_json(doctor, out, err);
  if (strcmp(format, "text") == 0)
    return print_text(doctor, style, out, err);
  return print_table(doctor, format, style, out, err);
}
