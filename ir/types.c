// Value types and heap types as code writes them.
#include "ins.h"

static const uint8_t number_codes[] = {
    [WR_I32] = 0x7f,  [WR_I64] = 0x7e, [WR_F32] = 0x7d, [WR_F64] = 0x7c,
    [WR_V128] = 0x7b, [WR_I8] = 0x78,  [WR_I16] = 0x77,
};

static const uint8_t heap_codes[] = {
    [WR_HEAP_FUNC] = 0x70, [WR_HEAP_EXTERN] = 0x6f, [WR_HEAP_ANY] = 0x6e,      [WR_HEAP_EQ] = 0x6d,
    [WR_HEAP_I31] = 0x6c,  [WR_HEAP_STRUCT] = 0x6b, [WR_HEAP_ARRAY] = 0x6a,    [WR_HEAP_EXN] = 0x69,
    [WR_HEAP_NONE] = 0x71, [WR_HEAP_NOFUNC] = 0x73, [WR_HEAP_NOEXTERN] = 0x72, [WR_HEAP_NOEXN] = 0x74,
    [WR_HEAP_CONT] = 0x68, [WR_HEAP_NOCONT] = 0x75,
};

#define SHARED_CODE 0x65 // precedes an abstract heap type that is shared between threads

// Returns the abstract heap type of a code byte, or WR_NONE.
static uint32_t heap_of_code(uint8_t code) {
    for (uint32_t i = 0; i < WR_COUNT(heap_codes); i++)
        if (heap_codes[i] == code) return WR_ABS(i);
    return WR_NONE;
}

#define EXACT_CODE 0x62 // precedes the index of an exact type

static wr_heaptype index_heaptype(wr_reader *r, const uint8_t *at, uint64_t index) {
    if (index > WR_INDEX_MASK)
        wr_reader_fail_at(r, at, "type index %llu is too large", (unsigned long long)index);
    return (wr_heaptype)index;
}

// What follows SHARED_CODE.
static wr_heaptype read_shared(wr_reader *r) {
    const uint8_t *at = r->p;
    uint8_t code = wr_read_u8(r);
    uint32_t heap = heap_of_code(code);
    if (heap == WR_NONE) wr_reader_fail_at(r, at, "expected an abstract heap type, found byte 0x%02x", code);
    return heap | WR_SHARED;
}

wr_heaptype wr_heaptype_read(wr_reader *r) {
    const uint8_t *at = r->p;
    if (wr_left(r) && *at == SHARED_CODE) {
        r->p++;
        return read_shared(r);
    }
    if (wr_left(r) && *at == EXACT_CODE) {
        r->p++;
        return WR_EXACT | index_heaptype(r, at, wr_read_u32(r));
    }
    int64_t code = wr_read_s33(r);
    if (code >= 0) return index_heaptype(r, at, (uint64_t)code);
    uint32_t heap = code >= -64 ? heap_of_code((uint8_t)(code & 0x7f)) : WR_NONE;
    if (heap == WR_NONE || r->p != at + 1)
        wr_reader_fail_at(r, at, "expected a heap type, found code %lld", (long long)code);
    return heap;
}

static wr_valtype read_type(wr_reader *r, bool packed) {
    const uint8_t *at = r->p;
    uint8_t code = wr_read_u8(r);
    switch (code) {
    case 0x7f: return WR_I32;
    case 0x7e: return WR_I64;
    case 0x7d: return WR_F32;
    case 0x7c: return WR_F64;
    case 0x7b: return WR_V128;
    case 0x64: return wr_ref_to(wr_heaptype_read(r), false);
    case 0x63: return wr_ref_to(wr_heaptype_read(r), true);
    default: break;
    }
    if (code == SHARED_CODE) return wr_ref_to(read_shared(r), true);
    if (packed && code == 0x78) return WR_I8;
    if (packed && code == 0x77) return WR_I16;
    uint32_t heap = heap_of_code(code);
    if (heap == WR_NONE) wr_reader_fail_at(r, at, "expected a value type, found byte 0x%02x", code);
    return wr_ref_to(heap, true);
}

wr_valtype wr_valtype_read(wr_reader *r) { return read_type(r, false); }
wr_valtype wr_valtype_read_storage(wr_reader *r) { return read_type(r, true); }

void wr_heaptype_write(wr_buf *b, wr_heaptype heap) {
    if (!wr_is_concrete(heap)) {
        if (heap & WR_SHARED) wr_put_u8(b, SHARED_CODE);
        wr_put_u8(b, heap_codes[wr_heap_kind(heap)]);
    } else if (wr_is_exact(heap)) {
        wr_put_u8(b, EXACT_CODE);
        wr_put_uleb(b, wr_type_index(heap));
    } else {
        wr_put_sleb(b, heap);
    }
}

// Nullable references to abstract types have a short form; V8 doesn't know it for shared ones.
static bool is_long(wr_valtype type) {
    wr_heaptype heap = wr_heap_of(type);
    return !wr_is_nullable(type) || wr_is_concrete(heap) || (heap & WR_SHARED);
}

void wr_valtype_write(wr_buf *b, wr_valtype type) {
    if (!wr_is_ref(type)) {
        wr_put_u8(b, number_codes[type]);
        return;
    }
    wr_heaptype heap = wr_heap_of(type);
    if (is_long(type)) wr_put_u8(b, wr_is_nullable(type) ? 0x63 : 0x64);
    wr_heaptype_write(b, heap);
}

size_t wr_heaptype_size(wr_heaptype heap) {
    if (!wr_is_concrete(heap)) return heap & WR_SHARED ? 2 : 1;
    return wr_is_exact(heap) ? 1 + wr_uleb_size(wr_type_index(heap)) : wr_sleb_size(heap);
}

size_t wr_valtype_size(wr_valtype type) {
    if (!wr_is_ref(type)) return 1;
    return (is_long(type) ? 1 : 0) + wr_heaptype_size(wr_heap_of(type));
}
