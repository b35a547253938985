// Estimates what the optimizer would save, pass by pass. It runs -Oz through the library, writes the module
// out after each pass, and credits the change in size to that pass, raw and compressed. So each pass works on
// what those before it left, and the rows add up. The passes come from the registry.
#ifndef WR_REPORT_AUDIT_ESTIMATE_H
#define WR_REPORT_AUDIT_ESTIMATE_H

#include "report/render/page.h"
#include "support/codec.h"
#include "support/pool.h"
#include "wring.h"

typedef struct wr_estimate_row {
    const char *pass, *summary;
    int64_t bytes, packed; // the change in bytes; negative: saved
} wr_estimate_row;

typedef struct wr_estimate {
    wr_codec codec;         // WR_CODEC_RAW: nothing was compressed
    uint64_t bytes, packed; // of the final output
    wr_estimate_row
        *rows; // of passes that changed something, in the order of running, writing the module anew first
    uint32_t n;
} wr_estimate;

// `options` are those of the job; the caller must have set the level to z and the objective to raw. Throws
// the error that the job failed with. Results are in the main env's perm.
void wr_estimate_passes(wr_pool *pool, wr_slice input, const wring_options *options, wr_codec codec,
                        wr_estimate *estimate);
void wr_estimate_write(wr_page *page, const wr_estimate *estimate, uint64_t input_bytes);

#endif
