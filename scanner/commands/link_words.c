/* SPDX-License-Identifier: Apache-2.0 */
/* link_words.c - a link, the plan of a change and its end, in lines for people. */
#include <stdarg.h>
#include <string.h>

#include "link.h"
#include "pal_text.h"

enum { LABEL = 10 };

struct pal_sheet pal_sheet_of(const struct pal_cli *cli, const struct pal_output *output) {
  return (struct pal_sheet){output->file, (size_t)pal_cli_style(cli, output).width};
}

void pal_sheet_row(const struct pal_sheet *out, const char *label, const char *fmt, ...) {
  struct pal_buf text, shown, wrapped;
  va_list args;
  pal_buf_init(&text, 1 << 16);
  pal_buf_init(&shown, 1 << 18);
  pal_buf_init(&wrapped, 1 << 22);
  va_start(args, fmt);
  pal_buf_vprintf(&text, fmt, args);
  va_end(args);
  pal_term_escape(&shown, text.data);
  pal_wrap(&wrapped, shown.data, LABEL, LABEL, out->width);
  (void)fprintf(out->file, "%-*s%s\n", LABEL, label, wrapped.data);
  pal_buf_deinit(&wrapped);
  pal_buf_deinit(&shown);
  pal_buf_deinit(&text);
}

static const char *in_brackets(const struct pal_app *app, const char *text) {
  const char *made = text != NULL ? pal_arena_printf(app->arena, " (%s)", text) : NULL;
  return made != NULL ? made : "";
}

void pal_link_print_link(const struct pal_app *app, const struct pal_sheet *out, const char *label,
                         const struct pal_record *link) {
  const char *state = link != NULL ? pal_get_text(link, PAL_LINK_STATE) : NULL;
  const char *updated = link != NULL ? pal_get_text(link, PAL_LINK_UPDATED_TIME) : NULL;
  if (!pal_link_stands(link)) {
    pal_sheet_row(out, label, "no link");
    return;
  }
  pal_sheet_row(out, label, "partner ID %s%s, state %s%s%s, version %lld", pal_get_text(link, PAL_LINK_PARTNER_ID),
                in_brackets(app, pal_get_text(link, PAL_LINK_PARTNER_NAME)), state != NULL ? state : "not said",
                updated != NULL ? ", written " : "", updated != NULL ? updated : "",
                (long long)pal_get_int(link, PAL_LINK_VERSION, 0));
}

void pal_link_print_head(const struct pal_look *look, const struct pal_sheet *out) {
  pal_sheet_row(out, "Tenant", "%s%s", look->tenant.s, in_brackets(look->app, look->tenant_name));
  pal_sheet_row(out, "Identity", "%s, object %s", look->identity, look->object.s);
}

void pal_link_print_plan(const struct pal_look *look, const struct pal_change_plan *plan, const struct pal_sheet *out) {
  static const char *const effects[] = {
      [PAL_WRITE_CREATE] = "From then on what this identity reaches in the tenant is counted for that partner ID.",
      [PAL_WRITE_UPDATE] = "From then on what this identity reaches in the tenant is counted for the new partner ID.",
      [PAL_WRITE_DELETE] = "From then on nothing this identity reaches in the tenant is counted for a partner ID."};
  static const char *const methods[] = {
      [PAL_WRITE_CREATE] = "PUT", [PAL_WRITE_UPDATE] = "PATCH", [PAL_WRITE_DELETE] = "DELETE"};
  const char *id = plan->link.partner.s;
  pal_link_print_head(look, out);
  pal_link_print_link(look->app, out, "Now", look->link);
  if (plan->link.kind == PAL_WRITE_DELETE)
    pal_sheet_row(out, "Then", "no link");
  else
    pal_sheet_row(out, "Then", "partner ID %s%s", id, in_brackets(look->app, plan->verdict.name));
  if (plan->link.kind != PAL_WRITE_DELETE)
    pal_sheet_row(out, "Registry", "%s", plan->verdict.sentence);
  pal_sheet_row(out, "Request", "%s %s/providers/Microsoft.ManagementPartner/partners/%s, once",
                methods[plan->link.kind], look->cloud->origin[PAL_ARM], id);
  pal_sheet_row(out, "Effect", "%s", effects[plan->link.kind]);
}

void pal_link_print_end(const struct pal_look *look, const struct pal_link_result *result,
                        const struct pal_sheet *out) {
  int status = result->written.status;
  pal_link_print_link(look->app, out, "Stands", result->link);
  if (status < 200 || status >= 300)
    pal_sheet_row(out, "Note", "the service answered %s; read again, the link is as planned all the same",
                  result->written.code);
}
