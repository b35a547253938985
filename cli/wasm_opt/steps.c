// Carries out each step of a plan.
#include <stdlib.h>
#include <string.h>

#include "em_js.h"
#include "function_map.h"
#include "minify.h"
#include "cli/real_tool.h"
#include "sections.h"
#include "session.h"
#include "support/file.h"

enum { JSON_SINCE = 129, EM_JS_SINCE = 112 }; // versions of wasm-opt

// Asyncify adds code to each function that can be suspended, so code is not moved between functions before
// asyncify has run.
#define NOT_BEFORE_ASYNCIFY "outline,merge-similar-functions"
// Nor are functions made one with others while lists name them.
#define NOT_BEFORE_LISTS "inline,duplicate-function-elimination"
// What shares sequences of code, and what puts the functions that it makes where they are short to call.
#define SHARING "outline,reorder-functions"

typedef struct optimizing {
    wr_wasm_opt_session *s;
    const wr_wasm_opt_step *step;
    wring_options *options;
    wring_job *job;
    bool sharing; // the second run of a step that shares cold code
} optimizing;

static void check_set(optimizing *o, wring_status status) {
    if (status == WRING_OK) return;
    const char *error = wring_options_error(o->options);
    wr_throw(o->s->env, (wr_status)status, WR_NO_OFFSET, "%s", *error ? error : wring_status_text(status));
}

static void set(optimizing *o, const char *name, const char *value) {
    check_set(o, wring_options_set(o->options, name, value));
}

static bool contains(wr_slice module, const char *text) {
    return memmem(module.p, module.n, text, strlen(text)) != NULL;
}

// Exports that tell emcc about JavaScript in C, and its text, have been read by then. Older versions leave
// them to another tool, which for side modules keeps them.
static void post_emscripten(optimizing *o) {
    wr_wasm_opt_session *s = o->s;
    if (!contains(s->module, "__em_") && !contains(s->module, "__start_em_")) return;
    if (wr_real_tool_wasm_opt_version(true) < EM_JS_SINCE) return;
    bool side = wr_wasm_opt_pass_arg(s->line, "post-emscripten-side-module") != NULL;
    s->module = wr_em_js_clear(s->env, s->module, side);
    set(o, "remove-exports",
        "__start_em_js,__stop_em_js,__start_em_lib_deps,__stop_em_lib_deps,__em_lib_deps_*");
    if (!side) set(o, "remove-exports", "__start_em_asm,__stop_em_asm,__em_js__*");
}

static void set_passes(optimizing *o, const char *list, bool *given) {
    if (!*list) return;
    if (!*given) set(o, "passes", "strip,exports");
    *given = true;
    set(o, "passes", list);
}

static void set_items(optimizing *o) {
    bool given = false;
    set(o, "allow-missing-exports", NULL);
    set(o, "allow-no-exports", NULL);
    if (o->sharing) {
        set_passes(o, SHARING, &given);
        set(o, "O", "s");
        return;
    }
    for (size_t i = 0; i < o->step->nitems; i++) {
        const wr_wasm_opt_item *item = &o->step->items[i];
        switch (item->flag->kind) {
        case WR_WASM_OPT_PASS:
            if (!o->step->level) set_passes(o, item->flag->what, &given);
            break;
        case WR_WASM_OPT_REMOVE_EXPORTS: set(o, "remove-exports", item->value ? item->value : ""); break;
        case WR_WASM_OPT_NO_INLINE: set(o, "skip-pass", item->flag->what); break;
        case WR_WASM_OPT_POST_EMSCRIPTEN: post_emscripten(o); break;
        default: break;
        }
    }
    set(o, "O", o->step->level ? o->step->level : "0");
}

static void set_line(optimizing *o) {
    const wr_wasm_opt_line *line = o->s->line;
    for (size_t i = 0; i < line->nlibrary; i++) set(o, line->library[i]->what, NULL);
    for (size_t i = 0; i < wr_wasm_opt_nflags; i++)
        if (line->allowed[i] && *wr_wasm_opt_flags[i].what && !o->step->after_real)
            set(o, "allow", wr_wasm_opt_flags[i].what);
    for (size_t i = 0; i < line->nskipped; i++)
        if (line->skipped[i]->kind == WR_WASM_OPT_PASS) set(o, "skip-pass", line->skipped[i]->what);
    const char *cores = getenv("BINARYEN_CORES"), *objective = getenv("WRING_FOR");
    if (objective && *objective) set(o, "for", objective);
    if (cores && atoi(cores) > 0) set(o, "jobs", cores);
}

