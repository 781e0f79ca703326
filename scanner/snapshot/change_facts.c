/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "change_rules.h"

static const struct pal_records no_records;

static const struct pal_records *records_of(const struct pal_doc *doc) {
  return doc ? &doc->records : &no_records;
}

static bool any_carried(const struct pal_records *records) {
  for (size_t i = 0; i < records->n; i++)
    if (record_carried(records->v[i]))
      return true;
  return false;
}

static bool same_word(const char *text, const char *lower) {
  for (; *text && *lower; text++, lower++)
    if ((*text >= 'A' && *text <= 'Z' ? *text - 'A' + 'a' : *text) != *lower)
      return false;
  return *text == *lower;
}

/* --- whom a change is about --- */

static void set_subject(struct pal_change *change, const struct pal_record *record) {
  const struct pal_kind *kind = record->kind;
  if (kind == &pal_kind_ASSIGNMENT) {
    change->subject_type = "identity";
    change->subject_id = pal_get_text(record, PAL_ASSIGNMENT_PRINCIPAL_ID);
  } else if (kind == &pal_kind_PIM) {
    change->subject_type = "identity";
    change->subject_id = pal_get_text(record, PAL_PIM_PRINCIPAL_ID);
  } else if (kind == &pal_kind_DENY) {
    change->subject_type = "scope";
    change->subject_id = pal_get_text(record, PAL_DENY_SCOPE);
    change->subject_name = pal_get_text(record, PAL_DENY_NAME);
  } else if (kind == &pal_kind_DELEGATION) {
    change->subject_type = "scope";
    change->subject_id = pal_get_text(record, PAL_DELEGATION_SCOPE);
    change->subject_name = pal_get_text(record, PAL_DELEGATION_NAME);
  } else if (kind == &pal_kind_ROLE) {
    change->subject_type = "role";
    change->subject_id = pal_get_text(record, PAL_ROLE_ROLE_ID);
    change->subject_name = pal_get_text(record, PAL_ROLE_ROLE_NAME);
  } else if (kind == &pal_kind_TENANT) {
    change->subject_type = "tenant";
    change->subject_id = pal_get_text(record, PAL_TENANT_TENANT_ID);
    change->subject_name = pal_get_text(record, PAL_TENANT_DISPLAY_NAME);
  } else {
    change->subject_type = "subscription";
    change->subject_id = pal_get_text(record, PAL_SUBSCRIPTION_SUBSCRIPTION_ID);
    change->subject_name = pal_get_text(record, PAL_SUBSCRIPTION_DISPLAY_NAME);
  }
}

static const char *words_kind(const struct pal_record *before, const struct pal_record *after) {
  const struct pal_change_words *words = &(after ? after : before)->kind->change;
  if (!before)
    return words->added;
  return after ? words->changed : words->removed;
}

/* --- facts record by record --- */

struct fact_files {
  struct comparison *c;
  const struct pal_doc *before, *after; /* one may be NULL */
  bool carried_before;
};

static bool tells(const struct fact_files *files, const struct pal_record *before, const struct pal_record *after) {
  const struct pal_doc *doc = files->after ? files->after : files->before;
  const struct pal_record *any = after ? after : before;
  struct reading now = cover_record(&files->c->cover_after, doc, any);
  if (!after) /* only a complete reading proves that it is gone */
    return now.known == KNOWN_FULL;
  if (now.known == KNOWN_STALE || record_carried(after))
    return false;
  if (before)
    return records_differ(before, after);
  return baseline_holds(cover_record(&files->c->cover_before, doc, any), now, files->carried_before);
}

static enum pal_code compare_fact(void *payload, const struct pal_record *before, const struct pal_record *after) {
  const struct fact_files *files = payload;
  struct pal_change change = {.kind = words_kind(before, after), .before = before, .after = after};
  if (!change.kind || !tells(files, before, after))
    return PAL_OK;
  set_subject(&change, after ? after : before);
  return comparison_add(files->c, (files->after ? files->after : files->before)->file, &change);
}

enum pal_code compare_facts(struct comparison *c, const struct pal_doc *before, const struct pal_doc *after) {
  struct fact_files files = {c, before, after, any_carried(records_of(before))};
  return pairs_walk(records_of(before), records_of(after), compare_fact, &files, c->err);
}

