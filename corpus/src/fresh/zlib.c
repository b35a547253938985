// zlib: deflate and inflate at several levels, in pieces, checksums.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "text.h"
#include "zlib.h"

enum { N = 200000 };

int main(void) {
    unsigned char *text = malloc(N), *packed = malloc(N + 4096), *back = malloc(N);
    make_text((char *)text, N);
    for (int level = 0; level <= 9; level += 3) {
        uLongf n = N + 4096, m = N;
        int a = compress2(packed, &n, text, N, level), b = uncompress(back, &m, packed, n);
        printf("%d: %d %d %lu %lu %d\n", level, a, b, (unsigned long)n, (unsigned long)m, memcmp(text, back, N));
    }
    z_stream in = {0};
    inflateInit2(&in, 15 + 32);
    uLongf n = N + 4096;
    compress(packed, &n, text, N);
    in.next_in = packed;
    int status = Z_OK;
    for (unsigned at = 0; status == Z_OK; at += 1000) {
        in.avail_in = n - at < 1000 ? (uInt)(n - at) : 1000, in.next_out = back, in.avail_out = N;
        status = inflate(&in, Z_NO_FLUSH);
    }
    printf("%d %lu %08lx %08lx\n", status, (unsigned long)in.total_out, crc32(0, text, N), adler32(1, text, N));
    inflateEnd(&in);
    return 0;
}
