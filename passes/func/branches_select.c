// Conditions and values that are short and do nothing else are worked out without branching: an if that leaves one value
// or another is a select, an if in an if and a br_if behind a br_if to the same label test both conditions at once.
//
// Each looks at a bounded number of instructions. At speed levels only what costs next to nothing is run in vain.
#include "branches.h"
#include "ir/exprs.h"

#define MAX_ARM 24       // instructions of a value or condition that may be run in vain
#define MAX_CONDITION 96 // instructions of a condition that are moved
#define MAX_SPEED_COST 3 // cycles that may be run in vain at speed levels

static bool wants_size(const wr_branches *b) { return (b->c->config->level & (WR_LS | WR_LZ)) != 0; }

// Whether the places from start to end may run in vain, and at another time: what they do is push values that depend on
// locals and globals only.
static bool is_idle(const wr_branches *b, uint32_t start, uint32_t end, unsigned *cost) {
    if (end - start > MAX_ARM) return false;
    for (uint32_t i = start; i < end; i++) {
        const wr_opinfo *info = &wr_opinfos[b->body->ins[i].op];
        if (info->effects & ~(uint32_t)(WR_E_READ_LOCAL | WR_E_READ_GLOBAL)) return false;
        *cost += info->cost;
    }
    return true;
}

static bool is_cheap(const wr_branches *b, unsigned cost) { return wants_size(b) || cost <= MAX_SPEED_COST; }

// Whether running the places in [from, to) writes what those in [start, end) read.
static bool disturbs(const wr_branches *b, uint32_t from, uint32_t to, uint32_t start, uint32_t end) {
    uint32_t read = wr_effects(b->body, start, end), done = wr_effects(b->body, from, to);
    if ((read & WR_E_READ_GLOBAL) && (done & (WR_E_WRITE_GLOBAL | WR_E_CALL))) return true;
    if (!(read & WR_E_READ_LOCAL) || !(done & WR_E_WRITE_LOCAL)) return false;
    for (uint32_t i = from; i < to; i++) {
        const wr_ins *write = &b->body->ins[i];
        if (!(wr_opinfos[write->op].effects & WR_E_WRITE_LOCAL)) continue;
        for (uint32_t k = start; k < end; k++)
            if (b->body->ins[k].op == WR_OP_LOCAL_GET && b->body->ins[k].a == write->a) return true;
    }
    return false;
}

// Where the condition starts that the if at i takes; WR_NONE if it is long or has blocks in it.
static uint32_t condition_start(const wr_branches *b, uint32_t i) {
    uint32_t height = b->height[i] - 1;
    for (uint32_t n = 0; n < MAX_CONDITION && i-- > 0; n++) {
        if (wr_opinfos[b->body->ins[i].op].effects & WR_E_CONTROL) return WR_NONE;
        if (b->height[i] == height && b->body->ins[i].op != WR_OP_NOP) return i;
    }
    return WR_NONE;
}

static void find_heights(wr_branches *b, uint32_t start, uint32_t end) {
    uint32_t npop, npush;
    for (uint32_t i = start; i + 1 < end; i++) {
        bool known = wr_arity(b->c->m, &b->body->ins[i], &npop, &npush);
        b->height[i + 1] = b->height[i] + (known ? npush - npop : 0);
    }
}

static bool is_number(const wr_ins *ins) { return ins->x == WR_BLOCK_VALUE && wr_is_num(ins->a); }

// Puts first, second, condition and select where the if was.
static void write_select(wr_branches *b, uint32_t start, uint32_t i, const wr_block *block) {
    wr_ins *ins = b->body->ins, condition[MAX_CONDITION], *out = ins + start, arm[MAX_ARM];
    uint32_t n = i - start, one = block->other - i - 1, two = block->end - block->other - 1;
    memcpy(condition, ins + start, n * sizeof *ins);
    if (ins[i].y) {
        memcpy(arm, ins + i + 1, one * sizeof *ins);
        memmove(out, ins + block->other + 1, two * sizeof *ins);
        memcpy(out + two, arm, one * sizeof *ins);
    } else {
        memmove(out, ins + i + 1, one * sizeof *ins);
        memmove(out + one, ins + block->other + 1, two * sizeof *ins);
    }
    memcpy(out + one + two, condition, n * sizeof *ins);
    out += one + two + n;
    *out++ = (wr_ins){.op = WR_OP_SELECT};
    while (out <= ins + block->end) *out++ = (wr_ins){.op = WR_OP_NOP};
}

