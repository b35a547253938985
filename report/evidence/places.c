// Lists segments by address, and reads the elements of the first table.
#include "places.h"

#include <stdlib.h>

#include "analysis/segments.h"
#include "ir/ins.h"
#include "support/reader.h"
#include "support/search.h"

enum { MOST_SLOTS = 1 << 24 };

// --- Segments that code copies ---

// Reads `i32.const ADDRESS, i32.const 0, i32.const SIZE, memory.init` out of a body. Which memory's page the
// code adds to the address is nobody's business here: linkers write plain constants.
static void read_inits(wr_env *env, const wr_module *m, uint32_t func, uint64_t *address) {
    wr_u32s ext = {0};
    wr_ins ins;
    uint64_t last[3] = {0};
    unsigned constants = 0;
    wr_reader r = wr_ins_reader(env, m->funcs[func].body, wr_func_offset(m, func));
    while (!wr_at_end(&r)) {
        ext.n = 0;
        wr_ins_read(&r, &env->temp, &ext, &ins);
        if (ins.op == WR_OP_I32_CONST || ins.op == WR_OP_I64_CONST) {
            last[0] = last[1], last[1] = last[2];
            last[2] = ins.op == WR_OP_I32_CONST ? (uint32_t)ins.b : ins.b;
            constants++;
            continue;
        }
        uint32_t data = ins.op == WR_OP_MEMORY_INIT ? ins.a : WR_NONE;
        if (data < m->ndatas && constants >= 3 && !last[1] && last[2] == m->datas[data].bytes.n)
            address[data] = last[0];
        constants = 0;
    }
}

static bool has_passive(const wr_module *m) {
    for (uint32_t i = 0; i < m->ndatas; i++)
        if (m->datas[i].mode == WR_PASSIVE && m->datas[i].bytes.n) return true;
    return false;
}

static void find_copied(wr_env *env, const wr_module *m, uint64_t *address) {
    static const uint8_t code[] = {0xfc, 0x08};
    if (!has_passive(m)) return;
    for (uint32_t f = m->nfunc_imports; f < m->nfuncs; f++) {
        wr_slice body = m->funcs[f].body;
        if (!memmem(body.p, body.n, code, sizeof code)) continue;
        wr_mark mark = wr_arena_mark(&env->temp);
        read_inits(env, m, f, address);
        wr_arena_release(&env->temp, &mark);
    }
}

// --- Places ---

static int by_address(const void *a, const void *b) {
    const wr_place *x = a, *y = b;
    if (x->address != y->address) return x->address < y->address ? -1 : 1;
    return x->data < y->data ? -1 : x->data > y->data;
}

static void list_segments(wr_env *env, const wr_module *m, wr_places *places) {
    uint64_t *address = WR_NEW(&env->perm, uint64_t, m->ndatas);
    memset(address, 0xff, m->ndatas * sizeof *address);
    places->address = address;
    find_copied(env, m, address);
    places->v = WR_NEW(&env->perm, wr_place, m->ndatas);
    for (uint32_t i = 0; i < m->ndatas; i++) {
        const wr_data *data = &m->datas[i];
        uint64_t at;
        if (wr_segments_address(env, data, &at)) address[i] = at;
        if (address[i] > UINT64_MAX - data->bytes.n || !data->bytes.n) continue;
        places->v[places->n++] = (wr_place){address[i], data->bytes, i};
    }
    if (places->n) qsort(places->v, places->n, sizeof *places->v, by_address);
}

static void list_slots(wr_env *env, const wr_module *m, wr_places *places) {
    if (!m->ntables || m->tables[0].limits.min > MOST_SLOTS) return;
    places->nslots = (uint32_t)m->tables[0].limits.min;
    uint32_t *slots = WR_NEW(&env->perm, uint32_t, places->nslots);
    memset(slots, 0xff, places->nslots * sizeof *slots);
    for (uint32_t i = 0; i < m->nelems; i++) {
        const wr_elem *elem = &m->elems[i];
        if (elem->mode == WR_ACTIVE && !elem->table)
            wr_segments_fill_slots(env, m, elem, slots, places->nslots);
    }
    places->slots = slots;
}

void wr_places_find(wr_env *env, const wr_module *m, wr_places *places) {
    *places = (wr_places){0};
    list_segments(env, m, places);
    list_slots(env, m, places);
}

wr_slice wr_places_bytes(const wr_places *places, uint64_t address) {
    uint32_t next; // the first place that begins after the address
    WR_SEARCH(next, 0, places->n, places->v[next].address <= address);
    if (!next) return (wr_slice){0};
    const wr_place *place = &places->v[next - 1];
    uint64_t offset = address - place->address;
    return offset < place->bytes.n ? wr_slice_of(place->bytes.p + offset, place->bytes.n - (size_t)offset)
                                   : (wr_slice){0};
}

bool wr_places_word(const wr_places *places, uint64_t address, uint32_t *word) {
    wr_slice s = wr_places_bytes(places, address);
    if (s.n < 4) return false;
    *word = wr_le32(s.p);
    return true;
}
