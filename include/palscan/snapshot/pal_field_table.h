/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_FIELD_TABLE_H
#define PAL_FIELD_TABLE_H
/*
 * pal_field_table.h - the rows. PAL_KINDS lists the kinds of record, nested
 * kinds before the kinds that hold them; PAL_FIELDS_<KIND> the fields of one.
 * The wire names of facts are those of the service's documents where it has
 * one (Microsoft.Authorization, Microsoft.ManagementPartner,
 * Microsoft.ManagedServices); see snapshots/README.md.
 */
/* clang-format off */

#define PAL_KINDS(K) \
  K(LINK, .name="link", .label="partner link", .help="One Partner Admin Link: this principal object in this tenant is linked to this partner ID.", .change={"link.added","link.removed","link.changed"}) \
  K(DECLARED_ASSIGNMENT, .name="declaredAssignment", .label="declared role assignment", .help="A role assignment that an identity is said to have. No reading: it neither covers nor clears anything.") \
  K(DECLARATION, .name="declaration", .label="declaration", .help="What was said of an identity and not read by palscan: its link, its role assignments, or both; imported from the identity's own command line. Kept beside a reading until a newer reading says the same, or it is too old.") \
  K(SIGHTING, .name="sighting", .label="sighting", .help="Which identity saw a subscription, with a token of which tenant.") \
  K(PERMISSION, .name="permission", .label="permission", .help="One permission entry of a role or deny assignment.") \
  K(DENY_PRINCIPAL, .name="denyPrincipal", .label="principal", .help="A principal a deny assignment applies to or excludes; the all-zero GUID of type SystemDefined is everyone.") \
  K(MEMBER, .name="member", .label="member", .help="A transitive member of a group.") \
  K(PLAN, .name="plan", .label="marketplace plan", .help="The marketplace plan of a Managed Service offer.") \
  K(AUTHORIZATION, .name="authorization", .label="authorization", .help="A principal of the managing tenant and the role it gets.") \
  K(SUBJECT, .name="subject", .label="subject", .help="What a finding is about.") \
  K(TENANT, .name="tenant", .table="tenant", .parent="tenant_id", .label="tenant", .help="A customer's or our own directory, as an observer with a token of that tenant read it.", .change={NULL,NULL,"tenant.changed"}) \
  K(IDENTITY, .name="identity", .table="identity", .parent="object_id", .label="identity", .help="A principal object in a tenant whose link was read or declared.", .change={"identity.added","identity.removed","identity.changed"}) \
  K(ASSIGNMENT, .name="assignment", .table="assignment", .parent="assignment_id", .label="role assignment", .help="A role assignment; those above the subscriptions stand in access/inherited.json.", .change={"role.granted","role.revoked","role.changed"}) \
  K(PIM, .name="pim", .table="pim", .parent="pim_id", .label="PIM instance", .help="A schedule instance of Privileged Identity Management: eligible, or active.", .change={"role.granted","role.revoked","role.changed"}) \
  K(DENY, .name="denyAssignment", .table="deny_assignment", .parent="deny_id", .label="deny assignment", .help="A deny assignment.", .change={"role.changed","role.changed","role.changed"}) \
  K(ROLE, .name="role", .table="role", .parent="role_id", .label="role definition", .help="A custom role (in a tenant) or a built-in one that an assignment refers to (at the root).", .change={NULL,NULL,"role.changed"}) \
  K(GROUP, .name="group", .table="grp", .parent="group_id", .label="group", .help="A group that holds a role or an authorization, with its transitive members as far as readable.", .change={NULL,NULL,"role.changed"}) \
  K(DIRECTORY_OBJECT, .name="directoryObject", .table="directory_object", .parent="object_id", .label="directory object", .help="The name of a principal in a tenant's directory: of people as the setting names says, of groups and applications always.") \
  K(SUBSCRIPTION, .name="subscription", .table="subscription", .parent="subscription_id", .label="subscription", .help="A subscription; it lies under the tenant Resource Manager returned for it.", .change={"subscription.added","subscription.removed","subscription.changed"}) \
  K(USAGE, .name="usage", .table="usage", .label="usage", .help="Whether a subscription (or one of its resource groups) had metered usage in a UTC month.") \
  K(DELEGATION, .name="delegation", .table="delegation", .parent="delegation_id", .label="delegation", .help="A Lighthouse registration assignment with its definition.", .change={"delegation.added","delegation.removed","delegation.changed"}) \
  K(COVERAGE, .name="coverage", .table="coverage", .label="completeness", .help="How completely one unit of one area was read.") \
  K(FINDING, .name="finding", .table="finding", .label="finding", .help="A verdict of a policy.") \
  K(EVENT, .name="event", .table="event", .label="change event", .help="An open difference from the last verified value; or, seen.…, since when something is so.") \
  K(PARTNER, .name="partnerId", .table="registry", .label="partner ID", .help="One partner ID of ours.", .change={"registry.changed","registry.changed","registry.changed"}) \
  K(EXPECT, .name="expect", .table="expect", .label="expectation", .help="Which partner ID is wanted where; the first rule that decides wins: tenant, subscription or managementGroup, cspTenant, country, default.", .change={"registry.changed","registry.changed","registry.changed"}) \
  K(RELATED, .name="relatedPartner", .table="related_partner", .label="related partner", .help="A provider or reseller whose ID is right for given tenants.", .change={"registry.changed","registry.changed","registry.changed"}) \
  K(AGENT_GROUP, .name="agentGroup", .table="agent_group", .label="agent group", .help="AdminAgents or HelpdeskAgents group of one of our CSP tenants, by object id.", .change={"registry.changed","registry.changed","registry.changed"}) \
  K(REGISTRY, .name="registry", .label="registry", .help="The partner's own IDs (mpn.json).") \
  K(GAP, .name="acceptedGap", .table="accepted_gap", .label="accepted gap", .help="An area this customer does not let us read.") \
  K(CUSTOMER, .name="customer", .table="customer", .parent="tenant_id", .label="customer", .help="A customer we answer for.", .change={"estate.changed","estate.changed","estate.changed"}) \
  K(OBJECT, .name="object", .label="object", .help="An object id in a tenant.") \
  K(PRINCIPAL, .name="principal", .table="principal", .parent="principal_name", .label="person or app of ours", .help="A person or application that works for us, with its objects in the customers' tenants.", .change={"estate.changed","estate.changed","estate.changed"}) \
  K(ESTATE, .name="estate", .label="estate", .help="For whom we work and who works (estate.json).") \
  K(WAIVER, .name="waiver", .table="waiver", .label="risk acceptance", .help="A finding lived with on purpose.", .change={"waiver.added","waiver.removed","waiver.changed"}) \
  K(WAIVERS, .name="waivers", .label="risk acceptances", .help="The risk acceptances (waivers.json).") \
  K(REVIEW, .name="review", .table="review", .label="review", .help="A signed review.") \
  K(REVIEWS, .name="reviews", .label="reviews", .help="The signed reviews.") \
  K(LINK_WRITE, .name="linkWrite", .label="change of a link", .help="A request of palscan itself to change a partner link, and what stood afterwards.") \
  K(CHANGES, .name="changes", .label="changes of links", .help="What palscan changed since the snapshot before.") \
  K(SIGNER, .name="signer", .label="approver", .help="Whose signature under a risk acceptance counts: a line of the file of approvers.") \
  K(SCANNER, .name="scanner", .table="scanner", .parent="scanner_name", .label="scanning identity", .help="An identity this run signed in as; secrets are not part of it.") \
  K(ENDPOINTS, .name="endpoints", .label="endpoints", .help="Where the services of a cloud are that is not built in.") \
  K(SETTINGS, .name="settings", .label="settings", .help="The settings that change facts or verdicts.") \
  K(LAST_FULL, .name="lastFull", .label="last full run", .help="The last run of full scope before this one.") \
  K(PARTIAL_RUN, .name="partialRun", .label="partial run", .help="A run of part of the estate since the last full run.") \
  K(HISTORY, .name="history", .label="history", .help="What this run knows of the runs before it.") \
  K(FORMAT, .name="format", .label="format", .help="Marks the tree as a palscan snapshot.") \
  K(SESSION, .name="session", .label="recording", .help="session.json of a recording.") \
  K(CLOUD, .name="cloud", .label="cloud", .help="A cloud that is not built in.") \
  K(CREDENTIAL, .name="credential", .label="credential", .help="How an identity signs in.") \
  K(IDENTITY_CONFIG, .name="identityConfig", .label="identity", .help="One identity palscan signs in as.") \
  K(POLICY_CONFIG, .name="policies", .label="policy settings", .help="Which policies apply and how.") \
  K(SIGN_CONFIG, .name="sign", .label="signing", .help="The key that signs snapshots, and whose signatures count.") \
  K(NOTIFY_CONFIG, .name="notify", .label="notification", .help="One receiver of the digest after a run.") \
  K(CONFIG, .name="config", .label="configuration", .help="palscan.json.")

#define PAL_LAST_READ(F, K) \
  F(K, LAST_READ, .json="lastRead", .column="last_read", .type=PAL_T_INSTANT, .flags=PAL_VOLATILE, .since=1, .label="last read", .help="Start of the run that read it; only in a partial unit, on records kept from the parent.")

