// malloc() and its like for several threads: the C library's allocator, compiled under other names, behind a
// lock. Built for WASI with WRING_WASI_THREADS.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// emmalloc.c with these names; see cmake/target.cmake.
void *wr_heap_malloc(size_t n);
void *wr_heap_realloc(void *block, size_t n);
void wr_heap_free(void *block);

static pthread_mutex_t lock;

void *malloc(size_t n) {
    pthread_mutex_lock(&lock);
    void *block = wr_heap_malloc(n);
    pthread_mutex_unlock(&lock);
    return block;
}

void *calloc(size_t count, size_t size) {
    size_t n;
    void *block = __builtin_mul_overflow(count, size, &n) ? NULL : malloc(n);
    return block ? memset(block, 0, n) : NULL;
}

void *realloc(void *old, size_t n) {
    pthread_mutex_lock(&lock);
    void *block = wr_heap_realloc(old, n);
    pthread_mutex_unlock(&lock);
    return block;
}

void free(void *block) {
    pthread_mutex_lock(&lock);
    wr_heap_free(block);
    pthread_mutex_unlock(&lock);
}
