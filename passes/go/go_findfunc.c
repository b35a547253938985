// Builds Go's findfunctab at the start instead of storing it.
//
// The table finds a function from a PC: it has a bucket of 20 bytes for each 4096 bytes of PC, with the index
// of the first function and 16 offsets. Since a function has 65536 PCs, bucket i consists of i >> 4 and
// zeros, yet each bucket takes a data segment of its own. A start function of some 35 bytes writes the
// indices before anything else can run, so the memory that the program sees is the same. Buckets from the
// first one that differs remain data.
#include "go.h"
#include "ir/edit.h"
#include "passes/manager/pass.h"

#define BUCKET 20
#define WORTH 8 // this many buckets cost less than the function

static uint32_t count_regular(const wr_go *go) {
    uint32_t n = 0, count = go->findfunctab.size / BUCKET;
    while (n < count && wr_go_get32(go, go->findfunctab.at + n * BUCKET) == n >> 4) n++;
    return n;
}

// i = 0; do table[i * 20] = i >> 4 while (++i < n)
static wr_slice filler(wr_env *env, uint32_t table, uint32_t n) {
    wr_buf b = wr_buf_in(&env->perm);
    static const uint8_t head[] = {1,    1,    0x7f, 0x03, 0x40, 0x20, 0,    0x41, BUCKET,
                                   0x6c, 0x20, 0,    0x41, 4,    0x76, 0x36, 2};
    static const uint8_t step[] = {0x20, 0, 0x41, 1, 0x6a, 0x22, 0, 0x41};
    static const uint8_t tail[] = {0x49, 0x0d, 0, 0x0b, 0x0b};
    wr_put_bytes(&b, head, sizeof head);
    wr_put_uleb(&b, table);
    wr_put_bytes(&b, step, sizeof step);
    wr_put_sleb(&b, (int32_t)n);
    wr_put_bytes(&b, tail, sizeof tail);
    return wr_buf_slice(&b);
}

void wr_pass_go_findfunc(wr_context *c) {
    wr_go go;
    wr_module *m = c->m;
    if (m->start != WR_NONE || wr_go_find(c->env, &c->env->perm, m, &go) != WR_GO_FOUND) return;
    uint32_t n = count_regular(&go);
    if (n < WORTH) return;
    for (uint32_t i = 0; i < n; i++) wr_go_put32(&go, go.findfunctab.at + i * BUCKET, 0);
    if (!wr_go_store_image(c->env, m, &go)) return;
    uint32_t type = wr_find_or_add_func_type(c->env, m, NULL, 0, NULL, 0);
    m->start = wr_add_func(c->env, m, type, filler(c->env, go.findfunctab.at, n));
    wr_collector collector;
    wr_collector_init(&collector, &c->env->temp);
    wr_summarize(&collector, c->env, m, &m->funcs[m->start]);
    wr_pass_note(c, "Go: %u buckets of findfunctab are written at the start", n);
}
