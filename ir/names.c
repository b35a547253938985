// Reads the name section. See names.h.
#include "names.h"

#include "support/reader.h"

const uint8_t wr_names_space[WR_NAMES_SUBSECTIONS] = {
    [WR_NAMES_MODULE] = WR_NO_SPACE, [WR_NAMES_FUNCTION] = WR_FUNC, [WR_NAMES_LOCAL] = WR_FUNC,
    [WR_NAMES_LABEL] = WR_FUNC,      [WR_NAMES_TYPE] = WR_TYPE,     [WR_NAMES_TABLE] = WR_TABLE,
    [WR_NAMES_MEMORY] = WR_MEMORY,   [WR_NAMES_GLOBAL] = WR_GLOBAL, [WR_NAMES_ELEM] = WR_ELEM,
    [WR_NAMES_DATA] = WR_DATA,       [WR_NAMES_FIELD] = WR_TYPE,    [WR_NAMES_TAG] = WR_TAG,
};

typedef struct names_reader {
    wr_slice payload;
    uint64_t offset;
    wr_space space;
    uint32_t size; // number of entities in the space
    wr_slice *names;
} names_reader;

static void read_plain_map(wr_reader *r, names_reader *nr) {
    uint32_t count = wr_read_count(r, 2, "names");
    for (uint32_t i = 0; i < count; i++) {
        uint32_t index = wr_read_u32(r);
        wr_slice name = wr_read_name(r);
        if (index < nr->size) nr->names[index] = name;
    }
}

static void read_space_names(wr_env *env, void *arg) {
    names_reader *nr = arg;
    wr_reader r = wr_reader_of(env, nr->payload, nr->offset);
    while (!wr_at_end(&r)) {
        uint8_t sub = wr_read_u8(&r);
        uint32_t size = wr_read_u32(&r);
        uint64_t offset = wr_offset(&r);
        wr_reader body = wr_reader_of(env, wr_read_bytes(&r, size), offset);
        if (sub < WR_NAMES_SUBSECTIONS && wr_names_space[sub] == nr->space && !wr_names_is_indirect(sub))
            read_plain_map(&body, nr);
    }
}

wr_slice *wr_names_of(wr_env *env, const wr_module *m, wr_space space) {
    uint32_t size = wr_space_size(m, space);
    wr_slice *names = WR_NEW0(&env->perm, wr_slice, size);
    for (uint32_t i = 0; i < m->ncustoms; i++) {
        const wr_custom *custom = &m->customs[i];
        if (!wr_slice_is(custom->name, "name")) continue;
        names_reader nr = {custom->payload, custom->offset, space, size, names};
        wr_try_input(env, read_space_names, &nr, NULL);
    }
    return names;
}

typedef struct maps_reader {
    const wr_custom *section;
    unsigned sub;
    uint32_t nfuncs;
    wr_slice *maps;
} maps_reader;

static void read_maps_of(maps_reader *mr, wr_reader *r) {
    for (uint32_t left = wr_read_count(r, 2, "names"); left; left--) {
        uint32_t func = wr_read_u32(r);
        const uint8_t *start = r->p;
        for (uint32_t n = wr_read_count(r, 2, "names"); n; n--) {
            wr_read_u32(r);
            wr_read_name(r);
        }
        if (func < mr->nfuncs) mr->maps[func] = wr_slice_of(start, (size_t)(r->p - start));
    }
}

static void read_maps(wr_env *env, void *arg) {
    maps_reader *mr = arg;
    wr_reader r = wr_reader_of(env, mr->section->payload, mr->section->offset);
    while (!wr_at_end(&r)) {
        uint8_t sub = wr_read_u8(&r);
        wr_reader body = wr_reader_of(env, wr_read_bytes(&r, wr_read_u32(&r)), 0);
        if (sub == mr->sub) read_maps_of(mr, &body);
    }
}

wr_slice *wr_names_maps_of(wr_env *env, wr_arena *arena, const wr_module *m, unsigned sub) {
    maps_reader mr = {.sub = sub, .nfuncs = m->nfuncs, .maps = WR_NEW0(arena, wr_slice, m->nfuncs)};
    for (uint32_t i = 0; i < m->ncustoms; i++) {
        if (!wr_slice_is(m->customs[i].name, "name")) continue;
        mr.section = &m->customs[i];
        wr_try_input(env, read_maps, &mr, NULL);
    }
    return mr.maps;
}
