// Encodes and reads tables of origins. See origins.h.
#include "origins.h"

void wr_origins_write_sites(wr_buf *out, const wr_inline_sites *sites) {
    wr_put_uleb(out, sites->n);
    for (uint32_t i = 0; i < sites->n; i++) {
        wr_put_uleb(out, sites->v[i].call);
        wr_put_uleb(out, sites->v[i].outer);
    }
}

void wr_origins_put_row(wr_origin_writer *w, uint32_t at, wr_origin origin) {
    bool has_site = origin.site != w->origin.site || origin.is_made != w->origin.is_made;
    wr_put_uleb(w->out, (uint64_t)(at - w->at) << 1 | has_site);
    wr_put_sleb(w->out, (int64_t)origin.at - ((int64_t)w->origin.at + (at - w->at)));
    if (has_site) wr_put_uleb(w->out, (uint64_t)origin.site << 1 | origin.is_made);
    w->at = at, w->origin = origin;
}

static uint32_t declarations_size(const wr_body *body) {
    uint32_t n = 0;
    size_t size = 0;
    for (uint32_t i = 0; i < body->runs.n; i++) {
        if (!body->runs.v[i].n) continue;
        size += wr_uleb_size(body->runs.v[i].n) + wr_valtype_size(body->runs.v[i].type);
        n++;
    }
    return (uint32_t)size + wr_uleb_size(n);
}

// The instruction's origin; if it has none, that of the instruction before.
static wr_origin origin_of(const wr_body *body, const wr_ins *ins, wr_origin last) {
    if (!ins->origin || ins->origin > body->origins.n) {
        last.is_made = ins->op == WR_OP_LOCAL_SET || ins->op == WR_OP_LOCAL_TEE;
        return last;
    }
    wr_origin origin = body->origins.v[ins->origin - 1];
    if (origin.site > body->sites.n) origin.site = 0; // left behind when the code around it was removed
    return origin;
}

void wr_origins_encode(const wr_body *body, wr_buf *out) {
    wr_origin origin = {0};
    for (uint32_t i = 0; i < body->n && !origin.at; i++) origin = origin_of(body, &body->ins[i], origin);
    if (!origin.at) return;
    wr_origins_write_sites(out, &body->sites);
    wr_origin_writer w = {.out = out};
    uint32_t at = declarations_size(body);
    for (uint32_t i = 0; i < body->n; i++) {
        const wr_ins *ins = &body->ins[i];
        origin = origin_of(body, ins, origin);
        wr_origins_put(&w, at, origin);
        at += (uint32_t)wr_ins_size(ins, body->ext.v);
    }
}

static void peek_row(wr_origin_reader *r) {
    wr_reader ahead = r->r;
    r->next = wr_at_end(&ahead) ? WR_NONE : r->at + (uint32_t)(wr_read_u64(&ahead) >> 1);
}

wr_origin_reader wr_origins_of(wr_env *env, wr_arena *arena, const wr_module *m, uint32_t func,
                               wr_inline_sites *sites) {
    return wr_origins_read(env, arena, m->origins[func], wr_func_offset(m, func), sites);
}

wr_origin_reader wr_origins_read(wr_env *env, wr_arena *arena, wr_slice table, uint64_t start,
                                 wr_inline_sites *sites) {
    wr_origin_reader r = {.r = wr_reader_of(env, table, 0), .next = WR_NONE};
    if (!table.n) {
        r.origin = (uint32_t)start;
        return r;
    }
    uint32_t n = wr_read_u32(&r.r);
    for (uint32_t i = 0; i < n; i++) {
        wr_inline_site site = {wr_read_u32(&r.r), 0};
        site.outer = wr_read_u32(&r.r);
        WR_PUSH(arena, *sites, site);
    }
    peek_row(&r);
    return r;
}

void wr_origins_next_row(wr_origin_reader *r, uint32_t at) {
    while (at >= r->next) {
        uint64_t step = wr_read_u64(&r->r);
        uint32_t bytes = (uint32_t)(step >> 1);
        r->origin = (uint32_t)((int64_t)r->origin + bytes + wr_read_s64(&r->r));
        r->at += bytes;
        if (step & 1) {
            uint64_t site = wr_read_u64(&r->r);
            r->site = (uint32_t)(site >> 1), r->is_made = site & 1;
        }
        peek_row(r);
    }
}
