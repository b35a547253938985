// Turns bodies into tokens for the outliner.
//
// A call may be outlined only if it is direct and if caller and callee are not in one SCC of the call graph,
// so that no deep recursion gets an additional frame at each level. Calls within the reach of exception
// handlers stay where they are, since a handler must find the locals as they were when the callee threw.
#include "analysis/liveness.h"
#include "outline.h"
#include "support/hash.h"
#include "support/search.h"

#define CHUNK_FUNCS 32

typedef struct reader {
    wr_context *c;
    const wr_outline_facts *facts;
    wr_stream *stream;
} reader;

typedef struct body_reader {
    const reader *r;
    const wr_body *body;
    wr_typer typer;
    const uint8_t *live;
    const int8_t *levels;
    uint8_t classes[WR_FREQUENCIES]; // call-cost classes, by frequency level minus the lowest
    uint32_t *last;                  // by local: its last access plus one
    bool has_handlers;
} body_reader;

static bool is_const(unsigned op) { return op == WR_OP_I32_CONST || op == WR_OP_I64_CONST; }

// Whether the types of the operands don't follow from the instruction, so that they are part of its key.
static bool takes_what_is_there(const wr_ins *ins) {
    const wr_opinfo *info = &wr_opinfos[ins->op];
    return info->custom && !(info->effects & WR_E_CONTROL) &&
           (info->imm == WR_IMM_NONE || info->imm == WR_IMM_HEAP || info->imm == WR_IMM_TYPES);
}

static uint32_t key_of(const body_reader *b, const wr_ins *ins, const wr_sig *sig) {
    unsigned imm = wr_opinfos[ins->op].imm;
    uint64_t h = wr_hash_word(0, ins->op | (uint64_t)ins->x << 16 | (uint64_t)ins->y << 24);
    if (imm == WR_IMM_LOCAL) {
        h = wr_hash_word(h, b->typer.locals[wr_ins_local(ins)]);
    } else if (imm == WR_IMM_BLOCK) {
        h = wr_hash_word(h,
                         ins->x == WR_BLOCK_TYPE ? b->typer.m->types[wr_ins_block_type(ins)].canon : ins->a);
    } else if (imm == WR_IMM_LABELS) {
        for (uint32_t i = 0; i <= ins->a; i++) h = wr_hash_word(h, b->body->ext.v[ins->b + i]);
    } else if (imm == WR_IMM_V128 || imm == WR_IMM_SHUFFLE) {
        h = wr_hash_bytes(&b->body->ext.v[ins->b], 16) ^ h;
    } else {
        h = wr_hash_word(wr_hash_word(h, ins->a), imm == WR_IMM_TYPES ? 0 : ins->b);
    }
    if (takes_what_is_there(ins))
        for (uint32_t i = 0; i < sig->npop; i++) h = wr_hash_word(h, sig->pop[i]);
    return (uint32_t)(h >> 32) | 1;
}

// The callee of an indirect call is unknown: it may be the next level of a deep recursion.
static bool may_move_call(const body_reader *b, const wr_ins *ins) {
    if (b->has_handlers || ins->op != WR_OP_CALL) return false;
    return b->r->facts->sccs[wr_ins_func(ins)] != b->r->facts->sccs[b->body->func];
}

static bool may_move(const body_reader *b, const wr_ins *ins, const wr_sig *sig) {
    unsigned effects = wr_opinfos[ins->op].effects;
    if (effects & WR_E_THROW) return false;
    if ((effects & WR_E_CALL) && !may_move_call(b, ins)) return false;
    return sig->npop < 16 && sig->npush < 4;
}

static void read_access(body_reader *b, uint32_t i, wr_token *t) {
    uint32_t local = wr_ins_local(&b->body->ins[i]), last = b->last[local];
    unsigned op = b->body->ins[i].op, live = b->live[i];
    unsigned kind = op == WR_OP_LOCAL_GET   ? WR_TOKEN_GET
                    : op == WR_OP_LOCAL_SET ? WR_TOKEN_SET
                                            : WR_TOKEN_TEE;
    if (last && i + 1 - last < 256) t->prev = (uint8_t)(i + 1 - last);
    // A local without a default value must stay initialized where validation requires it, whether it is live
    // or not.
    if (!wr_is_defaultable(b->typer.locals[local])) live |= WR_LIVE_AFTER;
    t->shape = (uint8_t)(kind << 6 | live >> 1);
    if (live & WR_LIVE_AFTER) t->flags |= WR_TOKEN_LIVE;
}

// Advances past one instruction. Returns whether it may be in windows, and its signature as seen before it.
static bool step(body_reader *b, uint32_t i, wr_sig *sig, wr_token *t) {
    const wr_ins *ins = &b->body->ins[i];
    if (wr_opinfos[ins->op].effects & WR_E_CONTROL) {
        bool may_be = wr_outline_flow(&b->typer, ins, t);
        wr_typer_step(&b->typer, i);
        return may_be;
    }
    if (!wr_typer_sig(&b->typer, ins, sig)) {
        wr_typer_step(&b->typer, i);
        return false;
    }
    wr_typer_apply(&b->typer, sig);
    t->shape = (uint8_t)(sig->npop | sig->npush << 4);
    return may_move(b, ins, sig);
}

