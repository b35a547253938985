// In place of the two tools that only emcc runs, on a system where emcc can run no other program: the build
// for WASI, which is shipped to be downloaded, is smaller without them.
#include "message.h"
#include "options.h"

static wr_exit refuse(const char *tool) {
    wr_message_error("%s is not part of this build of wring; use the program for Linux or macOS", tool);
    return WR_EXIT_USAGE;
}

int wr_cmd_wasm_ctor_eval(const wr_args *args) {
    (void)args;
    return refuse("wasm-ctor-eval");
}

int wr_cmd_wasm_emscripten_finalize(const wr_args *args) {
    (void)args;
    return refuse("wasm-emscripten-finalize");
}
