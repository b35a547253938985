// Reads a list of nodes such as
//   {"name": "emcc$import$fd_write", "import": ["env", "fd_write"], "reaches": ["emcc$defun$_fd_write"]}
//   {"name": "emcc$export$_malloc", "export": "malloc", "reaches": [], "root": true}
#include "graph.h"

#include <jansson.h>

typedef struct reading {
    wr_env *env;
    wr_graph *graph;
    json_t *list, *index; // index: numbers of nodes by name
    wr_slice text;
} reading;

static const char *copy_text(wr_env *env, const json_t *value) {
    size_t n = json_string_length(value);
    char *copy = wr_alloc(&env->perm, n + 1);
    memcpy(copy, json_string_value(value), n);
    copy[n] = 0;
    return copy;
}

_Noreturn static void refuse(const reading *r, size_t node, const char *what) {
    wr_throw(r->env, WR_USAGE, WR_NO_OFFSET, "the graph's node %zu %s", node, what);
}

static void read_node(reading *r, size_t i) {
    wr_graph_node *node = &r->graph->nodes[i];
    const json_t *from = json_array_get(r->list, i), *name = json_object_get(from, "name");
    const json_t *export = json_object_get(from, "export"), *import = json_object_get(from, "import");
    if (!json_is_string(name)) refuse(r, i, "has no name");
    node->name = copy_text(r->env, name);
    if (export && !json_is_string(export)) refuse(r, i, "has an export that is no name");
    if (export) node->export = copy_text(r->env, export);
    if (!import) return;
    const json_t *module = json_array_get(import, 0), *base = json_array_get(import, 1);
    if (!json_is_string(module) || !json_is_string(base))
        refuse(r, i, "has an import that is no pair of names");
    node->module = copy_text(r->env, module);
    node->import = copy_text(r->env, base);
}

// What isn't a node isn't reached either: wasm-metadce lets such names be.
static void read_reaches(reading *r, size_t i) {
    wr_graph_node *node = &r->graph->nodes[i];
    const json_t *reaches = json_object_get(json_array_get(r->list, i), "reaches");
    size_t n = json_array_size(reaches);
    node->reaches = WR_NEW(&r->env->perm, uint32_t, n);
    for (size_t k = 0; k < n; k++) {
        const char *name = json_string_value(json_array_get(reaches, k));
        const json_t *to = name ? json_object_get(r->index, name) : NULL;
        if (to) node->reaches[node->nreaches++] = (uint32_t)json_integer_value(to);
    }
}

static void read_all(wr_env *env, void *arg) {
    reading *r = arg;
    json_error_t error;
    r->list = json_loadb((const char *)r->text.p, r->text.n, 0, &error);
    if (!json_is_array(r->list))
        wr_throw(env, WR_USAGE, WR_NO_OFFSET, "the graph is no list in JSON: %s", error.text);
    r->index = json_object();
    size_t n = json_array_size(r->list);
    r->graph->nnodes = (uint32_t)n;
    r->graph->nodes = WR_NEW0(&env->perm, wr_graph_node, n);
    for (size_t i = 0; i < n; i++) {
        read_node(r, i);
        if (json_object_set_new(r->index, r->graph->nodes[i].name, json_integer((json_int_t)i)))
            wr_throw(env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    }
    for (size_t i = 0; i < n; i++) read_reaches(r, i);
    for (size_t i = 0; i < n; i++)
        if (json_is_true(json_object_get(json_array_get(r->list, i), "root")))
            wr_graph_reach(env, r->graph, (uint32_t)i);
}

void wr_graph_read(wr_env *env, wr_slice text, wr_graph *graph) {
    *graph = (wr_graph){0};
    reading r = {.env = env, .graph = graph, .text = text};
    wr_status status = wr_try(env, read_all, &r);
    wr_diag diag = env->diag;
    json_decref(r.list);
    json_decref(r.index);
    if (status != WR_OK) wr_rethrow(env, &diag);
}

static void mark(wr_env *env, wr_graph *graph, uint32_t node) {
    if (graph->nodes[node].reached) return;
    graph->nodes[node].reached = true;
    WR_PUSH(&env->perm, graph->queue, node);
}

void wr_graph_reach(wr_env *env, wr_graph *graph, uint32_t node) {
    mark(env, graph, node);
    while (graph->queue.n) {
        const wr_graph_node *at = &graph->nodes[graph->queue.v[--graph->queue.n]];
        for (uint32_t i = 0; i < at->nreaches; i++) mark(env, graph, at->reaches[i]);
    }
}
