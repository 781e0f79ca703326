#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# fences.sh SOURCE-FOLDER COMPILE-COMMANDS LAYER...   (layers from the bottom up)
#
# Tries to compile, with each layer's own compiler command, an include of every
# other layer's headers and of every library's. What architecture allows must
# compile; what it forbids must fail, and fail for that reason.
set -u
LC_ALL=C # the compiler's messages
export LC_ALL
root=$1
commands=$2
shift 2
probe=$(mktemp -d) || exit 1
trap 'rm -rf "$probe"' EXIT
failed=0
tried=0

# command_of LAYER: how a source of this layer is compiled, without its files
command_of() {
  jq -r --arg part "/scanner/$1/" 'first(.[] | select(.file | contains($part)) | .command)' "$commands" |
    sed 's/ -o [^ ]* -c [^ ]*$//'
}

# try LAYER HEADER yes|no: may this layer include this header?
try() {
  tried=$((tried + 1))
  printf '#include <%s>\ntypedef int probe;\n' "$2" >"$probe/probe.c"
  if sh -c "$command -Wno-error -fsyntax-only '$probe/probe.c'" >"$probe/out" 2>&1; then
    [ "$3" = yes ] && return
    echo "FAILED: $1 can include $2, which is not for it"
  else
    if [ "$3" = no ]; then
      grep -q -e 'belongs to one layer only' -e "$2.*No such file" -e "'$2' file not found" "$probe/out" && return
      echo "FAILED: $1 cannot include $2, but for another reason:"
    else
      echo "FAILED: $1 cannot include $2:"
    fi
    sed 's/^/  /' "$probe/out"
  fi
  failed=1
}

# owner_of LIBRARY-HEADER: the one layer it belongs to
owner_of() {
  case $1 in
  cjson/*) echo base ;;
  openssl/*) echo crypto ;;
  curl/*) echo net ;;
  git2* | zlib.h) echo history ;;
  sqlite3*) echo policy ;;
  esac
}

# allowed LAYER OTHER: may LAYER include headers of OTHER: yes, no, or choice
# (below it: named in DEPENDS or not)
allowed() {
  case $1:$2 in
  "$2:$1" | *:base) echo yes ;;
  # What works on stored snapshots has no way to the network; collecting has none to git.
  history:net | history:azure | policy:net | policy:azure | report:net | report:azure | evidence:net | \
    evidence:azure | collect:history) echo no ;;
  *)
    case $below in
    *" $2 "*) if [ "$1" = commands ]; then echo yes; else echo choice; fi ;;
    *) echo no ;;
    esac
    ;;
  esac
}

below=
for layer in "$@"; do
  command=$(command_of "$layer")
  if [ -z "$command" ] || [ "$command" = null ]; then
    echo "FAILED: no compiler command for $layer in $commands"
    exit 1
  fi

  try "$layer" stdio.h yes
  for header in curl/curl.h curl/urlapi.h git2.h git2/sys/odb_backend.h sqlite3.h openssl/evp.h openssl/sha.h \
    openssl/cms.h openssl/configuration.h cjson/cJSON.h zlib.h; do
    if [ "$(owner_of "$header")" = "$layer" ]; then
      try "$layer" "$header" yes
    else
      try "$layer" "$header" no
    fi
  done

  for other in "$@"; do
    answer=$(allowed "$layer" "$other")
    [ "$answer" != choice ] || continue
    for path in "$root/include/palscan/$other"/*.h; do
      [ -e "$path" ] && try "$layer" "${path##*/}" "$answer"
    done
  done
  below="$below $layer "
done

echo "$tried includes tried in $# layers"
[ "$tried" -gt 100 ] || failed=1
exit "$failed"
