/* SPDX-License-Identifier: Apache-2.0 */
#include "waiver_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "pal_file.h"

enum { WAIVER_FILE_MAX = 16 << 20, NEW_MODE = 0644 };

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

/* Finds the place behind the opening bracket of the array that is the value of
 * "waivers" in the root object. */
static bool find_list(const char *text, size_t *ret_at) {
  int depth = 0;
  bool key = false;
  for (size_t at = 0, next; text[at] != '\0'; at = next) {
    next = step(text, at);
    if (depth == 1 && text[at] == '"')
      key = next - at == 9 && strncmp(text + at, "\"waivers\"", 9) == 0;
    if (depth == 1 && text[at] == '[' && key) {
      *ret_at = next;
      return true;
    }
    depth += (text[at] == '[' || text[at] == '{') - (text[at] == ']' || text[at] == '}');
  }
  return false;
}

/* Finds the end of the last element of the list, or that of its opening bracket. */
static bool find_place(const char *text, size_t *ret_at, bool *ret_empty) {
  int depth = 1;
  *ret_empty = true;
  if (!find_list(text, ret_at))
    return false;
  for (size_t at = *ret_at, next; text[at] != '\0'; at = next) {
    next = step(text, at);
    depth += (text[at] == '[' || text[at] == '{') - (text[at] == ']' || text[at] == '}');
    if (depth == 0)
      return true;
    if (text[at] != '/' && !is_space(text[at])) {
      *ret_empty = false;
      *ret_at = next;
    }
  }
  return false;
}

/* Whether this object is the entry with that id. */
static bool has_id(const char *text, size_t len, const char *id) {
  struct pal_json_doc *doc = NULL;
  struct pal_err ignored;
  if (pal_json_parse(text, len, "entry", PAL_JSON_COMMENTS, 0, &doc, &ignored) != PAL_OK)
    return false;
  const char *own = pal_json_text(pal_json_get(pal_json_root(doc), "id"));
  bool same = own != NULL && strcmp(own, id) == 0;
  pal_json_doc_free(doc);
  return same;
}

/* Finds the entry with this id from the opening bracket of the list on. */
static bool find_entry(const char *text, const char *id, size_t *ret_at, size_t *ret_end) {
  size_t at = 0, start = 0;
  int depth = 0;
  if (!find_list(text, &at))
    return false;
  for (; text[at] != '\0'; at = step(text, at)) {
    if (text[at] == ']' && depth == 0)
      break;
    if ((text[at] == '{' || text[at] == '[') && depth++ == 0)
      start = at;
    if ((text[at] == '}' || text[at] == ']') && --depth == 0 && has_id(text + start, at + 1 - start, id)) {
      *ret_at = start;
      *ret_end = at + 1;
      return true;
    }
  }
  return false;
}

/* Where the file really is, with the rights it has: neither is for this program to change. */
static enum pal_code put(const char *path, const struct pal_buf *text, struct pal_err *err) {
  char *real = realpath(path, NULL); /* NULL: there is none yet */
  struct stat st;
  mode_t mode = real != NULL && stat(real, &st) == 0 ? st.st_mode & 0777 : NEW_MODE;
  enum pal_code code = pal_file_write(real != NULL ? real : path, text->data, text->len, mode, err);
  free(real);
  return code;
}

enum pal_code pal_waiver_replace(const char *path, const char *id, const char *json, struct pal_err *err) {
  struct pal_buf text, out;
  pal_buf_init(&text, WAIVER_FILE_MAX);
  pal_buf_init(&out, WAIVER_FILE_MAX);
  size_t at = 0, end = 0;
  enum pal_code code = pal_file_read(path, "risk acceptances", 0, WAIVER_FILE_MAX, &text, err);
  if (code == PAL_OK && !find_entry(text.data, id, &at, &end))
    code = pal_err_set(err, PAL_E_NOTFOUND, "%s: no risk acceptance %s", path, id);
  if (code == PAL_OK) {
    pal_buf_add(&out, text.data, at);
    pal_buf_puts(&out, json);
    pal_buf_puts(&out, text.data + end);
    code = pal_buf_check(&out, path, err);
  }
  if (code == PAL_OK)
    code = put(path, &out, err);
  pal_buf_deinit(&text);
  pal_buf_deinit(&out);
  return code;
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
    code = put(path, &out, err);
  pal_buf_deinit(&text);
  pal_buf_deinit(&out);
  return code;
}
