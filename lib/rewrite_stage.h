// The first stage of some jobs: rewrites the input, which the passes then take as theirs.
#ifndef WR_LIB_REWRITE_STAGE_H
#define WR_LIB_REWRITE_STAGE_H

#include "job.h"

// Replaces the job's input by what the rewriting makes of it, and fills the job's `rewritten` if it tracks
// origins.
void wr_rewrite_stage(wr_env *env, wring_job *job, const wr_rewriting *rewriting);

#endif
