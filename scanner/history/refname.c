/* SPDX-License-Identifier: Apache-2.0 */
/* refname.c - names of references that would make stock git show something else under a name people type. */
#include <string.h>

#include "history.h"

enum { SHORTEST_ID = 7, HEX_LEN = 40 }; /* palscan's own abbreviations, and git's */

static const char main_ref[] = "refs/heads/main";

/* What stands behind the start, NULL for another name. */
static const char *behind(const char *name, const char *start) {
  size_t len = strlen(start);
  return strncmp(name, start, len) == 0 ? name + len : NULL;
}

static bool is_hex(const char *text, size_t len) {
  for (size_t i = 0; i < len; i++) {
    char c = pal_ascii_lower(text[i]);
    if ((c < '0' || c > '9') && (c < 'a' || c > 'f'))
      return false;
  }
  return len >= SHORTEST_ID && len <= HEX_LEN;
}

/* In any case: on some file systems that is the same file. */
static bool is_word(const char *text, const char *word) {
  return strlen(text) == strlen(word) && pal_ascii_starts(text, word);
}

/* Where git looks for a short name before refs/heads. */
static bool takes_main(const char *name) {
  const char *tag = behind(name, "refs/tags/"), *ref = behind(name, "refs/");
  return is_word(name, "main") || (ref && (is_word(ref, "main") || is_word(ref, "head"))) ||
         (tag && (is_word(tag, "main") || is_word(tag, "head")));
}

/* git prefers a reference of that name to the object whose id begins so. */
static bool takes_id(const char *name) {
  static const char *const places[] = {"", "refs/", "refs/tags/", "refs/remotes/"};
  for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
    const char *rest = behind(name, places[i]);
    if (!rest)
      continue;
    size_t len = strcspn(rest, "/");
    bool whole = rest[len] == '\0' || (i == 3 && strcmp(rest + len, "/HEAD") == 0);
    if (whole && is_hex(rest, len))
      return true;
  }
  return false;
}

const char *pal_ref_refused(const char *name) {
  if (strcmp(name, main_ref) == 0)
    return NULL;
  if (behind(name, "refs/heads/"))
    return "a branch other than main";
  if (behind(name, "refs/replace/"))
    return "a replace ref shows other content under an object's name";
  if (behind(name, "refs/notes/"))
    return "stock git shows notes below a snapshot's message; remove them: git update-ref -d";
  if (takes_main(name))
    return "stock git would take it for main or HEAD; remove it or give it another name";
  if (takes_id(name))
    return "stock git would take it for a snapshot's id; give it a name of not only hexadecimal digits";
  return NULL;
}
