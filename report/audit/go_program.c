// Builds the reference graph of a Go program from its code and data. Function values are words of data
// with the function's address, which is its slot in the table shifted left by 16. Method tables of types
// name methods by 32-bit slots. moduledata names all types and tables there are, so its pointers say
// nothing and are left out.
//
// Go's linker leaves runs of zeros out of its segments, so an object spans several of them. Memory is
// therefore read as a whole, and cut where an address is named, into pieces of the graph's own.
#include "go_program.h"

#include <stdlib.h>

#include "analysis/interp.h"
#include "analysis/segments.h"
#include "support/search.h"

enum { FIRST_SLOT = 0x1000, MODULEDATA_SIZE = 640, ADDRESS_SHIFT = 16, TYPE_ALIGNMENT = 32 };

typedef struct builder {
    wr_env *env;
    const wr_audit *a;
    wr_graph *g;
    WR_VEC(wr_edge) edges;
    wr_memory_image image;
} builder;

static void link_nodes(builder *b, uint32_t from, uint32_t to) {
    wr_edge edge = {from, to};
    WR_PUSH(&b->env->temp, b->edges, edge);
}

// --- Roots ---

// "init" or "init.0" of a package.
static bool is_init(wr_slice name) {
    if (!wr_slice_starts(name, "init")) return false;
    if (name.n == 4) return true;
    if (name.p[4] != '.') return false;
    for (size_t i = 5; i < name.n; i++)
        if (name.p[i] < '0' || name.p[i] > '9') return false;
    return true;
}

static bool is_root(const wr_symbol *symbol) {
    wr_slice group = symbol->group;
    return wr_slice_is(symbol->text, "main.main") || wr_slice_is(group, "runtime") || !group.n ||
           wr_slice_starts(group, "internal/runtime/");
}

static bool is_package_init(const wr_symbol *symbol) {
    wr_slice group = symbol->group, text = symbol->text;
    return text.n > group.n + 1 && is_init(wr_slice_of(text.p + group.n + 1, text.n - group.n - 1));
}

// A package's init functions run if the package is imported, which the module doesn't say. Each function of
// the package is taken to need them.
static void link_inits(builder *b) {
    const wr_audit *a = b->a;
    wr_u32s *inits = WR_NEW0(&b->env->temp, wr_u32s, a->groups.n);
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++)
        if (is_package_init(&a->symbols.funcs[f])) WR_PUSH(&b->env->temp, inits[a->groups.of[f]], f);
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++)
        for (uint32_t i = 0; i < inits[a->groups.of[f]].n; i++)
            link_nodes(b, b->g->base[WR_FUNC] + f, b->g->base[WR_FUNC] + inits[a->groups.of[f]].v[i]);
}

// A package that is imported for its init functions alone.
static bool link_lonely_inits(builder *b) {
    const wr_audit *a = b->a;
    bool any = false;
    for (uint32_t f = a->m.nfunc_imports; f < a->m.nfuncs; f++) {
        uint32_t node = b->g->base[WR_FUNC] + f;
        if (b->g->parent[node] != WR_NONE || !is_package_init(&a->symbols.funcs[f])) continue;
        link_nodes(b, 0, node);
        any = true;
    }
    return any;
}

static void link_roots(builder *b) {
    const wr_module *m = &b->a->m;
    for (uint32_t f = m->nfunc_imports; f < m->nfuncs; f++)
        if (is_root(&b->a->symbols.funcs[f])) link_nodes(b, 0, b->g->base[WR_FUNC] + f);
    for (uint32_t i = 0; i < m->nexports; i++)
        if (wr_graph_is_kept_export(&b->a->roots, &m->exports[i]))
            link_nodes(b, 0, b->g->base[m->exports[i].space] + m->exports[i].index);
    if (m->start != WR_NONE) link_nodes(b, 0, b->g->base[WR_FUNC] + m->start);
}

// --- Code ---

static void link_slot(builder *b, uint32_t from, uint32_t slot) {
    bool known = slot < b->a->space.nslots && b->a->space.slots[slot] != WR_NONE;
    if (known && b->g->base[WR_FUNC] + b->a->space.slots[slot] != from)
        link_nodes(b, from, b->g->base[WR_FUNC] + b->a->space.slots[slot]);
}

