// Compresses data: the image that active segments make of memory 0 is stored as a compressed stream, which a
// start function expands.
//
//   (data (i32.const 1024) "abcabcabcabc...")
// becomes
//   (data (i32.const 8192) "<stream>")
//   (start $decompress)     ;; writes the image at 1024, clears the stream, calls the old start function
//
// Sound because the start function runs after all segments are written and before anything else can look, so
// the intermediate memory is never observed. The pass runs only where asked for (--compress-data):
// compressors for transfer find repeats themselves, and find fewer in a stream that is compressed already.
//
// Limits: the memory must be a 32-bit one of the module's own; all segments must be known to be in bounds,
// and none named by code. The stream lies in memory that no segment writes, after the image or before it, and
// that is zero again once it was read.
#include <stdlib.h>

#include "ir/asm.h"
#include "ir/edit.h"
#include "compress.h"
#include "analysis/segments.h"

#define UNPACKER_SIZE 280 // bytes of functions, types, global and start section, or a little less
#define WORTH 16          // must save at least 1/WORTH of the data
#define MAX_SPARSE 8      // the image is at most this many times as large as its segments
#define MAX_IMAGE ((uint64_t)256 << 20)

typedef struct layout {
    uint64_t first, end; // addresses of the image
    uint64_t bytes;      // bytes in segments
    uint64_t stored;     // bytes of the module that the segments take
} layout;

static bool is_packed(const wr_data *data) {
    return data->live && data->mode == WR_ACTIVE && data->memory == 0 && data->bytes.n;
}

static bool measure(wr_context *c, layout *l) {
    *l = (layout){.first = UINT64_MAX};
    for (uint32_t i = 0; i < c->m->ndatas; i++) {
        const wr_data *data = &c->m->datas[i];
        uint64_t at;
        if (!is_packed(data)) continue;
        wr_segments_const_offset(c->env, data->at, &at);
        if (at < l->first) l->first = at;
        if (at + data->bytes.n > l->end) l->end = at + data->bytes.n;
        l->bytes += data->bytes.n;
        l->stored += 2 + data->at.code.n + wr_uleb_size(data->bytes.n) + data->bytes.n;
    }
    uint64_t size = l->end - l->first;
    return l->bytes && size <= MAX_IMAGE && size / MAX_SPARSE <= l->bytes + 8192;
}

// The image that segments leave in memory; later ones overwrite earlier ones.
static wr_slice make_image(wr_context *c, const layout *l) {
    size_t n = l->end - l->first;
    uint8_t *image = WR_NEW0(&c->env->pass, uint8_t, n);
    for (uint32_t i = 0; i < c->m->ndatas; i++) {
        const wr_data *data = &c->m->datas[i];
        uint64_t at;
        if (!is_packed(data)) continue;
        wr_segments_const_offset(c->env, data->at, &at);
        memcpy(image + (at - l->first), data->bytes.p, data->bytes.n);
    }
    return wr_slice_of(image, n);
}

// Finds room for the stream: memory that is zero before the start function runs and not part of the image.
static bool find_room(const wr_module *m, const layout *l, wr_compressed_data *p) {
    const wr_limits *limits = &m->memories[0].limits;
    uint64_t size = limits->min << limits->page_log2, need = (p->stream.n + 7) & ~(uint64_t)7;
    uint64_t behind = (p->end + 7) & ~(uint64_t)7;
    p->size = (uint32_t)need;
    p->at = behind;
    if (behind + need <= size) return true;
    if (l->first < need) return false;
    p->at = (l->first - need) & ~(uint64_t)7;
    return true;
}

static void replace(wr_context *c, const wr_compressed_data *p) {
    wr_module *m = c->m;
    for (uint32_t i = 0; i < m->ndatas; i++)
        if (is_packed(&m->datas[i])) m->datas[i].live = false;
    wr_module_add_data(c->env, m,
                       (wr_data){.mode = WR_ACTIVE,
                                 .at = wr_asm_const(&c->env->perm, I32(p->at)),
                                 .bytes = p->stream,
                                 .live = true});
    m->start = wr_compress_add_unpacker(c, p, m->start);
}

static bool may_pack(wr_context *c) {
    const wr_module *m = c->m;
    if (c->state->hints.plain_data) return false;
    if (!m->nmemories || !m->memories[0].live || m->memories[0].import != WR_NONE) return false;
    const wr_limits *limits = &m->memories[0].limits;
    if (limits->is64 || limits->min > UINT32_MAX >> limits->page_log2) return false;
    uint8_t *named = WR_NEW0(&c->env->temp, uint8_t, m->nmemories);
    wr_segments_named_memories(m, named);
    return !named[0] && wr_segments_cannot_trap(c->env, m);
}

void wr_pass_compress_data(wr_context *c) {
    layout l;
    if (!may_pack(c) || !measure(c, &l)) return;
    wr_buf stream = wr_buf_in(&c->env->perm);
    wr_compressed_data p = {.first = l.first};
    p.end = p.first + wr_compress_image(c->pool, make_image(c, &l), &stream);
    p.stream = wr_buf_slice(&stream);
    if (p.stream.n + UNPACKER_SIZE + l.stored / WORTH < l.stored && find_room(c->m, &l, &p)) replace(c, &p);
}
