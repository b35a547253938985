// Internal interface of the validator's files.
//
// The algorithm is that of the specification's appendix: a stack of operand types, a stack of control frames,
// and a flag for unreachable code, in which missing operands have type WR_BOTTOM. Types on the stack are
// canonical (see wr_canon_type), so every check is one comparison of words in the common case.
#ifndef WR_IR_VALIDATE_VALIDATE_PARTS_H
#define WR_IR_VALIDATE_VALIDATE_PARTS_H

#include "support/map.h"
#include "validate.h"

// --- Types (subtype.c) ---

// Replaces the type index in a type, if any, by the canonical one. The index must be in range.
static inline wr_valtype wr_canon_type(const wr_module *m, wr_valtype type) {
    if (WR_LIKELY(!wr_has_index(type))) return type;
    return (type & ~WR_INDEX_MASK) | m->types[wr_type_index(type)].canon;
}

// Subtyping between canonical types.
bool wr_heaptype_is_canon_subtype(const wr_module *m, wr_heaptype sub, wr_heaptype super);
bool wr_valtype_is_canon_subtype_slow(const wr_module *m, wr_valtype sub, wr_valtype super);
static inline bool wr_valtype_is_canon_subtype(const wr_module *m, wr_valtype sub, wr_valtype super) {
    return sub == super || wr_valtype_is_canon_subtype_slow(m, sub, super);
}
// The top type of the hierarchy that a heap type belongs to.
wr_heaptype wr_heaptype_top(const wr_module *m, wr_heaptype heap);
// Whether threads may share its objects: WR_SHARED, 0, or WR_EITHER_SHARED.
wr_heaptype wr_heaptype_sharing(const wr_module *m, wr_heaptype heap);
// Whether threads may share its values, as they may all numbers.
bool wr_valtype_is_shared(const wr_module *m, wr_valtype type);
// The features (WR_F_* bits) that mentioning the type requires of an engine.
uint64_t wr_valtype_features(const wr_module *m, wr_valtype type);
uint64_t wr_heaptype_features(const wr_module *m, wr_heaptype heap);

typedef struct wr_type_text {
    char s[32];
} wr_type_text;
wr_type_text wr_valtype_text(wr_valtype type);

// --- State ---

// The types of a block: either those of a function type, or no parameters and at most one result.
typedef struct wr_block_types {
    const wr_type *type; // or NULL
    wr_valtype single;
    uint32_t nparams, nresults;
} wr_block_types;

typedef struct wr_frame {
    wr_block_types types;
    uint32_t height; // height of the operand stack below the block's parameters
    uint32_t inits;  // length of the log of initialized locals on entry to the block
    uint32_t table;  // v->ninstructions at the last br_table that targets this frame, plus 1
    uint16_t
        op; // WR_OP_BLOCK, LOOP, IF, ELSE, TRY, CATCH, CATCH_ALL, TRY_TABLE; WR_OP_NOP for the function body
    bool unreachable;
} wr_frame;

// Maps a local beyond the directly indexed ones to its slot.
typedef struct wr_far_local {
    uint32_t index, slot;
} wr_far_local;

// Locals by slot. Local i below `near` has slot i; others get a slot when they are first used. So memory is
// bounded by the size of the body, however many locals it declares.
typedef struct wr_local_table {
    wr_valtype *types; // canonical
    uint8_t *set;      // initialized
    uint32_t n, cap, near;
    uint64_t count; // number of locals, parameters included
    uint64_t *ends; // for each run of declarations: the number of locals up to its end, for binary search
    wr_local_runs runs;
    const wr_type *signature;
    WR_VEC(wr_far_local) far;
    wr_map far_map; // of `far`, by index
    bool track;     // whether some local is not initialized on entry
    wr_u32s log;    // slots initialized so far, in order
} wr_local_table;

typedef struct wr_validator {
    wr_env *env;
    const wr_module *m;
    wr_collector *c; // or NULL
    wr_reader r;
    const uint8_t *at; // the current instruction
    wr_op op;
    wr_valtype *vals;
    uint32_t nvals, vals_cap, vals_max;
    uint32_t floor;   // height of the operand stack at the current frame's start
    bool unreachable; // of the current frame
    wr_frame *frames;
    uint32_t nframes, frames_cap;
    wr_local_table locals;
    uint64_t features;
    uint32_t ninstructions;
    wr_valtype address;   // address type of memory 0, WR_BOTTOM if there is none
    uint32_t memory_uses; // uses of memory 0 met by wr_validate_straight; the first of them is in c already
    wr_u32s ext;
    bool shared;              // of a function that threads may share
    bool constant;            // a constant expression, not a body
    wr_func *declaring;       // in constant expressions: the functions that ref.func declares
    uint32_t visible_globals; // in constant expressions: the number of globals that may be read
} wr_validator;

// --- Failing (validate_func.c) ---

#define WR_INVALID(v, ...) wr_reader_fail_at(&(v)->r, (v)->at, __VA_ARGS__)

