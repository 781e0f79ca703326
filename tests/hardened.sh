#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# hardened.sh PROGRAM SOURCE-FOLDER BUILD-FOLDER
#
# What the release preset promises (SECURITY.md), read out of the program itself:
# a flag that the compiler or the linker dropped leaves no other trace.
set -eu
LC_ALL=C
export LC_ALL
program=$1
failed=0

# expect WHAT PATTERN READELF-OPTION...
expect() {
  what=$1 pattern=$2
  shift 2
  readelf -W "$@" "$program" | grep -qE "$pattern" || {
    echo "FAILED: $program has no $what" >&2
    failed=1
  }
}
expect "position-independent code" '^ *Type: +DYN ' -h
expect "interpreter: it is no program" ' INTERP ' -l
expect "relocations that become read-only" ' GNU_RELRO ' -l
expect "binding at the start" '\(FLAGS_1\).* NOW' -d
expect "stack that cannot be executed" ' GNU_STACK .* RW +0x' -l
expect "stack protector" ' __stack_chk_fail' --dyn-syms
# Those that only a level from 2 on makes of the bounded functions of libc.
expect "fortified printing" ' __(v?snprintf|fprintf)_chk' --dyn-syms
expect "fortified copying" ' __mem(cpy|move|set)_chk' --dyn-syms
if readelf -W -d "$program" | grep -E '\((RPATH|RUNPATH)\)'; then
  echo "FAILED: $program looks for libraries in folders of its own" >&2
  failed=1
fi
for folder in "$2" "$3"; do
  if grep -qaF -e "$folder/" "$program"; then
    echo "FAILED: $program names $folder" >&2
    failed=1
  fi
done
exit "$failed"
