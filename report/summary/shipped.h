// What a folder ships: modules and the JavaScript beside them, weighed together.
#ifndef WR_REPORT_SUMMARY_SHIPPED_H
#define WR_REPORT_SUMMARY_SHIPPED_H

#include "report/advice/advice.h"

typedef struct wr_shipped_file {
    const char *path;
    wr_slice bytes;
    const wr_audit *audit;   // of a module; NULL: it is none, or can't be read
    const wr_advice *advice; // for the module
    const char *failure;     // why a module can't be read; NULL: it can
    // Filled in by wr_shipped_weigh().
    uint64_t brotli;                  // at the fast setting of wr_codec_weigh_quickly()
    uint32_t same_as;                 // the first file with the same bytes; its own number if there is none
    uint64_t inlined, inlined_brotli; // what a module that the script holds as text saves as a file
} wr_shipped_file;

void wr_shipped_weigh(wr_pool *pool, wr_shipped_file *files, uint32_t n);
// What a file is, in a few words. In env->temp.
wr_slice wr_shipped_describe(wr_env *env, const wr_shipped_file *files, uint32_t i);
// The five rows that save most over all modules.
wr_advice wr_shipped_advice(wr_env *env, const wr_shipped_file *files, uint32_t n);

// At most `top` rows a table.
void wr_shipped_write(wr_page *page, const wr_shipped_file *files, uint32_t n, uint32_t top);
// All files, in the order given, and what to do, as JSON; docs/AUDIT.md describes the fields. In env->perm.
wr_slice wr_shipped_json(wr_env *env, const wr_shipped_file *files, uint32_t n);

#endif
