// Suggestions for mistyped names.
#ifndef WR_SUPPORT_NEAREST_H
#define WR_SUPPORT_NEAREST_H

#include <stddef.h>

// The name that is most like `word`, of n names, or NULL when none is near.
const char *wr_nearest(const char *word, const char *const *names, size_t n);

#endif
