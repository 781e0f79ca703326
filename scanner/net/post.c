/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_post.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pal_url.h"

#ifndef PALSCAN_VERSION
#error "PALSCAN_VERSION is a compile definition"
#endif

enum { CONNECT_S = 10, TOTAL_S = 30, ANSWER_MAX = 64 << 10, URL_BYTES_MAX = 8 << 10, PAUSE_MS = 2000, STEP_MS = 100 };

/* The rules of all URLs, but that the path of a receiver may end in a slash. */
static enum pal_code judge_address(const char *url) {
  struct pal_buf plain, again;
  struct pal_err why = {0};
  size_t path_end = strcspn(url, "?");
  bool slash = path_end > strlen("https://x/") && url[path_end - 1] == '/' && url[path_end - 2] != '/';
  pal_buf_init(&plain, URL_BYTES_MAX);
  pal_buf_init(&again, URL_BYTES_MAX * 3);
  pal_buf_add(&plain, url, slash ? path_end - 1 : path_end);
  pal_buf_puts(&plain, url + path_end);
  enum pal_code code = plain.bad == PAL_OK ? pal_url_normalise(plain.data, &again, &why) : plain.bad;
  pal_buf_wipe(&again);
  pal_buf_wipe(&plain);
  return code;
}

enum pal_code pal_post_check(const char *url, struct pal_err *err) {
  enum pal_code code = judge_address(url);
  if (code == PAL_OK)
    return PAL_OK;
  if (code == PAL_E_NOMEM)
    return pal_err_nomem(err);
  return pal_err_set(err, PAL_E_CONFIG,
                     "no address to post to: it must be https://host/path, without user and password, and without "
                     "dot segments or encoded slashes in its path");
}

struct answer {
  size_t len;
};

static size_t on_body(char *bytes, size_t size, size_t n, void *payload) {
  struct answer *answer = payload;
  (void)bytes;
  answer->len += size * n;
  return answer->len <= ANSWER_MAX ? size * n : 0;
}

static int on_progress(void *payload, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
  const volatile int *stop = payload;
  (void)a, (void)b, (void)c, (void)d;
  return stop != NULL && *stop;
}

#define SET(option, value)                          \
  do {                                              \
    if (code == CURLE_OK)                           \
      code = curl_easy_setopt(easy, option, value); \
  } while (0)

static CURLcode set_up(CURL *easy, const struct pal_post *post, struct curl_slist *headers, struct answer *answer) {
  CURLcode code = CURLE_OK;
  SET(CURLOPT_URL, post->url);
  SET(CURLOPT_PATH_AS_IS, 1L);
  SET(CURLOPT_PROTOCOLS_STR, "https");
  SET(CURLOPT_FOLLOWLOCATION, 0L);
  SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
  SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  SET(CURLOPT_SSL_VERIFYPEER, 1L);
  SET(CURLOPT_SSL_VERIFYHOST, 2L);
  SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  if (post->ca_file != NULL) {
    SET(CURLOPT_CAINFO, post->ca_file);
    SET(CURLOPT_CAPATH, (char *)NULL);
  }
  SET(CURLOPT_NOSIGNAL, 1L);
  SET(CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
  SET(CURLOPT_TIMEOUT, (long)TOTAL_S);
  SET(CURLOPT_USERAGENT, "palscan/" PALSCAN_VERSION);
  SET(CURLOPT_HTTPHEADER, headers);
  SET(CURLOPT_POST, 1L);
  SET(CURLOPT_POSTFIELDS, post->body);
  SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post->len);
  SET(CURLOPT_WRITEFUNCTION, on_body);
  SET(CURLOPT_WRITEDATA, answer);
  SET(CURLOPT_NOPROGRESS, 0L);
  SET(CURLOPT_XFERINFOFUNCTION, on_progress);
  SET(CURLOPT_XFERINFODATA, post->stop);
  return code;
}
#undef SET

static struct curl_slist *make_headers(const struct pal_post *post) {
  char type[128];
  (void)snprintf(type, sizeof type, "Content-Type: %s", post->content_type);
  struct curl_slist *first = curl_slist_append(NULL, type);
  struct curl_slist *both = first != NULL ? curl_slist_append(first, "Expect:") : NULL;
  if (both == NULL)
    curl_slist_free_all(first);
  return both;
}

static CURLcode send_once(const struct pal_post *post, long *ret_status) {
  struct answer answer = {0};
  *ret_status = 0;
  CURL *easy = curl_easy_init();
  struct curl_slist *headers = easy != NULL ? make_headers(post) : NULL;
  CURLcode code = headers != NULL ? set_up(easy, post, headers, &answer) : CURLE_OUT_OF_MEMORY;
  if (code == CURLE_OK)
    code = curl_easy_perform(easy);
  if (code == CURLE_OK)
    (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, ret_status);
  curl_slist_free_all(headers);
  curl_easy_cleanup(easy);
  return code;
}

/* Whether it certainly was not taken, and may be a moment later. */
static bool may_try_again(CURLcode code, long status) {
  return code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST || status == 429 || status == 503;
}

static bool stopped(const volatile int *stop) {
  return stop != NULL && *stop;
}

static void pause_before_next(const volatile int *stop) {
  for (int ms = 0; ms < PAUSE_MS && !stopped(stop); ms += STEP_MS)
    (void)nanosleep(&(struct timespec){.tv_nsec = STEP_MS * 1000000L}, NULL);
}

/* curl's own words for a cause, never its message: that one names the host. */
static enum pal_code judge(CURLcode code, long status, struct pal_err *err) {
  if (code == CURLE_OUT_OF_MEMORY)
    return pal_err_nomem(err);
  if (code != CURLE_OK)
    return pal_err_set(err, PAL_E_NET, "not delivered: %s", curl_easy_strerror(code));
  if (status >= 200 && status < 300)
    return PAL_OK;
  enum pal_code ret =
      pal_err_set(err, PAL_E_NET, "not delivered: the receiver answered %ld%s", status,
                  status >= 300 && status < 400 ? ", and palscan posts nowhere but to the address given" : "");
  if (err != NULL)
    err->status = (int)status;
  return ret;
}

enum pal_code pal_post_send(const struct pal_post *post, struct pal_err *err) {
  enum pal_code checked = pal_post_check(post->url, err);
  if (checked != PAL_OK)
    return checked;
  /* curl would write the session keys there. */
  (void)unsetenv("SSLKEYLOGFILE");
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    return pal_err_set(err, PAL_E_INTERNAL, "libcurl cannot be initialised");
  long status = 0;
  CURLcode code = send_once(post, &status);
  if (may_try_again(code, status)) {
    pause_before_next(post->stop);
    if (!stopped(post->stop))
      code = send_once(post, &status);
  }
  curl_global_cleanup();
  return judge(code, status, err);
}
