/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text is judged byte by byte and rebuilt in one spelling (scheme and host
 * in lower case, no default port, a path). curl_url, the parser of the program
 * that sends it, must then read the very same text out of it: where two
 * readings could differ, the URL is refused.
 */
#include "pal_url.h"

#include <curl/curl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "allow.h"
#include "text.h"

enum { URL_MAX = 16 << 10, HOST_MAX = 253, LABEL_MAX = 63, PORT_MAX = 65535, PORT_DIGITS_MAX = 5 };

static const char scheme[] = "https://";

static enum pal_code deny(const char *url, const char *rule, struct pal_err *err) {
  struct pal_buf shown;
  enum pal_code code = pal_err_set(err, PAL_E_DENIED, "URL \"%s\": %s", net_shown(&shown, url), rule);
  pal_buf_deinit(&shown);
  return code;
}

/* --- bytes --- */

/* The rule that the bytes break, NULL when none. */
static const char *bad_bytes(const char *url) {
  bool in_query = false;
  size_t len = 0;
  for (const char *p = url; *p; p++, len++) {
    unsigned char c = (unsigned char)*p;
    if (len == URL_MAX)
      return "is too long";
    if (c > 0x7E)
      return c == 0x7F ? "holds a control character" : "holds a character beyond ASCII";
    if (c < 0x20)
      return "holds a control character";
    if (c == ' ' && !in_query)
      return "holds a space";
    if (c == '\\')
      return "holds a backslash";
    if (c == '#')
      return "has a fragment";
    in_query = in_query || c == '?';
  }
  return NULL;
}

/* --- host and port --- */

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static bool is_label(const char *label, size_t len) {
  if (len == 0 || len > LABEL_MAX || label[0] == '-' || label[len - 1] == '-')
    return false;
  for (size_t i = 0; i < len; i++)
    if (!is_digit(label[i]) && !(label[i] >= 'a' && label[i] <= 'z') && label[i] != '-')
      return false;
  return true;
}

/* Exactly four decimal numbers without leading zeros. */
static bool is_dotted_quad(const char *host, size_t len) {
  int numbers = 0;
  for (size_t i = 0; i < len; i++) {
    int value = 0;
    size_t start = i;
    for (; i < len && is_digit(host[i]) && i - start < 3; i++)
      value = value * 10 + (host[i] - '0');
    if (i == start || value > 255 || (host[start] == '0' && i - start > 1))
      return false;
    numbers++;
    if (i < len && (host[i] != '.' || i + 1 == len))
      return false;
  }
  return numbers == 4;
}

/* Some parsers read a last label of digits, or 0x…, as an address in disguise. */
static bool ends_in_number(const char *label, size_t len) {
  if (len > 1 && label[0] == '0' && label[1] == 'x')
    return true;
  for (size_t i = 0; i < len; i++)
    if (!is_digit(label[i]))
      return false;
  return true;
}

static const char *bad_host(const char *host, size_t len) {
  if (len == 0)
    return "has no host";
  if (len > HOST_MAX)
    return "has too long a host";
  if (host[0] == '[')
    return "has an IPv6 address as host";
  if (host[len - 1] == '.')
    return "has a host with a trailing dot";
  const char *label = host;
  for (const char *p = host;; p++) {
    if (p < host + len && *p != '.')
      continue;
    if (!is_label(label, (size_t)(p - label)))
      return "has a host that is no host name";
    if (p == host + len)
      break;
    label = p + 1;
  }
  if (ends_in_number(label, (size_t)(host + len - label)) && !is_dotted_quad(host, len))
    return "has a number in disguise as host";
  return NULL;
}

static const char *bad_port(const char *port, size_t len) {
  long value = 0;
  if (len == 0 || len > PORT_DIGITS_MAX || port[0] == '0')
    return "has a malformed port";
  for (size_t i = 0; i < len; i++) {
    if (!is_digit(port[i]))
      return "has a malformed port";
    value = value * 10 + (port[i] - '0');
  }
  return value > PORT_MAX ? "has a malformed port" : NULL;
}

/* Appends host and port in their one spelling. */
static const char *add_authority(struct pal_buf *out, const char *text, size_t len) {
  if (memchr(text, '@', len))
    return "has user info";
  if (memchr(text, '%', len))
    return "has a percent-encoded host";
  size_t start = out->len;
  for (size_t i = 0; i < len; i++)
    pal_buf_putc(out, text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i]);
  if (out->bad != PAL_OK)
    return NULL;
  const char *authority = out->data + start;
  const char *colon = authority[0] == '[' ? NULL : memchr(authority, ':', len);
  size_t host_len = colon ? (size_t)(colon - authority) : len;
  const char *bad = bad_host(authority, host_len);
  if (!bad && colon)
    bad = bad_port(colon + 1, len - host_len - 1);
  if (!bad && colon && strcmp(colon, ":443") == 0) {
    out->len = start + host_len;
    out->data[out->len] = '\0';
  }
  return bad;
}

/* --- path --- */

