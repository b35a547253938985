// A hash table that finds items by what they say. The items are in an array of the caller's; the table holds
// their hashes and indices. Open addressing, at most half full.
//
//     uint32_t i;
//     uint64_t hash = wr_hash_bytes(name.p, name.n);
//     WR_MAP_FIND(&map, hash, i, wr_slice_eq(names.v[i], name));
//     if (i == WR_NONE) {
//         wr_map_add(&map, arena, hash, i = names.n);
//         WR_PUSH(arena, names, name);
//     }
#ifndef WR_SUPPORT_MAP_H
#define WR_SUPPORT_MAP_H

#include "env.h"

typedef struct wr_map_slot {
    uint32_t hash;
    uint32_t number; // index of the item + 1; 0: the slot is free
} wr_map_slot;

typedef struct wr_map {
    wr_map_slot *slots;
    uint32_t mask, n;
} wr_map; // all zeros: an empty map

// Makes room for n items. Needed only where the number is known, to save what growing costs.
void wr_map_reserve(wr_map *map, wr_arena *arena, uint32_t n);
// Adds an item without looking for equal ones. A table that becomes too small is left in the arena, except
// that big ones are given back.
void wr_map_add(wr_map *map, wr_arena *arena, uint64_t hash, uint32_t item);

// Removes all items; keeps the room.
void wr_map_clear(wr_map *map);

// Sets `item`, a uint32_t, to the index of the first item added with this hash for which `is_same`, an
// expression in `item`, is true; to WR_NONE if there is none.
#define WR_MAP_FIND(map, item_hash, item, is_same) \
    do { \
        const wr_map *wr_in = (map); \
        uint32_t wr_hash = (uint32_t)(item_hash), wr_at = wr_hash & wr_in->mask; \
        for (;; wr_at = (wr_at + 1) & wr_in->mask) { \
            (item) = wr_in->slots ? wr_in->slots[wr_at].number - 1 : WR_NONE; \
            if ((item) == WR_NONE || (wr_in->slots[wr_at].hash == wr_hash && (is_same))) break; \
        } \
    } while (0)

#endif
