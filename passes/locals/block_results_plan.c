// Decides which blocks get a result, and notes the edits. See block_results.c.
//
// Of the locals that are set before the exits of a block, the one is chosen that saves most bytes: those
// of the sets, less those of reads and drops at the other exits, and of the set behind the block. The last is
// not counted, nor is the read, if forward substitution will find the expression's new place.
#include "block_results.h"
#include "analysis/cfg.h"
#include "analysis/exprs.h"

#define MAX_BETWEEN 48    // the most instructions between a set and the exit
#define MAX_CANDIDATES 4  // the most locals that are tried for a block
#define MAX_CONDITION 256 // the most instructions of a condition
#define MAX_AHEAD 12      // how far behind a block a read of the local is looked for
#define MAX_BLOCK 4096    // the most instructions of a block that moves to such a read

typedef struct plan {
    wr_block_results *r;
    uint32_t block, end, local;
    bool apply;     // note the edits
    bool reads_end; // a read of the local comes before `end`
    bool is_alone;  // there is no other candidate, so it only matters that something is saved, not how much
    int saved;
} plan;

static int size_of(uint32_t local) { return 1 + (int)wr_uleb_size(local); }

// --- One exit ---

static bool is_br_if(const wr_block_results *r, uint32_t at) { return r->body->ins[at].op == WR_OP_BR_IF; }

// Where the value must lie on the stack: before the condition of a br_if. WR_NONE if that is not known.
static uint32_t value_place(const wr_block_results *r, uint32_t at) {
    if (!is_br_if(r, at)) return at;
    return r->start[at] == WR_NONE || at - r->start[at] > MAX_CONDITION ? WR_NONE : r->start[at];
}

static bool names(const wr_ins *ins, uint32_t local) {
    return wr_names_local(ins->op) && wr_ins_local(ins) == local;
}

// Whether the value that instruction i sets can stay on the stack up to the place: nothing in between takes
// it, and it is on top then. Sets *read if the local is read in between.
static bool can_stay(const wr_block_results *r, uint32_t i, uint32_t place, bool *read) {
    uint32_t local = wr_ins_local(&r->body->ins[i]), height = 0, npop, npush;
    for (uint32_t k = i + 1; k < place; k++) {
        const wr_ins *ins = &r->body->ins[k];
        if (names(ins, local) && ins->op != WR_OP_LOCAL_GET) return false;
        *read |= names(ins, local);
        if (!wr_exprs_arity(r->m, ins, &npop, &npush) || npop > height) return false;
        height += npush - npop;
    }
    return height == 0;
}

// The set of the local whose value can be passed on at the place; WR_NONE if there is none.
static uint32_t find_set(const wr_block_results *r, uint32_t local, uint32_t place, bool *read) {
    *read = false;
    for (uint32_t i = place; i-- > 0 && place - i <= MAX_BETWEEN;) {
        const wr_ins *ins = &r->body->ins[i];
        if (wr_is_control(ins->op)) return WR_NONE;
        if (!names(ins, local) || ins->op == WR_OP_LOCAL_GET) continue;
        return ins->op == WR_OP_LOCAL_SET && can_stay(r, i, place, read) ? i : WR_NONE;
    }
    return WR_NONE;
}

// Whether the condition of a br_if, and what is computed with it, sets the local; and whether it reads it,
// which the exits of other blocks in it may come to do.
static bool condition_sets(const plan *p, uint32_t place, uint32_t at, bool *read) {
    for (uint32_t i = place; i < at; i++) {
        const wr_ins *ins = &p->r->body->ins[i];
        *read |= wr_is_control(ins->op);
        if (!names(ins, p->local)) continue;
        if (ins->op != WR_OP_LOCAL_GET) return true;
        *read = true;
    }
    return false;
}

// Whether the local is set again before anything could read it.
static bool is_dead_behind(const plan *p, uint32_t i) {
    const wr_body *body = p->r->body;
    for (uint32_t k = i + 1; k < body->n && k - i <= MAX_BETWEEN; k++) {
        const wr_ins *ins = &body->ins[k];
        if (wr_is_control(ins->op)) return false;
        if (names(ins, p->local)) return ins->op != WR_OP_LOCAL_GET;
    }
    return false;
}

