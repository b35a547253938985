// Radix sort of words, in time linear in the number of items.
#ifndef WR_SUPPORT_SORT_H
#define WR_SUPPORT_SORT_H

#include "base.h"

// Sorts in place by the high 32 bits. The order of items with equal high bits is unspecified, but the same in
// every run.
void wr_sort_high(uint64_t *v, uint32_t n);

#endif
