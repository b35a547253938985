// Expressions that were computed before are read from a local: the one that got the value then, if it still has it, else
// a new one.
//
// One walk with a table of expressions, keyed by a hash of their instructions. What is in the table stands where
// it is sure to have run: entries made within a block leave with it, and those from before a loop don't count inside it. An
// entry is stale once something that the expression reads was written since. Expressions have no effect but reads, and
// traps: where the first one did not trap the second one doesn't. Loads of shared memories are not among them.
//
// The outermost expressions go first. A new local pays where the reads are shorter than the expressions by more than the tee
// and its declaration.
#include "ir/exprs.h"
#include "ir/typing.h"
#include "passes/bodies.h"
#include "support/hash.h"

#define MAX_SIZE 64 // instructions of an expression
#define MULTIPLIER UINT64_C(0x9e3779b97f4a7c15)
#define MAX_TRIES 8
#define DECLARATION_SIZE 1 // bytes of a new local's, which often takes the place of another one

#define ALLOWED (WR_E_TRAP | WR_E_READ_LOCAL | WR_E_READ_GLOBAL | WR_E_READ_MEM | WR_E_READ_TABLE)
#define READS (WR_E_READ_GLOBAL | WR_E_READ_MEM | WR_E_READ_TABLE)

typedef struct entry {
    uint64_t hash;
    uint32_t end;  // the expression's last instruction
    uint32_t next; // in its bucket, WR_NONE at the end
} entry;

typedef struct scope {
    uint32_t entries; // in the table when the block began
    uint32_t barrier; // outside of it
} scope;

typedef struct reuse {
    wr_arena *arena;
    const wr_module *m;
    wr_body *body;
    const uint32_t *start;    // of the expressions, by their last instruction
    uint64_t *hash;           // of all instructions before
    uint64_t power[MAX_SIZE + 1];
    uint32_t *bucket, mask;
    WR_VEC(entry) entries;
    WR_VEC(scope) scopes;
    uint32_t barrier;         // entries before it don't count: the innermost loop's start
    uint32_t forbidden;       // behind the last instruction that can't be in an expression
    uint32_t read, written;   // behind the last one that reads or writes more than locals
    uint32_t *local_written;  // likewise, by local
    uint32_t *same;           // by last instruction: the expression that was computed before, WR_NONE if there is none
    uint32_t *holder;         // likewise: the local that has its value, WR_NONE if none
    uint32_t *saved;          // by the last instruction of an expression: bytes that its repetitions would save
    uint32_t *local;          // likewise: the new local that gets the value, WR_NONE if none
    uint8_t *needed;          // likewise: some repetition counts on it
    uint8_t *gone;
} reuse;

// --- What is known ---

static uint64_t hash_ins(const wr_ins *ins) {
    return wr_hash_word(wr_hash_word(ins->op, (uint64_t)ins->a << 16 | (uint64_t)ins->x << 8 | ins->y), ins->b);
}

static uint64_t hash_range(const reuse *r, uint32_t start, uint32_t end) {
    return wr_mix(r->hash[end + 1] - r->hash[start] * r->power[end + 1 - start]);
}

static bool same_range(const wr_ins *a, const wr_ins *b, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (a[i].op != b[i].op || a[i].x != b[i].x || a[i].y != b[i].y || a[i].a != b[i].a || a[i].b != b[i].b) return false;
    return true;
}

static bool is_shared_load(const reuse *r, const wr_ins *ins) {
    return wr_is_memarg(wr_opinfos[ins->op].imm) && r->m->memories[ins->a].limits.shared;
}

// Takes note of what instruction i reads and writes.
static void note_effects(reuse *r, uint32_t i) {
    const wr_ins *ins = &r->body->ins[i];
    uint32_t effects = wr_opinfos[ins->op].effects;
    if (effects & ~(uint32_t)ALLOWED || is_shared_load(r, ins)) r->forbidden = i + 1;
    if (effects & READS) r->read = i + 1;
    if (effects & (WR_E_CALL | WR_E_ATOMIC | READS << 1)) r->written = i + 1;
    if (effects & WR_E_WRITE_LOCAL) r->local_written[ins->a] = i + 1;
}

