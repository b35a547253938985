// Binary search in sorted arrays.
#ifndef WR_SUPPORT_SEARCH_H
#define WR_SUPPORT_SEARCH_H

// Sets `at`, a uint32_t, to the first index from `first` up to `end` for which `goes_before` is false, or to
// `end` if there is none. `goes_before` is an expression in `at` that is true up to some index and false from
// there on. For example, the first range that ends behind an address:
//
//     uint32_t i;
//     WR_SEARCH(i, 0, list.n, list.v[i].end <= address);
#define WR_SEARCH(at, first, end, goes_before) \
    do { \
        uint32_t wr_low = (first), wr_high = (end); \
        while (wr_low < wr_high) { \
            (at) = wr_low + (wr_high - wr_low) / 2; \
            if (goes_before) \
                wr_low = (at) + 1; \
            else \
                wr_high = (at); \
        } \
        (at) = wr_low; \
    } while (0)

#endif
