// Known properties of the runtime's functions, by their names in pclntab.
#ifndef WR_PASSES_GO_GO_KINDS_H
#define WR_PASSES_GO_GO_KINDS_H

#include "go.h"

enum {
    WR_GO_NO_RETURN = 1, // never returns 0: panics, exits, or continues elsewhere by unwinding
    WR_GO_COLD = 2, // not on a path whose speed matters, and never calls a program's functions recursively
};

unsigned wr_go_kind(wr_slice name);
// The kinds of all wasm functions, m->nfuncs bytes in arena.
uint8_t *wr_go_kinds(wr_arena *arena, const wr_module *m, const wr_go *go);

#endif
