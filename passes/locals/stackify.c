// stackify: leaves a value on the stack from where it is set to a local until the local is read, if code in
// between leaves the stack as it is.
//
//   (i32.load $p)  local.set $x  (i32.store $q ..)           local.get $x  (call $f)
//     ->  (i32.load $p)  local.tee $x  (i32.store $q ..)  (call $f)
//     ->  (i32.load $p)  (i32.store $q ..)  (call $f)    ;; if $x is not read again
//
// The load must stay before the store, so no tree of expressions has this form, and forward substitution
// cannot find it. The set becomes a tee, the read goes, and dead store elimination drops the tee.
// If one more value was pushed before the read, and both are the operands of an instruction that can be
// mirrored, they change places:
//
//   (i32.load $p)  local.set $x  (call $f)  local.get $x  i32.lt_s    ->    (i32.load $p)  (call $f) i32.gt_s
//
// Sound, since set and read stand in the same block or arm, so the read is only reached by the code between
// them; that code does not write the local, nor take anything off the stack that lies below the value; and at
// the read the value is what was last pushed. A branch out of the block drops the value, as it drops all else
// above its target. Two such values must not cross: once one is used, a later set between its set and its
// read must not be used behind the read.
//
// One walk, with the sets that may still be used on a stack of their own. It runs late, since passes that
// move whole expressions see fewer of them afterwards. Binaryen does the same on its stack IR
// (local2stack), LLVM when it makes WebAssembly's stack code (register stackification).
#include "analysis/exprs.h"
#include "analysis/typing.h"
#include "ir/labels.h"
#include "ir/walk.h"
#include "passes/manager/pass.h"
#include "passes/peephole/instcombine.h"
#include "simplify_locals_parts.h"

typedef struct frame { // an open block, or the function
    uint32_t floor;    // the height of the stack below what belongs to it
    uint32_t first;    // its first pending set
    bool is_dead;      // the code from here to the end of the arm is never reached
} frame;

typedef struct pending { // a set whose value may stay on the stack
    uint32_t set, height;
} pending;

typedef struct stackifier {
    wr_arena *arena;
    const wr_module *m;
    wr_body *body;
    uint32_t height;           // of the operand stack
    WR_VEC(pending) sets;      // heights do not fall
    uint32_t *slot, *last_set; // by local: the place of its last write in `sets`, if it is still there
    wr_walk walk;              // its states are frames
    bool any;
} stackifier;

static frame *innermost(const stackifier *s) { return wr_walk_state(&s->walk, 0); }

// --- The stack ---

static void pop(stackifier *s, uint32_t n) {
    uint32_t first = innermost(s)->first;
    s->height -= n;
    while (s->sets.n > first && s->sets.v[s->sets.n - 1].height > s->height) s->sets.n--;
}

static void move(stackifier *s, uint32_t npop, uint32_t npush) {
    pop(s, npop);
    s->height += npush;
}

static uint32_t label_arity(const stackifier *s, uint32_t label) {
    uint32_t block = wr_walk_block(&s->walk, label);
    if (block == WR_NONE) return wr_func_type(s->m, s->body->func)->nresults;
    wr_block_sig sig;
    wr_typing_block_sig(s->m, &s->body->ins[block], &sig);
    return s->body->ins[block].op == WR_OP_LOOP ? sig.nparams : sig.nresults;
}

// --- Locals ---

static void set(stackifier *s, uint32_t i) {
    uint32_t local = wr_ins_local(&s->body->ins[i]);
    pop(s, 1);
    s->last_set[local] = i;
    s->slot[local] = s->sets.n;
    if (s->body->ins[i].op == WR_OP_LOCAL_TEE) {
        s->height++;
        return;
    }
    pending p = {.set = i, .height = s->height};
    WR_PUSH(s->arena, s->sets, p);
}

// Whether the value that was set at height `from` can stay on the stack for the read at i. If it is below
// another one, the instruction that takes both is mirrored.
static bool is_usable(const stackifier *s, uint32_t i, uint32_t from) {
    if (from == s->height) return true;
    if (from + 1 != s->height) return false;
    unsigned mirrored = wr_instcombine_mirrored(s->body->ins[i + 1].op);
    if (mirrored == WR_OP_NOP) return false;
    s->body->ins[i + 1].op = (uint16_t)mirrored;
    return true;
}

