// The thread that works beside a pool. It is always joined before a failure goes on, since what it works on
// may lie in the frames that the failure unwinds.
#include "beside.h"

#include <pthread.h>

typedef struct background {
    wr_work_fn *fn;
    void *arg;
    wr_env env;
    wr_status status;
} background;

static void *work(void *arg) {
    background *b = arg;
    b->status = wr_try(&b->env, b->fn, b->arg);
    return NULL;
}

void wr_beside(wr_pool *pool, wr_work_fn *front, wr_work_fn *back, void *arg) {
    wr_env *env = wr_main_env(pool);
    background b = {.fn = back, .arg = arg};
    pthread_t thread;
    wr_env_init(&b.env, env->shared);
    bool started = pool->jobs > 1 && pthread_create(&thread, NULL, work, &b) == 0;
    wr_status status = wr_try(env, front, arg);
    wr_diag diag = env->diag;
    if (started) pthread_join(thread, NULL);
    if (!started && status == WR_OK) work(&b);
    if (status == WR_OK) status = b.status, diag = b.env.diag;
    wr_env_free(&b.env);
    if (status != WR_OK) wr_rethrow(env, &diag);
}
