// peephole: shorter forms of short runs of instructions.
//
//   local.set $x  local.get $x     ->    local.tee $x
//   local.tee $x  drop             ->    local.set $x
//   i32.const 1   drop             ->    nothing
//
// Sets of locals that nothing reads become drops, nops are removed, and so is unreachable code up to the end
// of its block. Instructions are copied one after another, and each is matched with the last one kept. Only
// block instructions, which are kept, can be branch targets, so adjacent instructions are always executed one
// after the other. The code always gets shorter; branch hints of a function that changes are dropped.
#include "ir/walk.h"
#include "passes/manager/pass.h"

#define MAX_ROUNDS 4

typedef struct peephole {
    wr_body *body;
    wr_ins *out;
    uint32_t n;
    const uint32_t *gets; // by local: how often it is read
} peephole;

static unsigned last_op(const peephole *p) { return p->n ? p->out[p->n - 1].op : WR_OP_NOP; }

// Whether the instruction pushes a value and has no effects.
static bool is_pure_push(unsigned op) {
    switch (op) {
    case WR_OP_LOCAL_GET:
    case WR_OP_GLOBAL_GET:
    case WR_OP_I32_CONST:
    case WR_OP_I64_CONST:
    case WR_OP_F32_CONST:
    case WR_OP_F64_CONST:
    case WR_OP_V128_CONST:
    case WR_OP_REF_NULL:
    case WR_OP_REF_FUNC: return true;
    default: return false;
    }
}

// The end, or the next arm, of the block in which the code after instruction i is unreachable.
static uint32_t end_of_dead_code(const wr_body *body, uint32_t i) {
    uint32_t nest = 0;
    for (i++; i < body->n; i++) {
        unsigned op = body->ins[i].op;
        if (nest == 0 && (wr_closes_block(op) || wr_begins_arm(op))) break;
        nest += wr_depth_change(op);
    }
    return i;
}

static void put_drop(peephole *p) {
    if (last_op(p) == WR_OP_LOCAL_TEE)
        p->out[p->n - 1].op = WR_OP_LOCAL_SET;
    else if (is_pure_push(last_op(p)))
        p->n--;
    else
        p->out[p->n++] = (wr_ins){.op = WR_OP_DROP};
}

// Handles an instruction with a shorter form. Returns whether it did.
static bool put_shorter(peephole *p, const wr_ins *ins) {
    switch (ins->op) {
    case WR_OP_NOP: return true;
    case WR_OP_DROP: put_drop(p); return true;
    case WR_OP_LOCAL_GET:
        if (last_op(p) != WR_OP_LOCAL_SET || wr_ins_local(&p->out[p->n - 1]) != wr_ins_local(ins))
            return false;
        p->out[p->n - 1].op = WR_OP_LOCAL_TEE;
        return true;
    case WR_OP_LOCAL_TEE: return p->gets[wr_ins_local(ins)] == 0;
    case WR_OP_LOCAL_SET:
        if (p->gets[wr_ins_local(ins)] == 0) put_drop(p);
        return p->gets[wr_ins_local(ins)] == 0;
    default: return false;
    }
}

static uint32_t *count_gets(wr_arena *arena, const wr_body *body) {
    uint32_t *gets = WR_NEW0(arena, uint32_t, body->nlocals);
    for (uint32_t i = 0; i < body->n; i++)
        if (body->ins[i].op == WR_OP_LOCAL_GET) gets[wr_ins_local(&body->ins[i])]++;
    return gets;
}

// Copies the body in its shorter form. Returns whether anything changed.
static bool shorten(wr_arena *arena, wr_body *body) {
    peephole p = {.body = body, .out = WR_NEW(arena, wr_ins, body->n), .gets = count_gets(arena, body)};
    bool any = false;
    for (uint32_t i = 0; i < body->n; i++) {
        const wr_ins *ins = &body->ins[i];
        uint32_t before = p.n;
        if (!put_shorter(&p, ins)) p.out[p.n++] = *ins;
        any |= p.n != before + 1 || p.out[before].op != ins->op;
        if (!wr_never_goes_on(ins->op)) continue;
        uint32_t end = end_of_dead_code(body, i);
        any |= end != i + 1;
        i = end - 1;
    }
    if (!any) return false;
    body->ins = p.out;
    body->n = p.n;
    return true;
}

bool wr_edit_peephole(wr_env *env, const wr_context *c, wr_body *body) {
    (void)c;
    unsigned round = 0;
    while (round < MAX_ROUNDS && shorten(&env->temp, body)) round++;
    return round > 0;
}
