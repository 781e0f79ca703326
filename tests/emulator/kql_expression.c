/* SPDX-License-Identifier: Apache-2.0 */
#include "kql.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_NAME = 80 };

void emu_kql_fails(struct emu_kql *k, const char *reason) {
  if (k->reason == NULL)
    k->reason = reason;
}

static bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

void emu_kql_space(struct emu_kql *k) {
  while (*k->at == ' ' || *k->at == '\n' || *k->at == '\r' || *k->at == '\t')
    k->at++;
}

bool emu_kql_takes(struct emu_kql *k, const char *word) {
  emu_kql_space(k);
  size_t len = strlen(word);
  if (!emu_starts_nocase(k->at, word) || (is_name(word[len - 1]) && is_name(k->at[len])))
    return false;
  k->at += len;
  return true;
}

bool emu_kql_name(struct emu_kql *k, char *out, size_t size) {
  emu_kql_space(k);
  size_t len = 0;
  while (is_name(k->at[len]) || (len != 0 && k->at[len] == '-' && is_name(k->at[len + 1])))
    len++;
  if (len == 0 || len >= size)
    return false;
  emu_format(out, size, "%.*s", (int)len, k->at);
  k->at += len;
  return true;
}

bool emu_kql_truth(const cJSON *value) {
  return cJSON_IsTrue(value) || (cJSON_IsNumber(value) && value->valuedouble != 0);
}

char *emu_kql_text(const cJSON *value) {
  char *text = NULL;
  if (value == NULL || cJSON_IsNull(value))
    text = strdup("");
  else if (cJSON_IsString(value))
    text = strdup(value->valuestring);
  else
    text = cJSON_PrintUnformatted(value);
  if (text == NULL)
    abort();
  return text;
}

static cJSON *literal(struct emu_kql *k) {
  char quote = *k->at++;
  size_t len = strcspn(k->at, quote == '"' ? "\"" : "'");
  struct emu_text text = {0};
  emu_text_add(&text, k->at, len);
  k->at += len;
  if (*k->at == quote)
    k->at++;
  else
    emu_kql_fails(k, "a text does not end");
  cJSON *value = cJSON_CreateString(text.data);
  emu_text_free(&text);
  return value;
}

static cJSON *split(const char *text, const char *separator) {
  cJSON *list = cJSON_CreateArray();
  size_t len = strlen(separator);
  while (len != 0) {
    const char *end = strstr(text, separator);
    struct emu_text part = {0};
    emu_text_add(&part, text, end != NULL ? (size_t)(end - text) : strlen(text));
    cJSON_AddItemToArray(list, cJSON_CreateString(part.data));
    emu_text_free(&part);
    if (end == NULL)
      break;
    text = end + len;
  }
  return list;
}

static cJSON *call(struct emu_kql *k, const char *name, const cJSON *row) {
  cJSON *arguments[3] = {NULL};
  size_t n = 0;
  while (!emu_kql_takes(k, ")") && k->reason == NULL) {
    if (n == 3 || *k->at == '\0') {
      emu_kql_fails(k, "a function has no end or too many arguments");
      break;
    }
    arguments[n++] = emu_kql_value(k, row);
    (void)emu_kql_takes(k, ",");
  }
  char *first = emu_kql_text(arguments[0]), *second = emu_kql_text(arguments[1]);
  cJSON *value = NULL;
  if (emu_same_nocase(name, "tostring"))
    value = cJSON_CreateString(first);
  else if (emu_same_nocase(name, "tolower")) {
    emu_lower(first);
    value = cJSON_CreateString(first);
  } else if (emu_same_nocase(name, "split"))
    value = split(first, second);
  else if (emu_same_nocase(name, "isnotempty"))
    value = cJSON_CreateBool(*first != '\0');
  else if (emu_same_nocase(name, "isempty"))
    value = cJSON_CreateBool(*first == '\0');
  else if (emu_same_nocase(name, "not"))
    value = cJSON_CreateBool(!emu_kql_truth(arguments[0]));
  else if (emu_same_nocase(name, "array_length"))
    value = cJSON_CreateNumber(cJSON_GetArraySize(arguments[0]));
  else
    emu_kql_fails(k, "an unknown function");
  free(first);
  free(second);
  for (size_t i = 0; i < n; i++)
    cJSON_Delete(arguments[i]);
  return value;
}

/* Columns are found whatever their case; an absent one is null. */
static cJSON *member(cJSON *of, const char *name) {
  cJSON *found = cJSON_GetObjectItem(of, name);
  cJSON *value = found != NULL ? cJSON_Duplicate(found, true) : NULL;
  cJSON_Delete(of);
  return value;
}

static cJSON *element(struct emu_kql *k, cJSON *of) {
  emu_kql_space(k);
  if (*k->at == '\'' || *k->at == '"') {
    cJSON *name = literal(k);
    cJSON *value = member(of, name->valuestring);
    cJSON_Delete(name);
    return value;
  }
  char *end;
  long index = strtol(k->at, &end, 10);
  if (end == k->at)
    emu_kql_fails(k, "an index is no number");
  k->at = end;
  int size = cJSON_GetArraySize(of);
  cJSON *value = cJSON_Duplicate(cJSON_GetArrayItem(of, (int)(index < 0 ? size + index : index)), true);
  cJSON_Delete(of);
  return value;
}