// --- Asyncify ---

static void spare_for_asyncify(optimizing *o) {
    static const char *const lists[] = {"asyncify-onlylist", "asyncify-addlist", "asyncify-removelist",
                                        "asyncify-whitelist", "asyncify-blacklist"};
    set(o, "skip-pass", NOT_BEFORE_ASYNCIFY);
    for (size_t i = 0; i < WR_COUNT(lists); i++)
        if (wr_wasm_opt_pass_arg(o->s->line, lists[i])) set(o, "skip-pass", NOT_BEFORE_LISTS);
}

static void set_asyncify(optimizing *o) {
    const wr_wasm_opt_line *line = o->s->line;
    set(o, "asyncify", NULL);
    for (size_t i = 0; i < line->npass_args; i++)
        if (!strncmp(line->pass_args[i], "asyncify-", strlen("asyncify-")))
            set(o, "asyncify", line->pass_args[i]);
}

// With asyncify-verbose, the reasons why functions were rewritten.
static void print_reasons(optimizing *o) {
    const char *note;
    for (size_t i = 0; (note = wring_note(o->job, i)); i++)
        if (!strncmp(note, "[asyncify]", strlen("[asyncify]"))) wr_put_format(&o->s->printed, "%s\n", note);
}

// --- One run of the library ---

static bool is_last(const wr_wasm_opt_session *s, const wr_wasm_opt_step *step) {
    return step == &s->plan->steps[s->plan->nsteps - 1];
}

// Names are there for the steps to come, and in the end if the line wants them.
static bool keeps_names(const wr_wasm_opt_session *s, const wr_wasm_opt_step *step) {
    return s->line->names || !is_last(s, step);
}

