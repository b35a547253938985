// Chooses the call that explains why a package grew. Of all calls that lead from another package to a
// function that was added, the one whose caller is nearest to the program's start is shown. What else is
// new in the package hangs on such calls.
#include "pulled_in.h"

#include "report/audit/queries.h"
#include "support/format.h"

enum { LONGEST_CHAIN = 256, FIRST = 2, LAST = 2, NAME_WIDTH = 60 }; // of a chain, its ends are shown

static bool is_new(const wr_diff *d, uint32_t func) { return d->state_after[func] == WR_DIFF_ADDED; }

wr_pulled_in wr_pulled_in_find(wr_env *env, const wr_diff *d, const wr_audit *a) {
    const wr_graph *g = &a->graph;
    wr_pulled_in pulled = {d, a, WR_NEW(&env->perm, wr_new_call, a->groups.n)};
    for (uint32_t i = 0; i < a->groups.n; i++) pulled.calls[i] = (wr_new_call){WR_NONE, WR_NONE, UINT32_MAX};
    for (uint32_t i = 0; i < g->norder; i++) {
        uint32_t from, to, node = g->order[i], distance = UINT32_MAX;
        if (wr_graph_node_space(g, node, &from) != WR_FUNC) continue;
        for (uint32_t e = g->start[node]; e < g->start[node + 1]; e++) {
            if (wr_graph_node_space(g, g->edges[e], &to) != WR_FUNC || to < a->m.nfunc_imports ||
                !is_new(d, to) || a->groups.of[to] == a->groups.of[from])
                continue;
            if (distance == UINT32_MAX) distance = wr_queries_distance(a, node);
            wr_new_call *call = &pulled.calls[a->groups.of[to]];
            if (distance < call->distance) *call = (wr_new_call){from, to, distance};
        }
    }
    return pulled;
}

// The functions on the way to a function, the last of them first. Returns how many.
static uint32_t list_chain(const wr_audit *a, uint32_t func, uint32_t *chain) {
    uint32_t n = 0, index;
    for (uint32_t node = a->graph.base[WR_FUNC] + func; node && n < LONGEST_CHAIN;
         node = a->graph.parent[node])
        if (wr_graph_node_space(&a->graph, node, &index) == WR_FUNC) chain[n++] = index;
    return n;
}

static void put_chain(wr_buf *out, wr_env *env, const wr_audit *a, const wr_new_call *call) {
    uint32_t chain[LONGEST_CHAIN], n = list_chain(a, call->from, chain);
    for (uint32_t i = n; i--;) {
        bool shown = n - i <= FIRST || i < LAST;
        if (shown) wr_page_put_code(out, env, a->symbols.funcs[chain[i]].text, NAME_WIDTH);
        if (shown || i == LAST) wr_put_format(out, shown ? " → " : "… → ");
    }
    wr_page_put_code(out, env, a->symbols.funcs[call->to].text, NAME_WIDTH);
}

static const wr_diff_row *find_grown(const wr_diff *d, wr_slice group) {
    for (uint32_t i = 0; i < d->nrows; i++)
        if (d->rows[i].new_bytes > d->rows[i].old_bytes &&
            wr_slice_eq(wr_diff_group_name(d, &d->rows[i]), group))
            return &d->rows[i];
    return NULL;
}

wr_slice wr_pulled_in_text(wr_env *env, const wr_pulled_in *p, const wr_diff_group *group) {
    wr_buf out = wr_buf_in(&env->perm);
    const wr_audit *a = p->program;
    for (uint32_t i = 0; i < a->groups.n; i++) {
        if (!wr_slice_eq(a->groups.v[i].name, group->name) || p->calls[i].to == WR_NONE) continue;
        wr_put_format(&out, group->old_bytes ? "new: " : "new package: ");
        put_chain(&out, env, a, &p->calls[i]);
        return wr_buf_slice(&out);
    }
    const wr_diff_row *row = find_grown(p->diff, group->name);
    if (!row) return wr_buf_slice(&out);
    wr_page_put_code(&out, env, wr_diff_name(p->diff, row), NAME_WIDTH);
    wr_put_format(&out, row->before == WR_NONE ? " is new: %s bytes" : " grew by %s bytes",
                  wr_format_thousands(row->new_bytes - row->old_bytes).s);
    return wr_buf_slice(&out);
}
