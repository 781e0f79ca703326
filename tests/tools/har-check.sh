#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# har-check.sh FOLDER...
# Checks with jq that every .har below the folders is HAR 1.2 (all fields the
# specification requires, with their types), and that every session.json is one.
# Exit 1 names each file that is not.
set -u
LC_ALL=C
export LC_ALL

har='
def is(t): type == t;
def text: is("string");
def num: is("number");
def pairs: is("array") and all(.[]; (.name | text) and (.value | text));
def request:
  (.method | text) and (.url | text) and (.httpVersion | text) and (.cookies | is("array")) and
  (.headers | pairs) and (.queryString | pairs) and (.headersSize | num) and (.bodySize | num) and
  ((has("postData") | not) or (.postData | (.mimeType | text) and (.text | text)));
def response:
  (.status | num) and (.statusText | text) and (.httpVersion | text) and (.cookies | is("array")) and
  (.headers | pairs) and (.redirectURL | text) and (.headersSize | num) and (.bodySize | num) and
  (.content | (.size | num) and (.mimeType | text) and ((has("encoding") | not) or .encoding == "base64"));
def entry:
  (.startedDateTime | text and test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]+)$")) and
  (.time | num) and (.request | request) and (.response | response) and (.cache | is("object")) and
  (.timings | (.send | num) and (.wait | num) and (.receive | num)) and
  all(keys[]; startswith("_") or
    IN("pageref", "startedDateTime", "time", "request", "response", "cache", "timings", "serverIPAddress", "connection", "comment"));
.log | (.version == "1.2") and (.creator | (.name | text) and (.version | text)) and
  (.entries | is("array") and all(.[]; entry))'

session='.format == "palscan-recording" and .version == 1 and (.started | type == "string") and (.settings | type == "object")'

failed=0
count=0
list=$(find "$@" -type f \( -name '*.har' -o -name session.json \) | sort) || exit 1
for file in $list; do
  count=$((count + 1))
  case $file in
  *.har) filter=$har ;;
  *) filter=$session ;;
  esac
  if ! jq -e "$filter" "$file" >/dev/null; then
    echo "FAILED: $file" >&2
    failed=1
  fi
done
echo "$count files"
[ "$count" -gt 0 ] || failed=1
exit "$failed"
