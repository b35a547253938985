// Optimizes components: each core module goes through a job of its own, and the component is rewritten around
// them.
#ifndef WR_LIB_COMPONENT_JOB_H
#define WR_LIB_COMPONENT_JOB_H

#include "component/component.h"
#include "job.h"

// Do the work of wring_optimize() and wring_validate() on a component.
void wr_component_job_optimize(wr_env *env, wring_job *job);
void wr_component_job_validate(wr_env *env, wring_job *job);

#endif
