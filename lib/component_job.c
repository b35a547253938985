// The job of a component. Core modules are optimized one after another, each in a pool of its own that is
// freed afterwards. A module comes before those that it imports from: what it no longer imports, they need no
// longer export.
//
//   component ── decode ──> core modules; for each: mark what is used ── its job ──> smaller module
//       └─────── mark again, write only what is live ── decode, check names ──> the smaller component
//
// That exports of a core module are unused is no assumption here: the component itself says so. It also says
// which other module's export an import is, and so what it is if that export is a constant or a function that
// does nothing or never returns. A module may lose exports after it had its turn, where instances of two
// modules use each other; then it has another one.
#include "component_job.h"

#include <stdio.h>

#include "component/component_lookup.h"
#include "component/component_uses.h"
#include "component/component_write.h"
#include "component_known.h"
#include "stages.h"

#define MOST_MARKING (64u << 20) // limit on definitions visited to mark anew before each core module
#define MOST_ROUNDS 3            // turns that a core module has

typedef struct component_job {
    wring_job *job;
    wr_env *env;
    wr_component_file file;
    wr_component_uses uses;
    wr_slice *made;          // by core module: its current bytes
    wr_known_imports *known; // by core module; NULL: nothing is known
    uint32_t *unused;        // by core module: exports that its last turn left, although nobody uses them
    bool remove;             // whether to remove definitions that nothing needs
    uint64_t done;           // bytes of core modules done so far
} component_job;

// --- One core module ---

typedef struct module_job {
    component_job *whole;
    wring_job sub;
    uint64_t bytes;
} module_job;

