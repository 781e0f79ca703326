#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# house.sh SOURCE-FOLDER
#
# The house rules that no compiler knows. Prints file:line: rule for each breach
# and exits 1 when there is one. To ban a function, add a line to banned().
set -u
LC_ALL=C
export LC_ALL
cd "$1" || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
: >"$tmp/breaches"

breach() { cat >>"$tmp/breaches"; }

# All files people write here: not what a build or a demo left.
find . \( -name .git -o -name 'build' -o -name 'build-*' -o -name palscan-demo \) -prune -o -type f -print |
  sed 's|^\./||' | sort >"$tmp/all"
grep -E '\.(c|h|def)$' "$tmp/all" >"$tmp/c"
grep -E '^(scanner|include)/' "$tmp/c" >"$tmp/scanner"
# Bytes of these are data, not style.
grep -vE '^(tests/(data|golden|fuzz/corpus)|snapshots|policies/data|LICENSE$)' "$tmp/all" |
  grep -E '(\.(c|h|def|in|cmake|sh|sql|md|js|css|html|yml|yaml|[157])|CMakeLists\.txt|^dev|^\.ci/run|^\.[a-z-]+)$' >"$tmp/text"

# ---- files ----

# Small files: what grows beyond is two things.
while read -r file; do
  lines=$(wc -l <"$file")
  [ "$lines" -le 700 ] || echo "$file:$lines: over 700 lines; split it"
done <"$tmp/scanner" | breach

# A source that is in no list is not built, and nobody notices.
grep -E '^(scanner|tests)/.*\.c$' "$tmp/c" | while read -r file; do
  name=${file##*/}
  folder=${file%/*}
  while :; do
    for list in "$folder/CMakeLists.txt" "$folder/sources.cmake"; do
      [ -e "$list" ] && grep -qE "(^|[[:space:]/(])$name([[:space:])]|\$)" "$list" && continue 3
    done
    # A program's main may be listed by the folder below (scanner/main.c).
    grep -qs "\.\./$name" "$folder"/*/CMakeLists.txt && continue 2
    case $folder in
    */*) folder=${folder%/*} ;;
    *) break ;;
    esac
  done
  # Fuzz targets are listed by name, without .c.
  case $file in
  tests/fuzz/fuzz_*.c) grep -qw "${name%.c}" tests/fuzz/CMakeLists.txt && continue ;;
  esac
  echo "$file:1: is in no list of sources (CMakeLists.txt, sources.cmake)"
done | breach

grep -E '\.(c|h|def|in|cmake|sh|sql|js)$|CMakeLists\.txt$|^dev$|^\.ci/run$' "$tmp/text" | while read -r file; do
  head -n 3 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || echo "$file:1: no SPDX line"
done | breach

# ---- lines ----

tab=$(printf '\t')
cr=$(printf '\r')
while read -r file; do
  [ -s "$file" ] || continue
  grep -nE "[ $tab$cr]\$" "$file" | sed "s|^\([0-9]*\):.*|$file:\1: space at the end of the line|"
  grep -n "$tab" "$file" | sed "s|^\([0-9]*\):.*|$file:\1: tab|"
  [ -z "$(tail -c 1 "$file")" ] || echo "$file:1: no newline at the end"
done <"$tmp/text" | breach

# Unfinished work belongs into an issue.
grep -v '^tests/house\.sh$' "$tmp/text" | tr '\n' '\0' |
  xargs -0 grep -nwE '(TO)DO|(FIX)ME' /dev/null | sed 's|^\([^:]*:[0-9]*\):.*|\1: unfinished|' | breach

# ---- C ----

# Comments and texts blanked, so that a word in them is no call; lines are kept.
code() {
  awk '{
    out = ""
    while (length($0) > 0) {
      if (inside) {
        end = index($0, "*/")
        if (end == 0) { $0 = ""; break }
        $0 = substr($0, end + 2); inside = 0
      } else if (match($0, /"([^"\\]|\\.)*"|\047([^\047\\]|\\.)*\047|\/\/.*$|\/\*/)) {
        token = substr($0, RSTART, RLENGTH)
        out = out substr($0, 1, RSTART - 1)
        $0 = substr($0, RSTART + RLENGTH)
        if (token == "/*") inside = 1
        else if (substr(token, 1, 1) == "\"") out = out "\"\""
      } else { out = out $0; $0 = "" }
    }
    print FILENAME ":" FNR ":" out
  }' "$1"
}
while read -r file; do code "$file"; done <"$tmp/scanner" >"$tmp/code"

