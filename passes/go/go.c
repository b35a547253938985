// Recognizes Go modules. See go.h.
//
// The evidence, in this order: the eight globals of the ABI; active segments with constant offsets; the
// header of pclntab (magic number, quantum 1, pointer size 8); a moduledata that points to that header and
// agrees with it word by word; the version, in the producers section or in memory; the table; and the record
// of each function. The layouts of Go 1.18 to 1.27 are known. Older versions have whole addresses as entries
// of pclntab, and records and a function table of another form.
#include "go.h"

#include <stdarg.h>
#include <stdlib.h>

#include "analysis/memory_image.h"
#include "analysis/segments.h"

#define MINOR_FIRST 18
#define MINOR_LAST 27
#define GO_GLOBALS 8

// Records why a module is refused.
__attribute__((format(printf, 2, 3))) static bool refuse(wr_go *go, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(go->reason, sizeof go->reason, format, args);
    va_end(args);
    go->verdict = WR_GO_REFUSED;
    return false;
}

// --- Evidence outside of memory ---

static bool has_abi_globals(const wr_module *m) {
    static const wr_valtype types[GO_GLOBALS] = {WR_I32, WR_I64, WR_I64, WR_I64,
                                                 WR_I64, WR_I64, WR_I64, WR_I32};
    if (m->nglobals < GO_GLOBALS) return false;
    for (size_t i = 0; i < WR_COUNT(types); i++)
        if (m->globals[i].type != types[i] || !m->globals[i].mutable || m->globals[i].import != WR_NONE)
            return false;
    return true;
}

static bool has_export(const wr_module *m, const char *name, unsigned space) {
    for (uint32_t i = 0; i < m->nexports; i++)
        if (m->exports[i].space == space && wr_slice_is(m->exports[i].name, name)) return true;
    return false;
}

static bool find_system(const wr_module *m, wr_go *go) {
    go->is_js =
        has_export(m, "run", WR_FUNC) && has_export(m, "resume", WR_FUNC) && has_export(m, "getsp", WR_FUNC);
    if (go->is_js) return true;
    return (has_export(m, "_start", WR_FUNC) || has_export(m, "_initialize", WR_FUNC)) &&
           has_export(m, "memory", WR_MEMORY);
}

static bool contains(wr_slice text, const char *part) {
    size_t n = strlen(part);
    for (size_t i = 0; i + n <= text.n; i++)
        if (memcmp(text.p + i, part, n) == 0) return true;
    return false;
}

static bool is_tinygo(const wr_module *m) {
    for (uint32_t i = 0; i < m->ncustoms; i++)
        if (wr_slice_is(m->customs[i].name, "producers") && contains(m->customs[i].payload, "TinyGo"))
            return true;
    return false;
}

// --- Initial memory ---

static bool read_memory(wr_env *env, wr_arena *arena, const wr_module *m, wr_go *go) {
    wr_memory_image image;
    if (m->nmemories != 1 || m->memories[0].import != WR_NONE || m->memories[0].limits.is64)
        return refuse(go, "it has not one memory of its own");
    if (!wr_memory_image_make(env, arena, m, false, &image))
        return refuse(go, "its data is not at known places, or spread too far");
    go->image = image.bytes;
    go->image_size = image.n;
    return true;
}

static bool fits(const wr_go *go, uint64_t at, uint64_t size) {
    return at <= go->image_size && size <= go->image_size - at;
}

// --- Version ---

// The linker writes the language and its version in the producers section.
static bool read_producers(const wr_module *m, wr_go *go) {
    static const char start[] = "\x08language\x01\x02Go";
    for (uint32_t i = 0; i < m->ncustoms; i++) {
        wr_slice text = m->customs[i].payload;
        if (!wr_slice_is(m->customs[i].name, "producers")) continue;
        for (size_t k = 0; k + sizeof start < text.n; k++) {
            if (memcmp(text.p + k, start, sizeof start - 1) != 0) continue;
            const uint8_t *p = text.p + k + sizeof start - 1;
            size_t n = *p++;
            if (n >= sizeof go->version || n > (size_t)(text.p + text.n - p)) return false;
            memcpy(go->version, p, n);
            return true;
        }
    }
    return false;
}

