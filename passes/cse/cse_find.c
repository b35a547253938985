// Finds redundant expressions for cse.c. One walk with a hash table of available expressions. An entry is
// available where it dominates: what a block adds leaves with the block, and nothing from before a loop
// counts inside it. An expression is stale once something that it reads has been written since.
//
// Expressions have no effects but reads and traps: where the first one did not trap, the second one does not
// either. Loads of shared memories are excluded. A store that keeps all of its value is entered as the load
// that would give it back, provided that its address is a single variable, is left in a local, or is computed
// from locals only: an address that is read from memory might be changed by the store itself. Stores and
// loads at different offsets from the same address do not interfere, nor do those of memories that can't be
// the same.
#include "analysis/aliases.h"
#include "analysis/effects.h"
#include "analysis/exprs.h"
#include "analysis/typing.h"
#include "cse.h"
#include "support/hash.h"

#define MULTIPLIER UINT64_C(0x9e3779b97f4a7c15)
#define MAX_TRIES 8   // entries of a bucket that are compared
#define MAX_STORES 32 // stores that a load is compared with

// What an expression may read besides locals, and what it may do at all.
#define READS (WR_EFFECTS_READS & ~(uint32_t)(WR_E_READ_HEAP | WR_E_READ_SEGMENT))
#define ALLOWED (READS | WR_E_READ_LOCAL | WR_E_TRAP)

// --- Hashes ---

static uint64_t hash_ins(const wr_ins *ins) {
    return wr_hash_word(wr_hash_word(ins->op, (uint64_t)ins->a << 16 | (uint64_t)ins->x << 8 | ins->y),
                        ins->b);
}

static uint64_t hash_range(const wr_cse *r, uint32_t start, uint32_t end) {
    return r->hash[end] - r->hash[start] * r->power[end - start];
}

static bool same_ins(const wr_ins *a, const wr_ins *b) {
    return a->op == b->op && a->x == b->x && a->y == b->y && a->a == b->a && a->b == b->b;
}

static bool same_range(const wr_ins *a, const wr_ins *b, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (!same_ins(&a[i], &b[i])) return false;
    return true;
}

// --- Effects ---

static bool is_shared(const wr_cse *r, const wr_ins *ins) {
    return wr_is_memarg(wr_opinfos[ins->op].imm) && r->m->memories[wr_ins_memory(ins)].limits.shared;
}

// The local or global whose value an address is, as a read: it is nothing else, or the last thing that
// computing it does is to set a local. WR_OP_NOP if it is something else.
static wr_ins plain_address(const wr_cse *r, uint32_t start, uint32_t end) {
    wr_ins last = r->body->ins[end - 1];
    if (last.op == WR_OP_LOCAL_TEE)
        last.op = WR_OP_LOCAL_GET;
    else if (end != start + 1 || (last.op != WR_OP_LOCAL_GET && last.op != WR_OP_GLOBAL_GET))
        last = (wr_ins){.op = WR_OP_NOP};
    return last;
}

static bool is_plain_store(const wr_cse *r, uint32_t i) {
    const wr_ins *ins = &r->body->ins[i];
    if (!wr_is_scalar_store(ins->op) || is_shared(r, ins)) return false;
    uint32_t value = wr_exprs_second(r->start, i);
    if (value == WR_NONE) return false;
    wr_ins base = plain_address(r, r->start[i], value); // must still have the value that it had then
    if (base.op == WR_OP_LOCAL_GET) return r->local_written[wr_ins_local(&base)] <= value;
    return base.op == WR_OP_GLOBAL_GET && r->written <= value;
}

// Records what instruction i reads and writes.
static void note_effects(wr_cse *r, uint32_t i) {
    const wr_ins *ins = &r->body->ins[i];
    uint32_t effects = wr_opinfos[ins->op].effects;
    if (effects & ~ALLOWED || is_shared(r, ins)) r->forbidden = i + 1;
    if (effects & READS) r->read = i + 1;
    if (effects & WR_E_WRITE_LOCAL) r->local_written[wr_ins_local(ins)] = i + 1;
    if (!(effects & (WR_E_CALL | WR_E_ATOMIC | READS << 1))) return;
    if (is_plain_store(r, i)) {
        WR_PUSH(r->arena, r->stores, i);
    } else {
        r->written = i + 1;
        r->stores.n = 0;
    }
}

