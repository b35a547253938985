// Decides which variants there are, makes them and measures their sizes. Running them is in compare_run.c,
// printing in compare_*.c.
//
// The optimizers run one after another, before anything large is in this process's memory: the peak memory
// that the kernel counts for a child starts at what was resident in its parent.
#include "compare.h"

#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "compare_parts.h"
#include "component/component.h"
#include "ir/decode/decode.h"
#include "ir/validate/validate.h"
#include "lib/binaryen.h"
#include "support/system.h"

static const char DEFAULT_VARIANTS[] =
    "wring-O3,wring-Os,wring-Oz,wring-Oz-brotli,wasm-opt-O3,wasm-opt-Os,wasm-opt-Oz,both-Oz";

const char *wr_compare_format(wr_env *env, const char *format, ...) {
    char text[4096];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    wr_slice with_end = wr_slice_of(text, strlen(text) + 1);
    return (const char *)wr_slice_copy(&env->perm, with_end).p;
}

static void note(wr_compare_state *s, const char *text) { WR_PUSH(&s->env->perm, s->result->notes, text); }

static void say(const wr_compare_state *s, const char *what, double fraction) {
    if (s->options->progress) s->options->progress(s->options->user, what, fraction);
}

// --- The variants ---

typedef struct wanted {
    wr_tool tool;
    char level;
    const char *objective;
} wanted;

// What may follow wring's level in a variant's name.
static bool parse_objective(wr_slice text, wanted *w) {
    static const char *const objectives[] = {"raw", "gzip", "brotli", "zstd"};
    w->objective = NULL;
    if (!text.n) return true;
    if (text.p[0] != '-' || w->tool != WR_TOOL_WRING) return false;
    for (size_t i = 0; i < WR_COUNT(objectives); i++)
        if (wr_slice_is(wr_slice_of(text.p + 1, text.n - 1), objectives[i])) w->objective = objectives[i];
    return w->objective != NULL;
}

static bool parse_variant(wr_slice name, wanted *w) {
    static const struct {
        const char *prefix;
        wr_tool tool;
    } tools[] = {{"wring-O", WR_TOOL_WRING}, {"wasm-opt-O", WR_TOOL_BINARYEN}, {"both-O", WR_TOOL_BOTH}};
    for (size_t i = 0; i < WR_COUNT(tools); i++) {
        size_t n = strlen(tools[i].prefix);
        if (!wr_slice_starts(name, tools[i].prefix) || name.n == n) continue;
        w->tool = tools[i].tool, w->level = (char)name.p[n];
        return strchr("01234sz", w->level) && parse_objective(wr_slice_of(name.p + n + 1, name.n - n - 1), w);
    }
    return false;
}

static void add_variant(wr_compare_state *s, const wanted *w) {
    wr_comparison *c = s->result;
    if (!s->options->binaryen && w->tool != WR_TOOL_WRING) {
        if (s->options->variants)
            wr_throw(s->env, WR_USAGE, WR_NO_OFFSET,
                     "no wasm-opt was found; say where it is with --with-binaryen=PATH");
        return;
    }
    wr_variant *v = &c->variants[c->nvariants++];
    *v = (wr_variant){.tool = w->tool, .level = w->level, .objective = w->objective};
    static const char *const tools[] = {
        [WR_TOOL_WRING] = "wring", [WR_TOOL_BINARYEN] = "wasm-opt", [WR_TOOL_BOTH] = "wasm-opt + wring"};
    snprintf(v->name, sizeof v->name, "%s -O%c%s%s", tools[w->tool], w->level, w->objective ? " --for=" : "",
             w->objective ? w->objective : "");
}

static void plan(wr_compare_state *s) {
    const char *list = s->options->variants ? s->options->variants : DEFAULT_VARIANTS;
    s->result->variants = WR_NEW0(&s->env->perm, wr_variant, strlen(list) / 2 + 2);
    s->result->variants[s->result->nvariants++] = (wr_variant){.name = "input", .path = s->options->input};
    while (*list) {
        wr_slice name = wr_slice_of(list, strcspn(list, ","));
        wanted w;
        if (!parse_variant(name, &w))
            wr_throw(s->env, WR_USAGE, WR_NO_OFFSET,
                     "--variants: expected wring-LEVEL, wring-LEVEL-OBJECTIVE, wasm-opt-LEVEL or "
                     "both-LEVEL, as wring-Oz-brotli, not \"%.*s\"",
                     (int)name.n, (const char *)name.p);
        add_variant(s, &w);
        list += name.n;
        list += *list == ',';
    }
    if (!s->options->binaryen && !s->options->variants)
        note(s, "no wasm-opt was found; npm's package binaryen has one");
}

