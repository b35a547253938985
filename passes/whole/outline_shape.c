// What a window takes from the stack and from locals, leaves on the stack, and changes: kept up to date as it grows and
// shrinks at its end; and what a helper for it saves.
#include "outline.h"

// The slot of the local that the token accesses: an old one, or the next.
static unsigned slot_of(const wr_window *w, const wr_token *t) {
    if (t->prev && t->prev <= w->length) return w->local_at[w->length - t->prev];
    return w->nlocals;
}

static bool access_local(wr_window *w, const wr_token *t, wr_window_undo *undo) {
    unsigned slot = slot_of(w, t);
    if (slot == WR_WINDOW_LOCALS) return false;
    wr_window_local *local = &w->locals[slot];
    undo->slot = slot;
    undo->is_new = slot == w->nlocals;
    undo->local = *local;
    if (undo->is_new) {
        *local = (wr_window_local){.first = (uint8_t)w->length, .is_in = wr_token_kind(t) == WR_TOKEN_GET};
        w->nlocals++;
    }
    local->last = (uint8_t)w->length;
    if (wr_token_kind(t) != WR_TOKEN_GET) local->is_set = true;
    w->local_at[w->length] = (uint8_t)slot;
    return true;
}

bool wr_window_grow(wr_window *w, const wr_token *t, wr_window_undo *undo) {
    *undo = (wr_window_undo){.height = w->height, .lowest = w->lowest, .bytes = w->bytes, .slot = WR_WINDOW_LOCALS};
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
    w->nconsts -= undo->is_const;
    if (undo->slot == WR_WINDOW_LOCALS) return;
    w->locals[undo->slot] = undo->local;
    w->nlocals -= undo->is_new;
}

void wr_window_read(wr_window *w, const wr_token *tokens, unsigned length) {
    wr_window_undo undo;
    w->height = w->lowest = 0;
    w->length = w->bytes = w->nlocals = w->nconsts = 0;
    for (unsigned i = 0; i < length; i++) wr_window_grow(w, &tokens[i], &undo);
}

unsigned wr_window_inputs(const wr_window *w) {
    unsigned n = 0;
    for (unsigned i = 0; i < w->nlocals; i++) n += w->locals[i].is_in;
    return n;
}

unsigned wr_window_outputs(const wr_window *w, const wr_token *t) {
    unsigned outputs = 0;
    for (unsigned i = 0; i < w->nlocals; i++)
        if (w->locals[i].is_set && (t[w->locals[i].last].flags & WR_TOKEN_WANTED)) outputs |= 1u << i;
    return outputs;
}

bool wr_window_may_be_helper(const wr_window *w) {
    return w->length >= 2 && wr_window_leaves(w) <= 1 && wr_window_takes(w) + wr_window_inputs(w) <= WR_HELPER_PARAMS;
}

// --- Price ---

static unsigned private_locals(const wr_window *w) { return w->nlocals - wr_window_inputs(w); }

wr_price wr_outline_price(const wr_cost *cost, const wr_window *w, unsigned bytes, uint32_t n, unsigned output,
                          unsigned nconsts) {
    unsigned result = output == WR_NO_OUTPUT ? 0 : 2;
    unsigned body = 2 + (private_locals(w) ? 2 : 0) + 2 * wr_window_takes(w) + bytes + 2 * nconsts + result;
    wr_price price = {.site = (int)bytes - 2 - 2 * (int)wr_window_inputs(w) - (int)result};
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

unsigned wr_outline_fixed_bytes(const wr_stream *stream, uint32_t place, unsigned length, const wr_variation *v) {
    unsigned bytes = (uint16_t)(stream->starts[place + length] - stream->starts[place]);
    for (unsigned i = 0; i < v->n; i++) bytes -= stream->tokens[place + v->at[i]].size;
    return bytes;
}
