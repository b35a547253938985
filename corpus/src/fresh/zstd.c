// zstd: levels, a stream, a broken frame.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "text.h"
#include "zstd.h"

enum { N = 300000 };

int main(void) {
    char *text = malloc(N), *back = malloc(N);
    size_t bound = ZSTD_compressBound(N);
    char *packed = malloc(bound);
    make_text(text, N);
    for (int level = 1; level <= 19; level += 6) {
        size_t n = ZSTD_compress(packed, bound, text, N, level), m = ZSTD_decompress(back, N, packed, n);
        printf("%d: %zu %zu %d\n", level, n, m, memcmp(text, back, N));
    }
    ZSTD_CCtx *context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    ZSTD_outBuffer out = {packed, bound, 0};
    for (size_t at = 0; at < N; at += 20000) {
        ZSTD_inBuffer in = {text + at, 20000, 0};
        ZSTD_compressStream2(context, &out, &in, at + 20000 == N ? ZSTD_e_end : ZSTD_e_continue);
    }
    printf("stream %zu %zu\n", out.pos, ZSTD_decompress(back, N, packed, out.pos));
    packed[out.pos / 2] ^= 1;
    printf("%s\n", ZSTD_getErrorName(ZSTD_decompress(back, N, packed, out.pos)));
    return 0;
}
