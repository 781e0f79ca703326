#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# make_hostile.sh DEMO TARGET - the demo estate with every name that a tenant
# chooses replaced by a text that would do harm on a terminal, in a spreadsheet,
# a shell, a log or a commit message, if it came through. The two nights get
# different ones, so that changes show them too. Writes TARGET/night-1, night-2
# and the partner's own files, whose names are hostile as well.
set -euo pipefail
demo=$1
target=$2
mkdir -p "$target"

# A program of jq: the texts, and what of a document is a name.
cat >"$target/hostile.jq" <<'JQ'
def texts: [
  "\u001b[31mred\u001b[0m", "\u001b]0;title\u0007", "\u001b]8;;http://evil.example/\u0007click\u001b]8;;\u0007", "\u009b31m\u0085next",
  "\u202egnp.exe\u202c", "a\u2066b\u2069\u061cc", "zero\u200bwidth\u200d\ufeff", "soft\u00adhyphen\u2060", "\u2028line\u2029paragraph",
  "one\ntwo", "one\r\nPalscan-Kind: scan\r\n", "tab\there", "back\bspace\u007f\u0000nul", "\ufff9note\ufffb", "tag\udb40\udc41\udb40\udc7f",
  "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1:A9)", "\t=1", "\r=1", "'=1", "''", "\"; DROP TABLE link; --", "%s%n%d%%",
  "$(touch pwned)", "`touch pwned`", "; touch pwned #", "../../../../etc/passwd", "::error::boom", "##[error]boom", "\n::set-output name=x::y",
  "<script>alert(1)</script>", "a|b|c", "[x](javascript:1)", "{\"partnerId\":\"1\"}", "a,b;c\"d\"\"e", "\\u001b[31m", "\\", "", " ",
  "caf\u00e9 \u5ba2\u6237 \ud83c\udf55", "e\u0301\u0301\u0301\u0301", "\u0130\u0131", ("long " * 4000), ("\u001b[5m" * 300)
];
def pick($n): texts | .[$n % length];
def is_name: IN("displayName", "partnerName", "defaultDomain", "roleName", "registrationDefinitionName", "managedByTenantName",
  "manageeTenantName", "principalIdDisplayName", "denyAssignmentName", "description", "condition", "conditionVersion", "message", "quotaId",
  "spendingLimit", "authorizationSource", "publisher", "product", "tenantType", "name", "assignmentType", "memberType", "owner", "reason",
  "organization", "purposeText", "ticket");
# Names become texts one after another; ids, addresses and states stay.
def spoil($seed): . as $doc
  | [paths(strings) | select((.[-1] | type == "string" and is_name) or (.[-2:] | length == 2 and .[0] == "domains" and (.[1] | type == "number"))
      or (length > 2 and .[-3] == "rows"))
    | select(. as $path | $doc | getpath($path) | test("^[0-9a-f]{8}-[0-9a-f-]{27}$|^[0-9]+$|^/") | not)] as $names
  | reduce range($names | length) as $i ($doc; setpath($names[$i]; pick($seed + $i)));
JQ

# Names of a configuration or of columns are no tenant's choice.
cat >"$target/har.jq" <<'JQ'
include "hostile";
.log.entries |= [range(length) as $i | .[$i]
  | if (.request.url | contains("/oauth2/")) or (.response.content.text // "" | startswith("{") | not) then .
    else .response.content.text |= (fromjson
      | (.properties.columns? // null) as $columns
      | spoil($seed + 7 * $i)
      | if $columns then .properties.columns = $columns | .name = "x" else . end
      | tojson) end]
JQ

seed=0
for night in night-1 night-2; do
  for har in "$demo/$night"/*/*.har; do
    folder=$(basename "$(dirname "$har")")
    mkdir -p "$target/$night/$folder"
    jq -c -L "$target" --argjson seed "$seed" -f "$target/har.jq" "$har" >"$target/$night/$folder/$(basename "$har")"
    seed=$((seed + 3))
  done
  cp "$demo/$night/session.json" "$target/$night/"
  seed=$((seed + 5))
done
cp "$demo/palscan.json" "$target/"
sed 's#^//.*##' "$demo/mpn.json" | jq -L "$target" 'include "hostile"; (.ids[] |= (. as $id | .name = pick($id.id | tonumber))) | .organization = pick(3)' >"$target/mpn.json"
# Half of the customers are named by the estate, the others by their tenants.
sed 's#^//.*##' "$demo/estate.json" | jq -L "$target" 'include "hostile";
  .customers |= [range(length) as $i | .[$i] | if $i % 2 == 0 then .name = pick($i) else del(.name) end | .owner = pick($i + 1)
    | if .acceptedGaps then .acceptedGaps[].reason = pick($i) else . end]
  | .principals |= [range(length) as $i | .[$i] | .name = "\($i) \(pick($i + 20))"]' >"$target/estate.json"
sed 's#^//.*##' "$demo/waivers.json" | jq -L "$target" 'include "hostile"; .waivers[] |= (.reason = pick(1) | .owner = pick(4) | .requester = pick(15) | .approver = pick(24) | .ticket = pick(25))' >"$target/waivers.json"
# A NUL in a file that a person writes is refused, not escaped.
sed -i 's/\\u0000//g' "$target/mpn.json" "$target/estate.json" "$target/waivers.json"
rm "$target/hostile.jq" "$target/har.jq"
