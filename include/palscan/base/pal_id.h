/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_ID_H
#define PAL_ID_H
/*
 * pal_id.h - identifiers as distinct types, so that a tenant id cannot be
 * passed for an object id. Values are canonical: GUIDs and ARM ids lower case.
 * Nothing becomes a path, a URL or a script unless it came through here.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pal_arena.h"
#include "pal_err.h"

enum { PAL_GUID_LEN = 36, PAL_PARTNER_ID_MAX = 20, PAL_ARM_ID_MAX = 2048, PAL_NAME_MAX = 64 };

struct pal_guid {
  char s[PAL_GUID_LEN + 1];
}; /* any GUID */
struct pal_tenant_id {
  char s[PAL_GUID_LEN + 1];
}; /* directory (Entra ID) */
struct pal_object_id {
  char s[PAL_GUID_LEN + 1];
}; /* principal or group in a tenant */
struct pal_subscription_id {
  char s[PAL_GUID_LEN + 1];
};
struct pal_role_id {
  char s[PAL_GUID_LEN + 1];
}; /* last segment of roleDefinitionId */
struct pal_partner_id {
  char s[PAL_PARTNER_ID_MAX + 1];
}; /* digits, leading zeros kept */

/* 8-4-4-4-12 hex digits, nothing around; written lower case into out (37 bytes). */
bool pal_guid_canonical(const char *text, size_t len, char out[PAL_GUID_LEN + 1]);
enum pal_code pal_guid_parse(const char *text, struct pal_guid *ret, struct pal_err *err) PAL_MUST_CHECK;
enum pal_code pal_tenant_id_parse(const char *text, struct pal_tenant_id *ret, struct pal_err *err) PAL_MUST_CHECK;
enum pal_code pal_object_id_parse(const char *text, struct pal_object_id *ret, struct pal_err *err) PAL_MUST_CHECK;
enum pal_code pal_subscription_id_parse(const char *text, struct pal_subscription_id *ret, struct pal_err *err)
    PAL_MUST_CHECK;
/* Accepts a bare GUID or an ARM id that ends in /roleDefinitions/<guid>. */
enum pal_code pal_role_id_parse(const char *text, struct pal_role_id *ret, struct pal_err *err) PAL_MUST_CHECK;
/* 1 to 20 ASCII digits. */
enum pal_code pal_partner_id_parse(const char *text, struct pal_partner_id *ret, struct pal_err *err) PAL_MUST_CHECK;

/* An ARM resource id or scope: "/" or "/seg/seg…", without control
 * characters, quotes, backslash, '<', '>', '?', '#', '%' and without the code
 * points of pal_code_point_hostile; no empty or dot segment; at most
 * PAL_ARM_ID_MAX bytes. Returns the copy with ASCII letters in lower case
 * (resource group names may hold letters of any script, which stay). One
 * trailing slash is dropped. NULL with *err set when it is none. */
const char *pal_arm_id_dup(struct pal_arena *arena, const char *text, struct pal_err *err);
/* The subscription a canonical ARM id lies in; false when it names none. */
bool pal_arm_id_subscription(const char *arm_id, struct pal_subscription_id *ret);
/* Whether canonical `id` equals `scope` or lies below it ("/" contains all). */
bool pal_arm_id_within(const char *id, const char *scope);

/* Configuration name of an identity: [a-z0-9][a-z0-9-]{0,63}. */
bool pal_name_valid(const char *text);

#endif
