// Names of functions, segments and globals, from whatever source the module or another build of it has.
#ifndef WR_REPORT_AUDIT_SYMBOLS_H
#define WR_REPORT_AUDIT_SYMBOLS_H

#include "report/readers/demangle.h"
#include "ir/module.h"
#include "support/pool.h"

typedef struct wr_symbols {
    wr_symbol *funcs;          // by function; text is never empty
    wr_slice *datas, *globals; // empty: none
    uint32_t named;            // functions that are no imports and have a name
    uint32_t compiled;         // of them those whose name is not that of an export or from JavaScript
    const char *source;        // of most names, for people; NULL: there are none
    wr_language language;      // of most names
} wr_symbols;

// Names by function, empty where there is none.
typedef struct wr_name_source {
    const wr_slice *names; // NULL: none
    const char *what;      // for people: "the name section"
} wr_name_source;

// The first source that has a name gives it. Results in the workers' perm arenas.
void wr_symbols_read(wr_pool *pool, const wr_module *m, const wr_name_source *sources, size_t nsources,
                     wr_symbols *symbols);

// "name" of an entity of any space, made up where it has none ("global 3"). In arena.
wr_slice wr_symbols_entity_name(wr_arena *arena, const wr_symbols *symbols, unsigned space, uint32_t index);

#endif
