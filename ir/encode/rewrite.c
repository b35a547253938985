// Rewrites code as it is written out. See rewrite.h.
#include "rewrite.h"

#include "ir/origins.h"

typedef struct rewriter {
    wr_env *env;
    const wr_rewrite *how;
    wr_reader r;
    wr_buf *out;
    const uint8_t *body; // start of the old body
    size_t out_body;     // start of the new body in out
    const uint8_t *run;  // bytes from here on are to be copied unchanged
    wr_marks *marks;
    uint32_t next_mark;
    const wr_moved_origins *origins; // NULL if origins are not tracked
} rewriter;

static void flush(rewriter *w, const uint8_t *upto) {
    wr_put_bytes(w->out, w->run, (size_t)(upto - w->run));
    w->run = upto;
}

static void move_marks(rewriter *w, const uint8_t *at) {
    wr_marks *marks = w->marks;
    size_t old = (size_t)(at - w->body);
    for (; w->next_mark < marks->n && marks->at[w->next_mark] <= old; w->next_mark++) {
        size_t moved = w->out->n - w->out_body + (size_t)(at - w->run);
        marks->at[w->next_mark] = marks->at[w->next_mark] == old ? (uint32_t)moved : WR_NONE;
    }
}

static void move_origin(rewriter *w, const uint8_t *at) {
    wr_origin origin = wr_origins_next(w->origins->reader, (uint32_t)(at - w->body));
    uint32_t moved = (uint32_t)(w->out->n - w->out_body + (size_t)(at - w->run));
    if (origin.at) wr_origins_put(w->origins->writer, moved, origin);
}

static bool zero_alignment(const rewriter *w, wr_ins *ins) {
    unsigned imm = wr_opinfos[ins->op].imm;
    if (!w->how->zero_alignment || ins->x == 0 || !wr_is_memarg(imm)) return false;
    if (imm >= WR_IMM_ATOMIC0 && imm <= WR_IMM_ATOMIC3) return false;
    ins->x = 0;
    return true;
}

static void rewrite_instructions(rewriter *w) {
    wr_u32s ext = {0};
    wr_ins ins;
    w->run = w->r.p;
    while (!wr_at_end(&w->r)) {
        const uint8_t *at = w->r.p;
        ext.n = 0;
        w->r.padded = false;
        wr_ins_read(&w->r, &w->env->temp, &ext, &ins);
        if (w->marks) move_marks(w, at);
        if (w->origins) move_origin(w, at);
        bool renamed = wr_remap_ins(w->how->map, &ins, ext.v);
        bool realigned = zero_alignment(w, &ins);
        if (!renamed && !realigned && !w->r.padded) continue;
        flush(w, at);
        wr_ins_write(w->out, &ins, ext.v);
        w->run = w->r.p;
    }
    flush(w, w->r.p);
    if (w->marks)
        while (w->next_mark < w->marks->n) w->marks->at[w->next_mark++] = WR_NONE;
}

// Drops empty declarations and merges neighbours of the same type.
static void rewrite_locals(rewriter *w) {
    wr_local_runs runs = {0};
    wr_ins_read_locals(&w->r, &w->env->temp, &runs);
    uint32_t n = 0;
    for (uint32_t i = 0; i < runs.n; i++) {
        wr_local_run run = {runs.v[i].n, wr_remap_valtype(w->how->map, runs.v[i].type)};
        if (run.n == 0) continue;
        if (n && runs.v[n - 1].type == run.type)
            runs.v[n - 1].n += run.n;
        else
            runs.v[n++] = run;
    }
    wr_put_uleb(w->out, n);
    for (uint32_t i = 0; i < n; i++) {
        wr_put_uleb(w->out, runs.v[i].n);
        wr_valtype_write(w->out, runs.v[i].type);
    }
}

void wr_rewrite_code(wr_env *env, const wr_rewrite *how, wr_slice code, wr_buf *out) {
    rewriter w = {.env = env, .how = how, .r = wr_reader_of(env, code, 0), .out = out};
    rewrite_instructions(&w);
}

void wr_rewrite_body(wr_env *env, const wr_rewrite *how, wr_slice body, wr_marks *marks,
                     const wr_moved_origins *origins, wr_buf *out) {
    rewriter w = {.env = env, .how = how, .r = wr_reader_of(env, body, 0), .out = out};
    w.body = body.p;
    w.out_body = out->n;
    w.marks = marks;
    w.origins = origins;
    rewrite_locals(&w);
    rewrite_instructions(&w);
}
