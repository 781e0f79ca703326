/* SPDX-License-Identifier: Apache-2.0 */
/* sentence_books.c - completeness, registry, estate, risk acceptances, policies. */
#include <string.h>

#include "pal_json.h"
#include "people.h"
#include "sentence.h"

static const struct pal_record *any_of(const struct pal_change *change) {
  return change->after ? change->after : change->before;
}

static const char *verb_of(const struct pal_change *change) {
  return !change->before ? "added" : !change->after ? "removed" : "changed";
}

static void say_differences(struct sentence *s) {
  if (s->change->before && s->change->after)
    sentence_differences(s->out, s->change->before, s->change->after);
}

/* --- completeness --- */

/* "links of provider-automation", "usage of subscription 1111…", "role assignments". */
static void say_unit(struct sentence *s, const struct pal_record *unit) {
  const char *name = pal_get_text(unit, PAL_COVERAGE_UNIT);
  const char *area = pal_get_text(unit, PAL_COVERAGE_AREA);
  char guid[PAL_GUID_LEN + 1];
  pal_buf_puts(s->out, area ? area : "?");
  if (!name || strcmp(name, "tenant") == 0)
    return;
  bool subscription = area && strcmp(area, "groups") != 0 && pal_guid_canonical(name, strlen(name), guid);
  pal_buf_printf(s->out, " of %s%s", subscription ? "subscription " : "", name);
}

static void say_coverage(struct sentence *s) {
  const struct pal_record *now = any_of(s->change);
  say_unit(s, now);
  s->tail_at = s->out->len;
  if (strcmp(s->change->kind, "coverage.lost") != 0) {
    pal_buf_puts(s->out, " read completely again");
    return;
  }
  const char *state = pal_get_text(now, PAL_COVERAGE_STATE), *code = pal_get_text(now, PAL_COVERAGE_CODE);
  const char *as_of = pal_get_text(now, PAL_COVERAGE_AS_OF);
  bool partial = state && strcmp(state, "partial") == 0;
  pal_buf_puts(s->out, partial ? " now read only in part" : " no longer read");
  if (code)
    pal_buf_printf(s->out, ": %s", code);
  if (as_of && !partial)
    pal_buf_printf(s->out, "; last read on %s", people_date(as_of).s);
}

/* --- registry --- */

static void say_partner(struct sentence *s) {
  const struct pal_record *record = any_of(s->change);
  const char *type = pal_get_text(record, PAL_PARTNER_TYPE), *country = pal_get_text(record, PAL_PARTNER_COUNTRY);
  pal_buf_puts(s->out, "partner ID ");
  pal_buf_puts(s->out, s->change->subject_id);
  pal_buf_puts(s->out, " (");
  if (s->change->subject_name)
    pal_buf_printf(s->out, "%s, ", s->change->subject_name);
  pal_buf_puts(s->out, type ? type : "unknown type");
  if (country)
    pal_buf_printf(s->out, ", %s", country);
  pal_buf_puts(s->out, ")");
  if (s->change->before && s->change->after)
    sentence_changed(s->out, s->change->before, s->change->after);
  else
    pal_buf_puts(s->out, s->change->after ? " added to the registry" : " removed from the registry");
}

static void say_where(struct pal_buf *out, const struct pal_record *expect) {
  const char *separator = "";
  for (size_t i = 0; i < expect->kind->n; i++) {
    const struct pal_value *value = &expect->v[i];
    if (i == PAL_EXPECT_ID || value->is != PAL_SET || i == PAL_EXPECT_DEFAULT)
      continue;
    pal_buf_printf(out, "%s%s ", separator, expect->kind->fields[i].label);
    if (expect->kind->fields[i].type == PAL_T_TEXTS)
      for (size_t j = 0; j < pal_value_texts(value)->n; j++)
        pal_buf_printf(out, "%s%s", j ? ", " : "", pal_value_texts(value)->v[j]);
    else
      pal_buf_puts(out, value->u.text);
    separator = ", ";
  }
  if (!separator[0])
    pal_buf_puts(out, pal_get_bool(expect, PAL_EXPECT_DEFAULT, false) ? "everywhere else" : "nowhere");
}

