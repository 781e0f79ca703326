# SPDX-License-Identifier: Apache-2.0
# One language standard and one warning list for every target. PALSCAN_WERROR
# is on in CI; a user's newer compiler may warn about more.
include(CheckCCompilerFlag)

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(PALSCAN_WERROR "Warnings are errors" OFF)
option(PALSCAN_HARDEN "Hardening flags of a release" OFF)
set(PALSCAN_SANITIZE "" CACHE STRING "Value for -fsanitize=, e.g. address,undefined")
option(PALSCAN_COVERAGE "Instrument for gcov" OFF)
option(PALSCAN_FUZZ "Build the fuzz targets with libFuzzer (clang)" OFF)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Debug, RelWithDebInfo, Release" FORCE)
endif()
# Asserts stay in every build: a broken invariant must stop the run, not enter a
# snapshot. They are cheap beside what palscan does.
foreach(type RELEASE RELWITHDEBINFO MINSIZEREL)
  string(REGEX REPLACE "[-/]D *NDEBUG" "" CMAKE_C_FLAGS_${type} "${CMAKE_C_FLAGS_${type}}")
endforeach()

add_library(palscan_flags INTERFACE)
target_compile_definitions(palscan_flags INTERFACE _POSIX_C_SOURCE=200809L _DEFAULT_SOURCE _FILE_OFFSET_BITS=64)
# The prefix map: an error names its source file, not the folder it was built in.
target_compile_options(palscan_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes
  -Wmissing-prototypes -Wformat=2 -Wundef -Wcast-qual -Wwrite-strings -Wvla
  -Wimplicit-fallthrough -Wswitch-enum
  -Werror=implicit-function-declaration -Werror=incompatible-pointer-types -Werror=int-conversion -Werror=return-type
  -fno-common -fmacro-prefix-map=${CMAKE_SOURCE_DIR}/=
  $<$<BOOL:${PALSCAN_WERROR}>:-Werror>)

if(PALSCAN_HARDEN)
  if(PALSCAN_SANITIZE)
    message(FATAL_ERROR "PALSCAN_HARDEN and PALSCAN_SANITIZE exclude each other")
  endif()
  # What this compiler and processor have: control-flow protection, for
  # instance, is another flag on each architecture.
  foreach(flag -fstack-protector-strong -fstack-clash-protection -fcf-protection=full -mbranch-protection=standard
          -ftrivial-auto-var-init=zero)
    string(MAKE_C_IDENTIFIER "PALSCAN_HAS${flag}" has)
    check_c_compiler_flag("${flag}" ${has})
    if(${has})
      target_compile_options(palscan_flags INTERFACE "${flag}")
    endif()
  endforeach()
  target_compile_options(palscan_flags INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
    -ffile-prefix-map=${CMAKE_SOURCE_DIR}/= -ffile-prefix-map=${CMAKE_BINARY_DIR}=build)
  target_link_options(palscan_flags INTERFACE -pie
    LINKER:-z,relro,-z,now LINKER:-z,noexecstack LINKER:-z,separate-code LINKER:--as-needed)
endif()
if(PALSCAN_SANITIZE)
  target_compile_options(palscan_flags INTERFACE
    -fsanitize=${PALSCAN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(palscan_flags INTERFACE -fsanitize=${PALSCAN_SANITIZE})
endif()
if(PALSCAN_COVERAGE)
  target_compile_options(palscan_flags INTERFACE --coverage -O0)
  target_link_options(palscan_flags INTERFACE --coverage)
endif()
if(PALSCAN_FUZZ)
  if(NOT CMAKE_C_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "PALSCAN_FUZZ needs clang (libFuzzer), this is ${CMAKE_C_COMPILER_ID}; "
                        "without it the fuzz targets replay their corpus only")
  endif()
  # Coverage feedback in every layer; only the targets link libFuzzer's main().
  target_compile_options(palscan_flags INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(palscan_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