static bool uses_binaryen(const wr_comparison *c) {
    for (size_t i = 0; i < c->nvariants; i++)
        if (c->variants[i].tool == WR_TOOL_BINARYEN || c->variants[i].tool == WR_TOOL_BOTH) return true;
    return false;
}

// --- The input ---

static bool is_wasi_module(wr_slice name) {
    return wr_slice_is(name, "wasi_snapshot_preview1") || wr_slice_is(name, "wasi_unstable");
}

// A program with an entry point that imports nothing but WASI's functions.
static bool is_wasi_program(const wr_module *m) {
    bool start = false, memory = false;
    for (uint32_t i = 0; i < m->nimports; i++)
        if (m->imports[i].space != WR_FUNC || !is_wasi_module(m->imports[i].module)) return false;
    for (uint32_t i = 0; i < m->nexports; i++) {
        start |= m->exports[i].space == WR_FUNC && wr_slice_is(m->exports[i].name, "_start");
        memory |= m->exports[i].space == WR_MEMORY && wr_slice_is(m->exports[i].name, "memory");
    }
    return start && memory;
}

typedef struct inspection {
    wr_compare_state *state;
    wr_pool pool; // its own pool, so that its memory is freed before the optimizers run
    wr_slice bytes;
} inspection;

static void inspect_module(wr_env *env, void *arg) {
    inspection *in = arg;
    wr_module m = {0};
    if (wr_component_recognize(in->bytes)) {
        wr_component_file file;
        wr_component_decode(env, in->bytes, &file);
        in->state->is_component = true;
        return;
    }
    wr_decode_module(env, in->bytes, &m);
    wr_validate(&in->pool, &m, true);
    in->state->result->features = m.features;
    in->state->is_wasi = is_wasi_program(&m);
}

static void inspect(wr_compare_state *s, wr_slice bytes) {
    inspection in = {.state = s, .bytes = bytes};
    wr_diag diag = {.status = WR_NOMEM, .offset = WR_NO_OFFSET, .func = WR_NONE, .message = "out of memory"};
    if (wr_pool_init(&in.pool, s->env->shared, s->pool->jobs) == WR_OK) {
        wr_status status = wr_try(wr_main_env(&in.pool), inspect_module, &in);
        diag = wr_main_env(&in.pool)->diag;
        diag.status = status;
        wr_pool_free(&in.pool);
    }
    wr_system_return_memory();
    if (diag.status != WR_OK) wr_rethrow(s->env, &diag);
}

// Child processes need a path, and standard input has none.
static void read_input(wr_compare_state *s) {
    wr_variant *input = &s->result->variants[0];
    wr_file file;
    int error = wr_file_read(&file, input->path);
    bool piped = !error && !strcmp(input->path, "-");
    s->result->name = piped ? "standard input" : s->options->name ? s->options->name : input->path;
    if (piped) {
        input->path = wr_compare_format(s->env, "%s/input.wasm", s->dir);
        error = wr_file_write(input->path, file.bytes);
    }
    if (error) wr_throw(s->env, WR_IO, WR_NO_OFFSET, "cannot be read: %s", strerror(error));
    inspect(s, file.bytes); // a throw leaves the file mapped until the process ends, which is then at hand
    wr_file_free(&file);
}

// Binaryen takes no components, so variants that need it are left out.
static void leave_out_binaryen(wr_compare_state *s) {
    wr_comparison *c = s->result;
    size_t kept = 0, all = c->nvariants;
    for (size_t i = 0; i < all; i++)
        if (c->variants[i].tool == WR_TOOL_NONE || c->variants[i].tool == WR_TOOL_WRING)
            c->variants[kept++] = c->variants[i];
    c->nvariants = kept;
    if (kept == 1) wr_throw(s->env, WR_USAGE, WR_NO_OFFSET, "wasm-opt takes no components");
    if (kept < all) note(s, "wasm-opt takes no components, so this is wring alone");
}

// --- The optimizers ---

static bool run_binaryen(wr_compare_state *s, const wr_variant *v, const char *in, const char *out,
                         wr_outcome *outcome) {
    const wr_compare_options *o = s->options;
    const char level[] = {'-', 'O', v->level, 0};
    wr_binaryen_job job = {.program = o->binaryen,
                           .level = level,
                           .debug_names = o->debug_names,
                           .features = s->result->features,
                           .timeout = o->timeout,
                           .cancel = o->cancel};
    return wr_binaryen_run(&job, in, out, outcome);
}

