// The first stage of a job with the option asyncify: rewrites the input, which the passes then take as
// theirs.
#ifndef WR_LIB_ASYNCIFY_STAGE_H
#define WR_LIB_ASYNCIFY_STAGE_H

#include "job.h"

// Replaces the job's input, and fills its `rewritten` if the job tracks origins.
void wr_asyncify_stage(wr_env *env, wring_job *job);

#endif
