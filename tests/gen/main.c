// wring-gen SEED > module.wasm: the random valid module of a seed.
#include <stdio.h>
#include <stdlib.h>

#include "generate.h"

static void write_out(void *user, wr_slice module) {
    *(bool *)user = fwrite(module.p, 1, module.n, stdout) == module.n;
}

int main(int argc, char **argv) {
    bool written = false;
    if (argc != 2) {
        fputs("usage: wring-gen SEED > module.wasm\n", stderr);
        return 1;
    }
    return wr_generate(strtoull(argv[1], NULL, 0), write_out, &written) && written && fflush(stdout) == 0 ? 0
                                                                                                          : 2;
}