/* Source: Microsoft.ManagementPartner 2018-02-01, GET …/partners */
#define PAL_FIELDS_LINK(F) \
  F(LINK, PARTNER_ID, .json="partnerId", .column="partner_id", .type=PAL_T_DIGITS, .flags=PAL_REQUIRED, .since=1, .label="partner ID") \
  F(LINK, PARTNER_NAME, .json="partnerName", .column="partner_name", .type=PAL_T_TEXT, .since=1, .label="partner name", .help="As Microsoft returns it; may be absent.") \
  F(LINK, TENANT_ID, .json="tenantId", .column="link_tenant_id", .type=PAL_T_GUID, .since=1, .label="tenant of the link") \
  F(LINK, OBJECT_ID, .json="objectId", .column="link_object_id", .type=PAL_T_GUID, .since=1, .label="object of the link") \
  F(LINK, STATE, .json="state", .column="state", .type=PAL_T_TEXT, .since=1, .label="state", .help="Active, Deleted, or what else the service says; Deleted counts as no link.") \
  F(LINK, VERSION, .json="version", .column="version", .type=PAL_T_INT, .since=1, .label="version", .help="Grows by one at each write, also at a deletion.") \
  F(LINK, CREATED_TIME, .json="createdTime", .column="created_time", .type=PAL_T_INSTANT, .since=1, .label="created") \
  F(LINK, UPDATED_TIME, .json="updatedTime", .column="updated_time", .type=PAL_T_INSTANT, .since=1, .label="updated")

/* Provider and date are the word of who imported it; the digest is of the file as it came. */
/* Whose they are says the identity that holds them. */
#define PAL_FIELDS_DECLARED_ASSIGNMENT(F) \
  F(DECLARED_ASSIGNMENT, ID, .json="id", .column="id", .type=PAL_T_ARM_ID, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="assignment") \
  F(DECLARED_ASSIGNMENT, ROLE_ID, .json="roleId", .column="role_id", .type=PAL_T_GUID, .flags=PAL_REQUIRED, .since=1, .label="role", .help="Last segment of roleDefinitionId.") \
  F(DECLARED_ASSIGNMENT, ROLE_NAME, .json="roleName", .column="role_name", .type=PAL_T_TEXT, .since=1, .label="name of the role", .max=512) \
  F(DECLARED_ASSIGNMENT, PRINCIPAL_TYPE, .json="principalType", .column="principal_type", .type=PAL_T_TEXT, .since=1, .label="principal type", .max=64) \
  F(DECLARED_ASSIGNMENT, SCOPE, .json="scope", .column="scope", .type=PAL_T_ARM_ID, .flags=PAL_REQUIRED, .since=1, .label="scope") \
  F(DECLARED_ASSIGNMENT, CONDITION, .json="condition", .column="condition", .type=PAL_T_TEXT, .since=1, .label="condition", .max=16384) \
  F(DECLARED_ASSIGNMENT, CONDITION_VERSION, .json="conditionVersion", .column="condition_version", .type=PAL_T_TEXT, .since=1, .label="condition version", .max=64) \
  F(DECLARED_ASSIGNMENT, CREATED_ON, .json="createdOn", .column="created_on", .type=PAL_T_INSTANT, .since=1, .label="created")

#define PAL_FIELDS_DECLARATION(F) \
  F(DECLARATION, PROVIDER, .json="provider", .column="provider", .type=PAL_T_TEXT, .since=1, .label="declared by", .max=256, .help="Of the link. Absent, as are date and sha256: nothing was said of the link.") \
  F(DECLARATION, DATE, .json="date", .column="date", .type=PAL_T_INSTANT, .since=1, .label="declared on") \
  F(DECLARATION, SHA256, .json="sha256", .column="sha256", .type=PAL_T_TEXT, .since=1, .label="digest of the file", .max=64, .help="SHA-256, hexadecimal.") \
  F(DECLARATION, PARTNER_ID, .json="partnerId", .column="partner_id", .type=PAL_T_DIGITS, .since=1, .label="partner ID", .help="Absent where there is a date: declared to have no link.") \
  F(DECLARATION, STATE, .json="state", .column="state", .type=PAL_T_TEXT, .since=1, .label="state", .help="As in a link.") \
  F(DECLARATION, VERSION, .json="version", .column="version", .type=PAL_T_INT, .since=1, .label="version", .help="As in a link.") \
  F(DECLARATION, ASSIGNMENTS, .json="assignments", .type=PAL_T_RECORDS, .kind=&pal_kind_DECLARED_ASSIGNMENT, .table="declared_assignment", .since=1, .label="role assignments", .help="Of the last list that was imported. What it leaves out is not said to be absent.") \
  F(DECLARATION, ASSIGNMENTS_PROVIDER, .json="assignmentsProvider", .column="assignments_provider", .type=PAL_T_TEXT, .since=1, .label="role assignments declared by", .max=256) \
  F(DECLARATION, ASSIGNMENTS_DATE, .json="assignmentsDate", .column="assignments_date", .type=PAL_T_INSTANT, .since=1, .label="role assignments declared on") \
  F(DECLARATION, ASSIGNMENTS_SHA256, .json="assignmentsSha256", .column="assignments_sha256", .type=PAL_T_TEXT, .since=1, .label="digest of the list", .max=64, .help="SHA-256, hexadecimal.")

#define PAL_FIELDS_SIGHTING(F) \
  F(SIGHTING, IDENTITY, .json="identity", .column="identity", .type=PAL_T_NAME, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="identity") \
  F(SIGHTING, TENANT, .json="tenantId", .column="from_tenant_id", .type=PAL_T_GUID, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="tenant of the token")

#define PAL_FIELDS_PERMISSION(F) \
  F(PERMISSION, ACTIONS, .json="actions", .type=PAL_T_TEXTS, .since=1, .label="actions") \
  F(PERMISSION, NOT_ACTIONS, .json="notActions", .type=PAL_T_TEXTS, .since=1, .label="not actions") \
  F(PERMISSION, DATA_ACTIONS, .json="dataActions", .type=PAL_T_TEXTS, .since=1, .label="data actions") \
  F(PERMISSION, NOT_DATA_ACTIONS, .json="notDataActions", .type=PAL_T_TEXTS, .since=1, .label="not data actions") \
  F(PERMISSION, CONDITION, .json="condition", .type=PAL_T_TEXT, .since=1, .label="condition") \
  F(PERMISSION, CONDITION_VERSION, .json="conditionVersion", .type=PAL_T_TEXT, .since=1, .label="condition version")

#define PAL_FIELDS_DENY_PRINCIPAL(F) \
  F(DENY_PRINCIPAL, ID, .json="id", .column="principal_id", .type=PAL_T_GUID, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="principal") \
  F(DENY_PRINCIPAL, TYPE, .json="type", .column="principal_type", .type=PAL_T_TEXT, .since=1, .label="type")

#define PAL_FIELDS_MEMBER(F) \
  F(MEMBER, OBJECT_ID, .json="objectId", .column="object_id", .type=PAL_T_GUID, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="member") \
  F(MEMBER, TYPE, .json="type", .column="type", .type=PAL_T_TEXT, .since=1, .label="type", .help="user, servicePrincipal, group, device, …: the @odata.type without its prefix.")

#define PAL_FIELDS_PLAN(F) \
  F(PLAN, PUBLISHER, .json="publisher", .type=PAL_T_TEXT, .since=1, .label="publisher") \
  F(PLAN, PRODUCT, .json="product", .type=PAL_T_TEXT, .since=1, .label="product") \
  F(PLAN, NAME, .json="name", .type=PAL_T_TEXT, .since=1, .label="plan") \
  F(PLAN, VERSION, .json="version", .type=PAL_T_TEXT, .since=1, .label="version")

#define PAL_FIELDS_AUTHORIZATION(F) \
  F(AUTHORIZATION, KIND, .json="kind", .column="kind", .type=PAL_T_ENUM, .words=pal_words_authorization, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="kind", .help="permanent (authorizations) or eligible (eligibleAuthorizations, just in time).") \
  F(AUTHORIZATION, PRINCIPAL_ID, .json="principalId", .column="principal_id", .type=PAL_T_GUID, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="principal", .help="In the managing tenant.") \
  F(AUTHORIZATION, ROLE_ID, .json="roleId", .column="role_id", .type=PAL_T_GUID, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="role") \
  F(AUTHORIZATION, DELEGATED_ROLE_IDS, .json="delegatedRoleIds", .column="delegated_role_ids", .type=PAL_T_GUIDS, .since=1, .label="delegated roles") \
  F(AUTHORIZATION, PRINCIPAL_NAME, .json="principalName", .column="principal_name", .type=PAL_T_TEXT, .flags=PAL_PERSON, .since=1, .label="principal name")

#define PAL_FIELDS_SUBJECT(F) \
  F(SUBJECT, TYPE, .json="type", .column="subject_type", .type=PAL_T_TEXT, .flags=PAL_REQUIRED, .since=1, .label="type", .help="tenant, identity, subscription, scope, registry, principal, …") \
  F(SUBJECT, ID, .json="id", .column="subject_id", .type=PAL_T_TEXT, .flags=PAL_REQUIRED, .since=1, .label="id") \
  F(SUBJECT, NAME, .json="name", .column="subject_name", .type=PAL_T_TEXT, .since=1, .label="name")

/* Source: Microsoft.Resources 2022-12-01, GET /tenants */
#define PAL_FIELDS_TENANT(F) \
  F(TENANT, TENANT_ID, .json="tenantId", .column="id", .type=PAL_T_GUID, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="tenant") \
  F(TENANT, DISPLAY_NAME, .json="displayName", .column="name", .type=PAL_T_TEXT, .since=1, .label="name") \
  F(TENANT, DEFAULT_DOMAIN, .json="defaultDomain", .column="default_domain", .type=PAL_T_TEXT, .since=1, .label="default domain") \
  F(TENANT, COUNTRY_CODE, .json="countryCode", .column="country", .type=PAL_T_TEXT, .since=1, .label="country") \
  PAL_LAST_READ(F, TENANT)

