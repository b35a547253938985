# The libraries that wring uses, built from the sources in WRING_BUNDLED_LIBRARIES (see scripts/setup-cross) instead of
# taken from the system: for WASI and for programs that depend on nothing. Only the parts that wring calls are built.
# Defines the targets wring::zlib, wring::brotlienc, wring::zstd, wring::jansson and wring::iberty.
set(bundled ${WRING_BUNDLED_LIBRARIES})

function(bundled_library name)
  cmake_parse_arguments(lib "" "" "SOURCES;INCLUDE;PRIVATE;DEFINE" ${ARGN})
  list(TRANSFORM lib_SOURCES PREPEND ${bundled}/)
  list(TRANSFORM lib_INCLUDE PREPEND ${bundled}/)
  add_library(bundled_${name} STATIC ${lib_SOURCES})
  target_include_directories(bundled_${name} SYSTEM PUBLIC ${lib_INCLUDE} PRIVATE ${lib_PRIVATE})
  target_compile_definitions(bundled_${name} PRIVATE ${lib_DEFINE})
  target_compile_options(bundled_${name} PRIVATE -w)
  add_library(wring::${name} ALIAS bundled_${name})
endfunction()

# On macOS this version of zlib takes fdopen() for missing unless it is a macro. For WASI its check sums are made a byte at a
# time, which takes one table instead of nine.
bundled_library(zlib INCLUDE zlib DEFINE $<$<PLATFORM_ID:Darwin>:fdopen=fdopen> $<$<PLATFORM_ID:WASI>:Z_TESTW=>
  SOURCES zlib/adler32.c zlib/compress.c zlib/crc32.c zlib/deflate.c zlib/inffast.c zlib/inflate.c zlib/inftrees.c
    zlib/trees.c zlib/uncompr.c zlib/zutil.c)

file(GLOB brotli_sources RELATIVE ${bundled} ${bundled}/brotli/c/enc/*.c ${bundled}/brotli/c/common/*.c)
list(FILTER brotli_sources EXCLUDE REGEX "/(compress_fragment|compress_fragment_two_pass|backward_references)\\.c$")
if(CMAKE_SYSTEM_NAME STREQUAL "WASI")
  list(FILTER brotli_sources EXCLUDE REGEX "/(encoder_dict|dictionary_hash)\\.c$")
endif()
# brotli_qualities.c has these, see there.
set_source_files_properties(${bundled}/brotli/c/enc/brotli_bit_stream.c PROPERTIES COMPILE_DEFINITIONS
  "BrotliStoreMetaBlockFast=unused_fast;BrotliStoreMetaBlockTrivial=unused_trivial")
bundled_library(brotlienc INCLUDE brotli/c/include PRIVATE ${bundled}/brotli/c SOURCES ${brotli_sources})
target_sources(bundled_brotlienc PRIVATE ${PROJECT_SOURCE_DIR}/cmake/bundled/brotli_qualities.c
  ${PROJECT_SOURCE_DIR}/cmake/bundled/brotli_references.c)
if(CMAKE_SYSTEM_NAME STREQUAL "WASI")
  target_sources(bundled_brotlienc PRIVATE ${PROJECT_SOURCE_DIR}/cmake/bundled/brotli_dictionary.c)
endif()

file(GLOB zstd_sources RELATIVE ${bundled} ${bundled}/libzstd/lib/common/*.c ${bundled}/libzstd/lib/compress/*.c)
list(FILTER zstd_sources EXCLUDE REGEX "/zstd_(fast|double_fast)\\.c$")
# Searches that are never called get other names, so that the linker finds no use for them; zstd_strategies.c has the
# names that libzstd's table wants.
set(unused_searches greedy greedy_dictMatchState greedy_dedicatedDictSearch greedy_dictMatchState_row
  greedy_dedicatedDictSearch_row greedy_extDict lazy_dictMatchState lazy_dedicatedDictSearch lazy_row
  lazy_dictMatchState_row lazy_dedicatedDictSearch_row lazy_extDict_row greedy_extDict_row lazy_extDict
  btultra_extDict lazy2 lazy2_dictMatchState lazy2_dedicatedDictSearch lazy2_row lazy2_dictMatchState_row
  lazy2_dedicatedDictSearch_row lazy2_extDict lazy2_extDict_row btlazy2 btlazy2_dictMatchState btlazy2_extDict btopt
  btopt_dictMatchState btopt_extDict btultra btultra_dictMatchState)
list(TRANSFORM unused_searches REPLACE "(.+)" "ZSTD_compressBlock_\\1=unused_\\1")
set_source_files_properties(${bundled}/libzstd/lib/compress/zstd_lazy.c ${bundled}/libzstd/lib/compress/zstd_opt.c
  PROPERTIES COMPILE_DEFINITIONS "${unused_searches}")
bundled_library(zstd INCLUDE libzstd/lib SOURCES ${zstd_sources} DEFINE ZSTD_DISABLE_ASM XXH_NAMESPACE=ZSTD_)
target_sources(bundled_zstd PRIVATE ${PROJECT_SOURCE_DIR}/cmake/bundled/zstd_strategies.c)

file(GLOB jansson_sources RELATIVE ${bundled} ${bundled}/jansson/src/*.c)
# The configuration that jansson ships for systems without its configure script.
file(WRITE ${PROJECT_BINARY_DIR}/bundled/jansson/jansson_private_config.h "#define INITIAL_HASHTABLE_ORDER 3\n")
bundled_library(jansson INCLUDE jansson/src jansson/android SOURCES ${jansson_sources}
  PRIVATE ${PROJECT_BINARY_DIR}/bundled/jansson DEFINE HAVE_STDINT_H HAVE_SYS_TYPES_H)

set(iberty_sources cp-demangle rust-demangle safe-ctype xmalloc xexit xstrdup xmemdup)
if(CMAKE_SYSTEM_NAME STREQUAL "Windows")
  list(APPEND iberty_sources fnmatch) # whose C library has none
  include_directories(SYSTEM ${PROJECT_BINARY_DIR}/bundled/libiberty)
endif()
list(TRANSFORM iberty_sources PREPEND libiberty/libiberty/)
list(TRANSFORM iberty_sources APPEND .c)
# As Debian installs it: <libiberty/demangle.h>.
file(COPY ${bundled}/libiberty/include/ DESTINATION ${PROJECT_BINARY_DIR}/bundled/libiberty)
bundled_library(iberty SOURCES ${iberty_sources} PRIVATE ${bundled}/libiberty/include
  DEFINE HAVE_STDLIB_H HAVE_STRING_H HAVE_LIMITS_H $<$<NOT:$<PLATFORM_ID:Windows>>:HAVE_ALLOCA_H> HAVE_DECL_BASENAME=1)
target_include_directories(bundled_iberty SYSTEM PUBLIC ${PROJECT_BINARY_DIR}/bundled)
