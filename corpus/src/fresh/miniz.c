// miniz: compress, decompress, a PNG and a ZIP archive in memory.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "miniz.h"
#include "text.h"

enum { N = 150000 };

int main(void) {
    unsigned char *text = malloc(N), *packed = malloc(N + 4096), *back = malloc(N);
    make_text((char *)text, N);
    for (int level = 1; level <= 9; level += 4) {
        mz_ulong n = N + 4096, m = N;
        int a = mz_compress2(packed, &n, text, N, level), b = mz_uncompress(back, &m, packed, n);
        printf("%d: %d %d %lu %d\n", level, a, b, (unsigned long)n, memcmp(text, back, N));
    }
    size_t size = 0;
    void *png = tdefl_write_image_to_png_file_in_memory(text, 100, 100, 3, &size);
    printf("png %zu %08x\n", size, text_hash(png, size));
    printf("crc %08lx %08lx\n", (unsigned long)mz_crc32(0, text, N), (unsigned long)mz_adler32(1, text, N));
    return 0;
}
