// Threads the jumps of Go functions past the dispatch. Go writes every jump as "PC_B = k; back to the loop",
// where a br_table finds segment k again; go_layout.c turns these jumps into branches. A segment that is then
// named only by the br_table, and by no return address, is not a resume point: its table entries and blocks
// are removed.
//
// Sound where local 0 is used only by the dispatch: each jump sets it before it is read, and resuming sets it
// from the parameter. The resume points are return addresses (except of calls that never return), entries
// (PC_B 0), PC_B 1 (goexit, exports) and deferreturn. All of these are constants in code, words of data, or
// in pclntab, where find_resumes looks for them.
#include <stdlib.h>

#include "go_calls.h"
#include "go_kinds.h"
#include "go_layout.h"
#include "ir/edit.h"
#include "passes/manager/pass.h"
#include "support/search.h"

typedef struct pc_ref {
    uint32_t func, pc_b;
} pc_ref;

typedef WR_VEC(pc_ref) pc_refs;

typedef struct threading {
    wr_context *c;
    const wr_go *go;
    const uint8_t *kinds;
    const uint8_t *keeps_sp; // by function: it does not write the stack pointer
    pc_refs *by_worker;      // by worker: resume points that functions other than their own name
    pc_refs far;             // all of these, sorted
    wr_collector *collectors;
} threading;

// --- Places to resume at ---

// The function and PC_B that a number stands for, if it may be a PC.
static bool as_pc(const wr_go *go, uint64_t value, pc_ref *ref) {
    if (value < go->minpc || value >= go->maxpc) return false;
    uint32_t slot = (uint32_t)(value >> 16);
    if (slot >= go->nslots || go->slots[slot] == WR_NONE) return false;
    *ref = (pc_ref){go->slots[slot], (uint32_t)value & 0xffff};
    return true;
}

static bool const_pc(const wr_go *go, const wr_ins *ins, pc_ref *ref) {
    if (ins->op == WR_OP_I64_CONST) return as_pc(go, ins->b, ref);
    return ins->op == WR_OP_I32_CONST && as_pc(go, (uint32_t)ins->b, ref);
}

static void find_far(wr_env *env, unsigned worker, void *arg, size_t item) {
    threading *t = arg;
    const wr_func *f = &t->c->m->funcs[item];
    if (f->import != WR_NONE || !f->live) return;
    wr_arena_reset(&env->temp);
    wr_reader r = wr_ins_reader(env, f->body, 0);
    wr_u32s ext = {0};
    while (!wr_at_end(&r)) {
        wr_ins ins;
        pc_ref ref;
        ext.n = 0;
        wr_ins_read(&r, &env->temp, &ext, &ins);
        if (const_pc(t->go, &ins, &ref) && ref.pc_b > 1 && ref.func != item)
            WR_PUSH(&env->perm, t->by_worker[worker], ref);
    }
}

static void find_in_data(threading *t) {
    for (uint32_t at = 0; at + 8 <= t->go->image_size; at += 8) {
        pc_ref ref;
        if (as_pc(t->go, wr_go_get64(t->go, at), &ref) && ref.pc_b > 1)
            WR_PUSH(&t->c->env->perm, t->far, ref);
    }
}

static int by_func(const void *a, const void *b) {
    const pc_ref *x = a, *y = b;
    return x->func < y->func ? -1 : x->func > y->func;
}

// Collects what the workers found, sorted.
static void gather_far(threading *t) {
    for (unsigned i = 0; i < t->c->pool->jobs; i++)
        for (uint32_t k = 0; k < t->by_worker[i].n; k++)
            WR_PUSH(&t->c->env->perm, t->far, t->by_worker[i].v[k]);
    if (t->far.n) qsort(t->far.v, t->far.n, sizeof *t->far.v, by_func);
}

static uint32_t first_far(const threading *t, uint32_t func) {
    uint32_t low;
    WR_SEARCH(low, 0, t->far.n, t->far.v[low].func < func);
    return low;
}

static void mark(uint8_t *resumes, uint32_t n, uint32_t pc_b) { resumes[pc_b < n ? pc_b : n - 1] = 1; }

// Whether the constant at i is the return address of a call that never returns, which serves only traces.
static bool is_for_traces(const threading *t, const wr_go_list *l, uint32_t i) {
    return wr_go_is(l, i, WR_OP_I64_CONST) && wr_go_is(l, i + 1, WR_OP_I64_STORE) &&
           wr_go_is_const(l, i + 2, WR_OP_I32_CONST, 0) && wr_go_is(l, i + 3, WR_OP_CALL) &&
           t->kinds[l->v[i + 3].ins.a] & WR_GO_NO_RETURN;
}