#define PAL_FIELDS_IDENTITY(F) \
  F(IDENTITY, OBJECT_ID, .json="objectId", .column="object_id", .type=PAL_T_GUID, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="object") \
  F(IDENTITY, TYPE, .json="type", .column="type", .type=PAL_T_ENUM, .words=pal_words_identity, .since=1, .label="type") \
  F(IDENTITY, NAMES, .json="names", .column="names", .type=PAL_T_TEXTS, .since=1, .label="configured as", .help="Names of the configured identities that signed in as this object.") \
  F(IDENTITY, APP_ID, .json="appId", .column="app_id", .type=PAL_T_GUID, .since=1, .label="application") \
  F(IDENTITY, LINK, .json="link", .type=PAL_T_RECORD, .kind=&pal_kind_LINK, .table="link", .flags=PAL_NULLABLE, .since=1, .label="link", .help="An object: answered 200. null: answered 404, no link. Absent: never answered.") \
  F(IDENTITY, ASSURANCE, .json="assurance", .column="assurance", .type=PAL_T_ENUM, .words=pal_words_assurance, .flags=PAL_REQUIRED, .since=1, .label="assurance", .help="read by palscan itself, or self-declared through an import.") \
  F(IDENTITY, DECLARED, .json="declared", .type=PAL_T_RECORD, .kind=&pal_kind_DECLARATION, .table="declaration", .since=1, .label="declaration", .help="The last import that spoke of it; where the assurance is read, it stands beside what was read and changes nothing of it.") \
  PAL_LAST_READ(F, IDENTITY)

/* Source: Microsoft.Authorization 2022-04-01, roleAssignments */
#define PAL_FIELDS_ASSIGNMENT(F) \
  F(ASSIGNMENT, ID, .json="id", .column="id", .type=PAL_T_ARM_ID, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="assignment") \
  F(ASSIGNMENT, ROLE_ID, .json="roleId", .column="role_id", .type=PAL_T_GUID, .flags=PAL_REQUIRED, .since=1, .label="role", .help="Last segment of roleDefinitionId.") \
  F(ASSIGNMENT, PRINCIPAL_ID, .json="principalId", .column="principal_id", .type=PAL_T_GUID, .flags=PAL_REQUIRED, .since=1, .label="principal") \
  F(ASSIGNMENT, PRINCIPAL_TYPE, .json="principalType", .column="principal_type", .type=PAL_T_TEXT, .since=1, .label="principal type") \
  F(ASSIGNMENT, SCOPE, .json="scope", .column="scope", .type=PAL_T_ARM_ID, .flags=PAL_REQUIRED, .since=1, .label="scope") \
  F(ASSIGNMENT, CONDITION, .json="condition", .column="condition", .type=PAL_T_TEXT, .since=1, .label="condition") \
  F(ASSIGNMENT, CONDITION_VERSION, .json="conditionVersion", .column="condition_version", .type=PAL_T_TEXT, .since=1, .label="condition version") \
  F(ASSIGNMENT, CREATED_ON, .json="createdOn", .column="created_on", .type=PAL_T_INSTANT, .since=1, .label="created") \
  F(ASSIGNMENT, CREATED_BY, .json="createdBy", .column="created_by", .type=PAL_T_GUID, .since=1, .label="created by") \
  F(ASSIGNMENT, UPDATED_ON, .json="updatedOn", .column="updated_on", .type=PAL_T_INSTANT, .flags=PAL_VOLATILE, .since=1, .label="updated") \
  F(ASSIGNMENT, UPDATED_BY, .json="updatedBy", .column="updated_by", .type=PAL_T_GUID, .flags=PAL_VOLATILE, .since=1, .label="updated by") \
  PAL_LAST_READ(F, ASSIGNMENT)

/* Source: Microsoft.Authorization 2020-10-01, role{Eligibility,Assignment}ScheduleInstances */
#define PAL_FIELDS_PIM(F) \
  F(PIM, ID, .json="id", .column="id", .type=PAL_T_ARM_ID, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="instance") \
  F(PIM, KIND, .json="kind", .column="kind", .type=PAL_T_ENUM, .words=pal_words_pim, .flags=PAL_REQUIRED, .since=1, .label="kind") \
  F(PIM, ROLE_ID, .json="roleId", .column="role_id", .type=PAL_T_GUID, .flags=PAL_REQUIRED, .since=1, .label="role") \
  F(PIM, PRINCIPAL_ID, .json="principalId", .column="principal_id", .type=PAL_T_GUID, .flags=PAL_REQUIRED, .since=1, .label="principal") \
  F(PIM, PRINCIPAL_TYPE, .json="principalType", .column="principal_type", .type=PAL_T_TEXT, .since=1, .label="principal type") \
  F(PIM, SCOPE, .json="scope", .column="scope", .type=PAL_T_ARM_ID, .flags=PAL_REQUIRED, .since=1, .label="scope") \
  F(PIM, STATUS, .json="status", .column="status", .type=PAL_T_TEXT, .since=1, .label="status") \
  F(PIM, MEMBER_TYPE, .json="memberType", .column="member_type", .type=PAL_T_TEXT, .since=1, .label="member type") \
  F(PIM, ASSIGNMENT_TYPE, .json="assignmentType", .column="assignment_type", .type=PAL_T_TEXT, .since=1, .label="assignment type", .help="Assigned or Activated (active instances).") \
  F(PIM, START, .json="startDateTime", .column="start_time", .type=PAL_T_INSTANT, .since=1, .label="start") \
  F(PIM, END, .json="endDateTime", .column="end_time", .type=PAL_T_INSTANT, .since=1, .label="end", .help="Absent: permanent.") \
  F(PIM, ORIGIN_ID, .json="originRoleAssignmentId", .column="origin_assignment_id", .type=PAL_T_ARM_ID, .since=1, .label="role assignment", .help="Joins an active instance to assignment.id.") \
  F(PIM, SCHEDULE_ID, .json="scheduleId", .column="schedule_id", .type=PAL_T_ARM_ID, .since=1, .label="schedule", .help="roleEligibilityScheduleId or roleAssignmentScheduleId.") \
  F(PIM, LINKED_ID, .json="linkedRoleEligibilityScheduleId", .column="linked_schedule_id", .type=PAL_T_ARM_ID, .since=1, .label="eligible schedule") \
  F(PIM, CONDITION, .json="condition", .column="condition", .type=PAL_T_TEXT, .since=1, .label="condition") \
  F(PIM, CONDITION_VERSION, .json="conditionVersion", .column="condition_version", .type=PAL_T_TEXT, .since=1, .label="condition version") \
  PAL_LAST_READ(F, PIM)

/* Source: Microsoft.Authorization 2022-04-01, denyAssignments */
#define PAL_FIELDS_DENY(F) \
  F(DENY, ID, .json="id", .column="id", .type=PAL_T_ARM_ID, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="deny assignment") \
  F(DENY, NAME, .json="name", .column="name", .type=PAL_T_TEXT, .since=1, .label="name") \
  F(DENY, SCOPE, .json="scope", .column="scope", .type=PAL_T_ARM_ID, .flags=PAL_REQUIRED, .since=1, .label="scope") \
  F(DENY, NOT_CHILDREN, .json="doNotApplyToChildScopes", .column="not_children", .type=PAL_T_BOOL, .since=1, .label="not below the scope") \
  F(DENY, SYSTEM, .json="isSystemProtected", .column="system", .type=PAL_T_BOOL, .since=1, .label="made by Azure") \
  F(DENY, PRINCIPALS, .json="principals", .type=PAL_T_RECORDS, .kind=&pal_kind_DENY_PRINCIPAL, .table="deny_principal", .since=1, .label="principals") \
  F(DENY, EXCLUDED, .json="excludePrincipals", .type=PAL_T_RECORDS, .kind=&pal_kind_DENY_PRINCIPAL, .table="deny_excluded", .since=1, .label="excluded principals") \
  F(DENY, PERMISSIONS, .json="permissions", .column="permissions", .type=PAL_T_RECORDS, .kind=&pal_kind_PERMISSION, .since=1, .label="permissions") \
  F(DENY, CONDITION, .json="condition", .column="condition", .type=PAL_T_TEXT, .since=1, .label="condition") \
  F(DENY, CONDITION_VERSION, .json="conditionVersion", .column="condition_version", .type=PAL_T_TEXT, .since=1, .label="condition version") \
  PAL_LAST_READ(F, DENY)

/* Source: Microsoft.Authorization 2022-04-01, roleDefinitions */
#define PAL_FIELDS_ROLE(F) \
  F(ROLE, ROLE_ID, .json="roleId", .column="id", .type=PAL_T_GUID, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="role") \
  F(ROLE, ROLE_NAME, .json="roleName", .column="name", .type=PAL_T_TEXT, .since=1, .label="name") \
  F(ROLE, ROLE_TYPE, .json="roleType", .column="type", .type=PAL_T_TEXT, .since=1, .label="type", .help="BuiltInRole or CustomRole.") \
  F(ROLE, ASSIGNABLE_SCOPES, .json="assignableScopes", .column="assignable_scopes", .type=PAL_T_ARM_IDS, .since=1, .label="assignable scopes") \
  F(ROLE, PERMISSIONS, .json="permissions", .column="permissions", .type=PAL_T_RECORDS, .kind=&pal_kind_PERMISSION, .since=1, .label="permissions") \
  PAL_LAST_READ(F, ROLE)

/* Source: Microsoft Graph v1.0, groups/{id}/transitiveMembers */
#define PAL_FIELDS_GROUP(F) \
  F(GROUP, GROUP_ID, .json="groupId", .column="id", .type=PAL_T_GUID, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="group") \
  F(GROUP, MEMBERS, .json="members", .type=PAL_T_RECORDS, .kind=&pal_kind_MEMBER, .table="group_member", .since=1, .label="members") \
  PAL_LAST_READ(F, GROUP)

/* Source: Microsoft Graph v1.0, directoryObjects/getByIds */
#define PAL_FIELDS_DIRECTORY_OBJECT(F) \
  F(DIRECTORY_OBJECT, OBJECT_ID, .json="objectId", .column="object_id", .type=PAL_T_GUID, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="object") \
  F(DIRECTORY_OBJECT, TYPE, .json="type", .column="type", .type=PAL_T_TEXT, .flags=PAL_REQUIRED, .since=1, .label="type", .help="user, group, servicePrincipal: the @odata.type without its prefix.") \
  F(DIRECTORY_OBJECT, DISPLAY_NAME, .json="displayName", .column="name", .type=PAL_T_TEXT, .flags=PAL_PERSON, .since=1, .label="name") \
  F(DIRECTORY_OBJECT, SIGN_IN_NAME, .json="userPrincipalName", .column="sign_in_name", .type=PAL_T_TEXT, .flags=PAL_PERSON, .since=1, .label="sign-in name") \
  F(DIRECTORY_OBJECT, APP_ID, .json="appId", .column="app_id", .type=PAL_T_GUID, .since=1, .label="application") \
  PAL_LAST_READ(F, DIRECTORY_OBJECT)

