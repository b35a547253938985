// The loop that function passes share.
#ifndef WR_PASSES_BODIES_H
#define WR_PASSES_BODIES_H

#include "ir/body.h"
#include "pass.h"

// Edits a body in env->temp, where it was decoded; env->func is its index. Only reads the module. Returns whether
// something changed. Never called for bodies with more than WR_MAX_LOCALS locals.
typedef bool wr_edit_fn(wr_env *env, const wr_context *c, wr_body *body);

// Calls edit for each live function with a body, in parallel, and keeps a changed body if it is smaller, or with
// keep_equal if it is not larger. In later rounds only those that the round before or this one has made
// smaller by more than next to nothing.
void wr_edit_bodies(wr_context *c, wr_edit_fn *edit, bool keep_equal);

#endif
