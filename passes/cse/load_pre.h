// Shared by the files of load-pre: load_pre.c finds the slots and rewrites the body, load_pre_flow.c says
// where their values are known.
#ifndef WR_PASSES_CSE_LOAD_PRE_H
#define WR_PASSES_CSE_LOAD_PRE_H

#include "analysis/cfg.h"
#include "support/map.h"

#define WR_LOAD_PRE_WORDS 4 // of 64 slots each

// A place in memory, relative to a local: what one load reads.
typedef struct wr_load_slot {
    wr_ins load;     // one such load
    uint32_t base;   // the local
    uint32_t uses;   // accesses in the code
    uint32_t number; // in the bit sets; WR_NONE if it is not worth while
    uint32_t local;  // the new local that holds its value
} wr_load_slot;

typedef struct wr_load_set {
    uint64_t bits[WR_LOAD_PRE_WORDS];
} wr_load_set;

// What the code does to slots, in the order of the code.
typedef struct wr_load_event {
    enum { WR_LOAD_READ, WR_LOAD_WRITTEN, WR_LOAD_CLOBBERED, WR_LOAD_MOVED } kind;
    uint32_t at;
    uint32_t slot;  // READ: the slot; WRITTEN: the slot whose value is stored, or WR_NONE
    uint32_t masks; // the index in `keeps` and `proves`; MOVED: in `keeps`, of those that become unknown
    bool is_known;  // READ: the value is in the local already
    bool is_kept;   // the value has to be put into the local here
} wr_load_event;

// A loop before which slots are loaded.
typedef struct wr_load_loop {
    uint32_t header, start, end; // its first block, and the instructions that it begins and ends with
    wr_load_set entered;         // slots that are loaded before it
} wr_load_loop;

typedef struct wr_load_pre {
    wr_arena *arena;
    const wr_module *m;
    wr_body *body;
    wr_cfg flow;
    WR_VEC(wr_load_slot) slots;
    wr_map by_place;
    uint32_t nslots; // that have a number, in `numbered`
    uint32_t *numbered;
    unsigned nwords;
    WR_VEC(wr_load_event) events;
    WR_VEC(wr_load_set)
    keeps, proves;              // by masks: what an access leaves known, and what it proves to be in memory
    WR_VEC(wr_load_loop) loops; // outer ones first
} wr_load_pre;

static inline bool wr_load_set_has(const wr_load_set *set, uint32_t slot) {
    return set->bits[slot / 64] >> slot % 64 & 1;
}
static inline void wr_load_set_add(wr_load_set *set, uint32_t slot) {
    set->bits[slot / 64] |= UINT64_C(1) << slot % 64;
}
static inline void wr_load_set_remove(wr_load_set *set, uint32_t slot) {
    set->bits[slot / 64] &= ~(UINT64_C(1) << slot % 64);
}

// Finds where values are known and needed: fills is_known and is_kept of the events, and what is loaded
// before loops. Returns false if that takes too long.
bool wr_load_pre_flow(wr_load_pre *r);

#endif
