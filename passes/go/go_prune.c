// Removes parts of Go's runtime that nothing can start. Go's linker keeps the execution tracer in every
// program, since the scheduler calls it wherever tracing is on. But only runtime.StartTrace turns tracing on,
// and only their two setters turn on the block and mutex profiles. Where these are not linked in, the
// functions that are called only under the tests "tracing is on" and "a rate is set" can never run: they are
// cut, and everything that is reached only from them is removed as well.
//
// Sound because each call of a cut function is under such a test; the functions are listed below, each with
// the range of Go versions whose sources were read. The rest follows from the call graph: a function stays if
// an export names it, or if a number in code or data is one of its PCs or may be the code offset of a method.
// The table slots of removed functions get one function that traps.
#include <stdlib.h>

#include "go_reflect.h"
#include "go_types.h"
#include "ir/asm.h"
#include "ir/edit.h"
#include "passes/manager/pass.h"
#include "support/format.h"

typedef struct cut {
    const char *name;    // a trailing * matches any suffix
    uint8_t first, last; // minor versions
    uint8_t gate;
} cut;

// The last gate is open unless --go-lean=traceback closes it; its functions then return at once instead of
// trapping.
enum { TRACER, EVENTS, TEXT, GATES };

static const cut cuts[] = {
    {"runtime.traceLocker.*", 22, 26, TRACER},   {"runtime.traceAcquireEnabled", 22, 26, TRACER},
    {"runtime.traceAdvance", 22, 26, TRACER},    {"runtime.traceThreadDestroy", 22, 26, TRACER},
    {"runtime.traceReader", 19, 26, TRACER},     {"runtime.traceGo*", 19, 21, TRACER},
    {"runtime.traceGC*", 19, 21, TRACER},        {"runtime.traceHeap*", 19, 21, TRACER},
    {"runtime.traceGomaxprocs", 19, 21, TRACER}, {"runtime.traceProcStart", 19, 21, TRACER},
    {"runtime.traceProcStop", 19, 21, TRACER},   {"runtime.traceSTW*", 19, 21, TRACER},
    {"runtime.saveblockevent", 19, 26, EVENTS},  {"runtime.traceback", 19, 26, TEXT},
    {"runtime.traceback1", 19, 26, TEXT},        {"runtime.tracebacktrap", 19, 26, TEXT},
    {"runtime.tracebackothers", 19, 26, TEXT},   {"runtime.tracebackHexdump", 19, 26, TEXT},
    {"runtime.goroutineheader", 19, 26, TEXT},   {"runtime.printcreatedby", 19, 26, TEXT},
    {"runtime.printcreatedby1", 19, 26, TEXT},   {"runtime.printAncestorTraceback", 19, 26, TEXT},
    {"runtime.schedtrace", 19, 26, TEXT},        {"runtime.printScavTrace", 19, 26, TEXT},
    {"runtime.dumpgstatus", 19, 26, TEXT},       {"runtime.gcDumpObject", 19, 26, TEXT},
};

// Exceptions to the rules above.
static const char *const kept[] = {"runtime.traceLocker.ok"};

// Functions whose presence keeps everything behind a gate.
static const struct {
    const char *name;
    uint8_t gate;
} starters[] = {
    {"runtime.StartTrace", TRACER},
    {"runtime/trace.*", TRACER},
    {"runtime.SetBlockProfileRate", EVENTS},
    {"runtime.SetMutexProfileFraction", EVENTS},
};

// Roots: functions that are entered by PCs that the runtime's assembly computes.
static const char *const entered[] = {
    "runtime.goexit",       "runtime.main",
    "runtime.mstart*",      "runtime.rt0_go",
    "runtime.asyncPreempt", "runtime.morestack*",
    "runtime.systemstack*", "runtime.gcBgMarkWorker",
    "runtime.sigpanic",     "runtime.deferreturn",
    "runtime.handleEvent",  "runtime.wasm*",
    "_rt0_wasm*",           "wasm_*",
    "go:buildid",           "callRet",
};

