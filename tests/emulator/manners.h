/* SPDX-License-Identifier: Apache-2.0 */
/* manners.h - what the client did, counted; the report of a run. */
#ifndef EMU_MANNERS_H
#define EMU_MANNERS_H

#include "faults.h"
#include "text.h"

#include <stdbool.h>
#include <stdint.h>

/* clang-format off */
#define EMU_KINDS(X) \
  X(TOKEN, "token") X(DEVICE_CODE, "deviceCode") X(DISCOVERY, "discovery") X(TENANTS, "tenants") \
  X(SUBSCRIPTIONS, "subscriptions") X(PARTNER, "partner") X(ROLE_ASSIGNMENTS, "roleAssignments") \
  X(ROLE_DEFINITIONS, "roleDefinitions") X(DENY_ASSIGNMENTS, "denyAssignments") \
  X(ELIGIBLE, "roleEligibilityScheduleInstances") X(ACTIVE, "roleAssignmentScheduleInstances") \
  X(CLASSIC, "classicAdministrators") X(REGISTRATION_ASSIGNMENTS, "registrationAssignments") \
  X(REGISTRATION_DEFINITIONS, "registrationDefinitions") X(COST, "costQuery") X(USAGE, "usageDetails") \
  X(RESOURCE_GRAPH, "resourceGraph") X(METADATA, "metadata") X(MEMBERS, "groupMembers") \
  X(MEMBER_OF, "memberOf") X(BY_IDS, "getByIds") X(ORGANIZATION, "organization") X(PRINCIPAL, "principal") \
  X(MANAGED, "managedIdentity") X(TRAP, "trap") X(OTHER, "other")

/* All but the first five are faults of the client. */
#define EMU_COUNTS(X) \
  X(REQUESTS, "requests") X(BYTES_IN, "bytesIn") X(BYTES_OUT, "bytesOut") X(TOKENS, "tokensIssued") \
  X(LINK_WRITES, "linkWrites") \
  X(EARLY, "beforeRetryAfter") X(WRONG_HOST, "tokenToWrongHost") X(WRONG_TENANT, "tokenOfWrongTenant") \
  X(WRONG_AUDIENCE, "tokenOfWrongAudience") X(FORGED, "tokenForged") X(WRITES, "writeVerbs") \
  X(NO_AGENT, "withoutUserAgent") X(NO_TOKEN, "withoutToken") X(JTI_REUSED, "assertionIdReused") \
  X(BAD_REQUEST, "requestsRefused") X(UNKNOWN, "unknownPaths") X(REPEATED, "repeatedAfterSuccess")
/* clang-format on */

enum emu_request_kind {
#define X(id, name) EMU_KIND_##id,
  EMU_KINDS(X)
#undef X
      EMU_REQUEST_KINDS
};

enum emu_count {
#define X(id, name) EMU_COUNT_##id,
  EMU_COUNTS(X)
#undef X
      EMU_COUNTERS
};

struct emu_manners;
struct emu_manners *emu_manners_new(void);
void emu_manners_free(struct emu_manners *m);

void emu_manners_add(struct emu_manners *m, enum emu_count count, uint64_t n);
void emu_manners_kind(struct emu_manners *m, enum emu_request_kind kind);
void emu_manners_fault(struct emu_manners *m, enum emu_fault fault);
void emu_manners_status(struct emu_manners *m, unsigned status);
/* Between begin and end a request is in flight. */
void emu_manners_begin(struct emu_manners *m);
void emu_manners_end(struct emu_manners *m);

/* The request with this key was told to wait until then (monotonic ms). */
void emu_manners_wait(struct emu_manners *m, uint64_t key, int64_t until_ms);
/* A request arrives: counts it when it should have waited. */
void emu_manners_arrives(struct emu_manners *m, uint64_t key);
/* A complete good answer was given: the same request again is waste. */
void emu_manners_answered(struct emu_manners *m, uint64_t key);
/* Remembers an assertion's id; counts one that was seen. */
void emu_manners_jti(struct emu_manners *m, uint64_t jti);

void emu_manners_write(struct emu_manners *m, struct emu_text *out);
int64_t emu_now_ms(void);

#endif
