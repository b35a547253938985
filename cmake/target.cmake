# What differs between the systems that wring is built for: threads, child processes, what has to be linked in.
# Defines WRING_SYSTEM_LIBRARIES, WRING_SYSTEM_SOURCES (what stands in for what the system lacks), WRING_FIRST_OBJECTS (what
# stands in for parts of the C library) and WRING_LEFT_OUT (the sources of the layers that are for other systems).
set(WRING_LEFT_OUT "")
set(WRING_SYSTEM_SOURCES "")
set(WRING_SYSTEM_LIBRARIES "")
set(WRING_FIRST_OBJECTS "")
set(WRING_HAS_SHARED_LIBRARIES ON)
if(CMAKE_SYSTEM_NAME STREQUAL "WASI")
  option(WRING_WASI_THREADS "Threads by wasi-threads, over a shared memory that the host brings" ON)
  # setjmp() is lowered to the exceptions of WebAssembly; support/wasi/setjmp.c is their other half.
  set(WRING_WASI_CPU -mcpu=generic+exception_handling+bulk_memory)
  add_compile_options(-g0 -mllvm -wasm-enable-sjlj)
  add_compile_definitions(_WASI_EMULATED_MMAN _WASI_EMULATED_SIGNAL _WASI_EMULATED_PROCESS_CLOCKS
    _WASI_EMULATED_GETPID)
  set(WRING_SYSTEM_LIBRARIES wasi-emulated-mman wasi-emulated-signal wasi-emulated-process-clocks wasi-emulated-getpid)
  set(WRING_SYSTEM_SOURCES support/wasi/setjmp.c)
  set(WRING_HAS_SHARED_LIBRARIES OFF)
  set(CMAKE_POSITION_INDEPENDENT_CODE OFF)
  # -O3 is a fifth larger than -Os, which is a twentieth larger than -Oz, for a tenth of the time. Zig takes -Oz for -Os,
  # the compiler behind it does not.
  set(CMAKE_C_FLAGS_RELEASE "-Os -Xclang -Oz -DNDEBUG")
  # The stack lies below all data and grows down to 0. 1 MiB is for the program; the KiB below it is spare, so that the
  # module can be shrunk with --low-memory-unused (js/build).
  add_link_options(-s -Wl,-z,stack-size=1049600)
  if(WRING_WASI_THREADS)
    string(APPEND WRING_WASI_CPU +atomics)
    # The host makes the memory, at least as large as it is at first (js/src/program.mjs).
    add_link_options(-Wl,--import-memory,--export-memory,--shared-memory,--initial-memory=4194304,--max-memory=4294901760)
    # The C library's allocator is for one thread, so heap.c puts a lock before it. Its aliases are of no use then.
    set_source_files_properties(support/wasi/heap.c PROPERTIES COMPILE_OPTIONS -fno-builtin)
    # This is the build that is downloaded, so it is optimized at link time too. Zig passes its linker no options for code
    # generation, so what calls setjmp() is lowered when it is compiled; threads.c has assembly.
    string(APPEND CMAKE_C_FLAGS_RELEASE " -flto")
    set_source_files_properties(support/env.c support/wasi/setjmp.c support/wasi/threads.c PROPERTIES COMPILE_OPTIONS -fno-lto)
    set(allocator ${WRING_ZIG_DIR}/python/ziglang/lib/libc/wasi/emmalloc/emmalloc.c)
    set_source_files_properties(${allocator} PROPERTIES COMPILE_OPTIONS "-w;-fno-strict-aliasing;-Dalias(name)=weak"
      COMPILE_DEFINITIONS "malloc=wr_heap_malloc;realloc=wr_heap_realloc;free=wr_heap_free")
    # Nor does it know the number of processors.
    set_source_files_properties(support/pool.c PROPERTIES COMPILE_DEFINITIONS sysconf=wr_thread_sysconf)
    list(APPEND WRING_SYSTEM_SOURCES support/wasi/threads.c support/wasi/heap.c ${allocator})
  else()
    # For hosts that know nothing but WASI. Wasmtime knows only the exceptions of WebAssembly 3.0.
    add_compile_options("SHELL:-mllvm -wasm-use-legacy-eh=false")
    list(APPEND WRING_SYSTEM_SOURCES support/wasi/threads_none.c)
  endif()
  add_compile_options(${WRING_WASI_CPU})
  add_link_options(${WRING_WASI_CPU})
  # Parts of the C library in smaller forms, which must come before what names them. Zig's reads and prints numbers as long
  # double, which WebAssembly has only as software: here is the same source without it, as WASI's own builds have it. And
  # its fnmatch() has tables of all Unicode's letters.
  set(libc ${WRING_ZIG_DIR}/python/ziglang/lib/libc)
  set(musl ${libc}/wasi/libc-top-half/musl)
  add_library(wring_libc OBJECT ${musl}/src/internal/floatscan.c ${musl}/src/stdio/vfprintf.c ${musl}/src/stdlib/strtod.c
    ${WRING_BUNDLED_LIBRARIES}/libiberty/libiberty/fnmatch.c)
  target_compile_options(wring_libc PRIVATE -w -std=gnu17 -fno-builtin -fno-lto)
  target_compile_definitions(wring_libc PRIVATE __wasilibc_printscan_no_long_double
    __wasilibc_printscan_full_support_option="" STDC_HEADERS)
  target_include_directories(wring_libc PRIVATE ${musl}/src/include ${musl}/src/internal ${libc}/musl/src/include
    ${libc}/musl/src/internal ${libc}/wasi/libc-top-half/headers/private ${musl}/arch/wasm32 ${libc}/musl/arch/generic)
  target_include_directories(wring_libc SYSTEM PRIVATE ${WRING_BUNDLED_LIBRARIES}/libiberty/include)
  set(WRING_FIRST_OBJECTS $<TARGET_OBJECTS:wring_libc>)