/* --- identities and their links --- */

static bool is_linked(const struct pal_record *identity) {
  const struct pal_record *link = pal_get_record(identity, PAL_IDENTITY_LINK);
  const char *state = link ? pal_get_text(link, PAL_LINK_STATE) : NULL;
  return link && !(state && same_word(state, "deleted"));
}

static bool links_differ(const struct pal_record *a, const struct pal_record *b) {
  static const int told[] = {PAL_LINK_PARTNER_ID, PAL_LINK_STATE, PAL_LINK_PARTNER_NAME};
  for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
    const char *x = pal_get_text(a, told[i]), *y = pal_get_text(b, told[i]);
    if (x && y ? strcmp(x, y) != 0 : x != y)
      return true;
  }
  return false;
}

static bool identity_differs(const struct pal_record *a, const struct pal_record *b) {
  static const int told[] = {PAL_IDENTITY_TYPE, PAL_IDENTITY_APP_ID, PAL_IDENTITY_ASSURANCE};
  for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
    const char *x = pal_get_text(a, told[i]), *y = pal_get_text(b, told[i]);
    if (x && y ? strcmp(x, y) != 0 : x != y)
      return true;
  }
  const struct pal_texts *x = pal_get_texts(a, PAL_IDENTITY_NAMES);
  const struct pal_texts *y = pal_get_texts(b, PAL_IDENTITY_NAMES);
  if (x->n != y->n)
    return true;
  for (size_t i = 0; i < x->n; i++)
    if (strcmp(x->v[i], y->v[i]) != 0)
      return true;
  return false;
}

static enum pal_code add_identity(struct comparison *c, const char *kind, const struct pal_record *identity,
                                  const struct pal_record *before, const struct pal_record *after) {
  const struct pal_texts *names = pal_get_texts(identity, PAL_IDENTITY_NAMES);
  const struct pal_change change = {
      .kind = kind,
      .subject_type = "identity",
      .subject_id = pal_get_text(identity, PAL_IDENTITY_OBJECT_ID),
      .subject_name = names->n ? names->v[0] : NULL,
      .before = before,
      .after = after,
  };
  return comparison_add(c, &pal_files[PAL_FILE_IDENTITY], &change);
}

static enum pal_code compare_links(struct comparison *c, const struct pal_record *before,
                                   const struct pal_record *after) {
  /* Never answered on one side: nothing is known of a change. */
  if (before->v[PAL_IDENTITY_LINK].is == PAL_ABSENT || after->v[PAL_IDENTITY_LINK].is == PAL_ABSENT)
    return PAL_OK;
  const struct pal_record *was = is_linked(before) ? pal_get_record(before, PAL_IDENTITY_LINK) : NULL;
  const struct pal_record *is = is_linked(after) ? pal_get_record(after, PAL_IDENTITY_LINK) : NULL;
  const struct pal_change_words *words = &pal_kind_LINK.change;
  if (!was && is)
    return add_identity(c, words->added, after, NULL, is);
  if (was && !is)
    return add_identity(c, words->removed, after, was, NULL);
  if (was && is && links_differ(was, is))
    return add_identity(c, words->changed, after, was, is);
  return PAL_OK;
}

/* An identity that was asked for before but never answered is no new one. */
static bool identity_is_new(const struct comparison *c, const struct pal_record *identity) {
  const char *area = pal_files[PAL_FILE_IDENTITY].area;
  const struct pal_texts *names = pal_get_texts(identity, PAL_IDENTITY_NAMES);
  for (size_t i = 0; i < names->n; i++) {
    struct reading reading = cover_unit(&c->cover_before, area, names->v[i]);
    if (reading.there && reading.known != KNOWN_FULL && reading.known != KNOWN_STALE)
      return false;
  }
  return cover_area(&c->cover_before, area).there;
}

