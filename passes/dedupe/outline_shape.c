// Tracks what a window pops from and pushes to the stack, and which locals it reads and sets, while it grows
// and shrinks at its end; and computes what a helper for it saves.
#include "outline.h"

#include "analysis/liveness.h"

// The slot of the local that the token accesses: its slot if it has one, else the next free one.
static unsigned slot_of(const wr_window *w, const wr_token *t) {
    if (t->prev && t->prev <= w->length) return w->local_at[w->length - t->prev];
    return w->nlocals;
}

static bool is_covered(const wr_window *w, const wr_window_local *local) {
    return local->cover <= w->nest && w->arms[local->cover] == local->arm;
}

// An arm is entered only at its start, so a local that is set in it stays set wherever control is later in
// that arm, including nested blocks.
static void meet_access(wr_window *w, wr_window_local *local, unsigned kind) {
    local->last = (uint8_t)w->length;
    local->last_nest = (uint8_t)w->nest;
    if (kind != WR_TOKEN_GET) local->is_set = true;
    if (is_covered(w, local)) return;
    local->cover = WR_UNCOVERED;
    if (kind == WR_TOKEN_GET) {
        w->ninputs += !local->is_in;
        local->is_in = true;
    } else {
        local->cover = (uint8_t)w->nest;
        local->arm = w->arms[w->nest];
    }
}

static bool access_local(wr_window *w, const wr_token *t, wr_window_undo *undo) {
    unsigned slot = slot_of(w, t);
    if (slot == WR_WINDOW_LOCALS) return false;
    wr_window_local *local = &w->locals[slot];
    undo->slot = slot;
    undo->is_new = slot == w->nlocals;
    undo->local = *local;
    if (undo->is_new) {
        *local = (wr_window_local){.first = (uint8_t)w->length, .cover = WR_UNCOVERED};
        w->nlocals++;
    }
    meet_access(w, local, wr_token_kind(t));
    w->local_at[w->length] = (uint8_t)slot;
    return true;
}

static bool follow_flow(wr_window *w, unsigned flow, wr_window_undo *undo) {
    if (flow >= WR_FLOW_LEAVE) return flow - WR_FLOW_LEAVE < w->nest;
    if (flow != WR_FLOW_OPEN && !w->nest) return false;
    if (flow == WR_FLOW_OPEN) w->nest++;
    if (flow == WR_FLOW_END) w->nest--;
    undo->arm = w->arms[w->nest];
    if (flow != WR_FLOW_END) w->arms[w->nest] = (uint8_t)w->length;
    return true;
}

bool wr_window_grow(wr_window *w, const wr_token *t, wr_window_undo *undo) {
    *undo = (wr_window_undo){.height = w->height,
                             .lowest = w->lowest,
                             .bytes = w->bytes,
                             .slot = WR_WINDOW_LOCALS,
                             .nest = w->nest,
                             .arm = w->arms[w->nest]};
    if (wr_token_flow(t) && !follow_flow(w, wr_token_flow(t), undo)) return false;
    if (wr_token_kind(t) != WR_TOKEN_OTHER && !access_local(w, t, undo)) return false;
    if (t->flags & WR_TOKEN_CONST) {
        undo->is_const = true;
        w->consts[w->nconsts++] = (uint8_t)w->length;
    }
    w->height -= (int)wr_token_pops(t);
    if (w->height < w->lowest) w->lowest = w->height;
    w->height += (int)wr_token_pushes(t);
    w->bytes += t->size;
    w->length++;
    return true;
}

void wr_window_shrink(wr_window *w, const wr_window_undo *undo) {
    w->length--;
    w->height = undo->height;
    w->lowest = undo->lowest;
    w->bytes = undo->bytes;
    w->arms[w->nest] = undo->arm;
    w->nest = undo->nest;
    w->nconsts -= undo->is_const;
    if (undo->slot == WR_WINDOW_LOCALS) return;
    w->ninputs -= w->locals[undo->slot].is_in && (undo->is_new || !undo->local.is_in);
    w->locals[undo->slot] = undo->local;
    w->nlocals -= undo->is_new;
}

