// Sorting by number, in time linear in the items.
#ifndef WR_SUPPORT_SORT_H
#define WR_SUPPORT_SORT_H

#include "base.h"

// Sorts in place by the high 32 bits, of which those from `top` bits up are the same in all items already; items that
// don't differ in the high half stay in some order, the same in every run.
void wr_sort_high(uint64_t *v, uint32_t n, int top);

#endif
