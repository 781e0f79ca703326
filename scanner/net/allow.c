/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one allow-list. A request is sent only when a row has its service,
 * method, path, kind of body and every name of its query. There is no row for a
 * batch, and none whose meaning its body could change into a write. The rows
 * that write stand by themselves and hold for who has a grant alone (grant.h).
 */
#include "allow.h"

#include <stdio.h>
#include <string.h>

#include "pal_id.h"
#include "text.h"

enum { QUERY_NAMES_MAX = 8, QUERY_NAME_LEN_MAX = 64 };

struct row {
  enum pal_service service;
  const char *method;
  const char *path; /* {guid}: one segment that is a GUID; {partner}: one that is a partner ID */
  enum pal_body_kind body;
  const char *queries; /* names separated by spaces; a '!' after one: required */
};

#define SUBSCRIPTION "/subscriptions/{guid}"
#define AUTHORIZATION SUBSCRIPTION "/providers/Microsoft.Authorization"
#define LIST "api-version! $filter $skiptoken"

static const struct row rows[] = {
    {PAL_LOGIN, "POST", "/{guid}/oauth2/v2.0/token", PAL_BODY_FORM, ""},
    {PAL_LOGIN, "POST", "/{guid}/oauth2/v2.0/devicecode", PAL_BODY_FORM, ""},

    {PAL_ARM, "GET", "/metadata/endpoints", PAL_BODY_NONE, "api-version!"},
    {PAL_ARM, "GET", "/tenants", PAL_BODY_NONE, "api-version! $skiptoken"},
    {PAL_ARM, "GET", "/subscriptions", PAL_BODY_NONE, "api-version! $skiptoken $top"},
    {PAL_ARM, "GET", "/providers/Microsoft.ManagementPartner/partners", PAL_BODY_NONE, "api-version!"},
    {PAL_ARM, "GET", AUTHORIZATION "/roleAssignments", PAL_BODY_NONE, LIST},
    {PAL_ARM, "GET", AUTHORIZATION "/denyAssignments", PAL_BODY_NONE, LIST},
    {PAL_ARM, "GET", AUTHORIZATION "/roleEligibilityScheduleInstances", PAL_BODY_NONE, LIST},
    {PAL_ARM, "GET", AUTHORIZATION "/roleAssignmentScheduleInstances", PAL_BODY_NONE, LIST},
    {PAL_ARM, "GET", AUTHORIZATION "/roleDefinitions", PAL_BODY_NONE, LIST},
    {PAL_ARM, "GET", AUTHORIZATION "/roleDefinitions/{guid}", PAL_BODY_NONE, "api-version!"},
    {PAL_ARM, "GET", SUBSCRIPTION "/providers/Microsoft.ManagedServices/registrationAssignments", PAL_BODY_NONE,
     LIST " $expandRegistrationDefinition"},
    {PAL_ARM, "GET", SUBSCRIPTION "/providers/Microsoft.Consumption/usageDetails", PAL_BODY_NONE,
     LIST " $top $expand metric sessiontoken"},
    {PAL_ARM, "POST", "/providers/Microsoft.ResourceGraph/resources", PAL_BODY_JSON, "api-version!"},
    {PAL_ARM, "POST", SUBSCRIPTION "/providers/Microsoft.CostManagement/query", PAL_BODY_JSON,
     "api-version! $skiptoken"},

    {PAL_GRAPH, "GET", "/v1.0/groups/{guid}/transitiveMembers", PAL_BODY_NONE, "$select $top $skiptoken"},
    {PAL_GRAPH, "GET", "/v1.0/servicePrincipals/{guid}", PAL_BODY_NONE, "$select"},
    {PAL_GRAPH, "GET", "/v1.0/users/{guid}", PAL_BODY_NONE, "$select"},
    {PAL_GRAPH, "POST", "/v1.0/directoryObjects/getByIds", PAL_BODY_JSON, "$select"},
};
enum { ROWS_N = sizeof rows / sizeof rows[0] };

#define LINK_OF "/providers/Microsoft.ManagementPartner/partners/{partner}"

static const struct row writes[] = {
    {PAL_ARM, "PUT", LINK_OF, PAL_BODY_JSON, "api-version!"},
    {PAL_ARM, "PATCH", LINK_OF, PAL_BODY_JSON, "api-version!"},
    {PAL_ARM, "DELETE", LINK_OF, PAL_BODY_NONE, "api-version!"},
};
enum { WRITES_N = sizeof writes / sizeof writes[0] };

