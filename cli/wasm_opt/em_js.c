// Puts zeros where the text of JavaScript in C was, so that the passes on data drop it:
//
//   (global $start i32 (i32.const 1024)) (export "__start_em_asm" (global $start))
//   (global $stop i32 (i32.const 1040)) (export "__stop_em_asm" (global $stop))
//   (data (i32.const 1024) "{ return $0 + 1 }\00…")      ->      (data (i32.const 1024) "\00\00…")
//
// wasm-opt does the same in --post-emscripten since version 112. Only active segments at constant addresses
// are looked at; what lies elsewhere stays.
#include "em_js.h"

#include "analysis/segments.h"
#include "ir/decode/decode.h"

static bool address_of(wr_env *env, const wr_module *m, const char *name, uint64_t *address) {
    for (uint32_t i = 0; i < m->nexports; i++) {
        const wr_export *export = &m->exports[i];
        if (export->space != WR_GLOBAL || !wr_slice_is(export->name, name)) continue;
        const wr_global *global = &m->globals[export->index];
        return global->import == WR_NONE && !global->mutable &&
               wr_segments_const_offset(env, global->init, address);
    }
    return false;
}

static void clear(wr_env *env, const wr_module *m, const char *start_name, const char *stop_name,
                  uint8_t *copy) {
    uint64_t start, stop, at;
    if (!address_of(env, m, start_name, &start) || !address_of(env, m, stop_name, &stop)) return;
    for (uint32_t i = 0; i < m->ndatas; i++) {
        const wr_data *data = &m->datas[i];
        if (!wr_segments_address(env, data, &at) || at > start || stop < start || stop - at > data->bytes.n)
            continue;
        memset(copy + (data->bytes.p - m->input.p) + (start - at), 0, stop - start);
        return;
    }
}

wr_slice wr_em_js_clear(wr_env *env, wr_slice module, bool side) {
    wr_module m;
    wr_decode_module(env, module, &m);
    wr_slice copy = wr_slice_copy(&env->perm, module);
    uint8_t *bytes = (uint8_t *)copy.p;
    if (!side) {
        clear(env, &m, "__start_em_asm", "__stop_em_asm", bytes);
        clear(env, &m, "__start_em_js", "__stop_em_js", bytes);
    }
    clear(env, &m, "__start_em_lib_deps", "__stop_em_lib_deps", bytes);
    return copy;
}
