// Call cost: the bytes that an additional call at a place must save to be worth its time. Derived from block
// frequency (loops, arms that end in a trap) and call frequency (the call graph, or a profile).
//
// A wr_call_cost is filled by one thread; afterwards many may read it while nobody adds to it.
#ifndef WR_PASSES_MANAGER_CALL_COST_H
#define WR_PASSES_MANAGER_CALL_COST_H

#include "analysis/block_frequency.h"
#include "passes/manager/pass.h"

enum { WR_CALL_COST_MAX = 15, WR_CALL_COST_LOOPS = 3, WR_CALL_COST_NEVER = 1 << 20 };

typedef struct wr_func_call_cost {
    double price;  // bytes that an additional call at its entry must save
    uint8_t loops; // loops around calls of it, WR_CALL_COST_LOOPS at most; or a mark that it is cold
    bool may_loop; // loops reach it only if they reach an indirect call outside of them (-Oz: not known)
} wr_func_call_cost;

typedef struct wr_call_cost {
    wr_func_call_cost *func; // by function: the n that the module had at wr_call_cost_find
    uint32_t n;
    WR_VEC(wr_func_call_cost) added; // functions that were added after those
    bool cold_only;                  // no additional calls in loops (all levels but -Oz)
    uint8_t least;                   // bytes that a call must save at -Oz, whatever the guess says
} wr_call_cost;

// Estimates the call cost of all functions of the module. Memory is in env->pass.
void wr_call_cost_find(wr_context *c, wr_call_cost *call_cost);
// Leaves the call cost to the next pass: its wr_call_cost_find returns it without looking at any code. For a
// pass that adds no functions and changes no calls.
void wr_call_cost_hand_on(wr_context *c, const wr_call_cost *call_cost);
// Adds an entry for the next function of the module: a part that was cut out of others. It is cold until
// sites are added. In env->perm.
void wr_call_cost_add(wr_env *env, wr_call_cost *call_cost);
// Adds a place where the part stood: in function `func`, at this block frequency level (see
// wr_block_frequency). The part's frequency is the sum over its places.
void wr_call_cost_add_site(wr_call_cost *call_cost, uint32_t part, uint32_t func, int level);

// The block frequency levels of a body's instructions, for the functions below; levels from loops alone if
// additional calls in loops are ruled out. In arena. Blocks must be matched.
int8_t *wr_call_cost_frequencies(wr_arena *arena, const wr_call_cost *call_cost, const wr_body *body);

// The number of loops around a place and around calls of its function, WR_CALL_COST_LOOPS at most.
unsigned wr_call_cost_loops(const wr_call_cost *call_cost, uint32_t func, int level);
// The cost class of a place, 0 to WR_CALL_COST_MAX, and the bytes that an additional call must save at a
// place of that class.
unsigned wr_call_cost_class(const wr_call_cost *call_cost, uint32_t func, int level);
int wr_call_cost_bytes(unsigned class);

#endif
