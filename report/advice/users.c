// Finds what a single place in the program needs: a package that only one function of another package calls,
// or, in a module without names, a function with one caller that much hangs on; and exports that keep much.
// Such a place is where a change of the program pays.
#include "advice.h"

#include "report/audit/go_program.h"
#include "report/audit/quotes.h"
#include "report/audit/retained_set.h"
#include "support/format.h"

enum {
    LEAST_SHARE = 60,
    LEAST_BYTES = 1024,
    MOST_ROWS = 2,
    TRIED = 24
}; // a row is worth it from a 60th of the file

typedef struct use {
    uint32_t func, group; // the one that calls in from outside, WR_NONE: none; see `many`
    bool many, many_groups;
} use;

static bool is_worth_it(const wr_adviser *v, uint64_t bytes) {
    return bytes >= LEAST_BYTES && bytes * LEAST_SHARE >= v->a->m.input.n &&
           bytes * 10 <= (uint64_t)v->a->m.input.n * 7;
}

// --- Packages ---

// Whether a package is part of every program in its language.
static bool is_runtime(const wr_audit *a, wr_slice name) {
    static const char *const go[] = {"runtime", "internal/", "type", "go", "sync", "syscall", "reflect"},
                             *const others[] = {"core", "std", "alloc", "__cxxabiv1", "compiler_builtins"};
    const char *const *list = a->symbols.language == WR_LANG_GO ? go : others;
    size_t n = a->symbols.language == WR_LANG_GO ? WR_COUNT(go) : WR_COUNT(others);
    for (size_t i = 0; i < n; i++)
        if (wr_slice_starts(name, list[i])) return true;
    return name.n && name.p[0] == '(';
}

static void note_use(use *u, uint32_t func, uint32_t group) {
    if (u->func != WR_NONE && u->func != func) u->many = true;
    if (u->func != WR_NONE && u->group != group) u->many_groups = true;
    u->func = func, u->group = group;
}

// By package: who calls it from outside. An export or a table segment counts as many.
static use *find_uses(wr_adviser *v) {
    const wr_audit *a = v->a;
    const wr_graph *g = &a->graph;
    use *uses = WR_NEW(&v->env->temp, use, a->groups.n);
    for (uint32_t i = 0; i < a->groups.n; i++) uses[i] = (use){.func = WR_NONE, .group = WR_NONE};
    for (uint32_t i = 0; i < g->norder; i++) {
        uint32_t from, to, node = g->order[i];
        unsigned space = wr_graph_node_space(g, node, &from);
        uint32_t group = space == WR_FUNC ? a->groups.of[from] : WR_NONE;
        for (uint32_t e = g->start[node]; e < g->start[node + 1] && space != WR_TYPE; e++) {
            if (wr_graph_node_space(g, g->edges[e], &to) != WR_FUNC || a->groups.of[to] == WR_NONE) continue;
            use *u = &uses[a->groups.of[to]];
            if (space != WR_FUNC)
                u->many = u->many_groups = true;
            else if (a->groups.of[to] != group)
                note_use(u, from, group);
        }
    }
    return uses;
}

// Whether all that is known of who calls is that nothing is known of them.
static bool is_of_unknown(const wr_audit *a, const use *u) {
    return u->many && wr_audit_group_name(a, u->func).p[0] == '(';
}

static wr_retained_set without_package(wr_adviser *v, uint32_t group) {
    const wr_audit *a = v->a;
    uint8_t *gone = WR_NEW0(&v->env->temp, uint8_t, a->graph.n);
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++)
        gone[a->graph.base[WR_FUNC] + f] = a->groups.of[f] == group;
    return wr_retained_set_find(v->env, a, gone);
}

static void add_package(wr_adviser *v, uint32_t group, const use *u, const wr_retained_set *set) {
    const wr_audit *a = v->a;
    wr_slice name = a->groups.v[group].name, file = wr_advice_file(v),
             user = u->many ? wr_audit_group_name(a, u->func) : a->symbols.funcs[u->func].text;
    wr_advice_row row = {.bytes = set->bytes, .risk = "the program has to do without it"};
    user = wr_page_printable(&v->env->temp, user, 60);
    row.command = wr_advice_text(v, "wring audit why --package='%.*s' %.*s", (int)name.n,
                                 (const char *)name.p, (int)file.n, (const char *)file.p);
    row.reason = wr_advice_text(v, "only %.*s calls it; with what only it needs these are %u functions",
                                (int)user.n, (const char *)user.p, set->functions);
    WR_PUSH(&v->env->perm, v->rows, row);
}

