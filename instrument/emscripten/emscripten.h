// What emscripten asks of a module after the linker: functions that JavaScript can call and be called by
// without numbers of 64 bits, helpers that call through the table, and checks of the stack's limits.
#ifndef WR_INSTRUMENT_EMSCRIPTEN_H
#define WR_INSTRUMENT_EMSCRIPTEN_H

#include "passes/manager/pass.h"

typedef enum wr_dyncalls { WR_DYNCALLS_NONE, WR_DYNCALLS_I64, WR_DYNCALLS_ALL } wr_dyncalls;
typedef enum wr_legalize { WR_LEGALIZE_NONE, WR_LEGALIZE_DYNCALLS, WR_LEGALIZE_ALL } wr_legalize;

typedef struct wr_emscripten_options {
    wr_dyncalls dyncalls;
    wr_legalize legalize;
    bool export_originals;   // exports that are legalized are also there as they were, as orig$NAME
    bool rename_main;        // __main_argc_argv becomes main
    bool check_stack;        // writes to __stack_pointer are checked
    const char *on_overflow; // the import that is called then; NULL: trap
    bool drop_js;            // exports that only tell where JavaScript is go
} wr_emscripten_options;

void wr_emscripten_finalize(wr_context *c, const wr_emscripten_options *options);

#endif
