// packed-size CODEC FILE…: what each file comes to under gzip, brotli or zstd, as wring weighs it; a line
// each. For measurements: Node's zlib, for one, is another than most have.
#include <stdio.h>

#include "support/codec.h"
#include "support/file.h"

static int codec_of(const char *key) {
    for (int i = 0; i < WR_CODEC_COUNT; i++)
        if (!strcmp(key, wr_codec_keys[i])) return i;
    return -1;
}

int main(int argc, char **argv) {
    int codec = argc < 3 ? -1 : codec_of(argv[1]);
    if (codec < 0) {
        fputs("usage: packed-size CODEC FILE...\n", stderr);
        return 1;
    }
    for (int i = 2; i < argc; i++) {
        wr_file file;
        uint64_t size = wr_file_read(&file, argv[i]) ? 0 : wr_codec_size((wr_codec)codec, file.bytes);
        if (!size) {
            fprintf(stderr, "%s: cannot read or compress it\n", argv[i]);
            return 2;
        }
        printf("%llu\n", (unsigned long long)size);
        wr_file_free(&file);
    }
}
