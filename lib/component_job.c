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

#include "component/component_write.h"
#include "component_known.h"
#include "component_run.h"
#include "stages.h"

#define MOST_MARKING (64u << 20) // limit on definitions visited to mark anew before each core module
#define MOST_ROUNDS 3            // turns that a core module has
#define SECOND_MIN_SAVING 30     // bytes that sharing must save in a second turn

// --- One core module ---

static bool is_any_known(const wr_component_work *cj, uint32_t module) {
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

static bool module_was_made(const wr_component_work *cj, uint32_t module) {
    return cj->made[module].p != cj->file.modules.v[module].bytes.p;
}

// What the first turn shared and merged makes more code alike, of which a second one finds more: 1.2 % of
// StarlingMonkey's bytes, and next to none of the compressed ones. There shorter sequences are shared, too:
// components run on servers more often than they travel. At -Oz only, since it takes as long again, and not
// with a profile, which the second turn would know nothing of.
static bool takes_second_turn(const wr_config *config) {
    return config->level == WR_LZ && config->objective == WR_FOR_BOTH && !config->passes.given &&
           !config->profile;
}

static void optimize_again(wr_component_work *cj, uint32_t module, const wr_config *first) {
    wr_config config = *first;
    config.used_exports = NULL; // those that are left are used
    config.tuning.min_saving = SECOND_MIN_SAVING;
    cj->again = true;
    wr_component_run_module(cj, module, &config, NULL, wr_job_optimize);
    cj->again = false;
}

static void optimize_module(wr_component_work *cj, uint32_t module) {
    const wr_core_face *face = &cj->uses.faces[module];
    wr_config config = *cj->job->config;
    bool *used = WR_NEW(&cj->env->perm, bool, face->nexports);
    uint32_t nused = face->nexports - count_unused(face);
    for (uint32_t i = 0; i < face->nexports; i++) used[i] = face->exports[i].used;
    if (!face->open) config.used_exports = used;
    config.keep_exports = config.remove_exports = (wr_patterns){0};
    if (module_was_made(cj, module)) config.profile = NULL; // which is of the module in the file
    config.renamed = (wr_patterns){0};                      // noted once for the whole component
    wr_rewriting rewriting = {"known-imports", wr_known_imports_define, NULL};
    bool any = is_any_known(cj, module);
    if (any) {
        cj->known[module].cut_behind_calls = config.level >= WR_L2;
        rewriting.user = &cj->known[module];
    }
    wr_component_run_module(cj, module, &config, any ? &rewriting : NULL, wr_job_optimize);
    if (takes_second_turn(&config)) optimize_again(cj, module, &config);
    wr_component_read_face(cj->env, cj->made[module], &cj->uses.faces[module]);
    cj->uses.faces[module].same_as = module;
    cj->unused[module] = face->nexports - nused;
}

// --- All core modules ---

static bool may_mark_each_time(const wr_component_work *cj) {
    uint64_t n = 0;
    for (uint32_t i = 0; i < cj->file.components.n; i++)
        n += cj->file.components.v[i]->defs.n + cj->file.components.v[i]->refs.n;
    return n * cj->file.modules.n <= MOST_MARKING;
}

static void check_module(void *user, uint32_t module) {
    wr_component_work *cj = user;
    wr_component_run_module(cj, module, cj->job->config, NULL, wr_job_validate);
}

// Gives each core module a turn, or in later rounds each that needs one. Returns whether any had one.
static bool run_round(wr_component_work *cj, const uint32_t *order, bool is_first, bool each_time) {
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

static void optimize_modules(wr_component_work *cj) {
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

// --- The output ---

static bool keeps_section(const void *user, wr_slice name) { return wr_strip_keeps(user, name); }

static void note_what_does_not_apply(wring_job *job) {
    const wr_config *config = job->config;
    if (config->keep_exports.given || config->remove_exports.given)
        wr_stage_note(job,
                      "the lists of exports were not used: which exports of its core modules a component "
                      "uses, it says itself");
}

void wr_component_job_optimize(wr_env *env, wring_job *job) {
    wr_component_work cj;
    if (job->config->emit_text)
        wr_throw(env, WR_USAGE, WR_NO_OFFSET,
                 "only modules are written as text, not components (wasm-tools print does that)");
    note_what_does_not_apply(job);
    wr_component_open(&cj, env, job, job->input, !job->config->passes.given && job->config->level != WR_L0);
    optimize_modules(&cj);
    if (job->config->profile && !job->profiled)
        wr_throw(
            env, WR_USAGE, WR_NO_OFFSET,
            "profile: it has none of this component's core modules, or is of another build of them; make "
            "a new one with `wring profile`");
    wr_component_read_faces(&cj);
    wr_component_find_same(&cj);
    wr_component_mark(env, &cj.uses, cj.remove);
    wr_component_output output = {
        .uses = &cj.uses, .modules = cj.made, .keeps_section = keeps_section, .user = job->config};
    wr_slice out = wr_component_write(env, &output);
    job->output = out;
    wr_component_require_sound(env, job);
    if (out.n >= job->input.n) job->output = wr_slice_copy(&env->perm, job->input);
}

void wr_component_job_validate(wr_env *env, wring_job *job) {
    wr_component_work cj;
    wr_component_open(&cj, env, job, job->input, false);
    wr_component_mark(env, &cj.uses, false);
    for (uint32_t i = 0; i < cj.file.modules.n; i++)
        wr_component_run_module(&cj, i, job->config, NULL, wr_job_validate);
}

wr_known_imports *wr_component_job_known(wr_env *env, wr_slice component, wr_component_file *file) {
    wr_config config = {.level = WR_L2};
    wring_job job = {.config = &config};
    wr_component_work cj;
    wr_component_open(&cj, env, &job, component, true);
    wr_component_mark(env, &cj.uses, cj.remove);
    wr_known_imports *known = wr_component_known(env, &cj.uses, NULL, NULL);
    for (uint32_t i = 0; i < cj.file.modules.n; i++) known[i] = known[cj.uses.faces[i].same_as];
    *file = cj.file;
    return known;
}
