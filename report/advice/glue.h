// The JavaScript around a module, and which of the module's exports it never names.
#ifndef WR_REPORT_ADVICE_GLUE_H
#define WR_REPORT_ADVICE_GLUE_H

#include "ir/module.h"

typedef struct wr_glue {
    const wr_slice *texts;
    uint32_t n;
} wr_glue;

typedef struct wr_unused_exports {
    wr_slice *names; // in module order
    uint32_t n;
} wr_unused_exports;

// Exports whose names occur nowhere in the glue. Memories, tables and what hosts call unasked (_start, ...)
// are never listed. Empty if the glue names no export, so that it must belong to something else, or if it
// loads further modules, which may import any export. Results in env->perm.
wr_unused_exports wr_glue_find_unused(wr_env *env, const wr_module *m, const wr_glue *glue);

#endif