// Without that section, the text of runtime.buildVersion is somewhere in memory; no other version may be
// there.
static bool search_version(wr_go *go) {
    for (uint32_t at = 0; fits(go, at, 16); at++) {
        const uint8_t *p = go->image + at;
        if (p[0] != 'g' || memcmp(p, "go1.", 4) != 0 || p[4] < '0' || p[4] > '9' || p[5] < '0' || p[5] > '9')
            continue;
        if (go->version[0] && memcmp(go->version, p, 6) != 0)
            return refuse(go, "several versions of Go are named");
        memcpy(go->version, p, 6);
    }
    return go->version[0] != 0 || refuse(go, "its version is not known");
}

static bool read_minor(wr_go *go) {
    const char *text = go->version;
    if (strncmp(text, "go1.", 4) != 0) return refuse(go, "version %s is not known", text);
    go->minor = (unsigned)strtoul(text + 4, NULL, 10);
    if (go->minor < MINOR_FIRST || go->minor > MINOR_LAST) return refuse(go, "version %s is not known", text);
    return true;
}

// --- pclntab's header and moduledata ---

static bool is_header(const wr_go *go, uint32_t at) {
    uint32_t magic = wr_go_get32(go, at);
    if (magic != 0xfffffff0u && magic != 0xfffffff1u) return false;
    const uint8_t *p = go->image + at;
    return p[4] == 0 && p[5] == 0 && p[6] == 1 && p[7] == 8;
}

static uint64_t word(const wr_go *go, unsigned i) { return wr_go_get64(go, go->moduledata + 8 * i); }

static bool is_moduledata(const wr_go *go, uint32_t at, uint32_t header) {
    return wr_go_get64(go, at) == header && wr_go_get64(go, at + 8) == header + wr_go_get64(go, header + 32);
}

#define MODULEDATA_WORDS 48

static bool find_moduledata(wr_go *go) {
    for (uint32_t header = 0; fits(go, header, 72); header += 8) {
        if (!is_header(go, header)) continue;
        for (uint32_t at = 8; fits(go, at, 8 * MODULEDATA_WORDS); at += 8) {
            if (!is_moduledata(go, at, header)) continue;
            go->header = header;
            go->moduledata = at;
            return true;
        }
    }
    return refuse(go, "no pclntab with a moduledata was found");
}

// A slice of moduledata (pointer, length, capacity) that must start where pclntab's header says.
static bool read_table(wr_go *go, unsigned i, unsigned header_word, unsigned item, wr_go_span *span) {
    uint64_t at = word(go, i), n = word(go, i + 1);
    if (at != go->header + wr_go_get64(go, go->header + header_word))
        return refuse(go, "word %u of moduledata", i);
    if (n != word(go, i + 2) || n > go->image_size / item || !fits(go, at, n * item))
        return refuse(go, "word %u of moduledata", i + 1);
    *span = (wr_go_span){(uint32_t)at, (uint32_t)(n * item)};
    return true;
}

static bool read_tables(wr_go *go) {
    return read_table(go, 1, 32, 1, &go->funcnametab) && read_table(go, 4, 40, 1, &go->cutab) &&
           read_table(go, 7, 48, 1, &go->filetab) && read_table(go, 10, 56, 1, &go->pctab) &&
           read_table(go, 13, 64, 1, &go->pclntable) && read_table(go, 16, 64, 8, &go->ftab);
}

// Pairs of start and end, in ascending order: text, noptrdata, data, bss, noptrbss, and coverage counters
// since 1.20.
static bool check_sections(wr_go *go, unsigned npairs) {
    for (unsigned i = 0; i < npairs; i++) {
        uint64_t from = word(go, 22 + 2 * i), to = word(go, 23 + 2 * i);
        if (from > to || (i && to > UINT32_MAX)) return refuse(go, "word %u of moduledata", 22 + 2 * i);
        if (i > 1 && i < 5 && from < word(go, 21 + 2 * i))
            return refuse(go, "word %u of moduledata", 22 + 2 * i);
    }
    return true;
}