static const char *const body_names[] = {
    [PAL_BODY_NONE] = "no body", [PAL_BODY_JSON] = "a JSON body", [PAL_BODY_FORM] = "a form"};

/* --- paths --- */

/* From the first slash after the host; ends at '?' or the end. */
static const char *path_of(const char *url) {
  const char *host = strstr(url, "://");
  return host ? host + 3 + strcspn(host + 3, "/") : "";
}

static bool is_partner_id(const char *text, size_t len) {
  for (size_t i = 0; i < len; i++)
    if (text[i] < '0' || text[i] > '9')
      return false;
  return len > 0 && len <= PAL_PARTNER_ID_MAX;
}

/* Resource Manager and Graph do not tell the case of a path, and their links to
 * next pages show it; the login service gets what this program wrote. */
static bool segment_matches(const char *want, size_t want_len, const char *have, size_t have_len,
                            enum pal_service service) {
  char guid[PAL_GUID_LEN + 1];
  if (want_len == strlen("{guid}") && strncmp(want, "{guid}", want_len) == 0)
    return pal_guid_canonical(have, have_len, guid);
  if (want_len == strlen("{partner}") && strncmp(want, "{partner}", want_len) == 0)
    return is_partner_id(have, have_len);
  if (want_len != have_len)
    return false;
  return service == PAL_LOGIN ? strncmp(want, have, have_len) == 0 : net_same_letters(want, have, have_len);
}

static bool path_matches(const struct row *row, const char *path) {
  const char *want = row->path;
  for (;;) {
    if (*want != '/' || *path != '/')
      return *want == '\0' && (*path == '\0' || *path == '?');
    size_t want_len = strcspn(++want, "/");
    size_t have_len = strcspn(++path, "/?");
    if (!segment_matches(want, want_len, path, have_len, row->service))
      return false;
    want += want_len;
    path += have_len;
  }
}

bool net_allow_path(enum pal_service service, const char *url) {
  for (size_t i = 0; i < ROWS_N; i++)
    if (rows[i].service == service && path_matches(&rows[i], path_of(url)))
      return true;
  for (size_t i = 0; i < WRITES_N; i++)
    if (writes[i].service == service && path_matches(&writes[i], path_of(url)))
      return true;
  return false;
}

/* --- queries --- */

/* Index of name in the row's list; -1 when it is not there. */
static int query_index(const struct row *row, const char *name) {
  int index = 0;
  for (const char *p = row->queries; *p; index++) {
    size_t len = strcspn(p, " ");
    size_t name_len = p[len - 1] == '!' ? len - 1 : len;
    if (strlen(name) == name_len && net_same_letters(p, name, name_len))
      return index;
    p += len + (p[len] == ' ');
  }
  return -1;
}

/* YYYY-MM-DD or YYYY-MM-DD-preview */
static bool is_api_version(const char *text, size_t len) {
  static const char shape[] = "dddd-dd-dd";
  size_t n = strlen(shape);
  if (len < n)
    return false;
  for (size_t i = 0; i < n; i++)
    if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != '-')
      return false;
  return len == n || (len == n + strlen("-preview") && strncmp(text + n, "-preview", len - n) == 0);
}

/* One "name=value" of a query: which name of the row, or *ret_bad says why not. */
static enum pal_code judge_pair(const struct row *row, const char *pair, size_t len, unsigned *seen,
                                const char **ret_bad, struct pal_err *err) {
  const char *equals = memchr(pair, '=', len);
  if (!equals) {
    *ret_bad = "has a query without a value";
    return PAL_OK;
  }
  struct pal_buf name;
  pal_buf_init(&name, QUERY_NAME_LEN_MAX);
  net_percent_decode(&name, pair, (size_t)(equals - pair));
  int index = name.bad == PAL_OK ? query_index(row, name.data) : -1;
  bool version = net_same_word(name.data, "api-version");
  bool no_memory = name.bad == PAL_E_NOMEM;
  pal_buf_deinit(&name);
  if (no_memory)
    return pal_err_nomem(err);
  if (index < 0 || index >= QUERY_NAMES_MAX)
    *ret_bad = "has a query name that is not on the allow-list";
  else if (*seen & 1u << index)
    *ret_bad = "has a query name twice";
  else if (version && !is_api_version(equals + 1, len - (size_t)(equals - pair) - 1))
    *ret_bad = "has a malformed api-version";
  else
    *seen |= 1u << index;
  return PAL_OK;
}

