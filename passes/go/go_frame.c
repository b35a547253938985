// Shortens addresses in the stack frame. For a store to its frame, Go computes the address in 64 bits, adds
// the offset, and wraps to 32 bits; the store's own offset remains 0.
//
//   local.get 1  i64.extend_i32_u  i64.const 16  i64.add  i32.wrap_i64  <value>  i64.store
// becomes
//   local.get 1  <value>  i64.store offset=16
//
// Where anything other than a load or store uses the address, the offset is added in 32 bits instead.
//
// Sound where local 1 is only ever set to the stack pointer, which is checked for each function: the stack
// pointer plus the offset lies in the frame, and the frame in memory, so the sum does not wrap.
#include "go.h"
#include "analysis/typing.h"
#include "passes/manager/bodies.h"
#include "passes/manager/pass.h"

#define ADDRESS_LENGTH 5

typedef struct frames {
    wr_body *body;
    wr_typer typer;
    wr_u32s made_by; // by stack position: the instruction that began the address there, or WR_NONE
    uint8_t *moves;  // by instruction that begins an address: its offset was moved
} frames;

static bool has(const wr_body *b, uint32_t i, unsigned op, uint32_t a) {
    return i < b->n && b->ins[i].op == op && b->ins[i].a == a;
}

// Whether an address in the frame is computed at i: local.get 1, i64.extend_i32_u, i64.const, i64.add,
// i32.wrap_i64.
static bool is_address(const wr_body *b, uint32_t i) {
    return i + ADDRESS_LENGTH <= b->n && has(b, i, WR_OP_LOCAL_GET, 1) &&
           b->ins[i + 1].op == WR_OP_I64_EXTEND_I32_U && b->ins[i + 2].op == WR_OP_I64_CONST &&
           b->ins[i + 3].op == WR_OP_I64_ADD && b->ins[i + 4].op == WR_OP_I32_WRAP_I64 &&
           b->ins[i + 2].b <= INT32_MAX;
}

// Whether local 1 is only set to the stack pointer, by "global.get 0, local.set 1" or "local.tee 1,
// global.set 0".
static bool holds_sp(const wr_body *b) {
    for (uint32_t i = 0; i < b->n; i++) {
        if (has(b, i, WR_OP_LOCAL_SET, 1) && !(i && has(b, i - 1, WR_OP_GLOBAL_GET, 0))) return false;
        if (has(b, i, WR_OP_LOCAL_TEE, 1) && !has(b, i + 1, WR_OP_GLOBAL_SET, 0)) return false;
    }
    return true;
}

// How deep in the stack the address operand of an access is; 0 if the instruction is no access.
static uint32_t depth_of_address(const wr_ins *ins) {
    unsigned imm = wr_opinfos[ins->op].imm;
    bool plain = imm >= WR_IMM_MEMARG0 && imm <= WR_IMM_MEMARG3;
    return plain && ins->a == 0 ? wr_opinfos[ins->op].npop : 0;
}

// Moves the offset of the address that an access uses into the access.
static void use_address(frames *f, wr_ins *ins) {
    uint32_t depth = depth_of_address(ins), top = f->typer.vals.n;
    if (!depth || depth > top || top > f->made_by.n) return;
    uint32_t from = f->made_by.v[top - depth];
    if (from == WR_NONE) return;
    uint64_t offset = ins->b + f->body->ins[from + 2].b;
    if (offset > UINT32_MAX) return;
    ins->b = offset;
    f->moves[from] = 1;
}

// Forgets everything on the stack except the lowest `known` values.
static void forget(frames *f, uint32_t known) {
    if (f->made_by.n > known) f->made_by.n = known;
    while (f->made_by.n < f->typer.vals.n) WR_PUSH(f->typer.arena, f->made_by, WR_NONE);
    f->made_by.n = f->typer.vals.n;
}

static void step(frames *f, uint32_t i) {
    wr_ins *ins = &f->body->ins[i];
    wr_sig sig;
    bool is_known = wr_typer_sig(&f->typer, ins, &sig);
    if (is_known) use_address(f, ins);
    uint32_t known = is_known && f->typer.vals.n >= sig.npop ? f->typer.vals.n - sig.npop : 0;
    wr_typer_step(&f->typer, i);
    forget(f, known);
}

// Finds the addresses and their uses. Returns whether there are any.
static bool find_addresses(frames *f) {
    bool any = false;
    for (uint32_t i = 0; i < f->body->n; i++) {
        bool is_one = is_address(f->body, i);
        step(f, i);
        if (!is_one) continue;
        for (uint32_t k = 1; k < ADDRESS_LENGTH; k++) step(f, i + k);
        if (f->made_by.n) f->made_by.v[f->made_by.n - 1] = i;
        i += ADDRESS_LENGTH - 1;
        any = true;
    }
    return any;
}

static void shorten_addresses(frames *f) {
    wr_body *b = f->body;
    uint32_t n = 0;
    for (uint32_t i = 0; i < b->n; i++) {
        bool is_one = is_address(b, i);
        uint64_t offset = is_one ? b->ins[i + 2].b : 0;
        bool moved = f->moves[i];
        b->ins[n++] = b->ins[i];
        if (!is_one) continue;
        if (!moved) {
            b->ins[n++] = (wr_ins){.op = WR_OP_I32_CONST, .b = offset};
            b->ins[n++] = (wr_ins){.op = WR_OP_I32_ADD};
        }
        i += ADDRESS_LENGTH - 1;
    }
    b->n = n;
}

static bool shorten_body(wr_env *env, const wr_context *c, wr_body *body) {
    if (body->nlocals < 2 || body->nparams != 1 || !holds_sp(body)) return false;
    frames f = {.body = body, .moves = WR_NEW0(&env->temp, uint8_t, body->n)};
    wr_typer_begin(&f.typer, &env->temp, c->m, body);
    if (!find_addresses(&f)) return false;
    shorten_addresses(&f);
    return true;
}

void wr_pass_go_frame(wr_context *c) {
    wr_go go;
    if (wr_go_find(c->env, &c->env->pass, c->m, &go) == WR_GO_FOUND)
        wr_bodies_edit(c, shorten_body, NULL, false);
}
