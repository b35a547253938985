// Where the bytes of data segments lie in linear memory, and which functions the first table holds at the
// start. A segment that a `memory.init` with constant operands copies (as linkers write modules with shared
// memory) counts like an active one.
#ifndef WR_REPORT_EVIDENCE_PLACES_H
#define WR_REPORT_EVIDENCE_PLACES_H

#include "ir/module.h"

typedef struct wr_place {
    uint64_t address;
    wr_slice bytes;
    uint32_t data; // segment
} wr_place;

typedef struct wr_places {
    wr_place *v; // by address, of memory 0
    uint32_t n;
    const uint64_t *address; // by segment; UINT64_MAX where it is not known
    const uint32_t *slots;   // function by slot of table 0; WR_NONE: empty or not known
    uint32_t nslots;
} wr_places;

// Results in env->perm.
void wr_places_find(wr_env *env, const wr_module *m, wr_places *places);

// The bytes from an address to the end of the segment there; empty if nothing is stored.
wr_slice wr_places_bytes(const wr_places *places, uint64_t address);
// Reads a 32-bit word; false if it is not stored.
bool wr_places_word(const wr_places *places, uint64_t address, uint32_t *word);
// The function in a slot, or WR_NONE.
static inline uint32_t wr_places_function(const wr_places *places, uint64_t slot) {
    return slot < places->nslots ? places->slots[slot] : WR_NONE;
}

#endif
