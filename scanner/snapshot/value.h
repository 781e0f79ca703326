/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_VALUE_H
#define PAL_VALUE_H
/*
 * value.h - what the files of this layer share about single values: their
 * canonical form, checks of whole records, and the canonical order of lists.
 */
#include "pal_record.h"

/* The canonical form of text as a value of `field` (an element of it, when it is
 * a set), made in arena. With PAL_DECODE_PERSON spellings of people are taken.
 * PAL_E_INPUT: "expected …", without the text (it may be a secret in the wrong
 * place) and without the name of the field. */
enum pal_code value_canonical(struct pal_arena *arena, const struct pal_field *field, const char *text, unsigned flags,
                              const char **ret, struct pal_err *err) PAL_MUST_CHECK;
/* Fills value from its text form, for fallbacks: also numbers, booleans, sets. */
enum pal_code value_from_text(struct pal_arena *arena, const struct pal_field *field, const char *text, unsigned flags,
                              struct pal_value *value, struct pal_err *err) PAL_MUST_CHECK;
/* Appends "expected one of a, b, c". */
void value_expect_words(struct pal_buf *out, const struct pal_field *field);
/* Whether the integer lies within min and max of the field. */
bool value_in_range(const struct pal_field *field, int64_t value);

/* Lists of a value: n texts to be filled, and records without a member but room for cap. NULL on no memory. */
struct pal_texts *value_texts_new(struct pal_arena *arena, size_t n);
struct pal_records *value_records_new(struct pal_arena *arena, size_t cap);
/* Sorts n texts by bytes, drops duplicates, returns how many stay. */
size_t texts_sort(const char **v, size_t n);
bool value_equal(const struct pal_field *field, const struct pal_value *a, const struct pal_value *b);

/* PAL_E_INTERNAL when a record or one within it lacks a required field, holds a
 * null without meaning, or two of a list have one key. Sorts the lists in it. */
enum pal_code record_check(struct pal_record *record, const char *where, struct pal_err *err) PAL_MUST_CHECK;

/* A list in canonical order: the list itself, or a sorted copy (own). */
struct records_view {
  struct pal_record *const *v;
  size_t n;
  struct pal_record **own;
};
enum pal_code records_view_init(struct records_view *view, const struct pal_records *records) PAL_MUST_CHECK;
void records_view_deinit(struct records_view *view);

/* Members of an object into a record whose fields in `preset` (a bit mask) are
 * already set and must not stand among the members. */
enum pal_code record_decode_members(struct pal_arena *arena, const struct pal_json_doc *doc, const pal_json *node,
                                    unsigned flags, uint64_t preset, struct pal_record *record, struct pal_err *err)
    PAL_MUST_CHECK;
/* Like pal_record_compact(), without the fields in the bit mask `skip`. */
void record_compact_without(const struct pal_record *record, uint64_t skip, struct pal_buf *out);
/* One error at one node, PAL_E_VERIFY or (PAL_DECODE_PERSON) PAL_E_INPUT. */
enum pal_code decode_fail(const struct pal_json_doc *doc, const pal_json *node, unsigned flags, struct pal_err *err,
                          const char *fmt, ...) PAL_PRINTF(5, 6);
/* A list of records into out, with the checks of order and keys. */
enum pal_code records_decode(struct pal_arena *arena, const struct pal_kind *kind, const struct pal_json_doc *doc,
                             const pal_json *node, unsigned flags, struct pal_records *out, struct pal_err *err)
    PAL_MUST_CHECK;

#endif