static bool are_apart(const wr_cse *r, const wr_ins *x, const wr_ins *x_base, uint32_t store) {
    const wr_ins *y = &r->body->ins[store];
    wr_ins y_base = plain_address(r, r->start[store], wr_exprs_second(r->start, store));
    uint64_t x_size = wr_access_size(x->op), y_size = wr_access_size(y->op);
    if (wr_ins_memory(x) != wr_ins_memory(y))
        return !wr_aliases_may_be_same(r->m, WR_MEMORY, wr_ins_memory(x), wr_ins_memory(y));
    if (!same_ins(x_base, &y_base)) return false;
    return x->b < y->b ? y->b - x->b >= x_size : x->b - y->b >= y_size;
}

// Whether a store after `since` may change what the load at p reads.
static bool may_be_stored(const wr_cse *r, uint32_t p, uint32_t since) {
    const wr_ins *load = &r->body->ins[p];
    for (uint32_t k = r->stores.n, n = 0; k-- > 0 && r->stores.v[k] > since; n++) {
        if (n == MAX_STORES || !wr_is_memarg(wr_opinfos[load->op].imm) || r->start[p] == WR_NONE) return true;
        wr_ins base = plain_address(r, r->start[p], p);
        if (base.op == WR_OP_NOP || !are_apart(r, load, &base, r->stores.v[k])) return true;
    }
    return false;
}

// Whether what the expression that ends at i reads is unchanged: locals since `computed`, all else since
// `since`.
static bool is_fresh(const wr_cse *r, uint32_t i, uint32_t computed, uint32_t since) {
    if (computed < r->barrier || (r->read > r->start[i] && r->written > since)) return false;
    for (uint32_t p = r->start[i]; p <= i; p++) {
        const wr_ins *ins = &r->body->ins[p];
        if (ins->op == WR_OP_LOCAL_GET && r->local_written[wr_ins_local(ins)] > computed) return false;
        if (wr_opinfos[ins->op].effects & WR_E_READ_MEM && may_be_stored(r, p, since)) return false;
    }
    return true;
}

// --- The table ---

static void add(wr_cse *r, uint64_t hash, uint32_t end, uint32_t store) {
    wr_cse_computed e = {hash, end, store, r->bucket[hash & r->mask]};
    r->bucket[hash & r->mask] = r->computed.n;
    WR_PUSH(r->arena, r->computed, e);
}

static void forget(wr_cse *r, uint32_t n) {
    while (r->computed.n > n) {
        const wr_cse_computed *e = &r->computed.v[--r->computed.n];
        r->bucket[e->hash & r->mask] = e->next;
    }
}

unsigned wr_cse_load_of(unsigned store) {
    switch (store) {
    case WR_OP_I32_STORE: return WR_OP_I32_LOAD;
    case WR_OP_I64_STORE: return WR_OP_I64_LOAD;
    case WR_OP_F32_STORE: return WR_OP_F32_LOAD;
    case WR_OP_F64_STORE: return WR_OP_F64_LOAD;
    default: return WR_OP_NOP;
    }
}

static wr_ins matching_load(const wr_cse *r, uint32_t store) {
    wr_ins load = r->body->ins[store];
    load.op = (uint16_t)wr_cse_load_of(load.op);
    return load;
}

// Whether an entry's address is known by the local that it leaves it in.
static bool has_tee(const wr_cse *r, const wr_cse_computed *e) {
    return e->store != WR_NONE && r->body->ins[e->end].op == WR_OP_LOCAL_TEE;
}

static bool is_same(const wr_cse *r, const wr_cse_computed *e, uint32_t i) {
    const wr_ins *ins = r->body->ins;
    uint32_t start = has_tee(r, e) ? e->end : r->start[e->end], n = e->end + 1 - start,
             behind = r->start[i] + n;
    if (has_tee(r, e)) {
        wr_ins base = plain_address(r, start, start + 1);
        if (!same_ins(&base, &ins[r->start[i]])) return false;
    } else if (!same_range(ins + start, ins + r->start[i], n)) {
        return false;
    }
    if (e->store == WR_NONE) return behind == i + 1;
    wr_ins load = matching_load(r, e->store);
    return behind == i && same_ins(&load, &ins[i]);
}

// The newest entry with the value of the expression that ends at i, or NULL.
static const wr_cse_computed *find(const wr_cse *r, uint64_t hash, uint32_t i) {
    for (uint32_t k = r->bucket[hash & r->mask], tries = 0; k != WR_NONE && tries < MAX_TRIES; tries++) {
        const wr_cse_computed *e = &r->computed.v[k];
        if (e->hash == hash && is_same(r, e, i)) return e;
        k = e->next;
    }
    return NULL;
}

// --- The walk ---

