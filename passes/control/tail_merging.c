// tail-merging: moves code that both arms of an if end with behind the if.
//
//   (if (c) (then A T) (else B T))    ->    (if (c) (then A) (else B)) T
//
// A tail is a run of instructions, whole blocks included, that starts where the arm has nothing on the stack,
// or one number, which then becomes the if's result; it may end with a return or a branch out. If nothing is
// left of the second arm, the else is removed; if nothing is left of either, the condition is dropped. Sound,
// since either arm executes the tail last. Nothing may branch to the if: its results are now computed by the
// tail. Innermost ifs come first, so that a tail can move out of several. A local without a default value
// must be set before each read in the same block or around it, so a tail that reads what both arms set takes
// the set along, or stays.
//
// The code always gets shorter, and runs the same instructions. Branch hints of the function are dropped.
#include "analysis/exprs.h"
#include "analysis/typing.h"
#include "ir/labels.h"
#include "ir/walk.h"
#include "passes/manager/pass.h"

typedef struct tails {
    wr_env *env;
    const wr_module *m;
    wr_body body;
    uint32_t *height;  // by instruction: values of its block on the stack before it, WR_NONE if not known
    wr_valtype *value; // by instruction with one such value: its type, WR_BOTTOM for references
    uint8_t *targeted; // by the start of a block: some branch targets it
    uint8_t *gone;     // by instruction: it is left out
    // By instruction: a read of a local without a default value has the place of the last set before it in
    // the body, WR_NONE if there is none. NULL if there are no such reads.
    uint32_t *set_at;
    uint32_t *depth; // by instruction: the number of blocks around it, if set_at isn't NULL
    // By the end of an if: first instruction of the tail that follows it, WR_NONE if there is none.
    uint32_t *moved;
    bool any;
} tails;

// --- What there is ---

static void find_heights(tails *t) {
    wr_typer typer;
    t->height = WR_NEW(&t->env->temp, uint32_t, t->body.n);
    t->value = WR_NEW0(&t->env->temp, wr_valtype, t->body.n);
    wr_typer_begin(&typer, &t->env->temp, t->m, &t->body);
    for (uint32_t i = 0; i < t->body.n; i++) {
        const wr_typed_frame *frame = &typer.frames.v[typer.frames.n - 1];
        bool known = !typer.lost && !frame->is_dead && typer.vals.n >= frame->height;
        t->height[i] = known ? typer.vals.n - frame->height : WR_NONE;
        if (t->height[i] == 1 && wr_is_num(typer.vals.v[typer.vals.n - 1]))
            t->value[i] = typer.vals.v[typer.vals.n - 1];
        if (i + 1 < t->body.n) wr_typer_step(&typer, i);
    }
}

static bool is_read_of_unset(const tails *t, const wr_valtype *locals, uint32_t i) {
    const wr_ins *ins = &t->body.ins[i];
    return ins->op == WR_OP_LOCAL_GET && wr_ins_local(ins) >= t->body.nparams &&
           !wr_is_defaultable(locals[wr_ins_local(ins)]);
}

static void find_sets(tails *t) {
    wr_arena *temp = &t->env->temp;
    const wr_valtype *locals = wr_typing_locals(temp, t->m, &t->body);
    uint32_t first = 0;
    t->set_at = t->depth = NULL;
    while (first < t->body.n && !is_read_of_unset(t, locals, first)) first++;
    if (first == t->body.n) return;
    uint32_t *last = WR_NEW(temp, uint32_t, t->body.nlocals), depth = 0;
    memset(last, 0xff, t->body.nlocals * sizeof *last);
    t->set_at = WR_NEW(temp, uint32_t, t->body.n);
    t->depth = WR_NEW(temp, uint32_t, t->body.n);
    for (uint32_t i = 0; i < t->body.n; i++) {
        const wr_ins *ins = &t->body.ins[i];
        t->set_at[i] = is_read_of_unset(t, locals, i) ? last[wr_ins_local(ins)] : i;
        if (ins->op == WR_OP_LOCAL_SET || ins->op == WR_OP_LOCAL_TEE) last[wr_ins_local(ins)] = i;
        t->depth[i] = depth;
        depth += wr_depth_change(ins->op);
    }
}