static void optimize(wr_env *env, void *arg) {
    optimizing *o = arg;
    wr_wasm_opt_session *s = o->s;
    set_items(o);
    set_line(o);
    if (keeps_names(s, o->step)) set(o, "debug-names", NULL);
    if (!s->strip_producers) set(o, "keep-section", "producers");
    if (!s->strip_features) set(o, "keep-section", "target_features");
    if (o->step->for_asyncify) spare_for_asyncify(o);
    if (o->step->asyncify && !o->sharing) set_asyncify(o);
    check_set(o, wr_line_debug_set(env, &s->debug, s->module, o->options));
    o->job = wring_job_new(o->options);
    if (!o->job) wr_throw(env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    s->module = wr_line_debug_run(env, &s->debug, o->job, s->module);
    print_reasons(o);
}

static void run_library(wr_wasm_opt_session *s, const wr_wasm_opt_step *step, bool sharing) {
    optimizing o = {.s = s, .step = step, .options = wring_options_new(), .sharing = sharing};
    if (!o.options) wr_throw(s->env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    wr_status status = wr_try(s->env, optimize, &o);
    wr_diag diag = s->env->diag;
    wring_job_free(o.job);
    wring_options_free(o.options);
    if (status != WR_OK) wr_rethrow(s->env, &diag);
}

static void do_optimize(wr_wasm_opt_session *s, const wr_wasm_opt_step *step) {
    run_library(s, step, false);
    if (step->share_cold) run_library(s, step, true);
}

// --- Sections ---

static void note_strip(wr_wasm_opt_session *s, const char *what) {
    s->strip_producers |= !strcmp(what, "producers");
    s->strip_features |= !strcmp(what, "target_features");
}

static void drop_sections(wr_wasm_opt_session *s, const char *list) {
    char pattern[64];
    for (; *list; list += *list == ',') {
        size_t n = strcspn(list, ",");
        snprintf(pattern, sizeof pattern, "%.*s", (int)n, list);
        wr_wasm_opt_replace(s, wr_sections_without(s->env, s->module, pattern));
        list += n;
    }
}

static void do_sections(wr_wasm_opt_session *s, const wr_wasm_opt_step *step) {
    for (size_t i = 0; i < step->nitems; i++) {
        const wr_wasm_opt_flag *flag = step->items[i].flag;
        if (flag->kind == WR_WASM_OPT_KEEP) s->strip_features = false;
        if (flag->kind != WR_WASM_OPT_STRIP) continue;
        note_strip(s, flag->what);
        drop_sections(s, flag->what);
    }
}

// --- Names and maps ---

static void do_minify(wr_wasm_opt_session *s, const char *what) {
    wr_minify how = {.exports = strcmp(what, "imports") != 0,
                     .modules = !strcmp(what, "modules"),
                     .json = wr_real_tool_wasm_opt_version(true) >= JSON_SINCE};
    wr_wasm_opt_replace(s, wr_minify_names(s->env, s->module, &how, &s->printed));
}

static void do_function_map(wr_wasm_opt_session *s, const char *path) {
    const char *by_pass_arg = wr_wasm_opt_pass_arg(s->line, "symbolmap");
    if (!path) path = by_pass_arg;
    if (!path || !*path) {
        wr_function_map_list(s->env, s->module, &s->printed);
        return;
    }
    wr_buf list = wr_buf_in(&s->env->perm);
    wr_function_map_list(s->env, s->module, &list);
    int error = wr_file_write(path, wr_buf_slice(&list));
    if (error) wr_throw(s->env, WR_IO, WR_NO_OFFSET, "cannot write %s: %s", path, strerror(error));
}

// --- A real wasm-opt ---

// A level as the two numbers --optimize-level and --shrink-level.
static void put_level(const char *level, const char **words, size_t *n) {
    static const char *const optimize[] = {"--optimize-level=0", "--optimize-level=1", "--optimize-level=2",
                                           "--optimize-level=3"};
    bool by_number = *level >= '0' && *level <= '3';
    words[(*n)++] = optimize[by_number ? *level - '0' : 2];
    words[(*n)++] = by_number ? "--shrink-level=0" : *level == 's' ? "--shrink-level=1" : "--shrink-level=2";
}

// A pass argument belongs to every step, unless its key is a pass of another one.
static bool is_for_step(const wr_wasm_opt_step *step, const char *arg) {
    const wr_wasm_opt_flag *flag = wr_wasm_opt_find_flag(arg, strcspn(arg, "@"));
    bool is_pass = flag && flag->argument && flag->argument[0] == '[';
    for (size_t i = 0; is_pass && i < step->nitems; i++)
        if (step->items[i].flag == flag) return true;
    return !is_pass;
}

static void do_real(wr_wasm_opt_session *s, const wr_wasm_opt_step *step) {
    const wr_wasm_opt_line *line = s->line;
    wr_arena *arena = &s->env->perm;
    const char **words =
        WR_NEW(arena, const char *, step->nitems + line->noptions + 2 * line->npass_args + 4);
    size_t n = 0;
    if (keeps_names(s, step)) words[n++] = "-g";
    if (step->level) put_level(step->level, words, &n);
    for (size_t i = 0; i < step->nitems; i++) words[n++] = step->items[i].word;
    for (size_t i = 0; i < line->noptions; i++) words[n++] = line->options[i];
    for (size_t i = 0; i < line->npass_args; i++) {
        if (!is_for_step(step, line->pass_args[i])) continue;
        words[n++] = "--pass-arg";
        words[n++] = line->pass_args[i];
    }
    s->module =
        wr_wasm_opt_run_real(s, s->module, n, words, step->items[0].word, wr_line_debug_has_map(&s->debug));
}

void wr_wasm_opt_do_step(wr_wasm_opt_session *s, size_t index) {
    const wr_wasm_opt_step *step = &s->plan->steps[index];
    wr_arena_reset(&s->env->temp);
    switch (step->kind) {
    case WR_STEP_SECTIONS: do_sections(s, step); break;
    case WR_STEP_OPTIMIZE:
        do_sections(s, step);
        do_optimize(s, step);
        break;
    case WR_STEP_MINIFY: do_minify(s, step->items[0].flag->what); break;
    case WR_STEP_FUNCTION_MAP: do_function_map(s, step->items[0].value); break;
    case WR_STEP_REAL: do_real(s, step); break;
    }
}
