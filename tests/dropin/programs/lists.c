// Suspends in functions that the command line lists by name.
#include <emscripten.h>
#include <stdio.h>

__attribute__((noinline)) static int step(int n) {
    emscripten_sleep(1);
    return n * 2 + 1;
}
__attribute__((noinline)) static int quiet(int n) { return n ^ 5; }

int main(void) {
    int sum = 0;
    for (int i = 0; i < 4; i++) sum += quiet(step(i));
    printf("sum %d\n", sum);
    return 0;
}