static void advise_on_packages(wr_adviser *v) {
    const wr_audit *a = v->a;
    use *uses = find_uses(v);
    uint32_t added = 0;
    for (uint32_t i = 0; i < a->groups.n && i < TRIED && added < MOST_ROWS; i++) {
        if (uses[i].func == WR_NONE || uses[i].many_groups || is_of_unknown(a, &uses[i]) ||
            is_runtime(a, a->groups.v[i].name))
            continue;
        wr_mark mark = wr_arena_mark(&v->env->temp);
        wr_retained_set set = without_package(v, i);
        if (is_worth_it(v, set.bytes)) add_package(v, i, &uses[i], &set), added++;
        wr_arena_release(&v->env->temp, &mark);
    }
}

// --- Functions ---

// By function: its only caller, WR_NONE for none or several.
static uint32_t *find_only_callers(wr_adviser *v) {
    const wr_graph *g = &v->a->graph;
    uint32_t *caller = WR_NEW(&v->env->temp, uint32_t, v->a->m.nfuncs);
    uint8_t *seen = WR_NEW0(&v->env->temp, uint8_t, v->a->m.nfuncs);
    memset(caller, 0xff, v->a->m.nfuncs * sizeof *caller);
    for (uint32_t i = 0; i < g->norder; i++) {
        uint32_t from, to, node = g->order[i];
        bool is_func = wr_graph_node_space(g, node, &from) == WR_FUNC;
        for (uint32_t e = g->start[node]; e < g->start[node + 1]; e++) {
            if (wr_graph_node_space(g, g->edges[e], &to) != WR_FUNC || (is_func && from == to)) continue;
            bool again = seen[to] && is_func && caller[to] == from;
            if (!again) caller[to] = seen[to] || !is_func ? WR_NONE : from;
            seen[to] = 1;
        }
    }
    return caller;
}

static bool is_below(const wr_graph *g, uint32_t node, uint32_t top) {
    for (; node; node = g->idom[node])
        if (node == top) return true;
    return top == 0;
}

// Of what goes with a function, the two groups with most bytes: ", mostly of regex and aho-corasick".
static wr_slice name_losses(wr_adviser *v, uint32_t node) {
    const wr_audit *a = v->a;
    uint8_t *gone = WR_NEW0(&v->env->temp, uint8_t, a->graph.n);
    uint64_t *bytes = WR_NEW0(&v->env->temp, uint64_t, a->groups.n), sum = 0;
    gone[node] = 1;
    wr_retained_set set = wr_retained_set_find(v->env, a, gone);
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++) {
        uint32_t at = a->graph.base[WR_FUNC] + f;
        if (a->graph.parent[at] == WR_NONE || set.left[at] || wr_audit_group_name(a, f).p[0] == '(') continue;
        bytes[a->groups.of[f]] += wr_func_bytes(a, f), sum += wr_func_bytes(a, f);
    }
    uint32_t best[2] = {WR_NONE, WR_NONE};
    for (uint32_t i = 0; i < a->groups.n; i++) {
        if (bytes[i] * 8 < sum || !bytes[i]) continue;
        if (best[0] == WR_NONE || bytes[i] > bytes[best[0]])
            best[1] = best[0], best[0] = i;
        else if (best[1] == WR_NONE || bytes[i] > bytes[best[1]])
            best[1] = i;
    }
    if (sum * 4 < set.bytes || best[0] == WR_NONE) return (wr_slice){0}; // little is known
    wr_slice first = a->groups.v[best[0]].name, second = {0};
    if (best[1] != WR_NONE) second = a->groups.v[best[1]].name;
    return wr_advice_text(v, ", mostly of %.*s%s%.*s", (int)first.n, (const char *)first.p,
                          second.n ? " and " : "", (int)second.n, (const char *)second.p);
}

