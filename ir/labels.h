// Labels that stay valid while code moves.
//
// In the binary format a label counts the blocks between the branch and its target. Here each block has a
// name (a number of its own), and branches name their target:
//
//     block        block 1        ;; the name is kept at the start, the arms and the end of a block
//       loop         loop 2
//         br 1         br 1       ;; stays right if the loop is dropped
//       end          end 2
//     end          end 1
//
// Passes that open, close, drop or move blocks work on the named form and convert it back when they are done.
// Each conversion is one linear walk.
//
// Name 0 is the function's own label; the others are below the number that wr_labels_name returns.
// Instructions in the named form cannot be written or sized. An instruction with words in ext must not be
// copied, since the copy would share its labels.
#ifndef WR_IR_LABELS_H
#define WR_IR_LABELS_H

#include "body.h"

uint32_t wr_labels_name(wr_arena *arena, wr_body *body);
// `names` must exceed the greatest name in use.
void wr_labels_number(wr_arena *arena, wr_body *body, uint32_t names);

// The name of the block that an instruction opens, ends or begins an arm of.
static inline uint32_t wr_block_name(const wr_ins *ins) { return (uint32_t)(ins->b >> 32); }
static inline void wr_set_block_name(wr_ins *ins, uint32_t name) {
    ins->b = (uint32_t)ins->b | (uint64_t)name << 32;
}

// The place of the k-th label among a resume's handlers. Handlers for switches have none.
static inline const uint32_t *wr_handler_label(const uint32_t *words, uint32_t k) {
    uint32_t count = *words++;
    for (uint32_t i = 0; i < count; i++, words += 3)
        if (words[0] == WR_ON_LABEL && k-- == 0) return &words[2];
    return NULL;
}

// The place of the instruction's k-th label, in either form; NULL past the last.
static inline const uint32_t *wr_nth_label(const wr_ins *ins, const uint32_t *ext, uint32_t k) {
    const uint32_t *words = ext + (uint32_t)ins->b;
    switch (wr_imm_infos[wr_opinfos[ins->op].imm].labels) {
    case WR_LABELS_ONE: return k ? NULL : &ins->a;
    case WR_LABELS_LIST: return k <= ins->a ? &words[k] : NULL;
    case WR_LABELS_CATCHES: return k < words[0] ? &words[3 + 3 * k] : NULL;
    case WR_LABELS_HANDLERS: return wr_handler_label(words, k);
    default: return NULL;
    }
}

// Likewise, for labels that are to be changed.
static inline uint32_t *wr_label_at(const wr_body *body, wr_ins *ins, uint32_t k) {
    return (uint32_t *)wr_nth_label(ins, body->ext.v, k);
}

#endif
