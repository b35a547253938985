// Labels that stay true while code moves. In the binary format a branch counts the blocks between it and its
// target; here each block gets a name, a number of its own, and branches name their target. Passes that open,
// close, drop or move blocks work on the named form, and turn it back when they are done: one linear walk
// each way.
//
// Name 0 is the function's own label; the others are below the number that wr_name_labels returns. The name
// of a block is at its start, at its arms and at its end. Instructions in the named form can't be written or
// sized, and those with words in ext must not be copied: the copy would share its labels.
#ifndef WR_IR_LABELS_H
#define WR_IR_LABELS_H

#include "body.h"

uint32_t wr_name_labels(wr_arena *arena, wr_body *body);
// names: more than the greatest name in use.
void wr_number_labels(wr_arena *arena, wr_body *body, uint32_t names);

// The name at an instruction that opens or ends a block or begins an arm.
static inline uint32_t wr_block_name(const wr_ins *ins) { return (uint32_t)(ins->b >> 32); }
static inline void wr_set_block_name(wr_ins *ins, uint32_t name) {
    ins->b = (uint32_t)ins->b | (uint64_t)name << 32;
}

// Likewise, of a resume's handlers; those for switches have none.
static inline uint32_t *wr_handler_label(uint32_t *words, uint32_t k) {
    uint32_t count = *words++;
    for (uint32_t i = 0; i < count; i++, words += 3)
        if (words[0] == WR_ON_LABEL && k-- == 0) return &words[2];
    return NULL;
}

// Where the instruction's k-th label stands, in either form; NULL behind the last.
static inline uint32_t *wr_label_at(const wr_body *body, wr_ins *ins, uint32_t k) {
    uint32_t *words = body->ext.v;
    switch (wr_opinfos[ins->op].imm) {
    case WR_IMM_LABEL:
    case WR_IMM_CAST: return k ? NULL : &ins->a;
    case WR_IMM_LABELS: return k <= ins->a ? &words[ins->b + k] : NULL;
    case WR_IMM_TRY_TABLE: return k < words[(uint32_t)ins->b] ? &words[(uint32_t)ins->b + 3 + 3 * k] : NULL;
    case WR_IMM_RESUME: return wr_handler_label(&words[(uint32_t)ins->b], k);
    default: return NULL;
    }
}

#endif
