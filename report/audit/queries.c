// Answers questions from the reference graph: why something is there, who calls it, and what is unreachable.
// Predecessors are found by a walk over all edges, since one run answers one question.
#include "queries_parts.h"

#include <stdlib.h>

// --- Lines ---

wr_slice wr_queries_shown_name(wr_page *page, const wr_audit *a, uint32_t node) {
    return wr_page_printable(&page->env->temp, wr_queries_node_name(&page->env->temp, a, node),
                             WR_QUERIES_NAME_WIDTH);
}

void wr_queries_write_node(wr_page *page, const wr_audit *a, uint32_t node) {
    wr_slice name = wr_queries_shown_name(page, a, node);
    wr_page_heading(page, "%.*s: %s bytes, %s with what only it needs, and some %s of data", (int)name.n,
                    (const char *)name.p, wr_format_thousands(a->graph.size[node]).s,
                    wr_format_thousands(a->graph.retained[node]).s,
                    wr_format_thousands(a->graph.retained_data[node]).s);
}

void wr_queries_write_more(wr_page *page, uint32_t n, uint32_t top, const char *what) {
    if (n > top)
        wr_page_line(page, "  … and %s more %s (--top=N shows more)", wr_format_thousands(n - top).s, what);
}

// Names of exports of an entity, in one line; empty if there are none.
static wr_slice export_names(wr_page *page, const wr_audit *a, uint32_t node) {
    uint32_t index;
    unsigned space = wr_graph_node_space(&a->graph, node, &index);
    wr_buf b = wr_buf_in(&page->env->temp);
    for (uint32_t i = 0; i < a->m.nexports && space <= WR_TAG; i++) {
        const wr_export *export = &a->m.exports[i];
        if (export->space != space || export->index != index || !wr_graph_is_kept_export(&a->roots, export))
            continue;
        wr_put_format(&b, "%s\"%.*s\"", b.n ? ", " : "", (int)export->name.n, (const char *)export->name.p);
    }
    return wr_buf_slice(&b);
}

static uint32_t sites_of(const wr_audit *a, uint32_t from, unsigned space, uint32_t index) {
    const wr_summary *summary = &a->m.funcs[from].summary;
    for (uint32_t i = 0; i < summary->nuses; i++)
        if (summary->uses[i].ref == wr_make_ref(space, index)) return summary->uses[i].count;
    return 0;
}

// --- Why ---

// Describes the edge from one node to the next.
static wr_slice describe_step(wr_page *page, const wr_audit *a, uint32_t from, uint32_t to) {
    uint32_t f, t;
    unsigned from_space = wr_graph_node_space(&a->graph, from, &f),
             to_space = wr_graph_node_space(&a->graph, to, &t);
    wr_buf b = wr_buf_in(&page->env->temp);
    if (!from) {
        wr_slice names = export_names(page, a, to);
        if (names.n)
            wr_put_format(&b, "exported as %.*s", (int)names.n, (const char *)names.p);
        else if (to_space == WR_FUNC)
            wr_put_format(&b, to == a->graph.base[WR_FUNC] + a->m.start ? "the start function"
                                                                        : "where the program starts");
        else
            wr_put_format(&b, "written at instantiation, seen by the host");
    } else if (from_space == WR_FUNC && to_space == WR_FUNC) {
        uint32_t calls = sites_of(a, f, WR_FUNC, t);
        if (calls)
            wr_put_format(&b, "called at %u place%s", calls, calls > 1 ? "s" : "");
        else
            wr_put_format(&b, *a->go_version ? "for a closure, or to initialize the package"
                                             : "its address taken");
    } else if (from_space == WR_ELEM) {
        wr_put_format(&b, to_space == WR_FUNC ? "in the table of functions" : "needed by the segment");
    } else if (to_space == WR_ELEM || to_space == WR_DATA) {
        wr_put_format(&b, from_space == WR_FUNC ? "copied from" : "fills it");
    } else if (to_space == WR_TYPE) {
        wr_put_format(&b, "functions of this type may be called");
    } else if (from_space == WR_TYPE) {
        wr_put_format(&b, "of this type, in a table");
    } else if (from_space == WR_NO_SPACE && to_space == WR_FUNC) {
        wr_put_format(&b, "its address in data");
    } else if (to_space == WR_NO_SPACE) {
        wr_put_format(&b, "its address named");
    } else {
        wr_put_format(&b, "used");
    }
    return wr_buf_slice(&b);
}

