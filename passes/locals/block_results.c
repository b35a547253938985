// block-results: a value that is set to a local on every path to the end of a block becomes the block's
// result.
//
//   block $l  A  (local.set $x)  (br $l)  B  (local.set $x)  end          (local.get $x)
//     ->  block $l (result i32)  A  (br $l)  B  end  (local.set $x)  (local.get $x)
//   c  if  A  (local.set $x)  end  (local.get $x)
//     ->  c  if (result i32)  A  else  (local.get $x)  end  (local.set $x)  (local.get $x)
//
// An exit that does not set the local passes on what the local holds. Behind a br_if that is not taken the
// value is dropped, or set to the local where it may still be read. Then simplify-locals runs, which moves
// the expression of the new set to where the local is read; most of what is saved comes from there.
//
// Sound, since the local is not accessed between the old set and the exit, nothing in between takes
// values from below, and what is in between is straight-line code: it can be left only by a trap, or by an
// exception that leaves the function, as bodies with try blocks are left alone.
//
// A block gets a result only if that saves bytes, by the code around it; see block_results_plan.c. The same
// instructions run, but for reads of locals, which cost nothing. Binaryen's simplify-locals does the same on
// its trees.
#include "block_results.h"
#include "analysis/exprs.h"
#include "analysis/typing.h"
#include "ir/labels.h"
#include "ir/walk.h"
#include "simplify_locals_parts.h"

#define MAX_ROUNDS 8
#define NEAR 8 // how far before an exit the quick test looks for a set

// --- Exits ---

static void add_exit(wr_block_results *r, uint32_t block, uint32_t at) {
    wr_block_exit e = {.at = at, .next = r->first[block]};
    r->first[block] = r->exits.n;
    WR_PUSH(&r->env->temp, r->exits, e);
}

// The block that a label leads to the end of, WR_NONE for the body and for loops.
static uint32_t block_of(const wr_walk *walk, uint32_t label) {
    uint32_t block = wr_walk_block(walk, label);
    return block != WR_NONE && walk->body->ins[block].op == WR_OP_LOOP ? WR_NONE : block;
}

static void bar(wr_block_results *r, const wr_walk *walk) {
    const uint32_t *label;
    for (uint32_t k = 0; (label = wr_nth_label(&r->body->ins[walk->i], r->body->ext.v, k)); k++) {
        uint32_t block = block_of(walk, *label);
        if (block != WR_NONE) r->barred[block] = 1;
    }
}

static void leave_by_branch(wr_block_results *r, const wr_walk *walk) {
    const wr_ins *ins = &r->body->ins[walk->i];
    if (ins->op != WR_OP_BR && ins->op != WR_OP_BR_IF) {
        bar(r, walk);
        return;
    }
    uint32_t block = block_of(walk, wr_ins_label(ins));
    if (block != WR_NONE) add_exit(r, block, walk->i);
}

// Flow may reach the end of an arm at i. An if without an else is also left from its start.
static void end_arm(wr_block_results *r, uint32_t block, uint32_t i) {
    const wr_body *body = r->body;
    if (!wr_never_goes_on(body->ins[i - 1].op)) add_exit(r, block, i);
    if (body->ins[block].op == WR_OP_IF && body->ins[i].op == WR_OP_END && body->arm[block] == i)
        add_exit(r, block, block);
}

void wr_block_results_find_exits(wr_block_results *r) {
    wr_walk walk = wr_walk_begin(&r->env->temp, r->body);
    uint32_t n = r->body->n;
    r->first = WR_NEW(&r->env->temp, uint32_t, n);
    r->barred = WR_NEW0(&r->env->temp, uint8_t, n);
    memset(r->first, 0xff, n * sizeof *r->first);
    while (wr_walk_next(&walk) && walk.i + 1 < n) {
        unsigned op = r->body->ins[walk.i].op;
        if (wr_begins_arm(op) || wr_closes_block(op))
            end_arm(r, wr_walk_block(&walk, 0), walk.i);
        else if (wr_is_control(op) && !wr_opens_block(op))
            leave_by_branch(r, &walk);
    }
}

// --- Writing ---

static wr_ins *put_edited(wr_ins *out, const wr_ins *ins, const wr_result_edit *e) {
    if (e->is_else) *out++ = (wr_ins){.op = WR_OP_ELSE, .origin = ins->origin};
    if (e->before) *out++ = (wr_ins){.op = WR_OP_LOCAL_GET, .a = e->before - 1, .origin = ins->origin};
    if (e->set != WR_RESULT_GONE) *out++ = *ins;
    if (e->set == WR_RESULT_TEE) out[-1].op = WR_OP_LOCAL_TEE;
    if (e->type) out[-1].x = WR_BLOCK_VALUE, out[-1].a = e->type;
    if (e->after == WR_RESULT_DROP) *out++ = (wr_ins){.op = WR_OP_DROP, .origin = ins->origin};
    if (e->after >= WR_RESULT_SETS)
        *out++ = (wr_ins){.op = WR_OP_LOCAL_SET, .a = e->after - WR_RESULT_SETS, .origin = ins->origin};
    return out;
}

static void write_body(wr_block_results *r) {
    wr_body *body = r->body;
    uint32_t more = 0;
    for (uint32_t i = 0; i < body->n; i++) more += 3u * (r->edits[i].before || r->edits[i].after);
    wr_ins *ins = WR_NEW(&r->env->temp, wr_ins, body->n + more), *out = ins;
    for (uint32_t i = 0; i < body->n; i++) out = put_edited(out, &body->ins[i], &r->edits[i]);
    body->ins = ins;
    body->n = (uint32_t)(out - ins);
}

// --- The pass ---

static bool has_try(const wr_body *body) {
    for (uint32_t i = 0; i < body->n; i++)
        if (wr_is_try(body->ins[i].op)) return true;
    return false;
}

// Whether a set stands shortly before an exit of a block. In most bodies none does.
static bool may_have_results(const wr_body *body) {
    uint32_t last = WR_NONE;
    for (uint32_t i = 0; i < body->n; i++) {
        unsigned op = body->ins[i].op;
        if (op == WR_OP_LOCAL_SET) last = i;
        if (last == WR_NONE || i - last > NEAR) continue;
        if (op == WR_OP_BR || op == WR_OP_BR_IF || op == WR_OP_ELSE || op == WR_OP_END) return true;
    }
    return false;
}

static bool run_round(wr_env *env, const wr_context *c, wr_body *body) {
    wr_block_results r = {.env = env, .m = c->m, .body = body};
    if (!may_have_results(body) || has_try(body)) return false;
    wr_body_match_blocks(&env->temp, body);
    r.types = wr_typing_locals(&env->temp, c->m, body);
    r.start = wr_exprs_find(&env->temp, c->m, body);
    r.edits = WR_NEW0(&env->temp, wr_result_edit, body->n);
    wr_block_results_find_exits(&r);
    for (uint32_t i = 0; i + 1 < body->n; i++)
        if (body->ins[i].op == WR_OP_END) wr_block_results_plan(&r, i);
    if (!r.any || r.failed) return false;
    write_body(&r);
    return true;
}

bool wr_edit_block_results(wr_env *env, const wr_context *c, wr_body *body) {
    unsigned round = 0;
    while (round < MAX_ROUNDS && run_round(env, c, body)) {
        wr_simplify_locals_substitute(env, c, body);
        round++;
    }
    return round > 0;
}
