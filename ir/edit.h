// Adds entities to a module and replaces function bodies. New entities go to the end of their index space;
// existing indices never move. Only wr_module_store_bytes and wr_module_store_body are thread-safe; the main
// thread calls the others, between parallel loops.
#ifndef WR_IR_EDIT_H
#define WR_IR_EDIT_H

#include "body.h"
#include "refs.h"
#include "support/pool.h"

// Returns a function type with these parameters and results: an existing type if there is a suitable one
// (final, without supertype, in a group of its own), else a new one.
uint32_t wr_module_intern_func_type(wr_env *env, wr_module *m, const wr_valtype *params, uint32_t nparams,
                                    const wr_valtype *results, uint32_t nresults);
// Adds a function whose body is in m's numbering and must outlive the module. Fill its summary
// (wr_collector_summarize) before DCE or layout runs.
uint32_t wr_module_add_func(wr_env *env, wr_module *m, uint32_t type, wr_slice body);
// Adds a global. `init` is a constant expression, its `end` included.
uint32_t wr_module_add_global(wr_env *env, wr_module *m, wr_valtype type, bool mutable, wr_slice init);
void wr_module_add_data(wr_env *env, wr_module *m, wr_data data);
void wr_module_add_elem(wr_env *env, wr_module *m, wr_elem elem);

// Replaces a body. The caller must renew the summary.
void wr_module_replace_body(wr_module *m, uint32_t func, wr_slice body);
// From now on the module keeps the origins of its instructions.
void wr_module_track_origins(wr_env *env, wr_module *m);
// Records the origins of a body that was just replaced or added, if the module tracks origins. `body` is the
// decoded form of the new bytes. The table is in env->code.
void wr_module_keep_origins(wr_env *env, wr_module *m, uint32_t func, const wr_body *body);
// Replaces a body by the encoding of a decoded one, in env->code, and renews the summary. Several workers may
// do so at once for different functions.
void wr_module_store_body(wr_env *env, wr_collector *collector, wr_module *m, uint32_t func,
                          const wr_body *body);
// Replaces a body by a copy of bytes that have no decoded form. Its origins are lost.
void wr_module_store_bytes(wr_env *env, wr_collector *collector, wr_module *m, uint32_t func, wr_slice body);
// Frees the memory of replaced bodies and summaries by moving those in use, once enough of it is garbage. No
// slice of a body and no summary may be held across the call.
void wr_module_compact_code(wr_pool *pool, wr_module *m);

#endif