// Returns false if another block's edit is in the way.
static bool read_before(plan *p, uint32_t i) {
    wr_result_edit *e = &p->r->edits[i];
    if (e->before || e->is_else || (i == p->end && p->reads_end)) return false;
    p->reads_end |= i == p->end;
    if (p->apply) e->before = p->local + 1;
    return true;
}

static bool put_behind(plan *p, uint32_t i, uint32_t what) {
    wr_result_edit *e = &p->r->edits[i];
    if (e->after) return false;
    if (p->apply) e->after = what;
    return true;
}

static bool change_set(plan *p, uint32_t i, uint8_t what) {
    wr_result_edit *e = &p->r->edits[i];
    if (e->set) return false;
    if (p->apply) e->set = what;
    return true;
}

// A br_if also leaves the value on the stack where it is not taken.
static bool pass_on_br_if(plan *p, uint32_t at) {
    bool read;
    uint32_t place = value_place(p->r, at), behind = WR_RESULT_DROP;
    if (place == WR_NONE) return false;
    uint32_t set = find_set(p->r, p->local, place, &read);
    if (condition_sets(p, place, at, &read)) return false;
    if (set == WR_NONE) {
        p->saved -= size_of(p->local) + 1;
        return read_before(p, place) && put_behind(p, at, behind);
    }
    if (!read && !is_dead_behind(p, at)) behind = WR_RESULT_SETS + p->local;
    if (behind == WR_RESULT_DROP) p->saved -= 1;
    if (behind == WR_RESULT_DROP && !read) p->saved += size_of(p->local);
    return change_set(p, set, read ? WR_RESULT_TEE : WR_RESULT_GONE) && put_behind(p, at, behind);
}

// The else that an if lacks.
static bool pass_on_else(plan *p) {
    wr_result_edit *e = &p->r->edits[p->end];
    p->saved -= size_of(p->local) + 1;
    if (e->is_else || e->before || p->reads_end) return false;
    p->reads_end = true;
    if (!p->apply) return true;
    e->is_else = 1;
    e->before = p->local + 1;
    return true;
}

static bool pass_on(plan *p, uint32_t at) {
    bool read;
    if (at == p->block) return pass_on_else(p);
    if (is_br_if(p->r, at)) return pass_on_br_if(p, at);
    uint32_t set = find_set(p->r, p->local, at, &read);
    if (set == WR_NONE) {
        p->saved -= size_of(p->local);
        return read_before(p, at);
    }
    if (!read) p->saved += size_of(p->local);
    return change_set(p, set, read ? WR_RESULT_TEE : WR_RESULT_GONE);
}

// --- What a block saves ---

// Whether the block sets a local that the instruction reads.
static bool is_set_inside(const plan *p, const wr_ins *read) {
    for (uint32_t i = p->block; i < p->end; i++) {
        const wr_ins *ins = &p->r->body->ins[i];
        if (names(ins, wr_ins_local(read)) && ins->op != WR_OP_LOCAL_GET) return true;
    }
    return false;
}

// Whether the block may run behind the instruction, which stands after it.
static bool may_pass(const plan *p, const wr_ins *ins) {
    uint32_t effects = wr_opinfos[ins->op].effects;
    if (ins->op == WR_OP_LOCAL_GET) return !is_set_inside(p, ins);
    if (!effects) return true;
    if (effects & ~(uint32_t)(WR_E_READ_MEM | WR_E_READ_GLOBAL | WR_E_TRAP)) return false;
    if ((effects & WR_E_TRAP) && !(effects & WR_E_READ_MEM)) return false;
    uint32_t inside = wr_exprs_effects(p->r->body, p->block, p->end);
    return !(inside & ~(uint32_t)(WR_E_READ_MEM | WR_E_READ_GLOBAL | WR_E_READ_LOCAL | WR_E_WRITE_LOCAL |
                                  WR_E_CONTROL | WR_E_OPEN | WR_E_ARM | WR_E_CLOSE));
}

#define NEAR 64 // instructions

