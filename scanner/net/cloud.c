/* SPDX-License-Identifier: Apache-2.0 */
/* cloud.c - the built-in clouds, and those made from endpoints. */
#include "cloud.h"

#include <stdint.h>
#include <string.h>

#include "pal_cloud.h"
#include "pal_id.h"
#include "text.h"

enum { AUDIENCE_MAX = 512, ORIGIN_MAX = 1024 };

static const struct pal_cloud clouds[] = {
    {
        .name = "AzurePublicCloud",
        .origin =
            {
                [PAL_LOGIN] = "https://login.microsoftonline.com",
                [PAL_ARM] = "https://management.azure.com",
                [PAL_GRAPH] = "https://graph.microsoft.com",
            },
    },
    {
        .name = "AzureUSGovernment",
        .origin =
            {
                [PAL_LOGIN] = "https://login.microsoftonline.us",
                [PAL_ARM] = "https://management.usgovcloudapi.net",
                [PAL_GRAPH] = "https://graph.microsoft.us",
            },
    },
    {
        .name = "AzureChinaCloud",
        .origin =
            {
                [PAL_LOGIN] = "https://login.chinacloudapi.cn",
                [PAL_ARM] = "https://management.chinacloudapi.cn",
                [PAL_GRAPH] = "https://microsoftgraph.chinacloudapi.cn",
            },
    },
};
enum { CLOUDS_N = sizeof clouds / sizeof clouds[0] };

const struct pal_cloud *pal_cloud_builtin(const char *name) {
  for (size_t i = 0; i < CLOUDS_N; i++)
    if (strcmp(clouds[i].name, name) == 0)
      return &clouds[i];
  return NULL;
}

bool pal_cloud_is_builtin(const struct pal_cloud *cloud) {
  return pal_cloud_builtin(cloud->name) != NULL;
}

/* The built-in clouds' spelling of this origin of a service; NULL when it is none of theirs. */
static const char *find_builtin(enum pal_service service, const char *origin) {
  /* The older name of the public cloud's sign-in, which Azure Stack Hub still gives. */
  if (service == PAL_LOGIN && strcmp(origin, "https://login.windows.net") == 0)
    return clouds[0].origin[PAL_LOGIN];
  for (size_t i = 0; i < CLOUDS_N; i++)
    if (strcmp(clouds[i].origin[service], origin) == 0)
      return clouds[i].origin[service];
  return NULL;
}

const char *net_cloud_ca_file(const struct pal_cloud *cloud, enum pal_service service) {
  const char *origin = cloud->origin[service];
  return origin && !find_builtin(service, origin) ? cloud->ca_file : NULL;
}

/* --- values --- */

static enum pal_code wrong(const struct pal_cloud *cloud, const char *key, const char *value, const char *why,
                           struct pal_err *err) {
  struct pal_buf shown;
  enum pal_code code =
      pal_err_set(err, PAL_E_CONFIG, "cloud %s: %s \"%s\" %s", cloud->name, key, net_shown(&shown, value), why);
  pal_buf_deinit(&shown);
  return code;
}

/* An origin in its one spelling. */
static enum pal_code read_origin(struct pal_arena *arena, const struct pal_cloud *cloud, const char *key,
                                 const char *value, const char **ret, struct pal_err *err) {
  struct pal_buf normal;
  struct pal_err why = {0};
  pal_buf_init(&normal, ORIGIN_MAX);
  enum pal_code code = pal_url_normalise(value, &normal, &why);
  const char *path = code == PAL_OK ? strchr(normal.data + strlen("https://"), '/') : NULL;
  if (code == PAL_E_NOMEM)
    (void)pal_err_nomem(err);
  else if (code != PAL_OK)
    code = pal_err_set(err, PAL_E_CONFIG, "cloud %s: %s: %s", cloud->name, key, why.text);
  else if (strcmp(path, "/") != 0)
    code = wrong(cloud, key, value, "is more than https://host or https://host:port", err);
  else if ((*ret = pal_arena_strndup(arena, normal.data, normal.len - 1)) == NULL)
    code = pal_err_nomem(err);
  pal_buf_deinit(&normal);
  return code;
}