static bool add_outcome(wr_compare_state *s, wr_variant *v, bool ok, const wr_outcome *outcome) {
    v->seconds += outcome->seconds;
    if (outcome->peak_memory > v->peak_memory) v->peak_memory = outcome->peak_memory;
    if (outcome->ending == WR_INTERRUPTED) wr_throw(s->env, WR_CANCELLED, WR_NO_OFFSET, "cancelled");
    if (ok) return true;
    char text[512];
    wr_outcome_text(outcome, text, sizeof text);
    v->error = wr_compare_format(s->env, "%s", wr_succeeded(outcome) ? "wrote no output" : text);
    return false;
}

// The module that wasm-opt made for an earlier variant, so that it need not run twice.
static const wr_variant *made_by_binaryen(const wr_comparison *c, char level) {
    for (size_t i = 1; i < c->nvariants; i++) {
        const wr_variant *v = &c->variants[i];
        if (v->tool == WR_TOOL_BINARYEN && v->level == level && v->seconds > 0) return v;
    }
    return NULL;
}

static void make_variant(wr_compare_state *s, size_t index) {
    wr_variant *v = &s->result->variants[index];
    const char *in = s->result->variants[0].path;
    wr_outcome outcome;
    v->path = wr_compare_format(s->env, "%s/%zu.wasm", s->dir, index);
    if (v->tool == WR_TOOL_BINARYEN) {
        add_outcome(s, v, run_binaryen(s, v, in, v->path, &outcome), &outcome);
        return;
    }
    const wr_variant *made = v->tool == WR_TOOL_BOTH ? made_by_binaryen(s->result, v->level) : NULL;
    if (made) {
        v->seconds = made->seconds, v->peak_memory = made->peak_memory, v->error = made->error;
        in = made->path;
    } else if (v->tool == WR_TOOL_BOTH) {
        const char *between = wr_compare_format(s->env, "%s/%zu-between.wasm", s->dir, index);
        add_outcome(s, v, run_binaryen(s, v, in, between, &outcome), &outcome);
        in = between;
    }
    if (v->error) return;
    bool ok = add_outcome(s, v, wr_compare_shrink(s, v, in, v->path, &outcome), &outcome);
    s->result->failed |= !ok;
}

static void make_variants(wr_compare_state *s) {
    for (size_t i = 1; i < s->result->nvariants; i++) {
        say(s, s->result->variants[i].name, (double)(i - 1) / (double)s->result->nvariants);
        make_variant(s, i);
    }
}

// --- Sizes ---

static void sized(void *state, size_t finished, size_t total) {
    say(state, "compressing", (double)finished / (double)total);
}

static void measure(wr_compare_state *s) {
    wr_comparison *c = s->result;
    wr_arena *arena = &s->env->perm;
    wr_file *files = WR_NEW0(arena, wr_file, c->nvariants);
    wr_slice *buffers = WR_NEW0(arena, wr_slice, c->nvariants);
    wr_sizes *sizes = WR_NEW0(arena, wr_sizes, c->nvariants);
    for (size_t i = 0; i < c->nvariants; i++) {
        int error = c->variants[i].error ? 0 : wr_file_read(&files[i], c->variants[i].path);
        if (error)
            wr_throw(s->env, WR_IO, WR_NO_OFFSET, "cannot read %s: %s", c->variants[i].path, strerror(error));
        buffers[i] = files[i].bytes;
    }
    wr_file_remove_temp_dir(
        s->dir); // mapped files live on; nothing is left behind if compressing is broken off
    say(s, "compressing", 0);
    wr_sizes_measure(s->pool, buffers, c->nvariants, sizes, sized, s);
    for (size_t i = 0; i < c->nvariants; i++) {
        c->variants[i].sizes = sizes[i];
        if (!c->variants[i].error) wr_file_free(&files[i]);
    }
}

wr_comparison *wr_compare(wr_pool *pool, const wr_compare_options *options, const char *dir) {
    wr_env *env = wr_main_env(pool);
    wr_compare_state s = {.pool = pool, .env = env, .options = options, .dir = dir};
    s.result = WR_NEW0(&env->perm, wr_comparison, 1);
    plan(&s);
    read_input(&s);
    if (s.is_component) leave_out_binaryen(&s);
    if (uses_binaryen(s.result))
        wr_binaryen_version(options->binaryen, s.result->binaryen_version, sizeof s.result->binaryen_version);
    make_variants(&s);
    wr_compare_runs(&s);
    if (!s.result->command && !options->no_run)
        note(&s, s.is_component ? "not run; --run='wasmtime run {}' shows speed too"
                                : "not run; --workload=FILE.mjs or --run='COMMAND {}' shows speed too");
    measure(&s);
    return s.result;
}
