/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_mail.h"

#include <assert.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "pal_buf.h"
#include "pal_digest.h"
#include "pal_id.h"

enum { CONNECT_S = 10, TOTAL_S = 30, MESSAGE_MAX = 1 << 20, SERVER_MAX = 300, LINE_COLUMNS = 76, SUBJECT_MAX = 200 };

/* --- what is accepted --- */

static bool is_label_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

/* Labels of letters, digits and hyphens between dots. */
static bool is_host(const char *host, size_t len) {
  char before = '.';
  for (size_t i = 0; i < len; i++) {
    if (host[i] != '.' && !is_label_char(host[i]))
      return false;
    if ((before == '.' && (host[i] == '.' || host[i] == '-')) || (before == '-' && host[i] == '.'))
      return false;
    before = host[i];
  }
  return before != '.' && before != '-';
}

/* What RFC 5321 calls a dot-string before the sign, a host behind it: no quotes, comments, routes or blanks. */
static bool is_address(const char *text) {
  const char *at = strchr(text, '@');
  size_t len = strlen(text);
  if (at == NULL || at == text || len > PAL_MAIL_ADDRESS_MAX || text[0] == '.' || text[0] == '-' || at[-1] == '.')
    return false;
  for (const char *p = text; p < at; p++)
    if (!is_label_char(*p) && strchr(".!#$%&'*+/=?^_`{|}~", *p) == NULL)
      return false;
  return strstr(text, "..") == NULL && is_host(at + 1, len - (size_t)(at + 1 - text));
}

static bool is_server(const char *url) {
  size_t scheme = strncmp(url, "smtps://", 8) == 0 ? 8 : strncmp(url, "smtp://", 7) == 0 ? 7 : 0;
  if (scheme == 0 || strlen(url) > SERVER_MAX)
    return false;
  const char *host = url + scheme;
  size_t host_len = strcspn(host, ":");
  const char *port = host[host_len] == ':' ? host + host_len + 1 : NULL;
  if (!is_host(host, host_len))
    return false;
  return port == NULL || (port[0] >= '1' && port[0] <= '9' && strspn(port, "0123456789") == strlen(port) &&
                          strlen(port) <= 5 && strtol(port, NULL, 10) <= 65535);
}

enum pal_code pal_mail_check(const struct pal_mail *mail, struct pal_err *err) {
  if (!is_server(mail->server))
    return pal_err_set(err, PAL_E_CONFIG, "server: \"%.100s\" is neither smtp://host:port nor smtps://host:port",
                       mail->server);
  if (!is_address(mail->from))
    return pal_err_set(err, PAL_E_CONFIG, "from: \"%.100s\" is no mail address", mail->from);
  if (mail->to_n == 0 || mail->to_n > PAL_MAIL_RECIPIENTS_MAX)
    return pal_err_set(err, PAL_E_CONFIG, "to: not between 1 and %d mail addresses", (int)PAL_MAIL_RECIPIENTS_MAX);
  for (size_t i = 0; i < mail->to_n; i++)
    if (!is_address(mail->to[i]))
      return pal_err_set(err, PAL_E_CONFIG, "to: \"%.100s\" is no mail address", mail->to[i]);
  if ((mail->user == NULL) != (mail->password == NULL))
    return pal_err_set(err, PAL_E_CONFIG, "user and its password go together");
  for (const char *p = mail->user; p != NULL && *p; p++)
    if ((unsigned char)*p < 0x20 || *p == 0x7F)
      return pal_err_set(err, PAL_E_CONFIG, "user: holds a control character");
  return PAL_OK;
}

/* --- the message --- */

/* "Fri, 20 Nov 2026 02:00:00 +0000" */
static void put_date(struct pal_buf *out, struct pal_instant at) {
  static const char *const days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"}; /* 1970 began on the first */
  static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char text[PAL_INSTANT_MAX];
  pal_instant_format(at, text);
  long month = strtol(text + 5, NULL, 10);
  int64_t day = at.s >= 0 ? (at.s / 86400) % 7 : 0;
  pal_buf_printf(out, "Date: %s, %.2s %s %.4s %.8s +0000\r\n", days[day], text + 8, months[month - 1], text, text + 11);
}

static enum pal_code put_text(struct pal_buf *out, const char *text, struct pal_err *err) {
  struct pal_buf lines, coded;
  pal_buf_init(&lines, MESSAGE_MAX);
  pal_buf_init(&coded, MESSAGE_MAX);
  for (const char *p = text; *p; p++) {
    if (*p == '\n')
      pal_buf_putc(&lines, '\r');
    pal_buf_putc(&lines, *p);
  }
  enum pal_code code = pal_buf_check(&lines, "a mail", err);
  if (code == PAL_OK)
    net_base64_encode(&coded, lines.data, lines.len, NET_BASE64_STANDARD);
  for (size_t at = 0; at < coded.len; at += LINE_COLUMNS) {
    size_t n = coded.len - at < LINE_COLUMNS ? coded.len - at : LINE_COLUMNS;
    pal_buf_add(out, coded.data + at, n);
    pal_buf_puts(out, "\r\n");
  }
  if (code == PAL_OK)
    code = pal_buf_check(&coded, "a mail", err);
  pal_buf_deinit(&coded);
  pal_buf_deinit(&lines);
  return code;
}

