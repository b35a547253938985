// Carries out a whole command line of wasm-opt: special inputs and outputs, the steps of the plan, and the
// calls of a real wasm-opt.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output.h"
#include "ir/decode/decode.h"
#include "ir/validate/validate.h"
#include "lib/binaryen.h"
#include "cli/real_tool.h"
#include "sections.h"
#include "session.h"
#include "support/file.h"

static const char *shown(const char *path, const char *standard) {
    return strcmp(path, "-") ? path : standard;
}

// --- A real wasm-opt ---

const char *wr_wasm_opt_real(wr_wasm_opt_session *s) {
    if (!s->real[0] && !wr_real_tool_find("wasm-opt", s->real, sizeof s->real)) return NULL;
    return s->real;
}

const char *wr_wasm_opt_need_real(wr_wasm_opt_session *s, const char *what) {
    const char *real = wr_wasm_opt_real(s);
    if (!real)
        wr_throw(
            s->env, WR_USAGE, WR_NO_OFFSET,
            "%s needs Binaryen's wasm-opt, and none was found; install it, or say where it is with WASM_OPT",
            what);
    return real;
}

typedef struct features_query {
    wr_pool pool;
    wr_slice module;
    uint64_t features;
} features_query;

static void find_features(wr_env *env, void *arg) {
    features_query *q = arg;
    wr_module m;
    wr_decode_module(env, q->module, &m);
    wr_validate(&q->pool, &m, false);
    q->features = m.features;
}