// Whether the value that the local has at a read of it is not read again. Mostly the straight code behind it
// tells; the analysis for all other cases is made when it is first needed.
static bool dies(wr_block_results *r, uint32_t i) {
    wr_cfg flow;
    if (r->dies) return r->dies[i];
    for (uint32_t k = i + 1; k < r->body->n && k <= i + NEAR && !wr_is_control(r->body->ins[k].op); k++)
        if (names(&r->body->ins[k], wr_ins_local(&r->body->ins[i])))
            return r->body->ins[k].op != WR_OP_LOCAL_GET;
    wr_cfg_build(&r->env->temp, r->body, &flow);
    r->dies = wr_last_uses_find(&r->env->temp, r->body, &flow, NULL);
    return r->dies[i];
}

// What forward substitution saves by moving the block to a read of the local; at most that if `most` is set.
static int moving_saves(const plan *p, bool most) {
    const wr_body *body = p->r->body;
    for (uint32_t i = p->end + 1; i < body->n && i - p->end <= MAX_AHEAD; i++) {
        const wr_ins *ins = &body->ins[i];
        if (ins->op == WR_OP_LOCAL_GET && wr_ins_local(ins) == p->local)
            return most || dies(p->r, i) ? 2 * size_of(p->local) : size_of(p->local);
        if (wr_is_control(ins->op) || p->end - p->block > MAX_BLOCK || !may_pass(p, ins)) return 0;
    }
    return 0;
}

// Computes what it saves if the local becomes the result; notes the edits if `apply` is set. Returns false if
// it cannot be the result, or saves nothing.
static bool try_local(plan *p) {
    const wr_block_results *r = p->r;
    int moving = moving_saves(p, true);
    p->saved = moving - size_of(p->local);
    for (uint32_t e = r->first[p->block]; e != WR_NONE; e = r->exits.v[e].next)
        if (!pass_on(p, r->exits.v[e].at)) return false;
    bool is_clear = p->is_alone && p->saved > size_of(p->local);
    if (p->saved > 0 && moving && !is_clear) p->saved += moving_saves(p, false) - moving;
    return p->saved > 0 && put_behind(p, p->end, WR_RESULT_SETS + p->local);
}

// --- Candidates ---

// Adds the locals that are set before the place.
static uint32_t add_candidates(const wr_block_results *r, uint32_t place, uint32_t *locals, uint32_t n) {
    for (uint32_t i = place; i-- > 0 && place - i <= MAX_BETWEEN && n < MAX_CANDIDATES;) {
        const wr_ins *ins = &r->body->ins[i];
        if (wr_is_control(ins->op)) break;
        if (ins->op != WR_OP_LOCAL_SET || !wr_is_num(r->types[wr_ins_local(ins)])) continue;
        uint32_t k = 0;
        while (k < n && locals[k] != wr_ins_local(ins)) k++;
        if (k == n) locals[n++] = wr_ins_local(ins);
    }
    return n;
}

static uint32_t find_candidates(const wr_block_results *r, uint32_t block, uint32_t *locals) {
    uint32_t n = 0;
    for (uint32_t e = r->first[block]; e != WR_NONE && n < MAX_CANDIDATES; e = r->exits.v[e].next) {
        uint32_t place = value_place(r, r->exits.v[e].at);
        if (place == WR_NONE) return 0;
        if (place != block) n = add_candidates(r, place, locals, n);
    }
    return n;
}

void wr_block_results_plan(wr_block_results *r, uint32_t end) {
    uint32_t block = r->body->match[end], locals[MAX_CANDIDATES];
    if (r->body->ins[block].x != WR_BLOCK_EMPTY || r->barred[block] || r->start[end] == WR_NONE) return;
    plan best = {.r = r, .saved = 0};
    uint32_t n = find_candidates(r, block, locals);
    for (uint32_t k = 0; k < n; k++) {
        plan p = {.r = r, .block = block, .end = end, .local = locals[k], .is_alone = n == 1};
        if (try_local(&p) && p.saved > best.saved) best = p;
    }
    if (!best.saved) return;
    best.apply = true;
    best.reads_end = false;
    r->failed |= !try_local(&best);
    r->edits[block].type = r->types[best.local];
    r->any = true;
}
