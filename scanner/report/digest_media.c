/* SPDX-License-Identifier: Apache-2.0 */
/*
 * digest_media.c - a digest as what receivers take. Texts of tenants
 * go only where nothing but text is shown: plain_text of Slack, TextRun of an
 * Adaptive Card, neither of which knows markup.
 */
#include <string.h>

#include "json_writer.h"
#include "model.h"
#include "pal_run_digest.h"
#include "people.h"

enum {
  FORMAT_VERSION = 1,
  NAME_BYTES = 100,
  TEXT_BYTES = 400,
  FACT_BYTES = 2048,
  LINE_MAX_BYTES = 16 << 10,
  TEXT_MAX_BYTES = 256 << 10
};

/* --- the words of one finding, shared --- */

typedef void escape_fn(struct pal_buf *out, const char *text, size_t max);

static void put_named(struct pal_buf *out, escape_fn *escape, const char *name, const char *id) {
  if (name != NULL && name[0]) {
    escape(out, name, NAME_BYTES);
    pal_buf_puts(out, " (");
    escape(out, id, NAME_BYTES);
    pal_buf_puts(out, ")");
  } else {
    escape(out, id, NAME_BYTES);
  }
}

static const char *text_of(const struct pal_record *record, int field) {
  const char *text = record != NULL ? pal_get_text(record, field) : NULL;
  return text != NULL ? text : "";
}

/* "HIGH PAL004 title" */
static void put_heading(struct pal_buf *out, escape_fn *escape, const struct pal_reported *reported) {
  const char *severity = text_of(reported->finding, PAL_FINDING_SEVERITY);
  for (const char *p = severity; *p; p++)
    pal_buf_putc(out, *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p);
  pal_buf_putc(out, ' ');
  escape(out, text_of(reported->finding, PAL_FINDING_POLICY), NAME_BYTES);
  pal_buf_putc(out, ' ');
  escape(out, reported->policy != NULL ? reported->policy->title : "", NAME_BYTES);
}

/* "customer (id) · subscription name (id): message" */
static void put_finding(struct pal_buf *out, escape_fn *escape, const struct pal_reported *reported) {
  const struct pal_record *subject = pal_get_record(reported->finding, PAL_FINDING_SUBJECT);
  const char *type = text_of(subject, PAL_SUBJECT_TYPE);
  if (strcmp(report_tenant_id(reported->tenant_id), "-") == 0)
    pal_buf_puts(out, "Estate as a whole");
  else
    put_named(out, escape, reported->tenant_name, reported->tenant_id);
  if (subject != NULL && strcmp(type, "tenant") != 0) {
    pal_buf_puts(out, " \xC2\xB7 ");
    escape(out, people_subject(type), NAME_BYTES);
    pal_buf_putc(out, ' ');
    put_named(out, escape, pal_get_text(subject, PAL_SUBJECT_NAME), text_of(subject, PAL_SUBJECT_ID));
  }
  pal_buf_puts(out, ": ");
  escape(out, text_of(reported->finding, PAL_FINDING_MESSAGE), TEXT_BYTES);
}

static size_t left_out(const struct pal_digest *digest) {
  return digest->wants->details ? digest->fresh - digest->listed_n : 0;
}

/* --- json: for whoever reads it by a program --- */