typedef struct edge {
    uint32_t from, to;
} edge;
typedef WR_VEC(edge) edges;

typedef struct pruning {
    wr_context *c;
    wr_go *go;
    edges *by_worker; // edges from calls and from PCs in code, by worker
    edges all;
    uint32_t *first;     // by function: its first edge in `all`
    uint8_t *cut, *seen; // by function
    wr_u32s stack;
} pruning;

static bool matches(const char *pattern, wr_slice name) {
    size_t n = strlen(pattern);
    if (pattern[n - 1] != '*') return wr_slice_is(name, pattern);
    return name.n >= n - 1 && memcmp(name.p, pattern, n - 1) == 0;
}

// --- What is cut ---

static void open_gates(const wr_go *go, unsigned lean, bool *open) {
    open[TEXT] = !(lean & WR_GO_TRACEBACK);
    for (uint32_t i = 0; i < go->nfuncs; i++)
        for (size_t k = 0; k < WR_COUNT(starters); k++)
            if (matches(starters[k].name, go->funcs[i].name)) open[starters[k].gate] = true;
}

enum { NOT_CUT, TRAPS, RETURNS };

static uint8_t how_cut(const wr_go *go, const bool *open, wr_slice name) {
    for (size_t i = 0; i < WR_COUNT(kept); i++)
        if (matches(kept[i], name)) return NOT_CUT;
    for (size_t i = 0; i < WR_COUNT(cuts); i++)
        if (go->minor >= cuts[i].first && go->minor <= cuts[i].last && !open[cuts[i].gate] &&
            matches(cuts[i].name, name))
            return cuts[i].gate == TEXT ? RETURNS : TRAPS;
    return NOT_CUT;
}

static uint32_t find_cuts(pruning *p) {
    bool open[GATES] = {false};
    uint32_t n = 0;
    open_gates(p->go, p->c->config->go_lean, open);
    for (uint32_t i = 0; i < p->c->m->nfuncs; i++) {
        wr_slice name = wr_go_name(p->go, i);
        if (!name.n || p->c->m->types[p->c->m->funcs[i].type].canon != p->go->type) continue;
        p->cut[i] = how_cut(p->go, open, name);
        n += p->cut[i] != NOT_CUT;
    }
    return n;
}

// --- Edges ---

static uint32_t slot_function(const wr_go *go, uint64_t slot) {
    return slot < go->nslots ? go->slots[slot] : WR_NONE;
}

// The function that a number in code may stand for: a PC, or a plain slot in functions that do not use PCs
// (export wrappers).
static uint32_t named_function(const pruning *p, const wr_ins *ins, bool is_wrapper) {
    if (ins->op == WR_OP_CALL || ins->op == WR_OP_REF_FUNC) return ins->a;
    if (ins->op != WR_OP_I32_CONST && ins->op != WR_OP_I64_CONST) return WR_NONE;
    uint64_t value = ins->op == WR_OP_I32_CONST ? (uint32_t)ins->b : ins->b;
    if (value >= p->go->minpc && value < p->go->maxpc) return slot_function(p->go, value >> 16);
    return is_wrapper ? slot_function(p->go, value) : WR_NONE;
}

static void find_edges(wr_env *env, unsigned worker, void *arg, size_t item) {
    pruning *p = arg;
    const wr_module *m = p->c->m;
    const wr_func *f = &m->funcs[item];
    if (f->import != WR_NONE || !f->live) return;
    wr_arena_reset(&env->temp);
    bool is_wrapper = m->types[f->type].canon != p->go->type;
    wr_reader r = wr_ins_reader(env, f->body, 0);
    wr_u32s ext = {0};
    while (!wr_at_end(&r)) {
        wr_ins ins;
        ext.n = 0;
        wr_ins_read(&r, &env->temp, &ext, &ins);
        edge e = {(uint32_t)item, named_function(p, &ins, is_wrapper)};
        if (e.to != WR_NONE && e.to != e.from) WR_PUSH(&env->perm, p->by_worker[worker], e);
    }
}

