// Declarations shared by the files of the comparison.
#ifndef WR_REPORT_COMPARE_COMPARE_PARTS_H
#define WR_REPORT_COMPARE_COMPARE_PARTS_H

#include "compare.h"
#include "support/buf.h"
#include "support/process.h"

typedef struct wr_compare_state {
    wr_pool *pool;
    wr_env *env; // the pool's main one
    const wr_compare_options *options;
    const char *dir;
    wr_comparison *result;
    bool is_wasi;      // a WASI program that needs nothing else
    bool is_component; // not a module
} wr_compare_state;

// Runs the variants that there are, in turns, and fills their samples and differences.
void wr_compare_runs(wr_compare_state *s);

// Runs wring on the file `in`, at a variant's level, with the output in `out`. False: it failed, as the
// outcome says.
bool wr_compare_shrink(wr_compare_state *s, const wr_variant *v, const char *in, const char *out,
                       wr_outcome *outcome);

// A formatted string in env's perm arena.
const char *wr_compare_format(wr_env *env, const char *format, ...) __attribute__((format(printf, 2, 3)));

static inline double wr_percent(uint64_t part, uint64_t whole) {
    return whole ? (double)part / (double)whole * 100 : 100;
}

// The comparison as tables of text, for people: a heading row first, names in the first column.
typedef struct wr_grid {
    const char **cells; // row by row
    unsigned columns, rows;
} wr_grid;

wr_grid wr_compare_size_grid(wr_env *env, const wr_comparison *c);
// Nothing (no rows) when the variants weren't run.
wr_grid wr_compare_run_grid(wr_env *env, const wr_comparison *c);

// What belongs under the tables, by number: failures, differences, notes. NULL past the last.
const char *wr_compare_remark(wr_env *env, const wr_comparison *c, size_t index);

// Half the distance of the quartiles, in percent of the median: the ± beside it.
double wr_compare_spread(const wr_samples *samples);

#endif