/* Source: Microsoft.Resources 2022-12-01, GET /subscriptions */
#define PAL_FIELDS_SUBSCRIPTION(F) \
  F(SUBSCRIPTION, SUBSCRIPTION_ID, .json="subscriptionId", .column="id", .type=PAL_T_GUID, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="subscription") \
  F(SUBSCRIPTION, DISPLAY_NAME, .json="displayName", .column="name", .type=PAL_T_TEXT, .since=1, .label="name") \
  F(SUBSCRIPTION, STATE, .json="state", .column="state", .type=PAL_T_TEXT, .since=1, .label="state") \
  F(SUBSCRIPTION, QUOTA_ID, .json="quotaId", .column="quota_id", .type=PAL_T_TEXT, .since=1, .label="offer", .help="Names the offer; the CSP ids prove a CSP sale, not the plan.") \
  F(SUBSCRIPTION, SPENDING_LIMIT, .json="spendingLimit", .column="spending_limit", .type=PAL_T_TEXT, .since=1, .label="spending limit") \
  F(SUBSCRIPTION, AUTHORIZATION_SOURCE, .json="authorizationSource", .column="authorization_source", .type=PAL_T_TEXT, .flags=PAL_VOLATILE, .since=1, .label="authorization source") \
  F(SUBSCRIPTION, MANAGED_BY, .json="managedByTenants", .column="managed_by", .type=PAL_T_GUIDS, .since=1, .label="managed by") \
  F(SUBSCRIPTION, SEEN_FROM, .json="seenFrom", .type=PAL_T_RECORDS, .kind=&pal_kind_SIGHTING, .table="sighting", .flags=PAL_VOLATILE, .since=1, .label="seen from") \
  PAL_LAST_READ(F, SUBSCRIPTION)

/* Source: Microsoft.CostManagement 2023-11-01 query; Microsoft.Consumption 2023-11-01 */
#define PAL_FIELDS_USAGE(F) \
  F(USAGE, MONTH, .json="month", .column="month", .type=PAL_T_MONTH, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="month") \
  F(USAGE, RESOURCE_GROUP, .json="resourceGroup", .column="resource_group", .type=PAL_T_TEXT, .flags=PAL_KEY, .since=1, .label="resource group", .help="Lower case; absent: the whole subscription.") \
  F(USAGE, USED, .json="used", .column="used", .type=PAL_T_ENUM, .words=pal_words_used, .flags=PAL_REQUIRED, .since=1, .label="used") \
  PAL_LAST_READ(F, USAGE)

/* Source: Microsoft.ManagedServices 2022-10-01, registrationAssignments with $expandRegistrationDefinition=true */
#define PAL_FIELDS_DELEGATION(F) \
  F(DELEGATION, ID, .json="id", .column="id", .type=PAL_T_ARM_ID, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="delegation") \
  F(DELEGATION, SCOPE, .json="scope", .column="scope", .type=PAL_T_ARM_ID, .flags=PAL_REQUIRED, .since=1, .label="scope", .help="Delegated subscription or resource group.") \
  F(DELEGATION, DEFINITION_ID, .json="registrationDefinitionId", .column="definition_id", .type=PAL_T_ARM_ID, .since=1, .label="definition") \
  F(DELEGATION, NAME, .json="registrationDefinitionName", .column="name", .type=PAL_T_TEXT, .since=1, .label="offer") \
  F(DELEGATION, MANAGED_BY, .json="managedByTenantId", .column="managing_tenant_id", .type=PAL_T_GUID, .since=1, .label="managing tenant") \
  F(DELEGATION, MANAGED_BY_NAME, .json="managedByTenantName", .column="managing_tenant_name", .type=PAL_T_TEXT, .since=1, .label="managing tenant's name") \
  F(DELEGATION, MANAGEE, .json="manageeTenantId", .column="managed_tenant_id", .type=PAL_T_GUID, .since=1, .label="managed tenant") \
  F(DELEGATION, STATE, .json="provisioningState", .column="state", .type=PAL_T_TEXT, .since=1, .label="state") \
  F(DELEGATION, PLAN, .json="plan", .column="plan", .type=PAL_T_RECORD, .kind=&pal_kind_PLAN, .since=1, .label="marketplace plan", .help="Present: a marketplace offer; absent: onboarded by template.") \
  F(DELEGATION, AUTHORIZATIONS, .json="authorizations", .type=PAL_T_RECORDS, .kind=&pal_kind_AUTHORIZATION, .table="authorization", .since=1, .label="authorizations") \
  PAL_LAST_READ(F, DELEGATION)

#define PAL_FIELDS_COVERAGE(F) \
  F(COVERAGE, AREA, .json="area", .column="area", .type=PAL_T_TEXT, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="area", .help="First key of coverage.json.") \
  F(COVERAGE, UNIT, .json="unit", .column="unit", .type=PAL_T_TEXT, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="unit", .help="Second key: tenant, a subscription id, a group id or an identity's name.") \
  F(COVERAGE, STATE, .json="state", .column="state", .type=PAL_T_ENUM, .words=pal_words_coverage, .flags=PAL_REQUIRED, .since=1, .label="state") \
  F(COVERAGE, ITEMS, .json="items", .column="items", .type=PAL_T_INT, .since=1, .label="items", .help="Records got.") \
  F(COVERAGE, EXPECTED, .json="expected", .column="expected", .type=PAL_T_INT, .since=1, .label="expected", .help="Independent count; absent: none was taken.") \
  F(COVERAGE, CODE, .json="code", .column="code", .type=PAL_T_TEXT, .since=1, .label="cause", .help="Why it is not complete: HTTP status and error code, AADSTS code, or a word of palscan's.") \
  F(COVERAGE, AS_OF, .json="asOf", .column="as_of", .type=PAL_T_INSTANT, .flags=PAL_VOLATILE, .since=1, .label="as of", .help="Start of the last run in which the unit was read completely; absent: this run, or never. Of a self-declared unit the day of the declaration.")

#define PAL_FIELDS_FINDING(F) \
  F(FINDING, FINGERPRINT, .json="fingerprint", .column="fingerprint", .type=PAL_T_TEXT, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="fingerprint") \
  F(FINDING, POLICY, .json="policy", .column="policy", .type=PAL_T_TEXT, .flags=PAL_REQUIRED, .since=1, .label="policy") \
  F(FINDING, CLASS, .json="class", .column="class", .type=PAL_T_ENUM, .words=pal_words_class, .flags=PAL_REQUIRED, .since=1, .label="class") \
  F(FINDING, SEVERITY, .json="severity", .column="severity", .type=PAL_T_ENUM, .words=pal_words_severity, .flags=PAL_REQUIRED, .since=1, .label="severity") \
  F(FINDING, VERDICT, .json="verdict", .column="verdict", .type=PAL_T_ENUM, .words=pal_words_verdict, .flags=PAL_REQUIRED, .since=1, .label="verdict") \
  F(FINDING, STATUS, .json="status", .column="status", .type=PAL_T_ENUM, .words=pal_words_status, .flags=PAL_REQUIRED, .since=1, .label="status") \
  F(FINDING, SUBJECT, .json="subject", .column="subject", .type=PAL_T_RECORD, .kind=&pal_kind_SUBJECT, .flags=PAL_REQUIRED, .since=1, .label="subject") \
  F(FINDING, KEY, .json="key", .column="key", .type=PAL_T_TEXT, .since=1, .label="key") \
  F(FINDING, MESSAGE, .json="message", .column="message", .type=PAL_T_TEXT, .flags=PAL_REQUIRED, .since=1, .label="message") \
  F(FINDING, DETAILS, .json="details", .column="details", .type=PAL_T_JSON, .since=1, .label="details", .help="Object: the policy's further result columns.") \
  F(FINDING, SINCE, .json="since", .column="since", .type=PAL_T_INSTANT, .flags=PAL_REQUIRED, .since=1, .label="since", .help="Start of the run in which this verdict began.") \
  F(FINDING, LAST_VERIFIED, .json="lastVerified", .column="last_verified", .type=PAL_T_INSTANT, .since=1, .label="last verified", .help="Only where the facts were not read in this run.") \
  F(FINDING, WAIVER, .json="waiver", .column="waiver", .type=PAL_T_TEXT, .since=1, .label="risk acceptance") \
  F(FINDING, LAPSED, .json="lapsed", .column="lapsed", .type=PAL_T_TEXT, .since=1, .label="lapsed acceptance", .help="Id of a risk acceptance that no longer holds for this finding, and why: ended, or a pinned fact changed.") \
  F(FINDING, FOLDED_UNDER, .json="foldedUnder", .column="folded_under", .type=PAL_T_TEXT, .since=1, .label="folded under")

#define PAL_FIELDS_EVENT(F) \
  F(EVENT, KIND, .json="kind", .column="kind", .type=PAL_T_TEXT, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="kind") \
  F(EVENT, SUBJECT_TYPE, .json="subjectType", .column="subject_type", .type=PAL_T_TEXT, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="subject type") \
  F(EVENT, SUBJECT_ID, .json="subjectId", .column="subject_id", .type=PAL_T_TEXT, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="subject") \
  F(EVENT, BEFORE, .json="before", .column="before", .type=PAL_T_JSON, .since=1, .label="before", .help="The last verified value: the baseline of the event.") \
  F(EVENT, AFTER, .json="after", .column="after", .type=PAL_T_JSON, .since=1, .label="after") \
  F(EVENT, SINCE, .json="since", .column="since", .type=PAL_T_INSTANT, .flags=PAL_REQUIRED, .since=1, .label="since")