static void find_targets(tails *t) {
    const uint32_t *label;
    wr_walk walk = wr_walk_begin(&t->env->temp, &t->body);
    t->targeted = WR_NEW0(&t->env->temp, uint8_t, t->body.n);
    while (wr_walk_next(&walk)) {
        for (uint32_t k = 0; (label = wr_nth_label(&t->body.ins[walk.i], t->body.ext.v, k)); k++)
            if (wr_walk_block(&walk, *label) != WR_NONE) t->targeted[wr_walk_block(&walk, *label)] = 1;
    }
}

// --- Tails ---

// Whether the instruction may move out of blocks: it has at most one label, and is not part of a try.
static bool can_move(unsigned op) {
    unsigned imm = wr_opinfos[op].imm;
    if (wr_is_try(op) || wr_opinfos[op].feature == WR_FEATURE_LEGACY_EH) return false;
    return imm != WR_IMM_LABELS && imm != WR_IMM_CAST && imm != WR_IMM_TRY_TABLE;
}

static bool may_start(const tails *t, uint32_t i, uint32_t k) {
    if (t->height[i] == 0) return t->height[k] == 0;
    return t->height[i] == 1 && t->height[k] == 1 && t->value[i] != WR_BOTTOM && t->value[i] == t->value[k];
}

// How many instructions before the end of the arms at first and second a tail must begin so that instruction
// i of one arm, and k of the other, may move with it: 0 if any will do, WR_NONE if none does. What either arm
// does not set was set before the if.
static uint32_t least_tail(const tails *t, uint32_t first, uint32_t first_end, uint32_t i, uint32_t second,
                           uint32_t k) {
    if (!t->set_at || t->set_at[i] == i) return 0;
    uint32_t at = t->set_at[i], other = t->set_at[k];
    if (at == WR_NONE || at < first || other < second) return 0;
    return t->depth[at] == t->depth[first] ? first_end - at : WR_NONE;
}

// The length, in instructions, of the longest common tail of two arms.
static uint32_t common_tail(const tails *t, uint32_t first, uint32_t first_end, uint32_t second,
                            uint32_t second_end) {
    uint32_t best = 0, nest = 0, least = 0, most = first_end - first;
    if (second_end - second < most) most = second_end - second;
    for (uint32_t n = 1; n <= most; n++) {
        uint32_t i = first_end - n, k = second_end - n;
        const wr_ins *ins = &t->body.ins[i];
        if (t->gone[i] || t->gone[k] || t->moved[i] != WR_NONE || t->moved[k] != WR_NONE) break;
        if (!can_move(ins->op) || !wr_body_same_ins(&t->body, ins, &t->body.ins[k])) break;
        if (wr_opens_block(ins->op) && nest == 0) break;
        nest -= wr_depth_change(ins->op); // backwards
        if (wr_opinfos[ins->op].imm == WR_IMM_LABEL && wr_ins_label(ins) == nest)
            break; // it branches to this if
        uint32_t wanted = least_tail(t, first, first_end, i, second, k);
        if (wanted == WR_NONE) break;
        if (wanted > least) least = wanted;
        if (n >= least && nest == 0 && ins->op != WR_OP_ELSE && may_start(t, i, k)) best = n;
    }
    return best;
}

