// Shortens calls of Go functions. A call pushes its return address in eight instructions. If the callee is
// cold (panics, throw, print, stack growth), one thunk for the callee pushes and calls. Memory and globals
// change in the same way, so stacks and traces are the same. Other calls get no thunk: an additional host
// frame for each would overflow the host's stack in deep recursion. At -Oz they push by a helper, which adds
// no frame.
//
//   <push return address>  i32.const 0  call $panic  ...
// becomes
//   i32.const <packed return address>  call $panic_thunk  ...
//
// In addition, the code after a call that never returns becomes `return`, the code that leaves a function is
// written once, and nops and tests of g for nil (which it never is) are removed.
//
// Sound where local 1 equals global 0 wherever a return address is pushed, which is checked for each
// function.
#include "go_calls.h"
#include "go_kinds.h"
#include "ir/asm.h"
#include "ir/edit.h"

#define FEW_SITES 2

typedef struct outlining {
    wr_context *c;
    const wr_go *go;
    const uint8_t *kinds;
    const uint8_t *keeps_sp;    // by function: it does not write the stack pointer
    uint32_t **sites;           // number of cold calls, by worker and callee
    uint32_t *thunks;           // by callee: its thunk, or WR_NONE
    uint32_t nfuncs;            // number of functions before helpers were added
    bool everywhere;            // every call pushes by a helper
    uint32_t push, push_target; // the helpers, or WR_NONE
    unsigned slot_bits;         // a packed return address is PC_B << slot_bits | slot - first_slot
    uint32_t first_slot;
    wr_collector *collectors;
} outlining;

// --- Shapes ---

// Whether l[i ..] is an indirect call by a PC on the stack: i32.wrap_i64, i32.const 16, i32.shr_u, local.set
// 0, i32.const 0, local.get 0, call_indirect, reload.
static bool is_indirect_call(const wr_go_list *l, uint32_t i) {
    return wr_go_is(l, i, WR_OP_I32_WRAP_I64) && wr_go_is_const(l, i + 1, WR_OP_I32_CONST, 16) &&
           wr_go_is(l, i + 2, WR_OP_I32_SHR_U) && wr_go_is_a(l, i + 3, WR_OP_LOCAL_SET, 0) &&
           wr_go_is_const(l, i + 4, WR_OP_I32_CONST, 0) && wr_go_is_a(l, i + 5, WR_OP_LOCAL_GET, 0) &&
           wr_go_is(l, i + 6, WR_OP_CALL_INDIRECT) && wr_go_is_reload(l, i + 7);
}

// --- Return addresses ---

static bool packs(const outlining *o, uint64_t pc) {
    uint64_t slot = pc >> 16;
    return pc <= UINT32_MAX && slot >= o->first_slot && slot - o->first_slot < (uint64_t)1 << o->slot_bits;
}

static wr_go_ins packed(const outlining *o, uint64_t pc) {
    uint32_t value = (uint32_t)(pc & 0xffff) << o->slot_bits | (uint32_t)((pc >> 16) - o->first_slot);
    return (wr_go_ins){{.op = WR_OP_I32_CONST, .b = (uint64_t)(int64_t)(int32_t)value}, 0};
}

// Emits code that pushes the return address that is packed in local `from`; `scratch` is another local.
static void put_push(const outlining *o, wr_buf *b, uint32_t from, uint32_t scratch) {
    WR_ASM(b, GLOBAL_GET(0), I32(8), SUB, TEE(scratch), GLOBAL_SET(0), GET(scratch));
    WR_ASM(b, GET(from), I32((1u << o->slot_bits) - 1), AND, I32(o->first_slot), ADD, I32(16), SHL);
    WR_ASM(b, GET(from), I32(o->slot_bits), SHR_U, OR, EXTEND_U, STORE64);
}

static uint32_t add_helper(outlining *o, wr_buf *body, const wr_valtype *params, uint32_t nparams) {
    return wr_asm_add_func(o->c->env, o->c->m, body, params, nparams, 1);
}