static bool is_audience(const char *text) {
  size_t len = strnlen(text, AUDIENCE_MAX + 1);
  for (size_t i = 0; i < len; i++)
    if (text[i] < 0x21 || text[i] > 0x7E)
      return false;
  return len > 0 && len <= AUDIENCE_MAX;
}

/* --- from settings --- */

static enum pal_code fill(struct pal_arena *arena, const struct pal_record *endpoints, struct pal_cloud *cloud,
                          struct pal_err *err) {
  static const struct {
    int field;
    int service; /* -1: none that is used */
  } rows[] = {
      {PAL_ENDPOINTS_AUTHORITY, PAL_LOGIN}, {PAL_ENDPOINTS_RESOURCE_MANAGER, PAL_ARM},
      {PAL_ENDPOINTS_GRAPH, PAL_GRAPH},     {PAL_ENDPOINTS_POWER_PLATFORM, -1},
      {PAL_ENDPOINTS_POWER_APPS, -1},       {PAL_ENDPOINTS_FLOW, -1},
      {PAL_ENDPOINTS_POWER_BI, -1},         {PAL_ENDPOINTS_CUSTOMER_INSIGHTS, -1},
      {PAL_ENDPOINTS_PARTNER_CENTER, -1},
  };
  const char *metadata = pal_get_text(endpoints, PAL_ENDPOINTS_METADATA);
  enum pal_code code = PAL_OK;
  if (metadata)
    code = read_origin(arena, cloud, "metadata", metadata, &cloud->metadata, err);
  for (size_t i = 0; code == PAL_OK && i < sizeof rows / sizeof rows[0]; i++) {
    const char *key = pal_kind_ENDPOINTS.fields[rows[i].field].json;
    const char *value = pal_get_text(endpoints, rows[i].field), *origin = NULL;
    if (!value)
      continue;
    if (metadata)
      return wrong(cloud, key, value, "stands beside metadata, which say where it is", err);
    code = read_origin(arena, cloud, key, value, &origin, err);
    if (code == PAL_OK && rows[i].service >= 0)
      cloud->origin[rows[i].service] = origin;
  }
  if (code == PAL_OK && metadata)
    cloud->origin[PAL_ARM] = cloud->metadata;
  const char *audience = pal_get_text(endpoints, PAL_ENDPOINTS_AUDIENCE);
  if (code == PAL_OK && audience && !is_audience(audience))
    return wrong(cloud, "audience", audience, "is none", err);
  if (code == PAL_OK && audience && !(cloud->audience = pal_arena_strdup(arena, audience)))
    return pal_err_nomem(err);
  return code;
}

enum pal_code pal_cloud_make(struct pal_arena *arena, const struct pal_record *settings, const char *ca_file,
                             struct pal_cloud **ret, struct pal_err *err) {
  const char *name = pal_get_text(settings, PAL_SETTINGS_CLOUD);
  const struct pal_record *endpoints = pal_get_record(settings, PAL_SETTINGS_ENDPOINTS);
  const struct pal_cloud *builtin = pal_cloud_builtin(name);
  struct pal_cloud *cloud = pal_arena_calloc(arena, 1, sizeof *cloud);
  if (!cloud)
    return pal_err_nomem(err);
  cloud->name = name;
  if (builtin && endpoints)
    return wrong(cloud, "name", name, "is that of a built-in cloud, whose endpoints are fixed", err);
  if (!builtin && !endpoints)
    return pal_err_set(err, PAL_E_CONFIG,
                       "\"%s\" is no built-in cloud (AzurePublicCloud, AzureUSGovernment, "
                       "AzureChinaCloud); any other is an object that names its endpoints",
                       name);
  if (builtin) {
    *cloud = *builtin;
  } else {
    cloud->ca_file = ca_file;
    enum pal_code code = fill(arena, endpoints, cloud, err);
    if (code != PAL_OK)
      return code;
    if (!cloud->metadata && (!cloud->origin[PAL_LOGIN] || !cloud->origin[PAL_ARM]))
      return pal_err_set(err, PAL_E_CONFIG, "cloud %s: needs either metadata, or authority and resourceManager", name);
  }
  *ret = cloud;
  return PAL_OK;
}

/* --- from metadata --- */

struct host {
  const char *text;
  size_t len;
};

static struct host host_of(const char *origin) {
  const char *text = origin + strlen("https://");
  return (struct host){text, strcspn(text, ":/")};
}