// Moves the common tail of the arms of the if at i.
static void try_if(tails *t, uint32_t i) {
    wr_ins *ins = &t->body.ins[i];
    uint32_t other = t->body.arm[i], end = t->body.match[i];
    if (t->body.ins[other].op != WR_OP_ELSE || ins->x == WR_BLOCK_TYPE || t->targeted[i] ||
        t->height[i] == WR_NONE)
        return;
    uint32_t n = common_tail(t, i + 1, other, other + 1, end);
    if (!n) return;
    for (uint32_t k = 1; k <= n; k++) t->gone[other - k] = 1;
    for (uint32_t k = 1; k <= n; k++) t->gone[end - k] = 1;
    t->moved[end] = end - n;
    ins->x = t->height[end - n] ? WR_BLOCK_VALUE : WR_BLOCK_EMPTY;
    ins->a = t->value[end - n];
    if (end - n == other + 1) t->gone[other] = 1;
    if (end - n == other + 1 && other - n == i + 1) {
        *ins = (wr_ins){.op = WR_OP_DROP};
        t->gone[end] = 1;
    }
    t->any = true;
}

// --- Writing ---

// Appends a tail, with its labels adjusted since it lies one block further out.
static void put_tail(tails *t, wr_ins *out, uint32_t *n, uint32_t first, uint32_t end) {
    uint32_t nest = 0;
    for (uint32_t i = first; i < end; i++) {
        wr_ins ins = t->body.ins[i];
        if (wr_opinfos[ins.op].imm == WR_IMM_LABEL && wr_ins_label(&ins) > nest) ins.a--;
        nest += wr_depth_change(ins.op);
        out[(*n)++] = ins;
    }
}

static void write_body(tails *t) {
    wr_ins *out = WR_NEW(&t->env->temp, wr_ins, t->body.n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < t->body.n; i++) {
        if (!t->gone[i]) out[n++] = t->body.ins[i];
        if (t->moved[i] != WR_NONE) put_tail(t, out, &n, t->moved[i], i);
    }
    t->body.ins = out;
    t->body.n = n;
}

// Whether the arms of the if at i may have a common tail. Only compares last instructions, until the values
// that these take from the stack are computed as well.
static bool may_have_tail(const tails *t, uint32_t i) {
    const wr_ins *all = t->body.ins;
    uint32_t first = t->body.arm[i], second = t->body.match[i], end = first, npop, npush;
    // The values that the tail leaves, then those that must be computed before it.
    uint32_t wanted = all[i].x == WR_BLOCK_VALUE;
    if (first == second || all[i].x == WR_BLOCK_TYPE) return false;
    while (--first > i && --second > end) {
        const wr_ins *ins = &all[first];
        if (!wr_body_same_ins(&t->body, ins, &all[second])) return false;
        if (wr_is_control(ins->op) || !wr_exprs_arity(t->m, ins, &npop, &npush) || wanted < npush)
            return true;
        wanted += npop - npush;
        if (wanted <= 1) return true;
    }
    return false;
}

// A quick test: most functions have no common tails and need no analysis.
static bool may_have_tails(const tails *t) {
    for (uint32_t i = 0; i < t->body.n; i++)
        if (t->body.ins[i].op == WR_OP_IF && may_have_tail(t, i)) return true;
    return false;
}

// Moves tails out of ifs that contain no moved tail. Returns whether there were any.
static bool move_tails(tails *t) {
    wr_arena *temp = &t->env->temp;
    t->any = false;
    wr_body_match_blocks(temp, &t->body);
    if (!may_have_tails(t)) return false;
    t->gone = WR_NEW0(temp, uint8_t, t->body.n);
    t->moved = WR_NEW(temp, uint32_t, t->body.n);
    memset(t->moved, 0xff, t->body.n * sizeof *t->moved);
    find_heights(t);
    find_targets(t);
    find_sets(t);
    for (uint32_t i = t->body.n; i-- > 0;)
        if (t->body.ins[i].op == WR_OP_IF) try_if(t, i);
    if (t->any) write_body(t);
    return t->any;
}

#define MAX_ROUNDS 8

bool wr_edit_tail_merging(wr_env *env, const wr_context *c, wr_body *body) {
    tails t = {.env = env, .m = c->m, .body = *body};
    unsigned round = 0;
    while (round < MAX_ROUNDS && move_tails(&t)) round++;
    *body = t.body;
    return round > 0;
}