// An address of data, or of the function that a closure is made of.
static void link_constant(builder *b, uint32_t from, uint64_t value) {
    uint32_t piece = wr_graph_piece_at(b->g, value);
    if (piece != WR_NONE) link_nodes(b, from, piece);
    if (value >= b->a->sweep.high) link_slot(b, from, (uint32_t)(value >> ADDRESS_SHIFT));
}

static void link_code(builder *b) {
    const wr_audit *a = b->a;
    for (uint32_t f = 0; f < a->m.nfuncs; f++) {
        const wr_summary *summary = &a->m.funcs[f].summary;
        uint32_t from = b->g->base[WR_FUNC] + f;
        for (uint32_t i = 0; i < summary->nuses; i++) {
            unsigned space = wr_ref_space(summary->uses[i].ref);
            if (space == WR_FUNC_ADDR) space = WR_FUNC;
            if (space != WR_TYPE && space < WR_SPACES)
                link_nodes(b, from, b->g->base[space] + wr_ref_index(summary->uses[i].ref));
        }
        for (uint32_t i = 0; i < a->sweep.facts[f].nconstants; i++)
            link_constant(b, from, a->sweep.facts[f].constants[i]);
    }
}

// --- Memory ---

static uint32_t word_at(const builder *b, uint64_t address) { return wr_le32(b->image.bytes + address); }

static bool read_memory(builder *b) {
    const wr_audit *a = b->a;
    if (!wr_memory_image_make(b->env, &b->env->perm, &a->m, false, &b->image)) return false;
    return a->m.start == WR_NONE || wr_interp_run_start(b->env, &b->env->perm, &a->m, &b->image);
}

static bool is_address(const builder *b, uint64_t value) {
    return value >= b->a->space.low && value < b->image.n;
}

// The address in an aligned word of memory, 0 for none.
static uint32_t pointer_at(const builder *b, uint64_t address) {
    uint32_t low = word_at(b, address);
    return !word_at(b, address + 4) && is_address(b, low) ? low : 0;
}

// --- Pieces ---

static wr_data_kind kind_at(const wr_data_space *space, uint64_t address) {
    uint32_t low;
    WR_SEARCH(low, 0, space->nspans, space->spans[low].high <= address);
    return low < space->nspans && space->spans[low].low <= address ? space->spans[low].kind : WR_KIND_OTHER;
}

static void name_type(const builder *b, uint8_t *named, uint32_t offset) {
    uint64_t at = b->a->go_places.types + offset;
    if (offset && at % TYPE_ALIGNMENT == 0 && is_address(b, at) &&
        kind_at(&b->a->space, at) == WR_KIND_GO_TYPES)
        named[at] = 1;
}

// Type descriptors lie one behind another, and most are named only by offsets, in other descriptors and in
// the list for reflection. Those aren't followed: the linker doesn't keep a type for them. But each
// descriptor has to be a piece of its own.
static void name_types(const builder *b, uint8_t *named) {
    const wr_go_places *places = &b->a->go_places;
    for (uint64_t i = 0; i < places->ntypelinks; i++)
        name_type(b, named, word_at(b, places->typelinks + 4 * i));
    for (uint32_t i = 0; i < b->a->space.nspans; i++) {
        const wr_data_span *span = &b->a->space.spans[i];
        if (span->kind != WR_KIND_GO_TYPES) continue;
        for (uint64_t at = (span->low + 3) & ~(uint64_t)3; at + 4 <= span->high; at += 4)
            name_type(b, named, word_at(b, at));
    }
}

// By address: whether something names it.
static uint8_t *find_named(builder *b) {
    uint8_t *named = WR_NEW0(&b->env->temp, uint8_t, b->image.n + 16);
    const wr_audit *a = b->a;
    for (uint32_t f = 0; f < a->m.nfuncs; f++)
        for (uint32_t i = 0; i < a->sweep.facts[f].nconstants; i++)
            if (is_address(b, a->sweep.facts[f].constants[i])) named[a->sweep.facts[f].constants[i]] = 1;
    for (uint64_t at = (a->space.low + 7) & ~(uint64_t)7; at + 8 <= b->image.n; at += 8)
        named[pointer_at(b, at)] = 1;
    name_types(b, named);
    return named;
}

