// The validator: WebAssembly 3.0's rules and those of the further proposals in opcodes.def, over a decoded
// module.
#ifndef WR_IR_VALIDATE_VALIDATE_H
#define WR_IR_VALIDATE_VALIDATE_H

#include "ir/refs.h"
#include "support/pool.h"

// Types: checks definitions and supertypes, fills each type's canon. Called by the decoder after the type
// section, since everything later compares types by canon.
void wr_validate_types(wr_env *env, wr_module *m);

// Whether a value of type `sub` may stand where `super` is wanted.
bool wr_is_subtype(const wr_module *m, wr_valtype sub, wr_valtype super);
bool wr_is_heap_subtype(const wr_module *m, wr_heaptype sub, wr_heaptype super);
// The same type, whatever type indices write it.
bool wr_same_type(const wr_module *m, wr_valtype a, wr_valtype b);

// Everything but function bodies. Needs the whole module decoded. Adds to m->features.
void wr_validate_module(wr_env *env, wr_module *m);

// One function body, after wr_validate_module. Returns the features it uses, WR_F_* bits. If c is not NULL,
// fills summary: uses (in env->perm), features, instruction count. Uses env->temp.
uint64_t wr_validate_func(wr_env *env, const wr_module *m, uint32_t func, wr_collector *c,
                          wr_summary *summary);

// All of the above but the types, bodies in parallel; completes m->features. With summarize, fills every
// function's summary. Throws WR_BAD_INPUT for an invalid module.
void wr_validate(wr_pool *pool, wr_module *m, bool summarize);

// Tags with results are of the proposal stack switching: throws in modules without anything else of it, as
// the standard wants it. Not for outputs, in which nothing else of it may be left.
void wr_refuse_control_tags(wr_env *env, const wr_module *m);

#endif
