// JavaScript in C.
#include <emscripten.h>
#include <stdio.h>

EM_JS(int, twice, (int n), { return 2 * n; });

int main(void) {
    int n = EM_ASM_INT({ return $0 + $1; }, 20, 1);
    printf("%d %d\n", n, twice(n));
    return 0;
}
