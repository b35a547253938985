// Forward substitution (sinking): moves an expression to where its value is read.
//
//   (local.set $x (i32.load (local.get $p))) … (call $f (local.get $x))
//     ->  … (call $f (i32.load (local.get $p)))
//
// The read becomes the expression, within a tee if $x is read again. It must be the next read of $x after the
// set, in the same block or in an inner one; and nothing that is executed between the two may change what the
// expression reads, or observe its effects. An expression without effects may also move past branches and
// into an arm of an if, provided that its local has a single read. An expression may hold whole blocks, if
// nothing in it branches out.
//
// One forward walk, which records where each class of effects occurred last, so that a read finds at once
// whether something is in the way. The moves are carried out after the walk. If one expression moves past
// another that moves as well, they were compared where they stood, so the order of the moves does not matter.
// Expressions of more than MAX_SIZE instructions stay, or, with blocks in them, of more than MAX_BLOCKS_SIZE,
// unless the read comes next. The work for long ones is limited.
#include "analysis/effects.h"
#include "analysis/exprs.h"
#include "ir/labels.h"
#include "ir/walk.h"
#include "simplify_locals_parts.h"

#define MAX_SIZE 128
#define MAX_BLOCKS_SIZE 4096
#define WORK_PER_INSTRUCTION 8 // for long expressions

#define MAX_CLASSES 32

typedef struct frame { // an open block, or the function; positions as below
    uint32_t id;
    uint32_t hard, soft; // the start of the innermost loop, try or handler; of these and arms of ifs
    uint32_t exit;       // the last branch before the block
    uint32_t target;     // the outermost block that a branch inside it targets
} frame;

typedef struct last { // the last set of a local; positions count from one, 0: none
    uint32_t at, frame;
    uint32_t read, written; // the last read, the last set or tee
    uint32_t reads;         // the number of reads in the body
} last;

// A class: instructions with the same kinds of effects.
typedef struct class {
    uint32_t kinds;
    uint32_t at; // the position of the last such instruction
} class;

typedef struct sinker {
    wr_arena *arena;
    wr_body *body;
    const wr_cfg *flow;
    const uint8_t *dies;
    const uint32_t *start;
    const wr_valtype *types;
    const wr_config *config;
    last *locals;
    class classes[MAX_CLASSES]; // the first class has no effects
    uint32_t nclasses;
    uint8_t class_of[WR_OPS]; // the class plus one; 0: not known yet
    uint32_t exit;            // the last branch, among those before, that leaves the current block
    wr_walk walk;             // its states are frames
    WR_VEC(uint8_t) closed;   // by id of a frame: the block, or arm, has ended
    uint32_t tries;
    bool shared;      // memory is shared and may change at any time
    bool has_unset;   // some locals have no default value
    uint32_t *source; // by read: the set whose expression moves here, plus one
    uint32_t *moved;  // by the first instruction of an expression that moves: the place after its set
    uint64_t work;
    bool any;
} sinker;

// The effects and size of the expression of a set, with all that moves into it.
typedef struct cargo {
    uint32_t effects, size;
    uint32_t depth; // the blocks that are open within the expression
    bool stuck;
} cargo;

// --- Interference ---

static frame *innermost(const sinker *k) { return wr_walk_state(&k->walk, 0); }

static uint32_t effects_of(const sinker *k, const wr_ins *ins) {
    return wr_effects_of(ins, wr_pass_effects(k->config, ins->op));
}

static bool happened_since(const sinker *k, uint32_t kinds, uint32_t at) {
    for (uint32_t i = 0; i < k->nclasses; i++)
        if ((k->classes[i].kinds & kinds) && k->classes[i].at > at) return true;
    return false;
}

