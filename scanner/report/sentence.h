/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_REPORT_SENTENCE_H
#define PAL_REPORT_SENTENCE_H
/*
 * sentence.h - a change in words: who or what, before -> after. The text is not
 * escaped for any medium; a name never stands without its id.
 */
#include "pal_change.h"

struct sentence {
  struct pal_buf *out;
  const struct pal_change *change;
  const struct pal_record *registry; /* may be NULL */
  size_t role_at;                    /* where the id of a role stands in out, plus one; 0: nowhere */
  size_t scope_at;                   /* where the scope of a role stands in out, plus one; 0: nowhere */
  size_t tail_at; /* of completeness: where the unit ends and what happened to it begins; 0: nowhere */
  bool disables;  /* of settings: they now disable the policy */
};

/* sentence.c: appends the whole sentence. */
void sentence_write(struct sentence *sentence);

/* sentence_access.c, sentence_books.c: each writes sentences about records of some
 * kinds; false when this one is not its own. */
bool sentence_access(struct sentence *sentence, const struct pal_kind *kind);
bool sentence_books(struct sentence *sentence, const struct pal_kind *kind);

/* Shared: "NAME (ID)" or the id alone; "partner ID 2000001 (Contoso GmbH)" without its first two words. */
void sentence_named(struct pal_buf *out, const char *name, const char *id);
void sentence_partner(struct sentence *sentence, const char *id, const char *microsofts_name);
/* ": wrong type" and the like, when this partner ID is not one to link to. */
void sentence_judge_partner(struct sentence *sentence, const char *id);
/* sentence_fields.c: appends ": state from Enabled to Warned; …" for what differs; nothing when nothing does. */
void sentence_differences(struct pal_buf *out, const struct pal_record *before, const struct pal_record *after);
/* " changed" and the differences, or " renamed from Prod to Live" when only the name differs. */
void sentence_changed(struct pal_buf *out, const struct pal_record *before, const struct pal_record *after);
/* How many members are only in b, only in a, and in both but different. */
struct sentence_counts {
  size_t added, removed, changed;
};
struct sentence_counts sentence_count_lists(struct pal_buf *out, const struct pal_records *a,
                                            const struct pal_records *b);
void sentence_say_counts(struct pal_buf *out, struct sentence_counts counts);

#endif
