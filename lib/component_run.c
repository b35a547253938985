// Opens a component, and runs jobs on its core modules, each in a pool of its own that is freed afterwards.
#include "component_run.h"

#include <stdio.h>

#include "component/component_lookup.h"
#include "stages.h"

typedef struct module_job {
    wr_component_work *whole;
    wring_job sub;
    uint64_t bytes;
} module_job;

static int report_progress(void *user, const char *stage, double fraction) {
    const module_job *mj = user;
    const wring_job *job = mj->whole->job;
    double part = mj->whole->again ? 0 : fraction * (double)mj->bytes;
    double done = ((double)mj->whole->done + part) / (double)job->input.n;
    return job->progress(job->progress_user, stage, done < 1 ? done : 1);
}

// Adds up a pass's timings over all core modules.
static void add_timing(wring_job *job, wr_arena *arena, const wring_timing *t) {
    for (uint32_t i = 0; i < job->timings.n; i++) {
        wring_timing *sum = &job->timings.v[i];
        if (strcmp(sum->name, t->name) != 0) continue;
        sum->seconds += t->seconds;
        sum->bytes_before += t->bytes_before;
        sum->bytes_after += t->bytes_after;
        return;
    }
    WR_PUSH(arena, job->timings, *t);
}

static void add_notes(wr_component_work *cj, const wring_job *sub, uint32_t module) {
    char text[700];
    for (uint32_t i = 0; i < sub->notes.n; i++) {
        snprintf(text, sizeof text, "core module %u: %.640s", module, sub->notes.v[i]);
        wr_stage_note(cj->job, text);
    }
}

typedef struct taking {
    wr_component_work *cj;
    const wring_job *sub;
    uint32_t module;
} taking;

// Copies the results of a core module's job before its pool is freed.
static void take_results(wr_env *env, void *arg) {
    taking *t = arg;
    t->cj->made[t->module] = wr_slice_copy(&env->perm, t->sub->output);
    for (uint32_t i = 0; i < t->sub->timings.n; i++)
        add_timing(t->cj->job, &env->perm, &t->sub->timings.v[i]);
    if (!t->cj->again) add_notes(t->cj, t->sub, t->module);
    t->cj->job->profiled |= t->sub->profiled;
}

void wr_component_run_module(wr_component_work *cj, uint32_t module, const wr_config *config,
                             const wr_rewriting *rewriting, void (*work)(wr_env *, void *)) {
    wring_job *job = cj->job;
    wr_slice bytes = cj->made[module];
    module_job mj = {.whole = cj, .bytes = bytes.n};
    mj.sub = (wring_job){.config = config,
                         .input = bytes,
                         .dump = job->dump,
                         .dump_user = job->dump_user,
                         .core_module = module,
                         .body_store = job->body_store,
                         .weighed = cj->file.modules.v[module].bytes};
    if (rewriting) mj.sub.rewriting = *rewriting;
    if (job->progress) mj.sub.progress = report_progress, mj.sub.progress_user = &mj;
    if (wr_pool_init(&mj.sub.pool, cj->env->shared, config->jobs) != WR_OK)
        wr_throw(cj->env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    wr_env *within = wr_main_env(&mj.sub.pool), *failed = within;
    wr_status status = wr_try(within, work, &mj.sub);
    if (status == WR_OK && mj.sub.output.p) {
        failed = cj->env;
        status = wr_try(cj->env, take_results, &(taking){cj, &mj.sub, module});
    }
    wr_diag diag = failed->diag;
    wr_pool_free(&mj.sub.pool);
    if (work == wr_job_optimize && !cj->again) cj->done += bytes.n;
    if (status == WR_OK) return;
    if (diag.offset != WR_NO_OFFSET) diag.offset += cj->file.modules.v[module].offset;
    char text[sizeof diag.message];
    memcpy(text, diag.message, sizeof text);
    snprintf(diag.message, sizeof diag.message, "core module %u: %.200s", module, text);
    wr_rethrow(cj->env, &diag);
}

void wr_component_read_faces(wr_component_work *cj) {
    for (uint32_t i = 0; i < cj->file.modules.n; i++) {
        const wr_core_module *module = &cj->file.modules.v[i];
        if (wr_component_recognize(module->bytes))
            wr_throw(cj->env, WR_BAD_INPUT, module->offset, "expected a core module here, found a component");
        wr_component_read_face(cj->env, cj->made[i], &cj->uses.faces[i]);
    }
}

void wr_component_find_same(wr_component_work *cj) {
    wr_lookup lookup = {.arena = &cj->env->temp};
    uint32_t n = cj->file.modules.n;
    for (uint32_t i = 0; i < n; i++) {
        const wr_component *owner = cj->file.modules.v[i].component;
        wr_core_face *face = &cj->uses.faces[i];
        face->same_as = i;
        if (!cj->remove) continue;
        wr_core_face *first = wr_lookup_find(&lookup, owner, cj->made[i]);
        if (first)
            face->same_as = first->same_as;
        else
            wr_lookup_add(&lookup, owner, cj->made[i], face);
    }
    wr_arena_reset(&cj->env->temp);
}

void wr_component_open(wr_component_work *cj, wr_env *env, wring_job *job, wr_slice input, bool remove) {
    *cj = (wr_component_work){.job = job, .env = env, .remove = remove};
    wr_component_decode(env, input, &cj->file);
    uint32_t n = cj->file.modules.n;
    cj->uses = (wr_component_uses){.file = &cj->file, .faces = WR_NEW0(&env->perm, wr_core_face, n)};
    cj->made = WR_NEW(&env->perm, wr_slice, n);
    cj->unused = WR_NEW0(&env->perm, uint32_t, n);
    for (uint32_t i = 0; i < n; i++) cj->made[i] = cj->file.modules.v[i].bytes;
    wr_component_read_faces(cj);
    wr_component_find_same(cj);
}

static void check_output(wr_env *env, void *arg) {
    wring_job *job = arg;
    wr_component_work cj;
    wr_component_open(&cj, env, job, job->output, false);
    wr_component_mark(env, &cj.uses, false);
}

void wr_component_require_sound(wr_env *env, wring_job *job) {
    wr_status status = wr_try(env, check_output, job);
    if (status == WR_OK) return;
    wr_diag diag = env->diag;
    if (status == WR_BAD_INPUT) diag.status = WR_INTERNAL;
    wr_rethrow(env, &diag);
}
