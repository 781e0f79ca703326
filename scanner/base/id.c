/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_id.h"

#include <string.h>

#include "pal_text.h"

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool pal_guid_canonical(const char *text, size_t len, char out[PAL_GUID_LEN + 1]) {
  if (len != PAL_GUID_LEN)
    return false;
  char guid[PAL_GUID_LEN + 1];
  for (size_t i = 0; i < PAL_GUID_LEN; i++) {
    char c = lower(text[i]);
    bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? c != '-' : !(is_digit(c) || (c >= 'a' && c <= 'f')))
      return false;
    guid[i] = c;
  }
  guid[PAL_GUID_LEN] = '\0';
  memcpy(out, guid, sizeof guid);
  return true;
}

static enum pal_code parse_guid(const char *text, const char *kind, char *out, struct pal_err *err) {
  if (!text)
    return pal_err_set(err, PAL_E_INPUT, "%s is missing", kind);
  if (!pal_guid_canonical(text, strnlen(text, PAL_GUID_LEN + 1), out))
    return pal_err_set(err, PAL_E_INPUT,
                       "\"%.80s\" is no %s: expected a GUID such as "
                       "00000000-0000-0000-0000-000000000000",
                       text, kind);
  return PAL_OK;
}

enum pal_code pal_guid_parse(const char *text, struct pal_guid *ret, struct pal_err *err) {
  return parse_guid(text, "GUID", ret->s, err);
}

enum pal_code pal_tenant_id_parse(const char *text, struct pal_tenant_id *ret, struct pal_err *err) {
  return parse_guid(text, "tenant id", ret->s, err);
}

enum pal_code pal_object_id_parse(const char *text, struct pal_object_id *ret, struct pal_err *err) {
  return parse_guid(text, "object id", ret->s, err);
}

enum pal_code pal_subscription_id_parse(const char *text, struct pal_subscription_id *ret, struct pal_err *err) {
  return parse_guid(text, "subscription id", ret->s, err);
}

/* Whether the bytes before `end` are "/roleDefinitions", in any case. */
static bool ends_in_role_definitions(const char *text, const char *end) {
  static const char segment[] = "/roledefinitions";
  size_t n = sizeof segment - 1;
  if ((size_t)(end - text) < n)
    return false;
  for (size_t i = 0; i < n; i++)
    if (lower(end[(ptrdiff_t)i - (ptrdiff_t)n]) != segment[i])
      return false;
  return true;
}

enum pal_code pal_role_id_parse(const char *text, struct pal_role_id *ret, struct pal_err *err) {
  if (text && text[0] == '/') {
    const char *slash = strrchr(text, '/');
    if (!ends_in_role_definitions(text, slash))
      return pal_err_set(err, PAL_E_INPUT,
                         "\"%.200s\" is no role definition id: expected a GUID or an id "
                         "ending in /roleDefinitions/<GUID>",
                         text);
    text = slash + 1;
  }
  return parse_guid(text, "role definition id", ret->s, err);
}

enum pal_code pal_partner_id_parse(const char *text, struct pal_partner_id *ret, struct pal_err *err) {
  if (!text)
    return pal_err_set(err, PAL_E_INPUT, "partner id is missing");
  size_t n = 0;
  while (n <= PAL_PARTNER_ID_MAX && is_digit(text[n]))
    n++;
  if (n == 0 || n > PAL_PARTNER_ID_MAX || text[n] != '\0')
    return pal_err_set(err, PAL_E_INPUT, "\"%.80s\" is no partner id: expected 1 to %d digits", text,
                       PAL_PARTNER_ID_MAX);
  memcpy(ret->s, text, n + 1);
  return PAL_OK;
}

static bool is_id_char(char c) {
  switch (c) {
  case '"':
  case '\'':
  case '`':
  case '\\':
  case '<':
  case '>':
  case '?':
  case '#':
  case '%': return false;
  default: return c >= ' ' && c <= '~';
  }
}

/* Length of the character at text, 0 when no id may hold it. Resource groups may be
 * named with letters of any script; what could steer a terminal may not. */
static size_t char_len(const char *text, size_t len) {
  if ((unsigned char)text[0] < 0x80)
    return is_id_char(text[0]);
  uint32_t code = 0;
  size_t n = pal_utf8_decode(text, len, &code);
  return n > 0 && !pal_code_point_hostile(code) ? n : 0;
}

/* NULL when text of len bytes is an ARM id, else what is wrong with it. */
static const char *arm_id_fault(const char *text, size_t len) {
  if (len == 0 || text[0] != '/')
    return "it does not begin with a slash";
  if (len > PAL_ARM_ID_MAX)
    return "it is too long";
  if (len == 1)
    return NULL;
  size_t start = 1; /* of the segment */
  for (size_t i = 1; i <= len; i++) {
    if (i < len && text[i] != '/') {
      size_t n = char_len(text + i, len - i);
      if (n == 0)
        return "it holds a character that no resource id may hold";
      i += n - 1;
      continue;
    }
    size_t n = i - start;
    if (n == 0)
      return "it has an empty segment";
    if (text[start] == '.' && (n == 1 || (n == 2 && text[start + 1] == '.')))
      return "it has a dot segment";
    start = i + 1;
  }
  return NULL;
}

const char *pal_arm_id_dup(struct pal_arena *arena, const char *text, struct pal_err *err) {
  if (!text) {
    (void)pal_err_set(err, PAL_E_INPUT, "resource id is missing");
    return NULL;
  }
  size_t len = strnlen(text, PAL_ARM_ID_MAX + 2);
  if (len > 1 && text[len - 1] == '/' && text[len - 2] != '/')
    len--;
  const char *fault = arm_id_fault(text, len);
  if (fault) {
    (void)pal_err_set(err, PAL_E_INPUT, "\"%.200s\" is no resource id: %s", text, fault);
    return NULL;
  }
  char *id = pal_arena_strndup(arena, text, len);
  if (!id) {
    (void)pal_err_nomem(err);
    return NULL;
  }
  for (size_t i = 0; i < len; i++)
    id[i] = lower(id[i]);
  return id;
}

bool pal_arm_id_subscription(const char *arm_id, struct pal_subscription_id *ret) {
  static const char prefix[] = "/subscriptions/";
  size_t n = sizeof prefix - 1;
  if (strncmp(arm_id, prefix, n) != 0)
    return false;
  size_t len = strcspn(arm_id + n, "/");
  return pal_guid_canonical(arm_id + n, len, ret->s);
}

bool pal_arm_id_within(const char *id, const char *scope) {
  size_t n = strlen(scope);
  if (n == 1 && scope[0] == '/')
    return id[0] == '/';
  return strncmp(id, scope, n) == 0 && (id[n] == '\0' || id[n] == '/');
}

bool pal_name_valid(const char *text) {
  if (!text || text[0] == '-')
    return false;
  size_t n = 0;
  while (n <= PAL_NAME_MAX && (is_digit(text[n]) || (text[n] >= 'a' && text[n] <= 'z') || text[n] == '-'))
    n++;
  return n >= 1 && n <= PAL_NAME_MAX && text[n] == '\0';
}