void wr_queries_write_path(wr_page *page, const wr_audit *a, uint32_t last, uint32_t target) {
    wr_u32s path = {0};
    WR_PUSH(&page->env->temp, path, target);
    for (uint32_t node = last; node; node = a->graph.parent[node]) WR_PUSH(&page->env->temp, path, node);
    wr_sheet sheet = wr_sheet_begin(page, ">|what|why");
    for (uint32_t i = path.n; i--;) {
        wr_sheet_cell(&sheet, "%u", path.n - i);
        wr_sheet_name(&sheet, wr_queries_shown_name(page, a, path.v[i]), 0);
        wr_sheet_name(&sheet, describe_step(page, a, i + 1 < path.n ? path.v[i + 1] : 0, path.v[i]), 0);
    }
    wr_sheet_end(&sheet);
}

uint32_t wr_queries_distance(const wr_audit *a, uint32_t node) {
    enum { DISPATCH = 1 << 12 };
    uint32_t n = 0;
    for (; node; node = a->graph.parent[node])
        n += wr_graph_is_dispatch(&a->graph, a->graph.parent[node], node) ? DISPATCH : 1;
    return n;
}

static int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

// Live predecessors of a node, nearest to the roots first.
static uint32_t list_predecessors(wr_page *page, const wr_audit *a, uint32_t node, uint64_t **out) {
    WR_VEC(uint64_t) list = {0};
    const wr_graph *g = &a->graph;
    for (uint32_t i = 0; i < g->norder; i++) {
        uint32_t from = g->order[i], last = WR_NONE;
        for (uint32_t e = g->start[from]; e < g->start[from + 1]; e++) {
            if (g->edges[e] != node || last == from || from == node) continue;
            last = from;
            WR_PUSH(&page->env->temp, list, (uint64_t)wr_queries_distance(a, from) << 32 | from);
        }
    }
    if (list.n) qsort(list.v, list.n, sizeof *list.v, by_value);
    *out = list.v;
    return list.n;
}

// Returns how many paths were written.
static uint32_t write_why_node(wr_page *page, const wr_audit *a, uint32_t node, uint32_t top) {
    uint64_t *froms;
    wr_queries_write_node(page, a, node);
    if (a->graph.parent[node] == WR_NONE) {
        wr_page_line(page, *a->go_version
                               ? "  Nothing in the program names it; Go's linker keeps some methods for "
                                 "calls by reflection."
                               : "  Nothing reaches it: `wring` would remove it.");
        return 1;
    }
    uint32_t n = list_predecessors(page, a, node, &froms);
    for (uint32_t i = 0; i < n && i < top; i++) {
        if (i) wr_page_line(page, "%s", "");
        wr_queries_write_path(page, a, (uint32_t)froms[i], node);
    }
    wr_queries_write_more(page, n, top, "paths");
    return n < top ? n : top;
}

void wr_queries_write_why(wr_page *page, const wr_audit *a, const wr_u32s *nodes, uint32_t top) {
    uint32_t shown = 0, i = 0;
    for (; i < nodes->n && shown < top; i++) shown += write_why_node(page, a, nodes->v[i], top - shown);
    wr_queries_write_more(page, nodes->n, i, "of that name");
}

// --- Calls ---

static void write_callees(wr_page *page, const wr_audit *a, uint32_t func, uint32_t top) {
    const wr_summary *summary = &a->m.funcs[func].summary;
    uint32_t n = 0;
    wr_sheet sheet = wr_sheet_begin(page, ">call sites|callee");
    for (uint32_t i = 0; i < summary->nuses; i++) {
        if (wr_ref_space(summary->uses[i].ref) != WR_FUNC || n++ >= top) continue;
        wr_sheet_number(&sheet, summary->uses[i].count);
        wr_sheet_name(&sheet, a->symbols.funcs[wr_ref_index(summary->uses[i].ref)].text,
                      WR_QUERIES_NAME_WIDTH);
    }
    wr_sheet_end(&sheet);
    wr_queries_write_more(page, n, top, "callees");
    if (a->sweep.facts[func].indirect_calls)
        wr_page_line(page, "  and %u indirect call%s", a->sweep.facts[func].indirect_calls,
                     a->sweep.facts[func].indirect_calls > 1 ? "s" : "");
}

static void write_callers(wr_page *page, const wr_audit *a, uint32_t func, uint32_t top) {
    uint32_t n = 0;
    wr_sheet sheet = wr_sheet_begin(page, ">call sites|caller");
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++) {
        uint32_t sites = sites_of(a, f, WR_FUNC, func);
        if (!sites || n++ >= top) continue;
        wr_sheet_number(&sheet, sites);
        wr_sheet_name(&sheet, a->symbols.funcs[f].text, WR_QUERIES_NAME_WIDTH);
    }
    wr_sheet_end(&sheet);
    wr_queries_write_more(page, n, top, "callers");
}

