// Converts labels from depths to names and back. See labels.h.
#include "labels.h"

#include "walk.h"

// The name of the block that a label means; 0 for the function.
static uint32_t name_of(const wr_walk *walk, uint32_t label) {
    uint32_t block = wr_walk_block(walk, label);
    return block == WR_NONE ? 0 : wr_block_name(&walk->body->ins[block]);
}

uint32_t wr_labels_name(wr_arena *arena, wr_body *body) {
    uint32_t names = 1, *label;
    WR_ASSERT(!body->named);
    body->named = true;
    wr_walk walk = wr_walk_begin(arena, body);
    for (uint32_t i = 0; i < body->n; i++) {
        wr_ins *ins = &body->ins[i];
        if (!wr_is_control(ins->op)) continue;
        wr_walk_to(&walk, i);
        bool closes = wr_closes_block(ins->op); // the labels of such an instruction count from outside
        for (uint32_t k = 0; (label = wr_label_at(body, ins, k)); k++) {
            WR_ASSERT(*label + closes <= walk.open.n);
            *label = name_of(&walk, *label + closes);
        }
        if (closes || wr_begins_arm(ins->op)) wr_set_block_name(ins, name_of(&walk, 0));
        if (wr_opens_block(ins->op)) wr_set_block_name(ins, names++);
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
