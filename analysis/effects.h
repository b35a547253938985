// What effects (WR_E_* of opcodes.def) mean for dropping, repeating and reordering code. Locals are left to
// the caller, who knows which local is named.
#ifndef WR_ANALYSIS_EFFECTS_H
#define WR_ANALYSIS_EFFECTS_H

#include "ir/ins.h"

// Reads and writes of state other than locals. The write of each kind is the bit after its read.
#define WR_EFFECTS_READS \
    (WR_E_READ_GLOBAL | WR_E_READ_MEM | WR_E_READ_TABLE | WR_E_READ_HEAP | WR_E_READ_SEGMENT)
#define WR_EFFECTS_WRITES (WR_EFFECTS_READS << 1)

enum {                          // effects that follow from those of opcodes.def: see wr_effects_of
    WR_E_OTHER_TRAP = 1 << 18,  // any trap but an out-of-bounds access to memory
    WR_E_MAY_NOT_END = 1 << 19, // a loop
    WR_E_ALL = (WR_E_MAY_NOT_END << 1) - 1,
};

// The effects of an instruction, those above included. effects: what its opcode does, without what the user
// says never happens.
static inline uint32_t wr_effects_of(const wr_ins *ins, uint32_t effects) {
    bool in_memory = (effects & (WR_E_READ_MEM | WR_E_WRITE_MEM)) && !(effects & WR_E_ATOMIC);
    if ((effects & WR_E_TRAP) && !in_memory) effects |= WR_E_OTHER_TRAP;
    if (ins->op == WR_OP_LOOP) effects |= WR_E_MAY_NOT_END;
    return effects;
}

// Whether the code gives the same value each time as long as nothing is written, and does nothing else.
static inline bool wr_effects_is_pure(uint32_t effects) {
    return !(effects & ~(uint32_t)(WR_E_READ_LOCAL | WR_EFFECTS_READS));
}

// Whether the code may be left out if its value is not used.
static inline bool wr_effects_is_removable(uint32_t effects) {
    return wr_effects_is_pure(effects & ~(uint32_t)WR_E_ALLOC);
}

// Whether the code may be executed although its value may not be needed: it can't trap and takes no time.
static inline bool wr_effects_is_speculatable(uint32_t effects) {
    return !(effects & ~(uint32_t)(WR_E_READ_LOCAL | WR_E_READ_GLOBAL));
}

// Whether the code may throw an exception, by itself or in what it calls.
static inline bool wr_effects_may_throw(uint32_t effects) { return effects & (WR_E_CALL | WR_E_THROW); }

// The effects that must not occur between code with these effects and the place where it moves. is_shared:
// other threads may change memory at any time.
static inline uint32_t wr_effects_conflicts(uint32_t effects, bool is_shared) {
    uint32_t conflicts = (effects & WR_EFFECTS_READS) << 1 | (effects & WR_EFFECTS_WRITES) |
                         (effects & WR_EFFECTS_WRITES) >> 1;
    if (effects & WR_EFFECTS_READS) conflicts |= WR_E_CALL;
    if (effects & WR_EFFECTS_READS && is_shared) conflicts |= WR_E_READ_MEM | WR_E_ATOMIC;
    if (effects & WR_E_MAY_NOT_END) effects |= WR_E_OTHER_TRAP;
    if (effects & (WR_EFFECTS_WRITES | WR_E_TRAP | WR_E_OTHER_TRAP))
        conflicts |=
            WR_EFFECTS_WRITES | WR_E_CALL | WR_E_THROW | WR_E_ATOMIC | WR_E_OTHER_TRAP | WR_E_MAY_NOT_END;
    if (effects & (WR_EFFECTS_WRITES | WR_E_OTHER_TRAP)) conflicts |= WR_E_TRAP;
    if (effects & (WR_E_CALL | WR_E_ATOMIC | WR_E_THROW))
        conflicts = WR_E_ALL & ~(uint32_t)(WR_E_READ_LOCAL | WR_E_WRITE_LOCAL | WR_E_CONTROL | WR_E_ALLOC);
    return conflicts;
}

// Whether code with effects `a` must not change places with code with effects `b`.
static inline bool wr_effects_interfere(uint32_t a, uint32_t b, bool is_shared) {
    return (wr_effects_conflicts(a, is_shared) & b) != 0;
}

#endif
