// The first half of a rebuild: writes a body with named labels. Leaves out empty places and unreachable code,
// puts blocks where the parts of simplify-cfg moved them, swaps arms, and turns WR_Y_ bits into code.
#include "simplify_cfg.h"

enum { // the state of a block that is open in the output
    IS_OPEN = 1,
    IS_LOOP = 2,
    IS_USED = 4,  // something branches to it
    HAS_EXIT = 8, // control flow reaches the end of one of its arms
    SKIPS = 16,   // an if without an else so far
};

typedef struct writer {
    wr_simplify_cfg *b;
    wr_ins *out;
    uint32_t n;
    uint8_t *state; // by name
    bool dead;      // the code that follows is unreachable
} writer;

static void put_control(writer *w, wr_ins ins) {
    w->b->control[w->b->ncontrol++] = w->n;
    w->out[w->n++] = ins;
}

static void put(writer *w, wr_ins ins, uint32_t name) {
    wr_set_block_name(&ins, name);
    put_control(w, ins);
}

static void put_plain(writer *w, unsigned op) { w->out[w->n++] = (wr_ins){.op = (uint16_t)op}; }

// Negates the result of the last instruction written if that is possible without an additional one; returns
// whether it was.
static bool negate_last(writer *w) {
    wr_ins *last = &w->out[w->n - 1];
    if (!wr_op_opposite(last->op)) return false;
    last->op = (uint16_t)wr_op_opposite(last->op);
    return true;
}

// Joins conditions as `y` says; the negation is merged into the comparison before it, or stays in `y`.
static void settle_condition(writer *w, wr_ins *ins) {
    bool negated = ins->y & WR_Y_NEGATED;
    if ((ins->y & WR_Y_NEGATED_OPERAND) && !negate_last(w)) put_plain(w, WR_OP_I32_EQZ);
    if (ins->y & (WR_Y_OR | WR_Y_AND)) put_plain(w, ins->y & WR_Y_OR ? WR_OP_I32_OR : WR_OP_I32_AND);
    for (; w->out[w->n - 1].op == WR_OP_I32_EQZ; w->n--) negated = !negated;
    ins->y = negated && !negate_last(w);
}

static void use_targets(writer *w, wr_ins *ins) {
    uint32_t *label;
    for (uint32_t k = 0; (label = wr_label_at(w->b->body, ins, k)); k++) w->state[*label] |= IS_USED;
}

static void put_start(writer *w, const wr_ins *ins, uint32_t name) {
    wr_ins start = *ins;
    if (w->dead) return;
    if (start.op == WR_OP_IF) settle_condition(w, &start);
    if (start.op == WR_OP_TRY_TABLE) use_targets(w, &start);
    put(w, start, name);
    w->state[name] = IS_OPEN | (start.op == WR_OP_IF ? SKIPS : 0) | (start.op == WR_OP_LOOP ? IS_LOOP : 0);
}

// Ends a block. If the end of the block is never reached, the code behind it is unreachable as well.
static void put_end(writer *w, const wr_ins *ins, uint32_t name) {
    uint8_t state = w->state[name];
    if (!state) return;
    bool used = (state & IS_USED) && !(state & IS_LOOP);
    bool left = used || !w->dead || (state & (HAS_EXIT | SKIPS));
    put(w, *ins, name);
    if (ins->op == WR_OP_DELEGATE) use_targets(w, &w->out[w->n - 1]);
    w->state[name] = 0;
    w->dead = !left;
    if (!left && name) put_control(w, (wr_ins){.op = WR_OP_UNREACHABLE, .y = WR_Y_NEVER_LEFT});
}

static void put_arm(writer *w, const wr_ins *ins, uint32_t name) {
    uint8_t *state = &w->state[name];
    if (!*state) return;
    *state &= (uint8_t)~SKIPS;
    if (!w->dead) *state |= HAS_EXIT;
    put(w, *ins, name);
    w->dead = false;
}

