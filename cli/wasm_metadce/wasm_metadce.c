// `wring wasm-metadce …`, and wring under that name: removes dead code on both sides of a module's boundary.
// It is given the reference graph of the outside, which includes the module's imports and exports. It drops
// exports that no root reaches, with all that only they needed, and prints which nodes outside are unused.
//
// On the module's side it uses the library's pass dce. With the exports that are in use so far kept, the
// imports that are left are reached. What these reach outside may need more exports, and so on until nothing
// new is found. Each iteration is one run of the pass; programs of emcc need two or three.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/options.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/signals.h"
#include "cli/wasm_opt/debug.h"
#include "cli/wasm_opt/real.h"
#include "cli/wasm_opt/sections.h"
#include "graph.h"
#include "ir/decode/decode.h"
#include "support/buf.h"
#include "support/file.h"

typedef struct session {
    const wr_args *args;
    wr_env *env;
    const char *in, *out, *graph_file;
    bool names;
    wr_line_debug debug;
    const char *foreign; // the word that only a real wasm-metadce understands, or NULL
    wr_graph graph;
    wr_slice input, module;
} session;

// --- The command line ---

static bool is_harmless(const char *word) {
    static const char *const flags[] = {
        "--mvp-features", "-mvp", "--all-features",  "-all", "--detect-features",
        "--quiet",        "-q",   "--no-validation", "-n"};
    for (size_t i = 0; i < WR_COUNT(flags); i++)
        if (!strcmp(flags[i], word)) return true;
    return !strncmp(word, "--enable-", 9) || !strncmp(word, "--disable-", 10);
}

// The value of an option, after = or as the next word; NULL if the word is another option.
static const char *value_of(const session *s, size_t *i, const char *name, const char *letters) {
    const char *word = s->args->files[*i];
    size_t n = strcspn(word, "=");
    bool is_it = (strlen(name) == n && !strncmp(word, name, n)) ||
                 (strlen(letters) == n && !strncmp(word, letters, n));
    if (!is_it) return NULL;
    if (word[n]) return word + n + 1;
    return *i + 1 < s->args->nfiles ? s->args->files[++*i] : NULL;
}

static void parse(session *s) {
    for (size_t i = 0; i < s->args->nfiles; i++) {
        const char *word = s->args->files[i], *value;
        if ((value = value_of(s, &i, "--output", "-o")))
            s->out = value;
        else if ((value = value_of(s, &i, "--graph-file", "-f")))
            s->graph_file = value;
        else if ((value = value_of(s, &i, "--input-source-map", "-ism")))
            s->debug.map_in = value;
        else if ((value = value_of(s, &i, "--output-source-map", "-osm")))
            s->debug.map_out = value;
        else if ((value = value_of(s, &i, "--output-source-map-url", "-osu")))
            s->debug.map_url = value;
        else if (!strcmp(word, "-g") || !strcmp(word, "--debuginfo"))
            s->names = s->debug.dwarf = true;
        else if (word[0] != '-' && !s->in)
            s->in = word;
        else if (!is_harmless(word))
            s->foreign = word;
    }
}

// --- A real one ---

