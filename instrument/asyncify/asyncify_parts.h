// What the parts of asyncify share.
#ifndef WR_INSTRUMENT_ASYNCIFY_PARTS_H
#define WR_INSTRUMENT_ASYNCIFY_PARTS_H

#include "ir/ins.h"
#include "passes/manager/pass.h"

// The states, as the host sees them.
enum { WR_ASYNC_NORMAL, WR_ASYNC_UNWINDING, WR_ASYNC_REWINDING };

// The module of imports that stand for the functions that are added here.
#define WR_ASYNC_MODULE "asyncify"

// --- Arguments (asyncify_lists.c) ---

typedef WR_VEC(wr_slice) wr_async_list;

typedef struct wr_async_options {
    wr_async_list imports, remove, add, only;
    bool has_imports; // the list of imports was given
    bool ignore_imports, ignore_indirect, propagate_add, asserts, verbose;
    bool import_globals, export_globals;
    bool second_memory;    // frames are saved in a memory of their own
    uint32_t second_pages; // and this is its size
    const char *memory;    // the export name of the memory to use, if there are several
} wr_async_options;

void wr_async_read_options(wr_env *env, const wr_patterns *args, wr_async_options *options);
// Whether an item of the list, in which * stands for any text, is this name.
bool wr_async_list_has(const wr_async_list *list, wr_slice name);

// --- Which functions may be suspended (asyncify_reach.c) ---

typedef struct wr_async_reach {
    uint32_t nfuncs;       // of the input
    uint8_t *suspends;     // by function: it may be suspended while it runs, so its calls must be prepared
    uint8_t *instrumented; // by function: its code is to be rewritten
    uint8_t *runtime;      // by function: it controls unwinding or rewinding itself
    uint8_t *listed;       // by function: a list of the user names it, so its indirect calls count
    uint8_t *types;        // by canonical type: an indirect call of this type may be suspended
    bool open;             // indirect calls may call anything, since the host can change tables
    bool ignore_indirect;
} wr_async_reach;

// In env->perm. Notes reasons if the options are verbose.
void wr_async_find_reach(wr_context *c, const wr_async_options *options, wr_async_reach *reach);
// Whether the call may be suspended while it runs.
bool wr_async_may_suspend(const wr_async_reach *reach, const wr_module *m, uint32_t func, const wr_ins *ins);

// --- What is added to the module (asyncify_runtime.c) ---

typedef struct wr_async_runtime {
    uint32_t memory;
    bool is64;            // addresses in that memory are i64
    uint32_t state, data; // globals
    // Helper functions: reserve a frame and return its address, with the number of the call at its start or
    // without; leave the last frame and return its address; the number of the call in the last frame left.
    uint32_t push_numbered, push, pop, number;
} wr_async_runtime;

void wr_async_add_runtime(wr_context *c, const wr_async_options *options, wr_async_runtime *runtime);
// Makes calls of imports of WR_ASYNC_MODULE calls of the functions that were added.
void wr_async_bind_imports(wr_context *c);

// --- One body ---

// A call that may be suspended.
typedef struct wr_async_point {
    uint32_t cut; // the instruction in front of which rewinding enters the body; no operand is on the stack
    uint32_t call;
    bool replayed;   // its arguments matter when rewinding: the callee does not restore its parameters
    bool in_handler; // it is in a handler of exceptions, which can't be entered: suspending it traps
} wr_async_point;
typedef WR_VEC(wr_async_point) wr_async_points;

typedef struct wr_async_work {
    wr_env *env;
    wr_arena *arena;
    const wr_module *m;
    const wr_async_reach *reach;
    const wr_async_runtime *runtime;
    const uint32_t *results_of; // by type of blocks with parameters: the type with its results alone
    wr_body *body;
    wr_async_points points; // in code order
    uint32_t nresumable;    // those that are not in handlers
} wr_async_work;

// A local of this type, added to the body.
uint32_t wr_async_add_local(wr_async_work *w, wr_valtype type);
_Noreturn void wr_async_refuse(const wr_async_work *w, const char *why);

// Gives blocks with parameters around calls that may be suspended none (asyncify_params.c).
void wr_async_take_params(wr_async_work *w);

// Moves operands that are on the stack at calls that may be suspended, and around blocks with such calls, to
// locals, and finds the points (asyncify_spill.c).
void wr_async_spill(wr_async_work *w);

// The locals to save, lowest first (asyncify_live.c).
wr_u32s wr_async_find_saved(wr_async_work *w);

// Rewrites the body (asyncify_emit.c).
void wr_async_emit(wr_async_work *w, const wr_u32s *saved);

// Makes a function that is not instrumented trap if a call changes the state (asyncify_asserts.c).
void wr_async_assert(wr_async_work *w);

#endif
