// Evidence from C++ types. A vtable in data names its type, and the slots behind hold the type's methods:
//
//   vtable:   0 (offset to the top), address of the typeinfo, slots of the function table…
//   typeinfo: address of a vtable of the ABI's, address of "N4absl6StatusE", base types…
//
// A method that several types inherit is the method of the nearest type that all of them derive from. What
// several unrelated types hold (the linker merged equal functions) says nothing. A function that names a
// vtable is most often a constructor or destructor of its type.
#include <stdlib.h>

#include "finder.h"
#include "report/readers/demangle.h"
#include "support/buf.h"
#include "support/hash.h"
#include "support/map.h"
#include "support/search.h"

enum { MOST_BASES = 16, MOST_ANCESTORS = 64, LONGEST_NAME = 2000, LONGEST_MANGLED = 1000 };

typedef struct cxx_type {
    uint32_t address;                   // of the typeinfo
    uint32_t nbases, bases[MOST_BASES]; // addresses of theirs
    wr_slice text, group;
} cxx_type;

typedef struct method { // a function in a slot of a vtable
    uint32_t func, type, slot;
} method;

typedef struct type_finder {
    wr_finder *f;
    WR_VEC(cxx_type) types;
    WR_VEC(method) methods;
    WR_VEC(uint64_t) tables; // address points of vtables, with the type in the low half
    wr_map by_address;       // types
} type_finder;

static bool word_at(const type_finder *t, uint64_t address, uint32_t *word) {
    return wr_places_word(t->f->places, address, word);
}

// --- Types ---

static wr_slice mangled_name(const type_finder *t, uint32_t address) {
    wr_slice s = wr_places_bytes(t->f->places, address);
    size_t n = 0;
    if (!s.n || !s.p[0] || !strchr("123456789NSZ*", s.p[0])) return (wr_slice){0};
    if (s.p[0] == '*' && s.n) s = wr_slice_of(s.p + 1, s.n - 1); // of a type that no other file may have
    while (n < s.n && n < LONGEST_MANGLED && s.p[n] > 0x20 && s.p[n] < 0x7f) n++;
    return n > 1 && n < s.n && !s.p[n] ? wr_slice_of(s.p, n) : (wr_slice){0};
}

static void read_bases(type_finder *t, uint32_t address, cxx_type *type) {
    uint32_t base, count, name;
    if (!word_at(t, address + 8, &base)) return;
    if (word_at(t, base + 4, &name) && mangled_name(t, name).n) { // one base
        type->bases[type->nbases++] = base;
        return;
    }
    if (!word_at(t, address + 12, &count) || !count || count > MOST_BASES) return;
    for (uint32_t i = 0; i < count; i++) {
        if (!word_at(t, address + 16 + 8 * i, &base)) return;
        if (!word_at(t, base + 4, &name) || !mangled_name(t, name).n) return;
        type->bases[type->nbases++] = base;
    }
}

// The outermost namespace or class: "skgpu" of "skgpu::VertexWriter", "rewriter_tpl" of "rewriter_tpl<A::B>".
static wr_slice outermost(wr_slice text) {
    size_t n = 0;
    if (text.n && text.p[0] == '(') // (anonymous namespace)
        while (n < text.n && text.p[n] != ')') n++;
    while (n < text.n && text.p[n] != '<' && text.p[n] != ':') n++;
    return wr_slice_of(text.p, n);
}

// "typeinfo for ns::Type" and its namespace, by way of the symbol that the typeinfo had.
static bool demangle_type(type_finder *t, wr_slice mangled, cxx_type *type) {
    static const char what[] = "typeinfo for ";
    wr_buf raw = wr_buf_in(&t->f->env->perm);
    wr_put_format(&raw, "_ZTI%.*s", (int)mangled.n, (const char *)mangled.p);
    wr_symbol symbol = {.raw = wr_buf_slice(&raw)};
    wr_read_symbol(t->f->env, WR_LANG_CXX, &symbol);
    if (!wr_slice_starts(symbol.text, what)) return false;
    type->text = wr_slice_of(symbol.text.p + sizeof what - 1, symbol.text.n - sizeof what + 1);
    type->group = outermost(type->text);
    return type->text.n < LONGEST_NAME;
}

// The type whose typeinfo is at an address, WR_NONE if none is there.
static uint32_t type_at(type_finder *t, uint32_t address) {
    uint32_t abi, name, known;
    uint64_t hash = wr_hash_word(0, address);
    if (!address || address % 4) return WR_NONE;
    WR_MAP_FIND(&t->by_address, hash, known, t->types.v[known].address == address);
    if (known != WR_NONE) return known;
    if (!word_at(t, address, &abi) || !abi || abi % 4 || !word_at(t, address + 4, &name)) return WR_NONE;
    wr_slice mangled = mangled_name(t, name);
    cxx_type type = {.address = address};
    if (!mangled.n || !demangle_type(t, mangled, &type)) return WR_NONE;
    read_bases(t, address, &type);
    wr_map_add(&t->by_address, &t->f->env->pass, hash, t->types.n);
    WR_PUSH(&t->f->env->pass, t->types, type);
    return t->types.n - 1;
}

// --- Vtables ---

static void read_slots(type_finder *t, uint64_t address, uint32_t type) {
    uint32_t slot, first = 0;
    for (uint32_t i = 0; word_at(t, address + 4 * i, &slot); i++) {
        uint32_t func = wr_places_function(t->f->places, slot);
        if (func == WR_NONE) break;
        method m = {func, type, i};
        WR_PUSH(&t->f->env->pass, t->methods, m);
        first = 1;
    }
    if (first) WR_PUSH(&t->f->env->pass, t->tables, address << 32 | type);
}