// Finds the PC_Bs of a function that must stay in its table, whatever becomes of its jumps.
static uint8_t *find_resumes(const threading *t, const wr_go_code *code) {
    uint32_t func = code->body.func, n = code->ntargets, at = t->go->by_func[func];
    uint8_t *resumes = WR_NEW0(code->arena, uint8_t, n);
    mark(resumes, n, 0);
    mark(resumes, n, 1);
    if (at != WR_NONE) mark(resumes, n, wr_go_get32(t->go, t->go->funcs[at].record + 12) & 0xffff);
    for (uint32_t i = first_far(t, func); i < t->far.n && t->far.v[i].func == func; i++)
        mark(resumes, n, t->far.v[i].pc_b);
    for (uint32_t i = 0; i < code->list.n; i++) {
        pc_ref ref;
        if (const_pc(t->go, &code->list.v[i].ins, &ref) && ref.func == func &&
            !is_for_traces(t, &code->list, i))
            mark(resumes, n, ref.pc_b);
    }
    return resumes;
}

// --- Branches ---

static uint8_t *find_loops(const wr_go_code *code) {
    uint8_t *is_loop = WR_NEW0(code->arena, uint8_t, code->nlabels);
    for (uint32_t i = 0; i < code->list.n; i++)
        if (code->list.v[i].ins.op == WR_OP_LOOP) is_loop[code->list.v[i].label] = 1;
    return is_loop;
}

// Whether only `end`s come between i and the end of the block with this label, so that a branch there is
// equivalent to falling through.
static bool falls_to(const wr_go_list *l, uint32_t i, uint32_t label, const uint8_t *is_loop) {
    for (; wr_go_is(l, i, WR_OP_END) && !is_loop[label]; i++)
        if (l->v[i].label == label) return true;
    return false;
}

static bool is_if_branch(const wr_go_list *l, uint32_t i) {
    return wr_go_is(l, i, WR_OP_IF) && wr_go_is(l, i + 1, WR_OP_BR) && wr_go_is(l, i + 2, WR_OP_END) &&
           l->v[i + 2].label == l->v[i].label;
}

static void put_not(wr_arena *arena, wr_go_list *out) {
    wr_go_ins not = {{.op = WR_OP_I32_EQZ}, 0};
    if (out->n && out->v[out->n - 1].ins.op == WR_OP_I32_EQZ)
        out->n--;
    else
        WR_PUSH(arena, *out, not );
}

// Simplifies: "if br A end" is "br_if A"; "br_if A, br B, end A" is "eqz, br_if B, end A"; a branch to the
// end that follows does nothing.
static void tidy_branches(wr_go_code *code) {
    wr_go_list old = code->list, out = {0};
    const uint8_t *is_loop = find_loops(code);
    WR_RESERVE(code->arena, out, old.n);
    for (uint32_t i = 0; i < old.n; i++) {
        wr_go_ins item = old.v[i];
        if (item.ins.op == WR_OP_BR && falls_to(&old, i + 1, item.label, is_loop)) continue;
        if (is_if_branch(&old, i)) {
            item = old.v[i + 1];
            item.ins.op = WR_OP_BR_IF;
            i += 2;
        }
        if (item.ins.op == WR_OP_BR_IF && wr_go_is(&old, i + 1, WR_OP_BR) &&
            falls_to(&old, i + 2, item.label, is_loop)) {
            put_not(code->arena, &out);
            item.label = old.v[++i].label;
        }
        if (i == code->dispatch) code->dispatch = out.n;
        WR_PUSH(code->arena, out, item);
    }
    code->list = out;
}

// --- The table ---

// Entries that are no resume points get the label of the entry before them; trailing entries equal to the
// default are dropped.
static void shrink_table(wr_go_code *code, const uint8_t *resumes) {
    uint32_t n = code->ntargets;
    uint32_t kept = code->targets[0];
    for (uint32_t i = 0; i < n; i++) {
        if (resumes[i]) kept = code->targets[i];
        code->targets[i] = kept;
    }
    while (n > 1 && code->targets[n - 2] == code->targets[n - 1]) n--;
    code->list.v[code->dispatch].ins.a = n - 1;
    code->ntargets = n;
}

static uint8_t *find_named(const wr_go_code *code) {
    uint8_t *named = WR_NEW0(code->arena, uint8_t, code->nlabels);
    for (uint32_t i = 0; i < code->list.n; i++) {
        const wr_go_ins *item = &code->list.v[i];
        if (item->ins.op == WR_OP_BR || item->ins.op == WR_OP_BR_IF) named[item->label] = 1;
        if (item->ins.op != WR_OP_BR_TABLE) continue;
        for (uint32_t k = 0; k <= item->ins.a; k++) named[code->body.ext.v[item->ins.b + k]] = 1;
    }
    return named;
}