// Adds a control instruction: it must not lead out of the expression.
static void load_control(cargo *c, const wr_body *body, const wr_ins *ins) {
    uint32_t most = c->depth, *ext = body->ext.v;
    if (wr_opens_block(ins->op) && !wr_is_try(ins->op))
        c->depth++;
    else if (ins->op == WR_OP_END)
        c->depth--;
    else if (ins->op == WR_OP_BR || ins->op == WR_OP_BR_IF)
        c->stuck |= wr_ins_label(ins) >= most;
    else if (ins->op == WR_OP_BR_TABLE)
        for (uint32_t t = 0; t <= ins->a; t++) c->stuck |= ext[ins->b + t] >= most;
    else if (ins->op != WR_OP_ELSE && ins->op != WR_OP_UNREACHABLE)
        c->stuck = true;
}

// Adds an instruction of an expression that was computed before position `at`.
static void load(const sinker *k, cargo *c, uint32_t i, uint32_t at) {
    const wr_ins *ins = &k->body->ins[i];
    uint32_t kinds = effects_of(k, ins);
    c->effects |= kinds;
    if (kinds & WR_E_CONTROL) load_control(c, k->body, ins);
    if (kinds & (WR_E_READ_LOCAL | WR_E_WRITE_LOCAL)) c->stuck |= k->locals[wr_ins_local(ins)].written > at;
    if (kinds & WR_E_WRITE_LOCAL)
        c->stuck |= k->locals[wr_ins_local(ins)].read > at || !wr_is_defaultable(k->types[wr_ins_local(ins)]);
}

// Adds the expression of the set at position `at`, and what moves into it.
static void load_expr(sinker *k, cargo *c, uint32_t set, uint32_t at) {
    c->size += set - k->start[set];
    c->stuck |= c->size > MAX_BLOCKS_SIZE;
    if (c->size > MAX_SIZE) k->work += set - k->start[set];
    if (k->work > (uint64_t)WORK_PER_INSTRUCTION * k->body->n) c->stuck = true;
    for (uint32_t i = k->start[set]; i < set && !c->stuck; i++) {
        load(k, c, i, at);
        if (!k->source[i]) continue;
        load_expr(k, c, k->source[i] - 1, at);
        uint32_t local = wr_ins_local(&k->body->ins[i]);
        if (k->dies[i]) continue;
        c->effects |= WR_E_WRITE_LOCAL;
        c->stuck |= k->locals[local].read > at;
    }
}

// --- Moves ---

// Whether the read at instruction i may become the expression of its local's last set.
static bool may_move(sinker *k, const last *x, uint32_t i) {
    const frame *here = innermost(k);
    uint32_t set = x->at - 1;
    if (!x->at || k->start[set] == WR_NONE || k->start[set] == set) return false;
    if (x->written > x->at || x->read > x->at || k->closed.v[x->frame] || x->at <= here->hard) return false;
    if (!wr_is_defaultable(k->types[wr_ins_local(&k->body->ins[i])])) return false;
    bool straight = x->at > here->soft && k->exit <= x->at;
    if (!straight && x->reads != 1) return false;
    if (i == x->at) return true;
    cargo c = {0};
    load_expr(k, &c, set, x->at);
    if (c.stuck || (c.size > MAX_SIZE && !(c.effects & WR_E_CONTROL))) return false;
    if (happened_since(k, wr_effects_conflicts(c.effects, k->shared), x->at)) return false;
    return straight || !(c.effects & (WR_EFFECTS_WRITES | WR_E_WRITE_LOCAL | WR_E_TRAP | WR_E_MAY_NOT_END |
                                      WR_E_CALL | WR_E_ATOMIC | WR_E_THROW));
}

static void get(sinker *k, uint32_t i) {
    last *x = &k->locals[wr_ins_local(&k->body->ins[i])];
    if (may_move(k, x, i)) {
        k->source[i] = x->at;
        k->moved[k->start[x->at - 1]] = x->at;
        x->at = 0;
        k->any = true;
    }
    x->read = i + 1;
}

static void set(sinker *k, uint32_t i) {
    const wr_ins *ins = &k->body->ins[i];
    last *x = &k->locals[wr_ins_local(ins)];
    x->written = i + 1;
    x->at = ins->op == WR_OP_LOCAL_SET ? i + 1 : 0;
    x->frame = innermost(k)->id;
}

// --- Blocks ---

static uint32_t new_frame(sinker *k) {
    WR_PUSH(k->arena, k->closed, 0);
    return k->closed.n - 1;
}

