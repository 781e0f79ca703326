/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_PARSE_H
#define PAL_PARSE_H
/*
 * parse.h - from the items of answers to records. Pure. An item that cannot be
 * used gives *ret NULL; one that can, but not fully, is marked. Both make the
 * unit partial. Only PAL_E_NOMEM and the like are errors.
 */
#include "pal_id.h"
#include "pal_json.h"
#include "pal_record.h"

enum {
  PARSE_TEXT_BYTES_MAX = 4 << 10 /* of a name or word of a service: 1,024 characters, twice the longest documented */
};

struct parse {
  struct pal_arena *arena;
  bool blemished; /* the item at hand has a value that is not as documented */
};

/* Fields: absent, null and "" leave the field absent; what is no value of its
 * type, or too long a text, too, and blemishes. Scalars only. */
enum pal_code parse_field(struct parse *parse, struct pal_record *record, int field, const pal_json *node,
                          struct pal_err *err) PAL_MUST_CHECK;
/* Every scalar field that is not set yet, from the member of its own name. */
enum pal_code parse_members(struct parse *parse, struct pal_record *record, const pal_json *object, struct pal_err *err)
    PAL_MUST_CHECK;
/* A set of texts from an array of strings. */
enum pal_code parse_set(struct parse *parse, struct pal_record *record, int field, const pal_json *node,
                        struct pal_err *err) PAL_MUST_CHECK;
/* A role id from a roleDefinitionId in any of its spellings. */
enum pal_code parse_role_id(struct parse *parse, struct pal_record *record, int field, const pal_json *node,
                            struct pal_err *err) PAL_MUST_CHECK;
/* Permissions of a role or deny assignment into a PAL_T_RECORDS field. */
enum pal_code parse_permissions(struct parse *parse, struct pal_record *record, int field, const pal_json *node,
                                struct pal_err *err) PAL_MUST_CHECK;
bool parse_has(const struct pal_record *record, int field);

/* One item each. */
enum pal_code parse_tenant(struct parse *parse, const pal_json *item, struct pal_record **ret, struct pal_err *err)
    PAL_MUST_CHECK;
enum pal_code parse_link(struct parse *parse, const pal_json *root, struct pal_record **ret, struct pal_err *err)
    PAL_MUST_CHECK;
enum pal_code parse_subscription(struct parse *parse, const pal_json *item, struct pal_record **ret,
                                 struct pal_tenant_id *ret_tenant, struct pal_err *err) PAL_MUST_CHECK;
enum pal_code parse_assignment(struct parse *parse, const pal_json *item, struct pal_record **ret, struct pal_err *err)
    PAL_MUST_CHECK;
/* kind: "eligible" or "active" */
enum pal_code parse_pim(struct parse *parse, const pal_json *item, const char *kind, struct pal_record **ret,
                        struct pal_err *err) PAL_MUST_CHECK;
enum pal_code parse_deny(struct parse *parse, const pal_json *item, struct pal_record **ret, struct pal_err *err)
    PAL_MUST_CHECK;
enum pal_code parse_role(struct parse *parse, const pal_json *item, struct pal_record **ret, struct pal_err *err)
    PAL_MUST_CHECK;
/* Whether the name of a principal of the managing tenant may be kept. */
typedef bool parse_name_fn(const void *payload, const char *managing_tenant, const char *principal_id);
enum pal_code parse_delegation(struct parse *parse, const pal_json *item, parse_name_fn *keeps_name,
                               const void *payload, struct pal_record **ret, struct pal_err *err) PAL_MUST_CHECK;
enum pal_code parse_directory_object(struct parse *parse, const pal_json *item, struct pal_record **ret,
                                     struct pal_err *err) PAL_MUST_CHECK;
enum pal_code parse_member(struct parse *parse, const pal_json *item, struct pal_record **ret, struct pal_err *err)
    PAL_MUST_CHECK;
/* One row of the count query; false: it is none. */
bool parse_count(const pal_json *item, struct pal_subscription_id *ret, int64_t *ret_n);

/* Which columns of a cost answer hold what; -1: none. */
struct cost_columns {
  int cost, quantity, group;
};
/* False when no column tells usage. */
bool parse_cost_columns(const pal_json *root, struct cost_columns *ret);
/* *ret_group: lower-case name in the arena, NULL when the row names none.
 * False: the row cannot be used. */
bool parse_cost_row(struct parse *parse, const struct cost_columns *columns, const pal_json *row,
                    const char **ret_group, bool *ret_used);

/* Sorts and leaves one record of each key: of different ones with one key that
 * with the smallest canonical bytes. *ret_clashes (may be NULL) counts keys that had several.
 * A list that is NULL is empty, and counts nothing. */
enum pal_code records_unify(struct pal_records *records, size_t *ret_clashes, struct pal_err *err) PAL_MUST_CHECK;

#endif
