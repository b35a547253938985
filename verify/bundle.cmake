# Joins the differential runner into one file that needs no other: cmake -D OUT=FILE -P bundle.cmake.
# For `wring verify`, which carries the file. The sources keep their top-level names apart for this.
cmake_policy(SET CMP0053 NEW)
set(text "")
foreach(source wasm shim values changes gohost world compare diff)
  file(READ "${CMAKE_CURRENT_LIST_DIR}/${source}.mjs" part)
  string(REGEX REPLACE "(^|\n)import [^\n]* from '\\.[^\n]*" "\\1" part "${part}")
  string(REGEX REPLACE "\nexport " "\n" part "${part}")
  string(APPEND text "${part}")
endforeach()

file(WRITE "${OUT}" "${text}")