static void enter(sinker *k, uint32_t i) {
    frame *inner = wr_walk_enter(&k->walk);
    *inner = *innermost(k);
    unsigned op = k->body->ins[i].op;
    inner->exit = k->exit;
    inner->target = k->walk.open.n + 1;
    // What is set in a block that nothing branches to is set behind it too, except for validation.
    if (op != WR_OP_BLOCK || k->flow->targeted[i] || k->has_unset) inner->id = new_frame(k);
    if (op != WR_OP_BLOCK) inner->soft = i + 1;
    if (op != WR_OP_BLOCK && op != WR_OP_IF) inner->hard = i + 1;
    k->tries += wr_is_try(op);
}

static void next_arm(sinker *k, uint32_t i) {
    frame *f = innermost(k);
    k->closed.v[f->id] = 1;
    f->id = new_frame(k);
    f->soft = i + 1;
    if (k->body->ins[i].op != WR_OP_ELSE) f->hard = i + 1;
}

static void leave(sinker *k, uint32_t i) {
    if (!k->walk.open.n) return;
    const frame *f = innermost(k);
    frame *outer = wr_walk_state(&k->walk, 1);
    unsigned op = k->body->ins[k->body->match[i]].op;
    if (f->id != outer->id) k->closed.v[f->id] = 1;
    if (f->target < outer->target) outer->target = f->target;
    k->exit = f->target < k->walk.open.n ? i + 1 : f->exit;
    k->tries -= wr_is_try(op);
}

// Records a branch from instruction i; the label counts from the innermost block.
static void exit_to(sinker *k, uint32_t i, uint32_t label) {
    frame *f = innermost(k);
    uint32_t target = label < k->walk.open.n ? k->walk.open.n - label : 0;
    if (target < f->target) f->target = target;
    k->exit = i + 1;
}

static void exits(sinker *k, uint32_t i) {
    const wr_ins *ins = &k->body->ins[i];
    const uint32_t *label;
    if (wr_is_branch(ins->op))
        for (uint32_t t = 0; (label = wr_nth_label(ins, k->body->ext.v, t)); t++) exit_to(k, i, *label);
    else if (wr_never_goes_on(ins->op))
        exit_to(k, i, WR_NONE);
}

// --- The walk ---

// Finds, or adds, the class of an instruction. Once there are MAX_CLASSES, the last one takes all others.
static void find_class(sinker *k, const wr_ins *ins) {
    uint32_t kinds = effects_of(k, ins) & wr_effects_conflicts(WR_E_CALL, false), i = 0;
    while (i + 1 < MAX_CLASSES && i < k->nclasses && k->classes[i].kinds != kinds) i++;
    if (i == k->nclasses) k->nclasses++;
    k->classes[i].kinds |= kinds;
    k->class_of[ins->op] = (uint8_t)(i + 1);
}

static void note_effects(sinker *k, uint32_t i) {
    const wr_ins *ins = &k->body->ins[i];
    if (WR_UNLIKELY(!k->class_of[ins->op])) find_class(k, ins);
    k->classes[k->class_of[ins->op] - 1].at = i + 1;
    if (WR_UNLIKELY(k->tries != 0) && wr_effects_may_throw(wr_opinfos[ins->op].effects))
        exit_to(k, i, WR_NONE);
}

static void step(sinker *k, uint32_t i) {
    unsigned op = k->body->ins[i].op;
    wr_walk_to(&k->walk, i);
    note_effects(k, i);
    if (op == WR_OP_LOCAL_GET)
        get(k, i);
    else if (wr_names_local(op))
        set(k, i);
    else if (wr_opens_block(op))
        enter(k, i);
    else if (wr_begins_arm(op))
        next_arm(k, i);
    else if (wr_closes_block(op))
        leave(k, i);
    else if (wr_is_control(op))
        exits(k, i);
}

// --- Writing ---

// A range of the body that is being written. Expressions move into each other as often as a body is long, so
// the ranges that are open are on a stack of our own.
typedef struct range {
    uint32_t next, end;
    uint32_t from; // the start of an expression that moves here; WR_NONE: nothing moves
    uint32_t read; // the read that the expression takes the place of
} range;

