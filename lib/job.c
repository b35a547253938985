// The work of a job: decode, validate, passes, layout, encode, validate again; the smaller of input and output wins.
#include "job.h"

#include "ir/decode.h"
#include "ir/dump.h"
#include "ir/encode.h"
#include "ir/validate.h"
#include "passes/declare.h"

// --- Times and progress ---

// What passes work to shrink.
static uint64_t measure(const wr_module *m) {
    uint64_t n = 0;
    for (uint32_t i = 0; i < m->nfuncs; i++)
        if (m->funcs[i].live) n += m->funcs[i].body.n;
    for (uint32_t i = 0; i < m->ndatas; i++)
        if (m->datas[i].live) n += m->datas[i].bytes.n;
    return n;
}

typedef struct stage {
    wring_job *job;
    const wr_module *m; // NULL while there is none to measure
    wring_timing timing;
    uint64_t start;
} stage;

static stage begin_stage(wring_job *job, const char *name, const wr_module *m, double fraction) {
    wr_env *env = wr_main_env(&job->pool);
    wr_check(env);
    if (job->progress && !job->progress(job->progress_user, name, fraction))
        wr_throw(env, WR_CANCELLED, WR_NO_OFFSET, "cancelled");
    stage s = {.job = job, .m = m, .timing = {.name = name}, .start = wr_now_ns()};
    if (m) s.timing.bytes_before = measure(m);
    return s;
}

static void end_stage(stage *s) {
    s->timing.seconds = (double)(wr_now_ns() - s->start) / 1e9;
    s->timing.bytes_after = s->m ? measure(s->m) : 0;
    wr_arena *arena = &wr_main_env(&s->job->pool)->perm;
    WR_PUSH(arena, s->job->timings, s->timing);
}

static void keep_note(void *user, const char *text) {
    wring_job *job = user;
    if (job->again) return;
    wr_arena *arena = &wr_main_env(&job->pool)->perm;
    size_t n = strlen(text) + 1;
    char *copy = memcpy(wr_alloc(arena, n), text, n);
    WR_PUSH(arena, job->notes, copy);
}

// --- Stages ---

static void decode_and_validate(wring_job *job, wr_slice input, wr_module *m, bool summarize, double fraction) {
    wr_env *env = wr_main_env(&job->pool);
    stage s = begin_stage(job, "decode", NULL, fraction);
    wr_decode_module(env, input, m);
    end_stage(&s);
    wr_arena_reset(&env->temp);
    s = begin_stage(job, "validate", NULL, fraction + 0.05);
    wr_validate(&job->pool, m, summarize);
    end_stage(&s);
    wr_arena_reset(&env->temp);
}

static void dump(wring_job *job, const wr_module *m) {
    wr_env *env = wr_main_env(&job->pool);
    uint32_t func = job->config->dump_func;
    wr_buf text = wr_buf_in(&env->temp);
    if (func == WR_NONE)
        wr_dump_module(env, m, &text);
    else if (func < m->nfuncs)
        wr_dump_func(env, m, func, &text);
    job->dump(job->dump_user, (const char *)text.p, text.n);
}

// Whether the option's value names this pass.
static bool names_pass(const char *option, const wr_pass *pass) { return option && strcmp(option, pass->name) == 0; }

static void run_passes(wring_job *job, wr_module *m) {
    const wr_config *config = job->config;
    wr_env *env = wr_main_env(&job->pool);
    wr_context c = {.pool = &job->pool, .env = env, .m = m, .config = config, .note = keep_note, .note_user = job};
    for (size_t i = 0; i < wr_npasses; i++) {
        const wr_pass *pass = &wr_passes[i];
        if (!wr_pass_enabled(config, pass)) continue;
        stage s = begin_stage(job, pass->name, m, 0.2 + 0.6 * (double)i / (double)wr_npasses);
        pass->run(&c);
        end_stage(&s);
        wr_arena_reset(&env->temp);
        if (job->dump && !job->again && names_pass(config->dump_after, pass)) dump(job, m);
        if (names_pass(config->stop_after, pass)) break;
    }
    wr_declare_references(&c);
    wr_arena_reset(&env->temp);
}

static wr_slice encode(wring_job *job, const wr_module *m) {
    wr_env *env = wr_main_env(&job->pool);
    stage s = begin_stage(job, "encode", NULL, 0.8);
    wr_layout layout;
    wr_make_layout(env, m, &layout);
    wr_arena_reset(&env->temp);
    wr_encode_options options = {.zero_alignment = (job->config->level & (WR_LS | WR_LZ)) != 0};
    wr_slice out = wr_encode_module(&job->pool, m, &layout, &options);
    wr_arena_reset(&env->temp);
    end_stage(&s);
    return out;
}

typedef struct output_check {
    wring_job *job;
    wr_slice out;
} output_check;

static void check_output(wr_env *env, void *arg) {
    (void)env;
    output_check *check = arg;
    wr_module m;
    decode_and_validate(check->job, check->out, &m, false, 0.85);
}

// An output that fails validation is our fault, whatever the validator says.
static void require_valid(wring_job *job, wr_slice out) {
    wr_env *env = wr_main_env(&job->pool);
    output_check check = {job, out};
    wr_status status = wr_try(env, check_output, &check);
    if (status == WR_OK) return;
    wr_diag diag = env->diag;
    if (status == WR_BAD_INPUT) diag.status = WR_INTERNAL;
    wr_rethrow(env, &diag);
}

// Features of Binaryen's making could be ones that the user's engine lacks.
static void require_features(wr_env *env, uint64_t features, uint64_t allowed) {
    static const char *const names[] = {
#define X(id, text) text,
        WR_FEATURES(X)
#undef X
    };
    uint64_t more = features & ~allowed;
    if (more)
        wr_throw(env, WR_BAD_INPUT, WR_NO_OFFSET, "it uses %s, which the input does not", names[__builtin_ctzll(more)]);
}

wr_slice wr_job_shrink(wring_job *job, wr_slice input) {
    wr_module m;
    decode_and_validate(job, input, &m, true, 0);
    if (job->again)
        require_features(wr_main_env(&job->pool), m.features, job->input_features);
    else
        job->input_features = m.features;
    run_passes(job, &m);
    wr_slice out = encode(job, &m);
    require_valid(job, out);
    return out;
}

void wr_job_optimize(wr_env *env, void *arg) {
    wring_job *job = arg;
    job->again = false;
    wr_slice out = wr_job_shrink(job, job->input);
    if (job->config->with_binaryen) out = wr_job_with_binaryen(job, out);
    job->output = out.n < job->input.n ? out : wr_copy_slice(&env->perm, job->input);
}

void wr_job_validate(wr_env *env, void *arg) {
    wring_job *job = arg;
    (void)env;
    wr_module m;
    decode_and_validate(job, job->input, &m, false, 0);
    job->output = (wr_slice){0};
}
