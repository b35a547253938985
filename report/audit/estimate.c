// Measures what each pass saves, raw and compressed. Snapshots of the job are compressed in batches of as
// many as there are threads, so that no more are held in memory. The job has threads and limits of its
// own; an error thrown while it runs is kept until it has ended.
#include "estimate.h"

#include "support/hash.h"
#include "support/format.h"

typedef struct step {
    uint32_t row;
    uint64_t bytes, packed;
    uint8_t *copy; // NULL once it is compressed
} step;

typedef struct estimating {
    wr_pool *pool;
    wr_estimate *estimate;
    WR_VEC(step) steps; // the input, then each output that differs from the one before
    uint32_t done;      // steps compressed
    uint64_t hash;      // of the last step
    const char *pass;   // the snapshot in hand
    wr_slice module;
    wr_diag failure;
} estimating;

// --- Steps ---

static void compress_step(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    estimating *e = arg;
    step *s = &e->steps.v[e->done + item];
    s->packed = wr_codec_weigh(env, e->estimate->codec, wr_slice_of(s->copy, s->bytes));
}

static void compress_pending(estimating *e) {
    wr_env *env = wr_main_env(e->pool);
    if (e->estimate->codec == WR_CODEC_RAW) return;
    wr_parallel(e->pool, e->steps.n - e->done, compress_step, e);
    for (; e->done < e->steps.n; e->done++)
        if (e->steps.v[e->done].bytes >= WR_BIG_BLOCK)
            wr_arena_give_back(&env->perm, e->steps.v[e->done].copy);
}

// Row 0 is that of encoding the module anew; the others are passes.
static uint32_t row_of(const char *pass) {
    wring_pass_info info;
    for (uint32_t i = 0; *pass && wring_pass(i, &info); i++)
        if (!strcmp(info.name, pass)) return i + 1;
    return 0;
}

static void add_step(estimating *e, wr_slice module, uint32_t row) {
    wr_env *env = wr_main_env(e->pool);
    uint64_t hash = wr_hash_bytes(module.p, module.n);
    const step *last = e->steps.n ? &e->steps.v[e->steps.n - 1] : NULL;
    if (last && last->bytes == module.n && e->hash == hash) return;
    e->hash = hash;
    step s = {.row = row, .bytes = module.n};
    if (e->estimate->codec != WR_CODEC_RAW) s.copy = (uint8_t *)wr_slice_copy(&env->perm, module).p;
    WR_PUSH(&env->perm, e->steps, s);
    if (e->steps.n - e->done >= e->pool->jobs) compress_pending(e);
}

static void take_snapshot(wr_env *env, void *arg) {
    estimating *e = arg;
    wr_check(env);
    add_step(e, e->module, row_of(e->pass));
}

static int on_snapshot(void *user, const char *pass, const void *module, size_t size) {
    estimating *e = user;
    wr_env *env = wr_main_env(e->pool);
    e->pass = pass;
    e->module = wr_slice_of(module, size);
    if (wr_try(env, take_snapshot, e) == WR_OK) return 1;
    e->failure = env->diag;
    return 0;
}

// What is written in the end may be larger than what the passes left: see lib/transit.h.
static void take_output(wr_env *env, void *arg) {
    estimating *e = arg;
    wring_pass_info info;
    uint32_t row = 1;
    (void)env;
    while (wring_pass(row - 1, &info)) row++;
    add_step(e, e->module, row);
}

static int on_progress(void *user, const char *stage, double fraction) {
    (void)stage, (void)fraction;
    const estimating *e = user;
    return !atomic_load(&wr_main_env(e->pool)->shared->cancelled);
}

// --- The job ---

