// Writes the code section. Bodies are rewritten in parallel, in chunks of consecutive functions. A chunk's
// memory is freed as soon as it is copied, so that the output is not held twice.
#include "encode_parts.h"
#include "ir/origins.h"

#define CHUNK_BYTES ((size_t)256 << 10)

typedef struct code_work {
    wr_encoder *e;
    wr_code *code;
    const uint32_t *first; // by chunk: position of its first function in the layout's order, with one more
                           // entry at the end
} code_work;

// Rewrites a body and makes the table of its origins.
static void rewrite_tracked(wr_env *env, wr_encoder *e, uint32_t index, wr_placed_body *placed,
                            wr_marks *marks, wr_buf *out) {
    const wr_func *func = &e->m->funcs[index];
    wr_inline_sites sites = {0};
    wr_buf table = wr_buf_in(&env->temp);
    wr_origin_reader reader = wr_origins_of(env, &env->temp, e->m, index, &sites);
    wr_origin_writer writer = {.out = &table};
    wr_origins_write_sites(&table, &sites);
    wr_rewrite_body(env, &e->rewrite, func->body, marks, &(wr_moved_origins){&reader, &writer}, out);
    *placed = (wr_placed_body){.func = index, .size = (uint32_t)out->n};
    placed->origins = wr_slice_copy(&env->perm, wr_buf_slice(&table));
}

static void encode_body(wr_env *env, wr_encoder *e, uint32_t place, wr_buf *scratch, wr_buf *out) {
    uint32_t index = e->layout->order[WR_FUNC][place];
    const wr_func *func = &e->m->funcs[index];
    wr_marks *marks = e->metadata.marks && !func->changed ? &e->metadata.marks[index] : NULL;
    scratch->n = 0;
    env->func = index;
    marks = marks && marks->n ? marks : NULL;
    if (e->origins)
        rewrite_tracked(env, e, index, &e->origins->bodies[place - e->origins->nimports], marks, scratch);
    else
        wr_rewrite_body(env, &e->rewrite, func->body, marks, NULL, scratch);
    wr_put_sized(out, wr_buf_slice(scratch));
}

static void encode_chunk(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    code_work *work = arg;
    wr_code_chunk *chunk = &work->code->chunks[item];
    wr_arena_reset(&env->temp);
    chunk->arena = &env->perm;
    chunk->bytes = wr_buf_in(&env->perm);
    wr_buf_room(&chunk->bytes, WR_BIG_BLOCK); // a block of its own, which can be freed separately
    wr_buf scratch = wr_buf_in(&env->temp);
    for (uint32_t i = work->first[item]; i < work->first[item + 1]; i++)
        encode_body(env, work->e, i, &scratch, &chunk->bytes);
}

// Cuts the defined functions, in the layout's order, into chunks of about CHUNK_BYTES. Returns their number.
static size_t cut_chunks(wr_encoder *e, wr_u32s *first, uint32_t imports) {
    const uint32_t *order = e->layout->order[WR_FUNC];
    uint32_t count = e->layout->count[WR_FUNC];
    size_t bytes = CHUNK_BYTES;
    for (uint32_t i = imports; i < count; i++) {
        if (bytes >= CHUNK_BYTES) {
            WR_PUSH(&e->env->perm, *first, i);
            bytes = 0;
        }
        bytes += e->m->funcs[order[i]].body.n;
    }
    size_t n = first->n;
    WR_PUSH(&e->env->perm, *first, count);
    return n;
}

static uint32_t live_imports(const wr_encoder *e) {
    uint32_t n = 0;
    while (n < e->layout->count[WR_FUNC] && e->m->funcs[e->layout->order[WR_FUNC][n]].import != WR_NONE) n++;
    return n;
}

static void place_bodies(wr_code_origins *origins) {
    uint32_t at = wr_uleb_size(origins->n);
    for (uint32_t i = 0; i < origins->n; i++) {
        wr_placed_body *body = &origins->bodies[i];
        body->at = at + wr_uleb_size(body->size);
        at = body->at + body->size;
    }
}

void wr_encode_code(wr_encoder *e, wr_code *code) {
    wr_u32s first = {0};
    uint32_t imports = live_imports(e);
    *code = (wr_code){.nbodies = e->layout->count[WR_FUNC] - imports};
    if (e->origins) {
        *e->origins = (wr_code_origins){.n = code->nbodies,
                                        .nimports = imports,
                                        .imports = e->layout->order[WR_FUNC],
                                        .nglobals = e->layout->count[WR_GLOBAL],
                                        .globals = e->layout->order[WR_GLOBAL]};
        e->origins->bodies = WR_NEW0(&e->env->perm, wr_placed_body, code->nbodies);
    }
    code->nchunks = cut_chunks(e, &first, imports);
    code->chunks = WR_NEW0(&e->env->perm, wr_code_chunk, code->nchunks);
    code_work work = {e, code, first.v};
    wr_parallel(e->pool, code->nchunks, encode_chunk, &work);
    code->size = wr_uleb_size(code->nbodies);
    for (size_t i = 0; i < code->nchunks; i++) code->size += code->chunks[i].bytes.n;
    if (e->origins) place_bodies(e->origins);
}

void wr_encode_put_code(wr_encoder *e, wr_code *code) {
    if (!code->nbodies) return;
    wr_put_u8(&e->out, WR_SEC_CODE);
    wr_put_uleb(&e->out, code->size);
    if (e->origins) e->origins->code = e->out.n;
    wr_put_uleb(&e->out, code->nbodies);
    for (size_t i = 0; i < code->nchunks; i++) {
        wr_put_slice(&e->out, wr_buf_slice(&code->chunks[i].bytes));
        wr_arena_give_back(code->chunks[i].arena, code->chunks[i].bytes.p);
    }
}
