// Rewinding enters a block where nothing is on the stack, so blocks with parameters around a call that may be
// suspended take them from locals:
//
//   (i32.const 1)                            (local.set $p (i32.const 1))
//   (loop (param i32) (result i32)    ->     (loop (result i32)
//     (i32.add (call $f))                      (i32.add (local.get $p) (call $f))
//     (br_if 0 …))                             (local.set $c …) (local.set $p) (local.get $p)
//                                              (br_if 0 (local.get $c)))
//
// Of an if the condition, which is above the parameters, is put aside too, and both arms take the parameters;
// without an else they are its results. A branch to a loop carries the loop's parameters, so it sets them.
#include "asyncify_parts.h"
#include "ir/body.h"
#include "ir/labels.h"
#include "ir/walk.h"

// What is known of an open block, or of the function.
typedef struct params_block {
    const wr_type *type; // of a block that is changed, else NULL
    uint32_t first;      // its first local
    bool loop, needs_else;
} params_block;

typedef struct params_work {
    wr_async_work *w;
    wr_walk walk; // its states are params_blocks
    WR_VEC(wr_ins) out;
} params_work;

static void put(params_work *p, uint16_t op, uint32_t local) {
    wr_ins ins = {.op = op, .a = local};
    WR_PUSH(p->w->arena, p->out, ins);
}

// --- Parameters ---

static void set_params(params_work *p, const params_block *b) {
    for (uint32_t k = b->type->nparams; k-- > 0;) put(p, WR_OP_LOCAL_SET, b->first + k);
}

// A local that is set in front of the block need not hold null at its start.
static void get_params(params_work *p, const params_block *b) {
    for (uint32_t k = 0; k < b->type->nparams; k++) {
        put(p, WR_OP_LOCAL_GET, b->first + k);
        if (!wr_is_defaultable(b->type->values[k])) put(p, WR_OP_REF_AS_NON_NULL, 0);
    }
}

static uint32_t add_params(params_work *p, const wr_type *type) {
    uint32_t first = p->w->body->nlocals;
    for (uint32_t k = 0; k < type->nparams; k++) {
        wr_valtype value = type->values[k];
        wr_async_add_local(p->w, wr_is_ref(value) ? value | WR_NULLABLE : value);
    }
    return first;
}

// The block with results alone.
static wr_ins without_params(const params_work *p, const wr_ins *open, const wr_type *type) {
    wr_ins ins = *open;
    uint32_t results = p->w->results_of[wr_ins_block_type(open)];
    ins.x = type->nresults > 1 ? WR_BLOCK_TYPE : type->nresults ? WR_BLOCK_VALUE : WR_BLOCK_EMPTY;
    ins.a = type->nresults > 1 ? results : type->nresults ? type->values[type->nparams] : 0;
    if (type->nresults > 1 && results == WR_NONE) wr_async_refuse(p->w, "its blocks are of too many types");
    return ins;
}

// --- Instructions ---

static void open_block(params_work *p, const wr_ins *ins, bool has_points) {
    params_block b = {.loop = ins->op == WR_OP_LOOP, .needs_else = ins->op == WR_OP_IF};
    if (has_points && ins->x == WR_BLOCK_TYPE && p->w->m->types[wr_ins_block_type(ins)].nparams)
        b.type = &p->w->m->types[wr_ins_block_type(ins)];
    wr_ins open = *ins;
    if (b.type) {
        bool conditional = ins->op == WR_OP_IF;
        uint32_t condition = conditional ? wr_async_add_local(p->w, WR_I32) : 0;
        b.first = add_params(p, b.type);
        if (conditional) put(p, WR_OP_LOCAL_SET, condition);
        set_params(p, &b);
        if (conditional) put(p, WR_OP_LOCAL_GET, condition);
        open = without_params(p, ins, b.type);
    }
    WR_PUSH(p->w->arena, p->out, open);
    if (b.type) get_params(p, &b);
    params_block *inner = wr_walk_enter(&p->walk);
    *inner = b;
}