enum pal_code compare_identity(struct comparison *c, const struct pal_doc *before, const struct pal_doc *after) {
  const struct pal_doc *doc = after ? after : before;
  const struct pal_record *was = before ? before->records.v[0] : NULL;
  const struct pal_record *is = after ? after->records.v[0] : NULL;
  struct reading now = cover_record(&c->cover_after, doc, is ? is : was);
  const struct pal_change_words *words = &pal_kind_IDENTITY.change;
  if (!is)
    return now.known == KNOWN_FULL ? add_identity(c, words->removed, was, was, NULL) : PAL_OK;
  if (now.known == KNOWN_STALE || record_carried(is))
    return PAL_OK;
  if (!was)
    return identity_is_new(c, is) ? add_identity(c, words->added, is, NULL, is) : PAL_OK;
  enum pal_code code = PAL_OK;
  if (identity_differs(was, is))
    code = add_identity(c, words->changed, is, was, is);
  return code == PAL_OK ? compare_links(c, was, is) : code;
}

/* --- members of groups --- */

struct member_counts {
  size_t added, removed;
};

static enum pal_code count_member(void *payload, const struct pal_record *before, const struct pal_record *after) {
  struct member_counts *counts = payload;
  counts->added += !before;
  counts->removed += !after;
  return PAL_OK;
}

enum pal_code compare_group(struct comparison *c, const struct pal_doc *before, const struct pal_doc *after) {
  if (!before || !after)
    return PAL_OK; /* who is given a role is told by the assignments */
  const struct pal_record *was = before->records.v[0], *is = after->records.v[0];
  struct reading now = cover_record(&c->cover_after, after, is);
  if (now.known == KNOWN_STALE || record_carried(is))
    return PAL_OK;
  struct member_counts counts = {0};
  enum pal_code code = pairs_walk(pal_get_records(was, PAL_GROUP_MEMBERS), pal_get_records(is, PAL_GROUP_MEMBERS),
                                  count_member, &counts, c->err);
  if (code != PAL_OK)
    return code;
  struct reading then = cover_record(&c->cover_before, before, was);
  bool joined = counts.added && baseline_holds(then, now, record_carried(was));
  bool left = counts.removed && now.known == KNOWN_FULL;
  if (!joined && !left)
    return PAL_OK;
  const struct pal_change change = {
      .kind = pal_kind_GROUP.change.changed,
      .subject_type = "group",
      .subject_id = pal_get_text(is, PAL_GROUP_GROUP_ID),
      .before = was,
      .after = is,
  };
  return comparison_add(c, after->file, &change);
}

/* --- usage --- */

/* The latest record that says what the whole subscription did in all months: yes
 * when one does, no when all do; NULL when it is not known. */
static const struct pal_record *used_at_all(const struct pal_doc *doc, bool *ret_used) {
  const struct pal_record *yes = NULL, *no = NULL;
  bool unknown = false;
  for (size_t i = 0; doc && i < doc->records.n; i++) {
    const struct pal_record *record = doc->records.v[i];
    if (pal_get_text(record, PAL_USAGE_RESOURCE_GROUP))
      continue;
    const char *used = pal_get_text(record, PAL_USAGE_USED);
    const struct pal_record **slot = strcmp(used, "yes") == 0 ? &yes : &no;
    unknown = unknown || strcmp(used, "unknown") == 0;
    if (!*slot || pal_record_cmp(*slot, record) < 0)
      *slot = record;
  }
  *ret_used = yes != NULL;
  return yes ? yes : unknown ? NULL : no;
}

enum pal_code compare_usage(struct comparison *c, const struct pal_doc *before, const struct pal_doc *after) {
  if (!before || !after)
    return PAL_OK;
  struct reading then = cover_record(&c->cover_before, before, NULL);
  struct reading now = cover_record(&c->cover_after, after, NULL);
  if ((then.known != KNOWN_FULL && then.known != KNOWN_STALE) || now.known != KNOWN_FULL)
    return PAL_OK;
  bool used_before, used_after;
  const struct pal_record *was = used_at_all(before, &used_before);
  const struct pal_record *is = used_at_all(after, &used_after);
  if (!was || !is || used_before == used_after)
    return PAL_OK;
  const struct pal_doc *doc = pal_docs_find(c->after, PAL_FILE_SUBSCRIPTION, &after->tenant, after->id.s);
  const struct pal_change change = {
      .kind = used_after ? "usage.started" : "usage.stopped",
      .subject_type = "subscription",
      .subject_id = after->id.s,
      .subject_name = doc && doc->records.n ? pal_get_text(doc->records.v[0], PAL_SUBSCRIPTION_DISPLAY_NAME) : NULL,
      .before = was,
      .after = is,
  };
  return comparison_add(c, after->file, &change);
}