// Two slices: offsets of types, and pointers to interface tables. If they are not as expected, only the
// methods are unknown.
static void find_links(wr_go *go, uint32_t at) {
    if (!fits(go, at, 48)) return;
    for (unsigned i = 0; i < 2; i++) {
        uint64_t n = wr_go_get64(go, at + 24 * i + 8), item = i ? 8 : 4;
        if (n != wr_go_get64(go, at + 24 * i + 16) || n > go->image_size / item ||
            !fits(go, wr_go_get64(go, at + 24 * i), n * item))
            return;
    }
    go->links = at;
}

static bool read_places(wr_go *go) {
    unsigned npairs = go->minor >= 20 ? 6 : 5, end = 22 + 2 * npairs;
    if (!check_sections(go, npairs)) return false;
    bool has_links =
        go->minor < 27; // 1.27 has the sizes of what the links were for instead, in three more words
    unsigned more = has_links ? 0 : 3;
    uint64_t types = word(go, end + 3), etypes = word(go, end + 4 + !has_links),
             gofunc = word(go, end + 6 + more);
    if (types > etypes || !fits(go, types, etypes - types)) return refuse(go, "the types of moduledata");
    if (!fits(go, gofunc, 0)) return refuse(go, "gofunc of moduledata");
    if (has_links) find_links(go, go->moduledata + 8 * (end + 10 + (go->minor >= 26)));
    go->types = (wr_go_span){(uint32_t)types, (uint32_t)(etypes - types)};
    go->gofunc = (uint32_t)gofunc;
    go->minpc = word(go, 20);
    go->maxpc = word(go, 21);
    if (go->minpc >= go->maxpc || go->maxpc > UINT32_MAX) return refuse(go, "minpc and maxpc of moduledata");
    uint64_t buckets = (go->maxpc - go->minpc + 4095) / 4096;
    if (!fits(go, word(go, 19), buckets * 20)) return refuse(go, "findfunctab of moduledata");
    go->findfunctab = (wr_go_span){(uint32_t)word(go, 19), (uint32_t)(buckets * 20)};
    return true;
}

// --- Functions ---

static bool read_slots(wr_env *env, wr_arena *arena, const wr_module *m, wr_go *go) {
    if (m->ntables != 1 || m->tables[0].import != WR_NONE || m->tables[0].limits.is64)
        return refuse(go, "it has not one table of its own");
    if (m->tables[0].limits.min > (uint64_t)m->nfuncs + 0x10000) return refuse(go, "its table is too large");
    go->nslots = (uint32_t)m->tables[0].limits.min;
    go->slots = WR_NEW(arena, uint32_t, go->nslots);
    memset(go->slots, 0xff, go->nslots * sizeof *go->slots);
    for (uint32_t i = 0; i < m->nelems; i++) {
        const wr_elem *elem = &m->elems[i];
        if (!elem->live || elem->mode == WR_DECLARATIVE) continue;
        if (elem->mode != WR_ACTIVE || !elem->funcs ||
            !wr_segments_fill_slots(env, m, elem, go->slots, go->nslots))
            return refuse(go, "element segment %u is not as expected", i);
        wr_arena_reset(&env->temp);
    }
    return true;
}

static bool find_type(const wr_module *m, wr_go *go) {
    for (uint32_t i = 0; i < m->ntypes; i++) {
        const wr_type *type = &m->types[i];
        if (type->kind != WR_TYPE_FUNC || type->nparams != 1 || type->nresults != 1) continue;
        if (type->values[0] != WR_I32 || type->values[1] != WR_I32) continue;
        go->type = type->canon;
        return true;
    }
    return refuse(go, "it has no function type of Go");
}

static bool read_name(wr_go *go, wr_go_func *f) {
    if (f->name_offset >= go->funcnametab.size) return false;
    const uint8_t *p = go->image + go->funcnametab.at + f->name_offset;
    const uint8_t *end = memchr(p, 0, go->funcnametab.size - f->name_offset);
    if (!end) return false;
    f->name = wr_slice_of(p, (size_t)(end - p));
    return true;
}

