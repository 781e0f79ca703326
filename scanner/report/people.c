/* SPDX-License-Identifier: Apache-2.0 */
#include "people.h"

#include <stdio.h>
#include <string.h>

#include "pal_time.h"

static int fold(char c) {
  return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

int people_fold_cmp(const char *a, const char *b) {
  while (*a && fold(*a) == fold(*b)) {
    a++;
    b++;
  }
  return fold(*a) - fold(*b);
}

struct word {
  const char *machine, *people;
};

static const char *find(const struct word *words, size_t n, const char *machine) {
  for (size_t i = 0; machine && i < n; i++)
    if (people_fold_cmp(words[i].machine, machine) == 0)
      return words[i].people;
  return NULL;
}
#define FIND(words, machine) find((words), sizeof(words) / sizeof(words)[0], (machine))

static struct people_time format(const char *instant, bool with_time) {
  struct people_time ret;
  struct pal_instant at;
  if (!instant || !instant[0] || !pal_instant_parse(instant, &at)) {
    (void)snprintf(ret.s, sizeof ret.s, "%s", instant && instant[0] ? instant : "an unknown time");
    return ret;
  }
  char canonical[PAL_INSTANT_MAX];
  pal_instant_format(at, canonical);
  if (with_time)
    (void)snprintf(ret.s, sizeof ret.s, "%.10s %.5s UTC", canonical, canonical + 11);
  else
    (void)snprintf(ret.s, sizeof ret.s, "%.10s", canonical);
  return ret;
}

struct people_time people_time(const char *instant) {
  return format(instant, true);
}

struct people_time people_date(const char *instant) {
  return format(instant, false);
}

const char *people_run(const char *kind) {
  static const struct word words[] = {
      {"scan", "live scan"},
      {"replay", "replayed: no evidence of a night"},
      {"import", "import of facts from colleagues"},
      {"merge", "merged from shards"},
  };
  const char *people = FIND(words, kind);
  return people ? people : kind && kind[0] ? kind : "run of an unknown kind";
}

const char *people_run_mark(const char *kind) {
  static const struct word words[] = {{"replay", "replayed"}, {"import", "imported"}, {"merge", "merged"}};
  return FIND(words, kind);
}

const char *people_principal(const char *type) {
  static const struct word words[] = {
      {"User", "user"},
      {"Guest", "guest"},
      {"Group", "group"},
      {"ForeignGroup", "group of another tenant"},
      {"ServicePrincipal", "service principal"},
      {"ManagedIdentity", "managed identity"},
      {"Device", "device"},
  };
  const char *people = FIND(words, type);
  return people ? people : "principal";
}

const char *people_subject(const char *type) {
  static const struct word words[] = {
      {"principal", "person or app"},
      {"waiver", "risk acceptance"},
      {"registry", "registry entry"},
      {"policy", "policy"},
  };
  const char *people = FIND(words, type);
  return people ? people : type;
}

void people_count(struct pal_buf *out, size_t n, const char *one, const char *many) {
  pal_buf_printf(out, "%zu %s", n, n == 1 ? one : many);
}