typedef struct writer {
    const sinker *k;
    wr_ins *out;
    uint32_t n;
    WR_VEC(range) open;
} writer;

// Opens the expression that takes the place of read i.
static void open_moved(writer *w, uint32_t i) {
    const sinker *k = w->k;
    uint32_t set = k->source[i] - 1, from = k->start[set];
    WR_PUSH(k->arena, w->open, ((range){.next = from, .end = set, .from = from, .read = i}));
}

// The set becomes a tee behind the expression if the local is read again.
static void close_moved(writer *w, const range *r) {
    const sinker *k = w->k;
    if (r->from == WR_NONE || k->dies[r->read]) return;
    w->out[w->n] = k->body->ins[r->read];
    w->out[w->n].origin = k->body->ins[k->source[r->read] - 1].origin;
    w->out[w->n++].op = WR_OP_LOCAL_TEE;
}

static void write_body(writer *w) {
    const sinker *k = w->k;
    WR_PUSH(k->arena, w->open, ((range){.end = k->body->n, .from = WR_NONE}));
    while (w->open.n) {
        range *r = &w->open.v[w->open.n - 1];
        if (r->next >= r->end) {
            close_moved(w, r);
            w->open.n--;
            continue;
        }
        uint32_t i = r->next++;
        if (k->moved[i] && i != r->from)
            r->next = k->moved[i];
        else if (k->source[i])
            open_moved(w, i);
        else if (k->body->ins[i].op != WR_OP_NOP)
            w->out[w->n++] = k->body->ins[i];
    }
}

// Counts the reads of each local. Returns whether in some case the next access to a local after a set is a
// read; most bodies have no such case once this pass has run.
static bool count_reads(sinker *k) {
    uint32_t found = 0;
    for (uint32_t p = 0; p < k->flow->nplaces; p++) {
        uint32_t i = k->flow->places[p];
        const wr_ins *ins = &k->body->ins[i];
        if (!wr_names_local(ins->op)) continue;
        last *x = &k->locals[wr_ins_local(ins)];
        uint32_t reads = ins->op == WR_OP_LOCAL_GET, sets = ins->op == WR_OP_LOCAL_SET;
        found |= reads & x->at;
        x->reads += reads;
        x->at = sets & (k->start[i] != WR_NONE && k->start[i] != i);
    }
    for (uint32_t i = 0; i < k->body->nlocals; i++) k->locals[i].at = 0;
    return found;
}

// Prepares the walk. Returns whether there may be something to do.
static bool begin(sinker *k, const wr_module *m) {
    uint32_t n = k->body->n;
    k->walk = wr_walk_with(k->arena, k->body, sizeof(frame));
    innermost(k)->id = new_frame(k);
    k->locals = WR_NEW0(k->arena, last, k->body->nlocals);
    if (!count_reads(k)) return false;
    k->source = WR_NEW0(k->arena, uint32_t, n);
    k->moved = WR_NEW0(k->arena, uint32_t, n);
    for (uint32_t i = 0; i < m->nmemories; i++) k->shared |= m->memories[i].limits.shared;
    for (uint32_t i = k->body->nparams; i < k->body->nlocals; i++)
        k->has_unset |= !wr_is_defaultable(k->types[i]);
    return true;
}

bool wr_forward_substitution(wr_arena *arena, const wr_context *c, wr_body *body, const wr_cfg *flow,
                             const wr_valtype *types, const uint8_t *dies, const uint32_t *start) {
    sinker k = {.arena = arena,
                .body = body,
                .flow = flow,
                .types = types,
                .dies = dies,
                .start = start,
                .config = c->config};
    if (!begin(&k, c->m)) return false;
    for (uint32_t p = 0; p < flow->nplaces; p++) step(&k, flow->places[p]);
    if (!k.any) return false;
    writer w = {.k = &k, .out = WR_NEW(arena, wr_ins, body->n)};
    write_body(&w);
    memcpy(body->ins, w.out, w.n * sizeof *w.out);
    body->n = w.n;
    return true;
}
