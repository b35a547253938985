// Suggests corrections for mistyped names.
#ifndef WR_SUPPORT_NEAREST_H
#define WR_SUPPORT_NEAREST_H

#include <stddef.h>

// Returns the one of n names that is most similar to `word`, or NULL if none is close.
const char *wr_nearest(const char *word, const char *const *names, size_t n);

#endif
