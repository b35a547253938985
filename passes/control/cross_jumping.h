// The parts of cross-jumping: a quick test (cross_jumping_scan.c), and tails of exits
// (cross_jumping_tails.c).
#ifndef WR_PASSES_CONTROL_CROSS_JUMPING_H
#define WR_PASSES_CONTROL_CROSS_JUMPING_H

#include "simplify_cfg.h"

#define WR_SHARE_COST 3 // bytes of a new block and of a branch to it

// Whether any exits may share a tail. Quick, and true for few bodies.
bool wr_cross_jumping_may_share(wr_arena *temp, const wr_module *m, const wr_body *body);

// The blocks of one tail, and those of another that stand at the same place in it.
typedef struct wr_cross_jumping_names {
    uint32_t *other; // by name
    uint32_t *stamp; // by name: the comparison that `other` is of
    uint32_t comparison;
} wr_cross_jumping_names;

void wr_cross_jumping_names_init(wr_cross_jumping_names *names, wr_arena *arena, uint32_t n);

// Whether a tail may begin with the instruction, behind which *nest blocks end whose start is still to come.
// Updates *nest.
bool wr_cross_jumping_fits(const wr_simplify_cfg *b, const wr_ins *ins, uint32_t *nest);
// Extends a hash that is equal for equal tails.
uint64_t wr_cross_jumping_hash(uint64_t hash, const wr_ins *ins);
// The size of the instruction, about.
uint32_t wr_cross_jumping_size(const wr_simplify_cfg *b, const wr_ins *ins);
// Whether the places in [start, end) hold only whole blocks, and take nothing from the stack.
bool wr_cross_jumping_is_whole(const wr_simplify_cfg *b, uint32_t start, uint32_t end);
// Whether the tails of `length` instructions that end before places x and y do the same, and still do at the
// end of the block.
bool wr_cross_jumping_same(const wr_simplify_cfg *b, wr_cross_jumping_names *names, uint32_t block,
                           uint32_t x, uint32_t y, uint32_t length);

#endif
