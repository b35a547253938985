// Checks what passes promise each other: see verifier.c. Runs with --verify-passes, and always in debug
// builds.
#ifndef WR_PASSES_MANAGER_VERIFIER_H
#define WR_PASSES_MANAGER_VERIFIER_H

#include "pass.h"

typedef struct wr_verifier wr_verifier;

// For checking bodies while passes edit them; the module's own tables must not change meanwhile. In
// env->pass.
wr_verifier *wr_verifier_new(wr_context *c);

// A decoded body that a pass has just edited. Throws WR_INTERNAL, naming the pass, the function and the
// instruction. Works in env->temp and gives back what it took. Workers may check different functions at once.
void wr_verifier_check_body(wr_env *env, const wr_verifier *v, const wr_body *body, const char *pass);

// A decoded body that a pass says it has not changed: encoded it must be the bytes that it was before. Throws
// likewise.
void wr_verifier_check_same(wr_env *env, const wr_body *body, wr_slice bytes, const char *pass);

// All of the module after a pass. Throws likewise.
void wr_verifier_check_module(wr_context *c, const char *pass);

#endif
