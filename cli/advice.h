// "Do these" for `wring audit`: finds the JavaScript beside the module and decides how much is measured.
#ifndef WR_CLI_ADVICE_H
#define WR_CLI_ADVICE_H

#include "inspect.h"
#include "report/advice/advice.h"

// The JavaScript that --glue names, or that lies beside the module and belongs to it. `first` is set to the
// name of the first file, NULL if there is none.
wr_glue wr_glue_read(wr_env *env, wr_inspect *inspect, const char *module, const char **first);

void wr_advice_for(wr_env *env, wr_inspect *inspect, const wr_audit *audit, const char *file,
                   wr_advice *advice);

#endif
