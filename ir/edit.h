// Adding to a module and changing it. New entities go to the end of their index space; existing indices never
// move. Not thread-safe, wr_store_body apart: done by the main thread between parallel loops.
#ifndef WR_IR_EDIT_H
#define WR_IR_EDIT_H

#include "body.h"
#include "refs.h"
#include "support/pool.h"

// A function type with these parameters and results: an existing one if there is (final, no supertype, in a
// group of its own), else a new one.
uint32_t wr_find_or_add_func_type(wr_env *env, wr_module *m, const wr_valtype *params, uint32_t nparams,
                                  const wr_valtype *results, uint32_t nresults);
// A function with a body in m's numbering, which must outlive the module. Its summary must be filled before
// DCE or layout (wr_summarize).
uint32_t wr_add_func(wr_env *env, wr_module *m, uint32_t type, wr_slice body);
// An immutable global; init is a constant expression with its end.
uint32_t wr_add_global(wr_env *env, wr_module *m, wr_valtype type, bool mutable, wr_slice init);
void wr_add_data(wr_env *env, wr_module *m, wr_data data);
void wr_add_elem(wr_env *env, wr_module *m, wr_elem elem);

// Replaces a body; the summary must be renewed.
void wr_replace_body(wr_module *m, uint32_t func, wr_slice body);
// Says where the instructions of a body that was just replaced or added are from, if the module tracks that:
// what the decoded form of the new bytes says. The table is in env->code.
void wr_keep_origins(wr_env *env, wr_module *m, uint32_t func, const wr_body *body);
// Replaces a body by the bytes of a decoded one, in env->code, and renews the summary. Workers may do so with
// different functions.
void wr_store_edited(wr_env *env, wr_collector *collector, wr_module *m, uint32_t func, const wr_body *body);
// Replaces a body by a copy of bytes that no decoded form has; where they are from is lost.
void wr_store_body(wr_env *env, wr_collector *collector, wr_module *m, uint32_t func, wr_slice body);
// Gives back the memory of bodies and summaries that were replaced since, by moving those that are in use.
// Nobody may keep slices of bodies, nor summaries, across the call.
void wr_compact_code(wr_pool *pool, wr_module *m);

#endif