static cJSON *primary(struct emu_kql *k, const cJSON *row) {
  char name[MAX_NAME];
  cJSON *value = NULL;
  emu_kql_space(k);
  if (*k->at == '\'' || *k->at == '"')
    return literal(k);
  if (*k->at >= '0' && *k->at <= '9') {
    char *end;
    double number = (double)strtoll(k->at, &end, 10);
    k->at = end;
    return cJSON_CreateNumber(number);
  }
  if (emu_kql_takes(k, "(")) {
    value = emu_kql_value(k, row);
    if (!emu_kql_takes(k, ")"))
      emu_kql_fails(k, "a parenthesis does not end");
  } else if (!emu_kql_name(k, name, sizeof name))
    emu_kql_fails(k, "an expression is missing");
  else if (emu_kql_takes(k, "("))
    value = call(k, name, row);
  else {
    const cJSON *column = cJSON_GetObjectItem(row, name);
    value = column != NULL ? cJSON_Duplicate(column, true) : NULL;
  }
  for (;;) {
    if (*k->at == '.' && is_name(k->at[1])) {
      k->at++;
      if (!emu_kql_name(k, name, sizeof name))
        emu_kql_fails(k, "a name is too long");
      else
        value = member(value, name);
    } else if (*k->at == '[') {
      k->at++;
      value = element(k, value);
      if (!emu_kql_takes(k, "]"))
        emu_kql_fails(k, "an index does not end");
    } else
      return value;
  }
}

static bool compare(const char *operator, const char * left, const char *right) {
  if (strcmp(operator, "==") == 0)
    return strcmp(left, right) == 0;
  if (strcmp(operator, "!=") == 0)
    return strcmp(left, right) != 0;
  if (strcmp(operator, "=~") == 0)
    return emu_same_nocase(left, right);
  if (strcmp(operator, "!~") == 0)
    return !emu_same_nocase(left, right);
  if (strcmp(operator, "startswith") == 0)
    return emu_starts_nocase(left, right);
  for (const char *at = left; *at != '\0'; at++)
    if (emu_starts_nocase(at, right))
      return true;
  return *right == '\0';
}

/* `in` and `in~` take a list in parentheses. */
static bool in_list(struct emu_kql *k, const char *left, const cJSON *row, bool nocase) {
  bool found = false;
  if (!emu_kql_takes(k, "("))
    emu_kql_fails(k, "a list is missing");
  while (!emu_kql_takes(k, ")") && k->reason == NULL) {
    cJSON *item = emu_kql_value(k, row);
    char *right = emu_kql_text(item);
    found = found || compare(nocase ? "=~" : "==", left, right);
    free(right);
    cJSON_Delete(item);
    (void)emu_kql_takes(k, ",");
  }
  return found;
}

static cJSON *comparison(struct emu_kql *k, const cJSON *row) {
  static const char *const operators[] = {"==", "!=", "=~", "!~", "startswith", "contains", "has"};
  cJSON *left = primary(k, row);
  char *text = emu_kql_text(left);
  cJSON *result = NULL;
  for (size_t i = 0; i < sizeof operators / sizeof *operators && result == NULL; i++)
    if (emu_kql_takes(k, operators[i])) {
      cJSON *right = primary(k, row);
      char *other = emu_kql_text(right);
      result = cJSON_CreateBool(compare(operators[i], text, other));
      free(other);
      cJSON_Delete(right);
    }
  if (result == NULL && emu_kql_takes(k, "in~"))
    result = cJSON_CreateBool(in_list(k, text, row, true));
  else if (result == NULL && emu_kql_takes(k, "in"))
    result = cJSON_CreateBool(in_list(k, text, row, false));
  free(text);
  if (result == NULL)
    return left;
  cJSON_Delete(left);
  return result;
}

static cJSON *conjunction(struct emu_kql *k, const cJSON *row) {
  cJSON *left = comparison(k, row);
  while (k->reason == NULL && emu_kql_takes(k, "and")) {
    cJSON *right = comparison(k, row);
    bool both = emu_kql_truth(left) && emu_kql_truth(right);
    cJSON_Delete(left);
    cJSON_Delete(right);
    left = cJSON_CreateBool(both);
  }
  return left;
}

cJSON *emu_kql_value(struct emu_kql *k, const cJSON *row) {
  cJSON *left = conjunction(k, row);
  while (k->reason == NULL && emu_kql_takes(k, "or")) {
    cJSON *right = conjunction(k, row);
    bool any = emu_kql_truth(left) || emu_kql_truth(right);
    cJSON_Delete(left);
    cJSON_Delete(right);
    left = cJSON_CreateBool(any);
  }
  return left;
}
