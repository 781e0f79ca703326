/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_FIELD_H
#define PAL_FIELD_H
/*
 * pal_field.h - the field table: one row per field of every record a snapshot,
 * an input file or the configuration holds. Codec, JSON Schemas, SQLite
 * tables, comparison, reports and man pages read these rows; to add a field,
 * add its row in pal_field_table.h and nothing else.
 */
#include <stdbool.h>
#include <stddef.h>

enum pal_type {
  PAL_T_TEXT,    /* any text; from a tenant, hence hostile */
  PAL_T_NAME,    /* configuration name [a-z0-9][a-z0-9-]{0,63} */
  PAL_T_GUID,    /* lower case */
  PAL_T_ARM_ID,  /* Azure Resource Manager id or scope, lower case */
  PAL_T_DIGITS,  /* partner id: 1-20 digits as text */
  PAL_T_INSTANT, /* canonical UTC instant */
  PAL_T_DATE,    /* YYYY-MM-DD */
  PAL_T_MONTH,   /* YYYY-MM */
  PAL_T_ENUM,    /* one of `words` */
  PAL_T_INT,     /* int64 */
  PAL_T_BOOL,
  PAL_T_TEXTS,   /* set of text: sorted by bytes, no duplicates */
  PAL_T_GUIDS,   /* set of GUIDs */
  PAL_T_ARM_IDS, /* set of ARM ids */
  PAL_T_RECORD,  /* one record of `kind` */
  PAL_T_RECORDS, /* records of `kind`, sorted by key, without one by canonical bytes */
  PAL_T_JSON     /* any JSON without fractions, kept as canonical compact text; with `kind`: a text or such a record */
};

enum pal_field_flags {
  PAL_KEY = 1 << 0,      /* part of the record's id: sorting, comparison, child tables */
  PAL_REQUIRED = 1 << 1, /* its absence makes a snapshot or input file invalid */
  PAL_NULLABLE = 1 << 2, /* null has a meaning of its own (identity.link: answered 404) */
  PAL_PERSON = 1 << 3,   /* name of a person: collected under the setting `names` only */
  PAL_VOLATILE = 1 << 4, /* a difference of this field alone is no change */
  PAL_MANY = 1 << 5,     /* PAL_T_TEXTS: a single text is accepted in files people write */
  PAL_SECRET = 1 << 6,   /* names a place where a secret lies; never shown */
  PAL_COUNTRY = 1 << 7   /* texts: two letters, upper case; "UK" is read as "GB" */
};

struct pal_kind;

struct pal_field {
  const char *json;   /* name in JSON; keys of one kind are listed sorted by bytes nowhere: the codec sorts */
  const char *column; /* SQL column; NULL: only in a child table or not in SQL */
  enum pal_type type;
  unsigned flags;              /* enum pal_field_flags */
  int since;                   /* format version that introduced it */
  const struct pal_kind *kind; /* of PAL_T_RECORD, PAL_T_RECORDS; of PAL_T_JSON what an object in it must be */
  const char *table;           /* child table that a nested kind fills, NULL: JSON text in `column` */
  const char *const *words;    /* of PAL_T_ENUM, NULL-terminated */
  const char *label;           /* for people, lower case: "partner ID" */
  const char *help;            /* one sentence: unit, shape, source; man pages and schemas print it */
  const char *fallback;        /* value used when absent, as text (files people write); NULL: none */
  long long min, max;          /* of PAL_T_INT when max > 0; of texts: max bytes when max > 0 */
};

/* How a change of a record of this kind reads; NULL: it makes no change line. */
struct pal_change_words {
  const char *added, *removed, *changed; /* "role.granted", "role.revoked", "role.changed" */
};

struct pal_kind {
  const char *name;   /* "assignment" */
  const char *table;  /* SQL table of a top-level kind; NULL: nested only */
  const char *parent; /* column name under which this record's key enters child tables, e.g. "delegation_id" */
  const char *label;  /* for people: "role assignment" */
  const char *help;
  struct pal_change_words change;
  const struct pal_field *fields;
  size_t n;             /* number of fields, at most PAL_FIELDS_MAX */
  unsigned char *order; /* use pal_kind_order() */
};
enum { PAL_FIELDS_MAX = 64 };

/* All kinds, for walking (schemas, SQL tables, man pages). */
extern const struct pal_kind *const pal_kinds[];
extern const size_t pal_kinds_n;

/* The indexes of the fields in the byte order of their JSON names. */
const unsigned char *pal_kind_order(const struct pal_kind *kind);
/* Whether a field of the kind is a key. */
bool pal_kind_has_key(const struct pal_kind *kind);
/* Index of the field with this JSON name, or -1. */
int pal_kind_find(const struct pal_kind *kind, const char *json);
/* The first kind whose records fill this SQL table; NULL when there is none. */
const struct pal_kind *pal_kind_by_table(const char *table);

#include "pal_field_table.h"

/* enum { PAL_ASSIGNMENT_ID, …, PAL_ASSIGNMENT_N }; and pal_kind_ASSIGNMENT for every kind */
#define PAL_ENUM_FIELD_(K, I, ...) PAL_##K##_##I,
#define PAL_ENUM_KIND_(K, ...)                          \
  enum { PAL_FIELDS_##K(PAL_ENUM_FIELD_) PAL_##K##_N }; \
  extern const struct pal_kind pal_kind_##K;
PAL_KINDS(PAL_ENUM_KIND_)

#endif
