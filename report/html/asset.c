// Unpacks embedded files. See asset.h. They take a third of their size so, in a program that people download.
#include "asset.h"

#include <zlib.h>

#include "support/env.h"

enum { GZIP_FORMAT = 16 }; // what zlib adds to the size of the window

void wr_html_put_asset(wr_buf *out, const uint8_t *packed, size_t n) {
    if (!n) return;
    size_t size = wr_le32(packed + n - 4); // gzip's last field
    z_stream stream = {.next_in = (z_const Bytef *)packed, .avail_in = (uInt)n};
    wr_buf_room(out, size);
    stream.next_out = out->p + out->n;
    stream.avail_out = (uInt)size;
    int status = inflateInit2(&stream, MAX_WBITS + GZIP_FORMAT);
    if (status == Z_OK) {
        status = inflate(&stream, Z_FINISH);
        inflateEnd(&stream);
    }
    if (status != Z_STREAM_END) wr_throw(out->arena->env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    out->n += size;
}
