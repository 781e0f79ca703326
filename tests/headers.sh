#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# headers.sh COMPILER SOURCE-FOLDER LAYER...   (layers from the bottom up)
# Compiles every header in include/palscan/LAYER alone and twice in one file. It
# may see only the headers of its own and lower layers. Exit 1 names each that fails.
set -u
LC_ALL=C
export LC_ALL
compiler=$1
root=$2
shift 2

flags="-std=c17 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -D_FILE_OFFSET_BITS=64
  -Wall -Wextra -Wpedantic -Wstrict-prototypes -Wundef -Werror -fsyntax-only"
includes=
failed=0
count=0
known=" $* "

for layer in "$@"; do
  includes="$includes -I$root/include/palscan/$layer"
  for header in "$root/include/palscan/$layer"/*.h; do
    [ -e "$header" ] || continue
    count=$((count + 1))
    # The typedef: a file with nothing but preprocessor lines is not ISO C.
    # shellcheck disable=SC2086 # flags and includes are lists
    if ! printf '#include "%s"\n#include "%s"\ntypedef int header_alone;\n' "$header" "$header" |
      "$compiler" $flags $includes -x c -; then
      echo "FAILED: $header" >&2
      failed=1
    fi
    if ! grep -q 'SPDX-License-Identifier: Apache-2.0' "$header"; then
      echo "FAILED: $header: no SPDX line" >&2
      failed=1
    fi
  done
done

for folder in "$root"/include/palscan/*/; do
  layer=$(basename "$folder")
  case $known in
  *" $layer "*) ;;
  *)
    echo "FAILED: include/palscan/$layer is no layer" >&2
    failed=1
    ;;
  esac
done

echo "$count headers"
[ "$count" -gt 0 ] || failed=1
exit "$failed"