#define PAL_FIELDS_PARTNER(F) \
  F(PARTNER, ID, .json="id", .column="id", .type=PAL_T_DIGITS, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="partner ID") \
  F(PARTNER, TYPE, .json="type", .column="type", .type=PAL_T_ENUM, .words=pal_words_partner, .flags=PAL_REQUIRED, .since=1, .label="type", .help="global (PGA, v-org) or location (PLA).") \
  F(PARTNER, NAME, .json="name", .column="name", .type=PAL_T_TEXT, .since=1, .label="name") \
  F(PARTNER, ALIASES, .json="aliases", .column="aliases", .type=PAL_T_TEXTS, .since=1, .label="aliases", .help="Other names Microsoft may show as partnerName.") \
  F(PARTNER, COUNTRY, .json="country", .column="country", .type=PAL_T_TEXT, .flags=PAL_COUNTRY, .since=1, .label="country", .help="ISO 3166-1 alpha-2.") \
  F(PARTNER, STATUS, .json="status", .column="status", .type=PAL_T_ENUM, .words=pal_words_partner_status, .fallback="active", .since=1, .label="status") \
  F(PARTNER, VALID_FROM, .json="validFrom", .column="valid_from", .type=PAL_T_DATE, .since=1, .label="valid from") \
  F(PARTNER, VALID_TO, .json="validTo", .column="valid_to", .type=PAL_T_DATE, .since=1, .label="valid to") \
  F(PARTNER, SUPERSEDED_BY, .json="supersededBy", .column="superseded_by", .type=PAL_T_DIGITS, .since=1, .label="successor") \
  F(PARTNER, ORGANIZATION, .json="organization", .column="organization", .type=PAL_T_DIGITS, .since=1, .label="global ID", .help="The global ID it belongs to.") \
  F(PARTNER, CSP_TENANT, .json="cspTenant", .column="csp_tenant", .type=PAL_T_GUID, .since=1, .label="CSP tenant") \
  F(PARTNER, PROGRAMS, .json="programs", .column="programs", .type=PAL_T_TEXTS, .since=1, .label="programs") \
  F(PARTNER, OWNER, .json="owner", .column="owner", .type=PAL_T_TEXT, .since=1, .label="owner")

#define PAL_FIELDS_EXPECT(F) \
  F(EXPECT, ID, .json="id", .column="id", .type=PAL_T_DIGITS, .flags=PAL_REQUIRED, .since=1, .label="partner ID") \
  F(EXPECT, TENANT, .json="tenant", .column="tenant", .type=PAL_T_GUID, .since=1, .label="tenant") \
  F(EXPECT, SUBSCRIPTION, .json="subscription", .column="subscription", .type=PAL_T_GUID, .since=1, .label="subscription") \
  F(EXPECT, MANAGEMENT_GROUP, .json="managementGroup", .column="management_group", .type=PAL_T_TEXT, .since=1, .label="management group") \
  F(EXPECT, PRINCIPAL, .json="principal", .column="principal", .type=PAL_T_GUID, .since=1, .label="principal", .help="Object id in our own tenant: a link that serves Lighthouse customers belongs to the principal, not to one customer.") \
  F(EXPECT, CSP_TENANT, .json="cspTenant", .column="csp_tenant", .type=PAL_T_GUID, .since=1, .label="CSP tenant") \
  F(EXPECT, COUNTRY, .json="country", .column="country", .type=PAL_T_TEXTS, .flags=PAL_MANY|PAL_COUNTRY, .since=1, .label="country", .help="One code or a list of codes.") \
  F(EXPECT, DEFAULT, .json="default", .column="is_default", .type=PAL_T_BOOL, .since=1, .label="default")

#define PAL_FIELDS_RELATED(F) \
  F(RELATED, ID, .json="id", .column="id", .type=PAL_T_DIGITS, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="partner ID") \
  F(RELATED, NAME, .json="name", .column="name", .type=PAL_T_TEXT, .since=1, .label="name") \
  F(RELATED, ALIASES, .json="aliases", .column="aliases", .type=PAL_T_TEXTS, .since=1, .label="aliases") \
  F(RELATED, TENANTS, .json="tenants", .column="tenants", .type=PAL_T_GUIDS, .since=1, .label="tenants", .help="Where its ID is right; absent: everywhere.")

#define PAL_FIELDS_AGENT_GROUP(F) \
  F(AGENT_GROUP, OBJECT_ID, .json="objectId", .column="object_id", .type=PAL_T_GUID, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="group") \
  F(AGENT_GROUP, CSP_TENANT, .json="cspTenant", .column="csp_tenant", .type=PAL_T_GUID, .since=1, .label="CSP tenant") \
  F(AGENT_GROUP, NAME, .json="name", .column="name", .type=PAL_T_TEXT, .since=1, .label="name")

#define PAL_FIELDS_REGISTRY(F) \
  F(REGISTRY, ORGANIZATION, .json="organization", .type=PAL_T_TEXT, .since=1, .label="organization") \
  F(REGISTRY, IDS, .json="ids", .type=PAL_T_RECORDS, .kind=&pal_kind_PARTNER, .table="registry", .flags=PAL_REQUIRED, .since=1, .label="partner IDs") \
  F(REGISTRY, EXPECT, .json="expect", .type=PAL_T_RECORDS, .kind=&pal_kind_EXPECT, .table="expect", .since=1, .label="expectations") \
  F(REGISTRY, RELATED, .json="relatedPartners", .type=PAL_T_RECORDS, .kind=&pal_kind_RELATED, .table="related_partner", .since=1, .label="related partners") \
  F(REGISTRY, AGENT_GROUPS, .json="agentGroups", .type=PAL_T_RECORDS, .kind=&pal_kind_AGENT_GROUP, .table="agent_group", .since=1, .label="agent groups")

#define PAL_FIELDS_GAP(F) \
  F(GAP, AREA, .json="area", .column="area", .type=PAL_T_TEXT, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="area") \
  F(GAP, REASON, .json="reason", .column="reason", .type=PAL_T_TEXT, .flags=PAL_REQUIRED, .since=1, .label="reason") \
  F(GAP, UNTIL, .json="until", .column="until", .type=PAL_T_DATE, .since=1, .label="until", .help="Inclusive UTC date.")

#define PAL_FIELDS_CUSTOMER(F) \
  F(CUSTOMER, TENANT, .json="tenant", .column="tenant_id", .type=PAL_T_GUID, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="tenant") \
  F(CUSTOMER, NAME, .json="name", .column="name", .type=PAL_T_TEXT, .since=1, .label="name") \
  F(CUSTOMER, COUNTRY, .json="country", .column="country", .type=PAL_T_TEXT, .flags=PAL_COUNTRY, .since=1, .label="country") \
  F(CUSTOMER, OWNER, .json="owner", .column="owner", .type=PAL_T_TEXT, .since=1, .label="account owner") \
  F(CUSTOMER, STATUS, .json="status", .column="status", .type=PAL_T_ENUM, .words=pal_words_customer, .fallback="active", .since=1, .label="status") \
  F(CUSTOMER, FROM, .json="from", .column="from_date", .type=PAL_T_DATE, .since=1, .label="from") \
  F(CUSTOMER, UNTIL, .json="until", .column="until_date", .type=PAL_T_DATE, .since=1, .label="until") \
  F(CUSTOMER, GAPS, .json="acceptedGaps", .type=PAL_T_RECORDS, .kind=&pal_kind_GAP, .table="accepted_gap", .since=1, .label="accepted gaps")

#define PAL_FIELDS_OBJECT(F) \
  F(OBJECT, TENANT, .json="tenant", .column="tenant_id", .type=PAL_T_GUID, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="tenant") \
  F(OBJECT, OBJECT_ID, .json="objectId", .column="object_id", .type=PAL_T_GUID, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="object")

#define PAL_FIELDS_PRINCIPAL(F) \
  F(PRINCIPAL, NAME, .json="name", .column="name", .type=PAL_T_TEXT, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="name") \
  F(PRINCIPAL, HOME, .json="home", .type=PAL_T_RECORD, .kind=&pal_kind_OBJECT, .table="principal_home", .since=1, .label="home account") \
  F(PRINCIPAL, OBJECTS, .json="objects", .type=PAL_T_RECORDS, .kind=&pal_kind_OBJECT, .table="principal_object", .since=1, .label="objects in other tenants") \
  F(PRINCIPAL, OWNER, .json="owner", .column="owner", .type=PAL_T_ENUM, .words=pal_words_owner, .fallback="us", .since=1, .label="owner") \
  F(PRINCIPAL, PURPOSE, .json="purpose", .column="purpose", .type=PAL_T_ENUM, .words=pal_words_purpose, .since=1, .label="purpose") \
  F(PRINCIPAL, LINK_EXPECTED, .json="linkExpected", .column="link_expected", .type=PAL_T_BOOL, .since=1, .label="link expected") \
  F(PRINCIPAL, LEFT, .json="left", .column="left_date", .type=PAL_T_DATE, .since=1, .label="left on")

#define PAL_FIELDS_ESTATE(F) \
  F(ESTATE, CUSTOMERS, .json="customers", .type=PAL_T_RECORDS, .kind=&pal_kind_CUSTOMER, .table="customer", .since=1, .label="customers") \
  F(ESTATE, PRINCIPALS, .json="principals", .type=PAL_T_RECORDS, .kind=&pal_kind_PRINCIPAL, .table="principal", .since=1, .label="people and apps")