/* *ret_bad stays NULL when the row permits the query. */
static enum pal_code judge_query(const struct row *row, const char *path, const char **ret_bad, struct pal_err *err) {
  unsigned seen = 0;
  const char *query = strchr(path, '?');
  for (const char *p = query ? query + 1 : ""; query; p++) {
    size_t len = strcspn(p, "&");
    enum pal_code code = judge_pair(row, p, len, &seen, ret_bad, err);
    if (code != PAL_OK || *ret_bad)
      return code;
    p += len;
    if (!*p)
      break;
  }
  int index = 0;
  for (const char *p = row->queries; *p; index++) {
    size_t len = strcspn(p, " ");
    if (p[len - 1] == '!' && !(seen & 1u << index))
      *ret_bad = "lacks the query name that its row requires";
    p += len + (p[len] == ' ');
  }
  return PAL_OK;
}

/* --- the judgement --- */

enum { WHY_MAX = 96 };

struct asked {
  const char *method, *path;
  enum pal_body_kind body;
  bool at_home[PAL_SERVICES_N]; /* the URL lies at this service */
  bool near;                    /* a row has its path and method */
  char *why;                    /* WHY_MAX bytes: why no row permits it */
};

static enum pal_code deny(const char *method, const char *url, const char *why, struct pal_err *err) {
  struct pal_buf shown, verb;
  enum pal_code code =
      pal_err_set(err, PAL_E_DENIED, "%s %s: %s", net_shown(&verb, method), net_shown(&shown, url), why);
  pal_buf_deinit(&verb);
  pal_buf_deinit(&shown);
  return code;
}

static enum pal_code check_normal(const char *method, const char *url, struct pal_err *err) {
  bool same = false;
  enum pal_code code = net_url_is_normal(url, &same, err);
  return code == PAL_OK && !same ? deny(method, url, "the URL is not normalised", err) : code;
}

/* *ret stays NULL when none of the rows permits the request; asked->why says how near one came. */
static enum pal_code find_row(const struct row *list, size_t n, struct asked *asked, const struct row **ret,
                              struct pal_err *err) {
  for (size_t i = 0; i < n; i++) {
    const struct row *row = &list[i];
    if (!asked->at_home[row->service] || !path_matches(row, asked->path))
      continue;
    if (strcmp(row->method, asked->method) != 0) {
      if (!asked->near)
        (void)snprintf(asked->why, WHY_MAX, "the method is not on the allow-list for this path");
      continue;
    }
    asked->near = true;
    if (row->body != asked->body) {
      (void)snprintf(asked->why, WHY_MAX, "must have %s, not %s", body_names[row->body], body_names[asked->body]);
      continue;
    }
    const char *bad = NULL;
    enum pal_code code = judge_query(row, asked->path, &bad, err);
    if (code != PAL_OK)
      return code;
    if (!bad) {
      *ret = row;
      return PAL_OK;
    }
    (void)snprintf(asked->why, WHY_MAX, "%s", bad);
  }
  return PAL_OK;
}

enum pal_code net_allow(const struct pal_cloud *cloud, const char *method, const char *url, enum pal_body_kind body,
                        enum net_right right, enum pal_service *ret, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  char why[WHY_MAX] = "host and port are none of the cloud's";
  struct asked asked = {.method = method, .path = path_of(url), .body = body, .why = why};
  for (int i = 0; i < PAL_SERVICES_N; i++) {
    code = net_origin_matches(cloud->origin[i], url, &asked.at_home[i], err);
    if (code != PAL_OK)
      return code;
    if (asked.at_home[i])
      (void)snprintf(why, sizeof why, "the path is not on the allow-list");
  }
  const struct row *row = NULL;
  code =
      right == NET_GRANTED ? find_row(writes, WRITES_N, &asked, &row, err) : find_row(rows, ROWS_N, &asked, &row, err);
  if (code != PAL_OK)
    return code;
  if (!row)
    return deny(method, url, why, err);
  *ret = row->service;
  return PAL_OK;
}

enum pal_code pal_url_allowed(const struct pal_cloud *cloud, const char *method, const char *url,
                              enum pal_body_kind body, struct pal_err *err) {
  enum pal_service service;
  struct pal_buf normal;
  pal_buf_init(&normal, strlen(url) * 3 + 16);
  enum pal_code code = pal_url_normalise(url, &normal, NULL);
  pal_buf_deinit(&normal);
  if (code == PAL_E_NOMEM)
    return pal_err_nomem(err);
  if (code != PAL_OK)
    return deny(method, url, "the URL is not normalised", err);
  code = check_normal(method, url, err);
  return code == PAL_OK ? net_allow(cloud, method, url, body, NET_UNGRANTED, &service, err) : code;
}
