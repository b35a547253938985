# Writes a C source that says what wring was built from: cmake -DOUT=x.c -DROOT=DIR -DFILES="a.c;b.h" -DMORE=TEXT
# -P identity.cmake hashes the files' paths below ROOT and their contents, and MORE.
list(SORT FILES)
set(text "${MORE}")
foreach(file ${FILES})
  file(SHA256 ${file} hash)
  file(RELATIVE_PATH name ${ROOT} ${file})
  string(APPEND text "\n${name} ${hash}")
endforeach()
string(SHA256 hash "${text}")
file(WRITE ${OUT} "// Made by cmake/identity.cmake.\n#include \"cli/identity.h\"\n\nconst char wr_identity[] = \"${hash}\";\n")
