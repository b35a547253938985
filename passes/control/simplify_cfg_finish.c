// Writes a body with named labels in its final form: pending negations become i32.eqz, an unreachable behind
// a block whose end is never reached is dropped where the types around it permit that, and labels become
// numbers.
#include "simplify_cfg.h"

typedef struct finisher {
    wr_simplify_cfg *b;
    wr_ins *out;
    uint32_t n;
    uint32_t *start;   // by name: where the block starts in `out`
    uint8_t *is_fixed; // by name: an arm of the block relies on its present type
} finisher;

// Whether the unreachable at i can be dropped; changes the type of the block before it if this is needed.
static bool can_drop(finisher *f, uint32_t i, uint32_t inside) {
    const wr_simplify_cfg *b = f->b;
    const wr_simplify_cfg_block *outer = &b->blocks[inside];
    unsigned next = b->body->ins[i + 1].op;
    uint32_t name = wr_block_name(&b->body->ins[i - 1]);
    wr_ins *start = &f->out[f->start[name]], type;
    if (wr_simplify_cfg_is_implied(b, i)) return true;
    if ((next != WR_OP_END && next != WR_OP_ELSE) || !wr_simplify_cfg_result(b, inside, &type)) return false;
    if (b->height[i] != outer->height || start->x != WR_BLOCK_EMPTY || f->is_fixed[name]) return false;
    start->x = type.x;
    start->a = type.a;
    return true;
}

static void put_control(finisher *f, uint32_t i, uint32_t inside) {
    wr_ins ins = f->b->body->ins[i];
    bool negated = ins.y && (ins.op == WR_OP_IF || ins.op == WR_OP_BR_IF);
    bool behind = ins.y && ins.op == WR_OP_UNREACHABLE;
    if (negated) f->out[f->n++] = (wr_ins){.op = WR_OP_I32_EQZ};
    if (negated || behind) ins.y = 0;
    if (behind && can_drop(f, i, inside)) {
        f->is_fixed[inside] = 1;
        return;
    }
    if (wr_opens_block(ins.op)) f->start[wr_block_name(&ins)] = f->n;
    f->out[f->n++] = ins;
}

static void put_plain(finisher *f, uint32_t i, uint32_t end) {
    memcpy(f->out + f->n, f->b->body->ins + i, (end - i) * sizeof *f->out);
    f->n += end - i;
}

static uint32_t count_negated(const wr_simplify_cfg *b) {
    uint32_t n = 0;
    for (uint32_t at = 0; at < b->ncontrol; at++) {
        const wr_ins *ins = &b->body->ins[b->control[at]];
        n += ins->y && (ins->op == WR_OP_IF || ins->op == WR_OP_BR_IF);
    }
    return n;
}

void wr_simplify_cfg_finish(wr_simplify_cfg *b) {
    wr_arena *temp = &b->env->temp;
    wr_body *body = b->body;
    wr_ins block;
    bool encloses = wr_simplify_cfg_must_enclose(b, &block);
    uint32_t most = body->n + count_negated(b), inside = 0, next = 0;
    finisher f = {.b = b,
                  .out = most <= b->cap ? b->spare : WR_NEW(temp, wr_ins, most),
                  .start = WR_NEW(temp, uint32_t, b->names),
                  .is_fixed = WR_NEW0(temp, uint8_t, b->names)};
    for (uint32_t at = 0; at < b->ncontrol; at++) {
        uint32_t i = b->control[at];
        put_plain(&f, next, i);
        put_control(&f, i, inside);
        inside = wr_simplify_cfg_inside_after(b, i, inside);
        next = i + 1;
    }
    body->ins = f.out;
    body->n = f.n;
    if (encloses) wr_simplify_cfg_enclose(b, block);
    wr_labels_number(temp, body, b->names);
}
