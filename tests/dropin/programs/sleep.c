// Suspends deep in calls, direct and through a table, and goes on where it was.
#include <emscripten.h>
#include <stdio.h>

typedef int (*stage)(int);

__attribute__((noinline)) static int nap(int n) {
    emscripten_sleep(1);
    return n * 3;
}
__attribute__((noinline)) static int plain(int n) { return n + 1; }
__attribute__((noinline)) static int step(int n) {
    int before = n * 7;
    int after = nap(n) + nap(n + 1);
    return before + after;
}

static volatile int which = 1;

int main(void) {
    stage stages[] = {plain, step, nap};
    int sum = 0;
    for (int i = 0; i < 6; i++) {
        sum += stages[(i + which) % 3](i);
        printf("%d %d\n", i, sum);
    }
    sum += step(sum);
    printf("done %d\n", sum);
    return 0;
}