#define PAL_FIELDS_WAIVER(F) \
  F(WAIVER, ID, .json="id", .column="id", .type=PAL_T_TEXT, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="id", .max=64) \
  F(WAIVER, FINGERPRINT, .json="fingerprint", .column="fingerprint", .type=PAL_T_TEXT, .since=1, .label="fingerprint") \
  F(WAIVER, POLICY, .json="policy", .column="policy", .type=PAL_T_TEXT, .since=1, .label="policy") \
  F(WAIVER, TENANT, .json="tenant", .column="tenant", .type=PAL_T_GUID, .since=1, .label="tenant") \
  F(WAIVER, SUBJECT, .json="subject", .column="subject", .type=PAL_T_TEXT, .since=1, .label="subject") \
  F(WAIVER, KEY, .json="key", .column="key", .type=PAL_T_TEXT, .since=1, .label="key") \
  F(WAIVER, PINS, .json="pins", .column="pins", .type=PAL_T_JSON, .since=1, .label="pinned facts", .help="Object: result column -> value; the acceptance lapses when one changes.") \
  F(WAIVER, REASON, .json="reason", .column="reason", .type=PAL_T_TEXT, .since=1, .label="reason") \
  F(WAIVER, OWNER, .json="owner", .column="owner", .type=PAL_T_TEXT, .since=1, .label="owner") \
  F(WAIVER, REQUESTER, .json="requester", .column="requester", .type=PAL_T_TEXT, .since=1, .label="requester") \
  F(WAIVER, APPROVER, .json="approver", .column="approver", .type=PAL_T_TEXT, .since=1, .label="approver", .help="Never the requester.") \
  F(WAIVER, TICKET, .json="ticket", .column="ticket", .type=PAL_T_TEXT, .since=1, .label="ticket") \
  F(WAIVER, FROM, .json="from", .column="from_date", .type=PAL_T_DATE, .since=1, .label="from") \
  F(WAIVER, UNTIL, .json="until", .column="until_date", .type=PAL_T_DATE, .since=1, .label="until", .help="Inclusive UTC date.") \
  F(WAIVER, APPROVED, .json="approved", .column="approved", .type=PAL_T_INSTANT, .since=1, .label="approved", .help="When the approver signed it; part of what is signed.") \
  F(WAIVER, SIGNATURE, .json="signature", .type=PAL_T_TEXT, .since=1, .label="signature", .help="The approver's, in the SSHSIG format, namespace palscan-waiver, over the canonical line of the acceptance without this field and with a newline at its end.")

#define PAL_FIELDS_WAIVERS(F) \
  F(WAIVERS, WAIVERS, .json="waivers", .type=PAL_T_RECORDS, .kind=&pal_kind_WAIVER, .table="waiver", .flags=PAL_REQUIRED, .since=1, .label="risk acceptances")

#define PAL_FIELDS_REVIEW(F) \
  F(REVIEW, ID, .json="id", .column="id", .type=PAL_T_TEXT, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="id") \
  F(REVIEW, SCOPE, .json="scope", .column="scope", .type=PAL_T_ENUM, .words=pal_words_review, .flags=PAL_REQUIRED, .since=1, .label="scope") \
  F(REVIEW, COMMIT, .json="commit", .column="commit_id", .type=PAL_T_TEXT, .flags=PAL_REQUIRED, .since=1, .label="snapshot") \
  F(REVIEW, REVIEWER, .json="reviewer", .column="reviewer", .type=PAL_T_TEXT, .flags=PAL_REQUIRED, .since=1, .label="reviewer") \
  F(REVIEW, SIGNED, .json="signed", .column="signed", .type=PAL_T_INSTANT, .flags=PAL_REQUIRED, .since=1, .label="signed") \
  F(REVIEW, TENANTS, .json="tenants", .column="tenants", .type=PAL_T_GUIDS, .since=1, .label="tenants", .help="Customers it speaks of; absent: all.")

#define PAL_FIELDS_REVIEWS(F) \
  F(REVIEWS, REVIEWS, .json="reviews", .type=PAL_T_RECORDS, .kind=&pal_kind_REVIEW, .table="review", .flags=PAL_REQUIRED, .since=1, .label="reviews")

#define PAL_FIELDS_LINK_WRITE(F) \
  F(LINK_WRITE, AT, .json="at", .column="at", .type=PAL_T_INSTANT, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="at", .help="Just before the request was sent.") \
  F(LINK_WRITE, TENANT_ID, .json="tenantId", .column="tenant_id", .type=PAL_T_GUID, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="tenant") \
  F(LINK_WRITE, OBJECT_ID, .json="objectId", .column="object_id", .type=PAL_T_GUID, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="object", .help="Whose link it is, and who signed in.") \
  F(LINK_WRITE, IDENTITY, .json="identity", .column="identity", .type=PAL_T_NAME, .flags=PAL_REQUIRED, .since=1, .label="identity", .help="Its name in the configuration.") \
  F(LINK_WRITE, BY, .json="by", .column="by_account", .type=PAL_T_TEXT, .since=1, .label="run by", .max=256, .help="Account of the host that ran palscan.") \
  F(LINK_WRITE, KIND, .json="kind", .column="kind", .type=PAL_T_ENUM, .words=pal_words_write, .flags=PAL_REQUIRED, .since=1, .label="kind") \
  F(LINK_WRITE, PARTNER_ID, .json="partnerId", .column="partner_id", .type=PAL_T_DIGITS, .flags=PAL_REQUIRED, .since=1, .label="partner ID", .help="To be linked; of a deletion: that was linked.") \
  F(LINK_WRITE, PARTNER_BEFORE, .json="partnerIdBefore", .column="partner_id_before", .type=PAL_T_DIGITS, .since=1, .label="partner ID before", .help="Absent: there was no link.") \
  F(LINK_WRITE, VERSION_BEFORE, .json="versionBefore", .column="version_before", .type=PAL_T_INT, .since=1, .label="version before") \
  F(LINK_WRITE, OUTCOME, .json="outcome", .column="outcome", .type=PAL_T_ENUM, .words=pal_words_outcome, .flags=PAL_REQUIRED, .since=1, .label="outcome", .help="done: it stood as planned when it was read again; not-done: it did not; unknown: it could not be read again.") \
  F(LINK_WRITE, PARTNER_AFTER, .json="partnerIdAfter", .column="partner_id_after", .type=PAL_T_DIGITS, .since=1, .label="partner ID after", .help="As it was read again. Absent: no link, or not read.") \
  F(LINK_WRITE, VERSION_AFTER, .json="versionAfter", .column="version_after", .type=PAL_T_INT, .since=1, .label="version after") \
  F(LINK_WRITE, FINDINGS, .json="findings", .column="findings", .type=PAL_T_TEXTS, .since=1, .label="findings", .help="Fingerprints of the findings that it was to put right; absent: none was named.")

#define PAL_FIELDS_CHANGES(F) \
  F(CHANGES, CHANGES, .json="changes", .type=PAL_T_RECORDS, .kind=&pal_kind_LINK_WRITE, .table="link_write", .flags=PAL_REQUIRED, .since=1, .label="changes of links")

/* A line of an allowed_signers file, ssh-keygen(1). */
#define PAL_FIELDS_SIGNER(F) \
  F(SIGNER, PRINCIPALS, .json="principals", .type=PAL_T_TEXT, .flags=PAL_REQUIRED, .since=1, .label="people", .help="Patterns with * and ?, separated by commas, as the approver of an acceptance is written.") \
  F(SIGNER, VALID_AFTER, .json="validAfter", .type=PAL_T_INSTANT, .since=1, .label="valid after") \
  F(SIGNER, VALID_BEFORE, .json="validBefore", .type=PAL_T_INSTANT, .since=1, .label="valid before") \
  F(SIGNER, KEY, .json="key", .type=PAL_T_TEXT, .flags=PAL_REQUIRED, .since=1, .label="public key", .help="Type and base64, as in authorized_keys.")

#define PAL_FIELDS_SCANNER(F) \
  F(SCANNER, NAME, .json="name", .column="name", .type=PAL_T_NAME, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="name") \
  F(SCANNER, TYPE, .json="type", .column="type", .type=PAL_T_ENUM, .words=pal_words_credential, .flags=PAL_REQUIRED, .since=1, .label="credential type") \
  F(SCANNER, TENANT_ID, .json="tenantId", .column="home_tenant_id", .type=PAL_T_GUID, .since=1, .label="home tenant") \
  F(SCANNER, CLIENT_ID, .json="clientId", .column="client_id", .type=PAL_T_GUID, .since=1, .label="application") \
  F(SCANNER, ALL, .json="all", .column="is_all", .type=PAL_T_BOOL, .since=1, .label="every tenant", .help="tenants was \"all\".") \
  F(SCANNER, TENANTS, .json="tenants", .column="tenants", .type=PAL_T_GUIDS, .since=1, .label="tenants", .help="The list, when it was not \"all\".")

/* Origins, https://host[:port]. */
#define PAL_SERVICE_FIELDS_(F, K) \
  F(K, METADATA, .json="metadata", .type=PAL_T_TEXT, .since=1, .label="metadata endpoint", .help="Of an Azure Stack Hub: its Resource Manager, https://management.REGION.DOMAIN, which is asked for sign-in and audience. Everything it names must lie under REGION.DOMAIN, or be a service of a built-in cloud. No other endpoint is named beside it, but the audience may be.") \
  F(K, AUDIENCE, .json="audience", .type=PAL_T_TEXT, .since=1, .label="audience", .help="Of tokens for Resource Manager, such as https://management.DIRECTORY.onmicrosoft.com/ID. Absent: what the metadata say, else the origin of Resource Manager.") \
  F(K, AUTHORITY, .json="authority", .type=PAL_T_TEXT, .since=1, .label="sign-in", .help="Origin of the token endpoints.") \
  F(K, RESOURCE_MANAGER, .json="resourceManager", .type=PAL_T_TEXT, .since=1, .label="Resource Manager", .help="Origin.") \
  F(K, GRAPH, .json="graph", .type=PAL_T_TEXT, .since=1, .label="Graph", .help="Origin of Microsoft Graph. Absent: what is read from it is not applicable there.") \
  F(K, POWER_PLATFORM, .json="powerPlatform", .type=PAL_T_TEXT, .since=1, .label="Power Platform", .help="Origin; not used by this version.") \
  F(K, POWER_APPS, .json="powerApps", .type=PAL_T_TEXT, .since=1, .label="Power Apps", .help="Origin; not used by this version.") \
  F(K, FLOW, .json="flow", .type=PAL_T_TEXT, .since=1, .label="Power Automate", .help="Origin; not used by this version.") \
  F(K, POWER_BI, .json="powerBi", .type=PAL_T_TEXT, .since=1, .label="Power BI", .help="Origin; not used by this version.") \
  F(K, CUSTOMER_INSIGHTS, .json="customerInsights", .type=PAL_T_TEXT, .since=1, .label="Customer Insights", .help="Origin; not used by this version.") \
  F(K, PARTNER_CENTER, .json="partnerCenter", .type=PAL_T_TEXT, .since=1, .label="Partner Center", .help="Origin; not used by this version.")