static void write_listed(struct jsonw *w, const struct pal_reported *reported) {
  const struct pal_record *finding = reported->finding, *subject = pal_get_record(finding, PAL_FINDING_SUBJECT);
  jsonw_object(w, NULL, JSONW_INLINE);
  jsonw_text(w, "policy", pal_get_text(finding, PAL_FINDING_POLICY));
  jsonw_text(w, "title", reported->policy ? reported->policy->title : NULL);
  jsonw_text(w, "class", pal_get_text(finding, PAL_FINDING_CLASS));
  jsonw_text(w, "severity", pal_get_text(finding, PAL_FINDING_SEVERITY));
  jsonw_text(w, "tenantId", report_tenant_id(reported->tenant_id));
  jsonw_text(w, "tenantName", reported->tenant_name);
  jsonw_object(w, "subject", JSONW_INLINE);
  jsonw_text(w, "type", text_of(subject, PAL_SUBJECT_TYPE));
  jsonw_text(w, "id", text_of(subject, PAL_SUBJECT_ID));
  jsonw_text(w, "name", subject ? pal_get_text(subject, PAL_SUBJECT_NAME) : NULL);
  jsonw_end(w);
  jsonw_text(w, "message", pal_get_text(finding, PAL_FINDING_MESSAGE));
  jsonw_text(w, "fingerprint", pal_get_text(finding, PAL_FINDING_FINGERPRINT));
  jsonw_end(w);
}

static void write_counts(struct jsonw *w, const struct pal_report *report) {
  jsonw_object(w, "coverage", JSONW_INLINE);
  jsonw_count(w, "tenants", report->completeness.expected);
  jsonw_count(w, "complete", report->completeness.complete);
  jsonw_end(w);
  jsonw_object(w, "open", JSONW_INLINE);
  for (int j = 0; j < PAL_SEVERITIES; j++) {
    size_t n = 0;
    for (int i = 0; i < PAL_CLASSES; i++)
      n += report->open[i][j];
    jsonw_count(w, report_severity_word(j), n);
  }
  jsonw_end(w);
  jsonw_count(w, "unknown", report->unknown);
  jsonw_count(w, "unknownNew", report->unknown_new);
  jsonw_count(w, "resolved", report->resolved_n);
}

static enum pal_code print_json(const struct pal_digest *digest, FILE *out, struct pal_err *err) {
  struct jsonw w;
  const struct pal_report *report = digest->news->report;
  jsonw_init(&w, out);
  jsonw_object(&w, NULL, JSONW_LINES);
  jsonw_count(&w, "formatVersion", FORMAT_VERSION);
  jsonw_text(&w, "title", digest->title);
  jsonw_array(&w, "occasions", JSONW_INLINE);
  for (unsigned i = 0; i < PAL_OCCASIONS; i++)
    if (digest->occasions & (1u << i))
      jsonw_text(&w, NULL, pal_occasion_words[i]);
  jsonw_end(&w);
  jsonw_count(&w, "exitStatus", (size_t)digest->news->exit_status);
  jsonw_text(&w, "error", digest->wants->details ? digest->news->error : NULL);
  jsonw_text(&w, "failedSince", digest->news->failed_since);
  if (report != NULL) {
    jsonw_object(&w, "snapshot", JSONW_INLINE);
    jsonw_text(&w, "commit", report->commit);
    jsonw_text(&w, "started", report->started);
    jsonw_text(&w, "scope", report->full ? "full" : "partial");
    jsonw_end(&w);
    write_counts(&w, report);
  } else {
    static const char *const unsaid[] = {"snapshot", "coverage", "open", "unknown", "unknownNew", "resolved"};
    for (size_t i = 0; i < sizeof unsaid / sizeof unsaid[0]; i++)
      jsonw_raw(&w, unsaid[i], NULL);
  }
  jsonw_count(&w, "newFindings", digest->fresh);
  jsonw_array(&w, "findings", JSONW_LINES);
  for (size_t i = 0; i < digest->listed_n; i++)
    write_listed(&w, digest->listed[i]);
  jsonw_end(&w);
  jsonw_end(&w);
  return jsonw_finish(&w, "a digest", err);
}

/* --- chats --- */

struct chat {
  struct jsonw w;
  struct pal_buf line;
  enum pal_code bad;
};

static void chat_init(struct chat *chat, FILE *out) {
  *chat = (struct chat){.bad = PAL_OK};
  jsonw_init(&chat->w, out);
  pal_buf_init(&chat->line, LINE_MAX_BYTES);
}

