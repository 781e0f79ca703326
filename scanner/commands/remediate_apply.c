/* SPDX-License-Identifier: Apache-2.0 */
/*
 * remediate_apply.c - the part of a plan that palscan can do itself: links of
 * identities it signs in as. The plan is of a snapshot, so the live link decides:
 * one that is no longer what the snapshot holds is left alone.
 */
#include "remediate_apply.h"

#include <string.h>

#include "link.h"

struct change {
  const struct pal_step *step;
  struct pal_look look; /* its judge is gone */
  struct pal_change_plan plan;
};

struct applying {
  struct pal_cli *cli;
  const struct pal_app *app;
  const struct pal_apply *apply;
  struct pal_sheet sheet;
  struct change *changes;
  size_t n, cap;
  size_t steps;         /* that palscan could do */
  size_t left;          /* of these more than --max */
  size_t others;        /* links that somebody else must change */
  size_t refused;       /* including those that failed */
  struct pal_err first; /* refusal or failure */
};

/* --- which steps --- */

static bool is_of_link(const struct pal_step *step) {
  enum pal_fix_effect effect = step->ways[0].fix->effect;
  return effect == PAL_FIX_LINKS || effect == PAL_FIX_UNLINKS;
}

static const char *configured(const struct pal_app *app, const char *name) {
  const struct pal_records *identities = pal_get_records(app->settings, PAL_SETTINGS_IDENTITIES);
  for (size_t i = 0; i < identities->n; i++)
    if (strcmp(pal_get_text(identities->v[i], PAL_SCANNER_NAME), name) == 0)
      return pal_get_text(identities->v[i], PAL_SCANNER_NAME);
  return NULL;
}

/* A configured identity that signed in as the object, the one asked for where one was; NULL: none. */
static const char *identity_of(const struct applying *a, const struct pal_step *step) {
  struct pal_json_doc *doc = NULL;
  const char *found = NULL;
  if (step->names == NULL || pal_json_parse(step->names, strlen(step->names), "names", 0, 0, &doc, NULL) != PAL_OK)
    return NULL;
  for (const pal_json *n = pal_json_first(pal_json_root(doc)); n != NULL && found == NULL; n = pal_json_next(n)) {
    const char *name = pal_json_text(n);
    if (name != NULL && (a->apply->identity == NULL || strcmp(a->apply->identity, name) == 0))
      found = configured(a->app, name);
  }
  pal_json_doc_free(doc);
  return found;
}

/* --- one of them against the live link --- */

static void refuse(struct applying *a, const struct pal_step *step, const struct pal_err *why) {
  pal_sheet_row(&a->sheet, "Left", "tenant %s, object %s: %s", step->ways[0].ids.tenant.s, step->ways[0].ids.object.s,
                why->text);
  if (a->refused++ == 0)
    a->first = *why;
}

static const char *linked_now(const struct pal_look *look) {
  return look->known && pal_link_stands(look->link) ? pal_get_text(look->link, PAL_LINK_PARTNER_ID) : "";
}

/* What somebody decided since the snapshot is not undone by what it says. */
static enum pal_code check_same(const struct pal_look *look, const struct pal_way *way, struct pal_err *err) {
  const char *now = linked_now(look);
  if (look->known && strcmp(look->object.s, way->ids.object.s) != 0)
    return pal_err_set(err, PAL_E_CREDENTIAL, "identity %s signs in as object %s", look->identity, look->object.s);
  if (look->known && strcmp(now, way->ids.linked.s) != 0)
    return pal_err_set(err, PAL_E_INPUT, "the link was changed since the snapshot, from %s to %s: scan first",
                       way->ids.linked.s[0] != '\0' ? way->ids.linked.s : "none", now[0] != '\0' ? now : "none");
  return PAL_OK;
}

static enum pal_code decide(const struct pal_step *step, struct change *change, struct pal_err *err) {
  const struct pal_way *way = &step->ways[0];
  bool removes = way->fix->effect == PAL_FIX_UNLINKS;
  enum pal_write_kind kind = removes                        ? PAL_WRITE_DELETE
                             : way->ids.linked.s[0] != '\0' ? PAL_WRITE_UPDATE
                                                            : PAL_WRITE_CREATE;
  const char *wanted = removes ? "" : way->ids.partner.s, *partner = removes ? NULL : wanted;
  if (change->look.known && strcmp(linked_now(&change->look), wanted) == 0) {
    change->plan = (struct pal_change_plan){.nothing = true};
    return PAL_OK;
  }
  enum pal_code code = check_same(&change->look, way, err);
  return code == PAL_OK ? pal_link_decide(&change->look, kind, partner, &change->plan, err) : code;
}

/* PAL_OK also when it is refused; errors are those that end the command. */
static enum pal_code consider(struct applying *a, const struct pal_step *step, const char *identity,
                              struct pal_err *err) {
  struct change change = {.step = step};
  struct pal_err why = {0};
  enum pal_code code = pal_look(a->app, identity, &step->ways[0].ids.tenant, a->apply->offline, &change.look, err);
  if (code == PAL_OK && decide(step, &change, &why) != PAL_OK)
    refuse(a, step, &why);
  pal_look_free(&change.look);
  if (code != PAL_OK || why.code != PAL_OK)
    return code;
  if (change.plan.nothing) {
    pal_link_print_head(&change.look, &a->sheet);
    pal_sheet_row(&a->sheet, "Change", "none: it is so already");
    return PAL_OK;
  }
  struct change *grown = pal_arena_grow(a->app->arena, a->changes, a->n, &a->cap, sizeof(*grown));
  if (grown == NULL)
    return pal_err_nomem(err);
  a->changes = grown;
  grown[a->n++] = change;
  pal_link_print_plan(&change.look, &change.plan, &a->sheet);
  (void)fputc('\n', a->sheet.file);
  return PAL_OK;
}