#define PAL_FIELDS_ENDPOINTS(F) PAL_SERVICE_FIELDS_(F, ENDPOINTS)

#define PAL_FIELDS_CLOUD(F) \
  F(CLOUD, NAME, .json="name", .type=PAL_T_NAME, .flags=PAL_REQUIRED, .label="name", .help="Lower-case letters, digits and hyphens; it appears in snapshots.") \
  F(CLOUD, CA_FILE, .json="caFile", .type=PAL_T_TEXT, .label="certificate authority", .help="PEM file with the certificates that vouch for the hosts of this cloud, and for no others; the system's do not vouch for them then. Nobody but its owner may be able to write it. Absent: the system's certificates.") \
  PAL_SERVICE_FIELDS_(F, CLOUD)

#define PAL_FIELDS_SETTINGS(F) \
  F(SETTINGS, CLOUD, .json="cloud", .type=PAL_T_TEXT, .flags=PAL_REQUIRED, .since=1, .label="cloud") \
  F(SETTINGS, ENDPOINTS, .json="endpoints", .type=PAL_T_RECORD, .kind=&pal_kind_ENDPOINTS, .since=1, .label="endpoints", .help="Of a cloud that is not built in.") \
  F(SETTINGS, COLLECT, .json="collect", .type=PAL_T_TEXTS, .flags=PAL_REQUIRED, .since=1, .label="areas") \
  F(SETTINGS, NAMES, .json="names", .type=PAL_T_ENUM, .words=pal_words_names, .flags=PAL_REQUIRED, .since=1, .label="names") \
  F(SETTINGS, USAGE_WINDOW, .json="usageWindowMonths", .type=PAL_T_INT, .min=1, .max=12, .flags=PAL_REQUIRED, .since=1, .label="usage window in months", .help="Closed UTC months before the current one.") \
  F(SETTINGS, IDENTITIES, .json="identities", .type=PAL_T_RECORDS, .kind=&pal_kind_SCANNER, .table="scanner", .since=1, .label="identities") \
  F(SETTINGS, DISABLE, .json="disable", .type=PAL_T_TEXTS, .since=1, .label="disabled policies") \
  F(SETTINGS, SEVERITY, .json="severity", .type=PAL_T_JSON, .since=1, .label="severities") \
  F(SETTINGS, PARAMETERS, .json="parameters", .type=PAL_T_JSON, .since=1, .label="parameters") \
  F(SETTINGS, APPROVERS, .json="approvers", .type=PAL_T_RECORDS, .kind=&pal_kind_SIGNER, .since=1, .label="approvers", .help="Whose signatures under risk acceptances counted; absent: none were asked for.")

#define PAL_FIELDS_LAST_FULL(F) \
  F(LAST_FULL, SEQUENCE, .json="sequence", .type=PAL_T_INT, .flags=PAL_REQUIRED, .since=1, .label="sequence") \
  F(LAST_FULL, STARTED, .json="started", .type=PAL_T_INSTANT, .flags=PAL_REQUIRED, .since=1, .label="started")

#define PAL_FIELDS_PARTIAL_RUN(F) \
  F(PARTIAL_RUN, SEQUENCE, .json="sequence", .type=PAL_T_INT, .flags=PAL_KEY|PAL_REQUIRED, .since=1, .label="sequence") \
  F(PARTIAL_RUN, STARTED, .json="started", .type=PAL_T_INSTANT, .flags=PAL_REQUIRED, .since=1, .label="started") \
  F(PARTIAL_RUN, TENANTS, .json="tenants", .type=PAL_T_GUIDS, .flags=PAL_REQUIRED, .since=1, .label="tenants", .help="Those of its scope that no later run before this one had in scope.")

#define PAL_FIELDS_HISTORY(F) \
  F(HISTORY, FIRST_RUN, .json="firstRun", .type=PAL_T_INSTANT, .since=1, .label="first run") \
  F(HISTORY, LAST_FULL, .json="lastFull", .type=PAL_T_RECORD, .kind=&pal_kind_LAST_FULL, .since=1, .label="last full run") \
  F(HISTORY, PARTIAL, .json="partial", .type=PAL_T_RECORDS, .kind=&pal_kind_PARTIAL_RUN, .since=1, .label="partial runs", .help="Runs of partial scope since the last full one and before this one.") \
  F(HISTORY, SCOPE, .json="scope", .type=PAL_T_GUIDS, .since=1, .label="scope", .help="Tenants in the scope of this run; absent: all.") \
  F(HISTORY, IDENTITIES, .json="identities", .type=PAL_T_TEXTS, .since=1, .label="identities", .help="The identities this run asked, when not all; what only others read stands as they last read it.")

#define PAL_FIELDS_FORMAT(F) \
  F(FORMAT, FORMAT, .json="format", .type=PAL_T_TEXT, .flags=PAL_REQUIRED, .since=1, .label="format", .help="palscan-snapshot") \
  F(FORMAT, VERSION, .json="version", .type=PAL_T_INT, .flags=PAL_REQUIRED, .since=1, .label="format version") \
  F(FORMAT, JUDGE, .json="judge", .type=PAL_T_INT, .flags=PAL_REQUIRED, .since=1, .label="version of the judge")

#define PAL_FIELDS_SESSION(F) \
  F(SESSION, FORMAT, .json="format", .type=PAL_T_TEXT, .flags=PAL_REQUIRED, .since=1, .label="format", .help="palscan-recording") \
  F(SESSION, VERSION, .json="version", .type=PAL_T_INT, .flags=PAL_REQUIRED, .since=1, .label="format version") \
  F(SESSION, STARTED, .json="started", .type=PAL_T_INSTANT, .flags=PAL_REQUIRED, .since=1, .label="started", .help="The clock of a replay.") \
  F(SESSION, FINISHED, .json="finished", .type=PAL_T_INSTANT, .since=1, .label="finished") \
  F(SESSION, PROGRAM, .json="program", .type=PAL_T_TEXT, .since=1, .label="program", .help="palscan and its version.") \
  F(SESSION, ORIGIN, .json="origin", .type=PAL_T_TEXT, .since=1, .label="origin", .help="Where the exchanges came from, in words.") \
  F(SESSION, SETTINGS, .json="settings", .type=PAL_T_RECORD, .kind=&pal_kind_SETTINGS, .flags=PAL_REQUIRED, .since=1, .label="settings")

#define PAL_FIELDS_CREDENTIAL(F) \
  F(CREDENTIAL, TYPE, .json="type", .type=PAL_T_ENUM, .words=pal_words_credential, .flags=PAL_REQUIRED, .label="type", .help="How the identity signs in.") \
  F(CREDENTIAL, TENANT_ID, .json="tenantId", .type=PAL_T_GUID, .label="home tenant", .help="The tenant the identity is at home in.") \
  F(CREDENTIAL, CLIENT_ID, .json="clientId", .type=PAL_T_GUID, .label="application", .help="Application (client) id.") \
  F(CREDENTIAL, SECRET_FILE, .json="secretFile", .type=PAL_T_TEXT, .flags=PAL_SECRET, .label="secret file", .help="File with the client secret; mode 0600.") \
  F(CREDENTIAL, SECRET_ENV, .json="secretEnv", .type=PAL_T_TEXT, .flags=PAL_SECRET, .label="secret variable", .help="Environment variable with the client secret.") \
  F(CREDENTIAL, CERTIFICATE_FILE, .json="certificateFile", .type=PAL_T_TEXT, .flags=PAL_SECRET, .label="certificate file", .help="PEM (in any order, the key encrypted or not) or PFX with certificate and RSA key; mode 0600.") \
  F(CREDENTIAL, PASSWORD_ENV, .json="passwordEnv", .type=PAL_T_TEXT, .flags=PAL_SECRET, .label="password variable", .help="Environment variable with the password of the certificate file.") \
  F(CREDENTIAL, TOKEN_FILE, .json="tokenFile", .type=PAL_T_TEXT, .flags=PAL_SECRET, .label="token file", .help="File with a token: an access token (token-file), a refresh token (device-code) or a federated token (workload-identity; absent: the file that AZURE_FEDERATED_TOKEN_FILE names).") \
  F(CREDENTIAL, AZ_PATH, .json="azPath", .type=PAL_T_TEXT, .label="path of az", .help="Absolute path of the Azure CLI; absent: where packages put it.") \
  F(CREDENTIAL, CLOUD, .json="cloud", .type=PAL_T_TEXT, .label="cloud", .help="The cloud the credential is for; one that comes from where palscan runs must name a cloud that is not built in.")

#define PAL_FIELDS_IDENTITY_CONFIG(F) \
  F(IDENTITY_CONFIG, NAME, .json="name", .type=PAL_T_NAME, .flags=PAL_KEY|PAL_REQUIRED, .label="name", .help="Lower-case letters, digits and hyphens; it appears in snapshots.") \
  F(IDENTITY_CONFIG, CREDENTIAL, .json="credential", .type=PAL_T_RECORD, .kind=&pal_kind_CREDENTIAL, .flags=PAL_REQUIRED, .label="credential", .help="How it signs in.") \
  F(IDENTITY_CONFIG, TENANTS, .json="tenants", .type=PAL_T_JSON, .fallback="\"all\"", .label="tenants", .help="\"all\": every active customer of the estate and every tenant it discovers; or a list of tenant ids. Where an application does not live (AADSTS700016) its link is unknown, since an error never says that there is none, and the customer stays incomplete: list the tenants in which it does.")

