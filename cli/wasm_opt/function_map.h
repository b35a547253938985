// The list of functions by index and name that --print-function-map and --symbolmap ask for.
#ifndef WR_CLI_WASM_OPT_FUNCTION_MAP_H
#define WR_CLI_WASM_OPT_FUNCTION_MAP_H

#include "support/buf.h"

// Appends a line INDEX:NAME for each function. Throws for a malformed module.
void wr_function_map_list(wr_env *env, wr_slice module, wr_buf *out);

#endif