static bool is_path_char(char c) {
  return net_is_unreserved(c) || (c && strchr("!$&'()*+,=:@", c));
}

/* What an escape may not hide in a path. */
static const char *bad_path_escape(const char *escape, size_t len) {
  int byte = len > 2 ? net_hex_byte(escape[1], escape[2]) : -1;
  if (byte < 0)
    return "has a malformed percent escape in its path";
  if (byte < 0x20 || byte == 0x7F)
    return "has an encoded control character in its path";
  if (byte == '/' || byte == '\\')
    return "has an encoded slash or backslash in its path";
  if (byte == '%')
    return "has a doubly encoded character in its path";
  if (byte == '.')
    return "has an encoded dot in its path";
  if (byte < 0x80 && is_path_char((char)byte))
    return "has a needlessly encoded character in its path";
  return NULL;
}

static const char *bad_segment(const char *segment, size_t len) {
  if (len == 0)
    return "has an empty segment in its path";
  if ((len == 1 && segment[0] == '.') || (len == 2 && segment[0] == '.' && segment[1] == '.'))
    return "has a dot segment in its path";
  for (size_t i = 0; i < len; i++) {
    if (segment[i] == '%') {
      const char *bad = bad_path_escape(segment + i, len - i);
      if (bad)
        return bad;
      i += 2;
    } else if (!is_path_char(segment[i])) {
      return "has a character in its path that must not stand there";
    }
  }
  return NULL;
}

static const char *add_path(struct pal_buf *out, const char *path, size_t len) {
  if (len <= 1) {
    pal_buf_putc(out, '/');
    return NULL;
  }
  for (size_t start = 1; start <= len;) {
    const char *slash = start < len ? memchr(path + start, '/', len - start) : NULL;
    size_t end = slash ? (size_t)(slash - path) : len;
    const char *bad = bad_segment(path + start, end - start);
    if (bad)
      return bad;
    start = end + 1;
  }
  pal_buf_add(out, path, len);
  return NULL;
}

/* --- query --- */

/* Characters that some services leave raw in a nextLink are encoded. */
static const char *add_query(struct pal_buf *out, const char *query) {
  if (!*query)
    return "has an empty query";
  pal_buf_putc(out, '?');
  for (const char *p = query; *p; p++) {
    if (*p == '%') {
      int byte = p[1] ? net_hex_byte(p[1], p[2]) : -1;
      if (byte < 0)
        return "has a malformed percent escape in its query";
      if (byte < 0x20 || byte == 0x7F)
        return "has an encoded control character in its query";
    }
    if (strchr(" \"<>[]^`{|}", *p))
      pal_buf_printf(out, "%%%02X", (unsigned)(unsigned char)*p);
    else
      pal_buf_putc(out, *p);
  }
  return NULL;
}

/* --- curl's reading --- */

/*
 * Takes a part as curl reads it, with what stands before it, off the beginning of *rest; none says that there is no such
 * part. Part by part, because curl takes ten times as long to put them together again.
 */
static CURLUcode take_part(CURLU *handle, CURLUPart part, const char *before, CURLUcode none, const char **rest,
                           bool *same) {
  char *text = NULL;
  CURLUcode code = curl_url_get(handle, part, &text, 0);
  if (code == CURLUE_OK) {
    size_t before_len = strlen(before), len = strlen(text);
    *same = *same && strncmp(*rest, before, before_len) == 0 && strncmp(*rest + before_len, text, len) == 0;
    if (*same)
      *rest += before_len + len;
  } else if (code == none) {
    code = CURLUE_OK;
  }
  curl_free(text);
  return code;
}

static enum pal_code judge_by_curl(const char *url, const char **ret_bad, struct pal_err *err) {
  static const struct {
    CURLUPart part;
    const char *before;
    CURLUcode none;
  } parts[] = {{CURLUPART_SCHEME, "", CURLUE_OK},
               {CURLUPART_USER, "", CURLUE_NO_USER},
               {CURLUPART_PASSWORD, "", CURLUE_NO_PASSWORD},
               {CURLUPART_HOST, "://", CURLUE_OK},
               {CURLUPART_PORT, ":", CURLUE_NO_PORT},
               {CURLUPART_PATH, "", CURLUE_OK},
               {CURLUPART_QUERY, "?", CURLUE_NO_QUERY},
               {CURLUPART_FRAGMENT, "#", CURLUE_NO_FRAGMENT}};
  CURLU *handle = curl_url();
  if (!handle)
    return pal_err_nomem(err);
  const char *rest = url;
  bool same = true;
  CURLUcode set = curl_url_set(handle, CURLUPART_URL, url, CURLU_PATH_AS_IS | CURLU_DISALLOW_USER), got = set;
  for (size_t i = 0; i < sizeof parts / sizeof parts[0] && got == CURLUE_OK; i++)
    got = take_part(handle, parts[i].part, parts[i].before, parts[i].none, &rest, &same);
  if (set != CURLUE_OK)
    *ret_bad = "is refused by curl";
  else if (got != CURLUE_OK || !same || *rest)
    *ret_bad = "is read differently by curl";
  curl_url_cleanup(handle);
  return got == CURLUE_OUT_OF_MEMORY ? pal_err_nomem(err) : PAL_OK;
}

