// Writes a body with named labels anew, without what is gone or never reached, with blocks where the parts of `branches`
// want them; then walks over it once to find blocks, heights and the users of labels.
#include "branches.h"
#include "ir/exprs.h"
#include "ir/typing.h"

// --- Writing ---

typedef struct writer {
    wr_branches *b;
    wr_ins *out;
    uint32_t n;
    uint8_t *open; // by name: is open in what was written
    bool dead;     // what comes now is never reached
} writer;

static void put(writer *w, wr_ins ins, uint32_t name) {
    wr_set_block_name(&ins, name);
    w->out[w->n++] = ins;
}

// A condition's negation goes into the comparison before it, or is told by y.
static void settle_negation(writer *w, wr_ins *ins) {
    for (; w->n && w->out[w->n - 1].op == WR_OP_I32_EQZ; w->n--) ins->y ^= 1;
    if (!ins->y || !w->n || !wr_opposite(w->out[w->n - 1].op)) return;
    w->out[w->n - 1].op = (uint16_t)wr_opposite(w->out[w->n - 1].op);
    ins->y = 0;
}

static void put_start(writer *w, const wr_ins *ins, uint32_t name) {
    wr_ins start = *ins;
    if (w->dead) return;
    if (start.op == WR_OP_IF) settle_negation(w, &start);
    put(w, start, name);
    w->open[name] = 1;
}

static void put_end(writer *w, uint32_t name) {
    if (!w->open[name]) return;
    put(w, (wr_ins){.op = WR_OP_END}, name);
    w->open[name] = 0;
    w->dead = false;
}

static void put_chains(writer *w, uint32_t i) {
    const wr_branches *b = w->b;
    uint32_t last = b->closed[i];
    for (uint32_t name = last == WR_NONE ? last : b->chain[last]; name != WR_NONE; name = name == last ? WR_NONE : b->chain[name])
        put_end(w, name);
    for (uint32_t name = b->opened[i]; name != WR_NONE; name = b->chain[name]) put_start(w, &b->blocks[name].ins, name);
}

// Each of these returns where to go on.

static uint32_t write_start(writer *w, uint32_t i) {
    const wr_ins *ins = &w->b->body->ins[i];
    const wr_block *block = &w->b->blocks[wr_block_name(ins)];
    put_start(w, ins, wr_block_name(ins));
    return block->swap && !w->dead ? block->other + 1 : i + 1;
}

static uint32_t write_end(writer *w, uint32_t i) {
    const wr_ins *ins = &w->b->body->ins[i];
    uint32_t name = wr_block_name(ins);
    wr_block *block = &w->b->blocks[name];
    if (!w->open[name]) return i + 1;
    unsigned swap = block->swap;
    w->dead = false;
    put(w, swap == WR_SWAP_ARMS ? (wr_ins){.op = WR_OP_ELSE} : *ins, name);
    w->open[name] = swap == WR_SWAP_ARMS;
    if (!swap) return i + 1;
    block->swap |= WR_SWAPPING;
    return block->start + 1;
}

static uint32_t write_arm(writer *w, uint32_t i) {
    const wr_ins *ins = &w->b->body->ins[i];
    uint32_t name = wr_block_name(ins);
    const wr_block *block = &w->b->blocks[name];
    if (block->swap & WR_SWAPPING) {
        put_end(w, name);
        return block->end + 1;
    }
    if (!w->open[name]) return i + 1;
    put(w, *ins, name);
    w->dead = false;
    return i + 1;
}

static uint32_t write_place(writer *w, uint32_t i) {
    const wr_ins *ins = &w->b->body->ins[i];
    put_chains(w, i);
    if (wr_opens_block(ins->op)) return write_start(w, i);
    if (wr_closes_block(ins->op)) return write_end(w, i);
    if (wr_begins_arm(ins->op)) return write_arm(w, i);
    if (w->dead || ins->op == WR_OP_NOP) return i + 1;
    wr_ins kept = *ins;
    if (kept.op == WR_OP_BR_IF) settle_negation(w, &kept);
    w->out[w->n++] = kept;
    w->dead = wr_never_goes_on(ins->op);
    return i + 1;
}

static void write_body(wr_branches *b) {
    writer w = {.b = b, .out = b->spare, .open = WR_NEW0(&b->env->temp, uint8_t, b->names)};
    w.open[0] = 1;
    for (uint32_t i = 0; i < b->body->n;) i = write_place(&w, i);
    wr_ins *old = b->body->ins;
    b->body->ins = w.out;
    b->body->n = w.n;
    b->spare = old;
}