// Bytes of the file behind each piece.
static void measure_pieces(builder *b) {
    const wr_module *m = &b->a->m;
    wr_graph *g = b->g;
    for (uint32_t i = 0, piece = 0; i < m->ndatas; i++) { // Go writes segments by address
        uint64_t at, end;
        if (!wr_segments_const_offset(b->env, m->datas[i].at, &at)) continue;
        for (end = at + m->datas[i].bytes.n; piece && g->pieces[piece].address > at; piece--) {}
        for (; piece < g->npieces && g->pieces[piece].address < end; piece++) {
            uint64_t low = g->pieces[piece].address, high = low + g->pieces[piece].size;
            if (low < at) low = at;
            if (high > end) high = end;
            if (low < high) g->size[g->first_piece + piece] += (uint32_t)(high - low);
            if (high == end) break;
        }
    }
}

static void cut_memory(builder *b) {
    wr_graph *g = b->g;
    const uint8_t *named = find_named(b);
    uint32_t n = 0;
    for (uint64_t at = b->a->space.low; at < b->image.n; at++) n += named[at];
    g->pieces = WR_NEW0(&b->env->perm, wr_piece, n);
    g->npieces = 0;
    for (uint64_t at = b->a->space.low; at < b->image.n; at++) {
        if (!named[at]) continue;
        if (g->npieces) g->pieces[g->npieces - 1].size = (uint32_t)(at - g->pieces[g->npieces - 1].address);
        g->pieces[g->npieces++] = (wr_piece){.address = at, .size = (uint32_t)(b->image.n - at)};
    }
    g->n = g->first_piece + g->npieces;
    g->size = WR_NEW0(&b->env->perm, uint32_t, g->n);
    memcpy(g->size, b->a->graph.size, g->first_piece * sizeof *g->size);
    memset(g->size + g->base[WR_DATA], 0, b->a->m.ndatas * sizeof *g->size);
    measure_pieces(b);
}

// --- Data ---

static bool is_shifted(uint32_t value) { return value && !(value & ((1u << ADDRESS_SHIFT) - 1)); }

// Pointers and addresses of functions are 8 bytes, aligned.
static void link_words(builder *b, uint32_t from, uint64_t at, uint64_t end) {
    for (at = (at + 7) & ~(uint64_t)7; at + 8 <= end; at += 8) {
        uint32_t low = word_at(b, at), to = pointer_at(b, at);
        if (!word_at(b, at + 4) && is_shifted(low)) link_slot(b, from, low >> ADDRESS_SHIFT);
        if (to && (to = wr_graph_piece_at(b->g, to)) != from) link_nodes(b, from, to);
    }
}

static bool is_method_slot(const builder *b, uint32_t value) {
    return value >= FIRST_SLOT && value < b->a->space.nslots && b->a->space.slots[value] != WR_NONE;
}

// A method is the offsets of its name and type, then two functions. One that the linker dropped is -1.
static void link_methods(builder *b, uint32_t from, uint64_t at, uint64_t end) {
    for (at = (at + 3) & ~(uint64_t)3; at + 8 <= end; at += 4) {
        uint32_t first = word_at(b, at), second = word_at(b, at + 4);
        bool fits = (is_method_slot(b, first) || first == UINT32_MAX) &&
                    (is_method_slot(b, second) || second == UINT32_MAX);
        if (!fits) continue;
        link_slot(b, from, first);
        link_slot(b, from, second);
    }
}

static void link_data(builder *b) {
    uint64_t moduledata = b->a->go_places.moduledata;
    for (uint32_t i = 0; i < b->g->npieces; i++) {
        uint64_t at = b->g->pieces[i].address, end = at + b->g->pieces[i].size;
        uint32_t from = b->g->first_piece + i;
        if (at < moduledata + MODULEDATA_SIZE && end > moduledata) continue;
        link_words(b, from, at, end);
        if (kind_at(&b->a->space, at) == WR_KIND_GO_TYPES) link_methods(b, from, at, end);
    }
}

void wr_go_program_graph(wr_env *env, const wr_audit *a, wr_graph *g) {
    *g = a->graph;
    builder b = {.env = env, .a = a, .g = g};
    if (!read_memory(&b)) return;
    cut_memory(&b);
    link_roots(&b);
    link_code(&b);
    link_data(&b);
    link_inits(&b);
    wr_graph_connect(env, g, b.edges.v, b.edges.n);
    if (link_lonely_inits(&b)) wr_graph_connect(env, g, b.edges.v, b.edges.n);
    const uint32_t *none = WR_NEW0(&env->temp, uint32_t, g->n);
    wr_graph_sum(env, g, none, none);
    wr_arena_reset(&env->temp);
}
