# Joins the differential runner into one file that needs no other: cmake -D OUT=FILE -P bundle.cmake.
# OUT ending in .mjs is a Node program; any other OUT is its bytes as a C initializer list (no brackets),
# for `wring verify` to carry. The sources keep their top-level names apart for this.
cmake_policy(SET CMP0053 NEW)
get_filename_component(tests "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
set(text "")
foreach(source lib/wasm lib/shim differential/values differential/world differential/compare differential/diff)
  file(READ "${tests}/${source}.mjs" part)
  string(REGEX REPLACE "(^|\n)import [^\n]* from '\\.[^\n]*" "\\1" part "${part}")
  string(REGEX REPLACE "\nexport " "\n" part "${part}")
  string(APPEND text "${part}")
endforeach()

if(OUT MATCHES "\\.mjs$")
  file(WRITE "${OUT}" "${text}")
else()
  file(WRITE "${OUT}.mjs" "${text}")
  file(READ "${OUT}.mjs" hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
  file(WRITE "${OUT}" "${hex}\n")
  file(REMOVE "${OUT}.mjs")
endif()
