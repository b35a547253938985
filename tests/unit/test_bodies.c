// What function passes promise the frame that runs them: a body that they say is as it was is, one that they
// changed is whole; and running them in a chain gives what running them one by one gives.
#include <stdlib.h>

#include "ir/decode/decode.h"
#include "ir/validate/validate.h"
#include "lib/job.h"
#include "passes/manager/pass.h"
#include "tests/gen/generate.h"
#include "suite.h"

#define SEEDS 60

// --- One pass on one body ---

static wr_slice encode(wr_env *env, const wr_body *body) {
    wr_buf out = wr_buf_in(&env->temp);
    wr_body_encode(body, &out);
    return wr_buf_slice(&out);
}

static void expect_whole(const wr_body *body, const char *pass) {
    uint32_t nlocals = body->nparams;
    for (uint32_t i = 0; i < body->runs.n; i++) nlocals += body->runs.v[i].n;
    ck_assert_msg(!body->named, "%s leaves labels named in function %u", pass, body->func);
    ck_assert_msg(nlocals == body->nlocals, "%s: function %u has %u locals, not %u", pass, body->func,
                  nlocals, body->nlocals);
    for (uint32_t i = 0; i < body->n; i++)
        ck_assert_msg(!wr_names_local(body->ins[i].op) || body->ins[i].a < nlocals,
                      "%s: function %u has no local %u", pass, body->func, body->ins[i].a);
}

static void expect_same(wr_slice a, wr_slice b, const char *pass, uint32_t func) {
    ck_assert_msg(a.n == b.n && memcmp(a.p, b.p, a.n) == 0, "%s changed function %u and says that it didn't",
                  pass, func);
}

// What the pass allocated goes then.
static void expect_in_place(const wr_body *a, const wr_body *b, const char *pass) {
    ck_assert_msg(a->ins == b->ins && a->runs.v == b->runs.v && a->ext.v == b->ext.v,
                  "%s moved function %u and says that it "
                  "didn't change it",
                  pass, a->func);
}

static void run_pass(const wr_context *c, const wr_pass *pass, uint32_t func) {
    wr_body body, decoded;
    wr_arena_reset(&c->env->temp);
    c->env->func = func;
    wr_body_decode(c->env, &c->env->temp, c->m, func, &body);
    wr_slice before = encode(c->env, &body);
    decoded = body;
    bool changed = pass->edit(c->env, c, &body);
    if (changed || !body.named) expect_whole(&body, pass->name);
    if (changed || body.named) return;
    expect_in_place(&body, &decoded, pass->name);
    expect_same(encode(c->env, &body), before, pass->name, func);
}

static void run_all(wr_env *env, void *arg) {
    const module_job *job = arg;
    wr_module m;
    wr_config config = {.level = WR_LZ};
    wr_decode_module(env, job->module, &m);
    wr_validate(job->pool, &m, true);
    wr_pass_state state = {0};
    wr_context c = {.pool = job->pool, .env = env, .m = &m, .config = &config, .state = &state};
    wr_pass_state_extend(env, &state, m.nfuncs);
    for (uint32_t i = 0; i < m.nfuncs; i++)
        for (size_t k = 0; k < wr_pass_count; k++)
            if (wr_passes[k].edit && m.funcs[i].import == WR_NONE) run_pass(&c, &wr_passes[k], i);
}

static void check_module(void *user, wr_slice module) {
    (void)user;
    check_with_module(module, run_all);
}

START_TEST(passes_keep_their_word) { ck_assert(wr_generate((uint64_t)_i, check_module, NULL)); }
END_TEST

// --- Chains ---

static int look(void *user, const char *pass, const void *module, size_t size) {
    (void)user, (void)pass, (void)module, (void)size;
    return 1;
}

static wring_job *optimize(const wring_options *options, wr_slice module, bool one_by_one) {
    wring_job *done = wring_job_new(options);
    if (one_by_one) wring_job_on_snapshot(done, look, NULL);
    ck_assert_int_eq(wring_optimize(done, module.p, module.n), WRING_OK);
    return done;
}

static void compare_ways(void *user, wr_slice module) {
    const wring_options *options = user;
    wring_job *chain = optimize(options, module, false), *steps = optimize(options, module, true);
    check_same_outputs(chain, steps);
}

START_TEST(chains_are_passes_one_by_one) {
    wring_options *options = wring_options_new();
    ck_assert_int_eq(wring_options_set(options, "O", "z"), WRING_OK);
    ck_assert(wr_generate((uint64_t)_i, compare_ways, options));
    wring_options_free(options);
}
END_TEST

void add_tests(TCase *tests) {
    tcase_add_loop_test(tests, passes_keep_their_word, 1, SEEDS);
    tcase_add_loop_test(tests, chains_are_passes_one_by_one, 1, SEEDS);
}