// Whether the expression that ends at i still has the value it had then, at an equal one that ends at k.
static bool is_fresh(const reuse *r, uint32_t i, uint32_t k) {
    if (i < r->barrier || (r->read > r->start[k] && r->written > i)) return false;
    for (uint32_t p = r->start[i]; p <= i; p++) {
        const wr_ins *ins = &r->body->ins[p];
        if (ins->op == WR_OP_LOCAL_GET && r->local_written[ins->a] > i) return false;
    }
    return true;
}

// The type of a number that the expression leaves, WR_BOTTOM for what is not looked at: single instructions and references.
static wr_valtype type_of(const reuse *r, uint32_t i) {
    const wr_ins *ins = &r->body->ins[i];
    const wr_opinfo *info = &wr_opinfos[ins->op];
    if (info->custom || info->npush != 1 || info->npop == 0) return WR_BOTTOM;
    if (info->push != WR_SIG_ADDRESS) return info->push;
    return r->m->memories[ins->a].limits.is64 ? WR_I64 : WR_I32;
}

// --- Finding repetitions ---

static void add_entry(reuse *r, uint64_t hash, uint32_t i) {
    entry e = {hash, i, r->bucket[hash & r->mask]};
    r->bucket[hash & r->mask] = r->entries.n;
    WR_PUSH(r->arena, r->entries, e);
}

static void remove_entries(reuse *r, uint32_t n) {
    while (r->entries.n > n) {
        const entry *e = &r->entries.v[--r->entries.n];
        r->bucket[e->hash & r->mask] = e->next;
    }
}

// The newest entry that is the same expression as that which ends at i.
static uint32_t find_entry(const reuse *r, uint64_t hash, uint32_t i) {
    const wr_ins *ins = r->body->ins;
    uint32_t n = i + 1 - r->start[i];
    for (uint32_t k = r->bucket[hash & r->mask], tries = 0; k != WR_NONE && tries < MAX_TRIES; k = r->entries.v[k].next, tries++) {
        const entry *e = &r->entries.v[k];
        if (e->hash != hash || e->end + 1 - r->start[e->end] != n) continue;
        if (same_range(ins + r->start[e->end], ins + r->start[i], n)) return e->end;
    }
    return WR_NONE;
}

static void look_at(reuse *r, uint32_t i) {
    uint32_t start = r->start[i];
    if (start == WR_NONE || start >= i || r->forbidden > start || i + 1 - start > MAX_SIZE) return;
    if (type_of(r, i) == WR_BOTTOM) return;
    uint64_t hash = hash_range(r, start, i);
    uint32_t before = find_entry(r, hash, i);
    if (before != WR_NONE && is_fresh(r, before, i))
        r->same[i] = before;
    else
        add_entry(r, hash, i);
}

static void enter_or_leave(reuse *r, uint32_t i) {
    unsigned op = r->body->ins[i].op;
    if (wr_opens_block(op)) {
        scope s = {r->entries.n, r->barrier};
        WR_PUSH(r->arena, r->scopes, s);
        if (op == WR_OP_LOOP) r->barrier = i;
    } else if (wr_begins_arm(op)) {
        remove_entries(r, r->scopes.v[r->scopes.n - 1].entries);
    } else if ((op == WR_OP_END || op == WR_OP_DELEGATE) && r->scopes.n) {
        scope s = r->scopes.v[--r->scopes.n];
        remove_entries(r, s.entries);
        r->barrier = s.barrier;
    }
}

// The local that got the value of the expression before, unless it was written since.
static uint32_t find_holder(const reuse *r, uint32_t before) {
    const wr_ins *ins = &r->body->ins[before + 1];
    bool gets_it = ins->op == WR_OP_LOCAL_SET || ins->op == WR_OP_LOCAL_TEE;
    return gets_it && r->local_written[ins->a] == before + 2 ? ins->a : WR_NONE;
}

static void find_repetitions(reuse *r) {
    for (uint32_t i = 0; i < r->body->n; i++) {
        r->hash[i + 1] = r->hash[i] * MULTIPLIER + hash_ins(&r->body->ins[i]);
        note_effects(r, i);
        enter_or_leave(r, i);
        look_at(r, i);
        if (r->same[i] != WR_NONE) r->holder[i] = find_holder(r, r->same[i]);
    }
}

// --- Choosing ---

static uint32_t size_of(const reuse *r, uint32_t i) {
    uint32_t size = 0;
    for (uint32_t k = r->start[i]; k <= i; k++) size += (uint32_t)wr_ins_size(&r->body->ins[k], r->body->ext.v);
    return size;
}

