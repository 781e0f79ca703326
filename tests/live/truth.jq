# SPDX-License-Identifier: Apache-2.0
# What palscan says ($check, of `check -f json`) and what is so ($truth, of the
# emulator), of the policies in $shipped: a line for each difference.
#
# Wrong is never right: nothing fails that is no violation. Where the truth can be
# read, nothing is missing and nothing is unknown; where it is hidden, or the tenant
# has a lasting fault, it may be unknown but is no pass. Cost that is hidden leaves
# open what depends on usage, a right or a consent that is gone leaves everything open.

# One finding of the registry stands for every tenant that no rule decides.
def subject: if .subjectType == "registry" then ["registry"] else [.tenantId, .subjectType, .subjectId] end;
def is_shipped: .policy as $p | $shipped | any(. == $p);
def text: map(tostring) | join(" ");
# Rules of the books ask nothing of a tenant, so nothing that is unread there keeps them from a verdict.
def of_the_books: . as $p | ["PAL008", "PAL095", "PAL096", "PAL098", "PAL100", "PAL101", "PAL102", "PAL104"] | any(. == $p);
def asks_usage: . as $p | ["PAL013", "PAL036", "PAL050", "PAL051", "PAL053", "PAL056"] | any(. == $p);
# The accounts of a directory are not among what these runs collect.
def asks_directory: . == "PAL043";
def right_is_gone: $truth[0].night == 2 and any(.changes[]; .what == "right-revoked");
def consent_is_gone: $truth[0].night == 2 and any(.changes[]; .what == "consent-revoked");

($truth | map(select(.kind == "tenant"))) as $tenants
| ($tenants | map({key: .tenantId, value: .}) | from_entries) as $of
| ($tenants | map(.lastingFault as $fault | .tenantId as $tenant | .violations[] | select(is_shipped)
    | {key: ([.policy] + (. + {tenantId: $tenant} | subject)), policy, tenantId: $tenant, severity,
       folded: (.foldedUnder != null), readable: (.hidden != true and $fault == null)}) | unique_by(.key)) as $violations
| ($check[0].findings | map({key: ([.policy] + ({tenantId, subjectType: .subject.type, subjectId: .subject.id} | subject)),
    policy, tenantId, severity, verdict, folded: (.status == "folded"), message, details})) as $findings
| ($findings | map(select(.verdict == "fail")) | map({key: (.key | text), value: .}) | from_entries) as $fails
| ($findings | map(select(.verdict == "unknown")) | map({key: ([.policy, .tenantId] | text), value: .}) | from_entries) as $unknowns
| ($violations | map({key: (.key | text), value: .}) | from_entries) as $known
| def scenario: $of[.tenantId] // {} | "\(.scenario // "-") \(.lastingFault // "")";
  def may_be_unknown: . as $f | $of[$f.tenantId] | consent_is_gone or right_is_gone
    or (($f.policy | asks_usage) and any(.subscriptions[]; .usage == "hidden"));
  # That a customer was never read is so where every application is refused.
  def never_read: .policy == "PAL095" and $of[.tenantId].lastingFault == "refuse";
  ($fails | to_entries[] | select($known[.key] == null and (.value | never_read | not)) | "no violation: \(.key) \(.value.severity) (\(.value | scenario)) \(.value.message)"),
  ($violations[] | (.key | text) as $key | $fails[$key] as $fail
    | if $fail != null then
        select(.severity != $fail.severity or (.readable and .folded != $fail.folded))
        | "otherwise: \($key): \(.severity) \(.folded), found \($fail.severity) \($fail.folded) (\(scenario))"
      elif .readable then "missing: \($key) (\(scenario))"
      else select($unknowns[[.policy, .tenantId] | text] == null) | "passed: \($key) (\(scenario))" end),
  ($unknowns[] | $of[.tenantId] as $t | select($t.lastingFault == null and (may_be_unknown | not))
    | "unknown: \(.key | text) (\($t.scenario)) \(.details | tojson)"),
  # Where no application of ours gets a token, nothing has passed.
  ($tenants[] | select(.lastingFault == "refuse" or consent_is_gone) | .tenantId as $tenant
    | $shipped[] | select((of_the_books or asks_directory) | not) | . as $policy
    | select(($findings | any(.policy == $policy and .tenantId == $tenant)) | not)
    | "passed: \($policy) \($tenant) (\($of[$tenant] | {tenantId} | scenario))")