static void run_job(estimating *e, wr_slice input, const wring_options *options) {
    wr_env *env = wr_main_env(e->pool);
    wring_job *job = wring_job_new(options);
    wring_status status = WRING_NOMEM;
    wr_diag diag = {.status = WR_NOMEM, .offset = WR_NO_OFFSET, .func = WR_NONE, .message = "out of memory"};
    if (job) {
        wring_job_on_snapshot(job, on_snapshot, e);
        wring_job_on_progress(job, on_progress, e);
        status = wring_optimize(job, input.p, input.n);
        wring_diagnostic said = wring_last_diagnostic(job);
        diag = (wr_diag){.status = (wr_status)said.status, .offset = said.offset, .func = said.function};
        snprintf(diag.message, sizeof diag.message, "%s", said.message);
    }
    if (status == WRING_OK) {
        e->module.p = wring_output(job, &e->module.n);
        if (wr_try(env, take_output, e) != WR_OK) e->failure = env->diag;
    }
    wring_job_free(job);
    if (e->failure.status != WR_OK) wr_rethrow(env, &e->failure);
    if (status != WRING_OK) wr_rethrow(env, &diag);
}

static void sum_steps(const estimating *e, wr_estimate_row *rows) {
    for (uint32_t i = 1; i < e->steps.n; i++) {
        const step *s = &e->steps.v[i], *before = s - 1;
        rows[s->row].bytes += (int64_t)s->bytes - (int64_t)before->bytes;
        rows[s->row].packed += (int64_t)s->packed - (int64_t)before->packed;
    }
}

static void publish(const estimating *e) {
    wr_env *env = wr_main_env(e->pool);
    wr_estimate *estimate = e->estimate;
    wring_pass_info info;
    uint32_t n = 1;
    while (wring_pass(n - 1, &info)) n++;
    wr_estimate_row *rows = estimate->rows = WR_NEW0(&env->perm, wr_estimate_row, n + 1);
    sum_steps(e, rows);
    rows[0].pass = "encoding",
    rows[0].summary = "shortest numbers, and short indices for what is named often";
    for (uint32_t i = 1; i < n; i++) {
        wring_pass(i - 1, &info);
        rows[i].pass = info.name, rows[i].summary = info.summary;
    }
    rows[n].pass = "restraint";
    rows[n].summary = "taken back, since it would be larger once it is compressed";
    for (uint32_t i = 0; i <= n; i++)
        if (rows[i].bytes || rows[i].packed) rows[estimate->n++] = rows[i];
    const step *last = &e->steps.v[e->steps.n - 1];
    estimate->bytes = last->bytes, estimate->packed = last->packed;
}

void wr_estimate_passes(wr_pool *pool, wr_slice input, const wring_options *options, wr_codec codec,
                        wr_estimate *estimate) {
    *estimate = (wr_estimate){.codec = codec};
    estimating e = {.pool = pool, .estimate = estimate};
    add_step(&e, input, 0);
    run_job(&e, input, options);
    compress_pending(&e);
    publish(&e);
}

// --- The table ---

void wr_estimate_write(wr_page *page, const wr_estimate *estimate, uint64_t input_bytes) {
    bool packed = estimate->codec != WR_CODEC_RAW;
    wr_page_heading(page, "What `wring -Oz` would do, each pass after those before it; %s bytes remain",
                    wr_format_thousands(estimate->bytes).s);
    if (packed) wr_page_line(page, "  %s compressed", wr_format_thousands(estimate->packed).s);
    wr_sheet sheet = wr_sheet_begin(page, packed ? ">bytes|>share|>compressed|pass" : ">bytes|>share|pass");
    for (uint32_t i = 0; i < estimate->n; i++) {
        const wr_estimate_row *row = &estimate->rows[i];
        wr_sheet_delta(&sheet, row->bytes);
        wr_sheet_share(&sheet, row->bytes < 0 ? (uint64_t)-row->bytes : 0, input_bytes);
        if (packed) wr_sheet_delta(&sheet, row->packed);
        wr_sheet_cell(&sheet, "%s: %s", row->pass, row->summary);
    }
    wr_sheet_end(&sheet);
}
