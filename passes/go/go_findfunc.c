// Builds Go's findfunctab at the start instead of storing it.
//
// The table finds a function from a PC: it has a bucket of 20 bytes for each 4096 bytes of PC, with the index
// of the first function and 16 offsets. Since a function has 65536 PCs, bucket i consists of i >> 4 and
// zeros, yet each bucket takes a data segment of its own. A start function of some 35 bytes writes the
// indices before anything else can run, so the memory that the program sees is the same. Buckets from the
// first one that differs remain data.
#include "go.h"
#include "ir/asm.h"
#include "passes/manager/pass.h"

#define BUCKET 20
#define WORTH 8 // this many buckets cost less than the function

static uint32_t count_regular(const wr_go *go) {
    uint32_t n = 0, count = go->findfunctab.size / BUCKET;
    while (n < count && wr_go_get32(go, go->findfunctab.at + n * BUCKET) == n >> 4) n++;
    return n;
}

// i = 0; do table[i * 20] = i >> 4 while (++i < n)
static uint32_t add_filler(wr_context *c, uint32_t table, uint32_t n) {
    wr_buf b = wr_buf_in(&c->env->perm);
    wr_asm_locals(&b, 1);
    WR_ASM(&b, LOOP, GET(0), I32(BUCKET), MUL, GET(0), I32(4), SHR_U, STORE(table));
    WR_ASM(&b, GET(0), I32(1), ADD, TEE(0), I32(n), LT_U, BR_IF, END);
    return wr_asm_add_func(c->env, c->m, &b, NULL, 0, 0);
}

void wr_pass_go_findfunc(wr_context *c) {
    wr_go go;
    wr_module *m = c->m;
    if (m->start != WR_NONE || wr_go_find(c->env, &c->env->perm, m, &go) != WR_GO_FOUND) return;
    uint32_t n = count_regular(&go);
    if (n < WORTH) return;
    for (uint32_t i = 0; i < n; i++) wr_go_put32(&go, go.findfunctab.at + i * BUCKET, 0);
    if (!wr_go_store_image(c->env, m, &go)) return;
    m->start = add_filler(c, go.findfunctab.at, n);
    wr_pass_note(c, "Go: %u buckets of findfunctab are written at the start", n);
}
