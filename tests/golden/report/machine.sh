#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# machine.sh SOURCE-FOLDER
# Reads the golden JSON and CSV with readers that are not ours: jq, Python's csv
# and, where it is installed, jsonschema. Exit 77 (skipped) without jq.
set -u
LC_ALL=C.UTF-8
export LC_ALL
root=$1
golden=$root/tests/golden/report
schemas=$root/snapshots/outputs
failed=0

fail() {
  echo "FAILED: $*" >&2
  failed=1
}

# expect FILE FILTER: the filter gives true.
expect() {
  jq -e "$2" "$golden/$1" >/dev/null || fail "$1: $2"
}

command -v jq >/dev/null || exit 77

for file in findings.json empty.json; do
  expect "$file" 'keys_unsorted == ["formatVersion","snapshot","rules","coverage","summary","acceptances","findings"]'
  expect "$file" '.formatVersion == 1'
  expect "$file" '.snapshot | keys_unsorted == ["commit","started","kind"]'
  expect "$file" '.rules | keys_unsorted == ["shipped","changed","disabled","lowered","own"]'
  expect "$file" '.coverage | keys_unsorted == ["tenants","complete","units"]'
  expect "$file" '.summary | keys_unsorted == ["critical","high","medium","low","info","waived","unknown","folded"]'
  expect "$file" '[.findings[] | keys_unsorted[-1]] - ["remediation"] == []'
  expect "$file" '([.summary[]] | add) == (.findings | length)'
  expect "$file" '.summary.folded == ([.findings[] | select(.status == "folded")] | length)'
  expect "$file" '.summary.waived == ([.findings[] | select(.status == "waived")] | length)'
  expect "$file" '.summary.unknown == ([.findings[] | select(.status == "open" and .verdict == "unknown")] | length)'
  expect "$file" '.summary.critical == ([.findings[] | select(.status == "open" and .verdict == "fail" and .severity == "critical")] | length)'
  expect "$file" '.coverage as $c | $c.complete <= $c.tenants'
done
for file in findings.json changes.json; do
  expect "$file" '[.. | objects | select(has("fingerprint"))] | length > 0 and all(.since != null and .lastVerified != null)'
  expect "$file" '[.. | objects | select(has("fingerprint")) | keys_unsorted - ["waiver","lapsed","remediation"]] | unique == [["policy","title","class","severity","verdict","status","tenantId","tenantName","subject","message","details","fingerprint","since","lastVerified"]]'
  expect "$file" '[.. | objects | select(has("subject")) | .subject | keys_unsorted] | unique == [["type","id","name"]]'
done
for file in changes.json quiet.json; do
  expect "$file" 'keys_unsorted == ["formatVersion","from","to","changes","findings"]'
  expect "$file" '[.from, .to] | map(keys_unsorted) | unique == [["commit","started"]]'
  expect "$file" '.findings | keys_unsorted == ["opened","changed","resolved"]'
  expect "$file" '[.changes[] | keys_unsorted] | unique - [["kind","tenantId","subject","before","after"]] == []'
done
expect findings.json '[.findings[].tenantName | strings | select(contains("\u001b[2J"))] | length == 1'
expect quiet.json '.changes == [] and ([.findings[][]] == [])'
expect table.json 'length == 3 and (.[0] | keys_unsorted == ["tenant","name","links","note"])'
expect table-plain.json '.[0] | type == "array"'
for schema in check diff digest doctor; do
  jq -e '[.. | objects | select(.type == "object" and has("properties")) | .additionalProperties == false and ((.required | sort) == (.properties | keys))] | length > 0 and all' \
    "$schemas/$schema.schema.json" >/dev/null || fail "$schema.schema.json: an object is open"
done

if command -v python3 >/dev/null; then
  python3 "$golden/machine.py" "$golden" "$schemas" || failed=1
fi
exit "$failed"
