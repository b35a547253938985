// Converts labels from depths to names and back. See labels.h.
#include "labels.h"

// `open` holds the names of the enclosing blocks, innermost last. Replaces each label of the instruction by
// the name of its target.
static void name_targets(const wr_body *body, wr_ins *ins, const wr_u32s *open) {
    uint32_t *label;
    for (uint32_t k = 0; (label = wr_label_at(body, ins, k)); k++) {
        WR_ASSERT(*label < open->n);
        *label = open->v[open->n - 1 - *label];
    }
}

uint32_t wr_labels_name(wr_arena *arena, wr_body *body) {
    wr_u32s open = {0};
    uint32_t names = 1;
    WR_ASSERT(!body->named);
    body->named = true;
    WR_PUSH(arena, open, 0);
    for (uint32_t i = 0; i < body->n; i++) {
        wr_ins *ins = &body->ins[i];
        if (!wr_is_control(ins->op)) continue;
        if (wr_closes_block(ins->op)) wr_set_block_name(ins, open.v[--open.n]);
        name_targets(body, ins, &open);
        if (wr_begins_arm(ins->op)) wr_set_block_name(ins, open.v[open.n - 1]);
        if (!wr_opens_block(ins->op)) continue;
        wr_set_block_name(ins, names);
        WR_PUSH(arena, open, names++);
    }
    return names;
}

void wr_labels_number(wr_arena *arena, wr_body *body, uint32_t names) {
    uint32_t *depth = WR_NEW0(arena, uint32_t, names); // by name: open blocks, the named one included
    uint32_t open = 0, *label;
    WR_ASSERT(body->named);
    body->named = false;
    for (uint32_t i = 0; i < body->n; i++) {
        wr_ins *ins = &body->ins[i];
        if (!wr_is_control(ins->op)) continue;
        bool opens = wr_opens_block(ins->op), closes = wr_closes_block(ins->op);
        if (closes && open) open--;
        for (uint32_t k = 0; (label = wr_label_at(body, ins, k)); k++) *label = open - depth[*label];
        if (opens) depth[wr_block_name(ins)] = ++open;
        if (opens || closes || wr_begins_arm(ins->op)) wr_set_block_name(ins, 0);
    }
}
