// A guess at how often code runs, from loops, arms that end in a trap, and the call graph or a profile; and what that says about
// trading time for bytes.
#ifndef WR_PASSES_HEAT_H
#define WR_PASSES_HEAT_H

#include "code_levels.h"
#include "pass.h"

enum { WR_HEAT_MAX = 15, WR_HEAT_LOOPS = 3, WR_HEAT_NEVER = 1 << 20 };

typedef struct wr_heat_func {
    double price; // bytes that a call more on its entry must save
    uint8_t loops; // around its calls, to WR_HEAT_LOOPS, or a mark that it is cold
} wr_heat_func;

typedef struct wr_heat {
    wr_heat_func *func; // by function
    uint32_t n;
    WR_VEC(wr_heat_func) added; // behind those
    bool cold_only; // no call more in loops
} wr_heat;

// In env->pass.
void wr_find_heat(wr_context *c, wr_heat *heat);
// Adds the next function of the module: a part that was cut out of others. In env->perm.
void wr_heat_add(wr_env *env, wr_heat *heat);
// A place where the part was in a function at this level, see wr_code_levels: it becomes as hot as all its places.
void wr_heat_add_place(wr_heat *heat, uint32_t part, uint32_t func, int level);

// The levels of a body's code (code_levels.h) for the functions below: by loops alone where nothing in them gets a call more.
// In arena. Blocks must be matched.
int8_t *wr_heat_levels(wr_arena *arena, const wr_heat *heat, const wr_body *body);

// The loops around a place and its function's calls, to WR_HEAT_LOOPS.
unsigned wr_heat_loops(const wr_heat *heat, uint32_t func, int level);
// The class of a place, 0 to WR_HEAT_MAX, and the bytes that a call more must save at a place of that class.
unsigned wr_heat_at(const wr_heat *heat, uint32_t func, int level);
int wr_heat_price(unsigned class);

#endif