static void find_vtables(type_finder *t) {
    for (uint32_t i = 0; i < t->f->places->n; i++) {
        const wr_place *place = &t->f->places->v[i];
        uint64_t end = place->address + place->bytes.n;
        if (end > UINT32_MAX) continue;
        for (uint64_t at = (place->address + 3) & ~(uint64_t)3; at + 8 <= end; at += 4) {
            const uint8_t *words = place->bytes.p + (at - place->address);
            uint32_t top, info = wr_le32(words), slot = wr_le32(words + 4);
            if (info < 8 || wr_places_function(t->f->places, slot) == WR_NONE) continue; // most end here
            if (!wr_places_bytes(t->f->places, info).n) continue;
            if (word_at(t, at - 4, &top) && top && top < UINT32_MAX - 65535) continue;
            uint32_t type = type_at(t, info);
            if (type != WR_NONE) read_slots(t, at + 4, type);
        }
    }
}

// --- Methods ---

// A type and all that it derives from, the nearest first. Returns their number.
static uint32_t list_ancestors(type_finder *t, uint32_t type, uint32_t *list) {
    uint32_t n = 1;
    list[0] = type;
    for (uint32_t i = 0; i < n; i++) {
        cxx_type here = t->types.v[list[i]]; // a copy: type_at may move the array
        for (uint32_t k = 0; k < here.nbases && n < MOST_ANCESTORS; k++) {
            uint32_t base = type_at(t, here.bases[k]), j = 0;
            while (j < n && list[j] != base) j++;
            if (base != WR_NONE && j == n) list[n++] = base;
        }
    }
    return n;
}

static bool derives(type_finder *t, uint32_t type, uint32_t from) {
    uint32_t list[MOST_ANCESTORS], n = list_ancestors(t, type, list);
    for (uint32_t i = 0; i < n; i++)
        if (list[i] == from) return true;
    return false;
}

// The nearest type that all holders derive from; WR_NONE if there is none.
static uint32_t common_type(type_finder *t, const method *v, uint32_t n) {
    uint32_t list[MOST_ANCESTORS], nlist = list_ancestors(t, v->type, list);
    for (uint32_t i = 0; i < nlist; i++) {
        uint32_t k = 1;
        while (k < n && (v[k].type == v[k - 1].type || derives(t, v[k].type, list[i]))) k++;
        if (k == n) return list[i];
    }
    return WR_NONE;
}

static int by_function(const void *a, const void *b) {
    const method *x = a, *y = b;
    if (x->func != y->func) return x->func < y->func ? -1 : 1;
    if (x->type != y->type) return x->type < y->type ? -1 : 1;
    return x->slot < y->slot ? -1 : x->slot > y->slot;
}

static bool one_group(const type_finder *t, const method *v, uint32_t n) {
    for (uint32_t i = 1; i < n; i++)
        if (!wr_slice_eq(t->types.v[v[i].type].group, t->types.v[v->type].group)) return false;
    return true;
}

static void vote_for_methods(type_finder *t) {
    method *v = t->methods.v;
    if (t->methods.n) qsort(v, t->methods.n, sizeof *v, by_function);
    for (uint32_t i = 0, k; i < t->methods.n; i = k) {
        for (k = i; k < t->methods.n && v[k].func == v[i].func; k++) {}
        uint32_t type = common_type(t, &v[i], k - i);
        if (type == WR_NONE && !one_group(t, &v[i], k - i)) continue;
        const cxx_type *owner = &t->types.v[type == WR_NONE ? v[i].type : type];
        wr_buf name = wr_buf_in(&t->f->env->perm);
        if (type != WR_NONE)
            wr_put_format(&name, "%.*s::(virtual %u)", (int)owner->text.n, (const char *)owner->text.p,
                          v[i].slot);
        wr_finder_vote(t->f, v[i].func, WR_EVIDENCE_VTABLE, owner->group, wr_buf_slice(&name), owner->text,
                       1);
    }
}

// --- Functions that name vtables ---

static int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

// The type of the vtable whose address point this is, WR_NONE for none.
static uint32_t table_type(const type_finder *t, uint64_t address) {
    uint32_t i;
    WR_SEARCH(i, 0, t->tables.n, t->tables.v[i] >> 32 < address);
    return i < t->tables.n && t->tables.v[i] >> 32 == address ? (uint32_t)t->tables.v[i] : WR_NONE;
}

static void vote_for_users(type_finder *t) {
    const wr_module *m = t->f->m;
    if (!t->tables.n) return;
    qsort(t->tables.v, t->tables.n, sizeof(uint64_t), by_value);
    for (uint32_t func = m->nfunc_imports; func < m->nfuncs; func++) {
        const wr_body_stats *facts = &t->f->facts[func];
        for (uint32_t i = 0; i < facts->nconstants; i++) {
            uint32_t type = table_type(t, facts->constants[i]);
            if (type == WR_NONE || wr_slice_is(t->types.v[type].group, "std")) continue; // inlined anywhere
            wr_finder_vote(t->f, func, WR_EVIDENCE_TYPE, t->types.v[type].group, (wr_slice){0},
                           t->types.v[type].text, 1);
        }
    }
}

void wr_evidence_from_types(wr_finder *f) {
    type_finder t = {.f = f};
    if (!f->places->n || !f->places->nslots || (f->m->nmemories && f->m->memories[0].limits.is64)) return;
    find_vtables(&t);
    vote_for_methods(&t);
    vote_for_users(&t);
}