static void say_expect(struct sentence *s) {
  const struct pal_record *record = any_of(s->change);
  pal_buf_puts(s->out, "expectation ");
  pal_buf_puts(s->out, verb_of(s->change));
  pal_buf_puts(s->out, ": partner ID ");
  const char *id = pal_get_text(record, PAL_EXPECT_ID);
  sentence_partner(s, id ? id : "?", NULL);
  pal_buf_puts(s->out, " for ");
  say_where(s->out, record);
  say_differences(s);
}

static void say_organization(struct sentence *s) {
  const char *was = s->change->before ? pal_get_text(s->change->before, PAL_REGISTRY_ORGANIZATION) : NULL;
  const char *now = s->change->after ? pal_get_text(s->change->after, PAL_REGISTRY_ORGANIZATION) : NULL;
  pal_buf_printf(s->out, "organization of the registry changed from \"%s\" to \"%s\"", was ? was : "", now ? now : "");
}

/* --- estate and what stands in lists --- */

static void say_listed(struct sentence *s) {
  const struct pal_record *record = any_of(s->change);
  pal_buf_printf(s->out, "%s ", record->kind->label);
  sentence_named(s->out, s->change->subject_name, s->change->subject_id);
  pal_buf_printf(s->out, " %s", verb_of(s->change));
  if (!s->change->before || !s->change->after)
    pal_buf_puts(s->out, s->change->after ? " to" : " from");
  else
    pal_buf_puts(s->out, " in");
  pal_buf_puts(s->out, strncmp(s->change->kind, "estate.", 7) == 0 ? " the estate" : " the registry");
  say_differences(s);
}

/* --- risk acceptances --- */

static void say_named_field(struct sentence *s, const struct pal_record *record, int field, const char *before) {
  const char *text = pal_get_text(record, field);
  if (text && text[0])
    pal_buf_printf(s->out, "%s%s", before, text);
}

static void say_waiver(struct sentence *s) {
  const struct pal_record *record = any_of(s->change);
  const char *dot = strrchr(s->change->kind, '.');
  pal_buf_printf(s->out, "risk acceptance %s %s", s->change->subject_id, dot ? dot + 1 : verb_of(s->change));
  if (s->change->before && s->change->after) {
    say_differences(s);
    return;
  }
  say_named_field(s, record, PAL_WAIVER_POLICY, ": policy ");
  if (!pal_get_text(record, PAL_WAIVER_POLICY))
    say_named_field(s, record, PAL_WAIVER_FINGERPRINT, ": finding ");
  say_named_field(s, record, PAL_WAIVER_TENANT, ", tenant ");
  say_named_field(s, record, PAL_WAIVER_SUBJECT, ", subject ");
  say_named_field(s, record, PAL_WAIVER_UNTIL, ", until ");
  say_named_field(s, record, PAL_WAIVER_APPROVER, ", approved by ");
  say_named_field(s, record, PAL_WAIVER_REASON, ", because: ");
}

/* --- settings --- */

static bool lists(const struct pal_record *settings, int field, const char *text) {
  const struct pal_texts *texts = pal_get_texts(settings, field);
  for (size_t i = 0; i < texts->n; i++)
    if (strcmp(texts->v[i], text) == 0)
      return true;
  return false;
}

/* The member `name` of a JSON setting: a text without its quotes. */
static void add_member(struct pal_buf *out, const struct pal_record *settings, int field, const char *name) {
  const char *text = pal_get_text(settings, field);
  struct pal_json_doc *doc = NULL;
  struct pal_err ignored = {0};
  enum pal_code code =
      text ? pal_json_parse(text, strlen(text), "settings", 0, 0, &doc, &ignored) : PAL_OK; /* read before: good */
  const pal_json *node = doc && code == PAL_OK ? pal_json_get(pal_json_root(doc), name) : NULL;
  if (!node)
    pal_buf_puts(out, "the default");
  else if (pal_json_text(node))
    pal_buf_puts(out, pal_json_text(node));
  else
    code = pal_json_compact(doc, node, out, &ignored);
  if (code == PAL_E_NOMEM)
    out->bad = code;
  pal_json_doc_free(doc);
}