static bool read_record(const wr_module *m, wr_go *go, uint32_t i) {
    wr_go_func *f = &go->funcs[i];
    uint32_t entry = go->ftab.at + 8 * i, offset = wr_go_get32(go, entry + 4);
    if (offset > go->pclntable.size || go->pclntable.size - offset < go->fixed) return false;
    f->record = go->pclntable.at + offset;
    f->name_offset = wr_go_get32(go, f->record + 4);
    f->npcdata = wr_go_get32(go, f->record + 28);
    f->nfuncdata = go->image[f->record + go->fixed - 1];
    if (wr_go_get32(go, f->record) != wr_go_get32(go, entry)) return false;
    if (f->npcdata > 64 || f->nfuncdata > 64) return false;
    f->size = go->fixed + 4 * (f->npcdata + f->nfuncdata);
    if (go->pclntable.size - offset < f->size || !read_name(go, f)) return false;
    uint64_t pc = go->entries_are_slots ? (uint64_t)wr_go_get32(go, entry) << 16
                                        : go->entry_base + wr_go_get32(go, entry);
    f->pc_f = (uint32_t)(pc >> 16);
    f->func = f->pc_f < go->nslots ? go->slots[f->pc_f] : WR_NONE;
    if (pc & 0xffff || (i && f->pc_f <= f[-1].pc_f)) return false;
    if (f->func == WR_NONE || f->func >= m->nfuncs) return false;
    if (go->by_func[f->func] == WR_NONE) go->by_func[f->func] = i;
    return true;
}

static bool read_functions(wr_arena *arena, const wr_module *m, wr_go *go) {
    go->fixed = go->minor >= 20 ? 44 : 40;
    uint64_t n = wr_go_get64(go, go->header + 8);
    if (n == 0 || n != go->ftab.size / 8 - 1) return refuse(go, "pclntab's number of functions");
    if (go->ftab.size > go->pclntable.size) return refuse(go, "pclntab's function table");
    go->nfuncs = (uint32_t)n;
    go->nfiles = wr_go_get32(go, go->header + 16);
    uint32_t first = wr_go_get32(go, go->ftab.at);
    if (go->minpc & 0xffff) return refuse(go, "minpc is no entry");
    go->entries_are_slots = first == go->minpc >> 16;
    go->entry_base = go->minpc - first;
    if (!go->entries_are_slots && first != 0 && go->entry_base != word(go, 22))
        return refuse(go, "the first entry is not minpc");
    go->funcs = WR_NEW0(arena, wr_go_func, go->nfuncs);
    go->nby_func = m->nfuncs;
    go->by_func = WR_NEW(arena, uint32_t, m->nfuncs);
    memset(go->by_func, 0xff, m->nfuncs * sizeof *go->by_func);
    for (uint32_t i = 0; i < go->nfuncs; i++)
        if (!read_record(m, go, i)) return refuse(go, "function %u of pclntab", i);
    return true;
}

static wr_go_verdict read_image(wr_env *env, wr_arena *arena, const wr_module *m, wr_go *go) {
    if (find_moduledata(go) && (read_producers(m, go) || search_version(go)) && read_minor(go) &&
        read_tables(go) && read_places(go) && read_slots(env, arena, m, go) && find_type(m, go) &&
        read_functions(arena, m, go))
        go->verdict = WR_GO_FOUND;
    return go->verdict;
}

wr_go_verdict wr_go_find(wr_env *env, wr_arena *arena, const wr_module *m, wr_go *go) {
    *go = (wr_go){.verdict = WR_GO_NONE};
    if (is_tinygo(m)) return go->verdict = WR_GO_TINYGO;
    if (!has_abi_globals(m) || !find_system(m, go)) return go->verdict;
    if (m->nglobals > GO_GLOBALS)
        return refuse(go, "it has globals that Go doesn't make: PCs may be in them"), go->verdict;
    if (!read_memory(env, arena, m, go)) return go->verdict;
    return read_image(env, arena, m, go);
}

wr_go_verdict wr_go_find_in(wr_env *env, wr_arena *arena, const wr_module *m, uint8_t *image, uint32_t size,
                            wr_go *go) {
    *go = (wr_go){.verdict = WR_GO_NONE, .image = image, .image_size = size};
    if (is_tinygo(m) || !find_system(m, go)) return go->verdict;
    return read_image(env, arena, m, go);
}
