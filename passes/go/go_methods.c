// Removes methods that only reflection can reach, in programs that call no methods by reflection
// (go_reflect.h). A type's method table has two code offsets for each method: one from which interface tables
// are made at run time, and one that only reflect reads. Go's linker removes unused methods itself, except
// where something calls Method or MethodByName, as text/template does: then it keeps all exported ones.
//
// Sound where no method is reached by Method or MethodByName, nor by StructOf, which promotes methods. Then
// the second offset is dropped, and the first one unless some interface type has a method of that name and
// type. Interface types are not searched for: any aligned pair of words among the types that reads as such a
// method counts, wherever it is, except in the method tables themselves. A dropped offset becomes -1, as the
// linker writes it. Method tables are found through moduledata's type links and interface tables; those that
// are not found stay as they are.
#include <stdlib.h>

#include "go_reflect.h"
#include "go_types.h"
#include "support/hash.h"
#include "support/search.h"

typedef struct method {
    uint64_t name; // hash of the name
    uint32_t type; // offset of the type
    uint32_t at;   // address of the entry in the table
    bool needed;
} method;

typedef struct finding {
    wr_context *c;
    wr_go *go;
    uint8_t *is_type;  // by 8-byte word among the types
    uint8_t *is_entry; // by 4-byte word among the types
    wr_u32s stack;     // worklist: addresses of types that are still to be read
    WR_VEC(method) methods;
    bool wrong;
} finding;

static void reach_type(finding *f, uint64_t at) {
    if (!wr_go_among_types(f->go, at, WR_GO_TYPE_SIZE) || at & 7) return;
    uint32_t i = (uint32_t)(at - f->go->types.at) / 8;
    uint8_t kind = wr_go_kind_of(f->go, (uint32_t)at);
    if (f->is_type[i] || !kind || kind >= WR_GO_KINDS) return;
    f->is_type[i] = 1;
    WR_PUSH(&f->c->env->pass, f->stack, (uint32_t)at);
}

static void reach_offset(finding *f, uint32_t offset) {
    if (offset && offset != UINT32_MAX) reach_type(f, (uint64_t)f->go->types.at + offset);
}

// --- Types ---

static void read_methods(finding *f, uint32_t uncommon) {
    wr_go *go = f->go;
    if (!wr_go_among_types(f->go, uncommon, 16)) return;
    uint32_t n = wr_go_get32(go, uncommon + 4) & 0xffff;
    uint64_t at = (uint64_t)uncommon + wr_go_get32(go, uncommon + 8);
    if (!n) return;
    if (!wr_go_among_types(f->go, at, (uint64_t)n * WR_GO_METHOD_SIZE) || at & 3) f->wrong = true;
    for (uint32_t i = 0; i < n && !f->wrong; i++, at += WR_GO_METHOD_SIZE) {
        uint32_t place = (uint32_t)at;
        method m = {.type = wr_go_get32(go, place + WR_GO_METHOD_TYPE), .at = place};
        wr_slice name = {0};
        f->wrong = !wr_go_may_be_method(go, place) || !wr_go_name_at(go, wr_go_get32(go, place), &name);
        m.name = wr_hash_bytes(name.p, name.n);
        f->is_entry[(place - go->types.at) / 4] = 1;
        reach_offset(f, m.type);
        WR_PUSH(&f->c->env->pass, f->methods, m);
    }
}

// Reads a slice of items, each of which points to a type at offset `where`.
static void reach_items(finding *f, uint32_t slice, uint32_t size, uint32_t where) {
    uint64_t at = wr_go_get64(f->go, slice), n = wr_go_get64(f->go, slice + 8);
    if (n > f->go->types.size || !wr_go_among_types(f->go, at, n * size)) return;
    for (uint64_t i = 0; i < n; i++) {
        uint32_t item = (uint32_t)(at + i * size + where);
        if (size == 8)
            reach_offset(f, wr_go_get32(f->go, item));
        else
            reach_type(f, wr_go_get64(f->go, item));
    }
}

static void read_type(finding *f, uint32_t at) {
    // The offset of the part with the methods; unknown for maps, whose form changed.
    static const uint8_t sizes[WR_GO_KINDS] = {[WR_GO_ARRAY] = 72,   [WR_GO_CHAN] = 64,  [WR_GO_FUNC] = 56,
                                               [WR_GO_POINTER] = 56, [WR_GO_SLICE] = 56, [WR_GO_STRUCT] = 80};
    uint8_t kind = wr_go_kind_of(f->go, at);
    uint32_t size = sizes[kind]                                    ? sizes[kind]
                    : kind == WR_GO_INTERFACE || kind == WR_GO_MAP ? 80
                                                                   : WR_GO_TYPE_SIZE;
    if (!wr_go_among_types(f->go, at, size)) return;
    reach_offset(f, wr_go_get32(f->go, at + 44));
    if (kind == WR_GO_ARRAY || kind == WR_GO_CHAN || kind == WR_GO_MAP || kind == WR_GO_POINTER ||
        kind == WR_GO_SLICE)
        reach_type(f, wr_go_get64(f->go, at + 48));
    if (kind == WR_GO_MAP) reach_type(f, wr_go_get64(f->go, at + 56));
    if (kind == WR_GO_INTERFACE) reach_items(f, at + 56, 8, 4);
    if (kind == WR_GO_STRUCT) reach_items(f, at + 56, 24, 8);
    bool is_uncommon = f->go->image[at + 20] & 1;
    if (is_uncommon && kind != WR_GO_INTERFACE && kind != WR_GO_MAP) read_methods(f, at + size);
}

