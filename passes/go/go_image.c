// Writes a Go module's initial memory back as segments. Long runs of zeros are left out; memory-packing does
// the rest.
#include "go.h"
#include "ir/asm.h"
#include "ir/edit.h"
#include "support/buf.h"

#define LONG_RUN 16
#define MOST_SEGMENTS 90000 // engines refuse more than 100,000

// The end of the segment that begins at `from`: before the next long run of zeros.
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
    wr_module_add_data(env, m,
                       (wr_data){.mode = WR_ACTIVE,
                                 .at = wr_asm_const(&env->perm, I32(from)),
                                 .bytes = wr_slice_of(go->image + from, to - from),
                                 .live = true});
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

#define NEAR 32 // differences at most this far apart are declared as one

static void declare_bytes(wr_context *c, uint32_t from, uint32_t to) {
    wr_pass_declare_changed(c, &(wr_memory_change){.kind = WR_CHANGED_BYTES, .at = from, .size = to - from});
}

static void declare_changes(wr_context *c, const wr_go *go, const uint8_t *before) {
    uint32_t from = 0, to = 0; // the current range, empty so far
    for (uint32_t i = 0; i < go->image_size; i++) {
        if (go->image[i] == before[i]) continue;
        if (to && i - to > NEAR) {
            declare_bytes(c, from, to);
            to = 0;
        }
        if (!to) from = i;
        to = i + 1;
    }
    if (to) declare_bytes(c, from, to);
}

bool wr_go_change_image(wr_context *c, const wr_go *go, const uint8_t *before) {
    if (!wr_go_store_image(c->env, c->m, go)) return false;
    declare_changes(c, go, before);
    return true;
}

uint8_t *wr_go_copy_image(wr_arena *arena, const wr_go *go) {
    return memcpy(WR_NEW(arena, uint8_t, (size_t)go->image_size + 1), go->image, go->image_size);
}
