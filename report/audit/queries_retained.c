// What would go if a node of the reference graph went: the dominator tree below it, largest first.
#include "queries_parts.h"

#include <stdlib.h>

static void write_retained_row(wr_sheet *sheet, wr_page *page, const wr_audit *a, uint32_t node,
                               uint32_t indent) {
    wr_slice name = wr_queries_shown_name(page, a, node);
    wr_sheet_number(sheet, a->graph.size[node]);
    wr_sheet_number(sheet, a->graph.retained[node]);
    wr_sheet_number(sheet, a->graph.retained_data[node]);
    wr_sheet_cell(sheet, "%*s%.*s", (int)indent * 2, "", (int)name.n, (const char *)name.p);
}

typedef struct tree {
    wr_page *page;
    const wr_audit *audit;
    uint32_t *first, *next; // children of a node in the dominator tree, by retained bytes, largest first
    uint32_t *place;        // of a node among all, by retained bytes
    uint32_t top, last;     // the place of the last node that is written
    wr_u32s rows;           // places
} tree;

// Types, tables and segments only pass calls on, and so does the loop that runs Go's functions.
static bool only_dispatches(const wr_audit *a, uint32_t node) {
    uint32_t index;
    unsigned space = wr_graph_node_space(&a->graph, node, &index);
    if (space == WR_FUNC) return wr_slice_starts(a->symbols.funcs[index].raw, "wasm_pc_f_loop");
    return space == WR_TYPE || space == WR_TABLE || space == WR_ELEM;
}

// Nodes below one in the dominator tree, down to three levels, in `rows`.
static void list_subtree(tree *t, uint32_t node, uint32_t depth) {
    uint32_t listed = 0;
    bool hidden = depth && only_dispatches(t->audit, node);
    if (!hidden) WR_PUSH(&t->page->env->temp, t->rows, t->place[node]);
    if (hidden) depth--;
    for (uint32_t child = t->first[node]; depth < 3 && child != WR_NONE && listed < t->top;
         child = t->next[child], listed++)
        list_subtree(t, child, depth + 1);
}

static void write_subtree(const tree *t, wr_sheet *sheet, uint32_t node, uint32_t depth) {
    bool hidden = depth && only_dispatches(t->audit, node);
    if (!hidden && t->place[node] > t->last) return;
    if (!hidden) write_retained_row(sheet, t->page, t->audit, node, depth);
    if (hidden) depth--;
    for (uint32_t child = t->first[node]; depth < 3 && child != WR_NONE; child = t->next[child])
        write_subtree(t, sheet, child, depth + 1);
}

static int by_place(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

// Writes a node and what hangs on it: of all that is near enough, the `top` that retain most.
static void write_tree(tree *t, wr_sheet *sheet, uint32_t node) {
    t->rows.n = 0;
    list_subtree(t, node, 0);
    qsort(t->rows.v, t->rows.n, sizeof *t->rows.v, by_place);
    t->last = t->rows.v[t->rows.n < t->top ? t->rows.n - 1 : t->top - 1];
    write_subtree(t, sheet, node, 0);
}

static tree make_tree(wr_page *page, const wr_audit *a, uint32_t top) {
    wr_arena *temp = &page->env->temp;
    uint32_t n, *order = wr_audit_nodes_by_retained(page->env, a, &n);
    tree t = {.page = page, .audit = a, .top = top ? top : 1};
    t.first = memset(WR_NEW(temp, uint32_t, a->graph.n), 0xff, a->graph.n * sizeof *t.first);
    t.next = memset(WR_NEW(temp, uint32_t, a->graph.n), 0xff, a->graph.n * sizeof *t.next);
    t.place = memset(WR_NEW(temp, uint32_t, a->graph.n), 0xff, a->graph.n * sizeof *t.place);
    for (uint32_t i = n; i--;) {
        uint32_t parent = a->graph.idom[order[i]];
        t.place[order[i]] = i;
        t.next[order[i]] = t.first[parent];
        t.first[parent] = order[i];
    }
    return t;
}

void wr_queries_write_retained(wr_page *page, const wr_audit *a, const wr_u32s *nodes, uint32_t top) {
    tree t = make_tree(page, a, top);
    const char *heads = ">bytes|>retained|>~data|what";
    if (!nodes) {
        uint32_t n, *order = wr_audit_nodes_by_retained(page->env, a, &n);
        wr_page_heading(page, "What goes if this goes (~: data that only it seems to name)");
        wr_sheet sheet = wr_sheet_begin(page, heads);
        for (uint32_t i = 0, shown = 0; i < n && shown < top; i++) {
            if (only_dispatches(a, order[i])) continue;
            write_retained_row(&sheet, page, a, order[i], 0);
            shown++;
        }
        wr_sheet_end(&sheet);
        return;
    }
    for (uint32_t i = 0; i < nodes->n && i < top; i++) {
        wr_queries_write_node(page, a, nodes->v[i]);
        wr_sheet sheet = wr_sheet_begin(page, heads);
        write_tree(&t, &sheet, nodes->v[i]);
        wr_sheet_end(&sheet);
    }
    wr_queries_write_more(page, nodes->n, top, "of that name");
}
