// The initial memory of a Go module, as segments again. Long runs of zeros are left out; the data pass does the fine work.
#include "go.h"
#include "ir/edit.h"
#include "support/buf.h"

#define LONG_RUN 16
#define MOST_SEGMENTS 90000 // engines refuse more than 100,000

// Where the segment that begins at `from` ends: before the next long run of zeros.
static uint32_t end_of_segment(const wr_go *go, uint32_t from, uint32_t long_run) {
    uint32_t end = from;
    for (uint32_t k = from; k < go->image_size && k - end < long_run; k++)
        if (go->image[k]) end = k + 1;
    return end;
}

static uint32_t start_of_segment(const wr_go *go, uint32_t at) {
    while (at < go->image_size && go->image[at] == 0) at++;
    return at;
}

static uint32_t choose_long_run(const wr_go *go) {
    for (uint32_t long_run = LONG_RUN;; long_run *= 2) {
        uint32_t n = 0;
        for (uint32_t i = start_of_segment(go, 0); i < go->image_size; n++)
            i = start_of_segment(go, end_of_segment(go, i, long_run));
        if (n <= MOST_SEGMENTS || long_run > 1024) return long_run;
    }
}

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
    uint32_t long_run = choose_long_run(go);
    for (uint32_t i = start_of_segment(go, 0); i < go->image_size;) {
        uint32_t end = end_of_segment(go, i, long_run);
        add_segment(env, m, go, i, end);
        i = start_of_segment(go, end);
    }
    return true;
}
