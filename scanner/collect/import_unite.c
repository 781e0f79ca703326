/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_unite.c - what was declared, beside what is known of one tenant. Pure.
 *
 * - A link that was never read takes what was declared of it, and its unit
 *   becomes self-declared, dated by the declaration.
 * - One that was read stays as it was read. The declaration stands beside it.
 *   Where it says the same and nobody reads the link any more (stale), the unit
 *   becomes self-declared, and the record keeps the date of the reading.
 * - Role assignments stand in the declaration alone, as the last list told
 *   them: no table of what was read, and no unit of access, knows of them.
 */
#include <string.h>

#include "areas.h"
#include "import.h"

#define STATE_DECLARED "self-declared"

struct placing {
  struct pal_arena *arena;
  struct pal_docs *ret;
  const struct pal_tenant_id *tenant;
  const struct pal_declaration *d;
  struct pal_doc *coverage;
};

static const char *links_area(void) {
  return collectors[COLLECTOR_links].area;
}

/* --- what agrees --- */

static bool same_text(const char *a, const char *b) {
  return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static bool is_deleted(const char *state) {
  return state != NULL && strcmp(state, "Deleted") == 0;
}

bool pal_declaration_agrees(const struct pal_record *declaration, const struct pal_record *identity) {
  const struct pal_record *link = pal_get_record(identity, PAL_IDENTITY_LINK);
  const char *declared = pal_get_text(declaration, PAL_DECLARATION_PARTNER_ID);
  bool linked = link != NULL && !is_deleted(pal_get_text(link, PAL_LINK_STATE));
  bool says_linked = declared != NULL && !is_deleted(pal_get_text(declaration, PAL_DECLARATION_STATE));
  if (linked != says_linked)
    return false;
  return !linked || same_text(pal_get_text(link, PAL_LINK_PARTNER_ID), declared);
}

/* --- who it is --- */

static bool has_name(const struct pal_record *identity, const char *name) {
  const struct pal_texts *names = pal_get_texts(identity, PAL_IDENTITY_NAMES);
  for (size_t i = 0; i < names->n; i++)
    if (strcmp(names->v[i], name) == 0)
      return true;
  return false;
}

static bool was_read(const struct pal_record *identity) {
  return strcmp(pal_get_text(identity, PAL_IDENTITY_ASSURANCE), "read") == 0;
}

static enum pal_code refuse(const struct placing *p, struct pal_err *err, const char *why, const char *what) {
  return pal_err_set(err, PAL_E_INPUT, "%s: identity %s, object %s in tenant %s: %s%s", p->d->path, p->d->identity,
                     p->d->object.s, p->tenant->s, why, what);
}

/* One part of what is on record must be another file's, and not younger. */
static enum pal_code check_older(const struct placing *p, const struct pal_record *before, int digest, int date,
                                 struct pal_err *err) {
  const char *sha256 = pal_get_text(before, digest), *day = pal_get_text(before, date);
  if (sha256 != NULL && strcmp(sha256, p->d->sha256) == 0)
    return refuse(p, err, "this very file was imported before", "");
  if (day != NULL && strcmp(day, p->d->date) > 0)
    return refuse(p, err, "a later declaration is on record, of ", day);
  return PAL_OK;
}

/* What is on record of this object must be older, and of the same name. */
static enum pal_code check_object(const struct placing *p, const struct pal_record *identity, struct pal_err *err) {
  const struct pal_texts *names = pal_get_texts(identity, PAL_IDENTITY_NAMES);
  const struct pal_record *before = pal_get_record(identity, PAL_IDENTITY_DECLARED);
  enum pal_code code = PAL_OK;
  if (names->n > 0 && !has_name(identity, p->d->identity))
    return refuse(p, err, "the snapshot knows this object as ", names->v[0]);
  if (before != NULL && !p->d->link_untold)
    code = check_older(p, before, PAL_DECLARATION_SHA256, PAL_DECLARATION_DATE, err);
  if (code == PAL_OK && before != NULL && p->d->tells_assignments)
    code = check_older(p, before, PAL_DECLARATION_ASSIGNMENTS_SHA256, PAL_DECLARATION_ASSIGNMENTS_DATE, err);
  return code;
}

/* A name that was read as another object is shown from the wrong account; one that was only declared has moved. */
static enum pal_code check_name(struct placing *p, struct pal_err *err) {
  for (size_t i = 0; i < p->ret->n;) {
    const struct pal_doc *doc = p->ret->v[i];
    bool other = doc->file->id == PAL_FILE_IDENTITY && strcmp(doc->id.s, p->d->object.s) != 0 &&
                 has_name(doc->records.v[0], p->d->identity);
    if (other && was_read(doc->records.v[0]))
      return refuse(p, err, "palscan read this identity as object ", doc->id.s);
    if (other && p->d->link_untold) /* whose list it is may be a guess */
      return refuse(p, err, "this identity was declared to be object ", doc->id.s);
    if (other)
      pal_docs_remove(p->ret, doc);
    else
      i++;
  }
  return PAL_OK;
}

/* --- its unit --- */

static struct pal_record **unit_of(const struct placing *p, const char *unit) {
  struct pal_records *units = &p->coverage->records;
  for (size_t i = 0; i < units->n; i++)
    if (strcmp(pal_get_text(units->v[i], PAL_COVERAGE_AREA), links_area()) == 0 &&
        strcmp(pal_get_text(units->v[i], PAL_COVERAGE_UNIT), unit) == 0)
      return &units->v[i];
  return NULL;
}

/* A unit that nobody read yet. */
static enum pal_code owe(const struct placing *p, const char *area, const char *name, struct pal_err *err) {
  struct pal_record *unit = pal_record_new(p->arena, &pal_kind_COVERAGE);
  if (unit == NULL)
    return pal_err_nomem(err);
  enum pal_code code = pal_set_text(p->arena, unit, PAL_COVERAGE_AREA, area, err);
  if (code == PAL_OK)
    code = pal_set_text(p->arena, unit, PAL_COVERAGE_UNIT, name, err);
  if (code == PAL_OK)
    code = pal_set_text(p->arena, unit, PAL_COVERAGE_STATE, "unread", err);
  if (code == PAL_OK)
    code = pal_set_text(p->arena, unit, PAL_COVERAGE_CODE, WORD_NOT_ASKED, err);
  return code == PAL_OK ? pal_records_add(p->arena, &p->coverage->records, unit, err) : code;
}

static bool is_in_state(struct pal_record *const *unit, const char *state) {
  return unit != NULL && strcmp(pal_get_text(*unit, PAL_COVERAGE_STATE), state) == 0;
}

/* "Nobody was asked" is no longer so. */
static void drop_marker(const struct placing *p) {
  struct pal_records *units = &p->coverage->records;
  struct pal_record **marker = unit_of(p, UNIT_WHOLE);
  if (marker == NULL)
    return;
  for (struct pal_record **at = marker; at + 1 < units->v + units->n; at++)
    at[0] = at[1];
  units->n--;
}

static enum pal_code set_unit(const struct placing *p, const char *state, const char *as_of, bool linked,
                              struct pal_err *err) {
  struct pal_record *unit = pal_record_new(p->arena, &pal_kind_COVERAGE);
  if (unit == NULL)
    return pal_err_nomem(err);
  enum pal_code code = pal_set_text(p->arena, unit, PAL_COVERAGE_AREA, links_area(), err);
  if (code == PAL_OK)
    code = pal_set_text(p->arena, unit, PAL_COVERAGE_UNIT, p->d->identity, err);
  if (code == PAL_OK)
    code = pal_set_text(p->arena, unit, PAL_COVERAGE_STATE, state, err);
  if (code == PAL_OK)
    code = pal_set_text(p->arena, unit, PAL_COVERAGE_AS_OF, as_of, err);
  pal_set_int(unit, PAL_COVERAGE_ITEMS, linked);
  struct pal_record **before = unit_of(p, p->d->identity);
  if (code != PAL_OK)
    return code;
  if (before == NULL)
    return pal_records_add(p->arena, &p->coverage->records, unit, err);
  if (strcmp(state, STATE_DECLARED) != 0)
    (*unit).v[PAL_COVERAGE_CODE] = (*before)->v[PAL_COVERAGE_CODE];
  *before = unit;
  return PAL_OK;
}

/* Nothing was said of the link: it is owed, so that no list of links is whole without it. */
static enum pal_code owe_link(const struct placing *p, struct pal_err *err) {
  if (unit_of(p, p->d->identity) != NULL || unit_of(p, UNIT_WHOLE) != NULL)
    return PAL_OK;
  return owe(p, links_area(), p->d->identity, err);
}

/* --- its file --- */

static enum pal_code tell_link(const struct placing *p, struct pal_record *record, struct pal_err *err) {
  const struct pal_record *link = p->d->link;
  enum pal_code code = pal_set_text(p->arena, record, PAL_DECLARATION_PROVIDER, p->d->provider, err);
  if (code == PAL_OK)
    code = pal_set_text(p->arena, record, PAL_DECLARATION_DATE, p->d->date, err);
  if (code == PAL_OK)
    code = pal_set_text(p->arena, record, PAL_DECLARATION_SHA256, p->d->sha256, err);
  if (code == PAL_OK)
    code = pal_set_text(p->arena, record, PAL_DECLARATION_PARTNER_ID,
                        link != NULL ? pal_get_text(link, PAL_LINK_PARTNER_ID) : NULL, err);
  if (code == PAL_OK)
    code = pal_set_text(p->arena, record, PAL_DECLARATION_STATE,
                        link != NULL ? pal_get_text(link, PAL_LINK_STATE) : NULL, err);
  pal_set_absent(record, PAL_DECLARATION_VERSION);
  if (link != NULL)
    record->v[PAL_DECLARATION_VERSION] = link->v[PAL_LINK_VERSION];
  return code;
}

static enum pal_code tell_assignments(const struct placing *p, struct pal_record *record, struct pal_err *err) {
  enum pal_code code = pal_set_text(p->arena, record, PAL_DECLARATION_ASSIGNMENTS_PROVIDER, p->d->provider, err);
  if (code == PAL_OK)
    code = pal_set_text(p->arena, record, PAL_DECLARATION_ASSIGNMENTS_DATE, p->d->date, err);
  if (code == PAL_OK)
    code = pal_set_text(p->arena, record, PAL_DECLARATION_ASSIGNMENTS_SHA256, p->d->sha256, err);
  pal_set_absent(record, PAL_DECLARATION_ASSIGNMENTS);
  for (size_t i = 0; code == PAL_OK && i < p->d->assignments.n; i++)
    code = pal_add_record(p->arena, record, PAL_DECLARATION_ASSIGNMENTS, p->d->assignments.v[i], err);
  return code;
}

/* What is on record of the other part stays. */
static enum pal_code make_declaration(const struct placing *p, struct pal_record *identity, struct pal_err *err) {
  const struct pal_record *before = pal_get_record(identity, PAL_IDENTITY_DECLARED);
  struct pal_record *record =
      before != NULL ? pal_record_dup(p->arena, before) : pal_record_new(p->arena, &pal_kind_DECLARATION);
  if (record == NULL)
    return pal_err_nomem(err);
  enum pal_code code = p->d->link_untold ? PAL_OK : tell_link(p, record, err);
  if (code == PAL_OK && p->d->tells_assignments)
    code = tell_assignments(p, record, err);
  if (code == PAL_OK)
    pal_set_record(identity, PAL_IDENTITY_DECLARED, record);
  return code;
}

/* Of an object that is new to the snapshot. */
static enum pal_code name_identity(const struct placing *p, struct pal_record *identity, struct pal_err *err) {
  enum pal_code code = pal_set_text(p->arena, identity, PAL_IDENTITY_OBJECT_ID, p->d->object.s, err);
  if (code == PAL_OK && pal_get_texts(identity, PAL_IDENTITY_NAMES)->n == 0)
    code = pal_set_texts(p->arena, identity, PAL_IDENTITY_NAMES, &p->d->identity, 1, err);
  if (code == PAL_OK && pal_get_text(identity, PAL_IDENTITY_ASSURANCE) == NULL)
    code = pal_set_text(p->arena, identity, PAL_IDENTITY_ASSURANCE, STATE_DECLARED, err);
  return code;
}

/* Never read: what was declared is all there is. */
static enum pal_code take_declared(const struct placing *p, struct pal_record *identity, struct pal_err *err) {
  enum pal_code code = name_identity(p, identity, err);
  if (code == PAL_OK)
    code = pal_set_text(p->arena, identity, PAL_IDENTITY_ASSURANCE, STATE_DECLARED, err);
  if (code != PAL_OK)
    return code;
  pal_set_absent(identity, PAL_IDENTITY_LAST_READ);
  if (p->d->link != NULL)
    pal_set_record(identity, PAL_IDENTITY_LINK, p->d->link);
  else
    pal_set_null(identity, PAL_IDENTITY_LINK);
  return set_unit(p, STATE_DECLARED, p->d->date, p->d->link != NULL, err);
}

/* Read once: the reading stands. Only where nobody reads it any more may the declaration vouch for it. */
static enum pal_code stand_beside(const struct placing *p, struct pal_record *identity, bool agrees,
                                  struct pal_err *err) {
  struct pal_record **unit = unit_of(p, p->d->identity);
  bool vouched = is_in_state(unit, STATE_DECLARED);
  bool linked = pal_get_record(identity, PAL_IDENTITY_LINK) != NULL;
  if (!vouched && !is_in_state(unit, "stale"))
    return PAL_OK;
  if (!agrees)
    return vouched ? set_unit(p, "stale", pal_get_text(identity, PAL_IDENTITY_LAST_READ), linked, err) : PAL_OK;
  const char *read_on = vouched ? NULL : pal_get_text(*unit, PAL_COVERAGE_AS_OF);
  enum pal_code code = PAL_OK;
  if (read_on != NULL && pal_get_text(identity, PAL_IDENTITY_LAST_READ) == NULL)
    code = pal_set_text(p->arena, identity, PAL_IDENTITY_LAST_READ, read_on, err);
  return code == PAL_OK ? set_unit(p, STATE_DECLARED, p->d->date, linked, err) : code;
}

static enum pal_code place_link(const struct placing *p, struct pal_record *identity, bool answered,
                                struct pal_err *err) {
  drop_marker(p);
  if (!answered)
    return take_declared(p, identity, err);
  const struct pal_record *declaration = pal_get_record(identity, PAL_IDENTITY_DECLARED);
  return stand_beside(p, identity, pal_declaration_agrees(declaration, identity), err);
}

static enum pal_code place(struct placing *p, struct pal_err *err) {
  struct pal_doc *doc = pal_docs_find(p->ret, PAL_FILE_IDENTITY, p->tenant, p->d->object.s);
  enum pal_code code = doc != NULL ? check_object(p, doc->records.v[0], err) : PAL_OK;
  if (code == PAL_OK)
    code = check_name(p, err);
  if (code != PAL_OK)
    return code;
  struct pal_record *identity =
      doc != NULL ? pal_record_dup(p->arena, doc->records.v[0]) : pal_record_new(p->arena, &pal_kind_IDENTITY);
  if (identity == NULL)
    return pal_err_nomem(err);
  bool answered = doc != NULL && was_read(identity) && identity->v[PAL_IDENTITY_LINK].is != PAL_ABSENT;
  code = make_declaration(p, identity, err);
  if (code == PAL_OK && p->d->link_untold)
    code = name_identity(p, identity, err);
  if (code == PAL_OK)
    code = p->d->link_untold ? owe_link(p, err) : place_link(p, identity, answered, err);
  if (code != PAL_OK)
    return code;
  if (doc == NULL && (doc = pal_docs_get(p->ret, PAL_FILE_IDENTITY, p->tenant, p->d->object.s)) == NULL)
    return pal_err_nomem(err);
  doc->records = (struct pal_records){0};
  return pal_records_add(p->arena, &doc->records, identity, err);
}

/* --- all of it --- */

/* Lists are copied, since units come and go; the records are the parent's. */
static enum pal_code copy(struct pal_docs *ret, const struct pal_docs *parent, struct pal_err *err) {
  for (size_t i = 0; i < parent->n; i++) {
    const struct pal_doc *from = parent->v[i];
    if (from->file->area == NULL && from->file->id != PAL_FILE_COVERAGE)
      continue; /* verdicts are made anew */
    struct pal_doc *to = pal_docs_get(ret, from->file->id, &from->tenant, from->id.s[0] != '\0' ? from->id.s : NULL);
    if (to == NULL)
      return pal_err_nomem(err);
    for (size_t k = 0; k < from->records.n; k++)
      if (pal_records_add(ret->arena, &to->records, from->records.v[k], err) != PAL_OK)
        return PAL_E_NOMEM;
  }
  return PAL_OK;
}

/* Of a tenant that no run has seen: a declared link must not hide that all else was never read. */
static enum pal_code owe_all(const struct placing *p, const struct pal_record *settings, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < COLLECTORS_N; i++) {
    const struct collector *c = &collectors[i];
    if (c->area == NULL || c->units == UNITS_NONE || c->units == UNITS_IDENTITY || !collector_enabled(c, settings))
      continue;
    code = owe(p, c->area, UNIT_WHOLE, err);
  }
  return code;
}

enum pal_code pal_import_unite(const struct pal_docs *parent, const struct pal_tenant_id *tenant,
                               const struct pal_record *settings, const struct pal_declarations *declared,
                               struct pal_docs *ret, struct pal_err *err) {
  struct placing p = {.arena = ret->arena, .ret = ret, .tenant = tenant};
  enum pal_code code = parent != NULL ? copy(ret, parent, err) : PAL_OK;
  if (code == PAL_OK && (p.coverage = pal_docs_get(ret, PAL_FILE_COVERAGE, tenant, NULL)) == NULL)
    code = pal_err_nomem(err);
  if (code == PAL_OK && p.coverage->records.n == 0)
    code = owe_all(&p, settings, err);
  for (size_t i = 0; code == PAL_OK && i < declared->n; i++) {
    p.d = &declared->v[i];
    if (strcmp(p.d->tenant.s, tenant->s) == 0)
      code = place(&p, err);
  }
  if (code == PAL_OK)
    pal_docs_sort(ret);
  return code;
}
