// Splits a command line of wasm-opt into steps: which program does what, in the order of the line.
#ifndef WR_CLI_WASM_OPT_PLAN_H
#define WR_CLI_WASM_OPT_PLAN_H

#include "line.h"

typedef enum wr_wasm_opt_step_kind {
    WR_STEP_OPTIMIZE,     // the library, at a level or with a list of passes
    WR_STEP_SECTIONS,     // drops custom sections; everything else stays byte for byte
    WR_STEP_MINIFY,       // renames imports and exports
    WR_STEP_FUNCTION_MAP, // writes a list of function names
    WR_STEP_REAL,         // runs a real wasm-opt
} wr_wasm_opt_step_kind;

typedef struct wr_wasm_opt_step {
    wr_wasm_opt_step_kind kind;
    const wr_wasm_opt_item *items;
    size_t nitems;
    const char *level; // OPTIMIZE: the level to run at; REAL: the level in force; NULL: none
    bool has_level;    // one of the items is a level
    bool after_real;   // a real wasm-opt ran before, so features that the line allows may be lowered already
    bool asyncify;     // OPTIMIZE: the module is rewritten first, so that it can be suspended
    bool for_asyncify; // the next step does that
    bool share_cold;   // OPTIMIZE: then code that no loop reaches is shared, as at -Os
} wr_wasm_opt_step;

typedef struct wr_wasm_opt_plan {
    wr_wasm_opt_step *steps;
    size_t nsteps;
} wr_wasm_opt_plan;

// Returns false when out of memory. Steps point into the line, which must outlive them.
bool wr_wasm_opt_make_plan(const wr_wasm_opt_line *line, wr_wasm_opt_plan *plan);
void wr_wasm_opt_plan_free(wr_wasm_opt_plan *plan);

#endif
