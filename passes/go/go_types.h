// Type descriptors, as several passes read them. An entry of a method table has four words: the offsets,
// among the types, of the method's name and its type; then the offsets of its code, first for interface
// tables and then for reflect. 0 or -1 means none.
#ifndef WR_PASSES_GO_GO_TYPES_H
#define WR_PASSES_GO_GO_TYPES_H

#include "go.h"

enum {
    WR_GO_ARRAY = 17,
    WR_GO_CHAN,
    WR_GO_FUNC,
    WR_GO_INTERFACE,
    WR_GO_MAP,
    WR_GO_POINTER,
    WR_GO_SLICE,
    WR_GO_STRUCT = 25,
    WR_GO_KINDS = 27
};
enum {
    WR_GO_TYPE_SIZE = 48,
    WR_GO_METHOD_SIZE = 16,
    WR_GO_METHOD_TYPE = 4,
    WR_GO_METHOD_IFN = 8,
    WR_GO_METHOD_TFN = 12
};

static inline bool wr_go_among_types(const wr_go *go, uint64_t at, uint64_t size) {
    return at >= go->types.at && size <= go->types.size && at - go->types.at <= go->types.size - size;
}

static inline uint8_t wr_go_kind_of(const wr_go *go, uint32_t type) { return go->image[type + 23] & 31; }

// The function that a method's code offset stands for, or WR_NONE.
static inline uint32_t wr_go_method_code(const wr_go *go, uint32_t offset) {
    uint64_t pc = go->entries_are_slots ? (uint64_t)offset << 16 : go->entry_base + offset;
    return !(pc & 0xffff) && pc >> 16 < go->nslots ? go->slots[pc >> 16] : WR_NONE;
}

// Reads a name. Returns false if there is none at this offset.
bool wr_go_name_at(const wr_go *go, uint32_t offset, wr_slice *name);
// Whether the words at this address may be an entry of a method table. True of all such entries, and of
// little else.
bool wr_go_may_be_method(const wr_go *go, uint32_t at);

#endif