static bool is_in_table(const wr_audit *a, uint32_t func) {
    for (uint32_t i = 0; i < a->m.nelems; i++)
        for (uint32_t k = 0; a->m.elems[i].funcs && k < a->m.elems[i].count; k++)
            if (a->m.elems[i].funcs[k] == func) return true;
    return false;
}

// Functions with an indirect call of this function's type may call it.
static void write_indirect_callers(wr_page *page, const wr_audit *a, uint32_t func, uint32_t top) {
    const wr_module *m = &a->m;
    uint32_t n = 0, canon = wr_func_type(m, func)->canon;
    wr_sheet sheet = wr_sheet_begin(page, ">indirect calls|possible caller, by the signature");
    for (uint32_t f = m->nfunc_imports; f < m->nfuncs; f++) {
        bool names = false;
        const wr_summary *summary = &m->funcs[f].summary;
        for (uint32_t i = 0; a->sweep.facts[f].indirect_calls && i < summary->nuses; i++) {
            wr_ref ref = summary->uses[i].ref;
            names |= wr_ref_space(ref) == WR_TYPE && m->types[wr_ref_index(ref)].canon == canon;
        }
        if (!names || n++ >= top) continue;
        wr_sheet_number(&sheet, a->sweep.facts[f].indirect_calls);
        wr_sheet_name(&sheet, a->symbols.funcs[f].text, WR_QUERIES_NAME_WIDTH);
    }
    wr_sheet_end(&sheet);
    wr_queries_write_more(page, n, top, "functions");
}

void wr_queries_write_calls(wr_page *page, const wr_audit *a, const wr_u32s *nodes, uint32_t top) {
    for (uint32_t i = 0; i < nodes->n && i < top; i++) {
        uint32_t func;
        wr_queries_write_node(page, a, nodes->v[i]);
        if (wr_graph_node_space(&a->graph, nodes->v[i], &func) != WR_FUNC) {
            wr_page_line(page, "  is no function");
            continue;
        }
        wr_slice exports = export_names(page, a, nodes->v[i]);
        if (exports.n) wr_page_line(page, "  exported as %.*s", (int)exports.n, (const char *)exports.p);
        write_callers(page, a, func, top);
        if (is_in_table(a, func)) write_indirect_callers(page, a, func, top);
        if (func >= a->m.nfunc_imports) write_callees(page, a, func, top);
    }
    wr_queries_write_more(page, nodes->n, top, "of that name");
}

// --- Garbage ---

void wr_queries_write_garbage(wr_page *page, const wr_audit *a, uint32_t top) {
    const wr_saving *dead = &a->findings[WR_FOUND_DEAD];
    uint32_t n = a->m.nfuncs - a->m.nfunc_imports, shown = 0,
             *order = wr_audit_functions_by_size(page->env, a);
    uint32_t roots = 0;
    for (uint32_t i = 0; i < a->m.nexports; i++)
        roots += wr_graph_is_kept_export(&a->roots, &a->m.exports[i]);
    wr_page_line(page, "From %u of %s%s, nothing reaches %s bytes in %s.", roots,
                 wr_format_count(a->m.nexports, "export").s,
                 a->m.start == WR_NONE ? "" : " and the start function", wr_format_thousands(dead->bytes).s,
                 wr_format_count(dead->count, "definition").s);
    if (!dead->count) return;
    wr_sheet sheet = wr_sheet_begin(page, ">bytes|unreachable");
    for (uint32_t i = 0; i < n; i++) {
        if (wr_is_live_func(a, order[i]) || shown++ >= top) continue;
        wr_sheet_number(&sheet, wr_func_bytes(a, order[i]));
        wr_sheet_name(&sheet, a->symbols.funcs[order[i]].text, WR_QUERIES_NAME_WIDTH);
    }
    for (uint32_t node = 1; node < a->graph.first_piece; node++) {
        uint32_t index;
        unsigned space = wr_graph_node_space(&a->graph, node, &index);
        bool listed = space == WR_TYPE || (space == WR_FUNC && index >= a->m.nfunc_imports);
        if (listed || a->graph.parent[node] != WR_NONE || shown++ >= top) continue;
        wr_sheet_number(&sheet, a->graph.size[node]);
        wr_sheet_name(&sheet, wr_queries_node_name(&page->env->temp, a, node), WR_QUERIES_NAME_WIDTH);
    }
    wr_sheet_end(&sheet);
    wr_queries_write_more(page, shown, top, "definitions");
}
