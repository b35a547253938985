// Short names for imports and exports, with a map for the tool that has to change the JavaScript around the
// module.
#ifndef WR_CLI_WASM_OPT_MINIFY_H
#define WR_CLI_WASM_OPT_MINIFY_H

#include "support/buf.h"

typedef struct wr_minify {
    bool exports; // rename exports too, not only imports
    bool modules; // rename the modules of all imports to "a"
    bool json;    // write the map as JSON, like wasm-opt since version 129; earlier: lines OLD => NEW
} wr_minify;

// Returns the module with its names replaced, in env->perm, and appends the map to *map. Throws for a
// malformed module, and if the map cannot express what has to be renamed.
wr_slice wr_minify_names(wr_env *env, wr_slice module, const wr_minify *how, wr_buf *map);

#endif