/* The line that was made, as the value of a key. */
static void put_line(struct chat *chat, const char *key) {
  if (chat->line.bad != PAL_OK && chat->bad == PAL_OK)
    chat->bad = chat->line.bad;
  jsonw_text(&chat->w, key, chat->line.data);
  pal_buf_clear(&chat->line);
}

static enum pal_code chat_finish(struct chat *chat, struct pal_err *err) {
  enum pal_code code = jsonw_finish(&chat->w, "a digest", err);
  pal_buf_deinit(&chat->line);
  return code == PAL_OK && chat->bad != PAL_OK ? pal_err_set(err, chat->bad, "a digest does not fit") : code;
}

/* --- Slack: text for notifications, blocks for the channel --- */

static void slack_block(struct chat *chat, const char *type) {
  jsonw_object(&chat->w, NULL, JSONW_INLINE);
  jsonw_text(&chat->w, "type", type);
  jsonw_object(&chat->w, "text", JSONW_INLINE);
  jsonw_text(&chat->w, "type", "plain_text");
  put_line(chat, "text");
  jsonw_raw(&chat->w, "emoji", "false");
  jsonw_end(&chat->w);
  jsonw_end(&chat->w);
}

static enum pal_code print_slack(const struct pal_digest *digest, FILE *out, struct pal_err *err) {
  struct chat chat;
  chat_init(&chat, out);
  jsonw_object(&chat.w, NULL, JSONW_LINES);
  jsonw_text(&chat.w, "text", digest->title);
  jsonw_raw(&chat.w, "unfurl_links", "false");
  jsonw_array(&chat.w, "blocks", JSONW_LINES);
  pal_buf_puts(&chat.line, digest->title);
  slack_block(&chat, "header");
  for (size_t i = 0; i < digest->facts_n; i++) {
    pal_buf_printf(&chat.line, "%s: ", digest->facts[i].label);
    pal_slack_escape(&chat.line, digest->facts[i].text, TEXT_BYTES);
    slack_block(&chat, "section");
  }
  for (size_t i = 0; i < digest->listed_n; i++) {
    put_heading(&chat.line, pal_slack_escape, digest->listed[i]);
    pal_buf_putc(&chat.line, '\n');
    put_finding(&chat.line, pal_slack_escape, digest->listed[i]);
    slack_block(&chat, "section");
  }
  if (left_out(digest) > 0) {
    pal_buf_printf(&chat.line, "\xE2\x80\xA6 and %zu more", left_out(digest));
    slack_block(&chat, "section");
  }
  jsonw_end(&chat.w);
  jsonw_end(&chat.w);
  return chat_finish(&chat, err);
}

/* --- Teams: an Adaptive Card in the envelope that a workflow's webhook takes --- */

static void card_run(struct chat *chat, bool bold) {
  jsonw_object(&chat->w, NULL, JSONW_INLINE);
  jsonw_text(&chat->w, "type", "TextRun");
  put_line(chat, "text");
  if (bold)
    jsonw_text(&chat->w, "weight", "Bolder");
  jsonw_end(&chat->w);
}

/* A paragraph of a bold part, already in the line, and the rest. */
static void card_begin(struct chat *chat) {
  jsonw_object(&chat->w, NULL, JSONW_INLINE);
  jsonw_text(&chat->w, "type", "RichTextBlock");
  jsonw_array(&chat->w, "inlines", JSONW_INLINE);
  card_run(chat, true);
}
static void card_end(struct chat *chat) {
  card_run(chat, false);
  jsonw_end(&chat->w);
  jsonw_end(&chat->w);
}

