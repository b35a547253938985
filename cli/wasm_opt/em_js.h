// Removes the text of JavaScript in C (EM_ASM, EM_JS), which emcc reads out of a module before it calls
// wasm-opt.
#ifndef WR_CLI_WASM_OPT_EM_JS_H
#define WR_CLI_WASM_OPT_EM_JS_H

#include "support/env.h"

// Returns the module with zeros in place of such text, in env->perm, or the module itself if it has none.
// With `side`, for a side module, only text that no loader reads is replaced. Throws for a malformed module.
wr_slice wr_em_js_clear(wr_env *env, wr_slice module, bool side);

#endif