static enum pal_code consider_all(struct applying *a, const struct pal_plan *plan, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < plan->steps_n && code == PAL_OK; i++) {
    const struct pal_step *step = &plan->steps[i];
    if (!is_of_link(step))
      continue;
    bool ready = step->ways[0].complete && !step->undecided && step->after == NULL;
    const char *identity = ready ? identity_of(a, step) : NULL;
    if (identity == NULL) {
      a->others++;
    } else if (a->n >= (size_t)a->apply->max) {
      a->left++;
    } else {
      a->steps++;
      code = consider(a, step, identity, err);
    }
  }
  return code;
}

/* --- carrying out --- */

static enum pal_code fingerprints(struct pal_arena *arena, const struct pal_step *step, struct pal_texts *ret,
                                  struct pal_err *err) {
  ret->v = pal_arena_calloc(arena, step->findings_n, sizeof(*ret->v));
  if (ret->v == NULL)
    return pal_err_nomem(err);
  for (size_t i = 0; i < step->findings_n; i++)
    ret->v[ret->n++] = pal_get_text(step->findings[i]->finding, PAL_FINDING_FINGERPRINT);
  return PAL_OK;
}

static enum pal_code carry_out(struct applying *a, const struct change *change, struct pal_err *err) {
  struct pal_link_result result = {0};
  struct pal_texts findings = {0};
  const struct pal_link_keeping keeping = {.repository_id = a->apply->repository_id, .findings = &findings};
  enum pal_code code = fingerprints(a->app->arena, change->step, &findings, err);
  if (code != PAL_OK)
    return code;
  pal_link_print_head(&change->look, &a->sheet);
  (void)fflush(a->sheet.file);
  code = pal_link_carry_out(&change->look, &change->plan.link, &keeping, &result, err);
  if (code == PAL_OK)
    code = pal_link_conclude(&change->plan.link, &result, err);
  if (code == PAL_OK)
    pal_link_print_end(&change->look, &result, &a->sheet);
  return code;
}

static bool ends_all(enum pal_code code) {
  return code == PAL_E_INTERRUPTED || code == PAL_E_NOMEM || code == PAL_E_OFFLINE || code == PAL_E_IO;
}

static enum pal_code carry_out_all(struct applying *a, size_t *ret_done, struct pal_err *err) {
  for (size_t i = 0; i < a->n; i++) {
    struct pal_err why = {0};
    enum pal_code code = carry_out(a, &a->changes[i], &why);
    *ret_done += code == PAL_OK;
    if (code != PAL_OK)
      refuse(a, a->changes[i].step, &why);
    if (ends_all(code)) {
      *err = why;
      return code;
    }
  }
  return PAL_OK;
}

static void sum_up(const struct applying *a, size_t done) {
  if (a->apply->yes)
    pal_sheet_row(&a->sheet, "Changed", "%zu of %zu links%s", done, a->n,
                  done > 0 ? "; the next snapshot says so" : "");
  else
    pal_sheet_row(&a->sheet, "Planned", "%zu links", a->n);
  if (a->left > 0)
    pal_sheet_row(&a->sheet, "Later", "%zu more, beyond --max %d", a->left, a->apply->max);
  if (a->others > 0)
    pal_sheet_row(&a->sheet, "Others",
                  "%zu links that no identity of this configuration%s can change, that must be decided first, or that "
                  "wait for another step (palscan remediate)",
                  a->others, a->apply->identity != NULL ? " that was asked for" : "");
}

static enum pal_code apply_all(struct applying *a, const struct pal_plan *plan, struct pal_err *err) {
  size_t done = 0;
  enum pal_code code = consider_all(a, plan, err);
  if (code == PAL_OK && a->apply->yes)
    code = carry_out_all(a, &done, err);
  sum_up(a, done);
  if (code == PAL_OK && !a->apply->yes && a->n > 0)
    return pal_err_set(err, PAL_E_USAGE, "nothing was changed: this is the plan; --yes carries it out");
  if (code == PAL_OK && a->refused > 0) {
    *err = a->first;
    (void)pal_err_wrap(err, "%zu of %zu links were left as they are; the first", a->refused, a->steps);
    code = a->first.code;
  }
  return code;
}

enum pal_code pal_remediate_apply(struct pal_cli *cli, const struct pal_app *app, const struct pal_plan *plan,
                                  const struct pal_apply *apply, struct pal_err *err) {
  struct pal_output output;
  if (apply->identity != NULL && configured(app, apply->identity) == NULL)
    return pal_err_set(err, PAL_E_USAGE, "--identity: the configuration names no identity \"%s\"", apply->identity);
  enum pal_code code = pal_output_open(cli, &output, err);
  if (code != PAL_OK)
    return code;
  struct applying applying = {.cli = cli, .app = app, .apply = apply, .sheet = pal_sheet_of(cli, &output)};
  code = apply_all(&applying, plan, err);
  /* What was shown is half of the message of an error. */
  struct pal_err closing = {0};
  enum pal_code closed = pal_output_close(&output, PAL_OK, &closing);
  if (code == PAL_OK && closed != PAL_OK) {
    *err = closing;
    code = closed;
  }
  return code;
}
