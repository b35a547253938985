// Imports of which it is known what they are.
#ifndef WR_INSTRUMENT_KNOWN_IMPORTS_H
#define WR_INSTRUMENT_KNOWN_IMPORTS_H

#include "passes/manager/pass.h"
#include "support/map.h"

typedef enum wr_known_kind {
    WR_KNOWN_NOTHING,
    WR_KNOWN_VALUE,    // an immutable global; code: its value, as a constant expression of one number
    WR_KNOWN_BODY,     // a function; code: its body, without locals, which names no entity
    WR_KNOWN_NORETURN, // a function that never returns
} wr_known_kind;

typedef struct wr_known_import {
    uint8_t kind;
    wr_slice module, name;
    wr_slice code;
    wr_valtype value;    // type of the global
    const wr_type *type; // type of the function; NULL: not known
} wr_known_import;

typedef struct wr_known_imports {
    WR_VEC(wr_known_import) list;
    wr_map by_name;        // of the list's entries
    bool cut_behind_calls; // put an unreachable behind calls of functions that never return
} wr_known_imports;

// Adds an import, in the arena. Of several of one name, the first counts.
void wr_known_imports_add(wr_arena *arena, wr_known_imports *known, wr_known_import import);

// Makes known imports definitions of the module. Those whose type is not what is known of them stay, since
// then they cannot be linked. The arguments are those of a job's rewriting.
void wr_known_imports_define(wr_context *c, void *known);

// Whether one of the imports of the module is known, so that defining them changes it.
bool wr_known_imports_any(const wr_known_imports *known, wr_slice module, wr_slice name);

#endif
