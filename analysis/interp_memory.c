// The interpreter's memory: an image from address 0 to the last byte that is not zero, and the pages of it to
// return to.
#include "interp_parts.h"
#include "segments.h"

// --- Checkpoints ---

static void record_page(wr_interp *k, uint32_t page) {
    wr_interp_undo *undo = &k->undo;
    if (undo->page_epoch[page] == undo->epoch) return;
    undo->page_epoch[page] = undo->epoch;
    wr_interp_spend(k, WR_INTERP_PAGE / 64);
    if (undo->pages.n == undo->room) {
        uint32_t room = undo->room * 2 + 4;
        undo->bytes = wr_grow(&k->env->pass, undo->bytes, (size_t)undo->room * WR_INTERP_PAGE,
                              (size_t)room * WR_INTERP_PAGE);
        undo->room = room;
    }
    memcpy(undo->bytes + (size_t)undo->pages.n * WR_INTERP_PAGE,
           k->image->bytes + (size_t)page * WR_INTERP_PAGE, WR_INTERP_PAGE);
    WR_PUSH(&k->env->pass, undo->pages, page);
}

static void record(wr_interp *k, uint64_t at, uint64_t n) {
    k->written = true;
    if (!k->undo.page_epoch || !n) return;
    for (uint64_t page = at / WR_INTERP_PAGE; page <= (at + n - 1) / WR_INTERP_PAGE; page++)
        record_page(k, (uint32_t)page);
}

void wr_interp_forget(wr_interp *k) {
    k->undo.epoch++;
    k->undo.pages.n = 0;
    k->undo.globals.n = 0;
}

void wr_interp_restore(wr_interp *k) {
    const wr_interp_undo *undo = &k->undo;
    for (uint32_t i = 0; i < undo->pages.n; i++)
        memcpy(k->image->bytes + (size_t)undo->pages.v[i] * WR_INTERP_PAGE,
               undo->bytes + (size_t)i * WR_INTERP_PAGE, WR_INTERP_PAGE);
    for (uint32_t i = undo->globals.n; i-- > 0;) {
        const wr_interp_change *change = &undo->globals.v[i];
        k->globals[change->global] = change->value;
        k->known[change->global] = change->known;
    }
    wr_interp_forget(k);
}

// --- Access ---

static void check_range(const wr_interp *k, uint64_t at, uint64_t n) {
    if (n > k->limit || at > k->limit - n) wr_interp_give_up(k, "trap: out of bounds of memory");
}

uint64_t wr_interp_load(const wr_interp *k, uint64_t at, unsigned size) {
    uint64_t value = 0;
    check_range(k, at, size);
    for (unsigned i = size; i-- && at < k->image->n;)
        value = value << 8 | (at + i < k->image->n ? k->image->bytes[at + i] : 0);
    return value;
}

void wr_interp_reach(wr_interp *k, uint64_t end) {
    if (end > k->largest) wr_interp_give_up(k, "memory at a high address");
    if (end > k->room) {
        uint64_t room = end + end / 4 + WR_INTERP_PAGE;
        room -= room % WR_INTERP_PAGE;
        k->image->bytes =
            wr_grow(k->arena, k->image->bytes, k->room + WR_IMAGE_SLACK, room + WR_IMAGE_SLACK);
        memset(k->image->bytes + k->room + WR_IMAGE_SLACK, 0, room - k->room);
        k->room = room;
    }
    if (end > k->image->n) k->image->n = (uint32_t)end;
}

void wr_interp_store(wr_interp *k, uint64_t at, uint64_t value, unsigned size) {
    check_range(k, at, size);
    if (at + size > k->image->n) {
        if (!value)
            size = at < k->image->n ? (unsigned)(k->image->n - at) : 0; // it is zero there already
        else
            wr_interp_reach(k, at + size);
    }
    record(k, at, size);
    for (unsigned i = 0; i < size; i++) k->image->bytes[at + i] = (uint8_t)(value >> 8 * i);
}

// Prepares a write of n bytes.
static void prepare(wr_interp *k, uint64_t at, uint64_t n) {
    check_range(k, at, n);
    wr_interp_spend(k, n / 16);
    if (n) wr_interp_reach(k, at + n);
    record(k, at, n);
}

void wr_interp_fill(wr_interp *k, uint64_t at, uint8_t byte, uint64_t n) {
    if (!byte) {
        check_range(k, at, n);
        n = at >= k->image->n ? 0 : n < k->image->n - at ? n : k->image->n - at;
    }
    prepare(k, at, n);
    if (n) memset(k->image->bytes + at, byte, n);
}

void wr_interp_copy(wr_interp *k, uint64_t to, uint64_t from, uint64_t n) {
    check_range(k, from, n);
    check_range(k, to, n);
    if (!n) return;
    wr_interp_reach(k, from + n);
    prepare(k, to, n);
    memmove(k->image->bytes + to, k->image->bytes + from, n);
}

void wr_interp_init(wr_interp *k, uint64_t at, wr_slice segment, uint64_t from, uint64_t n) {
    if (n > segment.n || from > segment.n - n) wr_interp_give_up(k, "trap: out of bounds of a segment");
    prepare(k, at, n);
    if (n) memcpy(k->image->bytes + at, segment.p + from, n);
}
