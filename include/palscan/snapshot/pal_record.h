/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_RECORD_H
#define PAL_RECORD_H
/*
 * pal_record.h - records: one value per field of their kind. Everything a
 * record points to lives in the arena it was made in, so records are never
 * freed one by one. A text value is valid UTF-8.
 */
#include <stdbool.h>
#include <stdint.h>

#include "pal_arena.h"
#include "pal_buf.h"
#include "pal_err.h"
#include "pal_field.h"
#include "pal_json.h"

enum {
  PAL_TEXT_MAX = 64 << 10,     /* bytes of one text */
  PAL_JSON_TEXT_MAX = 1 << 20, /* bytes of one PAL_T_JSON value */
  PAL_JSON_VALUE_DEPTH = 32,   /* brackets one within another in a PAL_T_JSON value */
  PAL_RECORDS_MAX = 5000000    /* records of one file or list */
};

enum pal_presence { PAL_ABSENT, PAL_NULL, PAL_SET };

struct pal_texts {
  const char **v;
  size_t n;
};
struct pal_records {
  struct pal_record **v;
  size_t n, cap;
};

/* Most fields of most records are absent or short: lists stand apart. */
struct pal_value {
  enum pal_presence is;
  union {
    const char *text;            /* all text-like types; PAL_T_JSON: canonical compact JSON */
    int64_t i;                   /* PAL_T_INT */
    bool b;                      /* PAL_T_BOOL */
    struct pal_texts *texts;     /* PAL_T_TEXTS, GUIDS, ARM_IDS; NULL: empty */
    struct pal_record *record;   /* PAL_T_RECORD */
    struct pal_records *records; /* PAL_T_RECORDS; NULL: empty */
  } u;
};

struct pal_record {
  const struct pal_kind *kind;
  struct pal_value v[]; /* kind->n values, indexed by PAL_<KIND>_<FIELD> */
};

/* All values absent. NULL on no memory. */
struct pal_record *pal_record_new(struct pal_arena *arena, const struct pal_kind *kind);
/* Deep copy into arena. */
struct pal_record *pal_record_dup(struct pal_arena *arena, const struct pal_record *record);

/* Setters copy into arena and canonicalise by the field's type: GUIDs and ARM
 * ids lower case, instants parsed and re-formatted, sets sorted without
 * duplicates, JSON compact (the JSON text null makes the field absent). PAL_E_INPUT when the text is no value of that type (the field
 * stays as it was); a NULL text makes the field absent. */
enum pal_code pal_set_text(struct pal_arena *arena, struct pal_record *record, int field, const char *text,
                           struct pal_err *err) PAL_MUST_CHECK;
enum pal_code pal_set_texts(struct pal_arena *arena, struct pal_record *record, int field, const char *const *texts,
                            size_t n, struct pal_err *err) PAL_MUST_CHECK;
void pal_set_int(struct pal_record *record, int field, int64_t value);
void pal_set_bool(struct pal_record *record, int field, bool value);
void pal_set_null(struct pal_record *record, int field);
void pal_set_absent(struct pal_record *record, int field);
void pal_set_record(struct pal_record *record, int field, struct pal_record *value);
/* Appends to a PAL_T_RECORDS field (present and empty after pal_set_empty). */
enum pal_code pal_add_record(struct pal_arena *arena, struct pal_record *record, int field, struct pal_record *value,
                             struct pal_err *err) PAL_MUST_CHECK;
void pal_set_empty(struct pal_record *record, int field); /* present list without members */

/* Borrowed; NULL / fallback when not set. */
const char *pal_get_text(const struct pal_record *record, int field);
int64_t pal_get_int(const struct pal_record *record, int field, int64_t fallback);
bool pal_get_bool(const struct pal_record *record, int field, bool fallback);
const struct pal_texts *pal_get_texts(const struct pal_record *record,
                                      int field); /* never NULL: empty list when absent */
const struct pal_records *pal_get_records(const struct pal_record *record, int field); /* never NULL */
struct pal_record *pal_get_record(const struct pal_record *record, int field);
/* The same of a value of such a type. */
const struct pal_texts *pal_value_texts(const struct pal_value *value);
const struct pal_records *pal_value_records(const struct pal_value *value);

/* By key, without key fields by canonical bytes: the order of files and tables. */
int pal_record_cmp(const struct pal_record *a, const struct pal_record *b);
bool pal_record_equal(const struct pal_record *a, const struct pal_record *b);
/* Sorts, and drops exact duplicates. Two different records with one key: both
 * stay, *ret_clash (may be NULL) counts them. PAL_OK, or PAL_E_NOMEM (the list
 * keeps its members in any order). */
enum pal_code pal_records_sort(struct pal_records *records, size_t *ret_clash);
enum pal_code pal_records_add(struct pal_arena *arena, struct pal_records *records, struct pal_record *record,
                              struct pal_err *err) PAL_MUST_CHECK;

/* Among records in order (decoded files are) of a kind with one key field: the
 * one with this key, or NULL. Binary search. */
struct pal_record *pal_records_find(const struct pal_records *records, const char *key);

enum pal_decode_flags {
  PAL_DECODE_SNAPSHOT = 0,   /* canonical values expected exactly; failures are PAL_E_VERIFY */
  PAL_DECODE_PERSON = 1 << 0 /* a file people write: any accepted spelling is canonicalised, unknown keys name
                                   the nearest known one, fallbacks are filled in; failures are PAL_E_INPUT */
};
/* Reads one JSON object as a record of kind. Unknown keys, wrong types, missing
 * required fields and bad values are errors with line, column and key path. */
enum pal_code pal_record_decode(struct pal_arena *arena, const struct pal_kind *kind, const struct pal_json_doc *doc,
                                const pal_json *node, unsigned flags, struct pal_record **ret, struct pal_err *err)
    PAL_MUST_CHECK;
/* {"a":1,"b":[…]} without spaces, keys sorted by bytes: one element line of a canonical file. */
void pal_record_compact(const struct pal_record *record, struct pal_buf *out);
/* Indented form of a single-object file, without the trailing newline. */
void pal_record_pretty(const struct pal_record *record, struct pal_buf *out);

#endif
