// The initial memory of a Go module, as segments again. Long runs of zeros are left out; the data pass does the fine work.
#include "go.h"
#include "ir/edit.h"
#include "support/buf.h"

#define LONG_RUN 16

static void add_segment(wr_env *env, wr_module *m, const wr_go *go, uint32_t from, uint32_t to) {
    wr_buf code = wr_buf_in(&env->perm);
    wr_put_u8(&code, 0x41);
    wr_put_sleb(&code, (int32_t)from);
    wr_put_u8(&code, 0x0b);
    wr_add_data(env, m, (wr_data){.mode = WR_ACTIVE, .at = {wr_buf_slice(&code), WR_NO_OFFSET},
                                  .bytes = wr_slice_of(go->image + from, to - from), .live = true});
}

bool wr_go_store_image(wr_env *env, wr_module *m, const wr_go *go) {
    if (m->has_data_count) return false;
    for (uint32_t i = 0; i < m->ndatas; i++) m->datas[i].live = false;
    for (uint32_t i = 0; i < go->image_size;) {
        while (i < go->image_size && go->image[i] == 0) i++;
        uint32_t end = i, k = i;
        for (; k < go->image_size && k - end < LONG_RUN; k++)
            if (go->image[k]) end = k + 1;
        if (end > i) add_segment(env, m, go, i, end);
        i = k > i ? k : i + 1;
    }
    return true;
}
