// Hash tables: growth and insertion. See map.h.
#include "map.h"

static void put(wr_map *map, wr_map_slot slot) {
    uint32_t at = slot.hash & map->mask;
    while (map->slots[at].number) at = (at + 1) & map->mask;
    map->slots[at] = slot;
}

static void resize(wr_map *map, wr_arena *arena, uint32_t mask) {
    wr_map old = *map;
    map->mask = mask;
    map->slots = WR_NEW0(arena, wr_map_slot, (size_t)mask + 1);
    if (!old.slots) return;
    for (size_t i = 0; i <= old.mask; i++)
        if (old.slots[i].number) put(map, old.slots[i]);
    if (((size_t)old.mask + 1) * sizeof *old.slots >= WR_BIG_BLOCK) wr_arena_give_back(arena, old.slots);
}

void wr_map_reserve(wr_map *map, wr_arena *arena, uint32_t n) {
    uint32_t mask = map->slots ? map->mask : 15;
    while (mask / 2 < n) mask = mask * 2 + 1;
    if (!map->slots || mask != map->mask) resize(map, arena, mask);
}

void wr_map_add(wr_map *map, wr_arena *arena, uint64_t hash, uint32_t item) {
    if (!map->slots || map->mask / 2 <= map->n) wr_map_reserve(map, arena, map->n + 1);
    put(map, (wr_map_slot){(uint32_t)hash, item + 1});
    map->n++;
}

void wr_map_clear(wr_map *map) {
    if (map->slots) memset(map->slots, 0, ((size_t)map->mask + 1) * sizeof *map->slots);
    map->n = 0;
}
