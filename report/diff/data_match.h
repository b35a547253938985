// Finds which data segment of one module holds the contents of which segment of another, although segments
// were cut, joined or moved.
#ifndef WR_REPORT_DIFF_DATA_MATCH_H
#define WR_REPORT_DIFF_DATA_MATCH_H

#include "report/audit/audit.h"

typedef struct wr_data_matching {
    uint32_t *before; // by segment after: the one before whose successor it is, WR_NONE for none; several may
                      // have the same
    uint64_t kept, removed, added; // bytes in both, only before, only after; runs of zeros are left out
} wr_data_matching;

// By name, then by equal contents, then by what most of the contents are, then by address. Near-linear.
// Results in env->perm.
void wr_data_match(wr_env *env, const wr_audit *before, const wr_audit *after, wr_data_matching *matching);

#endif
