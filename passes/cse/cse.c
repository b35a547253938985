// cse: common subexpression elimination and store-to-load forwarding.
//
//   (call $f (i32.mul A B)) (call $g (i32.mul A B))
//     ->  (call $f (local.tee $t (i32.mul A B))) (call $g (local.get $t))
//
// A repeated expression is read from a local: from one that was set to the value and still has it, else from
// a new one. A load of what was stored before is replaced by the local, or constant, that was stored; another
// stored value is kept in a new local. The outermost expressions come first. A new local pays if its reads
// are shorter than the expressions by more than the tee and its declaration. See cse_find.c for what is
// redundant, and why that is sound.
#include "cse.h"

#include "analysis/exprs.h"

#define DECLARATION_SIZE 1 // bytes of the declaration of a new local, which often replaces another one

static uint32_t size_of(const wr_cse *r, uint32_t i) {
    uint32_t size = 0;
    for (uint32_t k = r->start[i]; k <= i; k++)
        size += (uint32_t)wr_ins_size(&r->body->ins[k], r->body->ext.v);
    return size;
}

// Approximate bytes of reading or writing a local; the final numbers are chosen later.
static uint32_t access_size(const wr_cse *r) { return r->body->nlocals < 128 ? 2 : 3; }

static void sum_savings(wr_cse *r) {
    for (uint32_t i = r->body->n; i-- > 0;) {
        if (r->same[i] == WR_NONE) continue;
        uint32_t size = size_of(r, i);
        if (size <= access_size(r)) continue;
        if (r->source[i] == WR_NONE) r->saved[r->same[i]] += size - access_size(r);
        i = r->start[i];
    }
}

static bool is_needed(const wr_cse *r, uint32_t i) {
    for (uint32_t k = r->start[i]; k <= i; k++)
        if (r->needed[k]) return true;
    return false;
}

static uint32_t add_local(wr_cse *r, wr_valtype type) {
    wr_local_run run = {1, type};
    WR_PUSH(r->arena, r->body->runs, run);
    return r->body->nlocals++;
}

// Finds the instruction that replaces the expression that ends at i. Returns false if none pays.
static bool find_read(wr_cse *r, uint32_t i, wr_ins *read) {
    uint32_t before = r->same[i], source = r->source[i];
    if (before == WR_NONE || is_needed(r, i)) return false;
    if (source != WR_NONE) {
        *read = r->body->ins[source];
        if (wr_names_local(read->op)) read->op = WR_OP_LOCAL_GET;
        return wr_ins_size(read, NULL) < size_of(r, i);
    }
    if (size_of(r, i) <= access_size(r)) return false;
    if (r->local[before] == WR_NONE && r->saved[before] > access_size(r) + DECLARATION_SIZE &&
        r->body->nlocals < WR_MAX_LOCALS)
        r->local[before] = add_local(r, wr_cse_type(r, i));
    *read = (wr_ins){.op = WR_OP_LOCAL_GET, .a = r->local[before]};
    return r->local[before] != WR_NONE;
}

// Replaces repetitions by reads. Returns whether there are any.
static bool choose(wr_cse *r) {
    bool any = false;
    for (uint32_t i = r->body->n; i-- > 0;) {
        wr_ins read;
        if (!find_read(r, i, &read)) continue;
        r->needed[r->same[i]] = 1;
        memset(r->gone + r->start[i], 1, i - r->start[i]);
        r->body->ins[i] = read;
        i = r->start[i];
        any = true;
    }
    return any;
}

static void write_body(wr_cse *r) {
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

// A repetition costs a compressor less than another local does.
static bool is_for_compressed(const wr_config *config) {
    return wr_config_is_for_transit(config) && (config->level & (WR_LS | WR_LZ)) != 0;
}

bool wr_edit_cse(wr_env *env, const wr_context *c, wr_body *body) {
    if (is_for_compressed(c->config)) return false;
    wr_arena *temp = &env->temp;
    uint32_t n = body->n, buckets = 16;
    wr_body_match_blocks(temp, body);
    wr_cse r = {.arena = temp, .m = c->m, .body = body, .start = wr_exprs_find(temp, c->m, body)};
    while (buckets < n / 4) buckets *= 2;
    r.bucket = new_table(temp, buckets), r.mask = buckets - 1;
    r.hash = WR_NEW0(temp, uint64_t, (size_t)n + 1);
    r.local_written = WR_NEW0(temp, uint32_t, body->nlocals);
    r.same = new_table(temp, n), r.source = new_table(temp, n), r.local = new_table(temp, n);
    r.saved = WR_NEW0(temp, uint32_t, n);
    r.needed = WR_NEW0(temp, uint8_t, n), r.gone = WR_NEW0(temp, uint8_t, n);
    wr_cse_find(&r);
    sum_savings(&r);
    if (!choose(&r)) return false;
    write_body(&r);
    return true;
}
