// Modules that a script holds as text in base64, as emcc -sSINGLE_FILE and bundlers write them.
#ifndef WR_REPORT_SUMMARY_INLINED_H
#define WR_REPORT_SUMMARY_INLINED_H

#include "support/buf.h"

typedef struct wr_inlined_module {
    wr_slice text;   // part of the script; empty: there is none
    wr_slice module; // decoded, in env->temp
} wr_inlined_module;

// Finds the largest. Scratch in env->temp.
wr_inlined_module wr_inlined_module_find(wr_env *env, wr_slice script);

#endif
