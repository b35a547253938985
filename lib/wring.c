// The public functions: objects, limits and results around the work in job.c.
#include "wring.h"

#include <stdlib.h>
#include <string.h>

#include "job.h"

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

const char *wring_version(void) {
    return TEXT(WRING_VERSION_MAJOR) "." TEXT(WRING_VERSION_MINOR) "." TEXT(WRING_VERSION_PATCH);
}

const char *wring_status_text(wring_status status) {
    switch (status) {
    case WRING_OK: return "done";
    case WRING_USAGE: return "bad usage";
    case WRING_BAD_INPUT: return "bad input";
    case WRING_IO: return "cannot read or write";
    case WRING_INTERNAL: return "internal error";
    case WRING_NOMEM: return "out of memory";
    case WRING_CANCELLED: return "cancelled";
    case WRING_TIMEOUT: return "out of time";
    }
    return "unknown status";
}

wring_job *wring_job_new(const wring_options *options) {
    wring_job *job = calloc(1, sizeof *job);
    if (job) job->config = &options->config;
    return job;
}

static void forget_results(wring_job *job) {
    if (job->has_pool) wr_pool_free(&job->pool);
    job->has_pool = false;
    job->rewritten = NULL;
    job->output = job->source_map = job->symbols = job->weighed = (wr_slice){0};
    job->dump_func = job->core_module = WR_NONE;
    job->profiled = false;
    job->calls = NULL;
    job->fraction = 0;
    job->timings.v = NULL, job->timings.n = job->timings.cap = 0;
    job->notes.v = NULL, job->notes.n = job->notes.cap = 0;
    job->changed.v = NULL, job->changed.n = job->changed.cap = 0;
    job->diag = (wr_diag){.offset = WR_NO_OFFSET, .func = WR_NONE};
}

void wring_job_free(wring_job *job) {
    if (!job) return;
    forget_results(job);
    free(job);
}

void wring_job_on_progress(wring_job *job, wring_progress_fn progress, void *user) {
    job->progress = progress;
    job->progress_user = user;
}

void wring_job_on_dump(wring_job *job, wring_dump_fn dump, void *user) {
    job->dump = dump;
    job->dump_user = user;
}

void wring_job_on_snapshot(wring_job *job, wring_snapshot_fn snapshot, void *user) {
    job->snapshot = snapshot;
    job->snapshot_user = user;
}

void wring_job_on_find_map(wring_job *job, wring_find_map_fn find, void *user) {
    job->find_map = find;
    job->find_map_user = user;
}

void wr_job_set_body_store(wring_job *job, const struct wr_body_store *store) { job->body_store = store; }

void wr_job_free_scratch(wring_job *job) {
    for (unsigned i = 0; job->has_pool && i < job->pool.jobs; i++) {
        wr_arena_free(&job->pool.envs[i].code);
        wr_arena_free(&job->pool.envs[i].pass);
        wr_arena_free(&job->pool.envs[i].temp);
    }
}

void wring_cancel(wring_job *job) { atomic_store(&job->shared.cancelled, true); }

static void set_limits(wring_job *job) {
    wr_shared *shared = &job->shared;
    atomic_store(&shared->mem_used, 0);
    atomic_store(&shared->mem_peak, 0);
    atomic_store(&shared->cancelled, false);
    atomic_store(&shared->fail_after, job->fail_after);
    shared->mem_limit = job->config->memory_limit;
    double limit = job->config->time_limit;
    shared->deadline_ns = limit > 0 ? wr_now_ns() + (uint64_t)(limit * 1e9) : 0;
}

wring_status wr_job_run(wring_job *job, const void *module, size_t size, void (*work)(wr_env *, void *)) {
    forget_results(job);
    set_limits(job);
    job->input = job->original = wr_slice_of(module, size);
    if (wr_pool_init(&job->pool, &job->shared, job->config->jobs) != WR_OK) {
        job->diag = (wr_diag){
            .status = WR_NOMEM, .offset = WR_NO_OFFSET, .func = WR_NONE, .message = "out of memory"};
        return WRING_NOMEM;
    }
    job->has_pool = true;
    wr_env *env = wr_main_env(&job->pool);
    wr_status status = wr_try(env, work, job);
    if (status == WR_OK && job->progress) job->progress(job->progress_user, "done", 1);
    if (status != WR_OK) {
        job->diag = env->diag;
        job->output = (wr_slice){0};
    }
    return (wring_status)status;
}

wring_status wring_optimize(wring_job *job, const void *module, size_t size) {
    return wr_job_run(job, module, size, wr_job_optimize);
}

wring_status wring_instrument(wring_job *job, const void *module, size_t size) {
    return wr_job_run(job, module, size, wr_job_instrument);
}

wring_status wring_validate(wring_job *job, const void *module, size_t size) {
    return wr_job_run(job, module, size, wr_job_validate);
}

const void *wring_output(const wring_job *job, size_t *size) {
    *size = job->output.n;
    return job->output.p;
}

const void *wring_source_map(const wring_job *job, size_t *size) {
    *size = job->source_map.n;
    return job->source_map.p;
}

const void *wring_symbols(const wring_job *job, size_t *size) {
    *size = job->symbols.n;
    return job->symbols.p;
}

wring_diagnostic wring_last_diagnostic(const wring_job *job) {
    return (wring_diagnostic){(wring_status)job->diag.status, job->diag.offset, job->diag.func,
                              job->diag.message};
}

const char *wring_note(const wring_job *job, size_t index) {
    return index < job->notes.n ? job->notes.v[index] : NULL;
}

int wring_changed_memory(const wring_job *job, size_t index, wring_memory_change *change) {
    if (index >= job->changed.n) return 0;
    const wr_memory_change *c = &job->changed.v[index];
    *change = (wring_memory_change){
        (wring_change_kind)c->kind, c->memory, c->at, c->size, c->to, c->table, c->limit};
    return 1;
}

int wring_job_timing(const wring_job *job, size_t index, wring_timing *timing) {
    if (index >= job->timings.n) return 0;
    *timing = job->timings.v[index];
    return 1;
}

size_t wring_job_peak_memory(const wring_job *job) { return atomic_load(&job->shared.mem_peak); }

// --- Passes ---

int wring_pass(size_t index, wring_pass_info *info) {
    if (index >= wr_pass_count) return 0;
    const wr_pass *pass = &wr_passes[index];
    *info = (wring_pass_info){pass->name, pass->summary, pass->scope_text, wr_pass_level_text(pass)};
    return 1;
}
