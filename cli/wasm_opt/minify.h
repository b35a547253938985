// Short names for imports and exports, with a map for the tool that has to change the JavaScript around the
// module.
#ifndef WR_CLI_WASM_OPT_MINIFY_H
#define WR_CLI_WASM_OPT_MINIFY_H

#include "support/buf.h"

typedef struct wr_minify {
    bool exports; // exports too, not imports alone
    bool modules; // all imports come from a module "a"
    bool json;    // the map as JSON, as wasm-opt has written it since version 129; before: lines OLD => NEW
} wr_minify;

// Returns the renamed module, in env->perm, and appends the map to *map. Throws for a malformed module, and
// where the map can't say what has to be renamed.
wr_slice wr_minify_names(wr_env *env, wr_slice module, const wr_minify *how, wr_buf *map);

#endif
