// Functions that only calls through tables can reach: those whose type no such call names are never called.
#ifndef WR_ANALYSIS_TABLE_CALLS_H
#define WR_ANALYSIS_TABLE_CALLS_H

#include "passes/manager/pass.h"

typedef struct wr_table_calls {
    const wr_module *m;
    uint8_t *open;   // by table
    uint8_t *called; // by type, its canonical number: code that was reached names it
    uint32_t *first; // by type: the first function that waits for a call, WR_NONE if none
    uint32_t *next;  // by function: the next one, itself if it is the last, WR_NONE if it doesn't wait
} wr_table_calls;

// By table, in arena: whether others than calls may get at what it holds.
uint8_t *wr_table_calls_open_tables(wr_arena *arena, const wr_module *m);
// Whether calls that name the function's type are all that can reach it through this segment.
bool wr_table_calls_only(const wr_module *m, const uint8_t *open, const wr_elem *elem, uint32_t func);

// In c->env->temp.
void wr_table_calls_begin(wr_table_calls *t, wr_context *c);
// A segment holds the function. Returns false if it must wait until code names its type.
bool wr_table_calls_hold(wr_table_calls *t, const wr_elem *elem, uint32_t func);
// Code that may be reached names the type. Returns the first of the functions that waited for it, a list by
// `next`.
uint32_t wr_table_calls_name(wr_table_calls *t, uint32_t type);

#endif
