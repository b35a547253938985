// Evidence from exports: toolchains export functions of their own, or of the C library, under names that do
// not change from program to program.
#include "finder.h"

static const struct {
    const char *name; // a prefix if it ends with *
    const char *group;
} known[] = {
    {"__wbindgen_*", "wasm-bindgen"},
    {"__externref_*", "wasm-bindgen"},
    {"__wasm_call_ctors", "wasm-ld"},
    {"__wasm_apply_data_relocs", "wasm-ld"},
    {"__wasm_init_tls", "wasm-ld"},
    {"_emscripten_*", "emscripten's libraries"},
    {"emscripten_*", "emscripten's libraries"},
    {"__emscripten_*", "emscripten's libraries"},
    {"stackAlloc", "emscripten's libraries"},
    {"stackSave", "emscripten's libraries"},
    {"stackRestore", "emscripten's libraries"},
    {"setThrew", "emscripten's libraries"},
    {"dynCall_*", "emscripten's libraries"},
    {"asyncify_*", "binaryen"},
    {"__cxa_*", "libc++abi"},
    {"malloc", "libc"},
    {"calloc", "libc"},
    {"realloc", "libc"},
    {"free", "libc"},
    {"memalign", "libc"},
    {"fflush", "libc"},
    {"strerror", "libc"},
    {"ntohs", "libc"},
    {"htons", "libc"},
    {"htonl", "libc"},
    {"__errno_location", "libc"},
};

static bool matches(wr_slice name, const char *pattern) {
    size_t n = strlen(pattern);
    if (pattern[n - 1] != '*') return wr_slice_is(name, pattern);
    return name.n >= n && !memcmp(name.p, pattern, n - 1);
}

void wr_evidence_from_exports(wr_finder *f) {
    for (uint32_t i = 0; i < f->m->nexports; i++) {
        const wr_export *export = &f->m->exports[i];
        if (export->space != WR_FUNC) continue;
        for (size_t k = 0; k < WR_COUNT(known); k++) {
            if (!matches(export->name, known[k].name)) continue;
            wr_finder_vote(f, export->index, WR_EVIDENCE_EXPORT, wr_slice_str(known[k].group), export->name,
                           export->name, 1);
            break;
        }
    }
}
