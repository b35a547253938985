// `wring profile` of components in the build that is downloaded, which leaves out what adds counters to them.
#include "component_job.h"

void wr_component_job_instrument(wr_env *env, wring_job *job) {
    (void)job;
    wr_throw(env, WR_USAGE, WR_NO_OFFSET,
             "profiles of components are not in this build for JavaScript; the native program makes them");
}
