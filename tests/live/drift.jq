# SPDX-License-Identifier: Apache-2.0
# What palscan says became different ($diff, of `diff -f json`) and what the
# emulator's truth ($truth, of the second night) lists: a line for each difference.
# Of a tenant with a lasting fault nothing need be said, but nothing may be invented.

def text: map(tostring) | join(" ");
# The subscription an assignment belongs to.
def subscription: .id | split("/")[2];

{"link-added": "link.added", "link-removed": "link.removed", "link-changed": "link.changed",
 "subscription-state": "subscription.changed", "subscription-name": "subscription.changed",
 "assignment-added": "role.granted", "assignment-removed": "role.revoked", "usage-stopped": "usage.stopped",
 "delegation-changed": "delegation.changed"} as $kinds
| ($truth | map(select(.kind == "tenant"))) as $tenants
| ($tenants | map({key: .tenantId, value: .}) | from_entries) as $of
# Whoever may no longer see a subscription, and nobody else of ours can: it is no longer visible. Where another tenant
# lists it as well it stays, seen from there only, which is a change of it.
# A subscription names who manages it. The number of writes of a link is no change of it: PAL017 tells that.
# What lay above it was not seen to go. Where an application is refused nothing is read: only completeness is lost.
| ($tenants | map(.tenantId as $tenant | .subscriptions as $subs | .lastingFault as $fault | .changes[]
    | if .what == "right-revoked" then $subs[]
        | {key: [if .alsoListedBy then "subscription.changed" else "subscription.removed" end, $tenant, .subscriptionId]}
      elif .what == "consent-revoked" or .what == "usage-hidden" or .what == "link-rewritten" then empty
      elif .what == "delegation-renewed" then {key: ["delegation.added", $tenant, .subjectId]}, {key: ["delegation.removed", $tenant, .subjectId]}
      elif .what == "delegation-removed" then
        {key: ["delegation.removed", $tenant, .subjectId]}, {key: ["subscription.changed", $tenant, (.subjectId | split("/")[2])]}
      else {key: [$kinds[.what], $tenant, .subjectId]} end
    | .readable = ($fault == null)) | map(.key |= text)) as $changes
| ($diff[0].changes | map(select(.kind | startswith("coverage.") | not)
    | {key: ([.kind, .tenantId, if .kind | startswith("role.") then (.after // .before) | subscription else .subject.id end] | text)})) as $found
| ($found | map(.key)) as $said | ($changes | map(.key)) as $known
| ($said - $known | .[] | "invented: \(.)"),
  ($said | group_by(.)[] | select(length > 1) | "said \(length) times: \(.[0])"),
  ($changes[] | select(.readable and (.key as $k | $said | any(. == $k) | not)) | "not said: \(.key)"),
  ($diff[0].changes[] | select(.kind == "coverage.lost") | $of[.tenantId]
    | select(.lastingFault == null and (.changes | any(.what == "consent-revoked" or .what == "right-revoked" or .what == "usage-hidden") | not)) | "completeness lost: \(.tenantId) (\(.scenario))")