static void put_moved(writer *w, uint32_t last) {
    const wr_simplify_cfg *b = w->b;
    const wr_ins end = {.op = WR_OP_END};
    if (!b->moves_ends)
        for (uint32_t name = last; name != WR_NONE; name = b->chain[name])
            put_start(w, &b->blocks[name].ins, name);
    else
        for (uint32_t name = b->chain[last]; name != WR_NONE; name = name == last ? WR_NONE : b->chain[name])
            put_end(w, &end, name);
}

// Each of these functions returns the next place to write.

static uint32_t write_start(writer *w, uint32_t i) {
    const wr_ins *ins = &w->b->body->ins[i];
    const wr_simplify_cfg_block *block = &w->b->blocks[wr_block_name(ins)];
    put_start(w, ins, wr_block_name(ins));
    return block->swap && !w->dead ? block->other + 1 : i + 1;
}

static uint32_t write_end(writer *w, uint32_t i) {
    const wr_ins *ins = &w->b->body->ins[i];
    uint32_t name = wr_block_name(ins);
    wr_simplify_cfg_block *block = &w->b->blocks[name];
    unsigned swap = block->swap;
    if (!w->state[name]) return i + 1;
    if (swap == WR_SWAP_ARMS)
        put_arm(w, &(wr_ins){.op = WR_OP_ELSE}, name);
    else
        put_end(w, ins, name);
    if (!swap) return i + 1;
    block->swap |= WR_SWAPPING;
    return block->start + 1;
}

static uint32_t write_arm(writer *w, uint32_t i) {
    const wr_ins *ins = &w->b->body->ins[i];
    uint32_t name = wr_block_name(ins);
    const wr_simplify_cfg_block *block = &w->b->blocks[name];
    if (!(block->swap & WR_SWAPPING)) {
        put_arm(w, ins, name);
        return i + 1;
    }
    if (w->state[name]) put_end(w, &(wr_ins){.op = WR_OP_END}, name);
    return block->end + 1;
}

static uint32_t write_leaving(writer *w, uint32_t i) {
    wr_ins kept = w->b->body->ins[i];
    if (w->dead || wr_simplify_cfg_is_implied(w->b, i)) return i + 1;
    if (kept.op == WR_OP_UNREACHABLE) kept.y = 0;
    if (kept.op == WR_OP_BR_IF) settle_condition(w, &kept);
    use_targets(w, &kept);
    put_control(w, kept);
    w->dead = wr_never_goes_on(kept.op);
    return i + 1;
}

static uint32_t write_control(writer *w, uint32_t i) {
    unsigned op = w->b->body->ins[i].op;
    if (wr_opens_block(op)) return write_start(w, i);
    if (wr_closes_block(op)) return write_end(w, i);
    return wr_begins_arm(op) ? write_arm(w, i) : write_leaving(w, i);
}

// Writes instruction i, and those behind it up to the next control instruction or the next place to which a
// block moves.
static uint32_t write_plain(writer *w, uint32_t i) {
    const wr_ins *ins = w->b->body->ins;
    const uint32_t *moved = w->b->moved;
    wr_ins *out = w->out + w->n;
    do {
        *out = ins[i];
        out += ins[i].op != WR_OP_NOP;
        i++;
    } while (!wr_is_control(ins[i].op) && moved[i] == WR_NONE);
    if (!w->dead) w->n = (uint32_t)(out - w->out);
    return i;
}

static uint32_t write_place(writer *w, uint32_t i) {
    if (w->b->moved[i] != WR_NONE) put_moved(w, w->b->moved[i]);
    return wr_is_control(w->b->body->ins[i].op) ? write_control(w, i) : write_plain(w, i);
}

void wr_simplify_cfg_write(wr_simplify_cfg *b) {
    writer w = {.b = b, .out = b->spare, .state = WR_NEW0(&b->env->temp, uint8_t, b->names)};
    w.state[0] = IS_OPEN;
    b->ncontrol = 0;
    b->has_targets = false;
    for (uint32_t i = 0; i < b->body->n;) i = write_place(&w, i);
    memset(b->moved, 0xff, b->body->n * sizeof(uint32_t));
    b->spare = b->body->ins;
    b->body->ins = w.out;
    b->body->n = w.n;
}