tr '\n' '\0' <"$tmp/c" | xargs -0 grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*["<](\.\./|/)' /dev/null |
  sed 's|^\([^:]*:[0-9]*\):.*|\1: includes by a path (../ or absolute); see the layers|' | breach

# banned: functions @ files where they are allowed (regular expression) @ what instead
banned() {
  cat <<'TABLE'
strcpy|strcat|strncpy|strncat|stpcpy|gets|sprintf|vsprintf @ - @ pal_buf, pal_text or snprintf
strtok|strtok_r|sscanf|atoi|atol|atoll|atof|strtod|strtof @ - @ a parser that says what is wrong (pal_text, pal_json)
system|popen|wordexp|execlp|execvp @ - @ no shell and no search in PATH
setlocale|localeconv|strcoll|strxfrm|isalpha|isupper|islower|toupper|tolower|strcasecmp|strncasecmp @ - @ what asks no locale: ASCII by hand, curl_strnequal() in net
time|gettimeofday|ftime @ ^scanner/base/time\.c$ @ the clock of pal_time
localtime|localtime_r|gmtime|ctime|ctime_r|asctime|mktime|strftime|strptime @ ^scanner/base/time\.c$ @ pal_time: UTC only
rand|srand|random|srandom|drand48 @ - @ pal_digest has random bytes
mktemp|tmpnam|tempnam|tmpfile @ - @ mkstemp beside the file, or pal_file_write
alloca|setjmp|longjmp @ - @ plain control flow
exit|abort|_exit|quick_exit @ ^scanner/main\.c$ @ an error value; only main ends the program
pal_net_grant @ ^(scanner/net/net\.c|scanner/collect/link_apply\.c|include/palscan/net/pal_grant\.h)$ @ pal_link_apply(), after the plan was shown
printf|puts|putchar|perror @ ^scanner/(main\.c|commands/) @ a FILE of the caller; only commands print
TABLE
}
banned | while IFS='@' read -r names allowed instead; do
  names=$(printf %s "$names" | tr -d ' ')
  allowed=$(printf %s "$allowed" | tr -d ' ')
  grep -E "^[^:]*:[0-9]*:(.*[^A-Za-z0-9_.>])?($names)[[:space:]]*\(" "$tmp/code" |
    while IFS=: read -r file line text; do
      printf %s "$file" | grep -qE -e "$allowed" && continue
      # A member or pointer of that name is no call of the function.
      echo "$file:$line: $(printf %s "$text" | grep -oE "($names)[[:space:]]*\(" | head -n 1)) is banned:$instead"
    done
done | breach
grep -E 'CLOCK_REALTIME' "$tmp/code" | grep -vE '^scanner/base/time\.c:' |
  sed 's|^\([^:]*:[0-9]*\):.*|\1: the clock is read in scanner/base/time.c only|' | breach
grep -E 'may_write = ' "$tmp/code" | grep -vE '^scanner/(net/net|commands/link_carry_out)\.c:' |
  sed 's|^\([^:]*:[0-9]*\):.*|\1: only scanner/commands/link_carry_out.c opens a net that may write|' | breach

sort -u "$tmp/breaches"
count=$(sort -u "$tmp/breaches" | wc -l)
echo "house rules: $(wc -l <"$tmp/text") files, $count breaches"
[ "$count" -eq 0 ]
