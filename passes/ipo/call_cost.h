// A guess at how often code runs, from loops, arms that end in a trap, and the call graph or a profile; and
// what that says about trading time for bytes.
#ifndef WR_PASSES_IPO_CALL_COST_H
#define WR_PASSES_IPO_CALL_COST_H

#include "analysis/block_frequency.h"
#include "passes/manager/pass.h"

enum { WR_CALL_COST_MAX = 15, WR_CALL_COST_LOOPS = 3, WR_CALL_COST_NEVER = 1 << 20 };

typedef struct wr_func_call_cost {
    double price;  // bytes that a call more on its entry must save
    uint8_t loops; // around its calls, to WR_CALL_COST_LOOPS, or a mark that it is cold
} wr_func_call_cost;

typedef struct wr_call_cost {
    wr_func_call_cost *func; // by function
    uint32_t n;
    WR_VEC(wr_func_call_cost) added; // behind those
    bool cold_only;                  // no call more in loops
} wr_call_cost;

// In env->pass.
void wr_call_cost_find(wr_context *c, wr_call_cost *heat);
// Adds the next function of the module: a part that was cut out of others. In env->perm.
void wr_call_cost_add(wr_env *env, wr_call_cost *heat);
// A place where the part was in a function at this level, see wr_block_frequency: it becomes as hot as all
// its places.
void wr_call_cost_add_site(wr_call_cost *heat, uint32_t part, uint32_t func, int level);

// The levels of a body's code (code_levels.h) for the functions below: by loops alone where nothing in them
// gets a call more. In arena. Blocks must be matched.
int8_t *wr_call_cost_frequencies(wr_arena *arena, const wr_call_cost *heat, const wr_body *body);

// The loops around a place and its function's calls, to WR_CALL_COST_LOOPS.
unsigned wr_call_cost_loops(const wr_call_cost *heat, uint32_t func, int level);
// The class of a place, 0 to WR_CALL_COST_MAX, and the bytes that a call more must save at a place of that
// class.
unsigned wr_call_cost_class(const wr_call_cost *heat, uint32_t func, int level);
int wr_call_cost_bytes(unsigned class);

#endif
