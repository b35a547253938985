// A key of a function's body that is the same in every program that a library is linked into: a hash of its
// signature and instructions without what linkers and optimizers of locals change (indices, addresses,
// hints).
#ifndef WR_REPORT_EVIDENCE_BODY_KEY_H
#define WR_REPORT_EVIDENCE_BODY_KEY_H

#include "ir/module.h"

// Bodies of fewer instructions are alike by chance.
enum { WR_BODY_KEY_LEAST = 20 };

// Scratch in env->temp.
uint64_t wr_body_key(wr_env *env, const wr_module *m, uint32_t func);

#endif
