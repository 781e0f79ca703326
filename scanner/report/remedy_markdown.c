/* SPDX-License-Identifier: Apache-2.0 */
/* remedy_markdown.c - the plan as a Markdown document. */
#include <string.h>

#include "model.h"
#include "pal_text.h"
#include "remedy_words.h"
#include "sink.h"

enum { PAGE_BYTES = 1 << 20 };

struct page {
  struct report_sink sink;
  struct pal_buf buf; /* one step at a time */
  struct pal_arena *arena;
};

/* In a fence no markup counts but the fence itself, which no command holds: it has no backtick at the start of a line. */
static void put_commands(struct page *page, const char *language, const char *sign_in, const char *const *commands,
                         size_t n) {
  if (n == 0)
    return;
  pal_buf_printf(&page->buf, "   ```%s\n", language);
  if (sign_in)
    pal_buf_printf(&page->buf, "   %s\n", sign_in);
  for (size_t i = 0; i < n; i++) {
    pal_buf_puts(&page->buf, "   ");
    pal_term_escape(&page->buf, commands[i]);
    pal_buf_putc(&page->buf, '\n');
  }
  pal_buf_puts(&page->buf, "   ```\n");
}

static void put_way(struct page *page, const struct pal_way *way) {
  put_commands(page, "sh", pal_way_sign_in(page->arena, way, false), way->az, way->az_n);
  put_commands(page, "powershell", pal_way_sign_in(page->arena, way, true), way->powershell, way->powershell_n);
}

static void put_step(struct page *page, const struct pal_step *step, size_t number) {
  struct pal_buf *b = &page->buf, policies;
  pal_buf_init(&policies, PAGE_BYTES);
  remedy_put_policies(&policies, step);
  pal_buf_printf(b, "%zu. **", number);
  pal_markdown_escape(b, step->ways[0].title);
  pal_buf_puts(b, "** (");
  pal_markdown_escape(b, policies.data);
  pal_buf_printf(b, ", %s)\n", step->unknown ? "unknown" : report_severity_word(step->severity));
  pal_buf_deinit(&policies);
  if (step->after) {
    pal_buf_puts(b, "   - Only after: ");
    pal_markdown_escape(b, step->after);
    pal_buf_putc(b, '\n');
  }
  for (size_t i = 0; i < step->findings_n; i++) {
    if (remedy_is_said(step, i))
      continue;
    pal_buf_puts(b, "   - Why: ");
    pal_markdown_escape(b, pal_get_text(step->findings[i]->finding, PAL_FINDING_MESSAGE));
    pal_buf_printf(b, " (`%s`)\n", pal_get_text(step->findings[i]->finding, PAL_FINDING_FINGERPRINT));
  }
  pal_buf_putc(b, '\n');
  if (remedy_decide_first(step))
    pal_buf_printf(b, "   **%s**\n\n", remedy_decide_first(step));
  put_way(page, &step->ways[0]);
  for (size_t i = 1; i < step->ways_n; i++) {
    pal_buf_printf(b, "\n   Or, by %s: ", pal_actor_name(step->ways[i].fix->actor));
    pal_markdown_escape(b, step->ways[i].title);
    pal_buf_puts(b, "\n\n");
    put_way(page, &step->ways[i]);
  }
  pal_buf_putc(b, '\n');
}

static void put_headings(struct page *page, const struct pal_step *step, const struct pal_step *last) {
  struct pal_buf *b = &page->buf;
  if (!last || !remedy_same_tenant(last, step)) {
    pal_buf_puts(b, "## ");
    if (step->tenant_name) {
      pal_markdown_escape(b, step->tenant_name);
      pal_buf_putc(b, ' ');
    }
    pal_buf_printf(b, strcmp(step->tenant_id, "-") == 0 ? "Estate as a whole\n\n" : "`%s`\n\n", step->tenant_id);
  }
  if (!last || !remedy_same_actor(last, step)) {
    pal_buf_puts(b, "### To be done by ");
    remedy_put_actor(b, step);
    pal_buf_puts(b, "\n\n");
  }
}

enum pal_code remedy_print_markdown(const struct pal_plan *plan, const struct pal_style *style, FILE *out,
                                    struct pal_err *err) {
  (void)style;
  struct page page = {.arena = pal_arena_new(0)};
  if (!page.arena)
    return pal_err_nomem(err);
  report_sink_init(&page.sink, out);
  pal_buf_init(&page.buf, PAGE_BYTES);
  pal_buf_printf(&page.buf, "# What to do about the snapshot of %s\n\n%zu findings, %zu steps", plan->started,
                 plan->findings, plan->steps_n);
  if (plan->settled > 0)
    pal_buf_printf(&page.buf, "; %zu accepted or told by another finding: no step", plan->settled);
  pal_buf_puts(&page.buf, ".\n\n");
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < plan->steps_n && code == PAL_OK; i++) {
    put_headings(&page, &plan->steps[i], i > 0 ? &plan->steps[i - 1] : NULL);
    put_step(&page, &plan->steps[i], i + 1);
    code = pal_buf_check(&page.buf, "the plan", err);
    report_sink_puts(&page.sink, page.buf.data);
    pal_buf_clear(&page.buf);
    pal_arena_reset(page.arena);
  }
  report_sink_puts(&page.sink, page.buf.data);
  pal_buf_deinit(&page.buf);
  pal_arena_free(page.arena);
  return code == PAL_OK ? report_sink_finish(&page.sink, "the plan", err) : code;
}
