// A guess at how often code runs, from loops and the static graph of direct calls.
#ifndef WR_PASSES_HEAT_H
#define WR_PASSES_HEAT_H

#include "ir/body.h"
#include "pass.h"

// How deep in loops code is, counted through calls: 0 is cold, WR_HEAT_MAX as hot as it gets.
enum { WR_HEAT_MAX = 3 };

typedef struct wr_heat {
    uint8_t *func; // by function: the heat of code outside of its loops
    uint32_t n;
} wr_heat;

// In env->pass. deep: follow calls of any length, else only those that stand in loops themselves.
void wr_find_heat(wr_context *c, bool deep, wr_heat *heat);

// The loop depth of each instruction, in arena. Blocks must be matched.
uint8_t *wr_loop_depths(wr_arena *arena, const wr_body *body);

static inline unsigned wr_heat_at(const wr_heat *heat, uint32_t func, unsigned depth) {
    unsigned sum = (func < heat->n ? heat->func[func] : 0) + depth;
    return sum < WR_HEAT_MAX ? sum : WR_HEAT_MAX;
}

#endif
