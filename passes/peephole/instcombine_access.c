// Rules for loads and stores: removes computations of bits that a store cuts off, and moves constants between
// address and offset where that is shorter.
//
//   (i32.load (i32.add X (i32.const 8)))    ->    (i32.load offset=8 X)    ;; X is known to be small
//
// Addresses are folded only in 32-bit memories, and only where the addition can't wrap: an effective address
// beyond the address space traps, while an i32.add wraps. It can't where bits of the sum are known to be
// zero, or where an access through the same local has not trapped before (instcombine_bounds.c). With
// --low-memory-unused it may wrap if it could then only reach the first KiB.
#include "instcombine.h"

// How many bits a store of an integer keeps; 0 for other stores, and for those that keep all of the value.
static unsigned stored_width(unsigned op) {
    switch (op) {
    case WR_OP_I32_STORE8:
    case WR_OP_I64_STORE8: return 8;
    case WR_OP_I32_STORE16:
    case WR_OP_I64_STORE16: return 16;
    case WR_OP_I64_STORE32: return 32;
    default: return 0;
    }
}

// The store that takes the operand of the conversion instead, or WR_OP_NOP.
static unsigned joined_store(unsigned store, unsigned conversion) {
    bool extends = conversion == WR_OP_I64_EXTEND_I32_S || conversion == WR_OP_I64_EXTEND_I32_U;
    bool wraps = conversion == WR_OP_I32_WRAP_I64;
    switch (store) {
    case WR_OP_I32_STORE8: return wraps ? WR_OP_I64_STORE8 : WR_OP_NOP;
    case WR_OP_I32_STORE16: return wraps ? WR_OP_I64_STORE16 : WR_OP_NOP;
    case WR_OP_I32_STORE:
        return wraps                                     ? WR_OP_I64_STORE32
               : conversion == WR_OP_I32_REINTERPRET_F32 ? WR_OP_F32_STORE
                                                         : WR_OP_NOP;
    case WR_OP_I64_STORE8: return extends ? WR_OP_I32_STORE8 : WR_OP_NOP;
    case WR_OP_I64_STORE16: return extends ? WR_OP_I32_STORE16 : WR_OP_NOP;
    case WR_OP_I64_STORE32: return extends ? WR_OP_I32_STORE : WR_OP_NOP;
    case WR_OP_I64_STORE: return conversion == WR_OP_I64_REINTERPRET_F64 ? WR_OP_F64_STORE : WR_OP_NOP;
    case WR_OP_F32_STORE: return conversion == WR_OP_F32_REINTERPRET_I32 ? WR_OP_I32_STORE : WR_OP_NOP;
    case WR_OP_F64_STORE: return conversion == WR_OP_F64_REINTERPRET_I64 ? WR_OP_I64_STORE : WR_OP_NOP;
    default: return WR_OP_NOP;
    }
}

static bool fold_stored_const(wr_instcombine *f, uint32_t value, unsigned width) {
    uint64_t c = wr_cell_const(f, value), cut = (uint64_t)((int64_t)(c << (64 - width)) >> (64 - width));
    if (wr_sleb_size((int64_t)cut) >= wr_sleb_size((int64_t)c)) return false;
    wr_instcombine_set_const(f, value, cut);
    return true;
}

static bool fold_stored(wr_instcombine *f, uint32_t i) {
    uint32_t value = wr_cell_operand(f, i, 1);
    unsigned width = stored_width(wr_cell_op(f, i)),
             joined = joined_store(wr_cell_op(f, i), wr_cell_op(f, value));
    if (joined != WR_OP_NOP) {
        wr_instcombine_bypass(f, i, 1);
        wr_instcombine_set(f, i, joined);
        return true;
    }
    if (!width) return false;
    if (wr_cell_is_const(f, value)) return fold_stored_const(f, value, width);
    uint32_t demanded = wr_instcombine_demand(f, value, UINT64_MAX >> (64 - width));
    wr_cell_at(f, i)->kid[1] = demanded;
    return demanded != value;
}

static size_t address_size(uint32_t address, uint64_t offset) {
    return wr_sleb_size((int32_t)address) + wr_uleb_size(offset);
}

#define SHARED_SIZE 3 // constants of this many bytes stay constants: constant pooling can share them

// A constant address: puts all of it in the address, or in the offset, whichever is shorter.
static bool fold_const_address(wr_instcombine *f, uint32_t i) {
    uint32_t a = wr_cell_operand(f, i, 0), address = (uint32_t)wr_cell_const(f, a);
    wr_ins *access = &wr_cell_at(f, i)->ins;
    uint64_t total = address + access->b;
    if (total > WR_MASK32) return false;
    bool in_offset = wr_sleb_size((int32_t)total) < SHARED_SIZE &&
                     address_size(0, total) < address_size((uint32_t)total, 0);
    if (address_size(in_offset ? 0 : (uint32_t)total, in_offset ? total : 0) >=
        address_size(address, access->b))
        return false;
    access->b = in_offset ? total : 0;
    wr_instcombine_set_const(f, a, in_offset ? 0 : total);
    return true;
}

enum { LOW_MEMORY = 1024 }; // the bytes that --low-memory-unused promises to be unused

// Whether a constant can be added to the value at i.
static bool cannot_wrap(wr_instcombine *f, uint32_t i, uint64_t c) {
    if ((wr_cell_bits(f, i) & WR_MASK32) + c <= WR_MASK32) return true;
    return c <= INT32_MAX && c < wr_instcombine_room(f, i);
}

// If the sum wraps, the address is below constant plus offset.
bool wr_instcombine_fold_address(wr_instcombine *f, uint32_t i) {
    uint32_t a = wr_cell_operand(f, i, 0);
    if (wr_cell_op(f, a) != WR_OP_I32_ADD || !wr_cell_is_const(f, wr_cell_operand(f, a, 1))) return false;
    uint64_t c = wr_cell_const(f, wr_cell_operand(f, a, 1)) & WR_MASK32;
    wr_ins *access = &wr_cell_at(f, i)->ins;
    if (!cannot_wrap(f, wr_cell_operand(f, a, 0), c) &&
        (!f->c->config->low_memory_unused || access->b + c > LOW_MEMORY))
        return false;
    if (access->b + c > WR_MASK32) return false;
    access->b += c;
    wr_instcombine_bypass(f, i, 0);
    return true;
}

bool wr_instcombine_is_safe_load(const wr_instcombine *f, uint32_t i) {
    const wr_ins *ins = &wr_cell_at(f, i)->ins;
    uint32_t address = wr_cell_operand(f, i, 0);
    if (address == WR_NONE) return false;
    const wr_limits *limits = &f->c->m->memories[wr_ins_memory(ins)].limits;
    uint64_t most = wr_cell_bits(f, address) & WR_MASK32, end = most + 8; // the end of the widest access
    if (limits->is64 || ins->b > WR_MASK32 || wr_cell_at(f, address)->effects & WR_E_TRAP) return false;
    return end + ins->b <= limits->min << limits->page_log2;
}

bool wr_instcombine_access(wr_instcombine *f, uint32_t *i) {
    const wr_ins *ins = &wr_cell_at(f, *i)->ins;
    if (ins->op >= WR_OP_I32_STORE && fold_stored(f, *i)) return true;
    if (f->c->m->memories[wr_ins_memory(ins)].limits.is64) return false;
    return wr_cell_is_const(f, wr_cell_operand(f, *i, 0)) ? fold_const_address(f, *i)
                                                          : wr_instcombine_fold_address(f, *i);
}
