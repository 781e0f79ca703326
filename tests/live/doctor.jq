# SPDX-License-Identifier: Apache-2.0
# What palscan doctor says ($doctor) and what is so ($truth, of the emulator): a line for each difference.
#
# Every identity is checked in every tenant it lives in, its link is told as it is, and nothing is called missing where
# nothing is wrong. Costs that are hidden are missing by name. In a tenant with a lasting fault something is missing, the
# cause is explained, and where every token is refused that is all there is to say.

($truth | map(select(.kind == "tenant"))) as $tenants
| ($doctor[0].checks | map({key: "\(.identity) \(.tenantId)", value: .}) | from_entries) as $checks
| ($tenants | map(.tenantId as $t | .identities[] | "\(.name) \($t)")) as $expected
| def words_of($fault): {"refuse": "^AADSTS", "wrong-type": "^(malformed item|unexpected shape)$", "endless": "^(page repeats|too many (pages|items))$",
    "foreign-link": "^next page elsewhere$", "huge": "^truncated answer$"}[$fault];
  (($checks | keys) - $expected | .[] | "checked, but nobody lives there: \(.)"),
  ($expected - ($checks | keys) | .[] | "not checked: \(.)"),
  ($tenants[] | . as $t | (.subscriptions | map(.subscriptionId)) as $subscriptions
    | (.subscriptions | map(select(.usage == "hidden") | .subscriptionId)) as $hidden
    | [.identities[] | $checks["\(.name) \($t.tenantId)"] | select(. != null)] as $mine
    | [$mine[].missing[] | select(.elsewhere | not)] as $missing
    | "\($t.tenantId) (\($t.scenario) \($t.lastingFault // ""))" as $where
    | ($missing[] | select(.meaning == null or .remedy == null) | "not explained: \(.code) in \($where)"),
      (if $t.lastingFault == "refuse" then
         $mine[] | select(.signedIn or (.missing | length) != 1 or .missing[0].areas != ["token"] or (.missing[0].code | test(words_of("refuse")) | not))
           | "refused, but told: \(.identity) \(.missing | tojson) in \($where)"
       elif $t.lastingFault != null then
         (if words_of($t.lastingFault) == null or ([$mine[].missing[].code] | any(test(words_of($t.lastingFault)))) then empty
          else "not told: \($t.lastingFault) in \($where): \([$mine[].missing[].code] | unique | tojson)" end)
       else
         ($t.identities[] | . as $i | $checks["\(.name) \($t.tenantId)"] | select(. != null)
           | select(.signedIn | not) | "no token: \(.identity) in \($where)"),
         ($t.identities[] | . as $i | $checks["\(.name) \($t.tenantId)"] | select(. != null)
           | (if $i.linked then ["there", $i.partnerId] else ["none", null] end) as $link
           | select([.link.answer, .link.partnerId] != $link) | "link: \(.identity) \(.link | tojson), is \($link | tojson) in \($where)"),
         (([$mine[].subscriptions.own] | max) as $seen | select($seen != ($subscriptions | length))
           | "subscriptions: \($seen) of \($subscriptions | length) in \($where)"),
         ($missing[] | select(.areas != ["usage"] or ((.units - $hidden) | length) > 0 or .right == null)
           | "called missing: \(tojson) in \($where)"),
         (($hidden - [$missing[] | select(.areas == ["usage"]) | .units[]])[] | "hidden, not told: costs of \(.) in \($where)")
       end))
