// Loads a module at run time and calls into it.
#include <dlfcn.h>
#include <stdio.h>

int shared_value = 5;
int host_add(int a, int b) { return a + b; }

int main(void) {
    void *side = dlopen("side.wasm", RTLD_NOW);
    if (!side) {
        printf("no module: %s\n", dlerror());
        return 1;
    }
    int (*run)(int) = (int (*)(int))dlsym(side, "side_run");
    printf("%d\n", run(10));
    printf("%d\n", shared_value);
    return 0;
}
