// Lists of strings in memory of their own, for what lives outside of a job: options, command lines.
#ifndef WR_SUPPORT_STRINGS_H
#define WR_SUPPORT_STRINGS_H

#include "base.h"

typedef struct wr_strings {
    char **items;
    size_t n, cap;
    bool given; // for lists of options: also true if the list is empty
} wr_strings;   // all zeros: an empty list

// Append a copy of n bytes, and of what stands between separators, without empty parts. Both return false
// when memory is out.
bool wr_strings_add(wr_strings *list, const char *text, size_t n);
bool wr_strings_split(wr_strings *list, const char *text, size_t n, const char *separators);
void wr_strings_free(wr_strings *list);

#endif
