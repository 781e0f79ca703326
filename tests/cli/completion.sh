#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# completion.sh - palscan completion: scripts the shells accept, with every command and option.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

commands() { "$PALSCAN" --help | awk '/^Commands:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }'; }
options_of() { "$PALSCAN" "$1" --help | grep -oE '^ +(-[a-z], )?--[a-z-]+' | grep -oE -e '--[a-z-]+' | LC_ALL=C sort; }

# complete WORD…: what bash would offer for the last word
complete_() {
  # shellcheck disable=SC1091
  . "$T/script"
  COMP_WORDS=("$@")
  COMP_CWORD=$(($# - 1))
  COMPREPLY=()
  _palscan
  printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort
}

test_completion__bash_offers_every_command_and_option() {
  palscan_ok completion bash
  cp .out script
  bash -n script
  expect_equal "$(complete_ palscan '')" "$(commands | LC_ALL=C sort)" commands
  expect_equal "$(complete_ palscan pol)" policies
  local command
  for command in $(commands); do
    expect_equal "$(complete_ palscan "$command" --)" "$(options_of "$command")" "options of $command"
  done
  expect_equal "$(complete_ palscan scan --re | tr '\n' ' ')" '--record --replay --repository --resume ' options
  expect_equal "$(complete_ palscan -q scan --dry)" --dry-run options
}

test_completion__other_shells_hold_every_command_and_option() {
  local shell command option
  for shell in zsh fish; do
    palscan_ok completion "$shell"
    for command in $(commands); do
      expect_out "$command"
      for option in $(options_of "$command"); do expect_out "${option#--}"; done
    done
    if command -v "$shell" >/dev/null; then "$shell" -n "$T/.out" || fail "$shell does not accept it"; fi
  done
}

test_completion__quotes_in_texts_are_escaped() {
  # An odd number of single quotes in a line is one too many.
  local shell
  for shell in zsh fish; do
    palscan_ok completion "$shell"
    sed "s/\\\\'//g" .out | awk '{ n = gsub(/\047/, ""); if (n % 2) { print NR; exit 1 } }' || fail "unbalanced quotes for $shell"
  done
}

test_completion__into_a_file() {
  palscan_ok completion bash -o script
  expect_out_empty
  bash -n script
}

test_completion__unknown_shell_is_an_error() {
  palscan completion tcsh
  expect_one_error 2
  expect_err 'bash, zsh, fish'
  palscan completion
  expect_one_error 2
}

run_tests "$@"
