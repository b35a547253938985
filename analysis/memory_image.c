// Puts active segments together. See memory_image.h.
#include "memory_image.h"

#include "segments.h"

#define LARGEST ((uint64_t)1 << 30)

static bool is_placed(wr_env *env, const wr_module *m, const wr_data *data, uint64_t *at) {
    return wr_segments_address(env, data, at) && wr_segments_data_in_bounds(env, m, data);
}

bool wr_memory_image_make(wr_env *env, wr_arena *arena, const wr_module *m, bool passive,
                          wr_memory_image *image) {
    uint64_t end = 0, total = 0, at;
    for (uint32_t i = 0; i < m->ndatas; i++) {
        const wr_data *data = &m->datas[i];
        if (!data->live || (passive && data->mode != WR_ACTIVE)) continue;
        if (!is_placed(env, m, data, &at)) return false;
        if (at + data->bytes.n > end) end = at + data->bytes.n;
        total += data->bytes.n;
    }
    if (end > total * 16 + (1 << 20) || end > LARGEST) return false;
    *image = (wr_memory_image){WR_NEW0(arena, uint8_t, end + WR_IMAGE_SLACK), (uint32_t)end};
    for (uint32_t i = 0; i < m->ndatas; i++) {
        const wr_data *data = &m->datas[i];
        if (data->live && data->bytes.n && wr_segments_address(env, data, &at))
            memcpy(image->bytes + at, data->bytes.p, data->bytes.n);
    }
    return true;
}
