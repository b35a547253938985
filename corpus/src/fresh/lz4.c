// LZ4: blocks fast and high, frames; prints sizes and checksums of what came back.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lz4.h"
#include "lz4frame.h"
#include "lz4hc.h"
#include "text.h"

enum { N = 300000 };

int main(void) {
    char *text = malloc(N), *packed = malloc(N + N / 100 + 4096), *back = malloc(N);
    make_text(text, N);
    int n = LZ4_compress_default(text, packed, N, LZ4_compressBound(N));
    int m = LZ4_decompress_safe(packed, back, n, N);
    printf("fast %d %d %08x\n", n, m, text_hash(back, (size_t)m));
    for (int level = 3; level <= 12; level += 3) {
        n = LZ4_compress_HC(text, packed, N / 4, LZ4_compressBound(N / 4), level);
        m = LZ4_decompress_safe(packed, back, n, N);
        printf("high %d: %d %d %d\n", level, n, m, memcmp(text, back, (size_t)m));
    }
    LZ4F_preferences_t preferences = {.frameInfo = {.contentChecksumFlag = 1, .blockMode = LZ4F_blockLinked}};
    size_t size = LZ4F_compressFrame(packed, LZ4F_compressFrameBound(N / 2, &preferences), text, N / 2, &preferences);
    LZ4F_dctx *context = NULL;
    LZ4F_createDecompressionContext(&context, LZ4F_VERSION);
    size_t to = N, from = size, rest = LZ4F_decompress(context, back, &to, packed, &from, NULL);
    printf("frame %zu %zu %zu %s %08x\n", size, to, from, LZ4F_getErrorName(rest), text_hash(back, to));
    packed[20] ^= 64;
    printf("broken %d\n", LZ4_decompress_safe(packed, back, (int)size, N) < 0);
    LZ4F_freeDecompressionContext(context);
    return 0;
}
