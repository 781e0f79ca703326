/* SPDX-License-Identifier: Apache-2.0 */
#include "waiver_file.h"

#include <stdio.h>
#include <string.h>

#include "pal_file.h"

enum { WAIVER_FILE_MAX = 16 << 20 };

const char *pal_waiver_free_id(struct pal_arena *arena, const struct pal_record *waivers, const char *today) {
  const struct pal_records *list = waivers != NULL ? pal_get_records(waivers, PAL_WAIVERS_WAIVERS) : NULL;
  for (unsigned n = 1;; n++) {
    const char *id = pal_arena_printf(arena, "W-%s-%u", today, n);
    bool taken = false;
    for (size_t i = 0; id != NULL && list != NULL && i < list->n; i++)
      taken = taken || strcmp(pal_get_text(list->v[i], PAL_WAIVER_ID), id) == 0;
    if (!taken)
      return id;
  }
}

/* Past a string, a comment or one character. The text is known to be valid. */
static size_t step(const char *text, size_t at) {
  if (text[at] == '"') {
    for (at++; text[at] != '"'; at++)
      if (text[at] == '\\')
        at++;
    return at + 1;
  }
  if (text[at] == '/' && text[at + 1] == '/')
    return at + strcspn(text + at, "\n");
  if (text[at] == '/' && text[at + 1] == '*')
    return (size_t)(strstr(text + at + 2, "*/") - text) + 2;
  return at + 1;
}

static bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Finds the end of the last element (or of the opening bracket) of the array
 * that is the value of "waivers" in the root object. */
static bool find_place(const char *text, size_t *ret_at, bool *ret_empty) {
  int depth = 0;
  bool inside = false, key = false;
  for (size_t at = 0; text[at] != '\0';) {
    size_t next = step(text, at);
    bool comment = text[at] == '/', blank = is_space(text[at]);
    if (!inside && depth == 1 && text[at] == '"')
      key = next - at == 9 && strncmp(text + at, "\"waivers\"", 9) == 0;
    if (text[at] == '[' || text[at] == '{') {
      depth++;
      if (!inside && depth == 2 && text[at] == '[' && key) {
        inside = *ret_empty = true;
        *ret_at = next;
        at = next;
        continue;
      }
    }
    if (text[at] == ']' || text[at] == '}') {
      depth--;
      if (inside && depth == 1)
        return true;
    }
    if (inside && !comment && !blank) {
      *ret_empty = false;
      *ret_at = next;
    }
    at = next;
  }
  return false;
}

enum pal_code pal_waiver_append(const char *path, const char *json, struct pal_err *err) {
  struct pal_buf text, out;
  pal_buf_init(&text, WAIVER_FILE_MAX);
  pal_buf_init(&out, WAIVER_FILE_MAX);
  size_t at = 0;
  bool empty = true;
  enum pal_code code =
      pal_path_exists(path) ? pal_file_read(path, "risk acceptances", 0, WAIVER_FILE_MAX, &text, err) : PAL_OK;
  if (code == PAL_OK && text.len == 0)
    pal_buf_puts(&text, "{\n  \"waivers\": []\n}\n");
  if (code == PAL_OK && !find_place(text.data, &at, &empty))
    code = pal_err_set(err, PAL_E_INPUT, "%s: at $.waivers: no list to add to", path);
  if (code == PAL_OK) {
    pal_buf_add(&out, text.data, at);
    pal_buf_printf(&out, "%s\n    %s", empty ? "" : ",", json);
    if (empty && text.data[at] == ']')
      pal_buf_puts(&out, "\n  ");
    pal_buf_puts(&out, text.data + at);
    code = pal_buf_check(&out, path, err);
  }
  if (code == PAL_OK)
    code = pal_file_write(path, out.data, out.len, 0644, err);
  pal_buf_deinit(&text);
  pal_buf_deinit(&out);
  return code;
}
