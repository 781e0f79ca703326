/* SPDX-License-Identifier: Apache-2.0 */
/*
 * managed.c - managed-identity: the platform palscan runs on gives the token.
 * Which of its services it is, the environment says, in the order of the Azure
 * Identity libraries: App Service and Container Apps, Azure Arc, a virtual
 * machine's metadata service.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "credential.h"
#include "pal_file.h"
#include "pal_local.h"

#define ARC_KEYS "/var/opt/azcmagent/tokens"
#define METADATA_HOST "http://169.254.169.254"

enum { URL_MAX = 4096, HEADER_MAX = 8192, ARC_KEY_MAX = 4096, TIMEOUT_S = 20 };

enum host { HOST_APP_SERVICE, HOST_ARC, HOST_METADATA };

struct managed {
  enum host host;
  char *endpoint; /* without query */
};

static const char *variable(const char *name) {
  const char *value = getenv(name);
  return value && *value ? value : NULL;
}

/* Where its agent stands, and stood in older versions. */
static bool has_arc(void) {
  return access("/opt/azcmagent/bin/himds", F_OK) == 0 || access("/var/opt/azcmagent/bin/himds", F_OK) == 0;
}

static enum pal_code find_host(const struct credential *credential, struct managed *managed, struct pal_err *err) {
  const char *endpoint = variable("IDENTITY_ENDPOINT"), *metadata = variable("AZURE_POD_IDENTITY_AUTHORITY_HOST");
  struct pal_buf url;
  pal_buf_init(&url, URL_MAX);
  managed->host = HOST_METADATA;
  if (variable("IDENTITY_SERVER_THUMBPRINT"))
    return pal_err_set(err, PAL_E_CONFIG, "identity %s: managed identities of Service Fabric are not supported",
                       credential->name);
  if (endpoint && variable("IDENTITY_HEADER"))
    managed->host = HOST_APP_SERVICE;
  else if ((endpoint && variable("IMDS_ENDPOINT")) || has_arc())
    managed->host = HOST_ARC;
  else if (variable("MSI_ENDPOINT"))
    return pal_err_set(err, PAL_E_CONFIG, "identity %s: in Azure Cloud Shell use azure-cli", credential->name);
  if (managed->host == HOST_METADATA)
    pal_buf_printf(&url, "%s/metadata/identity/oauth2/token", metadata ? metadata : METADATA_HOST);
  else
    pal_buf_puts(&url, endpoint ? endpoint : "http://127.0.0.1:40342/metadata/identity/oauth2/token");
  enum pal_code code = pal_buf_check(&url, "the address of a managed identity", err);
  if (code == PAL_OK && (!pal_local_allowed(url.data) || strchr(url.data, '?')))
    code = pal_err_set(err, PAL_E_CONFIG,
                       "identity %s: the environment names a service of managed identities that is not on this host",
                       credential->name);
  if (code == PAL_OK && !(managed->endpoint = strdup(url.data)))
    code = pal_err_nomem(err);
  pal_buf_deinit(&url);
  return code;
}

enum pal_code managed_load(struct credential *credential, const struct credential_source *source, struct pal_err *err) {
  struct managed *managed = calloc(1, sizeof *managed);
  if (!managed)
    return pal_err_nomem(err);
  credential->own = managed;
  enum pal_code code = find_host(credential, managed, err);
  if (code == PAL_OK && managed->host == HOST_ARC && pal_get_text(credential->scanner, PAL_SCANNER_CLIENT_ID))
    code = pal_err_set(err, PAL_E_CONFIG, "identity %s: Azure Arc has one identity for a host: leave clientId out",
                       credential->name);
  if (code == PAL_OK && managed->host == HOST_APP_SERVICE)
    code = secret_from_variable(credential, source, "IDENTITY_HEADER", "of the platform", err);
  return code;
}

void managed_wipe(struct credential *credential) {
  struct managed *managed = credential->own;
  free(managed->endpoint);
  free(managed);
  credential->own = NULL;
}

/* --- asking --- */

static void make_url(const struct credential_fetch *fetch, const struct managed *managed, struct pal_buf *url) {
  static const char *const versions[] = {
      [HOST_APP_SERVICE] = "2019-08-01", [HOST_ARC] = "2020-06-01", [HOST_METADATA] = "2018-02-01"};
  const char *client = pal_get_text(fetch->credential->scanner, PAL_SCANNER_CLIENT_ID);
  bool origin = strncmp(fetch->audience, "https://", 8) == 0 && !strchr(fetch->audience + 8, '/');
  struct pal_buf resource;
  pal_buf_init(&resource, URL_MAX);
  pal_buf_printf(&resource, "%s%s", fetch->audience, origin ? "/" : "");
  pal_buf_printf(url, "%s?api-version=%s", managed->endpoint, versions[managed->host]);
  form_put(url, "resource", resource.data);
  if (client)
    form_put(url, "client_id", client);
  pal_buf_deinit(&resource);
}

