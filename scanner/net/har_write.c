/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "base64.h"
#include "har.h"
#include "pal_json.h"
#include "pal_text.h"
#include "text.h"

#ifndef PALSCAN_VERSION
#error "PALSCAN_VERSION is a compile definition"
#endif

static const char *const mime_types[] = {
    [PAL_BODY_NONE] = "", [PAL_BODY_JSON] = "application/json", [PAL_BODY_FORM] = "application/x-www-form-urlencoded"};

/* --- request --- */

/* One name or value of a query, decoded. */
static void add_decoded(struct pal_buf *out, const char *text, size_t len) {
  struct pal_buf decoded, clean;
  pal_buf_init(&decoded, SIZE_MAX);
  pal_buf_init(&clean, SIZE_MAX);
  net_percent_decode(&decoded, text, len);
  (void)pal_utf8_clean(&clean, decoded.data, decoded.len);
  pal_json_escape(out, clean.data);
  if (decoded.bad != PAL_OK || clean.bad != PAL_OK)
    out->bad = decoded.bad != PAL_OK ? decoded.bad : clean.bad;
  pal_buf_deinit(&clean);
  pal_buf_deinit(&decoded);
}

static void add_query(struct pal_buf *out, const char *url) {
  const char *query = strchr(url, '?');
  pal_buf_puts(out, "\"queryString\":[");
  for (const char *p = query ? query + 1 : ""; *p;) {
    size_t len = strcspn(p, "&");
    const char *equals = memchr(p, '=', len);
    size_t name_len = equals ? (size_t)(equals - p) : len;
    pal_buf_puts(out, p == query + 1 ? "{\"name\":" : ",{\"name\":");
    add_decoded(out, p, name_len);
    pal_buf_puts(out, ",\"value\":");
    add_decoded(out, equals ? equals + 1 : "", equals ? len - name_len - 1 : 0);
    pal_buf_putc(out, '}');
    p += len + (p[len] == '&');
  }
  pal_buf_putc(out, ']');
}

static void add_request(struct pal_buf *out, const struct net_exchange *exchange) {
  pal_buf_puts(out, "\"request\":{\"method\":");
  pal_json_escape(out, exchange->method);
  pal_buf_puts(out, ",\"url\":");
  pal_json_escape(out, exchange->url);
  pal_buf_puts(out, ",\"httpVersion\":\"\",\"cookies\":[],\"headers\":[],");
  add_query(out, exchange->url);
  if (exchange->body_kind != PAL_BODY_NONE) {
    pal_buf_printf(out, ",\"postData\":{\"mimeType\":\"%s\",\"text\":", mime_types[exchange->body_kind]);
    pal_json_escape(out, exchange->body);
    pal_buf_putc(out, '}');
  }
  pal_buf_printf(out, ",\"headersSize\":-1,\"bodySize\":%zu}", strlen(exchange->body));
}

/* --- response --- */

static void add_header(struct pal_buf *out, const char *comma, const char *name, const char *value) {
  pal_buf_printf(out, "%s{\"name\":\"%s\",\"value\":", comma, name);
  pal_json_escape(out, value);
  pal_buf_putc(out, '}');
}

static void add_content(struct pal_buf *out, const struct net_exchange *exchange) {
  const char *body = exchange->answer;
  size_t len = exchange->answer_len;
  pal_buf_printf(out, "\"content\":{\"size\":%zu,\"mimeType\":", len);
  pal_json_escape(out, exchange->content_type);
  pal_buf_puts(out, ",\"text\":");
  if (pal_utf8_valid(body, len) && !memchr(body, '\0', len)) {
    pal_json_escape(out, body);
  } else {
    pal_buf_putc(out, '"');
    net_base64_encode(out, body, len, NET_BASE64_STANDARD);
    pal_buf_puts(out, "\",\"encoding\":\"base64\"");
  }
  pal_buf_putc(out, '}');
}

static void add_response(struct pal_buf *out, const struct net_exchange *exchange) {
  pal_buf_printf(out,
                 "\"response\":{\"status\":%d,\"statusText\":\"\",\"httpVersion\":\"\",\"cookies\":[],\"headers\":[",
                 exchange->status);
  if (*exchange->content_type)
    add_header(out, "", "Content-Type", exchange->content_type);
  if (*exchange->retry_after)
    add_header(out, *exchange->content_type ? "," : "", "Retry-After", exchange->retry_after);
  pal_buf_puts(out, "],");
  add_content(out, exchange);
  pal_buf_puts(out, ",\"redirectURL\":\"\",\"headersSize\":-1,\"bodySize\":-1");
  if (exchange->truncated)
    pal_buf_puts(out, ",\"_truncated\":true");
  if (exchange->status == 0) {
    pal_buf_puts(out, ",\"_failure\":");
    pal_json_escape(out, exchange->failure ? exchange->failure : "");
  }
  pal_buf_putc(out, '}');
}

/* --- files --- */

/* No durations: a recording of the same answers has the same bytes. */
void net_har_entry(struct pal_buf *out, const struct net_exchange *exchange, const char *started) {
  pal_buf_printf(out, "\"startedDateTime\":\"%s\",\"time\":0,", started);
  add_request(out, exchange);
  pal_buf_putc(out, ',');
  add_response(out, exchange);
  pal_buf_puts(out, ",\"cache\":{},\"timings\":{\"send\":0,\"wait\":0,\"receive\":0}");
  if (exchange->comment) {
    pal_buf_puts(out, ",\"comment\":");
    pal_json_escape(out, exchange->comment);
  }
}

void net_har_begin(struct pal_buf *out) {
  pal_buf_puts(out, "{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"palscan\",\"version\":\"" PALSCAN_VERSION
                    "\"},\"entries\":[");
}

void net_har_add(struct pal_buf *out, bool first, bool superseded, const char *entry, size_t len) {
  pal_buf_puts(out, first ? "\n{" : ",\n{");
  if (superseded)
    pal_buf_puts(out, "\"_superseded\":true,");
  pal_buf_add(out, entry, len);
  pal_buf_putc(out, '}');
}

void net_har_end(struct pal_buf *out) {
  pal_buf_puts(out, "\n]}}\n");
}