wr_valtype wr_cse_type(const wr_cse *r, uint32_t i) {
    const wr_ins *ins = &r->body->ins[i];
    const wr_opinfo *info = &wr_opinfos[ins->op];
    if (info->custom || info->npush != 1 || info->npop == 0) return WR_BOTTOM;
    if (info->push != WR_SIG_ADDRESS) return info->push;
    return r->m->memories[wr_ins_memory(ins)].limits.is64 ? WR_I64 : WR_I32;
}

// The instruction that put the value into a local which still has it, or that made the constant; WR_NONE if
// there is none.
static uint32_t find_source(const wr_cse *r, const wr_cse_computed *e) {
    uint32_t at = e->store == WR_NONE ? e->end + 1 : e->store - 1;
    const wr_ins *ins = &r->body->ins[at];
    switch (ins->op) {
    case WR_OP_LOCAL_SET:
    case WR_OP_LOCAL_TEE: return r->local_written[wr_ins_local(ins)] == at + 1 ? at : WR_NONE;
    case WR_OP_LOCAL_GET:
        return e->store != WR_NONE && r->local_written[wr_ins_local(ins)] <= at ? at : WR_NONE;
    case WR_OP_I32_CONST:
    case WR_OP_I64_CONST:
    case WR_OP_F32_CONST:
    case WR_OP_F64_CONST: return e->store != WR_NONE ? at : WR_NONE;
    default: return WR_NONE;
    }
}

static bool reuse(wr_cse *r, const wr_cse_computed *e, uint32_t i) {
    bool is_store = e->store != WR_NONE;
    if (!is_fresh(r, i, e->end + has_tee(r, e), is_store ? e->store + 1 : e->end)) return false;
    uint32_t source = find_source(r, e);
    r->same[i] = is_store ? e->store - 1 : e->end;
    r->source[i] = source;
    return true;
}

static void look_at(wr_cse *r, uint32_t i) {
    uint32_t start = r->start[i];
    if (start == WR_NONE || start >= i || r->forbidden > start || i + 1 - start > WR_CSE_SIZE) return;
    if (wr_cse_type(r, i) == WR_BOTTOM) return;
    uint64_t hash = wr_mix(hash_range(r, start, i + 1));
    const wr_cse_computed *e = find(r, hash, i);
    if (!e || !reuse(r, e, i)) add(r, hash, i, WR_NONE);
}

static void look_at_store(wr_cse *r, uint32_t i) {
    if (wr_cse_load_of(r->body->ins[i].op) == WR_OP_NOP || is_shared(r, &r->body->ins[i])) return;
    uint32_t value = wr_exprs_second(r->start, i), start = r->start[i];
    if (value == WR_NONE || value - start >= WR_CSE_SIZE) return;
    wr_ins base = plain_address(r, start, value), load = matching_load(r, i);
    bool is_variable = base.op == WR_OP_LOCAL_GET || (base.op == WR_OP_GLOBAL_GET && value == i - 1);
    if (!is_variable && wr_exprs_effects(r->body, start, value) & ~(uint32_t)(WR_E_TRAP | WR_E_READ_LOCAL))
        return;
    uint64_t address = base.op == WR_OP_LOCAL_GET ? hash_ins(&base) : hash_range(r, start, value);
    add(r, wr_mix(address * MULTIPLIER + hash_ins(&load)), value - 1, i);
}

static void enter_or_leave(wr_cse *r, uint32_t i) {
    unsigned op = r->body->ins[i].op;
    if (!wr_is_control(op)) return;
    wr_walk_to(&r->walk, i);
    if (wr_opens_block(op)) {
        wr_cse_scope *s = wr_walk_enter(&r->walk);
        *s = (wr_cse_scope){r->computed.n, r->barrier};
        if (op == WR_OP_LOOP) r->barrier = i;
    } else if (wr_begins_arm(op) || wr_closes_block(op)) {
        const wr_cse_scope *s = wr_walk_state(&r->walk, 0);
        forget(r, s->computed);
        if (wr_closes_block(op)) r->barrier = s->barrier;
    }
}

void wr_cse_find(wr_cse *r) {
    r->power[0] = 1;
    for (unsigned i = 1; i <= WR_CSE_SIZE; i++) r->power[i] = r->power[i - 1] * MULTIPLIER;
    r->walk = wr_walk_with(r->arena, r->body, sizeof(wr_cse_scope));
    for (uint32_t i = 0; i < r->body->n; i++) {
        r->hash[i + 1] = r->hash[i] * MULTIPLIER + hash_ins(&r->body->ins[i]);
        note_effects(r, i);
        enter_or_leave(r, i);
        look_at(r, i);
        look_at_store(r, i);
    }
}