// --- Reading ---

typedef struct walk {
    wr_branches *b;
    uint32_t inside; // name of the block in hand
    uint32_t height;
} walk;

static void use_labels(walk *k, uint32_t i) {
    uint32_t *label;
    for (uint32_t n = 0; (label = wr_label_at(k->b->body, &k->b->body->ins[i], n)); n++) {
        wr_block *block = &k->b->blocks[*label];
        if (block->uses++) continue;
        block->first_user = i;
        block->user_inside = k->inside;
        block->user_start = block->statement;
    }
}

static bool plain(const wr_valtype *types, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (wr_is_ref(types[i])) return false;
    return true;
}

static void open_block(walk *k, uint32_t i) {
    wr_branches *b = k->b;
    const wr_ins *ins = &b->body->ins[i];
    wr_block_sig sig;
    wr_get_block_sig(b->c->m, ins, &sig);
    k->height -= sig.nparams + (ins->op == WR_OP_IF);
    b->blocks[wr_block_name(ins)] =
        (wr_block){.start = i, .other = WR_NONE, .outer = k->inside, .depth = b->blocks[k->inside].depth + 1,
                   .height = k->height, .nparams = sig.nparams, .nresults = sig.nresults, .ins = *ins,
                   .label_arity = ins->op == WR_OP_LOOP ? sig.nparams : sig.nresults,
                   .plain_results = plain(sig.results, sig.nresults), .statement = WR_NONE};
    k->height += sig.nparams;
    k->inside = wr_block_name(ins);
}

static void next_arm(walk *k, uint32_t i) {
    const wr_module *m = k->b->c->m;
    const wr_ins *ins = &k->b->body->ins[i];
    wr_block *block = &k->b->blocks[k->inside];
    if (block->other == WR_NONE) block->other = i;
    k->height = block->height;
    if (ins->op == WR_OP_ELSE) k->height += block->nparams;
    if (ins->op == WR_OP_CATCH) k->height += m->types[m->tags[ins->a].type].nparams;
}

static void close_block(walk *k, uint32_t i) {
    wr_block *block = &k->b->blocks[k->inside];
    block->end = i;
    k->height = block->height + block->nresults;
    k->inside = block->outer;
}

// The stack behind an instruction that is no block's.
static bool step(walk *k, const wr_ins *ins) {
    uint32_t npop, npush;
    if (wr_arity(k->b->c->m, ins, &npop, &npush)) {
        k->height += npush - npop;
        return true;
    }
    switch (ins->op) {
    case WR_OP_BR_IF: case WR_OP_BR_ON_NON_NULL: case WR_OP_BR_ON_CAST_DESC_EQ: case WR_OP_BR_ON_CAST_DESC_EQ_FAIL:
        k->height--;
        return true;
    case WR_OP_BR_ON_NULL: case WR_OP_BR_ON_CAST: case WR_OP_BR_ON_CAST_FAIL: return true;
    default: return wr_never_goes_on(ins->op);
    }
}

static bool walk_body(wr_branches *b) {
    walk k = {.b = b};
    const wr_type *type = wr_func_type(b->c->m, b->body->func);
    b->blocks[0] = (wr_block){.start = WR_NONE, .other = WR_NONE, .nresults = type->nresults, .label_arity = type->nresults,
                              .plain_results = plain(type->values + type->nparams, type->nresults), .statement = WR_NONE};
    for (uint32_t i = 0; i < b->body->n; i++) {
        const wr_ins *ins = &b->body->ins[i];
        b->height[i] = k.height;
        if (k.height == b->blocks[k.inside].height) b->blocks[k.inside].statement = i;
        if (wr_closes_block(ins->op)) close_block(&k, i);
        use_labels(&k, i);
        if (wr_opens_block(ins->op))
            open_block(&k, i);
        else if (wr_begins_arm(ins->op))
            next_arm(&k, i);
        else if (!wr_closes_block(ins->op) && !step(&k, ins))
            return false;
    }
    return true;
}

bool wr_tidy_branches(wr_branches *b) {
    write_body(b);
    for (uint32_t i = 0; i < b->body->n; i++) b->opened[i] = b->closed[i] = WR_NONE;
    return walk_body(b);
}