// Bytes of reading or writing a local, roughly: the layout comes later.
static uint32_t access_size(const reuse *r) { return r->body->nlocals < 128 ? 2 : 3; }

static void sum_savings(reuse *r) {
    for (uint32_t i = r->body->n; i-- > 0;) {
        if (r->same[i] == WR_NONE) continue;
        uint32_t size = size_of(r, i);
        if (size <= access_size(r)) continue;
        if (r->holder[i] == WR_NONE) r->saved[r->same[i]] += size - access_size(r);
        i = r->start[i];
    }
}

static bool is_needed(const reuse *r, uint32_t i) {
    for (uint32_t k = r->start[i]; k <= i; k++)
        if (r->needed[k]) return true;
    return false;
}

static uint32_t add_local(reuse *r, wr_valtype type) {
    wr_local_run run = {1, type};
    WR_PUSH(r->arena, r->body->runs, run);
    return r->body->nlocals++;
}

// The local to read instead of the expression that ends at i, WR_NONE if that doesn't pay.
static uint32_t choose_local(reuse *r, uint32_t i) {
    uint32_t before = r->same[i];
    if (size_of(r, i) <= access_size(r) || is_needed(r, i)) return WR_NONE;
    if (r->holder[i] != WR_NONE) return r->holder[i];
    if (r->local[before] == WR_NONE && r->saved[before] > access_size(r) + DECLARATION_SIZE && r->body->nlocals < WR_MAX_LOCALS)
        r->local[before] = add_local(r, type_of(r, before));
    return r->local[before];
}

// Puts reads in place of repetitions. Returns whether there are any.
static bool choose(reuse *r) {
    bool any = false;
    for (uint32_t i = r->body->n; i-- > 0;) {
        uint32_t local = r->same[i] == WR_NONE ? WR_NONE : choose_local(r, i);
        if (local == WR_NONE) continue;
        r->needed[r->same[i]] = 1;
        memset(r->gone + r->start[i], 1, i - r->start[i]);
        r->body->ins[i] = (wr_ins){.op = WR_OP_LOCAL_GET, .a = local};
        i = r->start[i];
        any = true;
    }
    return any;
}

static void write_body(reuse *r) {
    wr_body *body = r->body;
    WR_VEC(wr_ins) out = {0};
    WR_RESERVE(r->arena, out, body->n);
    for (uint32_t i = 0; i < body->n; i++) {
        if (!r->gone[i]) WR_PUSH(r->arena, out, body->ins[i]);
        if (r->local[i] == WR_NONE) continue;
        wr_ins tee = {.op = WR_OP_LOCAL_TEE, .a = r->local[i]};
        WR_PUSH(r->arena, out, tee);
    }
    body->ins = out.v;
    body->n = out.n;
}

static uint32_t *new_table(wr_arena *arena, uint32_t n) {
    return memset(WR_NEW(arena, uint32_t, n), 0xff, n * sizeof(uint32_t));
}

static bool reuse_body(wr_env *env, const wr_context *c, wr_body *body) {
    wr_arena *temp = &env->temp;
    uint32_t n = body->n, buckets = 16;
    wr_match_blocks(temp, body);
    reuse r = {.arena = temp, .m = c->m, .body = body, .start = wr_find_exprs(temp, c->m, body)};
    while (buckets < n / 4) buckets *= 2;
    r.bucket = new_table(temp, buckets), r.mask = buckets - 1;
    r.hash = WR_NEW0(temp, uint64_t, (size_t)n + 1);
    r.local_written = WR_NEW0(temp, uint32_t, body->nlocals);
    r.same = new_table(temp, n), r.holder = new_table(temp, n), r.local = new_table(temp, n);
    r.saved = WR_NEW0(temp, uint32_t, n);
    r.needed = WR_NEW0(temp, uint8_t, n), r.gone = WR_NEW0(temp, uint8_t, n);
    r.power[0] = 1;
    for (unsigned i = 1; i <= MAX_SIZE; i++) r.power[i] = r.power[i - 1] * MULTIPLIER;
    find_repetitions(&r);
    sum_savings(&r);
    if (!choose(&r)) return false;
    write_body(&r);
    return true;
}

void wr_pass_reuse(wr_context *c) { wr_edit_bodies(c, reuse_body, false); }
