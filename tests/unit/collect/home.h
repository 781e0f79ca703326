/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HOME_H
#define HOME_H
/* home.h - the usual scan of a test: "robot" in HOME, over answers written with world.h. */
#include "azure/world.h"
#include "collect/scan.h"

#define AUTHZ_ID(scope, kind, n) \
  scope "/providers/Microsoft.Authorization/" kind "/00000000-0000-4000-8000-00000000000" n
#define ASSIGNMENT(scope, n, principal, type)                                                              \
  "{\"id\":\"" AUTHZ_ID(scope, "roleAssignments",                                                          \
                        n) "\",\"properties\":{\"scope\":\"" scope "\",\"principalId\":\"" principal       \
                           "\",\"principalType\":\"" type "\",\"roleDefinitionId\":\"/subscriptions/" SUB1 \
                           "/providers/Microsoft.Authorization/roleDefinitions/" ROLE                      \
                           "\",\"createdOn\":\"2026-01-02T03:04:05.5000000Z\",\"createdBy\":\"\"}}"
#define ROOT_ASSIGNMENT(n, principal, type)                                                  \
  "{\"id\":\"" AUTHZ_ID("", "roleAssignments",                                               \
                        n) "\",\"properties\":{\"scope\":\"/\",\"principalId\":\"" principal \
                           "\",\"principalType\":\"" type                                    \
                           "\",\"roleDefinitionId\":\"/providers/Microsoft.Authorization/roleDefinitions/" ROLE "\"}}"
#define AT_SUB(s) "/subscriptions/" s
#define VALUE(items) "{\"value\":[" items "]}"
#define COUNT(s, n) "{\"id\":\"" s "\",\"s\":\"" s "\",\"n\":" #n "}"
#define Q(text) "\"" text "\""

extern struct pal_arena *home_arena;
extern struct scan home_scan;

void home_set_up(void);
void home_tear_down(void);
/* HOME with one own subscription, SUB1, and nothing in it; what a test added before comes first. */
void home_one_subscription(void);
/* Runs it: the documents of the first observation. */
const struct pal_docs *home_run(void);
void home_covers(const struct pal_docs *docs, const char *area, const char *unit, const char *expected);
/* A file of HOME; "" when absent. */
const char *home_file(const struct pal_docs *docs, const char *rest);
void home_holds(const char *text, const char *part);

#endif