static void add_function(wr_adviser *v, uint32_t func, uint32_t caller) {
    const wr_audit *a = v->a;
    uint32_t node = a->graph.base[WR_FUNC] + func;
    wr_slice file = wr_advice_file(v),
             from = wr_page_printable(&v->env->temp, a->symbols.funcs[caller].text, 40),
             name = wr_page_printable(&v->env->temp, a->symbols.funcs[func].text, 40),
             quote = wr_quote_of(v->env, a, func);
    wr_advice_row row = {.bytes = a->graph.retained[node], .risk = "the program has to do without it"};
    row.command = wr_advice_text(v, "wring audit retained %u %.*s", func, (int)file.n, (const char *)file.p);
    wr_slice losses = name_losses(v, node);
    row.reason = wr_advice_text(
        v, "%.*s%s%.*s%s has one caller, %.*s; with it goes what nothing else needs%.*s", (int)name.n,
        (const char *)name.p, quote.n ? " (\"" : "", (int)quote.n, (const char *)quote.p,
        quote.n ? "\")" : "", (int)from.n, (const char *)from.p, (int)losses.n, (const char *)losses.p);
    WR_PUSH(&v->env->perm, v->rows, row);
}

// Functions that keep several times their own size, and of which one is not part of another.
static void advise_on_functions(wr_adviser *v) {
    const wr_audit *a = v->a;
    const wr_graph *g = &a->graph;
    uint32_t n, *order = wr_audit_nodes_by_retained(v->env, a, &n), *callers = find_only_callers(v);
    uint32_t chosen[MOST_ROWS], added = 0;
    for (uint32_t i = 0; i < n && added < MOST_ROWS; i++) {
        uint32_t func;
        uint64_t keeps = g->retained[order[i]]; // what it keeps of data is an estimate
        if (keeps + g->retained_data[order[i]] < LEAST_BYTES) break;
        if (keeps < LEAST_BYTES || keeps * LEAST_SHARE < a->m.input.n) continue;
        bool fits = wr_graph_node_space(g, order[i], &func) == WR_FUNC && callers[func] != WR_NONE &&
                    keeps >= 3 * (uint64_t)g->size[order[i]] && keeps * 5 <= 2 * (uint64_t)a->m.input.n;
        for (uint32_t k = 0; k < added && fits; k++) fits = !is_below(g, order[i], chosen[k]);
        if (!fits) continue;
        add_function(v, func, callers[func]);
        chosen[added++] = order[i];
    }
}

// --- Exports ---

static void add_export(wr_adviser *v, const wr_export *export, uint64_t bytes) {
    wr_slice name = export->name;
    wr_slice options = wr_advice_text(v, "-Oz --remove-exports='%.*s'", (int)name.n, (const char *)name.p);
    wr_advice_row row = {.bytes = bytes, .risk = "breaks hosts that call it"};
    row.command = wr_advice_shrink(v, (const char *)options.p);
    row.reason = wr_slice_str("if nobody calls this export: it alone keeps so much");
    WR_PUSH(&v->env->perm, v->rows, row);
}

static bool is_entry(wr_slice name) {
    static const char *const names[] = {"_start", "_initialize",       "main",
                                        "run",    "__wasm_call_ctors", "resume"};
    for (size_t i = 0; i < WR_COUNT(names); i++)
        if (wr_slice_is(name, names[i])) return true;
    if (wr_slice_starts(name, "napi_register_") || wr_slice_starts(name, "__napi_register__")) return true;
    return memchr(name.p, '\'', name.n) || memchr(name.p, ',', name.n) || memchr(name.p, '*', name.n);
}

// Which exports the host uses isn't known without its JavaScript.
static void advise_on_exports(wr_adviser *v) {
    const wr_audit *a = v->a;
    const wr_export *best = NULL;
    uint64_t most = 0;
    if (v->options->glue.n) return;
    for (uint32_t i = 0; i < a->m.nexports; i++) {
        const wr_export *export = &a->m.exports[i];
        uint32_t node = a->graph.base[WR_FUNC] + export->index;
        if (export->space != WR_FUNC || !export->name.n || is_entry(export->name)) continue;
        uint64_t keeps = a->graph.retained[node] + a->graph.retained_data[node];
        if (a->graph.idom[node] || !is_worth_it(v, keeps) || keeps <= most) continue;
        best = export, most = keeps;
    }
    if (best) add_export(v, best, most);
}

void wr_advice_on_users(wr_adviser *v) {
    const wr_audit *all = v->a;
    wr_audit program = *all;
    if (*all->go_version) { // as Go's linker saw it
        wr_go_program_graph(v->env, all, &program.graph);
        v->a = &program;
    }
    if (wr_has_names(v->a)) advise_on_packages(v);
    if (v->rows.n < WR_MOST_ADVICE) advise_on_functions(v);
    v->a = all;
    advise_on_exports(v);
    wr_arena_reset(&v->env->temp);
}