// (packed) -> 0: pushes, and returns 0, the callee's PC_B
static void add_push(outlining *o) {
    static const wr_valtype params[] = {WR_I32};
    wr_buf b = wr_buf_in(&o->c->env->perm);
    wr_asm_locals(&b, 1);
    put_push(o, &b, 0, 1);
    WR_ASM(&b, I32(0));
    o->push = add_helper(o, &b, params, 1);
}

// (callee's PC, packed) -> table slot: pushes
static void add_push_target(outlining *o) {
    static const wr_valtype params[] = {WR_I64, WR_I32};
    wr_buf b = wr_buf_in(&o->c->env->perm);
    wr_asm_locals(&b, 1);
    put_push(o, &b, 1, 2);
    WR_ASM(&b, GET(0), WRAP, I32(16), SHR_U);
    o->push_target = add_helper(o, &b, params, 2);
}

// (packed) -> what the callee returns
static void add_thunk(outlining *o, uint32_t callee) {
    static const wr_valtype params[] = {WR_I32};
    wr_buf b = wr_buf_in(&o->c->env->perm);
    wr_asm_locals(&b, 0);
    WR_ASM(&b, GET(0), CALL(o->push), CALL(callee));
    o->thunks[callee] = add_helper(o, &b, params, 1);
}

// --- Counting ---

static void count_function(wr_env *env, unsigned worker, void *arg, size_t item) {
    outlining *o = arg;
    const wr_func *f = &o->c->m->funcs[item];
    if (f->import != WR_NONE || !f->live) return;
    wr_arena_reset(&env->temp);
    wr_go_code code;
    wr_go_open(env, &env->temp, o->c->m, (uint32_t)item, &code);
    const wr_go_list *l = &code.list;
    for (uint32_t i = 0; i < l->n; i++)
        if (wr_go_is_push(l, i) && wr_go_is_call(o->c->m, o->go, l, i + WR_GO_PUSH_LENGTH))
            o->sites[worker][l->v[i + WR_GO_PUSH_LENGTH + 1].ins.a]++;
}

static void add_helpers(outlining *o) {
    add_push(o);
    if (o->everywhere) add_push_target(o);
    for (uint32_t i = 0; i < o->nfuncs; i++) {
        uint32_t sites = 0;
        for (unsigned k = 0; k < o->c->pool->jobs; k++) sites += o->sites[k][i];
        if (sites >= FEW_SITES && o->kinds[i] & WR_GO_COLD) add_thunk(o, i);
    }
}

// --- Rewriting ---

typedef struct rewriting {
    const outlining *o;
    wr_go_code *code;
    wr_go_list old, out;
    bool outlines;
} rewriting;

static void put(rewriting *r, wr_go_ins item) { WR_PUSH(r->code->arena, r->out, item); }

static void put_op(rewriting *r, unsigned op, uint32_t a) {
    put(r, (wr_go_ins){{.op = (uint16_t)op, .a = a}, 0});
}

// Nothing after a return in the same block runs.
static uint32_t skip_dead(const wr_go_list *l, uint32_t i) {
    for (uint32_t depth = 0; i < l->n; i++) {
        unsigned op = l->v[i].ins.op;
        if (op == WR_OP_BLOCK || op == WR_OP_LOOP || op == WR_OP_IF) depth++;
        if (!depth && (op == WR_OP_END || op == WR_OP_ELSE)) break;
        if (op == WR_OP_END) depth--;
    }
    return i;
}

// Rewrites a call whose return address is at i + 6. Returns how many instructions were replaced.
static uint32_t outline_call(rewriting *r, uint32_t i) {
    const outlining *o = r->o;
    uint64_t pc = r->old.v[i + 6].ins.b;
    if (!packs(o, pc)) return 0;
    if (wr_go_is_call(o->c->m, o->go, &r->old, i + WR_GO_PUSH_LENGTH)) {
        uint32_t callee = r->old.v[i + WR_GO_PUSH_LENGTH + 1].ins.a;
        bool thunk = o->thunks[callee] != WR_NONE;
        if (!thunk && !o->everywhere) return 0;
        put(r, packed(o, pc));
        put_op(r, WR_OP_CALL, thunk ? o->thunks[callee] : o->push);
        if (!thunk) put_op(r, WR_OP_CALL, callee);
        if (!(o->kinds[callee] & WR_GO_NO_RETURN)) return WR_GO_PUSH_LENGTH + 2;
        put_op(r, WR_OP_RETURN, 0);
        return skip_dead(&r->old, i + WR_GO_PUSH_LENGTH + 2) - i;
    }
    if (!o->everywhere || !is_indirect_call(&r->old, i + WR_GO_PUSH_LENGTH)) return 0;
    put(r, packed(o, pc));
    put_op(r, WR_OP_CALL, o->push_target);
    return WR_GO_PUSH_LENGTH + 3;
}

