// Subtyping, and the features that types require of an engine. Internally types are compared in canonical
// form (type indices replaced by canon), in which equal types are equal words. The public functions take any
// form.
#include "validate_parts.h"

static wr_heaptype canon_heap(const wr_module *m, wr_heaptype heap) {
    return wr_is_concrete(heap) ? (heap & WR_EXACT) | m->types[wr_type_index(heap)].canon : heap;
}

// The abstract heap type directly above the type definitions of a kind.
static unsigned abstract_of(const wr_module *m, wr_heaptype heap) {
    if (!wr_is_concrete(heap)) return wr_heap_kind(heap);
    switch (m->types[wr_type_index(heap)].kind) {
    case WR_TYPE_FUNC: return WR_HEAP_FUNC;
    case WR_TYPE_STRUCT: return WR_HEAP_STRUCT;
    case WR_TYPE_CONT: return WR_HEAP_CONT;
    default: return WR_HEAP_ARRAY;
    }
}

static unsigned top_of_abstract(unsigned kind) {
    switch (kind) {
    case WR_HEAP_FUNC:
    case WR_HEAP_NOFUNC: return WR_HEAP_FUNC;
    case WR_HEAP_EXTERN:
    case WR_HEAP_NOEXTERN: return WR_HEAP_EXTERN;
    case WR_HEAP_EXN:
    case WR_HEAP_NOEXN: return WR_HEAP_EXN;
    case WR_HEAP_CONT:
    case WR_HEAP_NOCONT: return WR_HEAP_CONT;
    case WR_HEAP_BOTTOM: return WR_HEAP_BOTTOM;
    default: return WR_HEAP_ANY;
    }
}

// Types whose objects threads may share have a hierarchy of their own, of the same form.
wr_heaptype wr_heaptype_sharing(const wr_module *m, wr_heaptype heap) {
    if (wr_is_concrete(heap)) return m->types[wr_type_index(heap)].is_shared ? WR_SHARED : 0;
    return heap & (WR_SHARED | WR_EITHER_SHARED);
}

bool wr_valtype_is_shared(const wr_module *m, wr_valtype type) {
    return !wr_is_ref(type) || wr_heaptype_sharing(m, wr_heap_of(type)) == WR_SHARED;
}

static bool same_sharing(const wr_module *m, wr_heaptype sub, wr_heaptype super) {
    wr_heaptype sharing = wr_heaptype_sharing(m, sub);
    return sharing == WR_EITHER_SHARED || sharing == wr_heaptype_sharing(m, super);
}

wr_heaptype wr_heaptype_top(const wr_module *m, wr_heaptype heap) {
    return WR_ABS(top_of_abstract(abstract_of(m, heap))) | wr_heaptype_sharing(m, heap);
}

static bool is_bottom(unsigned kind) {
    return kind == WR_HEAP_NONE || kind == WR_HEAP_NOFUNC || kind == WR_HEAP_NOEXTERN ||
           kind == WR_HEAP_NOEXN || kind == WR_HEAP_NOCONT;
}

static bool abstract_below(unsigned sub, unsigned super) {
    if (sub == super) return true;
    if (top_of_abstract(sub) != top_of_abstract(super)) return false;
    if (is_bottom(sub)) return true;
    switch (super) {
    case WR_HEAP_FUNC:
    case WR_HEAP_EXTERN:
    case WR_HEAP_EXN:
    case WR_HEAP_CONT:
    case WR_HEAP_ANY: return true;
    case WR_HEAP_EQ: return sub == WR_HEAP_I31 || sub == WR_HEAP_STRUCT || sub == WR_HEAP_ARRAY;
    default: return false;
    }
}

static bool concrete_below(const wr_module *m, wr_heaptype sub, wr_heaptype super) {
    while (sub != super) {
        uint32_t next = m->types[sub].super;
        if (next == WR_NONE) return false;
        sub = m->types[next].canon;
    }
    return true;
}

bool wr_heaptype_is_canon_subtype(const wr_module *m, wr_heaptype sub, wr_heaptype super) {
    if (sub == super || sub == WR_ABS(WR_HEAP_BOTTOM)) return true;
    if (!same_sharing(m, sub, super)) return false;
    if (!wr_is_concrete(super)) return abstract_below(abstract_of(m, sub), wr_heap_kind(super));
    if (wr_is_concrete(sub)) return !wr_is_exact(super) && concrete_below(m, wr_type_index(sub), super);
    unsigned kind = wr_heap_kind(sub);
    return is_bottom(kind) && top_of_abstract(kind) == top_of_abstract(abstract_of(m, super));
}

