/* SPDX-License-Identifier: Apache-2.0 */
#include "sentence.h"

#include <string.h>

#include "people.h"

void sentence_named(struct pal_buf *out, const char *name, const char *id) {
  if (name && name[0] && strcmp(name, id) != 0)
    pal_buf_printf(out, "%s (%s)", name, id);
  else
    pal_buf_puts(out, id);
}

/* --- partner IDs --- */

static const struct pal_record *find_partner(const struct pal_record *registry, int list, int id_field,
                                             const char *id) {
  const struct pal_records *records = registry ? pal_get_records(registry, list) : NULL;
  for (size_t i = 0; records && i < records->n; i++) {
    const char *text = pal_get_text(records->v[i], id_field);
    if (text && strcmp(text, id) == 0)
      return records->v[i];
  }
  return NULL;
}

static const struct pal_record *find_ours(const struct pal_record *registry, const char *id) {
  return find_partner(registry, PAL_REGISTRY_IDS, PAL_PARTNER_ID, id);
}

static const struct pal_record *find_related(const struct pal_record *registry, const char *id) {
  return find_partner(registry, PAL_REGISTRY_RELATED, PAL_RELATED_ID, id);
}

static bool is_global(const struct pal_record *partner) {
  const char *type = pal_get_text(partner, PAL_PARTNER_TYPE);
  return type && strcmp(type, "global") == 0;
}

void sentence_partner(struct sentence *sentence, const char *id, const char *microsofts_name) {
  const struct pal_record *ours = find_ours(sentence->registry, id);
  const struct pal_record *related = ours ? NULL : find_related(sentence->registry, id);
  const char *name = ours      ? pal_get_text(ours, PAL_PARTNER_NAME)
                     : related ? pal_get_text(related, PAL_RELATED_NAME)
                               : microsofts_name;
  pal_buf_puts(sentence->out, id);
  if (ours && is_global(ours))
    pal_buf_puts(sentence->out, " (global ID)");
  else if (name && name[0])
    pal_buf_printf(sentence->out, " (%s%s)", name, related ? ", related partner" : "");
  else if (related)
    pal_buf_puts(sentence->out, " (related partner)");
}

void sentence_judge_partner(struct sentence *sentence, const char *id) {
  if (!sentence->registry)
    return;
  const struct pal_record *ours = find_ours(sentence->registry, id);
  const char *status = ours ? pal_get_text(ours, PAL_PARTNER_STATUS) : NULL;
  if (!ours && !find_related(sentence->registry, id))
    pal_buf_puts(sentence->out, ": not an ID of ours");
  else if (ours && is_global(ours))
    pal_buf_puts(sentence->out, ": wrong type");
  else if (status && strcmp(status, "active") != 0)
    pal_buf_printf(sentence->out, ": the registry says %s", status);
}

/* --- anything no other file knows --- */

static const char *ending(const char *kind) {
  const char *dot = strrchr(kind, '.');
  return dot ? dot + 1 : kind;
}

static void write_plain(struct sentence *sentence, const struct pal_kind *kind) {
  const struct pal_change *change = sentence->change;
  const char *label = kind ? kind->label : people_subject(change->subject_type);
  pal_buf_printf(sentence->out, "%s ", label);
  sentence_named(sentence->out, change->subject_name, change->subject_id);
  pal_buf_printf(sentence->out, " %s", ending(change->kind));
  if (change->before && change->after && change->before->kind == change->after->kind)
    sentence_differences(sentence->out, change->before, change->after);
}

void sentence_write(struct sentence *sentence) {
  const struct pal_change *change = sentence->change;
  const struct pal_record *any = change->after ? change->after : change->before;
  const struct pal_kind *kind = any ? any->kind : NULL;
  if (!sentence_access(sentence, kind) && !sentence_books(sentence, kind))
    write_plain(sentence, kind);
}
