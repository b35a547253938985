// A hash table for lookup by owner and name: entries of an instance, exports of a module. Open addressing, at
// most half full.
#ifndef WR_COMPONENT_COMPONENT_LOOKUP_H
#define WR_COMPONENT_COMPONENT_LOOKUP_H

#include "support/env.h"
#include "support/hash.h"

typedef struct wr_lookup_slot {
    const void *owner;
    wr_slice name;
    void *what; // NULL: the slot is free
} wr_lookup_slot;

typedef struct wr_lookup {
    wr_lookup_slot *slots;
    size_t mask;
} wr_lookup;

// Makes room for n entries.
static inline void wr_lookup_init(wr_lookup *lookup, wr_arena *arena, size_t n) {
    size_t size = 16;
    while (size < 2 * n) size *= 2;
    lookup->slots = WR_NEW0(arena, wr_lookup_slot, size);
    lookup->mask = size - 1;
}

// The slot that holds the name, or the free slot for it. The probe order does not affect what is found, so it
// is safe for determinism to hash addresses.
static inline wr_lookup_slot *wr_lookup_slot_of(const wr_lookup *lookup, const void *owner, wr_slice name) {
    size_t i = (size_t)wr_hash_word(wr_hash_bytes(name.p, name.n), (uintptr_t)owner);
    for (;; i++) {
        wr_lookup_slot *slot = &lookup->slots[i & lookup->mask];
        if (!slot->what || (slot->owner == owner && wr_slice_eq(slot->name, name))) return slot;
    }
}

// Returns false if the owner already has an entry of that name.
static inline bool wr_lookup_add(wr_lookup *lookup, const void *owner, wr_slice name, void *what) {
    wr_lookup_slot *slot = wr_lookup_slot_of(lookup, owner, name);
    if (slot->what) return false;
    *slot = (wr_lookup_slot){owner, name, what};
    return true;
}

static inline void *wr_lookup_find(const wr_lookup *lookup, const void *owner, wr_slice name) {
    return wr_lookup_slot_of(lookup, owner, name)->what;
}

#endif