bool wr_valtype_is_canon_subtype_slow(const wr_module *m, wr_valtype sub, wr_valtype super) {
    if (sub == super || sub == WR_BOTTOM) return true;
    if (!wr_is_ref(sub) || !wr_is_ref(super)) return false;
    if (wr_is_nullable(sub) && !wr_is_nullable(super)) return false;
    return wr_heaptype_is_canon_subtype(m, wr_heap_of(sub), wr_heap_of(super));
}

bool wr_heaptype_is_subtype(const wr_module *m, wr_heaptype sub, wr_heaptype super) {
    return wr_heaptype_is_canon_subtype(m, canon_heap(m, sub), canon_heap(m, super));
}

bool wr_valtype_is_subtype(const wr_module *m, wr_valtype sub, wr_valtype super) {
    return sub == super ||
           wr_valtype_is_canon_subtype_slow(m, wr_canon_type(m, sub), wr_canon_type(m, super));
}

bool wr_valtype_is_same(const wr_module *m, wr_valtype a, wr_valtype b) {
    return wr_canon_type(m, a) == wr_canon_type(m, b);
}

// --- Features and text ---

static uint64_t heap_features(const wr_module *m, wr_heaptype heap) {
    uint64_t shared = wr_heaptype_sharing(m, heap) ? WR_F(SHARED_EVERYTHING) : 0;
    if (wr_is_concrete(heap)) {
        static const uint64_t of_kind[] = {
            [WR_TYPE_STRUCT] = WR_F(GC), [WR_TYPE_ARRAY] = WR_F(GC), [WR_TYPE_CONT] = WR_F(STACK_SWITCHING)};
        return WR_F(FUNC_REFS) | shared | of_kind[m->types[wr_type_index(heap)].kind] |
               (wr_is_exact(heap) ? WR_F(CUSTOM_DESCRIPTORS) : 0);
    }
    switch (wr_heap_kind(heap)) {
    case WR_HEAP_FUNC:
    case WR_HEAP_EXTERN: return shared;
    case WR_HEAP_EXN: return shared | WR_F(EXNREF);
    case WR_HEAP_NOEXN: return shared | WR_F(EXNREF) | WR_F(GC);
    case WR_HEAP_CONT:
    case WR_HEAP_NOCONT: return shared | WR_F(STACK_SWITCHING);
    default: return shared | WR_F(GC);
    }
}

uint64_t wr_heaptype_features(const wr_module *m, wr_heaptype heap) {
    return WR_F(REF_TYPES) | heap_features(m, heap);
}

uint64_t wr_valtype_features(const wr_module *m, wr_valtype type) {
    if (type == WR_V128) return WR_F(SIMD);
    if (!wr_is_ref(type)) return 0;
    return wr_heaptype_features(m, wr_heap_of(type)) | (wr_is_nullable(type) ? 0 : WR_F(FUNC_REFS));
}

static const char *const number_texts[] = {"a value", "i32", "i64", "f32", "f64", "v128", "i8", "i16"};
static const char *const heap_texts[] = {
    "func", "extern", "any",      "eq",    "i31",  "struct", "array",  "exn",
    "none", "nofunc", "noextern", "noexn", "cont", "nocont", "bottom",
};

wr_type_text wr_valtype_text(wr_valtype type) {
    wr_type_text text;
    wr_heaptype heap = wr_heap_of(type);
    const char *null = wr_is_nullable(type) ? "null " : "";
    if (!wr_is_ref(type))
        snprintf(text.s, sizeof text.s, "%s", type < WR_COUNT(number_texts) ? number_texts[type] : "?");
    else if (wr_is_concrete(heap))
        snprintf(text.s, sizeof text.s, wr_is_exact(heap) ? "(ref %s(exact %u))" : "(ref %s%u)", null,
                 wr_type_index(heap));
    else
        snprintf(text.s, sizeof text.s, heap & WR_SHARED ? "(ref %s(shared %s))" : "(ref %s%s)", null,
                 heap_texts[wr_heap_kind(heap)]);
    return text;
}
