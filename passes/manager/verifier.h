// Checks the promises of passes: see verifier.c. Runs with --verify-passes, and always in debug builds.
#ifndef WR_PASSES_MANAGER_VERIFIER_H
#define WR_PASSES_MANAGER_VERIFIER_H

#include "pass.h"

typedef struct wr_verifier wr_verifier;

// Creates a verifier for bodies that are being edited; the module's own tables must not change meanwhile. In
// env->pass.
wr_verifier *wr_verifier_new(wr_context *c);

// Checks a decoded body that a pass has just edited. Throws WR_INTERNAL, naming the pass, the function and
// the instruction. Uses env->temp and releases what it took. Workers may check different functions at once.
void wr_verifier_check_body(wr_env *env, const wr_verifier *v, const wr_body *body, const char *pass);

// Checks a decoded body that a pass claims not to have changed: its encoding must equal the earlier bytes.
// Throws likewise.
void wr_verifier_check_same(wr_env *env, const wr_body *body, wr_slice bytes, const char *pass);

// Checks the whole module after a pass. Throws likewise.
void wr_verifier_check_module(wr_context *c, const char *pass);

#endif