void wr_window_read(wr_window *w, const wr_token *tokens, unsigned length) {
    wr_window_undo undo;
    w->height = w->lowest = 0;
    w->length = w->bytes = w->nest = w->nlocals = w->ninputs = w->nconsts = 0;
    w->arms[0] = 0;
    for (unsigned i = 0; i < length; i++) wr_window_grow(w, &tokens[i], &undo);
}

bool wr_window_is_in(const wr_window *w, unsigned slot, unsigned outputs) {
    return w->locals[slot].is_in || ((outputs >> slot & 1) && w->locals[slot].cover != 0);
}

unsigned wr_window_inputs(const wr_window *w, unsigned outputs) {
    unsigned n = w->ninputs;
    for (; outputs; outputs &= outputs - 1) {
        const wr_window_local *local = &w->locals[__builtin_ctz(outputs)];
        n += !local->is_in && local->cover != 0;
    }
    return n;
}

// Between the end of the outermost block around the local's last access and the window's end, nothing
// accesses the local, and all paths pass through both. So it is live at one if it is live at the other.
static bool is_live(const wr_window_local *local, const wr_token *last) {
    if (!local->last_nest) return last->flags & WR_TOKEN_LIVE;
    return local->last_nest > WR_LIVE_BLOCKS || (last->shape >> (local->last_nest - 1) & 1);
}

unsigned wr_window_outputs(const wr_window *w, const wr_token *t) {
    unsigned outputs = 0;
    for (unsigned i = 0; i < w->nlocals; i++)
        if (w->locals[i].is_set && is_live(&w->locals[i], &t[w->locals[i].last])) outputs |= 1u << i;
    return outputs;
}

bool wr_window_may_be_helper(const wr_window *w) {
    return w->length >= 2 && !w->nest && wr_window_leaves(w) <= 1 &&
           wr_window_takes(w) + wr_window_inputs(w, 0) <= WR_HELPER_PARAMS;
}

// --- Price ---

wr_price wr_outline_price(const wr_cost *cost, const wr_window *w, unsigned bytes, uint32_t n,
                          unsigned outputs, unsigned nconsts) {
    unsigned results = 2 * (unsigned)__builtin_popcount(outputs), inputs = wr_window_inputs(w, outputs);
    unsigned body =
        2 + (w->nlocals > inputs ? 2u : 0u) + 2 * wr_window_takes(w) + bytes + 2 * nconsts + results;
    wr_price price = {.site = (int)bytes - 2 - 2 * (int)inputs - (int)results};
    price.helper = (int)(body + wr_cost_func(cost, body) + wr_cost_new_indices(cost, WR_FUNC, n) - n);
    return price;
}

static bool varies(const wr_stream *stream, const uint32_t *places, uint32_t n, unsigned at) {
    uint32_t key = stream->tokens[places[0] + at].key;
    for (uint32_t i = 1; i < n; i++)
        if (stream->tokens[places[i] + at].key != key) return true;
    return false;
}

bool wr_outline_variation(const wr_stream *stream, const wr_window *w, const uint32_t *places, uint32_t n,
                          wr_variation *v) {
    v->n = 0;
    for (unsigned i = 0; i < w->nconsts; i++) {
        if (!varies(stream, places, n, w->consts[i])) continue;
        if (v->n == WR_HELPER_CONSTS) return false;
        v->at[v->n++] = w->consts[i];
    }
    return true;
}

unsigned wr_outline_fixed_bytes(const wr_stream *stream, uint32_t place, unsigned length,
                                const wr_variation *v) {
    unsigned bytes = (uint16_t)(stream->starts[place + length] - stream->starts[place]);
    for (unsigned i = 0; i < v->n; i++) bytes -= stream->tokens[place + v->at[i]].size;
    return bytes;
}