/* The domain that the hosts of a Stack Hub share: the endpoint's without its first label. An address, or a name whose
 * remainder is a single label, stands for itself alone. */
static struct host parent_of(const char *origin) {
  struct host host = host_of(origin);
  const char *dot = memchr(host.text, '.', host.len);
  struct host parent = dot ? (struct host){dot + 1, host.len - (size_t)(dot + 1 - host.text)} : host;
  bool is_address = host.text[host.len - 1] >= '0' && host.text[host.len - 1] <= '9';
  return is_address || !memchr(parent.text, '.', parent.len) ? host : parent;
}

static bool lies_under(const char *origin, struct host parent) {
  struct host host = host_of(origin);
  if (host.len < parent.len || memcmp(host.text + host.len - parent.len, parent.text, parent.len) != 0)
    return false;
  return host.len == parent.len || host.text[host.len - parent.len - 1] == '.';
}

/* https://management.DIRECTORY.onmicrosoft.com/GUID */
static bool is_directory_audience(const char *url) {
  static const char start[] = "https://management.", end[] = ".onmicrosoft.com";
  char guid[PAL_GUID_LEN + 1];
  struct host host = host_of(url);
  const char *path = host.text + host.len;
  if (strncmp(url, start, strlen(start)) != 0 || host.len <= strlen("management.") + strlen(end) ||
      memcmp(path - strlen(end), end, strlen(end)) != 0)
    return false;
  return path[0] == '/' && pal_guid_canonical(path + 1, strlen(path + 1), guid);
}

static enum pal_code learn_audience(struct pal_arena *arena, const char *text, struct pal_cloud *cloud,
                                    struct pal_err *err) {
  struct pal_buf normal;
  if (!is_audience(text))
    return wrong(cloud, "audience of its metadata", text, "is none", err);
  pal_buf_init(&normal, ORIGIN_MAX);
  enum pal_code code = pal_url_normalise(text, &normal, NULL);
  if (code == PAL_E_NOMEM)
    (void)pal_err_nomem(err);
  else if (code != PAL_OK ||
           (!lies_under(normal.data, parent_of(cloud->metadata)) && !is_directory_audience(normal.data)))
    code = wrong(cloud, "audience of its metadata", text,
                 "is that of something else than this cloud; name it as audience in the configuration if it is right",
                 err);
  else if (!(cloud->audience = pal_arena_strdup(arena, text)))
    code = pal_err_nomem(err);
  pal_buf_deinit(&normal);
  return code;
}

static enum pal_code learn_origin(struct pal_arena *arena, const char *key, const char *value, enum pal_service service,
                                  struct pal_cloud *cloud, struct pal_err *err) {
  const char *origin = NULL;
  enum pal_code code = read_origin(arena, cloud, key, value, &origin, err);
  if (code != PAL_OK)
    return code;
  const char *builtin = find_builtin(service, origin);
  if (!builtin && !lies_under(origin, parent_of(cloud->metadata)))
    return wrong(cloud, key, value, "lies neither in the domain of its metadata nor in a built-in cloud", err);
  cloud->origin[service] = builtin ? builtin : origin;
  return PAL_OK;
}

enum pal_code pal_cloud_learn(struct pal_arena *arena, const struct pal_cloud_metadata *metadata,
                              struct pal_cloud *cloud, struct pal_err *err) {
  static const char login[] = "loginEndpoint of its metadata";
  size_t len = strlen(metadata->login);
  while (len > 0 && metadata->login[len - 1] == '/')
    len--;
  if (len > strlen("/adfs") && net_same_letters(metadata->login + len - strlen("/adfs"), "/adfs", strlen("/adfs")))
    return wrong(cloud, login, metadata->login, "is AD FS, which palscan does not sign in to: only Entra ID", err);
  enum pal_code code = learn_origin(arena, login, metadata->login, PAL_LOGIN, cloud, err);
  if (code == PAL_OK && metadata->graph)
    code = learn_origin(arena, "microsoftGraphResourceId of its metadata", metadata->graph, PAL_GRAPH, cloud, err);
  if (code == PAL_OK && !cloud->audience)
    code = learn_audience(arena, metadata->audience, cloud, err);
  if (code == PAL_OK)
    cloud->metadata = NULL;
  return code;
}