static void say_from_to(struct sentence *s, int field, const char *name) {
  pal_buf_puts(s->out, " changed from ");
  add_member(s->out, s->change->before, field, name);
  pal_buf_puts(s->out, " to ");
  add_member(s->out, s->change->after, field, name);
}

static bool member_differs(struct sentence *s, int field, const char *name) {
  struct pal_buf a, b;
  pal_buf_init(&a, s->out->max);
  pal_buf_init(&b, s->out->max);
  add_member(&a, s->change->before, field, name);
  add_member(&b, s->change->after, field, name);
  bool differs = strcmp(a.data, b.data) != 0;
  pal_buf_deinit(&a);
  pal_buf_deinit(&b);
  return differs;
}

static void say_policy(struct sentence *s) {
  const char *id = s->change->subject_id, *separator = "";
  bool was = lists(s->change->before, PAL_SETTINGS_DISABLE, id), is = lists(s->change->after, PAL_SETTINGS_DISABLE, id);
  s->disables = is && !was;
  if (was != is) {
    pal_buf_printf(s->out, "rule %s is %s", id, is ? "disabled" : "enabled again");
    separator = "; ";
  }
  if (member_differs(s, PAL_SETTINGS_SEVERITY, id)) {
    pal_buf_printf(s->out, "%sseverity of %s", separator, id);
    say_from_to(s, PAL_SETTINGS_SEVERITY, id);
  }
}

static void add_setting(struct pal_buf *out, const struct pal_record *settings, int field) {
  enum pal_type type = settings->kind->fields[field].type;
  if (type == PAL_T_INT) {
    pal_buf_printf(out, "%lld", (long long)pal_get_int(settings, field, 0));
  } else if (type != PAL_T_TEXTS) {
    const char *text = pal_get_text(settings, field);
    pal_buf_puts(out, text ? text : "none");
  } else {
    const struct pal_texts *texts = pal_get_texts(settings, field);
    for (size_t i = 0; i < texts->n; i++)
      pal_buf_printf(out, "%s%s", i ? ", " : "", texts->v[i]);
    if (texts->n == 0)
      pal_buf_puts(out, "none");
  }
}

static void say_settings(struct sentence *s) {
  const char *id = s->change->subject_id;
  if (!s->change->before || !s->change->after) {
    pal_buf_printf(s->out, "settings %s", verb_of(s->change));
    return;
  }
  if (strcmp(s->change->subject_type, "policy") == 0) {
    say_policy(s);
    return;
  }
  int field = pal_kind_find(&pal_kind_SETTINGS, id);
  if (field < 0) {
    pal_buf_printf(s->out, "parameter %s", id);
    say_from_to(s, PAL_SETTINGS_PARAMETERS, id);
  } else if (pal_kind_SETTINGS.fields[field].type == PAL_T_RECORDS) {
    pal_buf_printf(s->out, "setting %s: ", id);
    sentence_say_counts(s->out, sentence_count_lists(s->out, pal_get_records(s->change->before, field),
                                                     pal_get_records(s->change->after, field)));
  } else {
    pal_buf_printf(s->out, "setting %s changed from ", id);
    add_setting(s->out, s->change->before, field);
    pal_buf_puts(s->out, " to ");
    add_setting(s->out, s->change->after, field);
  }
}

bool sentence_books(struct sentence *sentence, const struct pal_kind *kind) {
  static const struct {
    const struct pal_kind *kind;
    void (*say)(struct sentence *s);
  } kinds[] = {
      {&pal_kind_COVERAGE, say_coverage},     {&pal_kind_PARTNER, say_partner},  {&pal_kind_EXPECT, say_expect},
      {&pal_kind_REGISTRY, say_organization}, {&pal_kind_RELATED, say_listed},   {&pal_kind_AGENT_GROUP, say_listed},
      {&pal_kind_CUSTOMER, say_listed},       {&pal_kind_PRINCIPAL, say_listed}, {&pal_kind_WAIVER, say_waiver},
      {&pal_kind_SETTINGS, say_settings},
  };
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
    if (kinds[i].kind == kind) {
      kinds[i].say(sentence);
      return true;
    }
  return false;
}