else()
  find_package(Threads REQUIRED)
  set(WRING_SYSTEM_LIBRARIES Threads::Threads)
  if(WRING_BUNDLED_LIBRARIES)
    add_link_options(-s) # Zig links its C library with all that debuggers want
  endif()
endif()
if(CMAKE_SYSTEM_NAME STREQUAL "Windows")
  add_compile_options(-include ${CMAKE_SOURCE_DIR}/support/windows/posix.h)
  list(APPEND WRING_SYSTEM_SOURCES support/windows/posix.c)
endif()
# Child processes and links: POSIX with what Linux adds, or none.
if(UNIX)
  set(WRING_HAS_PROCESSES ON)
  list(APPEND WRING_LEFT_OUT support/process_none.c cli/install_into_none.c)
else()
  set(WRING_HAS_PROCESSES OFF)
  list(APPEND WRING_LEFT_OUT support/process.c cli/install_into.c)
endif()
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  list(APPEND WRING_LEFT_OUT cli/real_tool_none.c)
else()
  list(APPEND WRING_LEFT_OUT cli/real_tool.c)
endif()
# Tools that emcc runs when it links, and counters of components: not in the build that is downloaded.
if(CMAKE_SYSTEM_NAME STREQUAL "WASI")
  list(APPEND WRING_LEFT_OUT component/component_add.c instrument/counter_module.c lib/component_host.c
    lib/component_profile.c)
  list(APPEND WRING_LEFT_OUT cli/wasm_ctor_eval/wasm_ctor_eval.c cli/wasm_emscripten_finalize/metadata.c
    cli/wasm_emscripten_finalize/wasm_emscripten_finalize.c instrument/ctors.c instrument/emscripten/check_stack.c
    instrument/emscripten/dyncalls.c instrument/emscripten/emscripten.c instrument/emscripten/legalize.c)
else()
  list(APPEND WRING_LEFT_OUT cli/emcc_tools_none.c lib/component_profile_none.c)
endif()
list(TRANSFORM WRING_LEFT_OUT PREPEND ${CMAKE_SOURCE_DIR}/)
