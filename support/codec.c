// Compressed sizes. The output is counted, not kept.
#include "codec.h"

#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

const char *const wr_codec_labels[] = {
#define X(id, label, key) label,
    WR_CODECS(X)
#undef X
};
const char *const wr_codec_keys[] = {
#define X(id, label, key) key,
    WR_CODECS(X)
#undef X
};

static uint64_t gzip_size(wr_slice bytes) {
    enum { GZIP_WRAPPER = 16 };
    z_stream stream = {0};
    uint8_t out[32 << 10];
    if (deflateInit2(&stream, 9, Z_DEFLATED, GZIP_WRAPPER + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
    int status = Z_OK;
    uint64_t size = 0;
    for (size_t at = 0; status == Z_OK || status == Z_BUF_ERROR;) {
        size_t left = bytes.n - at, take = left < 1u << 30 ? left : 1u << 30;
        stream.next_in = (uint8_t *)bytes.p + at, stream.avail_in = (uInt)take;
        stream.next_out = out, stream.avail_out = sizeof out;
        status = deflate(&stream, take == left ? Z_FINISH : Z_NO_FLUSH);
        at += take - stream.avail_in;
        size += sizeof out - stream.avail_out;
    }
    deflateEnd(&stream);
    return size;
}

// The window that the brotli tool chooses: the smallest that holds the file, 16 MB at most.
static uint32_t brotli_window(size_t n) {
    uint32_t bits = BROTLI_MIN_WINDOW_BITS;
    while (bits < BROTLI_MAX_WINDOW_BITS && ((size_t)1 << bits) - 16 < n) bits++;
    return bits;
}

static uint64_t brotli_size(wr_slice bytes) {
    BrotliEncoderState *state = BrotliEncoderCreateInstance(NULL, NULL, NULL);
    if (!state) return 0;
    BrotliEncoderSetParameter(state, BROTLI_PARAM_QUALITY, BROTLI_MAX_QUALITY);
    BrotliEncoderSetParameter(state, BROTLI_PARAM_LGWIN, brotli_window(bytes.n));
    BrotliEncoderSetParameter(state, BROTLI_PARAM_SIZE_HINT, bytes.n < 1u << 30 ? (uint32_t)bytes.n : 1u << 30);
    size_t left = bytes.n, none = 0;
    const uint8_t *next = bytes.p;
    uint64_t size = 0;
    bool ok = true;
    while (ok && !BrotliEncoderIsFinished(state)) {
        ok = BrotliEncoderCompressStream(state, BROTLI_OPERATION_FINISH, &left, &next, &none, NULL, NULL);
        size_t taken = 0;
        BrotliEncoderTakeOutput(state, &taken);
        size += taken;
    }
    BrotliEncoderDestroyInstance(state);
    return ok ? size : 0;
}

static uint64_t zstd_size(wr_slice bytes) {
    ZSTD_CCtx *context = ZSTD_createCCtx();
    uint8_t out[32 << 10];
    uint64_t size = 0;
    if (!context) return 0;
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 19);
    ZSTD_CCtx_setPledgedSrcSize(context, bytes.n);
    ZSTD_inBuffer input = {bytes.p, bytes.n, 0};
    for (size_t left = 1; left != 0;) {
        ZSTD_outBuffer output = {out, sizeof out, 0};
        left = ZSTD_compressStream2(context, &output, &input, ZSTD_e_end);
        if (ZSTD_isError(left)) size = 0, left = 0;
        else size += output.pos;
    }
    ZSTD_freeCCtx(context);
    return size;
}

uint64_t wr_compressed_size(wr_codec codec, wr_slice bytes) {
    switch (codec) {
    case WR_CODEC_GZIP: return gzip_size(bytes);
    case WR_CODEC_BROTLI: return brotli_size(bytes);
    case WR_CODEC_ZSTD: return zstd_size(bytes);
    default: return bytes.n;
    }
}