static void sort_edges(pruning *p) {
    wr_arena *perm = &p->c->env->perm;
    uint32_t nfuncs = p->c->m->nfuncs, n = 0;
    p->first = WR_NEW0(perm, uint32_t, (size_t)nfuncs + 2);
    for (unsigned w = 0; w < p->c->pool->jobs; w++)
        for (uint32_t i = 0; i < p->by_worker[w].n; i++) p->first[p->by_worker[w].v[i].from + 2]++, n++;
    for (uint32_t i = 2; i < nfuncs + 2; i++) p->first[i] += p->first[i - 1];
    WR_RESERVE(perm, p->all, n);
    p->all.n = n;
    for (unsigned w = 0; w < p->c->pool->jobs; w++)
        for (uint32_t i = 0; i < p->by_worker[w].n; i++) {
            edge e = p->by_worker[w].v[i];
            p->all.v[p->first[e.from + 1]++] = e;
        }
}

// --- Roots ---

static void reach(pruning *p, uint32_t func) {
    if (func == WR_NONE || p->seen[func]) return;
    p->seen[func] = 1;
    WR_PUSH(&p->c->env->perm, p->stack, func);
}

static void reach_pc(pruning *p, uint64_t value) {
    if (value >= p->go->minpc && value < p->go->maxpc) reach(p, slot_function(p->go, value >> 16));
}

// Any aligned word of memory may be a PC, or, among the types, part of a method-table entry. pclntab,
// findfunctab and moduledata name all functions and are skipped.
static void reach_from_data(pruning *p) {
    const wr_go *go = p->go;
    uint32_t table_end = go->pclntable.at + go->pclntable.size, module_end = go->moduledata + 34 * 8;
    for (uint32_t at = 0; at + 4 <= go->image_size; at += 4) {
        if (at >= go->header && at < table_end) at = (table_end + 3) & ~3u;
        if (at >= go->moduledata && at < module_end) at = module_end;
        if (at >= go->findfunctab.at && at < go->findfunctab.at + go->findfunctab.size) continue;
        if (at + 4 > go->image_size) break;
        uint32_t value = wr_go_get32(go, at);
        if (value) reach_pc(p, value);
        if (!wr_go_may_be_method(go, at)) continue;
        reach(p, wr_go_method_code(go, wr_go_get32(go, at + WR_GO_METHOD_IFN)));
        reach(p, wr_go_method_code(go, wr_go_get32(go, at + WR_GO_METHOD_TFN)));
    }
}

static bool is_entered(const wr_module *m, const wr_go *go, uint32_t func) {
    if (m->types[m->funcs[func].type].canon != go->type) return true;
    wr_slice name = wr_go_name(go, func);
    if (!name.n) return true;
    for (size_t i = 0; i < WR_COUNT(entered); i++)
        if (matches(entered[i], name)) return true;
    return false;
}

static void reach_all(pruning *p) {
    const wr_module *m = p->c->m;
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].live && m->exports[i].space == WR_FUNC) reach(p, m->exports[i].index);
    reach(p, m->start);
    for (uint32_t i = 0; i < m->nfuncs; i++)
        if (is_entered(m, p->go, i)) reach(p, i);
    reach_from_data(p);
    while (p->stack.n) {
        uint32_t func = p->stack.v[--p->stack.n];
        if (p->cut[func]) continue;
        for (uint32_t i = p->first[func]; i < p->first[func + 1]; i++) reach(p, p->all.v[i].to);
    }
}

// --- Removal ---

