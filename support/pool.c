// The worker pool. Threads are started anew for each loop (a job has a few dozen loops) and take items from a
// shared counter.
#include "pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct loop {
    wr_pool *pool;
    wr_item_fn *fn;
    void *arg;
    size_t count;
    atomic_size_t next;
    pthread_mutex_t lock;
    size_t failed_item; // lowest item that failed, or SIZE_MAX
    wr_diag failure;
} loop;

typedef struct worker {
    loop *loop;
    unsigned index;
    size_t item;
    pthread_t thread;
    bool started;
} worker;

wr_status wr_pool_init(wr_pool *pool, wr_shared *shared, unsigned jobs) {
    if (jobs == 0) {
        long n = sysconf(_SC_NPROCESSORS_ONLN);
        jobs = n > 0 ? (unsigned)n : 1;
    }
    pool->jobs = jobs > WR_MAX_JOBS ? WR_MAX_JOBS : jobs;
    pool->envs = calloc(pool->jobs, sizeof *pool->envs);
    if (!pool->envs) return WR_NOMEM;
    for (unsigned i = 0; i < pool->jobs; i++) wr_env_init(&pool->envs[i], shared);
    return WR_OK;
}

void wr_pool_free(wr_pool *pool) {
    for (unsigned i = 0; i < pool->jobs; i++) wr_env_free(&pool->envs[i]);
    free(pool->envs);
    *pool = (wr_pool){0};
}

static void run_items(wr_env *env, void *arg) {
    worker *w = arg;
    loop *l = w->loop;
    while ((w->item = atomic_fetch_add(&l->next, 1)) < l->count) {
        wr_check(env);
        l->fn(env, w->index, l->arg, w->item);
    }
}

static void note_failure(loop *l, size_t item, const wr_diag *diag) {
    pthread_mutex_lock(&l->lock);
    if (item < l->failed_item) {
        l->failed_item = item;
        l->failure = *diag;
    }
    pthread_mutex_unlock(&l->lock);
    atomic_store(&l->next, l->count);
}

static void *work(void *arg) {
    worker *w = arg;
    wr_env *env = &w->loop->pool->envs[w->index];
    if (wr_try(env, run_items, w) != WR_OK) note_failure(w->loop, w->item, &env->diag);
    env->func = WR_NONE;
    return NULL;
}

void wr_parallel(wr_pool *pool, size_t count, wr_item_fn *fn, void *arg) {
    loop l = {.pool = pool, .fn = fn, .arg = arg, .count = count, .failed_item = SIZE_MAX};
    pthread_mutex_init(&l.lock, NULL);
    worker workers[WR_MAX_JOBS];
    unsigned jobs = count < pool->jobs ? (unsigned)count : pool->jobs;
    for (unsigned i = 0; i < jobs; i++) {
        workers[i] = (worker){.loop = &l, .index = i};
        if (i > 0) workers[i].started = pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0;
    }
    if (jobs) work(&workers[0]);
    for (unsigned i = 1; i < jobs; i++)
        if (workers[i].started) pthread_join(workers[i].thread, NULL);
    pthread_mutex_destroy(&l.lock);
    if (l.failed_item != SIZE_MAX) wr_rethrow(wr_main_env(pool), &l.failure);
}