bool wr_if_to_select(wr_branches *b, uint32_t i) {
    const wr_block *block = &b->blocks[wr_block_name(&b->body->ins[i])];
    unsigned cost = 0;
    if (block->other == WR_NONE || block->uses || !is_number(&b->body->ins[i])) return false;
    if (!is_idle(b, i + 1, block->other, &cost) || !is_idle(b, block->other + 1, block->end, &cost) || !is_cheap(b, cost))
        return false;
    uint32_t start = condition_start(b, i);
    if (start == WR_NONE) return false;
    if (disturbs(b, start, i, i + 1, block->other) || disturbs(b, start, i, block->other + 1, block->end)) return false;
    write_select(b, start, i, block);
    find_heights(b, start, block->end + 1);
    b->any = true;
    return true;
}

// --- Conditions ---

// Whether what the instruction leaves is 0 or 1.
static bool is_truth(unsigned op) {
    return op == WR_OP_I32_EQZ || op == WR_OP_I64_EQZ || (op >= WR_OP_I32_EQ && op <= WR_OP_F64_GE);
}

static bool tests_truth(const wr_branches *b, uint32_t i) { return is_truth(b->body->ins[wr_place_before(b, i)].op); }

// The one instruction that joins the conditions of the instructions at first and second, such that the joined condition
// is met if both are (`all`) or if either is; 0 if there is none. Negated conditions join by De Morgan's law.
static unsigned join_op(const wr_branches *b, uint32_t first, uint32_t second, bool all) {
    bool negated = b->body->ins[first].y;
    if (negated != (bool)b->body->ins[second].y) return 0;
    if (all == negated) return WR_OP_I32_OR;
    return tests_truth(b, first) && tests_truth(b, second) ? WR_OP_I32_AND : 0;
}

// Moves the second condition to the first, and puts `op` and `last` behind it.
static void join(wr_branches *b, uint32_t first, uint32_t second, unsigned op, wr_ins last) {
    wr_ins *ins = b->body->ins;
    memmove(ins + first, ins + first + 1, (second - first - 1) * sizeof *ins);
    ins[second - 1] = (wr_ins){.op = (uint16_t)op};
    ins[second] = last;
    b->any = true;
}

// The instruction at i tests a condition that starts at the place behind `first` and may run in vain.
static bool runs_idle_from(const wr_branches *b, uint32_t first, uint32_t i, unsigned *cost) {
    return is_idle(b, first + 1, i, cost) && b->height[first + 1] + 1 == b->height[i];
}

// `if (x) { if (y) A }`; i is the outer one.
static bool join_ifs(wr_branches *b, uint32_t i) {
    wr_ins *ins = b->body->ins;
    const wr_block *outer = &b->blocks[wr_block_name(&ins[i])];
    uint32_t end = wr_place_before(b, outer->end), k = i + 1, name;
    unsigned cost = 0;
    if (outer->other != WR_NONE || outer->nresults || ins[end].op != WR_OP_END) return false;
    while (k < outer->end && ins[k].op != WR_OP_IF && !(wr_opinfos[ins[k].op].effects & WR_E_CONTROL)) k++;
    name = wr_block_name(&ins[k]);
    const wr_block *inner = &b->blocks[name];
    if (ins[k].op != WR_OP_IF || inner->end != end || inner->other != WR_NONE || inner->nresults || inner->uses) return false;
    if (!runs_idle_from(b, i, k, &cost) || !is_cheap(b, cost)) return false;
    unsigned op = join_op(b, i, k, true);
    if (!op) return false;
    wr_ins last = ins[i];
    wr_remove_place(b, end);
    join(b, i, k, op, last);
    return true;
}

// `br_if L; c; br_if L`; i is the second one.
static bool join_br_ifs(wr_branches *b, uint32_t i) {
    wr_ins *ins = b->body->ins;
    uint32_t first = i;
    unsigned cost = 0;
    if (!wants_size(b) || b->blocks[ins[i].a].label_arity) return false;
    while (first > 0 && i - first <= MAX_ARM && !(wr_opinfos[ins[first - 1].op].effects & WR_E_CONTROL)) first--;
    if (first-- == 0 || ins[first].op != WR_OP_BR_IF || ins[first].a != ins[i].a) return false;
    if (!runs_idle_from(b, first, i, &cost)) return false;
    unsigned op = join_op(b, first, i, false);
    if (!op) return false;
    join(b, first, i, op, ins[i]);
    return true;
}

bool wr_join_conditions(wr_branches *b, uint32_t i) {
    return b->body->ins[i].op == WR_OP_IF ? join_ifs(b, i) : join_br_ifs(b, i);
}
