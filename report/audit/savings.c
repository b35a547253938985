// Finds possible savings in what the audit already knows: sections by name, what the graph doesn't reach,
// bodies by their hashes, numbers by their lengths, data by its profile. The bytes behind a saving are
// listed only on request.
#include "savings.h"

#include <stdlib.h>

#include "ir/ins.h"

const char *const wr_savings_finding_keys[WR_FINDING_COUNT] = {
#define X(id, key, label) key,
    WR_SAVINGS(X)
#undef X
};

const char *const wr_saving_labels[WR_FINDING_COUNT] = {
#define X(id, key, label) label,
    WR_SAVINGS(X)
#undef X
};

bool wr_savings_is_debug_section(wr_slice name) {
    return wr_slice_starts(name, ".debug_") || wr_slice_is(name, "sourceMappingURL") ||
           wr_slice_is(name, "external_debug_info");
}

// The saving that a custom section belongs to; WR_FINDING_COUNT for sections that a loader needs.
static wr_saving_id finding_of(wr_slice name) {
    if (wr_savings_is_debug_section(name)) return WR_FOUND_DEBUG;
    if (wr_slice_is(name, "name")) return WR_FOUND_NAMES;
    return wr_slice_is(name, "dylink.0") || wr_slice_is(name, "dylink") ? WR_FINDING_COUNT : WR_FOUND_CUSTOMS;
}

static void find_custom_sections(wr_audit *a) {
    for (uint32_t i = 0; i < a->m.ncustoms; i++) {
        wr_saving_id id = finding_of(a->m.customs[i].name);
        if (id == WR_FINDING_COUNT) continue;
        a->findings[id].bytes += a->inv.custom_size[i];
        a->findings[id].count++;
    }
}

static bool is_dead(const wr_audit *a, unsigned space, uint32_t index) {
    if (a->graph.parent[a->graph.base[space] + index] != WR_NONE) return false;
    return space != WR_ELEM ||
           a->m.elems[index].mode != WR_DECLARATIVE; // that goes with what names its functions
}

static void find_dead(wr_audit *a) {
    static const wr_space spaces[] = {WR_FUNC, WR_TABLE, WR_MEMORY, WR_GLOBAL, WR_TAG, WR_DATA, WR_ELEM};
    wr_saving *dead = &a->findings[WR_FOUND_DEAD];
    for (size_t s = 0; s < WR_COUNT(spaces); s++)
        for (uint32_t i = 0; i < wr_space_size(&a->m, spaces[s]); i++) {
            if (!is_dead(a, spaces[s], i)) continue;
            dead->bytes += a->inv.size[spaces[s]][i];
            dead->count++;
        }
}

typedef struct body_key {
    uint64_t hash;
    uint32_t func;
} body_key;

static int by_hash(const void *a, const void *b) {
    const body_key *x = a, *y = b;
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    return x->func < y->func ? -1 : x->func > y->func;
}

static void find_duplicates(wr_env *env, wr_audit *a) {
    wr_saving *found = &a->findings[WR_FOUND_DUPLICATES];
    uint32_t n = 0;
    a->twins = WR_NEW0(&env->perm, uint8_t, a->m.nfuncs);
    body_key *keys = WR_NEW(&env->temp, body_key, a->m.nfuncs);
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++)
        keys[n++] = (body_key){a->sweep.facts[f].hash, f};
    if (n) qsort(keys, n, sizeof *keys, by_hash);
    for (uint32_t i = 1; i < n; i++) {
        uint32_t func = keys[i].func;
        if (keys[i].hash != keys[i - 1].hash ||
            !wr_slice_eq(a->m.funcs[func].body, a->m.funcs[keys[i - 1].func].body))
            continue;
        a->twins[func] = WR_FOUND_DUPLICATES;
        found->bytes += wr_func_bytes(a, func);
        found->count++;
    }
}

void wr_savings_find(wr_env *env, wr_audit *a) {
    find_custom_sections(a);
    find_dead(a);
    find_duplicates(env, a);
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++) {
        a->findings[WR_FOUND_PADDING].bytes += a->sweep.facts[f].padding;
        a->findings[WR_FOUND_PADDING].count += a->sweep.facts[f].padding > 0;
    }
    a->findings[WR_FOUND_ZEROS].bytes = a->data.bytes[WR_KIND_ZEROS];
}

// --- The bytes ---

typedef struct wanted {
    const wr_audit *a;
    wr_saving_id id;
} wanted;

static unsigned space_of(const wr_audit *a, const wr_size_map_item *item, uint32_t *index) {
    *index = item->index;
    switch (item->part) {
    case WR_PART_IMPORT: *index = a->m.imports[item->index].index; return a->m.imports[item->index].space;
    case WR_PART_DECLARATION:
    case WR_PART_CODE: return WR_FUNC;
    case WR_PART_TABLE: return WR_TABLE;
    case WR_PART_MEMORY: return WR_MEMORY;
    case WR_PART_GLOBAL: return WR_GLOBAL;
    case WR_PART_TAG: return WR_TAG;
    case WR_PART_DATA: return WR_DATA;
    case WR_PART_ELEM: return WR_ELEM;
    default: return WR_NO_SPACE;
    }
}

static bool is_wanted(const void *arg, const wr_size_map_item *item) {
    const wanted *w = arg;
    uint32_t index;
    if (item->part == WR_PART_CUSTOM) return finding_of(w->a->m.customs[item->index].name) == w->id;
    unsigned space = space_of(w->a, item, &index);
    if (space == WR_NO_SPACE) return false;
    if (w->id == WR_FOUND_DEAD) return is_dead(w->a, space, index);
    return space == WR_FUNC && w->a->twins[index] && w->a->twins[index] == w->id;
}

static void add_padding(wr_env *env, const wr_module *m, uint32_t func, wr_ranges *ranges) {
    wr_arena_reset(&env->temp);
    wr_reader r = wr_ins_reader(env, m->funcs[func].body, wr_func_offset(m, func));
    wr_u32s ext = {0};
    wr_ins ins;
    while (!wr_at_end(&r)) {
        uint64_t start = wr_offset(&r);
        ext.n = 0;
        r.padded = false;
        wr_ins_read(&r, &env->temp, &ext, &ins);
        if (!r.padded) continue;
        uint64_t size = wr_ins_size(&ins, ext.v), end = wr_offset(&r);
        wr_range range = {start + size, end - start - size};
        WR_PUSH(&env->perm, *ranges, range);
    }
}

static wr_ranges padding_ranges(wr_env *env, const wr_audit *a) {
    wr_ranges ranges = {0};
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++)
        if (a->sweep.facts[f].padding) add_padding(env, &a->m, f, &ranges);
    return ranges;
}

wr_ranges wr_savings_ranges(wr_env *env, const wr_audit *a, wr_saving_id id) {
    wanted w = {a, id};
    if (id == WR_FOUND_PADDING) return padding_ranges(env, a);
    if (id == WR_FOUND_ZEROS) return a->zeros;
    return wr_ranges_of_items(&env->perm, &a->inv, is_wanted, &w);
}
