// Reachability of functions that only indirect calls can reach: such a function is dead if no reached call
// names its type.
//
// A reachability pass adds functions with wr_table_calls_hold and types with wr_table_calls_name. A function
// whose type no reached code names yet is put on its type's waiting list.
#ifndef WR_ANALYSIS_TABLE_CALLS_H
#define WR_ANALYSIS_TABLE_CALLS_H

#include "ir/module.h"

typedef struct wr_table_calls {
    const wr_module *m;
    uint8_t *open;   // by table
    uint8_t *called; // by canonical type: reached code names it in an indirect call
    uint32_t *first; // by canonical type: the first function on its waiting list; WR_NONE if empty
    uint32_t *next;  // by function: the next on its list; itself if the last; WR_NONE if on no list
} wr_table_calls;

// By table, in arena: whether its elements can be reached other than by indirect calls.
uint8_t *wr_table_calls_open_tables(wr_arena *arena, const wr_module *m);
// Whether the function can be reached through this segment only by calls that name its type.
bool wr_table_calls_only(const wr_module *m, const uint8_t *open, const wr_elem *elem, uint32_t func);

// Starts with no types named. Tables are in arena.
void wr_table_calls_begin(wr_table_calls *t, wr_arena *arena, const wr_module *m);
// Call for each function that a reached segment holds. Returns true if the function is reached now; false if
// it was put on the waiting list of its type.
bool wr_table_calls_hold(wr_table_calls *t, const wr_elem *elem, uint32_t func);
// Call for each type that reached code names in an indirect call. Returns the first function of its waiting
// list, which is linked by `next` and no longer kept here; WR_NONE if it is empty.
uint32_t wr_table_calls_name(wr_table_calls *t, uint32_t type);

#endif
