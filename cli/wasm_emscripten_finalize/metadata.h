// What emcc, up to 3.1.x, wants to know of a module in order to make its JavaScript: imports, exports,
// features, and JavaScript in C (EM_ASM, EM_JS), which lies in the module's data.
#ifndef WR_CLI_WASM_EMSCRIPTEN_FINALIZE_METADATA_H
#define WR_CLI_WASM_EMSCRIPTEN_FINALIZE_METADATA_H

#include "support/buf.h"

typedef struct wr_em_text {
    wr_slice name; // of an EM_JS; empty for an EM_ASM
    uint64_t address;
    wr_slice text;
} wr_em_text;

typedef struct wr_em_metadata {
    WR_VEC(wr_em_text) asm_consts, js_funcs;
    WR_VEC(wr_slice) features; // as in target_features
} wr_em_metadata;

// Reads texts and features. Throws for a malformed module, and WR_USAGE for texts that can't be found.
void wr_em_metadata_read(wr_env *env, wr_slice module, wr_em_metadata *metadata);

// Returns the module with zeros where the texts were, as far as that is sure to be all that was there.
wr_slice wr_em_metadata_clear(wr_env *env, wr_slice module, const wr_em_metadata *metadata);

// Appends the JSON that wasm-emscripten-finalize 108 prints for a module that was finalized. A standalone
// module doesn't say whether main reads its parameters.
void wr_em_metadata_put(wr_env *env, wr_slice finalized, const wr_em_metadata *metadata, bool standalone,
                        wr_buf *out);

#endif
