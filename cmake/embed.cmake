# Writes files into one C source as byte arrays: cmake -DOUT=x.c -DNAMES="a;b" -DFILES="a.css;b.js" -P embed.cmake
# makes `const uint8_t wr_asset_a[]` and `const size_t wr_asset_a_size`. With -DPACKED=ON they are compressed by gzip.
set(text "// Made by cmake/embed.cmake.\n#include \"support/assets.h\"\n")
foreach(name file IN ZIP_LISTS NAMES FILES)
  if(file STREQUAL "none")
    set(bytes "")
  else()
    if(PACKED)
      file(ARCHIVE_CREATE OUTPUT ${OUT}.gz PATHS ${file} FORMAT raw COMPRESSION GZip COMPRESSION_LEVEL 9)
      file(READ ${OUT}.gz hex HEX)
      file(REMOVE ${OUT}.gz)
      string(SUBSTRING "${hex}" 0 8 head)
      string(SUBSTRING "${hex}" 16 -1 rest)
      set(hex "${head}00000000${rest}") # not the time of the build
    else()
      file(READ ${file} hex HEX)
    endif()
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  endif()
  string(APPEND text "\nconst uint8_t wr_asset_${name}[] = {${bytes}0};\n"
    "const size_t wr_asset_${name}_size = sizeof wr_asset_${name} - 1;\n")
endforeach()
file(WRITE ${OUT} "${text}")