static void become_real(session *s, const char *what) {
    char real[1024];
    if (!wr_find_real("wasm-metadce", real, sizeof real))
        wr_throw(s->env, WR_USAGE, WR_NO_OFFSET, "%s needs Binaryen's wasm-metadce, and none was found",
                 what);
    int error = wr_become_real(real, s->args->nfiles, s->args->files);
    wr_throw(s->env, WR_IO, WR_NO_OFFSET, "cannot run %s: %s", real, strerror(error));
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

typedef struct round {
    session *s;
    wring_options *options;
    wring_job *job;
    wr_line_debug debug; // of the input; after the run, of the output
} round;

static void check_set(round *r, wring_status status) {
    if (status != WRING_OK)
        wr_throw(r->s->env, WR_USAGE, WR_NO_OFFSET, "%s", wring_options_error(r->options));
}

static void set(round *r, const char *name, const char *value) {
    check_set(r, wring_options_set(r->options, name, value));
}

static void run_round(wr_env *env, void *arg) {
    round *r = arg;
    session *s = r->s;
    set(r, "O", "0");
    set(r, "passes", "strip,exports,dce");
    set(r, "keep-section", "producers,target_features");
    if (s->names) set(r, "debug-names", NULL);
    set(r, "allow-missing-exports", NULL);
    set(r, "allow-no-exports", NULL);
    set(r, "keep-exports", "");
    for (uint32_t i = 0; i < s->graph.nnodes; i++)
        if (s->graph.nodes[i].reached && s->graph.nodes[i].export)
            set(r, "keep-exports", s->graph.nodes[i].export);
    check_set(r, wr_line_debug_set(env, &r->debug, s->input, r->options));
    r->job = wring_job_new(r->options);
    if (!r->job) wr_throw(env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    wr_line_debug_give(&r->debug, r->job);
    wr_signal_job(r->job);
    wring_status status = wring_optimize(r->job, s->input.p, s->input.n);
    wr_signal_job(NULL);
    wring_diagnostic d = wring_last_diagnostic(r->job);
    if (status != WRING_OK) wr_throw(env, (wr_status)status, d.offset, "%s", d.message);
    size_t size;
    const void *bytes = wring_output(r->job, &size);
    s->module = wr_copy_slice(&env->perm, wr_slice_of(bytes, size));
    wr_line_debug_take(env, &r->debug, r->job);
}

// Returns the debug information of what is left.
static wr_line_debug drop_dead(session *s) {
    round r = {.s = s, .options = wring_options_new(), .debug = s->debug};
    if (!r.options) wr_throw(s->env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    wr_status status = wr_try(s->env, run_round, &r);
    wr_diag diag = s->env->diag;
    wring_job_free(r.job);
    wring_options_free(r.options);
    if (status != WR_OK) wr_rethrow(s->env, &diag);
    return r.debug;
}

// Reaches the nodes of the imports that are left. Returns whether that needs more exports.
static bool reach_imports(session *s) {
    wr_graph *graph = &s->graph;
    wr_module m;
    bool more = false;
    wr_decode_module(s->env, s->module, &m);
    for (uint32_t i = 0; i < m.nimports; i++)
        for (uint32_t k = 0; k < graph->nnodes; k++) {
            const wr_graph_node *node = &graph->nodes[k];
            bool is_it = node->import && !node->reached && wr_slice_is(m.imports[i].name, node->import) &&
                         wr_slice_is(m.imports[i].module, node->module);
            if (is_it) wr_graph_reach(s->env, graph, k), more = true;
        }
    return more;
}

static uint32_t count_exports(const wr_graph *graph) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < graph->nnodes; i++) n += graph->nodes[i].reached && graph->nodes[i].export;
    return n;
}

static void find_fixpoint(session *s) {
    uint32_t before;
    wr_line_debug debug;
    do {
        before = count_exports(&s->graph);
        debug = drop_dead(s);
    } while (reach_imports(s) && count_exports(&s->graph) != before);
    s->debug = debug;
}

// --- The whole ---

static wr_slice read_whole(session *s, const char *path) {
    wr_file file;
    int error = wr_file_read(&file, path);
    if (error) wr_throw(s->env, WR_IO, WR_NO_OFFSET, "cannot read %s: %s", path, strerror(error));
    wr_slice bytes = wr_copy_slice(&s->env->perm, file.bytes);
    wr_file_free(&file);
    return bytes;
}

static void write_results(session *s) {
    wr_line_debug_write(s->env, &s->debug);
    int error = wr_output_write(s->out ? s->out : "-", s->module);
    if (error)
        wr_throw(s->env, WR_IO, WR_NO_OFFSET, "cannot write %s: %s", s->out ? s->out : "-", strerror(error));
    for (uint32_t i = 0; i < s->graph.nnodes; i++)
        if (!s->graph.nodes[i].reached) printf("unused: %s\n", s->graph.nodes[i].name);
}

static void run(wr_env *env, void *arg) {
    session *s = arg;
    if (s->foreign) become_real(s, s->foreign);
    if (!s->graph_file) wr_throw(env, WR_USAGE, WR_NO_OFFSET, "there is no --graph-file=FILE");
    if (!s->in) wr_throw(env, WR_USAGE, WR_NO_OFFSET, "there is no input file");
    s->input = read_whole(s, s->in);
    wr_line_debug_read(env, &s->debug);
    wr_graph_read(env, read_whole(s, s->graph_file), &s->graph);
    if (!wr_is_binary_module(s->input)) become_real(s, "text as input");
    if (!can_list(&s->graph)) become_real(s, "an export with a comma in its name");
    find_fixpoint(s);
    write_results(s);
}

int wr_cmd_wasm_metadce(const wr_args *args) {
    wr_shared shared = {0};
    wr_env env;
    wr_env_init(&env, &shared);
    session s = {.args = args, .env = &env};
    parse(&s);
    wr_status status = wr_try(&env, run, &s);
    if (status != WR_OK) {
        wring_diagnostic diagnostic = {(wring_status)env.diag.status, env.diag.offset, env.diag.func,
                                       env.diag.message};
        char text[640];
        wr_diagnostic_text(s.in ? s.in : "wasm-metadce", &diagnostic, text, sizeof text);
        wr_complain("%s", text);
    }
    wr_env_free(&env);
    return wr_exit_of((wring_status)status);
}
