// Finds entries of an instance and exports of a module by owner and name.
#ifndef WR_COMPONENT_COMPONENT_LOOKUP_H
#define WR_COMPONENT_COMPONENT_LOOKUP_H

#include "support/env.h"
#include "support/hash.h"
#include "support/map.h"

typedef struct wr_lookup_entry {
    const void *owner;
    wr_slice name;
    void *what;
} wr_lookup_entry;

typedef struct wr_lookup {
    wr_arena *arena; // set by the caller; all else starts as zeros
    WR_VEC(wr_lookup_entry) entries;
    wr_map map;
} wr_lookup;

// The order in which equal hashes are met does not affect what is found, so it is safe for determinism to
// hash addresses.
static inline uint64_t wr_lookup_hash(const void *owner, wr_slice name) {
    return wr_hash_word(wr_hash_bytes(name.p, name.n), (uintptr_t)owner);
}

// NULL if there is none.
static inline void *wr_lookup_find(const wr_lookup *lookup, const void *owner, wr_slice name) {
    uint32_t i;
    const wr_lookup_entry *v = lookup->entries.v;
    WR_MAP_FIND(&lookup->map, wr_lookup_hash(owner, name), i,
                v[i].owner == owner && wr_slice_eq(v[i].name, name));
    return i == WR_NONE ? NULL : v[i].what;
}

// Returns false if the owner already has an entry of that name.
static inline bool wr_lookup_add(wr_lookup *lookup, const void *owner, wr_slice name, void *what) {
    if (wr_lookup_find(lookup, owner, name)) return false;
    wr_lookup_entry entry = {owner, name, what};
    wr_map_add(&lookup->map, lookup->arena, wr_lookup_hash(owner, name), lookup->entries.n);
    WR_PUSH(lookup->arena, lookup->entries, entry);
    return true;
}

#endif
