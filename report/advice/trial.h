// Runs the optimizer on a module to see what a command line would save.
#ifndef WR_REPORT_ADVICE_TRIAL_H
#define WR_REPORT_ADVICE_TRIAL_H

#include "support/pool.h"
#include "wring.h"

// Makes the options that all trials begin with; NULL if memory ran out. The caller frees them.
typedef wring_options *wr_trial_base_fn(void *user);

typedef struct wr_trial_setting {
    const char *option, *value; // value NULL: the option is given without one
} wr_trial_setting;

typedef struct wr_trial_sizes {
    uint64_t bytes;
    uint64_t brotli; // at the fast setting of wr_codec_weigh_quickly()
} wr_trial_sizes;

// Optimizes the module with the base options and these settings. Returns false if the settings are refused
// for this module. Throws if the job is to stop, or if memory or time runs out.
bool wr_trial_run(wr_pool *pool, wr_slice input, wr_trial_base_fn *base, void *user,
                  const wr_trial_setting *settings, size_t n, wr_trial_sizes *sizes);

#endif
