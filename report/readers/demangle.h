// What a function's name says: its readable form, the package it belongs to, and the generic of which it is
// an instance.
#ifndef WR_REPORT_READERS_DEMANGLE_H
#define WR_REPORT_READERS_DEMANGLE_H

#include "support/env.h"

typedef enum wr_language {
    WR_LANG_C,
    WR_LANG_CXX,
    WR_LANG_RUST,
    WR_LANG_GO,
    WR_LANG_KOTLIN,
    WR_LANGUAGES
} wr_language;

typedef struct wr_symbol {
    wr_slice raw;    // as the module has it; empty: no name is known
    wr_slice text;   // for people
    wr_slice group;  // package, crate, namespace or prefix; empty: none
    wr_slice family; // the name without what makes it an instance: template arguments and the like
    uint8_t language;
    bool instance; // has type arguments, or a hash that stands for them
} wr_symbol;

// Fills all but raw. `hint` is the language that the module's other names suggest. Results in env->perm, or
// parts of raw; scratch in env->temp.
void wr_read_symbol(wr_env *env, wr_language hint, wr_symbol *symbol);

// The language that names like this one are written in, WR_LANG_C if it says nothing.
wr_language wr_demangle_guess_language(wr_slice name);

#endif