static int report_progress(void *user, const char *stage, double fraction) {
    const module_job *mj = user;
    const wring_job *job = mj->whole->job;
    double done = ((double)mj->whole->done + fraction * (double)mj->bytes) / (double)job->input.n;
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

static void add_notes(component_job *cj, const wring_job *sub, uint32_t module) {
    char text[700];
    for (uint32_t i = 0; i < sub->notes.n; i++) {
        snprintf(text, sizeof text, "core module %u: %.640s", module, sub->notes.v[i]);
        wr_stage_note(cj->job, text);
    }
}

typedef struct taking {
    component_job *cj;
    const wring_job *sub;
    uint32_t module;
} taking;

// Copies the results of a core module's job before its pool is freed.
static void take_results(wr_env *env, void *arg) {
    taking *t = arg;
    t->cj->made[t->module] = wr_slice_copy(&env->perm, t->sub->output);
    for (uint32_t i = 0; i < t->sub->timings.n; i++)
        add_timing(t->cj->job, &env->perm, &t->sub->timings.v[i]);
    add_notes(t->cj, t->sub, t->module);
}

static void run_module(component_job *cj, uint32_t module, const wr_config *config,
                       const wr_rewriting *rewriting, void (*work)(wr_env *, void *)) {
    wring_job *job = cj->job;
    wr_slice bytes = cj->made[module];
    module_job mj = {.whole = cj, .bytes = bytes.n};
    mj.sub = (wring_job){.config = config, .input = bytes, .dump = job->dump, .dump_user = job->dump_user};
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
    if (work == wr_job_optimize) cj->done += bytes.n;
    if (status == WR_OK) return;
    if (diag.offset != WR_NO_OFFSET) diag.offset += cj->file.modules.v[module].offset;
    char text[sizeof diag.message];
    memcpy(text, diag.message, sizeof text);
    snprintf(diag.message, sizeof diag.message, "core module %u: %.200s", module, text);
    wr_rethrow(cj->env, &diag);
}

static bool is_any_known(const component_job *cj, uint32_t module) {
    const wr_core_face *face = &cj->uses.faces[module];
    for (uint32_t i = 0; cj->known && i < face->nimports; i++)
        if (wr_known_imports_any(&cj->known[module], face->imports[i].module, face->imports[i].name))
            return true;
    return false;
}

static uint32_t count_unused(const wr_core_face *face) {
    uint32_t n = 0;
    for (uint32_t i = 0; !face->open && i < face->nexports; i++) n += !face->exports[i].used;
    return n;
}

static void optimize_module(component_job *cj, uint32_t module) {
    const wr_core_face *face = &cj->uses.faces[module];
    wr_config config = *cj->job->config;
    bool *used = WR_NEW(&cj->env->perm, bool, face->nexports);
    uint32_t nused = face->nexports - count_unused(face);
    for (uint32_t i = 0; i < face->nexports; i++) used[i] = face->exports[i].used;
    if (!face->open) config.used_exports = used;
    config.keep_exports = config.remove_exports = (wr_patterns){0};
    config.profile = NULL;
    config.renamed = (wr_patterns){0}; // noted once for the whole component
    wr_rewriting rewriting = {"known-imports", wr_known_imports_define, NULL};
    bool any = is_any_known(cj, module);
    if (any) {
        cj->known[module].cut_behind_calls = config.level >= WR_L2;
        rewriting.user = &cj->known[module];
    }
    run_module(cj, module, &config, any ? &rewriting : NULL, wr_job_optimize);
    wr_component_read_face(cj->env, cj->made[module], &cj->uses.faces[module]);
    cj->uses.faces[module].same_as = module;
    cj->unused[module] = face->nexports - nused;
}

// --- All core modules ---

static void read_faces(component_job *cj) {
    for (uint32_t i = 0; i < cj->file.modules.n; i++) {
        const wr_core_module *module = &cj->file.modules.v[i];
        if (wr_component_recognize(module->bytes))
            wr_throw(cj->env, WR_BAD_INPUT, module->offset, "expected a core module here, found a component");
        wr_component_read_face(cj->env, cj->made[i], &cj->uses.faces[i]);
    }
}

// Finds core modules of one component with identical bytes.
static void find_same(component_job *cj) {
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

static bool may_mark_each_time(const component_job *cj) {
    uint64_t n = 0;
    for (uint32_t i = 0; i < cj->file.components.n; i++)
        n += cj->file.components.v[i]->defs.n + cj->file.components.v[i]->refs.n;
    return n * cj->file.modules.n <= MOST_MARKING;
}

static void check_module(void *user, uint32_t module) {
    component_job *cj = user;
    run_module(cj, module, cj->job->config, NULL, wr_job_validate);
}

// Gives each core module a turn, or in later rounds each that needs one. Returns whether any had one.
static bool run_round(component_job *cj, const uint32_t *order, bool is_first, bool each_time) {
    bool any = false;
    for (uint32_t i = 0; i < cj->file.modules.n; i++) {
        uint32_t module = order[i];
        if (cj->uses.faces[module].same_as != module) continue; // the first one represents it
        if (any && each_time) wr_component_mark(cj->env, &cj->uses, cj->remove);
        if (!is_first && count_unused(&cj->uses.faces[module]) <= cj->unused[module]) continue;
        optimize_module(cj, module);
        any = true;
    }
    return any;
}

static void optimize_modules(component_job *cj) {
    bool each_time = may_mark_each_time(cj), go_on = true;
    const uint32_t *order = wr_component_order(cj->env, &cj->uses);
    wr_component_mark(cj->env, &cj->uses, cj->remove);
    if (cj->remove) cj->known = wr_component_known(cj->env, &cj->uses, check_module, cj);
    for (unsigned round = 0; go_on && round < (cj->remove ? MOST_ROUNDS : 1); round++) {
        if (round) wr_component_mark(cj->env, &cj->uses, cj->remove);
        go_on = run_round(cj, order, round == 0, each_time);
    }
    for (uint32_t i = 0; i < cj->file.modules.n; i++) cj->made[i] = cj->made[cj->uses.faces[i].same_as];
}

static void open_component(component_job *cj, wr_env *env, wring_job *job, wr_slice input) {
    *cj = (component_job){.job = job, .env = env};
    cj->remove = !job->config->passes.given && job->config->level != WR_L0;
    wr_component_decode(env, input, &cj->file);
    uint32_t n = cj->file.modules.n;
    cj->uses = (wr_component_uses){.file = &cj->file, .faces = WR_NEW0(&env->perm, wr_core_face, n)};
    cj->made = WR_NEW(&env->perm, wr_slice, n);
    cj->unused = WR_NEW0(&env->perm, uint32_t, n);
    for (uint32_t i = 0; i < n; i++) cj->made[i] = cj->file.modules.v[i].bytes;
    read_faces(cj);
    find_same(cj);
}

// --- The output ---

static bool keeps_section(const void *user, wr_slice name) { return wr_strip_keeps(user, name); }

static void check_output(wr_env *env, void *arg) {
    wring_job *job = arg;
    component_job cj;
    open_component(&cj, env, job, job->output);
    wr_component_mark(env, &cj.uses, false);
}

// Checks the component around the core modules, which their jobs validated already.
static void require_sound(wr_env *env, wring_job *job) {
    wr_status status = wr_try(env, check_output, job);
    if (status == WR_OK) return;
    wr_diag diag = env->diag;
    if (status == WR_BAD_INPUT) diag.status = WR_INTERNAL;
    wr_rethrow(env, &diag);
}

static void note_what_does_not_apply(wring_job *job) {
    const wr_config *config = job->config;
    if (config->keep_exports.given || config->remove_exports.given)
        wr_stage_note(job,
                      "the lists of exports were not used: which exports of its core modules a component "
                      "uses, it says itself");
    if (config->profile)
        wr_stage_note(job, "the profile was not used: profiles are of core modules, not of components");
}

void wr_component_job_optimize(wr_env *env, wring_job *job) {
    component_job cj;
    if (job->config->emit_text)
        wr_throw(env, WR_USAGE, WR_NO_OFFSET,
                 "only modules are written as text, not components (wasm-tools print does that)");
    note_what_does_not_apply(job);
    open_component(&cj, env, job, job->input);
    optimize_modules(&cj);
    read_faces(&cj);
    find_same(&cj);
    wr_component_mark(env, &cj.uses, cj.remove);
    wr_component_output output = {
        .uses = &cj.uses, .modules = cj.made, .keeps_section = keeps_section, .user = job->config};
    wr_slice out = wr_component_write(env, &output);
    job->output = out;
    require_sound(env, job);
    if (out.n >= job->input.n) job->output = wr_slice_copy(&env->perm, job->input);
}

void wr_component_job_validate(wr_env *env, wring_job *job) {
    component_job cj;
    open_component(&cj, env, job, job->input);
    wr_component_mark(env, &cj.uses, false);
    for (uint32_t i = 0; i < cj.file.modules.n; i++) run_module(&cj, i, job->config, NULL, wr_job_validate);
}

wr_known_imports *wr_component_job_known(wr_env *env, wr_slice component, wr_component_file *file) {
    wr_config config = {.level = WR_L2};
    wring_job job = {.config = &config};
    component_job cj;
    open_component(&cj, env, &job, component);
    wr_component_mark(env, &cj.uses, cj.remove);
    wr_known_imports *known = wr_component_known(env, &cj.uses, NULL, NULL);
    for (uint32_t i = 0; i < cj.file.modules.n; i++) known[i] = known[cj.uses.faces[i].same_as];
    *file = cj.file;
    return known;
}
