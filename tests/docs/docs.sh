#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docs.sh WRITE_MAN
#
# The documents say what the program does: every command, option, key, file,
# word, parameter and exit status stands in both, as the same line of two lists.
# What the program says comes from its --help and from the tables it reads
# (write_man --tables); what the documents say is parsed out of the pages. Then
# documents and tables are spoiled one way after another, and each must be
# noticed. Run in tests/world.sh.
set -eu
LC_ALL=C
export LC_ALL
write_man=$1
program=$PALSCAN
source=$PAL_SOURCE

top=$(mktemp -d "${TMPDIR:-/tmp}/palscan-docs.XXXXXX")
trap 'rm -rf "$top"' EXIT
tab=$(printf '\t')

# What people write; the other kinds of the tables are those of a snapshot.
written="config identityConfig credential policies sign notify registry partnerId expect relatedPartner agentGroup
  estate customer acceptedGap principal object waivers waiver"

# ---- what the program says ----

# help_options COMMAND: option lines of a --help text ("*" for those of every command)
help_options() {
  awk -v who="$1" '
    /^Options of every command:/ { if (who != "*") exit; on = 1; next }
    /^Options:/ { on = who != "*"; next }
    /^$/ { on = 0 }
    on && /^ +(-[a-zA-Z], )?--[a-z]/ {
      line = $0
      sub(/^ +/, "", line)
      sub(/   *[^ ].*$/, "", line)
      sub(/ +$/, "", line)
      print "option\t" who "\t" line
    }'
}

program_says() {
  "$program" --help >"$top/help"
  awk '/^Commands:/ { on = 1; next } /^$/ { on = 0 }
    on { name = $1; sub(/^ *[a-z]+ +/, ""); print "summary\t" name "\t" $0 }' "$top/help"
  help_options '*' <"$top/help"
  awk '/^Commands:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }' "$top/help" | while read -r command; do
    "$program" "$command" --help </dev/null >"$top/help-$command"
    sed -n "1s/^Usage: palscan \([a-z]*\) *\(.*\) *\[options\]\$/command$tab\1$tab\2/p" "$top/help-$command" | sed 's/ *$//'
    help_options "$command" <"$top/help-$command"
  done
  "$write_man" --tables | awk -F'\t' -v written="$written" '
    BEGIN { n = split(written, names, /[ \n]+/); for (i = 1; i <= n; i++) is_written[names[i]] = 1 }
    $1 == "field" && $2 == "snapshot" { print "snapshot key\t" $3 "\t" $4 }
    $1 == "field" && is_written[$3] { print "key\t" $3 "\t" $4 }
    $1 == "field" && $2 == "file" && !is_written[$3] { print "key\t" $3 "\t" $4 }
    $1 == "word" && is_written[$2] { print "word\t" $2 "." $3 "\t" $4 }
    $1 == "word" && $2 == "coverage" && $3 == "state" { print "state\t" $4 }
    $1 == "file" { print "file\t" $2 }
    $1 == "parameter" { print "parameter\t" $2 "\t" $3 }
    $1 == "exit" && !seen[$2]++ { print "exit\t" $2 }
    $1 == "exit" && $3 != "ok" { print "cause\t" $2 "\t" $4 }'
  # Set by commands that succeeded; no error ends with them.
  printf 'exit\t3\nexit\t4\n'
}

# ---- what the documents say ----

