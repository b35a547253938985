// Answers questions about packages. A package is the set of its functions. What calls into it from outside
// is listed by the distance of the caller from the program's start, so that the first lines say how the
// program comes to need it.
#include "package_queries.h"

#include <stdlib.h>

#include "queries.h"
#include "retained_set.h"
#include "support/format.h"

enum { PATHS = 3, NAME_WIDTH = 96 };

// --- Patterns ---

static bool glob_matches(const char *pattern, size_t np, const uint8_t *text, size_t nt) {
    size_t p = 0, t = 0, star = SIZE_MAX, from = 0;
    while (t < nt) {
        if (p < np && pattern[p] == '*') {
            star = p++, from = t;
        } else if (p < np && (pattern[p] == '?' || (uint8_t)pattern[p] == text[t])) {
            p++, t++;
        } else if (star != SIZE_MAX) {
            p = star + 1, t = ++from;
        } else {
            return false;
        }
    }
    while (p < np && pattern[p] == '*') p++;
    return p == np;
}

static bool is_below(const char *pattern, size_t n, wr_slice name) {
    return n > 4 && !memcmp(pattern + n - 4, "/...", 4) && name.n >= n - 4 &&
           !memcmp(name.p, pattern, n - 4) && (name.n == n - 4 || name.p[n - 4] == '/');
}

static bool matches(const char *pattern, size_t n, wr_slice name) {
    return is_below(pattern, n, name) || glob_matches(pattern, n, name.p, name.n);
}

// The known package that contains the words of one that isn't known.
static wr_slice find_near(const wr_audit *a, const char *pattern, size_t n) {
    for (uint32_t i = 0; i < a->groups.n; i++)
        if (n && memmem(a->groups.v[i].name.p, a->groups.v[i].name.n, pattern, n)) return a->groups.v[i].name;
    return (wr_slice){0};
}

static void refuse(wr_env *env, const wr_audit *a, const char *pattern, size_t n) {
    wr_slice near = find_near(a, pattern, n);
    if (near.n)
        wr_throw(env, WR_USAGE, WR_NO_OFFSET, "the module has no package %.*s; it has %.*s", (int)n, pattern,
                 (int)near.n, (const char *)near.p);
    wr_throw(env, WR_USAGE, WR_NO_OFFSET, "the module has no package %.*s; `wring audit --top=50` lists them",
             (int)n, pattern);
}

uint8_t *wr_packages_find(wr_env *env, const wr_audit *a, const char *list) {
    uint8_t *chosen = WR_NEW0(&env->temp, uint8_t, a->groups.n),
            *set = WR_NEW0(&env->perm, uint8_t, a->graph.n);
    while (*list) {
        size_t n = strcspn(list, ",");
        bool any = false;
        for (uint32_t i = 0; i < a->groups.n; i++)
            if (matches(list, n, a->groups.v[i].name)) chosen[i] = 1, any = true;
        if (!any) refuse(env, a, list, n);
        list += n + (list[n] == ',');
    }
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++)
        set[a->graph.base[WR_FUNC] + f] = chosen[a->groups.of[f]];
    return set;
}

uint8_t *wr_packages_of_nodes(wr_env *env, const wr_audit *a, const wr_u32s *nodes) {
    uint8_t *set = WR_NEW0(&env->perm, uint8_t, a->graph.n);
    for (uint32_t i = 0; i < nodes->n; i++) set[nodes->v[i]] = 1;
    return set;
}

// --- What goes ---

typedef struct group_loss {
    uint64_t bytes;
    uint32_t functions, group;
} group_loss;

static int by_bytes(const void *a, const void *b) {
    const group_loss *x = a, *y = b;
    if (x->bytes != y->bytes) return x->bytes < y->bytes ? 1 : -1;
    return x->group < y->group ? -1 : x->group > y->group;
}

static group_loss *sum_losses(wr_env *env, const wr_audit *a, const wr_retained_set *set) {
    group_loss *losses = WR_NEW0(&env->temp, group_loss, a->groups.n);
    for (uint32_t i = 0; i < a->groups.n; i++) losses[i].group = i;
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++) {
        uint32_t node = a->graph.base[WR_FUNC] + f;
        if (a->graph.parent[node] == WR_NONE || set->left[node]) continue;
        losses[a->groups.of[f]].bytes += wr_func_bytes(a, f);
        losses[a->groups.of[f]].functions++;
    }
    if (a->groups.n) qsort(losses, a->groups.n, sizeof *losses, by_bytes);
    return losses;
}