// --- The operand stack ---

void wr_validator_grow(wr_validator *v, uint32_t more);
// Pops a value whose type is not simply equal. Operands count from 1; 0 leaves the operand out of messages.
void wr_validator_pop_slow(wr_validator *v, wr_valtype type, uint32_t operand);

static inline void wr_validator_push(wr_validator *v, wr_valtype type) {
    if (WR_UNLIKELY(v->nvals == v->vals_cap)) wr_validator_grow(v, 1);
    v->vals[v->nvals++] = type;
}

// Pops a value that must match a canonical type.
static inline void wr_validator_pop_is(wr_validator *v, wr_valtype type, uint32_t operand) {
    if (WR_LIKELY(v->nvals > v->floor && v->vals[v->nvals - 1] == type))
        v->nvals--;
    else
        wr_validator_pop_slow(v, type, operand);
}

// Pops a value of any type. Returns its type, or WR_BOTTOM.
wr_valtype wr_validator_pop_any(wr_validator *v, uint32_t operand);
// Pops a reference of any type. WR_BOTTOM becomes a non-null reference to the bottom heap type.
wr_valtype wr_validator_pop_ref(wr_validator *v, uint32_t operand);
void wr_validator_push_types(wr_validator *v, const wr_valtype *types, uint32_t n);
void wr_validator_pop_types(wr_validator *v, const wr_valtype *types, uint32_t n);

// --- Checks ---

void wr_validator_check_index(wr_validator *v, wr_space space, uint32_t index);
void wr_validator_check_valtype(wr_validator *v, wr_valtype type);
void wr_validator_check_heaptype(wr_validator *v, wr_heaptype heap);
_Noreturn void wr_validator_mismatch(wr_validator *v, wr_valtype expected, wr_valtype found,
                                     uint32_t operand);

static inline wr_valtype wr_address_type(wr_limits limits) { return limits.is64 ? WR_I64 : WR_I32; }

// --- Control (validate_control.c) ---

static inline const wr_valtype *wr_block_params(const wr_block_types *t) {
    return t->type ? t->type->values : NULL;
}
static inline const wr_valtype *wr_block_results(const wr_block_types *t) {
    return t->type ? t->type->values + t->type->nparams : &t->single;
}

typedef struct wr_label_types {
    const wr_valtype *types;
    uint32_t n;
} wr_label_types;
// The operand types of a branch to the label. The pointer is valid until the frames change.
wr_label_types wr_validator_label(wr_validator *v, uint32_t label);

void wr_validator_push_frame(wr_validator *v, wr_op op, wr_block_types types);
void wr_validator_set_unreachable(wr_validator *v);
void wr_validate_control(wr_validator *v, const wr_ins *ins);
// References and garbage-collected objects (validate_refs.c, validate_gc.c).
void wr_validate_refs(wr_validator *v, const wr_ins *ins);
void wr_validate_gc(wr_validator *v, const wr_ins *ins);
// Tables, bulk memory, wide arithmetic (validate_bulk.c).
void wr_validate_bulk(wr_validator *v, const wr_ins *ins);

// Continuations (validate_stack_switching.c).
void wr_validate_stack_switching(wr_validator *v, const wr_ins *ins);

// Shared-everything threads (validate_shared.c).
void wr_validate_shared(wr_validator *v, const wr_ins *ins);
// Checks that code of a shared function may use the entity.
void wr_validator_check_sharing(wr_validator *v, wr_space space, uint32_t index);
// Pops a reference to an abstract heap type, shared or not. Returns its type.
wr_valtype wr_validator_pop_either(wr_validator *v, unsigned heap, uint32_t operand);
// Fields of structs and arrays (validate_gc.c).
wr_field wr_validator_struct_field(wr_validator *v, const wr_ins *ins);
wr_field wr_validator_array_field(wr_validator *v, uint32_t index);
wr_valtype wr_validator_ref_of(const wr_validator *v, wr_heaptype heap, bool nullable);

// Validates straight-line code at the reader, up to an instruction that needs more care
// (validate_straight.c).
void wr_validate_straight(wr_validator *v);

// Locals (validate_locals.c).
void wr_validator_begin_locals(wr_validator *v, const wr_type *signature, size_t body_size);
uint32_t wr_validator_far_slot(wr_validator *v, uint32_t index);
void wr_validator_local_was_set(wr_validator *v, uint32_t slot);
void wr_validator_forget_inits(wr_validator *v, uint32_t length);
static inline uint32_t wr_validator_local_slot(wr_validator *v, uint32_t index) {
    return WR_LIKELY(index < v->locals.near) ? index : wr_validator_far_slot(v, index);
}
void wr_validate_local(wr_validator *v, const wr_ins *ins);

// Validates constant expressions. wr_validate_begin_constants sets up v once for all of them.
void wr_validate_begin_constants(wr_validator *v, wr_env *env, wr_module *m);
void wr_validate_constant(wr_validator *v, const wr_expr *expr, wr_valtype type, uint32_t visible_globals);

#endif