// Reads the local's value from the stack if it may lie there.
static void get(stackifier *s, uint32_t i) {
    uint32_t local = wr_ins_local(&s->body->ins[i]), slot = s->slot[local];
    bool found = slot >= innermost(s)->first && slot < s->sets.n &&
                 s->sets.v[slot].set == s->last_set[local] && is_usable(s, i, s->sets.v[slot].height);
    s->height++;
    if (!found) return;
    s->body->ins[s->last_set[local]].op = WR_OP_LOCAL_TEE;
    s->body->ins[i] = (wr_ins){.op = WR_OP_NOP};
    s->sets.n = slot;
    s->any = true;
}

// --- Blocks ---

static void enter(stackifier *s, const wr_ins *ins) {
    wr_block_sig sig;
    wr_typing_block_sig(s->m, ins, &sig);
    bool is_dead = innermost(s)->is_dead;
    if (!is_dead) pop(s, sig.nparams + (ins->op == WR_OP_IF));
    frame *inner = wr_walk_enter(&s->walk);
    *inner = (frame){.floor = s->height, .first = s->sets.n, .is_dead = is_dead};
    if (!is_dead) s->height += sig.nparams;
}

static const frame *around(const stackifier *s) { return wr_walk_state(&s->walk, 1); }

static void next_arm(stackifier *s, const wr_ins *ins) {
    wr_block_sig sig;
    wr_typing_block_sig(s->m, &s->body->ins[wr_walk_block(&s->walk, 0)], &sig);
    frame *f = innermost(s);
    f->is_dead = around(s)->is_dead;
    s->sets.n = f->first;
    s->height = f->floor;
    if (ins->op == WR_OP_ELSE) s->height += sig.nparams;
    if (ins->op == WR_OP_CATCH) s->height += s->m->types[s->m->tags[wr_ins_tag(ins)].type].nparams;
}

static void leave(stackifier *s) {
    uint32_t block = wr_walk_block(&s->walk, 0);
    if (block == WR_NONE) return;
    wr_block_sig sig;
    wr_typing_block_sig(s->m, &s->body->ins[block], &sig);
    s->sets.n = innermost(s)->first;
    s->height = innermost(s)->floor + sig.nresults;
}

// --- The walk ---

static void control(stackifier *s, const wr_ins *ins) {
    uint32_t npop, npush;
    if (wr_never_goes_on(ins->op)) {
        s->sets.n = innermost(s)->first;
        innermost(s)->is_dead = true;
        return;
    }
    wr_exprs_branch_arity(ins, label_arity(s, wr_ins_label(ins)), &npop, &npush);
    move(s, npop, npush);
}

static void step(stackifier *s, uint32_t i) {
    const wr_ins *ins = &s->body->ins[i];
    uint32_t npop, npush;
    if (wr_opens_block(ins->op))
        enter(s, ins);
    else if (wr_begins_arm(ins->op))
        next_arm(s, ins);
    else if (wr_closes_block(ins->op))
        leave(s);
    else if (innermost(s)->is_dead)
        return;
    else if (ins->op == WR_OP_LOCAL_GET)
        get(s, i);
    else if (wr_names_local(ins->op))
        set(s, i);
    else if (wr_exprs_arity(s->m, ins, &npop, &npush))
        move(s, npop, npush);
    else
        control(s, ins);
}

bool wr_edit_stackify(wr_env *env, const wr_context *c, wr_body *body) {
    wr_arena *temp = &env->temp;
    if (!body->nlocals) return false;
    stackifier s = {.arena = temp, .m = c->m, .body = body};
    s.slot = WR_NEW0(temp, uint32_t, body->nlocals);
    s.last_set = WR_NEW(temp, uint32_t, body->nlocals);
    memset(s.last_set, 0xff, body->nlocals * sizeof *s.last_set);
    s.walk = wr_walk_with(temp, body, sizeof(frame));
    while (wr_walk_next(&s.walk)) step(&s, s.walk.i);
    if (s.any) wr_simplify_locals_drop_stores(env, c, body);
    return s.any;
}