static void card_body(struct chat *chat, const struct pal_digest *digest) {
  jsonw_object(&chat->w, NULL, JSONW_INLINE);
  jsonw_text(&chat->w, "type", "TextBlock");
  jsonw_text(&chat->w, "text", digest->title);
  jsonw_text(&chat->w, "size", "Medium");
  jsonw_text(&chat->w, "weight", "Bolder");
  jsonw_raw(&chat->w, "wrap", "true");
  jsonw_end(&chat->w);
  for (size_t i = 0; i < digest->facts_n; i++) {
    pal_buf_printf(&chat->line, "%s: ", digest->facts[i].label);
    card_begin(chat);
    pal_card_escape(&chat->line, digest->facts[i].text, TEXT_BYTES);
    card_end(chat);
  }
  for (size_t i = 0; i < digest->listed_n; i++) {
    put_heading(&chat->line, pal_card_escape, digest->listed[i]);
    pal_buf_puts(&chat->line, ": ");
    card_begin(chat);
    put_finding(&chat->line, pal_card_escape, digest->listed[i]);
    card_end(chat);
  }
  if (left_out(digest) > 0) {
    pal_buf_puts(&chat->line, "\xE2\x80\xA6 and ");
    card_begin(chat);
    pal_buf_printf(&chat->line, "%zu more", left_out(digest));
    card_end(chat);
  }
}

static enum pal_code print_teams(const struct pal_digest *digest, FILE *out, struct pal_err *err) {
  struct chat chat;
  chat_init(&chat, out);
  jsonw_object(&chat.w, NULL, JSONW_LINES);
  jsonw_text(&chat.w, "type", "message");
  jsonw_array(&chat.w, "attachments", JSONW_LINES);
  jsonw_object(&chat.w, NULL, JSONW_LINES);
  jsonw_text(&chat.w, "contentType", "application/vnd.microsoft.card.adaptive");
  jsonw_object(&chat.w, "content", JSONW_LINES);
  jsonw_text(&chat.w, "$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
  jsonw_text(&chat.w, "type", "AdaptiveCard");
  jsonw_text(&chat.w, "version", "1.4");
  jsonw_text(&chat.w, "fallbackText", digest->title);
  jsonw_raw(&chat.w, "msteams", "{\"width\":\"Full\"}");
  jsonw_array(&chat.w, "body", JSONW_LINES);
  card_body(&chat, digest);
  jsonw_end(&chat.w);
  jsonw_end(&chat.w);
  jsonw_end(&chat.w);
  jsonw_end(&chat.w);
  jsonw_end(&chat.w);
  return chat_finish(&chat, err);
}

/* --- text: a mail --- */

static enum pal_code print_text(const struct pal_digest *digest, FILE *out, struct pal_err *err) {
  struct report_sink sink;
  struct pal_buf text;
  report_sink_init(&sink, out);
  pal_buf_init(&text, TEXT_MAX_BYTES);
  pal_buf_printf(&text, "%s\n\n", digest->title);
  for (size_t i = 0; i < digest->facts_n; i++) {
    pal_buf_printf(&text, "%s: ", digest->facts[i].label);
    pal_mail_escape(&text, digest->facts[i].text, FACT_BYTES);
    pal_buf_putc(&text, '\n');
  }
  for (size_t i = 0; i < digest->listed_n; i++) {
    pal_buf_putc(&text, '\n');
    put_heading(&text, pal_mail_escape, digest->listed[i]);
    pal_buf_puts(&text, "\n  ");
    put_finding(&text, pal_mail_escape, digest->listed[i]);
    pal_buf_putc(&text, '\n');
  }
  if (left_out(digest) > 0)
    pal_buf_printf(&text, "\n\xE2\x80\xA6 and %zu more\n", left_out(digest));
  enum pal_code code = pal_buf_check(&text, "a digest", err);
  if (code == PAL_OK) {
    report_sink_puts(&sink, text.data);
    code = report_sink_finish(&sink, "a digest", err);
  }
  pal_buf_deinit(&text);
  return code;
}

static const struct pal_medium media[] = {
    {"json", "application/json", print_json},
    {"teams", "application/json", print_teams},
    {"slack", "application/json", print_slack},
    {"text", "text/plain; charset=utf-8", print_text},
};

const struct pal_medium *pal_medium_find(const char *name) {
  for (size_t i = 0; i < sizeof media / sizeof media[0]; i++)
    if (strcmp(media[i].name, name) == 0)
      return &media[i];
  return NULL;
}
