// Compressed sizes of bytes at the settings of web servers and packagers, from zlib, libbrotlienc and
// libzstd.
#ifndef WR_SUPPORT_CODEC_H
#define WR_SUPPORT_CODEC_H

#include "env.h"

// Codec, its name in output, its name in data and options.
#define WR_CODECS(X) \
    X(RAW, "raw", "raw")              /* the bytes themselves */ \
    X(GZIP, "gzip -9", "gzip")        /* zlib at level 9, in gzip's wrapper */ \
    X(BROTLI, "brotli -11", "brotli") /* quality 11, the window that the brotli tool takes for a file of \
                                         that size (up to 16 MB) */ \
    X(ZSTD, "zstd -19", "zstd")       /* libzstd at level 19, without checksum */

typedef enum wr_codec {
#define X(id, label, key) WR_CODEC_##id,
    WR_CODECS(X)
#undef X
        WR_CODEC_COUNT,
} wr_codec;

extern const char *const wr_codec_labels[WR_CODEC_COUNT], *const wr_codec_keys[WR_CODEC_COUNT];

// Writes the versions of the compressors, on which sizes depend.
void wr_codec_versions(char *out, size_t size);

// Returns the compressed size in bytes, 0 if memory ran out. Thread-safe.
uint64_t wr_codec_size(wr_codec codec, wr_slice bytes);

// Likewise in a job: throws if the job must stop or memory ran out.
uint64_t wr_codec_weigh(wr_env *env, wr_codec codec, wr_slice bytes);

// The names of those faster settings that wr_codec_weigh_quickly() takes.
extern const char *const wr_codec_quick_labels[WR_CODEC_COUNT];

// Likewise with a setting of the same compressor that is about twenty times as fast. It predicts which of
// several similar inputs compresses best.
uint64_t wr_codec_weigh_quickly(wr_env *env, wr_codec codec, wr_slice bytes);

#endif