// Type links are offsets of types; an interface table begins with pointers to an interface and a type.
static void find_types(finding *f) {
    const wr_go *go = f->go;
    uint32_t links = wr_go_get32(go, go->links), n = wr_go_get32(go, go->links + 8);
    for (uint32_t i = 0; i < n; i++) reach_offset(f, wr_go_get32(go, links + 4 * i));
    uint32_t tables = wr_go_get32(go, go->links + 24);
    n = wr_go_get32(go, go->links + 32);
    for (uint32_t i = 0; i < n; i++) {
        uint64_t table = wr_go_get64(go, tables + 8 * i);
        if (table > go->image_size || go->image_size - table < 16) continue;
        reach_type(f, wr_go_get64(go, (uint32_t)table));
        reach_type(f, wr_go_get64(go, (uint32_t)table + 8));
    }
    while (f->stack.n && !f->wrong) read_type(f, f->stack.v[--f->stack.n]);
}

// --- Interfaces ---

static int by_method(const void *a, const void *b) {
    const method *x = a, *y = b;
    if (x->type != y->type) return x->type < y->type ? -1 : 1;
    return x->name < y->name ? -1 : x->name > y->name;
}

// The first method that does not sort before this one.
static uint32_t first_like(const finding *f, const method *wanted) {
    uint32_t low;
    WR_SEARCH(low, 0, f->methods.n, by_method(&f->methods.v[low], wanted) < 0);
    return low;
}

static void need(finding *f, uint32_t name, uint32_t type) {
    method wanted = {.type = type};
    wr_slice text;
    uint32_t first = first_like(f, &wanted);
    if (first == f->methods.n || f->methods.v[first].type != type || !wr_go_name_at(f->go, name, &text))
        return;
    wanted.name = wr_hash_bytes(text.p, text.n);
    for (uint32_t i = first_like(f, &wanted); i < f->methods.n && by_method(&f->methods.v[i], &wanted) == 0;
         i++)
        f->methods.v[i].needed = true;
}

static void find_needed(finding *f) {
    const wr_go *go = f->go;
    uint32_t n = go->types.size / 4;
    for (uint32_t i = 0; i + 1 < n; i++)
        if (!f->is_entry[i])
            need(f, wr_go_get32(go, go->types.at + 4 * i), wr_go_get32(go, go->types.at + 4 * i + 4));
}

static uint32_t drop_methods(finding *f) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < f->methods.n; i++) {
        const method *m = &f->methods.v[i];
        bool is_there = wr_go_get32(f->go, m->at + WR_GO_METHOD_IFN) != UINT32_MAX;
        n += is_there && !m->needed;
        if (is_there) wr_go_put32(f->go, m->at + WR_GO_METHOD_TFN, UINT32_MAX);
        if (is_there && !m->needed) wr_go_put32(f->go, m->at + WR_GO_METHOD_IFN, UINT32_MAX);
    }
    return n;
}

void wr_pass_go_methods(wr_context *c) {
    wr_go go;
    wr_arena *pass = &c->env->pass;
    if (wr_go_find(c->env, &c->env->perm, c->m, &go) != WR_GO_FOUND || !wr_go_calls_no_methods(c, &go))
        return;
    finding f = {.c = c, .go = &go};
    f.is_type = WR_NEW0(pass, uint8_t, go.types.size / 8 + 1);
    f.is_entry = WR_NEW0(pass, uint8_t, go.types.size / 4 + 1);
    f.wrong = !go.links;
    if (go.links) find_types(&f);
    if (f.wrong) {
        wr_pass_note(c, "Go: a type is not as expected, so all methods stay");
        return;
    }
    if (f.methods.n) qsort(f.methods.v, f.methods.n, sizeof *f.methods.v, by_method);
    find_needed(&f);
    const uint8_t *before = wr_go_copy_image(pass, &go);
    uint32_t n = drop_methods(&f);
    if (wr_go_change_image(c, &go, before))
        wr_pass_note(c, "Go: %u of %u methods are for reflection alone and go", n, f.methods.n);
}