// A body that pops the return address and returns 0.
static wr_slice return_body(wr_arena *arena) {
    wr_buf b = wr_buf_in(arena);
    wr_asm_locals(&b, 0);
    WR_ASM(&b, GLOBAL_GET(0), I32(8), ADD, GLOBAL_SET(0), I32(0), END);
    return wr_buf_slice(&b);
}

static uint32_t add_trap(pruning *p, uint32_t type) {
    uint32_t func = wr_module_add_func(p->c->env, p->c->m, type, wr_asm_trap_body());
    wr_collector collector;
    wr_collector_init(&collector, &p->c->env->temp);
    wr_collector_summarize(&collector, p->c->env, p->c->m, &p->c->m->funcs[func]);
    return func;
}

static bool is_gone(const pruning *p, uint32_t func) {
    return func < p->go->nby_func && p->go->by_func[func] != WR_NONE &&
           (!p->seen[func] || p->cut[func] == TRAPS);
}

static void replace_body(pruning *p, wr_collector *collector, uint32_t func, wr_slice body) {
    wr_module_replace_body(p->c->m, func, body);
    wr_collector_summarize(collector, p->c->env, p->c->m, &p->c->m->funcs[func]);
}

// A cut function that is still called becomes one that traps. All others lose their slots, after which
// nothing names them.
static void remove_functions(pruning *p) {
    wr_module *m = p->c->m;
    uint32_t trap = WR_NONE, n = 0;
    wr_collector collector;
    wr_collector_init(&collector, &p->c->env->temp);
    for (uint32_t i = 0; i < p->go->nby_func; i++) {
        if (p->cut[i] == RETURNS && p->seen[i]) replace_body(p, &collector, i, return_body(&p->c->env->perm));
        if (!is_gone(p, i)) continue;
        if (trap == WR_NONE) trap = add_trap(p, m->funcs[i].type);
        replace_body(p, &collector, i, wr_asm_trap_body());
        n++;
    }
    for (uint32_t i = 0; n && i < m->nelems; i++) {
        wr_elem *elem = &m->elems[i];
        if (!elem->live || !elem->funcs) continue;
        uint32_t *funcs = WR_NEW(&p->c->env->perm, uint32_t, elem->count);
        for (uint32_t k = 0; k < elem->count; k++)
            funcs[k] = is_gone(p, elem->funcs[k]) ? trap : elem->funcs[k];
        elem->funcs = funcs;
    }
    wr_pass_note(p->c, "Go: dropped %s that nothing can start", wr_format_count(n, "function").s);
}

// Go puts every function in the table. If functions were added, another tool worked on Go's output, and PCs
// may be computed.
static bool is_as_linked(wr_arena *arena, const wr_module *m, const wr_go *go) {
    uint8_t *has_slot = WR_NEW0(arena, uint8_t, m->nfuncs);
    for (uint32_t i = 0; i < go->nslots; i++)
        if (go->slots[i] < m->nfuncs) has_slot[go->slots[i]] = 1;
    for (uint32_t i = 0; i < m->nfuncs; i++)
        if (m->funcs[i].import == WR_NONE && m->funcs[i].live && !has_slot[i]) return false;
    return true;
}

void wr_pass_go_prune(wr_context *c) {
    wr_go go;
    wr_arena *perm = &c->env->perm;
    if (wr_go_find(c->env, perm, c->m, &go) != WR_GO_FOUND || !is_as_linked(perm, c->m, &go)) return;
    pruning p = {.c = c, .go = &go};
    p.cut = WR_NEW0(perm, uint8_t, c->m->nfuncs);
    p.seen = WR_NEW0(perm, uint8_t, c->m->nfuncs);
    if (!find_cuts(&p) && !wr_go_calls_no_methods(c, &go)) return;
    p.by_worker = WR_NEW0(perm, edges, c->pool->jobs);
    wr_parallel(c->pool, c->m->nfuncs, find_edges, &p);
    sort_edges(&p);
    reach_all(&p);
    remove_functions(&p);
}