static void write_losses(wr_page *page, const wr_audit *a, const group_loss *losses, uint32_t top) {
    wr_sheet sheet = wr_sheet_begin(page, ">bytes|>of it|>functions|of");
    for (uint32_t i = 0; i < a->groups.n && i < top && losses[i].functions; i++) {
        wr_sheet_number(&sheet, losses[i].bytes);
        wr_sheet_share(&sheet, losses[i].bytes, a->groups.v[losses[i].group].bytes);
        wr_sheet_number(&sheet, losses[i].functions);
        wr_sheet_name(&sheet, a->groups.v[losses[i].group].name, NAME_WIDTH);
    }
    wr_sheet_end(&sheet);
}

void wr_packages_write_retained(wr_page *page, const wr_audit *a, const uint8_t *gone, const char *what,
                                uint32_t top) {
    wr_retained_set set = wr_retained_set_find(page->env, a, gone);
    wr_page_heading(page,
                    "Without %s: %s bytes go, %s its own and the rest what only it needs; %s function%s",
                    what, wr_format_thousands(set.bytes).s, wr_format_thousands(set.own).s,
                    wr_format_thousands(set.functions).s, set.functions == 1 ? "" : "s");
    if (set.data) wr_page_line(page, "  and some %s bytes of data", wr_format_thousands(set.data).s);
    if (*a->go_version)
        wr_page_line(page, "  when it is built again without: Go's linker then leaves them out");
    write_losses(page, a, sum_losses(page->env, a, &set), top);
}

// --- Who needs it ---

typedef struct entry {
    uint64_t key; // distance of the caller from the start, then its node
    uint32_t from, to;
} entry;

static int by_key(const void *a, const void *b) {
    const entry *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return x->to < y->to ? -1 : x->to > y->to;
}

// Edges that lead into the set from outside; calls through tables and starts only if there are no others.
static uint32_t list_entries(wr_env *env, const wr_audit *a, const uint8_t *set, entry **out) {
    const wr_graph *g = &a->graph;
    WR_VEC(entry) direct = {0}, dispatched = {0};
    for (uint32_t i = 0; i < g->norder; i++) {
        uint32_t from = g->order[i], last = WR_NONE;
        for (uint32_t e = g->start[from]; e < g->start[from + 1] && !set[from]; e++) {
            uint32_t to = g->edges[e];
            if (!set[to] || to == last) continue;
            last = to;
            entry it = {(uint64_t)wr_queries_distance(a, from) << 32 | from, from, to};
            if (!from || wr_graph_is_dispatch(g, from, to))
                WR_PUSH(&env->temp, dispatched, it);
            else
                WR_PUSH(&env->temp, direct, it);
        }
    }
    *out = direct.n ? direct.v : dispatched.v;
    uint32_t n = direct.n ? direct.n : dispatched.n;
    if (n) qsort(*out, n, sizeof **out, by_key);
    return n;
}

static void write_entries(wr_page *page, const wr_audit *a, const entry *entries, uint32_t n, uint32_t top) {
    wr_sheet sheet = wr_sheet_begin(page, ">steps|from|calls");
    for (uint32_t i = 0; i < n && i < top; i++) {
        wr_sheet_number(&sheet, entries[i].key >> 32);
        wr_sheet_name(&sheet, wr_queries_node_name(&page->env->temp, a, entries[i].from), 60);
        wr_sheet_name(&sheet, wr_queries_node_name(&page->env->temp, a, entries[i].to), 60);
    }
    wr_sheet_end(&sheet);
    if (n > top) wr_page_line(page, "  … and %s more (--top=N shows more)", wr_format_thousands(n - top).s);
}

void wr_packages_write_why(wr_page *page, const wr_audit *a, const uint8_t *set, const char *what,
                           uint32_t top) {
    entry *entries;
    uint32_t n = list_entries(page->env, a, set, &entries), paths = 0;
    wr_page_heading(page, "%s: called from outside at %s place%s", what, wr_format_thousands(n).s,
                    n == 1 ? "" : "s");
    if (!n) {
        wr_page_line(page, "  Nothing calls it: `wring` would remove it.");
        return;
    }
    for (uint32_t i = 0; i < n && paths < PATHS; i++) {
        if (i && entries[i].from == entries[i - 1].from) continue;
        if (paths++) wr_page_line(page, "%s", "");
        wr_queries_write_path(page, a, entries[i].from, entries[i].to);
    }
    wr_page_heading(page, "Calls from outside, those nearest to the start first");
    write_entries(page, a, entries, n, top);
}
