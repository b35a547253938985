// Compressed sizes of many buffers, in parallel: one task for each buffer and codec, longest first. Equal
// buffers, which different levels often produce, are compressed once.
#include "sizes.h"

#include <pthread.h>
#include <stdlib.h>

typedef struct task {
    wr_codec codec;
    size_t buffer;
    uint64_t work; // about how long it takes
} task;

typedef struct tasks {
    task *v;
    size_t n;
    const wr_slice *buffers;
    wr_sizes *sizes;
    size_t finished;
    pthread_mutex_t lock; // for finished and done()
    void (*done)(void *user, size_t finished, size_t total);
    void *user;
} tasks;

static void do_task(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    tasks *all = arg;
    const task *t = &all->v[item];
    uint64_t size = wr_codec_size(t->codec, all->buffers[t->buffer]);
    if (!size && all->buffers[t->buffer].n)
        wr_throw(env, WR_NOMEM, WR_NO_OFFSET, "out of memory while compressing");
    all->sizes[t->buffer].bytes[t->codec] = size;
    pthread_mutex_lock(&all->lock);
    all->finished++;
    if (all->done) all->done(all->user, all->finished, all->n);
    pthread_mutex_unlock(&all->lock);
}

static int longest_first(const void *a, const void *b) {
    const task *x = a, *y = b;
    return x->work != y->work ? (x->work < y->work ? 1 : -1) : 0;
}

// The first buffer with the same bytes.
static size_t same_as(const wr_slice *buffers, size_t i) {
    for (size_t k = 0; k < i; k++)
        if (wr_slice_eq(buffers[k], buffers[i])) return k;
    return i;
}

void wr_sizes_measure(wr_pool *pool, const wr_slice *buffers, size_t n, wr_sizes *sizes,
                      void (*done)(void *user, size_t finished, size_t total), void *user) {
    static const unsigned slowness[WR_CODEC_COUNT] = {
        [WR_CODEC_GZIP] = 3, [WR_CODEC_BROTLI] = 30, [WR_CODEC_ZSTD] = 10};
    tasks all = {
        .buffers = buffers, .sizes = sizes, .lock = PTHREAD_MUTEX_INITIALIZER, .done = done, .user = user};
    all.v = WR_NEW(&wr_main_env(pool)->perm, task, n * WR_CODEC_COUNT);
    for (size_t i = 0; i < n; i++)
        for (unsigned codec = 0; codec < WR_CODEC_COUNT && same_as(buffers, i) == i; codec++)
            all.v[all.n++] = (task){codec, i, buffers[i].n * slowness[codec]};
    qsort(all.v, all.n, sizeof *all.v, longest_first);
    wr_parallel(pool, all.n, do_task, &all);
    for (size_t i = 0; i < n; i++) sizes[i] = sizes[same_as(buffers, i)];
}
