// "Do these" for `wring audit`: finds the JavaScript beside the module and decides how much is measured.
#ifndef WR_CLI_ADVICE_H
#define WR_CLI_ADVICE_H

#include "inspect.h"
#include "report/advice/advice.h"

typedef struct wr_glue_files {
    wr_glue glue;
    wr_glue loaders;   // those of it that name the module's file
    const char *first; // the name of the first file; NULL: there is none
} wr_glue_files;

// The JavaScript that --glue names, or that lies beside the module and belongs to it.
wr_glue_files wr_advice_read_glue(wr_env *env, wr_inspect *inspect, const char *module);

void wr_advice_for(wr_inspect *inspect, const wr_audit *audit, const char *file, const wr_glue_files *scripts,
                   wr_advice *advice);

#endif
