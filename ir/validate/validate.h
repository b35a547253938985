// The validator: checks a decoded module against the rules of WebAssembly 3.0 and of the further proposals in
// opcodes.def.
#ifndef WR_IR_VALIDATE_VALIDATE_H
#define WR_IR_VALIDATE_VALIDATE_H

#include "ir/refs.h"
#include "support/pool.h"

// Checks type definitions and supertypes, and fills each type's canon. The decoder calls it after the type
// section, since everything later compares types by canon.
void wr_validate_types(wr_env *env, wr_module *m);

// Whether a value of type `sub` may be used where `super` is expected.
bool wr_valtype_is_subtype(const wr_module *m, wr_valtype sub, wr_valtype super);
bool wr_heaptype_is_subtype(const wr_module *m, wr_heaptype sub, wr_heaptype super);
// Whether two types are equal, whatever type indices they are written with.
bool wr_valtype_is_same(const wr_module *m, wr_valtype a, wr_valtype b);

// Validates everything but function bodies, once the whole module is decoded. Adds to m->features.
void wr_validate_module(wr_env *env, wr_module *m);

// Validates one function body, after wr_validate_module. Returns the features that it uses (WR_F_* bits). If
// c is not NULL, fills the summary: uses (in env->perm), features, instruction count. Uses env->temp.
uint64_t wr_validate_func(wr_env *env, const wr_module *m, uint32_t func, wr_collector *c,
                          wr_summary *summary);

// Does all of the above except types, with bodies in parallel, and completes m->features. With `summarize`,
// fills the summary of every function. Throws WR_BAD_INPUT if the module is invalid.
void wr_validate(wr_pool *pool, wr_module *m, bool summarize);

// Tags with results belong to the stack switching proposal: throws if the module uses nothing else of it, as
// the standard requires. Not for outputs, which may have lost all other uses of the proposal.
void wr_validate_control_tags(wr_env *env, const wr_module *m);

#endif
