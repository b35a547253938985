// Computes compressed sizes. The output is counted, not kept. The input is passed in pieces, which does not
// change the output, so that a job can stop in between: the slowest setting takes a second for half a
// megabyte.
#include "codec.h"

#include <brotli/encode.h>
#include <stdio.h>
#include <zlib.h>
#define ZSTD_STATIC_LINKING_ONLY // for a setting that is marked as experimental
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

void wr_codec_versions(char *out, size_t size) {
    snprintf(out, size, "zlib %s, brotli %x, zstd %u", zlibVersion(), BrotliEncoderVersion(),
             ZSTD_versionNumber());
}

const char *const wr_codec_quick_labels[] = {"raw", "gzip -6", "brotli -5", "zstd -5"};

#define PIECE ((size_t)128 << 10)

// The size of the next piece; 0 if the job must stop. env may be NULL.
static size_t next_piece(const wr_env *env, size_t left) {
    if (env && wr_env_must_stop(env)) return 0;
    return left < PIECE ? left : PIECE;
}

static uint64_t gzip_size(const wr_env *env, wr_slice bytes, int level) {
    enum { GZIP_WRAPPER = 16 };
    z_stream stream = {0};
    uint8_t out[32 << 10];
    if (deflateInit2(&stream, level, Z_DEFLATED, GZIP_WRAPPER + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return 0;
    int status = Z_OK;
    uint64_t size = 0;
    for (size_t at = 0; status == Z_OK || status == Z_BUF_ERROR;) {
        size_t left = bytes.n - at, take = next_piece(env, left);
        if (take == 0 && left) break;
        stream.next_in = (uint8_t *)bytes.p + at, stream.avail_in = (uInt)take;
        stream.next_out = out, stream.avail_out = sizeof out;
        status = deflate(&stream, take == left ? Z_FINISH : Z_NO_FLUSH);
        at += take - stream.avail_in;
        size += sizeof out - stream.avail_out;
    }
    deflateEnd(&stream);
    return status == Z_STREAM_END ? size : 0;
}

// The window that the brotli tool chooses: the smallest that holds the file, but at most 16 MB.
static uint32_t brotli_window(size_t n) {
    uint32_t bits = BROTLI_MIN_WINDOW_BITS;
    while (bits < BROTLI_MAX_WINDOW_BITS && ((size_t)1 << bits) - 16 < n) bits++;
    return bits;
}

static bool give_brotli(BrotliEncoderState *state, wr_slice piece, bool last, uint64_t *size) {
    size_t none = 0, taken = 1;
    bool ok = true;
    while (ok && (piece.n || taken || (last && !BrotliEncoderIsFinished(state)))) {
        ok = BrotliEncoderCompressStream(state, last ? BROTLI_OPERATION_FINISH : BROTLI_OPERATION_PROCESS,
                                         &piece.n, &piece.p, &none, NULL, NULL);
        taken = 0;
        BrotliEncoderTakeOutput(state, &taken);
        *size += taken;
    }
    return ok;
}

static uint64_t brotli_size(const wr_env *env, wr_slice bytes, uint32_t quality) {
    BrotliEncoderState *state = BrotliEncoderCreateInstance(NULL, NULL, NULL);
    if (!state) return 0;
    BrotliEncoderSetParameter(state, BROTLI_PARAM_QUALITY, quality);
    BrotliEncoderSetParameter(state, BROTLI_PARAM_LGWIN, brotli_window(bytes.n));
    BrotliEncoderSetParameter(state, BROTLI_PARAM_SIZE_HINT,
                              bytes.n < 1u << 30 ? (uint32_t)bytes.n : 1u << 30);
    uint64_t size = 0;
    bool ok = true;
    for (size_t at = 0, take; ok && !BrotliEncoderIsFinished(state); at += take) {
        size_t left = bytes.n - at;
        take = next_piece(env, left);
        ok = (take || !left) && give_brotli(state, wr_slice_of(bytes.p + at, take), take == left, &size);
    }
    BrotliEncoderDestroyInstance(state);
    return ok ? size : 0;
}

static uint64_t zstd_size(const wr_env *env, wr_slice bytes, int level) {
    ZSTD_CCtx *context = ZSTD_createCCtx();
    uint8_t out[32 << 10];
    uint64_t size = 0;
    if (!context) return 0;
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
    ZSTD_CCtx_setPledgedSrcSize(context, bytes.n);
#if ZSTD_VERSION_NUMBER >= 10500
    // Said outright, since libzstd's own choice differs on machines without vector instructions, and sizes
    // with it.
    if (bytes.n > 16 << 10) ZSTD_CCtx_setParameter(context, ZSTD_c_useRowMatchFinder, ZSTD_ps_enable);
#endif
#if ZSTD_VERSION_NUMBER >= 10504
    // The bytes stay where they are, so zstd need not copy them into a window of its own.
    ZSTD_CCtx_setParameter(context, ZSTD_c_stableInBuffer, 1);
#endif
    ZSTD_inBuffer input = {bytes.p, 0, 0};
    size_t left = 1; // zstd's estimate of what is still to be written
    while (left && !ZSTD_isError(left)) {
        if (input.pos == input.size && input.size < bytes.n) {
            size_t take = next_piece(env, bytes.n - input.size);
            if (!take) break;
            input.size += take;
        }
        ZSTD_outBuffer output = {out, sizeof out, 0};
        bool last = input.size == bytes.n;
        left = ZSTD_compressStream2(context, &output, &input, last ? ZSTD_e_end : ZSTD_e_continue);
        size += output.pos;
        if (!last && !left) left = 1;
    }
    ZSTD_freeCCtx(context);
    return left ? 0 : size;
}

static uint64_t size_of(const wr_env *env, wr_codec codec, wr_slice bytes, bool quickly) {
    switch (codec) {
    case WR_CODEC_GZIP: return gzip_size(env, bytes, quickly ? 6 : 9);
    case WR_CODEC_BROTLI: return brotli_size(env, bytes, quickly ? 5 : BROTLI_MAX_QUALITY);
    case WR_CODEC_ZSTD: return zstd_size(env, bytes, quickly ? 5 : 19);
    default: return bytes.n;
    }
}

uint64_t wr_codec_size(wr_codec codec, wr_slice bytes) { return size_of(NULL, codec, bytes, false); }

static uint64_t size_in_job(wr_env *env, wr_codec codec, wr_slice bytes, bool quickly) {
    uint64_t size = size_of(env, codec, bytes, quickly);
    if (size) return size;
    wr_check(env);
    wr_throw(env, WR_NOMEM, WR_NO_OFFSET, "out of memory while compressing");
}

uint64_t wr_codec_weigh(wr_env *env, wr_codec codec, wr_slice bytes) {
    return size_in_job(env, codec, bytes, false);
}

uint64_t wr_codec_weigh_quickly(wr_env *env, wr_codec codec, wr_slice bytes) {
    return size_in_job(env, codec, bytes, true);
}