static enum pal_code make_message(const struct pal_mail *mail, struct pal_buf *out, struct pal_err *err) {
  char id[PAL_GUID_LEN + 1];
  enum pal_code code = pal_random_guid(id, err);
  if (code != PAL_OK)
    return code;
  assert(strlen(mail->subject) <= SUBJECT_MAX);
  for (const char *p = mail->subject; *p; p++)
    assert(*p >= 0x20 && *p <= 0x7E);
  put_date(out, mail->date);
  pal_buf_printf(out, "From: <%s>\r\n", mail->from);
  for (size_t i = 0; i < mail->to_n; i++)
    pal_buf_printf(out, "%s<%s>", i ? ",\r\n " : "To: ", mail->to[i]);
  pal_buf_printf(out, "\r\nMessage-ID: <%s@%s>\r\n", id, strchr(mail->from, '@') + 1);
  pal_buf_printf(out, "Subject: %s\r\n", mail->subject);
  /* So that no absence note answers. */
  pal_buf_puts(out, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n");
  code = put_text(out, mail->text, err);
  return code == PAL_OK ? pal_buf_check(out, "a mail", err) : code;
}

/* --- the server --- */

struct reading {
  const struct pal_buf *message;
  size_t at;
};

static size_t on_read(char *into, size_t size, size_t n, void *payload) {
  struct reading *reading = payload;
  size_t left = reading->message->len - reading->at, most = size * n;
  size_t take = left < most ? left : most;
  memcpy(into, reading->message->data + reading->at, take);
  reading->at += take;
  return take;
}

static int on_progress(void *payload, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
  const volatile int *stop = payload;
  (void)a, (void)b, (void)c, (void)d;
  return stop != NULL && *stop;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *payload) {
  (void)bytes, (void)payload;
  return size * n;
}

#define SET(option, value)                          \
  do {                                              \
    if (code == CURLE_OK)                           \
      code = curl_easy_setopt(easy, option, value); \
  } while (0)

static CURLcode set_up(CURL *easy, const struct pal_mail *mail, struct curl_slist *to, struct reading *reading) {
  CURLcode code = CURLE_OK;
  SET(CURLOPT_URL, mail->server);
  SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  SET(CURLOPT_PROXY, "");
  SET(CURLOPT_NOPROXY, "*");
  SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
  SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  /* A server that offers no TLS gets neither the password nor the mail. */
  SET(CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
  SET(CURLOPT_SSL_VERIFYPEER, 1L);
  SET(CURLOPT_SSL_VERIFYHOST, 2L);
  SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  if (mail->ca_file != NULL) {
    SET(CURLOPT_CAINFO, mail->ca_file);
    SET(CURLOPT_CAPATH, (char *)NULL);
  }
  if (mail->user != NULL) {
    SET(CURLOPT_USERNAME, mail->user);
    SET(CURLOPT_PASSWORD, mail->password);
  }
  SET(CURLOPT_NOSIGNAL, 1L);
  SET(CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
  SET(CURLOPT_TIMEOUT, (long)TOTAL_S);
  SET(CURLOPT_MAIL_FROM, mail->from);
  SET(CURLOPT_MAIL_RCPT, to);
  SET(CURLOPT_UPLOAD, 1L);
  SET(CURLOPT_READFUNCTION, on_read);
  SET(CURLOPT_READDATA, reading);
  SET(CURLOPT_WRITEFUNCTION, on_body);
  SET(CURLOPT_NOPROGRESS, 0L);
  SET(CURLOPT_XFERINFOFUNCTION, on_progress);
  SET(CURLOPT_XFERINFODATA, mail->stop);
  return code;
}
#undef SET

static CURLcode hand_over(const struct pal_mail *mail, const struct pal_buf *message, long *ret_reply) {
  struct reading reading = {.message = message};
  struct curl_slist *to = NULL;
  CURL *easy = curl_easy_init();
  bool good = easy != NULL;
  for (size_t i = 0; good && i < mail->to_n; i++) {
    struct curl_slist *longer = curl_slist_append(to, mail->to[i]);
    good = longer != NULL;
    to = good ? longer : to;
  }
  CURLcode code = good ? set_up(easy, mail, to, &reading) : CURLE_OUT_OF_MEMORY;
  if (code == CURLE_OK)
    code = curl_easy_perform(easy);
  if (good)
    (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, ret_reply);
  curl_slist_free_all(to);
  curl_easy_cleanup(easy);
  return code;
}

enum pal_code pal_mail_send(const struct pal_mail *mail, struct pal_err *err) {
  struct pal_buf message;
  enum pal_code code = pal_mail_check(mail, err);
  if (code != PAL_OK)
    return code;
  pal_buf_init(&message, MESSAGE_MAX);
  code = make_message(mail, &message, err);
  /* curl would write the session keys there. */
  (void)unsetenv("SSLKEYLOGFILE");
  if (code == PAL_OK && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    code = pal_err_set(err, PAL_E_INTERNAL, "libcurl cannot be initialised");
  if (code == PAL_OK) {
    long reply = 0;
    CURLcode sent = hand_over(mail, &message, &reply);
    curl_global_cleanup();
    if (sent == CURLE_OUT_OF_MEMORY)
      code = pal_err_nomem(err);
    else if (sent != CURLE_OK && reply >= 400)
      code =
          pal_err_set(err, PAL_E_NET, "not delivered: %s (the server answered %ld)", curl_easy_strerror(sent), reply);
    else if (sent != CURLE_OK)
      code = pal_err_set(err, PAL_E_NET, "not delivered: %s", curl_easy_strerror(sent));
  }
  pal_buf_deinit(&message);
  return code;
}
