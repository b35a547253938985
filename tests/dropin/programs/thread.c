// Two threads that add to one number.
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long total;
static _Atomic int turns;

static void *work(void *arg) {
    for (long i = 0; i < 1000; i++) {
        pthread_mutex_lock(&lock);
        total += i * (long)arg;
        pthread_mutex_unlock(&lock);
        turns++;
    }
    return (void *)((long)arg * 10);
}

int main(void) {
    pthread_t threads[2];
    void *result;
    for (long i = 0; i < 2; i++) pthread_create(&threads[i], NULL, work, (void *)(i + 1));
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], &result);
        printf("thread %d: %ld\n", i, (long)result);
    }
    printf("%ld in %d turns\n", total, turns);
    return 0;
}