/* False when palscan is to stop. */
static bool wait_s(unsigned seconds, const pal_stop *stop) {
  for (unsigned i = 0; i < seconds * 10; i++) {
    if (atomic_load(stop))
      return false;
    (void)nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
  }
  return !atomic_load(stop);
}

/* 404 and 410: the service is being updated. */
static bool is_worth_a_wait(int status) {
  return status == 404 || status == 410 || status == 429 || status >= 500;
}

static enum pal_code get(const char *url, const char *header, const char *more, const pal_stop *stop,
                         struct pal_local_answer *answer, struct pal_err *err) {
  static const unsigned waits[] = {0, 2, 6, 14, 30};
  const char *const headers[PAL_LOCAL_HEADERS_MAX] = {header, more};
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < sizeof waits / sizeof waits[0] && wait_s(waits[i], stop); i++) {
    code = pal_local_get(url, headers, TIMEOUT_S, stop, answer, err);
    if (code != PAL_OK || !is_worth_a_wait(answer->status))
      break;
  }
  return code;
}

bool managed_arc_key(const char *folder, const char *challenge, struct pal_buf *key) {
  static const char start[] = "Basic realm=", end[] = ".key";
  char path[URL_MAX];
  struct pal_buf bytes;
  if (strncmp(challenge, start, strlen(start)) != 0)
    return false;
  const char *named = challenge + strlen(start);
  const char *slash = strrchr(named, '/');
  const char *base = slash ? slash + 1 : "";
  size_t len = strlen(base);
  if (!slash || (size_t)(slash - named) != strlen(folder) || strncmp(named, folder, strlen(folder)) != 0 ||
      len <= strlen(end) || strcmp(base + len - strlen(end), end) != 0 || base[0] == '.' ||
      snprintf(path, sizeof path, "%s/%s", folder, base) >= (int)sizeof path)
    return false;
  pal_buf_init(&bytes, ARC_KEY_MAX);
  bool good = pal_file_read(path, "key of Azure Arc", 0, ARC_KEY_MAX, &bytes, NULL) == PAL_OK;
  size_t key_len = secret_len(bytes.data, bytes.len);
  for (size_t i = 0; i < key_len; i++)
    good = good && bytes.data[i] > 0x20 && bytes.data[i] < 0x7F;
  if (good && key_len > 0)
    pal_buf_add(key, bytes.data, key_len);
  pal_buf_wipe(&bytes);
  return good && key_len > 0;
}

/* Azure Arc wants to see that palscan may read a file only its users may read. */
static enum pal_code answer_challenge(const char *url, const char *keys, const pal_stop *stop,
                                      struct pal_local_answer *answer, struct pal_err *err) {
  struct pal_buf header;
  pal_buf_init(&header, HEADER_MAX);
  pal_buf_puts(&header, "Authorization: Basic ");
  enum pal_code code = PAL_OK;
  if (managed_arc_key(keys, answer->challenge, &header))
    code = get(url, "Metadata: true", header.data, stop, answer, err);
  pal_buf_wipe(&header);
  return code;
}

static enum pal_code ask(const struct credential_fetch *fetch, const char *arc_keys, const pal_stop *stop,
                         struct pal_local_answer *answer, struct pal_err *err) {
  const struct managed *managed = fetch->credential->own;
  struct pal_buf url, header;
  pal_buf_init(&url, URL_MAX);
  pal_buf_init(&header, HEADER_MAX);
  make_url(fetch, managed, &url);
  if (managed->host == HOST_APP_SERVICE)
    pal_buf_printf(&header, "X-IDENTITY-HEADER: %s", fetch->credential->secret);
  else
    pal_buf_puts(&header, "Metadata: true");
  enum pal_code code = pal_buf_check(&url, "an address", err);
  if (code == PAL_OK)
    code = pal_buf_check(&header, "a header", err);
  if (code == PAL_OK)
    code = get(url.data, header.data, NULL, stop, answer, err);
  if (code == PAL_OK && managed->host == HOST_ARC && answer->status == 401)
    code = answer_challenge(url.data, arc_keys, stop, answer, err);
  pal_buf_wipe(&header);
  pal_buf_deinit(&url);
  return code;
}

void managed_fetch_from(struct credential_fetch *fetch, const char *arc_keys, const pal_stop *stop) {
  struct pal_local_answer answer = {0};
  pal_buf_init(&answer.body, PAL_LOCAL_BODY_MAX);
  if (ask(fetch, arc_keys, stop, &answer, NULL) == PAL_OK && answer.status != 0) {
    fetch->status = answer.status;
    pal_buf_add(&fetch->answer, answer.body.data, answer.body.len);
  } else {
    fetch->status = 503;
    pal_buf_puts(&fetch->answer, "{\"error\":\"no_managed_identity\"}");
  }
  pal_buf_wipe(&answer.body);
}

void managed_fetch(struct credential_fetch *fetch, const pal_stop *stop) {
  managed_fetch_from(fetch, ARC_KEYS, stop);
}