/* The rule that is broken, NULL when none; of out only what memory allowed is filled. */
static const char *rebuild(const char *url, struct pal_buf *out) {
  const char *bad = bad_bytes(url);
  if (bad)
    return bad;
  if (!net_same_letters(url, scheme, strlen(scheme)))
    return "is not https";
  const char *authority = url + strlen(scheme);
  size_t authority_len = strcspn(authority, "/?");
  const char *path = authority + authority_len;
  size_t path_len = strcspn(path, "?");
  const char *query = path[path_len] ? path + path_len + 1 : NULL;
  pal_buf_puts(out, scheme);
  bad = add_authority(out, authority, authority_len);
  if (!bad)
    bad = add_path(out, path, path_len);
  if (!bad && query)
    bad = add_query(out, query);
  return bad;
}

enum pal_code pal_url_normalise(const char *url, struct pal_buf *out, struct pal_err *err) {
  pal_buf_clear(out);
  const char *bad = rebuild(url, out);
  enum pal_code code = bad ? PAL_OK : pal_buf_check(out, "a URL", err);
  if (code == PAL_OK && !bad)
    code = judge_by_curl(out->data, &bad, err);
  if (code != PAL_OK)
    return code;
  return bad ? deny(url, bad, err) : PAL_OK;
}

enum pal_code net_url_is_normal(const char *url, bool *ret, struct pal_err *err) {
  struct pal_buf again;
  pal_buf_init(&again, URL_MAX * 3);
  const char *bad = rebuild(url, &again);
  *ret = !bad && again.bad == PAL_OK && strcmp(again.data, url) == 0;
  bool no_memory = again.bad == PAL_E_NOMEM;
  pal_buf_deinit(&again);
  return no_memory ? pal_err_nomem(err) : PAL_OK;
}

/* --- origins --- */

/* Bytes of scheme, host and port of a normalised URL. */
static size_t origin_len(const char *url) {
  return strlen(scheme) + strcspn(url + strlen(scheme), "/");
}

/* Whether all of it stands in the one spelling there is: then it need not be rebuilt to be compared. */
static bool is_plain_origin(const char *origin) {
  if (strncmp(origin, scheme, strlen(scheme)) != 0)
    return false;
  const char *host = origin + strlen(scheme);
  const char *port = host + strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-");
  return port > host && (!*port || (*port == ':' && port[1] && strcmp(port, ":443") != 0 &&
                                    port[1 + strspn(port + 1, "0123456789")] == '\0'));
}

enum pal_code net_origin_matches(const char *origin, const char *url, bool *ret, struct pal_err *err) {
  struct pal_buf normal;
  *ret = false;
  if (!origin)
    return PAL_OK;
  if (is_plain_origin(origin)) {
    size_t len = strlen(origin);
    *ret = strncmp(url, origin, len) == 0 && url[len] == '/';
    return PAL_OK;
  }
  pal_buf_init(&normal, URL_MAX * 3);
  enum pal_code code = pal_url_normalise(origin, &normal, NULL);
  *ret = code == PAL_OK && origin_len(normal.data) + 1 == normal.len && strncmp(url, normal.data, normal.len) == 0;
  pal_buf_deinit(&normal);
  return code == PAL_E_NOMEM ? pal_err_nomem(err) : PAL_OK;
}

enum pal_code pal_url_service(const struct pal_cloud *cloud, const char *url, enum pal_service *ret,
                              struct pal_err *err) {
  int found = -1;
  /* An endpoint of a lab may serve several: then its path decides. */
  for (int i = PAL_SERVICES_N - 1; i >= 0; i--) {
    bool here = false;
    enum pal_code code = net_origin_matches(cloud->origin[i], url, &here, err);
    if (code != PAL_OK)
      return code;
    if (here && (found < 0 || net_allow_path((enum pal_service)i, url)))
      found = i;
  }
  if (found < 0)
    return deny(url, "has a host or port that is none of the cloud's", err);
  *ret = (enum pal_service)found;
  return PAL_OK;
}

enum pal_code pal_url_next(const char *first, const char *next, struct pal_buf *out, struct pal_err *err) {
  enum pal_code code = pal_url_normalise(next, out, err);
  if (code != PAL_OK)
    return pal_err_wrap(err, "link to the next page");
  size_t origin = origin_len(first);
  if (origin != origin_len(out->data) || strncmp(first, out->data, origin) != 0)
    return deny(next, "link to the next page leaves the host of the first", err);
  size_t path = strcspn(first + origin, "?");
  if (path != strcspn(out->data + origin, "?") || !net_same_letters(first + origin, out->data + origin, path))
    return deny(next, "link to the next page has another path than the first", err);
  return PAL_OK;
}