page_says() {
  awk '
    function plain(text) {
      gsub(/\\&/, "", text); gsub(/\\\(dq/, "\"", text); gsub(/\\e/, "\\", text); return text
    }
    function option(who, line,   out) {
      out = ""
      if (match(line, /Fl [a-zA-Z] ,/)) out = "-" substr(line, RSTART + 3, 1) ", "
      match(line, /Fl Fl [a-z-]+/)
      out = out "--" substr(line, RSTART + 6, RLENGTH - 6)
      if (match(line, / Ar .*$/)) out = out " " substr(line, RSTART + 4)
      print "option\t" who "\t" plain(out)
    }
    /^\.\\" begin: / { block = $3; kind = $3 == "kind" ? $4 : ""; causes = 0; next }
    /^\.\\" end: / { block = kind = ""; causes = 0; next }
    /^\.Sh / { section = $2; sub_section = 0; next }
    FILENAME ~ /palscan\.1$/ && /^\.Ss palscan / {
      command = $3; line = plain($0); sub(/^\.Ss palscan [a-z]+ ?/, "", line); print "command\t" command "\t" line; next
    }
    /^\.Ss Kind / { kind = $3; next }
    /^\.Ss / { sub_section = 1; next }
    FILENAME ~ /palscan\.1$/ && section == "COMMANDS" && /^\.It .*Fl Fl/ { option(command, $0); next }
    FILENAME ~ /palscan\.1$/ && section == "OPTIONS" && !sub_section && /^\.It .*Fl Fl/ { option("*", $0); next }
    FILENAME ~ /palscan\.1$/ && section == "OPTIONS" && /^\.Fl Fl version/ { print "option\t*\t--version"; next }
    FILENAME ~ /palscan\.1$/ && section == "EXIT" && /^\.It [0-9]/ { status = $2; print "exit\t" status; next }
    block == "exit" && /^Errors:/ { causes = 1; next }
    causes { line = plain($0); sub(/[;.]$/, "", line); if (line != "") print "cause\t" status "\t" line; next }
    FILENAME ~ /-config\.5$/ && kind != "" && /^\.It Ic / { key = plain($3); print "key\t" kind "\t" key; words = 0; next }
    FILENAME ~ /-config\.5$/ && kind != "" && /^One of$/ { words = 1; next }
    words && /^\.Cm / { print "word\t" kind "." key "\t" plain($2); if ($3 == ".") words = 0; next }
    FILENAME ~ /-config\.5$/ && /^\.It Va / { print "parameter\t" $3 "\t" $7; next }
    FILENAME ~ /-snapshot\.5$/ && block == "kinds" && /^\.It Ic / { print "snapshot key\t" kind "\t" plain($3); next }
    FILENAME ~ /-snapshot\.5$/ && block == "kind" && /^\.It Ic / { print "key\t" kind "\t" plain($3); next }
    FILENAME ~ /-snapshot\.5$/ && block == "files" && /^\.It Pa / { print "file\t" plain($3); next }
    FILENAME ~ /-snapshot\.5$/ && section == "COMPLETENESS" && /^\.It Cm / { print "state\t" $3; next }
  ' "$1/man/palscan.1" "$1/man/palscan-config.5" "$1/man/palscan-snapshot.5"
}

readme_says() {
  awk -F' [|] ' '/^## / { on = $0 == "## Commands" }
    on && /^[|] `[a-z]+/ { name = $1; sub(/^[|] `/, "", name); sub(/[ `].*$/, "", name)
      text = $2; sub(/ *[|] *$/, "", text); print "summary\t" name "\t" text }' "$1/README.md"
}

documents_say() {
  page_says "$1"
  readme_says "$1"
}

# compare FOLDER LIST: 0 when the documents there say what the list says
compare() {
  documents_say "$1" | sort >"$top/documents"
  sort "$2" >"$top/program"
  diff "$top/program" "$top/documents" >"$top/difference"
}

explain() {
  sed -n "s/^< \(.*\)/the program has it, the documents do not: \1/p; s/^> \(.*\)/the documents have it, the program does not: \1/p" \
    "$top/difference" | tr '\t' ' '
}

# ---- the comparison ----

program_says >"$top/says"
for topic in summary command option key 'snapshot key' word state file parameter exit cause; do
  if ! grep -q "^$topic$tab" "$top/says"; then
    echo "FAILED: the program says nothing about: $topic" >&2
    exit 1
  fi
done
failed=0
"$write_man" --check "$source/man" || failed=1
if ! compare "$source" "$top/says"; then
  explain >&2
  failed=1
fi

if command -v mandoc >/dev/null; then
  for page in "$source"/man/*.[157]; do
    # Warnings about pages of other programs depend on the host.
    mandoc -T lint -W warning "$page" || failed=1
    mandoc -T ascii "$page" >"$top/page" 2>"$top/page.err" || failed=1
  done
fi

# Files that ARCHITECTURE.md names stand where it says; a folder of scanner/ may be left out.
# shellcheck disable=SC2016
for path in $(grep -oE '`[a-z_/]+/[a-z_]+[*]?\.(c|h|def|cmake|sh|md)`' "$source/ARCHITECTURE.md" | tr -d '`' | sort -u); do
  found=no
  for at in "$source/$path" "$source/scanner/$path" "$source/include/palscan/$path"; do
    # shellcheck disable=SC2086
    for file in $at; do [ ! -e "$file" ] || found=yes; done
  done
  if [ "$found" = no ]; then
    echo "FAILED: ARCHITECTURE.md names $path, which is not there" >&2
    failed=1
  fi
done

# ---- is every difference noticed? ----

caught=0
# spoil FILE SED-EXPRESSION: a copy of the documents with that change must differ
spoil() {
  rm -rf "$top/copy"
  mkdir -p "$top/copy"
  cp -r "$source/man" "$source/README.md" "$top/copy/"
  sed "$2" "$source/$1" >"$top/copy/$1"
  if cmp -s "$source/$1" "$top/copy/$1"; then
    echo "FAILED: sed '$2' changes nothing in $1" >&2
    failed=1
  elif compare "$top/copy" "$top/says"; then
    echo "FAILED: not noticed: sed '$2' $1" >&2
    failed=1
  else
    caught=$((caught + 1))
  fi
}
spoil man/palscan.1 '/^\.Ss palscan diff/d'
spoil man/palscan.1 's/^\.Ss palscan log/.Ss palscan logs/'
spoil man/palscan.1 's/^\.Ss palscan show.*/.Ss palscan show/'
spoil man/palscan.1 '/^\.It Fl Fl replay/d'
spoil man/palscan.1 's/^\(\.It Fl Fl max-age\) .*/\1/'
spoil man/palscan.1 '/^\.It Fl Fl last/a .It Fl Fl first'
spoil man/palscan.1 '/^\.It Fl o ,/d'
spoil man/palscan.1 's/^\.It Fl f ,/.It Fl F ,/'
spoil man/palscan.1 '/^\.It 6$/d'
spoil man/palscan.1 's/^\.It 7$/.It 8/'
spoil man/palscan.1 '/^wrong command line/d'
spoil man/palscan-config.5 '/^\.It Ic ..concurrency/d'
spoil man/palscan-config.5 's/^\.It Ic ..supersededBy/.It Ic \\\&replacedBy/'
spoil man/palscan-config.5 's/^\.Cm ..offboarding ,/.Cm \\\&leaving ,/'
spoil man/palscan-config.5 's/^\(\.It Va expiryDays .*\) 30 )/\1 31 )/'
spoil man/palscan-config.5 '/^\.\\" begin: kind acceptedGap/,/^\.\\" end: kind acceptedGap/d'
spoil man/palscan-snapshot.5 '/^\.It Ic ..seenFrom/d'
spoil man/palscan-snapshot.5 '/^\.It Ic ..origin$/d'
spoil man/palscan-snapshot.5 '/^\.It Pa .*usage\.json/d'
spoil man/palscan-snapshot.5 '/^\.It Cm stale/d'
spoil man/palscan-snapshot.5 's/^\.It Cm unread/.It Cm unseen/'
spoil README.md '/^| `verify/d'
# shellcheck disable=SC2016
spoil README.md 's/^| `waive.*/| `waive` | waves |/'

# The same from the program's side: a thing more or less in its tables.
for topic in summary command option key 'snapshot key' word state file parameter exit cause; do
  awk -v topic="$topic$tab" 'index($0, topic) == 1 && !gone { gone = 1; next } { print }' "$top/says" >"$top/less"
  { cat "$top/says" && printf '%s\tsurprise\n' "$topic"; } >"$top/more"
  for list in less more; do
    if compare "$source" "$top/$list"; then
      echo "FAILED: not noticed: $list of $topic" >&2
      failed=1
    else
      caught=$((caught + 1))
    fi
  done
done

echo "docs: $(wc -l <"$top/says") lines compared, $caught spoiled ones noticed"
exit "$failed"
