// `wring wasm-metadce …`, and wring under that name: removes dead code on both sides of a module's boundary.
// It is given the reference graph of the outside, which includes the module's imports and exports. It drops
// exports that no root reaches, with all that only they needed, and prints which nodes outside are unused.
//
// On the module's side it uses the library's pass dce. With the exports that are in use so far kept, the
// imports that are left are reached. What these reach outside may need more exports, and so on until nothing
// new is found. Each iteration is one run of the pass; programs of emcc need two or three.
#include <stdio.h>
#include <string.h>

#include "cli/wasm_opt/stand_in.h"
#include "graph.h"
#include "ir/decode/decode.h"

typedef struct session {
    wr_stand_in tool;
    const char *graph_file;
    wr_graph graph;
} session;

static void parse(session *s) {
    wr_stand_in *tool = &s->tool;
    for (size_t i = 0; i < tool->args->nfiles; i++) {
        const char *word = tool->args->files[i], *value;
        if ((value = wr_stand_in_value(tool, &i, "--graph-file", "-f")))
            s->graph_file = value;
        else if (!wr_stand_in_take(tool, &i))
            tool->foreign = word;
    }
}

// A list of exports that the library's option can say.
static bool can_list(const wr_graph *graph) {
    for (uint32_t i = 0; i < graph->nnodes; i++) {
        const char *name = graph->nodes[i].export;
        if (name && (name[0] == '@' || strchr(name, ','))) return false;
    }
    return true;
}

// --- Rounds ---

// Drops what the exports that are reached so far don't need. `input` is the module as it was given, `debug`
// its debug information.
static void drop_dead(session *s, wr_slice input, const wr_line_debug *debug) {
    const wr_graph *graph = &s->graph;
    wr_arena *arena = &s->tool.env->perm;
    wr_stand_in_option *list = WR_NEW(arena, wr_stand_in_option, graph->nnodes + (size_t)3);
    size_t n = 0;
    list[n++] = (wr_stand_in_option){"O", "0"};
    list[n++] = (wr_stand_in_option){"passes", "strip,exports,dce"};
    list[n++] = (wr_stand_in_option){"keep-exports", ""};
    for (uint32_t i = 0; i < graph->nnodes; i++)
        if (graph->nodes[i].reached && graph->nodes[i].export)
            list[n++] = (wr_stand_in_option){"keep-exports", graph->nodes[i].export};
    s->tool.module = input;
    s->tool.debug = *debug;
    wr_stand_in_optimize(&s->tool, list, n, NULL);
}

// Reaches the nodes of the imports that are left. Returns whether that needs more exports.
static bool reach_imports(session *s) {
    wr_graph *graph = &s->graph;
    wr_module m;
    bool more = false;
    wr_decode_module(s->tool.env, s->tool.module, &m);
    for (uint32_t i = 0; i < m.nimports; i++)
        for (uint32_t k = 0; k < graph->nnodes; k++) {
            const wr_graph_node *node = &graph->nodes[k];
            bool is_it = node->import && !node->reached && wr_slice_is(m.imports[i].name, node->import) &&
                         wr_slice_is(m.imports[i].module, node->module);
            if (is_it) wr_graph_reach(s->tool.env, graph, k), more = true;
        }
    return more;
}

static uint32_t count_exports(const wr_graph *graph) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < graph->nnodes; i++) n += graph->nodes[i].reached && graph->nodes[i].export;
    return n;
}

static void find_fixpoint(session *s) {
    const wr_slice input = s->tool.module;
    const wr_line_debug debug = s->tool.debug;
    uint32_t before;
    do {
        before = count_exports(&s->graph);
        drop_dead(s, input, &debug);
    } while (reach_imports(s) && count_exports(&s->graph) != before);
}

// --- The whole ---

static void write_results(session *s) {
    const wr_stand_in *tool = &s->tool;
    wr_line_debug_write(tool->env, &tool->debug);
    wr_stand_in_write(tool->env, tool->out ? tool->out : "-", tool->module);
    for (uint32_t i = 0; i < s->graph.nnodes; i++)
        if (!s->graph.nodes[i].reached) printf("unused: %s\n", s->graph.nodes[i].name);
}

static void run(wr_env *env, void *arg) {
    session *s = arg;
    parse(s);
    if (!s->tool.foreign && !s->graph_file)
        wr_throw(env, WR_USAGE, WR_NO_OFFSET, "there is no --graph-file=FILE");
    wr_stand_in_begin(&s->tool);
    wr_graph_read(env, wr_stand_in_read(env, s->graph_file), &s->graph);
    if (!can_list(&s->graph)) wr_stand_in_become_real(&s->tool, "an export with a comma in its name");
    find_fixpoint(s);
    write_results(s);
}

int wr_cmd_wasm_metadce(const wr_args *args) {
    session s = {.tool = {.args = args, .tool = "wasm-metadce"}};
    return wr_stand_in_run(&s.tool, run);
}
