// Decodes a body into its working form, matches blocks, and encodes it again.
#include "body.h"

#include "origins.h"

static void decode_origins(wr_env *env, wr_arena *arena, const wr_module *m, wr_reader code, wr_body *body) {
    wr_u32s ext = {0};
    wr_ins ins;
    const uint8_t *start = m->funcs[body->func].body.p;
    wr_origin_reader origins = wr_origins_of(env, arena, m, body->func, &body->sites);
    for (uint32_t i = 0; i < body->n; i++) {
        wr_origin origin = wr_origins_next(&origins, (uint32_t)(code.p - start));
        if (origin.at) WR_PUSH(arena, body->origins, origin);
        body->ins[i].origin = origin.at ? body->origins.n : 0;
        ext.n = 0;
        wr_ins_read(&code, arena, &ext, &ins);
    }
}

// Reads instructions up to the code's end, at most to `end`. Returns behind the last. Most take no call.
static wr_ins *read_many(wr_reader *r, wr_arena *arena, wr_u32s *ext, wr_ins *ins, const wr_ins *end) {
    const uint8_t *at = r->p, *next;
    while (ins < end && at < r->end) {
        if (WR_LIKELY(at + 1 < r->end) && (next = wr_get_short_ins(at, ins)) != NULL) {
            at = next;
        } else {
            r->p = at;
            wr_ins_read_long(r, arena, ext, ins);
            at = r->p;
        }
        ins++;
    }
    r->p = at;
    return ins;
}

void wr_body_decode(wr_env *env, wr_arena *arena, const wr_module *m, uint32_t func, wr_body *body) {
    const wr_func *f = &m->funcs[func];
    *body = (wr_body){.func = func, .nparams = m->types[f->type].nparams};
    wr_reader r = wr_reader_of(env, f->body, wr_func_offset(m, func));
    body->nlocals = body->nparams + wr_ins_read_locals(&r, arena, &body->runs);
    wr_reader code = r;
    WR_VEC(wr_ins) list = {0};
    while (!wr_at_end(&r)) {
        WR_RESERVE(arena, list, wr_left(&r) / 2 + 4);
        wr_ins *end = read_many(&r, arena, &body->ext, list.v + list.n, list.v + list.cap);
        list.n = (uint32_t)(end - list.v);
    }
    body->ins = list.v;
    body->n = list.n;
    if (m->origins) decode_origins(env, arena, m, code, body);
}

typedef struct open_block {
    uint32_t start, last_arm;
} open_block;

void wr_body_match_blocks(wr_arena *arena, wr_body *body) {
    body->match = WR_NEW(arena, uint32_t, body->n);
    body->arm = WR_NEW(arena, uint32_t, body->n);
    WR_VEC(open_block) open = {0};
    for (uint32_t i = 0; i < body->n; i++) {
        unsigned op = body->ins[i].op;
        if (op > WR_LAST_BLOCK_OP) continue; // a quick test that skips most instructions
        if (wr_opens_block(op)) {
            open_block block = {i, i};
            WR_PUSH(arena, open, block);
        } else if (wr_begins_arm(op) && open.n) {
            body->match[i] = open.v[open.n - 1].start;
            body->arm[open.v[open.n - 1].last_arm] = i;
            open.v[open.n - 1].last_arm = i;
        } else if (wr_closes_block(op) && !open.n) {
            body->match[i] = WR_NONE;
        } else if (wr_closes_block(op)) {
            open.n--;
            body->match[i] = open.v[open.n].start;
            body->match[open.v[open.n].start] = i;
            body->arm[open.v[open.n].last_arm] = i;
        }
    }
}

wr_valtype wr_body_local_type(const wr_module *m, const wr_body *body, uint32_t local) {
    if (local < body->nparams) return wr_func_type(m, body->func)->values[local];
    local -= body->nparams;
    for (uint32_t i = 0; i < body->runs.n; i++) {
        if (local < body->runs.v[i].n) return body->runs.v[i].type;
        local -= body->runs.v[i].n;
    }
    return WR_BOTTOM;
}

static void write_many(const wr_body *body, wr_buf *out) {
    const wr_ins *ins = body->ins, *end = ins + body->n;
    uint8_t *at = out->p + out->n, *limit = out->p + out->cap, *next;
    for (; ins < end; ins++) {
        if (WR_LIKELY(limit - at >= 2) && (next = wr_put_short_ins(at, ins)) != NULL) {
            at = next;
            continue;
        }
        out->n = (size_t)(at - out->p);
        wr_ins_write_long(out, ins, body->ext.v);
        at = out->p + out->n, limit = out->p + out->cap;
    }
    out->n = (size_t)(at - out->p);
}

void wr_body_encode(const wr_body *body, wr_buf *out) {
    uint32_t n = 0;
    if (!out->cap) wr_buf_room(out, 2 * (size_t)body->n + WR_BODY_SLACK);
    for (uint32_t i = 0; i < body->runs.n; i++) n += body->runs.v[i].n != 0;
    wr_put_uleb(out, n);
    for (uint32_t i = 0; i < body->runs.n; i++) {
        if (!body->runs.v[i].n) continue;
        wr_put_uleb(out, body->runs.v[i].n);
        wr_valtype_write(out, body->runs.v[i].type);
    }
    write_many(body, out);
}

bool wr_body_same_ins(const wr_body *body, const wr_ins *a, const wr_ins *b) {
    if (a->op != b->op || a->x != b->x || a->y != b->y || a->a != b->a) return false;
    const wr_imm_info *info = &wr_imm_infos[wr_opinfos[a->op].imm];
    if (!info->words || info->labels != WR_LABELS_NONE) return a->b == b->b;
    const uint32_t *ext = body->ext.v;
    return memcmp(ext + a->b, ext + b->b, wr_ins_word_count(a, ext) * sizeof *ext) == 0;
}
