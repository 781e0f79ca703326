/* SPDX-License-Identifier: Apache-2.0 */
/* escape_chat.c - what is shown in a chat or a mail. What carries it (JSON, base64) is escaped by its writer. */
#include <string.h>

#include "pal_run_digest.h"
#include "pal_text.h"

/* As on a terminal: what turns the direction of writing, or hides, does so in a chat too. */
static void take(struct pal_buf *plain, const char *text, size_t max) {
  struct pal_buf cut;
  size_t len = strnlen(text, max + 1);
  pal_buf_init(&cut, max + 8);
  if (len > max) {
    for (len = max; len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80;)
      len--;
  }
  pal_buf_add(&cut, text, len);
  if (text[len])
    pal_buf_puts(&cut, "\xE2\x80\xA6");
  pal_term_escape(plain, cut.data);
  if (cut.bad != PAL_OK && plain->bad == PAL_OK)
    plain->bad = cut.bad;
  pal_buf_deinit(&cut);
}

void pal_mail_escape(struct pal_buf *out, const char *text, size_t max) {
  take(out, text, max);
}

void pal_slack_escape(struct pal_buf *out, const char *text, size_t max) {
  struct pal_buf plain;
  pal_buf_init(&plain, out->max);
  take(&plain, text, max);
  for (const char *at = plain.data; *at; at++) {
    if (*at == '&')
      pal_buf_puts(out, "&amp;");
    else if (*at == '<')
      pal_buf_puts(out, "&lt;");
    else if (*at == '>')
      pal_buf_puts(out, "&gt;");
    else if (*at == '@')
      pal_buf_puts(out, "\xEF\xBC\xA0"); /* its full-width form calls nobody */
    else
      pal_buf_putc(out, *at);
  }
  if (plain.bad != PAL_OK && out->bad == PAL_OK)
    out->bad = plain.bad;
  pal_buf_deinit(&plain);
}

/* {{DATE(…)}} is computed by whoever shows the card, and ${…} by templates. */
void pal_card_escape(struct pal_buf *out, const char *text, size_t max) {
  struct pal_buf plain;
  pal_buf_init(&plain, out->max);
  take(&plain, text, max);
  for (const char *at = plain.data; *at; at++) {
    pal_buf_putc(out, *at);
    if ((*at == '{' || *at == '$') && at[1] == '{')
      pal_buf_putc(out, ' ');
  }
  if (plain.bad != PAL_OK && out->bad == PAL_OK)
    out->bad = plain.bad;
  pal_buf_deinit(&plain);
}