#define PAL_FIELDS_POLICY_CONFIG(F) \
  F(POLICY_CONFIG, DIRECTORIES, .json="directories", .type=PAL_T_TEXTS, .label="directories", .help="Folders with own policies.") \
  F(POLICY_CONFIG, DISABLE, .json="disable", .type=PAL_T_TEXTS, .label="disabled policies", .help="Ids of policies that are not applied; every report says so.") \
  F(POLICY_CONFIG, SEVERITY, .json="severity", .type=PAL_T_JSON, .label="severities", .help="Object: policy id -> severity.") \
  F(POLICY_CONFIG, PARAMETERS, .json="parameters", .type=PAL_T_JSON, .label="parameters", .help="Object: recognitionRoles (auto, pec, any), defaultIsDecision, marketplaceIsAutomatic, expiryDays, staleDays, graceDays, reviewDays, maxGapHours, declaredMaxAgeDays, slaCriticalDays, slaHighDays, slaMediumDays, slaLowDays, waiverMaxDays.")

#define PAL_FIELDS_SIGN_CONFIG(F) \
  F(SIGN_CONFIG, KEY, .json="key", .type=PAL_T_TEXT, .flags=PAL_SECRET, .label="key", .help="Private key that signs snapshots; mode 0600.") \
  F(SIGN_CONFIG, SIGNERS, .json="signers", .type=PAL_T_TEXT, .label="signers", .help="Allowed signers file, outside the repository.") \
  F(SIGN_CONFIG, APPROVERS, .json="approvers", .type=PAL_T_TEXT, .label="approvers", .help="File with the public keys of those who approve risk acceptances, in the form of allowed signers (ssh-keygen(1)): NAME namespaces=\"palscan-waiver\" ssh-ed25519 AAAA…, the name as the acceptance writes its approver. With it an acceptance counts only when its approver signed it (palscan waive approve). Outside the repository; only its owner may be able to write it.")

#define PAL_FIELDS_NOTIFY_CONFIG(F) \
  F(NOTIFY_CONFIG, TYPE, .json="type", .type=PAL_T_ENUM, .words=pal_words_notify, .flags=PAL_REQUIRED, .label="type", .help="webhook, smtp or command.") \
  F(NOTIFY_CONFIG, URL_FILE, .json="urlFile", .type=PAL_T_TEXT, .flags=PAL_SECRET, .label="address file", .help="Of a webhook: file with its https address, which counts as a secret; mode 0600.") \
  F(NOTIFY_CONFIG, FORMAT, .json="format", .type=PAL_T_ENUM, .words=pal_words_digest, .fallback="teams", .label="format", .help="Of a webhook: teams (an Adaptive Card, as Teams workflows take it), slack, or json (snapshots/outputs/digest.schema.json).") \
  F(NOTIFY_CONFIG, SERVER, .json="server", .type=PAL_T_TEXT, .label="mail server", .help="Of smtp: smtp://host:587 (STARTTLS, without which nothing is sent) or smtps://host:465.") \
  F(NOTIFY_CONFIG, FROM, .json="from", .type=PAL_T_TEXT, .label="sender", .help="Of smtp: the mail address it comes from.") \
  F(NOTIFY_CONFIG, TO, .json="to", .type=PAL_T_TEXTS, .flags=PAL_MANY, .label="recipients", .help="Of smtp: the mail addresses it goes to.") \
  F(NOTIFY_CONFIG, USER, .json="user", .type=PAL_T_TEXT, .label="user", .help="Of smtp: who signs in to the server; absent: nobody does.") \
  F(NOTIFY_CONFIG, PASSWORD_FILE, .json="passwordFile", .type=PAL_T_TEXT, .flags=PAL_SECRET, .label="password file", .help="Of smtp: file with the password of user; mode 0600.") \
  F(NOTIFY_CONFIG, PASSWORD_ENV, .json="passwordEnv", .type=PAL_T_TEXT, .flags=PAL_SECRET, .label="password variable", .help="Of smtp: environment variable with the password of user.") \
  F(NOTIFY_CONFIG, COMMAND, .json="command", .type=PAL_T_JSON, .label="command", .help="Of command: list of texts, an absolute path and arguments; no shell. It gets the digest as JSON on its standard input.") \
  F(NOTIFY_CONFIG, CA_FILE, .json="caFile", .type=PAL_T_TEXT, .label="certificates", .help="PEM file with the authority that vouches for the receiver's server; absent: the system's.") \
  F(NOTIFY_CONFIG, ON, .json="on", .type=PAL_T_TEXTS, .flags=PAL_MANY, .label="occasions", .help="new: findings opened, reopened or raised. coverage-lost: less was read than in the last full run, or a verdict became unknown. recovered: the opposite, or the first success after a failure. failed: nothing was committed, or no identity could sign in. Absent: all of them; an empty list is refused.") \
  F(NOTIFY_CONFIG, MIN_SEVERITY, .json="minSeverity", .type=PAL_T_ENUM, .words=pal_words_severity, .fallback="high", .label="least severity", .help="New findings below are not told.") \
  F(NOTIFY_CONFIG, DETAILS, .json="details", .type=PAL_T_BOOL, .fallback="true", .label="details", .help="false: numbers only, no names of customers and no texts of findings or errors.")

#define PAL_FIELDS_CONFIG(F) \
  F(CONFIG, REPOSITORY, .json="repository", .type=PAL_T_TEXT, .fallback="snapshots.git", .label="repository", .help="The git repository of the snapshots.") \
  F(CONFIG, CLOUD, .json="cloud", .type=PAL_T_JSON, .kind=&pal_kind_CLOUD, .fallback="\"AzurePublicCloud\"", .label="cloud", .help="AzurePublicCloud, AzureUSGovernment, AzureChinaCloud, or an object that names the endpoints.") \
  F(CONFIG, IDENTITIES, .json="identities", .type=PAL_T_RECORDS, .kind=&pal_kind_IDENTITY_CONFIG, .label="identities", .help="The identities palscan signs in as.") \
  F(CONFIG, COLLECT, .json="collect", .type=PAL_T_TEXTS, .label="areas", .help="links, role-assignments (all of access and groups), usage, delegations. Absent: all of them. Beside them directory: the names of principals (names says which).") \
  F(CONFIG, REGISTRY, .json="registry", .type=PAL_T_TEXT, .fallback="mpn.json", .label="registry", .help="File with the partner's own IDs.") \
  F(CONFIG, ESTATE, .json="estate", .type=PAL_T_TEXT, .label="estate", .help="File with customers and people; optional.") \
  F(CONFIG, WAIVERS, .json="waivers", .type=PAL_T_TEXT, .label="risk acceptances", .help="File with risk acceptances; optional.") \
  F(CONFIG, POLICIES, .json="policies", .type=PAL_T_RECORD, .kind=&pal_kind_POLICY_CONFIG, .label="policies", .help="Which policies apply and how.") \
  F(CONFIG, USAGE_WINDOW, .json="usageWindowMonths", .type=PAL_T_INT, .min=1, .max=12, .fallback="2", .label="usage window", .help="Closed UTC months before the current one in which usage counts.") \
  F(CONFIG, CONCURRENCY, .json="concurrency", .type=PAL_T_INT, .min=1, .max=1024, .fallback="64", .label="concurrency", .help="Requests in flight.") \
  F(CONFIG, NAMES, .json="names", .type=PAL_T_ENUM, .words=pal_words_names, .fallback="ours", .label="names of people", .help="ours: names of our own people only; all; none.") \
  F(CONFIG, SIGN, .json="sign", .type=PAL_T_RECORD, .kind=&pal_kind_SIGN_CONFIG, .label="signing", .help="Who signs what. Risk acceptances: approvers. Signing of snapshots (key, signers) is not available in this version.") \
  F(CONFIG, NOTIFY, .json="notify", .type=PAL_T_RECORDS, .kind=&pal_kind_NOTIFY_CONFIG, .label="notifications", .help="Receivers of the digest after a run; palscan sends one only when there is something to tell.") \
  F(CONFIG, METRICS_FILE, .json="metricsFile", .type=PAL_T_TEXT, .label="metrics file", .help="File for OpenMetrics text about the last run, replaced after each run of the whole estate, also one that failed.")

/* Closed word lists: W(name, words…) */
#define PAL_WORDS(W) \
  W(authorization, "permanent", "eligible") \
  W(identity, "user", "guest", "servicePrincipal", "managedIdentity") \
  W(assurance, "read", "self-declared") \
  W(pim, "eligible", "active") \
  W(used, "yes", "no", "unknown") \
  W(coverage, "complete", "partial", "stale", "unread", "not-applicable", "not-collected", "self-declared") \
  W(class, "access", "attribution", "rule", "completeness") \
  W(severity, "critical", "high", "medium", "low", "info") \
  W(verdict, "fail", "unknown") \
  W(status, "open", "waived", "folded") \
  W(partner, "global", "location") \
  W(partner_status, "active", "pending", "superseded", "closed") \
  W(customer, "active", "offboarding", "offboarded") \
  W(owner, "us", "contractor", "customer") \
  W(purpose, "azure", "power-platform", "scan-only", "break-glass") \
  W(review, "changes", "access") \
  W(write, "create", "update", "delete") \
  W(outcome, "done", "not-done", "unknown") \
  W(names, "ours", "all", "none") \
  W(credential, "client-secret", "client-certificate", "workload-identity", "managed-identity", "device-code", "azure-cli", "token-file", "environment") \
  W(notify, "webhook", "smtp", "command") \
  W(digest, "teams", "slack", "json")

/* clang-format on */
#endif