// Recognizes a test of g for nil: global.get 2, i64.eqz, if, a call of sigpanic, end. g is set before any Go
// code runs and is never nil afterwards.
static uint32_t g_check_length(const rewriting *r, uint32_t i) {
    const wr_go_list *l = &r->old;
    if (!wr_go_is_a(l, i, WR_OP_GLOBAL_GET, 2) || !wr_go_is(l, i + 1, WR_OP_I64_EQZ) ||
        !wr_go_is(l, i + 2, WR_OP_IF) || !wr_go_is_push(l, i + 3) ||
        !wr_go_is_call(r->o->c->m, r->o->go, l, i + 3 + WR_GO_PUSH_LENGTH))
        return 0;
    uint32_t callee = l->v[i + 3 + WR_GO_PUSH_LENGTH + 1].ins.a, end = i + 3 + WR_GO_PUSH_LENGTH + 4;
    if (!(r->o->kinds[callee] & WR_GO_NO_RETURN) || !wr_go_is(l, end, WR_OP_BR_IF) ||
        !wr_go_is(l, end + 1, WR_OP_END))
        return 0;
    return end + 2 - i;
}

static void rewrite_calls(rewriting *r) {
    r->old = r->code->list;
    r->out = (wr_go_list){0};
    WR_RESERVE(r->code->arena, r->out, r->old.n);
    uint32_t dispatch = r->code->dispatch;
    for (uint32_t i = 0; i < r->old.n; i++) {
        uint32_t skipped = g_check_length(r, i);
        if (!skipped && r->outlines && wr_go_is_push(&r->old, i)) skipped = outline_call(r, i);
        if (!skipped && r->old.v[i].ins.op == WR_OP_NOP) skipped = 1;
        if (i == dispatch) r->code->dispatch = r->out.n;
        if (skipped)
            i += skipped - 1;
        else
            put(r, r->old.v[i]);
    }
    r->code->list = r->out;
}

// --- Leaving a function ---

// Recognizes an epilogue: up to two pops, then i32.const 0, return. Returns its length in instructions, and
// the bytes popped in *size.
static uint32_t epilogue_length(const wr_go_list *l, uint32_t i, uint32_t *size) {
    uint32_t n = 0;
    *size = 0;
    for (; n < 10 && wr_go_is_pop(l, i + n); n += 5) *size += (uint32_t)l->v[i + n + 1].ins.b;
    if (!n || !wr_go_is_const(l, i + n, WR_OP_I32_CONST, 0) || !wr_go_is(l, i + n + 1, WR_OP_RETURN))
        return 0;
    return n + 2;
}

// The size that most epilogues pop, and the number of those.
static uint32_t common_epilogue(const wr_go_list *l, uint32_t *count) {
    uint32_t best = 0, size, length;
    *count = 0;
    for (uint32_t i = 0; i < l->n; i++) {
        if (!(length = epilogue_length(l, i, &size))) continue;
        if (*count == 0) best = size;
        *count += size == best;
        i += length - 1;
    }
    return best;
}

static void put_epilogue(rewriting *r, uint32_t size) {
    put_op(r, WR_OP_LOCAL_GET, 1);
    put(r, (wr_go_ins){{.op = WR_OP_I32_CONST, .b = size}, 0});
    put_op(r, WR_OP_I32_ADD, 0);
    put_op(r, WR_OP_GLOBAL_SET, 0);
    put(r, (wr_go_ins){{.op = WR_OP_I32_CONST}, 0});
}

