// Binary searches in debug information. See sources.h.
#include "sources.h"

#include "support/search.h"

uint32_t wr_source_input_func(const wr_module *m, uint32_t at) {
    uint32_t low;
    WR_SEARCH(low, m->nfunc_imports, m->nfuncs, wr_func_offset(m, low) + m->funcs[low].body.n <= at);
    return low < m->nfuncs && wr_func_offset(m, low) <= at ? low : WR_NONE;
}

// The number of rows that begin at or before a code offset.
static uint32_t rows_up_to(const wr_source_rows *rows, uint32_t at) {
    uint32_t low;
    WR_SEARCH(low, 0, rows->n, rows->v[low].at <= at);
    return low;
}

static uint32_t funcs_up_to(const wr_sources *sources, uint32_t at) {
    uint32_t low;
    WR_SEARCH(low, 0, sources->func_rows.n, sources->func_rows.v[low].at <= at);
    return low;
}

const wr_source_row *wr_source_row_at(const wr_sources *sources, uint32_t at) {
    uint32_t n = rows_up_to(&sources->rows, at);
    const wr_source_row *row = n ? &sources->rows.v[n - 1] : NULL;
    return row && row->file != WR_NONE ? row : NULL;
}

uint32_t wr_source_func_at(const wr_sources *sources, uint32_t at) {
    uint32_t n = funcs_up_to(sources, at);
    return n ? sources->func_rows.v[n - 1].func : WR_NONE;
}

uint32_t wr_source_next(const wr_sources *sources, uint32_t at) {
    uint32_t row = rows_up_to(&sources->rows, at), func = funcs_up_to(sources, at), next = UINT32_MAX;
    if (row < sources->rows.n) next = sources->rows.v[row].at;
    if (func < sources->func_rows.n && sources->func_rows.v[func].at < next)
        next = sources->func_rows.v[func].at;
    return next;
}
