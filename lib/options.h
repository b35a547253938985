// The options object: the public setter fills a wr_config.
#ifndef WR_LIB_OPTIONS_H
#define WR_LIB_OPTIONS_H

#include "passes/manager/config.h"
#include "support/codec.h"
#include "wring.h"

struct wring_options {
    wr_config config;
    char error[256];
};

// The compressor whose output is minimized; WR_CODEC_RAW if the file size is.
static inline wr_codec wr_objective_codec(wr_objective objective) {
    static const wr_codec codecs[] = {[WR_FOR_BOTH] = WR_CODEC_RAW,
                                      [WR_FOR_RAW] = WR_CODEC_RAW,
                                      [WR_FOR_GZIP] = WR_CODEC_GZIP,
                                      [WR_FOR_BROTLI] = WR_CODEC_BROTLI,
                                      [WR_FOR_ZSTD] = WR_CODEC_ZSTD};
    return codecs[objective];
}

#endif