// Removes untyped blocks that no branch targets.
static void drop_blocks(wr_go_code *code) {
    const uint8_t *named = find_named(code);
    uint8_t *gone = WR_NEW0(code->arena, uint8_t, code->nlabels);
    uint32_t n = 0, dispatch = code->dispatch;
    for (uint32_t i = 0; i < code->list.n; i++) {
        wr_go_ins item = code->list.v[i];
        bool bare = (item.ins.op == WR_OP_BLOCK || item.ins.op == WR_OP_LOOP) && item.ins.x == WR_BLOCK_EMPTY;
        if (bare && !named[item.label]) gone[item.label] = 1;
        bool drops = (bare || item.ins.op == WR_OP_END) && gone[item.label];
        if (i == dispatch) code->dispatch = n;
        if (!drops) code->list.v[n++] = item;
    }
    code->list.n = n;
}

// Removes a dispatch that always continues right after itself.
static void drop_dispatch(wr_go_code *code) {
    wr_go_list *l = &code->list;
    uint32_t at = code->dispatch;
    if (code->ntargets > 1 || !wr_go_is(l, at + 1, WR_OP_END) || l->v[at + 1].label != code->targets[0])
        return;
    memmove(l->v + at - 1, l->v + at + 1, (l->n - at - 1) * sizeof *l->v);
    l->n -= 2;
}

// --- The pass ---

// Whether return addresses are pushed where find_resumes sees them. Code that wring or another tool changed
// may push them by helpers, or have inlined those; then the stack pointer is set in other ways than in Go's
// own code.
static bool pushes_in_sight(const threading *t, const wr_go_code *code) {
    const wr_go_list *l = &code->list;
    for (uint32_t i = 0; i < l->n; i++) {
        const wr_ins *ins = &l->v[i].ins;
        if (ins->op == WR_OP_GLOBAL_SET && ins->a == 0 && !(i && wr_go_is_a(l, i - 1, WR_OP_LOCAL_TEE, 1)))
            return false;
        if (ins->op != WR_OP_CALL || t->keeps_sp[ins->a] || t->c->m->funcs[ins->a].import != WR_NONE)
            continue;
        if (ins->a >= t->go->nby_func || t->go->by_func[ins->a] == WR_NONE) return false;
    }
    return true;
}

// Encodes the function with its jumps as branches, and with loops if they are wanted. Returns whether there
// are any loops.
static bool rebuild(threading *t, wr_env *env, uint32_t func, bool wants_loops, wr_buf *out) {
    wr_go_code code;
    wr_go_open(env, &env->temp, t->c->m, func, &code);
    if (!code.has_dispatch || !wr_go_owns_local0(&code) || !pushes_in_sight(t, &code)) return false;
    uint8_t *resumes = find_resumes(t, &code);
    wr_go_layout layout = wr_go_lay_out(&code, resumes, wants_loops);
    for (uint32_t i = 0; i < code.list.n && !layout.done; i++)
        if (wr_go_is_jump(&code, i)) mark(resumes, code.ntargets, (uint32_t)code.list.v[i].ins.b);
    shrink_table(&code, resumes);
    drop_blocks(&code);
    tidy_branches(&code);
    drop_dispatch(&code);
    drop_blocks(&code);
    wr_go_write(&code, out);
    return layout.has_loops;
}

static void thread_function(wr_env *env, unsigned worker, void *arg, size_t item) {
    threading *t = arg;
    wr_module *m = t->c->m;
    wr_func *f = &m->funcs[item];
    if (f->import != WR_NONE || !f->live || m->types[f->type].canon != t->go->type) return;
    wr_arena_reset(&env->temp);
    wr_buf out = wr_buf_in(&env->temp), plain = out;
    bool has_loops = rebuild(t, env, (uint32_t)item, true, &out);
    if (has_loops && t->c->config->level == WR_LZ) {
        rebuild(t, env, (uint32_t)item, false, &plain);
        if (plain.n < out.n) out = plain;
    }
    if (!out.n || out.n >= f->body.n) return;
    wr_module_store_bytes(env, &t->collectors[worker], m, (uint32_t)item, wr_buf_slice(&out));
}

void wr_pass_go_thread(wr_context *c) {
    wr_go go;
    if (wr_go_find(c->env, &c->env->perm, c->m, &go) != WR_GO_FOUND) return;
    threading t = {
        .c = c, .go = &go, .kinds = wr_go_kinds(&c->env->perm, c->m, &go), .keeps_sp = wr_go_keep_sp(c)};
    t.by_worker = WR_NEW0(&c->env->perm, pc_refs, c->pool->jobs);
    t.collectors = WR_NEW(&c->env->perm, wr_collector, c->pool->jobs);
    for (unsigned i = 0; i < c->pool->jobs; i++) wr_collector_init(&t.collectors[i], &c->pool->envs[i].perm);
    wr_parallel(c->pool, c->m->nfuncs, find_far, &t);
    find_in_data(&t);
    gather_far(&t);
    wr_parallel(c->pool, c->m->nfuncs, thread_function, &t);
}
