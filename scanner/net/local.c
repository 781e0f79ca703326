/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_local.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#ifndef PALSCAN_VERSION
#error "PALSCAN_VERSION is a compile definition"
#endif

static bool is_local_host(const char *host) {
  unsigned part[4];
  const char *at = host;
  if (strcmp(host, "localhost") == 0)
    return true;
  for (int i = 0; i < 4; i++) {
    size_t digits = strspn(at, "0123456789");
    if (digits == 0 || digits > 3 || (digits > 1 && *at == '0') || at[digits] != (i < 3 ? '.' : '\0'))
      return false;
    part[i] = (unsigned)strtoul(at, NULL, 10);
    if (part[i] > 255)
      return false;
    at += digits + 1;
  }
  return part[0] == 127 || (part[0] == 169 && part[1] == 254);
}

bool pal_local_allowed(const char *url) {
  char *part = NULL;
  bool good = false;
  CURLU *parts = curl_url();
  if (parts && strncmp(url, "http://", 7) == 0 &&
      curl_url_set(parts, CURLUPART_URL, url, CURLU_DISALLOW_USER) == CURLUE_OK &&
      curl_url_get(parts, CURLUPART_HOST, &part, 0) == CURLUE_OK)
    good = is_local_host(part);
  curl_free(part);
  curl_url_cleanup(parts);
  return good;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *payload) {
  struct pal_buf *body = payload;
  pal_buf_add(body, bytes, size * n);
  return body->bad == PAL_OK ? size * n : 0;
}

static size_t on_header(char *bytes, size_t size, size_t n, void *payload) {
  static const char name[] = "WWW-Authenticate:";
  struct pal_local_answer *answer = payload;
  size_t len = size * n, start = strlen(name);
  if (len <= start || !net_same_letters(bytes, name, start))
    return len;
  while (start < len && bytes[start] == ' ')
    start++;
  size_t end = len;
  while (end > start && (bytes[end - 1] == '\r' || bytes[end - 1] == '\n'))
    end--;
  if (end - start < sizeof answer->challenge) {
    memcpy(answer->challenge, bytes + start, end - start);
    answer->challenge[end - start] = '\0';
  }
  return len;
}

static int on_progress(void *payload, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
  const pal_stop *stop = payload;
  (void)a, (void)b, (void)c, (void)d;
  return atomic_load(stop);
}

#define SET(option, value)                          \
  do {                                              \
    if (code == CURLE_OK)                           \
      code = curl_easy_setopt(easy, option, value); \
  } while (0)

static CURLcode set_up(CURL *easy, const char *url, struct curl_slist *lines, unsigned timeout_s, const pal_stop *stop,
                       struct pal_local_answer *answer) {
  CURLcode code = CURLE_OK;
  SET(CURLOPT_URL, url);
  SET(CURLOPT_PROTOCOLS_STR, "http");
  SET(CURLOPT_PROXY, "");
  SET(CURLOPT_NOPROXY, "*");
  SET(CURLOPT_FOLLOWLOCATION, 0L);
  SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
  SET(CURLOPT_NOSIGNAL, 1L);
  SET(CURLOPT_CONNECTTIMEOUT, 5L);
  SET(CURLOPT_TIMEOUT, (long)timeout_s);
  SET(CURLOPT_USERAGENT, "palscan/" PALSCAN_VERSION);
  SET(CURLOPT_HTTPHEADER, lines);
  SET(CURLOPT_WRITEFUNCTION, on_body);
  SET(CURLOPT_WRITEDATA, &answer->body);
  SET(CURLOPT_HEADERFUNCTION, on_header);
  SET(CURLOPT_HEADERDATA, answer);
  SET(CURLOPT_NOPROGRESS, 0L);
  SET(CURLOPT_XFERINFOFUNCTION, on_progress);
  SET(CURLOPT_XFERINFODATA, stop);
  return code;
}
#undef SET

enum pal_code pal_local_get(const char *url, const char *const headers[PAL_LOCAL_HEADERS_MAX], unsigned timeout_s,
                            const pal_stop *stop, struct pal_local_answer *answer, struct pal_err *err) {
  struct curl_slist *lines = NULL;
  long status = 0;
  if (!pal_local_allowed(url))
    return pal_err_set(err, PAL_E_DENIED, "the service of managed identities is not on this host");
  pal_buf_clear(&answer->body);
  answer->status = 0;
  answer->challenge[0] = '\0';
  CURL *easy = curl_easy_init();
  bool good = easy != NULL;
  for (int i = 0; good && i < PAL_LOCAL_HEADERS_MAX && headers[i]; i++) {
    struct curl_slist *longer = curl_slist_append(lines, headers[i]);
    good = longer != NULL;
    lines = good ? longer : lines;
  }
  CURLcode code = good ? set_up(easy, url, lines, timeout_s, stop, answer) : CURLE_OUT_OF_MEMORY;
  if (code == CURLE_OK)
    code = curl_easy_perform(easy);
  if (code == CURLE_OK)
    (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  answer->status = (int)status;
  for (struct curl_slist *line = lines; line; line = line->next)
    explicit_bzero(line->data, strlen(line->data));
  curl_slist_free_all(lines);
  curl_easy_cleanup(easy);
  return code == CURLE_OUT_OF_MEMORY || answer->body.bad == PAL_E_NOMEM ? pal_err_nomem(err) : PAL_OK;
}
