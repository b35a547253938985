// Sorting by number, in time linear in the items.
#ifndef WR_SUPPORT_SORT_H
#define WR_SUPPORT_SORT_H

#include "base.h"

// Sorts in place by the high 32 bits; items that don't differ there stay in some order, the same in every
// run.
void wr_sort_high(uint64_t *v, uint32_t n);

#endif
