// Collects names from the sources in their order of preference, then from exports and imports. Names are
// demangled in parallel.
#include "symbols.h"

#include "ir/names.h"
#include "report/readers/glue_names.h"

typedef struct reader {
    const wr_module *m;
    wr_symbols *symbols;
    size_t chunk;
} reader;

static uint32_t count_named(const wr_module *m, const wr_symbol *funcs) {
    uint32_t n = 0;
    for (uint32_t i = m->nfunc_imports; i < m->nfuncs; i++) n += funcs[i].raw.n > 0;
    return n;
}

static void take_names(const wr_module *m, wr_symbol *funcs, const wr_slice *names) {
    for (uint32_t i = 0; i < m->nfuncs; i++)
        if (!funcs[i].raw.n) funcs[i].raw = names[i];
}

static wr_slice import_name(wr_arena *arena, const wr_import *import) {
    size_t n = import->module.n + 1 + import->name.n;
    uint8_t *text = wr_alloc(arena, n);
    memcpy(text, import->module.p, import->module.n);
    text[import->module.n] = '.';
    memcpy(text + import->module.n + 1, import->name.p, import->name.n);
    return (wr_slice){text, n};
}

static void take_link_names(wr_arena *arena, const wr_module *m, wr_symbol *funcs) {
    for (uint32_t i = 0; i < m->nexports; i++) {
        const wr_export *export = &m->exports[i];
        if (export->space == WR_FUNC && !funcs[export->index].raw.n) funcs[export->index].raw = export->name;
    }
    for (uint32_t i = 0; i < m->nfunc_imports; i++)
        funcs[i].raw = import_name(arena, &m->imports[m->funcs[i].import]);
}

// The language that most of the names speak of. C's names say nothing, and libraries in C are part of
// programs in other languages; but a few functions in C++ don't make a C program one in C++.
static wr_language find_language(const wr_module *m, const wr_symbol *funcs) {
    uint32_t count[WR_LANGUAGES] = {0};
    for (uint32_t i = m->nfunc_imports; i < m->nfuncs; i++) count[wr_demangle_guess_language(funcs[i].raw)]++;
    wr_language best = WR_LANG_C;
    for (unsigned l = WR_LANG_CXX; l < WR_LANGUAGES; l++)
        if (count[l] > (best == WR_LANG_C ? 0 : count[best])) best = (wr_language)l;
    return best != WR_LANG_GO && count[best] * 16 < count[WR_LANG_C] ? WR_LANG_C : best;
}

static wr_slice numbered(wr_arena *arena, const char *what, uint32_t index) {
    char text[48];
    snprintf(text, sizeof text, "%s[%u]", what, index);
    return wr_slice_copy(arena, wr_slice_str(text));
}

static void read_chunk(wr_env *env, unsigned worker, void *arg, size_t item) {
    (void)worker;
    reader *r = arg;
    size_t end = (item + 1) * r->chunk;
    if (end > r->m->nfuncs) end = r->m->nfuncs;
    wr_arena_reset(&env->temp);
    for (size_t i = item * r->chunk; i < end; i++) {
        wr_symbol *symbol = &r->symbols->funcs[i];
        bool import = i < r->m->nfunc_imports;
        if (symbol->raw.n && !import)
            wr_read_symbol(env, r->symbols->language, symbol);
        else
            symbol->text = symbol->family =
                symbol->raw.n ? symbol->raw : numbered(&env->perm, "func", (uint32_t)i);
        if (import) symbol->group = r->m->imports[r->m->funcs[i].import].module;
    }
}

// Counts what a source has just named, and remembers the source if that is more than any before named.
static uint32_t note_source(const wr_module *m, wr_symbols *symbols, const char *what, uint32_t *most) {
    uint32_t before = symbols->named, more;
    symbols->named = count_named(m, symbols->funcs);
    more = symbols->named - before;
    if (more > *most) *most = more, symbols->source = what;
    return more;
}

void wr_symbols_read(wr_pool *pool, const wr_module *m, const wr_name_source *sources, size_t nsources,
                     wr_symbols *symbols) {
    wr_env *env = wr_main_env(pool);
    uint32_t most = 0;
    *symbols = (wr_symbols){.funcs = WR_NEW0(&env->perm, wr_symbol, m->nfuncs)};
    for (size_t i = 0; i < nsources; i++) {
        if (!sources[i].names) continue;
        take_names(m, symbols->funcs, sources[i].names);
        uint32_t more = note_source(m, symbols, sources[i].what, &most);
        if (strcmp(sources[i].what, WR_GLUE_SOURCE) != 0) symbols->compiled += more;
    }
    take_link_names(&env->perm, m, symbols->funcs);
    note_source(m, symbols, "exports", &most);
    symbols->language = find_language(m, symbols->funcs);
    symbols->datas = wr_names_of(env, m, WR_DATA);
    symbols->globals = wr_names_of(env, m, WR_GLOBAL);
    reader r = {m, symbols, 256};
    wr_parallel(pool, (m->nfuncs + r.chunk - 1) / r.chunk, read_chunk, &r);
}

wr_slice wr_symbols_entity_name(wr_arena *arena, const wr_symbols *symbols, unsigned space, uint32_t index) {
    static const char *const words[WR_SPACES] = {"func", "table", "memory", "global",
                                                 "tag",  "type",  "data",   "elem"};
    if (space == WR_FUNC) return symbols->funcs[index].text;
    if (space == WR_DATA && symbols->datas[index].n) return symbols->datas[index];
    if (space == WR_GLOBAL && symbols->globals[index].n) return symbols->globals[index];
    return numbered(arena, space < WR_SPACES ? words[space] : "node", index);
}
