// Compares components core module by core module. See verify_component.h.
//
// wring writes core modules in the order of the input, may leave some out, and makes one of identical ones.
// So the counterpart of a core module is the first one, behind the counterpart of the one before it, that has
// all its exports and imports. Both are run with imports defined of which the component says what they are:
// so values that another core module supplies are these, not invented ones, and what never returns ends the
// run.
#include "verify_component.h"

#include <stdio.h>

#include "component/component.h"
#include "ir/asm.h"
#include "ir/decode/decode.h"
#include "lib/component_job.h"

typedef struct comparison {
    wr_verify *v;
    wr_slice before, after;
    wr_verdict verdict;
    char report[sizeof((wr_verify *)0)->report];
    size_t length; // of the report
} comparison;

static void add_line(comparison *c, uint32_t number, const char *text) {
    size_t left = sizeof c->report - c->length;
    int n = snprintf(c->report + c->length, left, "%score module %u: %.200s", c->length ? "\n" : "", number,
                     text);
    if (n > 0) c->length += (size_t)n < left ? (size_t)n : left - 1;
}

static bool exports(const wr_module *m, wr_slice name) {
    for (uint32_t i = 0; i < m->nexports; i++)
        if (wr_slice_eq(m->exports[i].name, name)) return true;
    return false;
}

static bool may_become(const wr_module *before, const wr_module *after) {
    if (after->nexports > before->nexports || after->nimports > before->nimports) return false;
    for (uint32_t i = 0; i < after->nexports; i++)
        if (!exports(before, after->exports[i].name)) return false;
    return true;
}

// The number of the counterpart, from `next` on; WR_NONE if there is none.
static uint32_t find_counterpart(wr_env *env, const wr_component_file *before, uint32_t next,
                                 wr_slice after) {
    wr_module a, b;
    wr_decode_module(env, after, &b);
    for (; next < before->modules.n; next++) {
        wr_decode_module(env, before->modules.v[next].bytes, &a);
        if (may_become(&a, &b)) return next;
    }
    return WR_NONE;
}

// The module with these imports defined; as it is, if it has none of them or that fails.
static wr_slice define_imports(wr_env *env, wr_slice module, wr_known_imports *known) {
    size_t n;
    wring_options *options = wring_options_new();
    bool set = options && wring_options_set(options, "O", "0") == WRING_OK;
    wring_job *job = set ? wring_job_new(options) : NULL;
    wr_slice out = module;
    if (job && known->list.n) {
        job->rewriting = (wr_rewriting){"known-imports", wr_known_imports_define, known};
        if (wring_optimize(job, module.p, module.n) == WRING_OK) {
            const void *bytes = wring_output(job, &n);
            out = wr_slice_copy(&env->perm, wr_slice_of(bytes, n));
        }
    }
    wring_job_free(job);
    wring_options_free(options);
    return out;
}

// Functions that never return trap, so that nothing of what is behind their calls is run.
static void trap_instead(wr_known_imports *known) {
    for (uint32_t i = 0; i < known->list.n; i++) {
        wr_known_import *import = &known->list.v[i];
        if (import->kind != WR_KNOWN_NORETURN) continue;
        import->kind = WR_KNOWN_BODY;
        import->code = wr_asm_trap_body();
    }
}

// One that differs decides; one that can't be run is only told of, unless none can be.
static void compare_one(wr_env *env, comparison *c, uint32_t number, wr_known_imports *known, wr_slice before,
                        wr_slice after) {
    trap_instead(known);
    wr_verdict verdict =
        wr_verify_run(c->v, define_imports(env, before, known), define_imports(env, after, known));
    add_line(c, number, c->v->report);
    if (verdict == WR_DIFFERENT || c->verdict == WR_NO_ANSWER) c->verdict = verdict;
}

static void compare_all(wr_env *env, void *arg) {
    comparison *c = arg;
    wr_component_file before, after;
    wr_known_imports *known = wr_component_job_known(env, c->before, &before);
    wr_component_decode(env, c->after, &after);
    for (uint32_t i = 0, next = 0; i < after.modules.n && c->verdict != WR_DIFFERENT; i++, next++) {
        next = find_counterpart(env, &before, next, after.modules.v[i].bytes);
        if (next == WR_NONE) {
            c->verdict = WR_DIFFERENT;
            add_line(c, i, "different: no core module before has all its exports");
            return;
        }
        compare_one(env, c, i, &known[next], before.modules.v[next].bytes, after.modules.v[i].bytes);
    }
    if (!after.modules.n) c->verdict = WR_SAME;
}

static wr_verdict compare_components(wr_verify *v, wr_slice before, wr_slice after) {
    comparison c = {.v = v, .before = before, .after = after, .verdict = WR_NO_ANSWER};
    wr_shared shared = {0};
    wr_env env;
    v->job = NULL; // what it declares is not told by core module
    v->some_exports = true;
    wr_env_init(&env, &shared);
    if (wr_try(&env, compare_all, &c) != WR_OK) {
        c.verdict = WR_NO_ANSWER;
        add_line(&c, 0, env.diag.message);
    }
    wr_env_free(&env);
    memcpy(v->report, c.report, sizeof v->report);
    return c.verdict;
}

wr_verdict wr_verify_files(wr_verify *v, wr_slice before, wr_slice after) {
    bool is_component = wr_component_recognize(before);
    if (is_component && wr_component_recognize(after)) return compare_components(v, before, after);
    if (is_component == wr_component_recognize(after)) return wr_verify_run(v, before, after);
    snprintf(v->report, sizeof v->report, "different: one is a component, the other a module");
    return WR_DIFFERENT;
}
