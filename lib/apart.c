// Makes bytes in a pool of their own. See apart.h.
#include "apart.h"

#include <stdio.h>

typedef struct making {
    wr_run run; // refers to the fields below
    wr_pool pool;
    wr_pass_state state;
    wr_make_fn *make;
    void *arg;
    wr_slice bytes;
} making;

static void make_in_pool(wr_env *env, void *arg) {
    making *mk = arg;
    (void)env;
    mk->bytes = mk->make(&mk->run, mk->arg);
}

// Runs in the main env's wr_try, since the pool must be freed even if copying fails.
static void keep_bytes(wr_env *env, void *arg) {
    making *mk = arg;
    uint8_t *copy = wr_alloc(&env->perm, mk->bytes.n < WR_BIG_BLOCK ? WR_BIG_BLOCK : mk->bytes.n);
    mk->bytes = wr_slice_of(memcpy(copy, mk->bytes.p, mk->bytes.n), mk->bytes.n);
    if (mk->run.code_map) wr_code_map_copy(&env->perm, mk->run.code_map);
}

// Turns a failure that is a bug in wring into a note: the other outputs, the input among them, are still
// good.
static void note_failure(const wr_run *run, const wr_diag *diag) {
    char text[400];
    snprintf(text, sizeof text,
             "a candidate output failed and was left out, which is a bug in wring, please report it: %s",
             diag->message);
    wr_stage_note(run->job, text);
}

static bool is_our_mistake(wr_status status) { return status == WR_BAD_INPUT || status == WR_INTERNAL; }

wr_slice wr_apart_make(const wr_run *run, const wr_config *config, wr_make_fn *make, void *arg,
                       wr_code_map *map) {
    wr_env *env = wr_main_env(run->pool);
    making mk = {
        .run = {.job = run->job, .config = config, .code_map = map, .quiet = true}, .make = make, .arg = arg};
    mk.run.pool = &mk.pool, mk.run.state = &mk.state;
    if (wr_pool_init(&mk.pool, env->shared, run->pool->jobs) != WR_OK)
        wr_throw(env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    wr_env *within = wr_main_env(&mk.pool), *failed = within;
    wr_status status = wr_try(within, make_in_pool, &mk);
    if (status == WR_OK) {
        failed = env;
        status = wr_try(env, keep_bytes, &mk);
    }
    wr_diag diag = failed->diag;
    wr_pool_free(&mk.pool);
    if (status == WR_OK) return mk.bytes;
    if (!is_our_mistake(status)) wr_rethrow(env, &diag);
    note_failure(run, &diag);
    return (wr_slice){0};
}