static void read_token(body_reader *b, uint32_t i, wr_token *t) {
    const wr_ins *ins = &b->body->ins[i];
    wr_sig sig;
    *t = (wr_token){0};
    if (!step(b, i, &sig, t)) {
        *t = (wr_token){0};
        return;
    }
    size_t size = wr_cost_ins(&b->r->facts->cost, ins, b->body->ext.v);
    t->key = key_of(b, ins, &sig);
    t->size = (uint8_t)(size < 255 ? size : 255);
    if (is_const(ins->op))
        t->flags = ins->op == WR_OP_I64_CONST ? WR_TOKEN_CONST | WR_TOKEN_WIDE : WR_TOKEN_CONST;
    t->flags |= (uint8_t)(b->classes[b->levels[i] - WR_FREQUENCY_MIN] * WR_TOKEN_COST);
    if (wr_names_local(ins->op)) read_access(b, i, t);
}

// Only calls of the helpers that the last round made can turn shorter repeats into longer ones. Windows that
// start farther than this before such a call have been considered already.
#define NEAR 16

static bool is_new_call(const body_reader *b, const wr_ins *ins) {
    return ins->op == WR_OP_CALL && wr_ins_func(ins) >= b->r->facts->since;
}

static void mark_starts(const body_reader *b, wr_token *tokens) {
    uint32_t since = b->r->facts->since, distance = NEAR;
    for (uint32_t i = b->body->n; i-- > 0;) {
        distance = !tokens[i].key ? NEAR : is_new_call(b, &b->body->ins[i]) ? 0 : distance + 1;
        if (wr_token_flow(&tokens[i]) <= WR_FLOW_OPEN && (!since || distance < NEAR))
            tokens[i].flags |= WR_TOKEN_START;
    }
}

static bool has_handlers(const wr_body *body) {
    for (uint32_t i = 0; i < body->n; i++)
        if (wr_is_try(body->ins[i].op)) return true;
    return false;
}

static void read_func(const reader *r, wr_env *env, uint32_t func) {
    wr_body body;
    wr_arena_reset(&env->temp);
    env->func = func;
    wr_body_decode(env, &env->temp, r->c->m, func, &body);
    if (body.n != r->stream->base[func + 1] - r->stream->base[func])
        wr_throw(env, WR_INTERNAL, WR_NO_OFFSET, "the count of instructions is wrong");
    if (body.nlocals > WR_MAX_LOCALS) {
        memset(&r->stream->tokens[r->stream->base[func]], 0, body.n * sizeof(wr_token));
        return;
    }
    body_reader b = {.r = r, .body = &body};
    b.live = wr_liveness_find(&env->temp, &body, WR_WINDOW_MAX); // longer blocks are in no window
    b.last = WR_NEW0(&env->temp, uint32_t, body.nlocals);
    b.levels = wr_call_cost_frequencies(&env->temp, &r->facts->call_cost, &body);
    for (int level = 0; level < WR_FREQUENCIES; level++)
        b.classes[level] = (uint8_t)wr_call_cost_class(&r->facts->call_cost, func, level + WR_FREQUENCY_MIN);
    b.has_handlers = has_handlers(&body);
    wr_typer_begin(&b.typer, &env->temp, r->c->m, &body);
    wr_token *tokens = &r->stream->tokens[r->stream->base[func]];
    uint16_t *starts = &r->stream->starts[r->stream->base[func]], at = 0;
    for (uint32_t i = 0; i < body.n; i++) {
        read_token(&b, i, &tokens[i]);
        if (wr_names_local(body.ins[i].op)) b.last[wr_ins_local(&body.ins[i])] = i + 1;
        starts[i] = at;
        at = (uint16_t)(at + tokens[i].size);
    }
    wr_outline_settle_blocks(&b.typer, tokens);
    mark_starts(&b, tokens);
}

static void read_chunk(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    const reader *r = arg;
    uint32_t end = (uint32_t)(item + 1) * CHUNK_FUNCS;
    for (uint32_t i = (uint32_t)item * CHUNK_FUNCS; i < end && i < r->stream->nfuncs; i++)
        if (r->stream->base[i] != r->stream->base[i + 1]) read_func(r, env, i);
}

static void lay_out(wr_context *c, const wr_outline_facts *facts, uint32_t first, uint32_t end,
                    wr_stream *stream) {
    const wr_module *m = c->m;
    stream->nfuncs = m->nfuncs;
    stream->base = WR_NEW(&c->env->pass, uint32_t, (size_t)m->nfuncs + 1);
    uint64_t n = 0;
    for (uint32_t i = 0; i < m->nfuncs; i++) {
        stream->base[i] = (uint32_t)n;
        if (i >= first && i < end) n += facts->counts[i];
    }
    stream->base[m->nfuncs] = stream->n = (uint32_t)n;
}

uint32_t wr_outline_func_at(const wr_stream *stream, uint32_t at) {
    uint32_t next; // the first function that begins behind the place
    WR_SEARCH(next, 1, stream->nfuncs, stream->base[next] <= at);
    return next - 1;
}

void wr_outline_read(wr_context *c, const wr_outline_facts *facts, uint32_t first, uint32_t end,
                     wr_stream *stream) {
    *stream = (wr_stream){0};
    lay_out(c, facts, first, end, stream);
    // One additional barrier at the end, so that windows may look one token ahead.
    stream->tokens = WR_NEW(&c->env->pass, wr_token, (size_t)stream->n + 1);
    stream->tokens[stream->n] = (wr_token){0};
    stream->starts = WR_NEW(&c->env->pass, uint16_t, (size_t)stream->n + 1);
    reader r = {c, facts, stream};
    wr_parallel(c->pool, (stream->nfuncs + CHUNK_FUNCS - 1) / CHUNK_FUNCS, read_chunk, &r);
}