// The features that the module uses. A real wasm-opt refuses features that are not enabled.
static uint64_t features_of(wr_wasm_opt_session *s, wr_slice module) {
    features_query q = {.module = module};
    if (wr_pool_init(&q.pool, s->env->shared, 0) != WR_OK)
        wr_throw(s->env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    wr_env *env = wr_main_env(&q.pool);
    wr_status status = wr_try(env, find_features, &q);
    wr_diag diag = env->diag;
    wr_pool_free(&q.pool);
    if (status != WR_OK) wr_rethrow(s->env, &diag);
    return q.features;
}

typedef struct real_run {
    wr_wasm_opt_session *s;
    const char *dir;
    wr_slice module;
    size_t n;
    const char *const *words;
    const char *what;
    bool with_map;
} real_run;

// --name=DIR/file, or the path alone if the name is empty.
static const char *path_word(real_run *r, const char *name, const char *file) {
    size_t n = strlen(name) + strlen(r->dir) + strlen(file) + 2;
    char *word = wr_alloc(&r->s->env->perm, n);
    snprintf(word, n, "%s%s/%s", name, r->dir, file);
    return word;
}

static void write_temporary(real_run *r, const char *path, wr_slice bytes) {
    int error = wr_file_write(path, bytes);
    if (error) wr_throw(r->s->env, WR_IO, WR_NO_OFFSET, "cannot write %s: %s", path, strerror(error));
}

static wr_slice read_temporary(real_run *r, const char *path, const char *program) {
    wr_file file;
    if (wr_file_read(&file, path))
        wr_throw(r->s->env, WR_IO, WR_NO_OFFSET, "%s, done by %.80s: there is no output", r->what, program);
    wr_slice bytes = wr_slice_copy(&r->s->env->perm, file.bytes);
    wr_file_free(&file);
    return bytes;
}

static size_t put_map_words(real_run *r, const char **argv, size_t k) {
    if (r->s->debug.map.n) {
        wr_slice map = wr_line_debug_plain_map(r->s->env, &r->s->debug);
        write_temporary(r, path_word(r, "", "in.map"), map);
        argv[k++] = path_word(r, "--input-source-map=", "in.map");
    }
    argv[k++] = path_word(r, "--output-source-map=", "out.map");
    return k;
}

static void run_real(wr_env *env, void *arg) {
    real_run *r = arg;
    wr_wasm_opt_session *s = r->s;
    char message[256];
    bool binary = wr_sections_is_binary(r->module);
    const char *in = path_word(r, "", binary ? "in.wasm" : "in.wat"), *out = path_word(r, "", "out");
    const char **argv = WR_NEW(&env->temp, const char *, r->n + WR_FEATURE_COUNT + 10);
    size_t k = 0;
    argv[k++] = wr_wasm_opt_need_real(s, r->what);
    argv[k++] = in, argv[k++] = "-o", argv[k++] = out;
    for (size_t i = 0; i < r->n; i++) argv[k++] = r->words[i];
    if (r->with_map) k = put_map_words(r, argv, k);
    if (binary) k = wr_binaryen_put_features(argv, k, features_of(s, r->module));
    argv[k] = NULL;
    write_temporary(r, in, r->module);
    if (!wr_real_tool_run(argv, message, sizeof message))
        wr_throw(env, WR_IO, WR_NO_OFFSET, "%s, done by %.80s: %.100s", r->what, argv[0], message);
    r->module = read_temporary(r, out, argv[0]);
    if (r->with_map) s->debug.map = read_temporary(r, path_word(r, "", "out.map"), argv[0]);
}

wr_slice wr_wasm_opt_run_real(wr_wasm_opt_session *s, wr_slice module, size_t n, const char *const *words,
                              const char *what, bool with_map) {
    char dir[PATH_MAX];
    int error = wr_file_make_temp_dir(dir, sizeof dir);
    if (error)
        wr_throw(s->env, WR_IO, WR_NO_OFFSET, "cannot make a temporary directory: %s", strerror(error));
    real_run r = {s, dir, module, n, words, what, with_map};
    wr_status status = wr_try(s->env, run_real, &r);
    wr_diag diag = s->env->diag;
    wr_file_remove_temp_dir(dir);
    if (status != WR_OK) wr_rethrow(s->env, &diag);
    return r.module;
}

// The whole line goes to a real wasm-opt, which replaces this process.
static void become_real(wr_wasm_opt_session *s, const char *what) {
    const char *real = wr_wasm_opt_need_real(s, what);
    int error = wr_real_tool_become(real, s->nwords, s->words);
    wr_throw(s->env, WR_IO, WR_NO_OFFSET, "cannot run %s: %s", real, strerror(error));
}

// --- Input ---

static void read_input(wr_wasm_opt_session *s) {
    const char *in = s->line->in ? s->line->in : "-";
    wr_file file;
    int error = wr_file_read(&file, in);
    if (error) wr_throw(s->env, WR_IO, WR_NO_OFFSET, "cannot read %s: %s", in, strerror(error));
    s->module = wr_slice_copy(&s->env->perm, file.bytes);
    wr_file_free(&file);
    s->binary = wr_sections_is_binary(s->module);
}

// WABT's wat2wasm, where there is no wasm-opt.
static void run_wat2wasm(wr_env *env, void *arg) {
    real_run *r = arg;
    char in[PATH_MAX + 16], out[PATH_MAX + 16], program[PATH_MAX], message[256];
    if (!wr_file_find_program("wat2wasm", program, sizeof program))
        wr_throw(
            env, WR_BAD_INPUT, WR_NO_OFFSET,
            "the input is text: Binaryen's wasm-opt or WABT's wat2wasm can read it, and neither was found");
    snprintf(in, sizeof in, "%s/in.wat", r->dir);
    snprintf(out, sizeof out, "%s/out", r->dir);
    int error = wr_file_write(in, r->module);
    const char *argv[] = {program, "--enable-all", "--debug-names", in, "-o", out, NULL};
    wr_file file;
    if (error || !wr_real_tool_run(argv, message, sizeof message) || wr_file_read(&file, out))
        wr_throw(env, WR_BAD_INPUT, WR_NO_OFFSET, "wat2wasm can't read the text");
    r->module = wr_slice_copy(&env->perm, file.bytes);
    wr_file_free(&file);
}

static void assemble(wr_wasm_opt_session *s) {
    const wr_wasm_opt_line *line = s->line;
    if (wr_wasm_opt_real(s)) {
        const char **words = WR_NEW(&s->env->perm, const char *, line->noptions + 1);
        size_t n = 0;
        words[n++] = "-g";
        for (size_t i = 0; i < line->noptions; i++) words[n++] = line->options[i];
        s->module = wr_wasm_opt_run_real(s, s->module, n, words, "reading text", false);
        return;
    }
    char dir[PATH_MAX];
    int error = wr_file_make_temp_dir(dir, sizeof dir);
    if (error)
        wr_throw(s->env, WR_IO, WR_NO_OFFSET, "cannot make a temporary directory: %s", strerror(error));
    real_run r = {.s = s, .dir = dir, .module = s->module};
    wr_status status = wr_try(s->env, run_wat2wasm, &r);
    wr_diag diag = s->env->diag;
    wr_file_remove_temp_dir(dir);
    if (status != WR_OK) wr_rethrow(s->env, &diag);
    s->module = r.module;
}

// --- Output ---

static void write_file(wr_wasm_opt_session *s, const char *path, wr_slice bytes) {
    int error = wr_output_write(path, bytes);
    if (error)
        wr_throw(s->env, WR_IO, WR_NO_OFFSET, "cannot write %s: %s", shown(path, "standard output"),
                 strerror(error));
}

static wr_slice disassemble(wr_wasm_opt_session *s) {
    const wr_wasm_opt_line *line = s->line;
    const char **words = WR_NEW(&s->env->perm, const char *, line->noptions + 2);
    size_t n = 0;
    words[n++] = "-S";
    if (line->names) words[n++] = "-g";
    for (size_t i = 0; i < line->noptions; i++) words[n++] = line->options[i];
    return wr_wasm_opt_run_real(s, s->module, n, words, "--emit-text", false);
}

static void write_results(wr_wasm_opt_session *s) {
    const wr_wasm_opt_line *line = s->line;
    if (!line->names) {
        wr_wasm_opt_replace(s, wr_sections_without(s->env, s->module, "name"));
        wr_wasm_opt_replace(s, wr_sections_without(s->env, s->module, ".debug_*"));
    }
    wr_arena_reset(&s->env->temp);
    wr_line_debug_write(s->env, &s->debug);
    if (line->out) write_file(s, line->out, line->text ? disassemble(s) : s->module);
    if (s->printed.n) write_file(s, "-", wr_buf_slice(&s->printed));
}

void wr_wasm_opt_replace(wr_wasm_opt_session *s, wr_slice module) {
    wr_line_debug_moved(s->env, &s->debug, s->module, module);
    s->module = module;
}

// --- The line ---

static bool prints_something(const wr_wasm_opt_line *line) {
    for (size_t i = 0; i < line->nitems; i++) {
        wr_wasm_opt_kind kind = line->items[i].flag->kind;
        if (kind == WR_WASM_OPT_FUNCTION_MAP || kind == WR_WASM_OPT_FORWARD) return true;
    }
    return line->quiet; // which is how emcc says that it wants no output
}

static bool is_object(wr_wasm_opt_session *s) {
    return s->binary && wr_sections_have(s->env, s->module, "linking");
}

static void hand_back(wr_wasm_opt_session *s) {
    wr_message_error("%s: this is an object file for a linker, handed on as it is",
                     s->line->in ? s->line->in : "standard input");
    if (s->line->out) write_file(s, s->line->out, s->module);
}

static void run(wr_env *env, void *arg) {
    wr_wasm_opt_session *s = arg;
    const wr_wasm_opt_line *line = s->line;
    if (line->whole) become_real(s, line->whole);
    if (!line->out && !prints_something(line))
        wr_throw(env, WR_USAGE, WR_NO_OFFSET, "no output file; give -o FILE");
    read_input(s);
    if (is_object(s)) {
        hand_back(s);
        return;
    }
    wr_line_debug_read(env, &s->debug);
    if (!s->binary) assemble(s);
    for (size_t i = 0; i < s->plan->nsteps; i++) wr_wasm_opt_do_step(s, i);
    write_results(s);
}

wr_exit wr_wasm_opt_run(wr_wasm_opt_session *s) {
    wr_shared shared = {0};
    wr_env env;
    wr_env_init(&env, &shared);
    s->env = &env;
    s->printed = wr_buf_in(&env.perm);
    s->debug = (wr_line_debug){.map_in = s->line->map_in,
                               .map_out = s->line->map_out,
                               .map_url = s->line->map_url,
                               .dwarf = s->line->names};
    wr_status status = wr_try(&env, run, s);
    if (status != WR_OK) {
        wring_diagnostic diagnostic = {(wring_status)env.diag.status, env.diag.offset, env.diag.func,
                                       env.diag.message};
        char text[640];
        wr_message_diagnostic(s->line->in ? shown(s->line->in, "standard input") : "standard input",
                              &diagnostic, text, sizeof text);
        wr_message_error("%s", text);
    }
    wr_env_free(&env);
    return wr_exit_of((wring_status)status);
}