// Whether the function's last instructions leave it, so that shared code can follow them.
static bool ends_closed(const wr_go_list *l) {
    return l->n >= 2 && (l->v[l->n - 2].ins.op == WR_OP_UNREACHABLE || l->v[l->n - 2].ins.op == WR_OP_RETURN);
}

static void share_epilogues(rewriting *r) {
    uint32_t count, size, length, common = common_epilogue(&r->code->list, &count);
    if (!count) return;
    bool shares = count >= 2;
    uint32_t label = shares ? r->code->nlabels++ : 0;
    r->old = r->code->list;
    r->out = (wr_go_list){0};
    WR_RESERVE(r->code->arena, r->out, r->old.n + 16);
    if (shares) put(r, (wr_go_ins){{.op = WR_OP_BLOCK, .x = WR_BLOCK_EMPTY}, label});
    for (uint32_t i = 0; i + 1 < r->old.n; i++) {
        length = epilogue_length(&r->old, i, &size);
        if (!length) {
            put(r, r->old.v[i]);
            continue;
        }
        if (shares && size == common) {
            put(r, (wr_go_ins){{.op = WR_OP_BR}, label});
        } else {
            put_epilogue(r, size);
            put_op(r, WR_OP_RETURN, 0);
        }
        i += length - 1;
    }
    if (shares) {
        if (!ends_closed(&r->old)) put_op(r, WR_OP_RETURN, 0);
        put(r, (wr_go_ins){{.op = WR_OP_END}, label});
        put_epilogue(r, common);
    }
    put(r, r->old.v[r->old.n - 1]);
    r->code->list = r->out;
}

// --- The pass ---

static void outline_function(wr_env *env, unsigned worker, void *arg, size_t item) {
    outlining *o = arg;
    wr_module *m = o->c->m;
    wr_func *f = &m->funcs[item];
    if (f->import != WR_NONE || !f->live || m->types[f->type].canon != o->go->type) return;
    if (item >= o->go->nby_func || o->go->by_func[item] == WR_NONE) return;
    wr_arena_reset(&env->temp);
    wr_go_code code;
    wr_go_open(env, &env->temp, m, (uint32_t)item, &code);
    rewriting r = {.o = o, .code = &code, .outlines = wr_go_caches_sp(o->keeps_sp, &code.list)};
    rewrite_calls(&r);
    share_epilogues(&r);
    wr_buf out = wr_buf_in(&env->temp);
    wr_go_write(&code, &out);
    if (out.n >= f->body.n) return;
    wr_module_store_bytes(env, &o->collectors[worker], m, (uint32_t)item, wr_buf_slice(&out));
}

static void choose_packing(outlining *o) {
    o->first_slot = (uint32_t)(o->go->minpc >> 16);
    uint32_t slots = o->go->nslots - o->first_slot;
    while (o->slot_bits < 16 && slots >> o->slot_bits) o->slot_bits++;
}

void wr_pass_go_outline(wr_context *c) {
    wr_go go;
    wr_arena *perm = &c->env->perm;
    if (wr_go_find(c->env, perm, c->m, &go) != WR_GO_FOUND) return;
    outlining o = {.c = c,
                   .go = &go,
                   .nfuncs = c->m->nfuncs,
                   .push = WR_NONE,
                   .push_target = WR_NONE,
                   .everywhere = c->config->level == WR_LZ};
    o.kinds = wr_go_kinds(perm, c->m, &go);
    o.keeps_sp = wr_go_keep_sp(c);
    o.sites = WR_NEW(perm, uint32_t *, c->pool->jobs);
    o.collectors = WR_NEW(perm, wr_collector, c->pool->jobs);
    for (unsigned i = 0; i < c->pool->jobs; i++) {
        o.sites[i] = WR_NEW0(perm, uint32_t, o.nfuncs);
        wr_collector_init(&o.collectors[i], &c->pool->envs[i].perm);
    }
    o.thunks = WR_NEW(perm, uint32_t, o.nfuncs);
    memset(o.thunks, 0xff, o.nfuncs * sizeof *o.thunks);
    choose_packing(&o);
    wr_parallel(c->pool, o.nfuncs, count_function, &o);
    add_helpers(&o);
    wr_parallel(c->pool, o.nfuncs, outline_function, &o);
}