static void begin_arm(params_work *p, const wr_ins *ins) {
    params_block *b = wr_walk_state(&p->walk, 0);
    WR_PUSH(p->w->arena, p->out, *ins);
    b->needs_else = false;
    if (b->type && ins->op == WR_OP_ELSE) get_params(p, b);
}

static void close_block(params_work *p, const wr_ins *ins) {
    const params_block *b = wr_walk_state(&p->walk, 0);
    if (b->type && b->needs_else) {
        put(p, WR_OP_ELSE, 0);
        get_params(p, b);
    }
    WR_PUSH(p->w->arena, p->out, *ins);
}

// The loop that loses its parameters, if a label means one.
static const params_block *loop_of(const params_work *p, uint32_t label) {
    const params_block *b = wr_walk_state(&p->walk, label);
    return b->loop && b->type ? b : NULL;
}

// A br_table, a cast, or a try_table, whose handlers lead to labels outside of it.
static void refuse_loops(const params_work *p, const wr_ins *ins) {
    const uint32_t *label;
    for (uint32_t k = 0; (label = wr_nth_label(ins, p->w->body->ext.v, k)); k++)
        if (loop_of(p, *label))
            wr_async_refuse(p->w,
                            "a loop around the call has parameters, and a br_table, a cast or a handler "
                            "leads to it");
}

static void branch(params_work *p, const wr_ins *ins) {
    bool plain = ins->op == WR_OP_BR || ins->op == WR_OP_BR_IF;
    const params_block *loop = plain ? loop_of(p, wr_ins_label(ins)) : NULL;
    if (!plain) refuse_loops(p, ins);
    if (loop && ins->op == WR_OP_BR_IF) {
        uint32_t condition = wr_async_add_local(p->w, WR_I32);
        put(p, WR_OP_LOCAL_SET, condition);
        set_params(p, loop);
        get_params(p, loop);
        put(p, WR_OP_LOCAL_GET, condition);
    } else if (loop) {
        set_params(p, loop);
    }
    WR_PUSH(p->w->arena, p->out, *ins);
}

// --- The body ---

// By instruction: whether it opens a block with calls in it that may be suspended.
static bool *find_around(const wr_async_work *w, bool *any) {
    const wr_body *body = w->body;
    bool *around = WR_NEW0(w->arena, bool, body->n);
    wr_walk walk = wr_walk_begin(w->arena, body);
    while (wr_walk_next(&walk)) {
        if (!wr_async_may_suspend(w->reach, w->m, body->func, &body->ins[walk.i])) continue;
        uint32_t at;
        for (uint32_t k = 0; (at = wr_walk_block(&walk, k)) != WR_NONE && !around[at]; k++) {
            around[at] = true;
            *any |=
                body->ins[at].x == WR_BLOCK_TYPE && w->m->types[wr_ins_block_type(&body->ins[at])].nparams;
        }
    }
    return around;
}

void wr_async_take_params(wr_async_work *w) {
    wr_body *body = w->body;
    bool any = false;
    const bool *around = find_around(w, &any);
    if (!any) return;
    params_work p = {.w = w, .walk = wr_walk_with(w->arena, body, sizeof(params_block))};
    while (wr_walk_next(&p.walk)) {
        const wr_ins *ins = &body->ins[p.walk.i];
        if (wr_opens_block(ins->op)) {
            if (ins->op == WR_OP_TRY_TABLE) refuse_loops(&p, ins);
            open_block(&p, ins, around[p.walk.i]);
        } else if (wr_begins_arm(ins->op)) {
            begin_arm(&p, ins);
        } else if (wr_closes_block(ins->op)) {
            close_block(&p, ins);
        } else {
            branch(&p, ins);
        }
    }
    body->ins = p.out.v;
    body->n = p.out.n;
}
