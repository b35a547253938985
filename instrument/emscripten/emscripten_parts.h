// Shared by the parts of emscripten's finalization.
#ifndef WR_INSTRUMENT_EMSCRIPTEN_PARTS_H
#define WR_INSTRUMENT_EMSCRIPTEN_PARTS_H

#include "emscripten.h"
#include "ir/edit.h"
#include "support/buf.h"

typedef struct wr_finalizing {
    wr_context *c;
    wr_module *m;
    const wr_emscripten_options *options;
    wr_collector collector;
    wr_slice *names; // of functions of the input
    uint32_t nnames;
    WR_VEC(wr_slice) new_names; // of those that were added
} wr_finalizing;

// emscripten.c
wr_slice wr_finalizing_join(const wr_finalizing *f, const char *prefix, wr_slice name);
// An export of a function, or NULL.
wr_export *wr_finalizing_export(const wr_finalizing *f, const char *name);
// Add to the module; new functions come after all others, whether they are imported or not.
uint32_t wr_finalizing_add_import(wr_finalizing *f, wr_slice module, wr_slice name, uint32_t type);
uint32_t wr_finalizing_add_func(wr_finalizing *f, wr_slice name, uint32_t type, wr_slice body);
void wr_finalizing_add_export(wr_finalizing *f, wr_slice name, uint32_t func);
// The function imported from env by this name; it is added if it isn't there.
uint32_t wr_finalizing_env(wr_finalizing *f, const char *name, const wr_valtype *params, uint32_t nparams,
                           const wr_valtype *results, uint32_t nresults);

void wr_finalizing_check_stack(wr_finalizing *f);
void wr_finalizing_add_dyncalls(wr_finalizing *f);
void wr_finalizing_legalize(wr_finalizing *f);

#endif
