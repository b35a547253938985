// Shares in the compressed size of the parts, packages and possible savings of an audit; see
// compressed_share.h.
#ifndef WR_REPORT_AUDIT_COMPRESSED_H
#define WR_REPORT_AUDIT_COMPRESSED_H

#include "audit.h"
#include "lz_model.h"
#include "report/render/page.h"
#include "support/codec.h"

typedef enum wr_compressed_kind {
    WR_COST_PART,
    WR_COST_GROUP,
    WR_COST_FUNCTION,
    WR_COST_FINDING
} wr_compressed_kind;

typedef struct wr_compressed_cost {
    wr_slice name;
    wr_compressed_kind kind;
    uint64_t bytes; // raw
    int64_t packed; // its share
} wr_compressed_cost;

typedef struct wr_compressed_costs {
    wr_codec codec;
    uint64_t packed;          // of the file
    wr_compressed_cost *rows; // parts, the `top` largest packages and functions, and possible savings
    uint32_t n;
    int64_t *funcs; // by function: its share; 0 for imports
} wr_compressed_costs;

// Divides the compressed size of the file, wr_compressed_share_whole(), by the model of the file. Results are
// in env->perm.
void wr_compressed_divide(wr_env *env, const wr_audit *audit, wr_codec codec, const wr_lz_model *model,
                          uint64_t packed, uint32_t top, wr_compressed_costs *costs);
void wr_compressed_write(wr_page *page, const wr_audit *audit, const wr_compressed_costs *costs);

#endif
