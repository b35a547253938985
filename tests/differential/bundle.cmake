# Joins the differential runner into one file that needs no other: cmake -D OUT=FILE -P bundle.cmake.
# For `wring verify`, which carries the file. The sources keep their top-level names apart for this.
cmake_policy(SET CMP0053 NEW)
get_filename_component(tests "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
set(text "")
foreach(source lib/wasm lib/shim differential/values differential/world differential/compare differential/diff)
  file(READ "${tests}/${source}.mjs" part)
  string(REGEX REPLACE "(^|\n)import [^\n]* from '\\.[^\n]*" "\\1" part "${part}")
  string(REGEX REPLACE "\nexport " "\n" part "${part}")
  string(APPEND text "${part}")
endforeach()

file(WRITE "${OUT}" "${text}")
