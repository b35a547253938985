// segment-drops: removes data.drop and elem.drop of segments that nothing reads, so that dce may remove the
// segments.
//
//   (data $a "abc")                 (func (data.drop $a))    ;; nothing else names $a
//   (data $b (i32.const 8) "def")   (func (data.drop $b))
//     ->  (data $b (i32.const 8) "def")
//
// Sound, since what a drop empties can only be seen by an instruction that reads the segment, such as
// memory.init. A drop of an active segment that something reads stays, though instantiation drops it by
// itself: if instantiation traps before, functions that are in an imported table by then can still be called.
#include "ir/edit.h"
#include "passes/manager/pass.h"

typedef struct drops {
    wr_context *c;
    uint8_t *is_read[WR_SPACES]; // by segment; only for data and elems
    wr_collector collector;
} drops;

static bool is_drop(unsigned op) { return op == WR_OP_DATA_DROP || op == WR_OP_ELEM_DROP; }

static bool names_segments(const wr_func *func) {
    if (!func->live || func->import != WR_NONE) return false;
    for (uint32_t i = 0; i < func->summary.nuses; i++) {
        unsigned space = wr_ref_space(func->summary.uses[i].ref);
        if (space == WR_DATA || space == WR_ELEM) return true;
    }
    return false;
}

static void note_read(drops *d, unsigned space, uint32_t index) {
    if (space == WR_DATA || space == WR_ELEM) d->is_read[space][index] = 1;
}

static void note_reads(drops *d, const wr_body *body) {
    for (uint32_t i = 0; i < body->n; i++) {
        const wr_ins *ins = &body->ins[i];
        if (is_drop(ins->op)) continue;
        note_read(d, wr_ins_spaces(ins).a, ins->a);
        note_read(d, wr_ins_spaces(ins).b, (uint32_t)ins->b);
    }
}

static bool does_nothing(const drops *d, const wr_ins *ins) {
    if (ins->op == WR_OP_DATA_DROP) return !d->is_read[WR_DATA][ins->a];
    return ins->op == WR_OP_ELEM_DROP && !d->is_read[WR_ELEM][ins->a];
}

static void take_out(drops *d, uint32_t func, wr_body *body) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < body->n; i++) {
        body->ins[n] = body->ins[i];
        n += !does_nothing(d, &body->ins[i]);
    }
    if (n == body->n) return;
    body->n = n;
    wr_module_store_body(d->c->env, &d->collector, d->c->m, func, body);
}

// Visits the bodies that name segments: to see what they read, or to take out drops.
static void visit(drops *d, bool takes_out) {
    wr_module *m = d->c->m;
    wr_env *env = d->c->env;
    for (uint32_t i = 0; i < m->nfuncs; i++) {
        wr_body body;
        if (!names_segments(&m->funcs[i])) continue;
        wr_arena_reset(&env->temp);
        env->func = i;
        wr_body_decode(env, &env->temp, m, i, &body);
        if (takes_out)
            take_out(d, i, &body);
        else
            note_reads(d, &body);
    }
}

void wr_pass_segment_drops(wr_context *c) {
    drops d = {.c = c};
    if (!(c->m->features & WR_F(BULK))) return;
    d.is_read[WR_DATA] = WR_NEW0(&c->env->pass, uint8_t, c->m->ndatas);
    d.is_read[WR_ELEM] = WR_NEW0(&c->env->pass, uint8_t, c->m->nelems);
    wr_collector_init(&d.collector, &c->env->pass);
    visit(&d, false);
    visit(&d, true);
}
