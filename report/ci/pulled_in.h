// Why a package grew: the call from outside that leads to what is new in it.
#ifndef WR_REPORT_CI_PULLED_IN_H
#define WR_REPORT_CI_PULLED_IN_H

#include "report/diff/diff.h"

typedef struct wr_new_call {
    uint32_t from, to; // functions of the module after; WR_NONE: none found
    uint32_t distance; // of the caller from the program's start
} wr_new_call;

typedef struct wr_pulled_in {
    const wr_diff *diff;
    const wr_audit *program;
    wr_new_call *calls; // by package of the module after
} wr_pulled_in;

// `program` is the audit of the module after with the graph that says what needs what. Results in env->perm.
wr_pulled_in wr_pulled_in_find(wr_env *env, const wr_diff *diff, const wr_audit *program);

// In Markdown: the functions from the start to the new one, or what in the package grew most. In env->perm.
wr_slice wr_pulled_in_text(wr_env *env, const wr_pulled_in *pulled, const wr_diff_group *group);

#endif
