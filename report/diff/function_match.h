// Finds which function of one module corresponds to which of another, although names, indices or code
// changed.
#ifndef WR_REPORT_DIFF_FUNCTION_MATCH_H
#define WR_REPORT_DIFF_FUNCTION_MATCH_H

#include "report/audit/audit.h"

// How a pair was found, best first.
typedef enum wr_match_kind {
    WR_MATCH_NAME,
    WR_MATCH_BODY,
    WR_MATCH_SHAPE,
    WR_MATCH_SIMILAR,
    WR_MATCH_CONTEXT
} wr_match_kind;

typedef struct wr_side {
    const wr_module *m;
    const wr_body_stats *facts;
    const wr_symbol *symbols;
} wr_side;

typedef struct wr_matching {
    uint32_t *after;  // by function before: its partner, or WR_NONE
    uint32_t *before; // by function after
    uint8_t *kind;    // by function before
} wr_matching;

static inline wr_side wr_side_of(const wr_audit *a) {
    return (wr_side){&a->m, a->sweep.facts, a->symbols.funcs};
}

// Matches functions that are not imports: by name, by identical body, by the same instructions, by similarity
// of instructions, and by context. Takes near-linear time. Results in the perm arena of the pool's main env,
// scratch in temp.
void wr_function_match(wr_pool *pool, const wr_side *before, const wr_side *after, wr_matching *matching);

// Names for a module's functions from another build of it, by function; empty where there is none. In the
// main env's perm. Audits of both were made without each other's names.
wr_slice *wr_function_match_donor_names(wr_pool *pool, const wr_audit *module, const wr_audit *donor);

#endif
