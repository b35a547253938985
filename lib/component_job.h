// Optimizes components: each core module goes through a job of its own, and the component is rewritten around
// them.
#ifndef WR_LIB_COMPONENT_JOB_H
#define WR_LIB_COMPONENT_JOB_H

#include "component/component.h"
#include "instrument/known_imports.h"
#include "job.h"

// Do the work of wring_optimize(), wring_instrument() and wring_validate() on a component.
void wr_component_job_optimize(wr_env *env, wring_job *job);
void wr_component_job_instrument(wr_env *env, wring_job *job);
void wr_component_job_validate(wr_env *env, wring_job *job);

// What the job of this component, whose core modules are valid, takes as known of their imports; `file` is
// filled. By core module, in the perm arena.
wr_known_imports *wr_component_job_known(wr_env *env, wr_slice component, wr_component_file *file);

#endif
