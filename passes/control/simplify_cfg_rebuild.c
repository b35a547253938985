// Rebuilds a body with named labels: writes it (simplify_cfg_write.c), and computes blocks, stack heights and
// the users of labels in one walk over the result.
#include "simplify_cfg.h"
#include "analysis/exprs.h"
#include "analysis/typing.h"

typedef struct walk {
    wr_simplify_cfg *b;
    uint32_t inside; // name of the current block
    uint32_t height;
} walk;

static void use_labels(walk *k, uint32_t i) {
    uint32_t *label;
    for (uint32_t n = 0; (label = wr_label_at(k->b->body, &k->b->body->ins[i], n)); n++) {
        wr_simplify_cfg_block *block = &k->b->blocks[*label];
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
    wr_simplify_cfg *b = k->b;
    const wr_ins *ins = &b->body->ins[i];
    wr_block_sig sig;
    wr_typing_block_sig(b->c->m, ins, &sig);
    k->height -= sig.nparams + (ins->op == WR_OP_IF);
    b->blocks[wr_block_name(ins)] = (wr_simplify_cfg_block){.start = i,
                                                            .other = WR_NONE,
                                                            .outer = k->inside,
                                                            .depth = b->blocks[k->inside].depth + 1,
                                                            .height = k->height,
                                                            .nparams = sig.nparams,
                                                            .nresults = sig.nresults,
                                                            .ins = *ins,
                                                            .plain_results = plain(sig.results, sig.nresults),
                                                            .statement = WR_NONE};
    k->height += sig.nparams;
    k->inside = wr_block_name(ins);
}

static void next_arm(walk *k, uint32_t i) {
    const wr_module *m = k->b->c->m;
    const wr_ins *ins = &k->b->body->ins[i];
    wr_simplify_cfg_block *block = &k->b->blocks[k->inside];
    if (block->other == WR_NONE) block->other = i;
    k->height = block->height;
    if (ins->op == WR_OP_ELSE) k->height += block->nparams;
    if (ins->op == WR_OP_CATCH) k->height += m->types[m->tags[wr_ins_tag(ins)].type].nparams;
}

static void close_block(walk *k, uint32_t i) {
    wr_simplify_cfg_block *block = &k->b->blocks[k->inside];
    block->end = i;
    k->height = block->height + block->nresults;
    k->inside = block->outer;
}

// Updates the stack height for an instruction that neither opens nor closes a block, and whose operands
// opcodes.def does not give. Returns false if the instruction is unknown.
static bool step(walk *k, const wr_ins *ins) {
    uint32_t npop, npush;
    if (wr_exprs_varied_arity(k->b->c->m, ins, &npop, &npush)) {
        k->height += npush - npop;
        return true;
    }
    switch (ins->op) {
    case WR_OP_BR_IF:
    case WR_OP_BR_ON_NON_NULL:
    case WR_OP_BR_ON_CAST_DESC_EQ:
    case WR_OP_BR_ON_CAST_DESC_EQ_FAIL: k->height--; return true;
    case WR_OP_BR_ON_NULL:
    case WR_OP_BR_ON_CAST:
    case WR_OP_BR_ON_CAST_FAIL: return true;
    default: return wr_never_goes_on(ins->op);
    }
}

// Walks the places in [i, end) as long as opcodes.def gives the operands and results of the instruction.
// Returns the place of the first other instruction, or end.
static uint32_t walk_plain(walk *k, uint32_t i, uint32_t end) {
    const wr_simplify_cfg *b = k->b;
    wr_simplify_cfg_block *block = &b->blocks[k->inside];
    uint32_t height = k->height, statement = block->statement;
    for (; i < end; i++) {
        const wr_opinfo *info = &wr_opinfos[b->body->ins[i].op];
        if (info->takes == WR_VARIES) break;
        b->height[i] = height;
        statement = height == block->height ? i : statement;
        height += (uint32_t)info->leaves - info->takes;
    }
    block->statement = statement;
    k->height = height;
    return i;
}

static void begin_place(walk *k, uint32_t i) {
    wr_simplify_cfg_block *block = &k->b->blocks[k->inside];
    k->b->height[i] = k->height;
    if (k->height == block->height) block->statement = i;
}

// Walks the places between two control instructions.
static bool walk_run(walk *k, uint32_t i, uint32_t end) {
    while ((i = walk_plain(k, i, end)) < end) {
        begin_place(k, i);
        if (!step(k, &k->b->body->ins[i++])) return false;
    }
    return true;
}

// Whether the code would be valid without the unreachable at i, which stands behind a block whose end is
// never reached.
static bool fits_without(const wr_simplify_cfg *b, uint32_t i) {
    const wr_ins *ins = &b->body->ins[i], *next = ins + 1;
    if (next->op != WR_OP_END && next->op != WR_OP_ELSE) return false;
    const wr_simplify_cfg_block *outer = &b->blocks[wr_block_name(next)],
                                *before = &b->blocks[wr_block_name(ins - 1)];
    wr_ins type;
    if (b->height[i] != outer->height + outer->nresults ||
        !wr_simplify_cfg_result(b, wr_block_name(next), &type))
        return false;
    return type.x == before->ins.x && type.a == before->ins.a;
}

// Handles a branch, an instruction that ends the flow, or a block of exception handling.
static bool walk_labels(walk *k, uint32_t i) {
    wr_ins *ins = &k->b->body->ins[i];
    if (ins->op == WR_OP_DELEGATE) close_block(k, i);
    use_labels(k, i);
    if (ins->op == WR_OP_UNREACHABLE && ins->y && fits_without(k->b, i)) ins->y |= WR_Y_IMPLIED;
    if (ins->op == WR_OP_TRY_TABLE) open_block(k, i);
    return ins->op == WR_OP_DELEGATE || ins->op == WR_OP_TRY_TABLE || step(k, ins);
}

static bool walk_control(walk *k, uint32_t i) {
    begin_place(k, i);
    switch (k->b->body->ins[i].op) {
    case WR_OP_BLOCK:
    case WR_OP_LOOP:
    case WR_OP_IF:
    case WR_OP_TRY: open_block(k, i); return true;
    case WR_OP_ELSE:
    case WR_OP_CATCH:
    case WR_OP_CATCH_ALL: next_arm(k, i); return true;
    case WR_OP_END: close_block(k, i); return true;
    default: return walk_labels(k, i);
    }
}

static bool walk_body(wr_simplify_cfg *b) {
    walk k = {.b = b};
    const wr_type *type = wr_func_type(b->c->m, b->body->func);
    b->blocks[0] =
        (wr_simplify_cfg_block){.start = WR_NONE,
                                .other = WR_NONE,
                                .nresults = type->nresults,
                                .plain_results = plain(type->values + type->nparams, type->nresults),
                                .statement = WR_NONE};
    for (uint32_t at = 0, i = 0; at < b->ncontrol; at++, i++) {
        if (!walk_run(&k, i, b->control[at])) return false;
        i = b->control[at];
        if (!walk_control(&k, i)) return false;
    }
    return true;
}

bool wr_simplify_cfg_rebuild(wr_simplify_cfg *b) {
    wr_simplify_cfg_write(b);
    return walk_body(b);
}
