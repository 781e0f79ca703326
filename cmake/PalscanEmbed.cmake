# SPDX-License-Identifier: Apache-2.0
# cmake -DSOURCE=FOLDER -DOUT=FILE -P PalscanEmbed.cmake
#
# The pages of the HTML report as bytes of the program, so that it works wherever
# the program runs. page.html is the frame of every page; pages.cmake names them.
# Files go in as they are, without their first line where that is a comment with
# the licence in HTML: the policy of what a page may load has to come first.
cmake_policy(VERSION 3.25)
include("${SOURCE}/pages.cmake")
file(READ "${SOURCE}/page.html" frame)
set(rows "")
set(n 0)

function(embed name hex)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
  file(APPEND "${OUT}.new" "static const unsigned char asset_${n}[] = {\n${bytes}\n};\n")
  set(rows "${rows}  {\"${name}\", asset_${n}, sizeof asset_${n}},\n" PARENT_SCOPE)
  math(EXPR next "${n} + 1")
  set(n ${next} PARENT_SCOPE)
endfunction()

file(WRITE "${OUT}.new" "/* Generated from ${SOURCE}: see PalscanEmbed.cmake. */\n#include \"site.h\"\n\n")
foreach(page IN LISTS PAGES)
  string(REPLACE "|" ";" page "${page}")
  list(GET page 0 name)
  list(GET page 1 title)
  list(GET page 2 scripts)
  string(REPLACE "," ";" scripts "${scripts}")
  set(tags "")
  foreach(script IN LISTS scripts)
    string(APPEND tags "    <script src=\"${script}\" defer></script>\n")
  endforeach()
  string(REPLACE "@TITLE@" "${title}" text "${frame}")
  string(REPLACE "@NAME@" "${name}" text "${text}")
  string(REPLACE "@SCRIPTS@" "${tags}" text "${text}")
  string(REPLACE "<a href=\"${name}.html\">" "<a href=\"${name}.html\" aria-current=\"page\">" text "${text}")
  string(HEX "${text}" hex)
  embed("${name}.html" "${hex}")
endforeach()
foreach(file IN LISTS FILES)
  file(READ "${SOURCE}/${file}" hex HEX)
  embed("${file}" "${hex}")
endforeach()
file(APPEND "${OUT}.new" "\nconst struct site_asset site_assets[] = {\n${rows}};\nconst size_t site_assets_n = sizeof site_assets / sizeof site_assets[0];\n")
file(RENAME "${OUT}.new" "${OUT}")
