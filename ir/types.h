// Value types, heap types and type definitions.
//
// A value type is one 32-bit word, so types compare as integers once type indices are canonical:
//
//   31   30        29        28     27..0
//   ref  nullable  abstract  exact  abstract kind or type index    reference types
//   0    0         0         0      WR_I32 ...                     numbers, vectors and packed fields
//
// An abstract kind may have WR_SHARED beside it: threads may share its objects.
//
// Bits 29..0 of a reference type alone are its heap type.
#ifndef WR_IR_TYPES_H
#define WR_IR_TYPES_H

#include "support/base.h"

typedef uint32_t wr_valtype;
typedef uint32_t wr_heaptype;

enum { // number types, and WR_BOTTOM, which is a subtype of every type (operands in unreachable code)
    WR_BOTTOM,
    WR_I32,
    WR_I64,
    WR_F32,
    WR_F64,
    WR_V128,
    WR_I8, // packed types: only for fields and array elements
    WR_I16,
};

enum { // abstract heap types
    WR_HEAP_FUNC,
    WR_HEAP_EXTERN,
    WR_HEAP_ANY,
    WR_HEAP_EQ,
    WR_HEAP_I31,
    WR_HEAP_STRUCT,
    WR_HEAP_ARRAY,
    WR_HEAP_EXN,
    WR_HEAP_NONE,
    WR_HEAP_NOFUNC,
    WR_HEAP_NOEXTERN,
    WR_HEAP_NOEXN,
    WR_HEAP_CONT,
    WR_HEAP_NOCONT,
    WR_HEAP_BOTTOM, // a subtype of every heap type: the target of references in unreachable code
};

#define WR_REF 0x80000000u
#define WR_NULLABLE 0x40000000u
#define WR_ABSTRACT 0x20000000u
#define WR_EXACT 0x10000000u    // of a type index: its subtypes are excluded
#define WR_SHARED 0x100u        // of an abstract heap type: the other one, whose objects threads may share
#define WR_EITHER_SHARED 0x200u // of operands in unreachable code: shared or not, as is wanted
#define WR_HEAP_MASK 0x3fffffffu
#define WR_INDEX_MASK 0x0fffffffu
#define WR_ABS(kind) (WR_ABSTRACT | (uint32_t)(kind))
#define WR_FUNCREF (WR_REF | WR_NULLABLE | WR_ABS(WR_HEAP_FUNC))
#define WR_EXTERNREF (WR_REF | WR_NULLABLE | WR_ABS(WR_HEAP_EXTERN))
#define WR_EXNREF (WR_REF | WR_NULLABLE | WR_ABS(WR_HEAP_EXN))

static inline bool wr_is_ref(wr_valtype t) { return (t & WR_REF) != 0; }
static inline bool wr_is_num(wr_valtype t) { return t >= WR_I32 && t <= WR_V128; }
static inline bool wr_is_nullable(wr_valtype t) { return (t & WR_NULLABLE) != 0; }
static inline wr_heaptype wr_heap_of(wr_valtype t) { return t & WR_HEAP_MASK; }
static inline wr_valtype wr_ref_to(wr_heaptype heap, bool nullable) {
    return WR_REF | (nullable ? WR_NULLABLE : 0) | heap;
}
// Whether the heap type is a type index.
static inline bool wr_is_concrete(wr_heaptype heap) { return !(heap & WR_ABSTRACT); }
// The kind of an abstract heap type, WR_HEAP_*.
static inline unsigned wr_heap_kind(wr_heaptype heap) { return heap & 0xff; }
// The type index in a concrete heap type, or in a value type that has one.
static inline uint32_t wr_type_index(uint32_t type) { return type & WR_INDEX_MASK; }
static inline bool wr_is_exact(wr_heaptype heap) { return wr_is_concrete(heap) && (heap & WR_EXACT); }
// Whether the value type mentions a type index.
static inline bool wr_has_index(wr_valtype t) { return wr_is_ref(t) && !(t & WR_ABSTRACT); }
// The type on the stack of a field's value.
static inline wr_valtype wr_unpacked(wr_valtype t) { return t == WR_I8 || t == WR_I16 ? WR_I32 : t; }
static inline bool wr_is_defaultable(wr_valtype t) { return !wr_is_ref(t) || wr_is_nullable(t); }

typedef enum wr_type_kind { WR_TYPE_FUNC, WR_TYPE_STRUCT, WR_TYPE_ARRAY, WR_TYPE_CONT } wr_type_kind;

typedef struct wr_field {
    wr_valtype type; // may be packed
    bool mutable;
} wr_field;

// One type definition. Function types use `values` (parameters, then results), the others `fields`.
typedef struct wr_type {
    uint8_t kind;
    bool is_final, is_shared;
    uint32_t super;                 // type index, or WR_NONE
    uint32_t describes, descriptor; // of a struct: type index in the same group, or WR_NONE
    uint32_t group;                 // recursion group
    uint32_t canon;   // lowest type index with an identical definition; equal types have equal canon
    uint32_t nparams; // of a function; else the number of fields: 1 for an array or a continuation
    uint32_t nresults;
    const wr_valtype *values; // of a function, never NULL
    const wr_field *fields;   // a continuation type has one, a nullable reference to its function type
} wr_type;

// A recursion group: types first .. first + count - 1 are defined together.
typedef struct wr_group {
    uint32_t first, count;
    uint64_t offset;  // in the input
    bool is_explicit; // written as a recursion group, even if it has a single type
} wr_group;

#endif
