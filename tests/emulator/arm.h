/* SPDX-License-Identifier: Apache-2.0 */
/* arm.h - one call of Resource Manager, as its providers see it. */
#ifndef EMU_ARM_H
#define EMU_ARM_H

#include "assignments.h"
#include "server.h"
#include "token.h"

enum emu_scope { EMU_SCOPE_TENANT, EMU_SCOPE_SUBSCRIPTION, EMU_SCOPE_RESOURCE_GROUP, EMU_SCOPE_MANAGEMENT_GROUP };

struct emu_call {
  struct emu_request *request;
  struct emu_reply *reply;
  const struct emu_world *world;
  struct emu_token token;
  struct emu_tenant own; /* the token's tenant */
  /* The tenant of the scope: own, or a customer's that delegated it. */
  struct emu_tenant of;
  bool delegated;
  enum emu_scope scope;
  char scope_text[200]; /* as the client wrote it */
  size_t sub;
  char rest[160]; /* what follows the type in the path, without slash; "" for the list */
  enum emu_request_kind kind;
};

/* One page of a list, written between begin and end. */
struct emu_page {
  struct emu_json json;
  size_t first, end; /* rows of this page */
  size_t total;
  bool is_empty; /* a fault: no rows, but a next page */
};

void emu_page_begin(struct emu_call *c, struct emu_page *p, size_t total, size_t usual);
/* Closes "value" and writes nextLink where there is one. */
void emu_page_end(struct emu_call *c, struct emu_page *p);
/* For lists that walk tenants: where to go on, 0 at the start. */
uint32_t emu_page_cursor(const struct emu_call *c);
/* next 0: the last page. */
void emu_page_next(struct emu_call *c, struct emu_json *json, char kind, size_t next);

size_t emu_page_size(const struct emu_call *c, size_t usual);
/* https://HOST of the request. */
void emu_own_origin(const struct emu_request *r, char *out, size_t size);

/* The lasting fault that hits this list, if any. */
enum emu_fault emu_list_fault(const struct emu_call *c);
/* Whether the caller sees the subscription of this tenant (own or delegated). */
bool emu_sees(const struct emu_call *c, const struct emu_tenant *t, size_t sub);
bool emu_sees_delegated(const struct emu_call *c, const struct emu_tenant *t, size_t sub);
/* Whether the hostile tenant of the token lists this subscription of another. */
bool emu_was_offered(const struct emu_call *c, uint32_t tenant, size_t sub);

void emu_arm_tenants(struct emu_call *c);
void emu_arm_subscriptions(struct emu_call *c);
void emu_arm_partner(struct emu_call *c);
void emu_arm_role_assignments(struct emu_call *c);
void emu_arm_role_definitions(struct emu_call *c);
void emu_arm_deny_assignments(struct emu_call *c);
void emu_arm_instances(struct emu_call *c);
void emu_arm_classic(struct emu_call *c);
void emu_arm_registrations(struct emu_call *c);
void emu_arm_usage(struct emu_call *c);
void emu_arm_cost(struct emu_call *c);
void emu_arm_resource_graph(struct emu_call *c);

/* Names as people see them; hostile where the tenant is. */
void emu_tenant_name(const struct emu_world *w, uint32_t tenant, char *out, size_t size);
void emu_sub_name(const struct emu_world *w, const struct emu_tenant *t, size_t sub, char *out, size_t size);
/* "t12.example" */
void emu_tenant_domain(uint32_t tenant, char *out, size_t size);

#endif
